//! Quantities: points in integer micro-points, minutes in whole minutes.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

/// Points, held as micro-points (1 point = 1,000,000). Larger is better.
///
/// One pair's score stays within ±10^15 micro-points ([`Points::LIMIT`]) for given scores, and 10^12 per rule for
/// weighted ones, so sums over fewer than 2^32 pairs fit `i128`, and sums over a roster's rules fit `i64`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Points(pub i64);

impl Points {
    pub const ZERO: Self = Self(0);
    /// Micro-points in a point.
    pub const ONE: Self = Self(1_000_000);
    /// The largest size of a given score: a billion points.
    pub const LIMIT: Self = Self(1_000_000_000_000_000);

    /// `floor(self × numerator / denominator)`; the denominator is positive.
    #[must_use]
    pub fn share(self, numerator: i64, denominator: i64) -> Self {
        let wide = (i128::from(self.0) * i128::from(numerator)).div_euclid(i128::from(denominator));
        Self(
            i64::try_from(wide)
                .expect("a share of a weight is no larger than the weight times its numerator"),
        )
    }

    /// Reads a decimal with at most six places, such as `-12.5`. No exponent, no sign `+`, no grouping.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() && fraction.is_empty() || !plain(whole) || !plain(fraction) {
            return None;
        }
        if fraction.len() > 6 || whole.len() > 12 {
            return None;
        }
        let mut micro: i64 = 0;
        for b in whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', 6 - fraction.len())) {
            micro = micro.checked_mul(10)?.checked_add(i64::from(b - b'0'))?;
        }
        Some(Self(if negative { -micro } else { micro }))
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", micro_decimal(i128::from(self.0)))
    }
}

/// A number of micro-points as a decimal with six places, exact: `-305.000000`.
pub fn micro_decimal(micro: i128) -> String {
    let sign = if micro < 0 { "-" } else { "" };
    let size = micro.unsigned_abs();
    format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000)
}

/// Micro-points from a decimal with exactly six places, of any size: what [`micro_decimal`] writes.
pub fn parse_micro(text: &str) -> Option<i128> {
    let (negative, size) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = size.split_once('.')?;
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || fraction.len() != 6 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let value: i128 = format!("{whole}{fraction}").parse().ok()?;
    Some(if negative { -value } else { value })
}

/// A number in units of its last place (at most the sixth), without zeros that say nothing: `1.5`, `40`.
pub fn short_decimal(units: u64, places: u8) -> String {
    let one = 10_u64.pow(u32::from(places));
    let whole = format!("{}.{:0>width$}", units / one, units % one, width = usize::from(places));
    whole.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}
impl Sub for Points {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}
impl Neg for Points {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
impl AddAssign for Points {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}
impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

/// Whole minutes of travel, one way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Minutes(pub u32);

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Points, micro_decimal, parse_micro, short_decimal};

    #[test]
    fn sums_survive_the_round_trip() {
        for value in [0, 1, -1, -999_999, 4_321_123_456, i128::from(i64::MAX) * 1000] {
            assert_eq!(parse_micro(&micro_decimal(value)), Some(value));
        }
        assert_eq!(parse_micro("1.5"), None);
        assert_eq!(parse_micro("x.000000"), None);
    }

    #[test]
    fn decimals_are_exact_both_ways() {
        for (text, micro) in
            [("0", 0), ("-0.000001", -1), ("12.5", 12_500_000), (".5", 500_000), ("7.", 7_000_000)]
        {
            assert_eq!(Points::parse(text), Some(Points(micro)), "{text}");
        }
        for text in ["", "-", ".", "1e3", "+1", "NaN", "inf", "1,5", "0.0000001", "1 000", "--1"] {
            assert_eq!(Points::parse(text), None, "{text}");
        }
        assert_eq!(Points(-305_000_000).to_string(), "-305.000000");
        assert_eq!(Points(-1).to_string(), "-0.000001");
        for (units, places, text) in [(1, 3, "0.001"), (1_300, 3, "1.3"), (40_000, 3, "40"), (0, 6, "0")] {
            assert_eq!(short_decimal(units, places), text);
        }
    }
}
