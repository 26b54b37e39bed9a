//! The house, checked: how the rooms import each other, and what the doors do.

pub mod doors;
mod doors_files;
mod doors_reasons;
mod doors_what_if;
mod tidy;
mod worker;
