//! Minutes of travel of a pair: online, given, one school, the travel table, else the great circle.

use super::facts::Facts;
use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::model::quantity::Minutes;
use crate::model::roster::{Roster, Stop};
use std::collections::BTreeMap;

/// The travel table with its stops as numbers, and the numbers of everybody's stops.
pub(super) struct Travel {
    /// Sorted by the two stops.
    table: Vec<(u32, u32, Minutes)>,
    /// By person: schools, then the postcode; only stops of the table.
    stops: Vec<Vec<u32>>,
}

impl Travel {
    pub fn new(roster: &Roster, people: &[Facts<'_>]) -> Self {
        let mut numbers: BTreeMap<Stop, u32> = BTreeMap::new();
        let mut number = |stop: &Stop| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(stop.clone()).or_insert(next)
        };
        let mut table: Vec<(u32, u32, Minutes)> =
            roster.travel.iter().map(|(from, to, m)| (number(from), number(to), *m)).collect();
        table.sort_unstable();
        let stops = people.iter().map(|facts| {
            if numbers.is_empty() {
                return Vec::new();
            }
            let schools = facts.schools.iter().map(|s| Stop::School(*s));
            let postcode = facts.postcode.map(|p| Stop::Postcode(p.into()));
            schools.chain(postcode).filter_map(|stop| numbers.get(&stop).copied()).collect()
        });
        let stops = stops.collect();
        Self { table, stops }
    }

    fn listed(&self, from: usize, to: usize) -> Option<Minutes> {
        self.stops[from].iter().find_map(|a| {
            self.stops[to].iter().find_map(|b| {
                let at = self.table.binary_search_by_key(&(*a, *b), |(x, y, _)| (*x, *y)).ok()?;
                Some(self.table[at].2)
            })
        })
    }
}

/// The minutes of one pair; `row` is its row of `pairs.csv`.
pub(super) fn minutes(
    roster: &Roster,
    people: &[Facts<'_>],
    travel: &Travel,
    pair: (CoachIx, CoacheeIx),
    row: Option<usize>,
) -> Option<Minutes> {
    let rule = &roster.programme.rules.travel;
    let (coach, coachee) = (&roster.coaches[pair.0], &roster.coachees[pair.1]);
    if coach.online.unwrap_or(rule.online) && coachee.online.unwrap_or(rule.online) {
        return Some(Minutes(0));
    }
    if let Some(minutes) = row.and_then(|row| roster.pairs.minutes.get(row).copied().flatten()) {
        return Some(minutes);
    }
    let (from, to) = (coach.person.to_usize(), coachee.person.to_usize());
    let (a, b) = (&people[from], &people[to]);
    if a.schools.iter().any(|s| b.schools.contains(s)) {
        return Some(Minutes(0));
    }
    if let Some(minutes) = travel.listed(from, to) {
        return Some(minutes);
    }
    // Metres × detour/1000 give the road, kmh/1000 × 1000/60 metres are a minute's way.
    let road = u128::from(a.place?.metres_to(b.place?)) * u128::from(rule.detour_milli) * 60;
    let way = u128::from(rule.kmh_milli.max(1)) * 1000;
    Some(Minutes(u32::try_from(road.div_ceil(way)).unwrap_or(u32::MAX)))
}
