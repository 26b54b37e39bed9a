//! One goal of an instance as an integer programme over the pairs that remain, the goals before it held.
//!
//! A pair is a column of 0 or 1. Demand, seats, nests, hard rows and the rings known so far are limits; what a goal adds up
//! beside pairs (places missing, charges, steps of the load) are columns of its own, made only where a goal asks for them.
//! All of them start at the values of the plan at hand.

use super::goal::{Goal, Tally, is_pinned, pinned};
use super::program::{Column, EXACT, Limit, Program};
use super::rings::Ring;
use super::sides::{Kind, Side, amount, sides, steps};
use crate::model::index::{CoacheeIx, GroupIx, Ix, PairIx};
use crate::model::instance::{Excess, Instance, NestFamily};
use crate::model::quantity::Points;
use crate::model::row::{Amount, Outside, Row};
use crate::solver::composite::balance_step;
use std::collections::BTreeMap;

/// What is to be minimised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aim {
    Goal(Goal),
    /// The number of pairs whose own score is below this.
    Below(Points),
}

/// What a programme is built from.
pub struct Scope<'a> {
    pub instance: &'a Instance,
    /// Pairs that may be made.
    pub open: &'a [bool],
    /// Rings found so far.
    pub rings: &'a [Ring],
    /// Plans that must not come again.
    pub barred: &'a [Vec<PairIx>],
    /// Goals settled, none of which may get worse.
    pub settled: &'a [(Goal, i128)],
    pub aim: Aim,
    /// The plan to start from; it keeps the goals settled.
    pub start: &'a Tally<'a>,
}

/// A programme and the way back.
pub struct Model {
    pub program: Program,
    /// The pairs of the first columns.
    pub pairs: Vec<PairIx>,
    /// A cost in the programme × `unit` + `base` is the value of the aim, or less where the numbers had to be rounded.
    unit: i128,
    base: i128,
}

impl Model {
    pub fn value(&self, cost: i64) -> i128 {
        i128::from(cost) * self.unit + self.base
    }

    /// The largest cost that means at most this value.
    pub fn cost(&self, value: i128) -> Option<i64> {
        i64::try_from((value - self.base).div_euclid(self.unit)).ok()
    }
}

/// Σ coefficient × column + base.
#[derive(Default)]
struct Sum {
    terms: Vec<(u32, i128)>,
    base: i128,
}

pub fn model(scope: &Scope<'_>) -> Model {
    let mut builder = Builder::new(scope);
    builder.people();
    builder.nests();
    builder.hard_rows();
    builder.rings();
    builder.barred();
    for (goal, value) in scope.settled {
        let sum = builder.sum(*goal);
        builder.hold(&sum, *value);
    }
    let sum = match scope.aim {
        Aim::Goal(goal) => builder.sum(goal),
        Aim::Below(points) => builder.below(points),
    };
    let unit = unit(&sum.terms);
    for (column, cost) in &sum.terms {
        let column = &mut builder.program.columns[*column as usize];
        column.cost += i64::try_from(cost.div_euclid(unit)).expect("costs are scaled to fit");
    }
    Model { program: builder.program, pairs: builder.pairs, unit, base: sum.base }
}

/// What coefficients are counted in: their common divisor, or a multiple of it with which they are within [`EXACT`].
fn unit(terms: &[(u32, i128)]) -> i128 {
    let mut unit: u128 = 0;
    for (_, coefficient) in terms {
        let mut other = coefficient.unsigned_abs();
        while other != 0 {
            (unit, other) = (other, unit % other);
        }
    }
    let mut unit = i128::try_from(unit.max(1)).expect("a divisor of an i128");
    let largest = terms.iter().map(|t| t.1.abs()).max().unwrap_or(0);
    while largest / unit > EXACT {
        unit *= 2;
    }
    unit
}

struct Builder<'a> {
    scope: &'a Scope<'a>,
    program: Program,
    pairs: Vec<PairIx>,
    /// The column of every pair that may be made.
    column: Vec<Option<u32>>,
    /// The first of the columns for the places of a coachee who wants several.
    places: BTreeMap<CoacheeIx, u32>,
    missed: Vec<u32>,
}

impl<'a> Builder<'a> {
    fn new(scope: &'a Scope<'a>) -> Self {
        let mut builder = Self {
            scope,
            program: Program::default(),
            pairs: Vec::new(),
            column: vec![None; scope.instance.pairs()],
            places: BTreeMap::new(),
            missed: Vec::new(),
        };
        for (at, open) in scope.open.iter().enumerate() {
            if *open {
                let start = i64::from(scope.start.chosen[at]);
                builder.column[at] = Some(builder.add(1, true, start));
                builder.pairs.push(PairIx::from_usize(at));
            }
        }
        builder
    }

    fn add(&mut self, most: i64, whole: bool, start: i64) -> u32 {
        self.program.columns.push(Column { most, whole, cost: 0, start });
        u32::try_from(self.program.columns.len() - 1).expect("columns are counted in u32")
    }

    fn limit(&mut self, least: Option<i64>, most: Option<i64>, terms: Vec<(u32, i64)>) {
        self.program.limits.push(Limit { least, most, terms });
    }

    /// At most `most` of these columns of 0 or 1.
    fn at_most(&mut self, columns: &[u32], most: u32) {
        if columns.len() > most as usize {
            self.limit(None, Some(i64::from(most)), columns.iter().map(|c| (*c, 1)).collect());
        }
    }

    fn columns(&self, pairs: impl IntoIterator<Item = PairIx>) -> Vec<u32> {
        pairs.into_iter().filter_map(|p| self.column[p.to_usize()]).collect()
    }

    /// The columns of a coachee's pairs that are not pinned.
    fn free(&self, coachee: CoacheeIx) -> Vec<u32> {
        let parts = self.scope.instance.parts();
        let rows = self.scope.instance.rows(coachee).map(PairIx::from_usize);
        self.columns(rows.filter(|p| !is_pinned(parts, *p)))
    }

    fn of_coaches(&self) -> Vec<Vec<u32>> {
        let parts = self.scope.instance.parts();
        let mut columns = vec![Vec::new(); parts.seats.len()];
        for (at, column) in self.column.iter().enumerate() {
            columns[parts.coach[at].to_usize()].extend(*column);
        }
        columns
    }

    fn people(&mut self) {
        let parts = self.scope.instance.parts();
        for (coachee, demand) in parts.demand.enumerate() {
            let places = demand.wanted - pinned(self.scope.instance, coachee);
            let free = self.free(coachee);
            self.at_most(&free, u32::from(places));
        }
        for (columns, seats) in self.of_coaches().iter().zip(&parts.seats) {
            self.at_most(columns, seats.max);
        }
    }

    /// The columns of each (coach, group) that could go over the cap.
    fn groups(&self, family: &NestFamily) -> Vec<Vec<PairIx>> {
        let instance = self.scope.instance;
        let mut groups: BTreeMap<(u32, GroupIx), Vec<PairIx>> = BTreeMap::new();
        for pair in &self.pairs {
            if let Some(group) = family.group[instance.coachee_of(*pair)]
                && family.exempt.binary_search(pair).is_err()
            {
                let coach = instance.parts().coach[pair.to_usize()].get();
                groups.entry((coach, group)).or_default().push(*pair);
            }
        }
        groups.into_values().filter(|pairs| pairs.len() > family.cap as usize).collect()
    }

    fn nests(&mut self) {
        let families = &self.scope.instance.parts().nests;
        for family in families.iter().filter(|f| f.excess == Excess::Forbidden) {
            for pairs in self.groups(family) {
                let columns = self.columns(pairs);
                self.at_most(&columns, family.cap);
            }
        }
    }

    fn rings(&mut self) {
        let Some(rule) = &self.scope.instance.parts().rings else { return };
        if rule.outside == Outside::Forbidden {
            for ring in self.scope.rings {
                let columns = self.columns(ring.iter().copied());
                self.at_most(&columns, u32::try_from(ring.len() - 1).expect("a ring of people"));
            }
        }
    }

    /// Every other plan differs from a barred one in some pair.
    fn barred(&mut self) {
        for plan in self.scope.barred {
            let made = |pair: &PairIx| plan.binary_search(pair).is_ok();
            let weight = |(at, pair): (usize, &PairIx)| {
                (u32::try_from(at).expect("columns are counted in u32"), if made(pair) { -1 } else { 1 })
            };
            let terms: Vec<(u32, i64)> = self.pairs.iter().enumerate().map(weight).collect();
            let inside = i64::try_from(self.pairs.iter().filter(|p| made(p)).count()).expect("a count");
            if usize::try_from(inside) == Ok(plan.len()) {
                self.limit(Some(1 - inside), None, terms);
            }
        }
    }

    fn hard_rows(&mut self) {
        for row in &self.scope.instance.parts().rows {
            for side in sides(row) {
                match side.kind {
                    Kind::Charged { .. } => {}
                    Kind::Forbidden => {
                        let terms = self.amount(row, side);
                        self.bind(side, terms);
                    }
                    Kind::Missed => {
                        let mut terms = self.amount(row, side);
                        let now = side.outside(amount(row, &self.scope.start.chosen));
                        let slack = self.add(side.limit.abs(), false, short(now));
                        terms.push((slack, if side.above { -1 } else { 1 }));
                        self.missed.push(slack);
                        self.bind(side, terms);
                    }
                }
            }
        }
    }

    /// The columns whose weighted sum is a row's amount, as far as one side of it is concerned.
    fn amount(&mut self, row: &Row, side: Side) -> Vec<(u32, i64)> {
        match &row.amount {
            Amount::Sum(terms) => {
                terms.iter().filter_map(|(p, w)| Some((self.column[p.to_usize()]?, *w))).collect()
            }
            Amount::Distinct(sets) => sets.iter().filter_map(|set| self.any(set, side.above)).collect(),
        }
    }

    /// A column of 1 where some pair of a set is made: at least that for the side above, at most that below.
    fn any(&mut self, set: &[PairIx], above: bool) -> Option<(u32, i64)> {
        let columns = self.columns(set.iter().copied());
        if columns.len() < 2 {
            return columns.first().map(|c| (*c, 1));
        }
        let start = set.iter().any(|p| self.scope.start.chosen[p.to_usize()]);
        let any = self.add(1, false, i64::from(start));
        if above {
            for column in columns {
                self.limit(None, Some(0), vec![(column, 1), (any, -1)]);
            }
        } else {
            let mut terms = vec![(any, 1)];
            terms.extend(columns.iter().map(|c| (*c, -1)));
            self.limit(None, Some(0), terms);
        }
        Some((any, 1))
    }

    /// Keeps a sum on the right side, where it could be outside at all.
    fn bind(&mut self, side: Side, terms: Vec<(u32, i64)>) {
        let reach = |outward: i64| -> i128 {
            let farthest = terms.iter().filter(|t| t.1 * outward > 0);
            farthest.map(|t| i128::from(t.1) * i128::from(self.program.columns[t.0 as usize].most)).sum()
        };
        let limit = side.limit;
        if side.above && reach(1) > i128::from(limit) {
            self.limit(None, Some(limit), terms);
        } else if !side.above && reach(-1) < i128::from(limit) {
            self.limit(Some(limit), None, terms);
        }
    }

    fn sum(&mut self, goal: Goal) -> Sum {
        match goal {
            Goal::Pins => self.left_out(&self.scope.instance.parts().pins),
            Goal::Stability => self.left_out(&self.scope.instance.parts().kept),
            Goal::Missed => Sum { terms: self.missed.iter().map(|c| (*c, 1)).collect(), base: 0 },
            Goal::Filled { nth, class } => self.filled(nth, class),
            Goal::Minimums => self.minimums(),
            Goal::Floor => Sum::default(),
            Goal::Score => self.score(),
            Goal::Balance => self.balance(),
        }
    }

    /// How many of these pairs are not made.
    fn left_out(&self, pairs: &[PairIx]) -> Sum {
        let terms = self.columns(pairs.iter().copied()).into_iter().map(|c| (c, -1)).collect();
        Sum { terms, base: i128::try_from(pairs.len()).expect("a count") }
    }

    fn below(&self, points: Points) -> Sum {
        let scores = &self.scope.instance.parts().score;
        let below = self.pairs.iter().copied().filter(|p| scores[p.to_usize()] < points);
        Sum { terms: self.columns(below).into_iter().map(|c| (c, 1)).collect(), base: 0 }
    }

    fn filled(&mut self, nth: u8, class: u8) -> Sum {
        let instance = self.scope.instance;
        let mut sum = Sum::default();
        for (coachee, demand) in instance.parts().demand.enumerate() {
            let pins = pinned(instance, coachee);
            if demand.class != class || nth <= pins || nth > demand.wanted {
                continue;
            }
            let places = demand.wanted - pins;
            if places == 1 {
                sum.terms.extend(self.free(coachee).into_iter().map(|c| (c, -1)));
            } else {
                sum.terms.push((self.place(coachee, places) + u32::from(nth - pins - 1), -1));
            }
        }
        sum
    }

    /// The first of the columns that say how many of a coachee's places are filled.
    fn place(&mut self, coachee: CoacheeIx, places: u8) -> u32 {
        if let Some(first) = self.places.get(&coachee) {
            return *first;
        }
        let filled = self.scope.start.free[coachee];
        let columns: Vec<u32> = (0..places).map(|k| self.add(1, false, i64::from(k < filled))).collect();
        let mut terms: Vec<(u32, i64)> = columns.iter().map(|c| (*c, 1)).collect();
        terms.extend(self.free(coachee).into_iter().map(|c| (c, -1)));
        self.limit(None, Some(0), terms);
        self.places.insert(coachee, columns[0]);
        columns[0]
    }

    fn minimums(&mut self) -> Sum {
        let parts = self.scope.instance.parts();
        let mut sum = Sum::default();
        let coaches = self.of_coaches();
        for ((columns, seats), load) in coaches.iter().zip(&parts.seats).zip(&self.scope.start.load) {
            if seats.min == 0 {
                continue;
            }
            let least = i64::from(seats.min);
            let missing = self.add(least, false, (least - i64::from(*load)).max(0));
            let mut terms = vec![(missing, 1)];
            terms.extend(columns.iter().map(|c| (*c, 1)));
            self.limit(Some(least), None, terms);
            sum.terms.push((missing, 1));
        }
        sum
    }

    fn score(&mut self) -> Sum {
        let parts = self.scope.instance.parts();
        let score = |(at, pair): (usize, &PairIx)| {
            (
                u32::try_from(at).expect("columns are counted in u32"),
                -i128::from(parts.score[pair.to_usize()].0),
            )
        };
        let mut sum = Sum { terms: self.pairs.iter().enumerate().map(score).collect(), base: 0 };
        for family in &parts.nests {
            if let Excess::Costs(points) = family.excess {
                self.charge_nests(family, points, &mut sum);
            }
        }
        for row in &parts.rows {
            for side in sides(row) {
                if let Kind::Charged { step, points } = side.kind {
                    self.charge_row(row, side, (step, points), &mut sum);
                }
            }
        }
        if let Some(rule) = &parts.rings
            && let Outside::Costs { points, .. } = rule.outside
        {
            for ring in self.scope.rings {
                self.charge_ring(ring, points, &mut sum);
            }
        }
        sum
    }

    fn charge_nests(&mut self, family: &NestFamily, points: Points, sum: &mut Sum) {
        for pairs in self.groups(family) {
            let inside = pairs.iter().filter(|p| self.scope.start.chosen[p.to_usize()]).count();
            let cap = i64::from(family.cap);
            let size = |n: usize| i64::try_from(n).expect("a count");
            let over = self.add(size(pairs.len()) - cap, true, (size(inside) - cap).max(0));
            let mut terms: Vec<(u32, i64)> = self.columns(pairs).into_iter().map(|c| (c, 1)).collect();
            terms.push((over, -1));
            self.limit(None, Some(cap), terms);
            sum.terms.push((over, i128::from(points.0)));
        }
    }

    fn charge_row(&mut self, row: &Row, side: Side, (step, points): (i64, i64), sum: &mut Sum) {
        let mut terms = self.amount(row, side);
        let outward = |t: &&(u32, i64)| (t.1 > 0) == side.above;
        let farthest: i128 = terms.iter().filter(outward).map(|t| i128::from(t.1)).sum();
        let most = steps(side.outside(farthest), step);
        if most == 0 {
            return;
        }
        let now = steps(side.outside(amount(row, &self.scope.start.chosen)), step);
        let started = self.add(short(most), true, short(now));
        terms.push((started, if side.above { -step } else { step }));
        self.bind(side, terms);
        sum.terms.push((started, i128::from(points)));
    }

    fn charge_ring(&mut self, ring: &Ring, points: Points, sum: &mut Sum) {
        let columns = self.columns(ring.iter().copied());
        if columns.len() < ring.len() {
            return;
        }
        let whole = ring.iter().all(|p| self.scope.start.chosen[p.to_usize()]);
        let closed = self.add(1, true, i64::from(whole));
        let mut terms: Vec<(u32, i64)> = columns.into_iter().map(|c| (c, 1)).collect();
        terms.push((closed, -1));
        self.limit(None, Some(2), terms);
        sum.terms.push((closed, i128::from(points.0)));
    }

    fn balance(&mut self) -> Sum {
        let parts = self.scope.instance.parts();
        let mut sum = Sum::default();
        let coaches = self.of_coaches();
        for ((columns, seats), load) in coaches.iter().zip(&parts.seats).zip(&self.scope.start.load) {
            let places = seats.max.min(u32::try_from(columns.len()).expect("columns are counted in u32"));
            let mut terms: Vec<(u32, i64)> = columns.iter().map(|c| (*c, 1)).collect();
            for k in 1..=places {
                let place = self.add(1, false, i64::from(k <= *load));
                terms.push((place, -1));
                sum.terms.push((place, balance_step(parts.balance.0, seats.max, k)));
            }
            if places > 0 {
                self.limit(None, Some(0), terms);
            }
        }
        sum
    }

    /// Holds a goal at a value: rounded so that no plan as good is cut off.
    fn hold(&mut self, sum: &Sum, value: i128) {
        let unit = unit(&sum.terms);
        let most = (value - sum.base).div_euclid(unit);
        let Ok(most) = i64::try_from(most) else { return };
        let scaled = |c: i128| i64::try_from(c.div_euclid(unit)).expect("scaled to fit");
        let terms: Vec<(u32, i64)> = sum.terms.iter().map(|(c, w)| (*c, scaled(*w))).collect();
        if !terms.is_empty() {
            self.limit(None, Some(most), terms);
        }
    }
}

/// A count or number of steps; more than can be are as many as can be.
fn short(n: i128) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX).min(1 << 50)
}
