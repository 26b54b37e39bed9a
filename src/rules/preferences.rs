//! `preferences`: up to three ranked choices on either side.

use super::facts::Facts;
use super::verdict::{PairRule, Row, Sparse, Verdict};
use crate::model::catalogue::{Level, RuleKey};
use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::model::quantity::Points;
use crate::model::roster::Roster;
use crate::model::rulebook::Plain;

const WORDS: [&str; 3] = ["first", "second", "third"];

/// The rank (from 0) of each in the other's choices.
#[derive(Clone, Copy, Default)]
struct Choice {
    coachees: Option<u8>,
    coachs: Option<u8>,
}

pub(super) struct Preferences<'r> {
    rule: Plain,
    roster: &'r Roster,
    choices: Sparse<Choice>,
}

/// 3, 2, 1 for being the first, second, third choice.
fn value(rank: Option<u8>) -> i64 {
    rank.map_or(0, |rank| i64::from(3_u8.saturating_sub(rank)))
}

/// The points of a pair with these ranks (from 0) in the coachee's and the coach's choices.
pub(super) fn points(weight: Points, coachees: Option<u8>, coachs: Option<u8>) -> Points {
    weight.share(value(coachees) + value(coachs), 6)
}

impl<'r> Preferences<'r> {
    pub fn new(rule: Plain, facts: &Facts<'r>) -> Self {
        let roster = facts.roster;
        let mut choices: Sparse<Choice> = Sparse::new(roster.coachees.len());
        for (coachee, row) in roster.coachees.enumerate() {
            for (rank, coach) in (0_u8..3).zip(&row.preferences) {
                let choice = Choice { coachees: Some(rank), coachs: None };
                choices.merge(coachee, *coach, choice, |_, _| {});
            }
        }
        for (coach, row) in roster.coaches.enumerate() {
            for (rank, coachee) in (0_u8..3).zip(&row.preferences) {
                let choice = Choice { coachees: None, coachs: Some(rank) };
                choices.merge(*coachee, coach, choice, |old, _| {
                    old.coachs = old.coachs.or(Some(rank));
                });
            }
        }
        Self { rule, roster, choices }
    }

    fn verdict(&self, coachee: CoacheeIx, coach: CoachIx, choice: Choice) -> Verdict {
        let points = points(self.rule.weight, choice.coachees, choice.coachs);
        let mut verdict = Verdict::earns(self.rule.level, points);
        if self.ignores(coachee, coach, choice) {
            verdict.broken = Verdict::broken(self.rule.level).broken;
        }
        verdict
    }

    fn ignores(&self, coachee: CoacheeIx, coach: CoachIx, choice: Choice) -> bool {
        choice.coachees.is_none() && !self.roster.coachees[coachee].preferences.is_empty()
            || choice.coachs.is_none() && !self.roster.coaches[coach].preferences.is_empty()
    }
}

impl PairRule for Preferences<'_> {
    fn key(&self) -> RuleKey {
        RuleKey::Preferences
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        let choice = self.choices.get(coachee, coach).copied().unwrap_or_default();
        self.verdict(coachee, coach, choice)
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        if self.rule.level != Level::Soft {
            return row.add_each(|coach| self.judge(coachee, coach));
        }
        for (coach, choice) in self.choices.of(coachee) {
            row.add(coach.to_usize(), self.verdict(coachee, *coach, *choice));
        }
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        let choice = self.choices.get(coachee, coach).copied().unwrap_or_default();
        let say = |rank: Option<u8>, who: &str| {
            rank.and_then(|r| WORDS.get(usize::from(r))).map(|word| format!("{word} choice of the {who}"))
        };
        let said: Vec<String> =
            [say(choice.coachees, "coachee"), say(choice.coachs, "coach")].into_iter().flatten().collect();
        if said.is_empty() {
            return self.ignores(coachee, coach, choice).then(|| self.barrier(coachee, coach));
        }
        Some(said.join(", "))
    }
    fn barrier(&self, coachee: CoacheeIx, coach: CoachIx) -> String {
        let choice = self.choices.get(coachee, coach).copied().unwrap_or_default();
        let coachee_chose = !self.roster.coachees[coachee].preferences.is_empty();
        if choice.coachees.is_none() && coachee_chose {
            "is not among the coachee's choices".into()
        } else {
            "has not chosen the coachee".into()
        }
    }
}

pub(super) fn sentence(rule: Plain) -> String {
    match rule.level {
        Level::Hard | Level::Waivable => "Whoever has named choices gets one of them.".into(),
        _ => "Coach and coachee are among one another's first three choices.".into(),
    }
}
