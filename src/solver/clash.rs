//! Hard demands that cannot all hold, named as the people who share too few places.

use super::composite::Composite;
use super::stage::Solved;
use crate::model::index::{CoachIx, CoacheeIx, Ix, IxVec};
use crate::model::instance::Minimums;
use crate::model::outcome::Clash;

/// The clashes behind an optimal but infeasible plan: pins first, then minimum loads where they are hard; each set
/// once.
pub fn clashes(composite: &Composite<'_>, solved: &Solved) -> Vec<Clash> {
    let mut found = pin_clashes(composite, solved);
    if composite.instance.parts().minimums == Minimums::Hard {
        found.extend(minimum_clashes(composite, solved));
    }
    found
}

/// A pin is left open only where its coach's places are all taken by other pins.
fn pin_clashes(composite: &Composite<'_>, solved: &Solved) -> Vec<Clash> {
    let parts = composite.instance.parts();
    let mut by_coach: Vec<(CoachIx, CoacheeIx)> = Vec::new();
    let mut open: Vec<CoachIx> = Vec::new();
    for (unit, coach) in composite.units.iter().zip(&solved.coach) {
        let Some(pin) = unit.pinned else { continue };
        let wants = parts.coach[pin.to_usize()];
        by_coach.push((wants, CoacheeIx::new(unit.coachee)));
        if coach.is_none() {
            open.push(wants);
        }
    }
    by_coach.sort_unstable();
    open.sort_unstable();
    open.dedup();
    open.iter()
        .map(|coach| {
            let coachees: Vec<CoacheeIx> = by_coach.iter().filter(|p| p.0 == *coach).map(|p| p.1).collect();
            let placed = composite
                .units
                .iter()
                .zip(&solved.coach)
                .filter(|(u, c)| u.pinned.is_some() && **c == Some(*coach))
                .count();
            Clash::Pins { coachees, coaches: vec![*coach], places: placed as u64 }
        })
        .collect()
}

/// Who is with whom, in a plan whose minimum loads are not all met.
struct Loads {
    of: IxVec<CoachIx, u32>,
    /// All coaches of each coachee.
    with: IxVec<CoacheeIx, Vec<CoachIx>>,
    /// Those that are not pinned: who is pinned elsewhere cannot come.
    free: IxVec<CoacheeIx, Vec<CoachIx>>,
    /// The coachees who are possible for each coach.
    possible: IxVec<CoachIx, Vec<CoacheeIx>>,
}

impl Loads {
    fn of(composite: &Composite<'_>, solved: &Solved) -> Self {
        let instance = composite.instance;
        let parts = instance.parts();
        let nobody = || parts.demand.iter().map(|_| Vec::new()).collect();
        let mut loads = Self {
            of: parts.seats.iter().map(|_| 0).collect(),
            with: nobody(),
            free: nobody(),
            possible: parts.seats.iter().map(|_| Vec::new()).collect(),
        };
        for (unit, coach) in composite.units.iter().zip(&solved.coach) {
            let (coachee, Some(coach)) = (CoacheeIx::new(unit.coachee), coach) else { continue };
            loads.of[*coach] += 1;
            loads.with[coachee].push(*coach);
            if unit.pinned.is_none() {
                loads.free[coachee].push(*coach);
            }
        }
        for coachee in parts.demand.indexes() {
            for coach in &parts.coach[instance.rows(coachee)] {
                loads.possible[*coach].push(coachee);
            }
        }
        loads
    }

    /// The coaches from whom somebody could come to `first`, directly or along a chain, with `first`. Nobody among them
    /// is above the minimum, or the plan would not be the best: so together they have too few coachees.
    fn closed_set(&self, first: CoachIx) -> Vec<CoachIx> {
        let mut coaches = vec![first];
        let mut at = 0;
        while let Some(coach) = coaches.get(at).copied() {
            at += 1;
            let others = self.possible[coach].iter().filter(|e| !self.with[**e].contains(&coach));
            for holder in others.flat_map(|e| &self.free[*e]) {
                if !coaches.contains(holder) {
                    coaches.push(*holder);
                }
            }
        }
        coaches.sort_unstable();
        coaches
    }
}

/// The closed set of every coach below the minimum that is in no set before.
fn minimum_clashes(composite: &Composite<'_>, solved: &Solved) -> Vec<Clash> {
    let parts = composite.instance.parts();
    let loads = Loads::of(composite, solved);
    let short = parts.seats.indexes().filter(|c| loads.of[*c] < parts.seats[*c].min);
    let mut named: IxVec<CoachIx, bool> = parts.seats.iter().map(|_| false).collect();
    let mut clashes = Vec::new();
    for first in short {
        if named[first] {
            continue;
        }
        let coaches = loads.closed_set(first);
        for coach in &coaches {
            named[*coach] = true;
        }
        let mut coachees: Vec<CoacheeIx> = coaches.iter().flat_map(|c| loads.possible[*c].clone()).collect();
        coachees.sort_unstable();
        coachees.dedup();
        let least = coaches.iter().map(|c| u64::from(parts.seats[*c].min)).sum();
        let wanted = coachees.iter().map(|e| places_inside(composite, *e, &coaches)).sum();
        clashes.push(Clash::Minimums { coaches, least, coachees, wanted });
    }
    clashes
}

/// How many of these coaches a coachee can be with at once; `coaches` is ascending.
fn places_inside(composite: &Composite<'_>, coachee: CoacheeIx, coaches: &[CoachIx]) -> u64 {
    let instance = composite.instance;
    let parts = instance.parts();
    let rows = instance.rows(coachee);
    let inside = |at: &usize| coaches.binary_search(&parts.coach[*at]).is_ok();
    let possible = rows.clone().filter(inside).count();
    let pinned = parts.pins.iter().map(|p| p.to_usize()).filter(|p| rows.contains(p));
    let elsewhere = pinned.filter(|p| !inside(p)).count();
    possible.min(usize::from(parts.demand[coachee].wanted).saturating_sub(elsewhere)) as u64
}
