//! Files whose rows are added to a programme's tables: newcomers, new conflicts, a new school.

use std::path::{Path, PathBuf};

use crate::model::fault::{Code, Fault};

use super::load::Loaded;
use super::scenarios::ScenarioFile;
use super::source::{self, Source, SourceKind};
use super::tables::{TableKind, folded};

/// Adds one scenario of a file, whose text was read before.
pub fn add_scenario(loaded: &mut Loaded, file: &ScenarioFile, number: u32) {
    loaded.sources.push(Source::new(&file.name, SourceKind::Added(Some(number)), file.text.clone()));
}

/// Adds each file as a source of its own, so that whatever is wrong with it is told with its place.
pub fn add(loaded: &mut Loaded, files: &[PathBuf]) {
    for path in files {
        match read(path) {
            Ok(source) => loaded.sources.push(source),
            Err(fault) => loaded.faults.push(fault),
        }
    }
}

fn read(path: &Path) -> Result<Source, Fault> {
    let name = path.file_name().map_or_else(|| path.to_string_lossy(), |n| n.to_string_lossy()).into_owned();
    let kind = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
    let text = source::read_bytes(path, &name, true)
        .and_then(|bytes| source::decode(bytes).map_err(|line| source::not_text(&name, line)))?
        .0;
    let kind = match kind.as_deref() {
        Some("toml") => SourceKind::Added(None),
        Some("csv") => {
            let Some(kind) = table_of(path, &text) else {
                let says = "the header is not that of a table that can be added to";
                let remedy = "write the columns of coaches.csv, coachees.csv, conflicts.csv or employment.csv, or call the file so";
                return Err(source::file_fault(&name, 1, Code::MissingColumn, "", says, remedy));
            };
            SourceKind::Table(kind)
        }
        _ => {
            let says = "only .csv and .toml files can be added";
            return Err(source::file_fault(
                &name,
                0,
                Code::UnknownShape,
                &name,
                says,
                "give a .csv or a .toml file",
            ));
        }
    };
    Ok(Source::new(&name, kind, text))
}

/// By the file's name, else by its header: the table with all required columns and the most of those that stand there.
fn table_of(path: &Path, text: &str) -> Option<TableKind> {
    let stem = path.file_stem().and_then(|s| s.to_str()).map(folded).unwrap_or_default();
    let addable =
        || TableKind::ALL.iter().copied().filter(|kind| !matches!(kind, TableKind::Plan | TableKind::Pairs));
    if let Some(kind) = addable().find(|kind| folded(kind.key()) == stem) {
        return Some(kind);
    }
    let header: Vec<String> =
        text.lines().next()?.split(',').map(|name| folded(name.trim().trim_matches('"'))).collect();
    let fits = |kind: &TableKind| {
        let columns = kind.columns();
        columns.iter().filter(|c| c.required).all(|c| header.contains(&folded(c.name)))
    };
    let known = |kind: TableKind| kind.columns().iter().filter(|c| header.contains(&folded(c.name))).count();
    // Of several equal ones the first in the order of reading: somebody with an id and a name is a coachee, not a bystander.
    addable().filter(fits).fold(None, |best, kind| match best {
        Some(best) if known(best) >= known(kind) => Some(best),
        _ => Some(kind),
    })
}
