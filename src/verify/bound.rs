//! The Lagrange bound of a stage and the cost of a plan, as `model/certificate.rs` defines them.
//!
//! Method: one pass over the pairs with the price of the place that each enters; per coachee the cheapest few; per nest
//! and coach the minimum of a convex function of its load. O(pairs × families), no memory per pair.
//! A nest that the certificate leaves out only loosens the bound. So does it that a pair which is waived from a nest
//! enters none of the nests inside that one: those count too few, never too many.

use super::money::{Urgency, load_cost, place_cost};
use super::outside::{Made, distance, rings_of_three, toll};
use crate::model::certificate::{Claim, Multipliers, Stage};
use crate::model::index::{CoachIx, CoacheeIx, GroupIx, Ix, PairIx};
use crate::model::instance::{Excess, Parts};
use crate::model::row::Outside;

/// Whether a stage looks at pairs of this own score.
pub(super) fn in_stage(claim: Claim, score: i64) -> bool {
    match claim {
        Claim::Best { floor } => floor.is_none_or(|f| score >= f.0),
        Claim::BestBeforeFloor | Claim::Stable => true,
        Claim::FloorIsHighest { floor } => score > floor.0,
    }
}

/// Walks along a sorted list of pairs while the pairs themselves are walked in order.
pub(super) struct Marks<'p>(&'p [PairIx]);

impl<'p> Marks<'p> {
    pub fn new(sorted: &'p [PairIx]) -> Self {
        Self(sorted)
    }
    pub fn at(&mut self, row: usize) -> bool {
        while self.0.first().is_some_and(|p| p.to_usize() < row) {
            self.0 = &self.0[1..];
        }
        self.0.first().is_some_and(|p| p.to_usize() == row)
    }
}

/// One price of a nest, with how many pairs of the stage can enter.
struct Nest {
    family: usize,
    group: GroupIx,
    price: i128,
    members: u32,
    /// The price of the next place outwards.
    beyond: i128,
}

/// The nests with a price, by coach.
struct Nests {
    rows: Vec<Nest>,
    /// Where each coach's rows begin.
    starts: Vec<usize>,
}

impl Nests {
    fn new(parts: &Parts, stage: &Stage, prices: &[i128]) -> Self {
        let outer = outer_groups(parts);
        let mut sorted: Vec<_> = stage.nests.iter().collect();
        sorted.sort_by_key(|n| (n.coach, n.family, n.group));
        let mut starts = vec![0; parts.seats.len() + 1];
        for nest in &sorted {
            starts[nest.coach.to_usize() + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let new = |n: &&crate::model::certificate::NestPrice| Nest {
            family: n.family,
            group: n.group,
            price: n.price,
            members: 0,
            beyond: prices[n.coach.to_usize()],
        };
        let mut nests = Self { rows: sorted.iter().map(new).collect(), starts };
        for (at, nest) in sorted.iter().enumerate() {
            let mut further = nest.family + 1..parts.nests.len();
            let around = further.find_map(|family| {
                let group = outer[nest.family].get(nest.group.to_usize())?.get(family).copied().flatten()?;
                nests.find(nest.coach, family, group)
            });
            if let Some(around) = around {
                nests.rows[at].beyond = nests.rows[around].price;
            }
        }
        nests
    }

    fn find(&self, coach: CoachIx, family: usize, group: GroupIx) -> Option<usize> {
        let (from, to) = (self.starts[coach.to_usize()], self.starts[coach.to_usize() + 1]);
        let at = self.rows[from..to].binary_search_by_key(&(family, group), |n| (n.family, n.group));
        at.ok().map(|at| from + at)
    }

    /// Enters a pair into its nests; the price of the innermost, if there is one.
    fn enter(&mut self, parts: &Parts, row: usize, coachee: CoacheeIx, coach: CoachIx) -> Option<i128> {
        if self.starts[coach.to_usize()] == self.starts[coach.to_usize() + 1] {
            return None;
        }
        let (pair, mut price) = (PairIx::from_usize(row), None);
        for (family, nest) in parts.nests.iter().enumerate().rev() {
            let Some(group) = nest.group[coachee] else { continue };
            let Some(at) = self.find(coach, family, group) else { continue };
            if nest.exempt.binary_search(&pair).is_ok() {
                break;
            }
            self.rows[at].members += 1;
            price = Some(self.rows[at].price);
        }
        price
    }
}

/// By family and group: the group of each family that its members are in.
fn outer_groups(parts: &Parts) -> Vec<Vec<Vec<Option<GroupIx>>>> {
    let of = |inner: usize| {
        let mut groups: Vec<Vec<Option<GroupIx>>> = Vec::new();
        for (coachee, group) in parts.nests[inner].group.enumerate() {
            let Some(group) = group else { continue };
            if groups.len() <= group.to_usize() {
                groups.resize(group.to_usize() + 1, Vec::new());
            }
            groups[group.to_usize()] = parts.nests.iter().map(|f| f.group[coachee]).collect();
        }
        groups
    };
    (0..parts.nests.len()).map(of).collect()
}

fn times(a: i128, b: impl Into<i128>) -> Option<i128> {
    a.checked_mul(b.into())
}

/// The bound that the prices of a stage give; `None` if a number grows out of `i128`.
pub(super) fn bound(parts: &Parts, stage: &Stage) -> Option<i128> {
    let m = &stage.multipliers;
    let mut prices = vec![0; parts.seats.len()];
    for (coach, price) in &stage.prices {
        prices[coach.to_usize()] = *price;
    }
    let mut nests = Nests::new(parts, stage, &prices);
    let urgency = Urgency::new(parts);
    let (mut pins, mut kept) = (Marks::new(&parts.pins), Marks::new(&parts.kept));
    let mut pinned = Marks::new(&parts.pins);
    let mut total = 0_i128;
    let mut cheapest: Vec<i128> = Vec::new();
    let mut possible = vec![0_u32; parts.seats.len()];
    for (coachee, demand) in parts.demand.enumerate() {
        let rows = parts.starts[coachee.to_usize()]..parts.starts[coachee.to_usize() + 1];
        let fixed = rows.clone().filter(|_| !parts.pins.is_empty()).filter(|row| pinned.at(*row)).count();
        let free = usize::from(demand.wanted).saturating_sub(fixed);
        let mut missing_pins = fixed;
        cheapest.clear();
        for row in rows {
            let (is_pin, is_kept) = (pins.at(row), kept.at(row));
            let (coach, score) = (parts.coach[row], parts.score[row].0);
            if !in_stage(stage.claim, score) || free == 0 && !is_pin {
                continue;
            }
            possible[coach.to_usize()] += 1;
            let price = nests.enter(parts, row, coachee, coach).unwrap_or(prices[coach.to_usize()]);
            let cost = pair_cost(m, score, is_kept)?.checked_add(price)?;
            if is_pin {
                missing_pins -= 1;
                total = total.checked_add(cost.min(m.pins))?;
            } else if cheapest.len() < free || cheapest.last().is_some_and(|last| cost < *last) {
                cheapest.truncate(free - 1);
                let at = cheapest.partition_point(|c| *c <= cost);
                cheapest.insert(at, cost);
            }
        }
        total = total.checked_add(times(m.pins, i128::try_from(missing_pins).ok()?)?)?;
        let open = |k: usize| times(m.coverage, urgency.of(*demand, k));
        let mut now = 0_i128;
        for k in fixed + 1..=fixed + free {
            now = now.checked_add(open(k)?)?;
        }
        let mut least = now;
        for (i, cost) in cheapest.iter().enumerate() {
            now = now.checked_add(*cost)?.checked_sub(open(fixed + 1 + i)?)?;
            least = least.min(now);
        }
        total = total.checked_add(least)?;
    }
    for nest in &nests.rows {
        total = total.checked_add(nest_term(parts, m, nest)?)?;
    }
    for (coach, seats) in parts.seats.enumerate() {
        let price = prices[coach.to_usize()];
        total = total.checked_add(coach_term(parts, m, *seats, possible[coach.to_usize()], price)?)?;
    }
    Some(total)
}

pub(super) fn pair_cost(m: &Multipliers, score: i64, kept: bool) -> Option<i128> {
    let cost = match i64::try_from(m.score) {
        // The usual case, and one instruction: two words of 63 bits never overflow 127.
        Ok(small) => -(i128::from(small) * i128::from(score)),
        Err(_) => times(m.score, score)?.checked_neg()?,
    };
    if kept { cost.checked_sub(m.stability) } else { Some(cost) }
}

/// The least over the members who enter; convex, so only where the slope changes.
fn nest_term(parts: &Parts, m: &Multipliers, nest: &Nest) -> Option<i128> {
    let family = &parts.nests[nest.family];
    let slope = nest.beyond.checked_sub(nest.price)?;
    let within = nest.members.min(family.cap);
    let mut least = times(slope, within)?.min(0);
    if let Excess::Costs(points) = family.excess {
        let over = times(times(m.score, points.0)?, nest.members - within)?;
        least = least.min(times(slope, nest.members)?.checked_add(over)?);
    }
    Some(least)
}

/// The least over the load of the cost of its places less its price for each. The k-th place never costs less than
/// the one before, so the least is where places begin to cost more than the price; no load exceeds the pairs there are.
fn coach_term(
    parts: &Parts,
    m: &Multipliers,
    seats: crate::model::instance::Seats,
    possible: u32,
    price: i128,
) -> Option<i128> {
    let place = |k: u32| {
        let least = if k <= seats.min { m.minimums } else { 0 };
        times(m.balance, place_cost(parts.balance, seats.max, k))?.checked_sub(least)
    };
    let (mut low, mut high) = (0, seats.max.min(possible));
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if place(middle)? < price { low = middle } else { high = middle - 1 }
    }
    let places = places_cost(parts, m, seats, low)?;
    places.checked_sub(times(price, low)?)
}

/// The cost of a coach's first `load` places.
fn places_cost(
    parts: &Parts,
    m: &Multipliers,
    seats: crate::model::instance::Seats,
    load: u32,
) -> Option<i128> {
    let balance = times(m.balance, load_cost(parts.balance, seats.max, load)?)?;
    balance.checked_sub(times(m.minimums, load.min(seats.min))?)
}

/// The cost of a plan in a stage; `None` if a number grows out of `i128`. `plan` is ascending.
pub(super) fn cost(parts: &Parts, stage: &Stage, plan: &[PairIx]) -> Option<i128> {
    let (m, urgency) = (&stage.multipliers, Urgency::of_stage(parts, stage)?);
    let mut load = vec![0_u32; parts.seats.len()];
    let (mut total, mut at) = (0_i128, 0);
    let (mut pins, mut kept) = (Marks::new(&parts.pins), Marks::new(&parts.kept));
    let mut pinned = Marks::new(&parts.pins);
    for (coachee, demand) in parts.demand.enumerate() {
        let rows = parts.starts[coachee.to_usize()]..parts.starts[coachee.to_usize() + 1];
        let fixed = rows.clone().filter(|_| !parts.pins.is_empty()).filter(|row| pinned.at(*row)).count();
        let (mut kept_pins, mut free) = (0, 0);
        while let Some(pair) = plan.get(at).filter(|p| p.to_usize() < rows.end) {
            let row = pair.to_usize();
            total = total.checked_add(pair_cost(m, parts.score[row].0, kept.at(row))?)?;
            load[parts.coach[row].to_usize()] += 1;
            if pins.at(row) {
                kept_pins += 1;
            } else {
                free += 1;
            }
            at += 1;
        }
        total = total.checked_add(times(m.pins, i128::try_from(fixed - kept_pins).ok()?)?)?;
        for k in fixed + free + 1..=usize::from(demand.wanted) {
            total = total.checked_add(times(m.coverage, urgency.of(*demand, k))?)?;
        }
    }
    for (coach, seats) in parts.seats.enumerate() {
        total = total.checked_add(places_cost(parts, m, *seats, load[coach.to_usize()])?)?;
    }
    total.checked_add(excess_cost(parts, m, plan)?)?.checked_add(rows_cost(parts, m, plan)?)
}

/// What rows and rings cost. What is outside a hard row that holds when nobody is matched has no price: no plan may be.
fn rows_cost(parts: &Parts, m: &Multipliers, plan: &[PairIx]) -> Option<i128> {
    let (made, mut total) = (Made::new(plan.iter().copied()), 0_i128);
    for row in &parts.rows {
        let over = distance(row, made.amount(&row.amount));
        let cost = match row.outside {
            Outside::Forbidden => times(m.quotas, over)?,
            Outside::Costs { .. } => times(m.score, toll(row.outside, over)?)?,
        };
        total = total.checked_add(cost)?;
    }
    let Some(Outside::Costs { points, .. }) = parts.rings.as_ref().map(|rings| rings.outside) else {
        return Some(total);
    };
    let rings = parts.rings.as_ref().map_or(0, |rings| rings_of_three(parts, rings, &made).len());
    total.checked_add(times(times(m.score, points.0)?, i128::try_from(rings).ok()?)?)
}

/// The points that soft rows and rings take off a plan.
pub(super) fn charged(parts: &Parts, plan: &[PairIx]) -> Option<i128> {
    rows_cost(parts, &Multipliers { score: 1, ..Multipliers::default() }, plan)
}

/// What is missing to hard rows that do not hold when nobody is matched.
pub(super) fn missing(parts: &Parts, plan: &[PairIx]) -> i128 {
    let made = Made::new(plan.iter().copied());
    let hard = parts.rows.iter().filter(|row| row.outside == Outside::Forbidden && distance(row, 0) > 0);
    hard.map(|row| distance(row, made.amount(&row.amount))).sum()
}

fn excess_cost(parts: &Parts, m: &Multipliers, plan: &[PairIx]) -> Option<i128> {
    let mut total = 0_i128;
    for family in &parts.nests {
        let Excess::Costs(points) = family.excess else { continue };
        let mut members = std::collections::BTreeMap::new();
        for pair in plan.iter().filter(|p| family.exempt.binary_search(p).is_err()) {
            let coachee = parts.starts.partition_point(|s| *s <= pair.to_usize()) - 1;
            if let Some(group) = family.group[CoacheeIx::from_usize(coachee)] {
                *members.entry((parts.coach[pair.to_usize()], group)).or_insert(0_u32) += 1;
            }
        }
        for count in members.into_values() {
            let over = times(times(m.score, points.0)?, count.saturating_sub(family.cap))?;
            total = total.checked_add(over)?;
        }
    }
    Some(total)
}
