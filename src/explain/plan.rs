//! What a planner must know about a plan: minimum loads that are not met, caps and limits that are exceeded.

use super::caps::{counted, over};
use super::limits::{Breach, Made, breaches, rings, soft_breaches};
use super::placed::{Placed, coachees};
use super::words;
use crate::model::catalogue::{Level, RuleKey, Word};
use crate::model::finding::{Finding, FindingCode};
use crate::model::index::{CoachIx, Ix};
use crate::model::outcome::Assignment;
use crate::model::row::{About, Outside};
use crate::rules::{Compiled, Several};

/// How many people a sentence names before it only counts.
const NAMED: usize = 5;

/// `minimum-unmet`, `cap-exceeded` and `over-limit`, at most one of each per rule.
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
    findings.extend(limits(compiled, chosen));
    findings
}

/// `over-limit`, one for each rule: what soft rules charge for, and what rules at level `info` tell.
fn limits(compiled: &Compiled<'_>, chosen: &Assignment) -> Vec<Finding> {
    let instance = &compiled.instance;
    let (parts, told) = (instance.parts(), &compiled.told);
    if parts.rows.is_empty() && parts.rings.is_none() && *told == Several::default() {
        return Vec::new();
    }
    let made = Made::new(instance, chosen);
    let mut outside = soft_breaches(instance, &made);
    outside.extend(breaches(told, &made));
    outside.sort_by_key(|b| b.row.rule);
    let mut findings: Vec<Finding> = outside
        .chunk_by(|a, b| a.row.rule == b.row.rule)
        .map(|group| over_limit(compiled, &made, group))
        .collect();
    let soft = parts.rings.as_ref().filter(|r| r.outside != Outside::Forbidden);
    if let Some(known) = soft.or(told.rings.as_ref()) {
        findings.extend(in_rings(compiled, &rings(instance, known, &made)));
    }
    findings
}

fn over_limit(compiled: &Compiled<'_>, made: &Made, group: &[Breach<'_>]) -> Finding {
    let says: Vec<String> = group.iter().take(NAMED).map(|b| words::listed(compiled, b)).collect();
    let (mut coachees, mut coaches) = (Vec::new(), Vec::new());
    for pair in group.iter().flat_map(|b| made.counting(&b.row.amount)) {
        // A limit on the whole programme is about nobody in particular.
        if group[0].row.about != About::Programme {
            coachees.push(compiled.instance.coachee_of(pair));
            coaches.push(compiled.instance.parts().coach[pair.to_usize()]);
        }
    }
    Finding {
        code: FindingCode::OverLimit,
        people: compiled.ids(&coachees, &coaches),
        says: format!("{}: {}{}", group[0].row.rule.key(), says.join("; "), more(group.len())).into(),
    }
}

fn in_rings(compiled: &Compiled<'_>, rings: &[Vec<CoachIx>]) -> Option<Finding> {
    let says: Vec<String> = rings.iter().take(NAMED).map(|ring| words::ring(compiled, ring)).collect();
    let people: Vec<CoachIx> = rings.iter().flatten().copied().collect();
    (!rings.is_empty()).then(|| Finding {
        code: FindingCode::OverLimit,
        people: compiled.ids(&[], &people),
        says: format!("{}: {}{}", RuleKey::Rings.key(), says.join("; "), more(rings.len())).into(),
    })
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
