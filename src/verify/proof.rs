//! A certificate held against a problem and a plan: each stage's multipliers, its bound computed again, its claim.

use super::bound::{bound, charged, cost, missing};
use super::grouped;
use super::problem::find;
use super::ranges::{multipliers, tiers_of};
use super::stable;
use super::{Report, Violation};
use crate::model::catalogue::Tier;
use crate::model::certificate::{Certificate, Claim, Stage};
use crate::model::index::{Ix, PairIx};
use crate::model::instance::Parts;
use crate::model::outcome::Assignment;

/// What is wrong with a certificate as a proof that `plan` is an optimum of the problem; empty means proved.
/// The plan itself is taken to keep the caps and seats; [`super::verify`] checks those.
pub fn proof(parts: &Parts, plan: &Assignment, certificate: &Certificate) -> Vec<Violation> {
    let mut report = Report::default();
    let mut pairs = Vec::with_capacity(plan.pairs.len());
    for (coachee, coach) in &plan.pairs {
        let known = coachee.to_usize() < parts.demand.len() && coach.to_usize() < parts.seats.len();
        match known.then(|| find(parts, *coachee, *coach)).flatten() {
            Some(pair) => pairs.push(pair),
            None => report.add("not-eligible", &[], "the plan has a pair that cannot be made"),
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    check(parts, &pairs, certificate, &mut report);
    report.finish()
}

pub(super) fn check(parts: &Parts, plan: &[PairIx], certificate: &Certificate, report: &mut Report) {
    if let Some(wishes) = &parts.stable {
        return stable::check(parts, wishes, plan, certificate, report);
    }
    let floor = plan.iter().map(|p| parts.score[p.to_usize()]).min();
    let floor = floor.filter(|_| parts.tiers.contains(&Tier::Floor));
    let best = Claim::Best { floor };
    let claims: Vec<Claim> = match floor {
        Some(floor) => vec![Claim::BestBeforeFloor, Claim::FloorIsHighest { floor }, best],
        None => vec![best],
    };
    if !certificate.stages.iter().map(|s| s.claim).eq(claims) {
        report.add("stages", &[], "the stages are not those that prove such a plan");
    }
    // Weights of coverage differ with groups and without, and the stages are about one cost.
    if certificate.stages.windows(2).any(|two| two[0].groups.is_some() != two[1].groups.is_some()) {
        report.add("stages", &[], "one stage has prices of groups and another has not");
    }
    let (missing, charged) = (missing(parts, plan), charged(parts, plan));
    for stage in &certificate.stages {
        if stage.claim == Claim::Stable {
            // Already told: not one of the stages that prove such a plan.
            continue;
        }
        if !shaped(parts, stage) {
            report.add(
                "prices",
                &[],
                "prices are ascending, each once, of coaches and groups that there are",
            );
            continue;
        }
        let lower = || match &stage.groups {
            None => Ok(bound(parts, stage)),
            Some(groups) => grouped::bound(parts, stage, groups).map(Some),
        };
        let (wrong, bound) = two(parts, || multipliers(parts, stage), lower);
        for says in wrong {
            report.add("multipliers", &[], says);
        }
        let bound = match bound {
            Ok(bound) => bound,
            Err(says) => {
                report.add("groups", &[], says);
                continue;
            }
        };
        let (Some(bound), Some(cost)) = (bound, cost(parts, stage, plan)) else {
            report.add("overflow", &[], "the numbers of a stage are too large to add up");
            continue;
        };
        let said = if stage.groups.is_some() { stage.bound <= bound } else { stage.bound == bound };
        if !said {
            report.add("stage-bound", &[], format!("the prices give the bound {bound}"));
        }
        let bound = stage.bound;
        match stage.claim {
            // A multiplier of 0 is one that does not look: without what is paid here another plan may be better.
            _ if stage.multipliers.quotas == 0 && missing > 0 => {
                report.add("not-proved", &[], "a hard row is missed, and the stage does not look at it");
            }
            _ if stage.multipliers.score == 0 && looks_at_score(parts, stage) && charged != Some(0) => {
                report.add("not-proved", &[], "a soft row is charged, and the stage does not look at it");
            }
            Claim::Best { .. } | Claim::BestBeforeFloor if bound != cost => {
                report.add("not-proved", &[], format!("the plan costs {cost}, the bound is {bound}"));
            }
            Claim::FloorIsHighest { .. } if bound <= cost => {
                report.add("not-proved", &[], format!("a better floor may be had: {bound} against {cost}"));
            }
            Claim::Best { .. } | Claim::BestBeforeFloor | Claim::FloorIsHighest { .. } | Claim::Stable => {}
        }
    }
}

fn looks_at_score(parts: &Parts, stage: &Stage) -> bool {
    tiers_of(parts, stage.claim).contains(&Tier::Score)
}

/// Fewer pairs than this are not worth a second thread.
const WORTH_A_THREAD: usize = 200_000;

/// Two passes over the pairs, side by side where there are many.
fn two<A: Send, B>(parts: &Parts, first: impl FnOnce() -> A + Send, second: impl FnOnce() -> B) -> (A, B) {
    if parts.coach.len() < WORTH_A_THREAD {
        return (first(), second());
    }
    std::thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        (first.join().expect("passes over the pairs do not panic"), second)
    })
}

fn shaped(parts: &Parts, stage: &Stage) -> bool {
    if stage.groups.is_some() && !(stage.prices.is_empty() && stage.nests.is_empty()) {
        return false;
    }
    let nest = |n: &crate::model::certificate::NestPrice| (n.coach, n.family, n.group);
    stage.prices.windows(2).all(|w| w[0].0 < w[1].0)
        && stage.prices.iter().all(|(coach, price)| coach.to_usize() < parts.seats.len() && *price != 0)
        && stage.nests.windows(2).all(|w| nest(&w[0]) < nest(&w[1]))
        && stage.nests.iter().all(|n| n.coach.to_usize() < parts.seats.len() && n.family < parts.nests.len())
}
