//! Places for open wishes by chains of displacements: a wish takes the place of another, that one the place of a third, and so
//! on, until somebody finds room.
//!
//! Method: breadth first over wishes, each reached once (Hopcroft & Karp's search for one path; with side constraints it is the
//! ejection chain of Glover 1996): a step is allowed where the coach's group, one member exchanged, keeps its limits. No coach is
//! visited twice, so steps do not disturb each other. O(wishes × pairs of a wish × members of a group) for one chain.

use super::Halt;
use super::group::beside;
use super::plan::Plan;
use super::problem::Problem;
use crate::solver::cost::Cost;

/// How a wish was reached: it has to leave this coach, whose group is to become this.
struct Step {
    /// The step before; `None` for the open wish itself.
    before: Option<usize>,
    wish: u32,
    left: Option<(usize, Vec<u32>)>,
}

/// Fills open wishes as long as chains are found.
pub fn fill<W: Cost>(problem: &Problem<W>, plan: &mut Plan, halt: Halt<'_>) {
    for wish in super::open_wishes(problem, plan) {
        if halt() {
            return;
        }
        if let Some(better) = chain(problem, plan, wish, halt) {
            *plan = better;
        }
    }
}

/// Most ends of chains that are counted, shared rows included, before the wish stays open.
const ENDS: usize = 20;

fn chain<W: Cost>(problem: &Problem<W>, plan: &Plan, wish: u32, halt: Halt<'_>) -> Option<Plan> {
    let mut steps = vec![Step { before: None, wish, left: None }];
    let mut reached = vec![false; problem.wishes.len()];
    reached[wish as usize] = true;
    let (mut at, mut ends) = (0, 0);
    let mut amounts = Vec::new();
    while at < steps.len() && !halt() {
        let now = steps[at].wish;
        for (coach, candidate) in &problem.wishes[now as usize].pairs {
            let coach = *coach as usize;
            let (owner, group) = (&problem.coaches[coach], &plan.groups[coach]);
            if group.contains(candidate) || visited(&steps, at, coach) {
                continue;
            }
            let mut next = group.clone();
            next.push(*candidate);
            if beside(owner, &next, &mut amounts).is_some() {
                let changed = changes(&steps, at, (coach, next));
                if let Some(found) = better(problem, plan, changed) {
                    return Some(found);
                }
                ends += 1;
                if ends == ENDS {
                    return None;
                }
                continue;
            }
            for (place, member) in group.iter().enumerate() {
                let leaving = owner.candidates[*member as usize].wish;
                if reached[leaving as usize] || problem.wishes[leaving as usize].pinned {
                    continue;
                }
                let mut next = group.clone();
                next[place] = *candidate;
                if beside(owner, &next, &mut amounts).is_some() {
                    reached[leaving as usize] = true;
                    steps.push(Step { before: Some(at), wish: leaving, left: Some((coach, next)) });
                }
            }
        }
        at += 1;
    }
    None
}

fn visited(steps: &[Step], mut at: usize, coach: usize) -> bool {
    loop {
        if steps[at].left.as_ref().is_some_and(|l| l.0 == coach) {
            return true;
        }
        match steps[at].before {
            Some(before) => at = before,
            None => return false,
        }
    }
}

/// The groups that change along a chain.
fn changes(steps: &[Step], mut at: usize, last: (usize, Vec<u32>)) -> Vec<(usize, Vec<u32>)> {
    let mut all = vec![last];
    loop {
        all.extend(steps[at].left.clone());
        match steps[at].before {
            Some(before) => at = before,
            None => return all,
        }
    }
}

/// The plan with these groups, if it keeps the shared rows and costs less.
fn better<W: Cost>(problem: &Problem<W>, plan: &Plan, changed: Vec<(usize, Vec<u32>)>) -> Option<Plan> {
    let mut groups = plan.groups.clone();
    for (coach, group) in changed {
        groups[coach] = group;
    }
    Plan::of(problem, groups).filter(|p| p.cost < plan.cost)
}
