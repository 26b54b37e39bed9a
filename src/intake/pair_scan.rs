//! One row of `pairs.csv` cut by hand, if it is plain.

use crate::model::quantity::{Minutes, Points};

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
            while pos < bytes.len() && !STOPS[bytes[pos] as usize] {
                pos += 1;
            }
            for (cell, &wanted) in cells.iter_mut().zip(&self.places) {
                if wanted == place {
                    *cell = (start, pos);
                }
            }
            match bytes.get(pos) {
                Some(b',') => {
                    pos += 1;
                    (place, start) = (place + 1, pos);
                }
                Some(b'"') => return Scanned::Other,
                _ => break,
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
