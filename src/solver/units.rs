//! Units: one for every coach that a coachee wants.
//!
//! Order: by the coach of the coachee's best pair, then by coachee, pinned units first. Units that compete for a coach
//! are thus next to each other in memory, which is most of the speed of the search on large instances.

use crate::model::index::{Ix, PairIx};
use crate::model::instance::Instance;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    pub coachee: u32,
    /// The only pair that may serve this unit.
    pub pinned: Option<PairIx>,
    /// Whether no unit of the same coachee before this one may use the same pairs: pairs are counted once.
    pub first: bool,
    /// `w` of the certificate: counts down to 1 over the distinct (how many-th coach, class).
    pub urgency: u32,
}

/// All units of an instance; `nearest` is the coach of each coachee's best pair.
pub fn units(instance: &Instance, nearest: &[u32]) -> Vec<Unit> {
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
            first,
            urgency: urgency(rank),
        })
        .collect();
    units.sort_by_key(|unit| nearest[unit.coachee as usize]);
    units
}
