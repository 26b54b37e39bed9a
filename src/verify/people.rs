//! What several pairs must keep: seats, minimum loads, how many coaches are wanted, caps on groups, rows, rings, pins.

use super::Report;
use super::chosen::Chosen;
use super::outside::{Made, distance, ring};
use super::problem::Problem;
use super::rows::coachee_of;
use crate::model::catalogue::Word;
use crate::model::document::{OutcomeKind, PlanDocument};
use crate::model::index::Ix;
use crate::model::instance::{Excess, Minimums};
use crate::model::row::{About, Outside};
use std::collections::BTreeMap;

pub(super) fn check(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    let (roster, parts) = (problem.roster, &problem.parts);
    // Where the hard demands contradict each other, the plan keeps as many as can be; `clash` asks whether they do.
    let must_keep = !matches!(plan.outcome, OutcomeKind::Infeasible | OutcomeKind::Unknown);
    let hard_minimum = parts.minimums == Minimums::Hard;
    for (coach, seats) in parts.seats.enumerate() {
        let load = chosen.load[coach.to_usize()];
        if load > seats.max {
            report.add(
                "seats",
                &[roster.coach_id(coach)],
                format!("{load} coachees in {} places", seats.max),
            );
        }
        if must_keep && hard_minimum && load < seats.min {
            let says = format!("{load} coachees, at least {} are needed", seats.min);
            report.add("minimum", &[roster.coach_id(coach)], says);
        }
    }
    for (coachee, demand) in parts.demand.enumerate() {
        if chosen.got[coachee.to_usize()] > u32::from(demand.wanted) {
            report.add("wanted", &[roster.coachee_id(coachee)], "more coaches than are wanted");
        }
    }
    if must_keep {
        for (coachee, coach) in problem.pins.iter().filter(|(e, c)| !chosen.has(*e, *c)) {
            let people = [roster.coach_id(*coach), roster.coachee_id(*coachee)];
            report.add("lock", &people, "the pair is pinned, and the plan does not make it");
        }
    }
    caps(problem, chosen, report);
    let made = Made::new(chosen.possible());
    rows(problem, must_keep, &made, report);
    let forbidden = parts.rings.as_ref().filter(|rings| rings.outside == Outside::Forbidden);
    if let Some((coach, other)) = forbidden.and_then(|rings| ring(parts, rings, &made)) {
        let people = [roster.coach_id(coach), roster.coach_id(other)];
        report.add("ring", &people, "the pair is part of a ring");
    }
}

/// Forbidden rows. One that holds when nobody is matched holds in every plan; of the others as much as can be.
fn rows(problem: &Problem<'_>, must_keep: bool, made: &Made, report: &mut Report) {
    for row in problem.parts.rows.iter().filter(|row| row.outside == Outside::Forbidden) {
        if distance(row, made.amount(&row.amount)) > 0 && (must_keep || distance(row, 0) == 0) {
            report.add("row", &about(problem, row.about), format!("{} does not hold", row.rule.key()));
        }
    }
}

/// The ids that a row is about.
pub(super) fn about<'p>(problem: &Problem<'p>, about: About) -> Vec<&'p str> {
    let (roster, parts) = (problem.roster, &problem.parts);
    match about {
        About::Programme => Vec::new(),
        About::Coach(coach) => vec![roster.coach_id(coach)],
        About::School(school) => vec![&roster.schools[school].id],
        About::Sharing(coach, one, other) => {
            vec![roster.coach_id(coach), roster.coachee_id(one), roster.coachee_id(other)]
        }
        About::Mutual(pair, other) => [pair, other]
            .into_iter()
            .flat_map(|p| {
                [roster.coach_id(parts.coach[p.to_usize()]), roster.coachee_id(coachee_of(parts, p))]
            })
            .collect(),
    }
}

fn caps(problem: &Problem<'_>, chosen: &Chosen, report: &mut Report) {
    for family in problem.parts.nests.iter().filter(|f| f.excess == Excess::Forbidden) {
        let mut members: BTreeMap<_, u32> = BTreeMap::new();
        for picked in &chosen.picked {
            let waived = picked.pair.is_some_and(|pair| family.exempt.binary_search(&pair).is_ok());
            if let Some(group) = family.group[picked.coachee].filter(|_| !waived) {
                *members.entry((picked.coach, group)).or_default() += 1;
            }
        }
        for ((coach, group), count) in members.into_iter().filter(|(_, count)| *count > family.cap) {
            let name = super::groups::name(problem.roster, family.kind, group).unwrap_or_default();
            let says = format!("{count} coachees of {name}, at most {} are allowed", family.cap);
            report.add("nest", &[problem.roster.coach_id(coach)], says);
        }
    }
}
