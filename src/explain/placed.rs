//! An assignment read from both sides, and the small words that reasons share.

use crate::model::catalogue::{RuleKey, Word};
use crate::model::index::{CoachIx, CoacheeIx, IxVec};
use crate::model::outcome::Assignment;
use crate::rules::Compiled;

pub(super) struct Placed {
    pub coaches: IxVec<CoacheeIx, Vec<CoachIx>>,
    pub coachees: IxVec<CoachIx, Vec<CoacheeIx>>,
}

impl Placed {
    pub fn new(compiled: &Compiled<'_>, chosen: &Assignment) -> Self {
        let roster = compiled.roster;
        let mut placed = Self {
            coaches: roster.coachees.iter().map(|_| Vec::new()).collect(),
            coachees: roster.coaches.iter().map(|_| Vec::new()).collect(),
        };
        for (coachee, coach) in &chosen.pairs {
            placed.coaches[*coachee].push(*coach);
            placed.coachees[*coach].push(*coachee);
        }
        placed
    }
}

/// `1 coach`, `3 coaches`.
pub(super) fn count(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

pub(super) fn coachees(n: usize) -> String {
    count(n as u64, "coachee", "coachees")
}
pub(super) fn coaches(n: usize) -> String {
    count(n as u64, "coach", "coaches")
}
pub(super) fn places(n: u64) -> String {
    count(n, "place", "places")
}

/// The rules that exclude somebody, each with how many it excludes: `19 by seniority, 5 by school`.
pub(super) fn by_rule(rules: impl Iterator<Item = RuleKey>) -> String {
    let mut counts: Vec<(RuleKey, usize)> = Vec::new();
    for rule in rules {
        match counts.iter_mut().find(|c| c.0 == rule) {
            Some(count) => count.1 += 1,
            None => counts.push((rule, 1)),
        }
    }
    counts.sort_by_key(|(rule, n)| (std::cmp::Reverse(*n), *rule));
    counts.iter().map(|(rule, n)| format!("{n} by {}", rule.key())).collect::<Vec<_>>().join(", ")
}

/// The first rule that excludes each coach for a coachee who has nobody.
pub(super) fn excluded(compiled: &Compiled<'_>, coachee: CoacheeIx) -> String {
    let coaches = compiled.roster.coaches.indexes();
    by_rule(coaches.filter_map(|c| compiled.barriers(coachee, c).first().map(|barrier| barrier.rule)))
}
