//! The use cases, free of any transport: a programme in, a document out.

mod alternatives;
mod assemble;
mod changes;
mod checking;
mod comparing;
mod contingencies;
mod converting;
mod digest;
mod effects;
mod explaining;
mod findings;
mod group_effects;
mod grouping;
mod loosening;
mod matching;
mod mending;
mod newcomer;
mod participant;
mod place_values;
mod proof;
mod ranking;
mod rebasing;
mod receiving;
mod shortage;
mod slots;
mod steps;
pub mod stored;
mod verifying;
mod what_if;

pub use alternatives::{
    Alternative, Alternatives, Between, CornerLine, TradeOff, alternatives, trade_off, tradeable,
};
use changes::unknown as unknown_person;
pub use changes::{Change, apply};
pub use checking::{CheckReport, Counts, RuleLine, check_programme};
pub use comparing::{Comparison, Moved, TierChange, compare};
pub use contingencies::{Contingencies, LossLine, RepairLine, ReserveLine, contingencies};
pub use converting::convert;
use digest::outcome_key as outcome_word;
pub use digest::{instance_hash, plan_hash};
pub use effects::{Effect, TierEffect};
pub use explaining::{About, Explained, Firmness, PairAnswer, PlanGiven, explain};
pub use matching::match_programme;
pub use mending::{Mend, Remedy};
pub use participant::{Participants, Together, participants, positive};
pub use ranking::{Ranked, Ranking};
pub use rebasing::{of_programme, rebase};
pub use receiving::{hand_over, pairs_to_ask, receive};
pub use shortage::{Nearest, PlaceLine, SetLine, ShortLine, Shortage, shortage};
pub use slots::{Lost, Slots, words};
pub use steps::{FrontierLine, Gained};
pub use verifying::verify_plan;
pub use what_if::{Move, Moves, ROOM, WhatIf, what_if};

pub use crate::explain::Obstacle;
pub use crate::intake::{Given, Reading, field_path};
pub use crate::solver::Workers;
use crate::solver::{self, Failure};
pub use crate::verify::Violation;

use crate::model::fault::Fault;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How a use case runs: none of it changes the answer, but for a time limit that is reached.
#[derive(Clone, Copy)]
pub struct Options<'c> {
    pub threads: usize,
    /// Counted from the call.
    pub time_limit: Option<Duration>,
    /// Set from outside to cancel.
    pub cancel: Option<&'c AtomicBool>,
    /// Called with (coachees matched so far, coachees) now and then, from the calling thread.
    pub progress: Option<&'c (dyn Fn(u64, u64) + Sync)>,
    /// Where integer programmes are solved; without them in this process.
    pub workers: Option<&'c Workers>,
    /// How long the caller took to read the programme, for the plan's `timing`.
    pub read: Duration,
}

/// Why a use case has no answer.
#[derive(thiserror::Error, Clone, PartialEq, Eq, Debug)]
pub enum ServiceError {
    /// The input is at fault, everywhere named here.
    #[error("the input has faults: {}", .0.len())]
    Faults(Vec<Fault>),
    /// The plan that we made does not stand up to our own check: a bug of ours, so nothing is given out.
    #[error("the plan does not stand up to its own check: {}", in_words(.0))]
    Rejected(Vec<Violation>),
    /// The solver has no answer: a failure of ours or of the machine.
    #[error("no plan was made: {0}")]
    Solver(#[from] Failure),
}

/// Workers that run `program`, which is `dyad` itself.
pub fn workers(program: PathBuf) -> Workers {
    Workers::new(program, solver::MEMORY)
}

/// What `dyad solve-worker` does: solves integer programmes that come from standard input, within so many bytes of memory.
pub fn solve_worker(memory: u64) -> std::io::Result<()> {
    solver::serve(memory)
}

impl From<Vec<Fault>> for ServiceError {
    fn from(faults: Vec<Fault>) -> Self {
        Self::Faults(faults)
    }
}

/// The violations by code alone: people are not named where errors may be logged.
fn in_words(violations: &[Violation]) -> String {
    let mut codes: Vec<&str> = violations.iter().map(|v| v.code).collect();
    codes.sort_unstable();
    codes.dedup();
    format!("{} ({})", violations.len(), codes.join(", "))
}
