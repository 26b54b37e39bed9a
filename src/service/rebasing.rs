//! A stored plan as the plan to start from: of this programme, or brought over to it.

use super::{ServiceError, digest};
use crate::model::document::PlanDocument;
use crate::model::fault::{At, Code, Fault};
use crate::model::index::{CoachIx, CoacheeIx};
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

/// The pairs of a plan of another programme whose people are in this one, and those, (coach, coachee), whose are not. Of a group
/// those stay together who are still there.
pub fn rebase(plan: &PlanDocument, roster: &Roster) -> (Vec<PlannedPair>, Vec<(Id, Id)>) {
    let (mut pairs, mut left) = (Vec::new(), Vec::new());
    let mut bring = |first: &Id, second: &Id, state| {
        let (coach, _) = super::changes::find(roster, first);
        let (_, coachee) = super::changes::find(roster, second);
        match (coach, coachee) {
            // From one list single rows keep the lower number first.
            (Some(coach), Some(coachee)) if roster.grouped() && coach.get() > coachee.get() => {
                let (coach, coachee) = (CoachIx::new(coachee.get()), CoacheeIx::new(coach.get()));
                pairs.push(PlannedPair { coach, coachee, state });
            }
            (Some(coach), Some(coachee)) => pairs.push(PlannedPair { coach, coachee, state }),
            _ => left.push((first.clone(), second.clone())),
        }
    };
    for line in &plan.pairs {
        bring(&line.coach, &line.coachee, line.state);
    }
    for group in plan.groups.iter().flatten() {
        for (at, one) in group.members.iter().enumerate() {
            group.members[at + 1..].iter().for_each(|other| bring(one, other, group.state));
        }
    }
    pairs.sort_by_key(|p| (p.coach, p.coachee));
    (pairs, left)
}
