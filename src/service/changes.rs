//! Typed changes to a programme: who leaves, how many a coach takes. Rows that come are added where files are read.

use super::ServiceError;
use crate::intake;
use crate::model::catalogue::Status;
use crate::model::fault::{At, Code, Fault};
use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::people::{Coach, Coachee, Id};
use crate::model::roster::Roster;

/// One change. The option it was typed as is what faults call it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// Takes no part any more, as coach and as coachee.
    Drop(Id),
    /// So many places with this coach from now on.
    Places(Id, u32),
}

/// Applies all changes, or says what is wrong with any of them.
pub fn apply(roster: &mut Roster, changes: &[Change]) -> Result<(), ServiceError> {
    let mut faults = Vec::new();
    for change in changes {
        match change {
            Change::Drop(id) => match find(roster, id) {
                (None, None) => faults.push(unknown(roster, "--drop", id)),
                (coach, coachee) => {
                    if let Some(coach) = coach {
                        roster.coaches[coach].status = Status::Withdrawn;
                    }
                    if let Some(coachee) = coachee {
                        roster.coachees[coachee].status = Status::Withdrawn;
                    }
                }
            },
            Change::Places(id, places) => match find(roster, id).0 {
                None => faults.push(unknown(roster, "--places", id)),
                Some(coach) => {
                    let Coach { min, max, .. } = &mut roster.coaches[coach];
                    *max = *places;
                    *min = min.map(|min| min.min(*places));
                }
            },
        }
    }
    let active = |status: &Status| *status == Status::Active;
    let coaches = roster.coaches.iter().map(|Coach { status, .. }| status).any(active);
    let coachees = roster.coachees.iter().map(|Coachee { status, .. }| status).any(active);
    if faults.is_empty() && !(coaches && coachees) {
        let who = if coachees { "coach" } else { "coachee" };
        faults.push(Fault {
            at: At { file: "--drop".into(), line: 0, column: "".into() },
            code: Code::MissingList,
            text: "".into(),
            says: format!("no {who} would be left").into(),
            remedy: "drop fewer people, or add others with --add".into(),
            source: None,
        });
    }
    if faults.is_empty() { Ok(()) } else { Err(ServiceError::Faults(faults)) }
}

/// Somebody as coach and as coachee.
pub(super) fn find(roster: &Roster, id: &str) -> (Option<CoachIx>, Option<CoacheeIx>) {
    let people = roster.people.as_slice();
    let person = people.binary_search_by(|p| (*p.id).cmp(id)).ok().map(|at| &people[at]);
    (person.and_then(|p| p.coach), person.and_then(|p| p.coachee))
}

/// Nobody has this id; perhaps somebody has nearly this one.
pub(super) fn unknown(roster: &Roster, option: &str, id: &str) -> Fault {
    let part = |p: &&crate::model::people::Person| p.coach.is_some() || p.coachee.is_some();
    let known = roster.people.iter().filter(part).map(|p| &*p.id);
    let remedy = intake::nearest(id, known).map_or_else(
        || "give the id of a coach or coachee as the programme has it".to_owned(),
        |near| format!("did you mean \"{near}\"?"),
    );
    Fault {
        at: At { file: option.into(), line: 0, column: "".into() },
        code: Code::UnknownPerson,
        text: id.into(),
        says: format!("nobody who coaches or is coached has the id \"{id}\"").into(),
        remedy: remedy.into(),
        source: None,
    }
}
