//! Collects every fault with its place, and finds the nearest known name.

use crate::model::fault::{At, Code, Fault};

use super::message;
use super::source::{Source, SourceKind, Span};
use super::tables::Field;

/// A file with a fault in every row must not fill the memory with them.
const FAULT_LIMIT: usize = 10_000;
/// Comparisons spent on suggestions in one reading; about a second.
const SUGGESTIONS: usize = 5_000_000;

/// The faults of one reading.
pub struct Faults<'s> {
    sources: &'s [Source],
    list: Vec<Fault>,
    more: usize,
    budget: usize,
}

impl<'s> Faults<'s> {
    pub const fn new(sources: &'s [Source], list: Vec<Fault>) -> Self {
        Self { sources, list, more: 0, budget: SUGGESTIONS }
    }

    pub const fn count(&self) -> usize {
        self.list.len() + self.more
    }

    /// A fault at a cell or value.
    pub fn at(&mut self, field: &Field<'_>, code: Code, says: &str, remedy: &str) {
        self.span(field.file, field.span, field.column, code, field.text, says, remedy);
    }

    /// A fault at a range of a source.
    #[expect(clippy::too_many_arguments, reason = "a fault has this many parts")]
    pub fn span(
        &mut self,
        file: usize,
        span: Span,
        column: &str,
        code: Code,
        text: &str,
        says: &str,
        remedy: &str,
    ) {
        if self.list.len() >= FAULT_LIMIT {
            self.more += 1;
            return;
        }
        let (at, source) = self.sources[file].locate(span, column);
        self.list.push(Fault {
            at,
            code,
            text: shorten(text),
            says: says.into(),
            remedy: remedy.into(),
            source,
        });
    }

    /// A fault about a source as a whole, or about a column or key that is not there.
    pub fn whole(&mut self, file: &str, column: &str, code: Code, says: &str, remedy: &str) {
        let at = At { file: file.into(), line: 0, column: column.into() };
        self.add(Fault { at, code, text: "".into(), says: says.into(), remedy: remedy.into(), source: None });
    }

    pub fn add(&mut self, fault: Fault) {
        if self.list.len() >= FAULT_LIMIT {
            self.more += 1;
        } else {
            self.list.push(fault);
        }
    }

    /// A collector over other sources (a piece of a large file) with the room that is left here.
    pub fn over<'t>(&self, sources: &'t [Source]) -> Faults<'t> {
        let full = self.list.len() >= FAULT_LIMIT;
        Faults { sources, list: Vec::new(), more: 0, budget: if full { 0 } else { self.budget } }
    }

    /// A collector whose faults nobody reads.
    pub fn silent(like: &Faults<'s>) -> Faults<'s> {
        Faults { sources: like.sources, list: Vec::new(), more: 0, budget: 0 }
    }

    /// Drops the faults after the first `count`.
    pub fn forget_after(&mut self, count: usize) {
        self.more = count.saturating_sub(FAULT_LIMIT);
        self.list.truncate(count);
    }

    pub fn into_parts(self) -> (Vec<Fault>, usize) {
        (self.list, self.budget)
    }

    /// Adds the faults of a piece that starts after `lines` lines.
    pub fn take_over(&mut self, list: Vec<Fault>, budget: usize, lines: u32) {
        if self.list.len() < FAULT_LIMIT {
            self.budget = budget;
        }
        for mut fault in list {
            fault.at.line += lines;
            self.add(fault);
        }
    }

    pub fn file_name(&self, file: usize) -> &'s str {
        &self.sources[file].name
    }

    /// Where a cell is, as text: `coaches.csv:3:max`.
    pub fn place(&self, field: &Field<'_>) -> String {
        let source = &self.sources[field.file];
        let at = source.locate(field.span, field.column).0;
        if source.kind == SourceKind::Message { message::field_path(&at) } else { at.to_string() }
    }

    /// `did you mean "x"?`, else `otherwise`.
    pub fn suggest<'k>(
        &mut self,
        word: &str,
        known: impl ExactSizeIterator<Item = &'k str>,
        otherwise: &str,
    ) -> String {
        if !self.may_compare(known.len()) {
            return otherwise.to_owned();
        }
        nearest(word, known).map_or_else(|| otherwise.to_owned(), |near| format!("did you mean \"{near}\"?"))
    }

    /// Whether so many comparisons may still be made for the sake of a suggestion; if so, they are counted.
    pub const fn may_compare(&mut self, names: usize) -> bool {
        let enough = names <= self.budget;
        if enough {
            self.budget -= names;
        }
        enough
    }

    /// Everything that was found, by file, line and column.
    pub fn into_sorted(self) -> Vec<Fault> {
        let mut list = self.list;
        list.sort();
        list.dedup();
        if self.more > 0
            && let Some(last) = list.last_mut()
        {
            last.says = format!("{}; and {} faults more that are not shown", last.says, self.more).into();
        }
        list
    }
}

/// At most 80 characters.
fn shorten(text: &str) -> Box<str> {
    match text.char_indices().nth(80) {
        Some((at, _)) => {
            format!("{}…", &text[..text[..at].char_indices().next_back().map_or(0, |(i, _)| i)]).into()
        }
        None => text.into(),
    }
}

/// The known name with the fewest edits, if it is near enough to be a slip: one edit for every three letters, at
/// least one. The first of equals.
pub fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let plain = word.to_lowercase();
    let size = plain.chars().count();
    let allowed = (size / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for name in known {
        if name.chars().count().abs_diff(size) > allowed {
            continue;
        }
        let edits = strsim::damerau_levenshtein(&plain, &name.to_lowercase());
        if edits <= allowed && best.is_none_or(|(least, _)| edits < least) {
            best = Some((edits, name));
        }
    }
    best.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::{nearest, shorten};

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let known = ["coaches.csv", "coachees.csv", "schools.csv"];
        assert_eq!(nearest("Coaches.CSV", known.into_iter()), Some("coaches.csv"));
        assert_eq!(nearest("schols.csv", known.into_iter()), Some("schools.csv"));
        assert_eq!(nearest("budget.csv", known.into_iter()), None);
        assert_eq!(nearest("C13", ["C12", "C31"].into_iter()), Some("C12"));
    }

    #[test]
    fn long_texts_are_cut_to_80_characters() {
        assert_eq!(shorten(&"é".repeat(90)).chars().count(), 80);
        assert_eq!(&*shorten("short"), "short");
    }
}
