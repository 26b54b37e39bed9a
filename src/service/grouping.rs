//! The use cases where people are grouped from one list: a roster to groups in a document, and the check before.

use super::{findings, proof};
use crate::explain;
use crate::intake::Reading;
use crate::model::catalogue::PairState;
use crate::model::document::{GroupLine, OutcomeKind, PlanDocument, Proof, Timing, WaiverLine};
use crate::model::finding::Finding;
use crate::model::grouping::{Cut, Group, GroupEnd, GroupOutcome, GroupProof, GroupSize, Node, Prices};
use crate::model::index::CoacheeIx;
use crate::model::outcome::Stop;
use crate::model::people::Id;
use crate::model::quantity::Points;
use crate::rules::CompiledGroups;

/// The document, without hashes and timing.
pub fn document(reading: &Reading, compiled: &CompiledGroups<'_>, outcome: &GroupOutcome) -> PlanDocument {
    let groups = &outcome.groups;
    let (proof, stop) = match outcome.end {
        GroupEnd::Proved(_) => (Proof::Certified, Stop::Finished),
        GroupEnd::Claimed => (Proof::Claimed, Stop::Finished),
        GroupEnd::Open(stop) => (Proof::None, stop),
    };
    let lines: Vec<GroupLine> = groups.iter().map(|group| line(compiled, group)).collect();
    let score = lines.iter().map(|group| i128::from(group.score.0)).sum();
    let clashes = explain::group_clashes(compiled, groups);
    let size = if compiled.grouping.parts().size == GroupSize::Two { 2 } else { 3 };
    let left_over =
        compiled.grouping.parts().exactly && !compiled.grouping.present().count().is_multiple_of(size);
    let outcome_kind = match proof {
        Proof::None if !left_over => OutcomeKind::Feasible,
        _ if clashes.is_empty() => OutcomeKind::Optimal,
        _ => OutcomeKind::Infeasible,
    };
    let bound = outcome.tiers.iter().find(|t| t.tier == crate::model::catalogue::Tier::Score);
    PlanDocument {
        outcome: outcome_kind,
        proof,
        stop,
        matched: count(groups.iter().flatten()),
        coachees: count(compiled.taking_part()),
        changes: changes(compiled, groups),
        score,
        bound: bound.and_then(|t| t.bound).unwrap_or(score),
        floor: lines.iter().map(|group| group.score).min(),
        tiers: proof::tiers(&outcome.tiers),
        pairs: Vec::new(),
        groups: Some(lines),
        unmatched: explain::group_unmatched(compiled, groups, stop),
        unused: Vec::new(),
        blocking: Vec::new(),
        clashes: if outcome_kind == OutcomeKind::Infeasible { clashes } else { Vec::new() },
        waivers: waivers(compiled, groups),
        findings: before(reading, compiled),
        certificate: Vec::new(),
        group_proof: match &outcome.end {
            GroupEnd::Proved(proof) => Some(named(compiled, proof)),
            GroupEnd::Claimed | GroupEnd::Open(_) => None,
        },
        instance: "".into(),
        plan: "".into(),
        timing: Timing::default(),
        version: env!("CARGO_PKG_VERSION").into(),
    }
}

/// Everything worth knowing before anything is solved.
pub fn before(reading: &Reading, compiled: &CompiledGroups<'_>) -> Vec<Finding> {
    let mut all = reading.findings.clone();
    all.extend(compiled.findings.iter().cloned());
    all.extend(explain::group_gaps(compiled));
    findings::in_order(all)
}

fn line(compiled: &CompiledGroups<'_>, group: &Group) -> GroupLine {
    let parts = compiled.parts(group);
    GroupLine {
        members: group.iter().map(|who| compiled.roster.coachee_id(*who).into()).collect(),
        score: parts.iter().map(|part| part.points).sum::<Points>(),
        state: state(compiled, group),
        parts,
    }
}

fn planned(compiled: &CompiledGroups<'_>) -> impl Iterator<Item = (CoacheeIx, CoacheeIx, PairState)> {
    let plan = compiled.roster.plan.iter().flatten();
    plan.map(|pair| (CoacheeIx::new(pair.coach.get()), pair.coachee, pair.state))
}

/// The most advanced state of the pairs that the given plan has inside the group.
fn state(compiled: &CompiledGroups<'_>, group: &Group) -> PairState {
    let inside = planned(compiled).filter(|(a, b, _)| group.contains(a) && group.contains(b));
    inside.map(|(_, _, state)| state).max().unwrap_or(PairState::Draft)
}

/// Pairs of the given plan that are no longer together, whatever the reason.
fn changes(compiled: &CompiledGroups<'_>, groups: &[Group]) -> u32 {
    let together = |a: &CoacheeIx, b: &CoacheeIx| groups.iter().any(|g| g.contains(a) && g.contains(b));
    count(planned(compiled).filter(|(a, b, _)| !together(a, b)))
}

fn waivers(compiled: &CompiledGroups<'_>, groups: &[Group]) -> Vec<WaiverLine> {
    let roster = compiled.roster;
    let mut lines = Vec::new();
    for group in groups {
        for (at, a) in group.iter().enumerate() {
            for b in &group[at + 1..] {
                lines.extend(compiled.waived(*a, *b).into_iter().map(|(rule, at)| WaiverLine {
                    rule,
                    coach: roster.coachee_id(*a).into(),
                    coachee: roster.coachee_id(*b).into(),
                    author: roster.waivers[at].author.clone(),
                    reason: roster.waivers[at].reason.clone(),
                }));
            }
        }
    }
    lines
}

fn named(compiled: &CompiledGroups<'_>, proof: &GroupProof<CoacheeIx>) -> GroupProof<Id> {
    let id = |who: &CoacheeIx| Id::from(compiled.roster.coachee_id(*who));
    let ids = |people: &Vec<CoacheeIx>| people.iter().map(id).collect::<Vec<Id>>();
    let prices = |of: &Vec<(CoacheeIx, i128)>| of.iter().map(|(who, price)| (id(who), *price)).collect();
    match proof {
        GroupProof::Pairs { multipliers, lists } => {
            let list = |Prices { people, sets }: &Prices<CoacheeIx>| Prices {
                people: prices(people),
                sets: sets.iter().map(|(members, z)| (ids(members), *z)).collect(),
            };
            GroupProof::Pairs { multipliers: *multipliers, lists: lists.iter().map(list).collect() }
        }
        GroupProof::Triads { multipliers, scale, nodes } => {
            let cut = |Cut { members, by, of, price }: &Cut<CoacheeIx>| Cut {
                members: ids(members),
                by: *by,
                of: *of,
                price: *price,
            };
            let node = |Node { settled, alone, prices: of, cuts, branch }: &Node<CoacheeIx>| Node {
                settled: settled.iter().map(ids).collect(),
                alone: ids(alone),
                prices: prices(of),
                cuts: cuts.iter().map(cut).collect(),
                branch: branch.as_ref().map(id),
            };
            let nodes = nodes.iter().map(node).collect();
            GroupProof::Triads { multipliers: *multipliers, scale: *scale, nodes }
        }
    }
}

/// The length of a list that is shorter than the roster, which is indexed in 32 bits.
fn count(items: impl Iterator) -> u32 {
    u32::try_from(items.count()).expect("a roster has fewer than 2^32 people and planned pairs")
}
