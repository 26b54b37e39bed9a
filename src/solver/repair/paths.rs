//! The two shortest paths of [`super::engine`]: Dijkstra over bins, forward from a unit and backward from a place.

use super::engine::{Engine, Exact, Spot};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The step between a bin and the bin that a search came from.
#[derive(Clone, Copy, Debug)]
enum Step<W> {
    /// This bin is where the search began.
    Start,
    /// The unit moves into the later of the two bins, by an arc of this cost: that is this bin, or the one named.
    Unit(u32, W, u32),
    /// Flow from the inner to the outer bin grows; the other bin is named.
    Up(u32),
    /// It shrinks.
    Down(u32),
}

#[derive(Clone, Copy, Debug)]
enum End<W> {
    /// The coach's load changes by one.
    Sink(u32),
    /// The unit that is skipped from now on, or no longer: then by this arc into this bin.
    Skip(u32, W, u32),
}

pub(super) struct Scratch<W> {
    dist: Vec<W>,
    came: Vec<Step<W>>,
    /// The search that `dist` and `came` belong to.
    stamp: Vec<u32>,
    settled: Vec<u32>,
    search: u32,
    /// Bins settled by all searches.
    pub worked: u64,
    heap: BinaryHeap<Reverse<(W, u32)>>,
}

impl<W: Exact> Scratch<W> {
    pub fn new(bins: usize) -> Self {
        Self {
            dist: vec![W::ZERO; bins],
            came: vec![Step::Start; bins],
            stamp: vec![0; bins],
            settled: Vec::new(),
            search: 0,
            worked: 0,
            heap: BinaryHeap::new(),
        }
    }

    fn begin(&mut self) {
        if self.search == u32::MAX {
            self.stamp.fill(0);
            self.search = 0;
        }
        self.search += 1;
        self.heap.clear();
        self.settled.clear();
    }

    /// Whether the bin is now known to be nearer.
    fn nearer(&mut self, bin: u32, dist: W, came: Step<W>, best: W) -> bool {
        let b = bin as usize;
        if self.stamp[b] == self.search && dist >= self.dist[b] {
            return false;
        }
        self.stamp[b] = self.search;
        self.dist[b] = dist;
        self.came[b] = came;
        if dist < best {
            self.heap.push(Reverse((dist, bin)));
        }
        true
    }

    /// The next bin, if one is nearer than the best end.
    fn pop(&mut self, best: W) -> Option<(u32, W)> {
        while let Some(Reverse((dist, bin))) = self.heap.pop() {
            if dist >= best {
                return None;
            }
            if dist == self.dist[bin as usize] {
                self.settled.push(bin);
                self.worked += 1;
                return Some((bin, dist));
            }
        }
        None
    }
}

/// The best end found so far.
struct Best<W> {
    dist: W,
    end: End<W>,
}

impl<W: Exact> Best<W> {
    fn offer(&mut self, dist: W, end: End<W>) {
        if dist < self.dist {
            *self = Self { dist, end };
        }
    }
}

impl<W: Exact> Engine<W> {
    /// Places an open unit, moving others along the cheapest chain, or skips the unit that is cheapest to skip. Returns by how
    /// much the whole then costs more.
    pub fn place(&mut self, unit: u32) -> W {
        self.scratch.begin();
        let mut best = Best { dist: self.net.skip[unit as usize], end: End::Skip(unit, W::ZERO, 0) };
        self.scan(unit, W::ZERO, &mut best);
        self.settle(&mut best);
        self.follow(unit, &best);
        best.dist
    }

    /// Puts an open unit into this bin and no other, moving others along the cheapest chain. False where there is no room.
    pub(super) fn enter(&mut self, unit: u32, bin: u32, cost: W) -> bool {
        self.scratch.begin();
        // Whoever is skipped in the end is not this unit: only a dearer end than any there is begins the search.
        let mut best = Best { dist: W::FAR, end: End::Sink(bin) };
        let dist = self.value(unit, bin, cost);
        self.relax(bin, dist, Step::Unit(unit, cost, bin), &mut best);
        self.settle(&mut best);
        best.dist < W::FAR && {
            self.follow(unit, &best);
            true
        }
    }

    /// The rest of a forward search, to the best end.
    fn settle(&mut self, best: &mut Best<W>) {
        while let Some((bin, dist)) = self.scratch.pop(best.dist) {
            self.expand(bin, dist, best);
        }
    }

    /// Raises the prices to the best end, and moves the units along the chain.
    fn follow(&mut self, unit: u32, best: &Best<W>) {
        for at in 0..self.scratch.settled.len() {
            let bin = self.scratch.settled[at] as usize;
            let rise = best.dist - self.scratch.dist[bin];
            self.price[bin] += rise;
        }
        self.augment(unit, best.end);
    }

    /// Relaxes the arcs of a unit: `dist = base + cost + price`.
    fn scan(&mut self, unit: u32, base: W, best: &mut Best<W>) {
        let u = unit as usize;
        for at in self.home_starts[u]..self.home_starts[u + 1] {
            let (bin, cost) = self.homes[at as usize];
            let dist = base + self.value(unit, bin, cost);
            self.relax(bin, dist, Step::Unit(unit, cost, bin), best);
        }
        let from = self.net.starts[u];
        let floor = base + self.least_price;
        let mut at = 0;
        while at < self.net.sorted[u] as usize || self.net.sort_more(u) {
            let arc = self.net.arcs[from + at];
            at += 1;
            if floor + arc.cost >= best.dist {
                break;
            }
            let dist = base + arc.cost + self.price[arc.bin as usize];
            if dist < best.dist && !self.is_dear(unit, arc.bin) {
                self.relax(arc.bin, dist, Step::Unit(unit, arc.cost, arc.bin), best);
            }
        }
    }

    fn relax(&mut self, bin: u32, dist: W, came: Step<W>, best: &mut Best<W>) {
        let b = bin as usize;
        if dist >= best.dist || !self.scratch.nearer(bin, dist, came, best.dist) {
            return;
        }
        if self.net.bins.parent[b].is_none() && self.load[b] < self.net.bins.cap[b] {
            best.offer(dist + self.net.bins.step(b, self.load[b]) - self.price[b], End::Sink(bin));
        }
    }

    fn expand(&mut self, bin: u32, dist: W, best: &mut Best<W>) {
        let b = bin as usize;
        let price = self.price[b];
        if let Some(outer) = self.net.bins.parent[b]
            && self.load[b] < self.net.bins.cap[b]
        {
            let next = dist + self.net.bins.step(b, self.load[b]) + self.price[outer as usize] - price;
            self.relax(outer, next, Step::Up(bin), best);
        }
        for at in 0..self.net.bins.children(b).len() {
            let inner = self.net.bins.children(b)[at];
            let i = inner as usize;
            if self.load[i] > 0 {
                let next = dist - self.net.bins.step(i, self.load[i] - 1) + self.price[i] - price;
                self.relax(inner, next, Step::Down(bin), best);
            }
        }
        let mut holder = self.holders.first(b);
        while let Some(unit) = holder {
            holder = self.holders.next(unit);
            let Spot::In(_, cost) = self.spot[unit as usize] else { continue };
            let base = dist - self.worth(unit, bin, cost) - price;
            best.offer(base + self.net.skip[unit as usize], End::Skip(unit, W::ZERO, 0));
            self.scan(unit, base, best);
        }
    }

    /// Moves the units along the chain found, from its end back to the new unit.
    fn augment(&mut self, source: u32, end: End<W>) {
        let mut bin = match end {
            End::Sink(bin) => {
                self.load[bin as usize] += 1;
                bin
            }
            End::Skip(unit, ..) => {
                let old = self.take(unit);
                self.spot[unit as usize] = Spot::Skipped;
                match old {
                    Some(bin) => bin,
                    None => return,
                }
            }
        };
        loop {
            match self.scratch.came[bin as usize] {
                Step::Start => return,
                Step::Up(inner) => {
                    self.load[inner as usize] += 1;
                    bin = inner;
                }
                Step::Down(outer) => {
                    self.load[bin as usize] -= 1;
                    bin = outer;
                }
                Step::Unit(unit, cost, _) => {
                    let old = self.take(unit);
                    self.put(unit, bin, cost);
                    match old {
                        Some(left) if unit != source => bin = left,
                        _ => return,
                    }
                }
            }
        }
    }

    /// Settles a place that a unit has left and that still counts in the loads: whoever gains most from it moves in, and so on
    /// to a place that is left empty, or to somebody who had none.
    pub fn fill(&mut self, hole: u32) {
        self.entering();
        self.scratch.begin();
        // Leaving the place empty is always possible, so this is only what a search begins with.
        let mut best = Best { dist: W::FAR, end: End::Sink(hole) };
        self.relax_back(hole, W::ZERO, Step::Start, &mut best);
        while let Some((bin, dist)) = self.scratch.pop(best.dist) {
            self.expand_back(bin, dist, &mut best);
        }
        for at in 0..self.scratch.settled.len() {
            let bin = self.scratch.settled[at] as usize;
            let fall = best.dist - self.scratch.dist[bin];
            self.price[bin] = self.price[bin] - fall;
            self.least_price = self.least_price.min(self.price[bin]);
        }
        self.augment_back(best.end);
    }

    fn relax_back(&mut self, bin: u32, dist: W, came: Step<W>, best: &mut Best<W>) {
        let b = bin as usize;
        if dist >= best.dist || !self.scratch.nearer(bin, dist, came, best.dist) {
            return;
        }
        if self.net.bins.parent[b].is_none() && self.load[b] > 0 {
            best.offer(dist + self.price[b] - self.net.bins.step(b, self.load[b] - 1), End::Sink(bin));
        }
    }

    fn expand_back(&mut self, bin: u32, dist: W, best: &mut Best<W>) {
        let b = bin as usize;
        let price = self.price[b];
        if let Some(outer) = self.net.bins.parent[b]
            && self.load[b] > 0
        {
            let next = dist - self.net.bins.step(b, self.load[b] - 1) + price - self.price[outer as usize];
            self.relax_back(outer, next, Step::Down(bin), best);
        }
        for at in 0..self.net.bins.children(b).len() {
            let inner = self.net.bins.children(b)[at];
            let i = inner as usize;
            if self.load[i] < self.net.bins.cap[i] {
                let next = dist + self.net.bins.step(i, self.load[i]) + price - self.price[i];
                self.relax_back(inner, next, Step::Up(bin), best);
            }
        }
        for at in 0..self.entrants(b).len() {
            let (unit, cost) = self.entrants(b)[at];
            let enters = dist + self.value(unit, bin, cost);
            match self.spot[unit as usize] {
                Spot::Open | Spot::Fixed(..) => {}
                Spot::Skipped => {
                    best.offer(enters - self.net.skip[unit as usize], End::Skip(unit, cost, bin));
                }
                Spot::In(from, _) if from == bin => {}
                Spot::In(from, old) => {
                    let next = enters - self.value(unit, from, old);
                    self.relax_back(from, next, Step::Unit(unit, cost, bin), best);
                }
            }
        }
    }

    /// Raises every price as far as it still proves the flow: from each bin some end is then as near as can be, and searches forward
    /// settle little more than the chain that they find. One search backward from all ends at once.
    pub fn raise(&mut self) {
        self.entering();
        let bins = self.net.bins.len();
        let mut far: Vec<W> = vec![W::FAR; bins];
        let mut heap = BinaryHeap::new();
        for (bin, far) in far.iter_mut().enumerate() {
            *far = self.end_of(bin);
            if *far < W::FAR {
                heap.push(Reverse((*far, bin)));
            }
        }
        let mut farthest = W::ZERO;
        while let Some(Reverse((dist, bin))) = heap.pop() {
            if dist > far[bin] {
                continue;
            }
            farthest = dist;
            let mut nearer = |from: usize, step: W| {
                if dist + step < far[from] {
                    far[from] = dist + step;
                    heap.push(Reverse((dist + step, from)));
                }
            };
            for (unit, cost) in self.entrants(bin) {
                if let Spot::In(from, old) = self.spot[*unit as usize]
                    && from as usize != bin
                {
                    let there = u32::try_from(bin).expect("bins are counted in u32");
                    nearer(from as usize, self.value(*unit, there, *cost) - self.value(*unit, from, old));
                }
            }
            let price = self.price[bin];
            for inner in self.net.bins.children(bin).iter().map(|inner| *inner as usize) {
                if self.load[inner] < self.net.bins.cap[inner] {
                    nearer(inner, self.net.bins.step(inner, self.load[inner]) + price - self.price[inner]);
                }
            }
            if let Some(outer) = self.net.bins.parent[bin].map(|outer| outer as usize)
                && self.load[bin] > 0
            {
                nearer(outer, price - self.net.bins.step(bin, self.load[bin] - 1) - self.price[outer]);
            }
        }
        for (price, far) in self.price.iter_mut().zip(far) {
            if *price < W::FAR {
                // From where no end can be reached, nothing else can be either.
                *price += if far < W::FAR { far } else { farthest };
            }
        }
    }

    /// How far the nearest end of a bin's own is: a free place, or somebody there who could be skipped.
    fn end_of(&self, bin: usize) -> W {
        let mut end = W::FAR;
        if self.net.bins.parent[bin].is_none() && self.load[bin] < self.net.bins.cap[bin] {
            end = self.net.bins.step(bin, self.load[bin]) - self.price[bin];
        }
        let there = u32::try_from(bin).expect("bins are counted in u32");
        let mut holder = self.holders.first(bin);
        while let Some(unit) = holder {
            holder = self.holders.next(unit);
            if let Spot::In(_, cost) = self.spot[unit as usize] {
                end = end.min(self.net.skip[unit as usize] - self.value(unit, there, cost));
            }
        }
        end
    }

    /// Moves the units along the chain found, from its end to the place.
    fn augment_back(&mut self, end: End<W>) {
        let mut bin = match end {
            End::Sink(bin) => {
                self.load[bin as usize] -= 1;
                bin
            }
            End::Skip(unit, cost, into) => {
                self.put(unit, into, cost);
                into
            }
        };
        loop {
            match self.scratch.came[bin as usize] {
                Step::Start => return,
                Step::Up(outer) => {
                    self.load[bin as usize] += 1;
                    bin = outer;
                }
                Step::Down(inner) => {
                    self.load[inner as usize] -= 1;
                    bin = inner;
                }
                Step::Unit(unit, cost, into) => {
                    self.take(unit);
                    self.put(unit, into, cost);
                    bin = into;
                }
            }
        }
    }
}
