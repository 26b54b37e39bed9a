//! A programme that a caller hands over as values.

use super::ServiceError;
use crate::intake::{self, Given, Reading};
use crate::model::catalogue::Level;
use crate::model::roster::Roster;

/// Reads the values as every other shape of a programme is read. The places of faults are for [`intake::field_path`].
pub fn receive(roster: Given) -> Result<Reading, ServiceError> {
    intake::read_given(roster).map_err(ServiceError::Faults)
}

/// The roster as values, every rule with all its parameters: what [`receive`] reads.
pub fn hand_over(roster: &Roster) -> Given {
    intake::give(roster)
}

/// How many pairs the rules will be asked about: what a caller can make the service work for.
pub fn pairs_to_ask(roster: &Roster) -> u64 {
    let (coachees, coaches) = (roster.coachees.len() as u64, roster.coaches.len() as u64);
    let listed = &roster.programme.rules.pairs;
    if !roster.grouped() && listed.level != Level::Off && listed.only_listed {
        return roster.pairs.coach.len() as u64;
    }
    coachees.saturating_mul(coaches.max(if roster.grouped() { coachees } else { 0 }))
}
