//! `pairs`: scores that the planner's own file gives, optionally the only pairs there are.

use super::facts::Facts;
use super::verdict::{PairRule, Row, Verdict};
use crate::model::catalogue::{Level, RuleKey};
use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::quantity::Points;
use crate::model::roster::Roster;
use crate::model::rulebook::PairsRule;

pub(super) struct Pairs<'r> {
    rule: PairsRule,
    roster: &'r Roster,
}

/// `floor(weight × score)`.
pub(super) fn points(weight: Points, score: Points) -> Points {
    if weight == Points::ONE { score } else { weight.share(score.0, Points::ONE.0) }
}

/// The largest size of points that a table may give: that of a given score.
pub(super) fn too_large(rule: &PairsRule, roster: &Roster) -> bool {
    if rule.level != Level::Soft || rule.weight <= Points::ONE {
        return false;
    }
    let largest = roster.pairs.score.iter().map(|s| s.0.unsigned_abs()).max().unwrap_or(0);
    u128::from(largest) * u128::from(rule.weight.0.unsigned_abs())
        > u128::from(Points::LIMIT.0.unsigned_abs()) * u128::from(Points::ONE.0.unsigned_abs())
}

impl<'r> Pairs<'r> {
    pub fn new(rule: PairsRule, facts: &Facts<'r>) -> Self {
        Self { rule, roster: facts.roster }
    }

    fn listed(&self, row: usize) -> Verdict {
        Verdict::earns(self.rule.level, points(self.rule.weight, self.roster.pairs.score[row]))
    }

    fn unlisted(&self) -> Verdict {
        if self.rule.only_listed { Verdict::broken(Level::Hard) } else { Verdict::SILENT }
    }
}

impl PairRule for Pairs<'_> {
    fn key(&self) -> RuleKey {
        RuleKey::Pairs
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        self.roster.pairs.row(coachee, coach).map_or_else(|| self.unlisted(), |row| self.listed(row))
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        let listed = self.roster.pairs.rows(coachee);
        let usual = self.unlisted();
        row.add_except(|_| usual, listed.map(|at| (self.roster.pairs.coach[at], self.listed(at))));
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        let row = self.roster.pairs.row(coachee, coach)?;
        Some(format!("the planner's own score, {}", short(self.roster.pairs.score[row])))
    }
    fn barrier(&self, _: CoacheeIx, _: CoachIx) -> String {
        "is not in the list of pairs".into()
    }
}

/// A decimal without needless zeros: `12.5`, `70`.
pub(super) fn short(points: Points) -> String {
    let text = points.to_string();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(super) fn sentence(rule: &PairsRule) -> String {
    let only = if rule.only_listed { "; pairs that are not listed do not exist" } else { "" };
    format!("Pairs have the scores of the planner's own file{only}.")
}
