//! Other plans: the next best that differ in a number of pairs, and the corners of a trade-off between two of the things a plan is
//! good for. Every plan given out is checked by `verify`, and every certificate computed again, before anybody sees it.

use super::matching::{assignment, match_programme};
use super::{Comparison, Options, ServiceError, assemble, compare};
use crate::intake::Reading;
use crate::model::catalogue::{Level, RuleKey, Shape, Tier, Word};
use crate::model::certificate::{Certificate, Surety};
use crate::model::document::{PlanDocument, Proof};
use crate::model::fault::{At, Code, Fault};
use crate::model::index::Ix;
use crate::model::instance::{Instance, Parts};
use crate::model::outcome::{Assignment, Outcome, Stop, TierValue};
use crate::model::quantity::Points;
use crate::model::roster::{Aim, PlannedPair, Roster};
use crate::rules::{self, Compiled};
use crate::solver::apart::{self, Corner, Worth};
use crate::{solver, verify};
use std::time::Instant;

/// One of the next best plans.
#[derive(Clone, PartialEq, Debug)]
pub struct Alternative {
    pub plan: PlanDocument,
    /// With the plan at hand.
    pub comparison: Comparison,
    /// That no plan which differs so far is better: certified, claimed by an integer-programming solver, or not known.
    pub proof: Proof,
}

/// The answer of [`alternatives`].
#[derive(Clone, PartialEq, Debug)]
pub struct Alternatives {
    /// The plan at hand.
    pub plan: PlanDocument,
    pub found: Vec<Alternative>,
    /// Whether there is no further plan that differs so far.
    pub all: bool,
}

/// The best plans that differ in at least `differ` pairs from the plan at hand and from each other, best first. The plan at hand is
/// the roster's own where it has one, else the optimum.
pub fn alternatives(
    reading: &Reading,
    differ: u32,
    count: u32,
    options: &Options<'_>,
) -> Result<Alternatives, ServiceError> {
    refuse_groups(&reading.roster, "--differ")?;
    let mut free = Reading { roster: reading.roster.clone(), findings: reading.findings.clone() };
    free.roster.programme.aim = Aim::Best;
    let given = free.roster.plan.take();
    let compiled = rules::compile(&free.roster, options.threads)?;
    let (plan, first) = if let Some(given) = given {
        let pair = |p: &PlannedPair| (p.coachee, p.coach);
        let mut pairs: Vec<_> = given.iter().map(pair).collect();
        pairs.retain(|(coachee, coach)| compiled.instance.pair(*coachee, *coach).is_some());
        pairs.sort_unstable();
        let first = Assignment { pairs };
        (checked(&free, &compiled, &first, options)?, first)
    } else {
        let plan = match_programme(&free, options)?;
        let first = indexed(&compiled, &plan);
        (plan, first)
    };
    let mut plans = vec![first];
    let mut found = Vec::new();
    let mut all = false;
    let start = Instant::now();
    while found.len() < count as usize {
        let outcome = apart::apart(&compiled.instance, &plans, differ, &solver_options(options, start))?;
        let Some(next) = outcome.filter(|outcome| !matches!(outcome, Outcome::Infeasible { .. })) else {
            all = true;
            break;
        };
        let Some(chosen) = assignment(&next).cloned() else { break };
        let rows = apart::with_rows(&compiled.instance, &plans, differ);
        let proof = proof(rows.as_ref(), &next)?;
        let document = checked(&free, &compiled, &chosen, options)?;
        found.push(Alternative { comparison: compare(&plan, &document), plan: document, proof });
        plans.push(chosen);
    }
    Ok(Alternatives { plan, found, all })
}

/// What is traded for what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Between {
    /// The points of two rules, whose weights are shifted from one to the other.
    Rules(RuleKey, RuleKey),
    /// Places filled, and points.
    CoverageAndScore,
}

/// A corner of the curve.
#[derive(Clone, PartialEq, Debug)]
pub struct CornerLine {
    pub plan: PlanDocument,
    /// With the programme's own optimum.
    pub comparison: Comparison,
    /// Points of the two rules at their present weights; or places filled (in millionths) and points. Millionths.
    pub worth: [i128; 2],
    /// Weights of the two, one to the other, for which this corner is worth as much as the one before; where the second counts for
    /// more, this one is worth more. For rules: both worths with that rule's points doubled and the other's left out.
    pub from: Option<[i128; 2]>,
    pub proof: Proof,
}

/// The answer of [`trade_off`]: from the most of the first to the most of the second.
#[derive(Clone, PartialEq, Debug)]
pub struct TradeOff {
    pub corners: Vec<CornerLine>,
    /// Whether no corner is missing.
    pub whole: bool,
}

/// The corners of a trade-off. `without` is the programme with the weight of the first rule, and of the second, set to 0.
pub fn trade_off(
    reading: &Reading,
    between: Between,
    without: Option<[&Roster; 2]>,
    options: &Options<'_>,
) -> Result<TradeOff, ServiceError> {
    refuse_groups(&reading.roster, "--between")?;
    let mut free = Reading { roster: reading.roster.clone(), findings: reading.findings.clone() };
    free.roster.programme.aim = Aim::Best;
    let compiled = rules::compile(&free.roster, options.threads)?;
    let own: Vec<Points> = compiled.instance.parts().score.to_vec();
    let (worths, parts) = if let (Between::Rules(..), Some(without)) = (between, without) {
        let parts = [part(&own, without[0], options)?, part(&own, without[1], options)?];
        // Shifted weights: all of the first rule's points and none of the second's count twice, up to the other way round.
        let shifted = |by: usize| {
            let point = |at: usize| Points(own[at].0 + parts[by][at].0 - parts[1 - by][at].0);
            Worth { points: (0..own.len()).map(point).collect(), charged: true }
        };
        ([shifted(0), shifted(1)], Some(parts))
    } else {
        let places = Worth { points: vec![Points::ONE; own.len()], charged: false };
        ([places, Worth { points: own.clone(), charged: true }], None)
    };
    let mut tiers: Vec<Tier> = compiled.instance.parts().tiers.clone();
    tiers.retain(|tier| !matches!(tier, Tier::Floor | Tier::Stability));
    if between == Between::CoverageAndScore {
        tiers = vec![Tier::Score];
    }
    let instance = Instance::try_new(Parts { tiers, stable: None, ..compiled.instance.parts().clone() })
        .expect("fewer tiers are sound");
    let start = Instant::now();
    let solver_options = solver_options(options, start);
    let curve = apart::curve(&instance, &worths, &solver_options)?;
    let best = match_programme(&free, options)?;
    let mut corners: Vec<CornerLine> = Vec::new();
    for (at, corner) in curve.corners.iter().enumerate() {
        let mixed = apart::mix(&instance, &worths, corner.weights, &solver_options);
        let proof = proof(mixed.as_ref(), &corner.outcome)?;
        let plan = checked(&free, &compiled, &corner.assignment, options)?;
        let worth = match &parts {
            Some(parts) => [0, 1].map(|side| sum(&compiled.instance, &parts[side], &corner.assignment)),
            None => corner.worth,
        };
        let from = at.checked_sub(1).map(|before| ratio(&curve.corners[before], corner));
        corners.push(CornerLine { comparison: compare(&best, &plan), plan, worth, from, proof });
    }
    Ok(TradeOff { corners, whole: curve.whole })
}

/// At which weights two corners are worth the same: the first's to the second's.
fn ratio(left: &Corner, right: &Corner) -> [i128; 2] {
    [right.worth[1] - left.worth[1], left.worth[0] - right.worth[0]]
}

/// The points of one rule, pair by pair: what the score has with it and has not without it.
fn part(own: &[Points], without: &Roster, options: &Options<'_>) -> Result<Vec<Points>, ServiceError> {
    let compiled = rules::compile(without, options.threads)?;
    let rest = &compiled.instance.parts().score;
    Ok(own.iter().zip(rest.iter()).map(|(all, rest)| Points(all.0 - rest.0)).collect())
}

fn sum(instance: &Instance, points: &[Points], plan: &Assignment) -> i128 {
    let pairs = plan.pairs.iter().filter_map(|(coachee, coach)| instance.pair(*coachee, *coach));
    pairs.map(|pair| i128::from(points[pair.to_usize()].0)).sum()
}

/// Whether weights of this rule can be shifted: it gives points pair by pair.
pub fn tradeable(roster: &Roster, rule: RuleKey) -> Result<(), ServiceError> {
    let level = roster.programme.rules.level(rule);
    if rule.shape() == Shape::Pair && level == Level::Soft {
        return Ok(());
    }
    let says =
        format!("the rule {} gives no points to single pairs here: its level is {}", rule.key(), level.key());
    Err(ServiceError::Faults(vec![fault(
        "--between",
        Code::BadParameter,
        rule.key(),
        &says,
        "name two soft rules about pairs, or coverage,score",
    )]))
}

fn refuse_groups(roster: &Roster, option: &str) -> Result<(), ServiceError> {
    if !roster.grouped() {
        return Ok(());
    }
    let says =
        "people are grouped from one list here: other plans are looked for among coaches and coachees only";
    Err(ServiceError::Faults(vec![fault(
        option,
        Code::NotForGroups,
        "",
        says,
        "use what-if with --moves any",
    )]))
}

fn fault(option: &str, code: Code, text: &str, says: &str, remedy: &str) -> Fault {
    let at = At { file: option.into(), line: 0, column: "".into() };
    Fault { at, code, text: text.into(), says: says.into(), remedy: remedy.into(), source: None }
}

fn solver_options<'c>(options: &Options<'c>, start: Instant) -> solver::Options<'c> {
    solver::Options {
        threads: options.threads,
        deadline: options.time_limit.and_then(|limit| start.checked_add(limit)),
        cancel: options.cancel,
        progress: None,
        workers: options.workers,
    }
}

/// What is known of an outcome, its certificate computed again for the instance that was solved.
fn proof(instance: Option<&Instance>, outcome: &Outcome) -> Result<Proof, ServiceError> {
    let (Outcome::Optimal { assignment, certificate, .. }, Some(instance)) = (outcome, instance) else {
        return Ok(Proof::None);
    };
    let Certificate { surety: Surety::Certified, .. } = certificate else { return Ok(Proof::Claimed) };
    let violations = verify::proof(instance.parts(), assignment, certificate);
    if violations.is_empty() { Ok(Proof::Certified) } else { Err(ServiceError::Rejected(violations)) }
}

/// The plan as a document of the programme, which claims nothing beyond keeping every rule; that is checked.
fn checked(
    reading: &Reading,
    compiled: &Compiled<'_>,
    plan: &Assignment,
    options: &Options<'_>,
) -> Result<PlanDocument, ServiceError> {
    let tiers: Vec<TierValue> = solver::values(&compiled.instance, plan, false);
    let outcome = Outcome::Feasible { assignment: plan.clone(), tiers, stop: Stop::TimeLimit };
    let document = assemble::document(reading, compiled, &outcome, options.threads);
    let violations = verify::verify(&reading.roster, &document);
    if violations.is_empty() { Ok(document) } else { Err(ServiceError::Rejected(violations)) }
}

fn indexed(compiled: &Compiled<'_>, plan: &PlanDocument) -> Assignment {
    let find = |id: &str| super::changes::find(compiled.roster, id);
    let pair = |line: &crate::model::document::PairLine| Some((find(&line.coachee).1?, find(&line.coach).0?));
    let mut pairs: Vec<_> = plan.pairs.iter().filter_map(pair).collect();
    pairs.sort_unstable();
    Assignment { pairs }
}
