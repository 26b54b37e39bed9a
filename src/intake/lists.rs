//! The lists of facts: conflicts, history, locks, waivers, employment, travel, plan.

use crate::model::catalogue::{LockKind, PairState, RuleKey, Word};
use crate::model::fault::{At, Code, Fault};
use crate::model::index::{CoachIx, CoacheeIx, Ix, PersonIx};
use crate::model::people::{Employment, Named};
use crate::model::quantity::{Minutes, Points};
use crate::model::roster::{Against, Conflict, Lock, PastPair, PlannedPair, Stop, TravelTable, Waiver};
use crate::model::rulebook::RuleBook;

use super::address;
use super::both_ways::ordered;
use super::cells;
use super::directory::Directory;
use super::faults::Faults;
use super::people::{Desk, oneself};
use super::postcodes;
use super::raw::Raw;
use super::roles;
use super::rulebook::waivable;
use super::tables::{
    ConflictRow, EmploymentRow, Field, HistoryRow, LockRow, PlanRow, Row, TableKind, TravelRow, WaiverRow,
};

/// Reads the rows of a table, sorts them by `key` and faults the second of two with one key.
fn gather<T, K: Ord>(
    raw: &Raw<'_>,
    kind: TableKind,
    faults: &mut Faults<'_>,
    mut one: impl FnMut(Row<'_>, &mut Faults<'_>) -> Option<T>,
    key: impl Fn(&T) -> K,
) -> Vec<T> {
    let Some(table) = raw.table(kind) else { return Vec::new() };
    let mut rows: Vec<(T, usize)> = Vec::with_capacity(table.len());
    for (at, row) in table.rows().enumerate() {
        if let Some(item) = one(row, faults) {
            rows.push((item, at));
        }
    }
    rows.sort_by(|a, b| key(&a.0).cmp(&key(&b.0)).then(a.1.cmp(&b.1)));
    let mut twice: Vec<(usize, usize)> = Vec::new();
    for pair in rows.windows(2) {
        if key(&pair[0].0) == key(&pair[1].0) {
            twice.push((pair[1].1, pair[0].1));
        }
    }
    twice.sort_unstable();
    for (later, first) in twice {
        let says = format!("{} says the same", faults.place(&table.row(first).field(0)));
        faults.at(&table.row(later).field(0), Code::DuplicateRow, &says, "keep one of the two rows");
    }
    rows.into_iter().map(|(item, _)| item).collect()
}

/// Whether all are filled; does not stop at the first blank, so that every cell of a row is looked at.
fn all_needed<const N: usize>(fields: [&Field<'_>; N], faults: &mut Faults<'_>) -> bool {
    fields.into_iter().filter(|field| !cells::needed(field, faults)).count() == 0
}

pub fn conflicts(raw: &Raw<'_>, directory: &Directory<'_>, faults: &mut Faults<'_>) -> Vec<Conflict> {
    let one = |row: Row<'_>, faults: &mut Faults<'_>| {
        let ConflictRow { person, other, kind, from, to, opaque } = ConflictRow::read(row);
        let fine = all_needed([&person, &other, &kind], faults);
        let window = cells::window(&from, &to, faults);
        let opaque = cells::yes_no(&opaque, faults).unwrap_or(false);
        let kind = cells::word(&kind, faults);
        let who = directory.find_person(&person, faults);
        if !fine || oneself(&other, person.text, faults) {
            return None;
        }
        let against = against(&other, directory, faults);
        Some(Conflict { person: who?, other: against?, kind: kind?, window, opaque })
    };
    gather(raw, TableKind::Conflicts, faults, one, |c| {
        let other = match c.other {
            Against::Person(p) => (0, p.get()),
            Against::School(s) => (1, s.get()),
        };
        (c.person, other, c.kind, c.window.from, c.window.to, c.opaque)
    })
}

/// A person, else a school.
fn against(field: &Field<'_>, directory: &Directory<'_>, faults: &mut Faults<'_>) -> Option<Against> {
    if let Some(person) = directory.person(field.text) {
        return Some(Against::Person(person));
    }
    if let Some(school) = directory.school(field.text) {
        return Some(Against::School(school));
    }
    if directory.complete() {
        let says = format!("neither a person nor a school with the id \"{}\" is listed", field.text);
        let known: Vec<&str> = directory.ids.iter().chain(&directory.schools).copied().collect();
        let remedy =
            faults.suggest(field.text, known.into_iter(), "list the person or the school, or correct the id");
        faults.at(field, Code::UnknownPerson, &says, &remedy);
    }
    None
}

pub fn history(raw: &Raw<'_>, directory: &Directory<'_>, faults: &mut Faults<'_>) -> Vec<PastPair> {
    let one = |row: Row<'_>, faults: &mut Faults<'_>| {
        let HistoryRow { coach, coachee, programme, from, to, outcome } = HistoryRow::read(row);
        let fine = all_needed([&coach, &coachee], faults);
        let window = cells::window(&from, &to, faults);
        let outcome = cells::word(&outcome, faults);
        let programme = cells::text(&programme, faults);
        // Past pairs may be of people who are now in another role, or in none.
        let (first, second) =
            (directory.find_person(&coach, faults), directory.find_person(&coachee, faults));
        if !fine || oneself(&coachee, coach.text, faults) {
            return None;
        }
        Some(PastPair { coach: first?, coachee: second?, programme, window, outcome })
    };
    gather(raw, TableKind::History, faults, one, |p| {
        (p.coach, p.coachee, p.programme.clone(), p.window.from, p.window.to, p.outcome)
    })
}

pub fn locks(raw: &Raw<'_>, directory: &Directory<'_>, faults: &mut Faults<'_>) -> Vec<Lock> {
    let one = |row: Row<'_>, faults: &mut Faults<'_>| {
        let LockRow { kind, author, reason, coach, coachee, expires } = LockRow::read(row);
        let fine = all_needed([&kind, &author, &reason], faults);
        let expires = cells::date(&expires, faults);
        let (author, reason) = (cells::text(&author, faults), cells::text(&reason, faults));
        let (first, second) = (directory.coach(&coach, faults), directory.coachee(&coachee, faults));
        let word: LockKind = cells::word(&kind, faults)?;
        let one_list = directory.one_list();
        if one_list && !coach.is_blank() && oneself(&coachee, coach.text, faults) {
            return None;
        }
        let (blank, remedy) = match word {
            LockKind::Hold | LockKind::Freeze if one_list && coach.is_blank() => {
                (&coachee, "name whom it is about")
            }
            LockKind::Pin | LockKind::Ban if coach.is_blank() => {
                (&coach, "name both the coach and the coachee")
            }
            LockKind::Pin | LockKind::Ban => (&coachee, "name both the coach and the coachee"),
            LockKind::Freeze if coachee.is_blank() => (&coach, "name the coach, the coachee, or both"),
            LockKind::Hold => (&coach, "name the coach whose places are held"),
            LockKind::Freeze => (&coachee, "name the coach, the coachee, or both"),
        };
        if blank.is_blank() {
            faults.at(
                blank,
                Code::LockIncomplete,
                &format!("the {} does not say whom it is about", word.key()),
                remedy,
            );
            return None;
        }
        let (first, second, found) = sides(one_list, word, (first, second), [&coach, &coachee]);
        let lock =
            Lock { kind: word, coach: first, coachee: second, author: author?, reason: reason?, expires };
        (fine && found).then_some(lock)
    };
    gather(raw, TableKind::Locks, faults, one, |l| (l.kind, l.coach, l.coachee))
}

type Sides = (Option<CoachIx>, Option<CoacheeIx>);

/// The two sides of a lock, and whether all who are named were found. From one list nobody is more coach than the other:
/// two people stand in order, and one alone stands first.
fn sides(
    one_list: bool,
    word: LockKind,
    (first, second): Sides,
    [coach, coachee]: [&Field<'_>; 2],
) -> (Option<CoachIx>, Option<CoacheeIx>, bool) {
    let found = first.is_some() != coach.is_blank() && second.is_some() != coachee.is_blank();
    match (first, second) {
        (None, Some(alone)) if one_list => (Some(CoachIx::new(alone.get())), None, found),
        (Some(a), Some(b)) if one_list && word != LockKind::Hold => {
            let (a, b) = ordered(a, b);
            (Some(a), Some(b), found)
        }
        _ => (first, second, found),
    }
}

/// Waivers; with `book`, only of rules that this programme lets be waived.
pub fn waivers(
    raw: &Raw<'_>,
    directory: &Directory<'_>,
    book: Option<&RuleBook>,
    faults: &mut Faults<'_>,
) -> Vec<Waiver> {
    let one = |row: Row<'_>, faults: &mut Faults<'_>| {
        let WaiverRow { rule, coach, coachee, author, reason, expires } = WaiverRow::read(row);
        let fine = all_needed([&rule, &coach, &coachee, &author, &reason], faults);
        let expires = cells::date(&expires, faults);
        let (author, reason) = (cells::text(&author, faults), cells::text(&reason, faults));
        let (first, second) = (directory.coach(&coach, faults), directory.coachee(&coachee, faults));
        let key = if rule.is_blank() { None } else { waived_rule(&rule, book, faults) };
        if directory.one_list() && oneself(&coachee, coach.text, faults) {
            return None;
        }
        let (author, reason) = (author?, reason?);
        let (coach, coachee) = directory.sides(first?, second?);
        fine.then_some(Waiver { rule: key?, coach, coachee, author, reason, expires })
    };
    gather(raw, TableKind::Waivers, faults, one, |w| (w.rule, w.coach, w.coachee))
}

fn waived_rule(field: &Field<'_>, book: Option<&RuleBook>, faults: &mut Faults<'_>) -> Option<RuleKey> {
    let plain = super::tables::folded(field.text);
    let Some(rule) = RuleKey::ALL.iter().copied().find(|r| super::tables::folded(r.key()) == plain) else {
        cells::unknown_word(field, Code::UnknownRule, RuleKey::ALL.iter().map(|r| r.key()), faults);
        return None;
    };
    if book.is_some_and(|book| !waivable(book, rule)) {
        let says = format!("the rule {} cannot be waived in this programme", rule.key());
        faults.at(field, Code::CannotWaive, &says, "remove the waiver, or make the rule waivable");
        return None;
    }
    Some(rule)
}

/// Dated facts with the person they are about, by person.
pub fn employment(raw: &Raw<'_>, desk: &mut Desk<'_, '_>) -> Vec<(PersonIx, Employment)> {
    let (directory, grades) = (desk.directory, desk.grades);
    let one = |row: Row<'_>, faults: &mut Faults<'_>| {
        let EmploymentRow { person, school, role, grade, manager, from, to } = EmploymentRow::read(row);
        cells::needed(&person, faults);
        let window = cells::window(&from, &to, faults);
        let school = directory.find_school(&school, faults);
        let role = roles::role(&role, faults);
        let grade = roles::grade(&grade, grades, faults);
        let who = directory.find_person(&person, faults);
        let manager = if !manager.is_blank() && oneself(&manager, person.text, faults) {
            Named::Unknown
        } else {
            directory.named(&manager, faults)
        };
        Some((who?, Employment { school, role, grade, manager, window }))
    };
    gather(raw, TableKind::Employment, desk.faults, one, |(who, job)| {
        let role = job.role.as_ref().map(|r| (r.text.clone(), r.acting));
        let grade = job.grade.as_ref().map(|g| (g.rank, g.text.clone()));
        let manager = match job.manager {
            Named::Unknown => (0, 0),
            Named::Vacant => (1, 0),
            Named::Person(p) => (2, p.get()),
        };
        (*who, job.school, role, grade, manager, job.window.from, job.window.to)
    })
}

pub fn travel(raw: &Raw<'_>, directory: &Directory<'_>, faults: &mut Faults<'_>) -> TravelTable {
    let one = |row: Row<'_>, faults: &mut Faults<'_>| {
        let TravelRow { from, to, minutes } = TravelRow::read(row);
        let fine = all_needed([&from, &to, &minutes], faults);
        let minutes = cells::count(&minutes, cells::MOST, faults);
        let (from, to) = (stop(&from, directory, faults), stop(&to, directory, faults));
        fine.then_some((from?, to?, Minutes(minutes?)))
    };
    gather(raw, TableKind::Travel, faults, one, |(from, to, _)| (from.clone(), to.clone()))
}

/// A school, else a postcode.
fn stop(field: &Field<'_>, directory: &Directory<'_>, faults: &mut Faults<'_>) -> Option<Stop> {
    if field.is_blank() {
        return None;
    }
    if let Some(school) = directory.school(field.text) {
        return Some(Stop::School(school));
    }
    if postcodes::canonical(field.text).is_some() || !directory.schools_listed {
        return address::canonical(field, faults).map(Stop::Postcode);
    }
    directory.find_school(field, faults).map(Stop::School)
}

pub fn plan(raw: &Raw<'_>, directory: &Directory<'_>, faults: &mut Faults<'_>) -> Option<Vec<PlannedPair>> {
    raw.table(TableKind::Plan)?;
    let one = |row: Row<'_>, faults: &mut Faults<'_>| {
        let PlanRow { coach, coachee, state, score, minutes } = PlanRow::read(row);
        let fine = all_needed([&coach, &coachee], faults);
        // Only checked: the scores of a plan are those that the rules give it.
        cells::decimal(&score, -Points(i64::MAX), Points(i64::MAX), faults);
        cells::count(&minutes, cells::MOST, faults);
        let state = if state.is_blank() { Some(PairState::Draft) } else { cells::word(&state, faults) };
        let (first, second) = (directory.coach(&coach, faults), directory.coachee(&coachee, faults));
        if directory.one_list() && oneself(&coachee, coach.text, faults) {
            return None;
        }
        let (coach, coachee) = directory.sides(first?, second?);
        fine.then_some(PlannedPair { coach, coachee, state: state? })
    };
    Some(gather(raw, TableKind::Plan, faults, one, |p| (p.coach, p.coachee)))
}

/// The fault of a given plan in which more than three people are together.
pub fn too_many_together(
    directory: &Directory<'_>,
    people: &[CoacheeIx],
    file: &str,
    column: &'static str,
) -> Fault {
    let ids: Vec<&str> =
        people.iter().take(5).map(|p| directory.ids[directory.coachees[p.to_usize()].to_usize()]).collect();
    Fault {
        at: At { file: file.into(), line: 0, column: column.into() },
        code: Code::BadPlan,
        text: ids.join(", ").into(),
        says: "the plan has more than three people in one group".into(),
        remedy: "give the rows of pairs and triads, every person in one of them".into(),
        source: None,
    }
}
