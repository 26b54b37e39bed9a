//! Outcome, proof and stop: that together they claim something that can be true.

use super::Report;
use super::chosen::Chosen;
use super::problem::Problem;
use crate::model::certificate::Claim;
use crate::model::document::{OutcomeKind, PlanDocument, Proof};
use crate::model::outcome::Stop;

pub(super) fn check(_: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    let finished = plan.stop == Stop::Finished;
    let wrong = match plan.outcome {
        OutcomeKind::Optimal if plan.proof == Proof::None => Some("optimal without a proof"),
        OutcomeKind::Optimal if !finished => Some("optimal although the search was stopped"),
        OutcomeKind::Feasible if plan.proof == Proof::Certified => Some("certified, but not optimal"),
        OutcomeKind::Feasible if finished => Some("feasible only, although the search was finished"),
        OutcomeKind::Infeasible if plan.proof == Proof::None => Some("infeasible without a proof"),
        OutcomeKind::Infeasible if plan.clashes.is_empty() => Some("infeasible without a clash"),
        OutcomeKind::Unknown if finished => Some("unknown, although the search was finished"),
        OutcomeKind::Unknown if !chosen.picked.is_empty() => Some("unknown, with a plan"),
        OutcomeKind::Unknown if plan.proof != Proof::None => Some("unknown, with a proof"),
        _ => None,
    };
    if let Some(says) = wrong {
        report.add("outcome", &[], says);
    }
    let last = plan.certificate.last().map(|stage| stage.claim);
    let proved = matches!(last, Some(Claim::Best { .. } | Claim::Stable));
    if plan.proof == Proof::Certified && !proved {
        report.add("proof", &[], "certified without a certificate");
    }
    if plan.proof != Proof::Certified && last.is_some() {
        report.add("proof", &[], "a certificate that nothing is said about");
    }
}
