//! Everybody's load: seats, minimum loads, how many coaches are wanted, caps on groups, pins.

use super::Report;
use super::chosen::Chosen;
use super::problem::Problem;
use crate::model::document::{OutcomeKind, PlanDocument};
use crate::model::index::Ix;
use crate::model::instance::{Excess, Minimums};
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
