//! `needs`: the coachee's ranked needs against the coach's strengths, the first need most.

use super::facts::Facts;
use super::verdict::{PairRule, Row, Verdict};
use crate::model::catalogue::{Cover, Level, RuleKey};
use crate::model::index::{CoachIx, CoacheeIx, Ix, IxVec, WordIx};
use crate::model::quantity::Points;
use crate::model::roster::Roster;
use crate::model::rulebook::NeedsRule;
use std::sync::Arc;

/// Rank weights of the first, second and third need.
const RANKS: [u8; 3] = [3, 2, 1];
/// The best level of a strength.
const TOP: u8 = 3;
const WORDS: [&str; 3] = ["first", "second", "third"];

pub(super) struct Needs<'r> {
    rule: NeedsRule,
    roster: &'r Roster,
    /// Who covers a need, and how well (1 to 3), in order of coach.
    covers: IxVec<WordIx, Vec<(CoachIx, u8)>>,
}

/// `floor(weight × Σ rank × level / (3 × Σ rank))` for `needs` needs.
pub(super) fn points(weight: Points, sum: u8, needs: usize) -> Points {
    let ranks: u8 = RANKS.iter().take(needs).sum();
    weight.share(i64::from(sum), i64::from(ranks * TOP))
}

impl<'r> Needs<'r> {
    pub fn new(rule: NeedsRule, facts: &Arc<Facts<'r>>) -> Self {
        let roster = facts.roster;
        let mut covers: IxVec<WordIx, Vec<(CoachIx, u8)>> = roster.words.iter().map(|_| Vec::new()).collect();
        for (coach, row) in roster.coaches.enumerate() {
            for (tag, level) in row.strengths.iter().filter(|s| s.1 > 0) {
                if covers[*tag].last().is_none_or(|last| last.0 != coach) {
                    covers[*tag].push((coach, (*level).min(TOP)));
                }
            }
        }
        Self { rule, roster, covers }
    }

    fn level_of(&self, need: WordIx, coach: CoachIx) -> u8 {
        let covers = &self.covers[need];
        covers.binary_search_by_key(&coach, |c| c.0).map_or(0, |at| covers[at].1)
    }

    fn needs(&self, coachee: CoacheeIx) -> &[WordIx] {
        let needs = &self.roster.coachees[coachee].needs;
        &needs[..needs.len().min(RANKS.len())]
    }

    /// Which of the needs are covered, as bits, and the weighted sum.
    fn cover(&self, coachee: CoacheeIx, coach: CoachIx) -> (u8, u8) {
        let levels = self.needs(coachee).iter().map(|need| self.level_of(*need, coach));
        levels.zip(RANKS).enumerate().fold((0, 0), |(bits, sum), (i, (level, rank))| {
            (bits | u8::from(level > 0) << i, sum + rank * level)
        })
    }

    /// What is asked of the covered needs does not hold.
    fn broken(&self, bits: u8, needs: usize) -> bool {
        match self.rule.cover {
            Cover::Any => bits == 0,
            Cover::First => bits & 1 == 0,
            Cover::All => bits.count_ones() as usize != needs,
        }
    }

    fn verdict(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        let needs = self.needs(coachee).len();
        if needs == 0 || self.roster.coaches[coach].strengths.is_empty() {
            return Verdict::SILENT;
        }
        let (bits, sum) = self.cover(coachee, coach);
        let mut verdict = Verdict::earns(self.rule.level, points(self.rule.weight, sum, needs));
        if self.broken(bits, needs) {
            verdict.broken = Verdict::broken(self.rule.level).broken;
        }
        verdict
    }
}

impl PairRule for Needs<'_> {
    fn key(&self) -> RuleKey {
        RuleKey::Needs
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        self.verdict(coachee, coach)
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        let needs = self.needs(coachee);
        if self.rule.level != Level::Soft {
            return row.add_each(|coach| self.verdict(coachee, coach));
        }
        // Soft: only those who cover something earn anything, so their lists are enough.
        let mut sums = std::mem::take(&mut row.sums);
        for (need, rank) in needs.iter().zip(RANKS) {
            for (coach, level) in &self.covers[*need] {
                sums[coach.to_usize()] += rank * level;
            }
        }
        let table: Vec<Points> = (0..=RANKS.iter().sum::<u8>() * TOP)
            .map(
                |sum| {
                    if needs.is_empty() { Points::ZERO } else { points(self.rule.weight, sum, needs.len()) }
                },
            )
            .collect();
        for (coach, sum) in sums.iter_mut().enumerate().filter(|(_, sum)| **sum > 0) {
            row.points[coach] += table[usize::from(*sum)].0;
            *sum = 0;
        }
        row.sums = sums;
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        let needs = self.needs(coachee);
        if needs.is_empty() {
            return None;
        }
        let covered: Vec<String> = (needs.iter().zip(WORDS))
            .filter(|(need, _)| self.level_of(**need, coach) > 0)
            .map(|(need, rank)| format!("the {rank} need, {}", self.roster.words[*need]))
            .collect();
        Some(match covered.split_last() {
            None => "covers none of the needs".into(),
            Some((only, [])) => format!("covers {only}"),
            Some((last, before)) => format!("covers {}; and {last}", before.join("; ")),
        })
    }
    fn barrier(&self, coachee: CoacheeIx, coach: CoachIx) -> String {
        let needs = self.needs(coachee);
        let missing = needs.iter().find(|need| self.level_of(**need, coach) == 0);
        let name = missing.map_or("", |need| &*self.roster.words[*need]);
        match self.rule.cover {
            Cover::Any => "covers none of the needs".into(),
            Cover::First => format!("does not cover the first need, {name}"),
            Cover::All => format!("does not cover the need {name}"),
        }
    }
}

pub(super) fn sentence(rule: &NeedsRule) -> String {
    let asked = match rule.cover {
        Cover::Any => "at least one of the coachee's needs",
        Cover::First => "the coachee's first need",
        Cover::All => "all of the coachee's needs",
    };
    match rule.level {
        Level::Hard | Level::Waivable => format!("The coach's strengths cover {asked}."),
        _ => "The coach's strengths cover the coachee's needs, the first most.".into(),
    }
}
