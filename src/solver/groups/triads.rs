//! Triads: packing people into groups of three (with a pair or two where the number asks for it), best first.
//!
//! Method: branch and cut (Land & Doig 1960; Padberg & Rinaldi 1991) over the linear relaxation of set packing. A node has
//! some groups settled; the relaxation of the people left is tightened by cuts ([`super::cuts`]) until none is violated, and
//! its prices, rounded up in integers until they are feasible, bound everything below it. A node that is not settled by its
//! bound branches over one person's groups: those that the prices do not rule out. Depth first, the most promising group
//! first. Each relaxation's shares, largest first, also begin a plan that is improved by exchanges. The tree with its
//! prices is the proof.

use super::cuts::{Cut, inherited, violated};
use super::simplex::{Column, Relaxed, Row, relax};
use super::worth::{Worth, gcd};
use super::{Clock, Found, local};
use crate::model::grouping::{self, GroupEnd, GroupProof, Node};
use crate::model::outcome::Stop;
use std::collections::BTreeMap;

/// Up to so many people the search goes on for long; there are 34,220 triads of 60.
const EXACT: usize = 60;
/// Nodes that are looked at up to there, and beyond; then the best plan stands with its gap.
const MANY_TRIES: usize = 20_000;
const TRIES: usize = 40;
/// People up to whom there is a relaxation at all: 280,840 triads of 120.
const RELAXED: usize = 120;
/// How often a node's relaxation is tightened, and by how many cuts in all.
const ROUNDS: usize = 12;
const MOST_CUTS: usize = 150;
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

/// Feasible prices of the people left and of cuts, in `1/SCALE`.
struct Prices {
    people: BTreeMap<usize, i128>,
    cuts: Vec<(Cut, i128)>,
    /// Nothing of these people is worth more.
    total: i128,
}

impl Prices {
    /// What a group pays.
    fn paid(&self, group: &[usize]) -> i128 {
        let people: i128 = group.iter().map(|v| self.people[v]).sum();
        people + self.cuts.iter().map(|(cut, z)| z * count(cut.times(group))).sum::<i128>()
    }
}

fn count(n: usize) -> i128 {
    i128::try_from(n).expect("a count")
}

struct Search<'w, 'g, 'c, 'o> {
    worth: &'w Worth<'g>,
    clock: &'c mut Clock<'o>,
    groups: Vec<Group>,
    /// What every worth is a multiple of.
    unit: i128,
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
    let unit = groups.iter().fold(0, |unit, group| gcd(unit, group.worth)).max(1);
    let nodes = Vec::new();
    let mut search = Search { worth, clock, groups, unit, best, plan, nodes, looked: 0, open: None };
    let everything: Vec<usize> = (0..search.groups.len()).collect();
    search.node(&mut Vec::new(), &mut Vec::new(), (&everything, &[]), simple_bound(worth));
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
    let Node { settled, alone, prices, cuts, branch } = node;
    let person = |v: &usize| worth.people[*v];
    let cut = |cut: &grouping::Cut<usize>| grouping::Cut {
        members: cut.members.iter().map(person).collect(),
        by: cut.by,
        of: cut.of,
        price: cut.price,
    };
    Node {
        settled: settled.iter().map(|group| group.iter().map(person).collect()).collect(),
        alone: alone.iter().map(person).collect(),
        prices: prices.iter().map(|(v, y)| (person(v), *y)).collect(),
        cuts: cuts.iter().map(cut).collect(),
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
    /// Explores what can be added to the settled groups out of `open`, the positions of groups of the people left; with the
    /// cuts that are known. `above` bounds it already.
    fn node(
        &mut self,
        settled: &mut Vec<Vec<usize>>,
        alone: &mut Vec<usize>,
        (open, cuts): (&[usize], &[Cut]),
        above: i128,
    ) {
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
        let prices = self.tightened(settled, &left, (open, cuts), done);
        let bound = done + prices.total.div_euclid(SCALE);
        let at = self.nodes.len();
        if at <= MOST_NODES {
            self.nodes.push(case(settled, alone, &prices));
        }
        if self.clock.stop.is_some() {
            let bound = bound.min(above);
            self.open = Some(self.open.map_or(bound, |known| known.max(bound)));
            return;
        }
        if bound < self.best + self.unit {
            return;
        }
        let reach = |gone: i128, worth: i128| done + (prices.total - gone + SCALE * worth).div_euclid(SCALE);
        let reaches: Vec<(usize, i128)> = open
            .iter()
            .map(|g| (*g, reach(prices.paid(&self.groups[*g].members), self.groups[*g].worth)))
            .filter(|(_, reach)| *reach >= self.best + self.unit)
            .collect();
        let branches = |v: &usize| reaches.iter().filter(|g| self.groups[g.0].members.contains(v)).count();
        let Some(branch) = left.iter().copied().min_by_key(branches) else { return };
        if let Some(node) = self.nodes.get_mut(at) {
            node.branch = Some(branch);
        }
        let of_branch = reaches.iter().filter(|g| self.groups[g.0].members.contains(&branch));
        let mut ways: Vec<(i128, Option<usize>)> = of_branch.map(|(g, reach)| (*reach, Some(*g))).collect();
        ways.push((reach(prices.people[&branch], 0), None));
        ways.sort_unstable_by(|a, b| b.cmp(a));
        let cuts: Vec<Cut> = prices.cuts.into_iter().map(|(cut, _)| cut).collect();
        for (reach, way) in ways {
            if reach < self.best + self.unit {
                continue;
            }
            let gone = way.map_or_else(|| vec![branch], |g| self.groups[g].members.clone());
            let apart = |g: &usize| self.groups[*g].members.iter().all(|v| !gone.contains(v));
            let below: Vec<usize> = reaches.iter().map(|(g, _)| *g).filter(apart).collect();
            if way.is_some() {
                settled.push(gone);
                self.node(settled, alone, (&below, &cuts), reach);
                settled.pop();
            } else {
                alone.push(branch);
                self.node(settled, alone, (&below, &cuts), reach);
                alone.pop();
            }
        }
    }

    /// The prices of the people left once no cut is violated, or none is needed any more. Plans that come up are kept.
    fn tightened(
        &mut self,
        settled: &[Vec<usize>],
        left: &[usize],
        (open, above): (&[usize], &[Cut]),
        done: i128,
    ) -> Prices {
        let mut cuts = inherited(above, left);
        let mut best: Option<Prices> = None;
        for round in 0.. {
            let (prices, shares) = self.prices(left, open, &cuts);
            self.propose(settled, &shares);
            if best.as_ref().is_none_or(|known| prices.total < known.total) {
                best = Some(prices);
            }
            let total = best.as_ref().map_or(0, |known| known.total);
            let settles = done + total.div_euclid(SCALE) < self.best + self.unit;
            if settles || round == ROUNDS || cuts.len() >= MOST_CUTS || self.clock.stops() {
                break;
            }
            let groups: Vec<(&[usize], f64)> =
                shares.iter().map(|(g, share)| (&*self.groups[*g].members, *share)).collect();
            let mut more = violated(&groups);
            more.retain(|cut| !cuts.contains(cut));
            if more.is_empty() {
                break;
            }
            cuts.append(&mut more);
        }
        best.expect("at least one round")
    }

    /// Feasible prices, and how much of each group the relaxation takes.
    fn prices(&mut self, left: &[usize], open: &[usize], cuts: &[Cut]) -> (Prices, Vec<(usize, f64)>) {
        // What a member adds to any group is taken out, so that the numbers stay small and exact; to stay alone costs it.
        let base = self.worth.least_member();
        let mut rows: Vec<Row> = left.iter().map(|_| Row { most: 1.0, idle: float(-base) }).collect();
        rows.extend(cuts.iter().map(|cut| Row { most: float(count(cut.most())), idle: 0.0 }));
        let column = |g: &usize| {
            let Group { members, worth } = &self.groups[*g];
            let row = |v: &usize| left.binary_search(v).expect("open groups are of people left");
            let places = |at: usize| std::iter::repeat_n(left.len() + at, cuts[at].times(members));
            let rows = members.iter().map(row).chain((0..cuts.len()).flat_map(places)).collect();
            Column { rows, worth: float(worth - count(members.len()) * base) }
        };
        let columns: Vec<Column> = open.iter().map(column).collect();
        let clock = &mut *self.clock;
        let relaxed = relax(&rows, &columns, &mut || clock.stops());
        let taken_out = |row: usize| if row < left.len() { SCALE * base } else { 0 };
        let proposed = relaxed.prices.iter().enumerate();
        let mut prices: Vec<i128> = proposed.map(|(row, y)| scaled(*y) + taken_out(row)).collect();
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
        let shares = relaxed.shares.iter().map(|(at, share)| (open[*at], *share)).collect();
        let of_cuts = prices.split_off(left.len());
        let cuts: Vec<(Cut, i128)> = cuts.iter().cloned().zip(of_cuts).filter(|(_, z)| *z > 0).collect();
        let on_cuts: i128 = cuts.iter().map(|(cut, z)| z * count(cut.most())).sum();
        let total = prices.iter().sum::<i128>() + on_cuts;
        (Prices { people: left.iter().copied().zip(prices).collect(), cuts, total }, shares)
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

    /// A better plan, if the relaxation is near one: its groups, largest share first, and the others improved.
    fn propose(&mut self, settled: &[Vec<usize>], shares: &[(usize, f64)]) {
        let mut order: Vec<&(usize, f64)> = shares.iter().collect();
        order.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
        let mut plan: Vec<Vec<usize>> = settled.to_vec();
        let mut taken: Vec<bool> = vec![false; self.worth.len()];
        settled.iter().flatten().for_each(|v| taken[*v] = true);
        for (g, _) in order {
            let members = &self.groups[*g].members;
            if members.iter().all(|v| !taken[*v]) {
                for v in members {
                    taken[*v] = true;
                }
                plan.push(members.clone());
            }
        }
        let value =
            |plan: &[Vec<usize>]| plan.iter().filter_map(|group| self.worth.group(group)).sum::<i128>();
        let improved = local::complete(self.worth, &plan, self.clock);
        for plan in [plan, improved] {
            if value(&plan) > self.best {
                (self.best, self.plan) = (value(&plan), plan);
            }
        }
        let placed = taken.iter().filter(|t| **t).count();
        self.clock.progress(placed, self.worth.len());
    }
}

fn case(settled: &[Vec<usize>], alone: &[usize], prices: &Prices) -> Node<usize> {
    let cut = |(cut, price): &(Cut, i128)| grouping::Cut {
        members: cut.members.clone(),
        by: cut.by,
        of: cut.of,
        price: *price,
    };
    Node {
        settled: settled.to_vec(),
        alone: alone.to_vec(),
        prices: prices.people.iter().map(|(v, y)| (*v, *y)).collect(),
        cuts: prices.cuts.iter().map(cut).collect(),
        branch: None,
    }
}
