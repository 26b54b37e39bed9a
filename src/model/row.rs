//! Rows: limits over several pairs at once, each with the rule it comes from. What a network cannot say.

use super::catalogue::RuleKey;
use super::index::{CoachIx, CoacheeIx, IxVec, PairIx, SchoolIx};
use super::quantity::Points;

/// What a row adds up over the pairs of a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Amount {
    /// Σ weight × \[pair chosen\]; by pair, strictly ascending, no weight is 0.
    Sum(Vec<(PairIx, i64)>),
    /// The number of sets of which some pair is chosen; each set strictly ascending and not empty, no pair in two sets.
    Distinct(Vec<Vec<PairIx>>),
}

/// What an amount outside its limits costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outside {
    Forbidden,
    /// For each started `step` (at least 1) outside the limits, `points` of the score (not negative).
    Costs {
        step: i64,
        points: Points,
    },
}

/// Who or what a row is about; with the rule it names one row of an instance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum About {
    Programme,
    Coach(CoachIx),
    School(SchoolIx),
    /// Two coachees, the lower first, with one coach.
    Sharing(CoachIx, CoacheeIx, CoacheeIx),
    /// Two people, each the other's coach; the lower pair first.
    Mutual(PairIx, PairIx),
}

/// `least ≤ amount ≤ most`, at least one of the two given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub rule: RuleKey,
    pub about: About,
    pub amount: Amount,
    pub least: Option<i64>,
    pub most: Option<i64>,
    pub outside: Outside,
}

/// Rings: people who coach one another in a circle. They are too many to list, so the instance says who is who.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rings {
    /// The coachee who is the same person as a coach.
    pub same: IxVec<CoachIx, Option<CoacheeIx>>,
    /// Rings of 3 up to this many people are meant; `None`: rings of any length from 3.
    pub longest: Option<u32>,
    /// `Costs` has a step of 1: each ring costs its points. Only where `longest` is 3.
    pub outside: Outside,
    /// Pairs that close no ring (waived), ascending.
    pub exempt: Vec<PairIx>,
}
