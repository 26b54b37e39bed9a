//! `sponsor` and `sponsor_tie`: the coach is not the coachee's sponsor, and not tied to the sponsor by coaching.

use super::facts::Facts;
use super::verdict::{PairRule, Row, Sparse, Verdict};
use crate::model::catalogue::{Level, RuleKey};
use crate::model::index::{CoachIx, CoacheeIx, IxVec, PersonIx};
use crate::model::rulebook::Plain;
use std::sync::Arc;

pub(super) struct Sponsor<'r> {
    rule: Plain,
    facts: Arc<Facts<'r>>,
}

impl<'r> Sponsor<'r> {
    pub fn new(rule: Plain, facts: &Arc<Facts<'r>>) -> Self {
        Self { rule, facts: Arc::clone(facts) }
    }
    fn sponsor(&self, coachee: CoacheeIx) -> Option<PersonIx> {
        self.facts.roster.coachees[coachee].sponsor.person()
    }
}

impl PairRule for Sponsor<'_> {
    fn key(&self) -> RuleKey {
        RuleKey::Sponsor
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        match self.sponsor(coachee) {
            None => Verdict::SILENT,
            Some(sponsor) => {
                Verdict::holds_or(self.rule.level, self.rule.weight, sponsor == self.facts.coach(coach))
            }
        }
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        let Some(sponsor) = self.sponsor(coachee) else { return };
        let coach = self.facts.roster.people[sponsor].coach;
        let broken = coach.into_iter().map(|coach| (coach, Verdict::broken(self.rule.level)));
        row.add_except(|_| Verdict::earns(self.rule.level, self.rule.weight), broken);
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        let sponsor = self.sponsor(coachee)?;
        let own = sponsor == self.facts.coach(coach);
        Some(if own { "is the coachee's sponsor".into() } else { "is not the coachee's sponsor".into() })
    }
    fn barrier(&self, _: CoacheeIx, _: CoachIx) -> String {
        "is the coachee's sponsor".into()
    }
}

/// Who coaches whom between a coach and a sponsor.
#[derive(Clone, Copy)]
enum Tie {
    CoachesSponsor,
    CoachedBySponsor,
}

pub(super) struct SponsorTie<'r> {
    rule: Plain,
    facts: Arc<Facts<'r>>,
    ties: Sparse<Tie>,
}

impl<'r> SponsorTie<'r> {
    pub fn new(rule: Plain, facts: &Arc<Facts<'r>>) -> Self {
        let roster = facts.roster;
        let mut partners: IxVec<PersonIx, Vec<(CoachIx, Tie)>> =
            roster.people.iter().map(|_| Vec::new()).collect();
        for (coach, coachee) in &facts.live {
            if let Some(ix) = roster.people[*coach].coach {
                partners[*coachee].push((ix, Tie::CoachesSponsor));
            }
            if let Some(ix) = roster.people[*coachee].coach {
                partners[*coach].push((ix, Tie::CoachedBySponsor));
            }
        }
        let mut ties = Sparse::new(roster.coachees.len());
        for (coachee, row) in roster.coachees.enumerate() {
            let Some(sponsor) = row.sponsor.person() else { continue };
            for (coach, tie) in &partners[sponsor] {
                if facts.coach(*coach) != sponsor {
                    ties.merge(coachee, *coach, *tie, |_, _| {});
                }
            }
        }
        Self { rule, facts: Arc::clone(facts), ties }
    }
    fn sponsored(&self, coachee: CoacheeIx) -> bool {
        self.facts.roster.coachees[coachee].sponsor.person().is_some()
    }
}

impl PairRule for SponsorTie<'_> {
    fn key(&self) -> RuleKey {
        RuleKey::SponsorTie
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        if !self.sponsored(coachee) {
            return Verdict::SILENT;
        }
        Verdict::holds_or(self.rule.level, self.rule.weight, self.ties.get(coachee, coach).is_some())
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        if self.sponsored(coachee) {
            let ties = self.ties.of(coachee).iter();
            let broken = ties.map(|(coach, _)| (*coach, Verdict::broken(self.rule.level)));
            row.add_except(|_| Verdict::earns(self.rule.level, self.rule.weight), broken);
        }
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        if self.ties.get(coachee, coach).is_some() {
            return Some(self.barrier(coachee, coach));
        }
        self.sponsored(coachee).then(|| "has no coaching tie to the sponsor".into())
    }
    fn barrier(&self, coachee: CoacheeIx, coach: CoachIx) -> String {
        let sponsor = self.facts.roster.coachees[coachee].sponsor.person();
        let name = sponsor.map_or("", |s| self.facts.roster.person_name(s));
        match self.ties.get(coachee, coach) {
            Some(Tie::CoachesSponsor) => format!("coaches the coachee's sponsor {name}"),
            _ => format!("is coached by the coachee's sponsor {name}"),
        }
    }
}

pub(super) const SPONSOR: &str = "The coach is not the coachee's sponsor.";
pub(super) const SPONSOR_TIE: &str = "The coach and the coachee's sponsor do not coach one another.";
