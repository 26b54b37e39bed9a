//! Stable matching by deferred acceptance, the best stable plan for every coachee.
//!
//! Method: Gale & Shapley, "College admissions and the stability of marriage", 1962. Coachees offer themselves down
//! their lists; a coach holds the best offers that fit and gives the others up, for good. The result does not depend
//! on the order of the offers.
//!
//! **Orders.** A coachee's: pinned pairs, then the coaches named, by rank, then everybody else who is eligible; a
//! coach's the same, and among those alike the lower priority class comes first. What is still alike is decided by the
//! pair's own score, the higher first, then by index, so the orders are strict. A plan that no pair blocks under the
//! strict orders is blocked by none under the stated ones, where a pair needs somebody whom both strictly prefer.
//!
//! **Why it is the best.** With strict orders no coachee is ever refused by a coach whom she has in some stable plan:
//! take the first refusal that says otherwise; everyone the coach holds then had not been refused by a coach of theirs
//! in a stable plan, so they would rather have this coach than what that plan gives them, and block it together. With
//! hard caps inside one another a coach's choice is greedy in a matroid, which keeps both statements (Fleiner, "A
//! fixed-point approach to stable matchings and some applications", 2003); so it does where coachees want several
//! coaches (Roth, "Stability and polarization of interests in job matching", 1984). Soft rules do not decide.
//!
//! **Complexity.** Sorting the pairs from both sides, then O(log load) for each offer and level of caps; every pair is
//! offered at most once. Larger places are worse.

use super::stage::stopped;
use super::{Options, tiers};
use crate::model::certificate::{Certificate, Stage, Surety};
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use crate::model::instance::{Excess, Instance, NestFamily};
use crate::model::outcome::{Assignment, Clash, Outcome, Stop};
use crate::model::wishes::Wishes;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// How many offers are made between two looks at the clock.
const POLL: usize = 4_096;

/// The stable plan that is best for every coachee. Pins that do not all fit contradict each other.
pub fn solve(instance: &Instance, wishes: &Wishes, options: &Options<'_>) -> Outcome {
    let coachees = instance.coachees() as u64;
    let progress = |done| options.progress.iter().for_each(|tell| tell(done, coachees));
    progress(0);
    let mut market = Market::new(instance, wishes);
    let stop = market.offer_all(options);
    progress(coachees);
    let assignment = market.assignment();
    let finished = stop == Stop::Finished;
    let tiers = tiers::values(instance, &assignment, finished);
    if !finished {
        return Outcome::Feasible { assignment, tiers, stop };
    }
    let certificate = Certificate { stages: vec![Stage::stable()], surety: Surety::Certified };
    let clashes = pins_given_up(instance, &assignment);
    if clashes.is_empty() {
        Outcome::Optimal { assignment, tiers, certificate }
    } else {
        Outcome::Infeasible { assignment, tiers, certificate, clashes }
    }
}

/// A coach's places, or those of one group of a hard cap: who holds them, by place in the coach's order.
struct Bin {
    room: usize,
    held: BTreeSet<u32>,
}

struct Market<'i> {
    instance: &'i Instance,
    wishes: &'i Wishes,
    caps: Vec<(usize, &'i NestFamily)>,
    /// Every pair's place in its coach's order, and the pairs in those places.
    place: Vec<u32>,
    pair_at: Vec<PairIx>,
    /// One for each coach, then one for each (cap, coach, group) that was offered to.
    bins: Vec<Bin>,
    nests: BTreeMap<(usize, u32, u32), usize>,
}

impl<'i> Market<'i> {
    fn new(instance: &'i Instance, wishes: &'i Wishes) -> Self {
        let parts = instance.parts();
        let hard = |(_, family): &(usize, &NestFamily)| family.excess == Excess::Forbidden;
        let room = |seats: &crate::model::instance::Seats| seats.max as usize;
        let bins = parts.seats.iter().map(|s| Bin { room: room(s), held: BTreeSet::new() }).collect();
        let mut market = Self {
            instance,
            wishes,
            caps: parts.nests.iter().enumerate().filter(hard).collect(),
            place: vec![0; instance.pairs()],
            pair_at: Vec::with_capacity(instance.pairs()),
            bins,
            nests: BTreeMap::new(),
        };
        market.order_of_coaches();
        market
    }

    fn pinned(&self, pair: PairIx) -> bool {
        self.instance.parts().pins.binary_search(&pair).is_ok()
    }

    /// By coach, then in the coach's order. Pairs ascend by coachee, and the sort keeps that order among equals.
    fn order_of_coaches(&mut self) {
        let parts = self.instance.parts();
        let mut keys = Vec::with_capacity(parts.coach.len());
        for (coachee, demand) in parts.demand.enumerate() {
            for row in self.instance.rows(coachee) {
                let pair = PairIx::from_usize(row);
                let rank = self.wishes.of(pair).1.unwrap_or(u32::MAX);
                let alike = (demand.class, Reverse(parts.score[row]));
                keys.push((parts.coach[row], !self.pinned(pair), rank, alike, pair));
            }
        }
        keys.sort_unstable();
        for (place, key) in keys.iter().enumerate() {
            self.place[key.4.to_usize()] = u32::try_from(place).expect("pairs are counted in u32");
            self.pair_at.push(key.4);
        }
    }

    /// A coachee's pairs, the best first.
    fn order_of(&self, coachee: CoacheeIx) -> Vec<PairIx> {
        let score = &self.instance.parts().score;
        let mut pairs: Vec<PairIx> = self.instance.rows(coachee).map(PairIx::from_usize).collect();
        pairs.sort_by_cached_key(|pair| {
            let rank = self.wishes.of(*pair).0.unwrap_or(u32::MAX);
            (!self.pinned(*pair), rank, Reverse(score[pair.to_usize()]))
        });
        pairs
    }

    /// Every coachee offers until enough coaches hold her or nobody is left to offer to.
    fn offer_all(&mut self, options: &Options<'_>) -> Stop {
        let parts = self.instance.parts();
        // The pairs not yet offered, the best last.
        let list = |e| self.order_of(e).into_iter().rev().collect();
        let mut left: Vec<Vec<PairIx>> = parts.demand.indexes().map(list).collect();
        // A pinned place takes its pinned pair only, so a refused pin leaves it open.
        let mut open: Vec<u8> = parts.demand.iter().map(|d| d.wanted).collect();
        let mut waiting: Vec<CoacheeIx> = parts.demand.indexes().rev().collect();
        let mut offers = 0_usize;
        while let Some(coachee) = waiting.pop() {
            while open[coachee.to_usize()] > 0 {
                let Some(pair) = left[coachee.to_usize()].pop() else { break };
                if offers.is_multiple_of(POLL)
                    && let Some(stop) = stopped(options)
                {
                    return stop;
                }
                offers += 1;
                open[coachee.to_usize()] -= 1;
                let Some(refused) = self.offer(pair) else { continue };
                let whose = self.instance.coachee_of(refused);
                if !self.pinned(refused) {
                    open[whose.to_usize()] += 1;
                    if whose != coachee {
                        waiting.push(whose);
                    }
                }
            }
        }
        Stop::Finished
    }

    /// The coach takes the pair in; answers whoever is refused for want of room, be it the pair itself.
    fn offer(&mut self, pair: PairIx) -> Option<PairIx> {
        let place = self.place[pair.to_usize()];
        let bins = self.bins_of(pair);
        // Groups lie inside one another, so whoever leaves the innermost full one leaves room in all.
        let full = bins.iter().find(|bin| self.bins[**bin].held.len() >= self.bins[**bin].room);
        let mut refused = None;
        if let Some(full) = full {
            let Some(worst) = self.bins[*full].held.last().copied().filter(|worst| *worst > place) else {
                return Some(pair);
            };
            let leaves = self.pair_at[worst as usize];
            for bin in self.bins_of(leaves) {
                self.bins[bin].held.remove(&worst);
            }
            refused = Some(leaves);
        }
        for bin in bins {
            self.bins[bin].held.insert(place);
        }
        refused
    }

    /// The bins a pair counts in, the innermost first.
    fn bins_of(&mut self, pair: PairIx) -> Vec<usize> {
        let coach = self.instance.parts().coach[pair.to_usize()];
        let coachee = self.instance.coachee_of(pair);
        let mut found = Vec::with_capacity(self.caps.len() + 1);
        for (at, family) in &self.caps {
            let Some(group) = family.group[coachee] else { continue };
            if family.exempt.binary_search(&pair).is_err() {
                let bins = &mut self.bins;
                let bin = *self.nests.entry((*at, coach.get(), group.get())).or_insert_with(|| {
                    bins.push(Bin { room: family.cap as usize, held: BTreeSet::new() });
                    bins.len() - 1
                });
                found.push(bin);
            }
        }
        found.push(coach.to_usize());
        found
    }

    fn assignment(&self) -> Assignment {
        let parts = self.instance.parts();
        let held = self.bins[..self.instance.coaches()].iter().flat_map(|bin| &bin.held);
        let pair = |place: &u32| self.pair_at[*place as usize];
        let mut pairs: Vec<(CoacheeIx, CoachIx)> =
            held.map(pair).map(|p| (self.instance.coachee_of(p), parts.coach[p.to_usize()])).collect();
        pairs.sort_unstable();
        Assignment { pairs }
    }
}

/// For each coach who gave a pin up: everybody pinned there, and how many of them there is room for.
fn pins_given_up(instance: &Instance, assignment: &Assignment) -> Vec<Clash> {
    let parts = instance.parts();
    let mut pinned: BTreeMap<CoachIx, (Vec<CoacheeIx>, u64)> = BTreeMap::new();
    for pin in &parts.pins {
        let pair = (instance.coachee_of(*pin), parts.coach[pin.to_usize()]);
        let (coachees, kept) = pinned.entry(pair.1).or_default();
        coachees.push(pair.0);
        *kept += u64::from(assignment.pairs.binary_search(&pair).is_ok());
    }
    let short = pinned.into_iter().filter(|(_, (coachees, kept))| coachees.len() as u64 > *kept);
    short.map(|(coach, (coachees, places))| Clash::Pins { coachees, coaches: vec![coach], places }).collect()
}
