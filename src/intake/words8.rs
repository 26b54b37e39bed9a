//! Cells eight bytes at a time: where they end, and short decimals, without a branch for every byte.

use crate::model::quantity::Points;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;
/// The lower byte of every other pair.
const PAIRS: u64 = 0x0000_00ff_0000_00ff;
/// Eight digits `0`.
const ZEROS: u64 = 0x30 * ONES;

/// Eight bytes of a text, the first lowest.
#[derive(Clone, Copy)]
pub struct Word8(u64);

/// A cell: its length, and its first eight bytes, zeros after its end.
#[derive(Clone, Copy)]
pub struct Cell8 {
    pub word: u64,
    pub len: usize,
}

impl Word8 {
    #[inline]
    pub fn at(bytes: &[u8], at: usize) -> Option<Self> {
        bytes.get(at..)?.first_chunk().map(|word| Self(u64::from_le_bytes(*word)))
    }

    /// A mark at the first byte up to `,`, among which are those that end a cell. Borrows can only mark bytes after it.
    #[inline]
    const fn low(self) -> u64 {
        self.0.wrapping_sub(0x2d * ONES) & !self.0 & HIGHS
    }

    /// The cell that starts with this word at `at`; `None` where it holds a space or another low byte that ends no
    /// cell, or comes near the end of the text. The byte after the cell is there.
    #[inline]
    pub fn cell(self, bytes: &[u8], at: usize) -> Option<Cell8> {
        let (mut word, mut len) = (self, 0);
        while word.low() == 0 {
            len += 8;
            word = Self::at(bytes, at + len)?;
        }
        let rest = word.low().trailing_zeros() / 8;
        let first = if len > 0 { self.0 } else { self.0 & !(u64::MAX << (8 * rest)) };
        len += rest as usize;
        matches!(bytes[at + len], b',' | b'\n' | b'\r').then_some(Cell8 { word: first, len })
    }
}

/// Micro-points in one unit of the last place, by the number of places.
pub const SCALE: [i64; 7] = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/// A plain decimal of 1 to 8 bytes; zeros after its end. At most 8 digits are far inside the range of a score.
#[inline]
pub fn points(word: u64, len: usize) -> Option<Points> {
    let negative = word & 0xff == u64::from(b'-');
    let (mut word, mut len) = if negative { (word >> 8, len - 1) } else { (word, len) };
    let unlike = word ^ (u64::from(b'.') * ONES);
    let dot = unlike.wrapping_sub(ONES) & !unlike & HIGHS;
    let mut places = 0;
    if dot != 0 {
        let before = dot.trailing_zeros() / 8;
        let whole = !(u64::MAX << (8 * before));
        word = word & whole | word >> 8 & !whole;
        len -= 1;
        places = len - before as usize;
    }
    if len == 0 {
        return None;
    }
    let blank = 8 * (8 - len);
    let value = digits(word << blank | ZEROS & !(u64::MAX << blank))?;
    let micro = i64::try_from(value).ok()? * *SCALE.get(places)?;
    Some(Points(if negative { -micro } else { micro }))
}

/// The number that eight digits spell: neighbours are joined to pairs, pairs to fours, fours to the whole.
#[inline]
const fn digits(word: u64) -> Option<u64> {
    let high = word & (0xf0 * ONES);
    let carried = word.wrapping_add(0x06 * ONES) & (0xf0 * ONES);
    if high != ZEROS || carried != ZEROS {
        return None;
    }
    let word = word - ZEROS;
    let pairs = (word * 10).wrapping_add(word >> 8);
    let first = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let second = (pairs >> 16 & PAIRS).wrapping_mul(1 + (10_000 << 32));
    Some(first.wrapping_add(second) >> 32)
}

#[cfg(test)]
mod tests {
    use super::{Word8, points};
    use crate::model::quantity::Points;

    fn word(text: &str) -> u64 {
        text.bytes().rev().fold(0, |word, b| word << 8 | u64::from(b))
    }

    #[test]
    fn short_decimals_agree_with_the_exact_ones() {
        for text in
            ["0", "7", "-1", "12345678", "-9999999", "1.5", ".5", "7.", "-.25", "0.000001", "-0.00001"]
        {
            assert_eq!(points(word(text), text.len()), Points::parse(text), "{text}");
        }
        for text in
            ["-", ".", "-.", "1e3", "+1", "NaN", "1.2.3", "--1", "1-", " 1", "1:", "1/", "é", "0.000000"]
        {
            let exact = (text == "0.000000").then_some(Points::ZERO);
            assert_eq!(points(word(text), text.len()), exact, "{text}");
        }
        assert_eq!(points(word(".0000000"), 8), None, "seven places");
    }

    #[test]
    fn cells_end_where_they_end() {
        let cell = |text: &str, at: usize| {
            let cell = Word8::at(text.as_bytes(), at)?.cell(text.as_bytes(), at)?;
            Some((cell.word, cell.len))
        };
        let pad = "--------";
        for (text, len) in
            [("ada,1", 3), ("12345678,", 8), ("123456789\n", 9), (",x", 0), ("\u{e9}t\u{e9}\r", 5)]
        {
            let first = word(&text[..text.floor_char_boundary(len.min(8))]);
            assert_eq!(cell(&format!("{text}{pad}"), 0), Some((first, len)), "{text:?}");
        }
        for text in ["a b,", "a\"b,", "abcdefghi j,", "a+b,"] {
            assert_eq!(cell(&format!("{text}{pad}"), 0), None, "{text:?}");
        }
        assert_eq!(cell("abcdefgh", 0), None, "no end in sight");
        assert_eq!(cell("a,b", 0), None, "too near the end");
    }
}
