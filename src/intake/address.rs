//! Postcodes and coordinates to a place.

use crate::model::fault::Code;
use crate::model::geo::Place;
use crate::model::people::Address;

use super::cells;
use super::faults::Faults;
use super::postcodes;
use super::tables::Field;

/// Coordinates come before the postcode; a postcode must be in the table only if there are none.
pub fn address(postcode: &Field<'_>, lat: &Field<'_>, lon: &Field<'_>, faults: &mut Faults<'_>) -> Address {
    let place = coordinates(lat, lon, faults);
    let canonical = canonical(postcode, faults);
    if let Some(place) = place {
        let degrees = Some((lat.text.into(), lon.text.into()));
        return Address { postcode: canonical, degrees, place: Some(place), accuracy_m: 0 };
    }
    let Some(canonical) = canonical else { return Address::default() };
    let given = !lat.is_blank() || !lon.is_blank();
    if let Some((place, accuracy_m)) = postcodes::find(&canonical) {
        return Address { postcode: Some(canonical), degrees: None, place: Some(place), accuracy_m };
    }
    if !given {
        let remedy = "correct the postcode, or give lat and lon";
        faults.at(postcode, Code::BadPostcode, "the postcode is not in the table", remedy);
    }
    Address { postcode: Some(canonical), ..Address::default() }
}

/// A postcode in canonical form, whether the table has it or not.
pub fn canonical(field: &Field<'_>, faults: &mut Faults<'_>) -> Option<Box<str>> {
    if field.is_blank() {
        return None;
    }
    let canonical = postcodes::canonical(field.text);
    if canonical.is_none() {
        let remedy = "write a whole postcode of Great Britain, such as KA1 2EW";
        faults.at(field, Code::BadPostcode, "the text is not a postcode", remedy);
    }
    canonical
}

fn coordinates(lat: &Field<'_>, lon: &Field<'_>, faults: &mut Faults<'_>) -> Option<Place> {
    if lat.is_blank() && lon.is_blank() {
        return None;
    }
    if lat.is_blank() != lon.is_blank() {
        let blank = if lat.is_blank() { lat } else { lon };
        faults.at(blank, Code::BadCoordinates, "one of lat and lon is blank", "give both, or neither");
        return None;
    }
    let (phi, lambda) = (degrees(lat, 90.0, faults), degrees(lon, 180.0, faults));
    Place::from_degrees(phi?, lambda?)
}

fn degrees(field: &Field<'_>, most: f64, faults: &mut Faults<'_>) -> Option<f64> {
    if !cells::is_decimal(field.text) || field.text.len() > 40 {
        let says = format!("{} is not a decimal number of degrees", field.column);
        faults.at(field, Code::NotDecimal, &says, "write degrees such as 55.6117 or -4.4957");
        return None;
    }
    let value = field.text.parse::<f64>().ok().filter(|v| v.abs() <= most);
    if value.is_none() {
        let says =
            format!("{} is no {} on Earth", field.column, if most > 90.0 { "longitude" } else { "latitude" });
        faults.at(field, Code::BadCoordinates, &says, &format!("write a number from -{most} to {most}"));
    }
    value
}
