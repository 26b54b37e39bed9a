//! Instance to network, at the width that fits.

use super::composite::{Composite, Kept};
use super::cost::{ArcCost, Cost};
use super::forest::{Forest, Layout, NestKey};
use super::network::{Arc, Bins, Network, sort_prefix};
use super::regions::Region;
use super::share::share;
use super::units::Unit;
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
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

/// The network of a region and what its bins mean.
pub struct Built<A: ArcCost> {
    pub net: Network<A>,
    /// The nests, by bin − number of coaches in the region.
    pub nests: Vec<NestKey>,
    /// What the cheapest arc of every unit costs, in composite units: arcs are counted from it.
    pub base: Vec<i128>,
}

/// Builds the networks of a stage, region by region, on several threads where they are large; the same on any number of them.
pub fn build<A: ArcCost>(composite: &Composite<'_>, admit: Admit, threads: usize) -> Vec<Built<A>> {
    let forest = Forest::of(composite, admit);
    let layout = Layout::of(composite, &forest);
    let rows =
        Rows { composite, admit, kept: Kept::of(composite.instance), forest: &forest, layout: &layout };
    let starts: Vec<Vec<usize>> = composite.regions.iter().map(|region| rows.starts(region)).collect();
    let total = |starts: &Vec<usize>| starts.last().copied().unwrap_or(0);
    let mut arcs: Vec<Vec<Arc<A>>> =
        starts.iter().map(|starts| vec![Arc { cost: A::narrow(0), bin: 0 }; total(starts)]).collect();
    let threads = if starts.iter().map(total).sum::<usize>() < PARALLEL { 1 } else { threads.max(1) };
    let chunk = composite.units.len().div_ceil(threads).max(1);
    let mut jobs = Vec::new();
    for (region, arcs) in arcs.iter_mut().enumerate() {
        let mut rest = arcs.as_mut_slice();
        let (units, starts) = (&composite.regions[region].units, &starts[region]);
        for first in (0..units.len()).step_by(chunk) {
            let last = (first + chunk).min(units.len());
            let (mine, others) = rest.split_at_mut(starts[last] - starts[first]);
            rest = others;
            jobs.push((region, units.start + first..units.start + last, &starts[first..=last], mine));
        }
    }
    let filled = share(threads, jobs, |(region, units, starts, arcs)| {
        (region, rows.fill(region, &composite.units[units], starts, arcs))
    });
    let mut filled = filled.into_iter().peekable();
    let mut built = Vec::with_capacity(composite.regions.len());
    for (region, (starts, arcs)) in starts.into_iter().zip(arcs).enumerate() {
        let mut entering = vec![0; rows.bins(region)];
        let (mut skip, mut base, mut sorted) = (Vec::new(), Vec::new(), Vec::new());
        while let Some((_, part)) = filled.next_if(|(of, _)| *of == region) {
            skip.extend(part.skip);
            base.extend(part.base);
            sorted.extend(part.sorted);
            entering.iter_mut().zip(&part.entering).for_each(|(sum, count)| *sum += count);
        }
        let bins = rows.bins_of(region, entering);
        let nests = layout.nests[region].iter().map(|nest| forest.nests[*nest].key).collect();
        built.push(Built { net: Network { starts, arcs, sorted, skip, bins }, nests, base });
    }
    built
}

/// Fewer arcs than this are built faster than a thread starts.
const PARALLEL: usize = 50_000;

/// The arcs of units, from the rows of the instance.
struct Rows<'a, 'i> {
    composite: &'a Composite<'i>,
    admit: Admit,
    kept: Kept<'i>,
    forest: &'a Forest<'a>,
    layout: &'a Layout,
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
            && !self.composite.left_out.get(at).is_some_and(|out| *out)
            && (unit.pinned.is_some() || !self.forest.is_pinned(PairIx::from_usize(at)))
    }

    fn count(&self, unit: &Unit) -> usize {
        let range = self.range(unit);
        if self.admit == Admit::All && self.forest.pins.is_empty() && self.composite.left_out.is_empty() {
            return range.len();
        }
        range.filter(|at| self.admits(unit, *at)).count()
    }

    /// Where the arcs of each unit of a region begin, and the end.
    fn starts(&self, region: &Region) -> Vec<usize> {
        let mut starts = Vec::with_capacity(region.units.len() + 1);
        starts.push(0);
        let mut total = 0;
        for unit in &self.composite.units[region.units.clone()] {
            total += self.count(unit);
            starts.push(total);
        }
        starts
    }

    /// How many bins a region has.
    fn bins(&self, region: usize) -> usize {
        self.composite.regions[region].coaches.len() + self.layout.nests[region].len()
    }

    /// Fills the arcs of consecutive units of a region and sorts the first few of each.
    fn fill<A: ArcCost>(
        &self,
        region: usize,
        units: &[Unit],
        starts: &[usize],
        arcs: &mut [Arc<A>],
    ) -> Filled<A::Wide> {
        let composite = self.composite;
        let parts = composite.instance.parts();
        let entering = vec![0; self.bins(region)];
        let mut filled = Filled { skip: Vec::new(), base: Vec::new(), sorted: Vec::new(), entering };
        for (at, unit) in units.iter().enumerate() {
            let coachee = CoacheeIx::new(unit.coachee);
            let mine = &mut arcs[starts[at] - starts[0]..starts[at + 1] - starts[0]];
            let cost = |row: usize| composite.pair(parts.score[row], self.kept.has(PairIx::from_usize(row)));
            let rows = || self.range(unit).filter(|row| self.admits(unit, *row));
            let least = rows().map(cost).min().unwrap_or(0);
            for (arc, row) in mine.iter_mut().zip(rows()) {
                let bin = self.forest.entry(coachee, PairIx::from_usize(row), parts.coach[row].get());
                let bin = self.layout.own(bin);
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

    /// The bins of a region, from how many pairs enter each of them directly.
    fn bins_of<W: Cost>(&self, region: usize, mut entering: Vec<u32>) -> Bins<W> {
        let (composite, parts) = (self.composite, self.composite.instance.parts());
        let coaches = &composite.regions[region].coaches;
        let nests = || self.layout.nests[region].iter().map(|nest| &self.forest.nests[*nest]);
        let outer: Vec<u32> = nests().map(|nest| self.layout.own(nest.outer.unwrap_or(nest.coach))).collect();
        for (nest, outer) in (coaches.len()..entering.len()).zip(&outer).rev() {
            entering[*outer as usize] += entering[nest];
        }
        let mut bins = Bins {
            coach: Vec::new(),
            parent: Vec::new(),
            cap: Vec::new(),
            step_starts: vec![0],
            steps: Vec::new(),
            child_starts: Vec::new(),
            children: Vec::new(),
        };
        for (coach, entering) in coaches.iter().zip(&entering) {
            let seats = parts.seats[CoachIx::new(*coach)];
            let cap = seats.max.min(*entering);
            bins.coach.push(*coach);
            bins.parent.push(None);
            bins.cap.push(cap);
            let steps = (1..=cap).map(|k| composite.place(seats, k) / composite.unit);
            if steps.clone().any(|s| s != 0) {
                bins.steps.extend(steps.map(W::narrow));
            }
            bins.step_starts.push(bins.steps.len());
        }
        for ((nest, outer), entering) in nests().zip(&outer).zip(&entering[coaches.len()..]) {
            let members = nest.members.min(*entering);
            bins.coach.push(nest.coach);
            bins.parent.push(Some(*outer));
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
        if !outer.is_empty() {
            link_children(&mut bins, coaches.len());
        }
        bins
    }
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
