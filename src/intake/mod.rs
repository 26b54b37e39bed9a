//! Outside shapes to values and back: folder, TOML, JSON; plans; every fault and where it is.

use crate::model::document::PlanDocument;
use crate::model::fault::Fault;
use crate::model::finding::Finding;
use crate::model::roster::{PlannedPair, Roster};
use std::path::Path;

/// A programme as read: the roster, and what is worth knowing about the reading (`converted`, `acting-role`, …).
pub struct Reading {
    pub roster: Roster,
    pub findings: Vec<Finding>,
}

/// Reads a programme in any of its shapes. `sets` are `--set rule.key=value` texts, applied over the programme file.
pub fn read(programme: &Path, sets: &[String]) -> Result<Reading, Vec<Fault>> {
    let _ = (programme, sets);
    Err(Vec::new())
}

/// Reads a programme from the text of a single TOML file; `name` stands for it in faults.
pub fn read_toml(name: &str, text: &str, sets: &[String]) -> Result<Reading, Vec<Fault>> {
    let _ = (name, text, sets);
    Err(Vec::new())
}

/// Reads a plan document (JSON).
pub fn read_plan(path: &Path) -> Result<PlanDocument, Vec<Fault>> {
    let _ = path;
    Err(Vec::new())
}

/// Reads a baseline for `--plan`: a plan document or a `plan.csv`, with the ids of this roster.
pub fn read_baseline(path: &Path, roster: &Roster) -> Result<Vec<PlannedPair>, Vec<Fault>> {
    let _ = (path, roster);
    Err(Vec::new())
}

/// The document as JSON text, keys in the order of the contract, with a final newline.
pub fn plan_to_json(plan: &PlanDocument) -> String {
    let _ = plan;
    String::new()
}

/// `coach,coachee,state,score,minutes` rows by coachee id; formula-like cells are prefixed with `'`.
pub fn plan_to_csv(plan: &PlanDocument) -> String {
    let _ = plan;
    String::new()
}

/// The roster in canonical form: what `instance` hashes, and what `convert` writes as JSON.
pub fn roster_to_json(roster: &Roster) -> String {
    let _ = roster;
    String::new()
}

/// Writes the roster in the shape that the path asks for: a folder, `*.toml`, `*.json`. Nothing half-written stays.
pub fn write_programme(roster: &Roster, out: &Path) -> Result<(), Vec<Fault>> {
    let _ = (roster, out);
    Ok(())
}

/// Writes a file beside its place and renames it there.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let _ = (path, bytes);
    Ok(())
}
