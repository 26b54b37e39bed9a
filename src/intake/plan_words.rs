//! The words of plan documents that are not in the catalogue.

use crate::model::document::{OutcomeKind, Proof, UnmatchedCode};
use crate::model::instance::NestKind;
use crate::model::outcome::Stop;

pub const OUTCOMES: [(OutcomeKind, &str); 4] = [
    (OutcomeKind::Optimal, "optimal"),
    (OutcomeKind::Feasible, "feasible"),
    (OutcomeKind::Infeasible, "infeasible"),
    (OutcomeKind::Unknown, "unknown"),
];
pub const PROOFS: [(Proof, &str); 3] =
    [(Proof::Certified, "certified"), (Proof::Claimed, "claimed"), (Proof::None, "none")];
pub const STOPS: [(Stop, &str); 3] =
    [(Stop::Finished, "finished"), (Stop::TimeLimit, "time-limit"), (Stop::Cancelled, "cancelled")];
pub const UNMATCHED: [(UnmatchedCode, &str); 5] = [
    (UnmatchedCode::NobodyEligible, "nobody-eligible"),
    (UnmatchedCode::LostToOthers, "lost-to-others"),
    (UnmatchedCode::Partly, "partly"),
    (UnmatchedCode::NotWorthIt, "not-worth-it"),
    (UnmatchedCode::Stopped, "stopped"),
];
pub const NESTS: [(NestKind, &str); 2] = [(NestKind::School, "school"), (NestKind::Sector, "sector")];

/// The word for a member of a list above.
pub fn word<T: PartialEq>(list: &[(T, &'static str)], member: &T) -> &'static str {
    list.iter().find(|(one, _)| one == member).map_or("", |(_, word)| word)
}

/// The member for a word of a list above.
pub fn member<T: Copy>(list: &[(T, &'static str)], word: &str) -> Option<T> {
    list.iter().find(|(_, known)| *known == word).map(|(one, _)| *one)
}
