//! `declared`: declared conflicts in force, each kind at its own level. An opaque declaration never says its kind.

use super::facts::{Facts, coachees_of, coaches_of};
use super::verdict::{Broken, PairRule, Row, Sparse, Verdict};
use crate::model::catalogue::{Level, RuleKey, Word};
use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::roster::{Against, Conflict};
use crate::model::rulebook::DeclaredRule;
use std::sync::Arc;

pub(super) struct Declared<'r> {
    rule: DeclaredRule,
    facts: Arc<Facts<'r>>,
    /// Positions in `Roster::conflicts`, ascending.
    between: Sparse<Vec<u32>>,
}

impl<'r> Declared<'r> {
    pub fn new(rule: DeclaredRule, facts: &Arc<Facts<'r>>) -> Self {
        let roster = facts.roster;
        let window = roster.programme.window();
        let (coachees_at, coaches_at) = (coachees_of(facts), coaches_of(facts));
        let mut between = Sparse::new(roster.coachees.len());
        for (at, conflict) in roster.conflicts.iter().enumerate() {
            if !conflict.window.overlaps(window) || rule.of(conflict.kind) == Level::Off {
                continue;
            }
            let at = u32::try_from(at).expect("fewer declarations than 2^32");
            let mut declare = |coachee: CoacheeIx, coach: CoachIx| {
                between.merge(coachee, coach, vec![at], |old: &mut Vec<u32>, _| {
                    if old.last() != Some(&at) {
                        old.push(at);
                    }
                });
            };
            match conflict.other {
                Against::Person(other) => {
                    for (coach, coachee) in [(conflict.person, other), (other, conflict.person)] {
                        if let (Some(c), Some(e)) =
                            (roster.people[coach].coach, roster.people[coachee].coachee)
                        {
                            declare(e, c);
                        }
                    }
                }
                Against::School(school) => {
                    let roles = &roster.people[conflict.person];
                    if let Some(coach) = roles.coach {
                        coachees_at[school].iter().for_each(|e| declare(*e, coach));
                    }
                    if let Some(coachee) = roles.coachee {
                        coaches_at[school].iter().for_each(|c| declare(coachee, *c));
                    }
                }
            }
        }
        Self { rule, facts: Arc::clone(facts), between }
    }

    fn conflicts(&self, coachee: CoacheeIx, coach: CoachIx) -> impl Iterator<Item = &Conflict> {
        let at = self.between.get(coachee, coach).into_iter().flatten();
        at.map(|at| &self.facts.roster.conflicts[*at as usize])
    }

    fn found(&self, at: &[u32]) -> Verdict {
        let kinds = at.iter().map(|at| self.facts.roster.conflicts[*at as usize].kind);
        let broken = kinds.fold(Broken::NONE, |all, kind| all.and(Broken::at(self.rule.of(kind))));
        Verdict { broken, ..Verdict::SILENT }
    }

    fn clear(&self) -> Verdict {
        Verdict::earns(self.rule.level, self.rule.weight)
    }

    /// The kinds that may be told, of the conflicts for which `worth` holds.
    fn say(&self, coachee: CoacheeIx, coach: CoachIx, worth: impl Fn(Level) -> bool) -> String {
        let told = self.conflicts(coachee, coach).filter(|c| !c.opaque && worth(self.rule.of(c.kind)));
        let mut kinds: Vec<&str> = told.map(|c| c.kind.key()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.is_empty() {
            "a declared conflict".into()
        } else {
            format!("a declared conflict ({})", kinds.join(", "))
        }
    }
}

impl PairRule for Declared<'_> {
    fn key(&self) -> RuleKey {
        RuleKey::Declared
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        self.between.get(coachee, coach).map_or_else(|| self.clear(), |at| self.found(at))
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        let found = self.between.of(coachee).iter().map(|(coach, at)| (*coach, self.found(at)));
        row.add_except(|_| self.clear(), found);
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        if self.between.get(coachee, coach).is_some() {
            return Some(self.say(coachee, coach, |level| matches!(level, Level::Info | Level::Soft)));
        }
        (self.rule.level == Level::Soft).then(|| "no declared conflict".into())
    }
    fn barrier(&self, coachee: CoacheeIx, coach: CoachIx) -> String {
        self.say(coachee, coach, |level| matches!(level, Level::Hard | Level::Waivable))
    }
}

pub(super) fn sentence(rule: &DeclaredRule) -> String {
    let all = crate::model::catalogue::ConflictKind::ALL;
    let at = |level: Level| {
        let kinds: Vec<&str> = all.iter().filter(|k| rule.of(**k) == level).map(|k| k.key()).collect();
        (!kinds.is_empty()).then(|| format!("{}: {}", level.key(), kinds.join(", ")))
    };
    let levels: Vec<String> = Level::ALL.iter().filter_map(|level| at(*level)).collect();
    format!("No declared conflict stands between coach and coachee ({}).", levels.join("; "))
}
