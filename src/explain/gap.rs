//! The gap check: what can be seen before anything is solved, in the planner's words.

use super::placed::{coachees, coaches, excluded, places};
use super::shortage::names;
use crate::model::catalogue::Sector;
use crate::model::finding::{Finding, FindingCode};
use crate::model::index::{CoachIx, CoacheeIx, IxVec};
use crate::rules::{Compiled, language_called};
use std::collections::{BTreeMap, BTreeSet};

/// For how many coachees without any possible coach the rules are counted coach by coach.
const COUNTED: usize = 20;
/// How many coaches a sentence names.
const NAMED: usize = 4;
/// A group that depends on so few coaches is worth knowing about even where places are enough.
const FEW: usize = 2;

/// Places short, coachees with nobody or one, coaches with nobody, groups with too few or barely enough places, and
/// people who can only be coached in a ring.
pub fn gap_check(compiled: &Compiled<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = places_short(compiled).into_iter().collect();
    findings.extend(nobody(compiled));
    findings.extend(one_coach(compiled));
    findings.extend(unusable(compiled));
    findings.extend(pockets(compiled));
    findings.extend(super::closed::closed_sets(compiled));
    findings.sort();
    findings
}

/// Coachees who take part.
fn taking_part(compiled: &Compiled<'_>) -> impl Iterator<Item = CoacheeIx> {
    let demand = &compiled.instance.parts().demand;
    demand.indexes().filter(|e| demand[*e].wanted > 0)
}

fn places_short(compiled: &Compiled<'_>) -> Option<Finding> {
    let parts = compiled.instance.parts();
    let wanted: u64 = parts.demand.iter().map(|d| u64::from(d.wanted)).sum();
    let there: u64 = parts.seats.iter().map(|s| u64::from(s.max)).sum();
    let people = taking_part(compiled).count();
    let want = if wanted == people as u64 { String::new() } else { format!(" who want {wanted} coaches") };
    (there < wanted).then(|| Finding {
        code: FindingCode::PlacesShort,
        people: Vec::new(),
        says: format!("{}{want}, {}", coachees(people), places(there)).into(),
    })
}

fn nobody(compiled: &Compiled<'_>) -> Vec<Finding> {
    let alone: Vec<CoacheeIx> =
        taking_part(compiled).filter(|e| compiled.instance.rows(*e).is_empty()).collect();
    let finding = |people: &[CoacheeIx], says: String| Finding {
        code: FindingCode::NobodyEligible,
        people: compiled.ids(people, &[]),
        says: says.into(),
    };
    if alone.len() > COUNTED {
        return vec![finding(&alone, format!("no coach is possible for {}", coachees(alone.len())))];
    }
    let one = |e: &CoacheeIx| {
        let name = compiled.roster.coachee_name(*e);
        finding(&[*e], format!("no coach is possible for {name}: {}", excluded(compiled, *e)))
    };
    alone.iter().map(one).collect()
}

fn one_coach(compiled: &Compiled<'_>) -> Option<Finding> {
    if taking_coaches(compiled) < 2 {
        return None;
    }
    let single: Vec<CoacheeIx> =
        taking_part(compiled).filter(|e| compiled.instance.rows(*e).len() == 1).collect();
    let verb = if single.len() == 1 { "has" } else { "have" };
    (!single.is_empty()).then(|| Finding {
        code: FindingCode::OneCoach,
        people: compiled.ids(&single, &[]),
        says: format!("{} {verb} one possible coach each", coachees(single.len())).into(),
    })
}

fn taking_coaches(compiled: &Compiled<'_>) -> usize {
    compiled.instance.parts().seats.iter().filter(|s| s.max > 0).count()
}

fn unusable(compiled: &Compiled<'_>) -> Option<Finding> {
    let parts = compiled.instance.parts();
    let mut possible: IxVec<CoachIx, bool> = parts.seats.iter().map(|_| false).collect();
    for coach in &parts.coach {
        possible[*coach] = true;
    }
    let unusable: Vec<CoachIx> =
        parts.seats.indexes().filter(|c| parts.seats[*c].max > 0 && !possible[*c]).collect();
    (!unusable.is_empty()).then(|| Finding {
        code: FindingCode::CoachUnusable,
        people: compiled.ids(&[], &unusable),
        says: format!("no coachee is possible for {}", coaches(unusable.len())).into(),
    })
}

/// Groups in the planner's words, with their members; of groups of the same people the first says most.
fn groups(compiled: &Compiled<'_>) -> BTreeMap<(u8, String), Vec<CoacheeIx>> {
    let roster = compiled.roster;
    let word = |w| &*roster.words[w];
    let mut groups: BTreeMap<(u8, String), Vec<CoacheeIx>> = BTreeMap::new();
    for coachee in taking_part(compiled) {
        let row = &roster.coachees[coachee];
        let person = row.person;
        let mut add = |rank: u8, name: String| groups.entry((rank, name)).or_default().push(coachee);
        compiled.sectors_of(person).for_each(|sector| add(0, format!("{} coachees", adjective(sector))));
        if let Some(language) = compiled.language_of(coachee) {
            add(1, format!("coachees who need {}", language_called(word(language))));
        }
        if roster.people[person].drives == Some(false) {
            add(2, "coachees without a car".into());
        }
        let schools = compiled.schools_of(person).iter();
        schools.for_each(|s| add(3, format!("coachees of {}", roster.schools[*s].name)));
        let regions = compiled.regions_of(person).iter();
        regions.for_each(|r| add(4, format!("coachees in the region {}", word(*r))));
    }
    groups
}

const fn adjective(sector: Sector) -> &'static str {
    match sector {
        Sector::EarlyLearning => "early-learning",
        Sector::Primary => "primary-school",
        Sector::Secondary => "secondary-school",
        Sector::Special => "special-school",
        Sector::AllThrough => "all-through-school",
        Sector::Central => "central",
        Sector::External => "external",
    }
}

/// Groups of two or more that have fewer places than they want, just as many, or only a few coaches; no group whose
/// larger one has the same coaches.
fn pockets(compiled: &Compiled<'_>) -> Vec<Finding> {
    let everybody = taking_part(compiled).count();
    let all_coaches = taking_coaches(compiled);
    let mut told: Vec<(Vec<CoacheeIx>, Vec<CoachIx>)> = Vec::new();
    let mut findings = Vec::new();
    let mut groups: Vec<((u8, String), Vec<CoacheeIx>)> = groups(compiled).into_iter().collect();
    groups.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    for ((_, name), members) in groups {
        if members.len() < 2 || members.len() == everybody {
            continue;
        }
        let Some((possible, there, wanted)) = reach(compiled, &members) else { continue };
        if possible.is_empty() || there >= wanted && possible.len() == all_coaches {
            continue;
        }
        // What a larger group says of the same coaches, a part of it need not say again.
        let known = |(larger, same): &(Vec<CoacheeIx>, Vec<CoachIx>)| {
            *same == possible && members.iter().all(|e| larger.binary_search(e).is_ok())
        };
        if !told.iter().any(known) {
            findings.push(pocket(compiled, &name, &members, &possible, (there, wanted)));
            told.push((members, possible));
        }
    }
    findings
}

/// The possible coaches of a group, their places, and the coaches wanted; `None` once there is plenty of both.
fn reach(compiled: &Compiled<'_>, members: &[CoacheeIx]) -> Option<(Vec<CoachIx>, u64, u64)> {
    let parts = compiled.instance.parts();
    let wanted: u64 = members.iter().map(|e| u64::from(parts.demand[*e].wanted)).sum();
    let mut possible: BTreeSet<CoachIx> = BTreeSet::new();
    let mut there = 0;
    for coachee in members {
        for coach in &parts.coach[compiled.instance.rows(*coachee)] {
            if parts.seats[*coach].max > 0 && possible.insert(*coach) {
                there += u64::from(parts.seats[*coach].max);
            }
            if there > wanted && possible.len() > FEW {
                return None;
            }
        }
    }
    Some((possible.into_iter().collect(), there, wanted))
}

fn pocket(
    compiled: &Compiled<'_>,
    name: &str,
    members: &[CoacheeIx],
    possible: &[CoachIx],
    (there, wanted): (u64, u64),
) -> Finding {
    let want = if wanted == members.len() as u64 { String::new() } else { format!(" who want {wanted}") };
    let so = match there.cmp(&wanted) {
        std::cmp::Ordering::Less => "",
        std::cmp::Ordering::Equal => ": just enough",
        std::cmp::Ordering::Greater => ": enough, but they depend on them",
    };
    Finding {
        code: FindingCode::Pocket,
        people: compiled.ids(members, &[]),
        says: format!(
            "{} {name}{want} have {} with {}{}{so}",
            members.len(),
            possible_coaches(possible.len()),
            places(there),
            names(compiled, possible, NAMED)
        )
        .into(),
    }
}

fn possible_coaches(n: usize) -> String {
    if n == 1 { "1 possible coach".into() } else { format!("{n} possible coaches") }
}
