//! `preferences`: ranked choices on either side; points go to the first three, stability looks at all.

use super::facts::Facts;
use super::verdict::{PairRule, Row, Sparse, Verdict};
use crate::model::catalogue::{Level, RuleKey};
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use crate::model::quantity::Points;
use crate::model::roster::Roster;
use crate::model::rulebook::Plain;
use crate::model::wishes::{Wish, Wishes};

const WORDS: [&str; 3] = ["first", "second", "third"];

/// The rank (from 0) of each in the other's choices.
#[derive(Clone, Copy, Default)]
struct Choice {
    coachees: Option<u16>,
    coachs: Option<u16>,
}

/// `first`, `second`, `third`, `4th`, … of a rank from 0.
pub(crate) fn nth(rank: u16) -> String {
    let n = u32::from(rank) + 1;
    let ending = match (n % 100, n % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    WORDS.get(usize::from(rank)).map_or_else(|| format!("{n}{ending}"), |word| (*word).to_owned())
}

/// Everybody's ranks of those who are possible for them; `find` gives a pair's place in the instance.
pub(super) fn wishes(roster: &Roster, find: impl Fn(CoacheeIx, CoachIx) -> Option<PairIx>) -> Wishes {
    let mut named = Vec::new();
    for (coachee, row) in roster.coachees.enumerate() {
        for (rank, coach) in (1_u32..).zip(&row.preferences) {
            let pair = find(coachee, *coach);
            named.extend(pair.map(|pair| Wish { pair, coachees: Some(rank), coachs: None }));
        }
    }
    for (coach, row) in roster.coaches.enumerate() {
        for (rank, coachee) in (1_u32..).zip(&row.preferences) {
            let pair = find(*coachee, coach);
            named.extend(pair.map(|pair| Wish { pair, coachees: None, coachs: Some(rank) }));
        }
    }
    named.sort_by_key(|wish| wish.pair);
    named.dedup_by(|later, first| {
        let same = later.pair == first.pair;
        if same {
            first.coachs = first.coachs.or(later.coachs);
        }
        same
    });
    Wishes { named }
}

pub(super) struct Preferences<'r> {
    rule: Plain,
    roster: &'r Roster,
    choices: Sparse<Choice>,
}

/// 3, 2, 1 for being the first, second, third choice.
fn value(rank: Option<u16>) -> i64 {
    rank.map_or(0, |rank| i64::from(3_u16.saturating_sub(rank)))
}

/// The points of a pair with these ranks (from 0) in the coachee's and the coach's choices.
pub(super) fn points(weight: Points, coachees: Option<u16>, coachs: Option<u16>) -> Points {
    weight.share(value(coachees) + value(coachs), 6)
}

impl<'r> Preferences<'r> {
    pub fn new(rule: Plain, facts: &Facts<'r>) -> Self {
        let roster = facts.roster;
        let mut choices: Sparse<Choice> = Sparse::new(roster.coachees.len());
        for (coachee, row) in roster.coachees.enumerate() {
            for (rank, coach) in (0_u16..).zip(&row.preferences) {
                let choice = Choice { coachees: Some(rank), coachs: None };
                choices.merge(coachee, *coach, choice, |_, _| {});
            }
        }
        for (coach, row) in roster.coaches.enumerate() {
            for (rank, coachee) in (0_u16..).zip(&row.preferences) {
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
        let say =
            |rank: Option<u16>, who: &str| rank.map(|rank| format!("{} choice of the {who}", nth(rank)));
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
