//! From a path to sources: which files a programme has, and what is wrong with them as files.

use std::path::{Path, PathBuf};

use crate::model::fault::{Code, Fault};
use crate::model::finding::{Finding, FindingCode};

use super::faults::nearest;
use super::source::{self, Charset, Source, SourceKind};
use super::tables::TableKind;
use super::value::Value;

/// A programme's files.
#[derive(Default)]
pub struct Loaded {
    pub sources: Vec<Source>,
    /// `pairs.csv` of a folder is read in pieces, not as a source.
    pub pairs: Option<PathBuf>,
    /// The tree of a programme that is no file.
    pub given: Option<Value<'static>>,
    /// Tables that are there but could not be read, or whose name is a slip.
    pub lost: Vec<TableKind>,
    /// The programme file is there but could not be read.
    pub no_programme: bool,
    pub faults: Vec<Fault>,
    pub findings: Vec<Finding>,
}

impl Loaded {
    /// What the programme file is called, for keys that are missing in it.
    pub fn programme_name(&self) -> Box<str> {
        self.single().map_or_else(|| "programme.toml".into(), |s| s.name.clone())
    }

    pub fn is_folder(&self) -> bool {
        self.single().is_none()
    }

    /// A list that nobody is in cannot be told from one that is missing.
    pub fn is_message(&self) -> bool {
        self.single().is_some_and(|s| s.kind == SourceKind::Message)
    }

    fn single(&self) -> Option<&Source> {
        let kinds = [SourceKind::Toml, SourceKind::Json, SourceKind::Message];
        self.sources.iter().find(|s| kinds.contains(&s.kind))
    }

    /// Adds the `--set` texts as sources of their own.
    pub fn add_settings(&mut self, sets: &[String]) {
        self.sources.extend(sets.iter().map(|set| Source::new("--set", SourceKind::Setting, set.clone())));
    }

    fn file(&mut self, path: &Path, name: &str, kind: SourceKind) {
        let lines = matches!(kind, SourceKind::Table(_) | SourceKind::Programme);
        let text = source::read_bytes(path, name, lines)
            .and_then(|bytes| source::decode(bytes).map_err(|line| source::not_text(name, line)));
        match text {
            Ok((text, charset)) => {
                self.converted(name, charset);
                let text = if matches!(kind, SourceKind::Programme | SourceKind::Toml) {
                    line_feeds(text)
                } else {
                    text
                };
                self.sources.push(Source::new(name, kind, text));
            }
            Err(fault) => {
                self.faults.push(fault);
                match kind {
                    SourceKind::Table(table) => self.lost.push(table),
                    _ => self.no_programme = true,
                }
            }
        }
    }

    /// Says that a file was not UTF-8.
    pub fn converted(&mut self, name: &str, charset: Charset) {
        if charset != Charset::Utf8 {
            let says =
                format!("{name} is not UTF-8 and was read as {}: check names with accents", charset.name());
            self.findings.push(Finding {
                code: FindingCode::Converted,
                people: Vec::new(),
                says: says.into(),
            });
        }
    }
}

/// TOML ends no line with a lone CR; old spreadsheets do. The length stays the same.
fn line_feeds(text: String) -> String {
    let mut bytes = text.into_bytes();
    for at in 0..bytes.len() {
        if bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n') {
            bytes[at] = b'\n';
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// The files of a programme: a folder, a `.toml` or a `.json`.
pub fn load(programme: &Path) -> Loaded {
    let mut loaded = Loaded::default();
    let name = programme.file_name().map_or_else(|| programme.to_string_lossy(), |n| n.to_string_lossy());
    match std::fs::metadata(programme) {
        Err(e) => {
            let says = format!("the programme cannot be read: {e}");
            let remedy = "check the path of the programme";
            let shown = programme.to_string_lossy();
            loaded.faults.push(source::file_fault(&shown, 0, Code::FileUnreadable, "", &says, remedy));
            loaded.no_programme = true;
        }
        Ok(about) if about.is_dir() => folder(programme, &mut loaded),
        Ok(_) => match programme.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref()
        {
            Some("toml") => loaded.file(programme, &name, SourceKind::Toml),
            Some("json") => loaded.file(programme, &name, SourceKind::Json),
            _ => {
                loaded.faults.push(unknown_shape(&name));
                loaded.no_programme = true;
            }
        },
    }
    loaded
}

/// A single TOML file from its text.
pub fn of_text(name: &str, text: &str) -> Loaded {
    let mut loaded = Loaded::default();
    match source::decode(text.as_bytes().to_vec()) {
        Ok((text, _)) => loaded.sources.push(Source::new(name, SourceKind::Toml, line_feeds(text))),
        Err(line) => {
            loaded.faults.push(source::not_text(name, line));
            loaded.no_programme = true;
        }
    }
    loaded
}

/// A fault for a path whose ending is none of ours.
pub fn unknown_shape(name: &str) -> Fault {
    let workbook = [".xlsx", ".xls", ".ods"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
    let says = if workbook { "workbooks are not read by this version" } else { "the file is no programme" };
    let remedy = if workbook {
        "save every sheet as CSV in one folder, beside a programme.toml; a folder, a .toml or a .json is read"
    } else {
        "give the folder with programme.toml and the CSV files, or a .toml or .json file"
    };
    source::file_fault(name, 0, Code::UnknownShape, name, says, remedy)
}

/// Files beside a programme that are not part of it.
fn skipped(name: &str) -> bool {
    name.starts_with('.')
        || matches!(name, "expect.toml" | "README.md" | "make.py")
        || name.starts_with("LICENSE")
        || name.starts_with("NOTICE")
}

fn folder(path: &Path, loaded: &mut Loaded) {
    let mut names: Vec<String> =
        match std::fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(entries) => entries.iter().map(|e| e.file_name().to_string_lossy().into_owned()).collect(),
            Err(e) => {
                let says = format!("the folder cannot be read: {e}");
                let shown = path.to_string_lossy();
                let remedy = "check that the folder may be read";
                loaded.faults.push(source::file_fault(&shown, 0, Code::FileUnreadable, "", &says, remedy));
                loaded.no_programme = true;
                return;
            }
        };
    names.sort_unstable();
    let mut files: Vec<(String, SourceKind)> = vec![("programme.toml".into(), SourceKind::Programme)];
    files.extend(TableKind::ALL.iter().map(|k| (format!("{}.csv", k.key()), SourceKind::Table(*k))));
    for (known, kind) in &files {
        if names.iter().all(|name| name != known) {
            continue;
        }
        if *kind == SourceKind::Table(TableKind::Pairs) {
            loaded.pairs = Some(path.join(known));
        } else {
            loaded.file(&path.join(known), known, *kind);
        }
    }
    for name in names.iter().filter(|name| !skipped(name) && files.iter().all(|(known, _)| known != *name)) {
        let near = nearest(name, files.iter().map(|(known, _)| known.as_str()));
        // A slip in a name is reported as such, not also as a missing file.
        let meant = files.iter().find(|(known, _)| Some(known.as_str()) == near && !names.contains(known));
        match meant {
            Some((_, SourceKind::Table(kind))) => loaded.lost.push(*kind),
            Some(_) => loaded.no_programme = true,
            None => {}
        }
        let remedy = near.map_or_else(
            || "move it out of the programme's folder".to_owned(),
            |near| format!("did you mean \"{near}\"?"),
        );
        let says = "the file is not part of a programme";
        loaded.faults.push(source::file_fault(name, 0, Code::UnknownFile, name, says, &remedy));
    }
}

/// Every finding of this code about these people, as one.
pub fn finding(code: FindingCode, mut people: Vec<Box<str>>, says: &str) -> Option<Finding> {
    people.sort_unstable();
    people.dedup();
    (!people.is_empty()).then(|| Finding { code, people, says: says.into() })
}
