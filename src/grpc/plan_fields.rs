//! Collects what is wrong with the fields of a message, each with its path.

use super::reason::Reason;
use super::refusal::FieldFault;
use super::words::Twin;

/// A message with a fault in every row must not fill the memory with them.
const FAULT_LIMIT: usize = 10_000;

/// Where in a message somebody reads, and what was wrong so far.
pub struct Fields {
    path: String,
    pub faults: Vec<FieldFault>,
}

impl Fields {
    /// At a field of the request.
    pub fn at(path: &str) -> Self {
        Self { path: path.to_owned(), faults: Vec::new() }
    }

    fn wrong(&mut self, name: &str, reason: Reason, says: &str) {
        if self.faults.len() < FAULT_LIMIT {
            self.faults.push(FieldFault::new(format!("{}.{name}", self.path), reason, says));
        }
    }

    /// A member of a closed list.
    pub fn word<T: Twin>(&mut self, name: &str, number: i32) -> Option<T> {
        let found = T::from_wire(number);
        if found.is_none() {
            let says = format!("{number} is no member of the enum");
            self.wrong(name, Reason::UnknownEnum, &says);
        }
        found
    }

    /// A text that a plan of ours would have there.
    pub fn parsed<T>(&mut self, name: &str, text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let found = parse(text);
        if found.is_none() {
            let (reason, says) = if text.is_empty() {
                (Reason::FieldRequired, "the field is blank")
            } else {
                (Reason::PlanMismatch, "the field does not have a value that a plan can have")
            };
            self.wrong(name, reason, says);
        }
        found
    }

    /// The same where the field may be absent.
    pub fn optional<T>(
        &mut self,
        name: &str,
        text: Option<String>,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        text.and_then(|text| self.parsed(name, &text, parse))
    }

    /// A message that must be there.
    pub fn required<M, T>(
        &mut self,
        name: &str,
        message: Option<M>,
        read: impl FnOnce(&mut Self, M) -> Option<T>,
    ) -> Option<T> {
        let Some(message) = message else {
            self.wrong(name, Reason::FieldRequired, "the message is missing");
            return None;
        };
        self.inside(name, |fields| read(fields, message))
    }

    /// Reads fields of a field.
    pub fn inside<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push('.');
        self.path.push_str(name);
        let read = read(self);
        self.path.truncate(length);
        read
    }

    /// The rows of a list; those with a fault are left out.
    pub fn list<M, T>(
        &mut self,
        name: &str,
        rows: Vec<M>,
        one: impl Fn(&mut Self, M) -> Option<T>,
    ) -> Vec<T> {
        let row = |(at, row)| self.inside(&format!("{name}[{at}]"), |fields| one(fields, row));
        rows.into_iter().enumerate().filter_map(row).collect()
    }

    /// Wall-clock milliseconds.
    pub fn milliseconds(&mut self, name: &str, ms: f64) -> Option<f64> {
        if !ms.is_finite() {
            self.wrong(name, Reason::NumberNotFinite, "the number is not finite");
            return None;
        }
        if ms < 0.0 {
            self.wrong(name, Reason::NumberOutOfRange, "the number is negative");
            return None;
        }
        Some(ms)
    }

    /// A position in a list.
    pub fn position(&mut self, name: &str, number: u64) -> Option<usize> {
        let found = usize::try_from(number).ok();
        if found.is_none() {
            self.wrong(name, Reason::NumberOutOfRange, "no list has so many rows");
        }
        found
    }

    /// A choice that is not made.
    pub fn nothing<T>(&mut self, name: &str) -> Option<T> {
        self.wrong(name, Reason::FieldRequired, "none of the fields is set");
        None
    }

    /// A stage that claims nothing a stage can claim.
    pub fn no_claim<T>(&mut self) -> Option<T> {
        self.wrong("claim", Reason::UnknownEnum, "the stage claims nothing that a certificate can claim");
        None
    }
}
