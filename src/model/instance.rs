//! The instance: the validated problem that the solver sees, and nothing else.
//!
//! Coachees and coaches keep the roster's indexes. Those who take no part have no pairs, a `max` of 0, no demand.

use super::catalogue::Tier;
use super::column::Column;
use super::index::{CoachIx, CoacheeIx, GroupIx, Ix, IxVec, PairIx};
use super::quantity::Points;
use super::row::{Amount, Outside, Rings, Row};
use super::wishes::Wishes;

/// A coach's seats: `min ≤ max`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Seats {
    /// 0 where minimum loads are off.
    pub min: u32,
    pub max: u32,
}

/// Whether minimum loads that cannot all be met contradict the programme, or are filled as far as can be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Minimums {
    Hard,
    #[default]
    Soft,
}

/// What a coachee asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Demand {
    /// How many different coaches; 0 for those who take no part.
    pub wanted: u8,
    /// Priority class, 1 first; all 1 where the rule is off.
    pub class: u8,
}

/// What going over a nest's cap costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Excess {
    Forbidden,
    /// Points for each coachee over the cap, not negative.
    Costs(Points),
}

/// Which rule a nest family comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NestKind {
    School,
    Sector,
}

/// For every coach: of the coachees of one group, at most `cap`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NestFamily {
    pub kind: NestKind,
    /// At least 1.
    pub cap: u32,
    pub excess: Excess,
    /// `None`: the coachee is in no group of this family.
    pub group: IxVec<CoacheeIx, Option<GroupIx>>,
    /// Pairs that do not count (waived), ascending.
    pub exempt: Vec<PairIx>,
}

/// The parts an instance is made of; [`Instance::try_new`] checks how they fit.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Parts {
    pub seats: IxVec<CoachIx, Seats>,
    pub minimums: Minimums,
    pub demand: IxVec<CoacheeIx, Demand>,
    /// Eligible pairs by coachee: `starts` has one entry more than there are coachees.
    pub starts: Vec<usize>,
    /// Within one coachee strictly ascending.
    pub coach: Column<CoachIx>,
    /// The pair's own score.
    pub score: Column<Points>,
    /// From the innermost to the outermost; groups of an inner family lie inside groups of the outer.
    pub nests: Vec<NestFamily>,
    /// By rule, then what they are about; no two of the same.
    pub rows: Vec<Row>,
    /// Where rings are avoided.
    pub rings: Option<Rings>,
    /// Points per `balance` step, not negative; 0 where the tier is off.
    pub balance: Points,
    /// Ascending; per coachee at most `wanted`.
    pub pins: Vec<PairIx>,
    /// Pairs of the given plan that are eligible, ascending.
    pub kept: Vec<PairIx>,
    /// In order, without repeats.
    pub tiers: Vec<Tier>,
    /// Where a stable plan is asked for, whatever the tiers; they are told, not sought.
    pub stable: Option<Wishes>,
}

/// Why parts do not form an instance: a fault of the caller, not of a planner.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Misfit {
    StartsShape,
    ColumnsShape,
    CoachOrder,
    CoachRange,
    MinAboveMax,
    DemandRange,
    ScoreRange,
    NestShape,
    NestsCross,
    RowShape,
    RowOrder,
    RingShape,
    PinOrder,
    TooManyPins,
    TierRepeated,
    WishShape,
}

/// The validated problem. Read access only.
#[derive(Clone, PartialEq, Debug)]
pub struct Instance(Parts);

impl Instance {
    /// The only gate. Checks every invariant named on [`Parts`] and returns all that are broken.
    pub fn try_new(parts: Parts) -> Result<Self, Vec<Misfit>> {
        let mut misfits = Vec::new();
        let mut check = |fine: bool, misfit: Misfit| {
            if !fine && !misfits.contains(&misfit) {
                misfits.push(misfit);
            }
        };
        let coachees = parts.demand.len();
        let pairs = parts.coach.len();
        let starts = &parts.starts;
        let shaped = starts.len() == coachees + 1
            && starts.first() == Some(&0)
            && starts.last() == Some(&pairs)
            && starts.windows(2).all(|w| w[0] <= w[1]);
        check(shaped, Misfit::StartsShape);
        check(parts.score.len() == pairs && u32::try_from(pairs).is_ok(), Misfit::ColumnsShape);
        check(parts.seats.iter().all(|s| s.min <= s.max), Misfit::MinAboveMax);
        check(parts.demand.iter().all(|d| d.wanted <= 9 && (1..=9).contains(&d.class)), Misfit::DemandRange);
        check(parts.score.iter().all(|s| s.0.abs() <= 1 << 60), Misfit::ScoreRange);
        check(parts.coach.iter().all(|c| c.to_usize() < parts.seats.len()), Misfit::CoachRange);
        let ascending = |list: &[PairIx]| {
            list.windows(2).all(|w| w[0] < w[1]) && list.last().is_none_or(|p| p.to_usize() < pairs)
        };
        check(ascending(&parts.pins) && ascending(&parts.kept), Misfit::PinOrder);
        let mut tiers = parts.tiers.clone();
        tiers.sort_unstable();
        tiers.dedup();
        check(tiers.len() == parts.tiers.len(), Misfit::TierRepeated);
        for family in &parts.nests {
            let fits = family.cap > 0 && family.group.len() == coachees && ascending(&family.exempt);
            let cost_fits = !matches!(family.excess, Excess::Costs(p) if p.0 < 0);
            check(fits && cost_fits, Misfit::NestShape);
        }
        for pair in parts.nests.windows(2) {
            let within = nested(&pair[0].group, &pair[1].group);
            check(within && (!shaped || waived_from_inside(&parts, &pair[0], &pair[1])), Misfit::NestsCross);
        }
        check(parts.rows.iter().all(|row| row_fits(row, pairs)), Misfit::RowShape);
        check(
            parts.rows.windows(2).all(|w| (w[0].rule, w[0].about) < (w[1].rule, w[1].about)),
            Misfit::RowOrder,
        );
        if let Some(rings) = &parts.rings {
            let known = rings.same.iter().flatten().all(|e| e.to_usize() < coachees);
            let fits = rings.same.len() == parts.seats.len() && known && ascending(&rings.exempt);
            check(fits && rings_cost(rings), Misfit::RingShape);
        }
        if let Some(wishes) = &parts.stable {
            let fits = wishes
                .named
                .iter()
                .all(|w| w.pair.to_usize() < pairs && (w.coachees.is_some() || w.coachs.is_some()));
            check(fits && wishes.named.windows(2).all(|w| w[0].pair < w[1].pair), Misfit::WishShape);
        }
        if shaped {
            for coachee in 0..coachees {
                let rows = starts[coachee]..starts[coachee + 1];
                check(parts.coach[rows.clone()].windows(2).all(|w| w[0] < w[1]), Misfit::CoachOrder);
            }
            check(pins_fit(&parts), Misfit::TooManyPins);
        }
        if misfits.is_empty() { Ok(Self(parts)) } else { Err(misfits) }
    }

    pub fn parts(&self) -> &Parts {
        &self.0
    }
    pub fn coaches(&self) -> usize {
        self.0.seats.len()
    }
    pub fn coachees(&self) -> usize {
        self.0.demand.len()
    }
    pub fn pairs(&self) -> usize {
        self.0.coach.len()
    }
    /// The eligible pairs of one coachee, as positions in `coach` and `score`.
    #[inline]
    pub fn rows(&self, coachee: CoacheeIx) -> std::ops::Range<usize> {
        self.0.starts[coachee.to_usize()]..self.0.starts[coachee.to_usize() + 1]
    }
    /// The pair of a coachee and a coach, if it is eligible.
    pub fn pair(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<PairIx> {
        let rows = self.rows(coachee);
        self.0.coach[rows.clone()].binary_search(&coach).ok().map(|at| PairIx::from_usize(rows.start + at))
    }
    /// The coachee of a pair.
    pub fn coachee_of(&self, pair: PairIx) -> CoacheeIx {
        CoacheeIx::from_usize(self.0.starts.partition_point(|&s| s <= pair.to_usize()) - 1)
    }
}

fn row_fits(row: &Row, pairs: usize) -> bool {
    let amount = match &row.amount {
        Amount::Sum(terms) => {
            let ordered = terms.windows(2).all(|w| w[0].0 < w[1].0);
            ordered && terms.iter().all(|(p, w)| p.to_usize() < pairs && *w != 0 && w.abs() <= 1 << 40)
        }
        Amount::Distinct(sets) => {
            let fits = |set: &Vec<PairIx>| {
                let ordered = set.windows(2).all(|w| w[0] < w[1]);
                ordered && set.last().is_some_and(|p| p.to_usize() < pairs)
            };
            let mut all: Vec<PairIx> = sets.iter().flatten().copied().collect();
            all.sort_unstable();
            sets.iter().all(fits) && all.windows(2).all(|w| w[0] < w[1])
        }
    };
    let limited = row.least.is_some() || row.most.is_some();
    let cost = match row.outside {
        Outside::Forbidden => true,
        Outside::Costs { step, points } => step >= 1 && points.0 >= 0,
    };
    amount && limited && cost
}

/// Only rings of exactly 3 have a price: each of them costs it once.
fn rings_cost(rings: &Rings) -> bool {
    rings.longest.is_none_or(|l| l >= 3)
        && match rings.outside {
            Outside::Forbidden => true,
            Outside::Costs { step, points } => step == 1 && points.0 >= 0 && rings.longest == Some(3),
        }
}

/// Whether every group of `inner` lies inside one group of `outer` (coachees without a group stand outside).
fn nested(inner: &IxVec<CoacheeIx, Option<GroupIx>>, outer: &IxVec<CoacheeIx, Option<GroupIx>>) -> bool {
    let mut seen: Vec<Option<Option<GroupIx>>> = Vec::new();
    for (i, o) in inner.iter().zip(outer) {
        let Some(group) = i else { continue };
        let at = group.to_usize();
        if seen.len() <= at {
            seen.resize(at + 1, None);
        }
        match seen[at] {
            None => seen[at] = Some(*o),
            Some(first) if first == *o => {}
            Some(_) => return false,
        }
    }
    true
}

/// Whether every pair that does not count in the outer family counts in no nest of the inner one either.
fn waived_from_inside(parts: &Parts, inner: &NestFamily, outer: &NestFamily) -> bool {
    outer.exempt.iter().filter(|pair| inner.exempt.binary_search(pair).is_err()).all(|pair| {
        let after = parts.starts.partition_point(|start| *start <= pair.to_usize());
        inner.group.get(CoacheeIx::from_usize(after.saturating_sub(1))).is_none_or(Option::is_none)
    })
}

fn pins_fit(parts: &Parts) -> bool {
    let mut at = 0;
    parts.demand.indexes().all(|coachee| {
        let end = parts.starts[coachee.to_usize() + 1];
        let first = at;
        while at < parts.pins.len() && parts.pins[at].to_usize() < end {
            at += 1;
        }
        at - first <= usize::from(parts.demand[coachee].wanted)
    })
}
