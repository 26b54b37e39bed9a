//! Texts to values: numbers, decimals, yes and no, dates, words, ids. A blank is `None` without a fault; a text that
//! does not fit is `None` with one.

use std::ops::RangeInclusive;

use crate::model::catalogue::Word;
use crate::model::date::{Date, Window};
use crate::model::fault::Code;
use crate::model::quantity::Points;

use super::faults::Faults;
use super::tables::{Field, folded};

/// The longest id, in characters.
pub const ID_LIMIT: usize = 100;
/// The longest free text, in characters: names, reasons.
const TEXT_LIMIT: usize = 10_000;
/// The largest count: places, minutes, budgets.
pub const MOST: i64 = 1_000_000;

/// Faults a blank cell of a required column.
pub fn needed(field: &Field<'_>, faults: &mut Faults<'_>) -> bool {
    if field.is_blank() {
        let says = format!("{} is blank", field.column);
        faults.at(field, Code::BlankRequired, &says, "fill the cell in");
    }
    !field.is_blank()
}

/// Free text: any characters but control characters, tabs and line ends aside.
pub fn text(field: &Field<'_>, faults: &mut Faults<'_>) -> Option<Box<str>> {
    if field.is_blank() {
        return None;
    }
    if field.text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        faults.at(field, Code::NotText, "the cell holds control characters", "type the text anew");
        return None;
    }
    if field.text.len() > TEXT_LIMIT && field.text.chars().count() > TEXT_LIMIT {
        faults.at(field, Code::TooLarge, "the cell holds more than 10,000 characters", "shorten the text");
        return None;
    }
    Some(field.text.into())
}

/// Whether the text can be an id: at most 100 characters, no control characters, no `;`.
pub fn fits_id(field: &Field<'_>, faults: &mut Faults<'_>) -> bool {
    let says = if field.text.chars().count() > ID_LIMIT {
        "the id is longer than 100 characters"
    } else if field.text.chars().any(char::is_control) {
        "the id holds control characters"
    } else if field.text.contains(';') {
        "the id holds a semicolon, which separates several values in a cell"
    } else {
        return true;
    };
    faults.at(field, Code::BadId, says, "give a short id of letters and digits");
    false
}

/// A whole number within a range; `2.0` counts as 2.
pub fn whole(field: &Field<'_>, range: RangeInclusive<i64>, faults: &mut Faults<'_>) -> Option<i64> {
    if field.is_blank() {
        return None;
    }
    let (digits, zeros) = field.text.split_once('.').unwrap_or((field.text, "0"));
    let size = digits.strip_prefix('-').unwrap_or(digits);
    let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !plain(size) || !plain(zeros) || zeros.bytes().any(|b| b != b'0') {
        let remedy = match between(field.text) {
            Some((low, high)) => format!("write {low} or {high}: a number cell holds one number"),
            None => "write a whole number in digits, without separators".to_owned(),
        };
        let says = format!("{} is not a whole number", field.column);
        faults.at(field, Code::NotWhole, &says, &remedy);
        return None;
    }
    let number = digits.parse().ok().filter(|n| range.contains(n));
    if number.is_none() {
        out_of_range(field, range.start(), range.end(), faults);
    }
    number
}

/// The two numbers of `2-3`, `2 to 3`, `2/3`, `2 or 3`.
fn between(text: &str) -> Option<(u32, u32)> {
    let digits = |c: char| c.is_ascii_digit();
    let inner = text.trim_matches(digits);
    if inner.is_empty() || !matches!(inner.trim(), "-" | "–" | "—" | "to" | "or" | "/") {
        return None;
    }
    let (low, high) = text.split_once(inner)?;
    Some((low.parse().ok()?, high.parse().ok()?))
}

fn out_of_range(
    field: &Field<'_>,
    low: &dyn std::fmt::Display,
    high: &dyn std::fmt::Display,
    faults: &mut Faults<'_>,
) {
    let says = format!("{} is out of range", field.column);
    faults.at(field, Code::OutOfRange, &says, &format!("write a number from {low} to {high}"));
}

/// A whole number from 0 to `most`.
pub fn count(field: &Field<'_>, most: i64, faults: &mut Faults<'_>) -> Option<u32> {
    whole(field, 0..=most, faults).and_then(|n| u32::try_from(n).ok())
}

/// Whether the text is a plain decimal: an optional minus, digits, at most one point. No exponent, no separators.
pub fn is_decimal(text: &str) -> bool {
    let size = text.strip_prefix('-').unwrap_or(text);
    let digits = size.bytes().filter(u8::is_ascii_digit).count();
    let points = size.bytes().filter(|&b| b == b'.').count();
    digits > 0 && points <= 1 && digits + points == size.len()
}

/// A decimal with at most six places, between the bounds.
pub fn decimal(field: &Field<'_>, low: Points, high: Points, faults: &mut Faults<'_>) -> Option<Points> {
    if field.is_blank() {
        return None;
    }
    let places = field.text.split_once('.').map_or("", |(_, f)| f).trim_end_matches('0').len();
    if !is_decimal(field.text) || places > 6 {
        let says = format!("{} is not a decimal with at most six places", field.column);
        faults.at(
            field,
            Code::NotDecimal,
            &says,
            "write digits with a point, such as -12.5, without exponent or commas",
        );
        return None;
    }
    let value = decimal_value(field.text).filter(|p| (low..=high).contains(p));
    if value.is_none() {
        out_of_range(field, &low, &high, faults);
    }
    value
}

/// The value of a plain decimal; zeros that say nothing do not count. `None` if it is too large or too fine.
fn decimal_value(text: &str) -> Option<Points> {
    let (minus, size) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = size.split_once('.').unwrap_or((size, ""));
    let fine = fraction.trim_end_matches('0');
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Points::parse(&format!("{minus}{whole}.{fine}"))
}

/// A decimal with at most two places, in hundredths.
pub fn hundredths(field: &Field<'_>, faults: &mut Faults<'_>) -> Option<u32> {
    let micro = decimal(field, Points::ZERO, Points(MOST * Points::ONE.0), faults)?.0;
    if micro % 10_000 != 0 {
        let says = format!("{} has more than two places", field.column);
        faults.at(field, Code::NotDecimal, &says, "round it to two places");
        return None;
    }
    u32::try_from(micro / 10_000).ok()
}

/// Yes or no in the forms that forms use.
pub fn yes_no(field: &Field<'_>, faults: &mut Faults<'_>) -> Option<bool> {
    if field.is_blank() {
        return None;
    }
    let answer = match folded(field.text).as_str() {
        "" => return None,
        "y" | "yes" | "true" | "t" | "1" | "x" | "✓" | "✔" => Some(true),
        "n" | "no" | "false" | "f" | "0" | "–" => Some(false),
        _ => None,
    };
    if answer.is_none() {
        faults.at(
            field,
            Code::NotYesNo,
            &format!("{} is neither yes nor no", field.column),
            "write yes or no",
        );
    }
    answer
}

/// A date as `2026-08-24`, `24/08/2026` (day first, always), `24 Aug 2026` or `24 August 2026`.
pub fn date(field: &Field<'_>, faults: &mut Faults<'_>) -> Option<Date> {
    if field.is_blank() {
        return None;
    }
    let date = parse_date(field.text);
    if date.is_none() {
        let says = format!("{} is not a date", field.column);
        let remedy = "write it as 2026-08-24, 24/08/2026 (day first) or 24 Aug 2026, between 1900 and 2200";
        faults.at(field, Code::NotDate, &says, remedy);
    }
    date
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

pub fn parse_date(text: &str) -> Option<Date> {
    if let Some(date) = Date::parse_iso(text) {
        return Some(date);
    }
    let number = |s: &str, most: usize| -> Option<u32> {
        (!s.is_empty() && s.len() <= most && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse().ok())?
    };
    let (day, month, year) = if text.contains('/') {
        let parts: Vec<&str> = text.split('/').collect();
        let [day, month, year] = parts[..] else { return None };
        (number(day, 2)?, number(month, 2)?, year)
    } else {
        let parts: Vec<&str> = text.split_whitespace().collect();
        let [day, name, year] = parts[..] else { return None };
        let name = name.trim_end_matches('.').to_lowercase();
        let month =
            MONTHS.iter().position(|m| *m == name || m[..3] == name || (name == "sept" && m[..4] == name))?;
        (number(day, 2)?, u32::try_from(month + 1).ok()?, year)
    };
    let year = number(year, 4).filter(|_| year.len() == 4)?;
    Date::new(i32::try_from(year).ok()?, month, day)
}

/// A window of two cells; the end must not come before the start.
pub fn window(from: &Field<'_>, to: &Field<'_>, faults: &mut Faults<'_>) -> Window {
    let window = Window { from: date(from, faults), to: date(to, faults) };
    if matches!((window.from, window.to), (Some(a), Some(b)) if b < a) {
        let remedy = "correct one of the two dates; the day comes first in 24/08/2026";
        faults.at(to, Code::DatesReversed, &format!("{} is before {}", to.column, from.column), remedy);
    }
    window
}

/// A word of a closed list, without case, spaces, hyphens and underscores.
pub fn word<W: Word>(field: &Field<'_>, faults: &mut Faults<'_>) -> Option<W> {
    if field.is_blank() {
        return None;
    }
    let plain = folded(field.text);
    let found = W::ALL.iter().copied().find(|w| folded(w.key()) == plain);
    if found.is_none() {
        unknown_word(field, Code::UnknownWord, W::ALL.iter().map(|w| w.key()), faults);
    }
    found
}

/// A fault that names the nearest allowed word, or all of them.
pub fn unknown_word<'k>(
    field: &Field<'_>,
    code: Code,
    known: impl ExactSizeIterator<Item = &'k str> + Clone,
    faults: &mut Faults<'_>,
) {
    let all: Vec<&str> = known.clone().collect();
    let remedy = faults.suggest(field.text, known, &format!("write one of {}", all.join(", ")));
    faults.at(field, code, &format!("{} cannot be \"{}\"", field.column, field.text), &remedy);
}

/// At most this many values in a list cell that is not ranked.
const LIST_LIMIT: usize = 500;

/// The values of a list cell; more than `most` are a fault.
pub fn list<'a>(field: &Field<'a>, most: Option<usize>, faults: &mut Faults<'_>) -> Vec<Field<'a>> {
    if field.is_blank() {
        return Vec::new();
    }
    let values: Vec<Field<'a>> = field.values().collect();
    let most = most.unwrap_or(LIST_LIMIT);
    if values.len() > most {
        let says = format!("{} holds {} values", field.column, values.len());
        faults.at(field, Code::TooMany, &says, &format!("keep at most {most}"));
        return Vec::new();
    }
    values
}

#[cfg(test)]
mod tests {
    use super::{between, decimal_value, is_decimal, parse_date};
    use crate::model::quantity::Points;

    #[test]
    fn dates_come_in_three_forms_with_the_day_first() {
        for text in ["2026-08-24", "24/08/2026", "24/8/2026", "24 Aug 2026", "24 August 2026", "24 aug. 2026"]
        {
            assert_eq!(parse_date(text).map(|d| d.to_string()).as_deref(), Some("2026-08-24"), "{text}");
        }
        for text in [
            "08/24/2026",
            "24/08/26",
            "2026/08/24",
            "31 Feb 2026",
            "24-08-2026",
            "2026-13-01",
            "soon",
            "24 Au 2026",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn decimals_are_plain() {
        for (text, micro) in
            [("007.50", 7_500_000), ("-.5", -500_000), ("3.", 3_000_000), ("1.0000000", 1_000_000)]
        {
            assert!(is_decimal(text));
            assert_eq!(decimal_value(text), Some(Points(micro)), "{text}");
        }
        for text in ["", "-", ".", "1e5", "NaN", "inf", "1,000", "+1", "1.2.3", "--1", "0x1", "½"] {
            assert!(!is_decimal(text), "{text}");
        }
    }

    #[test]
    fn two_numbers_in_one_cell_are_seen() {
        assert_eq!(between("2-3"), Some((2, 3)));
        assert_eq!(between("2 to 3"), Some((2, 3)));
        assert_eq!(between("two"), None);
        assert_eq!(between("23"), None);
    }
}
