//! One case of a stage: what it says about every pair, and what that alone makes shared rows and rings cost.

use super::best_group::Trouble;
use super::outside::{Made, distance, ring, rings_of_three, toll};
use crate::model::certificate::{Multipliers, RowPrice};
use crate::model::index::{Ix, PairIx};
use crate::model::instance::Parts;
use crate::model::row::{Amount, Outside, Row};

/// Steps of a row's cost that are looked at one by one; far more than any amount of minutes or pairs has.
const MOST_STEPS: i128 = 1_000_000;

/// What a case says about a pair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Say {
    Open,
    Made,
    Not,
}

/// The pairs that the splits of a case are about.
#[derive(Clone, Default)]
pub(super) struct Fixed {
    pub made: Vec<PairIx>,
    pub not: Vec<PairIx>,
}

/// What an amount costs in a stage; `None` where it is not allowed.
pub(super) fn row_cost(m: &Multipliers, row: &Row, amount: i128) -> Result<Option<i128>, Trouble> {
    let over = distance(row, amount);
    let barred = row.most.is_some_and(|most| amount > i128::from(most) && most >= 0)
        || row.least.is_some_and(|least| amount < i128::from(least) && least <= 0);
    let cost = match row.outside {
        Outside::Forbidden if barred => return Ok(None),
        Outside::Forbidden => m.quotas.checked_mul(over),
        Outside::Costs { .. } => toll(row.outside, over).and_then(|t| t.checked_mul(m.score)),
    };
    cost.map(Some).ok_or(Trouble::TooLarge)
}

/// The lowest and the highest amount that a plan of the case can have.
fn extremes(amount: &Amount, says: &[Say]) -> (i128, i128) {
    let say = |pair: &PairIx| says[pair.to_usize()];
    match amount {
        Amount::Sum(terms) => terms.iter().fold((0, 0), |(low, high), (pair, weight)| {
            let weight = i128::from(*weight);
            match say(pair) {
                Say::Made => (low + weight, high + weight),
                Say::Open => (low + weight.min(0), high + weight.max(0)),
                Say::Not => (low, high),
            }
        }),
        Amount::Distinct(sets) => sets.iter().fold((0, 0), |(low, high), set| {
            let made = set.iter().any(|pair| say(pair) == Say::Made);
            let open = set.iter().any(|pair| say(pair) == Say::Open);
            (low + i128::from(made), high + i128::from(made || open))
        }),
    }
}

/// The least over the amounts of a shared row of what the amount costs, less its price; `None` where no amount is allowed.
/// Between two amounts at which the cost changes its course that is monotone, so only those and the ends are looked at.
pub(super) fn row_term(
    m: &Multipliers,
    row: &Row,
    price: Option<&RowPrice>,
    says: &[Say],
) -> Result<Option<i128>, Trouble> {
    let (lowest, highest) = extremes(&row.amount, says);
    if price.is_none() && distance(row, lowest) == 0 && distance(row, highest) == 0 {
        return Ok(Some(0));
    }
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
        let Some(cost) = row_cost(m, row, amount)? else { continue };
        let paid = match price {
            None => 0,
            Some(price) => {
                let paid = price.price.checked_mul(amount).ok_or(Trouble::TooLarge)?;
                -(-paid).div_euclid(i128::from(price.per))
            }
        };
        let rest = cost.checked_sub(paid).ok_or(Trouble::TooLarge)?;
        least = Some(least.map_or(rest, |now| now.min(rest)));
    }
    Ok(least)
}

/// What the rings that the pairs made close cost; `None` where there may be none of them.
pub(super) fn rings_term(parts: &Parts, m: &Multipliers, made: &[PairIx]) -> Result<Option<i128>, Trouble> {
    let Some(rings) = &parts.rings else { return Ok(Some(0)) };
    let made = Made::new(made.iter().copied());
    let Outside::Costs { points, .. } = rings.outside else {
        return Ok(ring(parts, rings, &made).is_none().then_some(0));
    };
    let count = i128::try_from(rings_of_three(parts, rings, &made).len()).map_err(|_| Trouble::TooLarge)?;
    let cost = m.score.checked_mul(i128::from(points.0)).and_then(|c| c.checked_mul(count));
    cost.map(Some).ok_or(Trouble::TooLarge)
}
