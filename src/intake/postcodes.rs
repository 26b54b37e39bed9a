//! Postcodes: canonical form, and the bundled tables (`data/postcodes/`): unit postcodes of the KA area, else the
//! sectors of Great Britain. The texts are sorted, so a look-up is a binary search and start-up costs nothing.

use crate::model::geo::Place;

const UNITS: &str = include_str!("../../data/postcodes/ka_unit_postcodes.csv");
const SECTORS: &str = include_str!("../../data/postcodes/gb_sectors.csv");
/// 90 % of the unit centroids are this near to the true place, in metres.
const UNIT_ACCURACY_M: u32 = 300;

/// `KA1 2EW` from `ka12ew`: the last three characters are the inward code. `None` if it is no postcode by its form.
pub fn canonical(text: &str) -> Option<Box<str>> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    if !plain.is_ascii() || !(5..=7).contains(&plain.len()) {
        return None;
    }
    let (outward, inward) = plain.split_at(plain.len() - 3);
    let letters = outward.bytes().take_while(u8::is_ascii_uppercase).count();
    let district = &outward.as_bytes()[letters..];
    let fits = (1..=2).contains(&letters)
        && (1..=2).contains(&district.len())
        && district[0].is_ascii_digit()
        && district.iter().all(u8::is_ascii_alphanumeric)
        && inward.as_bytes()[0].is_ascii_digit()
        && inward[1..].bytes().all(|b| b.is_ascii_uppercase());
    fits.then(|| format!("{outward} {inward}").into())
}

/// Where a canonical postcode is, and within how many metres 90 % of such look-ups are right.
pub fn find(postcode: &str) -> Option<(Place, u32)> {
    if let Some(rest) = row(UNITS, postcode) {
        return place(rest).map(|(place, _)| (place, UNIT_ACCURACY_M));
    }
    let rest = row(SECTORS, postcode.get(..postcode.len().checked_sub(2)?)?)?;
    let (place, rest) = place(rest)?;
    let kilometres = rest.rsplit(',').next()?;
    let (whole, fraction) = kilometres.split_once('.').unwrap_or((kilometres, ""));
    let metres = format!("{whole}{:0<3}", fraction.get(..3).unwrap_or(fraction));
    Some((place, metres.parse().ok()?))
}

/// Latitude and longitude, and what follows them.
fn place(row: &str) -> Option<(Place, &str)> {
    let mut cells = row.splitn(3, ',');
    let (lat, lon) = (cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
    Some((Place::from_degrees(lat, lon)?, cells.next().unwrap_or("")))
}

/// The rest of the row whose first cell is `key`, by binary search over the lines.
fn row(table: &'static str, key: &str) -> Option<&'static str> {
    let bytes = table.as_bytes();
    let mut low = memchr::memchr(b'\n', bytes)? + 1;
    let mut high = bytes.len();
    while low < high {
        let middle = low + (high - low) / 2;
        let start = memchr::memrchr(b'\n', &bytes[..middle]).map_or(0, |at| at + 1).max(low);
        let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at);
        let (name, rest) = table[start..end].split_once(',')?;
        match name.cmp(key) {
            std::cmp::Ordering::Equal => return Some(rest.trim_end()),
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{SECTORS, UNITS, canonical, find, row};

    #[test]
    fn every_row_is_found() {
        for table in [UNITS, SECTORS] {
            for line in table.lines().skip(1) {
                let (name, rest) = line.split_once(',').expect("two cells");
                assert_eq!(row(table, name), Some(rest));
            }
            assert_eq!(row(table, "A"), None);
            assert_eq!(row(table, "ZZ9 9"), None);
        }
    }

    #[test]
    fn units_come_before_sectors_and_the_form_is_checked() {
        assert_eq!(canonical(" ka12ew").as_deref(), Some("KA1 2EW"));
        assert_eq!(canonical("SW1A 1AA").as_deref(), Some("SW1A 1AA"));
        for text in ["KA1", "KA1 2", "KA1 2E", "12345", "KA1 2E1", "K1À 2EW", "KAA1 2EW", ""] {
            assert_eq!(canonical(text), None, "{text}");
        }
        let (_, unit) = find("KA1 1AA").expect("a unit");
        assert_eq!(unit, 300);
        let (_, sector) = find("AB1 0ZZ").expect("a sector");
        assert_eq!(sector, 2410);
        assert_eq!(find("ZZ9 9ZZ"), None);
    }
}
