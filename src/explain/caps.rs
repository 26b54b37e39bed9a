//! What soft caps charge, and who is over a cap.

use super::placed::Placed;
use crate::model::catalogue::Level;
use crate::model::document::Part;
use crate::model::index::{CoachIx, CoacheeIx, GroupIx, Ix};
use crate::model::outcome::Assignment;
use crate::model::quantity::Points;
use crate::rules::{Cap, Compiled};
use std::cmp::Reverse;

/// The members of a coach's group who count, more than the cap allows.
pub(super) struct Over {
    pub coach: CoachIx,
    pub group: GroupIx,
    pub members: Vec<CoacheeIx>,
    /// How many are too many.
    pub excess: usize,
}

/// Every group over the cap, by coach, then group.
pub(super) fn over(compiled: &Compiled<'_>, placed: &Placed, cap: &Cap) -> Vec<Over> {
    let mut all = Vec::new();
    let counts = |coachee: CoacheeIx, coach: CoachIx| {
        cap.level != Level::Waivable
            || compiled.waived(coachee, coach).iter().all(|(key, _)| *key != cap.key())
    };
    for (coach, coachees) in placed.coachees.enumerate() {
        if coachees.len() <= cap.rule.k as usize {
            continue;
        }
        let mut members: Vec<(GroupIx, CoacheeIx)> = (coachees.iter())
            .filter(|e| counts(**e, coach))
            .filter_map(|e| Some((cap.group[*e]?, *e)))
            .collect();
        members.sort_unstable();
        for group in members.chunk_by(|a, b| a.0 == b.0) {
            let excess = group.len().saturating_sub(cap.rule.k as usize);
            if excess > 0 {
                let members = group.iter().map(|m| m.1).collect();
                all.push(Over { coach, group: group[0].0, members, excess });
            }
        }
    }
    all
}

/// What soft caps take from each pair of the assignment, in its order: a negative part for the pairs of a group over the
/// cap that score highest, the lower coachee first among equals.
pub(super) fn charges(compiled: &Compiled<'_>, chosen: &Assignment) -> Vec<Vec<Part>> {
    let mut charged: Vec<Vec<Part>> = chosen.pairs.iter().map(|_| Vec::new()).collect();
    let placed = Placed::new(compiled, chosen);
    for cap in compiled.caps.iter().filter(|c| c.level == Level::Soft && c.rule.weight != Points::ZERO) {
        for mut over in over(compiled, &placed, cap) {
            over.members.sort_by_key(|e| (Reverse(compiled.score(*e, over.coach)), *e));
            for coachee in &over.members[..over.excess] {
                if let Ok(at) = chosen.pairs.binary_search(&(*coachee, over.coach)) {
                    let says = format!("{}, {} is the cap", counted(compiled, cap, &over), cap.rule.k);
                    charged[at].push(Part { rule: cap.key(), points: -cap.rule.weight, says: says.into() });
                }
            }
        }
    }
    charged
}

/// `3 coachees of Doon Academy with one coach`.
pub(super) fn counted(compiled: &Compiled<'_>, cap: &Cap, over: &Over) -> String {
    let name = &cap.names[over.group.to_usize()];
    let school = compiled.roster.schools.iter().find(|s| s.id == *name).map(|s| &s.name);
    let name = match cap.kind {
        crate::model::instance::NestKind::School => school.unwrap_or(name),
        crate::model::instance::NestKind::Sector => name,
    };
    format!("{} of {name} with one coach", super::placed::coachees(over.members.len()))
}
