//! A roster as a folder, one TOML or one JSON.

use std::io::{Error, Result, Write};
use std::path::Path;

use crate::model::catalogue::Word;
use crate::model::fault::{Code, Fault};
use crate::model::roster::{Aim, Programme, Roster};

use super::csv_text::guarded;
use super::export::{self, Out, Pairs, Sink};
use super::json_out::Json;
use super::rulebook::Written;
use super::tables::TableKind;
use super::{files, load, source};

/// Writes the roster in the shape that the ending asks for; a path without one is a folder.
pub fn write(roster: &Roster, out: &Path) -> std::result::Result<(), Vec<Fault>> {
    let ending = out.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
    let written = match ending.as_deref() {
        Some("toml") => files::write(out, |to| toml(roster, to)),
        Some("json") => files::write(out, |to| json(roster, to)),
        None => folder(roster, out),
        Some(_) if out.is_dir() => folder(roster, out),
        Some(_) => {
            let name = out.file_name().map_or_else(|| out.to_string_lossy(), |n| n.to_string_lossy());
            Err(load::unknown_shape(&name))
        }
    };
    written.map_err(|fault| vec![fault])
}

/// The canonical JSON as one text.
pub fn json_text(roster: &Roster) -> String {
    let mut bytes = Vec::new();
    json(roster, &mut bytes).expect("a vector takes every byte");
    String::from_utf8(bytes).expect("made of text")
}

/// `name`, `preset`, `starts`, `ends`.
fn keys(programme: &Programme) -> [(&'static str, String); 4] {
    let Programme { name, preset, starts, ends, aim: _, rules: _ } = programme;
    [
        ("name", name.to_string()),
        ("preset", preset.key().to_owned()),
        ("starts", starts.to_string()),
        ("ends", ends.to_string()),
    ]
}

fn folder(roster: &Roster, out: &Path) -> std::result::Result<(), Fault> {
    let refused = |says: &str, remedy: &str| {
        source::file_fault(&out.to_string_lossy(), 0, Code::OutputUnwritable, "", says, remedy)
    };
    let unwritable =
        |e: Error| refused(&format!("the folder cannot be written: {e}"), "choose another place");
    if out.exists() {
        let mut entries = std::fs::read_dir(out).map_err(unwritable)?;
        if entries.next().is_some() {
            return Err(refused("the folder is not empty", "choose a new folder, or empty this one"));
        }
    }
    let parent = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let place = tempfile::Builder::new().prefix(".dyad-").tempdir_in(parent).map_err(unwritable)?;
    let mut sink = Csv { folder: place.path(), file: None, kind: TableKind::Coaches };
    export::tables(roster, &mut sink, Pairs::Write).map_err(unwritable)?;
    let mut head = Vec::new();
    toml_head(&roster.programme, &mut head)
        .and_then(|()| toml_rules(&roster.programme, &mut head))
        .map_err(unwritable)?;
    files::write(&place.path().join("programme.toml"), |to| to.write_all(&head))?;
    usual_mode(place.path()).map_err(unwritable)?;
    if out.exists() {
        std::fs::remove_dir(out).map_err(unwritable)?;
    }
    std::fs::rename(place.path(), out).map_err(unwritable)?;
    // It has moved; there is nothing left to remove.
    let _ = place.keep();
    Ok(())
}

/// A temporary folder is private; a programme's folder is not.
#[cfg(unix)]
fn usual_mode(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn usual_mode(_: &Path) -> Result<()> {
    Ok(())
}

/// Writes one CSV file for each table.
struct Csv<'p> {
    folder: &'p Path,
    file: Option<csv::Writer<std::fs::File>>,
    kind: TableKind,
}

impl Sink for Csv<'_> {
    fn table(&mut self, kind: TableKind) -> Result<()> {
        let mut file = csv::Writer::from_path(self.folder.join(format!("{}.csv", kind.key())))?;
        file.write_record(columns(kind).map(|(_, name)| name))?;
        (self.file, self.kind) = (Some(file), kind);
        Ok(())
    }

    fn row(&mut self, cells: &[Out]) -> Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        for (at, _) in columns(self.kind) {
            file.write_field(cell(&cells[at]))?;
        }
        file.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        self.file.take().map_or(Ok(()), |mut file| file.flush())
    }
}

/// The columns that a table is written with: those of `plan.csv` that say nothing are left out.
fn columns(kind: TableKind) -> impl Iterator<Item = (usize, &'static str)> {
    let said = if kind == TableKind::Plan { 3 } else { usize::MAX };
    kind.columns().iter().map(|c| c.name).enumerate().take(said)
}

fn cell(out: &Out) -> String {
    let joined = |parts: Vec<String>| guarded(&parts.join(";"));
    match out {
        Out::Blank => String::new(),
        Out::Text(text) => guarded(text),
        Out::Number(number) => number.clone(),
        Out::Flag(on) => if *on { "yes" } else { "no" }.to_owned(),
        Out::List(list) => joined(list.iter().map(ToString::to_string).collect()),
        Out::Levels(levels) => joined(levels.iter().map(|(tag, level)| format!("{tag}:{level}")).collect()),
        Out::Links(links) => joined(links.iter().map(|(kind, school)| format!("{kind}:{school}")).collect()),
    }
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = std::fmt::Write::write_fmt(&mut out, format_args!("\\u{:04X}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn toml_list<'t>(items: impl Iterator<Item = &'t str>) -> String {
    format!("[{}]", items.map(quoted).collect::<Vec<_>>().join(", "))
}

fn toml_head(programme: &Programme, to: &mut dyn Write) -> Result<()> {
    for (key, value) in keys(programme) {
        // Dates are values of their own in TOML.
        let bare = matches!(key, "starts" | "ends");
        writeln!(to, "{key} = {}", if bare { value } else { quoted(&value) })?;
    }
    if let Some(tiers) = export::objective(programme, false) {
        writeln!(to, "objective = {}", toml_list(tiers.iter().map(|t| &**t)))?;
    }
    if programme.aim == Aim::Stable {
        writeln!(to, "stable = true")?;
    }
    Ok(())
}

fn toml_rules(programme: &Programme, to: &mut dyn Write) -> Result<()> {
    let rules = export::rules(programme, false);
    if rules.is_empty() {
        return Ok(());
    }
    writeln!(to, "\n[rules]")?;
    for (rule, params) in rules {
        let written = |value: &Written| match value {
            Written::Text(text) => quoted(text),
            Written::Number(number) => number.clone(),
            Written::Flag(on) => on.to_string(),
            Written::List(list) => toml_list(list.iter().map(|t| &**t)),
        };
        let params: Vec<String> =
            params.iter().map(|(name, value)| format!("{name} = {}", written(value))).collect();
        writeln!(to, "{} = {{ {} }}", rule.key(), params.join(", "))?;
    }
    Ok(())
}

/// One TOML: keys, then every table with a row on each line, then the rules.
fn toml(roster: &Roster, to: &mut dyn Write) -> Result<()> {
    toml_head(&roster.programme, to)?;
    export::tables(roster, &mut Toml { to, kind: TableKind::Coaches }, Pairs::Write)?;
    toml_rules(&roster.programme, to)
}

struct Toml<'w> {
    to: &'w mut dyn Write,
    kind: TableKind,
}

impl Sink for Toml<'_> {
    fn table(&mut self, kind: TableKind) -> Result<()> {
        self.kind = kind;
        writeln!(self.to, "\n{} = [", kind.key())
    }

    fn row(&mut self, cells: &[Out]) -> Result<()> {
        let mut parts = Vec::new();
        for (column, cell) in self.kind.columns().iter().zip(cells) {
            let value = match cell {
                Out::Blank => continue,
                Out::Text(text) => quoted(text),
                Out::Number(number) => number.clone(),
                Out::Flag(on) => on.to_string(),
                Out::List(list) => toml_list(list.iter().map(|t| &**t)),
                Out::Levels(_) | Out::Links(_) => {
                    toml_list(self::cell_parts(cell).iter().map(String::as_str))
                }
            };
            parts.push(format!("{} = {value}", column.name));
        }
        writeln!(self.to, "  {{ {} }},", parts.join(", "))
    }

    fn end(&mut self) -> Result<()> {
        writeln!(self.to, "]")
    }
}

fn cell_parts(cell: &Out) -> Vec<String> {
    match cell {
        Out::Levels(levels) => levels.iter().map(|(tag, level)| format!("{tag}:{level}")).collect(),
        Out::Links(links) => links.iter().map(|(kind, school)| format!("{kind}:{school}")).collect(),
        _ => Vec::new(),
    }
}

/// The proto `Roster` in proto3 JSON.
fn json(roster: &Roster, to: &mut dyn Write) -> Result<()> {
    let mut json = Json::default();
    json.open('{', true);
    json.key("programme");
    json.open('{', true);
    for (key, value) in keys(&roster.programme) {
        json.key(key);
        json.text(&value);
    }
    if roster.programme.aim == Aim::Stable {
        json.key("stable");
        json.plain(true);
    } else {
        json.key("objective");
        json.texts(export::objective(&roster.programme, true).unwrap_or_default());
    }
    json.key("rules");
    json.open('{', true);
    for (rule, params) in export::rules(&roster.programme, true) {
        json.key(rule.key());
        json.open('{', false);
        for (name, value) in params {
            json.key(name);
            match value {
                Written::Text(text) => json.text(&text),
                Written::Number(number) => json.plain(number),
                Written::Flag(on) => json.plain(on),
                Written::List(list) => json.texts(list),
            }
        }
        json.close('}');
    }
    json.close('}');
    json.close('}');
    let mut sink = JsonSink { json, to, kind: TableKind::Coaches, rows: 0 };
    export::tables(roster, &mut sink, Pairs::Write)?;
    let JsonSink { mut json, to, .. } = sink;
    json.close('}');
    to.write_all(json.finish().as_bytes())
}

struct JsonSink<'w> {
    json: Json,
    to: &'w mut dyn Write,
    kind: TableKind,
    rows: usize,
}

impl Sink for JsonSink<'_> {
    fn table(&mut self, kind: TableKind) -> Result<()> {
        self.kind = kind;
        self.json.key(kind.key());
        self.json.open('[', true);
        Ok(())
    }

    fn row(&mut self, cells: &[Out]) -> Result<()> {
        let json = &mut self.json;
        json.open('{', false);
        for (column, cell) in self.kind.columns().iter().zip(cells) {
            if *cell == Out::Blank {
                continue;
            }
            json.key(&camel(column.name));
            match cell {
                Out::Blank => {}
                Out::Text(text) => json.text(text),
                Out::Number(number) => json.plain(number),
                Out::Flag(on) => json.plain(on),
                Out::List(list) => json.texts(list),
                Out::Levels(levels) => pairs(json, levels.iter(), |json, (tag, level)| {
                    json.key("tag");
                    json.text(tag);
                    json.key("level");
                    json.plain(level);
                }),
                Out::Links(links) => pairs(json, links.iter(), |json, (kind, school)| {
                    json.key("kind");
                    json.text(kind);
                    json.key("school");
                    json.text(school);
                }),
            }
        }
        json.close('}');
        self.rows += 1;
        if self.rows.is_multiple_of(1024) {
            self.to.write_all(json.drain().as_bytes())?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        self.json.close(']');
        Ok(())
    }
}

fn pairs<T>(json: &mut Json, items: impl Iterator<Item = T>, one: impl Fn(&mut Json, T)) {
    json.open('[', false);
    for item in items {
        json.open('{', false);
        one(json, item);
        json.close('}');
    }
    json.close(']');
}

/// `maxMinutes` from `max_minutes`, as proto3 JSON names fields.
pub fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut up = false;
    for c in name.chars() {
        if c == '_' {
            up = true;
        } else if std::mem::take(&mut up) {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
    }
    out
}
