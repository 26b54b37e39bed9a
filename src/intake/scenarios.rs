//! Scenarios of a what-if: a TOML file with a `[[scenario]]` table each, or one file that is added.
//!
//! `drop` and `places` change people who are there, `moves` says how far the repair may go; rows and rules are read with the
//! programme's own, from the same text, so that every fault has its line.

use std::path::Path;

use crate::model::fault::{At, Code, Fault};

use super::source::{self, Source, SourceKind, Span};
use super::tables::folded;
use super::toml_value;
use super::value::{Kind, Value};

/// Keys of an added file beside its tables.
pub const KEYS: [&str; 5] = ["name", "drop", "places", "moves", "rules"];

/// Something that a file says, with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told<T> {
    pub what: T,
    pub at: At,
}

/// What one scenario changes beside rows and rules.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scenario {
    pub name: Box<str>,
    pub drop: Vec<Told<Box<str>>>,
    pub places: Vec<Told<(Box<str>, u32)>>,
    /// As it is written: a number, or `any`.
    pub moves: Option<Told<Box<str>>>,
}

/// A file of scenarios.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScenarioFile {
    pub name: Box<str>,
    pub text: String,
    pub scenarios: Vec<Scenario>,
}

/// Whether the key of an added file is read here: a file that is no scenario has no name and no moves of its own.
pub fn own_key(key: &str, kind: SourceKind) -> bool {
    let plain = folded(key);
    match kind {
        SourceKind::Added(Some(_)) => ["name", "drop", "places", "moves"].contains(&&*plain),
        _ => ["drop", "places"].contains(&&*plain),
    }
}

/// The table of one scenario; an empty one where there are fewer.
pub fn numbered(document: Value<'_>, number: u32) -> Value<'_> {
    let empty = Value { span: document.span, kind: Kind::Table(Vec::new()) };
    let Kind::Table(entries) = document.kind else { return empty };
    let list =
        entries.into_iter().find(|(key, _)| folded(&key.name) == "scenario").map(|(_, value)| value.kind);
    match list {
        Some(Kind::List(items)) => items.into_iter().nth(number as usize).unwrap_or(empty),
        _ => empty,
    }
}

pub fn read(path: &Path) -> Result<ScenarioFile, Vec<Fault>> {
    let source = text_of(path)?;
    let mut desk = Desk { source: &source, faults: Vec::new() };
    let mut scenarios: Vec<Scenario> = Vec::new();
    if let Some(Kind::Table(entries)) = desk.document().map(|value| value.kind) {
        for (key, value) in &entries {
            if folded(&key.name) != "scenario" {
                let says = format!("a file of scenarios has no key \"{}\"", key.name);
                desk.fault(
                    key.span,
                    &key.name,
                    Code::UnknownKey,
                    &says,
                    "begin every scenario with [[scenario]]",
                );
                continue;
            }
            let Kind::List(items) = &value.kind else {
                desk.fault(
                    value.span,
                    "scenario",
                    Code::BadToml,
                    "scenario is no list",
                    "write [[scenario]]",
                );
                continue;
            };
            for item in items {
                let scenario = desk.scenario(item);
                if scenario.name.is_empty() {
                    desk.fault(
                        item.span,
                        "name",
                        Code::MissingKey,
                        "the scenario has no name",
                        "add name = …",
                    );
                } else if scenarios.iter().any(|other| other.name == scenario.name) {
                    let says = format!("two scenarios are called \"{}\"", scenario.name);
                    desk.fault(item.span, "name", Code::UnknownKey, &says, "give each a name of its own");
                }
                scenarios.push(scenario);
            }
        }
        if scenarios.is_empty() && desk.faults.is_empty() {
            let says = "the file has no scenario";
            desk.fault(Span::default(), "scenario", Code::MissingKey, says, "add [[scenario]] with a name");
        }
    }
    if desk.faults.is_empty() {
        Ok(ScenarioFile { name: source.name, text: source.text, scenarios })
    } else {
        Err(desk.faults)
    }
}

/// The same keys at the top of a file that is added.
pub fn of_addition(path: &Path) -> Result<Scenario, Vec<Fault>> {
    let source = text_of(path)?;
    let mut desk = Desk { source: &source, faults: Vec::new() };
    let scenario = desk.document().map(|value| desk.scenario(&value)).unwrap_or_default();
    if desk.faults.is_empty() { Ok(scenario) } else { Err(desk.faults) }
}

fn text_of(path: &Path) -> Result<Source, Vec<Fault>> {
    let name = path.file_name().map_or_else(|| path.to_string_lossy(), |n| n.to_string_lossy()).into_owned();
    let text = source::read_bytes(path, &name, true)
        .and_then(|bytes| source::decode(bytes).map_err(|line| source::not_text(&name, line)))
        .map_err(|fault| vec![fault])?
        .0;
    Ok(Source::new(&name, SourceKind::Toml, text))
}

struct Desk<'s> {
    source: &'s Source,
    faults: Vec<Fault>,
}

impl<'s> Desk<'s> {
    fn document(&mut self) -> Option<Value<'s>> {
        match toml_value::read(&self.source.text) {
            Ok(value) => Some(value),
            Err(errors) => {
                for error in errors {
                    self.fault(error.span, "", Code::BadToml, &error.says, "correct the TOML at this place");
                }
                None
            }
        }
    }

    fn scenario(&mut self, value: &Value<'_>) -> Scenario {
        let mut scenario = Scenario::default();
        let Kind::Table(entries) = &value.kind else {
            self.fault(value.span, "scenario", Code::BadToml, "a scenario is no table", "write [[scenario]]");
            return scenario;
        };
        for (key, value) in entries {
            match &*folded(&key.name) {
                "name" => scenario.name = self.one(value, "name").unwrap_or_default(),
                "moves" => {
                    scenario.moves = self.one(value, "moves").map(|what| self.told(what, value, "moves"));
                }
                "drop" => scenario.drop = self.drops(value),
                "places" => scenario.places = self.places(value),
                _ => {}
            }
        }
        scenario
    }

    fn drops(&mut self, value: &Value<'_>) -> Vec<Told<Box<str>>> {
        let items = match &value.kind {
            Kind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        let mut found = Vec::new();
        for item in items {
            found.extend(self.one(item, "drop").map(|id| self.told(id, item, "drop")));
        }
        found
    }

    fn places(&mut self, value: &Value<'_>) -> Vec<Told<(Box<str>, u32)>> {
        let Kind::Table(entries) = &value.kind else {
            self.fault(
                value.span,
                "places",
                Code::BadToml,
                "places is no table",
                "write places = { C03 = 2 }",
            );
            return Vec::new();
        };
        let mut found = Vec::new();
        for (key, value) in entries {
            match value.scalar().and_then(|text| text.parse().ok()) {
                Some(n) => found.push(self.told((key.name.as_ref().into(), n), value, "places")),
                None => self.fault(
                    value.span,
                    "places",
                    Code::BadToml,
                    "no number of places",
                    "write a whole number",
                ),
            }
        }
        found
    }

    fn one(&mut self, value: &Value<'_>, column: &str) -> Option<Box<str>> {
        let text = value.scalar().filter(|text| !text.is_empty()).map(Box::from);
        if text.is_none() {
            let says = format!("{column} is no single value");
            self.fault(value.span, column, Code::BadToml, &says, "write one text or number");
        }
        text
    }

    fn told<T>(&self, what: T, value: &Value<'_>, column: &str) -> Told<T> {
        Told { what, at: self.source.locate(value.span, column).0 }
    }

    fn fault(&mut self, span: Span, column: &str, code: Code, says: &str, remedy: &str) {
        let (at, source) = self.source.locate(span, column);
        let (says, remedy) = (says.into(), remedy.into());
        self.faults.push(Fault { at, code, text: "".into(), says, remedy, source });
    }
}
