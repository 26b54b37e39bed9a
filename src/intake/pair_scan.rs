//! Plain rows of `pairs.csv`: cut by hand, eight bytes at a time, and looked up by hash.

use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::quantity::{Minutes, Points};

use super::id_index::{self, IdIndex};
use super::pair_table::Rows;
use super::pairs::Pair;
use super::source::LINE_LIMIT;
use super::words8::{self, Word8};

/// A plain row: its text from `start` to `next`, the ids, and the numbers.
#[derive(Clone, Copy)]
struct Draft<'t> {
    line: u32,
    start: usize,
    next: usize,
    coach: Id<'t>,
    coachee: Id<'t>,
    score: Points,
    minutes: Option<Minutes>,
}

/// An id as a row has it, with the key of its hash.
#[derive(Clone, Copy, Default)]
struct Id<'t> {
    key: u64,
    text: &'t [u8],
}

impl<'t> Id<'t> {
    fn new(text: &'t [u8]) -> Self {
        Self { key: id_index::key(text), text }
    }
}

/// What stands at a place, as far as the fast way can tell.
enum Scanned<'t> {
    /// An empty line; the next one starts here.
    Blank(usize),
    Row(Draft<'t>),
    /// A row with doubled quotes, too few cells, odd numbers: for the other way.
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

/// The header, as far as a plain row needs it.
#[derive(Clone, Copy, Default)]
pub struct Layout {
    /// Places of coach, coachee, score and minutes in a row; `usize::MAX` where there is no such column.
    pub places: [usize; 4],
    pub width: usize,
}

impl Layout {
    /// The row at `at`.
    #[inline]
    fn scan<'t>(&self, bytes: &'t [u8], at: usize, line: u32) -> Scanned<'t> {
        match self.swift(bytes, at, line) {
            Some(draft) => Scanned::Row(draft),
            None => self.careful(bytes, at, line),
        }
    }

    /// A row without quotes whose wanted cells are short, as nearly all are; `None` says nothing about the row.
    #[inline]
    fn swift<'t>(&self, bytes: &'t [u8], at: usize, line: u32) -> Option<Draft<'t>> {
        let (mut coach, mut coachee) = (Id::default(), Id::default());
        let (mut score, mut minutes) = (Points::ZERO, None);
        let (mut pos, mut place) = (at, 0);
        loop {
            let cell = Word8::at(bytes, pos)?.cell(bytes, pos)?;
            let end = pos + cell.len;
            let text = &bytes[pos..end];
            let short = Id { key: cell.word, text };
            if place == self.places[0] {
                coach = if cell.len > 8 { Id::new(text) } else { short };
            } else if place == self.places[1] {
                coachee = if cell.len > 8 { Id::new(text) } else { short };
            } else if place == self.places[2] {
                if cell.len > 0 {
                    let short = if cell.len > 8 { None } else { words8::points(cell.word, cell.len) };
                    score = short.or_else(|| plain_points(text))?;
                }
            } else if place == self.places[3] {
                if cell.len > 0 {
                    minutes = Some(plain_minutes(text)?);
                }
            } else if cell.len > 0 {
                return None;
            }
            let next = match bytes[end] {
                b',' => {
                    (pos, place) = (end + 1, place + 1);
                    continue;
                }
                b'\n' => end + 1,
                _ if bytes.get(end + 1) == Some(&b'\n') => end + 2,
                _ => return None,
            };
            let whole = place + 1 == self.width && end > at;
            return whole.then_some(Draft { line, start: at, next, coach, coachee, score, minutes });
        }
    }

    /// The same byte by byte, quoted cells and every kind of line end included.
    fn careful<'t>(&self, bytes: &'t [u8], at: usize, line: u32) -> Scanned<'t> {
        let mut cells = [(0, 0); 4];
        let (mut pos, mut place, mut start) = (at, 0, at);
        loop {
            let mut end = pos;
            if bytes.get(pos) == Some(&b'"') {
                let Some(close) = simple_quote(&bytes[pos + 1..]) else { return Scanned::Other };
                (start, end, pos) = (pos + 1, pos + 1 + close, pos + 2 + close);
            } else {
                while end < bytes.len() && !STOPS[bytes[end] as usize] {
                    end += 1;
                }
                pos = end;
            }
            match self.places.iter().position(|wanted| *wanted == place) {
                Some(wanted) => cells[wanted] = (start, end),
                // A cell that nobody asks for is a matter for the other way, unless it is blank.
                None if start < end => return Scanned::Other,
                None => {}
            }
            match bytes.get(pos) {
                Some(b',') => {
                    pos += 1;
                    (place, start) = (place + 1, pos);
                }
                None | Some(b'\n' | b'\r') => break,
                Some(_) => return Scanned::Other,
            }
        }
        let crlf = bytes.get(pos) == Some(&b'\r') && bytes.get(pos + 1) == Some(&b'\n');
        let next = (pos + 1 + usize::from(crlf)).min(bytes.len());
        if pos == at {
            return Scanned::Blank(next);
        }
        let [coach, coachee, score, minutes] = cells.map(|(from, to)| &bytes[from..to]);
        let score = if score.is_empty() { Some(Points::ZERO) } else { plain_points(score) };
        let minutes = if minutes.is_empty() { Some(None) } else { plain_minutes(minutes).map(Some) };
        match (score, minutes) {
            (Some(score), Some(minutes)) if self.width == place + 1 => {
                let (coach, coachee) = (Id::new(coach), Id::new(coachee));
                Scanned::Row(Draft { line, start: at, next, coach, coachee, score, minutes })
            }
            _ => Scanned::Other,
        }
    }
}

/// A row as found: where it is in its piece, and the pair if it is plain and its ids are known.
pub struct Found {
    /// Lines before it in the piece.
    pub line: u32,
    pub start: usize,
    pub next: usize,
    pub pair: Option<Pair>,
}

/// A row for the other way: the lines before it in its stretch, and its text.
pub struct Odd {
    pub line: u32,
    pub text: Box<str>,
}

/// The rows of a stretch of the file.
#[derive(Default)]
pub struct Stretch {
    pub rows: Rows,
    pub odd: Vec<Odd>,
    pub lines: u32,
    pub bytes: usize,
}

impl Stretch {
    /// Forgets the rows, keeps the room.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.odd.clear();
        (self.lines, self.bytes) = (0, 0);
    }
}

/// Rows looked up together; their drafts stay in the nearest cache.
const BATCH: usize = 64;

/// What plain rows are read with.
#[derive(Clone, Copy)]
pub struct LookUp<'i> {
    pub layout: Layout,
    pub coaches: &'i IdIndex<'i>,
    pub coachees: &'i IdIndex<'i>,
}

impl LookUp<'_> {
    /// Adds every row of the text; where a quote may hold a line end, or a line is too long, the rows up to there. Says
    /// where it stopped.
    pub fn stretch(&self, text: &str, into: &mut Stretch) -> usize {
        let bytes = text.as_bytes();
        let (mut line, mut at) = (into.lines, 0);
        while at < bytes.len() {
            let Stretch { rows, odd, .. } = &mut *into;
            (line, at) = self.each(text, at, line, |draft, pair| match pair {
                Some((coachee, coach)) => rows.push(coachee, coach, draft.score, draft.minutes),
                None => odd.push(Odd { line: draft.line, text: text[draft.start..draft.next].into() }),
            });
            if at < bytes.len() {
                let next = line_end(bytes, at);
                if next - at > LINE_LIMIT || memchr::memchr(b'"', &bytes[at..next]).is_some() {
                    break;
                }
                odd.push(Odd { line, text: text[at..next].into() });
                (line, at) = (line + 1, next);
            }
        }
        (into.lines, into.bytes) = (line, at);
        at
    }

    /// Adds the rows from `at` on, up to the first that is not plain; answers the line and the place of that.
    pub fn plain_rows(&self, text: &str, at: usize, line: u32, rows: &mut Vec<Found>) -> (u32, usize) {
        self.each(text, at, line, |draft, pair| {
            let Draft { line, start, next, score, minutes, coach: _, coachee: _ } = *draft;
            let pair = pair.map(|(coachee, coach)| (coachee, coach, score, minutes));
            rows.push(Found { line, start, next, pair });
        })
    }

    /// Every plain row from `at` on with its people, if they are known, up to the first row that is not plain.
    ///
    /// Rows are looked up by the dozen: the look-ups do not wait for each other, nor the scan for them.
    #[inline]
    fn each(
        &self,
        text: &str,
        at: usize,
        line: u32,
        mut found: impl FnMut(&Draft<'_>, Option<(CoacheeIx, CoachIx)>),
    ) -> (u32, usize) {
        let bytes = text.as_bytes();
        let (mut line, mut at) = (line, at);
        let mut batch: Vec<Draft<'_>> = Vec::with_capacity(BATCH);
        // Files are often grouped by coachee: the key of the last short id, and its index.
        let mut last = None;
        let mut plain = true;
        while at < bytes.len() && plain {
            batch.clear();
            while at < bytes.len() && batch.len() < BATCH {
                match self.layout.scan(bytes, at, line) {
                    Scanned::Blank(next) => at = next,
                    Scanned::Row(draft) => {
                        at = draft.next;
                        batch.push(draft);
                    }
                    Scanned::Other => {
                        plain = false;
                        break;
                    }
                }
                line += 1;
            }
            let mut coaches = [None; BATCH];
            for (found, draft) in coaches.iter_mut().zip(&batch) {
                *found = self.coaches.find(draft.coach.key, draft.coach.text);
            }
            let mut coachees = [None; BATCH];
            for (found, draft) in coachees.iter_mut().zip(&batch) {
                *found = self.coachee(draft.coachee, &mut last);
            }
            for (draft, people) in batch.iter().zip(coachees.into_iter().zip(coaches)) {
                let (coachee, coach) = people;
                found(draft, coachee.map(CoacheeIx::new).zip(coach.map(CoachIx::new)));
            }
        }
        (line, at)
    }

    #[inline]
    fn coachee(&self, id: Id<'_>, last: &mut Option<(u64, u32)>) -> Option<u32> {
        let short = id.text.len() <= 8;
        match *last {
            Some((known, at)) if known == id.key && short => Some(at),
            _ => {
                let found = self.coachees.find(id.key, id.text);
                *last = found.filter(|_| short).map(|at| (id.key, at));
                found
            }
        }
    }
}

/// Where the line that holds `at` ends, its end included.
fn line_end(bytes: &[u8], at: usize) -> usize {
    let Some(end) = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map(|found| at + found) else {
        return bytes.len();
    };
    end + if bytes[end] == b'\r' && bytes.get(end + 1) == Some(&b'\n') { 2 } else { 1 }
}

/// Where a quote closes that holds neither quotes nor line ends.
fn simple_quote(bytes: &[u8]) -> Option<usize> {
    memchr::memchr3(b'"', b'\n', b'\r', bytes)
        .filter(|&at| bytes[at] == b'"' && bytes.get(at + 1) != Some(&b'"'))
}

/// A short plain decimal; anything else is looked at again.
#[inline]
pub fn plain_points(text: &[u8]) -> Option<Points> {
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
    if digits == b"." {
        return None;
    }
    let micro = value.checked_mul(*words8::SCALE.get(places.unwrap_or(0))?)?;
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
