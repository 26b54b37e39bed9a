//! Typed changes to a kept programme. They are made to the values as they were handed over, and the whole is read again.

use super::Refused;
use crate::intake::Given;
use crate::model::fault::{At, Code, Fault};
use crate::model::roster::Roster;
use crate::service::{ServiceError, unknown_person};

/// One change.
#[derive(Clone, PartialEq, Debug)]
pub enum RosterChange {
    /// Takes no part any more, as coach and as coachee.
    Drop(Box<str>),
    /// So many places with this coach from now on.
    Places { coach: Box<str>, places: u32 },
    /// A row for the list of this name: a newcomer, a declaration, a lock.
    Add { list: &'static str, row: Given },
    /// The change says nothing.
    Nothing,
}

impl RosterChange {
    /// Whether it is a declaration.
    pub(super) fn declares(&self) -> bool {
        matches!(self, Self::Add { list: "conflicts", .. })
    }
}

/// Lists of people who take part.
const PARTS: [&str; 3] = ["coaches", "coachees", "participants"];

/// The programme with all changes, or what is wrong with any of them. `roster` is the programme before them.
pub(super) fn apply(mut given: Given, roster: &Roster, changes: &[RosterChange]) -> Result<Given, Refused> {
    let mut faults = Vec::new();
    for (at, change) in (1..).zip(changes) {
        let done = match change {
            RosterChange::Drop(id) => {
                let parts = PARTS
                    .map(|list| set(&mut given, list, id, "status", Given::Text("withdrawn".to_owned())));
                if parts.contains(&true) { Ok(()) } else { Err(unknown(roster, at, "drop", id)) }
            }
            RosterChange::Places { coach, places } => {
                let number = Given::Number(places.to_string());
                lower(&mut given, coach, *places);
                if set(&mut given, "coaches", coach, "max", number) {
                    Ok(())
                } else {
                    Err(unknown(roster, at, "set_places.coach", coach))
                }
            }
            RosterChange::Add { list, row } => {
                add(&mut given, list, row.clone());
                Ok(())
            }
            RosterChange::Nothing => Err(nothing(at)),
        };
        faults.extend(done.err());
    }
    if faults.is_empty() { Ok(given) } else { Err(ServiceError::Faults(faults).into()) }
}

fn rows<'g>(given: &'g mut Given, list: &str) -> Option<&'g mut Vec<Given>> {
    let Given::Table(fields) = given else { return None };
    fields.iter_mut().find(|(name, _)| name == list).and_then(|(_, value)| match value {
        Given::List(rows) => Some(rows),
        _ => None,
    })
}

/// The row with this id.
fn row<'g>(given: &'g mut Given, list: &str, id: &str) -> Option<&'g mut Given> {
    rows(given, list)?
        .iter_mut()
        .find(|row| field(row, "id").is_some_and(|v| matches!(v, Given::Text(t) if t == id)))
}

fn field<'g>(row: &'g Given, name: &str) -> Option<&'g Given> {
    let Given::Table(fields) = row else { return None };
    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// Sets a field of the row with this id; whether there is one.
fn set(given: &mut Given, list: &str, id: &str, name: &'static str, value: Given) -> bool {
    let Some(Given::Table(fields)) = row(given, list, id) else { return false };
    match fields.iter_mut().find(|(key, _)| key == name) {
        Some((_, old)) => *old = value,
        None => fields.push((name.into(), value)),
    }
    true
}

/// A least number above the places would contradict them.
fn lower(given: &mut Given, coach: &str, places: u32) {
    let least = row(given, "coaches", coach).and_then(|row| match field(row, "min") {
        Some(Given::Number(digits)) => digits.parse::<u32>().ok(),
        _ => None,
    });
    if least.is_some_and(|least| least > places) {
        set(given, "coaches", coach, "min", Given::Number(places.to_string()));
    }
}

fn add(given: &mut Given, list: &'static str, new: Given) {
    if let Some(rows) = rows(given, list) {
        rows.push(new);
    } else if let Given::Table(fields) = given {
        fields.push((list.into(), Given::List(vec![new])));
    }
}

fn unknown(roster: &Roster, line: u32, column: &str, id: &str) -> Fault {
    let at = At { file: "changes".into(), line, column: column.into() };
    Fault { at, ..unknown_person(roster, "changes", id) }
}

fn nothing(line: u32) -> Fault {
    Fault {
        at: At { file: "changes".into(), line, column: "".into() },
        code: Code::BlankRequired,
        text: "".into(),
        says: "the change says nothing".into(),
        remedy: "set one of its fields".into(),
        source: None,
    }
}
