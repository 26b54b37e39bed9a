//! Candidates that no group within the gap has: their coach's cheapest group with them costs too much.
//!
//! Method: where one amount alone limits the coach, tables over the first so many candidates and over those after give the cheapest
//! group with each (Martello & Toth 1990, ch. 2.3; Posta, Ferland & Michelon 2012 for generalised assignment). Else all groups
//! within the gap are listed.

use super::group::{Scratch, all_below};
use super::problem::Coach;
use crate::solver::cost::Cost;

/// Steps of listing one coach's groups before all its pairs stay.
const LISTING: usize = 100_000;
/// The most cells of a table.
const TABLE: usize = 4_000_000;

/// By candidate: whether some group with it adds less than `below`; true for all where that takes too long to say.
pub fn within<W: Cost>(coach: &Coach<W>, adds: &[W], below: W, scratch: &mut Scratch<W>) -> Vec<bool> {
    if let Some(within) = by_tables(coach, adds, below) {
        return within;
    }
    let mut within = vec![false; coach.candidates.len()];
    let all = all_below(coach, adds, below, LISTING, scratch, &mut |_, group| {
        for candidate in group {
            within[*candidate as usize] = true;
        }
    });
    if all { within } else { vec![true; coach.candidates.len()] }
}

/// `None` where more than one amount limits the coach.
fn by_tables<W: Cost>(coach: &Coach<W>, adds: &[W], below: W) -> Option<Vec<bool>> {
    let [limit] = coach.limits.as_slice() else { return None };
    let weight = |at: usize| {
        let uses = coach.uses(&coach.candidates[at]);
        uses.first().map_or(0, |u| usize::try_from(u.1).unwrap_or(usize::MAX))
    };
    let cheap: Vec<usize> = (0..adds.len()).filter(|at| adds[*at] < W::ZERO).collect();
    if limit.sets || limit.over.is_some() || !coach.places.is_empty() || cheap.len() >= coach.max {
        return None;
    }
    let room = usize::try_from(limit.most - limit.begun).ok()?;
    if (room + 1).checked_mul(cheap.len() + 1)? > TABLE {
        return None;
    }
    // after[k]: the cheapest of the candidates from the k-th on, by room.
    let mut after = vec![vec![W::ZERO; room + 1]];
    for at in cheap.iter().rev() {
        let mut next = after[after.len() - 1].clone();
        add(&mut next, weight(*at), adds[*at]);
        after.push(next);
    }
    after.reverse();
    let mut within = vec![false; adds.len()];
    for at in (0..adds.len()).filter(|at| adds[*at] >= W::ZERO) {
        within[at] = room.checked_sub(weight(at)).is_some_and(|left| after[0][left] + adds[at] < below);
    }
    let mut before = vec![W::ZERO; room + 1];
    for (k, at) in cheap.iter().enumerate() {
        if let Some(left) = room.checked_sub(weight(*at)) {
            let both = (0..=left).map(|used| before[used] + after[k + 1][left - used]);
            within[*at] = both.min().is_some_and(|least| least + adds[*at] < below);
        }
        add(&mut before, weight(*at), adds[*at]);
    }
    Some(within)
}

/// One candidate more in a table by room.
fn add<W: Cost>(table: &mut [W], weight: usize, adds: W) {
    for used in (weight..table.len()).rev() {
        let with = table[used - weight] + adds;
        if with < table[used] {
            table[used] = with;
        }
    }
}
