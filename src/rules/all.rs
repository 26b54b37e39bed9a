//! The rules of a programme, compiled: which are on, in the order of the catalogue; and what they say together.

use super::availability::Availability;
use super::declared::Declared;
use super::facts::Facts;
use super::history::History;
use super::language::Language;
use super::line::{Line, SharedManager};
use super::locks::{Locks, in_force};
use super::needs::Needs;
use super::pairs::Pairs;
use super::preferences::Preferences;
use super::school::School;
use super::sector_region::{Region, Sector};
use super::seniority::Seniority;
use super::sponsor::{Sponsor, SponsorTie};
use super::training::{External, Training};
use super::travel::Travel;
use super::verdict::{Broken, PairRule, Row, Verdict};
use crate::model::catalogue::{Level, RuleKey, Status};
use crate::model::index::{CoachIx, CoacheeIx, Ix, IxVec};
use crate::model::quantity::Points;
use crate::model::roster::Roster;
use crate::model::rulebook::Plain;
use std::sync::Arc;

/// Everything that decides about pairs.
pub(super) struct Rules<'r> {
    pub facts: Arc<Facts<'r>>,
    /// Those that are on, in the order of the catalogue, without travel and locks.
    pub others: Vec<Box<dyn PairRule + 'r>>,
    /// Where travel and locks stand among them.
    places: (usize, usize),
    pub travel: Travel<'r>,
    pub locks: Locks<'r>,
    /// Waivers in force, as positions in `Roster::waivers`, by coachee.
    waivers: IxVec<CoacheeIx, Vec<usize>>,
}

impl<'r> Rules<'r> {
    pub fn new(roster: &'r Roster) -> Self {
        let facts = Arc::new(Facts::new(roster));
        let mut waivers: IxVec<CoacheeIx, Vec<usize>> = roster.coachees.iter().map(|_| Vec::new()).collect();
        for (at, waiver) in roster.waivers.iter().enumerate() {
            if in_force(waiver.expires, roster) {
                waivers[waiver.coachee].push(at);
            }
        }
        let rules = switched_on(roster, &facts);
        let before = |key: RuleKey| rules.iter().take_while(|r| r.key() < key).count();
        Self {
            places: (before(RuleKey::Travel), before(RuleKey::Locks)),
            others: rules,
            travel: Travel::new(roster.programme.rules.travel, &facts),
            locks: Locks::new(&facts),
            waivers,
            facts,
        }
    }

    /// Every rule that is on, in the order of the catalogue.
    pub fn each(&self) -> impl Iterator<Item = &dyn PairRule> {
        let (travel, locks) = self.places;
        let all = |range: std::ops::Range<usize>| self.others[range].iter().map(|r| &**r);
        all(0..travel)
            .chain((self.travel.level() != Level::Off).then_some(&self.travel as &dyn PairRule))
            .chain(all(travel..locks))
            .chain((self.locks.level() != Level::Off).then_some(&self.locks as &dyn PairRule))
            .chain(all(locks..self.others.len()))
    }

    pub fn takes_part(&self, coachee: CoacheeIx, coach: CoachIx) -> bool {
        let roster = self.facts.roster;
        roster.coachees[coachee].status == Status::Active
            && roster.coaches[coach].status == Status::Active
            && !self.oneself(coachee, coach)
    }

    /// Nobody coaches themselves, whatever the rules.
    pub fn oneself(&self, coachee: CoacheeIx, coach: CoachIx) -> bool {
        self.facts.coachee(coachee) == self.facts.coach(coach)
    }

    /// Whether any waiver in force is for this coachee.
    pub fn waives(&self, coachee: CoacheeIx) -> bool {
        !self.waivers[coachee].is_empty()
    }

    /// The waiver in force of a rule for a pair.
    pub fn waiver(&self, rule: RuleKey, coachee: CoacheeIx, coach: CoachIx) -> Option<usize> {
        let waivers = &self.facts.roster.waivers;
        self.waivers[coachee]
            .iter()
            .copied()
            .find(|at| waivers[*at].coach == coach && waivers[*at].rule == rule)
    }

    /// What still forbids a verdict of one rule once its waiver is used.
    pub fn forbids(
        &self,
        rule: &dyn PairRule,
        verdict: Verdict,
        pair: (CoacheeIx, CoachIx),
    ) -> Option<Level> {
        if verdict.broken.is(Broken::HARD) {
            Some(Level::Hard)
        } else if verdict.broken.is(Broken::WAIVABLE) && self.waiver(rule.key(), pair.0, pair.1).is_none() {
            Some(Level::Waivable)
        } else {
            None
        }
    }

    /// The pair's own score if it can be made.
    pub fn eligible(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<Points> {
        if !self.takes_part(coachee, coach) {
            return None;
        }
        let mut score = Points::ZERO;
        for rule in self.each() {
            let verdict = rule.judge(coachee, coach);
            if self.forbids(rule, verdict, (coachee, coach)).is_some() {
                return None;
            }
            score += verdict.points;
        }
        Some(score)
    }

    /// The same for a coachee with every coach: fills the row. Waived pairs are judged one by one.
    pub fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        row.clear();
        let roster = self.facts.roster;
        for (coach, of) in roster.coaches.enumerate() {
            if of.status != Status::Active {
                row.add(coach.to_usize(), Verdict::broken(Level::Hard));
            }
        }
        if let Some(own) = roster.people[self.facts.coachee(coachee)].coach {
            row.add(own.to_usize(), Verdict::broken(Level::Hard));
        }
        for costly in [false, true] {
            self.each().filter(|rule| rule.costly() == costly).for_each(|rule| rule.row(coachee, row));
        }
        for at in &self.waivers[coachee] {
            let coach = roster.waivers[*at].coach;
            let place = coach.to_usize();
            if let Some(score) = self.eligible(coachee, coach) {
                row.broken[place] = Broken::NONE;
                row.points[place] = score.0;
            }
        }
    }
}

fn switched_on<'r>(roster: &'r Roster, facts: &Arc<Facts<'r>>) -> Vec<Box<dyn PairRule + 'r>> {
    let book = &roster.programme.rules;
    let mut rules: Vec<Box<dyn PairRule + 'r>> = Vec::new();
    let mut add = |key: RuleKey, build: &dyn Fn() -> Box<dyn PairRule + 'r>| {
        if book.level(key) != Level::Off {
            rules.push(build());
        }
    };
    add(RuleKey::School, &|| Box::new(School::new(book.school, facts)));
    add(RuleKey::Sector, &|| Box::new(Sector::new(book.sector, facts)));
    add(RuleKey::Region, &|| Box::new(Region::new(book.region, facts)));
    add(RuleKey::Line, &|| Box::new(Line::new(book.line, facts)));
    add(RuleKey::SharedManager, &|| Box::new(SharedManager::new(book.shared_manager, facts)));
    add(RuleKey::Sponsor, &|| Box::new(Sponsor::new(book.sponsor, facts)));
    add(RuleKey::SponsorTie, &|| Box::new(SponsorTie::new(book.sponsor_tie, facts)));
    add(RuleKey::Declared, &|| Box::new(Declared::new(book.declared, facts)));
    add(RuleKey::Seniority, &|| Box::new(Seniority::new(&book.seniority, facts)));
    add(RuleKey::Needs, &|| Box::new(Needs::new(book.needs, facts)));
    add(RuleKey::Preferences, &|| Box::new(Preferences::new(book.preferences, facts)));
    add(RuleKey::Availability, &|| Box::new(Availability::new(book.availability, facts)));
    add(RuleKey::Language, &|| Box::new(Language::new(book.language, facts)));
    add(RuleKey::History, &|| Box::new(History::new(book.history, facts)));
    add(RuleKey::Training, &|| Box::new(Training::new(book.training, facts)));
    let external = Plain { level: book.external.level, weight: book.external.weight };
    add(RuleKey::External, &|| Box::new(External::new(external, facts)));
    add(RuleKey::Pairs, &|| Box::new(Pairs::new(book.pairs, facts)));
    rules
}
