//! `roster.proto` defines the JSON form: every field is a column that is read, and every column is a field.

use std::collections::{BTreeMap, BTreeSet};

use super::raw::KEYS;
use super::shapes::camel;
use super::tables::{TableKind, folded};

const PROTO: &str = include_str!("../../proto/dyad/v1/roster.proto");

/// Message names with their fields: type and name.
fn messages() -> BTreeMap<&'static str, Vec<(&'static str, &'static str)>> {
    let mut all: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    let mut open = "";
    for line in PROTO.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        if let Some(name) = line.strip_prefix("message ").and_then(|rest| rest.strip_suffix(" {")) {
            open = name;
        } else if let Some((field, _)) =
            line.split_once(" = ").filter(|_| line.ends_with(';') && !open.is_empty())
        {
            let (kind, name) = field.rsplit_once(' ').expect("a type and a name");
            all.entry(open).or_default().push((kind, name));
        }
    }
    all
}

#[test]
fn every_field_is_a_column_and_every_column_a_field() {
    let messages = messages();
    let mut tables = BTreeSet::new();
    for (kind, name) in &messages["Roster"] {
        if *name == "programme" {
            continue;
        }
        let table =
            TableKind::ALL.iter().find(|t| t.key() == *name).unwrap_or_else(|| panic!("{name} is no table"));
        tables.insert(table.key());
        let message = kind.strip_prefix("repeated ").expect("a list");
        let fields: BTreeSet<&str> = messages[message].iter().map(|(_, name)| *name).collect();
        let columns: BTreeSet<&str> = table.columns().iter().map(|c| c.name).collect();
        assert_eq!(fields, columns, "{name}");
    }
    assert_eq!(tables.len(), TableKind::ALL.len());
    let keys: Vec<&str> = messages["Programme"].iter().map(|(_, name)| *name).collect();
    assert_eq!(keys, KEYS);
}

#[test]
fn both_json_spellings_of_a_field_are_known() {
    for name in messages().values().flatten().map(|(_, name)| *name) {
        assert_eq!(folded(&camel(name)), folded(name));
    }
}

#[test]
fn numbers_of_fields_are_not_used_twice() {
    let mut seen = BTreeSet::new();
    let mut open = "";
    for line in PROTO.lines().map(str::trim) {
        if line.starts_with("message ") {
            open = line;
        } else if let Some((_, number)) = line.strip_suffix(';').and_then(|l| l.split_once(" = "))
            && !line.starts_with("//")
        {
            assert!(seen.insert((open, number)), "{open} {line}");
        }
    }
}
