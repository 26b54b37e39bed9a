//! Closed sets: coachees whose every possible coach is full with coachees of the same set.
//!
//! Method: from everybody who is short, alternately to all possible coaches and to the coachees these have (the
//! alternating search of a matching that cannot be augmented), then connected components of what was reached. In a
//! plan of greatest coverage every coach reached is full, so each component names too few places. O(pairs reached).

use super::placed::{Placed, coachees, coaches, places};
use crate::model::index::{CoachIx, CoacheeIx, IxVec};
use crate::rules::Compiled;
use pathfinding::undirected::connected_components::components;

/// Beyond so many pairs a set is no longer something that a planner reads.
pub(super) const MOST_PAIRS: usize = 200_000;

pub(super) struct ClosedSet {
    pub coachees: Vec<CoacheeIx>,
    pub coaches: Vec<CoachIx>,
    pub wanted: u64,
    pub places: u64,
}

/// The sets behind those who are short, by their first coach; none where they would be too large.
pub(super) fn closed_sets(compiled: &Compiled<'_>, placed: &Placed, short: &[CoacheeIx]) -> Vec<ClosedSet> {
    let parts = compiled.instance.parts();
    let mut seen: IxVec<CoacheeIx, bool> = parts.demand.iter().map(|_| false).collect();
    let mut entered: IxVec<CoachIx, bool> = parts.seats.iter().map(|_| false).collect();
    let mut queue: Vec<CoacheeIx> = short.to_vec();
    for coachee in short {
        seen[*coachee] = true;
    }
    let (mut at, mut pairs) = (0, 0);
    while at < queue.len() {
        let rows = compiled.instance.rows(queue[at]);
        at += 1;
        pairs += rows.len();
        if pairs > MOST_PAIRS {
            return Vec::new();
        }
        for coach in &parts.coach[rows] {
            if !std::mem::replace(&mut entered[*coach], true) {
                for other in &placed.coachees[*coach] {
                    if !std::mem::replace(&mut seen[*other], true) {
                        queue.push(*other);
                    }
                }
            }
        }
    }
    let possible: Vec<Vec<CoachIx>> =
        queue.iter().map(|e| parts.coach[compiled.instance.rows(*e)].to_vec()).collect();
    let mut sets: Vec<ClosedSet> =
        components(&possible).into_iter().map(|set| closed(compiled, &queue, set)).collect();
    sets.sort_by_key(|set| set.coaches.first().copied());
    sets
}

fn closed(
    compiled: &Compiled<'_>,
    reached: &[CoacheeIx],
    coaches: std::collections::HashSet<CoachIx>,
) -> ClosedSet {
    let parts = compiled.instance.parts();
    let first = |e: &CoacheeIx| parts.coach[compiled.instance.rows(*e)].first().copied();
    let mut coachees: Vec<CoacheeIx> =
        reached.iter().copied().filter(|e| first(e).is_some_and(|c| coaches.contains(&c))).collect();
    coachees.sort_unstable();
    let mut coaches: Vec<CoachIx> = coaches.into_iter().collect();
    coaches.sort_unstable();
    ClosedSet {
        wanted: coachees.iter().map(|e| u64::from(parts.demand[*e].wanted)).sum(),
        places: coaches.iter().map(|c| u64::from(parts.seats[*c].max)).sum(),
        coachees,
        coaches,
    }
}

impl ClosedSet {
    /// Whether places are really short: a cap on groups may leave some unused.
    pub fn deficient(&self) -> bool {
        self.wanted > self.places
    }
    pub fn has(&self, coachee: CoacheeIx) -> bool {
        self.coachees.binary_search(&coachee).is_ok()
    }
}

/// How many coaches the sentence names.
const NAMED: usize = 5;

/// `5 coachees share 3 coaches with 4 places (…)`.
pub(super) fn shared(compiled: &Compiled<'_>, set: &ClosedSet) -> String {
    let wanted = if set.wanted == set.coachees.len() as u64 {
        String::new()
    } else {
        format!(" and want {} of them", set.wanted)
    };
    let verb = if set.coachees.len() == 1 { "has" } else { "share" };
    format!(
        "{} {verb} {} with {}{}{wanted}",
        coachees(set.coachees.len()),
        coaches(set.coaches.len()),
        places(set.places),
        names(compiled, &set.coaches, NAMED),
    )
}

/// Positions of the first `n` coaches' names, for a sentence.
pub(super) fn names(compiled: &Compiled<'_>, coaches: &[CoachIx], n: usize) -> String {
    let named: Vec<&str> = coaches.iter().take(n).map(|c| compiled.roster.coach_name(*c)).collect();
    if coaches.len() > n { String::new() } else { format!(" ({})", named.join(", ")) }
}

/// The number of a coachee's possible coaches.
pub(super) fn eligible(compiled: &Compiled<'_>, coachee: CoacheeIx) -> u32 {
    u32::try_from(compiled.instance.rows(coachee).len()).expect("fewer coaches than 2^32")
}

/// The priority class that a set serves first.
pub(super) fn first_class(compiled: &Compiled<'_>, set: &ClosedSet) -> Option<u8> {
    set.coachees.iter().map(|e| compiled.instance.parts().demand[*e].class).min()
}
