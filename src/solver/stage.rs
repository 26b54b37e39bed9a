//! One stage: a composite cost minimised over the admitted pairs, with prices, and the bound that they prove.

use super::Options;
use super::build::{Admit, Built, build};
use super::composite::Composite;
use super::cost::{ArcCost, Cost};
use super::forest::NestKey;
use super::network::Network;
use super::search::{Flow, Place};
use super::share::share;
use super::start;
use super::turns::Turns;
use crate::model::certificate::{Claim, NestPrice, Stage};
use crate::model::index::{CoachIx, GroupIx};
use crate::model::outcome::Stop;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::ThreadId;
use std::time::Instant;

/// A stage's answer, in composite units of cost 1.
pub struct Solved {
    /// The coach of every unit.
    pub coach: Vec<Option<CoachIx>>,
    /// What the chosen plan costs.
    pub cost: i128,
    /// What no plan costs less than.
    pub bound: i128,
    pub prices: Vec<(CoachIx, i128)>,
    pub nests: Vec<NestPrice>,
    /// What every unit adds to the bound at those prices: its cheapest pair and place, or what leaving it open costs.
    pub worth: Vec<i128>,
    pub stop: Stop,
}

impl Solved {
    /// The certificate's stage.
    pub fn stage(&self, claim: Claim, composite: &Composite<'_>) -> Stage {
        Stage {
            claim,
            multipliers: composite.multipliers,
            prices: self.prices.clone(),
            nests: self.nests.clone(),
            groups: None,
            bound: self.bound,
        }
    }
}

/// Whether costs fit the widest integers; every roster within the limits of intake does.
pub fn fits(composite: &Composite<'_>) -> bool {
    !composite.overflows && composite.largest() <= <i128 as Cost>::SAFE
}

/// Solves at the narrowest width that holds the costs.
pub fn run(composite: &Composite<'_>, admit: Admit, options: &Options<'_>) -> Solved {
    if composite.largest() > <i64 as Cost>::SAFE {
        return solve::<i128>(composite, admit, options);
    }
    // Arcs are counted from the cheapest of their unit, so they reach at most twice the largest pair.
    if composite.largest_pair() * 2 > <u32 as ArcCost>::LARGEST {
        return solve::<i64>(composite, admit, options);
    }
    solve::<u32>(composite, admit, options)
}

fn solve<A: ArcCost>(composite: &Composite<'_>, admit: Admit, options: &Options<'_>) -> Solved {
    let built = build::<A>(composite, admit, options.threads);
    let progress = Progress::new(options, composite.units.len());
    let regions = share(options.threads, built, |Built { net, nests, base }| {
        let (flow, stop) = place_all(net, options, &progress);
        read(composite.unit, &flow, &nests, &base, stop)
    });
    merge(regions)
}

/// How many units of all regions together have had their turn.
struct Progress<'o> {
    tell: Option<&'o (dyn Fn(u64, u64) + Sync)>,
    caller: ThreadId,
    done: AtomicU64,
    units: u64,
}

impl<'o> Progress<'o> {
    fn new(options: &Options<'o>, units: usize) -> Self {
        let units = units as u64;
        if let Some(tell) = options.progress {
            tell(0, units);
        }
        let caller = std::thread::current().id();
        Self { tell: options.progress, caller, done: AtomicU64::new(0), units }
    }

    /// Only the calling thread tells; the others' units are in its next count.
    fn add(&self, units: usize) {
        let done = self.done.fetch_add(units as u64, Ordering::Relaxed) + units as u64;
        if let Some(tell) = self.tell.filter(|_| std::thread::current().id() == self.caller) {
            tell(done, self.units);
        }
    }
}

/// How many units are placed between two looks at the clock, and between two reports.
const POLL: usize = 64;
const REPORT: usize = POLL * 64;

fn place_all<A: ArcCost>(net: Network<A>, options: &Options<'_>, progress: &Progress<'_>) -> (Flow<A>, Stop) {
    let mut flow = start::begin(net, options);
    let mut turns = Turns::new(&flow);
    for unit in 0..flow.net.units() {
        if unit.is_multiple_of(POLL) {
            if let Some(stop) = stopped(options) {
                flow.fill_greedily();
                return (flow, stop);
            }
            if unit.is_multiple_of(flow.net.bins.len().next_multiple_of(POLL)) {
                flow.refresh_least_price();
            }
            if unit.is_multiple_of(REPORT) && unit > 0 {
                progress.add(REPORT);
            }
        }
        if flow.place[unit] == Place::Open {
            turns.place(&mut flow, u32::try_from(unit).expect("units are counted in u32"));
        }
    }
    (flow, Stop::Finished)
}

/// Whether the caller wants the search to end.
pub fn stopped(options: &Options<'_>) -> Option<Stop> {
    if options.cancel.is_some_and(|c| c.load(Ordering::Relaxed)) {
        return Some(Stop::Cancelled);
    }
    options.deadline.filter(|d| Instant::now() >= *d).map(|_| Stop::TimeLimit)
}

fn read<A: ArcCost>(unit: i128, flow: &Flow<A>, nests: &[NestKey], base: &[i128], stop: Stop) -> Solved {
    let bins = &flow.net.bins;
    let coaches = bins.len() - nests.len();
    let mut coach = Vec::with_capacity(base.len());
    let (mut cost, mut bound) = (0_i128, 0_i128);
    let mut worth = Vec::with_capacity(base.len());
    for (u, place) in flow.place.iter().enumerate() {
        cost += base[u];
        match place {
            Place::In { bin, cost: arc, .. } => {
                cost += arc.wide().widen();
                coach.push(Some(CoachIx::new(bins.coach[*bin as usize])));
            }
            Place::Open | Place::Skipped => {
                cost += flow.net.skip[u].widen();
                coach.push(None);
            }
        }
        let least = base[u] + flow.least_value(u).widen();
        worth.push(least * unit);
        bound += least;
    }
    for bin in 0..bins.len() {
        cost += (0..flow.load[bin]).map(|k| bins.step(bin, k).widen()).sum::<i128>();
        bound += least_of_bin(flow, bin);
    }
    let prices = (0..coaches)
        .filter(|b| flow.price[*b] != A::Wide::ZERO)
        .map(|b| (CoachIx::new(bins.coach[b]), flow.price[b].widen() * unit))
        .collect();
    let nests = nests
        .iter()
        .enumerate()
        .filter_map(|(at, key)| match key {
            NestKey::Once(_) => None,
            NestKey::Family(family, group) => Some(NestPrice {
                coach: CoachIx::new(bins.coach[coaches + at]),
                family: *family,
                group: GroupIx::new(*group),
                price: flow.price[coaches + at].widen() * unit,
            }),
        })
        .collect();
    Solved { coach, cost: cost * unit, bound: bound * unit, prices, nests, worth, stop }
}

/// The answers of all regions in one, with the reason of the first that was stopped.
fn merge(regions: Vec<Solved>) -> Solved {
    let mut all = Solved {
        coach: Vec::new(),
        cost: 0,
        bound: 0,
        prices: Vec::new(),
        nests: Vec::new(),
        worth: Vec::new(),
        stop: Stop::Finished,
    };
    for Solved { coach, cost, bound, prices, nests, worth, stop } in regions {
        all.coach.extend(coach);
        all.cost += cost;
        all.bound += bound;
        all.prices.extend(prices);
        all.nests.extend(nests);
        all.worth.extend(worth);
        if all.stop == Stop::Finished {
            all.stop = stop;
        }
    }
    all.prices.sort_unstable_by_key(|(coach, _)| *coach);
    all.nests.sort_unstable_by_key(|n| (n.coach, n.family, n.group));
    all
}

/// The least over f of (cost of the first f places) + f × (price outwards − own price).
fn least_of_bin<A: ArcCost>(flow: &Flow<A>, bin: usize) -> i128 {
    let bins = &flow.net.bins;
    let outer = bins.parent[bin].map_or(A::Wide::ZERO, |p| flow.price[p as usize]);
    let slope = outer.widen() - flow.price[bin].widen();
    let (mut sum, mut least) = (0, 0);
    if bins.step_starts[bin] == bins.step_starts[bin + 1] {
        return (slope * i128::from(bins.cap[bin])).min(0);
    }
    for k in 0..bins.cap[bin] {
        sum += bins.step(bin, k).widen() + slope;
        least = least.min(sum);
    }
    least
}
