//! How far two plans of a stage can differ in each tier. Multipliers that exceed what the later tiers can add up to
//! make the least cost the lexicographic optimum.
//!
//! The ranges, sound for every plan made of pairs of the stage:
//! coverage Σ weights of the places that are not pinned; minimums Σ min; stability the kept pairs;
//! score Σ over coachees of places × (max(0, best) − min(0, worst)), where places = min(wanted, possible pairs), plus per
//! soft nest family Σ places × points; balance Σ over coaches of the cost of min(max, possible pairs) places.

use super::bound::{Marks, in_stage};
use super::money::{Urgency, load_cost};
use super::outside::{distance, toll};
use super::rows::extremes;
use crate::model::catalogue::Tier;
use crate::model::certificate::{Claim, Multipliers, Stage};
use crate::model::index::{CoacheeIx, Ix};
use crate::model::instance::{Excess, Parts};
use crate::model::row::{Outside, Row};

#[derive(Default)]
struct Ranges {
    coverage: i128,
    minimums: i128,
    stability: i128,
    score: i128,
    balance: i128,
}

fn ranges(parts: &Parts, stage: &Stage) -> Option<Ranges> {
    let claim = stage.claim;
    let mut r = Ranges::default();
    let urgency = Urgency::of_stage(parts, stage)?;
    let mut possible = vec![0_u32; parts.seats.len()];
    let (mut kept, mut pins) = (Marks::new(&parts.kept), Marks::new(&parts.pins));
    for (coachee, demand) in parts.demand.enumerate() {
        let (mut best, mut worst, mut pairs, mut pinned) = (0, 0, 0_u32, 0_usize);
        for row in parts.starts[coachee.to_usize()]..parts.starts[coachee.to_usize() + 1] {
            let (is_kept, is_pin) = (kept.at(row), pins.at(row));
            pinned += usize::from(is_pin);
            let score = parts.score[row].0;
            if in_stage(claim, score) {
                pairs += 1;
                best = best.max(score);
                worst = worst.min(score);
                r.stability += i128::from(is_kept);
                possible[parts.coach[row].to_usize()] += 1;
            }
        }
        let places = i128::from(pairs.min(u32::from(demand.wanted)));
        let width = places.checked_mul(i128::from(best) - i128::from(worst))?;
        r.score = r.score.checked_add(width)?;
        for family in parts.nests.iter().filter(|f| f.group[coachee].is_some()) {
            if let Excess::Costs(points) = family.excess {
                r.score = r.score.checked_add(places.checked_mul(i128::from(points.0))?)?;
            }
        }
        let free = pinned + 1..=usize::from(demand.wanted);
        for k in free {
            r.coverage = r.coverage.checked_add(urgency.of(*demand, k))?;
        }
    }
    for (seats, pairs) in parts.seats.iter().zip(possible) {
        r.minimums += i128::from(seats.min.min(pairs));
        r.balance = r.balance.checked_add(load_cost(parts.balance, seats.max, seats.max.min(pairs))?)?;
    }
    Some(r)
}

/// What soft rows can take from the score.
fn charge_range(parts: &Parts) -> Option<i128> {
    parts.rows.iter().filter(|row| row.outside != Outside::Forbidden).try_fold(0_i128, |sum, row| {
        let (lowest, highest) = extremes(&row.amount);
        sum.checked_add(toll(row.outside, distance(row, lowest).max(distance(row, highest)))?)
    })
}

/// What rings of 3 can take from the score. Whoever coaches u lets each pair with u for its coach be in one ring more, and a ring
/// has three pairs.
fn ring_range(parts: &Parts) -> Option<i128> {
    let Some((rings, Outside::Costs { points, .. })) = parts.rings.as_ref().map(|r| (r, r.outside)) else {
        return Some(0);
    };
    let mut both: Vec<CoacheeIx> = rings.same.iter().flatten().copied().collect();
    both.sort_unstable();
    both.dedup();
    let wanted = || both.iter().map(|coachee| i128::from(parts.demand[*coachee].wanted));
    let most = wanted().sum::<i128>() * wanted().max().unwrap_or(0) / 3;
    most.checked_mul(i128::from(points.0))
}

/// How much can be missing to hard rows that do not hold when nobody is matched.
fn quota_range(parts: &Parts) -> i128 {
    let hard = parts.rows.iter().filter(|row| row.outside == Outside::Forbidden && distance(row, 0) > 0);
    // The other limit of such a row holds when nobody is matched, so no plan is beyond that one.
    let most = |row: &Row| {
        let (lowest, highest) = extremes(&row.amount);
        let short = row.least.is_some_and(|least| least > 0);
        distance(row, if short { lowest } else { highest })
    };
    hard.map(most).sum()
}

/// The tiers that a stage folds into its cost, in order.
pub(super) fn tiers_of(parts: &Parts, claim: Claim) -> Vec<Tier> {
    let floor = parts.tiers.iter().position(|t| *t == Tier::Floor);
    match (claim, floor) {
        (Claim::BestBeforeFloor | Claim::FloorIsHighest { .. }, Some(at)) => parts.tiers[..at].to_vec(),
        (Claim::BestBeforeFloor | Claim::FloorIsHighest { .. }, None) | (Claim::Stable, _) => Vec::new(),
        (Claim::Best { .. }, _) => parts.tiers.iter().copied().filter(|t| *t != Tier::Floor).collect(),
    }
}

/// What is wrong with the multipliers of a stage. A tier in which plans cannot differ may have any multiplier.
pub(super) fn multipliers(parts: &Parts, stage: &Stage) -> Vec<&'static str> {
    let Multipliers { pins, quotas, coverage, minimums, stability, score, balance } = stage.multipliers;
    if [pins, quotas, coverage, minimums, stability, score, balance].iter().any(|m| *m < 0) {
        return vec!["a multiplier is negative"];
    }
    let too_large = vec!["the multipliers are too large to add up"];
    let Some(mut r) = ranges(parts, stage) else { return too_large };
    if stage.groups.is_some() {
        // This bound counts what rows cost. Where it does not, a plan that is charged is never proved.
        let charges = charge_range(parts).and_then(|rows| ring_range(parts)?.checked_add(rows));
        let Some(score) = charges.and_then(|charges| r.score.checked_add(charges)) else {
            return too_large;
        };
        r.score = score;
    }
    let range = |tier| match tier {
        Tier::Coverage => r.coverage,
        Tier::Minimums => r.minimums,
        Tier::Stability => r.stability,
        Tier::Floor => 0,
        Tier::Score => r.score,
        Tier::Balance => r.balance,
    };
    let tiers = tiers_of(parts, stage.claim);
    let mut wrong = Vec::new();
    let all = [Tier::Coverage, Tier::Minimums, Tier::Stability, Tier::Score, Tier::Balance];
    let left_out = |tier: &Tier| !tiers.contains(tier);
    if all.iter().filter(|t| left_out(t)).any(|t| range(*t) > 0 && stage.multipliers.of(*t) > 0) {
        wrong.push("a tier that the stage leaves out has a multiplier");
    }
    let mut rest = 0_i128;
    for tier in tiers.iter().rev() {
        let (range, multiplier) = (range(*tier), stage.multipliers.of(*tier));
        if range > 0 && multiplier <= rest {
            wrong.push("a multiplier is not larger than what the later tiers can differ by");
        }
        let Some(sum) = multiplier.checked_mul(range).and_then(|m| rest.checked_add(m)) else {
            return too_large;
        };
        rest = sum;
    }
    if quotas > 0 {
        if quotas <= rest {
            wrong.push("the multiplier of the quotas is not larger than what the tiers can differ by");
        }
        let Some(sum) = quotas.checked_mul(quota_range(parts)).and_then(|m| rest.checked_add(m)) else {
            return too_large;
        };
        rest = sum;
    }
    if !parts.pins.is_empty() && pins <= rest {
        wrong.push("the multiplier of the pins is not larger than what the tiers can differ by");
    }
    wrong
}
