//! Instances with rows or rings: what a network cannot say.
//!
//! Method: the flow that ignores the rows comes first. If its plan keeps them all and pays nothing, it is the best there is,
//! with the flow's own certificate. Otherwise prices on the rows ([`lagrange`]) give a good plan, a bound, and pairs that no better
//! plan has; where the bound meets the plan, the prices prove it. Else [`drive`] settles one goal after another by integer programmes
//! over the pairs that are left. Where the plan is in the end as good as the flow, the flow's certificate still proves it; else the
//! solver's word stands as a claim.

mod clash;
mod drive;
mod engine;
pub(super) mod goal;
pub(super) mod lp;
mod model;
pub(super) mod program;
mod repair;
pub(super) mod rings;
pub(super) mod sides;

use super::branch::{self, End};
use super::lagrange;
use super::tiers::{self, loose_bound};
use super::{Failure, Options};
use crate::model::catalogue::Tier;
use crate::model::certificate::{Certificate, Surety};
use crate::model::index::PairIx;
use crate::model::instance::{Instance, Minimums};
use crate::model::outcome::{Assignment, Outcome, Stop, TierValue};
use drive::{Drive, Early, Halt};
use goal::{Goal, Tally, assignment, goals, pairs};
use repair::repair;

/// What the search begins with.
pub struct Start {
    /// Keeps every hard limit.
    pub plan: Vec<PairIx>,
    /// Values of the goals that no plan is better than, in their order.
    pub bound: Option<Vec<i128>>,
}

/// What soft rows and rings take from the score of a plan.
pub fn charges(instance: &Instance, chosen: &Assignment) -> i128 {
    let parts = instance.parts();
    if parts.rows.is_empty() && parts.rings.is_none() {
        return 0;
    }
    let plan = pairs(instance, chosen);
    let tally = Tally::of(instance, &plan);
    tally.value(Goal::Score) - tally.relaxed(Goal::Score)
}

/// Whether the plan keeps every row and ring and pays nothing for any: then what is best without them is best with them.
pub fn keeps(instance: &Instance, chosen: &Assignment) -> bool {
    let parts = instance.parts();
    if parts.rows.is_empty() && parts.rings.is_none() {
        return true;
    }
    let plan = pairs(instance, chosen);
    let tally = Tally::of(instance, &plan);
    let goals = goals(instance);
    let bound: Vec<i128> = goals.iter().map(|goal| tally.relaxed(*goal)).collect();
    tally.allowed() && tally.worth(&goals) == bound
}

/// What a plan is worth, most important first, smaller is better: the goals by which plans are compared, each with the tier that it
/// belongs to; pins and least numbers, which come before all tiers, belong to none.
pub fn worth(instance: &Instance, chosen: &Assignment) -> Vec<(Option<Tier>, i128)> {
    let plan = pairs(instance, chosen);
    let tally = Tally::of(instance, &plan);
    goals(instance).into_iter().map(|goal| (goal.tier(), tally.value(goal))).collect()
}

pub fn solve(instance: &Instance, options: &Options<'_>) -> Result<Outcome, Failure> {
    let relaxed = tiers::solve(instance, options);
    let (flow, certificate) = match &relaxed {
        Outcome::Optimal { assignment, certificate, .. }
        | Outcome::Infeasible { assignment, certificate, .. } => {
            (pairs(instance, assignment), Some(certificate))
        }
        Outcome::Feasible { assignment, .. } => (pairs(instance, assignment), None),
        Outcome::Unknown { stop: Stop::Finished } => return Ok(relaxed),
        Outcome::Unknown { .. } => (Vec::new(), None),
    };
    let tally = Tally::of(instance, &flow);
    let goals = goals(instance);
    let bound: Vec<i128> = goals.iter().map(|goal| tally.relaxed(*goal)).collect();
    if certificate.is_some() && tally.allowed() && tally.worth(&goals) == bound {
        return Ok(relaxed);
    }
    let mut plan = repair(instance, &flow);
    if certificate.is_some() {
        match branch::solve(instance, options, &plan) {
            End::Proved { plan, certificate } => {
                return told(instance, options, &plan, relaxed, certificate);
            }
            End::Left(found) => {
                let worth = |plan: &Vec<PairIx>| Tally::of(instance, plan).worth(&goals);
                plan = found.into_iter().chain([plan]).min_by_key(worth).expect("there is one");
            }
        }
    }
    let start = Start { plan, bound: certificate.map(|_| bound) };
    let mut drive = Drive::new(instance, options, start);
    if let Some(found) = lagrange::improve(instance, options) {
        drive.adopt(found);
    }
    match drive.run() {
        Ok(()) => {}
        Err(Halt::Early(early)) => return Ok(unproved(instance, &drive, &early)),
        Err(Halt::Failed(failure)) => return Err(failure),
    }
    let certificate = match certificate {
        Some(certificate) if drive.meets_bound() => certificate.clone(),
        _ => match drive.stage() {
            Some(stage) => Certificate { stages: vec![stage], surety: Surety::Certified },
            None => Certificate { stages: Vec::new(), surety: Surety::Claimed },
        },
    };
    told(instance, options, &drive.plan.clone(), relaxed, certificate)
}

/// The best plan as an outcome.
fn told(
    instance: &Instance,
    options: &Options<'_>,
    plan: &[PairIx],
    relaxed: Outcome,
    certificate: Certificate,
) -> Result<Outcome, Failure> {
    let assignment = assignment(instance, plan);
    let tiers = tiers::values(instance, &assignment, true);
    if !contradicted(instance, plan) {
        return Ok(Outcome::Optimal { assignment, tiers, certificate });
    }
    let clashes = match relaxed {
        Outcome::Infeasible { clashes, .. } => clashes,
        _ => clash::clashes(instance, options)?,
    };
    Ok(Outcome::Infeasible { assignment, tiers, certificate, clashes })
}

/// Whether the plan leaves a hard demand open.
fn contradicted(instance: &Instance, plan: &[PairIx]) -> bool {
    let tally = Tally::of(instance, plan);
    goals(instance).into_iter().any(|goal| {
        let hard = match goal {
            Goal::Pins | Goal::Missed => true,
            Goal::Minimums => instance.parts().minimums == Minimums::Hard,
            _ => false,
        };
        hard && tally.value(goal) > 0
    })
}

/// The best plan of a search that did not end, with what is known about each tier.
fn unproved(instance: &Instance, drive: &Drive<'_, '_>, halt: &Early) -> Outcome {
    let none = drive.plan.is_empty() && instance.pairs() > 0;
    if none || contradicted(instance, &drive.plan) {
        return Outcome::Unknown { stop: halt.stop };
    }
    let assignment = assignment(instance, &drive.plan);
    let mut tiers = tiers::values(instance, &assignment, true);
    for line in &mut tiers {
        line.bound = tier_bound(instance, drive, halt, line);
    }
    Outcome::Feasible { assignment, tiers, stop: halt.stop }
}

fn tier_bound(instance: &Instance, drive: &Drive<'_, '_>, halt: &Early, line: &TierValue) -> Option<i128> {
    let of_tier = |goal: &Goal| match goal {
        Goal::Pins | Goal::Missed => None,
        Goal::Filled { .. } => Some(Tier::Coverage),
        Goal::Minimums => Some(Tier::Minimums),
        Goal::Stability => Some(Tier::Stability),
        Goal::Floor => Some(Tier::Floor),
        Goal::Score => Some(Tier::Score),
        Goal::Balance => Some(Tier::Balance),
    };
    let last = drive.goals.iter().rposition(|g| of_tier(g) == Some(line.tier));
    match last {
        Some(last) if last < halt.at => line.value,
        Some(last) if last == halt.at && line.tier != Tier::Coverage => match (line.tier, halt.bound) {
            (Tier::Floor | Tier::Score, Some(bound)) => Some(-bound),
            (_, Some(bound)) => Some(bound),
            (_, None) => loose_bound(instance, line.tier),
        },
        _ => loose_bound(instance, line.tier),
    }
}
