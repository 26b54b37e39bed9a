//! The check of a plan of groups, from `docs/rules.md` ("Groups") and `model::grouping`.

mod lists;
mod plan;
mod problem;
mod proof;
mod triads;
mod worth;

use super::Report;
use super::judge::World;
use crate::model::document::{OutcomeKind, PlanDocument, Proof};
use crate::model::outcome::Stop;
use plan::Chosen;
use problem::Problem;

pub(super) fn check(world: &World<'_>, plan: &PlanDocument, report: &mut Report) {
    let problem = Problem::new(world);
    if plan.groups.is_none() || !plan.pairs.is_empty() || !plan.certificate.is_empty() {
        report.add("shape", &[], "people are grouped in this programme, and the plan has pairs");
        return;
    }
    let chosen = Chosen::read(&problem, plan, report);
    plan::check(&problem, plan, &chosen, report);
    lists::check(&problem, plan, &chosen, report);
    claims(&problem, plan, &chosen, report);
    proof::check(&problem, plan, &chosen, report);
}

/// Outcome, proof and stop: that together they claim something that can be true.
fn claims(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    let finished = plan.stop == Stop::Finished;
    let contradiction = problem.left_over() > 0 || chosen.pins_lost(problem) > 0;
    let wrong = match plan.outcome {
        OutcomeKind::Optimal if plan.proof == Proof::None => Some("optimal without a proof"),
        OutcomeKind::Optimal if !finished => Some("optimal although the search was stopped"),
        OutcomeKind::Optimal if contradiction => Some("optimal, but a hard demand is not met"),
        OutcomeKind::Feasible if plan.proof != Proof::None => Some("proved, but not optimal"),
        OutcomeKind::Infeasible if plan.clashes.is_empty() => Some("infeasible without a clash"),
        OutcomeKind::Infeasible if !contradiction => Some("infeasible, but every hard demand is met"),
        OutcomeKind::Unknown => Some("groups are never unknown"),
        _ => None,
    };
    if let Some(says) = wrong {
        report.add("outcome", &[], says);
    }
    if (plan.proof == Proof::Certified) != plan.group_proof.is_some() {
        report.add(
            "proof",
            &[],
            "certified without a certificate, or a certificate that nothing is said about",
        );
    }
}
