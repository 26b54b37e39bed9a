//! Reasons where people are grouped from one list: who has nobody, who is left over, what cannot be kept together.

use super::placed::{by_rule, count};
use crate::model::catalogue::RuleKey;
use crate::model::document::{ClashLine, UnmatchedCode, UnmatchedLine};
use crate::model::finding::{Finding, FindingCode};
use crate::model::grouping::{Group, GroupSize};
use crate::model::index::CoacheeIx;
use crate::model::outcome::Stop;
use crate::model::people::Id;
use crate::rules::CompiledGroups;
use std::collections::BTreeSet;

/// For how many people without anybody the rules are counted person by person.
const COUNTED: usize = 100;
/// How many people a sentence names.
const NAMED: usize = 6;

/// Whom somebody can be with.
fn possible(compiled: &CompiledGroups<'_>, who: CoacheeIx) -> usize {
    compiled.grouping.present().filter(|other| compiled.grouping.score(who, *other).is_some()).count()
}

fn ids(compiled: &CompiledGroups<'_>, people: &[CoacheeIx]) -> Vec<Id> {
    let mut ids: Vec<Id> = people.iter().map(|who| compiled.roster.coachee_id(*who).into()).collect();
    ids.sort_unstable();
    ids
}

fn names(compiled: &CompiledGroups<'_>, people: &[CoacheeIx]) -> String {
    let mut names: Vec<String> =
        people.iter().take(NAMED).map(|who| compiled.roster.coachee_name(*who).to_owned()).collect();
    if people.len() > NAMED {
        names.push(format!("{} more", people.len() - NAMED));
    }
    names.join(", ")
}

/// People with nobody, or with one person, before anything is solved.
pub fn group_gaps(compiled: &CompiledGroups<'_>) -> Vec<Finding> {
    let present: Vec<CoacheeIx> = compiled.grouping.present().collect();
    let with = |n: usize| -> Vec<CoacheeIx> {
        present.iter().copied().filter(|who| possible(compiled, *who) == n).collect()
    };
    let mut findings = Vec::new();
    let (alone, single) = (with(0), with(1));
    for who in alone.iter().take(COUNTED) {
        let name = compiled.roster.coachee_name(*who);
        let says = format!("nobody is possible for {name}{}", excluded(compiled, *who));
        let people = ids(compiled, &[*who]);
        findings.push(Finding { code: FindingCode::NobodyEligible, people, says: says.into() });
    }
    if !single.is_empty() && present.len() > 2 {
        let who = count(single.len() as u64, "person has", "people have");
        let says = format!("{who} one possible partner each").into();
        findings.push(Finding { code: FindingCode::OneCoach, people: ids(compiled, &single), says });
    }
    findings.sort();
    findings
}

/// `: 5 by line, 2 by declared`, or nothing where there is nobody else.
fn excluded(compiled: &CompiledGroups<'_>, who: CoacheeIx) -> String {
    let others = compiled.taking_part().filter(|other| *other != who);
    let rules: Vec<RuleKey> =
        others.filter_map(|other| compiled.barriers(who, other).first().map(|b| b.rule)).collect();
    if rules.is_empty() { String::new() } else { format!(": {}", by_rule(rules.into_iter())) }
}

/// A line for everybody who takes part and is in no group, by id.
pub fn group_unmatched(compiled: &CompiledGroups<'_>, groups: &[Group], stop: Stop) -> Vec<UnmatchedLine> {
    let placed: BTreeSet<CoacheeIx> = groups.iter().flatten().copied().collect();
    let left: Vec<CoacheeIx> = compiled.taking_part().filter(|who| !placed.contains(who)).collect();
    let line = |(at, who): (usize, &CoacheeIx)| {
        let eligible = possible(compiled, *who);
        let (code, says) = match compiled.on_hold(*who) {
            Some((author, reason)) => {
                (UnmatchedCode::NobodyEligible, format!("on hold by {author} ({reason})"))
            }
            None if eligible == 0 && at < COUNTED => {
                (UnmatchedCode::NobodyEligible, format!("nobody is possible{}", excluded(compiled, *who)))
            }
            None if eligible == 0 => (UnmatchedCode::NobodyEligible, "nobody is possible".to_owned()),
            None if stop != Stop::Finished => {
                (UnmatchedCode::Stopped, "the search stopped before it got here".to_owned())
            }
            None => (UnmatchedCode::LostToOthers, lost(compiled, eligible)),
        };
        let eligible = u32::try_from(eligible).expect("fewer people than 2^32");
        UnmatchedLine { coachee: compiled.roster.coachee_id(*who).into(), code, says: says.into(), eligible }
    };
    left.iter().enumerate().map(line).collect()
}

fn lost(compiled: &CompiledGroups<'_>, eligible: usize) -> String {
    if left_over(compiled).is_some() {
        return "left over, for the number does not go into groups of exactly this size".to_owned();
    }
    let are = count(eligible as u64, "person is", "people are");
    format!("{are} possible, but then somebody else would have nobody")
}

/// The number of people, the size, and how many are left over whatever is done, where only one size is allowed.
fn left_over(compiled: &CompiledGroups<'_>) -> Option<(usize, usize, usize)> {
    let size = match compiled.grouping.parts().size {
        GroupSize::Two => 2,
        GroupSize::Three => 3,
    };
    let all = compiled.grouping.present().count();
    let left = all % size;
    (compiled.grouping.parts().exactly && left > 0).then_some((all, size, left))
}

/// The hard demands that cannot all hold: a number that does not go into groups, pins that cannot be kept together.
pub fn group_clashes(compiled: &CompiledGroups<'_>, groups: &[Group]) -> Vec<ClashLine> {
    let mut clashes = Vec::new();
    if let Some((all, size, left)) = left_over(compiled) {
        let everybody: Vec<CoacheeIx> = compiled.grouping.present().collect();
        let who = if left == 1 { "one is" } else { "two are" };
        clashes.push(ClashLine {
            coachees: ids(compiled, &everybody),
            coaches: Vec::new(),
            places: (all - left) as u64,
            says: format!("{all} people cannot be put in groups of exactly {size}: {who} left over").into(),
        });
    }
    let pins = &compiled.grouping.parts().pins;
    let together = |a: &CoacheeIx, b: &CoacheeIx| groups.iter().any(|g| g.contains(a) && g.contains(b));
    if pins.iter().any(|(a, b)| !together(a, b)) {
        let people = entangled(pins, together);
        let says = format!("not all who are pinned can be together: {}", names(compiled, &people));
        clashes.push(ClashLine {
            coachees: ids(compiled, &people),
            coaches: Vec::new(),
            places: 0,
            says: says.into(),
        });
    }
    clashes
}

/// The people whose pins hang together with one that is not kept, and those who need a triad of their own.
fn entangled(
    pins: &[(CoacheeIx, CoacheeIx)],
    together: impl Fn(&CoacheeIx, &CoacheeIx) -> bool,
) -> Vec<CoacheeIx> {
    let mut people: BTreeSet<CoacheeIx> =
        pins.iter().filter(|(a, b)| !together(a, b)).flat_map(|(a, b)| [*a, *b]).collect();
    loop {
        let more: Vec<CoacheeIx> = pins
            .iter()
            .filter(|(a, b)| people.contains(a) != people.contains(b))
            .flat_map(|(a, b)| [*a, *b])
            .collect();
        if more.is_empty() {
            return people.into_iter().collect();
        }
        people.extend(more);
    }
}
