//! An outcome to a document: indexes become ids, every pair gets its reasons, everybody left over is accounted for.

use super::matching::assignment;
use super::{findings, proof};
use crate::explain;
use crate::intake::Reading;
use crate::model::catalogue::{PairState, Tier};
use crate::model::certificate::Surety;
use crate::model::document::{
    BlockingLine, OutcomeKind, PairLine, Part, PlanDocument, Proof, StageLine, Timing, WaiverLine,
};
use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::outcome::{Assignment, Outcome, Stop, TierValue};
use crate::model::quantity::Points;
use crate::model::roster::{PlannedPair, Roster};
use crate::rules::Compiled;
use std::collections::BTreeMap;

/// The document, without hashes and timing. `proof` says what the certificate claims; the caller verifies it.
pub fn document(
    reading: &Reading,
    compiled: &Compiled<'_>,
    outcome: &Outcome,
    threads: usize,
) -> PlanDocument {
    let nobody = Assignment::default();
    let chosen = assignment(outcome).unwrap_or(&nobody);
    let (kind, stop, values, certificate) = shape(compiled, outcome);
    let demand = &compiled.instance.parts().demand;
    let explain::Charges { parts: charges, unpaid } = explain::charges(compiled, chosen);
    let (pairs, floor) = pairs(compiled, chosen, &charges, threads);
    let score = pairs.iter().map(|p| i128::from(p.score.0)).sum::<i128>() - unpaid;
    let mut found = findings::before(reading, compiled);
    let clashes = explain::clashes(compiled, outcome);
    found.extend(findings::after(compiled, chosen, outcome, &clashes));
    PlanDocument {
        outcome: kind,
        proof: proved(outcome),
        stop,
        matched: count(
            demand.enumerate().filter(|(e, d)| d.wanted > 0 && got(chosen, *e) >= usize::from(d.wanted)),
        ),
        coachees: count(demand.iter().filter(|d| d.wanted > 0)),
        changes: changes(compiled, chosen),
        score,
        bound: bound(compiled, values, kind, score),
        floor,
        tiers: proof::tiers(values),
        pairs,
        groups: None,
        unmatched: explain::unmatched(compiled, chosen, stop),
        unused: explain::unused(compiled, chosen),
        blocking: blocking(compiled, outcome),
        clashes,
        waivers: waivers(compiled, chosen),
        findings: findings::in_order(found),
        certificate,
        group_proof: None,
        instance: "".into(),
        plan: "".into(),
        timing: Timing::default(),
        version: env!("CARGO_PKG_VERSION").into(),
    }
}

/// Who says that the plan is the best: our own certificate, an integer-programming solver, or nobody.
const fn proved(outcome: &Outcome) -> Proof {
    match outcome {
        Outcome::Optimal { certificate, .. } | Outcome::Infeasible { certificate, .. } => {
            match certificate.surety {
                Surety::Certified => Proof::Certified,
                Surety::Claimed => Proof::Claimed,
            }
        }
        Outcome::Feasible { .. } | Outcome::Unknown { .. } => Proof::None,
    }
}

fn shape<'o>(
    compiled: &Compiled<'_>,
    outcome: &'o Outcome,
) -> (OutcomeKind, Stop, &'o [TierValue], Vec<StageLine>) {
    match outcome {
        Outcome::Optimal { tiers, certificate, .. } => {
            (OutcomeKind::Optimal, Stop::Finished, tiers, proof::stages(compiled, certificate))
        }
        Outcome::Infeasible { tiers, certificate, .. } => {
            (OutcomeKind::Infeasible, Stop::Finished, tiers, proof::stages(compiled, certificate))
        }
        Outcome::Feasible { tiers, stop, .. } => (OutcomeKind::Feasible, *stop, tiers, Vec::new()),
        Outcome::Unknown { stop } => (OutcomeKind::Unknown, *stop, &[], Vec::new()),
    }
}

/// Nobody is asked where there is no plan.
fn blocking(compiled: &Compiled<'_>, outcome: &Outcome) -> Vec<BlockingLine> {
    assignment(outcome).map_or_else(Vec::new, |chosen| explain::blocking(compiled, chosen))
}

/// The chosen pairs with their reasons, what they pay for groups and limits included; by coachee id, then coach id,
/// which is the order of the assignment. With them the lowest of the scores that the pairs have by themselves.
///
/// Two threads share the pairs; each half keeps its order.
fn pairs(
    compiled: &Compiled<'_>,
    chosen: &Assignment,
    charges: &[Vec<Part>],
    threads: usize,
) -> (Vec<PairLine>, Option<Points>) {
    let states = states(compiled.roster);
    let middle = if threads > 1 { chosen.pairs.len() / 2 } else { 0 };
    let (early, late) = (chosen.pairs.split_at(middle), charges.split_at(middle));
    let (first, second) = ((early.0, late.0), (early.1, late.1));
    let ((mut lines, low), (more, other)) = std::thread::scope(|scope| {
        let beside = (middle > 0).then(|| scope.spawn(|| pair_lines(compiled, &states, first)));
        let second = pair_lines(compiled, &states, second);
        let first = beside.map(|lines| lines.join().expect("a thread panics only where this one would"));
        (first.unwrap_or_default(), second)
    });
    lines.extend(more);
    (lines, low.into_iter().chain(other).min())
}

fn pair_lines(
    compiled: &Compiled<'_>,
    states: &BTreeMap<(CoacheeIx, CoachIx), PairState>,
    (chosen, charges): (&[(CoacheeIx, CoachIx)], &[Vec<Part>]),
) -> (Vec<PairLine>, Option<Points>) {
    let mut floor: Option<Points> = None;
    let line = |(&(coachee, coach), charges): (&(CoacheeIx, CoachIx), &Vec<Part>)| {
        let mut parts = compiled.parts(coachee, coach);
        let own = parts.iter().map(|p| p.points).sum();
        floor = Some(floor.map_or(own, |least| least.min(own)));
        if !charges.is_empty() {
            parts.extend(charges.iter().cloned());
            parts.sort_by_key(|part| part.rule);
        }
        PairLine {
            coach: compiled.roster.coach_id(coach).into(),
            coachee: compiled.roster.coachee_id(coachee).into(),
            score: parts.iter().map(|p| p.points).sum::<Points>(),
            minutes: compiled.minutes(coachee, coach),
            // A kept pair keeps its state; every other pair is a draft.
            state: states.get(&(coachee, coach)).copied().unwrap_or(PairState::Draft),
            parts,
        }
    };
    let lines = chosen.iter().zip(charges).map(line).collect();
    (lines, floor)
}

/// The states of the pairs of the given plan.
fn states(roster: &Roster) -> BTreeMap<(CoacheeIx, CoachIx), PairState> {
    roster.plan.iter().flatten().map(|p| ((p.coachee, p.coach), p.state)).collect()
}

fn got(chosen: &Assignment, coachee: CoacheeIx) -> usize {
    let first = chosen.pairs.partition_point(|(e, _)| *e < coachee);
    chosen.pairs[first..].iter().take_while(|(e, _)| *e == coachee).count()
}

/// Pairs of the given plan that are not kept, whatever the reason.
fn changes(compiled: &Compiled<'_>, chosen: &Assignment) -> u32 {
    let plan = compiled.roster.plan.as_deref().unwrap_or_default();
    let kept = |p: &&PlannedPair| chosen.pairs.binary_search(&(p.coachee, p.coach)).is_err();
    count(plan.iter().filter(kept))
}

/// The best score anybody can hope for: the solver's bound; else every coachee's best pairs, whoever else wants them.
fn bound(compiled: &Compiled<'_>, values: &[TierValue], kind: OutcomeKind, score: i128) -> i128 {
    if let Some(bound) = values.iter().find(|v| v.tier == Tier::Score).and_then(|v| v.bound) {
        return bound;
    }
    if kind == OutcomeKind::Optimal {
        return score;
    }
    let parts = compiled.instance.parts();
    let best = |(coachee, demand): (CoacheeIx, &crate::model::instance::Demand)| -> i128 {
        let mut scores: Vec<Points> = parts.score[compiled.instance.rows(coachee)].to_vec();
        scores.sort_unstable_by_key(|s| std::cmp::Reverse(*s));
        let wanted = scores.iter().take(usize::from(demand.wanted));
        wanted.map(|s| i128::from(s.0.max(0))).sum()
    };
    parts.demand.enumerate().map(best).sum()
}

fn waivers(compiled: &Compiled<'_>, chosen: &Assignment) -> Vec<WaiverLine> {
    let mut lines = Vec::new();
    for &(coachee, coach) in &chosen.pairs {
        for (rule, at) in compiled.waived(coachee, coach) {
            let waiver = &compiled.roster.waivers[at];
            lines.push(WaiverLine {
                rule,
                coach: compiled.roster.coach_id(coach).into(),
                coachee: compiled.roster.coachee_id(coachee).into(),
                author: waiver.author.clone(),
                reason: waiver.reason.clone(),
            });
        }
    }
    lines
}

/// The length of a list that is shorter than the roster, which is indexed in 32 bits.
fn count(items: impl Iterator) -> u32 {
    u32::try_from(items.count()).expect("a roster has fewer than 2^32 people and planned pairs")
}
