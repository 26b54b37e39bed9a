//! A flow that stays open: placements and prices after a solve, and the moves by which both are changed and repaired.
//!
//! Method: re-optimisation by shortest augmenting paths (Ahuja, Magnanti & Orlin 1993, ch. 9.11). Every change leaves
//! units without a place or places without a unit; each is settled by one shortest path, forward from the unit
//! ([`Engine::place`]) or backward from the place ([`Engine::fill`]), and the flow is optimal again.
//! Sign convention: as in `super::super::search`. The reduced cost of unit → bin is `cost + price[bin] − value[unit]`, of bin → outer
//! bin `step + price[outer] − price[bin]`, the sink's price being 0; all are ≥ 0 on residual arcs between two changes.
//! Forward paths raise prices, backward paths lower them. Complexity: one Dijkstra over the bins near the change for each
//! unit and place that it touches.
//!
//! Pairs of the given plan are *home*: they cost `bonus` of their unit less than their arc says.

use super::super::cost::{ArcCost, Cost};
use super::super::network::Network;
use super::paths::Scratch;

/// Integers that hold arcs, distances and prices alike.
pub trait Exact: Cost + ArcCost<Wide = Self> {}
impl Exact for i64 {}
impl Exact for i128 {}

/// Where a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot<W> {
    /// Not settled yet, or taken out for good.
    Open,
    Skipped,
    /// In a bin, by an arc of this cost, the bonus not taken off.
    In(u32, W),
    /// The same, and nothing moves it any more.
    Fixed(u32, W),
}

/// Units directly in each bin, as a list that takes and gives units in constant time.
#[derive(Clone, Debug)]
pub struct Holders {
    first: Vec<Option<u32>>,
    next: Vec<Option<u32>>,
    before: Vec<Option<u32>>,
}

impl Holders {
    fn new(bins: usize, units: usize) -> Self {
        Self { first: vec![None; bins], next: vec![None; units], before: vec![None; units] }
    }

    fn add(&mut self, bin: u32, unit: u32) {
        let old = self.first[bin as usize].replace(unit);
        self.next[unit as usize] = old;
        self.before[unit as usize] = None;
        if let Some(old) = old {
            self.before[old as usize] = Some(unit);
        }
    }

    fn remove(&mut self, bin: u32, unit: u32) {
        let (before, next) = (self.before[unit as usize], self.next[unit as usize]);
        match before {
            Some(before) => self.next[before as usize] = next,
            None => self.first[bin as usize] = next,
        }
        if let Some(next) = next {
            self.before[next as usize] = before;
        }
    }

    pub fn first(&self, bin: usize) -> Option<u32> {
        self.first[bin]
    }

    pub fn next(&self, unit: u32) -> Option<u32> {
        self.next[unit as usize]
    }
}

/// What a change touches, so that it can be taken back.
#[derive(Clone, Debug)]
pub struct Snapshot<W> {
    price: Vec<W>,
    load: Vec<u32>,
    cap: Vec<u32>,
    spot: Vec<Spot<W>>,
    holders: Holders,
    least_price: W,
}

/// A flow with prices that prove it cheapest among flows of the units that are settled.
pub struct Engine<W: Exact> {
    pub net: Network<W>,
    pub price: Vec<W>,
    pub load: Vec<u32>,
    pub spot: Vec<Spot<W>>,
    pub holders: Holders,
    /// The bins of each unit's home pairs, with their arc costs: `homes[home_starts[u]..home_starts[u + 1]]`.
    pub homes: Vec<(u32, W)>,
    pub home_starts: Vec<u32>,
    /// What a home pair of each unit costs less than its arc says.
    pub bonus: Vec<W>,
    /// Never above any price.
    pub least_price: W,
    /// Units whose place has changed since somebody last took the list; with repeats.
    pub touched: Vec<u32>,
    pub(super) scratch: Scratch<W>,
    /// Who can enter each bin, and at what cost; made when first needed.
    entering: Option<Entering<W>>,
}

pub(super) struct Entering<W> {
    starts: Vec<u32>,
    units: Vec<(u32, W)>,
}

impl<W: Exact> Engine<W> {
    /// The empty flow. `homes`: for each unit the bins of its home pairs; `bonus` is theirs at first.
    pub fn new(net: Network<W>, homes: Vec<Vec<u32>>, bonus: W) -> Self {
        let (bins, units) = (net.bins.len(), net.units());
        let mut price = vec![W::ZERO; bins];
        for bin in 0..bins {
            let outer = net.bins.parent[bin].map_or(W::ZERO, |p| price[p as usize]);
            price[bin] = outer + if net.bins.cap[bin] == 0 { W::ZERO } else { net.bins.step(bin, 0) };
        }
        let least_price = price.iter().copied().min().unwrap_or(W::ZERO);
        let (mut home_starts, mut flat) = (vec![0], Vec::new());
        for (unit, homes) in homes.into_iter().enumerate() {
            let arcs = &net.arcs[net.starts[unit]..net.starts[unit + 1]];
            flat.extend(arcs.iter().filter(|a| homes.contains(&a.bin)).map(|a| (a.bin, a.cost)));
            home_starts.push(u32::try_from(flat.len()).expect("home pairs are counted in u32"));
        }
        Self {
            load: vec![0; bins],
            spot: vec![Spot::Open; units],
            holders: Holders::new(bins, units),
            homes: flat,
            home_starts,
            bonus: vec![bonus; units],
            least_price,
            touched: Vec::new(),
            scratch: Scratch::new(bins),
            entering: None,
            price,
            net,
        }
    }

    /// Takes over the flow of a larger engine, of which this one has these units and bins, and whose bins others fill so far.
    pub fn adopt(&mut self, whole: &Self, units: &[u32], bins: &[u32], filled: &[u32]) {
        for (at, bin) in bins.iter().map(|bin| *bin as usize).enumerate() {
            self.price[at] = whole.price[bin];
            self.load[at] = whole.load[bin] - filled[bin];
        }
        self.least_price = whole.least_price;
        for (at, unit) in (0..).zip(units.iter().map(|unit| *unit as usize)) {
            self.bonus[at as usize] = whole.bonus[unit];
            match whole.spot[unit] {
                Spot::In(bin, cost) => {
                    let bin = bins.binary_search(&bin).expect("a unit's own place is among its ways");
                    self.put(at, u32::try_from(bin).expect("bins are counted in u32"), cost);
                }
                other => self.spot[at as usize] = other,
            }
        }
        self.touched.clear();
    }

    pub fn units(&self) -> u32 {
        u32::try_from(self.spot.len()).expect("units are counted in u32")
    }

    /// The home pairs of a unit: bin and arc cost.
    #[inline]
    pub fn homes_of(&self, unit: u32) -> &[(u32, W)] {
        let u = unit as usize;
        &self.homes[self.home_starts[u] as usize..self.home_starts[u + 1] as usize]
    }

    #[inline]
    pub fn is_home(&self, unit: u32, bin: u32) -> bool {
        self.homes_of(unit).iter().any(|(home, _)| *home == bin)
    }

    /// Whether a unit is in one of its home pairs.
    pub fn at_home(&self, unit: u32) -> bool {
        matches!(self.spot[unit as usize], Spot::In(bin, _) if self.is_home(unit, bin))
    }

    /// What the arc of a unit into a bin costs, the bonus taken off.
    #[inline]
    pub fn worth(&self, unit: u32, bin: u32, cost: W) -> W {
        if self.is_home(unit, bin) { cost - self.bonus[unit as usize] } else { cost }
    }

    /// What a unit in its place costs with the price of the place.
    #[inline]
    pub fn value(&self, unit: u32, bin: u32, cost: W) -> W {
        self.worth(unit, bin, cost) + self.price[bin as usize]
    }

    /// The least of a unit's arcs at the present prices and of skipping it: its term of the bound.
    pub fn least_value(&self, unit: u32) -> W {
        let u = unit as usize;
        let mut least = self.net.skip[u];
        for (bin, cost) in self.homes_of(unit) {
            least = least.min(self.value(unit, *bin, *cost));
        }
        let sorted = self.net.sorted[u] as usize;
        for (at, arc) in self.net.arcs[self.net.starts[u]..self.net.starts[u + 1]].iter().enumerate() {
            // Later arcs cost no less: the prefix is sorted, and the others come after all of it.
            if at < sorted && arc.cost + self.least_price >= least {
                return least;
            }
            if !self.is_dear(unit, arc.bin) {
                least = least.min(arc.cost + self.price[arc.bin as usize]);
            }
        }
        least
    }

    /// Whether the arc is a home pair that costs more than it says, so that only the home's own cost counts.
    #[inline]
    pub(super) fn is_dear(&self, unit: u32, bin: u32) -> bool {
        self.bonus[unit as usize] < W::ZERO && self.is_home(unit, bin)
    }

    /// Puts a unit into a bin; loads are the caller's business.
    pub(super) fn put(&mut self, unit: u32, bin: u32, cost: W) {
        self.holders.add(bin, unit);
        self.spot[unit as usize] = Spot::In(bin, cost);
        self.touched.push(unit);
    }

    /// Takes a unit out of its bin; loads are the caller's business.
    pub(super) fn take(&mut self, unit: u32) -> Option<u32> {
        let old = std::mem::replace(&mut self.spot[unit as usize], Spot::Open);
        self.touched.push(unit);
        let Spot::In(bin, _) = old else { return None };
        self.holders.remove(bin, unit);
        Some(bin)
    }

    /// Leaves an open unit without a place.
    pub(super) fn skip(&mut self, unit: u32) {
        self.spot[unit as usize] = Spot::Skipped;
    }

    /// Puts a unit into a bin from which nothing moves it any more, others giving way. False where there is no room.
    pub fn fix(&mut self, unit: u32, bin: u32, cost: W) -> bool {
        self.take_out(unit);
        if !self.enter(unit, bin, cost) {
            return false;
        }
        self.holders.remove(bin, unit);
        self.spot[unit as usize] = Spot::Fixed(bin, cost);
        true
    }

    /// Takes a unit out for good, and lets somebody better have its place.
    pub fn take_out(&mut self, unit: u32) {
        if let Some(bin) = self.take(unit) {
            self.fill(bin);
        }
    }

    /// Sets the bonus of some units' home pairs, and makes the flow optimal again.
    pub fn set_bonus(&mut self, units: &[u32], bonus: W) {
        let mut holes = Vec::new();
        let mut homeless = Vec::new();
        let mut asked = Vec::new();
        for unit in units.iter().copied() {
            let old = std::mem::replace(&mut self.bonus[unit as usize], bonus);
            // Whoever is at home stays there for more, and whoever is not stays away for less.
            if old != bonus && self.at_home(unit) != (bonus > old) {
                asked.push(unit);
            }
        }
        for unit in asked {
            let now = match self.spot[unit as usize] {
                Spot::Open | Spot::Fixed(..) => continue,
                Spot::Skipped => self.net.skip[unit as usize],
                Spot::In(bin, cost) => self.value(unit, bin, cost),
            };
            if self.least_value(unit) < now {
                holes.extend(self.take(unit));
                homeless.push(unit);
            }
        }
        for bin in holes {
            self.fill(bin);
        }
        for unit in homeless {
            self.place(unit);
        }
    }

    /// Closes a coach with all nests inside; whoever was there is without a place, and returned.
    pub fn close(&mut self, coach: u32) -> Vec<u32> {
        let mut out = Vec::new();
        let mut bins = vec![coach];
        while let Some(bin) = bins.pop() {
            bins.extend_from_slice(self.net.bins.children(bin as usize));
            while let Some(unit) = self.holders.first(bin as usize) {
                self.take(unit);
                out.push(unit);
            }
            let b = bin as usize;
            (self.load[b], self.net.bins.cap[b], self.price[b]) = (0, 0, W::FAR);
        }
        out.sort_unstable();
        out
    }

    /// One more place with a coach. Only where places cost nothing: the caller asks [`Self::free_places`].
    pub fn widen(&mut self, coach: u32) {
        self.net.bins.cap[coach as usize] += 1;
        self.load[coach as usize] += 1;
        self.fill(coach);
    }

    /// Whether this coach's places cost nothing.
    pub fn free_places(&self, coach: u32) -> bool {
        let c = coach as usize;
        self.net.bins.step_starts[c] == self.net.bins.step_starts[c + 1]
    }

    /// Makes an arc cost so much more that nothing takes it, and moves the unit if it is there.
    pub fn forbid(&mut self, unit: u32, bin: u32) {
        let there = matches!(self.spot[unit as usize], Spot::In(at, _) if at == bin);
        if there {
            self.take_out(unit);
        }
        self.reprice(unit, bin, W::FAR);
        if there {
            self.place(unit);
        }
    }

    /// Sets what an arc costs, wherever that is written; nothing moves.
    pub(super) fn reprice(&mut self, unit: u32, bin: u32, cost: W) {
        let u = unit as usize;
        let range = self.net.starts[u]..self.net.starts[u + 1];
        for arc in self.net.arcs[range].iter_mut().filter(|arc| arc.bin == bin) {
            arc.cost = cost;
        }
        self.net.sorted[u] = 0;
        let homes = self.home_starts[u] as usize..self.home_starts[u + 1] as usize;
        for home in self.homes[homes].iter_mut().filter(|home| home.0 == bin) {
            home.1 = cost;
        }
        if let Some(entering) = &mut self.entering {
            let range = entering.starts[bin as usize] as usize..entering.starts[bin as usize + 1] as usize;
            for entry in entering.units[range].iter_mut().filter(|entry| entry.0 == unit) {
                entry.1 = cost;
            }
        }
    }

    /// Bins that searches have settled so far.
    pub const fn worked(&self) -> u64 {
        self.scratch.worked
    }

    pub(super) fn entering(&mut self) {
        if self.entering.is_some() {
            return;
        }
        let net = &self.net;
        let mut starts = vec![0_u32; net.bins.len() + 1];
        for arc in &net.arcs {
            starts[arc.bin as usize + 1] += 1;
        }
        for bin in 1..starts.len() {
            starts[bin] += starts[bin - 1];
        }
        let mut at = starts.clone();
        let mut units = vec![(0, W::ZERO); net.arcs.len()];
        for unit in 0..self.units() {
            for arc in &net.arcs[net.starts[unit as usize]..net.starts[unit as usize + 1]] {
                let at = &mut at[arc.bin as usize];
                units[*at as usize] = (unit, arc.cost);
                *at += 1;
            }
        }
        self.entering = Some(Entering { starts, units });
    }

    /// Positions of those who can enter a bin; [`Self::entering`] was called before.
    pub(super) fn entrants(&self, bin: usize) -> &[(u32, W)] {
        self.entering.as_ref().map_or(&[], |e| &e.units[e.starts[bin] as usize..e.starts[bin + 1] as usize])
    }

    pub fn snapshot(&self) -> Snapshot<W> {
        Snapshot {
            price: self.price.clone(),
            load: self.load.clone(),
            cap: self.net.bins.cap.clone(),
            spot: self.spot.clone(),
            holders: self.holders.clone(),
            least_price: self.least_price,
        }
    }

    /// Takes back everything since the snapshot but [`Self::forbid`] and bonuses.
    pub fn restore(&mut self, to: &Snapshot<W>) {
        self.price.clone_from(&to.price);
        self.load.clone_from(&to.load);
        self.net.bins.cap.clone_from(&to.cap);
        self.spot.clone_from(&to.spot);
        self.holders.first.clone_from(&to.holders.first);
        self.holders.next.clone_from(&to.holders.next);
        self.holders.before.clone_from(&to.holders.before);
        self.least_price = to.least_price;
        self.touched.clear();
    }
}
