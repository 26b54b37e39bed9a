//! Cells that hold several values: sectors, words, ranked choices, strengths.

use crate::model::catalogue::Sector;
use crate::model::fault::Code;
use crate::model::index::WordIx;

use super::cells;
use super::faults::Faults;
use super::people::Desk;
use super::tables::Field;

/// The sectors of a list cell, in their order, without repeats.
pub fn sectors_of(field: &Field<'_>, faults: &mut Faults<'_>) -> Vec<Sector> {
    let mut found: Vec<Sector> =
        cells::list(field, None, faults).iter().filter_map(|one| sector(one, faults)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// A sector; the short names of Scottish authorities are known.
pub fn sector(field: &Field<'_>, faults: &mut Faults<'_>) -> Option<Sector> {
    match field.text.to_ascii_lowercase().as_str() {
        "elc" => Some(Sector::EarlyLearning),
        "asn" => Some(Sector::Special),
        _ => cells::word(field, faults),
    }
}

/// The words of a list cell.
pub fn words_of(field: &Field<'_>, desk: &mut Desk<'_, '_>) -> Vec<WordIx> {
    let values = cells::list(field, None, desk.faults);
    values.iter().filter_map(|one| cells::text(one, desk.faults)).map(|word| desk.words.add(&word)).collect()
}

/// At most `most` values (the limit of every list where `None`), in order, none twice.
pub fn ranked<T: PartialEq>(
    field: &Field<'_>,
    most: Option<usize>,
    faults: &mut Faults<'_>,
    mut one: impl FnMut(&Field<'_>, &mut Faults<'_>) -> Option<T>,
) -> Vec<T> {
    let mut found = Vec::new();
    for value in cells::list(field, most, faults) {
        let Some(item) = one(&value, faults) else { continue };
        if found.contains(&item) {
            faults.at(
                &value,
                Code::DuplicateRow,
                "the value stands twice in one cell",
                "name every value once",
            );
        } else {
            found.push(item);
        }
    }
    found
}

/// `tag:level` values.
pub fn strengths_of(field: &Field<'_>, desk: &mut Desk<'_, '_>) -> Vec<(WordIx, u8)> {
    let mut found: Vec<(WordIx, u8)> = Vec::new();
    for one in cells::list(field, None, desk.faults) {
        let parts = one.text.rsplit_once(':').map(|(tag, level)| (tag.trim(), level.trim()));
        let level = parts.and_then(|(_, level)| level.parse::<u8>().ok()).filter(|level| *level <= 3);
        let (Some((tag, _)), Some(level)) = (parts.filter(|(tag, _)| !tag.is_empty()), level) else {
            let remedy = "write tag:level with a level from 0 to 3, such as leading change:2";
            desk.faults.at(&one, Code::BadStrength, "the strength is not tag:level", remedy);
            continue;
        };
        let Some(tag) = cells::text(&Field { text: tag, ..one }, desk.faults) else { continue };
        let word = desk.words.add(&tag);
        if found.iter().any(|(known, _)| *known == word) {
            desk.faults.at(
                &one,
                Code::DuplicateRow,
                "the strength stands twice",
                "give every strength one level",
            );
        } else {
            found.push((word, level));
        }
    }
    found
}
