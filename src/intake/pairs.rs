//! `pairs.csv`, the one table with millions of rows: read in pieces, cut by hand, looked up by hash. A row that is not
//! plain (quotes, spaces, faults) goes the way of every other table.
//!
//! Linear in the bytes; memory is one piece and 16 bytes a pair (24 with minutes), twice that where rows are not sorted.

use std::path::Path;

use crate::model::fault::{Code, Fault};
use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::quantity::{Minutes, Points};
use crate::model::roster::PairTable;

use super::cells;
use super::directory::Directory;
use super::faults::Faults;
use super::pair_reader::{Reader, Record, Taker};
use super::pair_table::{Rows, Twice};
use super::source;
use super::tables::{PairRow, Table};

/// The most pairs: 16 bytes each, and the solver needs more.
pub const PAIR_LIMIT: usize = 50_000_000;
/// A pair as a row says it.
pub type Pair = (CoacheeIx, CoachIx, Points, Option<Minutes>);

/// Reads one row in full, with every fault.
pub fn pair_row(row: &PairRow<'_>, directory: &Directory<'_>, faults: &mut Faults<'_>) -> Option<Pair> {
    let PairRow { coach, coachee, score, minutes } = *row;
    let fine = cells::needed(&coach, faults) & cells::needed(&coachee, faults);
    let before = faults.count();
    let given = cells::decimal(&score, -Points::LIMIT, Points::LIMIT, faults).unwrap_or(Points::ZERO);
    let minutes = cells::count(&minutes, cells::MOST, faults).map(Minutes);
    let (first, second) = (directory.coach(&coach, faults), directory.coachee(&coachee, faults));
    (fine && faults.count() == before).then_some((second?, first?, given, minutes))
}

/// Pairs of a table that is read already.
pub fn from_table(
    table: &Table<'_>,
    directory: &Directory<'_>,
    faults: &mut Faults<'_>,
) -> Option<PairTable> {
    let mut rows = Rows::default();
    for row in table.rows() {
        if let Some((coachee, coach, score, minutes)) = pair_row(&PairRow::read(row), directory, faults) {
            rows.push(coachee, coach, score, minutes);
        }
    }
    let pairs = match rows.finish(directory.coachees.len()) {
        Ok(table) => return Some(table),
        Err(pairs) => pairs,
    };
    let mut finder = TwiceFinder { pairs, seen: Vec::new() };
    let mut silent = Faults::silent(faults);
    for row in table.rows() {
        let found = pair_row(&PairRow::read(row), directory, &mut silent);
        if found.is_some_and(|(coachee, coach, ..)| finder.again(coachee, coach)) {
            let at = PairRow::read(row).coach;
            faults.at(&at, Code::DuplicateRow, TwiceFinder::SAYS, TwiceFinder::REMEDY);
        }
    }
    None
}

/// Tells the second and later rows of pairs that are known to stand twice.
struct TwiceFinder {
    pairs: Twice,
    seen: Vec<bool>,
}

impl TwiceFinder {
    const SAYS: &str = "the pair has a row already";
    const REMEDY: &str = "keep one of the two rows";

    fn again(&mut self, coachee: CoacheeIx, coach: CoachIx) -> bool {
        self.seen.resize(self.pairs.len(), false);
        let Ok(at) = self.pairs.binary_search(&(coachee, coach)) else { return false };
        std::mem::replace(&mut self.seen[at], true)
    }
}

/// Takes every pair.
#[derive(Default)]
struct Whole(Rows);

impl Whole {
    fn make_room(&mut self, hint: usize) {
        if self.0.len() == 0 {
            self.0.reserve(hint.min(PAIR_LIMIT));
        }
    }
}

impl Taker for Whole {
    fn pair(&mut self, _: &Record<'_>, (coachee, coach, score, minutes): Pair, hint: usize) -> bool {
        self.make_room(hint);
        self.0.push(coachee, coach, score, minutes);
        self.0.len() <= PAIR_LIMIT
    }
    fn rows(&mut self, rows: &Rows, hint: usize) -> bool {
        if rows.len() > 0 {
            self.make_room(hint);
            self.0.append(rows);
        }
        self.0.len() <= PAIR_LIMIT
    }
    fn wants_records(&self) -> bool {
        false
    }
    fn again(&mut self) {
        *self = Self::default();
    }
}

/// Reads the file. `None` after a fault. The flag says that it was not UTF-8.
pub fn from_file(
    path: &Path,
    directory: &Directory<'_>,
    faults: &mut Faults<'_>,
) -> Option<(PairTable, source::Charset)> {
    let before = faults.count();
    let mut all = Whole::default();
    let charset = Reader::new(directory, faults).run(path, &mut all);
    let Whole(rows) = all;
    let charset = charset.map_err(|fault| faults.add(fault)).ok()?;
    if rows.len() > PAIR_LIMIT {
        let says = format!("more than {PAIR_LIMIT} pairs");
        faults.whole(NAME, "", Code::ProblemTooLarge, &says, "list fewer pairs");
    }
    match rows.finish(directory.coachees.len()) {
        Ok(table) => (faults.count() == before).then_some((table, charset)),
        Err(pairs) => {
            locate_twice(path, directory, pairs, faults);
            None
        }
    }
}

pub const NAME: &str = "pairs.csv";

/// Notes the lines of the pairs that stand twice.
struct Locator {
    finder: TwiceFinder,
    found: Vec<Fault>,
}

impl Taker for Locator {
    fn pair(&mut self, record: &Record<'_>, (coachee, coach, ..): Pair, _: usize) -> bool {
        if self.finder.again(coachee, coach) {
            let line = record.text.trim_end();
            let (says, remedy) = (TwiceFinder::SAYS, TwiceFinder::REMEDY);
            let mut fault = source::file_fault(NAME, record.line, Code::DuplicateRow, line, says, remedy);
            fault.at.column = "coach".into();
            fault.source = Some(source::excerpt(line, 0, line.len()));
            self.found.push(fault);
        }
        true
    }
    fn rows(&mut self, _: &Rows, _: usize) -> bool {
        unreachable!("every record is asked for")
    }
    fn wants_records(&self) -> bool {
        true
    }
    fn again(&mut self) {
        self.finder.seen.clear();
        self.found.clear();
    }
}

/// A second pass over the file, for the lines of the pairs that stand twice.
fn locate_twice(path: &Path, directory: &Directory<'_>, pairs: Twice, faults: &mut Faults<'_>) {
    let mut locator = Locator { finder: TwiceFinder { pairs, seen: Vec::new() }, found: Vec::new() };
    let ran = Reader::new(directory, &mut Faults::silent(faults)).run(path, &mut locator);
    locator.found.into_iter().chain(ran.err()).for_each(|fault| faults.add(fault));
}
