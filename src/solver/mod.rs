//! Instance to outcome: the exact flow core, the tiers, the deadline.

pub mod apart;
mod arrange;
mod auction;
mod branch;
mod build;
mod clash;
mod composite;
mod cost;
mod dense;
mod forest;
mod groups;
mod lagrange;
mod network;
mod regions;
pub mod repair;
mod rows;
mod search;
mod share;
mod stable;
mod stage;
mod start;
mod survey;
mod tiers;
mod turns;
mod units;
mod worker;

pub use rows::{keeps, worth};
pub use tiers::values;
pub use worker::{MEMORY, Workers, serve};

use crate::model::grouping::{GroupOutcome, Grouping};
use crate::model::instance::Instance;
use crate::model::outcome::Outcome;
use std::time::Instant;

/// When to stop, and how many threads to use.
#[derive(Clone, Copy)]
pub struct Options<'c> {
    pub threads: usize,
    pub deadline: Option<Instant>,
    /// Set from outside to cancel.
    pub cancel: Option<&'c std::sync::atomic::AtomicBool>,
    /// Called with (coachees matched so far, coachees) now and then, from the calling thread; first with 0 when the
    /// network of a stage is built.
    pub progress: Option<&'c (dyn Fn(u64, u64) + Sync)>,
    /// Where integer programmes are solved; without them in this process, one at a time, and only as punctual as the solver.
    pub workers: Option<&'c Workers>,
}

/// Why there is no outcome. The codes are those of `docs/codes.md`.
#[derive(thiserror::Error, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    #[error("the solving process ended twice without an answer [solver-died]")]
    Died,
    #[error("the solving process cannot be started: {0} [solver-not-started]")]
    NotStarted(std::io::ErrorKind),
    #[error("the integer-programming solver contradicts plans that there are [solver-contradicts]")]
    Contradicts,
}

/// The best assignment, tier by tier, with its certificate. The same instance gives the same outcome on any number of threads.
pub fn solve(instance: &Instance, options: &Options<'_>) -> Result<Outcome, Failure> {
    let parts = instance.parts();
    if let Some(wishes) = &parts.stable {
        return Ok(stable::solve(instance, wishes, options));
    }
    if parts.rows.is_empty() && parts.rings.is_none() {
        return Ok(tiers::solve(instance, options));
    }
    rows::solve(instance, options)
}

/// The best groups, tier by tier, with their proof. The same problem gives the same outcome on any number of threads.
pub fn solve_groups(grouping: &Grouping, options: &Options<'_>) -> GroupOutcome {
    groups::solve(grouping, options)
}
