//! Clashes: hard demands that contradict each other, and people who share too few places; with a sentence each.

use super::placed::{Placed, coachees, coaches, places};
use super::shortage::{ClosedSet, closed_sets, names, shared};
use super::words;
use crate::model::document::ClashLine;
use crate::model::index::CoacheeIx;
use crate::model::outcome::{Assignment, Clash, Outcome};
use crate::rules::Compiled;

/// How many coaches a sentence names.
const NAMED: usize = 5;

/// Where hard demands contradict each other, those clashes; else the places that are short behind those who are without
/// a coach.
pub fn clashes(compiled: &Compiled<'_>, outcome: &Outcome) -> Vec<ClashLine> {
    match outcome {
        Outcome::Infeasible { clashes, .. } => {
            compiled.clashes.iter().chain(clashes).map(|clash| line(compiled, clash)).collect()
        }
        Outcome::Optimal { assignment, .. } | Outcome::Feasible { assignment, .. } => {
            shortages(compiled, assignment)
        }
        Outcome::Unknown { .. } => Vec::new(),
    }
}

fn shortages(compiled: &Compiled<'_>, chosen: &Assignment) -> Vec<ClashLine> {
    let roster = compiled.roster;
    let placed = Placed::new(compiled, chosen);
    let demand = &compiled.instance.parts().demand;
    let short: Vec<CoacheeIx> =
        demand.indexes().filter(|e| placed.coaches[*e].len() < usize::from(demand[*e].wanted)).collect();
    let line = |set: &ClosedSet| ClashLine {
        coachees: set.coachees.iter().map(|e| roster.coachee_id(*e).into()).collect(),
        coaches: set.coaches.iter().map(|c| roster.coach_id(*c).into()).collect(),
        places: set.places,
        says: shared(compiled, set).into(),
    };
    closed_sets(compiled, &placed, &short).iter().filter(|set| set.deficient()).map(line).collect()
}

fn line(compiled: &Compiled<'_>, clash: &Clash) -> ClashLine {
    let roster = compiled.roster;
    let (people, possible, places) = match clash {
        Clash::Pins { coachees, coaches, places } => (coachees, coaches, *places),
        Clash::Minimums { coachees, coaches, wanted, .. } => (coachees, coaches, *wanted),
        Clash::Rows { coachees, coaches, .. } => (coachees, coaches, 0),
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
            "{} must have at least {} in all, and {} possible for them, who fill {} at most{}{}",
            coaches(with.len()),
            coachees(usize::try_from(*least).unwrap_or(usize::MAX)),
            are(who.len()),
            places(*wanted),
            if wanted < least { "" } else { ", fewer where a cap keeps them apart" },
            names(compiled, with, NAMED)
        ),
        Clash::Rows { rows, coachees, coaches } => words::clash(compiled, rows, coachees, coaches),
    }
}

fn are(n: usize) -> String {
    format!("{} {}", coachees(n), if n == 1 { "is" } else { "are" })
}
