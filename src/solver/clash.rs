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

/// From every coach below the minimum: the coachees possible for the coach, the coaches who hold them at no more
/// than their own minimum, and so on: a closed set with too few coachees.
fn minimum_clashes(composite: &Composite<'_>, solved: &Solved) -> Vec<Clash> {
    let instance = composite.instance;
    let parts = instance.parts();
    let mut load: IxVec<CoachIx, u32> = parts.seats.iter().map(|_| 0).collect();
    let mut held: IxVec<CoacheeIx, Vec<CoachIx>> = parts.demand.iter().map(|_| Vec::new()).collect();
    for (unit, coach) in composite.units.iter().zip(&solved.coach) {
        if let Some(coach) = coach {
            load[*coach] += 1;
            // Who is pinned elsewhere cannot come, so that coach's minimum is beside the point.
            if unit.pinned.is_none() {
                held[CoacheeIx::new(unit.coachee)].push(*coach);
            }
        }
    }
    let short: Vec<CoachIx> = parts.seats.indexes().filter(|c| load[*c] < parts.seats[*c].min).collect();
    if short.is_empty() {
        return Vec::new();
    }
    let mut possible: IxVec<CoachIx, Vec<CoacheeIx>> = parts.seats.iter().map(|_| Vec::new()).collect();
    for coachee in parts.demand.indexes() {
        for coach in &parts.coach[instance.rows(coachee)] {
            possible[*coach].push(coachee);
        }
    }
    let mut seen: IxVec<CoachIx, bool> = parts.seats.iter().map(|_| false).collect();
    let mut clashes = Vec::new();
    for first in short {
        if seen[first] {
            continue;
        }
        seen[first] = true;
        let (mut coaches, mut coachees): (Vec<CoachIx>, Vec<CoacheeIx>) = (vec![first], Vec::new());
        let mut at = 0;
        while at < coaches.len() {
            for coachee in &possible[coaches[at]] {
                if coachees.contains(coachee) {
                    continue;
                }
                coachees.push(*coachee);
                for holder in &held[*coachee] {
                    if !coaches.contains(holder) {
                        seen[*holder] = true;
                        coaches.push(*holder);
                    }
                }
            }
            at += 1;
        }
        coaches.sort_unstable();
        coachees.sort_unstable();
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
