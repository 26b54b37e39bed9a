//! `sector` and `region`: across them, or within one.

use super::facts::{Facts, Sectors, first_common};
use super::verdict::{Kinds, PairRule, Row, Verdict};
use crate::model::catalogue::{Level, Must, RuleKey};
use crate::model::index::{CoachIx, CoacheeIx, WordIx};
use crate::model::rulebook::KindRule;
use std::sync::Arc;

fn verdict(rule: KindRule, known: bool, shared: bool) -> Verdict {
    if !known {
        return Verdict::SILENT;
    }
    let broken = match rule.must {
        Must::Cross | Must::Differ => shared,
        Must::Same => !shared,
        Must::Any => false,
    };
    Verdict::holds_or(rule.level, rule.weight, broken)
}

pub(super) struct Sector {
    rule: KindRule,
    coachees: Kinds<CoacheeIx, Sectors>,
    coaches: Kinds<CoachIx, Sectors>,
}

impl Sector {
    pub fn new(rule: KindRule, facts: &Facts<'_>) -> Self {
        let roster = facts.roster;
        Self {
            rule,
            coachees: Kinds::sort(roster.coachees.indexes().map(|e| facts.sectors[facts.coachee(e)])),
            coaches: Kinds::sort(roster.coaches.indexes().map(|c| facts.sectors[facts.coach(c)])),
        }
    }
    fn verdict(&self, coachee: Sectors, coach: Sectors) -> Verdict {
        verdict(self.rule, coachee.known() && coach.known(), coachee.meets(coach))
    }
}

impl PairRule for Sector {
    fn key(&self) -> RuleKey {
        RuleKey::Sector
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        self.verdict(*self.coachees.kind(coachee), *self.coaches.kind(coach))
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        let sectors = *self.coachees.kind(coachee);
        row.add_kinds(&self.coaches, |coach| self.verdict(sectors, *coach));
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        let (e, c) = (*self.coachees.kind(coachee), *self.coaches.kind(coach));
        (e.known() && c.known()).then(|| {
            if e.meets(c) {
                format!("both in the sector {}", Sectors(e.0 & c.0).say())
            } else {
                format!("crosses sectors, {} to {}", c.say(), e.say())
            }
        })
    }
    fn barrier(&self, coachee: CoacheeIx, coach: CoachIx) -> String {
        let (e, c) = (*self.coachees.kind(coachee), *self.coaches.kind(coach));
        if e.meets(c) {
            format!("shares the sector {}", Sectors(e.0 & c.0).say())
        } else {
            format!("is of another sector, {} and not {}", c.say(), e.say())
        }
    }
}

pub(super) struct Region<'r> {
    rule: KindRule,
    facts: Arc<Facts<'r>>,
    coachees: Kinds<CoacheeIx, Vec<WordIx>>,
    coaches: Kinds<CoachIx, Vec<WordIx>>,
}

impl<'r> Region<'r> {
    pub fn new(rule: KindRule, facts: &Arc<Facts<'r>>) -> Self {
        let roster = facts.roster;
        let of_coachee = |e| facts.regions[facts.coachee(e)].clone();
        Self {
            rule,
            facts: Arc::clone(facts),
            coachees: Kinds::sort(roster.coachees.indexes().map(of_coachee)),
            coaches: Kinds::sort(roster.coaches.indexes().map(|c| facts.regions[facts.coach(c)].clone())),
        }
    }
    fn verdict(&self, coachee: &[WordIx], coach: &[WordIx]) -> Verdict {
        let known = !coachee.is_empty() && !coach.is_empty();
        verdict(self.rule, known, first_common(coachee, coach).is_some())
    }
    fn say(&self, words: &[WordIx]) -> String {
        words.iter().map(|w| &*self.facts.roster.words[*w]).collect::<Vec<_>>().join(" and ")
    }
}

impl PairRule for Region<'_> {
    fn key(&self) -> RuleKey {
        RuleKey::Region
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        self.verdict(self.coachees.kind(coachee), self.coaches.kind(coach))
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        let regions = self.coachees.kind(coachee);
        row.add_kinds(&self.coaches, |coach| self.verdict(regions, coach));
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        let (e, c) = (self.coachees.kind(coachee), self.coaches.kind(coach));
        if e.is_empty() || c.is_empty() {
            return None;
        }
        Some(match first_common(e, c) {
            Some(shared) => format!("both in the region {}", self.say(&[shared])),
            None => format!("crosses regions, {} to {}", self.say(c), self.say(e)),
        })
    }
    fn barrier(&self, coachee: CoacheeIx, coach: CoachIx) -> String {
        let (e, c) = (self.coachees.kind(coachee), self.coaches.kind(coach));
        match first_common(e, c) {
            Some(shared) => format!("shares the region {}", self.say(&[shared])),
            None => format!("is in another region, {} and not {}", self.say(c), self.say(e)),
        }
    }
}

pub(super) fn sentence(rule: KindRule, noun: &str) -> String {
    match rule.must {
        Must::Cross | Must::Differ => format!("Coach and coachee are of different {noun}s."),
        Must::Same => format!("Coach and coachee are of the same {noun}."),
        Must::Any => format!("Coach and coachee may be of any {noun}s."),
    }
}
