//! What rows and rings cost at least in a case, and where a plan of it pays more.

use super::node::Say;
use crate::model::certificate::Multipliers;
use crate::model::index::{Ix, PairIx};
use crate::model::instance::Instance;
use crate::model::row::{Amount, Outside, Row};
use crate::solver::rows::goal::Tally;
use crate::solver::rows::rings;
use crate::solver::rows::sides::{Kind, amount, sides};

/// A case about which rows and rings are asked.
pub struct Case<'c> {
    pub instance: &'c Instance,
    pub multipliers: &'c Multipliers,
    pub says: &'c [Say],
    pub made: &'c [PairIx],
}

/// More open pairs than this make a row wide: those about two people have two, rings three.
const WIDE: usize = 8;

/// What to split a case on.
pub struct Split {
    pub pair: PairIx,
    /// Whether many other pairs count in the same row.
    pub wide: bool,
}

/// What an amount of a row costs; `None` where no plan may have it.
fn cost(m: &Multipliers, row: &Row, amount: i128) -> Option<i128> {
    let mut total = 0;
    for side in sides(row) {
        total += match side.kind {
            Kind::Forbidden if side.outside(amount) > 0 => return None,
            Kind::Forbidden => 0,
            Kind::Missed => m.quotas * side.outside(amount),
            Kind::Charged { .. } => m.score * side.charge(amount),
        };
    }
    Some(total)
}

impl Case<'_> {
    fn say(&self, pair: PairIx) -> Say {
        self.says[pair.to_usize()]
    }

    /// The lowest and the highest amount that a plan of the case can have.
    fn extremes(&self, row: &Row) -> (i128, i128) {
        let (mut low, mut high) = (0, 0);
        match &row.amount {
            Amount::Sum(terms) => {
                for (pair, weight) in terms {
                    let weight = i128::from(*weight);
                    match self.say(*pair) {
                        Say::Made => (low, high) = (low + weight, high + weight),
                        Say::Open if weight < 0 => low += weight,
                        Say::Open => high += weight,
                        Say::Not => {}
                    }
                }
            }
            Amount::Distinct(sets) => {
                for set in sets {
                    low += i128::from(set.iter().any(|pair| self.say(*pair) == Say::Made));
                    high += i128::from(set.iter().any(|pair| self.say(*pair) != Say::Not));
                }
            }
        }
        (low, high)
    }

    /// What the row costs in every plan of the case; `None` where it allows none.
    fn least_of(&self, row: &Row) -> Option<i128> {
        let (low, high) = self.extremes(row);
        // The cost grows from the limits outwards, so the amount nearest to them is the cheapest.
        let most = row.most.map_or(high, |most| high.min(i128::from(most)));
        let nearest = row.least.map_or(most, |least| most.max(i128::from(least)));
        cost(self.multipliers, row, nearest.clamp(low, high))
    }

    /// What a ring of 3 costs in a plan; `None` where no ring may be closed.
    fn ring(&self) -> Option<i128> {
        match self.instance.parts().rings.as_ref().map(|rings| rings.outside) {
            Some(Outside::Forbidden) => None,
            Some(Outside::Costs { points, .. }) => Some(self.multipliers.score * i128::from(points.0)),
            None => Some(0),
        }
    }

    fn rings_made(&self) -> Option<i128> {
        let Some(rule) = &self.instance.parts().rings else { return Some(0) };
        match self.ring() {
            None => rings::shortest(self.instance, rule, self.made).is_empty().then_some(0),
            Some(0) => Some(0),
            Some(each) => {
                let closed = rings::triangles(self.instance, rule, self.made).len();
                Some(each * i128::try_from(closed).expect("a count"))
            }
        }
    }

    /// What rows and rings cost in every plan of the case; `None` where it has none.
    pub fn least(&self) -> Option<i128> {
        let mut total = self.rings_made()?;
        for row in &self.instance.parts().rows {
            total += self.least_of(row)?;
        }
        Some(total)
    }

    /// An open pair that counts where a plan of the case pays most beyond the least; `None` where it pays the least everywhere.
    pub fn split(&self, tally: &Tally<'_>) -> Option<Split> {
        // What is not allowed comes before everything that costs.
        let mut worst: Option<(i128, Split)> = None;
        let mut consider = |gap: i128, split: Option<Split>| {
            if gap > 0 && worst.as_ref().is_none_or(|(most, _)| gap > *most) {
                worst = split.map(|split| (gap, split)).or(worst.take());
            }
        };
        for row in &self.instance.parts().rows {
            let amount = amount(row, &tally.chosen);
            let paid = cost(self.multipliers, row, amount);
            if paid == Some(0) {
                continue;
            }
            let least = self.least_of(row).unwrap_or(0);
            let gap = paid.map_or(i128::MAX, |paid| paid - least);
            if gap > 0 {
                let wide = self.is_wide(row);
                consider(gap, self.of_row(row, amount, &tally.chosen).map(|pair| Split { pair, wide }));
            }
        }
        let each = self.ring();
        let closed = if each.is_none() { tally.broken_rings() } else { tally.charged_rings() };
        for ring in closed {
            let open = ring.into_iter().find(|pair| self.say(*pair) == Say::Open);
            consider(each.unwrap_or(i128::MAX), open.map(|pair| Split { pair, wide: false }));
        }
        worst.map(|(_, split)| split)
    }

    fn is_wide(&self, row: &Row) -> bool {
        let open = |pair: &&PairIx| self.say(**pair) == Say::Open;
        let count = match &row.amount {
            Amount::Sum(terms) => terms.iter().map(|(pair, _)| pair).filter(open).take(WIDE + 1).count(),
            Amount::Distinct(sets) => sets.iter().flatten().filter(open).take(WIDE + 1).count(),
        };
        count > WIDE
    }

    /// An open pair whose being made or not brings the row's amount nearer to its limits; pairs of the plan first, then large weights
    /// and high scores.
    fn of_row(&self, row: &Row, amount: i128, chosen: &[bool]) -> Option<PairIx> {
        let above = row.most.is_some_and(|most| amount > i128::from(most));
        let open = |pair: &PairIx| self.say(*pair) == Say::Open;
        let made = |pair: &PairIx| chosen[pair.to_usize()];
        let score = |pair: &PairIx| self.instance.parts().score[pair.to_usize()];
        let helps = |pair: &PairIx, weight: i64| open(pair) && made(pair) == ((weight > 0) == above);
        match &row.amount {
            Amount::Sum(terms) => {
                let pairs = terms.iter().filter(|(pair, weight)| helps(pair, *weight));
                pairs.max_by_key(|(p, w)| (made(p), w.abs(), score(p), std::cmp::Reverse(*p))).map(|t| t.0)
            }
            Amount::Distinct(sets) => {
                let settled = |set: &&Vec<PairIx>| {
                    let touched = set.iter().any(made);
                    touched != above || set.iter().any(|pair| self.say(*pair) == Say::Made)
                };
                let pairs = sets.iter().filter(|set| !settled(set)).flatten();
                let pairs = pairs.copied().filter(|pair| helps(pair, 1));
                pairs.max_by_key(|pair| (score(pair), std::cmp::Reverse(*pair)))
            }
        }
    }
}
