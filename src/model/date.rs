//! Calendar days and windows of days.

use std::fmt;

/// A day of the proleptic Gregorian calendar, as days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date(i32);

impl Date {
    /// `None` if there is no such day, or the year is outside 1900 to 2200.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        if !(1900..=2200).contains(&year)
            || !(1..=12).contains(&month)
            || day == 0
            || day > days_in(year, month)
        {
            return None;
        }
        // Days from civil: H. Hinnant, "chrono-compatible low-level date algorithms".
        let (m, d) = (i32::try_from(month).ok()?, i32::try_from(day).ok()?);
        let y = if m <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let year_of_era = y.rem_euclid(400);
        let day_of_year = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + d - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Some(Self(era * 146_097 + day_of_era - 719_468))
    }

    /// Year, month, day.
    pub fn civil(self) -> (i32, i32, i32) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        (yoe + era * 400 + i32::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
    }

    /// Reads `2026-08-24`.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (y, m, d) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || y.len() != 4 || m.len() != 2 || d.len() != 2 {
            return None;
        }
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if !digits(y) || !digits(m) || !digits(d) {
            return None;
        }
        Self::new(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?)
    }

    #[must_use]
    pub const fn plus_days(self, days: i32) -> Self {
        Self(self.0 + days)
    }

    /// The same day `years` earlier (29 February becomes 28 February).
    #[must_use]
    pub fn years_before(self, years: i32) -> Self {
        let (y, m, d) = self.civil();
        let (month, day) = (u32::try_from(m).unwrap_or(1), u32::try_from(d).unwrap_or(1));
        let same = Self::new(y - years, month, day).or_else(|| Self::new(y - years, month, 28));
        same.unwrap_or(Self(i32::MIN / 2))
    }
}

const fn days_in(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = self.civil();
        write!(f, "{y:04}-{m:02}-{d:02}")
    }
}

/// A window of days, both ends included; a missing end is open.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Window {
    pub from: Option<Date>,
    pub to: Option<Date>,
}

impl Window {
    /// Whether the two windows share a day.
    pub fn overlaps(self, other: Self) -> bool {
        let before = |a: Self, b: Self| matches!((a.to, b.from), (Some(end), Some(start)) if end < start);
        !before(self, other) && !before(other, self)
    }

    /// Whether every day of `other` is a day of this window.
    pub fn covers(self, other: Self) -> bool {
        let starts = self.from.is_none_or(|mine| other.from.is_some_and(|theirs| mine <= theirs));
        let ends = self.to.is_none_or(|mine| other.to.is_some_and(|theirs| mine >= theirs));
        starts && ends
    }
}

#[cfg(test)]
mod tests {
    use super::{Date, Window};

    #[test]
    fn days_survive_the_round_trip_and_leap_years_are_known() {
        let first = Date::new(1900, 1, 1).expect("a day");
        for offset in 0..109_000 {
            let day = first.plus_days(offset);
            assert_eq!(Date::parse_iso(&day.to_string()), Some(day));
        }
        assert_eq!(Date::new(2026, 2, 29), None);
        assert!(Date::new(2024, 2, 29).is_some());
        assert_eq!(Date::parse_iso("2026-8-24"), None);
        assert_eq!(
            Date::new(2024, 2, 29).map(|d| d.years_before(3).to_string()).as_deref(),
            Some("2021-02-28")
        );
    }

    #[test]
    fn windows_touch_on_a_shared_day() {
        let w = |a, b| Window { from: Date::new(2026, 1, a), to: Date::new(2026, 1, b) };
        assert!(w(1, 5).overlaps(w(5, 9)));
        assert!(!w(1, 4).overlaps(w(5, 9)));
        assert!(Window::default().covers(w(1, 2)) && !w(1, 2).covers(Window::default()));
    }
}
