//! Who and what has an id: people and schools in byte order, and the look-up of a name in a cell.

use crate::model::fault::Code;
use crate::model::index::{CoachIx, CoacheeIx, Ix, PersonIx, SchoolIx};
use crate::model::people::Named;

use super::both_ways::ordered;
use super::cells;
use super::faults::Faults;
use super::raw::Raw;
use super::tables::{Field, Table, TableKind};

/// Far above any programme; the indexes and the memory of one process set it.
pub const PEOPLE_LIMIT: usize = 1_000_000;

/// The lists of people.
const LISTS: [TableKind; 3] = [TableKind::Coaches, TableKind::Coachees, TableKind::People];

/// Where a person stands: rows of the three lists, and the indexes of the two roles.
#[derive(Clone, Copy, Default, Debug)]
pub struct Rows {
    pub coach: Option<usize>,
    pub coachee: Option<usize>,
    pub person: Option<usize>,
    /// Of `participants.csv`: then both roles have this row.
    pub participant: Option<usize>,
    pub coach_ix: Option<CoachIx>,
    pub coachee_ix: Option<CoacheeIx>,
}

/// Whether coaches and coachees have a row each, or one row as participants.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    #[default]
    One,
    Both,
}

/// Everybody, and every school.
#[derive(Default)]
pub struct Directory<'a> {
    /// In byte order; the position is the `PersonIx`.
    pub ids: Vec<&'a str>,
    pub rows: Vec<Rows>,
    pub coaches: Vec<PersonIx>,
    pub coachees: Vec<PersonIx>,
    /// In byte order; the position is the `SchoolIx`.
    pub schools: Vec<&'a str>,
    pub schools_listed: bool,
    /// Participants instead of coaches and coachees.
    pub role: Role,
    /// The tables whose names are looked at when an id is not found.
    people_tables: Vec<&'a Table<'a>>,
    school_table: Option<&'a Table<'a>>,
    /// Some people could not be read, so a name that is missing proves nothing.
    incomplete: bool,
    schools_incomplete: bool,
}

impl<'a> Directory<'a> {
    /// Reads the ids of all lists, and the schools that cells found where none are listed.
    pub fn read(raw: &'a Raw<'a>, faults: &mut Faults<'_>) -> Self {
        let lost = |kind| raw.lost.contains(&kind);
        let mut directory = Self {
            incomplete: LISTS.into_iter().any(lost) || lost(TableKind::Participants),
            schools_incomplete: lost(TableKind::Schools),
            people_tables: LISTS
                .iter()
                .chain(&[TableKind::Participants])
                .filter_map(|kind| raw.table(*kind))
                .collect(),
            school_table: raw.table(TableKind::Schools),
            schools_listed: raw.table(TableKind::Schools).is_some(),
            role: if raw.table(TableKind::Participants).is_some() { Role::Both } else { Role::One },
            ..Self::default()
        };
        let lists = LISTS.map(|kind| {
            let Some(table) = raw.table(kind) else { return Vec::new() };
            let (ids, broken) = ids(table, faults);
            directory.incomplete |= broken;
            ids
        });
        match raw.table(TableKind::Participants) {
            Some(table) => {
                let (ids, broken) = ids(table, faults);
                // Where other lists stand beside it, nobody can say who is meant; that is a fault of its own.
                let alone = lists[0].is_empty() && lists[1].is_empty();
                directory.incomplete |= broken || !alone;
                directory.merge([ids.clone(), ids, lists[2].clone()], Role::Both);
            }
            None => directory.merge(lists, Role::One),
        }
        if let Some(table) = raw.table(TableKind::Schools) {
            let (ids, broken) = ids(table, faults);
            directory.schools_incomplete |= broken;
            directory.schools = ids.into_iter().map(|(id, _)| id).collect();
        } else {
            directory.schools = founded(raw, faults);
        }
        directory
    }

    fn merge(&mut self, [coaches, coachees, people]: [Vec<(&'a str, usize)>; 3], role: Role) {
        let mut all: Vec<&str> = coaches.iter().chain(&coachees).chain(&people).map(|(id, _)| *id).collect();
        all.sort_unstable();
        all.dedup();
        self.rows = vec![Rows::default(); all.len()];
        self.ids = all;
        // Lists and people are in one order, so each list is walked beside the people.
        let mut walk = Walk::default();
        for (i, (id, row)) in coaches.into_iter().enumerate() {
            if let Some(person) = walk.to(&self.ids, id) {
                match role {
                    Role::One => self.rows[person.to_usize()].coach = Some(row),
                    Role::Both => self.rows[person.to_usize()].participant = Some(row),
                }
                self.rows[person.to_usize()].coach_ix = Some(CoachIx::from_usize(i));
                self.coaches.push(person);
            }
        }
        let mut walk = Walk::default();
        for (i, (id, row)) in coachees.into_iter().enumerate() {
            if let Some(person) = walk.to(&self.ids, id) {
                if role == Role::One {
                    self.rows[person.to_usize()].coachee = Some(row);
                }
                self.rows[person.to_usize()].coachee_ix = Some(CoacheeIx::from_usize(i));
                self.coachees.push(person);
            }
        }
        let mut walk = Walk::default();
        for (id, row) in people {
            if let Some(person) = walk.to(&self.ids, id) {
                self.rows[person.to_usize()].person = Some(row);
            }
        }
    }

    /// The person with this id, exactly.
    pub fn person(&self, id: &str) -> Option<PersonIx> {
        self.ids.binary_search(&id).ok().map(PersonIx::from_usize)
    }

    /// The school with this id, exactly.
    pub fn school(&self, id: &str) -> Option<SchoolIx> {
        self.schools.binary_search(&id).ok().map(SchoolIx::from_usize)
    }

    /// The person a cell names. Blank: none.
    pub fn find_person(&self, field: &Field<'_>, faults: &mut Faults<'_>) -> Option<PersonIx> {
        if field.is_blank() {
            return None;
        }
        let found = self.person(field.text);
        if found.is_none() && !self.incomplete {
            let says = format!("nobody with the id \"{}\" is listed", field.text);
            let otherwise = "list this person in people.csv, or correct the id";
            let remedy = named_so(&self.people_tables, field.text, faults)
                .unwrap_or_else(|| faults.suggest(field.text, self.ids.iter().copied(), otherwise));
            faults.at(field, Code::UnknownPerson, &says, &remedy);
        }
        found
    }

    /// A manager or sponsor: a person, `vacant`, or unknown.
    pub fn named(&self, field: &Field<'_>, faults: &mut Faults<'_>) -> Named {
        if field.text.eq_ignore_ascii_case("vacant") {
            return Named::Vacant;
        }
        self.find_person(field, faults).map_or(Named::Unknown, Named::Person)
    }

    /// The coach a cell names.
    pub fn coach(&self, field: &Field<'_>, faults: &mut Faults<'_>) -> Option<CoachIx> {
        let person = self.find_person(field, faults)?;
        let found = self.rows[person.to_usize()].coach_ix;
        if found.is_none() {
            self.not_in_role(field, "coach", &self.coaches, faults);
        }
        found
    }

    /// The coachee a cell names.
    pub fn coachee(&self, field: &Field<'_>, faults: &mut Faults<'_>) -> Option<CoacheeIx> {
        let person = self.find_person(field, faults)?;
        let found = self.rows[person.to_usize()].coachee_ix;
        if found.is_none() {
            self.not_in_role(field, "coachee", &self.coachees, faults);
        }
        found
    }

    fn not_in_role(&self, field: &Field<'_>, role: &str, members: &[PersonIx], faults: &mut Faults<'_>) {
        if self.incomplete {
            return;
        }
        let says = format!("\"{}\" is listed, but not as a {role}", field.text);
        let otherwise =
            format!("name a {role}, or add this person to the {role}es").replace("coacheees", "coachees");
        let known: Vec<&str> = members.iter().map(|p| self.ids[p.to_usize()]).collect();
        let remedy = faults.suggest(field.text, known.into_iter(), &otherwise);
        faults.at(field, Code::NotInRole, &says, &remedy);
    }

    /// The schools of a list cell, in byte order, without repeats.
    pub fn schools_of(&self, field: &Field<'_>, faults: &mut Faults<'_>) -> Vec<SchoolIx> {
        let mut found: Vec<SchoolIx> =
            cells::list(field, None, faults).iter().filter_map(|one| self.find_school(one, faults)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The school a cell names. Blank: none.
    pub fn find_school(&self, field: &Field<'_>, faults: &mut Faults<'_>) -> Option<SchoolIx> {
        if field.is_blank() {
            return None;
        }
        let found = self.school(field.text);
        if found.is_none() && self.schools_listed && !self.schools_incomplete {
            let says = format!("no school with the id \"{}\" is listed", field.text);
            let otherwise = "list this school in schools.csv, or correct the id";
            let remedy = named_so(self.school_table.as_slice(), field.text, faults)
                .unwrap_or_else(|| faults.suggest(field.text, self.schools.iter().copied(), otherwise));
            faults.at(field, Code::UnknownSchool, &says, &remedy);
        }
        found
    }

    /// Whether everybody is coach and coachee in one, from one list.
    pub const fn one_list(&self) -> bool {
        matches!(self.role, Role::Both)
    }

    /// Two people as a single row keeps them: from one list the lower first.
    pub const fn sides(&self, coach: CoachIx, coachee: CoacheeIx) -> (CoachIx, CoacheeIx) {
        if self.one_list() { ordered(coach, coachee) } else { (coach, coachee) }
    }

    /// Whether a name that is not found is a fault of its own.
    pub const fn complete(&self) -> bool {
        !self.incomplete && !self.schools_incomplete
    }
}

/// How far a walk along ids in byte order has come.
#[derive(Default)]
struct Walk(usize);

impl Walk {
    /// The person with this id, which does not come before those asked for so far.
    fn to(&mut self, ids: &[&str], id: &str) -> Option<PersonIx> {
        self.0 += ids[self.0..].iter().take_while(|known| **known < id).count();
        (ids.get(self.0) == Some(&id)).then(|| PersonIx::from_usize(self.0))
    }
}

/// The remedy where a cell holds the name of one row instead of its id. Names are for people: two may share one.
fn named_so(tables: &[&Table<'_>], name: &str, faults: &mut Faults<'_>) -> Option<String> {
    let plain = name.to_lowercase();
    let mut found = None;
    for table in tables {
        let column = table.kind.columns().iter().position(|c| c.name == "name")?;
        if !faults.may_compare(table.len()) {
            return None;
        }
        for row in table.rows().filter(|row| row.field(column).text.to_lowercase() == plain) {
            let id = row.field(0).text;
            if found.is_some_and(|other| other != id) {
                return None;
            }
            found = Some(id);
        }
    }
    found.map(|id| format!("write the id \"{id}\", not the name"))
}

/// The ids of a list with their rows, in byte order; and whether some could not be read.
fn ids<'a>(table: &'a Table<'a>, faults: &mut Faults<'_>) -> (Vec<(&'a str, usize)>, bool) {
    let mut broken = table.broken;
    let mut ids = Vec::with_capacity(table.len());
    for (at, row) in table.rows().enumerate() {
        // The id is the first column of every list.
        let field = row.field(0);
        if !cells::needed(&field, faults) || !cells::fits_id(&field, faults) {
            broken = true;
        } else if table.kind != TableKind::Schools && field.text.eq_ignore_ascii_case("vacant") {
            faults.at(
                &field,
                Code::BadId,
                "\"vacant\" stands for a post without a holder",
                "give another id",
            );
            broken = true;
        } else {
            ids.push((field.text, at));
        }
    }
    ids.sort_unstable();
    let mut twice = Vec::new();
    ids.dedup_by(|later, first| {
        let same = later.0 == first.0;
        if same {
            twice.push((later.1, first.1));
        }
        same
    });
    twice.sort_unstable();
    for (later, first) in twice {
        let says = format!("the id stands in {} already", faults.place(&table.row(first).field(0)));
        let remedy = "keep one of the two rows, or give one another id";
        faults.at(&table.row(later).field(0), Code::DuplicateId, &says, remedy);
    }
    if table.len() > PEOPLE_LIMIT {
        let says = format!("{} rows are more than the limit of {PEOPLE_LIMIT}", table.len());
        faults.whole(
            faults.file_name(table.file),
            "",
            Code::ProblemTooLarge,
            &says,
            "split the programme into smaller ones",
        );
    }
    (ids, broken)
}

/// Without `schools.csv`, a school is any word in a `school` cell.
fn founded<'a>(raw: &'a Raw<'a>, faults: &mut Faults<'_>) -> Vec<&'a str> {
    let mut found = Vec::new();
    let kinds = LISTS.into_iter().chain([TableKind::Participants, TableKind::Employment]);
    for kind in kinds {
        let Some(table) = raw.table(kind) else { continue };
        let Some(column) = kind.columns().iter().position(|c| c.name == "school") else { continue };
        for row in table.rows() {
            for school in row.field(column).values() {
                if found.last() != Some(&school.text) && cells::fits_id(&school, faults) {
                    found.push(school.text);
                }
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
