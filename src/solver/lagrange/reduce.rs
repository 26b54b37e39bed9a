//! Pairs that no cheaper plan has: every group that holds one costs more than the plan leaves over the bound.
//!
//! At any prices a plan costs at least the bound and what its groups cost above the cheapest group of each coach. So a
//! cheaper plan is made of groups within the gap, and those are listed coach by coach.

use super::Halt;
use super::dual::{Search, adds};
use super::group::{Scratch, all_below};
use super::plan::Plan;
use super::problem::Problem;
use crate::model::index::Ix;
use crate::solver::cost::Cost;

/// Steps of listing one coach's groups before all its pairs stay open.
const LISTING: usize = 100_000;

/// By pair: whether it is in the plan, or may be in a cheaper one. All are, if stopped.
pub fn open<W: Cost>(
    problem: &Problem<W>,
    search: &Search<W>,
    plan: &Plan,
    pairs: usize,
    halt: Halt<'_>,
) -> Vec<bool> {
    let mut open = vec![false; pairs];
    let gap = W::narrow((plan.cost - search.at_best.bound).max(0));
    let (mut scratch, mut values) = (Scratch::new(), Vec::new());
    for (at, coach) in problem.coaches.iter().enumerate() {
        if halt() {
            return vec![true; pairs];
        }
        adds(problem, coach, &search.best, &mut values);
        let mut within = vec![false; coach.candidates.len()];
        let below = search.at_best.least[at] + gap;
        let all = search.at_best.exact
            && all_below(coach, &values, below, LISTING, &mut scratch, &mut |_, group| {
                for candidate in group {
                    within[*candidate as usize] = true;
                }
            });
        for (candidate, within) in coach.candidates.iter().zip(within) {
            open[candidate.pair.to_usize()] = within || !all;
        }
    }
    for pair in plan.pairs(problem) {
        open[pair.to_usize()] = true;
    }
    open
}
