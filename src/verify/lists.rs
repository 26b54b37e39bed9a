//! The counts and lists that stand beside the pairs: score, floor, matched, changes, unmatched, unused.

use super::Report;
use super::chosen::{Chosen, coach_by_id, coachee_by_id};
use super::outside::charges;
use super::problem::Problem;
use crate::model::catalogue::Tier;
use crate::model::document::{PlanDocument, UnmatchedCode};
use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::model::outcome::Stop;

pub(super) fn check(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    counts(problem, plan, chosen, report);
    unmatched(problem, plan, chosen, report);
    unused(problem, plan, chosen, report);
}

fn counts(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    let mut total = Some(0_i128);
    for line in &plan.pairs {
        total = total.and_then(|sum| sum.checked_add(i128::from(line.score.0)));
    }
    // What a row costs that no pair of the plan counts in falls on the plan alone.
    let loose = charges(&problem.parts, chosen).and_then(|charges| {
        let unpaid = charges.iter().filter(|charge| charge.at.is_none());
        unpaid.into_iter().try_fold(0_i128, |sum, charge| sum.checked_add(charge.points))
    });
    if total.zip(loose).and_then(|(total, loose)| total.checked_sub(loose)) != Some(plan.score) {
        report.add(
            "score",
            &[],
            "the plan's score is not the sum of its pairs' scores, less what falls on no pair",
        );
    }
    let floor = chosen.picked.iter().map(|p| p.own).min();
    if plan.floor.map(|f| i128::from(f.0)) != floor {
        report.add("floor", &[], "the floor is not the lowest own score of a pair");
    }
    let (mut matched, mut coachees) = (0_u32, 0_u32);
    for (coachee, demand) in problem.parts.demand.enumerate().filter(|(_, d)| d.wanted > 0) {
        coachees += 1;
        matched += u32::from(chosen.got[coachee.to_usize()] >= u32::from(demand.wanted));
    }
    if plan.matched != matched {
        report.add("matched", &[], format!("{matched} coachees have all the coaches they want"));
    }
    if plan.coachees != coachees {
        report.add("coachees", &[], format!("{coachees} coachees take part"));
    }
    let given = problem.roster.plan.iter().flatten();
    let changes = given.filter(|p| !chosen.has(p.coachee, p.coach)).count();
    if u32::try_from(changes) != Ok(plan.changes) {
        report.add("changes", &[], format!("{changes} pairs of the given plan are not kept"));
    }
}

/// Every coachee who takes part and has fewer coaches than wanted, once, in order.
fn unmatched(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    let (roster, parts) = (problem.roster, &problem.parts);
    if plan.unmatched.windows(2).any(|w| w[0].coachee.as_bytes() >= w[1].coachee.as_bytes()) {
        report.add("unmatched", &[], "the unmatched are not in the order of their ids, each once");
    }
    let short = |coachee: CoacheeIx| chosen.got[coachee.to_usize()] < u32::from(parts.demand[coachee].wanted);
    let mut listed = vec![false; parts.demand.len()];
    for line in &plan.unmatched {
        let people = [&*line.coachee];
        let Some(coachee) = coachee_by_id(roster, &line.coachee).filter(|e| short(*e)) else {
            report.add("unmatched", &people, "nobody who lacks a coach");
            continue;
        };
        listed[coachee.to_usize()] = true;
        let at = coachee.to_usize();
        let eligible = parts.starts[at + 1] - parts.starts[at];
        if u32::try_from(eligible) != Ok(line.eligible) {
            report.add("unmatched", &people, format!("{eligible} coaches are possible"));
        }
        if !code_fits(problem, plan, line.code, eligible, chosen.got[at]) {
            report.add("unmatched", &people, "the reason does not fit");
        }
        if line.says.is_empty() {
            report.add("says", &people, "the reason says nothing");
        }
    }
    for coachee in parts.demand.indexes().filter(|e| short(*e) && !listed[e.to_usize()]) {
        report.add("unmatched", &[roster.coachee_id(coachee)], "lacks a coach and is not listed");
    }
}

fn code_fits(
    problem: &Problem<'_>,
    plan: &PlanDocument,
    code: UnmatchedCode,
    eligible: usize,
    got: u32,
) -> bool {
    let tiers = &problem.parts.tiers;
    let at = |tier| tiers.iter().position(|t| *t == tier);
    // Leaving somebody out can pay only where the score is looked at before coverage, or coverage never.
    let score_first = match (at(Tier::Score), at(Tier::Coverage)) {
        (Some(score), Some(coverage)) => score < coverage,
        (Some(_), None) => true,
        (None, _) => false,
    };
    match code {
        UnmatchedCode::Partly => got > 0,
        UnmatchedCode::NobodyEligible => got == 0 && eligible == 0,
        UnmatchedCode::LostToOthers => got == 0 && eligible > 0,
        UnmatchedCode::NotWorthIt => got == 0 && eligible > 0 && score_first,
        UnmatchedCode::Stopped => got == 0 && eligible > 0 && plan.stop != Stop::Finished,
    }
}

/// Every coach who takes part, has places and nobody in them, once, in order.
fn unused(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    let (roster, parts) = (problem.roster, &problem.parts);
    if plan.unused.windows(2).any(|w| w[0].coach.as_bytes() >= w[1].coach.as_bytes()) {
        report.add("unused", &[], "the unused are not in the order of their ids, each once");
    }
    let idle = |coach: CoachIx| parts.seats[coach].max > 0 && chosen.load[coach.to_usize()] == 0;
    let mut listed = vec![false; parts.seats.len()];
    for line in &plan.unused {
        let people = [&*line.coach];
        let Some(coach) = coach_by_id(roster, &line.coach).filter(|c| idle(*c)) else {
            report.add("unused", &people, "nobody with places and nobody in them");
            continue;
        };
        listed[coach.to_usize()] = true;
        if line.free != parts.seats[coach].max {
            report.add("unused", &people, format!("{} places are free", parts.seats[coach].max));
        }
        if line.says.is_empty() {
            report.add("says", &people, "the line says nothing");
        }
    }
    for coach in parts.seats.indexes().filter(|c| idle(*c) && !listed[c.to_usize()]) {
        report.add("unused", &[roster.coach_id(coach)], "has places, nobody in them, and is not listed");
    }
}
