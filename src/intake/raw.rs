//! The generic form of a programme: keys with their values, and tables of texts. All shapes end here.

use std::borrow::Cow;

use crate::model::fault::Code;

use super::csv_text;
use super::faults::Faults;
use super::source::{Source, SourceKind, Span};
use super::tables::{Table, TableKind, folded};
use super::value::{Key, Kind, Malformed, Value};
use super::{json_value, scenarios, toml_value};

/// A programme key with its value and its source.
pub struct Entry<'s> {
    pub key: Key<'s>,
    pub value: Value<'s>,
    pub file: usize,
}

/// A programme before anything in it is understood.
#[derive(Default)]
pub struct Raw<'s> {
    /// Entries of `programme.toml`, or the top of a single file.
    pub keys: Vec<Entry<'s>>,
    /// The programme file is there and could be read.
    pub has_keys: bool,
    pub tables: Vec<Table<'s>>,
    /// Tables that are there but could not be read.
    pub lost: Vec<TableKind>,
}

impl<'s> Raw<'s> {
    /// One more table; the rows of a second one of its kind come after those of the first.
    fn add(&mut self, table: Table<'s>) {
        match self.tables.iter().position(|t| t.kind == table.kind) {
            None => self.tables.push(table),
            Some(at) => {
                let first = self.tables.swap_remove(at);
                self.tables.push(first.with(&table));
            }
        }
    }

    pub fn table(&self, kind: TableKind) -> Option<&Table<'s>> {
        self.tables.iter().find(|t| t.kind == kind)
    }
}

/// Keys that belong to the test runner and mean nothing here.
const RUNNER: [&str; 3] = ["about", "expect", "every_door"];
/// The programme's own keys.
pub const KEYS: [&str; 7] = ["name", "preset", "starts", "ends", "objective", "rules", "stable"];

/// Reads every source into the generic form. `given` is what the source of a message stands for.
pub fn raw<'s>(
    sources: &'s [Source],
    mut given: Option<Value<'s>>,
    lost: Vec<TableKind>,
    faults: &mut Faults<'s>,
) -> Raw<'s> {
    let mut raw = Raw { lost, ..Raw::default() };
    for (file, source) in sources.iter().enumerate() {
        match source.kind {
            SourceKind::Table(kind) => match csv_text::read_table(kind, file, &source.text, faults) {
                Some(table) => raw.add(table),
                None => raw.lost.push(kind),
            },
            SourceKind::Programme | SourceKind::Toml | SourceKind::Added(_) => {
                match toml_value::read(&source.text) {
                    Ok(value) => {
                        let value = match source.kind {
                            SourceKind::Added(Some(number)) => scenarios::numbered(value, number),
                            _ => value,
                        };
                        document(&mut raw, file, source, value, faults);
                    }
                    Err(errors) => errors.iter().for_each(|e| malformed(file, Code::BadToml, e, faults)),
                }
            }
            SourceKind::Json => match json_value::read(&source.text) {
                Ok(value) => document(&mut raw, file, source, value, faults),
                Err(error) => malformed(file, Code::BadJson, &error, faults),
            },
            SourceKind::Message => {
                if let Some(value) = given.take() {
                    document(&mut raw, file, source, value, faults);
                }
            }
            SourceKind::Setting => {}
        }
    }
    raw
}

fn malformed(file: usize, code: Code, error: &Malformed, faults: &mut Faults<'_>) {
    let remedy = if code == Code::BadToml {
        "correct the TOML at this place"
    } else {
        "correct the JSON at this place"
    };
    faults.span(file, error.span, "", code, "", &error.says, remedy);
}

fn shape_code(kind: SourceKind) -> Code {
    if kind.is_json() { Code::BadJson } else { Code::BadToml }
}

fn document<'s>(
    raw: &mut Raw<'s>,
    file: usize,
    source: &'s Source,
    value: Value<'s>,
    faults: &mut Faults<'s>,
) {
    let span = value.span;
    let Kind::Table(entries) = value.kind else {
        faults.span(
            file,
            span,
            "",
            shape_code(source.kind),
            "",
            "the document is no object",
            "write an object",
        );
        return;
    };
    let added = matches!(source.kind, SourceKind::Added(_));
    raw.has_keys |= !added;
    for (key, value) in entries {
        let plain = folded(&key.name);
        if added && scenarios::own_key(&key.name, source.kind) {
            // Read by `scenarios`: changes to people who are there, and how far a repair may go.
        } else if KEYS.iter().any(|k| folded(k) == plain) && (!added || plain == "rules") {
            raw.keys.push(Entry { key, value, file });
        } else if source.kind.is_json() && key.name == "programme" {
            programme_object(raw, file, source, value, faults);
        } else if source.kind == SourceKind::Programme {
            unknown_key(file, &key, &KEYS, faults);
        } else if RUNNER.contains(&key.name.as_ref()) && source.kind == SourceKind::Toml {
        } else if let Some(&kind) = TableKind::ALL.iter().find(|k| folded(k.key()) == plain) {
            match table(kind, file, source, value, faults) {
                Some(table) => raw.add(table),
                None => raw.lost.push(kind),
            }
        } else {
            let keys: &[&str] = if added { &scenarios::KEYS } else { &KEYS };
            let known: Vec<&str> =
                keys.iter().copied().chain(TableKind::ALL.iter().map(|k| k.key())).collect();
            unknown_key(file, &key, &known, faults);
        }
    }
}

fn programme_object<'s>(
    raw: &mut Raw<'s>,
    file: usize,
    source: &'s Source,
    value: Value<'s>,
    faults: &mut Faults<'s>,
) {
    let span = value.span;
    let Kind::Table(entries) = value.kind else {
        let says = "programme is no object";
        faults.span(
            file,
            span,
            "programme",
            shape_code(source.kind),
            "",
            says,
            "write its keys in an object",
        );
        return;
    };
    for (key, value) in entries {
        if KEYS.iter().any(|k| folded(k) == folded(&key.name)) {
            raw.keys.push(Entry { key, value, file });
        } else {
            unknown_key(file, &key, &KEYS, faults);
        }
    }
}

fn unknown_key(file: usize, key: &Key<'_>, known: &[&str], faults: &mut Faults<'_>) {
    let says = format!("a programme has no key \"{}\"", key.name);
    let remedy = faults.suggest(
        &key.name,
        known.iter().copied(),
        "remove it, or look its name up in the documentation",
    );
    faults.span(file, key.span, &key.name, Code::UnknownKey, &key.name, &says, &remedy);
}

/// A table of a single file: a list of objects whose keys are the columns.
fn table<'s>(
    kind: TableKind,
    file: usize,
    source: &'s Source,
    value: Value<'s>,
    faults: &mut Faults<'s>,
) -> Option<Table<'s>> {
    let code = shape_code(source.kind);
    let span = value.span;
    let rows = match value.kind {
        Kind::List(rows) => rows,
        Kind::Null => Vec::new(),
        _ => {
            let says = format!("{} is no list of rows", kind.key());
            faults.span(file, span, kind.key(), code, "", &says, "write a list with one object for each row");
            return None;
        }
    };
    let columns = kind.columns();
    let mut seen = vec![false; columns.len()];
    let mut read = Vec::with_capacity(rows.len());
    for row in rows {
        let at = row.span;
        let Kind::Table(entries) = row.kind else {
            let says = format!("a row of {} is no object", kind.key());
            faults.span(file, at, kind.key(), code, "", &says, "write the row as an object of columns");
            continue;
        };
        let blank = Span { start: at.start, len: 0 };
        let mut cells: Vec<Option<(Span, Option<Box<str>>)>> = vec![None; columns.len()];
        for (key, value) in entries {
            let plain = folded(&key.name);
            let Some(column) = columns.iter().position(|c| folded(c.name) == plain) else {
                let says = format!("{} has no column \"{}\"", kind.key(), key.name);
                let remedy = faults.suggest(&key.name, columns.iter().map(|c| c.name), "remove it");
                faults.span(file, key.span, &key.name, Code::UnknownColumn, &key.name, &says, &remedy);
                continue;
            };
            if cells[column].is_some() {
                let says = format!("the column {} stands twice", columns[column].name);
                let remedy = "remove one of the two";
                faults.span(file, key.span, &key.name, Code::DuplicateColumn, &key.name, &says, remedy);
                continue;
            }
            seen[column] = true;
            if let Some(text) = cell_text(&value) {
                cells[column] = Some(own_or_span(&source.text, value.span, text));
                continue;
            }
            let remedy = "write a single value, or a list of values where the column takes a list";
            faults.span(file, value.span, columns[column].name, code, "", "the value fits no cell", remedy);
        }
        read.push((at, cells.into_iter().map(|cell| cell.unwrap_or((blank, None))).collect::<Vec<_>>()));
    }
    // A column that no row has is missing, as in a CSV header, except those that every row must have.
    let places = (0..columns.len()).map(|c| (seen[c] || columns[c].required).then_some(c)).collect();
    let mut table = Table::new(kind, file, &source.text, places, columns.len());
    for (at, cells) in read {
        table.push(at, cells.into_iter());
    }
    Some(table)
}

/// Keeps the text beside the table only if the source does not spell it the same way.
fn own_or_span(source: &str, span: Span, text: Cow<'_, str>) -> (Span, Option<Box<str>>) {
    let (start, end) = (span.start as usize, span.end());
    if source.get(start..end) == Some(&*text) {
        return (span, None);
    }
    if source.get(start + 1..end.saturating_sub(1)) == Some(&*text) {
        return (Span::new(start + 1, end - 1), None);
    }
    (span, Some(text.into()))
}

/// A cell's text: a list becomes `a;b`, an object of two values `tag:level` or `kind:school`.
fn cell_text<'v>(value: &'v Value<'_>) -> Option<Cow<'v, str>> {
    match &value.kind {
        Kind::List(items) => {
            let parts: Option<Vec<Cow<'_, str>>> = items.iter().map(part_text).collect();
            Some(parts?.join(";").into())
        }
        Kind::Table(_) => None,
        _ => value.scalar().map(Cow::Borrowed),
    }
}

fn part_text<'v>(value: &'v Value<'_>) -> Option<Cow<'v, str>> {
    let Kind::Table(entries) = &value.kind else { return value.scalar().map(Cow::Borrowed) };
    let pair = |a: &str, b: &str| {
        let (first, second) = (value.get(a)?.scalar()?, value.get(b)?.scalar()?);
        (entries.len() == 2).then(|| format!("{first}:{second}").into())
    };
    // proto3 JSON leaves out a level of 0.
    let zero = || Some(format!("{}:0", (entries.len() == 1).then(|| value.get("tag")?.scalar())??).into());
    pair("tag", "level").or_else(|| pair("kind", "school")).or_else(zero)
}
