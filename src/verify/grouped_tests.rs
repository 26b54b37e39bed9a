//! The bound by groups against every plan of tiny instances.

use super::bound::cost;
use super::cases::row_cost;
use super::grouped::bound;
use super::outside::{Made, ring};
use super::rows::coachee_of;
use crate::model::catalogue::{RuleKey, Tier};
use crate::model::certificate::{Case, Claim, GroupPrices, Groups, Multipliers, RowPrice, Stage};
use crate::model::index::{CoachIx, CoacheeIx, GroupIx, Ix, PairIx};
use crate::model::instance::{Demand, Excess, NestFamily, NestKind, Parts, Seats};
use crate::model::quantity::Points;
use crate::model::row::{About, Amount, Outside, Rings, Row};

/// Numbers that are the same on every machine (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        i64::try_from((z ^ (z >> 31)) % u64::try_from(n).expect("positive")).expect("small")
    }
    fn number(&mut self, n: i64) -> u32 {
        u32::try_from(self.below(n)).expect("small")
    }
}

const COACHES: usize = 3;
const COACHEES: usize = 3;
const PAIRS: usize = COACHES * COACHEES;

fn row(dice: &mut Dice, about: About, pairs: &[usize]) -> Row {
    let sets = dice.below(3) == 0;
    let amount = if sets {
        let set =
            |e: usize| pairs.iter().filter(|p| **p / COACHES == e).map(|p| PairIx::from_usize(*p)).collect();
        Amount::Distinct((0..COACHEES).map(set).filter(|set: &Vec<PairIx>| !set.is_empty()).collect())
    } else {
        let mut term = |p: &usize| {
            (PairIx::from_usize(*p), [1, 2, 7, 30, -2][usize::try_from(dice.below(5)).expect("small")])
        };
        Amount::Sum(pairs.iter().map(&mut term).collect())
    };
    let least = (dice.below(3) == 0).then(|| dice.below(3));
    let most = (least.is_none() || dice.below(2) == 0).then(|| least.unwrap_or(0) + dice.below(20));
    let points = Points(dice.below(9));
    let outside = [Outside::Forbidden, Outside::Costs { step: 1 + dice.below(4), points }]
        [usize::from(dice.below(2) == 0)];
    Row { rule: RuleKey::Hours, about, amount, least, most, outside }
}

/// Rings among three people who are all on both lists.
fn rings(dice: &mut Dice) -> Rings {
    let points = Points(dice.below(9));
    let costs = dice.below(2) == 0;
    let outside = if costs { Outside::Costs { step: 1, points } } else { Outside::Forbidden };
    Rings {
        same: (0..COACHES).map(|c| Some(CoacheeIx::from_usize(c))).collect(),
        longest: if costs || dice.below(2) == 0 { Some(3) } else { None },
        outside,
        exempt: if dice.below(3) == 0 { vec![PairIx::from_usize(1)] } else { Vec::new() },
    }
}

fn instance(dice: &mut Dice) -> Parts {
    let mut rows: Vec<Row> = Vec::new();
    for coach in 0..COACHES {
        if dice.below(3) > 0 {
            let own: Vec<usize> = (0..PAIRS).filter(|p| p % COACHES == coach).collect();
            rows.push(row(dice, About::Coach(CoachIx::from_usize(coach)), &own));
        }
    }
    rows.push(row(dice, About::Programme, &(0..PAIRS).collect::<Vec<_>>()));
    let nest = NestFamily {
        kind: NestKind::School,
        cap: 1,
        excess: if dice.below(2) == 0 { Excess::Forbidden } else { Excess::Costs(Points(dice.below(5))) },
        group: (0..COACHEES).map(|_| (dice.below(3) > 0).then(|| GroupIx::new(dice.number(2)))).collect(),
        exempt: if dice.below(3) == 0 { vec![PairIx::from_usize(4)] } else { Vec::new() },
    };
    let seats = (0..COACHES).map(|_| {
        let max = dice.number(4);
        Seats { min: dice.number(2).min(max), max }
    });
    let seats = seats.collect();
    Parts {
        seats,
        demand: (0..COACHEES)
            .map(|_| Demand {
                wanted: 1 + u8::from(dice.below(3) == 0),
                class: 1 + u8::from(dice.below(2) == 0),
            })
            .collect(),
        starts: (0..=COACHEES).map(|e| e * COACHES).collect(),
        coach: (0..PAIRS).map(|p| CoachIx::from_usize(p % COACHES)).collect(),
        score: (0..PAIRS).map(|_| Points(dice.below(20) - 5)).collect(),
        nests: vec![nest],
        rows,
        rings: (dice.below(2) == 0).then(|| rings(dice)),
        balance: Points(dice.below(4)),
        pins: if dice.below(3) == 0 { vec![PairIx::from_usize(5)] } else { Vec::new() },
        tiers: vec![Tier::Coverage, Tier::Score, Tier::Balance],
        ..Parts::default()
    }
}

/// The least cost of any plan.
fn by_hand(parts: &Parts, stage: &Stage) -> i128 {
    let m = &stage.multipliers;
    let plans = (0_usize..1 << PAIRS).filter_map(|bits| {
        let plan: Vec<PairIx> = (0..PAIRS).filter(|p| bits >> p & 1 == 1).map(PairIx::from_usize).collect();
        let load = |c: CoachIx| plan.iter().filter(|p| parts.coach[p.to_usize()] == c).count();
        // A pinned place takes its pinned pair only.
        let free = |e: CoacheeIx| {
            let pins = parts.pins.iter().filter(|p| coachee_of(parts, **p) == e).count();
            usize::from(parts.demand[e].wanted) - pins
        };
        let got = |e: CoacheeIx| {
            plan.iter().filter(|p| coachee_of(parts, **p) == e && !parts.pins.contains(p)).count()
        };
        let nest = &parts.nests[0];
        let crowd = |c: CoachIx, g: u32| {
            let in_it = |p: &&PairIx| {
                parts.coach[p.to_usize()] == c
                    && nest.group[coachee_of(parts, **p)] == Some(GroupIx::new(g))
                    && !nest.exempt.contains(p)
            };
            plan.iter().filter(in_it).count()
        };
        let capped = nest.excess == Excess::Forbidden;
        let made = Made::new(plan.iter().copied());
        let allowed = |row: &Row| row_cost(m, row, made.amount(&row.amount)) != Ok(None);
        let rings = parts.rings.as_ref().filter(|rings| rings.outside == Outside::Forbidden);
        let fits = parts.seats.enumerate().all(|(c, seats)| load(c) <= seats.max as usize)
            && parts.demand.indexes().all(|e| got(e) <= free(e))
            && (!capped || parts.seats.indexes().all(|c| (0..2).all(|g| crowd(c, g) <= 1)))
            && parts.rows.iter().all(allowed)
            && rings.is_none_or(|rings| ring(parts, rings, &made).is_none());
        fits.then(|| cost(parts, stage, &plan).expect("small numbers"))
    });
    plans.min().expect("nobody matched is a plan")
}

fn stage(dice: &mut Dice) -> Stage {
    let mut some = |n: i64| i128::from(dice.below(n));
    let multipliers = Multipliers {
        pins: some(60),
        quotas: some(30),
        coverage: some(20),
        minimums: some(9),
        stability: 0,
        score: some(4),
        balance: some(3),
    };
    let (prices, nests) = (Vec::new(), Vec::new());
    let groups = Some(Groups { prices: Vec::new(), cases: Vec::new() });
    Stage { claim: Claim::Best { floor: None }, multipliers, prices, nests, groups, bound: 0 }
}

#[test]
fn no_plan_costs_less_than_the_bound() {
    let mut tight = 0;
    for seed in 0..3_000 {
        let dice = &mut Dice(seed);
        let (parts, stage) = (instance(dice), stage(dice));
        let coachees = (0..COACHEES).map(|e| (CoacheeIx::from_usize(e), i128::from(dice.below(40) - 10)));
        let coachees: Vec<_> = coachees.filter(|(_, price)| *price != 0).collect();
        let wants_one = parts.demand.iter().all(|d| d.wanted == 1);
        let shared = parts.rows.len() - 1;
        let sign =
            if wants_one || matches!(parts.rows[shared].amount, Amount::Sum(_)) { dice.below(2) } else { 0 };
        let price = i128::from(1 + dice.below(2)) * if sign == 1 { 1 } else { -1 };
        let rows = vec![RowPrice { row: shared, price, per: 1 + dice.below(4) }];
        let splits: Vec<usize> =
            (0..dice.below(5)).map(|_| usize::try_from(dice.below(9)).expect("small")).collect();
        let cases = tree(&splits);
        let groups = Groups { prices: vec![GroupPrices { coachees, rows }], cases };
        let least = by_hand(&parts, &stage);
        let bound = bound(&parts, &stage, &groups).expect("prices of a shared row");
        assert!(bound <= least, "seed {seed}: {bound} above {least}");
        tight += u32::from(bound == least);
    }
    assert!(tight > 2, "random prices are tight now and then, not {tight} times");
}

/// A split for every one of these pairs.
fn tree(pairs: &[usize]) -> Vec<Case> {
    let Some((first, rest)) = pairs.split_first() else { return vec![Case::Bound(0)] };
    let below = tree(rest);
    [vec![Case::Split(PairIx::from_usize(*first))], below.clone(), below].concat()
}

#[test]
fn case_by_case_the_bound_is_the_least_cost() {
    for seed in 0..60 {
        let dice = &mut Dice(seed);
        let (parts, stage) = (instance(dice), stage(dice));
        // Dear places: a coachee takes those of the pairs that are made, and no other.
        let coachees = (0..COACHEES).map(|e| (CoacheeIx::from_usize(e), 1_000)).collect();
        let cases = tree(&(0..PAIRS).collect::<Vec<_>>());
        let groups = Groups { prices: vec![GroupPrices { coachees, rows: Vec::new() }], cases };
        assert_eq!(bound(&parts, &stage, &groups), Ok(by_hand(&parts, &stage)), "seed {seed}");
    }
}
