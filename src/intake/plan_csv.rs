//! A plan as CSV, and the plan that a repair starts from.

use std::path::Path;

use crate::model::catalogue::Word;
use crate::model::document::{GroupLine, PlanDocument};
use crate::model::fault::{Code, Fault};
use crate::model::roster::{PlannedPair, Roster};

use super::both_ways;
use super::csv_text::{self, guarded};
use super::directory::{Directory, Role, Rows};
use super::faults::Faults;
use super::lists;
use super::plan_read;
use super::raw::Raw;
use super::source::{self, Source, SourceKind, Span};
use super::tables::TableKind;

/// `coach,coachee,state,score,minutes`; formula-like cells are prefixed with `'`.
pub fn write(plan: &PlanDocument) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut rows = vec![["coach", "coachee", "state", "score", "minutes"].map(str::to_owned)];
    rows.extend(plan.groups.iter().flatten().flat_map(group_rows));
    rows.extend(plan.pairs.iter().map(|pair| {
        let minutes = pair.minutes.map_or_else(String::new, |m| m.to_string());
        let state = pair.state.key().to_owned();
        [guarded(&pair.coach), guarded(&pair.coachee), state, pair.score.to_string(), minutes]
    }));
    for row in rows {
        out.write_record(row).expect("a vector takes every byte, and every row has five cells");
    }
    let bytes = out.into_inner().expect("a vector takes every byte");
    String::from_utf8(bytes).expect("made of text")
}

/// A row for each two people of a group; the group's score stands in its first row.
fn group_rows(group: &GroupLine) -> Vec<[String; 5]> {
    let mut rows = Vec::new();
    for (at, one) in group.members.iter().enumerate() {
        for other in &group.members[at + 1..] {
            let score = if rows.is_empty() { group.score.to_string() } else { String::new() };
            rows.push([guarded(one), guarded(other), group.state.key().to_owned(), score, String::new()]);
        }
    }
    rows
}

/// Reads a plan document or a `plan.csv`, with the ids of the roster.
pub fn baseline(path: &Path, roster: &Roster) -> Result<Vec<PlannedPair>, Vec<Fault>> {
    let name = path.file_name().map_or_else(|| path.to_string_lossy(), |n| n.to_string_lossy()).into_owned();
    let json = match path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("json") => true,
        Some("csv") => false,
        _ => {
            let remedy = "give a plan.json or a plan.csv";
            let says = "the file is neither a plan document nor a plan.csv";
            return Err(vec![source::file_fault(&name, 0, Code::UnknownShape, &name, says, remedy)]);
        }
    };
    let text = source::read_bytes(path, &name, !json)
        .and_then(|bytes| source::decode(bytes).map_err(|line| source::not_text(&name, line)))
        .map_err(|fault| vec![fault])?
        .0;
    let directory = directory_of(roster);
    if json { from_document(&name, text, &directory) } else { from_rows(&name, text, &directory) }
}

/// The same from the text of a document.
pub fn baseline_of_text(name: &str, text: String, roster: &Roster) -> Result<Vec<PlannedPair>, Vec<Fault>> {
    from_document(name, text, &directory_of(roster))
}

fn from_rows(name: &str, text: String, directory: &Directory<'_>) -> Result<Vec<PlannedPair>, Vec<Fault>> {
    let sources = [Source::new(name, SourceKind::Table(TableKind::Plan), text)];
    let mut faults = Faults::new(&sources, Vec::new());
    let mut raw = Raw::default();
    raw.tables.extend(csv_text::read_table(TableKind::Plan, 0, &sources[0].text, &mut faults));
    let mut pairs = lists::plan(&raw, directory, &mut faults);
    if let Some(rows) = pairs.as_mut() {
        whole_groups(rows, name, directory, &mut faults);
    }
    let faults: Vec<Fault> = faults.into_sorted().into_iter().map(of_another_programme).collect();
    pairs.filter(|_| faults.is_empty()).ok_or(faults)
}

/// From one list the rows of a plan are groups.
fn whole_groups(
    pairs: &mut Vec<PlannedPair>,
    name: &str,
    directory: &Directory<'_>,
    faults: &mut Faults<'_>,
) {
    if !directory.one_list() {
        return;
    }
    if let Err(people) = both_ways::plan(pairs) {
        faults.add(lists::too_many_together(directory, &people, name, ""));
    }
}

/// People who are not in the roster make it a plan of another programme.
fn of_another_programme(fault: Fault) -> Fault {
    let code = match fault.code {
        Code::UnknownPerson | Code::NotInRole => Code::BadPlan,
        code => code,
    };
    Fault { code, ..fault }
}

fn from_document(
    name: &str,
    text: String,
    directory: &Directory<'_>,
) -> Result<Vec<PlannedPair>, Vec<Fault>> {
    let plan = plan_read::of_text(name, text)?;
    let sources = [Source::new(name, SourceKind::Json, String::new())];
    let mut faults = Faults::new(&sources, Vec::new());
    let mut pairs = Vec::with_capacity(plan.pairs.len());
    let mut add = |first: &str, second: &str, state| {
        let field = |text, column| super::tables::Field { text, span: Span::default(), column, file: 0 };
        let coach = directory.coach(&field(first, "coach"), &mut faults);
        let coachee = directory.coachee(&field(second, "coachee"), &mut faults);
        if let (Some(coach), Some(coachee)) = (coach, coachee) {
            let (coach, coachee) = directory.sides(coach, coachee);
            pairs.push(PlannedPair { coach, coachee, state });
        }
    };
    for line in &plan.pairs {
        add(&line.coach, &line.coachee, line.state);
    }
    for group in plan.groups.iter().flatten() {
        for (at, one) in group.members.iter().enumerate() {
            group.members[at + 1..].iter().for_each(|other| add(one, other, group.state));
        }
    }
    pairs.sort_by_key(|p| (p.coach, p.coachee));
    pairs.dedup_by_key(|p| (p.coach, p.coachee));
    whole_groups(&mut pairs, name, directory, &mut faults);
    // The document was read as a whole; its pairs have no lines of their own.
    let faults: Vec<Fault> =
        faults.into_sorted().into_iter().map(of_another_programme).map(without_line).collect();
    if faults.is_empty() { Ok(pairs) } else { Err(faults) }
}

fn without_line(mut fault: Fault) -> Fault {
    fault.at.line = 0;
    fault.source = None;
    fault
}

/// The directory of a roster that is read already.
fn directory_of(roster: &Roster) -> Directory<'_> {
    let mut directory = Directory::default();
    directory.schools_listed = roster.schools_listed;
    directory.role = if roster.grouped() { Role::Both } else { Role::One };
    directory.ids = roster.people.iter().map(|p| &*p.id).collect();
    directory.schools = roster.schools.iter().map(|s| &*s.id).collect();
    directory.coaches = roster.coaches.iter().map(|c| c.person).collect();
    directory.coachees = roster.coachees.iter().map(|c| c.person).collect();
    let rows = |p: &crate::model::people::Person| Rows {
        coach_ix: p.coach,
        coachee_ix: p.coachee,
        ..Rows::default()
    };
    directory.rows = roster.people.iter().map(rows).collect();
    directory
}
