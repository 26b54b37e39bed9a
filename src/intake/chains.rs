//! Management chains that return to their start.

use crate::model::fault::Code;
use crate::model::index::{Ix, IxVec, PersonIx};
use crate::model::people::Person;

use super::directory::Rows;
use super::faults::Faults;
use super::raw::Raw;
use super::tables::{Field, TableKind};

/// How many people of a cycle a fault names.
const NAMED: usize = 10;

/// Faults every cycle once, at the `manager` cell of its first person in order of the id. Linear in the people: every
/// chain is followed until it meets a person seen before.
pub fn check(raw: &Raw<'_>, people: &IxVec<PersonIx, Person>, rows: &[Rows], faults: &mut Faults<'_>) {
    let mut seen: Vec<Option<PersonIx>> = vec![None; people.len()];
    for start in people.indexes() {
        let mut at = start;
        while seen[at.to_usize()].is_none() {
            seen[at.to_usize()] = Some(start);
            match people[at].manager.person() {
                Some(manager) => at = manager,
                None => break,
            }
        }
        let closed = seen[at.to_usize()] == Some(start) && people[at].manager.person().is_some();
        if closed {
            report(raw, at, people, rows, faults);
        }
    }
}

fn report(
    raw: &Raw<'_>,
    on: PersonIx,
    people: &IxVec<PersonIx, Person>,
    rows: &[Rows],
    faults: &mut Faults<'_>,
) {
    let next = |p: PersonIx| people[p].manager.person().unwrap_or(p);
    let mut cycle = vec![on];
    let mut at = next(on);
    while at != on {
        cycle.push(at);
        at = next(at);
    }
    let first = cycle.iter().enumerate().min_by_key(|(_, p)| **p).map_or(0, |(i, _)| i);
    cycle.rotate_left(first);
    let mut names: Vec<&str> = cycle.iter().take(NAMED).map(|p| &*people[*p].id).collect();
    let more = cycle.len().saturating_sub(NAMED);
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    names.push(names[0]);
    if more > 0 {
        names.pop();
    }
    let says = format!("each is managed by the next, back to the start: {}{tail}", names.join(", "));
    if let Some(field) = manager_cell(raw, rows[cycle[0].to_usize()]) {
        faults.at(&field, Code::ManagerCycle, &says, "correct one of the managers");
    }
}

/// The first filled `manager` cell about a person.
fn manager_cell<'a>(raw: &'a Raw<'_>, rows: Rows) -> Option<Field<'a>> {
    let places = [
        (TableKind::Coaches, rows.coach),
        (TableKind::Coachees, rows.coachee),
        (TableKind::People, rows.person),
    ];
    places.into_iter().find_map(|(kind, row)| {
        let column = kind.columns().iter().position(|c| c.name == "manager")?;
        let field = raw.table(kind)?.row(row?).field(column);
        (!field.is_blank()).then_some(field)
    })
}
