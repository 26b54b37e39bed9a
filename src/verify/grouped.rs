//! The bound by groups of a stage, case by case, as `model/certificate.rs` defines it.
//!
//! Method: every price list is put over the pairs once; each case then asks every coach for its cheapest group, and every coachee
//! and row for their share. O(cases × (pairs + the groups' searches)). Signs: costs are minimised, a price α is paid per place taken.

use super::best_group::{Frame, Item, Trouble, adds, least, pairs_of};
use super::bound::{Marks, in_stage, pair_cost};
use super::money::{Urgency, place_cost};
use super::outside::{distance, toll};
use super::rows::{coachee_of, extremes};
use crate::model::certificate::{Case, GroupPrices, Groups, Multipliers, RowPrice, Stage};
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use crate::model::instance::{Excess, Parts};
use crate::model::row::{Amount, Outside, Row};
use std::collections::BTreeSet;

/// Steps of a row's cost that are looked at one by one; far more than any amount of minutes or pairs has.
const MOST_STEPS: i128 = 1_000_000;

/// What is the same in all cases of a stage.
struct Field<'p> {
    parts: &'p Parts,
    m: &'p Multipliers,
    urgency: Urgency,
    /// Pairs of the stage that some place can take, by coach, with their cost.
    pairs: Vec<Vec<(PairIx, CoacheeIx, i128)>>,
    /// Pins of each coachee.
    pinned: Vec<usize>,
    /// The rows that are each coach's own; the others are shared.
    own: Vec<Vec<&'p Row>>,
    shared: Vec<bool>,
}

/// One case: pairs that are made, and pairs that are not.
#[derive(Clone, Default)]
struct Fixed {
    made: BTreeSet<PairIx>,
    not: BTreeSet<PairIx>,
}

/// The bound of a stage by its groups; why there is none, as a sentence.
pub(super) fn bound(parts: &Parts, stage: &Stage, groups: &Groups) -> Result<i128, &'static str> {
    let field = Field::new(parts, stage).ok_or("the numbers of a stage are too large to add up")?;
    if !groups.prices.iter().all(|prices| field.sound(prices)) {
        return Err("prices are ascending, each once, of coachees and shared rows that they can be of");
    }
    let (mut lowest, mut open): (Option<i128>, Vec<Fixed>) = (None, vec![Fixed::default()]);
    for case in &groups.cases {
        let Some(fixed) = open.pop() else { return Err("there are more cases than splits") };
        match case {
            Case::Split(pair) if pair.to_usize() < parts.coach.len() => {
                let (mut made, mut not) = (fixed.clone(), fixed);
                made.made.insert(*pair);
                not.not.insert(*pair);
                open.extend([not, made]);
            }
            Case::Split(_) => return Err("a case is about a pair that cannot be made"),
            Case::Bound(prices) => {
                let Some(prices) = groups.prices.get(*prices) else { return Err("a case has no prices") };
                let bound = field.case(prices, fixed).map_err(|trouble| match trouble {
                    Trouble::TooLarge => "the numbers of a stage are too large to add up",
                    Trouble::TooHard => "the cheapest group of a coach takes too long to find",
                })?;
                lowest = bound.into_iter().chain(lowest).min();
            }
        }
    }
    if !open.is_empty() {
        return Err("there are fewer cases than splits");
    }
    let lowest = lowest.ok_or("no case is possible")?;
    let unit = field.unit().ok_or("the numbers of a stage are too large to add up")?;
    if unit == 0 { Ok(lowest) } else { Ok(lowest + (-lowest).rem_euclid(unit)) }
}

fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl<'p> Field<'p> {
    fn new(parts: &'p Parts, stage: &'p Stage) -> Option<Self> {
        let (mut pins, mut kept) = (Marks::new(&parts.pins), Marks::new(&parts.kept));
        let mut pinned = vec![0; parts.demand.len()];
        for pin in &parts.pins {
            pinned[coachee_of(parts, *pin).to_usize()] += 1;
        }
        let mut pairs = vec![Vec::new(); parts.seats.len()];
        for (coachee, demand) in parts.demand.enumerate() {
            let free = usize::from(demand.wanted).saturating_sub(pinned[coachee.to_usize()]);
            for row in parts.starts[coachee.to_usize()]..parts.starts[coachee.to_usize() + 1] {
                let (is_pin, is_kept) = (pins.at(row), kept.at(row));
                let score = parts.score[row].0;
                if in_stage(stage.claim, score) && (free > 0 || is_pin) {
                    let cost = pair_cost(&stage.multipliers, score, is_kept)?;
                    pairs[parts.coach[row].to_usize()].push((PairIx::from_usize(row), coachee, cost));
                }
            }
        }
        let (mut own, mut shared) = (vec![Vec::new(); parts.seats.len()], Vec::new());
        for row in &parts.rows {
            let coaches: BTreeSet<CoachIx> =
                pairs_of(row).iter().map(|pair| parts.coach[pair.to_usize()]).collect();
            if let (Some(coach), 1) = (coaches.first(), coaches.len()) {
                own[coach.to_usize()].push(row);
            }
            shared.push(coaches.len() != 1);
        }
        let urgency = Urgency::new(parts);
        Some(Self { parts, m: &stage.multipliers, urgency, pairs, pinned, own, shared })
    }

    /// Whether prices are of coachees and shared rows that there are, and may have their sign.
    fn sound(&self, prices: &GroupPrices) -> bool {
        let parts = self.parts;
        let coachee =
            |(coachee, price): &(CoacheeIx, i128)| coachee.to_usize() < parts.demand.len() && *price != 0;
        let one = |set: &Vec<PairIx>| {
            let first = set.first().map(|pair| coachee_of(parts, *pair));
            first.is_none_or(|e| {
                parts.demand[e].wanted <= 1 && set.iter().all(|pair| coachee_of(parts, *pair) == e)
            })
        };
        let row = |price: &RowPrice| {
            self.shared.get(price.row) == Some(&true)
                && price.per >= 1
                && price.price != 0
                && match &parts.rows[price.row].amount {
                    Amount::Distinct(sets) if price.price > 0 => sets.iter().all(one),
                    Amount::Sum(_) | Amount::Distinct(_) => true,
                }
        };
        prices.coachees.windows(2).all(|w| w[0].0 < w[1].0)
            && prices.coachees.iter().all(coachee)
            && prices.rows.windows(2).all(|w| w[0].row < w[1].row)
            && prices.rows.iter().all(row)
    }

    /// The bound of one case; `None` where it is impossible.
    fn case(&self, prices: &GroupPrices, mut fixed: Fixed) -> Result<Option<i128>, Trouble> {
        let parts = self.parts;
        let mut alpha = vec![0_i128; parts.demand.len()];
        for (coachee, price) in &prices.coachees {
            alpha[coachee.to_usize()] = *price;
        }
        let mut total = 0_i128;
        let mut add = |number: Option<i128>| -> Result<(), Trouble> {
            total = number.and_then(|n| total.checked_add(n)).ok_or(Trouble::TooLarge)?;
            Ok(())
        };
        for coachee in parts.demand.indexes() {
            let at = coachee.to_usize();
            let rows = parts.starts[at]..parts.starts[at + 1];
            let free = usize::from(parts.demand[coachee].wanted).saturating_sub(self.pinned[at]);
            let is_pin = |pair: &PairIx| parts.pins.binary_search(pair).is_ok();
            let own = fixed.made.iter().filter(|pair| rows.contains(&pair.to_usize()) && !is_pin(pair));
            let made = own.count();
            if made > free {
                return Ok(None);
            }
            if made == free && made > 0 {
                let others = rows.map(PairIx::from_usize).filter(|p| !fixed.made.contains(p) && !is_pin(p));
                fixed.not.extend(others.collect::<Vec<_>>());
            }
            add(self.places(coachee, alpha[at], made..=free))?;
        }
        let mut shift = vec![0_i128; parts.coach.len()];
        for price in &prices.rows {
            let row = &parts.rows[price.row];
            for pair in pairs_of(row) {
                let weight =
                    if matches!(row.amount, Amount::Sum(_)) { adds(row, pair).unwrap_or(0) } else { 1 };
                let share = price.price.checked_mul(i128::from(weight)).ok_or(Trouble::TooLarge)?;
                shift[pair.to_usize()] += share.div_euclid(i128::from(price.per));
            }
            add(Some(self.row_term(row, price)?))?;
        }
        for (coach, seats) in parts.seats.enumerate() {
            let mut items = Vec::new();
            let rows = self.own[coach.to_usize()].clone();
            for (pair, coachee, cost) in &self.pairs[coach.to_usize()] {
                if fixed.not.contains(pair) {
                    continue;
                }
                let is_pin = parts.pins.binary_search(pair).is_ok();
                let value = if is_pin { self.m.pins } else { alpha[coachee.to_usize()] };
                let addend = cost.checked_add(shift[pair.to_usize()]).and_then(|c| c.checked_sub(value));
                let nest = |family: &crate::model::instance::NestFamily| {
                    let exempt = family.exempt.binary_search(pair).is_ok();
                    family.group[*coachee].filter(|_| !exempt).map(Ix::to_usize)
                };
                items.push(Item {
                    pair: *pair,
                    addend: addend.ok_or(Trouble::TooLarge)?,
                    made: fixed.made.contains(pair),
                    nests: parts.nests.iter().map(nest).collect(),
                    rows: rows.iter().map(|row| adds(row, *pair)).collect(),
                });
            }
            let made = items.iter().filter(|item| item.made).count();
            let wanted = fixed.made.iter().filter(|pair| parts.coach[pair.to_usize()] == coach).count();
            let frame = Frame { parts, multipliers: self.m, seats: *seats, rows };
            match least(&frame, items)?.filter(|_| made == wanted) {
                Some(cost) => add(Some(cost))?,
                None => return Ok(None),
            }
        }
        Ok(Some(total))
    }

    /// The share of a coachee who takes any of these numbers of places that are not pinned.
    fn places(
        &self,
        coachee: CoacheeIx,
        alpha: i128,
        taken: std::ops::RangeInclusive<usize>,
    ) -> Option<i128> {
        let (fixed, demand) = (self.pinned[coachee.to_usize()], self.parts.demand[coachee]);
        let pins = self.m.pins.checked_mul(i128::try_from(fixed).ok()?)?;
        let mut least: Option<i128> = None;
        for f in taken {
            let mut cost = alpha.checked_mul(i128::try_from(f).ok()?)?;
            for k in fixed + f + 1..=usize::from(demand.wanted) {
                cost = cost.checked_add(self.m.coverage.checked_mul(self.urgency.of(demand, k))?)?;
            }
            least = Some(least.map_or(cost, |now| now.min(cost)));
        }
        pins.checked_add(least?)
    }

    /// The least over the amounts of a shared row of what the amount costs, less its price. Between two amounts at which
    /// the cost changes its course that is monotone, so only those and the ends are looked at.
    fn row_term(&self, row: &Row, price: &RowPrice) -> Result<i128, Trouble> {
        let (lowest, highest) = extremes(&row.amount);
        let (from, to) = (row.least.map_or(lowest, i128::from), row.most.map_or(highest, i128::from));
        let mut amounts = vec![lowest, highest, from, to];
        if let Outside::Costs { step, .. } = row.outside {
            let step = i128::from(step);
            let steps = |distance: i128| distance.max(0).div_euclid(step) + 1;
            let (above, below) = (steps(highest - to), steps(from - lowest));
            if above.max(below) > MOST_STEPS {
                return Err(Trouble::TooHard);
            }
            amounts.extend((0..=above).flat_map(|k| [to + k * step, to + k * step + 1]));
            amounts.extend((0..=below).flat_map(|k| [from - k * step, from - k * step - 1]));
        }
        let mut least: Option<i128> = None;
        for amount in amounts.into_iter().filter(|a| (lowest..=highest).contains(a)) {
            let over = distance(row, amount);
            let cost = match row.outside {
                Outside::Forbidden if over > 0 && distance(row, 0) == 0 => continue,
                Outside::Forbidden => self.m.quotas.checked_mul(over),
                Outside::Costs { .. } => toll(row.outside, over).and_then(|t| t.checked_mul(self.m.score)),
            };
            let paid = price.price.checked_mul(amount).ok_or(Trouble::TooLarge)?;
            let paid = -(-paid).div_euclid(i128::from(price.per));
            let rest = cost.and_then(|c| c.checked_sub(paid)).ok_or(Trouble::TooLarge)?;
            least = Some(least.map_or(rest, |now| now.min(rest)));
        }
        least.ok_or(Trouble::TooLarge)
    }

    /// What every plan's cost is a multiple of; `None` if a number is too large.
    fn unit(&self) -> Option<i128> {
        let (parts, m) = (self.parts, self.m);
        let mut unit = self.pairs.iter().flatten().fold(0, |unit, (.., cost)| gcd(unit, *cost));
        for (coachee, demand) in parts.demand.enumerate() {
            for k in self.pinned[coachee.to_usize()] + 1..=usize::from(demand.wanted) {
                unit = gcd(unit, m.coverage.checked_mul(self.urgency.of(*demand, k))?);
            }
        }
        if !parts.pins.is_empty() {
            unit = gcd(unit, m.pins);
        }
        let kinds: BTreeSet<(u32, u32)> = parts.seats.iter().map(|s| (s.min, s.max)).collect();
        for (min, max) in kinds {
            for k in 1..=max {
                let least = if k <= min { m.minimums } else { 0 };
                unit =
                    gcd(unit, m.balance.checked_mul(place_cost(parts.balance, max, k))?.checked_sub(least)?);
            }
        }
        let excess = parts.nests.iter().filter_map(|family| match family.excess {
            Excess::Costs(points) => Some(points),
            Excess::Forbidden => None,
        });
        let outside = parts.rows.iter().map(|row| row.outside).chain(parts.rings.iter().map(|r| r.outside));
        let points = outside.filter_map(|outside| match outside {
            Outside::Costs { points, .. } => Some(points),
            Outside::Forbidden => None,
        });
        for points in excess.chain(points) {
            unit = gcd(unit, m.score.checked_mul(i128::from(points.0))?);
        }
        let asks = |row: &Row| row.outside == Outside::Forbidden && distance(row, 0) > 0;
        if parts.rows.iter().any(asks) {
            unit = gcd(unit, m.quotas);
        }
        Some(unit)
    }
}
