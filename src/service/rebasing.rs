//! A stored plan as the plan to start from: of this programme, or brought over to it.

use super::{ServiceError, digest};
use crate::model::document::PlanDocument;
use crate::model::fault::{At, Code, Fault};
use crate::model::people::Id;
use crate::model::roster::{PlannedPair, Roster};

/// Whether the plan was made for one of these (the programme with and without what was set), by its instance hash.
pub fn of_programme(plan: &PlanDocument, rosters: &[&Roster], file: &str) -> Result<(), ServiceError> {
    if rosters.iter().any(|roster| digest::instance_hash(roster) == plan.instance) {
        return Ok(());
    }
    Err(ServiceError::Faults(vec![Fault {
        at: At { file: file.into(), line: 0, column: "instance".into() },
        code: Code::BadPlan,
        text: plan.instance.clone(),
        says: "the plan was made for another programme, or for this one before it was changed".into(),
        remedy: "give --rebase to start from what still fits; if it was matched with --plan, give that as --baseline"
            .into(),
        source: None,
    }]))
}

/// The pairs of a plan of another programme whose people are in this one, and those, (coach, coachee), whose are not. Groups are not
/// brought over: in a plan of groups nothing fits by itself.
pub fn rebase(plan: &PlanDocument, roster: &Roster) -> (Vec<PlannedPair>, Vec<(Id, Id)>) {
    let (mut pairs, mut left) = (Vec::new(), Vec::new());
    for line in &plan.pairs {
        let (coach, _) = super::changes::find(roster, &line.coach);
        let (_, coachee) = super::changes::find(roster, &line.coachee);
        match (coach, coachee) {
            (Some(coach), Some(coachee)) => pairs.push(PlannedPair { coach, coachee, state: line.state }),
            _ => left.push((line.coach.clone(), line.coachee.clone())),
        }
    }
    pairs.sort_by_key(|p| (p.coach, p.coachee));
    (pairs, left)
}
