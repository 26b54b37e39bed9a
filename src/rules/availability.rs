//! `availability`: weekly slots in common.

use super::facts::Facts;
use super::verdict::{Kinds, PairRule, Row, Verdict, edge};
use crate::model::catalogue::{Level, RuleKey};
use crate::model::index::{CoachIx, CoacheeIx, IxVec, WordIx};
use crate::model::quantity::Points;
use crate::model::roster::Roster;
use crate::model::rulebook::AvailabilityRule;

/// A set of slots, 64 to a block; empty where nobody has said.
type Slots = Box<[u64]>;

pub(super) struct Availability<'r> {
    rule: AvailabilityRule,
    roster: &'r Roster,
    coachees: Kinds<CoacheeIx, Slots>,
    coaches: Kinds<CoachIx, Slots>,
}

/// `floor(weight × min(shared, full) / full)`.
pub(super) fn points(rule: &AvailabilityRule, shared: u32) -> Points {
    rule.weight.share(i64::from(shared.min(rule.full)), i64::from(rule.full.max(1)))
}

impl<'r> Availability<'r> {
    pub fn new(rule: AvailabilityRule, facts: &Facts<'r>) -> Self {
        let roster = facts.roster;
        let mut used: IxVec<WordIx, Option<usize>> = roster.words.iter().map(|_| None).collect();
        let mut count = 0;
        let lists = roster.coachees.iter().map(|e| &e.slots).chain(roster.coaches.iter().map(|c| &c.slots));
        for slot in lists.flatten() {
            if used[*slot].is_none() {
                used[*slot] = Some(count);
                count += 1;
            }
        }
        let blocks = count.div_ceil(64);
        let set = |slots: &Vec<WordIx>| -> Slots {
            let mut set = vec![0_u64; if slots.is_empty() { 0 } else { blocks }];
            for at in slots.iter().filter_map(|s| used[*s]) {
                set[at / 64] |= 1 << (at % 64);
            }
            set.into()
        };
        Self {
            rule,
            roster,
            coachees: Kinds::sort(roster.coachees.iter().map(|e| set(&e.slots))),
            coaches: Kinds::sort(roster.coaches.iter().map(|c| set(&c.slots))),
        }
    }

    /// `None` unless both have said when they can.
    fn shared(coachee: &Slots, coach: &Slots) -> Option<u32> {
        let known = !coachee.is_empty() && !coach.is_empty();
        known.then(|| coachee.iter().zip(coach).map(|(e, c)| (e & c).count_ones()).sum())
    }

    fn verdict(&self, coachee: &Slots, coach: &Slots) -> Verdict {
        match Self::shared(coachee, coach) {
            None => Verdict::SILENT,
            Some(0) => Verdict::broken(edge(self.rule.level, self.rule.none)),
            Some(n) => Verdict::earns(self.rule.level, points(&self.rule, n)),
        }
    }
}

impl PairRule for Availability<'_> {
    fn key(&self) -> RuleKey {
        RuleKey::Availability
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        self.verdict(self.coachees.kind(coachee), self.coaches.kind(coach))
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        let slots = self.coachees.kind(coachee);
        row.add_kinds(&self.coaches, |coach| self.verdict(slots, coach));
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        let shared = Self::shared(self.coachees.kind(coachee), self.coaches.kind(coach))?;
        Some(match shared {
            0 => "no weekly slot in common".into(),
            1 => "one weekly slot in common".into(),
            n => format!("{n} weekly slots in common"),
        })
    }
    fn barrier(&self, coachee: CoacheeIx, _: CoachIx) -> String {
        let slots = self.roster.coachees[coachee].slots.len();
        format!("is free in none of the coachee's {slots} weekly slots")
    }
}

pub(super) fn sentence(rule: &AvailabilityRule) -> String {
    match rule.level {
        Level::Hard | Level::Waivable => "Coach and coachee have a weekly slot in common.".into(),
        _ => format!("Coach and coachee have weekly slots in common, {} or more being best.", rule.full),
    }
}
