//! Everything worth knowing about a programme before anything is solved.

use super::{ServiceError, findings, grouping};
use crate::intake::Reading;
use crate::model::catalogue::{Level, Preset, RuleKey};
use crate::model::date::Date;
use crate::model::finding::Finding;
use crate::rules::{self, Compiled, CompiledGroups};

/// A rule as the programme has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleLine {
    pub rule: RuleKey,
    pub level: Level,
    pub says: Box<str>,
}

/// How large the programme is. People who take no part are not counted as coachees or coaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counts {
    pub coachees: usize,
    /// Coaches wanted by all of them.
    pub wanted: usize,
    pub coaches: usize,
    pub places: usize,
    /// Pairs that the rules allow.
    pub pairs: usize,
    /// Everybody named, in whatever list.
    pub people: usize,
    pub schools: usize,
}

/// The answer of a check: no faults, and this.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckReport {
    pub name: Box<str>,
    pub preset: Preset,
    pub starts: Date,
    pub ends: Date,
    pub counts: Counts,
    /// In the order of the catalogue, those that are off included.
    pub rules: Vec<RuleLine>,
    pub findings: Vec<Finding>,
}

/// Compiles the rules, counts, and runs the gap check; solves nothing.
pub fn check_programme(reading: &Reading, threads: usize) -> Result<CheckReport, ServiceError> {
    let roster = &reading.roster;
    let _span =
        tracing::info_span!("check", coachees = roster.coachees.len(), coaches = roster.coaches.len())
            .entered();
    let (counts, findings) = if roster.grouped() {
        let compiled = rules::compile_groups(roster)?;
        (group_counts(&compiled), grouping::before(reading, &compiled))
    } else {
        let compiled = rules::compile(roster, threads)?;
        (counts(&compiled), findings::before(reading, &compiled))
    };
    let sentences = rules::sentences(&roster.programme.rules);
    let rules = sentences.into_iter().map(|(rule, level, says)| RuleLine { rule, level, says }).collect();
    Ok(CheckReport {
        name: roster.programme.name.clone(),
        preset: roster.programme.preset,
        starts: roster.programme.starts,
        ends: roster.programme.ends,
        counts,
        rules,
        findings,
    })
}

fn counts(compiled: &Compiled<'_>) -> Counts {
    let (roster, parts) = (compiled.roster, compiled.instance.parts());
    Counts {
        coachees: parts.demand.iter().filter(|d| d.wanted > 0).count(),
        wanted: parts.demand.iter().map(|d| usize::from(d.wanted)).sum(),
        coaches: parts.seats.iter().filter(|s| s.max > 0).count(),
        places: parts.seats.iter().map(|s| s.max as usize).sum(),
        pairs: compiled.instance.pairs(),
        people: roster.people.len(),
        schools: roster.schools.len(),
    }
}

/// Where people are grouped everybody is coachee and coach in one.
fn group_counts(compiled: &CompiledGroups<'_>) -> Counts {
    let (roster, all) = (compiled.roster, compiled.taking_part().count());
    let possible = compiled.grouping.parts().score.iter().flatten().count() / 2;
    Counts {
        coachees: all,
        wanted: all,
        coaches: all,
        places: all,
        pairs: possible,
        people: roster.people.len(),
        schools: roster.schools.len(),
    }
}
