//! Successive shortest paths with prices: the exact engine.
//!
//! Method: every bin has a price (its distance to the sink under the reduced costs, Ahuja, Magnanti & Orlin 1993,
//! ch. 9.7). An unplaced unit is placed along the cheapest chain of displacements, found by Dijkstra over bins; the chain
//! ends at a free place, or at a unit that is skipped instead. Prices only rise. Sign convention: the reduced cost of
//! unit → bin is `cost + price[bin] − value[unit]`, where a placed unit's value is that of its own arc; of bin → outer
//! bin `step + price[outer] − price[bin]`, the sink's price being 0. All are ≥ 0 on residual arcs at any time, and a chain's
//! arcs have reduced cost 0 when it is used.
//!
//! Arcs are scanned in order of cost and the scan ends where no later arc can beat the best end found so far, so with
//! spare places a search touches a handful of bins. Complexity: units × (arcs log bins) at worst.

use super::cost::{ArcCost, Cost};
use super::network::Network;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Where a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<A> {
    Open,
    Skipped,
    In { bin: u32, cost: A, slot: u32 },
}

/// How a search came to a bin.
#[derive(Clone, Copy, Debug)]
enum Came<A> {
    /// By this unit moving (or coming) in on an arc of this cost.
    Unit(u32, A),
    /// From a bin inside this one, whose flow grows.
    Inner(u32),
    /// From the bin around this one, whose flow through this one shrinks.
    Outer(u32),
}

/// Which ends of a chain count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// A free place at its true cost, or a unit that is skipped.
    Priced,
    /// Any free place, whatever its price: right where every place is taken in the end (Jonker & Volgenant 1987).
    AnyFreePlace,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Nowhere,
    Sink(u32),
    Skip(u32),
}

/// A flow with prices that prove it cheapest among flows of the units placed so far.
pub struct Flow<A: ArcCost> {
    pub net: Network<A>,
    pub load: Vec<u32>,
    pub price: Vec<A::Wide>,
    pub place: Vec<Place<A>>,
    /// Units directly in a bin: `slots[slot_starts[b]..][..held[b]]`.
    slot_starts: Vec<usize>,
    slots: Vec<u32>,
    held: Vec<u32>,
    least_price: A::Wide,
    ends: Ends,
    /// Bins settled and arcs looked at so far.
    pub settled: u64,
    pub looks: u64,
    scratch: Scratch<A>,
}

struct Scratch<A: ArcCost> {
    dist: Vec<A::Wide>,
    came: Vec<Came<A>>,
    /// The search that `dist` and `came` belong to.
    stamp: Vec<u32>,
    settled: Vec<u32>,
    search: u32,
    heap: BinaryHeap<Reverse<(A::Wide, u32)>>,
}

impl<A: ArcCost> Flow<A> {
    /// The empty flow, at the prices of the first unit everywhere.
    pub fn new(net: Network<A>) -> Self {
        let bins = net.bins.len();
        let mut price = vec![A::Wide::ZERO; bins];
        let mut least = A::Wide::ZERO;
        for bin in 0..bins {
            let outer = net.bins.parent[bin].map_or(A::Wide::ZERO, |p| price[p as usize]);
            let first = if net.bins.cap[bin] == 0 { A::Wide::ZERO } else { net.bins.step(bin, 0) };
            price[bin] = outer + first;
            least = least.min(price[bin]);
        }
        let mut slot_starts = Vec::with_capacity(bins + 1);
        let mut total = 0;
        for cap in &net.bins.cap {
            slot_starts.push(total);
            total += *cap as usize;
        }
        slot_starts.push(total);
        Self {
            load: vec![0; bins],
            place: vec![Place::Open; net.units()],
            slots: vec![0; total],
            slot_starts,
            held: vec![0; bins],
            least_price: least,
            ends: Ends::Priced,
            settled: 0,
            looks: 0,
            scratch: Scratch {
                dist: vec![A::Wide::ZERO; bins],
                came: vec![Came::Inner(0); bins],
                stamp: vec![0; bins],
                settled: Vec::new(),
                search: 0,
                heap: BinaryHeap::new(),
            },
            price,
            net,
        }
    }

    /// Places an open unit, moving others along the cheapest chain, or skips the unit that is cheapest to skip.
    pub fn place(&mut self, unit: u32) {
        self.scratch.search += 1;
        self.scratch.heap.clear();
        self.scratch.settled.clear();
        let (mut best, mut end) = match self.ends {
            Ends::Priced => (self.net.skip[unit as usize], End::Skip(unit)),
            Ends::AnyFreePlace => (A::Wide::FAR, End::Nowhere),
        };
        self.scan(unit, A::Wide::ZERO, &mut best, &mut end);
        while let Some(Reverse((dist, bin))) = self.scratch.heap.pop() {
            if dist >= best {
                break;
            }
            if dist > self.scratch.dist[bin as usize] {
                continue;
            }
            self.scratch.settled.push(bin);
            self.expand(bin, dist, &mut best, &mut end);
        }
        self.settled += self.scratch.settled.len() as u64;
        if matches!(end, End::Nowhere) {
            return;
        }
        for at in 0..self.scratch.settled.len() {
            let bin = self.scratch.settled[at] as usize;
            let rise = best - self.scratch.dist[bin];
            self.price[bin] += rise;
        }
        self.augment(unit, end);
    }

    /// Relaxes the arcs of a unit whose value is `base` below the distance: `dist = base + cost + price`.
    fn scan(&mut self, unit: u32, base: A::Wide, best: &mut A::Wide, end: &mut End) {
        let u = unit as usize;
        let from = self.net.starts[u];
        let floor = base + self.least_price;
        let mut at = 0;
        loop {
            if at == self.net.sorted[u] as usize && !self.net.sort_more(u) {
                break;
            }
            let arc = self.net.arcs[from + at];
            at += 1;
            let cost = arc.cost.wide();
            if floor + cost >= *best {
                break;
            }
            let dist = base + cost + self.price[arc.bin as usize];
            if dist < *best {
                self.relax(arc.bin, dist, Came::Unit(unit, arc.cost), best, end);
            }
        }
        self.looks += at as u64;
    }

    #[inline]
    fn relax(&mut self, bin: u32, dist: A::Wide, came: Came<A>, best: &mut A::Wide, end: &mut End) {
        let b = bin as usize;
        let scratch = &mut self.scratch;
        if scratch.stamp[b] == scratch.search && dist >= scratch.dist[b] {
            return;
        }
        scratch.stamp[b] = scratch.search;
        scratch.dist[b] = dist;
        scratch.came[b] = came;
        if self.net.bins.parent[b].is_none() && self.load[b] < self.net.bins.cap[b] {
            let out = match self.ends {
                Ends::Priced => dist + self.net.bins.step(b, self.load[b]) - self.price[b],
                Ends::AnyFreePlace => dist,
            };
            if out < *best {
                *best = out;
                *end = End::Sink(bin);
            }
        }
        if dist < *best {
            scratch.heap.push(Reverse((dist, bin)));
        }
    }

    fn expand(&mut self, bin: u32, dist: A::Wide, best: &mut A::Wide, end: &mut End) {
        let b = bin as usize;
        let price = self.price[b];
        if let Some(outer) = self.net.bins.parent[b]
            && self.load[b] < self.net.bins.cap[b]
        {
            let next = dist + self.net.bins.step(b, self.load[b]) + self.price[outer as usize] - price;
            if next < *best {
                self.relax(outer, next, Came::Inner(bin), best, end);
            }
        }
        for at in 0..self.net.bins.children(b).len() {
            let inner = self.net.bins.children(b)[at];
            let i = inner as usize;
            if self.load[i] > 0 {
                let next = dist - self.net.bins.step(i, self.load[i] - 1) + self.price[i] - price;
                if next < *best {
                    self.relax(inner, next, Came::Outer(bin), best, end);
                }
            }
        }
        let from = self.slot_starts[b];
        for at in from..from + self.held[b] as usize {
            let unit = self.slots[at];
            let Place::In { cost, .. } = self.place[unit as usize] else { continue };
            let base = dist - cost.wide() - price;
            let skip = base + self.net.skip[unit as usize];
            if skip < *best && self.ends == Ends::Priced {
                *best = skip;
                *end = End::Skip(unit);
            }
            self.scan(unit, base, best, end);
        }
    }

    /// Moves the units along the chain found, from its end back to the new unit.
    fn augment(&mut self, source: u32, end: End) {
        let mut bin = match end {
            End::Nowhere => return,
            End::Sink(bin) => {
                self.load[bin as usize] += 1;
                bin
            }
            End::Skip(unit) => {
                let old = self.take(unit);
                self.place[unit as usize] = Place::Skipped;
                match old {
                    Some(bin) => bin,
                    None => return,
                }
            }
        };
        loop {
            match self.scratch.came[bin as usize] {
                Came::Inner(inner) => {
                    self.load[inner as usize] += 1;
                    bin = inner;
                }
                Came::Outer(outer) => {
                    self.load[bin as usize] -= 1;
                    bin = outer;
                }
                Came::Unit(unit, cost) => {
                    let old = self.take(unit);
                    self.put(unit, bin, cost);
                    if unit == source {
                        return;
                    }
                    bin = old.expect("a displaced unit leaves a bin");
                }
            }
        }
    }

    /// The units directly in a bin.
    #[inline]
    pub(super) fn holders(&self, bin: usize) -> &[u32] {
        &self.slots[self.slot_starts[bin]..self.slot_starts[bin] + self.held[bin] as usize]
    }

    /// Takes a unit out of its bin's slots; loads are the caller's business.
    pub(super) fn take(&mut self, unit: u32) -> Option<u32> {
        let Place::In { bin, slot, .. } = self.place[unit as usize] else { return None };
        let b = bin as usize;
        self.held[b] -= 1;
        let last = self.slots[self.slot_starts[b] + self.held[b] as usize];
        self.slots[self.slot_starts[b] + slot as usize] = last;
        if last != unit
            && let Place::In { slot: moved, .. } = &mut self.place[last as usize]
        {
            *moved = slot;
        }
        self.place[unit as usize] = Place::Open;
        Some(bin)
    }

    pub(super) fn put(&mut self, unit: u32, bin: u32, cost: A) {
        let b = bin as usize;
        let slot = self.held[b];
        self.slots[self.slot_starts[b] + slot as usize] = unit;
        self.held[b] += 1;
        self.place[unit as usize] = Place::In { bin, cost, slot };
    }
}

impl<A: ArcCost> Flow<A> {
    /// Looks again for the lowest price: the higher it is, the earlier a scan ends. Prices only rise, so an old one is right too.
    pub fn refresh_least_price(&mut self) {
        self.least_price = self.price.iter().copied().min().unwrap_or(A::Wide::ZERO);
    }

    /// Takes up prices from elsewhere: opens every place that is not exactly its holder's cheapest, and from now on
    /// ends chains at any free place.
    pub fn adopt_prices(&mut self) {
        self.ends = Ends::AnyFreePlace;
        self.refresh_least_price();
        for unit in 0..self.net.units() {
            if let Place::In { bin, cost, .. } = self.place[unit]
                && cost.wide() + self.price[bin as usize] > self.least_arc(unit)
            {
                self.take(u32::try_from(unit).expect("units are counted in u32"));
                self.load[bin as usize] -= 1;
            }
        }
    }

    /// Whether every unit has a place and every place a unit, and nobody were better skipped; if so prices are shifted
    /// so that the lowest is 0.
    pub fn settle_full(&mut self) -> bool {
        let full = self.load.iter().zip(&self.net.bins.cap).all(|(l, c)| l == c);
        if !full || self.place.contains(&Place::Open) {
            return false;
        }
        let least = self.price.iter().copied().min().unwrap_or(A::Wide::ZERO);
        for price in &mut self.price {
            *price = *price - least;
        }
        self.least_price = A::Wide::ZERO;
        self.ends = Ends::Priced;
        self.place.iter().zip(&self.net.skip).all(|(place, skip)| match place {
            Place::In { bin, cost, .. } => cost.wide() + self.price[*bin as usize] <= *skip,
            Place::Open | Place::Skipped => false,
        })
    }

    /// The least of a unit's arcs at the present prices, or of skipping it: its term of the Lagrange bound.
    pub fn least_value(&self, unit: usize) -> A::Wide {
        self.net.skip[unit].min(self.least_arc(unit))
    }

    /// The least cost + price of a unit's arcs; `FAR` without arcs.
    pub fn least_arc(&self, unit: usize) -> A::Wide {
        let arcs = &self.net.arcs[self.net.starts[unit]..self.net.starts[unit + 1]];
        let sorted = self.net.sorted[unit] as usize;
        let mut least = A::Wide::FAR;
        for (at, arc) in arcs.iter().enumerate() {
            let cost = arc.cost.wide();
            // Later arcs cost no less: the prefix is sorted, and the others come after all of it.
            if at < sorted && cost + self.least_price >= least {
                return least;
            }
            least = least.min(cost + self.price[arc.bin as usize]);
        }
        least
    }

    /// Puts open units wherever a place is free, cheapest arc first; for a search that has to end now.
    pub fn fill_greedily(&mut self) {
        for unit in 0..self.net.units() {
            if self.place[unit] != Place::Open {
                continue;
            }
            let u = u32::try_from(unit).expect("units are counted in u32");
            while self.net.sort_more(unit) {}
            let arcs = self.net.starts[unit]..self.net.starts[unit + 1];
            let free = arcs.into_iter().map(|at| self.net.arcs[at]).find(|arc| self.has_room(arc.bin));
            match free {
                None => self.place[unit] = Place::Skipped,
                Some(arc) => {
                    self.put(u, arc.bin, arc.cost);
                    let mut bin = Some(arc.bin);
                    while let Some(b) = bin {
                        self.load[b as usize] += 1;
                        bin = self.net.bins.parent[b as usize];
                    }
                }
            }
        }
    }

    fn has_room(&self, bin: u32) -> bool {
        let mut at = Some(bin);
        while let Some(b) = at {
            if self.load[b as usize] >= self.net.bins.cap[b as usize] {
                return false;
            }
            at = self.net.bins.parent[b as usize];
        }
        true
    }
}
