//! The proof of triads: a tree of cases, each bounded by the prices of the people who are left and of sets of them.

use super::plan::Chosen;
use super::proof::number;
use super::worth::{LARGEST, Worth};
use crate::model::grouping::{Cut, Node};
use crate::model::people::Id;
use std::collections::{BTreeMap, BTreeSet};

/// So many cuts at their highest price, of everybody there can be, stay below 2^127.
const MOST_CUTS: usize = 1 << 12;

/// Groups settled and people settled to stay alone, both in order.
type Key = (Vec<Vec<usize>>, Vec<usize>);

struct Case {
    prices: BTreeMap<usize, i128>,
    sets: Vec<Set>,
    branch: Option<usize>,
}

/// Of these people all groups together count at most `⌊size × by / of⌋` times.
struct Set {
    members: BTreeSet<usize>,
    by: usize,
    of: usize,
    price: i128,
}

impl Set {
    fn times(&self, group: &[usize]) -> i128 {
        int(group.iter().filter(|v| self.members.contains(v)).count() * self.by / self.of)
    }
    fn most(&self) -> i128 {
        int(self.members.len() * self.by / self.of)
    }
}

impl Case {
    /// What a group pays.
    fn paid(&self, group: &[usize]) -> i128 {
        let people: i128 = group.iter().map(|v| self.prices[v]).sum();
        people + self.sets.iter().map(|set| set.price * set.times(group)).sum::<i128>()
    }
    fn total(&self) -> i128 {
        self.prices.values().sum::<i128>() + self.sets.iter().map(|set| set.price * set.most()).sum::<i128>()
    }
}

struct Tree<'p, 'w, 'q> {
    worth: &'q Worth<'p, 'w>,
    present: Vec<usize>,
    cases: BTreeMap<Key, Case>,
    scale: i128,
    ours: i128,
    /// Every group is worth a multiple of it.
    unit: i128,
    groups: Vec<(Vec<usize>, i128)>,
    /// Every case is looked at once, so the work has an end whatever the tree.
    looks: usize,
}

pub(super) fn check(
    worth: &Worth<'_, '_>,
    scale: i128,
    nodes: &[Node<Id>],
    chosen: &Chosen,
) -> Result<(), &'static str> {
    if !(1..=1 << 32).contains(&scale) {
        return Err("the scale of the prices is out of range");
    }
    let mut cases = BTreeMap::new();
    for node in nodes {
        let (key, case) = read(worth, node)?;
        if cases.insert(key, case).is_some() {
            return Err("a case stands twice");
        }
    }
    let ours = worth.plan(&chosen.groups).ok_or("the plan has a group that cannot be")?;
    let present = worth.problem.present();
    let groups = groups(worth, &present);
    let unit = groups.iter().fold(0, |unit, (_, value)| gcd(unit, *value)).max(1);
    let looks = cases.len();
    let mut tree = Tree { worth, present, cases, scale, ours, unit, groups, looks };
    let all: Vec<usize> = (0..tree.groups.len()).collect();
    tree.settles(&mut Vec::new(), &mut Vec::new(), &all)
}

fn read(worth: &Worth<'_, '_>, node: &Node<Id>) -> Result<(Key, Case), &'static str> {
    let unknown = "a case is about somebody who is not listed";
    let one = |id: &Id| number(worth.problem, id).ok_or(unknown);
    let group = |ids: &Vec<Id>| ids.iter().map(one).collect::<Result<Vec<_>, _>>();
    let mut settled = node.settled.iter().map(group).collect::<Result<Vec<_>, _>>()?;
    let mut alone = group(&node.alone)?;
    settled.sort_unstable();
    alone.sort_unstable();
    let prices = node.prices.iter().map(|(id, y)| Ok((one(id)?, *y)));
    let prices: BTreeMap<usize, i128> = prices.collect::<Result<_, &'static str>>()?;
    let sum = prices.values().try_fold(0_i128, |sum, y| sum.checked_add(*y).filter(|_| *y >= 0));
    if prices.len() != node.prices.len() || sum.is_none_or(|sum| sum > LARGEST) {
        return Err("prices are negative, too large, or stand twice");
    }
    if node.cuts.len() > MOST_CUTS {
        return Err("a case has more cuts than can be added up");
    }
    let sets = node.cuts.iter().map(|cut| set(worth, cut, &prices)).collect::<Result<_, _>>()?;
    let branch = node.branch.as_ref().map(one).transpose()?;
    Ok(((settled, alone), Case { prices, sets, branch }))
}

fn set(worth: &Worth<'_, '_>, cut: &Cut<Id>, prices: &BTreeMap<usize, i128>) -> Result<Set, &'static str> {
    let one = |id: &Id| number(worth.problem, id).filter(|v| prices.contains_key(v));
    let members: Option<Vec<usize>> = cut.members.iter().map(one).collect();
    let members = members.ok_or("a cut holds somebody who is not left")?;
    if !(2..=3).contains(&cut.of)
        || !(1..cut.of).contains(&cut.by)
        || members.windows(2).any(|w| w[0] >= w[1])
    {
        return Err("a cut counts halves or thirds, and everybody once");
    }
    if cut.price <= 0 || cut.price > LARGEST >> 17 {
        return Err("the price of a cut is negative, nothing, or too large");
    }
    Ok(Set { members: members.into_iter().collect(), by: cut.by, of: cut.of, price: cut.price })
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

fn int(n: usize) -> i128 {
    i128::try_from(n).unwrap_or(i128::MAX)
}

/// Every group that can be and is worth more than leaving its members alone.
fn groups(worth: &Worth<'_, '_>, present: &[usize]) -> Vec<(Vec<usize>, i128)> {
    let problem = worth.problem;
    let mut all = Vec::new();
    for (i, a) in present.iter().enumerate() {
        for (j, b) in present.iter().enumerate().skip(i + 1) {
            if problem.score(*a, *b).is_none() {
                continue;
            }
            let pair = (!problem.exactly).then(|| vec![*a, *b]);
            let triads = present[j + 1..].iter().map(|c| vec![*a, *b, *c]);
            for members in pair.into_iter().chain(triads) {
                if let Some(value) = worth.of(&members).filter(|value| *value > 0) {
                    all.push((members, value));
                }
            }
        }
    }
    all
}

impl Tree<'_, '_, '_> {
    /// Whether nothing that adds some of these groups to the settled ones is worth more than the plan.
    fn settles(
        &mut self,
        settled: &mut Vec<Vec<usize>>,
        alone: &mut Vec<usize>,
        open: &[usize],
    ) -> Result<(), &'static str> {
        let unproved = "the prices leave room for a better plan";
        self.looks = self.looks.checked_sub(1).ok_or("a case stands in its own way")?;
        let mut key = (settled.clone(), alone.clone());
        key.0.sort_unstable();
        key.1.sort_unstable();
        let case = self.cases.get(&key).ok_or(unproved)?;
        let free = |v: &&usize| !alone.contains(v) && !settled.iter().any(|g| g.contains(v));
        if !self.present.iter().filter(free).eq(case.prices.keys()) {
            return Err("there is not one price for everybody who is left");
        }
        let done: i128 = settled
            .iter()
            .map(|g| self.worth.of(g))
            .sum::<Option<i128>>()
            .ok_or("a settled group cannot be")?;
        let total = case.total();
        let best = self.scale * (self.ours + self.unit);
        let mut kept: Vec<usize> = Vec::new();
        for at in open {
            let (members, value) = &self.groups[*at];
            let gone = case.paid(members);
            if gone < self.scale * value {
                return Err("the prices of a group are less than its worth");
            }
            if self.scale * (done + value) + total - gone >= best {
                kept.push(*at);
            }
        }
        if self.scale * done + total < best {
            return Ok(());
        }
        let branch = case.branch.filter(|v| case.prices.contains_key(v)).ok_or(unproved)?;
        let stays = self.scale * done + total - case.prices[&branch] >= best;
        let ways: Vec<Vec<usize>> = kept
            .iter()
            .map(|at| self.groups[*at].0.clone())
            .filter(|group| group.contains(&branch))
            .collect();
        for members in ways {
            let below = self.without(&kept, &members);
            settled.push(members);
            self.settles(settled, alone, &below)?;
            settled.pop();
        }
        if stays {
            let below = self.without(&kept, &[branch]);
            alone.push(branch);
            self.settles(settled, alone, &below)?;
            alone.pop();
        }
        Ok(())
    }

    fn without(&self, groups: &[usize], gone: &[usize]) -> Vec<usize> {
        let apart = |at: &usize| self.groups[*at].0.iter().all(|v| !gone.contains(v));
        groups.iter().copied().filter(apart).collect()
    }
}
