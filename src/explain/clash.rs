//! Clashes of hard demands, with the people they are about and a sentence.

use super::placed::{coachees, coaches, places};
use super::shortage::names;
use crate::model::document::ClashLine;
use crate::model::outcome::{Clash, Outcome};
use crate::rules::Compiled;

/// How many coaches a sentence names.
const NAMED: usize = 5;

/// The clashes that the rules found and those of the outcome.
pub fn clashes(compiled: &Compiled<'_>, outcome: &Outcome) -> Vec<ClashLine> {
    let solved = match outcome {
        Outcome::Infeasible { clashes, .. } => &clashes[..],
        Outcome::Optimal { .. } | Outcome::Feasible { .. } | Outcome::Unknown { .. } => &[],
    };
    compiled.clashes.iter().chain(solved).map(|clash| line(compiled, clash)).collect()
}

fn line(compiled: &Compiled<'_>, clash: &Clash) -> ClashLine {
    let roster = compiled.roster;
    let (people, possible, places) = match clash {
        Clash::Pins { coachees, coaches, places } => (coachees, coaches, *places),
        Clash::Minimums { coachees, coaches, wanted, .. } => (coachees, coaches, *wanted),
    };
    ClashLine {
        coachees: people.iter().map(|e| roster.coachee_id(*e).into()).collect(),
        coaches: possible.iter().map(|c| roster.coach_id(*c).into()).collect(),
        places,
        says: says(compiled, clash).into(),
    }
}

fn says(compiled: &Compiled<'_>, clash: &Clash) -> String {
    match clash {
        Clash::Pins { coachees: who, coaches: with, places: n } => match who[..] {
            [one] if with.len() as u64 > *n => format!(
                "{} is pinned to {} and wants {n}{}",
                compiled.roster.coachee_name(one),
                coaches(with.len()),
                names(compiled, with, NAMED)
            ),
            _ => format!(
                "{} pinned to {} with {} for them{}",
                are(who.len()),
                coaches(with.len()),
                places(*n),
                names(compiled, with, NAMED)
            ),
        },
        Clash::Minimums { coachees: who, coaches: with, least, wanted } => format!(
            "{} must have at least {} in all, and {} possible for them, wanting {}{}",
            coaches(with.len()),
            coachees(usize::try_from(*least).unwrap_or(usize::MAX)),
            are(who.len()),
            coaches(usize::try_from(*wanted).unwrap_or(usize::MAX)),
            names(compiled, with, NAMED)
        ),
    }
}

fn are(n: usize) -> String {
    format!("{} {}", coachees(n), if n == 1 { "is" } else { "are" })
}
