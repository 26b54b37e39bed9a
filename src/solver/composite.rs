//! Tiers folded into one cost: the multipliers of [`crate::model::certificate`], and the proof that they fit.

use super::units::{Unit, units};
use crate::model::catalogue::Tier;
use crate::model::certificate::Multipliers;
use crate::model::index::{IxVec, PairIx};
use crate::model::instance::{Excess, Instance, Seats};
use crate::model::quantity::Points;

/// One cost for a list of sum tiers (the floor is no sum and is left out).
pub struct Composite<'i> {
    pub instance: &'i Instance,
    pub units: Vec<Unit>,
    pub multipliers: Multipliers,
    /// Divides every cost; searching happens in multiples of it.
    pub unit: i128,
    /// The largest size of a score.
    largest_score: i128,
}

impl<'i> Composite<'i> {
    pub fn new(instance: &'i Instance, tiers: &[Tier]) -> Self {
        let units = units(instance);
        let ranges = Ranges::of(instance, &units);
        let sums: Vec<Tier> = tiers.iter().copied().filter(|t| *t != Tier::Floor).collect();
        let unit = sums.last().map_or(1, |last| common_unit(instance, *last));
        let mut multipliers = Multipliers::default();
        // Everything that the tiers handled so far, the later ones, can differ by.
        let mut below: i128 = 0;
        for (i, tier) in sums.iter().enumerate().rev() {
            let multiplier = if i + 1 == sums.len() { 1 } else { above(below, unit) };
            *slot(&mut multipliers, *tier) = multiplier;
            below += multiplier * ranges.of_tier(*tier);
        }
        multipliers.pins = above(below, unit);
        let largest_score = instance.parts().score.iter().map(|s| s.0.unsigned_abs()).max().unwrap_or(0);
        Self { instance, units, multipliers, unit, largest_score: i128::from(largest_score) }
    }

    /// What a pair costs, in units.
    #[inline]
    pub fn pair(&self, score: Points, kept: bool) -> i128 {
        if !kept && self.multipliers.score == 1 {
            // The common case, without wide division.
            return match i64::try_from(self.unit) {
                Ok(unit) => i128::from(-score.0 / unit),
                Err(_) => -i128::from(score.0) / self.unit,
            };
        }
        let kept = if kept { self.multipliers.stability } else { 0 };
        (-self.multipliers.score * i128::from(score.0) - kept) / self.unit
    }

    /// What leaving a unit open costs.
    pub fn skip(&self, unit: &Unit) -> i128 {
        match unit.pinned {
            Some(_) => self.multipliers.pins,
            None => self.multipliers.coverage * i128::from(unit.urgency),
        }
    }

    /// What a coach's k-th place costs, k from 1.
    pub fn place(&self, seats: Seats, k: u32) -> i128 {
        let balance = self.multipliers.balance * balance_step(self.instance.parts().balance.0, seats.max, k);
        balance - if k <= seats.min { self.multipliers.minimums } else { 0 }
    }

    /// What each coachee over a nest's cap costs; `None` where it is forbidden.
    pub fn excess(&self, excess: Excess) -> Option<i128> {
        match excess {
            Excess::Forbidden => None,
            Excess::Costs(points) => Some(self.multipliers.score * i128::from(points.0)),
        }
    }

    /// The largest size of a pair's cost, in units.
    pub fn largest_pair(&self) -> i128 {
        (self.multipliers.score * self.largest_score + self.multipliers.stability) / self.unit + 1
    }

    /// The largest size of any cost, in units: what a width has to hold.
    pub fn largest(&self) -> i128 {
        let parts = self.instance.parts();
        let pair = self.largest_pair() * self.unit;
        let skip = self.units.iter().map(|u| self.skip(u)).max().unwrap_or(0);
        let nest = parts.nests.iter().filter_map(|n| self.excess(n.excess)).sum::<i128>();
        let place = self.multipliers.minimums + self.multipliers.balance * 2 * i128::from(parts.balance.0);
        (2 * pair + skip + nest + place) / self.unit + 1
    }
}

/// `floor(weight × (2k − 1) / max)`: the k-th place of a coach in the balance tier.
pub fn balance_step(weight: i64, max: u32, k: u32) -> i128 {
    i128::from(weight) * (2 * i128::from(k) - 1) / i128::from(max.max(1))
}

fn slot(multipliers: &mut Multipliers, tier: Tier) -> &mut i128 {
    match tier {
        Tier::Coverage => &mut multipliers.coverage,
        Tier::Minimums => &mut multipliers.minimums,
        Tier::Stability => &mut multipliers.stability,
        Tier::Balance => &mut multipliers.balance,
        Tier::Score | Tier::Floor => &mut multipliers.score,
    }
}

/// The least multiple of `unit` above `below`.
fn above(below: i128, unit: i128) -> i128 {
    (below / unit + 1) * unit
}

/// What divides every value of a tier.
fn common_unit(instance: &Instance, tier: Tier) -> i128 {
    let parts = instance.parts();
    let unit = match tier {
        Tier::Score => {
            let nests = parts.nests.iter().filter_map(|n| match n.excess {
                Excess::Costs(points) => Some(points.0.unsigned_abs()),
                Excess::Forbidden => None,
            });
            divisor(nests.chain(parts.score.iter().map(|s| s.0.unsigned_abs())))
        }
        _ => 1,
    };
    i128::from(unit.max(1))
}

/// Greatest common divisor; numbers that are multiples of the one so far cost one remainder.
fn divisor(numbers: impl Iterator<Item = u64>) -> u64 {
    let mut common: u64 = 0;
    for number in numbers {
        if common == 1 {
            break;
        }
        let (mut a, mut b) = (number, common);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        common = a;
    }
    common
}

/// By how much each tier can differ between two plans.
struct Ranges {
    coverage: i128,
    minimums: i128,
    stability: i128,
    score: i128,
    balance: i128,
}

impl Ranges {
    fn of(instance: &Instance, units: &[Unit]) -> Self {
        let parts = instance.parts();
        let mut score = 0;
        for coachee in parts.demand.indexes() {
            let wanted = i128::from(parts.demand[coachee].wanted);
            let (mut low, mut high) = (0, 0);
            for s in &parts.score[instance.rows(coachee)] {
                low = low.min(s.0);
                high = high.max(s.0);
            }
            score += wanted * (i128::from(high) - i128::from(low));
        }
        for family in &parts.nests {
            if let Excess::Costs(points) = family.excess {
                score += i128::try_from(units.len()).unwrap_or(i128::MAX) * i128::from(points.0);
            }
        }
        let mut entering: IxVec<_, u32> = parts.seats.iter().map(|_| 0).collect();
        for coach in &parts.coach {
            entering[*coach] += 1;
        }
        let mut balance = 0;
        if parts.balance.0 > 0 {
            for coach in parts.seats.indexes() {
                let seats = parts.seats[coach];
                balance += (1..=seats.max.min(entering[coach]))
                    .map(|k| balance_step(parts.balance.0, seats.max, k))
                    .sum::<i128>();
            }
        }
        Self {
            coverage: units.iter().filter(|u| u.pinned.is_none()).map(|u| i128::from(u.urgency)).sum(),
            minimums: parts.seats.iter().map(|s| i128::from(s.min)).sum(),
            stability: i128::try_from(parts.kept.len()).unwrap_or(i128::MAX),
            score,
            balance,
        }
    }

    const fn of_tier(&self, tier: Tier) -> i128 {
        match tier {
            Tier::Coverage => self.coverage,
            Tier::Minimums => self.minimums,
            Tier::Stability => self.stability,
            Tier::Floor => 0,
            Tier::Score => self.score,
            Tier::Balance => self.balance,
        }
    }
}

/// Which pairs of the given plan are kept, as a lookup.
pub struct Kept<'i> {
    kept: &'i [PairIx],
}

impl<'i> Kept<'i> {
    pub fn of(instance: &'i Instance) -> Self {
        Self { kept: &instance.parts().kept }
    }
    pub fn has(&self, pair: PairIx) -> bool {
        !self.kept.is_empty() && self.kept.binary_search(&pair).is_ok()
    }
}
