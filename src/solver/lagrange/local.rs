//! A few coaches freed, everybody else held: the best plan of the few.
//!
//! Method: the freed coaches and the wishes they hold (or that are open) are a small problem of the same kind. Its own prices
//! are searched for a little; with them every group has a reduced cost, not negative, and a better plan is made only of
//! groups whose reduced costs together are less than the present plan's distance from the bound (as in the route enumeration of
//! Baldacci, Christofides & Mingozzi 2008). Those groups are listed and combined depth first, wishes as bits of a word.

use super::Halt;
use super::combine::{Column, Combine, beyond};
use super::dual::{Effort, Prices, Search, adds, row_term};
use super::group::{Scratch, all_below};
use super::plan::{Plan, shares};
use super::problem::{Candidate, Coach, Limit, Problem, Wish};
use crate::solver::cost::Cost;

/// A small problem and the way back.
pub struct Small<W> {
    pub problem: Problem<W>,
    pub prices: Prices<W>,
    /// The wishes and the freed coaches, as the whole problem numbers them.
    pub wishes: Vec<u32>,
    pub coaches: Vec<usize>,
    /// By freed coach, candidate: its number in the whole problem.
    pub back: Vec<Vec<u32>>,
    /// What the freed part may cost at most, shared rows at their prices, if it is to make a better plan.
    pub limit: i128,
}

/// The most wishes at once: bits of a word.
pub const WISHES: usize = 128;
/// How far a small search goes.
#[derive(Clone, Copy)]
struct Reach {
    /// The most groups of one coach that are combined.
    groups: usize,
    /// The most steps of listing groups of one coach, and of combining them.
    listing: usize,
    combining: usize,
}

/// A few milliseconds: most neighbourhoods need less, and another one may do better than more time.
const NEAR: Reach = Reach { groups: 500, listing: 6_000, combining: 3_000 };
/// The prices of the whole are good ones for a part.
const EFFORT: Effort = Effort { iterations: 15 };

/// Better groups for the freed coaches, as (coach, candidates), empty where none were found; and whether the search reached its end.
pub fn improve<W: Cost>(
    problem: &Problem<W>,
    prices: &Prices<W>,
    plan: &Plan,
    freed: &[usize],
    open: &[u32],
    halt: Halt<'_>,
) -> (Vec<(usize, Vec<u32>)>, bool) {
    let Some(small) = carve(problem, prices, plan, freed, open) else { return (Vec::new(), true) };
    if small.wishes.len() > WISHES {
        return (Vec::new(), false);
    }
    let Some(mut search) = Search::new(&small.problem, small.prices.clone(), 1, halt) else {
        return (Vec::new(), false);
    };
    search.run(&small.problem, small.limit, EFFORT, 1, halt);
    if search.at_best.bound >= small.limit {
        return (Vec::new(), true);
    }
    let (found, done) = deepen(problem, prices, plan, (&small, &search), NEAR, halt);
    (small.whole(found), done)
}

impl<W> Small<W> {
    /// Groups as the whole problem numbers them.
    fn whole(&self, found: Option<Vec<Vec<u32>>>) -> Vec<(usize, Vec<u32>)> {
        let of = |(at, group): (usize, Vec<u32>)| {
            (self.coaches[at], group.into_iter().map(|c| self.back[at][c as usize]).collect())
        };
        found.into_iter().flatten().enumerate().map(of).collect()
    }
}

/// The small problem of the freed coaches, with the wishes of their groups and the open ones.
pub fn carve<W: Cost>(
    problem: &Problem<W>,
    prices: &Prices<W>,
    plan: &Plan,
    freed: &[usize],
    open: &[u32],
) -> Option<Small<W>> {
    let mut wishes: Vec<u32> = open.to_vec();
    for coach in freed {
        let owner = &problem.coaches[*coach];
        wishes.extend(plan.groups[*coach].iter().map(|c| owner.candidates[*c as usize].wish));
    }
    let held = wishes.len();
    wishes.sort_unstable();
    wishes.dedup();
    // Each wish stands for one place here.
    if wishes.len() < held {
        return None;
    }
    let mut small = Small {
        problem: Problem {
            wishes: Vec::with_capacity(held),
            coaches: Vec::with_capacity(freed.len()),
            shared: Vec::new(),
            shares: Vec::new(),
            grain: problem.grain,
            base: 0,
        },
        prices: Prices { wishes: Vec::with_capacity(held), shared: Vec::new() },
        wishes: Vec::new(),
        coaches: freed.to_vec(),
        back: Vec::with_capacity(freed.len()),
        limit: 0,
    };
    for wish in &wishes {
        let whole = &problem.wishes[*wish as usize];
        // The place at stake is the last one filled, or the first one open.
        let place = (plan.filled[*wish as usize] as usize)
            .saturating_sub(usize::from(open.binary_search(wish).is_err()));
        let cost = *whole.open.get(place)?;
        small.problem.wishes.push(Wish { open: vec![cost], pinned: whole.pinned, pairs: Vec::new() });
        small.prices.wishes.push(prices.wishes[*wish as usize].min(cost));
        if open.binary_search(wish).is_ok() {
            small.limit += cost.widen();
        }
    }
    let mut scratch = Vec::new();
    for coach in freed {
        let (owner, group) = (&problem.coaches[*coach], &plan.groups[*coach]);
        small.limit += super::group::beside(owner, group, &mut scratch)?.widen();
        small.limit += group
            .iter()
            .map(|c| priced(problem, prices, &owner.candidates[*c as usize]).widen())
            .sum::<i128>();
        let (sub, back) = sub_coach(problem, prices, owner, &wishes);
        for (number, candidate) in sub.candidates.iter().enumerate() {
            let at = (small_count(small.problem.coaches.len()), small_count(number));
            small.problem.wishes[candidate.wish as usize].pairs.push(at);
        }
        small.problem.coaches.push(sub);
        small.back.push(back);
    }
    small.wishes = wishes;
    // A row with a price may be better used than now.
    for (row, (price, amount)) in problem.shared.iter().zip(prices.shared.iter().zip(&plan.amounts)) {
        small.limit += beyond(row, price.widen(), *amount).unwrap_or(0) - row_term(row, price.widen()).0;
    }
    Some(small)
}

/// What a pair costs with the shared rows at their prices.
fn priced<W: Cost>(problem: &Problem<W>, prices: &Prices<W>, candidate: &Candidate<W>) -> W {
    let mut cost = candidate.cost;
    for (row, weight) in shares(problem, candidate) {
        let price = prices.shared[*row as usize];
        if price != W::ZERO {
            cost += W::narrow(price.widen() * i128::from(*weight));
        }
    }
    cost
}

/// A coach with only the candidates of these wishes.
fn sub_coach<W: Cost>(
    problem: &Problem<W>,
    prices: &Prices<W>,
    owner: &Coach<W>,
    wishes: &[u32],
) -> (Coach<W>, Vec<u32>) {
    let mut sub = Coach {
        max: owner.max,
        places: owner.places.clone(),
        candidates: Vec::new(),
        limits: owner
            .limits
            .iter()
            .map(|l| Limit { sets: l.sets, most: l.most, begun: 0, over: l.over })
            .collect(),
        uses: Vec::new(),
    };
    let mut back = Vec::new();
    for (number, candidate) in owner.candidates.iter().enumerate() {
        let Ok(wish) = wishes.binary_search(&candidate.wish) else { continue };
        let from = small_count(sub.uses.len());
        sub.uses.extend_from_slice(owner.uses(candidate));
        sub.candidates.push(Candidate {
            pair: candidate.pair,
            wish: small_count(wish),
            cost: priced(problem, prices, candidate),
            uses: (from, small_count(sub.uses.len())),
            shares: (0, 0),
        });
        back.push(small_count(number));
    }
    (sub, back)
}

fn small_count(n: usize) -> u32 {
    u32::try_from(n).expect("coaches and pairs are counted in u32")
}

/// What a few places more may cost; while wishes are open the distance from the bound is no guide.
fn dearest<W: Cost>(small: &Small<W>) -> i128 {
    let costs = small.problem.coaches.iter().flat_map(|c| &c.candidates).map(|c| c.cost.widen());
    let (low, high) = costs.fold((i128::MAX, i128::MIN), |(low, high), c| (c.min(low), c.max(high)));
    high.saturating_sub(low).max(0)
}

/// Looks for a better plan within a small part of the distance from the bound, then within larger parts (Korf 1985; each eight times
/// the one before): the best of the first part that has one is the best there is, unless a limit was met: the second answer says so.
fn deepen<W: Cost>(
    problem: &Problem<W>,
    prices: &Prices<W>,
    plan: &Plan,
    (small, search): (&Small<W>, &Search<W>),
    reach: Reach,
    halt: Halt<'_>,
) -> (Option<Vec<Vec<u32>>>, bool) {
    let all = small.limit - search.at_best.bound;
    let gap = all.min(dearest(small));
    for halvings in (0..=PARTS).rev().step_by(STEP) {
        let slack = (gap >> halvings).max(1);
        let Some(columns) = list(small, search, W::narrow(slack), reach, halt) else { return (None, false) };
        let mut combine = Combine::new(problem, prices, plan, small, search, columns);
        combine.patience = reach.combining;
        combine.budget = combine.budget.min(slack);
        combine.run(halt);
        let done = combine.nodes <= reach.combining;
        if combine.best.is_some() || !done {
            // Shared rows may make the plan dearer than the part that was searched.
            let all = done && combine.budget <= slack;
            return (combine.best, all);
        }
    }
    (None, gap == all && search.at_best.exact)
}

/// The first part of the distance that is searched is 2 to the power of this.
const PARTS: u32 = 6;
const STEP: usize = 3;

/// The groups of every freed coach whose reduced cost is below `slack`, cheapest first; `None` if they are too many, or stopped.
fn list<W: Cost>(
    small: &Small<W>,
    search: &Search<W>,
    slack: W,
    reach: Reach,
    halt: Halt<'_>,
) -> Option<Vec<Vec<Column<W>>>> {
    let mut scratch = Scratch::new();
    let mut values = Vec::new();
    let mut all = Vec::with_capacity(small.coaches.len());
    for (coach, least) in small.problem.coaches.iter().zip(&search.at_best.least) {
        adds(&small.problem, coach, &search.best, &mut values);
        let mut columns: Vec<Column<W>> = Vec::new();
        let done =
            all_below(coach, &values, *least + slack, reach.listing, &mut scratch, &mut |value, group| {
                if columns.len() <= reach.groups {
                    let bit = |c: &u32| 1_u128 << coach.candidates[*c as usize].wish;
                    let wishes = group.iter().map(bit).fold(0, |a, b| a | b);
                    columns.push(Column { reduced: value - *least, wishes, group: group.to_vec() });
                }
            });
        if !done || columns.len() > reach.groups || halt() {
            return None;
        }
        columns.sort_by(|a, b| a.reduced.cmp(&b.reduced).then(a.group.cmp(&b.group)));
        all.push(columns);
    }
    Some(all)
}
