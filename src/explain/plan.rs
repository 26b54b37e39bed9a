//! What a planner must know about a plan: minimum loads that are not met, caps that are exceeded.

use super::caps::{counted, over};
use super::placed::{Placed, coachees};
use crate::model::catalogue::Level;
use crate::model::finding::{Finding, FindingCode};
use crate::model::index::CoachIx;
use crate::model::outcome::Assignment;
use crate::rules::Compiled;

/// How many people a sentence names before it only counts.
const NAMED: usize = 5;

/// `minimum-unmet` and `cap-exceeded`, at most one of each per rule.
pub fn plan_findings(compiled: &Compiled<'_>, chosen: &Assignment) -> Vec<Finding> {
    let placed = Placed::new(compiled, chosen);
    let mut findings: Vec<Finding> = minimums(compiled, &placed).into_iter().collect();
    for cap in compiled.caps.iter().filter(|cap| matches!(cap.level, Level::Soft | Level::Info)) {
        let groups = over(compiled, &placed, cap);
        let says: Vec<String> = groups
            .iter()
            .take(NAMED)
            .map(|g| format!("{}: {}", compiled.roster.coach_name(g.coach), counted(compiled, cap, g)))
            .collect();
        let mut people: Vec<Box<str>> = Vec::new();
        for group in &groups {
            people.push(compiled.roster.coach_id(group.coach).into());
            people.extend(group.members.iter().map(|e| compiled.roster.coachee_id(*e).into()));
        }
        people.sort_unstable();
        people.dedup();
        if !groups.is_empty() {
            let more = more(groups.len());
            let says = format!("over the cap of {}: {}{more}", cap.rule.k, says.join("; ")).into();
            findings.push(Finding { code: FindingCode::CapExceeded, people, says });
        }
    }
    findings
}

fn more(all: usize) -> String {
    if all > NAMED { format!("; and {} more", all - NAMED) } else { String::new() }
}

fn minimums(compiled: &Compiled<'_>, placed: &Placed) -> Option<Finding> {
    let seats = &compiled.instance.parts().seats;
    let short: Vec<CoachIx> =
        seats.indexes().filter(|c| placed.coachees[*c].len() < seats[*c].min as usize).collect();
    let say = |coach: &CoachIx| {
        let has = coachees(placed.coachees[*coach].len());
        format!(
            "{} has {has}, at least {} are asked for",
            compiled.roster.coach_name(*coach),
            seats[*coach].min
        )
    };
    let says: Vec<String> = short.iter().take(NAMED).map(say).collect();
    (!short.is_empty()).then(|| Finding {
        code: FindingCode::MinimumUnmet,
        people: short.iter().map(|c| compiled.roster.coach_id(*c).into()).collect(),
        says: format!("{}{}", says.join("; "), more(short.len())).into(),
    })
}
