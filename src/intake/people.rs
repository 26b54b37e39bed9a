//! The rows of coaches, coachees and people to persons: one person per id, whatever lists it stands in.

use crate::model::catalogue::{Sector, Status};
use crate::model::fault::Code;
use crate::model::index::{CoachIx, CoacheeIx, IxVec, PersonIx, SchoolIx, WordIx};
use crate::model::people::{Address, Coach, Coachee, Grade, Named, Person, Role};

use super::address::address;
use super::cells;
use super::directory::Directory;
use super::faults::Faults;
use super::list_cells::{ranked, sectors_of, strengths_of, words_of};
use super::raw::Raw;
use super::roles;
use super::tables::{CoachRow, CoacheeRow, Field, ParticipantRow, PersonRow, TableKind};
use super::words::Words;

/// The people of a roster, with provisional words.
#[derive(Default)]
pub struct People {
    pub all: IxVec<PersonIx, Person>,
    pub coaches: IxVec<CoachIx, Coach>,
    pub coachees: IxVec<CoacheeIx, Coachee>,
}

/// What a reader of rows needs at hand.
pub struct Desk<'d, 's> {
    pub directory: &'d Directory<'d>,
    pub grades: &'d [Box<str>],
    /// How many choices one may name; `None`: as many as a list holds.
    pub choices: Option<usize>,
    pub words: &'d mut Words,
    pub faults: &'d mut Faults<'s>,
}

/// The columns that say the same in every list.
struct Shared<'a> {
    name: Field<'a>,
    school: Field<'a>,
    role: Field<'a>,
    grade: Field<'a>,
    manager: Field<'a>,
    /// Not in `people.csv`.
    more: Option<More<'a>>,
}

struct More<'a> {
    sectors: Field<'a>,
    postcode: Field<'a>,
    lat: Field<'a>,
    lon: Field<'a>,
    region: Field<'a>,
    drives: Field<'a>,
}

/// A fact and the cell it comes from.
type Fact<'a, T> = Option<(T, Field<'a>)>;

/// The facts of one person, as the lists give them one after the other.
#[derive(Default)]
struct Facts<'a> {
    name: Fact<'a, Box<str>>,
    schools: Fact<'a, Vec<SchoolIx>>,
    role: Fact<'a, Role>,
    grade: Fact<'a, Grade>,
    sectors: Fact<'a, Vec<Sector>>,
    manager: Fact<'a, Named>,
    address: Fact<'a, Address>,
    region: Fact<'a, WordIx>,
    drives: Fact<'a, bool>,
}

/// Reads everybody, in order of the id.
pub fn read(raw: &Raw<'_>, desk: &mut Desk<'_, '_>) -> People {
    let directory = desk.directory;
    let kinds = [TableKind::Coaches, TableKind::Coachees, TableKind::Participants, TableKind::People];
    let [coaches, coachees, participants, people] = kinds.map(|kind| raw.table(kind));
    let mut all = People::default();
    for (at, rows) in directory.rows.iter().enumerate() {
        let mut facts = Facts::default();
        let person = PersonIx::new(u32::try_from(at).unwrap_or(u32::MAX));
        if let Some(row) = coaches.zip(rows.coach).map(|(table, row)| CoachRow::read(table.row(row))) {
            all.coaches.push(coach(&row, person, &mut facts, desk));
        }
        if let Some(row) = coachees.zip(rows.coachee).map(|(table, row)| CoacheeRow::read(table.row(row))) {
            all.coachees.push(coachee(&row, person, &mut facts, desk));
        }
        if let Some(row) =
            participants.zip(rows.participant).map(|(table, row)| ParticipantRow::read(table.row(row)))
        {
            let (coach, coachee) = participant(&row, person, &mut facts, desk);
            all.coaches.push(coach);
            all.coachees.push(coachee);
        }
        if let Some(row) = people.zip(rows.person).map(|(table, row)| PersonRow::read(table.row(row))) {
            let PersonRow { id, name, school, role, grade, manager } = row;
            facts.add(Shared { name, school, role, grade, manager, more: None }, id.text, desk);
        }
        let Facts { name, schools, role, grade, sectors, manager, address, region, drives } = facts;
        all.all.push(Person {
            id: directory.ids[at].into(),
            name: value(name),
            schools: value(schools).unwrap_or_default(),
            role: value(role),
            grade: value(grade),
            sectors: value(sectors).unwrap_or_default(),
            manager: value(manager).unwrap_or_default(),
            address: value(address).unwrap_or_default(),
            region: value(region),
            drives: value(drives),
            employment: Vec::new(),
            coach: rows.coach_ix,
            coachee: rows.coachee_ix,
            listed: rows.person.is_some(),
        });
    }
    all
}

/// A participant is a coachee and a coach with the same facts; the language they ask for is one that they speak.
fn participant<'a>(
    row: &ParticipantRow<'a>,
    person: PersonIx,
    facts: &mut Facts<'a>,
    desk: &mut Desk<'_, '_>,
) -> (Coach, Coachee) {
    let (row, strengths) = split(row);
    let coachee = coachee(&row, person, facts, desk);
    if coachee.wanted != 1 {
        let says = "a participant is in one group";
        desk.faults.at(&row.wanted, Code::OutOfRange, says, "leave wanted blank");
    }
    let Coachee {
        person,
        sponsor: _,
        online,
        max_minutes,
        language,
        language_level: _,
        ref slots,
        needs: _,
        ref preferences,
        priority: _,
        wanted: _,
        project: _,
        status,
    } = coachee;
    let coach = Coach {
        person,
        min: None,
        max: 1,
        online,
        max_minutes,
        minutes_budget: None,
        hours: None,
        languages: language.into_iter().collect(),
        slots: slots.clone(),
        strengths: strengths_of(&strengths, desk),
        preferences: preferences.iter().map(|c| CoacheeIx::new(c.get())).collect(),
        training: None,
        barred: Vec::new(),
        cost: None,
        status,
    };
    (coach, coachee)
}

/// The columns of a participant are those of a coachee, and strengths.
fn split<'a>(row: &ParticipantRow<'a>) -> (CoacheeRow<'a>, Field<'a>) {
    let ParticipantRow {
        id,
        name,
        school,
        role,
        grade,
        sectors,
        manager,
        sponsor,
        postcode,
        lat,
        lon,
        region,
        drives,
        online,
        max_minutes,
        language,
        language_level,
        slots,
        needs,
        preferences,
        priority,
        wanted,
        project,
        status,
        strengths,
    } = *row;
    let row = CoacheeRow {
        id,
        name,
        school,
        role,
        grade,
        sectors,
        manager,
        sponsor,
        postcode,
        lat,
        lon,
        region,
        drives,
        online,
        max_minutes,
        language,
        language_level,
        slots,
        needs,
        preferences,
        priority,
        wanted,
        project,
        status,
    };
    (row, strengths)
}

fn value<T>(fact: Fact<'_, T>) -> Option<T> {
    fact.map(|(value, _)| value)
}

impl<'a> Facts<'a> {
    /// Fills blanks from another row about the same person; contradictions are faults.
    fn add(&mut self, row: Shared<'a>, id: &str, desk: &mut Desk<'_, '_>) {
        let Shared { name, school, role, grade, manager, more } = row;
        let found = cells::text(&name, desk.faults);
        fill(&mut self.name, found, name, desk.faults, |a, b| a == b);
        let found = desk.directory.schools_of(&school, desk.faults);
        fill(&mut self.schools, Some(found).filter(|s| !s.is_empty()), school, desk.faults, |a, b| a == b);
        let found = roles::role(&role, desk.faults);
        let same = |a: &Role, b: &Role| a.text.eq_ignore_ascii_case(&b.text) && a.acting == b.acting;
        fill(&mut self.role, found, role, desk.faults, same);
        let found = roles::grade(&grade, desk.grades, desk.faults);
        fill(&mut self.grade, found, grade, desk.faults, |a, b| a.rank == b.rank);
        let found = self.manager(&manager, id, desk);
        fill(&mut self.manager, found, manager, desk.faults, |a, b| a == b);
        let Some(More { sectors, postcode, lat, lon, region, drives }) = more else { return };
        let found = sectors_of(&sectors, desk.faults);
        fill(&mut self.sectors, Some(found).filter(|s| !s.is_empty()), sectors, desk.faults, |a, b| a == b);
        let found = address(&postcode, &lat, &lon, desk.faults);
        let place = if postcode.is_blank() { lat } else { postcode };
        let found = Some(found).filter(|a| *a != Address::default());
        fill(&mut self.address, found.clone(), place, desk.faults, same_address);
        complete(&mut self.address, found);
        let found = cells::text(&region, desk.faults).map(|word| desk.words.add(&word));
        fill(&mut self.region, found, region, desk.faults, |a, b| a == b);
        let found = cells::yes_no(&drives, desk.faults);
        fill(&mut self.drives, found, drives, desk.faults, |a, b| a == b);
    }

    fn manager(&self, field: &Field<'_>, id: &str, desk: &mut Desk<'_, '_>) -> Option<Named> {
        if field.text == id {
            // Said once, even where two lists say it.
            if self.manager.is_none() {
                let remedy = "name somebody else, or leave the cell blank";
                desk.faults.at(field, Code::SelfReference, "a person cannot manage themselves", remedy);
            }
            return None;
        }
        Some(desk.directory.named(field, desk.faults)).filter(|named| *named != Named::Unknown)
    }
}

fn fill<'a, T>(
    slot: &mut Fact<'a, T>,
    found: Option<T>,
    field: Field<'a>,
    faults: &mut Faults<'_>,
    same: impl Fn(&T, &T) -> bool,
) {
    let Some(found) = found else { return };
    match slot {
        None => *slot = Some((found, field)),
        Some((known, first)) if !same(known, &found) => {
            let says = format!("{} says \"{}\" about the same person", faults.place(first), first.text);
            let remedy = "make the two rows agree, or leave one of the cells blank";
            faults.at(&field, Code::TwoStories, &says, remedy);
        }
        Some(_) => {}
    }
}

/// Whether two addresses agree where both say something.
fn same_address(a: &Address, b: &Address) -> bool {
    let postcode = a.postcode.is_none() || b.postcode.is_none() || a.postcode == b.postcode;
    postcode && (a.degrees.is_none() || b.degrees.is_none() || a.degrees == b.degrees)
}

/// Takes coordinates or a postcode that only the second row gives.
fn complete(slot: &mut Fact<'_, Address>, found: Option<Address>) {
    let (Some((known, _)), Some(found)) = (slot, found) else { return };
    let postcode = known.postcode.take().or(found.postcode.clone());
    if known.degrees.is_none() && (found.degrees.is_some() || known.place.is_none()) {
        *known = found;
    }
    known.postcode = postcode;
}

fn coach<'a>(row: &CoachRow<'a>, person: PersonIx, facts: &mut Facts<'a>, desk: &mut Desk<'_, '_>) -> Coach {
    let CoachRow {
        id,
        max,
        name,
        school,
        role,
        grade,
        sectors,
        manager,
        min,
        postcode,
        lat,
        lon,
        region,
        drives,
        online,
        max_minutes,
        minutes_budget,
        hours,
        languages,
        slots,
        strengths,
        preferences,
        training,
        barred,
        cost,
        status,
    } = *row;
    let more = Some(More { sectors, postcode, lat, lon, region, drives });
    facts.add(Shared { name, school, role, grade, manager, more }, id.text, desk);
    let least = cells::count(&min, cells::MOST, desk.faults);
    if max.is_blank() {
        let remedy = "say how many coachees the coach can take; 0 for none";
        desk.faults.at(&max, Code::BlankMax, "the coach has no maximum", remedy);
    }
    let most = cells::count(&max, cells::MOST, desk.faults);
    if let (Some(least), Some(most)) = (least, most)
        && least > most
    {
        let says = format!("the minimum {least} is above the maximum {most}");
        desk.faults.at(&min, Code::MinAboveMax, &says, "lower min or raise max");
    }
    let directory = desk.directory;
    let preferences = ranked(&preferences, desk.choices, desk.faults, |one, faults| {
        (!oneself(one, id.text, faults)).then(|| directory.coachee(one, faults)).flatten()
    });
    Coach {
        person,
        min: least,
        max: most.unwrap_or(0),
        online: cells::yes_no(&online, desk.faults),
        max_minutes: cells::count(&max_minutes, cells::MOST, desk.faults),
        minutes_budget: cells::count(&minutes_budget, cells::MOST, desk.faults),
        hours: cells::hundredths(&hours, desk.faults),
        languages: words_of(&languages, desk),
        slots: words_of(&slots, desk),
        strengths: strengths_of(&strengths, desk),
        preferences,
        training: cells::word(&training, desk.faults),
        barred: words_of(&barred, desk),
        cost: cells::hundredths(&cost, desk.faults),
        status: cells::word(&status, desk.faults).unwrap_or(Status::Active),
    }
}

fn coachee<'a>(
    row: &CoacheeRow<'a>,
    person: PersonIx,
    facts: &mut Facts<'a>,
    desk: &mut Desk<'_, '_>,
) -> Coachee {
    let CoacheeRow {
        id,
        name,
        school,
        role,
        grade,
        sectors,
        manager,
        sponsor,
        postcode,
        lat,
        lon,
        region,
        drives,
        online,
        max_minutes,
        language,
        language_level,
        slots,
        needs,
        preferences,
        priority,
        wanted,
        project,
        status,
    } = *row;
    let more = Some(More { sectors, postcode, lat, lon, region, drives });
    facts.add(Shared { name, school, role, grade, manager, more }, id.text, desk);
    if !language_level.is_blank() && language.is_blank() {
        let remedy = "name the language, or leave language_level blank";
        desk.faults.at(&language, Code::BlankRequired, "a language level stands without a language", remedy);
    }
    let (directory, words) = (desk.directory, &mut *desk.words);
    let needs = ranked(&needs, Some(3), desk.faults, |one, faults| {
        cells::text(one, faults).map(|word| words.add(&word))
    });
    let preferences = ranked(&preferences, desk.choices, desk.faults, |one, faults| {
        (!oneself(one, id.text, faults)).then(|| directory.coach(one, faults)).flatten()
    });
    let sponsor = if oneself(&sponsor, id.text, desk.faults) {
        Named::Unknown
    } else {
        directory.named(&sponsor, desk.faults)
    };
    let digit = |n: i64| u8::try_from(n).ok();
    Coachee {
        person,
        sponsor,
        online: cells::yes_no(&online, desk.faults),
        max_minutes: cells::count(&max_minutes, cells::MOST, desk.faults),
        language: cells::text(&language, desk.faults).map(|word| desk.words.add(&word)),
        language_level: cells::word(&language_level, desk.faults),
        slots: words_of(&slots, desk),
        needs,
        preferences,
        priority: cells::whole(&priority, 1..=9, desk.faults).and_then(digit),
        wanted: cells::whole(&wanted, 1..=9, desk.faults).and_then(digit).unwrap_or(1),
        project: cells::text(&project, desk.faults).map(|word| desk.words.add(&word)),
        status: cells::word(&status, desk.faults).unwrap_or(Status::Active),
    }
}

/// A fault where a cell of somebody's own row names them.
pub fn oneself(field: &Field<'_>, id: &str, faults: &mut Faults<'_>) -> bool {
    if field.text == id {
        let says = format!("{} names the person themselves", field.column);
        faults.at(field, Code::SelfReference, &says, "name somebody else, or leave the cell blank");
    }
    field.text == id
}

/// Puts final words in place of the provisional ones, and sets in order.
pub fn settle(all: &mut People, moved: &[WordIx]) {
    use crate::model::index::Ix;
    let put = |word: &mut WordIx| *word = moved[word.to_usize()];
    let set = |words: &mut Vec<WordIx>| {
        words.iter_mut().for_each(put);
        words.sort_unstable();
        words.dedup();
    };
    for person in &mut all.all {
        person.region.iter_mut().for_each(put);
    }
    for coach in &mut all.coaches {
        [&mut coach.languages, &mut coach.slots, &mut coach.barred].into_iter().for_each(set);
        coach.strengths.iter_mut().for_each(|(word, _)| put(word));
        coach.strengths.sort_unstable();
    }
    for coachee in &mut all.coachees {
        coachee.language.iter_mut().for_each(put);
        coachee.project.iter_mut().for_each(put);
        coachee.needs.iter_mut().for_each(put);
        set(&mut coachee.slots);
    }
}
