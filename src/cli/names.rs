//! What people and schools are called on a screen: by name, with the id where a name alone would not do.

use super::screen::clean;
use crate::model::people::{Id, Person};
use crate::model::roster::Roster;
use std::collections::BTreeMap;

/// The names of one roster.
pub struct Names<'r> {
    roster: &'r Roster,
    /// How many people have this name, without case.
    bearers: BTreeMap<String, usize>,
}

impl<'r> Names<'r> {
    pub fn new(roster: &'r Roster) -> Self {
        let mut bearers = BTreeMap::new();
        for name in roster.people.iter().filter_map(|p| p.name.as_deref()) {
            *bearers.entry(name.to_lowercase()).or_insert(0) += 1;
        }
        Self { roster, bearers }
    }

    /// `Mòrag Strachan`, or `Jane Smith (C12)` where there are two, or the id where nobody gave a name.
    pub fn person(&self, id: &str) -> String {
        match self.find(id).and_then(|p| p.name.as_deref()) {
            Some(name) if self.bearers.get(&name.to_lowercase()) == Some(&1) => clean(name),
            Some(name) => clean(&format!("{name} ({id})")),
            None => clean(id),
        }
    }

    /// The name as sentences use it: without the id, even where two people share it.
    pub fn plain<'i>(&'i self, id: &'i str) -> &'i str {
        self.find(id).and_then(|p| p.name.as_deref()).unwrap_or(id)
    }

    /// The first school's name, and how many more there are.
    pub fn school(&self, id: &str) -> String {
        let Some(person) = self.find(id) else { return String::new() };
        let Some(first) = person.schools.first() else { return String::new() };
        let more = match person.schools.len() {
            1 => String::new(),
            n => format!(" +{}", n - 1),
        };
        clean(&format!("{}{more}", self.roster.schools[*first].name))
    }

    /// `Ann`, `Ann and Bob`, `Ann, Bob and 3 more`: at most `most` names.
    pub fn list<S: AsRef<str>>(&self, ids: &[S], most: usize) -> String {
        let mut names: Vec<String> = ids.iter().take(most).map(|id| self.person(id.as_ref())).collect();
        if ids.len() > most {
            names.push(format!("{} more", ids.len() - most));
        }
        match names.split_last() {
            None => String::new(),
            Some((only, [])) => only.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        }
    }

    /// `from Ann to Bob`, `to Bob`, `loses Ann`.
    pub fn way(&self, from: &[Id], to: &[Id]) -> String {
        match (from, to) {
            (from, []) => format!("loses {}", self.list(from, 9)),
            ([], to) => format!("to {}", self.list(to, 9)),
            (from, to) => format!("from {} to {}", self.list(from, 9), self.list(to, 9)),
        }
    }

    /// Whether any coach or coachee has a school: without one, the column would be empty.
    pub fn has_schools(&self) -> bool {
        self.roster.people.iter().any(|p| !p.schools.is_empty())
    }

    fn find(&self, id: &str) -> Option<&'r Person> {
        let people = self.roster.people.as_slice();
        people.binary_search_by(|p| (*p.id).cmp(id)).ok().map(|at| &people[at])
    }
}

/// `1 pair`, `2 pairs`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// Points for reading: without trailing zeros, at most two places, cut off rather than rounded up.
pub fn points(micro: i128) -> String {
    let hundredths = micro / 10_000;
    let sign = if hundredths < 0 { "-" } else { "" };
    let size = hundredths.unsigned_abs();
    let text = format!("{sign}{}.{:02}", size / 100, size % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{count, points};

    #[test]
    fn points_are_short() {
        for (micro, text) in
            [(83_250_000, "83.25"), (60_000_000, "60"), (-1, "0"), (-2_509_999, "-2.5"), (0, "0")]
        {
            assert_eq!(points(micro), text);
        }
        assert_eq!(count(1, "pair", "pairs"), "1 pair");
    }
}
