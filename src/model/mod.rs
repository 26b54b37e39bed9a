//! Values only: the words every other room speaks. Nothing here reads, writes, searches or waits.

pub mod catalogue;
pub mod certificate;
pub mod column;
pub mod date;
pub mod document;
pub mod fault;
pub mod finding;
pub mod geo;
pub mod grouping;
pub mod index;
pub mod instance;
pub mod outcome;
pub mod people;
pub mod presets;
pub mod quantity;
pub mod roster;
pub mod row;
pub mod rulebook;
pub mod wishes;
