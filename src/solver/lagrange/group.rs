//! The cheapest group of one coach at given prices, and all groups that are cheap enough.
//!
//! Method: depth first over the candidates in order of what they add, cut where even the cheapest candidates that follow and
//! still fit beside those chosen cannot bring the sum below the threshold; groups of a coach are small, and a search at good prices
//! looks at 10 to 50 of them. Where a coach has a single amount to keep and
//! many small candidates (generalised assignment), dynamic programming over that amount instead (Martello & Toth 1990, ch. 2).
//! Sign convention: what a candidate adds is `cost + prices of shared rows − price of its wish`; smaller is better.

use super::problem::{Coach, Limit};
use crate::solver::cost::Cost;

/// Working memory, reused from coach to coach.
pub struct Scratch<W> {
    /// (what it adds, candidate), ascending.
    order: Vec<(W, u32)>,
    /// Sums of what the first so many add, positive ones left out.
    sums: Vec<W>,
    amounts: Vec<i64>,
    undo: Vec<(u32, i64)>,
    chosen: Vec<u32>,
    table: Vec<W>,
    taken: Vec<bool>,
    /// The candidates of the best group found.
    pub best: Vec<u32>,
    nodes: usize,
    levels: Vec<Level<W>>,
}

impl<W: Cost> Scratch<W> {
    pub fn new() -> Self {
        Self {
            order: Vec::new(),
            sums: Vec::new(),
            amounts: Vec::new(),
            undo: Vec::new(),
            chosen: Vec::new(),
            table: Vec::new(),
            taken: Vec::new(),
            best: Vec::new(),
            nodes: 0,
            levels: Vec::new(),
        }
    }
}

/// The least that a coach's group can add.
#[derive(Clone, Copy, Debug)]
pub struct Least<W> {
    /// The least, or a lower bound of it where it is not `exact`.
    pub value: W,
    pub exact: bool,
}

/// Nodes of one search before it is given up, and a lower bound taken for the least.
const PATIENCE: usize = 50_000;

/// The most cells of a table over amounts.
const TABLE: usize = 4_000_000;

/// The cheapest group; `scratch.best` holds it.
pub fn least<W: Cost>(coach: &Coach<W>, adds: &[W], scratch: &mut Scratch<W>) -> Least<W> {
    let first = coach.place(0);
    sort(coach, adds, scratch, |value| value + first < W::ZERO);
    scratch.best.clear();
    if let Some(value) = knapsack(coach, scratch) {
        return Least { value, exact: true };
    }
    let mut best: Vec<u32> = Vec::new();
    let mut found = W::ZERO;
    let relaxed = optimistic(&scratch.sums, 0, coach.max);
    let done = search(coach, scratch, W::ZERO, PATIENCE, &mut |value, group: &[u32]| {
        found = value;
        best.clear();
        best.extend_from_slice(group);
        value
    });
    scratch.best = best;
    Least { value: if done { found } else { relaxed }, exact: done }
}

/// Calls `visit` with every group that adds less than `below`, the empty one too if 0 is; false if that were more than `nodes`
/// steps.
pub fn all_below<W: Cost>(
    coach: &Coach<W>,
    adds: &[W],
    below: W,
    nodes: usize,
    scratch: &mut Scratch<W>,
    visit: &mut dyn FnMut(W, &[u32]),
) -> bool {
    let first = coach.place(0);
    let lowest = adds.iter().map(|a| *a + first).filter(|a| *a < W::ZERO).fold(W::ZERO, |s, a| s + a);
    sort(coach, adds, scratch, |value| lowest + value + first < below);
    if W::ZERO < below {
        visit(W::ZERO, &[]);
    }
    search(coach, scratch, below, nodes, &mut |value, group| {
        visit(value, group);
        below
    })
}

fn sort<W: Cost>(coach: &Coach<W>, adds: &[W], scratch: &mut Scratch<W>, keep: impl Fn(W) -> bool) {
    scratch.order.clear();
    for (at, value) in adds.iter().enumerate() {
        if keep(*value) {
            scratch.order.push((*value, u32::try_from(at).expect("pairs are counted in u32")));
        }
    }
    scratch.order.sort_unstable();
    let first = coach.place(0);
    scratch.sums.clear();
    let mut sum = W::ZERO;
    scratch.sums.push(sum);
    for (value, _) in &scratch.order {
        sum += (*value + first).min(W::ZERO);
        scratch.sums.push(sum);
    }
    scratch.amounts.clear();
    scratch.amounts.extend(coach.limits.iter().map(|l| l.begun));
    scratch.chosen.clear();
    scratch.undo.clear();
}

/// Of the candidates of a list, ascending, the least that the first `room` from `from` on add.
fn optimistic<W: Cost>(sums: &[W], from: usize, room: usize) -> W {
    let to = from.saturating_add(room).min(sums.len() - 1);
    sums[to] - sums[from]
}

/// A search depth first; `visit` returns the new threshold. False if it took more than `patience` steps.
fn search<W: Cost>(
    coach: &Coach<W>,
    scratch: &mut Scratch<W>,
    below: W,
    patience: usize,
    visit: &mut dyn FnMut(W, &[u32]) -> W,
) -> bool {
    scratch.nodes = 0;
    let mut levels = std::mem::take(&mut scratch.levels);
    if levels.is_empty() {
        levels.push(Level::default());
    }
    levels[0].order.clear();
    levels[0].order.extend_from_slice(&scratch.order);
    levels[0].sums.clear();
    levels[0].sums.extend_from_slice(&scratch.sums);
    let mut descent = Descent { coach, scratch, below, patience, visit };
    let done = descent.descend(&mut levels, 0, W::ZERO);
    scratch.levels = levels;
    done
}

/// The candidates that still fit, with the running sums of what they add.
struct Level<W> {
    order: Vec<(W, u32)>,
    sums: Vec<W>,
}

impl<W> Default for Level<W> {
    fn default() -> Self {
        Self { order: Vec::new(), sums: Vec::new() }
    }
}

struct Descent<'a, W> {
    coach: &'a Coach<W>,
    scratch: &'a mut Scratch<W>,
    below: W,
    patience: usize,
    visit: &'a mut dyn FnMut(W, &[u32]) -> W,
}

impl<W: Cost> Descent<'_, W> {
    /// Tries every candidate of the level as the next member, so many being taken.
    fn descend(&mut self, levels: &mut Vec<Level<W>>, taken: usize, value: W) -> bool {
        let room = self.coach.max - taken;
        if room == 0 {
            return true;
        }
        for at in 0..levels[taken].order.len() {
            let (adds, candidate) = levels[taken].order[at];
            let others = optimistic(&levels[taken].sums, at + 1, room - 1);
            if value + adds + self.coach.place(taken) + others >= self.below {
                break;
            }
            self.scratch.nodes += 1;
            if self.scratch.nodes > self.patience {
                return false;
            }
            let undo = self.scratch.undo.len();
            let Some(charge) = take(self.coach, self.scratch, candidate) else { continue };
            let sum = value + adds + charge + self.coach.place(taken);
            self.scratch.chosen.push(candidate);
            if sum < self.below {
                self.below = (self.visit)(sum, &self.scratch.chosen);
            }
            // What follows may add more than nothing and still stay below.
            let next = levels[taken].order.get(at + 1).filter(|_| room > 1);
            let least =
                next.map(|n| if others < W::ZERO { others } else { n.0 + self.coach.place(taken + 1) });
            let deeper = least.is_some_and(|l| sum + l < self.below);
            let done = if !deeper {
                true
            } else if room == 2 {
                self.last(&levels[taken].order[at + 1..], sum, taken + 1)
            } else {
                self.narrow(levels, taken, at + 1);
                self.descend(levels, taken + 1, sum)
            };
            self.scratch.chosen.pop();
            put_back(self.scratch, undo);
            if !done {
                return false;
            }
        }
        true
    }

    /// Tries every candidate as the last member.
    fn last(&mut self, order: &[(W, u32)], value: W, taken: usize) -> bool {
        for (adds, candidate) in order {
            let sum = value + *adds + self.coach.place(taken);
            if sum >= self.below {
                break;
            }
            self.scratch.nodes += 1;
            if self.scratch.nodes > self.patience {
                return false;
            }
            let undo = self.scratch.undo.len();
            let Some(charge) = take(self.coach, self.scratch, *candidate) else { continue };
            put_back(self.scratch, undo);
            if sum + charge < self.below {
                self.scratch.chosen.push(*candidate);
                self.below = (self.visit)(sum + charge, &self.scratch.chosen);
                self.scratch.chosen.pop();
            }
        }
        true
    }

    /// The next level: the candidates from `from` on that fit beside those chosen.
    fn narrow(&mut self, levels: &mut Vec<Level<W>>, taken: usize, from: usize) {
        if levels.len() == taken + 1 {
            levels.push(Level::default());
        }
        let (here, next) = levels.split_at_mut(taken + 1);
        let (here, next) = (&here[taken], &mut next[0]);
        next.order.clear();
        let fits = |c: &&(W, u32)| fits(self.coach, &self.scratch.amounts, c.1);
        next.order.extend(here.order[from..].iter().filter(fits).copied());
        let first = self.coach.place(0);
        next.sums.clear();
        let mut sum = W::ZERO;
        next.sums.push(sum);
        for (adds, _) in &next.order {
            sum += (*adds + first).min(W::ZERO);
            next.sums.push(sum);
        }
    }
}

/// Whether a candidate breaks no limit that may never be broken.
fn fits<W: Cost>(coach: &Coach<W>, amounts: &[i64], candidate: u32) -> bool {
    for (limit, amount) in coach.uses(&coach.candidates[candidate as usize]) {
        let rule = &coach.limits[*limit as usize];
        let old = amounts[*limit as usize];
        let counted = if rule.sets { i64::from((old | amount).count_ones()) } else { old + amount };
        if counted > rule.most && rule.over.is_none() {
            return false;
        }
    }
    true
}

/// Undoes what was taken since.
fn put_back<W>(scratch: &mut Scratch<W>, undo: usize) {
    while scratch.undo.len() > undo {
        let (limit, amount) = scratch.undo.pop().expect("longer than `undo`");
        scratch.amounts[limit as usize] = amount;
    }
}

/// Adds what a candidate uses; what it costs beyond the limits, or `None` (and nothing added) if that is never allowed.
fn take<W: Cost>(coach: &Coach<W>, scratch: &mut Scratch<W>, candidate: u32) -> Option<W> {
    let undo = scratch.undo.len();
    let mut charge = W::ZERO;
    for (limit, amount) in coach.uses(&coach.candidates[candidate as usize]) {
        let rule = &coach.limits[*limit as usize];
        let old = scratch.amounts[*limit as usize];
        let new = if rule.sets { old | amount } else { old + amount };
        scratch.undo.push((*limit, old));
        scratch.amounts[*limit as usize] = new;
        if let (Some(now), Some(before)) = (cost(rule, new), cost(rule, old)) {
            charge += now - before;
        } else {
            put_back(scratch, undo);
            return None;
        }
    }
    Some(charge)
}

/// What an amount costs beyond a limit; `None` if it is never allowed.
pub fn cost<W: Cost>(limit: &Limit<W>, amount: i64) -> Option<W> {
    let counted = if limit.sets { i64::from(amount.count_ones()) } else { amount };
    if counted <= limit.most {
        return Some(W::ZERO);
    }
    let (step, each) = limit.over?;
    let steps = (counted - limit.most + step - 1) / step;
    Some(W::narrow(each.widen() * i128::from(steps)))
}

/// What the members of a group cost beside their own addends: places, and limits above what is begun; `None` if they may not be together.
pub fn beside<W: Cost>(coach: &Coach<W>, group: &[u32], amounts: &mut Vec<i64>) -> Option<W> {
    if group.len() > coach.max {
        return None;
    }
    amounts.clear();
    amounts.extend(coach.limits.iter().map(|l| l.begun));
    let mut sum = (0..group.len()).map(|k| coach.place(k)).fold(W::ZERO, |s, p| s + p);
    for candidate in group {
        for (limit, amount) in coach.uses(&coach.candidates[*candidate as usize]) {
            let now = &mut amounts[*limit as usize];
            *now = if coach.limits[*limit as usize].sets { *now | amount } else { *now + amount };
        }
    }
    for (limit, amount) in coach.limits.iter().zip(amounts.iter()) {
        sum += cost(limit, *amount)? - cost(limit, limit.begun)?;
    }
    Some(sum)
}

/// The least where one amount alone limits the group; `None` where that is not so.
fn knapsack<W: Cost>(coach: &Coach<W>, scratch: &mut Scratch<W>) -> Option<W> {
    let [limit] = coach.limits.as_slice() else { return None };
    let items = scratch.order.len();
    if limit.sets || limit.over.is_some() || !coach.places.is_empty() || items > coach.max || items < 12 {
        return None;
    }
    let room = usize::try_from(limit.most - limit.begun).ok()?;
    if (room + 1).checked_mul(items)? > TABLE {
        return None;
    }
    let weight = |at: usize| {
        let uses = coach.uses(&coach.candidates[scratch.order[at].1 as usize]);
        uses.first().map_or(0, |u| usize::try_from(u.1).unwrap_or(usize::MAX))
    };
    scratch.table.clear();
    scratch.table.resize(room + 1, W::ZERO);
    scratch.taken.clear();
    scratch.taken.resize((room + 1) * items, false);
    for at in 0..items {
        let (adds, weight) = (scratch.order[at].0, weight(at));
        for used in (weight..=room).rev() {
            let with = scratch.table[used - weight] + adds;
            if with < scratch.table[used] {
                scratch.table[used] = with;
                scratch.taken[at * (room + 1) + used] = true;
            }
        }
    }
    let mut left = room;
    for at in (0..items).rev() {
        if scratch.taken[at * (room + 1) + left] {
            scratch.best.push(scratch.order[at].1);
            left -= weight(at);
        }
    }
    Some(scratch.table[room])
}

#[cfg(test)]
mod tests {
    use super::super::neighbourhood::Dice;
    use super::{Scratch, all_below, beside, least};
    use crate::model::index::PairIx;
    use crate::solver::lagrange::problem::{Candidate, Coach, Limit};

    fn number(dice: &mut Dice, from: i64, to: i64) -> i64 {
        from + i64::try_from(dice.below(usize::try_from(to - from + 1).expect("ascending"))).expect("small")
    }

    /// A coach with candidates of every sign, up to three limits, amounts and sets, hard and soft.
    fn coach(dice: &mut Dice, candidates: usize) -> (Coach<i64>, Vec<i64>) {
        let mut coach = Coach {
            max: dice.below(candidates + 1),
            places: if dice.below(2) == 0 { Vec::new() } else { (0..20).map(|k| k * 3 - 4).collect() },
            candidates: Vec::new(),
            limits: Vec::new(),
            uses: Vec::new(),
        };
        for _ in 0..dice.below(4) {
            let sets = dice.below(2) == 0;
            let most = number(dice, 0, if sets { 2 } else { 12 });
            let over = (dice.below(3) == 0).then(|| (number(dice, 1, 3), number(dice, 0, 9)));
            coach.limits.push(Limit { sets, most, begun: 0, over });
        }
        let mut adds = Vec::new();
        for at in 0..u32::try_from(candidates).expect("few") {
            let from = u32::try_from(coach.uses.len()).expect("few");
            for (limit, rule) in coach.limits.iter().enumerate() {
                if dice.below(4) > 0 {
                    let amount = if rule.sets { 1 << dice.below(3) } else { number(dice, 0, 6) };
                    coach.uses.push((u32::try_from(limit).expect("few"), amount));
                }
            }
            let uses = (from, u32::try_from(coach.uses.len()).expect("few"));
            let pair = PairIx::new(at);
            coach.candidates.push(Candidate { pair, wish: at, cost: 0, uses, shares: (0, 0) });
            adds.push(number(dice, -12, 6));
        }
        (coach, adds)
    }

    /// What every group adds that may be, from the definition.
    fn every(coach: &Coach<i64>, adds: &[i64]) -> Vec<(i64, Vec<u32>)> {
        let mut amounts = Vec::new();
        (0_u32..1 << adds.len())
            .filter_map(|bits| {
                let group: Vec<u32> = (0..32).filter(|c| bits >> c & 1 == 1).collect();
                let own: i64 = group.iter().map(|c| adds[*c as usize]).sum();
                Some((own + beside(coach, &group, &mut amounts)?, group))
            })
            .collect()
    }

    #[test]
    fn the_cheapest_group_is_that_of_brute_force_and_every_group_below_is_listed() {
        let (mut dice, mut scratch) = (Dice::new(), Scratch::new());
        for _ in 0..3_000 {
            let candidates = 1 + dice.below(7);
            let (coach, adds) = coach(&mut dice, candidates);
            let all = every(&coach, &adds);
            let best = all.iter().map(|g| g.0).min().expect("nobody may be chosen");
            let found = least(&coach, &adds, &mut scratch);
            assert!(found.exact);
            assert_eq!(found.value, best);
            let below = best + number(&mut dice, 0, 12);
            let mut listed = Vec::new();
            assert!(all_below(&coach, &adds, below, 1_000, &mut scratch, &mut |value, group| {
                let mut group = group.to_vec();
                group.sort_unstable();
                listed.push((value, group));
            }));
            let mut wanted: Vec<_> = all.into_iter().filter(|g| g.0 < below).collect();
            wanted.sort();
            listed.sort();
            assert_eq!(listed, wanted);
        }
    }

    #[test]
    fn many_candidates_with_one_amount_are_a_knapsack() {
        let (mut dice, mut scratch) = (Dice::new(), Scratch::new());
        for _ in 0..200 {
            let (mut coach, mut adds) = coach(&mut dice, 13);
            (coach.max, coach.places) = (13, Vec::new());
            coach.limits = vec![Limit { sets: false, most: number(&mut dice, 0, 40), begun: 0, over: None }];
            coach.uses = (0..13).map(|_| (0, number(&mut dice, 0, 9))).collect();
            for (candidate, at) in coach.candidates.iter_mut().zip(0..) {
                candidate.uses = (at, at + 1);
            }
            for add in &mut adds {
                *add = -add.abs() - 1;
            }
            let best = every(&coach, &adds).into_iter().map(|g| g.0).min();
            let found = least(&coach, &adds, &mut scratch);
            assert_eq!(Some(found.value), best);
            let mut amounts = Vec::new();
            let own: i64 = scratch.best.iter().map(|c| adds[*c as usize]).sum();
            assert_eq!(Some(own), best.filter(|_| beside(&coach, &scratch.best, &mut amounts).is_some()));
        }
    }
}
