//! Why a coach with places has nobody.

use super::placed::{Placed, by_rule, coachees};
use crate::model::catalogue::Status;
use crate::model::document::UnusedLine;
use crate::model::index::{CoachIx, IxVec};
use crate::model::outcome::Assignment;
use crate::rules::Compiled;

/// For how many coaches the rules are counted coachee by coachee.
const COUNTED: usize = 1000;

/// A line for every coach who has places and nobody in them, by id.
pub fn unused(compiled: &Compiled<'_>, chosen: &Assignment) -> Vec<UnusedLine> {
    let placed = Placed::new(compiled, chosen);
    let parts = compiled.instance.parts();
    let idle: Vec<CoachIx> =
        parts.seats.indexes().filter(|c| parts.seats[*c].max > 0 && placed.coachees[*c].is_empty()).collect();
    if idle.is_empty() {
        return Vec::new();
    }
    let mut possible: IxVec<CoachIx, usize> = parts.seats.iter().map(|_| 0).collect();
    for coach in &parts.coach {
        possible[*coach] += 1;
    }
    let line = |(at, coach): (usize, &CoachIx)| UnusedLine {
        coach: compiled.roster.coach_id(*coach).into(),
        free: parts.seats[*coach].max,
        says: why(compiled, *coach, possible[*coach], at < COUNTED).into(),
    };
    idle.iter().enumerate().map(line).collect()
}

fn why(compiled: &Compiled<'_>, coach: CoachIx, possible: usize, counted: bool) -> String {
    if possible > 0 {
        let are = if possible == 1 { "is" } else { "are" };
        return format!("{} {are} possible, and better placed with others", coachees(possible));
    }
    if !counted {
        return "no coachee is possible".into();
    }
    let all = compiled.roster.coachees.enumerate().filter(|(_, e)| e.status == Status::Active);
    let rules = all.filter_map(|(e, _)| compiled.barriers(e, coach).first().map(|barrier| barrier.rule));
    format!("no coachee is possible: {}", by_rule(rules))
}
