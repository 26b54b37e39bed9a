//! A programme that a caller hands over as values, without a file: the reader of single files reads it, and faults name
//! the field instead of the line.
//!
//! Every value gets a place in a text that lists the paths, one on each line: `coaches[2]` for a row and everything in
//! it, `programme.rules.travel.weight` for a key.

use std::borrow::Cow;

use crate::model::fault::At;

use super::load::Loaded;
use super::raw::KEYS;
use super::source::{Source, SourceKind, Span};
use super::value::{Key, Kind, Value};

/// What faults call the whole.
const NAME: &str = "roster";
/// The field that holds the programme's own keys.
const PROGRAMME: &str = "programme";

/// A value as a message holds it. Blank fields are left out.
#[derive(Clone, PartialEq, Debug)]
pub enum Given {
    Null,
    Flag(bool),
    /// A number in digits.
    Number(String),
    Text(String),
    List(Vec<Given>),
    /// Fields under the names of the columns and keys.
    Table(Vec<(Cow<'static, str>, Given)>),
}

/// The message as a source and its tree.
pub fn load(roster: Given) -> Loaded {
    let mut paths = Paths { text: format!("{NAME}\n") };
    let tree = paths.top(roster);
    let source = Source::new(NAME, SourceKind::Message, paths.text);
    Loaded { sources: vec![source], given: Some(tree), ..Loaded::default() }
}

struct Paths {
    text: String,
}

impl Paths {
    fn place(&mut self, path: &str) -> Span {
        let span = Span::new(self.text.len(), self.text.len());
        self.text.push_str(path);
        self.text.push('\n');
        span
    }

    fn top(&mut self, roster: Given) -> Value<'static> {
        let Given::Table(fields) = roster else { return value(roster, Span::default()) };
        let read = |(name, given): (Cow<'static, str>, Given)| {
            let read = match given {
                Given::List(rows) => self.rows(&name, rows),
                other => self.keys(&name, other),
            };
            (Key { span: read.span, name }, read)
        };
        Value { span: Span::default(), kind: Kind::Table(fields.into_iter().map(read).collect()) }
    }

    /// A list of people or facts: a place for each row.
    fn rows(&mut self, name: &str, rows: Vec<Given>) -> Value<'static> {
        let row = |(at, row)| {
            let span = self.place(&format!("{name}[{at}]"));
            value(row, span)
        };
        Value { span: Span::default(), kind: Kind::List(rows.into_iter().enumerate().map(row).collect()) }
    }

    /// Keys: a place for each, however deep.
    fn keys(&mut self, path: &str, given: Given) -> Value<'static> {
        let span = self.place(path);
        let Given::Table(fields) = given else { return value(given, span) };
        let read = |(name, given): (Cow<'static, str>, Given)| {
            let read = self.keys(&format!("{path}.{name}"), given);
            (Key { span: read.span, name }, read)
        };
        Value { span, kind: Kind::Table(fields.into_iter().map(read).collect()) }
    }
}

/// A value with everything in it at one place.
fn value(given: Given, span: Span) -> Value<'static> {
    let kind = match given {
        Given::Null => Kind::Null,
        Given::Flag(on) => Kind::Bool(on),
        Given::Number(digits) => Kind::Plain(digits.into()),
        Given::Text(text) => Kind::Text(text.into()),
        Given::List(items) => Kind::List(items.into_iter().map(|item| value(item, span)).collect()),
        Given::Table(fields) => Kind::Table(
            fields.into_iter().map(|(name, given)| (Key { name, span }, value(given, span))).collect(),
        ),
    };
    Value { span, kind }
}

/// Where a line of the text of paths is: rows count from 1, as lines do; keys have no line.
pub fn locate(path: &str, column: &str) -> At {
    let row = path.strip_suffix(']').and_then(|rest| rest.rsplit_once('['));
    if let Some((table, Ok(row))) = row.map(|(table, row)| (table, row.parse::<u32>())) {
        return At { file: table.into(), line: row.saturating_add(1), column: column.into() };
    }
    match path.split_once('.') {
        Some((file, rest)) => At { file: file.into(), line: 0, column: rest.into() },
        None => At { file: path.into(), line: 0, column: "".into() },
    }
}

/// The place as a path from the message that holds the roster: `roster.coaches[2].max`, `roster.programme.starts`.
pub fn field_path(at: &At) -> String {
    let At { file, line, column } = at;
    let file = file.strip_suffix(".csv").or_else(|| file.strip_suffix(".toml")).unwrap_or(file);
    let (holder, column) = match (file, &**column) {
        // About the message as a whole, as far as a column does not say more.
        (NAME, key) if KEYS.contains(&key) => (format!("{NAME}.{PROGRAMME}"), key),
        (NAME, "score") => (format!("{NAME}.pairs"), ""),
        (NAME, column) => (NAME.to_owned(), column),
        (file, column) if *line > 0 => (format!("{NAME}.{file}[{}]", line - 1), column),
        (file, column) => (format!("{NAME}.{file}"), column),
    };
    if column.is_empty() { holder } else { format!("{holder}.{column}") }
}

#[cfg(test)]
mod tests {
    use super::{field_path, locate};

    #[test]
    fn places_are_paths() {
        for (path, column, wanted) in [
            ("coaches[2]", "max", "roster.coaches[2].max"),
            ("coaches[10]", "", "roster.coaches[10]"),
            ("programme.rules.travel.weight", "travel.weight", "roster.programme.rules.travel.weight"),
            ("programme.starts", "starts", "roster.programme.starts"),
        ] {
            assert_eq!(field_path(&locate(path, column)), wanted);
        }
        for (column, wanted) in [
            ("", "roster"),
            ("coaches", "roster.coaches"),
            ("preset", "roster.programme.preset"),
            ("score", "roster.pairs"),
        ] {
            let at = crate::model::fault::At { file: "roster".into(), line: 0, column: column.into() };
            assert_eq!(field_path(&at), wanted);
        }
    }
}
