//! Clashes of rows: the smallest sets of hard demands that cannot all hold.
//!
//! Method: deletion filter (Chinneck & Dravnieks 1991), in chunks that are halved: whatever can be left out while the rest
//! still contradicts itself is left out. In what remains every demand is needed. Each trial is a search of its own, so a
//! set is only called contradictory where the search ended.

use super::drive::{Drive, Halt};
use super::goal::{Goal, Tally, goals, pairs};
use super::repair::repair;
use super::sides::{Kind, sides};
use super::{Start, tiers};
use crate::model::catalogue::{RuleKey, Tier};
use crate::model::index::{CoachIx, CoacheeIx, PairIx};
use crate::model::instance::{Instance, Minimums, Parts, Seats};
use crate::model::outcome::{Clash, Outcome};
use crate::model::quantity::Points;
use crate::model::row::{About, Outside};
use crate::solver::{Failure, Options};

/// How many clashes are named: a planner mends one at a time.
const MOST: usize = 5;

/// A hard demand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Demand {
    Row(usize),
    Rings,
    Pin(PairIx),
    Minimum(CoachIx),
}

/// Clashes without a demand in common, the first ones found; called where all hard demands together cannot be met. Where
/// time is over a set may hold more than it needs.
pub fn clashes(instance: &Instance, options: &Options<'_>) -> Result<Vec<Clash>, Failure> {
    let mut all = demands(instance);
    let mut found = Vec::new();
    while found.is_empty() || found.len() < MOST && !met(instance, options, &all)? {
        let set = smallest(instance, options, all.clone())?;
        all.retain(|demand| !set.contains(demand));
        found.push(clash(instance, &set));
    }
    Ok(found)
}

/// Rows that hold when nobody is matched first: they are left out first where there is a choice.
fn demands(instance: &Instance) -> Vec<Demand> {
    let parts = instance.parts();
    let hard = |at: &usize| parts.rows[*at].outside == Outside::Forbidden;
    let missed = |at: &usize| sides(&parts.rows[*at]).any(|s| s.kind == Kind::Missed);
    let (last, first): (Vec<usize>, Vec<usize>) = (0..parts.rows.len()).filter(hard).partition(missed);
    let mut all: Vec<Demand> = Vec::new();
    all.extend(parts.rings.iter().filter(|r| r.outside == Outside::Forbidden).map(|_| Demand::Rings));
    all.extend(first.into_iter().map(Demand::Row));
    if parts.minimums == Minimums::Hard && parts.tiers.contains(&Tier::Minimums) {
        let least = parts.seats.enumerate().filter(|(_, s)| s.min > 0);
        all.extend(least.map(|(coach, _)| Demand::Minimum(coach)));
    }
    all.extend(parts.pins.iter().map(|p| Demand::Pin(*p)));
    all.extend(last.into_iter().map(Demand::Row));
    all
}

fn smallest(
    instance: &Instance,
    options: &Options<'_>,
    mut set: Vec<Demand>,
) -> Result<Vec<Demand>, Failure> {
    let mut size = set.len().div_ceil(2);
    while size > 0 {
        let mut from = 0;
        while from < set.len() {
            let to = (from + size).min(set.len());
            let rest: Vec<Demand> = set[..from].iter().chain(&set[to..]).copied().collect();
            if met(instance, options, &rest)? {
                from = to;
            } else {
                set = rest;
            }
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    Ok(set)
}

/// Whether these demands can all be met; also where that is not known.
fn met(instance: &Instance, options: &Options<'_>, demands: &[Demand]) -> Result<bool, Failure> {
    let Ok(instance) = Instance::try_new(only(instance.parts(), demands)) else { return Ok(true) };
    let (flow, done) = match tiers::solve(&instance, options) {
        Outcome::Optimal { assignment, .. } => (pairs(&instance, &assignment), true),
        Outcome::Infeasible { .. } => return Ok(false),
        Outcome::Feasible { assignment, .. } => (pairs(&instance, &assignment), false),
        Outcome::Unknown { .. } => return Ok(true),
    };
    let tally = Tally::of(&instance, &flow);
    let goals = goals(&instance);
    let none = |worth: &[i128]| goals.iter().zip(worth).all(|(g, w)| !is_demand(*g) || *w == 0);
    if tally.allowed() && none(&tally.worth(&goals)) {
        return Ok(true);
    }
    let bound = done.then(|| goals.iter().map(|goal| tally.relaxed(*goal)).collect());
    let mut drive = Drive::new(&instance, options, Start { plan: repair(&instance, &flow), bound });
    match drive.run() {
        Ok(()) => Ok(none(&drive.worth)),
        Err(Halt::Early(_)) => Ok(true),
        Err(Halt::Failed(failure)) => Err(failure),
    }
}

const fn is_demand(goal: Goal) -> bool {
    matches!(goal, Goal::Pins | Goal::Missed | Goal::Minimums)
}

/// The instance with these demands and no wishes.
fn only(parts: &Parts, demands: &[Demand]) -> Parts {
    let has = |demand: Demand| demands.contains(&demand);
    let rows = parts.rows.iter().enumerate().filter(|(at, _)| has(Demand::Row(*at)));
    let seats = |(coach, seats): (CoachIx, &Seats)| Seats {
        min: if has(Demand::Minimum(coach)) { seats.min } else { 0 },
        max: seats.max,
    };
    Parts {
        seats: parts.seats.enumerate().map(seats).collect(),
        rows: rows.map(|(_, row)| row.clone()).collect(),
        rings: parts.rings.clone().filter(|_| has(Demand::Rings)),
        pins: parts.pins.iter().copied().filter(|p| has(Demand::Pin(*p))).collect(),
        tiers: vec![Tier::Minimums],
        kept: Vec::new(),
        balance: Points::ZERO,
        ..parts.clone()
    }
}

fn clash(instance: &Instance, set: &[Demand]) -> Clash {
    let mut rows: Vec<(RuleKey, About)> = Vec::new();
    let mut coachees: Vec<CoacheeIx> = Vec::new();
    let mut coaches: Vec<CoachIx> = Vec::new();
    for demand in set {
        match demand {
            Demand::Row(at) => {
                let row = &instance.parts().rows[*at];
                rows.push((row.rule, row.about));
            }
            Demand::Rings => rows.push((RuleKey::Rings, About::Programme)),
            Demand::Pin(pair) => coachees.push(instance.coachee_of(*pair)),
            Demand::Minimum(coach) => coaches.push(*coach),
        }
    }
    rows.sort_unstable();
    coachees.sort_unstable();
    coachees.dedup();
    coaches.sort_unstable();
    Clash::Rows { rows, coachees, coaches }
}
