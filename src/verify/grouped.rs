//! The bound by groups of a stage, case by case, as `model/certificate.rs` defines it.
//!
//! Method: what is the same in all cases is put together once; each case then asks every coach for its cheapest group, and every
//! coachee, row and ring for their share. O(cases × (pairs + terms of rows + the groups' searches)). Signs: costs are minimised,
//! a price α is paid per place taken.

use super::best_group::{Frame, Item, Trouble, adds, least};
use super::bound::{Marks, in_stage, pair_cost};
use super::cases::{Fixed, Say, rings_term, row_term};
use super::money::{Urgency, place_cost};
use super::outside::distance;
use super::rows::coachee_of;
use crate::model::certificate::{Case, GroupPrices, Groups, Multipliers, RowPrice, Stage};
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use crate::model::instance::{Excess, NestFamily, Parts};
use crate::model::row::{Amount, Outside, Row};
use std::collections::BTreeSet;

/// What is the same in all cases of a stage.
struct Field<'p> {
    parts: &'p Parts,
    m: &'p Multipliers,
    urgency: Urgency,
    /// Pairs of the stage that some place can take, by coach, with their cost.
    pairs: Vec<Vec<(PairIx, CoacheeIx, i128)>>,
    /// Those pairs open, all others not made.
    says: Vec<Say>,
    /// Pins of each coachee.
    pinned: Vec<usize>,
    /// The rows that are each coach's own; the others are shared.
    own: Vec<Vec<&'p Row>>,
    shared: Vec<bool>,
    /// By pair: the own rows of its coach in which it counts, with what it adds, or the set it is in.
    adds: Vec<Vec<(usize, i64)>>,
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
                made.made.push(*pair);
                not.not.push(*pair);
                open.extend([not, made]);
            }
            Case::Split(_) => return Err("a case is about a pair that cannot be made"),
            Case::Bound(prices) => {
                let Some(prices) = groups.prices.get(*prices) else { return Err("a case has no prices") };
                let bound = field.case(prices, &fixed).map_err(|trouble| match trouble {
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

/// Adds to a total that stays within its type.
fn add(total: &mut i128, number: Option<i128>) -> Result<(), Trouble> {
    *total = number.and_then(|n| total.checked_add(n)).ok_or(Trouble::TooLarge)?;
    Ok(())
}

impl<'p> Field<'p> {
    fn new(parts: &'p Parts, stage: &'p Stage) -> Option<Self> {
        let (mut pins, mut kept) = (Marks::new(&parts.pins), Marks::new(&parts.kept));
        let mut pinned = vec![0; parts.demand.len()];
        for pin in &parts.pins {
            pinned[coachee_of(parts, *pin).to_usize()] += 1;
        }
        let mut pairs = vec![Vec::new(); parts.seats.len()];
        let mut says = vec![Say::Not; parts.coach.len()];
        for (coachee, demand) in parts.demand.enumerate() {
            let free = usize::from(demand.wanted).saturating_sub(pinned[coachee.to_usize()]);
            for row in parts.starts[coachee.to_usize()]..parts.starts[coachee.to_usize() + 1] {
                let (is_pin, is_kept) = (pins.at(row), kept.at(row));
                let score = parts.score[row].0;
                if in_stage(stage.claim, score) && (free > 0 || is_pin) {
                    let cost = pair_cost(&stage.multipliers, score, is_kept)?;
                    pairs[parts.coach[row].to_usize()].push((PairIx::from_usize(row), coachee, cost));
                    says[row] = Say::Open;
                }
            }
        }
        let (mut own, mut shared): (Vec<Vec<&Row>>, _) = (vec![Vec::new(); parts.seats.len()], Vec::new());
        let mut counts = vec![Vec::new(); parts.coach.len()];
        for row in &parts.rows {
            let terms = adds(row);
            let coach = terms.first().map(|(pair, _)| parts.coach[pair.to_usize()]);
            let alone = coach.filter(|coach| terms.iter().all(|(p, _)| parts.coach[p.to_usize()] == *coach));
            if let Some(coach) = alone {
                let rows = &mut own[coach.to_usize()];
                for (pair, adds) in terms {
                    counts[pair.to_usize()].push((rows.len(), adds));
                }
                rows.push(row);
            }
            shared.push(alone.is_none());
        }
        let urgency = Urgency::of_stage(parts, stage)?;
        Some(Self { parts, m: &stage.multipliers, urgency, pairs, says, pinned, own, shared, adds: counts })
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

    fn is_pin(&self, pair: PairIx) -> bool {
        self.parts.pins.binary_search(&pair).is_ok()
    }

    /// The bound of one case; `None` where it is impossible.
    fn case(&self, prices: &GroupPrices, fixed: &Fixed) -> Result<Option<i128>, Trouble> {
        let parts = self.parts;
        let mut alpha = vec![0_i128; parts.demand.len()];
        for (coachee, price) in &prices.coachees {
            alpha[coachee.to_usize()] = *price;
        }
        let Some((says, made)) = self.says(fixed) else { return Ok(None) };
        let mut total = 0_i128;
        for coachee in parts.demand.indexes() {
            let at = coachee.to_usize();
            let free = usize::from(parts.demand[coachee].wanted).saturating_sub(self.pinned[at]);
            add(&mut total, self.places(coachee, alpha[at], made[at]..=free))?;
        }
        let mut priced = prices.rows.iter().peekable();
        for (at, row) in parts.rows.iter().enumerate().filter(|(at, _)| self.shared[*at]) {
            let price = priced.next_if(|price| price.row == at);
            let Some(term) = row_term(self.m, row, price, &says)? else { return Ok(None) };
            add(&mut total, Some(term))?;
        }
        let Some(rings) = rings_term(parts, self.m, &fixed.made)? else { return Ok(None) };
        add(&mut total, Some(rings))?;
        let shift = self.shift(prices)?;
        for coach in parts.seats.indexes() {
            match self.group(coach, &alpha, &shift, &says)? {
                Some(cost) => add(&mut total, Some(cost))?,
                None => return Ok(None),
            }
        }
        Ok(Some(total))
    }

    /// What a case says about every pair, and how many pairs that are not pinned each coachee has made; `None` where it is impossible.
    fn says(&self, fixed: &Fixed) -> Option<(Vec<Say>, Vec<usize>)> {
        let parts = self.parts;
        let (mut says, mut count) = (self.says.clone(), vec![0; parts.demand.len()]);
        for pair in &fixed.made {
            match says[pair.to_usize()] {
                Say::Open => says[pair.to_usize()] = Say::Made,
                Say::Made => continue,
                Say::Not => return None,
            }
            if !self.is_pin(*pair) {
                count[coachee_of(parts, *pair).to_usize()] += 1;
            }
        }
        for pair in &fixed.not {
            if says[pair.to_usize()] == Say::Made {
                return None;
            }
            says[pair.to_usize()] = Say::Not;
        }
        for (at, made) in count.iter().enumerate().filter(|(_, made)| **made > 0) {
            let wanted = parts.demand[CoacheeIx::from_usize(at)].wanted;
            let free = usize::from(wanted).saturating_sub(self.pinned[at]);
            if *made > free {
                return None;
            }
            let rows = parts.starts[at]..parts.starts[at + 1];
            for (row, say) in rows.clone().zip(&mut says[rows]) {
                if *made == free && *say == Say::Open && !self.is_pin(PairIx::from_usize(row)) {
                    *say = Say::Not;
                }
            }
        }
        Some((says, count))
    }

    /// By pair: what the prices of shared rows add to it.
    fn shift(&self, prices: &GroupPrices) -> Result<Vec<i128>, Trouble> {
        let mut shift = vec![0_i128; self.parts.coach.len()];
        for price in &prices.rows {
            let row = &self.parts.rows[price.row];
            for (pair, adds) in adds(row) {
                let weight = if matches!(row.amount, Amount::Sum(_)) { adds } else { 1 };
                let share = price.price.checked_mul(i128::from(weight)).ok_or(Trouble::TooLarge)?;
                add(&mut shift[pair.to_usize()], Some(share.div_euclid(i128::from(price.per))))?;
            }
        }
        Ok(shift)
    }

    /// The cheapest group of a coach.
    fn group(
        &self,
        coach: CoachIx,
        alpha: &[i128],
        shift: &[i128],
        says: &[Say],
    ) -> Result<Option<i128>, Trouble> {
        let parts = self.parts;
        let mut items = Vec::new();
        for (pair, coachee, cost) in &self.pairs[coach.to_usize()] {
            let at = pair.to_usize();
            if says[at] == Say::Not {
                continue;
            }
            let value = if self.is_pin(*pair) { self.m.pins } else { alpha[coachee.to_usize()] };
            let addend = cost.checked_add(shift[at]).and_then(|c| c.checked_sub(value));
            let nest = |family: &NestFamily| {
                let exempt = family.exempt.binary_search(pair).is_ok();
                family.group[*coachee].filter(|_| !exempt).map(Ix::to_usize)
            };
            items.push(Item {
                pair: *pair,
                addend: addend.ok_or(Trouble::TooLarge)?,
                made: says[at] == Say::Made,
                nests: parts.nests.iter().map(nest).collect(),
                rows: self.adds[at].clone(),
            });
        }
        let rows = self.own[coach.to_usize()].clone();
        least(&Frame { parts, multipliers: self.m, seats: parts.seats[coach], rows }, items)
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
