//! `pairs.csv`, the one table with millions of rows: read in pieces, cut by hand, looked up by hash. A row that is not
//! plain (quotes, spaces, faults) goes the way of every other table.
//!
//! Linear in the bytes; memory is one piece and 16 bytes a pair (24 with minutes), twice that where rows are not sorted.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::model::fault::{Code, Fault};
use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::model::quantity::{Minutes, Points};
use crate::model::roster::PairTable;

use super::cells;
use super::csv_text::{self, Cut, Header};
use super::directory::Directory;
use super::faults::Faults;
use super::id_index::IdIndex;
use super::pair_table::{Rows, Twice};
use super::source::{self, LINE_LIMIT, Source, SourceKind};
use super::tables::{PairRow, Table, TableKind};

/// The most pairs: 16 bytes each, and the solver needs more.
pub const PAIR_LIMIT: usize = 50_000_000;
/// Bytes read at once; more than the longest line.
const PIECE: usize = 4 * LINE_LIMIT;

/// A pair as a row says it.
type Pair = (CoacheeIx, CoachIx, Points, Option<Minutes>);

/// Reads one row in full, with every fault.
pub fn pair_row(row: PairRow<'_>, directory: &Directory<'_>, faults: &mut Faults<'_>) -> Option<Pair> {
    let PairRow { coach, coachee, score, minutes } = row;
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
        if let Some((coachee, coach, score, minutes)) = pair_row(PairRow::read(row), directory, faults) {
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
        let found = pair_row(PairRow::read(row), directory, &mut silent);
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

/// Reads the file. `None` after a fault. The flag says that it was not UTF-8.
pub fn from_file(
    path: &Path,
    directory: &Directory<'_>,
    faults: &mut Faults<'_>,
) -> Option<(PairTable, source::Charset)> {
    let before = faults.count();
    let mut rows = Rows::default();
    let mut reader = Reader::new(directory, faults);
    let charset = reader.run(path, &mut |_, pair, hint| {
        if rows.len() == 0 && hint > 0 {
            rows.reserve(hint.min(PAIR_LIMIT));
        }
        let (coachee, coach, score, minutes) = pair;
        rows.push(coachee, coach, score, minutes);
        rows.len() <= PAIR_LIMIT
    });
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

const NAME: &str = "pairs.csv";

/// A second pass over the file, for the lines of the pairs that stand twice.
fn locate_twice(path: &Path, directory: &Directory<'_>, pairs: Twice, faults: &mut Faults<'_>) {
    let mut finder = TwiceFinder { pairs, seen: Vec::new() };
    let mut found = Vec::new();
    let mut silent = Faults::silent(faults);
    let ran = Reader::new(directory, &mut silent).run(path, &mut |record, (coachee, coach, ..), _| {
        if finder.again(coachee, coach) {
            let line = record.text.trim_end();
            let mut fault = source::file_fault(
                NAME,
                record.line,
                Code::DuplicateRow,
                line,
                TwiceFinder::SAYS,
                TwiceFinder::REMEDY,
            );
            fault.at.column = "coach".into();
            fault.source = Some(source::excerpt(line, 0, line.len()));
            found.push(fault);
        }
        true
    });
    found.into_iter().chain(ran.err()).for_each(|fault| faults.add(fault));
}

/// The text of one row, and the line it starts on.
struct Record<'t> {
    line: u32,
    text: &'t str,
}

/// Takes a pair, and how many rows the file may have; answers whether to go on.
type Take<'t> = dyn FnMut(&Record<'_>, Pair, usize) -> bool + 't;

struct Reader<'d, 'f, 's> {
    directory: &'d Directory<'d>,
    faults: &'f mut Faults<'s>,
    coach_ids: Vec<&'d str>,
    coachee_ids: Vec<&'d str>,
}

/// What stops the reading of a piece.
enum Halt {
    /// The piece is not UTF-8: start again with the whole file decoded.
    NotUtf8,
    Fault(Fault),
    /// The taker has enough, or the header cannot be used.
    Enough,
}

impl<'d, 'f, 's> Reader<'d, 'f, 's> {
    fn new(directory: &'d Directory<'d>, faults: &'f mut Faults<'s>) -> Self {
        let ids = |list: &[crate::model::index::PersonIx]| {
            list.iter().map(|p| directory.ids[p.to_usize()]).collect()
        };
        Self { directory, faults, coach_ids: ids(&directory.coaches), coachee_ids: ids(&directory.coachees) }
    }

    /// Gives every good row to `take`.
    fn run(&mut self, path: &Path, take: &mut Take<'_>) -> Result<source::Charset, Fault> {
        let (coach_ids, coachee_ids) = (self.coach_ids.clone(), self.coachee_ids.clone());
        let ids = [IdIndex::new(&coach_ids), IdIndex::new(&coachee_ids)];
        match self.pieces(path, &ids, take) {
            Ok(()) | Err(Halt::Enough) => Ok(source::Charset::Utf8),
            Err(Halt::Fault(fault)) => Err(fault),
            Err(Halt::NotUtf8) => {
                let bytes = source::read_bytes(path, NAME, true)?;
                let (text, charset) = source::decode(bytes).map_err(|line| source::not_text(NAME, line))?;
                let mut state = State::new(&ids, text.len());
                match self.piece(&text, true, &mut state, take) {
                    Err(Halt::Fault(fault)) => Err(fault),
                    _ => Ok(charset),
                }
            }
        }
    }

    fn pieces(&mut self, path: &Path, ids: &[IdIndex<'_>; 2], take: &mut Take<'_>) -> Result<(), Halt> {
        let unreadable = |e: std::io::Error| {
            let says = format!("the file cannot be read: {e}");
            let remedy = "check that the file exists and may be read";
            Halt::Fault(source::file_fault(NAME, 0, Code::FileUnreadable, "", &says, remedy))
        };
        let about = std::fs::metadata(path).map_err(unreadable)?;
        if !about.is_file() {
            return Err(unreadable(std::io::Error::other("it is not a regular file")));
        }
        if about.len() > source::FILE_LIMIT {
            return Err(Halt::Fault(source::too_large(NAME)));
        }
        let size = usize::try_from(about.len()).unwrap_or(0);
        let mut file = File::open(path).map_err(unreadable)?.take(source::FILE_LIMIT);
        let mut buffer = vec![0; PIECE.min(size + 1)];
        let mut state = State::new(ids, size);
        let mut filled = 0;
        loop {
            let got = file.read(&mut buffer[filled..]).map_err(unreadable)?;
            filled += got;
            let end = got == 0 && filled < buffer.len();
            if !end && filled < buffer.len() {
                continue;
            }
            if state.line == 1 && state.header.is_none() {
                if buffer.starts_with(b"\xff\xfe") || buffer.starts_with(b"\xfe\xff") {
                    return Err(Halt::NotUtf8);
                }
                if buffer[..filled].starts_with(b"\xef\xbb\xbf") {
                    buffer.copy_within(3..filled, 0);
                    filled -= 3;
                }
            }
            let whole = if end { filled } else { last_line_end(&buffer[..filled]) };
            if let Some(at) = memchr::memchr(0, &buffer[..whole]) {
                let line = state.line + source::line_number(&buffer[..whole], at) - 1;
                return Err(Halt::Fault(source::not_text(NAME, line)));
            }
            let text = std::str::from_utf8(&buffer[..whole]).map_err(|_| Halt::NotUtf8)?;
            let used = self.piece(text, end, &mut state, take)?;
            if end {
                return Ok(());
            }
            if used == 0 {
                return Err(Halt::Fault(source::long_line(NAME, state.line)));
            }
            buffer.copy_within(used..filled, 0);
            filled -= used;
        }
    }

    /// Reads the rows of a piece, which ends at a line's end or with the file; answers how many bytes it used.
    fn piece(
        &mut self,
        text: &str,
        end: bool,
        state: &mut State<'_>,
        take: &mut Take<'_>,
    ) -> Result<usize, Halt> {
        let mut at = 0;
        if state.header.is_none() {
            let (next, fields) = self.header(text, state)?;
            (at, state.fields) = (next, fields);
        }
        while at < text.len() {
            let (next, pair) = match state.plain_row(text.as_bytes(), at) {
                Plain::Blank(next) => (next, None),
                Plain::Pair(next, pair) => (next, Some(pair)),
                Plain::Other => {
                    let (next, torn) = csv_text::cut_row(text, at, &mut state.cells);
                    if matches!(torn, Err(csv_text::Torn::Unclosed(_)))
                        && !end
                        && text.len() - at < LINE_LIMIT
                    {
                        return Ok(at);
                    }
                    (next, self.slow_row(&text[at..next], state))
                }
            };
            if next - at > LINE_LIMIT {
                return Err(Halt::Fault(source::long_line(NAME, state.line)));
            }
            let record = Record { line: state.line, text: &text[at..next] };
            state.line += state.breaks;
            if let Some(pair) = pair
                && !take(&record, pair, state.rows_hint(next - at))
            {
                return Err(Halt::Enough);
            }
            at = next;
        }
        Ok(at)
    }

    /// Reads the header; where in a row the four columns stand.
    fn header(&mut self, text: &str, state: &mut State<'_>) -> Result<(usize, [usize; 4]), Halt> {
        let mut cells = Vec::new();
        let (next, torn) = csv_text::cut_row(text, 0, &mut cells);
        let sources = [Source::new(NAME, SourceKind::Table(TableKind::Pairs), text[..next].to_owned())];
        let mut faults = self.faults.over(&sources);
        let header = match torn {
            Ok(()) => csv_text::header(TableKind::Pairs, 0, text, &cells, &mut faults),
            Err(torn) => {
                csv_text::torn_fault(0, torn, &mut faults);
                None
            }
        };
        let (list, budget) = faults.into_parts();
        self.faults.take_over(list, budget, 0);
        let header = header.ok_or(Halt::Enough)?;
        let place = |column: usize| header.places[column].unwrap_or(usize::MAX);
        let fields = [place(0), place(1), place(2), place(3)];
        state.line += u32::try_from(lines_in(&text[..next])).unwrap_or(0);
        state.header = Some(header);
        Ok((next, fields))
    }

    /// Reads one row like a row of any other table, with its faults at their lines.
    fn slow_row(&mut self, record: &str, state: &mut State<'_>) -> Option<Pair> {
        state.breaks = u32::try_from(lines_in(record)).unwrap_or(0);
        let header = state.header.as_ref()?;
        let sources = [Source::new(NAME, SourceKind::Table(TableKind::Pairs), record.to_owned())];
        let mut faults = self.faults.over(&sources);
        let mut table = header.table(TableKind::Pairs, 0, &sources[0].text);
        csv_text::read_row(&mut table, &sources[0].text, 0, &mut state.cells, &mut faults);
        let pair =
            table.rows().next().and_then(|row| pair_row(PairRow::read(row), self.directory, &mut faults));
        let (list, budget) = faults.into_parts();
        self.faults.take_over(list, budget, state.line - 1);
        pair
    }
}

fn lines_in(text: &str) -> usize {
    source::line_number(text.as_bytes(), text.len()) as usize - 1
}

/// Where the last whole line ends; a CR at the very end may be half of a CRLF.
fn last_line_end(bytes: &[u8]) -> usize {
    let known = bytes.len().saturating_sub(1);
    let lf = memchr::memrchr(b'\n', bytes);
    lf.or_else(|| memchr::memrchr(b'\r', &bytes[..known])).map_or(0, |at| at + 1)
}

/// What is known between rows.
struct State<'i> {
    coaches: &'i IdIndex<'i>,
    coachees: &'i IdIndex<'i>,
    header: Option<Header>,
    /// Places of coach, coachee, score and minutes in a row.
    fields: [usize; 4],
    line: u32,
    /// Line ends in the row just read.
    breaks: u32,
    /// Files are often grouped by coachee: the last one, and its index.
    last: (Vec<u8>, u32),
    cells: Vec<Cut>,
    size: usize,
}

/// A row, as far as the fast way can tell.
enum Plain {
    Blank(usize),
    Pair(usize, Pair),
    Other,
}

/// Bytes that end a cell or make a row other than plain.
const STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    stops[b',' as usize] = true;
    stops[b'\n' as usize] = true;
    stops[b'\r' as usize] = true;
    stops[b'"' as usize] = true;
    stops
};

impl<'i> State<'i> {
    fn new(ids: &'i [IdIndex<'i>; 2], size: usize) -> Self {
        let [coaches, coachees] = ids;
        let last = (Vec::new(), u32::MAX);
        Self {
            coaches,
            coachees,
            header: None,
            fields: [0; 4],
            line: 1,
            breaks: 0,
            last,
            cells: Vec::new(),
            size,
        }
    }

    /// About how many rows the file has, if all are like one of this length.
    const fn rows_hint(&self, row: usize) -> usize {
        self.size / if row == 0 { 1 } else { row }
    }

    /// The row at `at`, if it is plain: as many cells as the header, no quotes, known ids, plain numbers.
    #[inline]
    fn plain_row(&mut self, bytes: &[u8], at: usize) -> Plain {
        let mut cells = [(0, 0); 4];
        let (mut pos, mut place, mut start) = (at, 0, at);
        loop {
            while pos < bytes.len() && !STOPS[bytes[pos] as usize] {
                pos += 1;
            }
            for (cell, &wanted) in cells.iter_mut().zip(&self.fields) {
                if wanted == place {
                    *cell = (start, pos);
                }
            }
            match bytes.get(pos) {
                Some(b',') => {
                    pos += 1;
                    (place, start) = (place + 1, pos);
                }
                Some(b'"') => return Plain::Other,
                _ => break,
            }
        }
        let crlf = bytes.get(pos) == Some(&b'\r') && bytes.get(pos + 1) == Some(&b'\n');
        let next = (pos + 1 + usize::from(crlf)).min(bytes.len());
        self.breaks = u32::from(pos < bytes.len());
        if pos == at {
            return Plain::Blank(next);
        }
        if self.header.as_ref().is_none_or(|h| h.width != place + 1) {
            return Plain::Other;
        }
        let [coach, coachee, score, minutes] = cells.map(|(from, to)| &bytes[from..to]);
        match self.pair(coach, coachee, score, minutes) {
            Some(pair) => Plain::Pair(next, pair),
            None => Plain::Other,
        }
    }

    #[inline]
    fn pair(&mut self, coach: &[u8], coachee: &[u8], score: &[u8], minutes: &[u8]) -> Option<Pair> {
        if self.last.1 == u32::MAX || self.last.0 != coachee {
            self.last.1 = self.coachees.find(coachee)?;
            self.last.0.clear();
            self.last.0.extend_from_slice(coachee);
        }
        let coach = self.coaches.find(coach)?;
        let score = if score.is_empty() { Points::ZERO } else { plain_points(score)? };
        let minutes = if minutes.is_empty() { None } else { Some(plain_minutes(minutes)?) };
        Some((CoacheeIx::new(self.last.1), CoachIx::new(coach), score, minutes))
    }
}

/// A short plain decimal; anything else is looked at again.
#[inline]
fn plain_points(text: &[u8]) -> Option<Points> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    // At most 16 characters stay below 10^16, far inside i64.
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    let (mut value, mut places) = (0_i64, None);
    for &b in digits {
        match (b, places) {
            (b'0'..=b'9', _) => {
                value = value * 10 + i64::from(b - b'0');
                places = places.map(|p: usize| p + 1);
            }
            (b'.', None) => places = Some(0),
            _ => return None,
        }
    }
    const SCALE: [i64; 7] = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
    if digits == b"." {
        return None;
    }
    let micro = value.checked_mul(*SCALE.get(places.unwrap_or(0))?)?;
    (micro <= Points::LIMIT.0).then_some(Points(if negative { -micro } else { micro }))
}

#[inline]
fn plain_minutes(text: &[u8]) -> Option<Minutes> {
    if text.len() > 6 || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(Minutes(text.iter().fold(0, |n, &b| n * 10 + u32::from(b - b'0'))))
}

#[cfg(test)]
mod tests {
    use super::plain_points;
    use crate::model::quantity::Points;

    #[test]
    fn the_fast_decimals_agree_with_the_exact_ones() {
        for text in ["0", "-0.000001", "12.5", ".5", "7.", "1000000000", "-999999999.999999", "123456.654321"]
        {
            assert_eq!(plain_points(text.as_bytes()), Points::parse(text), "{text}");
        }
        for text in
            ["", "-", ".", "-.", "1e3", "+1", "NaN", "1,5", "0.0000001", "1000000000.1", "1 ", "1.2.3"]
        {
            assert_eq!(plain_points(text.as_bytes()), None, "{text}");
        }
    }
}
