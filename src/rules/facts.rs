//! The facts in force during the programme's window, worked out once per person.

use crate::model::catalogue::{HistoryOutcome, PairState, Sector, Word};
use crate::model::date::Window;
use crate::model::index::{CoachIx, CoacheeIx, IxVec, PersonIx, SchoolIx, WordIx};
use crate::model::people::{Employment, Named, Person, Role};
use crate::model::roster::{PastPair, Roster};

/// A set of sectors, one bit each in the order of `Sector::ALL`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Sectors(pub u8);

impl Sectors {
    pub fn one(sector: Sector) -> Self {
        Self(1 << sector as u8)
    }
    pub const fn known(self) -> bool {
        self.0 != 0
    }
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
    pub fn has(self, sector: Sector) -> bool {
        self.meets(Self::one(sector))
    }
    pub fn list(self) -> impl Iterator<Item = Sector> {
        Sector::ALL.iter().copied().filter(move |s| self.has(*s))
    }
    /// `primary and special`.
    pub fn say(self) -> String {
        self.list().map(Word::key).collect::<Vec<_>>().join(" and ")
    }
}

/// What is in force about every person. Lists are ascending; an empty one means unknown.
pub(super) struct Facts<'r> {
    pub roster: &'r Roster,
    pub schools: IxVec<PersonIx, Vec<SchoolIx>>,
    pub sectors: IxVec<PersonIx, Sectors>,
    pub regions: IxVec<PersonIx, Vec<WordIx>>,
    pub managers: IxVec<PersonIx, Vec<PersonIx>>,
    /// Whose manager's post is known to be empty.
    pub vacant: IxVec<PersonIx, bool>,
    /// Whether a manager is named at every time, and no post is vacant.
    pub managed: IxVec<PersonIx, bool>,
    /// Lowest and highest grade.
    pub grades: IxVec<PersonIx, Option<(i64, i64)>>,
    pub roles: IxVec<PersonIx, Vec<&'r Role>>,
    /// Live pairs, coach first: other programmes' and those of the given plan.
    pub live: Vec<(PersonIx, PersonIx)>,
}

impl<'r> Facts<'r> {
    pub fn new(roster: &'r Roster) -> Self {
        let window = roster.programme.window();
        let people = &roster.people;
        let schools: IxVec<PersonIx, Vec<SchoolIx>> = people.iter().map(|p| schools_of(p, window)).collect();
        let sectors = people.enumerate().map(|(ix, p)| sectors_of(roster, p, &schools[ix])).collect();
        let regions = people.enumerate().map(|(ix, p)| regions_of(roster, p, &schools[ix])).collect();
        let named: Vec<Vec<Option<PersonIx>>> = people.iter().map(|p| managers_of(p, window)).collect();
        Self {
            roster,
            schools,
            sectors,
            regions,
            managed: named.iter().map(|m| !m.is_empty() && !m.contains(&None)).collect(),
            vacant: named.iter().map(|m| m.contains(&None)).collect(),
            managers: named.into_iter().map(|m| m.into_iter().flatten().collect()).collect(),
            grades: people.iter().map(|p| grades_of(p, window)).collect(),
            roles: people.iter().map(|p| roles_of(p, window)).collect(),
            live: live_pairs(roster),
        }
    }

    pub fn coach(&self, coach: CoachIx) -> PersonIx {
        self.roster.coaches[coach].person
    }
    pub fn coachee(&self, coachee: CoacheeIx) -> PersonIx {
        self.roster.coachees[coachee].person
    }
}

/// The first value that two ascending lists have in common.
pub(super) fn first_common<T: Ord + Copy>(a: &[T], b: &[T]) -> Option<T> {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Equal => return Some(a[i]),
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
        }
    }
    None
}

/// Whether a row of `history.csv` is a live pair.
pub(super) fn is_live(past: &PastPair, window: Window) -> bool {
    past.window.overlaps(window) && past.outcome.is_none_or(|o| o == HistoryOutcome::Live)
}

/// The plain values of a column and those of every employment that overlaps the window; an employment that covers the
/// window and gives the fact replaces the plain ones.
fn in_force<T>(
    person: &Person,
    window: Window,
    plain: impl IntoIterator<Item = T>,
    of: impl Fn(&Employment) -> Option<T>,
) -> Vec<T> {
    let mut values = Vec::new();
    let mut replaced = false;
    for job in person.employment.iter().filter(|job| job.window.overlaps(window)) {
        if let Some(value) = of(job) {
            values.push(value);
            replaced |= job.window.covers(window);
        }
    }
    if !replaced {
        values.extend(plain);
    }
    values
}

fn ascending<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort_unstable();
    values.dedup();
    values
}

fn schools_of(person: &Person, window: Window) -> Vec<SchoolIx> {
    ascending(in_force(person, window, person.schools.iter().copied(), |job| job.school))
}

fn sectors_of(roster: &Roster, person: &Person, schools: &[SchoolIx]) -> Sectors {
    let union =
        |all: &mut dyn Iterator<Item = Sector>| Sectors(all.fold(0, |set, s| set | Sectors::one(s).0));
    let own = union(&mut person.sectors.iter().copied());
    if own.known() { own } else { union(&mut schools.iter().filter_map(|s| roster.schools[*s].sector)) }
}

fn regions_of(roster: &Roster, person: &Person, schools: &[SchoolIx]) -> Vec<WordIx> {
    match person.region {
        Some(own) => vec![own],
        None => ascending(schools.iter().filter_map(|s| roster.schools[*s].region).collect()),
    }
}

/// Managers in force; `None` stands for a vacant post.
fn managers_of(person: &Person, window: Window) -> Vec<Option<PersonIx>> {
    let say = |named: Named| match named {
        Named::Unknown => None,
        Named::Vacant => Some(None),
        Named::Person(p) => Some(Some(p)),
    };
    ascending(in_force(person, window, say(person.manager), |job| say(job.manager)))
}

/// A statement about somebody's post gives its grade, else the grade that goes with its role.
fn grades_of(person: &Person, window: Window) -> Option<(i64, i64)> {
    let rank = |grade: &Option<crate::model::people::Grade>, role: &Option<Role>| {
        grade.as_ref().map(|g| g.rank).or(role.as_ref().and_then(|r| r.standard)).map(i64::from)
    };
    let plain = rank(&person.grade, &person.role);
    let all = in_force(person, window, plain, |job| rank(&job.grade, &job.role));
    Some((*all.iter().min()?, *all.iter().max()?))
}

fn roles_of(person: &Person, window: Window) -> Vec<&Role> {
    let overlapping = person.employment.iter().filter(|job| job.window.overlaps(window));
    let mut roles: Vec<&Role> = overlapping.clone().filter_map(|job| job.role.as_ref()).collect();
    if !overlapping.clone().any(|job| job.role.is_some() && job.window.covers(window)) {
        roles.extend(person.role.as_ref());
    }
    roles
}

fn live_pairs(roster: &Roster) -> Vec<(PersonIx, PersonIx)> {
    let window = roster.programme.window();
    let elsewhere = roster.history.iter().filter(|p| is_live(p, window)).map(|p| (p.coach, p.coachee));
    let here = roster.plan.iter().flatten().filter(|p| p.state != PairState::Draft);
    let here = here.map(|p| (roster.coaches[p.coach].person, roster.coachees[p.coachee].person));
    ascending(elsewhere.chain(here).collect())
}

/// The coachees of every school in force.
pub(super) fn coachees_of(facts: &Facts<'_>) -> IxVec<SchoolIx, Vec<CoacheeIx>> {
    let mut by_school: IxVec<SchoolIx, Vec<CoacheeIx>> =
        facts.roster.schools.iter().map(|_| Vec::new()).collect();
    for coachee in facts.roster.coachees.indexes() {
        for school in &facts.schools[facts.coachee(coachee)] {
            by_school[*school].push(coachee);
        }
    }
    by_school
}

/// The coaches of every school in force.
pub(super) fn coaches_of(facts: &Facts<'_>) -> IxVec<SchoolIx, Vec<CoachIx>> {
    let mut by_school: IxVec<SchoolIx, Vec<CoachIx>> =
        facts.roster.schools.iter().map(|_| Vec::new()).collect();
    for coach in facts.roster.coaches.indexes() {
        for school in &facts.schools[facts.coach(coach)] {
            by_school[*school].push(coach);
        }
    }
    by_school
}
