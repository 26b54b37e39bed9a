//! Triads: packing people into groups of three (with a pair or two where the number asks for it), best first.
//!
//! Method: branch and bound (Land & Doig 1960) over the linear relaxation of set packing. A node has some groups settled;
//! the relaxation's prices of the people left, rounded up in integers until they are feasible, bound everything below it.
//! A node that is not settled by its bound branches over one person's groups: those that the prices do not rule out.
//! Depth first, the most promising group first. The tree with its prices is the proof.

use super::simplex::{Column, Relaxed, relax};
use super::worth::Worth;
use super::{Clock, Found, local};
use crate::model::grouping::{GroupEnd, GroupProof, Node};
use crate::model::outcome::Stop;

/// Up to so many people the search goes on for long; there are 34,220 triads of 60.
const EXACT: usize = 60;
/// Nodes that are looked at up to there, and beyond; then the best plan stands with its gap. Where everybody can be in a
/// triad a few dozen do; where conflicts ask for more pairs than the number does, the relaxation is weak.
const MANY_TRIES: usize = 3_000;
const TRIES: usize = 40;
/// People up to whom there is a relaxation at all: 280,840 triads of 120.
const RELAXED: usize = 120;
/// A longer proof is not handed on.
const MOST_NODES: usize = 400;
/// Units of price in a unit of worth: rounding everybody's price up must not reach the next unit of worth.
const SCALE: i128 = 1 << 16;
/// No price is as large; a bound for what floating point may propose.
const LARGEST: i128 = 1 << 100;

/// A possible group.
struct Group {
    members: Vec<usize>,
    worth: i128,
}

struct Search<'w, 'g, 'c, 'o> {
    worth: &'w Worth<'g>,
    clock: &'c mut Clock<'o>,
    groups: Vec<Group>,
    best: i128,
    plan: Vec<Vec<usize>>,
    nodes: Vec<Node<usize>>,
    looked: usize,
    /// The highest bound of what was left unexplored, in units of worth.
    open: Option<i128>,
}

pub fn solve(worth: &Worth<'_>, clock: &mut Clock<'_>) -> Found {
    clock.progress(0, worth.len());
    let plan = local::search(worth, clock);
    let best = plan.iter().filter_map(|group| worth.group(group)).sum();
    if worth.len() > RELAXED || clock.stops() {
        let bound = super::score_bound(worth, &plan, simple_bound(worth));
        return Found { groups: plan, end: GroupEnd::Open(clock.stop.unwrap_or(Stop::Finished)), bound };
    }
    let groups = candidates(worth);
    let nodes = Vec::new();
    let mut search = Search { worth, clock, groups, best, plan, nodes, looked: 0, open: None };
    let everything: Vec<usize> = (0..search.groups.len()).collect();
    search.node(&mut Vec::new(), &mut Vec::new(), &everything, simple_bound(worth));
    let Search { plan, nodes, open, best, clock, .. } = search;
    if let Some(open) = open {
        let bound = super::score_bound(worth, &plan, open.max(best));
        return Found { groups: plan, end: GroupEnd::Open(clock.stop.unwrap_or(Stop::Finished)), bound };
    }
    if nodes.len() > MOST_NODES {
        return Found { groups: plan, end: GroupEnd::Claimed, bound: None };
    }
    let nodes = nodes.into_iter().map(|node| named(worth, node)).collect();
    let proof = GroupProof::Triads { multipliers: worth.multipliers, scale: SCALE, nodes };
    Found { groups: plan, end: GroupEnd::Proved(proof), bound: None }
}

fn named(worth: &Worth<'_>, node: Node<usize>) -> Node<crate::model::index::CoacheeIx> {
    let Node { settled, alone, prices, branch } = node;
    let person = |v: &usize| worth.people[*v];
    Node {
        settled: settled.iter().map(|group| group.iter().map(person).collect()).collect(),
        alone: alone.iter().map(person).collect(),
        prices: prices.iter().map(|(v, y)| (person(v), *y)).collect(),
        branch: branch.as_ref().map(person),
    }
}

/// Every group that is worth more than leaving its members alone.
fn candidates(worth: &Worth<'_>) -> Vec<Group> {
    let n = worth.len();
    let mut groups = Vec::new();
    let mut add = |members: Vec<usize>, value: Option<i128>| {
        if let Some(value) = value.filter(|value| *value > 0) {
            groups.push(Group { members, worth: value });
        }
    };
    for a in 0..n {
        for b in (a + 1..n).filter(|b| worth.possible(a, *b)) {
            if !worth.grouping.parts().exactly {
                add(vec![a, b], worth.pair(a, b));
            }
            for c in b + 1..n {
                add(vec![a, b, c], worth.triad([a, b, c]));
            }
        }
    }
    groups
}

/// Without a relaxation: nobody adds more to a group than half of the best they share with two others, or with one.
fn simple_bound(worth: &Worth<'_>) -> i128 {
    let n = worth.len();
    let of = |a: usize| {
        let mut shared: Vec<i128> = (0..n).filter_map(|b| worth.shared(a, b)).collect();
        shared.sort_unstable_by_key(|x| std::cmp::Reverse(*x));
        let best = |at: usize| shared.get(at).copied().unwrap_or(0).max(0);
        // In quarters: of a pair each has half, of a triad's half scores a quarter of either.
        let triad = best(0) + best(1);
        let pair = 2 * best(0);
        (4 * worth.member(a) + triad.max(pair)).max(0)
    };
    (0..n).map(of).sum::<i128>().div_euclid(4) + 1
}

#[expect(clippy::cast_precision_loss, reason = "a proposal: what is proved with it is computed in integers")]
const fn float(x: i128) -> f64 {
    x as f64
}

/// The nearest integer; what is no number at all becomes 0 or a limit, and is repaired like any other rounding.
#[expect(
    clippy::cast_possible_truncation,
    reason = "casts from floats saturate, and prices are far below 2^127"
)]
const fn rounded(x: f64) -> i128 {
    x.round() as i128
}

/// A price in integers.
fn scaled(price: f64) -> i128 {
    rounded(price * float(SCALE)).clamp(-LARGEST, LARGEST)
}

impl Search<'_, '_, '_, '_> {
    /// Explores what can be added to the settled groups out of `open`, the positions of groups of the people left.
    /// `above` bounds it already.
    fn node(&mut self, settled: &mut Vec<Vec<usize>>, alone: &mut Vec<usize>, open: &[usize], above: i128) {
        self.looked += 1;
        let tries = if self.worth.len() > EXACT { TRIES } else { MANY_TRIES };
        if self.looked > tries || self.clock.stops() {
            self.open = Some(self.open.map_or(above, |known| known.max(above)));
            return;
        }
        let left: Vec<usize> = (0..self.worth.len())
            .filter(|v| !alone.contains(v) && !settled.iter().any(|group| group.contains(v)))
            .collect();
        let done: i128 = settled.iter().filter_map(|group| self.worth.group(group)).sum();
        let (prices, whole) = self.prices(&left, open);
        let bound = done + prices.iter().map(|(_, y)| y).sum::<i128>().div_euclid(SCALE);
        self.take(settled, whole);
        let at = self.nodes.len();
        if at <= MOST_NODES {
            let (settled, alone) = (settled.clone(), alone.clone());
            self.nodes.push(Node { settled, alone, prices: prices.clone(), branch: None });
        }
        if self.clock.stop.is_some() {
            let bound = bound.min(above);
            self.open = Some(self.open.map_or(bound, |known| known.max(bound)));
            return;
        }
        if bound <= self.best {
            return;
        }
        let price: std::collections::BTreeMap<usize, i128> = prices.into_iter().collect();
        let total: i128 = price.values().sum();
        let reach = |group: &Group| {
            let gone: i128 = group.members.iter().map(|v| price[v]).sum();
            done + (total - gone + SCALE * group.worth).div_euclid(SCALE)
        };
        let kept: Vec<usize> = open.iter().copied().filter(|g| reach(&self.groups[*g]) > self.best).collect();
        let branches = |v: &usize| kept.iter().filter(|g| self.groups[**g].members.contains(v)).count();
        let Some(branch) = left.iter().copied().min_by_key(branches) else { return };
        if let Some(node) = self.nodes.get_mut(at) {
            node.branch = Some(branch);
        }
        let mut ways: Vec<(i128, Option<usize>)> = kept
            .iter()
            .filter(|g| self.groups[**g].members.contains(&branch))
            .map(|g| (reach(&self.groups[*g]), Some(*g)))
            .collect();
        ways.push((done + (total - price[&branch]).div_euclid(SCALE), None));
        ways.sort_unstable_by(|a, b| b.cmp(a));
        for (reach, way) in ways {
            if reach <= self.best {
                continue;
            }
            let gone = way.map_or_else(|| vec![branch], |g| self.groups[g].members.clone());
            let below: Vec<usize> = kept
                .iter()
                .copied()
                .filter(|g| self.groups[*g].members.iter().all(|v| !gone.contains(v)))
                .collect();
            if way.is_some() {
                settled.push(gone);
                self.node(settled, alone, &below, reach);
                settled.pop();
            } else {
                alone.push(branch);
                self.node(settled, alone, &below, reach);
                alone.pop();
            }
        }
    }

    /// Feasible prices of the people left, in `1/SCALE`, and the relaxation's groups where it is a plan.
    fn prices(&mut self, left: &[usize], open: &[usize]) -> (Vec<(usize, i128)>, Option<Vec<usize>>) {
        let row = |v: &usize| left.binary_search(v).expect("open groups are of people left");
        // What a member adds to any group is taken out, so that the numbers stay small and exact; to stay alone costs it.
        let base = self.worth.least_member();
        let columns: Vec<Column> = open
            .iter()
            .map(|g| {
                let Group { members, worth } = &self.groups[*g];
                let size = i128::try_from(members.len()).expect("a count");
                Column { rows: members.iter().map(row).collect(), worth: float(worth - size * base) }
            })
            .collect();
        let clock = &mut *self.clock;
        let relaxed = relax(left.len(), &columns, float(-base), &mut || clock.stops());
        let mut prices: Vec<i128> = relaxed.prices.iter().map(|y| scaled(*y) + SCALE * base).collect();
        for _ in 0..2 {
            self.refine(&mut prices, &columns, open, &relaxed);
        }
        for price in &mut prices {
            *price = (*price).max(0);
        }
        for (column, g) in columns.iter().zip(open) {
            let missing =
                SCALE * self.groups[*g].worth - column.rows.iter().map(|r| prices[*r]).sum::<i128>();
            if missing > 0 {
                prices[column.rows[0]] += missing;
            }
        }
        let whole = relaxed.shares.iter().all(|(_, share)| (share - 1.0).abs() < 1e-3);
        let taken = relaxed.shares.iter().map(|(at, _)| open[*at]).collect();
        (left.iter().copied().zip(prices).collect(), whole.then_some(taken))
    }

    /// What rounding has left of the equations of the basis is solved once more, so that large worths cost no precision.
    fn refine(&self, prices: &mut [i128], columns: &[Column], open: &[usize], relaxed: &Relaxed) {
        let n = prices.len();
        let missing = |(row, basic): (usize, &Option<usize>)| match basic {
            None => float(-prices[row]),
            Some(at) => {
                let paid: i128 = columns[*at].rows.iter().map(|r| prices[*r]).sum();
                float(SCALE * self.groups[open[*at]].worth - paid)
            }
        };
        let missing: Vec<f64> = relaxed.basis.iter().map(|(row, basic)| missing((*row, basic))).collect();
        for (k, price) in prices.iter_mut().enumerate() {
            let more: f64 = missing.iter().enumerate().map(|(row, x)| x * relaxed.inverse[row * n + k]).sum();
            *price += rounded(more).clamp(-LARGEST, LARGEST);
        }
    }

    /// A better plan, if the relaxation is one.
    fn take(&mut self, settled: &[Vec<usize>], whole: Option<Vec<usize>>) {
        let Some(whole) = whole else { return };
        let mut plan: Vec<Vec<usize>> = settled.to_vec();
        plan.extend(whole.iter().map(|g| self.groups[*g].members.clone()));
        let mut people: Vec<usize> = plan.iter().flatten().copied().collect();
        people.sort_unstable();
        let apart = people.windows(2).all(|w| w[0] != w[1]);
        let value: i128 = plan.iter().filter_map(|group| self.worth.group(group)).sum();
        if apart && value > self.best {
            (self.best, self.plan) = (value, plan);
        }
        self.clock.progress(people.len().min(self.worth.len()), self.worth.len());
    }
}
