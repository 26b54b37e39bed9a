//! Every rule about one pair: what forbids it, and what it earns. One small function per row of the table in
//! `docs/rules.md`.

use super::facts::{Facts, Line, links};
use super::locks::Locks;
use super::ties::Ties;
use super::travel::{Travel, minutes};
use crate::model::catalogue::{Level, RuleKey, Shape, Status};
use crate::model::index::{CoachIx, CoacheeIx, Ix, PersonIx, WordIx};
use crate::model::quantity::{Minutes, Points};
use crate::model::roster::Roster;
use crate::model::rulebook::RuleBook;

/// How firmly a rule forbids a pair.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Bar {
    Waivable,
    Hard,
}

/// What one rule says about one pair.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ruling {
    pub bar: Option<Bar>,
    pub points: i128,
}

impl Ruling {
    /// A rule at its level: broken or not, and worth `n/d` of its weight.
    pub fn at(level: Level, broken: bool, weight: Points, (n, d): (i64, i64)) -> Self {
        let points = match level {
            Level::Soft if d > 0 => (i128::from(weight.0) * i128::from(n)).div_euclid(i128::from(d)),
            _ => 0,
        };
        Self { bar: bar(level).filter(|_| broken), points }
    }

    /// Adds a limit with a level of its own, which gives way to a rule that is itself hard or waivable.
    pub fn with_limit(mut self, rule: Level, limit: Level, broken: bool) -> Self {
        let level = if matches!(rule, Level::Soft | Level::Info) { limit } else { rule };
        self.bar = self.bar.max(bar(level).filter(|_| broken));
        self
    }
}

pub(super) fn bar(level: Level) -> Option<Bar> {
    match level {
        Level::Hard => Some(Bar::Hard),
        Level::Waivable => Some(Bar::Waivable),
        Level::Soft | Level::Info | Level::Off => None,
    }
}

pub(super) fn yes(holds: bool) -> (i64, i64) {
    (i64::from(holds), 1)
}

/// A roster with everything in force worked out once per person.
pub(super) struct World<'r> {
    pub roster: &'r Roster,
    pub rules: &'r RuleBook,
    pub people: Vec<Facts<'r>>,
    pub lines: Vec<Line>,
    pub travel: Travel,
    pub ties: Ties,
    pub locks: Locks,
    /// By coachee: words of the roster that a coach may bar and that fit the coachee, ascending.
    pub fitting: Vec<Vec<WordIx>>,
    /// Sorted slots without repeats.
    pub coach_slots: Vec<Vec<WordIx>>,
    pub coachee_slots: Vec<Vec<WordIx>>,
    /// Rules about one pair that are not off.
    on: Vec<(RuleKey, Level)>,
    /// Waivers in force, sorted.
    waivers: Vec<(CoachIx, CoacheeIx, RuleKey)>,
}

const ABOUT_A_PAIR: [RuleKey; 17] = [
    RuleKey::Pairs,
    RuleKey::School,
    RuleKey::Sponsor,
    RuleKey::Line,
    RuleKey::Training,
    RuleKey::Declared,
    RuleKey::SponsorTie,
    RuleKey::Sector,
    RuleKey::Region,
    RuleKey::SharedManager,
    RuleKey::Seniority,
    RuleKey::Needs,
    RuleKey::Preferences,
    RuleKey::Availability,
    RuleKey::Language,
    RuleKey::History,
    RuleKey::External,
];

impl<'r> World<'r> {
    pub fn new(roster: &'r Roster) -> Self {
        let rules = &roster.programme.rules;
        let links = links(roster);
        let people: Vec<Facts<'r>> = roster.people.iter().map(|p| Facts::of(roster, &links, p)).collect();
        let steps =
            if rules.line.level == Level::Off { 0 } else { rules.line.steps.max(rules.line.waivable_steps) };
        let lines = roster.people.indexes().map(|p| Line::of(&people, p, steps)).collect();
        let slots = |list: &[WordIx]| {
            let mut slots = list.to_vec();
            slots.sort_unstable();
            slots.dedup();
            slots
        };
        // Travel last: it is the dearest to work out, and a pair that is barred before needs no minutes.
        let on = ABOUT_A_PAIR.iter().chain(&[RuleKey::Travel]).map(|key| (*key, rules.level(*key)));
        let starts = roster.programme.starts;
        let in_force = roster.waivers.iter().filter(|w| w.expires.is_none_or(|end| end >= starts));
        let mut waivers: Vec<_> = in_force.map(|w| (w.coach, w.coachee, w.rule)).collect();
        waivers.sort_unstable();
        Self {
            roster,
            rules,
            lines,
            travel: Travel::new(roster, &people),
            ties: super::ties::ties(roster),
            locks: Locks::new(roster),
            fitting: super::ties::fitting(roster, &people),
            coach_slots: roster.coaches.iter().map(|c| slots(&c.slots)).collect(),
            coachee_slots: roster.coachees.iter().map(|e| slots(&e.slots)).collect(),
            on: on.filter(|(_, level)| *level != Level::Off).collect(),
            waivers,
            people,
        }
    }

    pub fn person(&self, person: PersonIx) -> &Facts<'r> {
        &self.people[person.to_usize()]
    }

    pub fn takes_part(&self, coach: CoachIx, coachee: CoacheeIx) -> bool {
        self.coaches_now(coach) && self.wants_now(coachee)
    }

    pub fn coaches_now(&self, coach: CoachIx) -> bool {
        self.roster.coaches[coach].status == Status::Active
    }

    pub fn wants_now(&self, coachee: CoacheeIx) -> bool {
        self.roster.coachees[coachee].status == Status::Active
    }

    pub fn waived(&self, rule: RuleKey, coach: CoachIx, coachee: CoacheeIx) -> bool {
        self.waivers.binary_search(&(coach, coachee, rule)).is_ok()
    }

    pub fn minutes(&self, coach: CoachIx, coachee: CoacheeIx, row: Option<usize>) -> Option<Minutes> {
        minutes(self.roster, &self.people, &self.travel, (coach, coachee), row)
    }

    pub fn row(&self, coach: CoachIx, coachee: CoacheeIx) -> Option<usize> {
        self.roster.pairs.row(coachee, coach)
    }

    /// Whether a row of `pairs.csv` is needed for a pair to exist.
    pub fn only_listed(&self) -> bool {
        self.rules.pairs.level != Level::Off && self.rules.pairs.only_listed
    }

    /// Calls `visit` with the ruling of every rule that is on, until it says no more.
    pub fn rulings(
        &self,
        pair: (CoachIx, CoacheeIx),
        row: Option<usize>,
        mut visit: impl FnMut(RuleKey, Ruling) -> bool,
    ) {
        for (key, level) in &self.on {
            if !visit(*key, self.ruling(*key, *level, pair, row)) {
                return;
            }
        }
    }

    /// The own score of a pair that can be made, else `None`. A pin may fill a place that is held.
    pub fn own_score(&self, coach: CoachIx, coachee: CoacheeIx, row: Option<usize>) -> Option<Points> {
        if !self.takes_part(coach, coachee) || self.same_person(coach, coachee) {
            return None;
        }
        if !self.locks.allow(coach, coachee) {
            return None;
        }
        let (mut score, mut fine) = (0_i128, true);
        let row = row.or_else(|| self.row(coach, coachee));
        self.rulings((coach, coachee), row, |key, ruling| {
            score += ruling.points;
            fine = match ruling.bar {
                None => true,
                Some(Bar::Hard) => false,
                Some(Bar::Waivable) => self.waived(key, coach, coachee),
            };
            fine
        });
        // A score outside i64 fits no instance; a plan that claims it disagrees with any other number.
        fine.then(|| Points(i64::try_from(score).unwrap_or(if score < 0 { i64::MIN } else { i64::MAX })))
    }

    pub fn same_person(&self, coach: CoachIx, coachee: CoacheeIx) -> bool {
        self.roster.coaches[coach].person == self.roster.coachees[coachee].person
    }

    /// Whether a part of 0 points may stand for a rule: something of it is at level `info`.
    pub fn informs(&self, key: RuleKey) -> bool {
        let r = self.rules;
        let limits: &[Level] = match key {
            RuleKey::Travel => &[r.travel.limit],
            RuleKey::Seniority => &[r.seniority.limit],
            RuleKey::Availability => &[r.availability.none],
            RuleKey::Language => &[r.language.required],
            RuleKey::History => &[r.history.early, r.history.former_manager],
            _ => &[],
        };
        // Every kind of declaration has its own level, whatever the rule's.
        let kinds = key == RuleKey::Declared && r.declared.level != Level::Off;
        // A rule about several pairs at level info is a finding, never a part.
        r.level(key) == Level::Info && key.shape() != Shape::Row
            || r.level(key) == Level::Soft && limits.contains(&Level::Info)
            || kinds && r.declared.kinds.contains(&Level::Info)
    }
}

/// Where somebody stands among ranked choices: 3, 2, 1, or 0.
pub(super) fn rank_points<T: PartialEq>(choices: &[T], who: &T) -> i64 {
    match choices.iter().position(|c| c == who) {
        Some(0) => 3,
        Some(1) => 2,
        Some(2) => 1,
        _ => 0,
    }
}
