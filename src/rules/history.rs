//! `history`: pairs of earlier programmes, pairs that ended early, and former managers.

use super::facts::{Facts, is_live};
use super::verdict::{PairRule, Row, Sparse, Verdict, edge};
use crate::model::catalogue::{HistoryOutcome, Level, Repeat, RuleKey};
use crate::model::date::Date;
use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::roster::Roster;
use crate::model::rulebook::HistoryRule;

/// What lies behind a pair.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Past {
    paired: bool,
    ended_early: bool,
    managed: bool,
}

pub(super) struct History {
    rule: HistoryRule,
    past: Sparse<Past>,
}

impl History {
    pub fn new(rule: HistoryRule, facts: &Facts<'_>) -> Self {
        let roster = facts.roster;
        let mut past: Sparse<Past> = Sparse::new(roster.coachees.len());
        let join = |old: &mut Past, new: Past| {
            old.paired |= new.paired;
            old.ended_early |= new.ended_early;
            old.managed |= new.managed;
        };
        let window = roster.programme.window();
        for row in roster.history.iter().filter(|row| !is_live(row, window)) {
            if let (Some(coach), Some(coachee)) =
                (roster.people[row.coach].coach, roster.people[row.coachee].coachee)
            {
                let ended_early = row.outcome == Some(HistoryOutcome::EndedEarly);
                past.merge(coachee, coach, Past { paired: true, ended_early, managed: false }, join);
            }
        }
        for (coachee, coach) in former_managers(roster, rule.years) {
            past.merge(coachee, coach, Past { managed: true, ..Past::default() }, join);
        }
        Self { rule, past }
    }

    fn verdict(&self, past: Past) -> Verdict {
        let rule = &self.rule;
        let holds = match rule.repeat {
            Repeat::Avoid => !past.paired,
            Repeat::Prefer => past.paired,
            Repeat::Any => true,
        };
        let mut verdict = Verdict::holds_or(rule.level, rule.weight, !holds);
        if rule.repeat == Repeat::Any {
            verdict = Verdict::SILENT;
        }
        let mut limit = |breaks: bool, level: Level| {
            if breaks {
                verdict.broken = verdict.broken.and(Verdict::broken(edge(rule.level, level)).broken);
            }
        };
        limit(past.ended_early, rule.early);
        limit(past.managed, rule.former_manager);
        verdict
    }

    fn of(&self, coachee: CoacheeIx, coach: CoachIx) -> Past {
        self.past.get(coachee, coach).copied().unwrap_or_default()
    }
}

/// Pairs of which one managed the other in an employment that ended within `years` years before the start.
fn former_managers(roster: &Roster, years: u32) -> Vec<(CoacheeIx, CoachIx)> {
    let starts: Date = roster.programme.starts;
    let since = starts.years_before(i32::try_from(years).unwrap_or(i32::MAX / 2).min(1000));
    let mut pairs = Vec::new();
    for person in &roster.people {
        for job in &person.employment {
            let Some(manager) = job.manager.person() else { continue };
            if job.window.to.is_none_or(|to| to < since || to >= starts) {
                continue;
            }
            let manager = &roster.people[manager];
            pairs.extend(person.coachee.zip(manager.coach));
            pairs.extend(manager.coachee.zip(person.coach));
        }
    }
    pairs
}

impl PairRule for History {
    fn key(&self) -> RuleKey {
        RuleKey::History
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        self.verdict(self.of(coachee, coach))
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        let usual = self.verdict(Past::default());
        let known = self.past.of(coachee).iter().map(|(coach, past)| (*coach, self.verdict(*past)));
        row.add_except(|_| usual, known);
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        let past = self.of(coachee, coach);
        if past.ended_early {
            return Some("an earlier pairing ended early".into());
        }
        if past.managed {
            return Some("one managed the other before".into());
        }
        match (past.paired, self.rule.repeat) {
            (_, Repeat::Any) => None,
            (true, _) => Some("paired before".into()),
            (false, _) => Some("not paired before".into()),
        }
    }
    fn barrier(&self, coachee: CoacheeIx, coach: CoachIx) -> String {
        let past = self.of(coachee, coach);
        let forbids = |level: Level| Verdict::broken(edge(self.rule.level, level)).broken.forbids();
        if past.ended_early && forbids(self.rule.early) {
            "was paired with the coachee before, and it ended early".into()
        } else if past.managed && forbids(self.rule.former_manager) {
            format!("one managed the other within the last {} years", self.rule.years)
        } else if past.paired {
            "was paired with the coachee before".into()
        } else {
            "was not paired with the coachee before".into()
        }
    }
}

pub(super) fn sentence(rule: &HistoryRule) -> String {
    let repeat = match rule.repeat {
        Repeat::Avoid => "Coach and coachee were not paired before",
        Repeat::Prefer => "Coach and coachee were paired before",
        Repeat::Any => "Earlier pairings do not matter",
    };
    let mut limits = String::new();
    if edge(rule.level, rule.early) != Level::Off {
        limits += "; a pairing that ended early is not repeated";
    }
    if edge(rule.level, rule.former_manager) != Level::Off {
        let years = rule.years.to_string();
        limits.extend(["; neither managed the other in the ", &years, " years before"]);
    }
    format!("{repeat}{limits}.")
}
