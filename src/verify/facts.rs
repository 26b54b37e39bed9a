//! What is in force about each person at some time during the programme. Dated facts add to the plain ones; one that
//! covers the whole programme takes their place. Unknown stays empty.

use crate::model::catalogue::{Must, Sector, Word};
use crate::model::date::Window;
use crate::model::geo::Place;
use crate::model::index::{Ix, PersonIx, SchoolIx, WordIx};
use crate::model::people::{Named, Person};
use crate::model::roster::Roster;

/// One person during the programme.
pub(super) struct Facts<'r> {
    /// Ascending, which is the byte order of school ids.
    pub schools: Vec<SchoolIx>,
    /// The schools and, where links count, the schools linked to them.
    pub near: Vec<SchoolIx>,
    /// Sets of bits, one per sector in their order; 0 is unknown.
    pub sectors: u8,
    pub regions: Vec<WordIx>,
    pub managers: Vec<PersonIx>,
    /// Somebody is named at every time for which there is a fact, and no post is vacant.
    pub managers_known: bool,
    pub roles: Vec<&'r str>,
    /// The lowest and the highest grade.
    pub grades: Option<(i32, i32)>,
    pub place: Option<Place>,
    pub postcode: Option<&'r str>,
}

/// The values of one column that are in force.
fn in_force<T>(
    plain: impl IntoIterator<Item = T>,
    dated: impl IntoIterator<Item = (Window, Option<T>)>,
    during: Window,
) -> Vec<T> {
    let mut values = Vec::new();
    let mut replaced = false;
    for (window, value) in dated {
        if let Some(value) = value.filter(|_| window.overlaps(during)) {
            replaced |= window.covers(during);
            values.push(value);
        }
    }
    if !replaced {
        values.extend(plain);
    }
    values
}

/// A manager cell that says something.
fn stated(manager: Named) -> Option<Named> {
    (manager != Named::Unknown).then_some(manager)
}

pub(super) fn bit(sector: Sector) -> u8 {
    1 << (sector as u8)
}

/// The first sector of a set, in the order of the catalogue.
pub(super) fn first_sector(set: u8) -> Option<Sector> {
    Sector::ALL.iter().copied().find(|s| set & bit(*s) != 0)
}

impl<'r> Facts<'r> {
    pub fn of(roster: &'r Roster, links: &[Vec<SchoolIx>], person: &'r Person) -> Self {
        let during = roster.programme.window();
        let rows = &person.employment;
        let mut schools =
            in_force(person.schools.iter().copied(), rows.iter().map(|r| (r.window, r.school)), during);
        schools.sort_unstable();
        schools.dedup();
        let managers =
            in_force(stated(person.manager), rows.iter().map(|r| (r.window, stated(r.manager))), during);
        let managers_known = !managers.is_empty() && managers.iter().all(|m| m.person().is_some());
        let mut managers: Vec<PersonIx> = managers.into_iter().filter_map(Named::person).collect();
        managers.sort_unstable();
        managers.dedup();
        let roles = in_force(
            person.role.as_ref().map(|r| &*r.text),
            rows.iter().map(|r| (r.window, r.role.as_ref().map(|role| &*role.text))),
            during,
        );
        let first = schools.first().map(|s| &roster.schools[*s].address);
        let own = &person.address;
        Self {
            near: near(&schools, links),
            sectors: sectors(roster, person, &schools),
            regions: regions(roster, person, &schools),
            managers,
            managers_known,
            roles,
            grades: grades(person, during),
            place: own.place.or_else(|| first.and_then(|a| a.place)),
            postcode: own.postcode.as_deref().or_else(|| first.and_then(|a| a.postcode.as_deref())),
            schools,
        }
    }
}

/// The schools that count as one with each school; empty where links do not count.
pub(super) fn links(roster: &Roster) -> Vec<Vec<SchoolIx>> {
    let mut links = vec![Vec::new(); roster.schools.len()];
    if roster.programme.rules.school.linked == Must::Differ {
        for (school, row) in roster.schools.enumerate() {
            for (_, other) in &row.links {
                links[school.to_usize()].push(*other);
                links[other.to_usize()].push(school);
            }
        }
    }
    links
}

fn near(schools: &[SchoolIx], links: &[Vec<SchoolIx>]) -> Vec<SchoolIx> {
    let mut near = schools.to_vec();
    for school in schools {
        near.extend_from_slice(&links[school.to_usize()]);
    }
    near.sort_unstable();
    near.dedup();
    near
}

fn sectors(roster: &Roster, person: &Person, schools: &[SchoolIx]) -> u8 {
    let own = person.sectors.iter().fold(0, |set, s| set | bit(*s));
    if own != 0 {
        return own;
    }
    schools.iter().filter_map(|s| roster.schools[*s].sector).fold(0, |set, s| set | bit(s))
}

fn regions(roster: &Roster, person: &Person, schools: &[SchoolIx]) -> Vec<WordIx> {
    match person.region {
        Some(region) => vec![region],
        None => schools.iter().filter_map(|s| roster.schools[*s].region).collect(),
    }
}

/// Every source of a grade, plain or dated, states one, or its role does.
fn grades(person: &Person, during: Window) -> Option<(i32, i32)> {
    let plain = person.grade.as_ref().map(|g| g.rank).or(person.role.as_ref().and_then(|r| r.standard));
    let dated = person.employment.iter().map(|row| {
        let grade = row.grade.as_ref().map(|g| g.rank);
        (row.window, grade.or(row.role.as_ref().and_then(|r| r.standard)))
    });
    let all = in_force(plain, dated, during);
    Some((*all.iter().min()?, *all.iter().max()?))
}

/// Whom a person's managers lead to.
pub(super) struct Line {
    /// Everybody reached, with the fewest steps, ascending.
    pub above: Vec<(PersonIx, u32)>,
    /// Whether every manager needed to walk so far is known.
    pub known: bool,
}

impl Line {
    /// Walks at most `steps` manager edges up from a person.
    pub fn of(people: &[Facts<'_>], from: PersonIx, steps: u32) -> Self {
        let (mut above, mut known): (Vec<(PersonIx, u32)>, bool) = (Vec::new(), true);
        let mut front = vec![from];
        for step in 1..=steps {
            let mut next = Vec::new();
            for person in front {
                let facts = &people[person.to_usize()];
                known &= facts.managers_known;
                for manager in &facts.managers {
                    if *manager != from && !above.iter().any(|(p, _)| p == manager) {
                        above.push((*manager, step));
                        next.push(*manager);
                    }
                }
            }
            if next.is_empty() {
                break;
            }
            front = next;
        }
        above.sort_unstable();
        Self { above, known }
    }

    /// The fewest steps to somebody.
    pub fn steps_to(&self, person: PersonIx) -> Option<u32> {
        self.above.binary_search_by_key(&person, |(p, _)| *p).ok().map(|at| self.above[at].1)
    }
}
