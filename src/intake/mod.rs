//! Outside shapes to values and back: folder, TOML, JSON; plans; every fault and where it is.

use crate::model::document::{PlanDocument, UnmatchedCode};
use crate::model::fault::Fault;
use crate::model::finding::Finding;
use crate::model::roster::{PlannedPair, Roster};
use std::path::{Path, PathBuf};

mod additions;
mod address;
mod both_ways;
mod build;
mod cells;
mod chains;
mod csv_text;
mod digest;
mod directory;
mod export;
mod faults;
mod files;
mod given_json;
mod giving;
mod id_index;
mod json_out;
mod json_value;
mod list_cells;
mod lists;
mod load;
mod message;
mod pair_lanes;
mod pair_reader;
mod pair_scan;
mod pair_table;
mod pairs;
mod people;
mod plan_cases;
mod plan_csv;
mod plan_groups;
mod plan_json;
mod plan_read;
mod plan_words;
mod postcodes;
mod programme;
mod raw;
mod roles;
mod rulebook;
mod scenarios;
mod schools;
mod settings;
mod shapes;
mod source;
mod tables;
mod toml_value;
mod value;
mod words;
mod words8;

#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod proto_tests;
#[cfg(test)]
mod read_tests;
#[cfg(test)]
mod rejected_tests;
#[cfg(test)]
mod round_tests;

pub use message::{Given, field_path};
pub use scenarios::{Scenario, ScenarioFile, Told};

/// A programme as read: the roster, and what is worth knowing about the reading (`converted`, `acting-role`, …).
#[derive(Debug)]
pub struct Reading {
    pub roster: Roster,
    pub findings: Vec<Finding>,
}

/// Reads a programme in any of its shapes. `sets` are `--set rule.key=value` texts, applied over the programme file.
pub fn read(programme: &Path, sets: &[String]) -> Result<Reading, Vec<Fault>> {
    let mut loaded = load::load(programme);
    loaded.add_settings(sets);
    build::build(loaded)
}

/// The same with the rows of further files added to its tables: `coaches.csv`, `conflicts.csv`, … by name or header, or a TOML
/// file with tables and rules inline; and with one scenario of a file of scenarios, by its number.
pub fn read_with(
    programme: &Path,
    sets: &[String],
    additions: &[PathBuf],
    scenario: Option<(&ScenarioFile, u32)>,
) -> Result<Reading, Vec<Fault>> {
    let mut loaded = load::load(programme);
    additions::add(&mut loaded, additions);
    if let Some((file, number)) = scenario {
        additions::add_scenario(&mut loaded, file, number);
    }
    loaded.add_settings(sets);
    build::build(loaded)
}

/// Reads a file of scenarios: `[[scenario]]` tables with a name each.
pub fn read_scenarios(path: &Path) -> Result<ScenarioFile, Vec<Fault>> {
    scenarios::read(path)
}

/// What a TOML file that is added says of people who are there: who leaves, how many a coach takes.
pub fn read_changes(path: &Path) -> Result<Scenario, Vec<Fault>> {
    scenarios::of_addition(path)
}

/// Of these names the one that is meant, if it is nearly one of them.
pub fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    faults::nearest(word, known)
}

/// Reads a programme from the text of a single TOML file; `name` stands for it in faults.
pub fn read_toml(name: &str, text: &str, sets: &[String]) -> Result<Reading, Vec<Fault>> {
    let mut loaded = load::of_text(name, text);
    loaded.add_settings(sets);
    build::build(loaded)
}

/// Reads a programme that is handed over as values: a roster as the proto defines it, lists that are missing empty.
pub fn read_given(roster: Given) -> Result<Reading, Vec<Fault>> {
    build::build(message::load(roster))
}

/// The values of a programme as JSON text, to be kept and read again.
pub fn given_to_json(roster: &Given) -> String {
    given_json::write(roster)
}

/// The values that [`given_to_json`] has written; `None` where the text is no JSON.
pub fn given_of_json(text: &str) -> Option<Given> {
    given_json::read(text)
}

/// Reads a plan document from its text; `name` stands for it in faults.
pub fn plan_of_json(name: &str, text: String) -> Result<PlanDocument, Vec<Fault>> {
    plan_read::of_text(name, text)
}

/// The pairs or groups of a plan document, with the ids of this roster; `name` stands for it in faults.
pub fn baseline_of_json(name: &str, text: String, roster: &Roster) -> Result<Vec<PlannedPair>, Vec<Fault>> {
    plan_csv::baseline_of_text(name, text, roster)
}

/// Reads a plan document (JSON).
pub fn read_plan(path: &Path) -> Result<PlanDocument, Vec<Fault>> {
    plan_read::read(path)
}

/// Reads a baseline for `--plan`: a plan document or a `plan.csv`, with the ids of this roster.
pub fn read_baseline(path: &Path, roster: &Roster) -> Result<Vec<PlannedPair>, Vec<Fault>> {
    plan_csv::baseline(path, roster)
}

/// The document as JSON text, keys in the order of the contract, with a final newline.
pub fn plan_to_json(plan: &PlanDocument) -> String {
    plan_json::write(plan)
}

/// The word in files and answers for why somebody lacks a coach.
pub fn unmatched_word(code: UnmatchedCode) -> &'static str {
    plan_words::word(&plan_words::UNMATCHED, &code)
}

/// `coach,coachee,state,score,minutes` rows by coachee id; formula-like cells are prefixed with `'`.
pub fn plan_to_csv(plan: &PlanDocument) -> String {
    plan_csv::write(plan)
}

/// The roster in proto3 JSON, every rule with all its parameters: what `convert` writes as JSON.
pub fn roster_to_json(roster: &Roster) -> String {
    shapes::json_text(roster)
}

/// The roster as values: what [`read_given`] reads.
pub fn give(roster: &Roster) -> Given {
    giving::give(roster)
}

/// Feeds the roster in canonical binary form to a hasher, piece by piece: `instance` is the SHA-256 of it. It does not
/// depend on the shape or the order of rows of the input.
pub fn roster_digest_bytes(roster: &Roster, feed: &mut dyn FnMut(&[u8])) {
    digest::feed(roster, feed);
}

/// Writes the roster in the shape that the path asks for: a folder, `*.toml`, `*.json`. Nothing half-written stays.
pub fn write_programme(roster: &Roster, out: &Path) -> Result<(), Vec<Fault>> {
    shapes::write(roster, out)
}

/// Writes a file beside its place and renames it there.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    files::write(path, |out| out.write_all(bytes))
}
