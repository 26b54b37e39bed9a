//! `travel`: minutes between two bases, free up to a number, worth nothing from another; and limits on them.

use super::facts::Facts;
use super::sites::Sites;
use super::verdict::{PairRule, Row, Verdict, edge};
use crate::model::catalogue::{Level, RuleKey};
use crate::model::index::{CoachIx, CoacheeIx, Ix, IxVec, PersonIx};
use crate::model::quantity::{Minutes, Points};
use crate::model::roster::Roster;
use crate::model::rulebook::TravelRule;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

pub(super) struct Travel<'r> {
    rule: TravelRule,
    facts: Arc<Facts<'r>>,
    /// Worked out when first asked for: without the rule only the pairs of a plan are.
    sites: OnceLock<Sites>,
    /// Points by minutes, below `full_minutes`.
    points: Vec<Points>,
    /// People for whom the accuracy of a place could decide a limit that excludes; filled as pairs are judged.
    coarse: IxVec<PersonIx, AtomicBool>,
}

/// 1 up to `free_minutes`, 0 from `full_minutes`, linear between.
pub(super) fn points(rule: &TravelRule, minutes: u32) -> Points {
    let (free, full) = (rule.free_minutes, rule.full_minutes);
    if minutes <= free {
        rule.weight
    } else if minutes >= full {
        Points::ZERO
    } else {
        rule.weight.share(i64::from(full - minutes), i64::from(full - free))
    }
}

/// Minutes on the road for a great-circle distance, rounded up.
pub(super) fn road_minutes(rule: &TravelRule, metres: u64) -> u32 {
    // At most 2.1e7 m × 2^32 × 60 = 5.5e18, below 2^64.
    let milli = metres * u64::from(rule.detour_milli) * 60;
    u32::try_from(milli.div_ceil(u64::from(rule.kmh_milli.max(1)) * 1000)).unwrap_or(u32::MAX)
}

impl<'r> Travel<'r> {
    pub fn new(rule: TravelRule, facts: &Arc<Facts<'r>>) -> Self {
        // A table beyond a day of travel would serve nobody; longer ways are worked out one by one.
        let table = if rule.level == Level::Soft { rule.full_minutes.min(1440) } else { 0 };
        Self {
            rule,
            facts: Arc::clone(facts),
            sites: OnceLock::new(),
            points: (0..table).map(|minutes| points(&rule, minutes)).collect(),
            coarse: facts.roster.people.iter().map(|_| AtomicBool::new(false)).collect(),
        }
    }

    fn roster(&self) -> &'r Roster {
        self.facts.roster
    }
    pub fn sites(&self) -> &Sites {
        self.sites.get_or_init(|| Sites::new(&self.facts))
    }

    pub fn online(&self, coachee: CoacheeIx, coach: CoachIx) -> bool {
        let online = |own: Option<bool>| own.unwrap_or(self.rule.online);
        online(self.roster().coachees[coachee].online) && online(self.roster().coaches[coach].online)
    }

    fn listed(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<u32> {
        let table = &self.roster().pairs;
        if table.minutes.is_empty() {
            return None;
        }
        table.row(coachee, coach).and_then(|row| table.minutes[row]).map(|m| m.0)
    }

    pub fn minutes(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<Minutes> {
        if self.online(coachee, coach) {
            return Some(Minutes(0));
        }
        let known = self.listed(coachee, coach);
        known.or_else(|| self.sites().minutes(&self.rule, coachee, coach)).map(Minutes)
    }

    /// The least of the limits on a pair's minutes that apply.
    pub fn limit(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<u32> {
        let (e, c) = (&self.roster().coachees[coachee], &self.roster().coaches[coach]);
        let people = &self.roster().people;
        let on_foot = people[e.person].drives == Some(false) || people[c.person].drives == Some(false);
        let no_car = on_foot.then_some(self.rule.no_car_minutes);
        [e.max_minutes, c.max_minutes, self.rule.max_minutes, no_car].into_iter().flatten().min()
    }

    fn verdict(&self, pair: (CoacheeIx, CoachIx), minutes: Option<u32>) -> Verdict {
        let Some(minutes) = minutes else { return Verdict::SILENT };
        let mut verdict = Verdict::SILENT;
        if self.rule.level == Level::Soft {
            let table = self.points.get(minutes as usize);
            verdict.points = table.copied().unwrap_or_else(|| points(&self.rule, minutes));
        }
        if let Some(limit) = self.limit(pair.0, pair.1) {
            let over = Verdict::broken(edge(self.rule.level, self.rule.limit)).broken;
            if minutes > limit {
                verdict.broken = over;
            }
            if over.forbids() && minutes.abs_diff(limit) <= self.sites().slack(&self.rule) {
                self.note_coarse(pair.0, pair.1, limit);
            }
        }
        verdict
    }

    /// Remembers the people of a pair for whom the accuracy of a place could decide the limit.
    fn note_coarse(&self, coachee: CoacheeIx, coach: CoachIx, limit: u32) {
        if self.online(coachee, coach) || self.listed(coachee, coach).is_some() {
            return;
        }
        let sites = self.sites();
        if sites.span(&self.rule, coachee, coach).is_some_and(|(low, high)| low <= limit && limit < high) {
            for (rough, person) in [
                (sites.rough(Ok(coachee)), self.facts.coachee(coachee)),
                (sites.rough(Err(coach)), self.facts.coach(coach)),
            ] {
                if rough {
                    self.coarse[person].store(true, Ordering::Relaxed);
                }
            }
        }
    }

    pub fn is_coarse(&self, person: PersonIx) -> bool {
        self.coarse[person].load(Ordering::Relaxed)
    }

    /// Whether nothing says where somebody is who may have to travel.
    pub fn nowhere(&self, person: PersonIx) -> bool {
        let roster = self.roster();
        let travels = |own: Option<bool>| !own.unwrap_or(self.rule.online);
        let coach = roster.people[person].coach.filter(|c| travels(roster.coaches[*c].online)).map(Err);
        let coachee = roster.people[person].coachee.filter(|e| travels(roster.coachees[*e].online)).map(Ok);
        coach.or(coachee).is_some_and(|who| self.sites().nowhere(who))
    }
}

impl PairRule for Travel<'_> {
    fn key(&self) -> RuleKey {
        RuleKey::Travel
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn costly(&self) -> bool {
        true
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        self.verdict((coachee, coach), self.minutes(coachee, coach).map(|m| m.0))
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        let sites = self.sites().from(&self.rule, coachee);
        for at in 0..row.points.len() {
            if row.broken[at].is(super::verdict::Broken::HARD) {
                continue;
            }
            let coach = CoachIx::from_usize(at);
            let minutes = if self.online(coachee, coach) {
                Some(0)
            } else {
                self.listed(coachee, coach).or_else(|| sites.minutes(coach))
            };
            row.add(at, self.verdict((coachee, coach), minutes));
        }
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        let minutes = self.minutes(coachee, coach)?.0;
        if self.online(coachee, coach) {
            return Some("online".into());
        }
        let away = match minutes {
            0 => "no travel".into(),
            1 => "1 minute away".into(),
            n => format!("{n} minutes away"),
        };
        Some(match self.limit(coachee, coach) {
            Some(limit) if minutes > limit => format!("{away}, over the limit of {limit}"),
            _ => away,
        })
    }
    fn barrier(&self, coachee: CoacheeIx, coach: CoachIx) -> String {
        let minutes = self.minutes(coachee, coach).map_or(0, |m| m.0);
        let limit = self.limit(coachee, coach).unwrap_or(0);
        let people = &self.roster().people;
        let (e, c) = (self.facts.coachee(coachee), self.facts.coach(coach));
        let on_foot = people[e].drives == Some(false) || people[c].drives == Some(false);
        let why = if on_foot && limit == self.rule.no_car_minutes { " without a car" } else { "" };
        format!("is {minutes} minutes away, and {limit} is the most{why}")
    }
}

pub(super) fn sentence(rule: &TravelRule) -> String {
    let limit = match (edge(rule.level, rule.limit), rule.max_minutes) {
        (Level::Off, _) => String::new(),
        (_, Some(most)) => format!(", never more than {most} nor than anybody's own limit"),
        (_, None) => ", never more than anybody's own limit".into(),
    };
    format!(
        "Travel of up to {} minutes is free, from {} minutes it earns nothing{limit}; without a car at most {} minutes.",
        rule.free_minutes, rule.full_minutes, rule.no_car_minutes
    )
}
