//! Roster to instance: eligibility, points and the sentence of each rule, side by side.

mod all;
mod availability;
mod capacity;
mod caps;
mod compile;
mod declared;
mod facts;
mod findings;
mod group_locks;
mod grouping;
mod history;
mod language;
mod line;
mod locks;
mod needs;
mod pairs;
mod pins;
mod preferences;
mod rows;
mod school;
mod sector_region;
mod seniority;
mod sentences;
mod sites;
mod sponsor;
mod table;
mod training;
mod travel;
mod verdict;

pub(crate) use capacity::class;
pub use caps::Cap;
pub use compile::compile;
pub use grouping::{CompiledGroups, compile_groups};
pub(crate) use language::called as language_called;
pub(crate) use preferences::nth;
pub use rows::Several;
pub(crate) use rows::counting;
pub use sentences::sentences;

use crate::model::catalogue::{Level, RuleKey, Sector};
use crate::model::document::Part;
use crate::model::finding::Finding;
use crate::model::index::{CoachIx, CoacheeIx, GroupIx, Ix, PersonIx, SchoolIx, WordIx};
use crate::model::instance::Instance;
use crate::model::outcome::{Clash, Outcome};
use crate::model::quantity::{Minutes, Points};
use crate::model::roster::Roster;
use crate::model::wishes::Wishes;
use verdict::Broken;

/// A programme ready to be solved, with what is needed to explain its pairs. Borrows the roster.
pub struct Compiled<'r> {
    pub roster: &'r Roster,
    pub instance: Instance,
    /// Pins refused, expired locks and waivers, unknown facts, …: sorted.
    pub findings: Vec<Finding>,
    /// Coachees who are pinned to more coaches than they want.
    pub clashes: Vec<Clash>,
    /// The caps that are on, those at level `info` too; the inner one first.
    pub caps: Vec<Cap>,
    /// Rows and rings of rules at level `info`: told about, not solved.
    pub told: Several,
    /// Waived pairs that would count in a row: by coachee, coach, rule.
    lifted: Vec<(CoacheeIx, CoachIx, RuleKey)>,
    rules: all::Rules<'r>,
}

/// Why a pair cannot be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Barrier {
    pub rule: RuleKey,
    /// `Hard` or `Waivable`.
    pub level: Level,
    pub says: Box<str>,
}

impl Barrier {
    /// Its words, so that they follow "the coach".
    pub fn of_the_coach(&self) -> String {
        match self.rule {
            RuleKey::Declared => format!("has {}", self.says),
            RuleKey::History if self.says.starts_with("one managed") => {
                format!("and the coachee: {}", self.says)
            }
            _ => self.says.to_string(),
        }
    }
}

impl Compiled<'_> {
    /// The parts of a pair's own score, in the order of the catalogue; they add up to `score` in the instance.
    /// Includes rules at level `info` with 0 points; leaves out soft rules that earn nothing.
    pub fn parts(&self, coachee: CoacheeIx, coach: CoachIx) -> Vec<Part> {
        let mut parts = Vec::new();
        for rule in self.rules.each() {
            let verdict = rule.judge(coachee, coach);
            let told = rule.level() == Level::Info || verdict.broken.is(Broken::INFO);
            if verdict.points == Points::ZERO && !told {
                continue;
            }
            if let Some(says) = rule.part(coachee, coach) {
                parts.push(Part { rule: rule.key(), points: verdict.points, says: says.into() });
            }
        }
        parts
    }

    /// The pair's own score, whether or not the pair can be made.
    pub fn score(&self, coachee: CoacheeIx, coach: CoachIx) -> Points {
        self.rules.each().map(|rule| rule.judge(coachee, coach).points).sum()
    }

    /// Travel minutes of the pair, known or not, whatever the level of `travel`.
    pub fn minutes(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<Minutes> {
        self.rules.travel.minutes(coachee, coach)
    }

    /// Every rule that forbids the pair, hardest first; empty if it is eligible. Opaque declarations say no kind.
    /// Somebody who takes no part has no places, and nobody has one for themselves: the barrier is that of `capacity`.
    pub fn barriers(&self, coachee: CoacheeIx, coach: CoachIx) -> Vec<Barrier> {
        let mut barriers = Vec::new();
        if !self.rules.takes_part(coachee, coach) {
            let oneself = self.rules.oneself(coachee, coach);
            let says = if oneself { "is the coachee" } else { "takes no part" }.into();
            barriers.push(Barrier { rule: RuleKey::Capacity, level: Level::Hard, says });
        }
        for rule in self.rules.each() {
            let verdict = rule.judge(coachee, coach);
            if let Some(level) = self.rules.forbids(rule, verdict, (coachee, coach)) {
                let says = rule.barrier(coachee, coach).into();
                barriers.push(Barrier { rule: rule.key(), level, says });
            }
        }
        barriers.sort_by_key(|barrier| barrier.level);
        barriers
    }

    /// Rules that a waiver lifts for the pair, with the waiver's position in `Roster::waivers`; in the order of the
    /// catalogue. A waived cap counts wherever the coachee is in one of its groups, and a rule about several pairs wherever
    /// the pair would count.
    pub fn waived(&self, coachee: CoacheeIx, coach: CoachIx) -> Vec<(RuleKey, usize)> {
        if !self.rules.waives(coachee) {
            return Vec::new();
        }
        let broken = self.rules.each().filter(|rule| rule.judge(coachee, coach).broken.is(Broken::WAIVABLE));
        let capped =
            self.caps.iter().filter(|cap| cap.level == Level::Waivable && cap.group[coachee].is_some());
        let first = self.lifted.partition_point(|l| (l.0, l.1) < (coachee, coach));
        let lifted = self.lifted[first..].iter().take_while(|l| (l.0, l.1) == (coachee, coach)).map(|l| l.2);
        let keys = broken.map(verdict::PairRule::key).chain(capped.map(Cap::key)).chain(lifted);
        let mut waived: Vec<(RuleKey, usize)> =
            keys.filter_map(|key| Some((key, self.rules.waiver(key, coachee, coach)?))).collect();
        waived.sort_unstable();
        waived.dedup();
        waived
    }

    /// Why the pair comes before all others: `pinned by Ann (agreed in June)`; `None` if it does not.
    pub fn pinned(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        let pins = &self.instance.parts().pins;
        self.instance.pair(coachee, coach).filter(|pair| pins.binary_search(pair).is_ok())?;
        self.rules.locks.says(coachee, coach)
    }

    /// Everybody's ranks of those who are possible for them.
    pub fn wishes(&self) -> Wishes {
        preferences::wishes(self.roster, |coachee, coach| self.instance.pair(coachee, coach))
    }

    /// The outcome of the solver, which never sees the pins of a coachee beyond those wanted: with such pins the plan
    /// is the best that keeps as many as can be kept, and the whole a contradiction.
    pub fn settle(&self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Optimal { assignment, tiers, certificate } if !self.clashes.is_empty() => {
                Outcome::Infeasible { assignment, tiers, certificate, clashes: Vec::new() }
            }
            other => other,
        }
    }

    /// The name of a group of a nest family of the instance: a school's id or a sector's word.
    pub fn group_name(&self, family: usize, group: GroupIx) -> &str {
        self.caps
            .iter()
            .filter(|cap| caps::binds(cap))
            .nth(family)
            .map_or("", |cap| &cap.names[group.to_usize()])
    }

    /// A person's sectors in force, in the order of the catalogue.
    pub fn sectors_of(&self, person: PersonIx) -> impl Iterator<Item = Sector> {
        self.rules.facts.sectors[person].list()
    }
    /// A person's schools in force.
    pub fn schools_of(&self, person: PersonIx) -> &[SchoolIx] {
        &self.rules.facts.schools[person]
    }
    /// A person's lowest and highest grade in force, where known.
    pub fn grades_of(&self, person: PersonIx) -> Option<(i64, i64)> {
        self.rules.facts.grades[person]
    }
    /// A person's regions in force.
    pub fn regions_of(&self, person: PersonIx) -> &[WordIx] {
        &self.rules.facts.regions[person]
    }
    /// The language without which a coachee cannot be coached.
    pub fn language_of(&self, coachee: CoacheeIx) -> Option<WordIx> {
        language::required(&self.roster.coachees[coachee])
    }

    /// Ids in byte order, without repeats.
    pub(crate) fn ids(&self, coachees: &[CoacheeIx], coaches: &[CoachIx]) -> Vec<Box<str>> {
        let coachees = coachees.iter().map(|e| self.roster.coachee_id(*e).into());
        let mut ids: Vec<Box<str>> =
            coachees.chain(coaches.iter().map(|c| self.roster.coach_id(*c).into())).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

#[cfg(test)]
mod random;
#[cfg(test)]
mod tests;
