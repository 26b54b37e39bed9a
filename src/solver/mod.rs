//! Instance to outcome: the exact flow core, the tiers, the deadline.

mod arrange;
mod auction;
mod build;
mod clash;
mod composite;
mod cost;
mod dense;
mod network;
mod rows;
mod search;
mod stable;
mod stage;
mod start;
mod survey;
mod tiers;
mod turns;
mod units;

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
}

/// The best assignment, tier by tier, with its certificate. The same instance gives the same outcome on any number of threads.
pub fn solve(instance: &Instance, options: &Options<'_>) -> Outcome {
    let parts = instance.parts();
    if let Some(wishes) = &parts.stable {
        return stable::solve(instance, wishes, options);
    }
    if parts.rows.is_empty() && parts.rings.is_none() {
        return tiers::solve(instance, options);
    }
    rows::solve(instance, options)
}
