//! A first plan: every wish to the coach that the prices and the averaged groups favour, where there is room.

use super::dual::{ONE, Search};
use super::group::beside;
use super::plan::{Plan, shares};
use super::problem::Problem;
use crate::solver::cost::Cost;

/// Fills the open places of a plan one after another, the candidates most often in groups first, then the cheapest.
pub fn fill<W: Cost>(problem: &Problem<W>, search: &Search<W>, plan: &mut Plan) {
    // (share, what it adds, wish, coach, candidate): likely pairs first, rounded to sixteenths so that cost decides among them.
    let mut order: Vec<(i32, W, u32, u32, u32)> = Vec::new();
    let mut values = Vec::new();
    for (at, coach) in problem.coaches.iter().enumerate() {
        super::dual::adds(problem, coach, &search.best, &mut values);
        for (number, (candidate, value)) in coach.candidates.iter().zip(&values).enumerate() {
            let share = search.share[at][number] * 16 / ONE;
            order.push((-share, *value, candidate.wish, small(at), small(number)));
        }
    }
    order.sort_unstable();
    let mut scratch = Vec::new();
    for (_, _, wish, coach, candidate) in order {
        let wish = wish as usize;
        if plan.filled[wish] as usize >= problem.wishes[wish].open.len() {
            continue;
        }
        let group = &mut plan.groups[coach as usize];
        if group.contains(&candidate) {
            continue;
        }
        group.push(candidate);
        let owner = &problem.coaches[coach as usize];
        let fits = beside(owner, group, &mut scratch).is_some();
        let added = shares(problem, &owner.candidates[candidate as usize]);
        let keeps = added.iter().all(|(row, weight)| {
            let row_of = &problem.shared[*row as usize];
            let per = i128::from(row_of.per);
            let now = plan.amounts[*row as usize];
            // A row already outside may not get worse; one inside may not leave.
            let after = now + i128::from(*weight);
            row_of.charge(after * per).is_some()
                || (row_of.nearest(after * per) - after * per).abs()
                    <= (row_of.nearest(now * per) - now * per).abs()
        });
        if !fits || !keeps {
            group.pop();
            continue;
        }
        for (row, weight) in added {
            plan.amounts[*row as usize] += i128::from(*weight);
        }
        plan.filled[wish] += 1;
    }
    if let Some(counted) = Plan::of(problem, std::mem::take(&mut plan.groups)) {
        *plan = counted;
    }
}

fn small(n: usize) -> u32 {
    u32::try_from(n).expect("coaches and pairs are counted in u32")
}
