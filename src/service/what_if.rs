//! What a change does to a plan: the repair that moves nobody else, and what each further move would gain.
//!
//! Every plan given out is a match of the changed programme with the given plan to stay close to, so it has a proof of its own and
//! is verified like any other: the repair puts stability first; a plan with further moves lets those pairs go that the frontier names
//! and keeps all others; the free one puts stability last.

use super::matching::match_programme;
use super::steps::{FrontierLine, gaining, line, whole};
use super::{Comparison, Options, ServiceError, assemble, compare, grouping};
use crate::intake::Reading;
use crate::model::catalogue::{PairState, Status, Tier};
use crate::model::document::{PairLine, PlanDocument};
use crate::model::finding::{Finding, FindingCode};
use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::model::outcome::{Assignment, Outcome, Stop, TierValue};
use crate::model::people::Id;
use crate::model::roster::{Aim, PlannedPair, Roster};
use crate::solver::repair::{Frontier, Point};
use crate::verify::{self, Violation};
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

/// A coachee whose coach changes, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Move {
    pub coachee: Id,
    pub from: Vec<Id>,
    pub to: Vec<Id>,
    pub why: Box<str>,
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
    /// By further moves, those that gain something. Where rules tie several pairs together, only what is proved in spite of them.
    pub frontier: Vec<FrontierLine>,
    /// So many further moves were looked at.
    pub reached: u32,
    /// Whether nothing more is gained beyond those.
    pub ended: bool,
    /// Whether no number of moves is left out up to there.
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
    let traced = if after.roster.grouped() { None } else { trace(&programme.roster, start, options)? };
    let mut freely = Reading { roster: programme.roster.clone(), findings: programme.findings.clone() };
    freely.roster.programme.rules.objective = ordered(&objective, after.roster.grouped(), Stability::Last);
    let (frontier, free, chosen) = match &traced {
        Some(Traced { frontier, kept, first }) => {
            let line = |point: &Point| line(&programme.roster, point, first, frontier.least);
            let lines: Vec<FrontierLine> = frontier.points.iter().map(line).collect();
            let asked = match moves {
                Moves::Further(n) => frontier.points.iter().rfind(|p| p.moves <= frontier.least + n),
                Moves::Fewest | Moves::Any => None,
            };
            let released = asked.map(|point| released(&programme, kept, &point.assignment));
            (gaining(lines), frontier.free.as_ref().map(line), released)
        }
        None => (vec![whole(&programme.roster, &repaired, None)], None, None),
    };
    let followed = traced.as_ref().map(|t| &t.frontier);
    let reached = followed.map_or(0, |f| f.reached - f.least);
    let all = followed.is_some_and(|f| f.points.len() == reached as usize + 1);
    let ended = all && followed.is_some_and(|f| f.reached >= f.last);
    let free_plan =
        if moves == Moves::Any || free.is_none() { Some(match_programme(&freely, options)?) } else { None };
    let free = match (free, &free_plan) {
        (Some(free), _) => free,
        (None, Some(plan)) => whole(&programme.roster, plan, Some(&repaired)),
        (None, None) => whole(&programme.roster, &repaired, None),
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
    Ok(WhatIf { plan, comparison, moved, broken, released, frontier, reached, ended, traced: all, free })
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
    let mut broken: Vec<Finding> = of(&plan, FindingCode::PlanPairBroken);
    broken.extend(broken_together(&before.roster, &plan));
    let refused = of(&plan, FindingCode::PinRefused);
    Ok((plan, broken, refused))
}

/// Rules about several pairs that the plan breaks although each of its pairs may be made: too many with one coach, and the like.
fn broken_together(roster: &Roster, plan: &PlanDocument) -> Vec<Finding> {
    let about_several = |v: &Violation| matches!(v.code, "seats" | "nest" | "row" | "ring");
    let finding =
        |v: Violation| Finding { code: FindingCode::PlanPairBroken, people: v.people, says: v.says };
    verify::verify(roster, plan).into_iter().filter(about_several).map(finding).collect()
}

struct Traced {
    frontier: Frontier,
    /// Its first point.
    first: Point,
    /// The pairs of the plan that can still be made.
    kept: Vec<(CoacheeIx, CoachIx)>,
}

/// The frontier, where the programme is a flow.
fn trace(roster: &Roster, start: Instant, options: &Options<'_>) -> Result<Option<Traced>, ServiceError> {
    let compiled = rules::compile(roster, options.threads)?;
    let late = || options.time_limit.is_some_and(|limit| start.elapsed() >= limit);
    let stopped = || options.cancel.is_some_and(|c| c.load(std::sync::atomic::Ordering::Relaxed));
    let instance = &compiled.instance;
    let found = solver::repair::frontier(instance, u32::MAX, options.threads, &|| late() || stopped());
    let pair =
        |p: &crate::model::index::PairIx| (instance.coachee_of(*p), instance.parts().coach[p.to_usize()]);
    let kept = instance.parts().kept.iter().map(pair).collect();
    // Without the plan of the fewest moves there is nothing to compare with.
    let first = found.as_ref().and_then(|f| f.points.first().filter(|p| p.moves == f.least));
    let first = first.cloned();
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

/// Begins the reason of who gives a place to others, whose ids follow.
pub const ROOM: &str = "makes room for ";

/// Who moves, with the reason that comes first: the coach is gone, the pair cannot be made, somebody else needs the place.
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
            let new = plan.pairs.iter().filter(|p| from.contains(&p.coach));
            let came = |p: &&PairLine| !comparison.kept.iter().any(|(c, e)| (c, e) == (&p.coach, &p.coachee));
            let instead: Vec<&str> = new.filter(came).map(|p| &*p.coachee).collect();
            if instead.is_empty() {
                "gains by it".into()
            } else {
                format!("{}{}", ROOM, instead.join(", ")).into()
            }
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
