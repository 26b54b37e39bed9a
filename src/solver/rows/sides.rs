//! Rows seen from the solver: each limit of a row is a side, and what lies outside it is forbidden, missed or charged.

use crate::model::index::{Ix, PairIx};
use crate::model::instance::{Instance, Parts};
use crate::model::row::{Amount, Outside, Row};

/// What an amount outside one limit of a row means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// No plan is outside.
    Forbidden,
    /// A hard limit that does not hold when nobody is matched: it is missed by as little as can be.
    Missed,
    /// Each started step costs points of the score.
    Charged { step: i64, points: i64 },
}

/// One limit of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Side {
    /// Whether amounts above `limit` are outside, else those below.
    pub above: bool,
    pub limit: i64,
    pub kind: Kind,
}

impl Side {
    /// How far an amount lies outside, 0 if it does not.
    pub fn outside(self, amount: i128) -> i128 {
        let limit = i128::from(self.limit);
        if self.above { (amount - limit).max(0) } else { (limit - amount).max(0) }
    }

    /// The points that an amount costs.
    pub fn charge(self, amount: i128) -> i128 {
        match self.kind {
            Kind::Forbidden | Kind::Missed => 0,
            Kind::Charged { step, points } => steps(self.outside(amount), step) * i128::from(points),
        }
    }
}

/// How many steps are started.
pub fn steps(outside: i128, step: i64) -> i128 {
    let step = i128::from(step);
    (outside + step - 1) / step
}

/// The sides of a row, at most two.
pub fn sides(row: &Row) -> impl Iterator<Item = Side> {
    let side = |above: bool, limit: i64| {
        let empty = if above { 0 <= limit } else { 0 >= limit };
        let kind = match row.outside {
            Outside::Forbidden if empty => Kind::Forbidden,
            Outside::Forbidden => Kind::Missed,
            Outside::Costs { step, points } => Kind::Charged { step, points: points.0 },
        };
        Side { above, limit, kind }
    };
    let least = row.least.map(|limit| side(false, limit));
    least.into_iter().chain(row.most.map(|limit| side(true, limit)))
}

/// What a row adds up to where `chosen` says which pairs are made.
pub fn amount(row: &Row, chosen: &[bool]) -> i128 {
    let made = |pair: &PairIx| chosen[pair.to_usize()];
    match &row.amount {
        Amount::Sum(terms) => terms.iter().filter(|t| made(&t.0)).map(|t| i128::from(t.1)).sum(),
        Amount::Distinct(sets) => {
            i128::try_from(sets.iter().filter(|set| set.iter().any(made)).count()).expect("a count")
        }
    }
}

/// The plan as a mark per pair.
pub fn marks(instance: &Instance, plan: &[PairIx]) -> Vec<bool> {
    let mut chosen = vec![false; instance.pairs()];
    for pair in plan {
        chosen[pair.to_usize()] = true;
    }
    chosen
}

/// What soft rows take from the score.
pub fn charges(parts: &Parts, chosen: &[bool]) -> i128 {
    let of_row = |row: &Row| {
        let amount = amount(row, chosen);
        sides(row).map(|side| side.charge(amount)).sum::<i128>()
    };
    parts.rows.iter().map(of_row).sum()
}

/// How much hard limits that do not hold when nobody is matched are missed by.
pub fn missed(parts: &Parts, chosen: &[bool]) -> i128 {
    let of_row = |row: &Row| {
        let amount = amount(row, chosen);
        sides(row).filter(|s| s.kind == Kind::Missed).map(|side| side.outside(amount)).sum::<i128>()
    };
    parts.rows.iter().map(of_row).sum()
}

/// Whether every limit that holds when nobody is matched holds.
pub fn held(parts: &Parts, chosen: &[bool]) -> bool {
    parts.rows.iter().all(|row| {
        let amount = amount(row, chosen);
        sides(row).filter(|s| s.kind == Kind::Forbidden).all(|side| side.outside(amount) == 0)
    })
}
