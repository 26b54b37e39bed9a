//! Instance to network, at the width that fits.

use super::composite::{Composite, Kept};
use super::cost::{ArcCost, Cost};
use super::network::{Arc, Bins, Network, sort_prefix};
use super::units::Unit;
use crate::model::index::{CoacheeIx, Ix, PairIx};
use crate::model::instance::NestFamily;
use crate::model::quantity::Points;

/// Which pairs take part in a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admit {
    All,
    /// Own score of at least this.
    From(Points),
    /// Own score above this.
    Above(Points),
}

impl Admit {
    #[inline]
    pub fn admits(self, score: Points) -> bool {
        match self {
            Self::All => true,
            Self::From(least) => score >= least,
            Self::Above(limit) => score > limit,
        }
    }
}

/// A nest that became a bin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NestKey {
    /// (family, group)
    Family(usize, u32),
    /// One coachee who wants several coaches enters each of them once.
    Once(u32),
}

/// A network and what its bins mean.
pub struct Built<A: ArcCost> {
    pub net: Network<A>,
    /// The nests, by bin − number of coaches.
    pub nests: Vec<NestKey>,
    /// What the cheapest arc of every unit costs, in composite units: arcs are counted from it.
    pub base: Vec<i128>,
}

/// A nest about to become a bin: the coach, its key, the bin around it.
struct Nest {
    coach: u32,
    key: NestKey,
    members: u32,
    outer: Option<u32>,
}

/// Builds the network of a stage, on several threads where it is large; the same on any number of them.
pub fn build<A: ArcCost>(composite: &Composite<'_>, admit: Admit, threads: usize) -> Built<A> {
    let instance = composite.instance;
    let coaches = instance.coaches();
    let forest = Forest::of(composite, admit);
    let rows = Rows { composite, admit, kept: Kept::of(instance), forest: &forest };
    let units = composite.units.len();
    let mut starts = Vec::with_capacity(units + 1);
    starts.push(0);
    let mut total = 0;
    for unit in &composite.units {
        total += rows.count(unit);
        starts.push(total);
    }
    let mut arcs = vec![Arc { cost: A::narrow(0), bin: 0 }; total];
    let threads = if total < PARALLEL { 1 } else { threads.max(1) };
    let chunk = units.div_ceil(threads).max(1);
    let mut filled = Vec::new();
    std::thread::scope(|scope| {
        let mut rest: &mut [Arc<A>] = &mut arcs;
        let mut tasks = Vec::new();
        for first in (0..units).step_by(chunk) {
            let last = (first + chunk).min(units);
            let (mine, others) = rest.split_at_mut(starts[last] - starts[first]);
            rest = others;
            let (rows, starts) = (&rows, &starts[first..=last]);
            let mut task = move || rows.fill(&composite.units[first..last], starts, mine);
            if last == units {
                filled.push(task());
            } else {
                tasks.push(scope.spawn(task));
            }
        }
        let own = filled.pop();
        filled.extend(tasks.into_iter().map(|t| t.join().expect("a builder thread does not panic")));
        filled.extend(own);
    });
    let mut entering = vec![0_u32; coaches + forest.nests.len()];
    for part in &filled {
        for (sum, count) in entering.iter_mut().zip(&part.entering) {
            *sum += count;
        }
    }
    let (mut skip, mut base, mut sorted) = (Vec::new(), Vec::new(), Vec::new());
    for part in filled {
        skip.extend(part.skip);
        base.extend(part.base);
        sorted.extend(part.sorted);
    }
    for nest in (coaches..entering.len()).rev() {
        let outer = forest.nests[nest - coaches].outer.unwrap_or(forest.nests[nest - coaches].coach);
        entering[outer as usize] += entering[nest];
    }
    let bins = bins(composite, &forest, &entering);
    let nests = forest.nests.iter().map(|n| n.key).collect();
    Built { net: Network { starts, arcs, sorted, skip, bins }, nests, base }
}

/// Fewer arcs than this are built faster than a thread starts.
const PARALLEL: usize = 50_000;

/// The arcs of units, from the rows of the instance.
struct Rows<'a, 'i> {
    composite: &'a Composite<'i>,
    admit: Admit,
    kept: Kept<'i>,
    forest: &'a Forest<'i>,
}

/// What a run of units adds to the network beside its arcs.
struct Filled<W> {
    skip: Vec<W>,
    base: Vec<i128>,
    sorted: Vec<u32>,
    /// How many pairs enter each bin.
    entering: Vec<u32>,
}

impl Rows<'_, '_> {
    fn range(&self, unit: &Unit) -> std::ops::Range<usize> {
        match unit.pinned {
            Some(pair) => pair.to_usize()..pair.to_usize() + 1,
            None => self.composite.instance.rows(CoacheeIx::new(unit.coachee)),
        }
    }

    fn admits(&self, unit: &Unit, at: usize) -> bool {
        self.admit.admits(self.composite.instance.parts().score[at])
            && (unit.pinned.is_some() || !self.forest.is_pinned(PairIx::from_usize(at)))
    }

    fn count(&self, unit: &Unit) -> usize {
        let range = self.range(unit);
        if self.admit == Admit::All && self.forest.pins.is_empty() {
            return range.len();
        }
        range.filter(|at| self.admits(unit, *at)).count()
    }

    /// Fills the arcs of consecutive units and sorts the first few of each.
    fn fill<A: ArcCost>(&self, units: &[Unit], starts: &[usize], arcs: &mut [Arc<A>]) -> Filled<A::Wide> {
        let composite = self.composite;
        let parts = composite.instance.parts();
        let bins = parts.seats.len() + self.forest.nests.len();
        let mut filled =
            Filled { skip: Vec::new(), base: Vec::new(), sorted: Vec::new(), entering: vec![0; bins] };
        for (at, unit) in units.iter().enumerate() {
            let coachee = CoacheeIx::new(unit.coachee);
            let mine = &mut arcs[starts[at] - starts[0]..starts[at + 1] - starts[0]];
            let cost = |row: usize| composite.pair(parts.score[row], self.kept.has(PairIx::from_usize(row)));
            let rows = || self.range(unit).filter(|row| self.admits(unit, *row));
            let least = rows().map(cost).min().unwrap_or(0);
            for (arc, row) in mine.iter_mut().zip(rows()) {
                let bin = self.forest.entry(coachee, PairIx::from_usize(row), parts.coach[row].get());
                filled.entering[bin as usize] += u32::from(unit.first);
                *arc = Arc { cost: A::narrow(cost(row) - least), bin };
            }
            let sorted = sort_prefix(mine, 0);
            filled.sorted.push(u32::try_from(sorted).expect("a unit has fewer than 2^32 arcs"));
            filled.base.push(least);
            filled.skip.push(A::Wide::narrow(composite.skip(unit) / composite.unit - least));
        }
        filled
    }
}

fn bins<W: Cost>(composite: &Composite<'_>, forest: &Forest<'_>, entering: &[u32]) -> Bins<W> {
    let parts = composite.instance.parts();
    let mut bins = Bins {
        coach: Vec::new(),
        parent: Vec::new(),
        cap: Vec::new(),
        step_starts: vec![0],
        steps: Vec::new(),
        child_starts: Vec::new(),
        children: Vec::new(),
    };
    for (coach, seats) in parts.seats.enumerate() {
        let cap = seats.max.min(entering[coach.to_usize()]);
        bins.coach.push(coach.get());
        bins.parent.push(None);
        bins.cap.push(cap);
        let steps = (1..=cap).map(|k| composite.place(*seats, k) / composite.unit);
        if steps.clone().any(|s| s != 0) {
            bins.steps.extend(steps.map(W::narrow));
        }
        bins.step_starts.push(bins.steps.len());
    }
    for (at, nest) in forest.nests.iter().enumerate() {
        let members = nest.members.min(entering[parts.seats.len() + at]);
        bins.coach.push(nest.coach);
        bins.parent.push(Some(nest.outer.unwrap_or(nest.coach)));
        let (free, over) = match nest.key {
            NestKey::Once(_) => (1, None),
            NestKey::Family(family, _) => {
                let family = &parts.nests[family];
                (family.cap, composite.excess(family.excess))
            }
        };
        match over {
            None => bins.cap.push(free.min(members)),
            Some(cost) => {
                bins.cap.push(members);
                let cost = W::narrow(cost / composite.unit);
                bins.steps.extend((1..=members).map(|k| if k > free { cost } else { W::ZERO }));
            }
        }
        bins.step_starts.push(bins.steps.len());
    }
    if !forest.nests.is_empty() {
        link_children(&mut bins, parts.seats.len());
    }
    bins
}

/// Lists the bins that lie directly in each bin.
fn link_children<W: Cost>(bins: &mut Bins<W>, coaches: usize) {
    let mut count = vec![0_u32; bins.len() + 1];
    for parent in bins.parent.iter().flatten() {
        count[*parent as usize + 1] += 1;
    }
    for at in 1..count.len() {
        count[at] += count[at - 1];
    }
    bins.child_starts.clone_from(&count);
    bins.children = vec![0; bins.len() - coaches];
    for bin in coaches..bins.len() {
        if let Some(parent) = bins.parent[bin] {
            let at = &mut count[parent as usize];
            bins.children[*at as usize] = u32::try_from(bin).expect("bins are counted in u32");
            *at += 1;
        }
    }
}

/// The nests of a stage, outer ones first.
struct Forest<'i> {
    families: &'i [NestFamily],
    pins: &'i [PairIx],
    nests: Vec<Nest>,
    /// (coach, key) of every nest with its bin, sorted.
    found: Vec<(u32, NestKey, u32)>,
    /// Coachees with more than one open unit.
    several: Vec<bool>,
}

impl<'i> Forest<'i> {
    fn of(composite: &Composite<'i>, admit: Admit) -> Self {
        let instance = composite.instance;
        let parts = instance.parts();
        let mut open = vec![0_u8; instance.coachees()];
        for unit in composite.units.iter().filter(|u| u.pinned.is_none()) {
            open[unit.coachee as usize] += 1;
        }
        let several = open.iter().map(|n| *n > 1).collect();
        let mut forest =
            Self { families: &parts.nests, pins: &parts.pins, nests: Vec::new(), found: Vec::new(), several };
        for family in (0..parts.nests.len()).rev() {
            forest.add_family(composite, admit, family);
        }
        forest.add_once(composite, admit);
        forest
    }

    fn is_pinned(&self, pair: PairIx) -> bool {
        !self.pins.is_empty() && self.pins.binary_search(&pair).is_ok()
    }

    fn add_family(&mut self, composite: &Composite<'i>, admit: Admit, family: usize) {
        let instance = composite.instance;
        let parts = instance.parts();
        let rule = &parts.nests[family];
        let mut keys: Vec<(u32, u32, u32)> = Vec::new();
        for (coachee, group) in rule.group.enumerate() {
            let Some(group) = group else { continue };
            for at in instance.rows(coachee) {
                let pair = PairIx::from_usize(at);
                if admit.admits(parts.score[at]) && rule.exempt.binary_search(&pair).is_err() {
                    keys.push((parts.coach[at].get(), group.get(), coachee.get()));
                }
            }
        }
        keys.sort_unstable();
        let mut nests = Vec::new();
        for run in keys.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let members = u32::try_from(run.len()).expect("pairs are counted in u32");
            if members > rule.cap {
                let (coach, group, coachee) = run[0];
                let outer = self.entry_from(family + 1, CoacheeIx::new(coachee), None, coach);
                nests.push(Nest { coach, key: NestKey::Family(family, group), members, outer });
            }
        }
        self.add(nests, instance.coaches());
    }

    fn add_once(&mut self, composite: &Composite<'i>, admit: Admit) {
        let instance = composite.instance;
        let parts = instance.parts();
        let mut nests = Vec::new();
        for coachee in parts.demand.indexes().filter(|c| self.several[c.to_usize()]) {
            for at in instance.rows(coachee) {
                let pair = PairIx::from_usize(at);
                if admit.admits(parts.score[at]) && !self.is_pinned(pair) {
                    let coach = parts.coach[at].get();
                    let outer = self.entry_from(0, coachee, Some(pair), coach);
                    let key = NestKey::Once(coachee.get());
                    nests.push(Nest { coach, key, members: 1, outer });
                }
            }
        }
        self.add(nests, instance.coaches());
    }

    fn add(&mut self, nests: Vec<Nest>, coaches: usize) {
        for nest in nests {
            let bin = u32::try_from(coaches + self.nests.len()).expect("bins are counted in u32");
            self.found.push((nest.coach, nest.key, bin));
            self.nests.push(nest);
        }
        self.found.sort_unstable();
    }

    fn bin(&self, coach: u32, key: NestKey) -> Option<u32> {
        let at = self.found.partition_point(|f| (f.0, f.1) < (coach, key));
        self.found.get(at).filter(|f| (f.0, f.1) == (coach, key)).map(|f| f.2)
    }

    /// The innermost bin of the families from `first` on; `None`: the coach itself.
    fn entry_from(&self, first: usize, coachee: CoacheeIx, pair: Option<PairIx>, coach: u32) -> Option<u32> {
        (first..self.families.len()).find_map(|family| {
            let rule = &self.families[family];
            let group = rule.group[coachee]?;
            if pair.is_some_and(|p| rule.exempt.binary_search(&p).is_ok()) {
                return None;
            }
            self.bin(coach, NestKey::Family(family, group.get()))
        })
    }

    /// The bin that a pair enters.
    fn entry(&self, coachee: CoacheeIx, pair: PairIx, coach: u32) -> u32 {
        if self.nests.is_empty() {
            return coach;
        }
        if self.several[coachee.to_usize()]
            && let Some(bin) = self.bin(coach, NestKey::Once(coachee.get()))
        {
            return bin;
        }
        self.entry_from(0, coachee, Some(pair), coach).unwrap_or(coach)
    }
}
