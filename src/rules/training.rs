//! `training` and `external`: who may coach whom, trained coaches and internal ones first.

use super::facts::Facts;
use super::verdict::{Kinds, PairRule, Row, Verdict};
use crate::model::catalogue::{Level, RuleKey, Sector, Training as Stage, Word};
use crate::model::index::{CoachIx, CoacheeIx, IxVec, WordIx};
use crate::model::roster::Roster;
use crate::model::rulebook::{Plain, TrainingRule};

pub(super) struct Training<'r> {
    rule: TrainingRule,
    roster: &'r Roster,
    coaches: Kinds<CoachIx, (Stage, Vec<WordIx>)>,
    /// The barred words that are a sector, role, school or the project of the coachee.
    meant: IxVec<CoacheeIx, Vec<WordIx>>,
}

impl<'r> Training<'r> {
    pub fn new(rule: TrainingRule, facts: &Facts<'r>) -> Self {
        let roster = facts.roster;
        let kind = |c: &crate::model::people::Coach| (c.training.unwrap_or(Stage::Trained), c.barred.clone());
        let mut barred: Vec<WordIx> = roster.coaches.iter().flat_map(|c| c.barred.iter().copied()).collect();
        barred.sort_unstable();
        barred.dedup();
        let meant =
            |coachee: CoacheeIx| barred.iter().copied().filter(|word| means(facts, *word, coachee)).collect();
        Self {
            rule,
            roster,
            coaches: Kinds::sort(roster.coaches.iter().map(kind)),
            meant: roster.coachees.indexes().map(meant).collect(),
        }
    }

    fn barred(meant: &[WordIx], barred: &[WordIx]) -> Option<WordIx> {
        meant.iter().copied().find(|word| barred.contains(word))
    }

    fn verdict(&self, meant: &[WordIx], coach: &(Stage, Vec<WordIx>)) -> Verdict {
        if coach.0 == Stage::None || Self::barred(meant, &coach.1).is_some() {
            return Verdict::broken(self.rule.level);
        }
        match coach.0 {
            Stage::Trained => Verdict::earns(self.rule.level, self.rule.weight),
            Stage::Trainee | Stage::None => Verdict::SILENT,
        }
    }
}

/// Whether a word, without regard to case, is a sector, role, school or the project of the coachee.
fn means(facts: &Facts<'_>, word: WordIx, coachee: CoacheeIx) -> bool {
    let roster = facts.roster;
    let person = facts.coachee(coachee);
    let text = &*roster.words[word];
    let same = |other: &str| {
        other.eq_ignore_ascii_case(text)
            || !other.is_ascii() && !text.is_ascii() && other.to_lowercase() == text.to_lowercase()
    };
    roster.coachees[coachee].project == Some(word)
        || facts.sectors[person].list().any(|s| same(s.key()))
        || facts.schools[person]
            .iter()
            .any(|s| same(&roster.schools[*s].id) || same(&roster.schools[*s].name))
        || facts.roles[person].iter().any(|r| same(&r.text))
}

impl PairRule for Training<'_> {
    fn key(&self) -> RuleKey {
        RuleKey::Training
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        self.verdict(&self.meant[coachee], self.coaches.kind(coach))
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        let meant = &self.meant[coachee];
        row.add_kinds(&self.coaches, |coach| self.verdict(meant, coach));
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        let kind = self.coaches.kind(coach);
        if Self::barred(&self.meant[coachee], &kind.1).is_some() {
            return Some(self.barrier(coachee, coach));
        }
        Some(match kind.0 {
            Stage::Trained => "a trained coach".into(),
            Stage::Trainee => "a coach in training".into(),
            Stage::None => "not trained to coach".into(),
        })
    }
    fn barrier(&self, coachee: CoacheeIx, coach: CoachIx) -> String {
        let kind = self.coaches.kind(coach);
        match Self::barred(&self.meant[coachee], &kind.1) {
            Some(word) if kind.0 != Stage::None => {
                format!("does not coach {}", self.roster.words[word])
            }
            _ => "is not trained to coach".into(),
        }
    }
}

pub(super) struct External {
    rule: Plain,
    coaches: Kinds<CoachIx, bool>,
}

impl External {
    pub fn new(rule: Plain, facts: &Facts<'_>) -> Self {
        let external = |c| facts.sectors[facts.coach(c)].has(Sector::External);
        Self { rule, coaches: Kinds::sort(facts.roster.coaches.indexes().map(external)) }
    }
    fn verdict(&self, external: bool) -> Verdict {
        Verdict::holds_or(self.rule.level, self.rule.weight, external)
    }
}

impl PairRule for External {
    fn key(&self) -> RuleKey {
        RuleKey::External
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, _: CoacheeIx, coach: CoachIx) -> Verdict {
        self.verdict(*self.coaches.kind(coach))
    }
    fn row(&self, _: CoacheeIx, row: &mut Row) {
        row.add_kinds(&self.coaches, |external| self.verdict(*external));
    }
    fn part(&self, _: CoacheeIx, coach: CoachIx) -> Option<String> {
        Some(if *self.coaches.kind(coach) { "an external coach".into() } else { "an internal coach".into() })
    }
    fn barrier(&self, _: CoacheeIx, _: CoachIx) -> String {
        "is external".into()
    }
}

pub(super) fn training_sentence(rule: &TrainingRule) -> String {
    let least = match rule.trainee_min {
        0 => String::new(),
        n => format!(" A trainee has at least {n} where no minimum is given."),
    };
    format!("The coach is trained, or in training, and not barred from the coachee's group.{least}")
}
