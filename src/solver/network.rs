//! The network of one stage: units (a coachee's wish for one coach) at one side, a forest of bins at the other.
//!
//! A bin is a coach or a nest inside a coach. A unit of flow enters one bin, climbs to the coach and leaves to the
//! sink; each bin has a capacity and a non-decreasing cost for its first, second, … unit of flow. A unit may instead be
//! skipped, at its own cost. Arc costs are counted from the cheapest arc of their unit.

use super::cost::{ArcCost, Cost};

/// An arc from a unit into a bin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arc<A> {
    pub cost: A,
    pub bin: u32,
}

/// Bins: the coaches first, in their order, then the nests, every nest after the bin it lies in.
#[derive(Clone, Debug)]
pub struct Bins<W> {
    /// The coach at the root.
    pub coach: Vec<u32>,
    /// The bin that this one lies in; `None` for a coach.
    pub parent: Vec<Option<u32>>,
    pub cap: Vec<u32>,
    /// Where a bin's step costs begin in `steps`; one entry more than there are bins. No steps: all cost nothing.
    pub step_starts: Vec<usize>,
    pub steps: Vec<W>,
    /// Bins that lie directly in a bin: `child_starts` has one entry more than there are bins; empty without nests.
    pub child_starts: Vec<u32>,
    pub children: Vec<u32>,
}

impl<W: Cost> Bins<W> {
    pub fn len(&self) -> usize {
        self.cap.len()
    }

    /// What the unit of flow after `load` others costs in this bin.
    #[inline]
    pub fn step(&self, bin: usize, load: u32) -> W {
        let (from, to) = (self.step_starts[bin], self.step_starts[bin + 1]);
        if from == to { W::ZERO } else { self.steps[from + load as usize] }
    }

    #[inline]
    pub fn children(&self, bin: usize) -> &[u32] {
        if self.child_starts.is_empty() {
            return &[];
        }
        &self.children[self.child_starts[bin] as usize..self.child_starts[bin + 1] as usize]
    }

    /// Whether every bin is a coach whose places cost nothing.
    pub fn plain(&self) -> bool {
        self.steps.is_empty() && self.child_starts.is_empty()
    }
}

#[derive(Clone, Debug)]
pub struct Network<A: ArcCost> {
    /// One entry more than there are units.
    pub starts: Vec<usize>,
    /// A unit's arcs; the first `sorted` of them are its cheapest, ascending by cost, then bin.
    pub arcs: Vec<Arc<A>>,
    pub sorted: Vec<u32>,
    /// What skipping a unit costs, counted from its cheapest arc.
    pub skip: Vec<A::Wide>,
    pub bins: Bins<A::Wide>,
}

/// How many arcs are sorted at a time.
const CHUNK: usize = 12;

impl<A: ArcCost> Network<A> {
    pub fn units(&self) -> usize {
        self.skip.len()
    }

    /// Sorts the next few arcs of a unit. False if all are sorted already.
    pub fn sort_more(&mut self, unit: usize) -> bool {
        let (from, to) = (self.starts[unit], self.starts[unit + 1]);
        let done = self.sorted[unit] as usize;
        let grown = sort_prefix(&mut self.arcs[from..to], done);
        self.sorted[unit] = u32::try_from(grown).expect("a unit has fewer than 2^32 arcs");
        grown > done
    }
}

/// Extends the sorted prefix of `arcs` from `done` to the returned length: at least doubled, by [`CHUNK`] or more.
pub fn sort_prefix<A: ArcCost>(arcs: &mut [Arc<A>], done: usize) -> usize {
    let rest = &mut arcs[done..];
    let more = CHUNK.max(done).min(rest.len());
    if more < rest.len() {
        rest.select_nth_unstable_by_key(more, |a| a.cost.key(a.bin));
    }
    rest[..more].sort_unstable_by_key(|a| a.cost.key(a.bin));
    done + more
}
