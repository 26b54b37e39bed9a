//! The reading of `pairs.csv`: the header, a long file in lanes as far as that goes, the rest in pieces, rows that are not
//! plain the slow way.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::model::fault::{Code, Fault};
use crate::model::index::Ix;

use super::csv_text::{self, Cut, Header};
use super::directory::Directory;
use super::faults::Faults;
use super::id_index::IdIndex;
use super::pair_scan::{Found, Layout, LookUp, Odd};
use super::pair_table::Rows;
use super::pairs::{NAME, Pair, pair_row};
use super::source::{self, LINE_LIMIT, Source, SourceKind};
use super::tables::{PairRow, TableKind};

/// Bytes read at once: enough to find line ends in, few enough to stay in the caches.
const PIECE: usize = 1 << 20;
/// Shorter files are not worth a second thread.
const LONG: u64 = 1 << 19;
/// The header of a long file is looked for in so many bytes.
const HEAD: u64 = 1 << 16;

/// The text of one row, and the line it starts on.
pub struct Record<'t> {
    pub line: u32,
    pub text: &'t str,
}

/// Who wants the pairs.
pub trait Taker {
    /// Takes a pair, and how many rows the file may have; answers whether to go on.
    fn pair(&mut self, record: &Record<'_>, pair: Pair, hint: usize) -> bool;
    /// Takes many rows at once, and how many rows the file may have; answers whether to go on.
    fn rows(&mut self, rows: &Rows, hint: usize) -> bool;
    /// Whether the text and the line of every row are asked for, so that `rows` is of no use.
    fn wants_records(&self) -> bool;
    /// All that was given before is void.
    fn again(&mut self);
}

pub struct Reader<'d, 'f, 's> {
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
    pub fn new(directory: &'d Directory<'d>, faults: &'f mut Faults<'s>) -> Self {
        let ids = |list: &[crate::model::index::PersonIx]| {
            list.iter().map(|p| directory.ids[p.to_usize()]).collect()
        };
        Self { directory, faults, coach_ids: ids(&directory.coaches), coachee_ids: ids(&directory.coachees) }
    }

    /// Gives every good row to `take`. A file that turns out not to be UTF-8 is read again as a whole.
    pub fn run(&mut self, path: &Path, take: &mut dyn Taker) -> Result<source::Charset, Fault> {
        let (coach_ids, coachee_ids) = (self.coach_ids.clone(), self.coachee_ids.clone());
        let ids = [IdIndex::new(&coach_ids), IdIndex::new(&coachee_ids)];
        let before = self.faults.count();
        match self.pieces(path, &ids, take) {
            Ok(()) | Err(Halt::Enough) => return Ok(source::Charset::Utf8),
            Err(Halt::Fault(fault)) => return Err(fault),
            Err(Halt::NotUtf8) => {}
        }
        self.faults.forget_after(before);
        take.again();
        let bytes = source::read_bytes(path, NAME, true)?;
        let (text, charset) = source::decode(bytes).map_err(|line| source::not_text(NAME, line))?;
        let mut state = State::new(&ids, text.len());
        match self.piece(&text, true, &mut state, take) {
            Err(Halt::Fault(fault)) => Err(fault),
            _ => Ok(charset),
        }
    }

    fn pieces(&mut self, path: &Path, ids: &[IdIndex<'_>; 2], take: &mut dyn Taker) -> Result<(), Halt> {
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
        let mut file = File::open(path).map_err(unreadable)?;
        let mut state = State::new(ids, size);
        let read = if about.len() < LONG || take.wants_records() {
            0
        } else {
            self.lanes(path, about.len(), &mut file, &mut state, take)?
        };
        file.seek(SeekFrom::Start(read)).map_err(unreadable)?;
        let mut file = file.take(source::FILE_LIMIT.saturating_sub(read));
        let mut buffer = vec![0; LINE_LIMIT + PIECE];
        let (mut filled, mut first) = (0, read == 0);
        loop {
            let (from, mut end) = (filled, false);
            while filled < from + PIECE && !end {
                match file.read(&mut buffer[filled..from + PIECE]) {
                    Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                    got => {
                        let got = got.map_err(unreadable)?;
                        (filled, end) = (filled + got, got == 0);
                    }
                }
            }
            if std::mem::take(&mut first) {
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
            // Without a whole line there is nothing to read yet.
            let used = if whole == 0 && !end { 0 } else { self.piece(text, end, &mut state, take)? };
            if end {
                return Ok(());
            }
            if filled - used > LINE_LIMIT {
                return Err(Halt::Fault(source::long_line(NAME, state.line)));
            }
            buffer.copy_within(used..filled, 0);
            filled -= used;
        }
    }

    /// Reads a long file in two lanes as far as that goes; answers up to which byte. Everything about it that is out of
    /// the ordinary is left to the other way.
    fn lanes(
        &mut self,
        path: &Path,
        size: u64,
        file: &mut File,
        state: &mut State<'_>,
        take: &mut dyn Taker,
    ) -> Result<u64, Halt> {
        let mut bytes = Vec::new();
        if file.take(HEAD).read_to_end(&mut bytes).is_err() || memchr::memchr(0, &bytes).is_some() {
            return Ok(0);
        }
        let mark = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let Ok(text) = std::str::from_utf8(&bytes[mark..last_line_end(&bytes).max(mark)]) else {
            return Ok(0);
        };
        if text.is_empty() || csv_text::cut_row(text, 0, &mut state.cells).1.is_err() {
            return Ok(0);
        }
        let from = (mark + self.header(text, state)?) as u64;
        let lookup = state.lookup;
        super::pair_lanes::run(path, from, size, lookup, &mut |stretch| {
            // A sixteenth more than there would be if all rows were as long as those so far.
            let rows = stretch.rows.len().max(1);
            let hint = state.size / (stretch.bytes / rows).max(1);
            if !take.rows(&stretch.rows, hint + hint / 16) {
                return Err(Halt::Enough);
            }
            let line = state.line;
            for Odd { line: before, text } in &stretch.odd {
                self.slow_row(&Record { line: line + before, text }, state, take)?;
            }
            state.line = line + stretch.lines;
            Ok(())
        })
    }

    /// Reads the rows of a piece, which ends at a line's end or with the file; answers how many bytes it used.
    fn piece(
        &mut self,
        text: &str,
        end: bool,
        state: &mut State<'_>,
        take: &mut dyn Taker,
    ) -> Result<usize, Halt> {
        let mut at = if state.header.is_none() { self.header(text, state)? } else { 0 };
        let mut rows = Vec::new();
        while at < text.len() {
            rows.clear();
            (state.line, at) = state.lookup.plain_rows(text, at, state.line, &mut rows);
            self.emit(text, &rows, state, take)?;
            if at == text.len() {
                break;
            }
            let (next, torn) = csv_text::cut_row(text, at, &mut state.cells);
            if matches!(torn, Err(csv_text::Torn::Unclosed(_))) && !end && text.len() - at < LINE_LIMIT {
                return Ok(at);
            }
            let record = Record { line: state.line, text: &text[at..next] };
            state.line += u32::try_from(lines_in(record.text)).unwrap_or(0);
            self.slow_row(&record, state, take)?;
            at = next;
        }
        Ok(at)
    }

    /// Gives rows in order, and takes those that are not found the slow way.
    fn emit(
        &mut self,
        text: &str,
        rows: &[Found],
        state: &mut State<'_>,
        take: &mut dyn Taker,
    ) -> Result<(), Halt> {
        for row in rows {
            let record = Record { line: row.line, text: &text[row.start..row.next] };
            match row.pair {
                Some(pair) => state.give(&record, pair, take)?,
                None => self.slow_row(&record, state, take)?,
            }
        }
        Ok(())
    }

    /// Reads the header; answers where the rows start.
    fn header(&mut self, text: &str, state: &mut State<'_>) -> Result<usize, Halt> {
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
        state.lookup.layout =
            Layout { places: [place(0), place(1), place(2), place(3)], width: header.width };
        state.line += u32::try_from(lines_in(&text[..next])).unwrap_or(0);
        state.header = Some(header);
        Ok(next)
    }

    /// Reads one row like a row of any other table, with its faults at their lines.
    fn slow_row(
        &mut self,
        record: &Record<'_>,
        state: &mut State<'_>,
        take: &mut dyn Taker,
    ) -> Result<(), Halt> {
        let Some(header) = state.header.as_ref() else { return Ok(()) };
        let sources = [Source::new(NAME, SourceKind::Table(TableKind::Pairs), record.text.to_owned())];
        let mut faults = self.faults.over(&sources);
        let mut table = header.table(TableKind::Pairs, 0, &sources[0].text);
        csv_text::read_row(&mut table, &sources[0].text, 0, &mut state.cells, &mut faults);
        let row = table.rows().next();
        let pair = row.and_then(|row| pair_row(&PairRow::read(row), self.directory, &mut faults));
        let (list, budget) = faults.into_parts();
        self.faults.take_over(list, budget, record.line - 1);
        pair.map_or(Ok(()), |pair| state.give(record, pair, take))
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
    lookup: LookUp<'i>,
    header: Option<Header>,
    line: u32,
    cells: Vec<Cut>,
    size: usize,
}

impl<'i> State<'i> {
    fn new(ids: &'i [IdIndex<'i>; 2], size: usize) -> Self {
        let [coaches, coachees] = ids;
        let lookup = LookUp { layout: Layout::default(), coaches, coachees };
        Self { lookup, header: None, line: 1, cells: Vec::new(), size }
    }

    /// Gives a pair to the taker, with about how many rows the file has if all are like this one.
    #[inline]
    fn give(&self, record: &Record<'_>, pair: Pair, take: &mut dyn Taker) -> Result<(), Halt> {
        if record.text.len() > LINE_LIMIT {
            return Err(Halt::Fault(source::long_line(NAME, record.line)));
        }
        if take.pair(record, pair, self.size / record.text.len().max(1)) { Ok(()) } else { Err(Halt::Enough) }
    }
}
