//! Plain rows of `pairs.csv`: cut by hand, looked up by hash.

use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::quantity::{Minutes, Points};

use super::id_index::{self, IdIndex};
use super::pairs::Pair;

/// A plain row: its text from `start` to `next`, the ids, and the numbers.
#[derive(Clone, Copy)]
pub struct Draft<'t> {
    pub line: u32,
    pub start: usize,
    pub next: usize,
    pub coach: &'t [u8],
    pub coachee: &'t [u8],
    pub score: Points,
    pub minutes: Option<Minutes>,
}

/// What stands at a place, as far as the fast way can tell.
pub enum Scanned<'t> {
    /// An empty line; the next one starts here.
    Blank(usize),
    Row(Draft<'t>),
    /// A row with quotes, too few cells, odd numbers: for the other way.
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
    pub fn scan<'t>(&self, bytes: &'t [u8], at: usize, line: u32) -> Scanned<'t> {
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
            for (cell, &wanted) in cells.iter_mut().zip(&self.places) {
                if wanted == place {
                    *cell = (start, end);
                }
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
    /// Every row of a text without quotes, and the number of its lines. Rows that are not plain have no pair.
    pub fn rows(&self, text: &str) -> (Vec<Found>, u32) {
        let mut rows = Vec::with_capacity(text.len() / 20);
        let (mut line, mut at) = (0, 0);
        loop {
            (line, at) = self.plain_rows(text, at, line, &mut rows);
            if at == text.len() {
                return (rows, line);
            }
            let next = line_end(text.as_bytes(), at);
            rows.push(Found { line, start: at, next, pair: None });
            (line, at) = (line + 1, next);
        }
    }

    /// Adds the rows from `at` on, up to the first that is not plain; answers the line and the place of that.
    ///
    /// Rows are looked up by the dozen: the look-ups do not wait for each other, nor the scan for them.
    pub fn plain_rows(&self, text: &str, at: usize, line: u32, rows: &mut Vec<Found>) -> (u32, usize) {
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
            self.look_up(&batch, &mut last, rows);
        }
        (line, at)
    }

    fn look_up(&self, batch: &[Draft<'_>], last: &mut Option<(u64, u32)>, rows: &mut Vec<Found>) {
        let mut coaches = [None; BATCH];
        for (found, draft) in coaches.iter_mut().zip(batch) {
            *found = self.coaches.find(draft.coach);
        }
        let mut coachees = [None; BATCH];
        for (found, draft) in coachees.iter_mut().zip(batch) {
            let key = id_index::key(draft.coachee);
            *found = match *last {
                Some((known, at)) if known == key && draft.coachee.len() <= 8 => Some(at),
                _ => self.coachees.find(draft.coachee),
            };
            *last = found.filter(|_| draft.coachee.len() <= 8).map(|at| (key, at));
        }
        for (draft, found) in batch.iter().zip(coaches.into_iter().zip(coachees)) {
            let Draft { line, start, next, coach: _, coachee: _, score, minutes } = *draft;
            let pair = match found {
                (Some(coach), Some(coachee)) => {
                    Some((CoacheeIx::new(coachee), CoachIx::new(coach), score, minutes))
                }
                _ => None,
            };
            rows.push(Found { line, start, next, pair });
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

/// Micro-points in one unit of the last place, by the number of places.
const SCALE: [i64; 7] = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

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
