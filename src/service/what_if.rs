//! What a change does to a plan: the repair that moves nobody else, and what each further move would gain.
//!
//! Every plan given out is a match of the changed programme with the given plan to stay close to, so it has a proof of its own and
//! is verified like any other: the repair puts stability first; a plan with further moves lets those pairs go that the frontier names
//! and keeps all others; the free one puts stability last.

use super::matching::match_programme;
use super::{Comparison, Options, ServiceError, assemble, compare, grouping};
use crate::intake::Reading;
use crate::model::catalogue::{PairState, Status, Tier};
use crate::model::document::PlanDocument;
use crate::model::finding::{Finding, FindingCode};
use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::model::outcome::{Assignment, Outcome, Stop, TierValue};
use crate::model::people::Id;
use crate::model::roster::{Aim, PlannedPair, Roster};
use crate::solver::repair::{Frontier, Point};
use crate::{rules, solver};
use std::time::Instant;

/// How many further moves the answer may make.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moves {
    /// None but those that the change itself makes necessary.
    Fewest,
    Further(u32),
    Any,
}

/// The frontier is followed so far: more lines than that are not read.
const FURTHER: u32 = 12;

/// A coachee whose coach changes, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Move {
    pub coachee: Id,
    pub from: Vec<Id>,
    pub to: Vec<Id>,
    pub why: Box<str>,
}

/// The best plan with at most so many moves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrontierLine {
    /// Pairs given up beyond those that the change itself gives up.
    pub further: u32,
    /// Places filled.
    pub filled: i128,
    /// Micro-points.
    pub score: i128,
    pub proved: bool,
    /// Whose coach differs from the plan without further moves.
    pub moved: Vec<(Id, Vec<Id>)>,
}

/// The whole answer.
#[derive(Clone, PartialEq, Debug)]
pub struct WhatIf {
    /// The plan that was asked for.
    pub plan: PlanDocument,
    pub comparison: Comparison,
    pub moved: Vec<Move>,
    /// Pairs of the plan that already break a rule, before any change.
    pub broken: Vec<Finding>,
    /// Pins and started pairs that the change breaks.
    pub released: Vec<Finding>,
    /// By further moves. Where rules tie several pairs together, only what is proved in spite of them.
    pub frontier: Vec<FrontierLine>,
    /// Whether the frontier was followed to its end.
    pub ended: bool,
    /// Whether no number of moves is left out up to where the list ends.
    pub traced: bool,
    /// The best of all plans.
    pub free: FrontierLine,
}

/// `before` is the programme as it was, `after` with every change; both have the plan in `roster.plan`.
pub fn what_if(
    before: &Reading,
    after: &Reading,
    moves: Moves,
    options: &Options<'_>,
) -> Result<WhatIf, ServiceError> {
    let start = Instant::now();
    let (old, broken, refused) = as_it_was(before, options)?;
    let mut programme = Reading { roster: after.roster.clone(), findings: after.findings.clone() };
    programme.roster.programme.aim = Aim::Best;
    let objective = after.roster.programme.rules.objective.clone();
    programme.roster.programme.rules.objective =
        ordered(&objective, after.roster.grouped(), Stability::First);
    let repaired = match_programme(&programme, options)?;
    let traced = if after.roster.grouped() { None } else { trace(&programme.roster, moves, start, options)? };
    let mut freely = Reading { roster: programme.roster.clone(), findings: programme.findings.clone() };
    freely.roster.programme.rules.objective = ordered(&objective, after.roster.grouped(), Stability::Last);
    let (frontier, free, chosen) = match &traced {
        Some(Traced { frontier, kept, first }) => {
            let line = |point: &Point| line(&programme.roster, point, first, frontier.least);
            let asked = match moves {
                Moves::Further(n) => frontier.points.iter().rfind(|p| p.moves <= frontier.least + n),
                Moves::Fewest | Moves::Any => None,
            };
            let released = asked.map(|point| released(&programme, kept, &point.assignment));
            (frontier.points.iter().map(line).collect(), frontier.free.as_ref().map(line), released)
        }
        None => (vec![whole(&repaired, None)], None, None),
    };
    let numbers = |f: &Frontier| (f.last.saturating_sub(f.least) + 1).min(further(moves) + 1) as usize;
    let all = traced.as_ref().is_some_and(|t| t.frontier.points.len() == numbers(&t.frontier));
    let ended = all && traced.as_ref().is_some_and(|t| t.frontier.last <= t.frontier.least + further(moves));
    let free_plan =
        if moves == Moves::Any || free.is_none() { Some(match_programme(&freely, options)?) } else { None };
    let free = match (free, &free_plan) {
        (Some(free), _) => free,
        (None, Some(plan)) => whole(plan, Some(&repaired)),
        (None, None) => whole(&repaired, None),
    };
    let plan = match (moves, chosen, free_plan) {
        (Moves::Any, _, Some(plan)) => plan,
        (Moves::Further(n), Some(reading), _) if n > 0 => match_programme(&reading, options)?,
        _ => repaired,
    };
    let comparison = compare(&old, &plan);
    let released = plan.findings.iter().filter(|f| f.code == FindingCode::PinRefused && !refused.contains(f));
    let released = released.cloned().collect();
    let moved = told(&before.roster, &after.roster, &comparison, &plan);
    Ok(WhatIf { plan, comparison, moved, broken, released, frontier, ended, traced: all, free })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stability {
    First,
    Last,
}

/// The programme's own objective without the floor, which no number of moves is traded for; groups begin with coverage.
fn ordered(objective: &[Tier], grouped: bool, stability: Stability) -> Vec<Tier> {
    let mut tiers: Vec<Tier> =
        objective.iter().copied().filter(|t| !matches!(t, Tier::Stability | Tier::Floor)).collect();
    match stability {
        Stability::Last => tiers.push(Tier::Stability),
        Stability::First => tiers.insert(usize::from(grouped), Tier::Stability),
    }
    tiers
}

/// The given plan as a document of the programme as it was, the pairs of it that break a rule, and the pins that do.
fn as_it_was(
    before: &Reading,
    options: &Options<'_>,
) -> Result<(PlanDocument, Vec<Finding>, Vec<Finding>), ServiceError> {
    let of = |plan: &PlanDocument, code| plan.findings.iter().filter(|f| f.code == code).cloned().collect();
    let plan = if before.roster.grouped() {
        let compiled = rules::compile_groups(&before.roster)?;
        let mut reading = Reading { roster: before.roster.clone(), findings: before.findings.clone() };
        let objective = &before.roster.programme.rules.objective;
        reading.roster.programme.rules.objective = ordered(objective, true, Stability::First);
        let mut plan = match_programme(&reading, options)?;
        plan.findings.extend(grouping::before(before, &compiled));
        plan
    } else {
        let compiled = rules::compile(&before.roster, options.threads)?;
        let parts = compiled.instance.parts();
        let kept = parts.kept.iter().map(|p| (compiled.instance.coachee_of(*p), parts.coach[p.to_usize()]));
        let assignment = Assignment { pairs: kept.collect() };
        let tiers: Vec<TierValue> = solver::values(&compiled.instance, &assignment, false);
        let outcome = Outcome::Feasible { assignment, tiers, stop: Stop::TimeLimit };
        assemble::document(before, &compiled, &outcome, options.threads)
    };
    let broken = of(&plan, FindingCode::PlanPairBroken);
    let refused = of(&plan, FindingCode::PinRefused);
    Ok((plan, broken, refused))
}

/// How far the frontier is followed.
fn further(moves: Moves) -> u32 {
    match moves {
        Moves::Further(n) => n.max(FURTHER),
        Moves::Fewest | Moves::Any => FURTHER,
    }
}

struct Traced {
    frontier: Frontier,
    /// Its first plan.
    first: Assignment,
    /// The pairs of the plan that can still be made.
    kept: Vec<(CoacheeIx, CoachIx)>,
}

/// The frontier, where the programme is a flow.
fn trace(
    roster: &Roster,
    moves: Moves,
    start: Instant,
    options: &Options<'_>,
) -> Result<Option<Traced>, ServiceError> {
    let compiled = rules::compile(roster, options.threads)?;
    let late = || options.time_limit.is_some_and(|limit| start.elapsed() >= limit);
    let stopped = || options.cancel.is_some_and(|c| c.load(std::sync::atomic::Ordering::Relaxed));
    let instance = &compiled.instance;
    let found = solver::repair::frontier(instance, further(moves), options.threads, &|| late() || stopped());
    let pair =
        |p: &crate::model::index::PairIx| (instance.coachee_of(*p), instance.parts().coach[p.to_usize()]);
    let kept = instance.parts().kept.iter().map(pair).collect();
    // Without the plan of the fewest moves there is nothing to compare with.
    let first = found.as_ref().and_then(|f| f.points.first().filter(|p| p.moves == f.least));
    let first = first.map(|p| p.assignment.clone());
    Ok(found.zip(first).map(|(frontier, first)| Traced { frontier, first, kept }))
}

/// The programme in which only those pairs are to be kept that this plan keeps: its best plan without a move is this one.
fn released(programme: &Reading, kept: &[(CoacheeIx, CoachIx)], chosen: &Assignment) -> Reading {
    let mut reading = Reading { roster: programme.roster.clone(), findings: programme.findings.clone() };
    let stays = |p: &PlannedPair| {
        let pair = (p.coachee, p.coach);
        !kept.contains(&pair) || chosen.pairs.binary_search(&pair).is_ok() || p.state == PairState::Started
    };
    if let Some(plan) = &mut reading.roster.plan {
        plan.retain(stays);
    }
    reading
}

fn line(roster: &Roster, point: &Point, first: &Assignment, least: u32) -> FrontierLine {
    let value = |tier| point.tiers.iter().find(|t| t.tier == tier).and_then(|t| t.value).unwrap_or(0);
    let with = |plan: &Assignment, coachee: CoacheeIx| -> Vec<CoachIx> {
        let from = plan.pairs.partition_point(|p| p.0 < coachee);
        plan.pairs[from..].iter().take_while(|p| p.0 == coachee).map(|p| p.1).collect()
    };
    let different = point.assignment.pairs.iter().filter(|pair| first.pairs.binary_search(pair).is_err());
    let gone = first.pairs.iter().filter(|pair| point.assignment.pairs.binary_search(pair).is_err());
    let mut coachees: Vec<CoacheeIx> = different.chain(gone).map(|pair| pair.0).collect();
    coachees.sort_unstable();
    coachees.dedup();
    let coach = |c: &CoachIx| Id::from(roster.coach_id(*c));
    let moved = |e: &CoacheeIx| {
        (Id::from(roster.coachee_id(*e)), with(&point.assignment, *e).iter().map(coach).collect())
    };
    FrontierLine {
        further: point.moves.saturating_sub(least),
        filled: i128::try_from(point.assignment.pairs.len()).unwrap_or(i128::MAX),
        score: value(Tier::Score),
        proved: point.proved,
        moved: coachees.iter().map(moved).collect(),
    }
}

/// A line from whole plans, where the frontier is not followed.
fn whole(plan: &PlanDocument, repaired: Option<&PlanDocument>) -> FrontierLine {
    let further = repaired.map_or(0, |repaired| plan.changes.saturating_sub(repaired.changes));
    let moved = repaired.map(|repaired| compare(repaired, plan).moved).unwrap_or_default();
    FrontierLine {
        further,
        filled: if plan.groups.is_some() {
            i128::from(plan.matched)
        } else {
            i128::try_from(plan.pairs.len()).unwrap_or(i128::MAX)
        },
        score: plan.score,
        proved: plan.outcome == crate::model::document::OutcomeKind::Optimal,
        moved: moved.into_iter().map(|m| (m.coachee, m.to)).collect(),
    }
}

/// Who moves, with the reason that comes first: the coach is gone, the pair cannot be made, others gain.
fn told(before: &Roster, after: &Roster, comparison: &Comparison, plan: &PlanDocument) -> Vec<Move> {
    let active = |roster: &Roster, id: &str| {
        super::changes::find(roster, id).0.is_some_and(|c| roster.coaches[c].status == Status::Active)
    };
    let why = |coachee: &str, from: &[Id]| -> Box<str> {
        for coach in from {
            if active(before, coach) && !active(after, coach) {
                return format!("{coach} leaves").into();
            }
            let about = |f: &&Finding| {
                f.code == FindingCode::PlanPairBroken
                    && [coach, coachee].iter().all(|id| f.people.iter().any(|p| **p == **id))
            };
            if let Some(finding) = plan.findings.iter().find(about) {
                return finding.says.clone();
            }
        }
        if from.is_empty() {
            "a place has become free".into()
        } else {
            "makes room for somebody else, or gains by it".into()
        }
    };
    let line = |m: &super::Moved| Move {
        coachee: m.coachee.clone(),
        from: m.from.clone(),
        to: m.to.clone(),
        why: why(&m.coachee, &m.from),
    };
    comparison.moved.iter().map(line).collect()
}
