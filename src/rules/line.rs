//! `line` and `shared_manager`: no management chain between the two, and no manager in common.

use super::facts::{Facts, first_common};
use super::verdict::{PairRule, Row, Sparse, Verdict};
use crate::model::catalogue::{Level, RuleKey};
use crate::model::index::{CoachIx, CoacheeIx, IxVec, PersonIx};
use crate::model::quantity::Points;
use crate::model::rulebook::{LineRule, Plain};
use std::sync::Arc;

/// Everybody above a person within `steps` manager edges, with the least number of edges, and whether all managers on
/// the way are known.
pub(super) fn above(facts: &Facts<'_>, from: PersonIx, steps: u32) -> (Vec<(PersonIx, u32)>, bool) {
    let mut found = vec![(from, 0)];
    let mut known = true;
    let mut at = 0;
    while at < found.len() {
        let (person, depth) = found[at];
        at += 1;
        if depth == steps {
            continue;
        }
        known &= facts.managed[person];
        for manager in &facts.managers[person] {
            if !found.iter().any(|f| f.0 == *manager) {
                found.push((*manager, depth + 1));
            }
        }
    }
    (found, known)
}

#[derive(Clone, Copy)]
struct Chain {
    edges: u32,
    /// Whether the coach is the upper end.
    coach_above: bool,
}

pub(super) struct Line {
    rule: LineRule,
    reach: u32,
    chains: Sparse<Chain>,
    coachee_known: IxVec<CoacheeIx, bool>,
    coach_known: IxVec<CoachIx, bool>,
}

impl Line {
    pub fn new(rule: LineRule, facts: &Facts<'_>) -> Self {
        let roster = facts.roster;
        let reach = rule.steps.max(rule.waivable_steps);
        let mut chains = Sparse::new(roster.coachees.len());
        let shorter = |old: &mut Chain, new: Chain| {
            if new.edges < old.edges {
                *old = new;
            }
        };
        let mut coachee_known = IxVec::new();
        for (coachee, row) in roster.coachees.enumerate() {
            let (up, known) = above(facts, row.person, reach);
            coachee_known.push(known);
            for (person, edges) in up.into_iter().filter(|(_, edges)| *edges > 0) {
                if let Some(coach) = roster.people[person].coach {
                    chains.merge(coachee, coach, Chain { edges, coach_above: true }, shorter);
                }
            }
        }
        let mut coach_known = IxVec::new();
        for (coach, row) in roster.coaches.enumerate() {
            let (up, known) = above(facts, row.person, reach);
            coach_known.push(known);
            for (person, edges) in up.into_iter().filter(|(_, edges)| *edges > 0) {
                if let Some(coachee) = roster.people[person].coachee {
                    chains.merge(coachee, coach, Chain { edges, coach_above: false }, shorter);
                }
            }
        }
        Self { rule, reach, chains, coachee_known, coach_known }
    }

    fn chained(&self, chain: Chain) -> Verdict {
        let level = if self.rule.level == Level::Hard && chain.edges > self.rule.steps {
            Level::Waivable
        } else {
            self.rule.level
        };
        Verdict::broken(level)
    }

    fn clear(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        if self.coachee_known[coachee] && self.coach_known[coach] {
            Verdict::earns(self.rule.level, self.rule.weight)
        } else {
            Verdict::SILENT
        }
    }

    fn say(chain: Chain) -> String {
        match (chain.edges, chain.coach_above) {
            (1, true) => "is the coachee's line manager".into(),
            (1, false) => "is line managed by the coachee".into(),
            (n, true) => format!("stands {n} steps above the coachee in line management"),
            (n, false) => format!("stands {n} steps below the coachee in line management"),
        }
    }
}

impl PairRule for Line {
    fn key(&self) -> RuleKey {
        RuleKey::Line
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        match self.chains.get(coachee, coach) {
            Some(chain) => self.chained(*chain),
            None => self.clear(coachee, coach),
        }
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        let chains = self.chains.of(coachee).iter().map(|(coach, chain)| (*coach, self.chained(*chain)));
        row.add_except(|coach| self.clear(coachee, coach), chains);
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        match self.chains.get(coachee, coach) {
            Some(chain) => Some(Self::say(*chain)),
            None => (self.coachee_known[coachee] && self.coach_known[coach])
                .then(|| format!("no line management within {} steps", self.reach)),
        }
    }
    fn barrier(&self, coachee: CoacheeIx, coach: CoachIx) -> String {
        self.chains.get(coachee, coach).map_or_else(String::new, |chain| Self::say(*chain))
    }
}

pub(super) struct SharedManager<'r> {
    rule: Plain,
    facts: Arc<Facts<'r>>,
    shared: Sparse<PersonIx>,
}

impl<'r> SharedManager<'r> {
    pub fn new(rule: Plain, facts: &Arc<Facts<'r>>) -> Self {
        let roster = facts.roster;
        let mut managed: IxVec<PersonIx, Vec<CoachIx>> = roster.people.iter().map(|_| Vec::new()).collect();
        for coach in roster.coaches.indexes() {
            for manager in &facts.managers[facts.coach(coach)] {
                managed[*manager].push(coach);
            }
        }
        let mut shared = Sparse::new(roster.coachees.len());
        for coachee in roster.coachees.indexes() {
            for manager in &facts.managers[facts.coachee(coachee)] {
                for coach in &managed[*manager] {
                    shared.merge(coachee, *coach, *manager, |_, _| {});
                }
            }
        }
        Self { rule, facts: Arc::clone(facts), shared }
    }

    fn known(&self, coachee: CoacheeIx, coach: CoachIx) -> bool {
        let managed = &self.facts.managed;
        managed[self.facts.coachee(coachee)] && managed[self.facts.coach(coach)]
    }

    fn apart(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        let weight = if self.known(coachee, coach) { self.rule.weight } else { Points::ZERO };
        Verdict::earns(self.rule.level, weight)
    }
}

impl PairRule for SharedManager<'_> {
    fn key(&self) -> RuleKey {
        RuleKey::SharedManager
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        let managers = &self.facts.managers;
        let (e, c) = (&managers[self.facts.coachee(coachee)], &managers[self.facts.coach(coach)]);
        if first_common(e, c).is_some() {
            return Verdict::broken(self.rule.level);
        }
        self.apart(coachee, coach)
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        if self.facts.managers[self.facts.coachee(coachee)].is_empty() {
            return;
        }
        let shared = self.shared.of(coachee).iter();
        let broken = shared.map(|(coach, _)| (*coach, Verdict::broken(self.rule.level)));
        row.add_except(|coach| self.apart(coachee, coach), broken);
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        match self.shared.get(coachee, coach) {
            Some(manager) => Some(format!("both report to {}", self.facts.roster.person_name(*manager))),
            None => self.known(coachee, coach).then(|| "report to different managers".into()),
        }
    }
    fn barrier(&self, coachee: CoacheeIx, coach: CoachIx) -> String {
        let manager = self.shared.get(coachee, coach).map(|m| self.facts.roster.person_name(*m));
        format!("shares the line manager {}", manager.unwrap_or_default())
    }
}

pub(super) fn line_sentence(rule: &LineRule) -> String {
    let steps = |n: u32| if n == 1 { "1 step".into() } else { format!("{n} steps") };
    if rule.level == Level::Hard && rule.waivable_steps > rule.steps {
        return format!(
            "No line management between coach and coachee within {}, either way; within {} only with a waiver.",
            steps(rule.steps),
            steps(rule.waivable_steps)
        );
    }
    let reach = if rule.level == Level::Hard { rule.steps } else { rule.steps.max(rule.waivable_steps) };
    format!("No line management between coach and coachee within {}, either way.", steps(reach))
}

pub(super) const SHARED_MANAGER: &str = "Coach and coachee do not report to the same manager.";
