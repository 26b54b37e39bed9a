//! `seniority`: the gap in grades, the coach's less the coachee's.

use super::facts::Facts;
use super::verdict::{Kinds, PairRule, Row, Verdict, edge};
use crate::model::catalogue::{Level, RuleKey};
use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::quantity::Points;
use crate::model::rulebook::SeniorityRule;

/// Lowest and highest grade in force; `None` if unknown.
type Grades = Option<(i64, i64)>;

pub(super) struct Seniority<'r> {
    rule: &'r SeniorityRule,
    coachees: Kinds<CoacheeIx, Grades>,
    coaches: Kinds<CoachIx, Grades>,
}

/// The points for a gap: full in the best range, falling to nothing at `worst`.
pub(super) fn points(rule: &SeniorityRule, gap: i64) -> Points {
    let (from, to, worst) = (i64::from(rule.best_from), i64::from(rule.best_to), i64::from(rule.worst));
    if rule.absolute {
        return if gap <= i64::from(rule.most) { rule.weight } else { Points::ZERO };
    }
    if gap < from || gap >= worst {
        Points::ZERO
    } else if gap <= to {
        rule.weight
    } else {
        rule.weight.share(worst - gap, worst - to)
    }
}

impl<'r> Seniority<'r> {
    pub fn new(rule: &'r SeniorityRule, facts: &Facts<'_>) -> Self {
        let roster = facts.roster;
        Self {
            rule,
            coachees: Kinds::sort(roster.coachees.indexes().map(|e| facts.grades[facts.coachee(e)])),
            coaches: Kinds::sort(roster.coaches.indexes().map(|c| facts.grades[facts.coach(c)])),
        }
    }

    /// The gap that counts: the smallest over the grades in force; where distance counts, the widest.
    fn gap(&self, coachee: Grades, coach: Grades) -> Option<i64> {
        let (e, c) = (coachee?, coach?);
        let (least, most) = (c.0 - e.1, c.1 - e.0);
        Some(if self.rule.absolute { least.abs().max(most.abs()) } else { least })
    }

    fn verdict(&self, coachee: Grades, coach: Grades) -> Verdict {
        let Some(gap) = self.gap(coachee, coach) else { return Verdict::SILENT };
        let rule = self.rule;
        let over = if rule.absolute { gap > i64::from(rule.most) } else { gap < i64::from(rule.least) };
        let mut verdict = Verdict::earns(rule.level, points(rule, gap));
        if over {
            verdict.broken = Verdict::broken(edge(rule.level, rule.limit)).broken;
        }
        verdict
    }
}

impl PairRule for Seniority<'_> {
    fn key(&self) -> RuleKey {
        RuleKey::Seniority
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        self.verdict(*self.coachees.kind(coachee), *self.coaches.kind(coach))
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        let grades = *self.coachees.kind(coachee);
        row.add_kinds(&self.coaches, |coach| self.verdict(grades, *coach));
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        let gap = self.gap(*self.coachees.kind(coachee), *self.coaches.kind(coach))?;
        Some(match gap {
            n if self.rule.absolute => format!("{} apart", grades(n)),
            0 => "of the same grade".into(),
            n if n > 0 => format!("{} above", grades(n)),
            n => format!("{} below", grades(-n)),
        })
    }
    fn barrier(&self, coachee: CoacheeIx, coach: CoachIx) -> String {
        let gap = self.part(coachee, coach).unwrap_or_default();
        if self.rule.absolute {
            format!("is {gap}, and {} is the most", grades(i64::from(self.rule.most)))
        } else {
            format!("is {gap}, and must be at least {} above", grades(i64::from(self.rule.least)))
        }
    }
}

fn grades(n: i64) -> String {
    if n == 1 { "1 grade".into() } else { format!("{n} grades") }
}

pub(super) fn sentence(rule: &SeniorityRule) -> String {
    if rule.absolute {
        return format!("Coach and coachee are at most {} apart.", grades(i64::from(rule.most)));
    }
    let best = if rule.best_from == rule.best_to {
        format!("{}", rule.best_from)
    } else {
        format!("{} to {}", rule.best_from, rule.best_to)
    };
    let least = match edge(rule.level, rule.limit) {
        Level::Off => String::new(),
        _ => format!("at least {} above the coachee, ", grades(i64::from(rule.least))),
    };
    format!("The coach stands {least}best {best} above, and nothing is earned from {} on.", rule.worst)
}
