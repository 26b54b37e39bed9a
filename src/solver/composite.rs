//! Tiers folded into one cost: the multipliers of [`crate::model::certificate`], and the proof that they fit.

use super::regions::Region;
use super::survey::{Divisor, Survey};
use super::units::{Unit, units};
use crate::model::catalogue::Tier;
use crate::model::certificate::Multipliers;
use crate::model::index::{CoachIx, Ix, IxVec, PairIx};
use crate::model::instance::{Excess, Instance, Seats};
use crate::model::quantity::Points;

/// One cost for a list of sum tiers (the floor is no sum and is left out).
pub struct Composite<'i> {
    pub instance: &'i Instance,
    pub units: Vec<Unit>,
    pub regions: Vec<Region>,
    pub multipliers: Multipliers,
    /// Divides every cost; searching happens in multiples of it.
    pub unit: i128,
    /// Pairs that only their own units take, ascending: pins, and pairs that a search has made.
    pub pins: Vec<PairIx>,
    /// What a place weighs, by the urgency of its unit.
    pub weights: Vec<i128>,
    /// By pair whether a search leaves it out; empty where it leaves out none.
    pub left_out: Vec<bool>,
    /// More than one cycle of the flow can change the cost by, all pins kept: a cycle passes the sink once, so that it fills or
    /// empties at most two places, and every unit changes its pair at most once.
    pub cycle: i128,
    /// Whether the numbers are too large to add up; whatever costs say then is wrong.
    pub overflows: bool,
    largest_score: i128,
    /// Divides a score by `unit`, where a score is all that a pair costs.
    exact: Option<Divisor>,
}

/// How the ranks of coverage are weighed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Ranks {
    /// One more for each rank: right for flows, where the most places in all are the most in the first ranks too.
    #[default]
    Counted,
    /// So that each place weighs more than all less urgent ones.
    Apart,
}

/// Sums of places with such weights are far from overflowing, and costs of so much cannot be searched.
const HEAVIEST: i128 = 1 << 100;

/// What a place weighs, by the urgency of its unit; pinned units may have none. Weights apart grow fast, and stop at [`HEAVIEST`].
fn weights(units: &[Unit], ranks: Ranks) -> Vec<i128> {
    let mut places: Vec<i128> = Vec::new();
    for unit in units {
        let urgency = unit.urgency as usize;
        places.resize(places.len().max(urgency + 1), 0);
        places[urgency] += i128::from(unit.pinned.is_none());
    }
    let (mut weights, mut sum): (Vec<i128>, i128) = (vec![0], 0);
    for places in places.iter().skip(1) {
        let next = match ranks {
            Ranks::Counted => weights[weights.len() - 1] + 1,
            Ranks::Apart => sum + 1,
        };
        weights.push(next);
        sum = sum.saturating_add(next.saturating_mul(*places)).min(HEAVIEST);
    }
    weights
}

/// What rows and rings add to what plans can differ by, where they are looked at.
#[derive(Clone, Copy, Default)]
pub struct Counted {
    /// Points.
    pub charges: i128,
    /// What can be missing to least numbers.
    pub missed: i128,
    pub ranks: Ranks,
}

impl<'i> Composite<'i> {
    pub fn new(instance: &'i Instance, survey: &Survey, tiers: &[Tier]) -> Self {
        Self::counting(instance, survey, tiers, Counted::default())
    }

    pub fn counting(instance: &'i Instance, survey: &Survey, tiers: &[Tier], counted: Counted) -> Self {
        let units = units(instance, survey);
        let weights = weights(&units, counted.ranks);
        let mut ranges = Ranges::of(instance, survey, &units, &weights);
        ranges.score += counted.charges;
        let sums: Vec<Tier> = tiers.iter().copied().filter(|t| *t != Tier::Floor).collect();
        let unit = if sums.last() == Some(&Tier::Score) { i128::from(survey.divisor) } else { 1 };
        let mut multipliers = Multipliers::default();
        // Everything that the tiers handled so far, the later ones, can differ by.
        let mut below: i128 = 0;
        for (i, tier) in sums.iter().enumerate().rev() {
            let multiplier = if i + 1 == sums.len() { 1 } else { above(below, unit) };
            *slot(&mut multipliers, *tier) = multiplier;
            below = below.saturating_add(multiplier.saturating_mul(ranges.of_tier(*tier)));
        }
        if counted.missed > 0 {
            multipliers.quotas = above(below, unit);
            below = below.saturating_add(multipliers.quotas.saturating_mul(counted.missed));
        }
        multipliers.pins = above(below, unit);
        let heaviest = weights.iter().max().copied().unwrap_or(0);
        let place = 2 * i128::from(instance.parts().balance.0);
        let around = [
            multipliers.coverage.saturating_mul(2 * heaviest),
            multipliers.minimums.saturating_mul(2),
            multipliers.stability.saturating_mul(ranges.stability),
            multipliers.score.saturating_mul(ranges.score),
            multipliers.balance.saturating_mul(2 * place),
        ];
        let cycle = above(around.into_iter().fold(0, i128::saturating_add), unit);
        let exact = (multipliers.score == 1)
            .then(|| Divisor::of(u64::try_from(unit).expect("the divisor of scores is positive")));
        let regions = survey.regions.split(&units, &survey.nearest);
        let overflows = below >= i128::MAX / 4 || weights.iter().any(|weight| *weight > HEAVIEST);
        Self {
            instance,
            units,
            regions,
            multipliers,
            unit,
            pins: instance.parts().pins.clone(),
            weights,
            left_out: Vec::new(),
            cycle,
            overflows,
            largest_score: survey.largest,
            exact,
        }
    }

    /// The same among plans that make some pairs and leave others out; `None` where some coachee has no place left for one of them.
    pub fn within(&self, made: &[PairIx], not: &[PairIx]) -> Option<Self> {
        let mut units = self.units.clone();
        for pair in made {
            let coachee = self.instance.coachee_of(*pair).get();
            let mine = || units.iter().enumerate().filter(|(_, unit)| unit.coachee == coachee);
            let own = mine().find(|(_, unit)| unit.pinned == Some(*pair));
            // Where a coachee wants several coaches, the most urgent place comes first.
            let at = own.or_else(|| mine().find(|(_, unit)| unit.pinned.is_none()))?.0;
            (units[at].pinned, units[at].forced) = (Some(*pair), true);
        }
        let mut open = None;
        for unit in &mut units {
            unit.first = unit.pinned.is_some() || open != Some(unit.coachee);
            if unit.pinned.is_none() {
                open = Some(unit.coachee);
            }
        }
        let mut left_out = vec![false; self.instance.pairs()];
        for pair in not {
            left_out[pair.to_usize()] = true;
        }
        if made.iter().any(|pair| left_out[pair.to_usize()]) {
            return None;
        }
        let mut pins = [&*self.pins, made].concat();
        pins.sort_unstable();
        pins.dedup();
        let (regions, weights) = (self.regions.clone(), self.weights.clone());
        Some(Self { units, regions, pins, weights, left_out, ..*self })
    }

    /// The same costs, each `by` times as large.
    pub fn scaled(mut self, by: i128) -> Self {
        let Multipliers { pins, quotas, coverage, minimums, stability, score, balance } =
            &mut self.multipliers;
        for multiplier in [pins, quotas, coverage, minimums, stability, score, balance] {
            *multiplier *= by;
        }
        self.cycle *= by;
        self.exact = None;
        self
    }

    /// What a pair costs, in units.
    #[inline]
    pub fn pair(&self, score: Points, kept: bool) -> i128 {
        match self.exact {
            Some(exact) if !kept => i128::from(exact.quotient(-score.0)),
            _ => {
                let kept = if kept { self.multipliers.stability } else { 0 };
                (-self.multipliers.score * i128::from(score.0) - kept) / self.unit
            }
        }
    }

    /// What leaving a unit open costs.
    pub fn skip(&self, unit: &Unit) -> i128 {
        match unit.pinned {
            // More than all plans can differ by.
            Some(_) if unit.forced => {
                let pins = i128::try_from(self.instance.parts().pins.len()).expect("a count");
                self.multipliers.pins.saturating_mul(pins + 1)
            }
            Some(_) => self.multipliers.pins,
            None => self.multipliers.coverage.saturating_mul(self.weights[unit.urgency as usize]),
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
        (2 * pair).saturating_add(skip).saturating_add(nest + place) / self.unit + 1
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
    (below / unit + 1).saturating_mul(unit)
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
    fn of(instance: &Instance, survey: &Survey, units: &[Unit], weights: &[i128]) -> Self {
        let parts = instance.parts();
        let mut score = survey.range;
        for family in &parts.nests {
            if let Excess::Costs(points) = family.excess {
                score += i128::try_from(units.len()).unwrap_or(i128::MAX) * i128::from(points.0);
            }
        }
        let balance = if parts.balance.0 > 0 { balance_range(instance) } else { 0 };
        Self {
            coverage: units.iter().filter(|u| u.pinned.is_none()).map(|u| weights[u.urgency as usize]).sum(),
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

/// Every place that can be taken, taken.
fn balance_range(instance: &Instance) -> i128 {
    let parts = instance.parts();
    let mut entering: IxVec<CoachIx, u32> = parts.seats.iter().map(|_| 0).collect();
    for coach in &parts.coach {
        entering[*coach] += 1;
    }
    let places = |(coach, seats): (CoachIx, &Seats)| {
        (1..=seats.max.min(entering[coach]))
            .map(|k| balance_step(parts.balance.0, seats.max, k))
            .sum::<i128>()
    };
    parts.seats.enumerate().map(places).sum()
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
