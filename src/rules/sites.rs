//! Where people are, and the minutes between: people of one base are one site, so that a way is worked out once.

use super::facts::{Facts, first_common};
use super::travel::road_minutes;
use super::verdict::Kinds;
use crate::model::geo::Place;
use crate::model::index::{CoachIx, CoacheeIx, PersonIx, SchoolIx};
use crate::model::people::Address;
use crate::model::roster::{Roster, Stop, TravelTable};
use crate::model::rulebook::TravelRule;
use std::collections::HashMap;

/// What decides the minutes to and from somebody.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Site {
    place: Option<(Place, u32)>,
    schools: Vec<SchoolIx>,
    /// Numbers of the stops of `travel.csv` that the person is at: schools, then the postcode.
    stops: Vec<u32>,
}

pub(super) struct Sites {
    coachees: Kinds<CoacheeIx, Site>,
    coaches: Kinds<CoachIx, Site>,
    table: HashMap<(u32, u32), u32>,
    /// The largest sum of the accuracies of two places, in metres.
    rough: u64,
}

/// The minutes from every coach's site to one coachee.
pub(super) struct From<'s> {
    sites: &'s Sites,
    minutes: Vec<Option<u32>>,
}

impl From<'_> {
    pub fn minutes(&self, coach: CoachIx) -> Option<u32> {
        self.minutes[self.sites.coaches.of[coach] as usize]
    }
}

/// `ka12ew` and `KA1 2EW` are one postcode.
fn canonical(postcode: &str) -> Box<str> {
    let tight: String =
        postcode.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    match tight.len().checked_sub(3) {
        Some(at) if tight.is_ascii() && at >= 2 => format!("{} {}", &tight[..at], &tight[at..]).into(),
        _ => tight.into(),
    }
}

/// The stops of the table, numbered.
struct Stops {
    schools: HashMap<SchoolIx, u32>,
    postcodes: HashMap<Box<str>, u32>,
}

impl Stops {
    fn number(&mut self, stop: &Stop) -> u32 {
        let next = u32::try_from(self.schools.len() + self.postcodes.len()).expect("fewer stops than 2^32");
        match stop {
            Stop::School(school) => *self.schools.entry(*school).or_insert(next),
            Stop::Postcode(code) => *self.postcodes.entry(canonical(code)).or_insert(next),
        }
    }
}

fn read(travel: &TravelTable) -> (Stops, HashMap<(u32, u32), u32>) {
    let mut stops = Stops { schools: HashMap::new(), postcodes: HashMap::new() };
    let table = travel.iter().map(|(from, to, minutes)| ((stops.number(from), stops.number(to)), minutes.0));
    let table = table.collect();
    (stops, table)
}

fn placed(address: &Address) -> Option<(Place, u32)> {
    address.place.map(|place| (place, address.accuracy_m))
}

/// The base: the person's own coordinates or postcode, else the first school's.
fn base(roster: &Roster, person: PersonIx, schools: &[SchoolIx]) -> Option<(Place, u32)> {
    let school = schools.first().map(|s| &roster.schools[*s].address);
    placed(&roster.people[person].address).or_else(|| school.and_then(placed))
}

impl Sites {
    pub fn new(facts: &Facts<'_>) -> Self {
        let roster = facts.roster;
        let (stops, table) = read(&roster.travel);
        let site = |person: PersonIx| {
            let schools = facts.schools[person].clone();
            let school = schools.first().map(|s| &roster.schools[*s].address);
            let own = &roster.people[person].address;
            let postcode = own.postcode.as_ref().or_else(|| school.and_then(|s| s.postcode.as_ref()));
            let mut at: Vec<u32> = schools.iter().filter_map(|s| stops.schools.get(s).copied()).collect();
            if !stops.postcodes.is_empty() {
                at.extend(postcode.and_then(|code| stops.postcodes.get(&canonical(code))));
            }
            Site { place: base(roster, person, &schools), schools, stops: at }
        };
        let coachees = Kinds::sort(roster.coachees.iter().map(|e| site(e.person)));
        let coaches = Kinds::sort(roster.coaches.iter().map(|c| site(c.person)));
        let worst = |sites: &[Site]| sites.iter().filter_map(|s| s.place).map(|p| u64::from(p.1)).max();
        let rough = worst(&coachees.kinds).unwrap_or(0) + worst(&coaches.kinds).unwrap_or(0);
        Self { coachees, coaches, table, rough }
    }

    /// From the coach to the coachee: nothing within one school, else the table, else the distance.
    fn between(&self, rule: &TravelRule, to: &Site, from: &Site) -> Option<u32> {
        if first_common(&to.schools, &from.schools).is_some() {
            return Some(0);
        }
        if let Some(minutes) = self.tabled(to, from) {
            return Some(minutes);
        }
        let (a, b) = (from.place?, to.place?);
        Some(road_minutes(rule, a.0.metres_to(b.0)))
    }

    fn tabled(&self, to: &Site, from: &Site) -> Option<u32> {
        if self.table.is_empty() {
            return None;
        }
        let ways = from.stops.iter().flat_map(|a| to.stops.iter().map(move |b| (*a, *b)));
        ways.into_iter().find_map(|way| self.table.get(&way).copied())
    }

    pub fn minutes(&self, rule: &TravelRule, coachee: CoacheeIx, coach: CoachIx) -> Option<u32> {
        self.between(rule, self.coachees.kind(coachee), self.coaches.kind(coach))
    }

    pub fn from(&self, rule: &TravelRule, coachee: CoacheeIx) -> From<'_> {
        let to = self.coachees.kind(coachee);
        let minutes = self.coaches.kinds.iter().map(|from| self.between(rule, to, from)).collect();
        From { sites: self, minutes }
    }

    /// The least and most minutes that the accuracy of the two places allows; `None` where both are exact or the
    /// minutes do not come from a distance.
    pub fn span(&self, rule: &TravelRule, coachee: CoacheeIx, coach: CoachIx) -> Option<(u32, u32)> {
        let (to, from) = (self.coachees.kind(coachee), self.coaches.kind(coach));
        if self.tabled(to, from).is_some() || first_common(&to.schools, &from.schools).is_some() {
            return None;
        }
        let (a, b) = (from.place?, to.place?);
        let off = u64::from(a.1) + u64::from(b.1);
        let metres = a.0.metres_to(b.0);
        (off > 0).then(|| (road_minutes(rule, metres.saturating_sub(off)), road_minutes(rule, metres + off)))
    }

    /// How many minutes the accuracy of places can be off at most.
    pub fn slack(&self, rule: &TravelRule) -> u32 {
        if self.rough == 0 { 0 } else { road_minutes(rule, self.rough) + 1 }
    }

    /// Whether nothing says where somebody is.
    pub fn nowhere(&self, who: Result<CoacheeIx, CoachIx>) -> bool {
        let site = match who {
            Ok(coachee) => self.coachees.kind(coachee),
            Err(coach) => self.coaches.kind(coach),
        };
        site.place.is_none() && site.stops.is_empty()
    }

    /// Whether somebody's place is known only roughly.
    pub fn rough(&self, who: Result<CoacheeIx, CoachIx>) -> bool {
        let site = match who {
            Ok(coachee) => self.coachees.kind(coachee),
            Err(coach) => self.coaches.kind(coach),
        };
        site.place.is_some_and(|(_, accuracy)| accuracy > 0)
    }
}
