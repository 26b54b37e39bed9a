//! What ties people to one another, sorted once because many pairs ask: live and past pairs, declarations, former
//! managers, and the words that bar a coachee.

use super::facts::{Facts, bit};
use crate::model::catalogue::{HistoryOutcome, Level, PairState, Sector, Word};
use crate::model::index::{Ix, PersonIx, SchoolIx, WordIx};
use crate::model::roster::{Against, PastPair, Roster};
use std::collections::BTreeMap;

/// Sorted lists of ties.
pub(super) struct Ties {
    /// (coach, coachee) of live pairs.
    pub live: Vec<(PersonIx, PersonIx)>,
    /// Those of them that are rows of `history.csv`.
    pub coaching: Vec<(PersonIx, PersonIx)>,
    /// (coach, coachee) of past pairs, with whether one ended early.
    pub past: Vec<(PersonIx, PersonIx, bool)>,
    /// (manager, managed), ended within the years that count.
    pub former: Vec<(PersonIx, PersonIx)>,
    /// Between people, both ways, with the level of the kind.
    pub declared: Vec<(PersonIx, PersonIx, Level)>,
    pub declared_school: Vec<(PersonIx, SchoolIx, Level)>,
}

/// Whether a row of `history.csv` is a live pair of the programme's time.
pub(super) fn is_live(roster: &Roster, pair: &PastPair) -> bool {
    pair.window.overlaps(roster.programme.window())
        && matches!(pair.outcome, None | Some(HistoryOutcome::Live))
}

pub(super) fn ties(roster: &Roster) -> Ties {
    let (mut live, mut past) = (Vec::new(), Vec::new());
    for row in &roster.history {
        if is_live(roster, row) {
            live.push((row.coach, row.coachee));
        } else {
            past.push((row.coach, row.coachee, row.outcome == Some(HistoryOutcome::EndedEarly)));
        }
    }
    let mut coaching = live.clone();
    for row in roster.plan.iter().flatten().filter(|p| p.state != PairState::Draft) {
        live.push((roster.coaches[row.coach].person, roster.coachees[row.coachee].person));
    }
    let (mut declared, mut declared_school) = declarations(roster);
    let mut former = former_managers(roster);
    live.sort_unstable();
    coaching.sort_unstable();
    past.sort_unstable();
    former.sort_unstable();
    declared.sort_unstable();
    declared_school.sort_unstable();
    Ties { live, coaching, past, former, declared, declared_school }
}

type Declared = (Vec<(PersonIx, PersonIx, Level)>, Vec<(PersonIx, SchoolIx, Level)>);

fn declarations(roster: &Roster) -> Declared {
    let (mut people, mut schools) = (Vec::new(), Vec::new());
    let during = roster.programme.window();
    for row in roster.conflicts.iter().filter(|c| c.window.overlaps(during)) {
        let level = roster.programme.rules.declared.of(row.kind);
        match row.other {
            _ if level == Level::Off => {}
            Against::Person(other) => {
                people.push((row.person, other, level));
                people.push((other, row.person, level));
            }
            Against::School(school) => schools.push((row.person, school, level)),
        }
    }
    (people, schools)
}

fn former_managers(roster: &Roster) -> Vec<(PersonIx, PersonIx)> {
    let starts = roster.programme.starts;
    let years = i32::try_from(roster.programme.rules.history.years).unwrap_or(i32::MAX).min(1_000);
    let since = starts.years_before(years);
    let mut former = Vec::new();
    for (managed, person) in roster.people.enumerate() {
        for row in &person.employment {
            let ended = row.window.to.is_some_and(|end| end < starts && end >= since);
            if let Some(manager) = row.manager.person().filter(|_| ended) {
                former.push((manager, managed));
            }
        }
    }
    former
}

fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// By coachee: the words of the roster that name a sector, role, school or the project of the coachee, ascending.
pub(super) fn fitting(roster: &Roster, people: &[Facts<'_>]) -> Vec<Vec<WordIx>> {
    if roster.coaches.iter().all(|c| c.barred.is_empty()) {
        return vec![Vec::new(); roster.coachees.len()];
    }
    let words: BTreeMap<String, WordIx> = roster.words.enumerate().map(|(ix, w)| (folded(w), ix)).collect();
    let of = |text: &str| words.get(&folded(text)).copied();
    let coachees = roster.coachees.iter().map(|coachee| {
        let facts = &people[coachee.person.to_usize()];
        let sectors = Sector::ALL.iter().filter(|s| facts.sectors & bit(**s) != 0);
        let mut fitting: Vec<WordIx> = sectors.filter_map(|s| of(s.key())).collect();
        fitting.extend(facts.roles.iter().filter_map(|role| of(role)));
        for school in &facts.schools {
            fitting.extend(of(&roster.schools[*school].id));
            fitting.extend(of(&roster.schools[*school].name));
        }
        fitting.extend(coachee.project);
        fitting.sort_unstable();
        fitting
    });
    coachees.collect()
}
