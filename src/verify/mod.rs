//! The independent check of a plan, from the definitions. Knows the model and nothing else.
//!
//! `docs/rules.md` says what a roster means and `model/certificate.rs` what a proof is; this room follows those two
//! texts and shares no code with the rooms that compile and solve. [`restate`] writes the problem down a second time,
//! [`verify`] holds a plan document against it, and [`proof`] computes the bound of a certificate again.
//! Method: one pass over the people, one over the possible pairs (on all processors), one more per stage of the proof.
//! Integers only; sums are `i128` with checked arithmetic, and an overflow is a violation, never a panic.

mod best_group;
mod blocking;
mod bound;
mod cases;
mod chosen;
mod claims;
mod clash;
mod facts;
mod grouped;
#[cfg(test)]
mod grouped_tests;
mod grouping;
mod groups;
mod judge;
mod lists;
mod locks;
mod money;
mod outside;
mod pairs;
mod people;
mod prices;
mod problem;
mod proof;
mod ranges;
mod rows;
mod rulings;
mod stable;
mod tiers;
mod ties;
mod travel;

use crate::model::document::PlanDocument;
use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::instance::Parts;
use crate::model::quantity::Points;
use crate::model::roster::Roster;

pub use proof::proof;

/// One thing that is wrong with a plan.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Violation {
    /// A stable code: `hard-rule`, `waiver-missing`, `seats`, `nest`, `lock`, `score`, `parts`, `order`, …
    pub code: &'static str,
    /// Ids of the people it is about.
    pub people: Vec<Box<str>>,
    pub says: Box<str>,
}

/// Everything that is wrong with `plan` as a plan of `roster`, sorted; empty means clean. Where the plan says
/// `certified`, the bound is computed again from the certificate's prices. The hashes, the timing, the version, the
/// findings and the wording of sentences are not looked at.
pub fn verify(roster: &Roster, plan: &PlanDocument) -> Vec<Violation> {
    let world = judge::World::new(roster);
    if roster.grouped() {
        let mut report = Report::default();
        grouping::check(&world, plan, &mut report);
        return report.finish();
    }
    let problem = match problem::Problem::new(&world) {
        Ok(problem) => problem,
        Err(violation) => return vec![violation],
    };
    let mut report = Report::default();
    if plan.groups.is_some() || plan.group_proof.is_some() {
        report.add("shape", &[], "coaches have coachees in this programme, and the plan has groups");
    }
    let chosen = chosen::Chosen::read(&problem, plan, &mut report);
    pairs::check(&problem, plan, &chosen, &mut report);
    people::check(&problem, plan, &chosen, &mut report);
    lists::check(&problem, plan, &chosen, &mut report);
    tiers::check(&problem, plan, &chosen, &mut report);
    claims::check(&problem, plan, &chosen, &mut report);
    blocking::check(&problem, plan, &chosen, &mut report);
    clash::check(&problem, plan, &chosen, &mut report);
    prices::check(&problem, plan, &chosen, &mut report);
    report.finish()
}

/// The problem of a roster as this room reads it: eligible pairs, own scores, seats, demand, nests, rows, rings, pins,
/// kept pairs, tiers. `None` where the two caps do not form a nest, so that there is no problem to solve.
pub fn restate(roster: &Roster) -> Option<Parts> {
    let world = judge::World::new(roster);
    problem::Problem::new(&world).ok().map(|problem| problem.parts)
}

/// The own score of a pair if it can be made, every rule, waiver and lock considered. Reads the whole roster at each
/// call: for tests and single questions.
pub fn eligible(roster: &Roster, coach: CoachIx, coachee: CoacheeIx) -> Option<Points> {
    judge::World::new(roster).own_score(coach, coachee, None)
}

/// Violations as they are found.
#[derive(Default)]
struct Report {
    found: Vec<Violation>,
}

impl Report {
    fn add(&mut self, code: &'static str, people: &[&str], says: impl Into<Box<str>>) {
        let people = people.iter().map(|id| Box::from(*id)).collect();
        self.found.push(Violation { code, people, says: says.into() });
    }

    fn finish(mut self) -> Vec<Violation> {
        self.found.sort();
        self.found.dedup();
        self.found
    }
}
