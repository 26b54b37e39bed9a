//! The prices of a matching: what they prove about a part of the people, and their form in a certificate.

use super::blossom::Matched;
use super::worth::Worth;
use crate::model::grouping::Prices;
use crate::model::index::CoacheeIx;

/// How many units of price a unit of worth has: the matching works on twice the worth, and labels cover twice the weight.
pub const UNITS: i128 = 4;

/// Prices that are feasible for every two people.
#[derive(Clone)]
pub struct Duals {
    pub people: Vec<i128>,
    /// Members ascending.
    pub sets: Vec<(Vec<usize>, i128)>,
}

/// What two people alone or together are worth to the matching: nothing less than 0, for they may stay alone.
pub fn weight(worth: &Worth<'_>, a: usize, b: usize) -> i128 {
    worth.pair(a, b).map_or(0, |w| 2 * w.max(0))
}

impl Duals {
    /// The labels of a matching of `among` (vertices beyond stand for nobody), for everybody: who was left out gets the
    /// lowest price that is feasible.
    pub fn of(worth: &Worth<'_>, among: &[usize], matched: &Matched) -> Self {
        let mut people: Vec<Option<i128>> = vec![None; worth.len()];
        for (v, person) in among.iter().enumerate() {
            people[*person] = Some(matched.labels[v]);
        }
        for a in 0..worth.len() {
            if people[a].is_none() {
                let known = people.iter().enumerate().filter_map(|(b, y)| Some((b, (*y)?)));
                people[a] = Some(known.map(|(b, y)| 2 * weight(worth, a, b) - y).max().unwrap_or(0));
            }
        }
        let inside = |set: &(Vec<usize>, i128)| {
            let members: Vec<usize> = set.0.iter().filter(|v| **v < among.len()).map(|v| among[*v]).collect();
            (members, set.1)
        };
        let sets = matched.sets.iter().map(inside).collect();
        Self { people: people.into_iter().flatten().collect(), sets }
    }

    /// The most that a matching of everybody but those left out can weigh, in price units.
    pub fn bound_without(&self, out: &[usize]) -> i128 {
        let all: i128 = self.people.iter().sum();
        let gone: i128 = out.iter().map(|v| self.people[*v]).sum();
        let inside = |(members, z): &(Vec<usize>, i128)| {
            let lost = out.iter().filter(|v| members.binary_search(v).is_ok()).count();
            z * i128::try_from((members.len() - lost) / 2).expect("a count")
        };
        all - gone + self.sets.iter().map(inside).sum::<i128>()
    }

    /// Feasible labels without sets, to begin another matching with.
    pub fn flat(&self) -> Vec<i128> {
        let mut labels = self.people.clone();
        for (members, z) in &self.sets {
            for v in members {
                labels[*v] += z / 2;
            }
        }
        labels
    }

    pub fn prices(&self, worth: &Worth<'_>) -> Prices<CoacheeIx> {
        let person = |v: &usize| worth.people[*v];
        Prices {
            people: worth.people.iter().copied().zip(self.people.iter().copied()).collect(),
            sets: self.sets.iter().map(|(set, z)| (set.iter().map(person).collect(), *z)).collect(),
        }
    }
}
