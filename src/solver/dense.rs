//! The search of [`super::search`] on a table of costs, for networks in which nearly every pair is eligible.
//!
//! Method: Jonker & Volgenant 1987: the distances of all bins are kept in one row, and each settled unit lowers them in
//! a pass over its costs; no heap, no sorting. Bins that look alike to most units are neighbours in the table, in blocks;
//! a block is passed over if even its cheapest cost and its lowest price lead no nearer than the best end found so far, so
//! that where costs have a shape (distances on a map) a pass reads a part of the row only. Inside a block there are no
//! branches and only 32-bit integers: several bins at a time even with the plainest vector unit. Prices, signs and ends are
//! those of [`super::search`]: the table takes up a search where it is, and may leave off anywhere. Complexity: units × settled units × bins at worst.
//!
//! Which unit a bin was reached from is not noted down but looked up for the bins of the chain found: the first unit
//! scanned that explains the distance, which was scanned before the bin was settled, so the chain cannot go in circles.

use super::arrange::arrange;
use super::cost::{ArcCost, Cost};
use super::network::Network;
use super::search::{Flow, Place};

/// Costs and prices stay below this, and distances below [`FAR`].
const LIMIT: i32 = 1 << 27;
/// The cost of a pair that is not eligible, and the price of a bin that is settled. A unit's value is below 2 × LIMIT, and
/// a distance from these is at least `CLOSED − 2 × LIMIT` = FAR and at most `FAR + 2 × CLOSED + LIMIT` < 2^31.
const CLOSED: i32 = 1 << 29;
/// Distances from here on mean that there is no way, or none that 32 bits hold.
const FAR: i32 = 1 << 28;
/// Bins in a block: two lines of the usual cache. Measured on dense 1:1 by distance.
pub const BLOCK: usize = 32;

/// The table, and what a search needs. A column is a bin's position in the table.
pub struct Dense {
    /// Columns, in whole blocks.
    width: usize,
    /// Per unit `width` costs.
    cost: Vec<i32>,
    /// Per unit and block the least cost.
    least_cost: Vec<i32>,
    /// Per column the bin, `None` beyond the last; and per bin the column.
    bin: Vec<Option<u32>>,
    column: Vec<u32>,
    /// Per column its price; `CLOSED` while it is settled. Per block the least of them, or less.
    price: Vec<i32>,
    least_price: Vec<i32>,
    /// Per column whether a place is free; per block in how many.
    free: Vec<bool>,
    free_in: Vec<u32>,
    /// Per column its distance from the unit to be placed; of settled ones `FAR` or more. Per block the least.
    dist: Vec<i32>,
    least_dist: Vec<i32>,
    settled: Vec<Settled>,
    scanned: Vec<Scanned>,
}

struct Settled {
    column: usize,
    dist: i32,
    price: i32,
}

/// A unit whose costs were looked at, and by how much the distance exceeds its value.
struct Scanned {
    unit: u32,
    base: i32,
}

/// The best end so far.
struct End {
    dist: i32,
    /// A column with a free place, or a unit that is skipped.
    at: Result<usize, u32>,
}

impl Dense {
    /// How many costs the table of a network holds; `None` where the network is not plain or less than half of the
    /// pairs are eligible, so that a table never takes more memory than the arcs.
    pub fn cells<A: ArcCost>(net: &Network<A>) -> Option<usize> {
        let cells = net.bins.len().checked_mul(net.units()).filter(|cells| *cells > 0)?;
        (net.bins.plain() && net.arcs.len() >= cells.div_ceil(2)).then_some(cells)
    }

    /// The table of a network at the state of its search; `None` where there is none or the costs do not fit.
    pub fn of<A: ArcCost>(flow: &Flow<A>) -> Option<Self> {
        let net = &flow.net;
        Self::cells(net)?;
        let (bins, units) = (net.bins.len(), net.units());
        let width = bins.next_multiple_of(BLOCK);
        let order = arrange(net);
        let mut column = vec![0; bins];
        let mut bin = vec![None; width];
        for (at, own) in order.iter().enumerate() {
            column[*own as usize] = u32::try_from(at).expect("bins are counted in u32");
            bin[at] = Some(*own);
        }
        let mut cost = vec![CLOSED; width.checked_mul(units)?];
        let mut least_cost = Vec::with_capacity(cost.len() / BLOCK);
        for (unit, row) in cost.chunks_exact_mut(width).enumerate() {
            for arc in &net.arcs[net.starts[unit]..net.starts[unit + 1]] {
                row[column[arc.bin as usize] as usize] = fit(arc.cost.wide())?;
            }
            least_cost.extend(row.as_chunks::<BLOCK>().0.iter().map(least));
        }
        let mut price = vec![0; width];
        let mut free = vec![false; width];
        for (at, own) in order.iter().enumerate() {
            price[at] = fit(flow.price[*own as usize])?;
            free[at] = flow.load[*own as usize] < net.bins.cap[*own as usize];
        }
        let blocks = width / BLOCK;
        let least_price = price.as_chunks::<BLOCK>().0.iter().map(least).collect();
        let count = |block: &[bool; BLOCK]| block.iter().map(|free| u32::from(*free)).sum();
        Some(Self {
            free_in: free.as_chunks::<BLOCK>().0.iter().map(count).collect(),
            dist: vec![FAR; width],
            least_dist: vec![FAR; blocks],
            settled: Vec::new(),
            scanned: Vec::new(),
            width,
            cost,
            least_cost,
            bin,
            column,
            price,
            least_price,
            free,
        })
    }

    /// Places an open unit as [`Flow::place`] does. False if 32 bits do not hold the way; nothing is changed then.
    pub fn place<A: ArcCost>(&mut self, flow: &mut Flow<A>, unit: u32) -> bool {
        let end = self.search(flow, unit);
        for settled in &self.settled {
            self.price[settled.column] = settled.price;
        }
        if end.dist >= FAR || self.settled.iter().any(|s| s.price >= LIMIT - (end.dist - s.dist)) {
            return false;
        }
        self.augment(flow, unit, &end);
        for settled in &self.settled {
            let price = settled.price + end.dist - settled.dist;
            self.price[settled.column] = price;
            let bin = self.bin[settled.column].expect("no way leads beyond the last column");
            flow.price[bin as usize] = A::Wide::narrow(i128::from(price));
        }
        for settled in &self.settled {
            let block = settled.column / BLOCK;
            self.least_price[block] = least(&self.price.as_chunks().0[block]);
        }
        true
    }

    /// The end of the cheapest chain.
    fn search<A: ArcCost>(&mut self, flow: &Flow<A>, source: u32) -> End {
        self.settled.clear();
        self.scanned.clear();
        self.dist.fill(FAR);
        self.least_dist.fill(FAR);
        let skip = |unit: u32| flow.net.skip[unit as usize].min(A::Wide::narrow(i128::from(FAR)));
        let skip = |unit: u32| i32::try_from(skip(unit).widen().max(i128::from(-FAR))).unwrap_or(FAR);
        let mut end = End { dist: skip(source), at: Err(source) };
        self.scan(source, 0, &mut end);
        loop {
            let (column, dist) = self.nearest();
            if dist >= end.dist {
                return end;
            }
            let price = self.price[column];
            self.settled.push(Settled { column, dist, price });
            self.price[column] = CLOSED;
            self.dist[column] = FAR;
            let block = column / BLOCK;
            self.least_dist[block] = least(&self.dist.as_chunks().0[block]);
            let Some(bin) = self.bin[column] else { return end };
            for holder in flow.holders(bin as usize) {
                let Place::In { cost, .. } = flow.place[*holder as usize] else { continue };
                let value = fit(cost.wide()).map_or(0, |cost| cost + price);
                let base = dist - value;
                if base + skip(*holder) < end.dist {
                    end = End { dist: base + skip(*holder), at: Err(*holder) };
                }
                self.scan(*holder, base, &mut end);
            }
        }
    }

    /// Lowers the distances by way of a unit whose value is `base` below its own distance.
    fn scan(&mut self, unit: u32, base: i32, end: &mut End) {
        self.scanned.push(Scanned { unit, base });
        let unit = unit as usize;
        let costs = self.cost[unit * self.width..(unit + 1) * self.width].as_chunks::<BLOCK>().0;
        let blocks = costs.len();
        let least_cost = &self.least_cost[unit * blocks..(unit + 1) * blocks];
        let prices = self.price.as_chunks::<BLOCK>().0;
        let dists = self.dist.as_chunks_mut::<BLOCK>().0;
        for block in 0..blocks {
            if base + least_cost[block] + self.least_price[block] >= end.dist {
                continue;
            }
            let nearest = lower(&costs[block], &prices[block], &mut dists[block], base);
            self.least_dist[block] = nearest;
            if nearest < end.dist && self.free_in[block] > 0 {
                let from = block * BLOCK;
                for (at, dist) in dists[block].iter().enumerate() {
                    if *dist < end.dist && self.free[from + at] {
                        *end = End { dist: *dist, at: Ok(from + at) };
                    }
                }
            }
        }
    }

    /// The nearest column, the first of equals.
    fn nearest(&self) -> (usize, i32) {
        let (mut block, mut dist) = (0, i32::MAX);
        for (at, least) in self.least_dist.iter().enumerate() {
            if *least < dist {
                (block, dist) = (at, *least);
            }
        }
        let from = block * BLOCK;
        let at = self.dist[from..from + BLOCK].iter().position(|d| *d == dist);
        (from + at.expect("the least distance of a block is in it"), dist)
    }

    /// Moves the units along the chain, from its end back to the new unit.
    fn augment<A: ArcCost>(&mut self, flow: &mut Flow<A>, source: u32, end: &End) {
        let (mut column, mut dist) = match end.at {
            Ok(column) => {
                let bin = self.bin[column].expect("no way leads beyond the last column") as usize;
                flow.load[bin] += 1;
                if flow.load[bin] == flow.net.bins.cap[bin] {
                    self.free[column] = false;
                    self.free_in[column / BLOCK] -= 1;
                }
                (column, end.dist)
            }
            Err(unit) => {
                let old = flow.take(unit);
                flow.place[unit as usize] = Place::Skipped;
                let Some(old) = old else { return };
                let column = self.column[old as usize] as usize;
                let dist = self.settled.iter().find(|s| s.column == column).map(|s| s.dist);
                (column, dist.expect("a unit that is skipped leaves a settled bin"))
            }
        };
        let blocks = self.width / BLOCK;
        loop {
            let price = self.price[column];
            let from = self.scanned.iter().find(|s| {
                let unit = s.unit as usize;
                // The table of blocks is small and tells most of them apart.
                s.base + self.least_cost[unit * blocks + column / BLOCK] + price <= dist
                    && s.base + self.cost[unit * self.width + column] + price == dist
            });
            let Scanned { unit, base } = *from.expect("some unit lowered the distance to where it is");
            let cost = self.cost[unit as usize * self.width + column];
            let bin = self.bin[column].expect("no way leads beyond the last column");
            let old = flow.take(unit);
            flow.put(unit, bin, A::narrow(i128::from(cost)));
            if unit == source {
                return;
            }
            column = self.column[old.expect("a displaced unit leaves a bin") as usize] as usize;
            dist = base + self.cost[unit as usize * self.width + column] + self.price[column];
        }
    }
}

/// A cost or price within the limit.
fn fit<W: Cost>(value: W) -> Option<i32> {
    i32::try_from(value.widen()).ok().filter(|v| (0..LIMIT).contains(v))
}

/// One pass over a block; gives its least distance.
#[inline]
fn lower(cost: &[i32; BLOCK], price: &[i32; BLOCK], dist: &mut [i32; BLOCK], base: i32) -> i32 {
    for at in 0..BLOCK {
        let new = base + cost[at] + price[at];
        dist[at] = if new < dist[at] { new } else { dist[at] };
    }
    least(dist)
}

#[inline]
fn least(block: &[i32; BLOCK]) -> i32 {
    let mut least = [i32::MAX; 4];
    for four in block.as_chunks::<4>().0 {
        for (least, own) in least.iter_mut().zip(four) {
            *least = if own < least { *own } else { *least };
        }
    }
    least.into_iter().min().unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::Dense;
    use crate::solver::network::{Arc, Bins, Network};
    use crate::solver::search::{Flow, Place};

    /// Whole numbers that look drawn, few enough for many ties.
    fn drawn(at: u32, below: u32) -> u32 {
        (at.wrapping_mul(2_654_435_761) >> 7) % below
    }

    /// One unit in nine cannot enter one bin in seven, and skipping costs about as much as a bad place.
    fn network(units: u32, bins: u32, salt: u32) -> Network<u32> {
        let mut arcs = Vec::new();
        let mut starts = vec![0];
        for unit in 0..units {
            let open = |bin: &u32| !(unit.is_multiple_of(9) && bin.is_multiple_of(7));
            arcs.extend(
                (0..bins).filter(open).map(|bin| Arc { cost: drawn(salt + unit * bins + bin, 40), bin }),
            );
            starts.push(arcs.len());
        }
        let count = bins as usize;
        Network {
            starts,
            arcs,
            sorted: vec![0; units as usize],
            skip: (0..units).map(|unit| 30 + i64::from(drawn(salt + unit, 20))).collect(),
            bins: Bins {
                coach: (0..bins).collect(),
                parent: vec![None; count],
                cap: (0..bins).map(|bin| drawn(salt + bin, 3)).collect(),
                step_starts: vec![0; count + 1],
                steps: Vec::new(),
                child_starts: Vec::new(),
                children: Vec::new(),
            },
        }
    }

    fn cost(flow: &Flow<u32>) -> i64 {
        let of = |(unit, place): (usize, &Place<u32>)| match place {
            Place::In { cost, .. } => i64::from(*cost),
            Place::Open | Place::Skipped => flow.net.skip[unit],
        };
        flow.place.iter().enumerate().map(of).sum()
    }

    /// The table takes over after none, a third, or all but a few of the units.
    #[test]
    fn both_searches_find_the_least_cost_with_prices_that_prove_it() {
        for (bins, units) in [(5, 4), (70, 60), (70, 110), (32, 40)] {
            let mut alone = Flow::new(network(units, bins, 11));
            (0..units).for_each(|unit| alone.place(unit));
            for first in [0, units / 3, units - 3] {
                let mut flow = Flow::new(network(units, bins, 11));
                (0..first).for_each(|unit| flow.place(unit));
                let mut table = Dense::of(&flow).expect("nearly every pair is there and costs are small");
                (first..units).for_each(|unit| assert!(table.place(&mut flow, unit)));
                assert_eq!(cost(&flow), cost(&alone), "{units} units, {bins} bins, {first} before the table");
                for unit in 0..flow.net.units() {
                    let paid = match flow.place[unit] {
                        Place::In { bin, cost, .. } => i64::from(cost) + flow.price[bin as usize],
                        Place::Open | Place::Skipped => flow.net.skip[unit],
                    };
                    assert_eq!(paid, flow.least_value(unit));
                }
                for bin in 0..bins as usize {
                    assert!(flow.price[bin] == 0 || flow.load[bin] == flow.net.bins.cap[bin]);
                }
            }
        }
    }

    #[test]
    fn no_table_where_most_pairs_are_missing_or_costs_are_large() {
        let mut sparse = network(10, 10, 3);
        sparse.arcs.truncate(49);
        sparse.starts.iter_mut().for_each(|start| *start = (*start).min(49));
        assert!(Dense::of(&Flow::new(sparse)).is_none());
        let mut large = network(10, 10, 3);
        large.arcs[0].cost = 1 << 27;
        assert!(Dense::of(&Flow::new(large)).is_none());
    }
}
