//! What a solve ends with. The outcome, the reason for stopping and an error are three different things.

use super::catalogue::{RuleKey, Tier};
use super::certificate::Certificate;
use super::index::{CoachIx, CoacheeIx};
use super::row::About;

/// Chosen pairs, by coachee, then coach.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Assignment {
    pub pairs: Vec<(CoacheeIx, CoachIx)>,
}

/// Why the search ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    Finished,
    TimeLimit,
    Cancelled,
}

/// A tier's value in the plan and the best value anybody can hope for given the tiers before it.
///
/// Coverage: places filled. Minimums: places missing. Stability: pairs not kept, among those still eligible.
/// Floor, score, balance: micro-points; the floor is `None` where nobody is matched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TierValue {
    pub tier: Tier,
    pub value: Option<i128>,
    pub bound: Option<i128>,
}

/// A set of hard demands that cannot all hold: coachees (or minimum seats) that share too few places.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Clash {
    /// The pinned coachees' pins need more places at these coaches (or their nests) than there are.
    Pins { coachees: Vec<CoacheeIx>, coaches: Vec<CoachIx>, places: u64 },
    /// These coaches must have `least` coachees in all; only these coachees are eligible, for `wanted` of the places at once.
    Minimums { coaches: Vec<CoachIx>, least: u64, coachees: Vec<CoacheeIx>, wanted: u64 },
    /// These rows cannot all hold, given the pins of these coachees and the least loads of these coaches; without any
    /// one of them they can.
    Rows { rows: Vec<(RuleKey, About)>, coachees: Vec<CoacheeIx>, coaches: Vec<CoachIx> },
}

/// The answer of the solver.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    Optimal {
        assignment: Assignment,
        tiers: Vec<TierValue>,
        certificate: Certificate,
    },
    Feasible {
        assignment: Assignment,
        tiers: Vec<TierValue>,
        stop: Stop,
    },
    /// The hard demands contradict each other. The assignment is the best that keeps as many as can be kept.
    Infeasible {
        assignment: Assignment,
        tiers: Vec<TierValue>,
        certificate: Certificate,
        clashes: Vec<Clash>,
    },
    Unknown {
        stop: Stop,
    },
}
