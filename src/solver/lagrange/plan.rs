//! A plan as the search keeps it: the group of every coach, and what it costs.

use super::group::beside;
use super::problem::{Candidate, Problem};
use crate::model::index::PairIx;
use crate::solver::cost::Cost;

#[derive(Clone)]
pub struct Plan {
    /// By coach: candidates.
    pub groups: Vec<Vec<u32>>,
    /// By wish: places filled.
    pub filled: Vec<u32>,
    /// By shared row: the amount, in multiples of `per`.
    pub amounts: Vec<i128>,
    pub cost: i128,
}

impl Plan {
    /// Nobody matched; `None` if no plan may be empty.
    pub fn empty<W: Cost>(problem: &Problem<W>) -> Option<Self> {
        let groups = vec![Vec::new(); problem.coaches.len()];
        Self::of(problem, groups)
    }

    /// The plan of these groups, if it keeps all limits.
    pub fn of<W: Cost>(problem: &Problem<W>, groups: Vec<Vec<u32>>) -> Option<Self> {
        let mut plan = Self::counted(problem, groups);
        let mut scratch = Vec::new();
        for (coach, group) in problem.coaches.iter().zip(&plan.groups) {
            plan.cost += beside(coach, group, &mut scratch)?.widen();
            plan.cost += group.iter().map(|c| coach.candidates[*c as usize].cost.widen()).sum::<i128>();
        }
        for (wish, filled) in problem.wishes.iter().zip(&plan.filled) {
            let open = wish.open.get(*filled as usize..)?;
            plan.cost += open.iter().map(|c| c.widen()).sum::<i128>();
        }
        for (row, amount) in problem.shared.iter().zip(&plan.amounts) {
            plan.cost += row.charge(amount * i128::from(row.per))?;
        }
        Some(plan)
    }

    /// Groups with what they fill and add to shared rows; their cost is still that of the settled pairs.
    pub fn counted<W: Cost>(problem: &Problem<W>, groups: Vec<Vec<u32>>) -> Self {
        let mut filled = vec![0_u32; problem.wishes.len()];
        let mut amounts: Vec<i128> = problem.shared.iter().map(|row| row.begun).collect();
        for (coach, group) in problem.coaches.iter().zip(&groups) {
            for candidate in group {
                let candidate = &coach.candidates[*candidate as usize];
                filled[candidate.wish as usize] += 1;
                for (row, weight) in shares(problem, candidate) {
                    amounts[*row as usize] += i128::from(*weight);
                }
            }
        }
        Self { groups, filled, amounts, cost: problem.base }
    }

    /// The pairs, ascending.
    pub fn pairs<W: Cost>(&self, problem: &Problem<W>) -> Vec<PairIx> {
        let of_coach = problem.coaches.iter().zip(&self.groups);
        let mut pairs: Vec<PairIx> =
            of_coach.flat_map(|(c, g)| g.iter().map(|at| c.candidates[*at as usize].pair)).collect();
        pairs.sort_unstable();
        pairs
    }
}

/// What a candidate adds to shared rows.
pub fn shares<'p, W>(problem: &'p Problem<W>, candidate: &Candidate<W>) -> &'p [(u32, i64)] {
    &problem.shares[candidate.shares.0 as usize..candidate.shares.1 as usize]
}
