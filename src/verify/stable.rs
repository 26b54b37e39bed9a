//! Stability from its definition, and that no stable plan is better for any coachee.
//!
//! Two readings, neither of which is the solver's: every pair that is not made is asked whether both would rather have
//! it, and the lists are gone through again in rounds (everybody asks their best coaches who have not refused them, every coach
//! chooses afresh among all who ask) until nobody is refused. The rounds end in the one plan that is best for every coachee.
//! O(pairs × load) for the first, O(offers × load) for the second.

use super::Report;
use crate::model::certificate::{Certificate, Stage};
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use crate::model::instance::{Excess, Parts};
use crate::model::wishes::Wishes;
use std::collections::{BTreeMap, BTreeSet};

/// A place in somebody's order, better first: not pinned, rank, class, own score turned round, index.
type Place = (bool, u32, u8, i64, usize);

pub(super) struct Lists<'p> {
    pub parts: &'p Parts,
    pub wishes: &'p Wishes,
    /// Whose every pair is.
    pub coachee: Vec<CoacheeIx>,
    /// How many pins everybody has.
    pins: Vec<usize>,
}

pub(super) fn check(
    parts: &Parts,
    wishes: &Wishes,
    plan: &[PairIx],
    certificate: &Certificate,
    report: &mut Report,
) {
    if certificate.stages != [Stage::stable()] {
        report.add("stages", &[], "a stable plan is proved by one stage that says so, without prices");
    }
    let lists = Lists::new(parts, wishes);
    let unmade = (0..parts.coach.len()).map(PairIx::from_usize).filter(|p| plan.binary_search(p).is_err());
    let place = |hers: bool, pair| if hers { lists.for_coachee(pair) } else { lists.for_coach(pair) };
    let worse = |hers: bool, one, other| place(hers, one) > place(hers, other);
    let blocking = lists.who_blocks(plan, unmade, &worse).len();
    if blocking > 0 {
        report.add("not-stable", &[], format!("{blocking} pairs would rather be together than as they are"));
    }
    if lists.best_for_coachees() != plan {
        report.add("not-stable", &[], "the lists, gone through again, give another plan");
    }
}

impl<'p> Lists<'p> {
    pub fn new(parts: &'p Parts, wishes: &'p Wishes) -> Self {
        let mut coachee = Vec::with_capacity(parts.coach.len());
        for (at, ends) in parts.starts.windows(2).enumerate() {
            coachee.resize(ends[1], CoacheeIx::from_usize(at));
        }
        let mut pins = vec![0; parts.demand.len()];
        for pin in &parts.pins {
            pins[coachee[pin.to_usize()].to_usize()] += 1;
        }
        Self { parts, wishes, coachee, pins }
    }

    pub fn pinned(&self, pair: PairIx) -> bool {
        self.parts.pins.binary_search(&pair).is_ok()
    }

    fn for_coachee(&self, pair: PairIx) -> Place {
        let rank = self.wishes.of(pair).0.unwrap_or(u32::MAX);
        let at = pair.to_usize();
        (!self.pinned(pair), rank, 0, -self.parts.score[at].0, self.parts.coach[at].to_usize())
    }

    fn for_coach(&self, pair: PairIx) -> Place {
        let rank = self.wishes.of(pair).1.unwrap_or(u32::MAX);
        let (at, who) = (pair.to_usize(), self.coachee[pair.to_usize()]);
        (!self.pinned(pair), rank, self.parts.demand[who].class, -self.parts.score[at].0, who.to_usize())
    }

    /// Whether these pairs of one coach keep the seats and the hard caps.
    fn fits(&self, coach: CoachIx, pairs: &[PairIx]) -> bool {
        let within = |family: &crate::model::instance::NestFamily| {
            let mut counts: BTreeMap<_, u32> = BTreeMap::new();
            for pair in pairs.iter().filter(|p| family.exempt.binary_search(p).is_err()) {
                if let Some(group) = family.group[self.coachee[pair.to_usize()]] {
                    *counts.entry(group).or_default() += 1;
                }
            }
            counts.into_values().all(|count| count <= family.cap)
        };
        pairs.len() <= self.parts.seats[coach].max as usize
            && self.parts.nests.iter().filter(|f| f.excess == Excess::Forbidden).all(within)
    }

    /// Of some pairs, those that both sides would rather have than what the plan gives them. `worse` says whether the
    /// coachee (or, with `false`, the coach) likes the first of two pairs less.
    pub fn who_blocks(
        &self,
        plan: &[PairIx],
        pairs: impl Iterator<Item = PairIx>,
        worse: &dyn Fn(bool, PairIx, PairIx) -> bool,
    ) -> Vec<PairIx> {
        let mut of_coach: BTreeMap<CoachIx, Vec<PairIx>> = BTreeMap::new();
        let mut of_coachee: BTreeMap<CoacheeIx, Vec<PairIx>> = BTreeMap::new();
        for pair in plan {
            of_coach.entry(self.parts.coach[pair.to_usize()]).or_default().push(*pair);
            of_coachee.entry(self.coachee[pair.to_usize()]).or_default().push(*pair);
        }
        let none = Vec::new();
        let wants = |pair: PairIx| {
            let who = self.coachee[pair.to_usize()];
            // A pinned place is for the pinned pair only, made or not.
            if self.pinned(pair) {
                return true;
            }
            let free = usize::from(self.parts.demand[who].wanted).saturating_sub(self.pins[who.to_usize()]);
            let others: Vec<_> =
                of_coachee.get(&who).unwrap_or(&none).iter().filter(|p| !self.pinned(**p)).collect();
            free > others.len() || free > 0 && others.iter().any(|p| worse(true, **p, pair))
        };
        let takes = |pair: PairIx| {
            let coach = self.parts.coach[pair.to_usize()];
            let mut with = of_coach.get(&coach).unwrap_or(&none).clone();
            with.push(pair);
            self.fits(coach, &with)
                || (0..with.len() - 1).filter(|at| worse(false, with[*at], pair)).any(|at| {
                    let mut without = with.clone();
                    without.remove(at);
                    self.fits(coach, &without)
                })
        };
        pairs.filter(|pair| wants(*pair) && takes(*pair)).collect()
    }

    /// The plan in which the rounds end, ascending.
    fn best_for_coachees(&self) -> Vec<PairIx> {
        let coachees = self.parts.demand.indexes();
        // Refusals and offers go from the front of a list to its end.
        let mut lists: Vec<Vec<PairIx>> = coachees
            .map(|e| {
                let rows = self.parts.starts[e.to_usize()]..self.parts.starts[e.to_usize() + 1];
                let mut list: Vec<PairIx> = rows.map(PairIx::from_usize).collect();
                list.sort_by_cached_key(|p| std::cmp::Reverse(self.for_coachee(*p)));
                list
            })
            .collect();
        let mut missing: Vec<usize> = self.parts.demand.iter().map(|d| usize::from(d.wanted)).collect();
        let mut asking: BTreeMap<CoachIx, Vec<PairIx>> = BTreeMap::new();
        loop {
            let mut asked: BTreeSet<CoachIx> = BTreeSet::new();
            for (list, missing) in lists.iter_mut().zip(&mut missing) {
                while *missing > 0
                    && let Some(pair) = list.pop()
                {
                    let coach = self.parts.coach[pair.to_usize()];
                    asking.entry(coach).or_default().push(pair);
                    asked.insert(coach);
                    *missing -= 1;
                }
            }
            if asked.is_empty() {
                break;
            }
            for coach in asked {
                let mut all = asking.remove(&coach).unwrap_or_default();
                all.sort_by_cached_key(|p| self.for_coach(*p));
                let mut kept: Vec<PairIx> = Vec::new();
                for pair in all {
                    kept.push(pair);
                    if !self.fits(coach, &kept) {
                        kept.pop();
                        missing[self.coachee[pair.to_usize()].to_usize()] += usize::from(!self.pinned(pair));
                    }
                }
                asking.insert(coach, kept);
            }
        }
        let mut plan: Vec<PairIx> = asking.into_values().flatten().collect();
        plan.sort_unstable();
        plan
    }
}
