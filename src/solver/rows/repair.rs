//! A first plan that keeps every hard row: pins, then a plan that ignores the rows, then whatever else fits.
//!
//! Method: greedy, in a few passes, because a pair that does not fit a share may fit after others. A pair stays once made.
//! O(passes × pairs × rows of a pair).

use super::goal::{is_pinned, pinned};
use super::rings::Chain;
use super::sides::{Kind, Side, sides};
use crate::model::index::{CoachIx, CoacheeIx, Ix, IxVec, PairIx};
use crate::model::instance::{Excess, Instance};
use crate::model::row::{Amount, Outside};
use std::collections::BTreeMap;

/// How often everybody is tried.
const PASSES: usize = 3;

/// What adding a pair does to a row.
#[derive(Clone, Copy)]
struct Part {
    row: u32,
    /// The weight, or the position of the pair's set.
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Weight(i64),
    Set(u32),
}

struct Plan<'i> {
    instance: &'i Instance,
    made: Vec<bool>,
    load: IxVec<CoachIx, u32>,
    free: IxVec<CoacheeIx, u8>,
    nests: BTreeMap<(usize, CoachIx, u32), u32>,
    amount: Vec<i128>,
    sets: BTreeMap<(u32, u32), u32>,
    /// The hard limits of every row.
    hard: Vec<Vec<Side>>,
    parts: Vec<Vec<Part>>,
    rings: Option<Chain<'i>>,
}

/// A plan that keeps every hard row, made of as much of `wish` as fits.
pub fn repair(instance: &Instance, wish: &[PairIx]) -> Vec<PairIx> {
    let parts = instance.parts();
    let mut plan = Plan::new(instance);
    let mut order: Vec<PairIx> = parts.pins.clone();
    let best_first = |pairs: &mut Vec<PairIx>| {
        pairs
            .sort_by_key(|p| (parts.demand[instance.coachee_of(*p)].class, -parts.score[p.to_usize()].0, *p));
    };
    let mut wished: Vec<PairIx> = wish.iter().copied().filter(|p| !is_pinned(parts, *p)).collect();
    best_first(&mut wished);
    let mut rest: Vec<PairIx> = (0..instance.pairs()).map(PairIx::from_usize).collect();
    best_first(&mut rest);
    order.extend(wished);
    order.extend(rest);
    for _ in 0..PASSES {
        let mut more = false;
        for pair in &order {
            more |= plan.try_add(*pair);
        }
        if !more {
            break;
        }
    }
    (0..instance.pairs()).filter(|at| plan.made[*at]).map(PairIx::from_usize).collect()
}

impl<'i> Plan<'i> {
    fn new(instance: &'i Instance) -> Self {
        let parts = instance.parts();
        let mut plan = Self {
            instance,
            made: vec![false; instance.pairs()],
            load: parts.seats.iter().map(|_| 0).collect(),
            free: parts.demand.iter().map(|_| 0).collect(),
            nests: BTreeMap::new(),
            amount: vec![0; parts.rows.len()],
            sets: BTreeMap::new(),
            hard: parts
                .rows
                .iter()
                .map(|r| sides(r).filter(|s| s.kind == Kind::Forbidden).collect())
                .collect(),
            parts: vec![Vec::new(); instance.pairs()],
            rings: parts
                .rings
                .as_ref()
                .filter(|r| r.outside == Outside::Forbidden)
                .map(|r| Chain::new(instance, r)),
        };
        for (at, row) in parts.rows.iter().enumerate() {
            let row_at = u32::try_from(at).expect("rows are counted in u32");
            match &row.amount {
                Amount::Sum(terms) => {
                    for (pair, weight) in terms {
                        plan.parts[pair.to_usize()].push(Part { row: row_at, what: What::Weight(*weight) });
                    }
                }
                Amount::Distinct(sets) => {
                    for (nth, set) in sets.iter().enumerate() {
                        let what = What::Set(u32::try_from(nth).expect("sets are counted in u32"));
                        for pair in set {
                            plan.parts[pair.to_usize()].push(Part { row: row_at, what });
                        }
                    }
                }
            }
        }
        plan
    }

    fn try_add(&mut self, pair: PairIx) -> bool {
        let parts = self.instance.parts();
        if self.made[pair.to_usize()] {
            return false;
        }
        let (coachee, coach) = (self.instance.coachee_of(pair), parts.coach[pair.to_usize()]);
        let pin = is_pinned(parts, pair);
        let places = parts.demand[coachee].wanted - pinned(self.instance, coachee);
        let fits = self.load[coach] < parts.seats[coach].max
            && (pin || self.free[coachee] < places)
            && self.nests_of(pair).iter().all(|(key, cap)| self.nests.get(key).copied().unwrap_or(0) < *cap)
            && self.rows_hold(pair)
            && self.rings.as_ref().is_none_or(|rings| !rings.closes(pair));
        if !fits {
            return false;
        }
        self.made[pair.to_usize()] = true;
        self.load[coach] += 1;
        self.free[coachee] += u8::from(!pin);
        for (key, _) in self.nests_of(pair) {
            *self.nests.entry(key).or_default() += 1;
        }
        for part in &self.parts[pair.to_usize()] {
            self.amount[part.row as usize] += i128::from(Self::change(&self.sets, *part));
            if let What::Set(set) = part.what {
                *self.sets.entry((part.row, set)).or_default() += 1;
            }
        }
        if let Some(rings) = &mut self.rings {
            rings.add(pair);
        }
        true
    }

    /// By how much one more pair changes a row.
    fn change(sets: &BTreeMap<(u32, u32), u32>, part: Part) -> i64 {
        match part.what {
            What::Weight(weight) => weight,
            What::Set(set) => i64::from(!sets.contains_key(&(part.row, set))),
        }
    }

    /// Whether no hard limit is broken by one more pair; a limit that is broken already may only be helped.
    fn rows_hold(&self, pair: PairIx) -> bool {
        self.parts[pair.to_usize()].iter().all(|part| {
            let now = self.amount[part.row as usize];
            let then = now + i128::from(Self::change(&self.sets, *part));
            self.hard[part.row as usize].iter().all(|side| side.outside(then) == 0)
        })
    }

    /// The hard nests that a pair enters, with their caps.
    fn nests_of(&self, pair: PairIx) -> Vec<((usize, CoachIx, u32), u32)> {
        let parts = self.instance.parts();
        let coachee = self.instance.coachee_of(pair);
        let families = parts.nests.iter().enumerate().filter(|(_, f)| f.excess == Excess::Forbidden);
        families
            .filter(|(_, f)| f.exempt.binary_search(&pair).is_err())
            .filter_map(|(at, f)| Some(((at, parts.coach[pair.to_usize()], f.group[coachee]?.get()), f.cap)))
            .collect()
    }
}
