//! `school`: coach and coachee at different schools, or at one. By id, never by name.

use super::facts::{Facts, first_common};
use super::verdict::{Kinds, PairRule, Row, Verdict};
use crate::model::catalogue::{Level, Must, RuleKey};
use crate::model::index::{CoachIx, CoacheeIx, IxVec, SchoolIx};
use crate::model::rulebook::SchoolRule;
use std::sync::Arc;

pub(super) struct School<'r> {
    rule: SchoolRule,
    facts: Arc<Facts<'r>>,
    coachees: Kinds<CoacheeIx, Vec<SchoolIx>>,
    /// The coach's own schools, and with `linked = "differ"` those linked to them.
    coaches: Kinds<CoachIx, (Vec<SchoolIx>, Vec<SchoolIx>)>,
}

impl<'r> School<'r> {
    pub fn new(rule: SchoolRule, facts: &Arc<Facts<'r>>) -> Self {
        let roster = facts.roster;
        let links = links(facts);
        let reach = |own: &Vec<SchoolIx>| {
            let mut all = own.clone();
            if rule.linked == Must::Differ && rule.must == Must::Differ {
                all.extend(own.iter().flat_map(|s| links[*s].iter().copied()));
                all.sort_unstable();
                all.dedup();
            }
            all
        };
        let of_coach = |c| &facts.schools[facts.coach(c)];
        Self {
            rule,
            facts: Arc::clone(facts),
            coachees: Kinds::sort(roster.coachees.indexes().map(|e| facts.schools[facts.coachee(e)].clone())),
            coaches: Kinds::sort(roster.coaches.indexes().map(|c| (of_coach(c).clone(), reach(of_coach(c))))),
        }
    }

    fn verdict(&self, coachee: &[SchoolIx], coach: &(Vec<SchoolIx>, Vec<SchoolIx>)) -> Verdict {
        if coachee.is_empty() || coach.0.is_empty() {
            return Verdict::SILENT;
        }
        let broken = match self.rule.must {
            Must::Differ | Must::Cross => first_common(coachee, &coach.1).is_some(),
            Must::Same => first_common(coachee, &coach.0).is_none(),
            Must::Any => false,
        };
        Verdict::holds_or(self.rule.level, self.rule.weight, broken)
    }

    fn name(&self, school: SchoolIx) -> &str {
        &self.facts.roster.schools[school].name
    }
}

/// The schools linked to each, one step, either way.
fn links(facts: &Facts<'_>) -> IxVec<SchoolIx, Vec<SchoolIx>> {
    let schools = &facts.roster.schools;
    let mut links: IxVec<SchoolIx, Vec<SchoolIx>> = schools.iter().map(|_| Vec::new()).collect();
    for (one, school) in schools.enumerate() {
        for (_, other) in &school.links {
            links[one].push(*other);
            links[*other].push(one);
        }
    }
    links
}

impl PairRule for School<'_> {
    fn key(&self) -> RuleKey {
        RuleKey::School
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        self.verdict(self.coachees.kind(coachee), self.coaches.kind(coach))
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        let schools = self.coachees.kind(coachee);
        row.add_kinds(&self.coaches, |coach| self.verdict(schools, coach));
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        let (own, schools) = (self.coachees.kind(coachee), self.coaches.kind(coach));
        if own.is_empty()
            || schools.0.is_empty()
            || self.rule.must == Must::Any && self.rule.level == Level::Info
        {
            return None;
        }
        Some(match (first_common(own, &schools.0), first_common(own, &schools.1)) {
            (Some(shared), _) => format!("both at {}", self.name(shared)),
            (None, Some(linked)) => format!("their schools are linked ({})", self.name(linked)),
            (None, None) => "from different schools".into(),
        })
    }
    fn barrier(&self, coachee: CoacheeIx, coach: CoachIx) -> String {
        let (own, schools) = (self.coachees.kind(coachee), self.coaches.kind(coach));
        match (first_common(own, &schools.0), first_common(own, &schools.1)) {
            (Some(shared), _) => format!("shares the school {}", self.name(shared)),
            (None, Some(linked)) => format!("works at a school linked to {}", self.name(linked)),
            (None, None) => "is at another school".into(),
        }
    }
}

pub(super) fn sentence(rule: &SchoolRule) -> String {
    let linked = if rule.linked == Must::Differ { ", linked schools counting as one" } else { "" };
    match rule.must {
        Must::Differ | Must::Cross => format!("Coach and coachee are at different schools{linked}."),
        Must::Same => "Coach and coachee are at the same school.".into(),
        Must::Any => "Coach and coachee may be at any schools.".into(),
    }
}
