//! CSV text to rows: commas, quotes as in RFC 4180, lines that end in LF, CRLF or CR, spaces around cells.
//!
//! Written by hand because a fault needs the byte of every cell, and `pairs.csv` needs no copies.

use crate::model::fault::Code;

use super::faults::Faults;
use super::source::Span;
use super::tables::{Table, TableKind, folded};

/// A cell as cut: the range without spaces and quotes, and its text where quotes were doubled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cut {
    pub start: usize,
    pub end: usize,
    pub own: Option<Box<str>>,
}

/// What is wrong with a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Torn {
    /// A quote at this byte is never closed; the rest of the text is lost.
    Unclosed(usize),
    /// Text follows a closing quote at this byte.
    AfterQuote(usize),
}

/// Cuts the row that starts at `at` into `cells`; answers where the next one starts. An empty line is one empty cell.
pub fn cut_row(text: &str, at: usize, cells: &mut Vec<Cut>) -> (usize, Result<(), Torn>) {
    cells.clear();
    let bytes = text.as_bytes();
    let (mut pos, mut torn) = (at, Ok(()));
    loop {
        let open = pos + bytes[pos..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        if bytes.get(open) == Some(&b'"') {
            let Some((close, doubled)) = closing_quote(bytes, open + 1) else {
                return (bytes.len(), Err(Torn::Unclosed(open)));
            };
            let own = doubled.then(|| text[open + 1..close].replace("\"\"", "\"").into());
            cells.push(Cut { start: open + 1, end: close, own });
            let end = cell_end(bytes, close + 1);
            if !text[close + 1..end].trim().is_empty() && torn.is_ok() {
                torn = Err(Torn::AfterQuote(close + 1));
            }
            pos = end;
        } else {
            let end = cell_end(bytes, pos);
            let inner = text[pos..end].trim();
            let start = pos + (text[pos..end].len() - text[pos..end].trim_start().len());
            cells.push(Cut { start, end: start + inner.len(), own: None });
            pos = end;
        }
        match bytes.get(pos) {
            Some(b',') => pos += 1,
            Some(b'\r') if bytes.get(pos + 1) == Some(&b'\n') => return (pos + 2, torn),
            Some(_) => return (pos + 1, torn),
            None => return (pos, torn),
        }
    }
}

fn cell_end(bytes: &[u8], from: usize) -> usize {
    memchr::memchr3(b',', b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |at| from + at)
}

/// The closing quote after `from`, and whether doubled quotes stand before it.
fn closing_quote(bytes: &[u8], from: usize) -> Option<(usize, bool)> {
    let (mut pos, mut doubled) = (from, false);
    loop {
        let at = pos + memchr::memchr(b'"', &bytes[pos..])?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some((at, doubled));
        }
        (pos, doubled) = (at + 2, true);
    }
}

/// Whether a spreadsheet would take the text for a formula once leading apostrophes are gone.
fn formula_like(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// The text of a cell as it goes into a CSV file: formula-like texts get an apostrophe, numbers do not.
pub fn guarded(text: &str) -> String {
    if formula_like(text) && !super::cells::is_decimal(text) { format!("'{text}") } else { text.to_owned() }
}

/// Takes off the apostrophe that exports put before formula-like cells.
fn without_guard(text: &str, cut: &mut Cut) {
    let inner = cut.own.as_deref().unwrap_or(&text[cut.start..cut.end]);
    if inner.starts_with('\'') && formula_like(inner) {
        match &mut cut.own {
            Some(own) => *own = own[1..].into(),
            None => cut.start += 1,
        }
    }
}

/// The table of one CSV file. `None` if its header cannot be used; the faults say why.
pub fn read_table<'s>(
    kind: TableKind,
    file: usize,
    text: &'s str,
    faults: &mut Faults<'s>,
) -> Option<Table<'s>> {
    let mut cells = Vec::new();
    let (mut at, torn) = cut_row(text, 0, &mut cells);
    if let Err(torn) = torn {
        torn_fault(file, torn, faults);
        return None;
    }
    let head = header(kind, file, text, &cells, faults)?;
    let mut table = head.table(kind, file, text);
    while at < text.len() {
        at = read_row(&mut table, text, at, &mut cells, faults);
    }
    Some(table)
}

/// Reads the row that starts at `at` into the table, blank rows aside; answers where the next one starts.
pub fn read_row<'s>(
    table: &mut Table<'s>,
    text: &'s str,
    at: usize,
    cells: &mut Vec<Cut>,
    faults: &mut Faults<'_>,
) -> usize {
    let (file, width) = (table.file, table.width());
    let (next, torn) = cut_row(text, at, cells);
    if let Err(torn) = torn {
        torn_fault(file, torn, faults);
        table.broken = true;
        return next;
    }
    for cut in cells.iter_mut() {
        without_guard(text, cut);
    }
    let blank = |cut: &Cut| cut.start == cut.end;
    if cells.iter().all(blank) {
        return next;
    }
    if cells.len() < width || !cells[width..].iter().all(blank) {
        let says = format!("the row has {} cells and the header {width}", cells.len());
        let remedy =
            "give every row as many cells as the header; put quotes around a cell that holds a comma";
        let span = Span::new(at, text[at..next].trim_end().len() + at);
        faults.span(file, span, "", Code::BadCsv, &text[at..span.end()], &says, remedy);
        table.broken = true;
        return next;
    }
    if let Some((_, stray)) =
        cells[..width].iter().enumerate().find(|(i, cut)| !blank(cut) && !table.names(*i))
    {
        let (says, remedy) = ("the cell stands under a blank header", "name the column, or remove the cell");
        let span = Span::new(stray.start, stray.end);
        faults.span(file, span, "", Code::UnknownColumn, &text[stray.start..stray.end], says, remedy);
    }
    table.push(Span::new(at, at), cells.drain(..width).map(|cut| (Span::new(cut.start, cut.end), cut.own)));
    next
}

pub fn torn_fault(file: usize, torn: Torn, faults: &mut Faults<'_>) {
    let (at, says, remedy) = match torn {
        Torn::Unclosed(at) => {
            (at, "the quote is never closed", "close it, or double a quote that is part of the text")
        }
        Torn::AfterQuote(at) => (
            at,
            "text follows a closing quote",
            "double a quote that is part of the text, or put a comma after it",
        ),
    };
    faults.span(file, Span::new(at, at + 1), "", Code::BadCsv, "\"", says, remedy);
}

/// A header: where each column of the kind stands.
#[derive(Clone, Debug)]
pub struct Header {
    pub places: Vec<Option<usize>>,
    pub width: usize,
    /// Places of names that are no columns.
    unknown: Vec<usize>,
}

impl Header {
    /// A table with this header and no rows yet.
    pub fn table<'s>(&self, kind: TableKind, file: usize, text: &'s str) -> Table<'s> {
        let mut table = Table::new(kind, file, text, self.places.clone(), self.width);
        table.unknown.clone_from(&self.unknown);
        table
    }
}

/// Reads a header. `None` after a fault that makes the rows unreadable.
pub fn header(
    kind: TableKind,
    file: usize,
    text: &str,
    cells: &[Cut],
    faults: &mut Faults<'_>,
) -> Option<Header> {
    let columns = kind.columns();
    let mut places = vec![None; columns.len()];
    let mut unknown = Vec::new();
    let mut usable = true;
    for (place, cut) in cells.iter().enumerate() {
        let name = cut.own.as_deref().unwrap_or(&text[cut.start..cut.end]).trim();
        let span = Span::new(cut.start, cut.end);
        if name.is_empty() {
            continue;
        }
        let plain = folded(name);
        match columns.iter().position(|c| folded(c.name) == plain) {
            None if cells.len() == 1 && name.contains([';', '\t', '|']) => {
                let (says, remedy) =
                    ("the columns are not separated by commas", "save the file with commas between cells");
                faults.span(file, span, "", Code::BadCsv, name, says, remedy);
                return None;
            }
            None => {
                unknown.push(place);
                let known = columns.iter().map(|c| c.name);
                let remedy =
                    faults.suggest(name, known, "remove the column, or look its name up in the column list");
                let says = format!("{}.csv has no column \"{name}\"", kind.key());
                faults.span(file, span, name, Code::UnknownColumn, name, &says, &remedy);
            }
            Some(known) if places[known].is_some() => {
                let says = format!("the column {} stands twice", columns[known].name);
                faults.span(
                    file,
                    span,
                    columns[known].name,
                    Code::DuplicateColumn,
                    name,
                    &says,
                    "remove one of the two",
                );
                usable = false;
            }
            Some(known) => places[known] = Some(place),
        }
    }
    for (column, place) in columns.iter().zip(&places) {
        if column.required && place.is_none() {
            let says = format!("{}.csv needs the column {}", kind.key(), column.name);
            faults.span(
                file,
                Span::default(),
                column.name,
                Code::MissingColumn,
                "",
                &says,
                "add the column to the header",
            );
            usable = false;
        }
    }
    usable.then_some(Header { places, width: cells.len(), unknown })
}

#[cfg(test)]
mod tests {
    use super::{Torn, cut_row};

    fn rows(text: &str) -> Vec<Vec<String>> {
        let (mut at, mut cells, mut all) = (0, Vec::new(), Vec::new());
        while at < text.len() {
            let (next, torn) = cut_row(text, at, &mut cells);
            assert_eq!(torn, Ok(()));
            let cell = |c: &super::Cut| c.own.as_deref().unwrap_or(&text[c.start..c.end]).to_owned();
            all.push(cells.iter().map(cell).collect());
            at = next;
        }
        all
    }

    #[test]
    fn rows_are_cut_as_spreadsheets_write_them() {
        assert_eq!(
            rows("a, b ,\"c, d\"\r\n\"e \"\"f\"\"\",,\"g\nh\"\ri\n"),
            [vec!["a", "b", "c, d"], vec!["e \"f\"", "", "g\nh"], vec!["i"],]
        );
    }

    #[test]
    fn torn_quotes_say_where() {
        let mut cells = Vec::new();
        assert_eq!(cut_row("a,\"b", 0, &mut cells).1, Err(Torn::Unclosed(2)));
        assert_eq!(cut_row("\"a\"b,c\nd", 0, &mut cells), (7, Err(Torn::AfterQuote(3))));
    }
}
