//! Auction with ε-scaling, to begin on tight instances with nearly right prices.
//!
//! Method: Bertsekas & Castañon 1989, the auction for transportation problems with similar objects. A unit bids for the
//! coach that is cheapest to it (cost + price) and raises the bid by its lead over the second cheapest coach, plus ε. A
//! coach's price is the lowest bid among its places; whoever held that place must bid again. Each round divides ε.
//! With every place taken the plan is within units × ε of the optimum; [`super::search`] mends the rest exactly.
//! Prices only rise within a round. A round that takes more bids than its limit is given up: the search needs no
//! particular start, only a valid one.

use super::cost::{ArcCost, Cost};
use super::network::Arc;
use super::search::{Flow, Place};

/// Bids per unit and round before the auction is given up.
const PATIENCE: usize = 200;

/// The first ε is the spread of costs divided by this, the last one by [`LAST`], each round's by [`FACTOR`] more.
/// Measured on 20,000 × 100,000: a last ε between 10^-4 and 10^-6 of the spread costs the same, 10^-3 half as much again.
const FIRST: i128 = 4;
const LAST: i128 = 10_000;
const FACTOR: i128 = 6;

/// Runs the rounds. True if every unit found a place in the last one.
pub fn auction<A: ArcCost>(flow: &mut Flow<A>, polled: &mut dyn FnMut() -> bool) -> bool {
    let units = flow.net.units();
    let spread = (0..units).map(|u| spread(flow, u)).max().unwrap_or(0);
    if 4 * (spread + 1) * bids_at_most(units) > A::Wide::FAR.widen() / 2 {
        return false;
    }
    let mut bids = vec![A::Wide::ZERO; units];
    let mut epsilon = (spread / FIRST).max(1);
    let least = (spread / LAST).max(1);
    loop {
        let step = A::Wide::narrow(epsilon);
        release(flow, step);
        if !round(flow, &mut bids, step, polled) {
            return false;
        }
        if epsilon == least {
            return true;
        }
        epsilon = (epsilon / FACTOR).max(least);
    }
}

/// A bid raises the highest price by at most the spread and ε together, so this many bids keep prices below `FAR`.
fn bids_at_most(units: usize) -> i128 {
    // From the first ε to the last there are log(LAST / FIRST) / log(FACTOR) rounds, fewer than 8.
    8 * i128::try_from(PATIENCE * units).unwrap_or(i128::MAX / 4)
}

fn spread<A: ArcCost>(flow: &Flow<A>, unit: usize) -> i128 {
    let arcs = &flow.net.arcs[flow.net.starts[unit]..flow.net.starts[unit + 1]];
    arcs.iter().map(|a| a.cost.wide().widen()).max().unwrap_or(0)
}

/// Opens the places whose holders would now rather be elsewhere by more than ε.
fn release<A: ArcCost>(flow: &mut Flow<A>, epsilon: A::Wide) {
    for unit in 0..flow.net.units() {
        if let Place::In { bin, cost, .. } = flow.place[unit] {
            let value = cost.wide() + flow.price[bin as usize];
            if value > flow.least_arc(unit) + epsilon {
                flow.take(u32::try_from(unit).expect("units are counted in u32"));
                flow.load[bin as usize] -= 1;
            }
        }
    }
}

fn round<A: ArcCost>(
    flow: &mut Flow<A>,
    bids: &mut [A::Wide],
    epsilon: A::Wide,
    polled: &mut dyn FnMut() -> bool,
) -> bool {
    let units = u32::try_from(flow.net.units()).expect("units are counted in u32");
    let mut open: Vec<u32> = (0..units).rev().filter(|u| flow.place[*u as usize] == Place::Open).collect();
    let mut left = PATIENCE * flow.net.units();
    while let Some(unit) = open.pop() {
        left -= 1;
        if left == 0 || left.is_multiple_of(4096) && polled() {
            return false;
        }
        let Some((arc, lead)) = favourite(flow, unit as usize) else { return false };
        let bin = arc.bin as usize;
        bids[unit as usize] = flow.price[bin] + lead + epsilon;
        if flow.load[bin] < flow.net.bins.cap[bin] {
            flow.load[bin] += 1;
        } else {
            let Some(loser) = flow.holders(bin).iter().copied().min_by_key(|u| bids[*u as usize]) else {
                return false;
            };
            flow.take(loser);
            open.push(loser);
        }
        flow.put(unit, arc.bin, arc.cost);
        if flow.load[bin] == flow.net.bins.cap[bin]
            && let Some(lowest) = flow.holders(bin).iter().map(|u| bids[*u as usize]).min()
        {
            flow.price[bin] = flow.price[bin].max(lowest);
        }
    }
    true
}

/// The arc that is cheapest at the present prices, and its lead over the next coach. Prices are not negative.
fn favourite<A: ArcCost>(flow: &mut Flow<A>, unit: usize) -> Option<(Arc<A>, A::Wide)> {
    let from = flow.net.starts[unit];
    let mut best: Option<(A::Wide, Arc<A>)> = None;
    let mut second = A::Wide::FAR;
    let mut at = 0;
    loop {
        if at == flow.net.sorted[unit] as usize && !flow.net.sort_more(unit) {
            break;
        }
        let arc = flow.net.arcs[from + at];
        at += 1;
        let cost = arc.cost.wide();
        if cost >= second {
            break;
        }
        let value = cost + flow.price[arc.bin as usize];
        match best {
            Some((least, _)) if value >= least => second = second.min(value),
            _ => {
                second = best.map_or(second, |b| b.0);
                best = Some((value, arc));
            }
        }
    }
    best.map(|(least, arc)| (arc, if second == A::Wide::FAR { A::Wide::ZERO } else { second - least }))
}
