//! Roles and grades as people write them.

use crate::model::fault::Code;
use crate::model::people::{Grade, Role};

use super::cells;
use super::faults::Faults;
use super::tables::{Field, folded};

/// The standard roles: the grade that goes with each, its short name and its long ones, folded.
const STANDARD: [(i32, &[&str]); 7] = [
    (1, &["t", "teacher", "classteacher"]),
    (2, &["pt", "principalteacher"]),
    (3, &["dht", "deputeheadteacher", "deputyheadteacher", "depute", "deputy", "deputehead", "deputyhead"]),
    (4, &["ht", "headteacher", "head"]),
    (5, &["eht", "executiveheadteacher", "executivehead"]),
    (6, &["dir", "director"]),
    (7, &["ceo", "chiefexecutive", "chiefexecutiveofficer"]),
];

/// A role; `HT (acting)` and `Acting HT` are the role `HT`, held by somebody acting.
pub fn role(field: &Field<'_>, faults: &mut Faults<'_>) -> Option<Role> {
    let written = cells::text(field, faults)?;
    let lower = written.to_lowercase();
    // Lower case may change the length of exotic letters, so the cut is made on the text itself.
    let (text, acting) = if lower.ends_with("(acting)") && written.len() == lower.len() {
        (written[..written.len() - "(acting)".len()].trim_end(), true)
    } else if lower.starts_with("acting ") && written.len() == lower.len() {
        (written["acting ".len()..].trim_start(), true)
    } else {
        (&*written, false)
    };
    if text.is_empty() {
        return Some(Role { text: written, standard: None, acting: false });
    }
    let plain = folded(text);
    let standard =
        STANDARD.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(grade, _)| *grade);
    Some(Role { text: text.into(), standard, acting })
}

/// A grade: a whole number, or one of the programme's names, whose rank is its position from 1.
pub fn grade(field: &Field<'_>, names: &[Box<str>], faults: &mut Faults<'_>) -> Option<Grade> {
    if field.is_blank() {
        return None;
    }
    let plain = field.text.to_lowercase();
    if let Some(at) = names.iter().position(|n| n.to_lowercase() == plain) {
        return Some(Grade { text: names[at].clone(), rank: i32::try_from(at + 1).ok()? });
    }
    if !names.is_empty() && !field.text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.')) {
        cells::unknown_word(field, Code::UnknownWord, names.iter().map(|n| &**n), faults);
        return None;
    }
    let rank = cells::whole(field, -1000..=1000, faults)?;
    Some(Grade { text: rank.to_string().into(), rank: i32::try_from(rank).ok()? })
}

#[cfg(test)]
mod tests {
    use super::super::faults::Faults;
    use super::super::source::Span;
    use super::super::tables::Field;
    use super::role;

    #[test]
    fn acting_heads_are_heads() {
        let of = |text| {
            let field = Field { text, span: Span::default(), column: "role", file: 0 };
            role(&field, &mut Faults::new(&[], Vec::new()))
                .map(|r| (r.text.to_string(), r.standard, r.acting))
        };
        assert_eq!(of("HT (acting)"), Some(("HT".into(), Some(4), true)));
        assert_eq!(of("Acting Head Teacher"), Some(("Head Teacher".into(), Some(4), true)));
        assert_eq!(of("Depute Headteacher"), Some(("Depute Headteacher".into(), Some(3), false)));
        assert_eq!(of("Head of Education"), Some(("Head of Education".into(), None, false)));
        assert_eq!(of(""), None);
    }
}
