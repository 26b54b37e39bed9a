//! Roster to instance: eligibility, points and the sentence of each rule, side by side.

use crate::model::catalogue::{Level, RuleKey};
use crate::model::document::Part;
use crate::model::fault::Fault;
use crate::model::finding::Finding;
use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::instance::Instance;
use crate::model::quantity::{Minutes, Points};
use crate::model::roster::Roster;
use crate::model::rulebook::RuleBook;

/// A programme ready to be solved, with what is needed to explain its pairs. Borrows the roster.
pub struct Compiled<'r> {
    pub roster: &'r Roster,
    pub instance: Instance,
    /// Pins refused, expired locks and waivers, unknown facts, …: sorted.
    pub findings: Vec<Finding>,
}

/// Why a pair cannot be made.
pub struct Barrier {
    pub rule: RuleKey,
    /// `Hard` or `Waivable`.
    pub level: Level,
    pub says: Box<str>,
}

/// Applies every rule to every pair. Deterministic on any number of threads. The faults are `E042` and `E051`.
pub fn compile(roster: &Roster, threads: usize) -> Result<Compiled<'_>, Vec<Fault>> {
    let _ = (roster, threads);
    Err(Vec::new())
}

impl Compiled<'_> {
    /// The parts of a pair's own score, in the order of the catalogue; they add up to `score` in the instance.
    /// Includes rules at level `info` with 0 points; leaves out soft rules that earn nothing.
    pub fn parts(&self, coachee: CoacheeIx, coach: CoachIx) -> Vec<Part> {
        let _ = (coachee, coach);
        Vec::new()
    }
    /// The pair's own score.
    pub fn score(&self, coachee: CoacheeIx, coach: CoachIx) -> Points {
        let _ = (coachee, coach);
        Points::ZERO
    }
    /// Travel minutes of the pair, known or not, whatever the level of `travel`.
    pub fn minutes(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<Minutes> {
        let _ = (coachee, coach);
        None
    }
    /// Every rule that forbids the pair, hardest first; empty if it is eligible. Opaque declarations say no kind.
    pub fn barriers(&self, coachee: CoacheeIx, coach: CoachIx) -> Vec<Barrier> {
        let _ = (coachee, coach);
        Vec::new()
    }
    /// Rules that a waiver lifts for the pair, with the waiver's position in `Roster::waivers`.
    pub fn waived(&self, coachee: CoacheeIx, coach: CoachIx) -> Vec<(RuleKey, usize)> {
        let _ = (coachee, coach);
        Vec::new()
    }
}

/// Every rule of the catalogue with its level and its English sentence, parameters filled in.
pub fn sentences(book: &RuleBook) -> Vec<(RuleKey, Level, Box<str>)> {
    let _ = book;
    Vec::new()
}
