//! A programme to a plan that has been checked.

use super::{Options, ServiceError, assemble, digest, grouping};
use crate::intake::Reading;
use crate::model::document::{PlanDocument, Timing};
use crate::model::outcome::{Assignment, Outcome};
use crate::{rules, solver, verify};
use std::time::{Duration, Instant};

/// Matches: compiles the rules, solves, explains, and checks the plan again without the solver.
///
/// A plan that fails its check is never given out. `proof` says `certified` only because the check has computed the
/// bound again from the certificate.
pub fn match_programme(reading: &Reading, options: &Options<'_>) -> Result<PlanDocument, ServiceError> {
    let roster = &reading.roster;
    let _span = tracing::info_span!(
        "match",
        coachees = roster.coachees.len(),
        coaches = roster.coaches.len(),
        threads = options.threads
    )
    .entered();
    let start = Instant::now();
    let mut clock = Clock(start);
    let (mut plan, Laps { built, solved }) = std::thread::scope(|scope| {
        // The hash of the programme, which may have millions of pairs, needs nothing that is to come.
        let hash = || digest::instance_hash(roster);
        let beside = (options.threads > 1).then(|| scope.spawn(hash));
        let (mut plan, laps) = if roster.grouped() {
            grouped(reading, options, start, &mut clock)?
        } else {
            paired(reading, options, start, &mut clock)?
        };
        plan.plan = digest::plan_hash(&plan);
        plan.instance = beside.map_or_else(hash, |hash| hash.join().expect("hashing does not panic"));
        Ok::<_, ServiceError>((plan, laps))
    })?;
    let explained = clock.lap();
    let violations = {
        let _span = tracing::info_span!("verify", pairs = plan.pairs.len()).entered();
        verify::verify(roster, &plan)
    };
    if !violations.is_empty() {
        return Err(ServiceError::Rejected(violations));
    }
    plan.timing = Timing {
        read_ms: milliseconds(options.read),
        build_ms: milliseconds(built + explained),
        solve_ms: milliseconds(solved),
        verify_ms: milliseconds(clock.lap()),
    };
    tracing::info!(matched = plan.matched, coachees = plan.coachees, "matched");
    Ok(plan)
}

/// How long building and solving took.
struct Laps {
    built: Duration,
    solved: Duration,
}

fn solver_options<'c>(options: &Options<'c>, start: Instant) -> solver::Options<'c> {
    solver::Options {
        threads: options.threads,
        deadline: options.time_limit.and_then(|limit| start.checked_add(limit)),
        cancel: options.cancel,
        progress: options.progress,
        workers: options.workers,
    }
}

fn paired(
    reading: &Reading,
    options: &Options<'_>,
    start: Instant,
    clock: &mut Clock,
) -> Result<(PlanDocument, Laps), ServiceError> {
    let compiled = {
        let _span = tracing::info_span!("compile").entered();
        rules::compile(&reading.roster, options.threads)?
    };
    let built = clock.lap();
    let outcome = {
        let _span = tracing::info_span!("solve", pairs = compiled.instance.pairs()).entered();
        compiled.settle(solver::solve(&compiled.instance, &solver_options(options, start))?)
    };
    let solved = clock.lap();
    Ok((assemble::document(reading, &compiled, &outcome, options.threads), Laps { built, solved }))
}

/// The same where people are grouped from one list.
fn grouped(
    reading: &Reading,
    options: &Options<'_>,
    start: Instant,
    clock: &mut Clock,
) -> Result<(PlanDocument, Laps), ServiceError> {
    let compiled = {
        let _span = tracing::info_span!("compile").entered();
        rules::compile_groups(&reading.roster)?
    };
    let built = clock.lap();
    let outcome = {
        let _span = tracing::info_span!("solve", people = compiled.grouping.people()).entered();
        solver::solve_groups(&compiled.grouping, &solver_options(options, start))
    };
    let solved = clock.lap();
    Ok((grouping::document(reading, &compiled, &outcome), Laps { built, solved }))
}

/// The wall clock, lap by lap.
struct Clock(Instant);

impl Clock {
    fn lap(&mut self) -> Duration {
        let now = Instant::now();
        now.duration_since(std::mem::replace(&mut self.0, now))
    }
}

/// Milliseconds to the microsecond.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// What an outcome is made of, one way for all kinds.
pub(super) fn assignment(outcome: &Outcome) -> Option<&Assignment> {
    match outcome {
        Outcome::Optimal { assignment, .. }
        | Outcome::Feasible { assignment, .. }
        | Outcome::Infeasible { assignment, .. } => Some(assignment),
        Outcome::Unknown { .. } => None,
    }
}
