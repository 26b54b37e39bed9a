//! One shape of a programme into another.

use super::ServiceError;
use crate::intake;
use crate::model::roster::Roster;
use std::path::Path;

/// Writes the programme in the shape that `out` asks for.
pub fn convert(roster: &Roster, out: &Path) -> Result<(), ServiceError> {
    Ok(intake::write_programme(roster, out)?)
}
