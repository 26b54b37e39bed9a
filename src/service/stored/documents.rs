//! A programme as it is kept: everything but the declarations as one text, the declarations as another.

use super::{Refused, StoreError};
use crate::intake::{self, Given, Reading};
use crate::service::{ServiceError, pairs_to_ask};
use crate::store::RosterRecord;

const DECLARATIONS: &str = "conflicts";

/// The fields of a programme under their names.
pub(super) type Fields = Vec<(std::borrow::Cow<'static, str>, Given)>;

/// The two texts.
pub(super) fn texts(given: Given) -> (String, String) {
    let (rest, declared) = apart(given);
    (intake::given_to_json(&rest), intake::given_to_json(&Given::List(declared)))
}

/// The declarations taken out.
pub(super) fn apart(given: Given) -> (Given, Vec<Given>) {
    let Given::Table(fields) = given else { return (given, Vec::new()) };
    let mut declared = Vec::new();
    let mut rest = Fields::new();
    for (name, value) in fields {
        match value {
            Given::List(rows) if name == DECLARATIONS => declared.extend(rows),
            value => rest.push((name, value)),
        }
    }
    (Given::Table(rest), declared)
}

/// The declarations put back.
pub(super) fn together(rest: Given, declared: Vec<Given>) -> Given {
    match rest {
        Given::Table(mut fields) => {
            if !declared.is_empty() {
                fields.push((DECLARATIONS.into(), Given::List(declared)));
            }
            Given::Table(fields)
        }
        other => other,
    }
}

/// The declarations of a kept text.
pub(super) fn declarations(text: &str) -> Result<Vec<Given>, Refused> {
    match intake::given_of_json(text) {
        Some(Given::List(rows)) => Ok(rows),
        _ => Err(StoreError::Broken("declarations that are no list".to_owned()).into()),
    }
}

/// The programme of a revision, as it was handed over.
pub(super) fn given(record: &RosterRecord) -> Result<Given, Refused> {
    let rest = intake::given_of_json(&record.body);
    let rest = rest.ok_or_else(|| StoreError::Broken("a roster that is no JSON".to_owned()))?;
    Ok(together(rest, declarations(&record.declarations)?))
}

/// Reads a programme within the limit, and asks every rule about it, so that a run has nothing left to refuse.
pub(super) fn read(given: Given, limit: u64) -> Result<Reading, Refused> {
    let reading = intake::read_given(given).map_err(ServiceError::Faults)?;
    let asked = pairs_to_ask(&reading.roster);
    if asked > limit {
        return Err(Refused::TooLarge { asked, limit });
    }
    Ok(reading)
}
