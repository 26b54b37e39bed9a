//! Units: one for every coach that a coachee wants.
//!
//! Order: by region, then by the coach of the coachee's best pair, then by coachee, pinned units first. Units that compete for a coach
//! are thus next to each other in memory, which is most of the speed of the search on large instances. Coaches count in
//! the order in which a breadth-first walk meets them, from a coachee's best coach to the second best and back (Cuthill &
//! `McKee` 1969): units that compete for neighbouring coaches are near each other too, and those of regions that share nobody
//! keep apart.

use super::survey::Survey;
use crate::model::index::{Ix, PairIx};
use crate::model::instance::Instance;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    pub coachee: u32,
    /// The only pair that may serve this unit.
    pub pinned: Option<PairIx>,
    /// Whether a search has made that pair, so that leaving the unit open is out of the question.
    pub forced: bool,
    /// Whether no unit of the same coachee before this one may use the same pairs: pairs are counted once.
    pub first: bool,
    /// `w` of the certificate: counts down to 1 over the distinct (how many-th coach, class).
    pub urgency: u32,
}

/// All units of an instance; the survey knows the coaches of each coachee's two best pairs.
pub fn units(instance: &Instance, survey: &Survey) -> Vec<Unit> {
    let parts = instance.parts();
    let mut ranks: Vec<(u8, u8)> = Vec::new();
    let mut found = Vec::with_capacity(parts.demand.len());
    let mut pin = 0;
    for coachee in parts.demand.indexes() {
        let end = parts.starts[coachee.to_usize() + 1];
        let demand = parts.demand[coachee];
        let mut open = false;
        for nth in 1..=demand.wanted {
            let pinned = parts.pins.get(pin).copied().filter(|p| p.to_usize() < end);
            pin += usize::from(pinned.is_some());
            let rank = (nth, demand.class);
            if pinned.is_none() && !ranks.contains(&rank) {
                ranks.push(rank);
            }
            let first = pinned.is_some() || !open;
            open |= pinned.is_none();
            found.push((coachee, pinned, first, rank));
        }
    }
    ranks.sort_unstable();
    let urgency = |rank| {
        let at = ranks.iter().position(|r| *r == rank).unwrap_or(ranks.len());
        u32::try_from(ranks.len() - at).unwrap_or(u32::MAX)
    };
    let mut units: Vec<Unit> = found
        .into_iter()
        .map(|(coachee, pinned, first, rank)| Unit {
            coachee: coachee.get(),
            pinned,
            forced: false,
            first,
            urgency: urgency(rank),
        })
        .collect();
    let met = met(instance.coaches(), survey);
    units.sort_by_key(|unit| {
        let nearest = survey.nearest[unit.coachee as usize] as usize;
        (survey.regions.of_coach.get(nearest), met.get(nearest))
    });
    units
}

/// When a walk over the coaches meets each of them; it begins anew at the first coach not yet met.
fn met(coaches: usize, survey: &Survey) -> Vec<u32> {
    let edges = || {
        let edges = survey.nearest.iter().zip(&survey.next).filter(|(_, next)| **next != u32::MAX);
        edges.flat_map(|(a, b)| [(*a, *b), (*b, *a)])
    };
    let mut ends = vec![0_usize; coaches + 1];
    edges().for_each(|(from, _)| ends[from as usize + 1] += 1);
    for coach in 0..coaches {
        ends[coach + 1] += ends[coach];
    }
    // Filled backwards, every end becomes a start.
    let mut others = vec![0; ends[coaches]];
    ends.rotate_left(1);
    for (from, to) in edges() {
        let at = &mut ends[from as usize];
        *at -= 1;
        others[*at] = to;
    }
    ends[coaches] = others.len();
    let mut met = vec![u32::MAX; coaches];
    let mut walk: Vec<u32> = Vec::with_capacity(coaches);
    for first in 0..u32::try_from(coaches).expect("coaches are counted in u32") {
        let mut from = walk.len();
        let mut visit = |coach: u32, walk: &mut Vec<u32>| {
            if met[coach as usize] == u32::MAX {
                met[coach as usize] = u32::try_from(walk.len()).expect("coaches are counted in u32");
                walk.push(coach);
            }
        };
        visit(first, &mut walk);
        while let Some(coach) = walk.get(from).map(|coach| *coach as usize) {
            from += 1;
            others[ends[coach]..ends[coach + 1]].iter().for_each(|other| visit(*other, &mut walk));
        }
    }
    met
}
