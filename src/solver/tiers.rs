//! Lexicographic tiers: sums folded into one cost, the floor by bottleneck thresholds between them.
//!
//! The floor: the highest own score t such that the tiers before it lose nothing when only pairs of at least t may
//! be used. Found by bisection over the distinct scores, one stage each; the stage just above t is the proof.

use super::Options;
use super::build::Admit;
use super::clash::clashes;
use super::composite::{Composite, balance_step};
use super::stage::{self, Solved};
use super::survey::Survey;
use crate::model::catalogue::Tier;
use crate::model::certificate::{Certificate, Claim};
use crate::model::index::{CoachIx, CoacheeIx, GroupIx, Ix};
use crate::model::instance::{Excess, Instance, Minimums};
use crate::model::outcome::{Assignment, Outcome, Stop, TierValue};
use crate::model::quantity::Points;

/// What the tiers before the floor settled.
struct Floor {
    admit: Admit,
    /// None where nobody is matched.
    proofs: Vec<(Solved, Claim)>,
}

pub fn solve(instance: &Instance, options: &Options<'_>) -> Outcome {
    let tiers = &instance.parts().tiers;
    let survey = Survey::of(instance, options.threads);
    let all = Composite::new(instance, &survey, tiers);
    if !stage::fits(&all) {
        return Outcome::Unknown { stop: Stop::Finished };
    }
    let mut certificate = Certificate::default();
    let mut admit = Admit::All;
    let floor_at = tiers.iter().position(|t| *t == Tier::Floor);
    if let Some(at) = floor_at.filter(|at| tiers[..*at].contains(&Tier::Coverage)) {
        let before = Composite::new(instance, &survey, &tiers[..at]);
        match highest_floor(&before, options) {
            Ok(floor) => {
                admit = floor.admit;
                let proofs = floor.proofs.into_iter();
                certificate.stages.extend(proofs.map(|(solved, claim)| solved.stage(claim, &before)));
            }
            Err((solved, stop)) => return unproved(instance, &before, &solved, stop),
        }
    }
    let solved = stage::run(&all, admit, options);
    if solved.stop != Stop::Finished || solved.bound != solved.cost {
        return unproved(instance, &all, &solved, solved.stop);
    }
    let floor = match admit {
        Admit::From(points) => Some(points),
        Admit::All | Admit::Above(_) => None,
    };
    certificate.stages.push(solved.stage(Claim::Best { floor }, &all));
    let assignment = assignment(&all, &solved);
    let tiers = values(instance, &assignment, true);
    let clashes = clashes(&all, &solved);
    let unmet = tiers.iter().any(|t| t.tier == Tier::Minimums && t.value != Some(0));
    let pins_open = all.units.iter().zip(&solved.coach).any(|(u, c)| u.pinned.is_some() && c.is_none());
    if pins_open || unmet && instance.parts().minimums == Minimums::Hard {
        return Outcome::Infeasible { assignment, tiers, certificate, clashes };
    }
    Outcome::Optimal { assignment, tiers, certificate }
}

/// Bisection over the distinct scores. The error is a stopped search with the best plan so far.
fn highest_floor(before: &Composite<'_>, options: &Options<'_>) -> Result<Floor, (Solved, Stop)> {
    let instance = before.instance;
    let scores = &instance.parts().score;
    let finished = |solved: Solved| match solved.stop {
        Stop::Finished => Ok(solved),
        stop => Err((solved, stop)),
    };
    let free = finished(stage::run(before, Admit::All, options))?;
    let Some(first) = lowest(before, &free) else {
        return Ok(Floor { admit: Admit::All, proofs: Vec::new() });
    };
    let mut steps: Vec<Points> = scores.iter().copied().filter(|s| *s >= first).collect();
    steps.sort_unstable();
    steps.dedup();
    // Invariant: steps[good] loses nothing in the tiers before; steps[bad] does (or is past the end).
    let (mut good, mut bad) = (0, steps.len());
    let mut proof = None;
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        let tried = finished(stage::run(before, Admit::From(steps[middle]), options))?;
        if tried.cost == free.cost {
            let reached = lowest(before, &tried).unwrap_or(steps[middle]);
            good = steps.partition_point(|s| *s <= reached) - 1;
        } else {
            (bad, proof) = (middle, Some(tried));
        }
    }
    let floor = steps[good];
    let proof = match proof {
        Some(solved) => solved,
        None => finished(stage::run(before, Admit::Above(floor), options))?,
    };
    let proofs = vec![(free, Claim::BestBeforeFloor), (proof, Claim::FloorIsHighest { floor })];
    Ok(Floor { admit: Admit::From(floor), proofs })
}

/// The lowest own score among the chosen pairs.
fn lowest(composite: &Composite<'_>, solved: &Solved) -> Option<Points> {
    let instance = composite.instance;
    let chosen = composite.units.iter().zip(&solved.coach);
    chosen
        .filter_map(|(unit, coach)| instance.pair(CoacheeIx::new(unit.coachee), (*coach)?))
        .map(|pair| instance.parts().score[pair.to_usize()])
        .min()
}

fn assignment(composite: &Composite<'_>, solved: &Solved) -> Assignment {
    let chosen = composite.units.iter().zip(&solved.coach);
    let mut pairs: Vec<(CoacheeIx, CoachIx)> =
        chosen.filter_map(|(unit, coach)| Some((CoacheeIx::new(unit.coachee), (*coach)?))).collect();
    pairs.sort_unstable();
    Assignment { pairs }
}

/// A plan without proof: what a search had when it was stopped.
fn unproved(instance: &Instance, composite: &Composite<'_>, solved: &Solved, stop: Stop) -> Outcome {
    let assignment = assignment(composite, solved);
    if assignment.pairs.is_empty() && stop != Stop::Finished && instance.pairs() > 0 {
        return Outcome::Unknown { stop };
    }
    let tiers = values(instance, &assignment, false);
    Outcome::Feasible { assignment, tiers, stop }
}

/// The value of every tier, summed again from the assignment; the bounds are the values where proved, else what no
/// plan can pass whatever the other tiers do.
pub fn values(instance: &Instance, assignment: &Assignment, proved: bool) -> Vec<TierValue> {
    let tiers = instance.parts().tiers.iter();
    tiers
        .map(|tier| {
            let value = value(instance, assignment, *tier);
            let bound = if proved { value } else { loose_bound(instance, *tier) };
            TierValue { tier: *tier, value, bound }
        })
        .collect()
}

fn value(instance: &Instance, assignment: &Assignment, tier: Tier) -> Option<i128> {
    let parts = instance.parts();
    let mut load = vec![0_u32; instance.coaches()];
    for (_, coach) in &assignment.pairs {
        load[coach.to_usize()] += 1;
    }
    let own = || {
        let pairs = assignment.pairs.iter();
        pairs.filter_map(|(e, c)| instance.pair(*e, *c)).map(|p| i128::from(parts.score[p.to_usize()].0))
    };
    let count = |n: usize| i128::try_from(n).expect("a count");
    Some(match tier {
        Tier::Coverage => count(assignment.pairs.len()),
        Tier::Minimums => {
            parts.seats.iter().zip(&load).map(|(s, l)| i128::from(s.min.saturating_sub(*l))).sum()
        }
        Tier::Stability => {
            let kept = parts.kept.iter().filter(|p| {
                let pair = (instance.coachee_of(**p), parts.coach[p.to_usize()]);
                assignment.pairs.binary_search(&pair).is_ok()
            });
            count(parts.kept.len()) - count(kept.count())
        }
        Tier::Floor => return own().min(),
        Tier::Score => {
            own().sum::<i128>() - excess(instance, assignment) - super::rows::charges(instance, assignment)
        }
        Tier::Balance => {
            let weight = parts.balance.0;
            let costs = parts.seats.iter().zip(&load);
            costs.map(|(s, l)| (1..=*l).map(|k| balance_step(weight, s.max, k)).sum::<i128>()).sum()
        }
    })
}

/// What soft nests charge.
fn excess(instance: &Instance, assignment: &Assignment) -> i128 {
    let mut charged = 0;
    for family in &instance.parts().nests {
        let Excess::Costs(points) = family.excess else { continue };
        let mut entered: Vec<(CoachIx, GroupIx)> = Vec::new();
        for (coachee, coach) in &assignment.pairs {
            if let (Some(group), Some(pair)) = (family.group[*coachee], instance.pair(*coachee, *coach))
                && family.exempt.binary_search(&pair).is_err()
            {
                entered.push((*coach, group));
            }
        }
        entered.sort_unstable();
        for run in entered.chunk_by(|a, b| a == b) {
            let cap = usize::try_from(family.cap).unwrap_or(usize::MAX);
            let over = i128::try_from(run.len().saturating_sub(cap)).expect("a count");
            charged += over * i128::from(points.0);
        }
    }
    charged
}

pub fn loose_bound(instance: &Instance, tier: Tier) -> Option<i128> {
    let parts = instance.parts();
    let best = |coachee: CoacheeIx| parts.score[instance.rows(coachee)].iter().max().copied();
    match tier {
        Tier::Coverage => Some(parts.demand.iter().map(|d| i128::from(d.wanted)).sum()),
        Tier::Minimums | Tier::Stability | Tier::Balance => Some(0),
        Tier::Floor => parts.score.iter().max().map(|s| i128::from(s.0)),
        Tier::Score => Some(
            parts
                .demand
                .enumerate()
                .map(|(c, d)| i128::from(d.wanted) * best(c).map_or(0, |s| i128::from(s.0.max(0))))
                .sum(),
        ),
    }
}
