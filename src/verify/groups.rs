//! Caps on a coach's group, as nests from the innermost to the outermost.

use super::facts::first_sector;
use super::judge::World;
use crate::model::catalogue::{Level, Sector, Word};
use crate::model::index::{CoacheeIx, GroupIx, Ix, IxVec, SchoolIx};
use crate::model::instance::{Excess, NestFamily, NestKind, Parts};
use crate::model::roster::Roster;
use crate::model::rulebook::CapRule;

/// The name of a group in answers: a school's id or a sector's word.
pub(super) fn name(roster: &Roster, kind: NestKind, group: GroupIx) -> Option<&str> {
    match kind {
        NestKind::School => roster.schools.get(SchoolIx::new(group.get())).map(|s| &*s.id),
        NestKind::Sector => Sector::ALL.get(group.to_usize()).map(|s| s.key()),
    }
}

/// The families of the caps that are on, without their waived pairs; `None` where a school's coachees are of more than
/// one sector, so that they cross.
pub(super) fn families(world: &World<'_>) -> Option<Vec<NestFamily>> {
    let rules = world.rules;
    let school = group_of(world, |facts| facts.schools.first().map(|s| GroupIx::new(s.get())));
    let sector = group_of(world, |facts| first_sector(facts.sectors).map(|s| GroupIx::new(s as u32)));
    let fits = |inner: &Groups, outer: &Groups| -> bool {
        let mut home: Vec<Option<Option<GroupIx>>> = Vec::new();
        inner.iter().zip(outer).all(|(i, o)| {
            let Some(i) = i else { return true };
            if home.len() <= i.to_usize() {
                home.resize(i.to_usize() + 1, None);
            }
            *home[i.to_usize()].get_or_insert(*o) == *o
        })
    };
    let nested = fits(&school, &sector);
    let school = family(NestKind::School, &rules.school_cap, school);
    let sector = family(NestKind::Sector, &rules.sector_cap, sector);
    match (school, sector) {
        (Some(school), Some(sector)) => nested.then(|| vec![school, sector]),
        (school, sector) => Some(school.into_iter().chain(sector).collect()),
    }
}

/// Whether a pair counts in an inner nest but is waived from the outer one, so that the two are not one inside the other.
pub(super) fn waivers_cross(parts: &Parts) -> bool {
    let [inner, outer] = parts.nests.as_slice() else { return false };
    outer.exempt.iter().filter(|pair| inner.exempt.binary_search(pair).is_err()).any(|pair| {
        let after = parts.starts.partition_point(|start| *start <= pair.to_usize());
        inner.group[CoacheeIx::from_usize(after - 1)].is_some()
    })
}

type Groups = IxVec<CoacheeIx, Option<GroupIx>>;

/// Groups of the coachees who take part.
fn group_of(world: &World<'_>, of: impl Fn(&super::facts::Facts<'_>) -> Option<GroupIx>) -> Groups {
    let one = |(ix, coachee): (CoacheeIx, &crate::model::people::Coachee)| {
        if world.wants_now(ix) { of(world.person(coachee.person)) } else { None }
    };
    world.roster.coachees.enumerate().map(one).collect()
}

fn family(kind: NestKind, rule: &CapRule, group: Groups) -> Option<NestFamily> {
    let excess = match rule.level {
        Level::Hard | Level::Waivable => Excess::Forbidden,
        Level::Soft => Excess::Costs(rule.weight),
        Level::Info | Level::Off => return None,
    };
    Some(NestFamily { kind, cap: rule.k, excess, group, exempt: Vec::new() })
}
