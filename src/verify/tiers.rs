//! The tiers of the objective: which, in what order, and what the plan is worth in each.

use super::Report;
use super::chosen::Chosen;
use super::money::load_cost;
use super::outside::charges;
use super::problem::Problem;
use crate::model::catalogue::{Tier, Word};
use crate::model::document::{OutcomeKind, PlanDocument};
use crate::model::instance::Excess;
use crate::model::quantity::micro_decimal;
use std::collections::BTreeMap;

/// The plan's value in a tier; `None` where there is none, or where it is too large to add up.
fn value(problem: &Problem<'_>, chosen: &Chosen, tier: Tier) -> Option<i128> {
    let parts = &problem.parts;
    let count = |n: usize| i128::try_from(n).ok();
    match tier {
        Tier::Coverage => count(chosen.picked.len()),
        Tier::Minimums => {
            let missing = |(seats, load): (&crate::model::instance::Seats, &u32)| {
                i128::from(seats.min.saturating_sub(*load))
            };
            Some(parts.seats.iter().zip(&chosen.load).map(missing).sum())
        }
        Tier::Stability => {
            let kept = chosen
                .picked
                .iter()
                .filter(|p| p.pair.is_some_and(|pair| parts.kept.binary_search(&pair).is_ok()));
            count(parts.kept.len() - kept.count())
        }
        Tier::Floor => chosen.picked.iter().map(|p| p.own).min(),
        Tier::Score => {
            let own = chosen.picked.iter().try_fold(0_i128, |sum, p| sum.checked_add(p.own))?;
            let charged = charges(parts, chosen)?;
            let rows = charged.iter().try_fold(0_i128, |sum, charge| sum.checked_add(charge.points))?;
            own.checked_sub(excess(problem, chosen)?)?.checked_sub(rows)
        }
        Tier::Balance => parts.seats.iter().zip(&chosen.load).try_fold(0_i128, |sum, (seats, load)| {
            sum.checked_add(load_cost(parts.balance, seats.max, *load)?)
        }),
    }
}

/// What the soft nests take from the score.
fn excess(problem: &Problem<'_>, chosen: &Chosen) -> Option<i128> {
    let mut total = 0_i128;
    for family in &problem.parts.nests {
        let Excess::Costs(points) = family.excess else { continue };
        let mut members: BTreeMap<_, u32> = BTreeMap::new();
        for picked in &chosen.picked {
            if let Some(group) = family.group[picked.coachee] {
                *members.entry((picked.coach, group)).or_default() += 1;
            }
        }
        for count in members.into_values() {
            let over = i128::from(count.saturating_sub(family.cap));
            total = total.checked_add(over.checked_mul(i128::from(points.0))?)?;
        }
    }
    Some(total)
}

pub(super) fn check(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    let expected = &problem.parts.tiers;
    if plan.outcome == OutcomeKind::Unknown && plan.tiers.is_empty() {
        return;
    }
    if !plan.tiers.iter().map(|line| line.tier).eq(expected.iter().copied()) {
        report.add("tiers", &[], "the tiers are not those of the objective, in its order");
    }
    let optimal = plan.outcome == OutcomeKind::Optimal;
    for line in &plan.tiers {
        let text = |value: Option<i128>| match (value, line.tier) {
            (None, _) => "-".to_string(),
            (Some(v), Tier::Floor | Tier::Score | Tier::Balance) => micro_decimal(v),
            (Some(v), Tier::Coverage | Tier::Minimums | Tier::Stability) => v.to_string(),
        };
        let right = text(value(problem, chosen, line.tier));
        if *line.value != right {
            report.add("tiers", &[], format!("{} is {right}", line.tier.key()));
        }
        if optimal && line.bound != line.value {
            report.add("tiers", &[], format!("{} is optimal, but its bound differs", line.tier.key()));
        }
        if line.tier == Tier::Score && *line.bound != micro_decimal(plan.bound) {
            report.add("bound", &[], "the bound is not that of the tier score");
        }
    }
    if optimal && plan.bound != plan.score {
        report.add("bound", &[], "the plan is optimal, but its bound is not its score");
    }
}
