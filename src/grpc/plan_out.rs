//! A plan document as a message.

use super::wire::{self, case::Step};
use super::words::Twin;
use crate::model::catalogue::Word;
use crate::model::certificate::{Claim, Multipliers};
use crate::model::document::{
    BlockingLine, CaseLine, ClashLine, GroupLine, GroupPricesLine, GroupsLine, NestPriceLine, PairLine, Part,
    PlanDocument, RowPriceLine, StageLine, TierLine, Timing, UnmatchedLine, UnusedLine, WaiverLine,
};
use crate::model::finding::Finding;
use crate::model::grouping::{Cut, GroupMultipliers, GroupProof, Node, Prices};
use crate::model::people::Id;
use crate::model::quantity::micro_decimal;

pub fn plan(document: &PlanDocument) -> wire::Plan {
    let PlanDocument {
        outcome,
        proof,
        stop,
        matched,
        coachees,
        changes,
        score,
        bound,
        floor,
        tiers,
        pairs,
        groups,
        unmatched: left,
        unused: idle,
        blocking: envious,
        clashes,
        waivers,
        findings,
        certificate,
        group_proof: proved,
        instance,
        plan,
        timing: times,
        version,
    } = document;
    wire::Plan {
        outcome: outcome.to_wire(),
        proof: proof.to_wire(),
        stop: stop.to_wire(),
        matched: *matched,
        coachees: *coachees,
        changes: *changes,
        score: micro_decimal(*score),
        bound: micro_decimal(*bound),
        floor: floor.map(|points| points.to_string()),
        tiers: tiers.iter().map(tier).collect(),
        pairs: pairs.iter().map(pair).collect(),
        grouped: groups.is_some(),
        groups: groups.iter().flatten().map(group).collect(),
        unmatched: left.iter().map(unmatched).collect(),
        unused: idle.iter().map(unused).collect(),
        blocking: envious.iter().map(blocking).collect(),
        waivers: waivers.iter().map(waiver).collect(),
        findings: findings.iter().map(finding).collect(),
        clashes: clashes.iter().map(clash).collect(),
        certificate: Some(wire::Certificate {
            stages: certificate.iter().map(stage).collect(),
            groups: proved.as_ref().map(group_proof),
        }),
        instance: instance.to_string(),
        plan: plan.to_string(),
        timing: Some(timing(*times)),
        version: version.to_string(),
    }
}

pub fn texts(texts: &[Box<str>]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

fn tier(TierLine { tier, value, bound }: &TierLine) -> wire::TierValue {
    wire::TierValue { name: tier.to_wire(), value: value.to_string(), bound: bound.to_string() }
}

fn pair(PairLine { coach, coachee, score, minutes, state, parts }: &PairLine) -> wire::Pair {
    wire::Pair {
        coach: coach.to_string(),
        coachee: coachee.to_string(),
        score: score.to_string(),
        minutes: minutes.map(|minutes| minutes.0),
        state: state.to_wire(),
        parts: parts.iter().map(part).collect(),
    }
}

fn part(Part { rule, points, says }: &Part) -> wire::Part {
    wire::Part { rule: rule.key().to_owned(), points: points.to_string(), says: says.to_string() }
}

fn group(GroupLine { members, score, state, parts }: &GroupLine) -> wire::Group {
    wire::Group {
        members: texts(members),
        score: score.to_string(),
        state: state.to_wire(),
        parts: parts.iter().map(part).collect(),
    }
}

fn unmatched(UnmatchedLine { coachee, code, says, eligible }: &UnmatchedLine) -> wire::Unmatched {
    wire::Unmatched {
        coachee: coachee.to_string(),
        code: code.to_wire(),
        says: says.to_string(),
        eligible: *eligible,
    }
}

fn unused(UnusedLine { coach, free, says }: &UnusedLine) -> wire::Unused {
    wire::Unused { coach: coach.to_string(), free: *free, says: says.to_string() }
}

fn blocking(BlockingLine { coach, coachee, says }: &BlockingLine) -> wire::Blocking {
    wire::Blocking { coach: coach.to_string(), coachee: coachee.to_string(), says: says.to_string() }
}

fn waiver(WaiverLine { rule, coach, coachee, author, reason }: &WaiverLine) -> wire::WaiverUsed {
    wire::WaiverUsed {
        rule: rule.key().to_owned(),
        coach: coach.to_string(),
        coachee: coachee.to_string(),
        author: author.to_string(),
        reason: reason.to_string(),
    }
}

pub fn finding(Finding { code, people, says }: &Finding) -> wire::Finding {
    wire::Finding { code: code.key().to_owned(), people: texts(people), says: says.to_string() }
}

fn clash(ClashLine { coachees, coaches, places, says }: &ClashLine) -> wire::Clash {
    wire::Clash {
        coachees: texts(coachees),
        coaches: texts(coaches),
        places: *places,
        says: says.to_string(),
    }
}

fn timing(Timing { read_ms, build_ms, solve_ms, verify_ms }: Timing) -> wire::Timing {
    wire::Timing { read_ms, build_ms, solve_ms, verify_ms }
}

fn stage(StageLine { claim, multipliers, prices, nests, groups: cases, bound }: &StageLine) -> wire::Stage {
    let (claim, floor) = match claim {
        Claim::Best { floor } => (wire::Claim::Best, *floor),
        Claim::FloorIsHighest { floor } => (wire::Claim::FloorIsHighest, Some(*floor)),
        Claim::BestBeforeFloor => (wire::Claim::BestBeforeFloor, None),
        Claim::Stable => (wire::Claim::Stable, None),
    };
    let Multipliers { pins, quotas, coverage, minimums, stability, score, balance } = multipliers;
    let price =
        |(coach, price): &(Id, i128)| wire::CoachPrice { coach: coach.to_string(), price: price.to_string() };
    let nest = |NestPriceLine { coach, kind, group, price }: &NestPriceLine| wire::NestPrice {
        coach: coach.to_string(),
        kind: kind.to_wire(),
        group: group.to_string(),
        price: price.to_string(),
    };
    wire::Stage {
        claim: claim as i32,
        floor: floor.map(|points| points.to_string()),
        multipliers: Some(wire::Multipliers {
            pins: pins.to_string(),
            quotas: quotas.to_string(),
            coverage: coverage.to_string(),
            minimums: minimums.to_string(),
            stability: stability.to_string(),
            score: score.to_string(),
            balance: balance.to_string(),
        }),
        prices: prices.iter().map(price).collect(),
        nests: nests.iter().map(nest).collect(),
        groups: cases.as_ref().map(stage_groups),
        bound: bound.to_string(),
    }
}

fn stage_groups(GroupsLine { prices, cases }: &GroupsLine) -> wire::StageGroups {
    let coachee = |(coachee, price): &(Id, i128)| wire::CoacheePrice {
        coachee: coachee.to_string(),
        price: price.to_string(),
    };
    let row = |RowPriceLine { rule, about, price, per }: &RowPriceLine| wire::RowPrice {
        rule: rule.key().to_owned(),
        about: texts(about),
        price: price.to_string(),
        per: per.to_string(),
    };
    let prices = prices.iter().map(|GroupPricesLine { coachees, rows }| wire::GroupPrices {
        coachees: coachees.iter().map(coachee).collect(),
        rows: rows.iter().map(row).collect(),
    });
    let case = |case: &CaseLine| {
        let step = match case {
            CaseLine::Split { coach, coachee } => {
                Step::Split(wire::Split { coach: coach.to_string(), coachee: coachee.to_string() })
            }
            CaseLine::Bound(prices) => Step::Prices(*prices as u64),
        };
        wire::Case { step: Some(step) }
    };
    wire::StageGroups { prices: prices.collect(), cases: cases.iter().map(case).collect() }
}

fn group_proof(proof: &GroupProof<Id>) -> wire::GroupProof {
    let (multipliers, mut message) = match proof {
        GroupProof::Pairs { multipliers, lists } => {
            (multipliers, wire::GroupProof { lists: lists.iter().map(list).collect(), ..Default::default() })
        }
        GroupProof::Triads { multipliers, scale, nodes } => {
            let nodes = nodes.iter().map(node).collect();
            (multipliers, wire::GroupProof { scale: scale.to_string(), nodes, ..Default::default() })
        }
    };
    let GroupMultipliers { pins, coverage, shape, stability, score } = multipliers;
    message.multipliers = Some(wire::GroupMultipliers {
        pins: pins.to_string(),
        coverage: coverage.to_string(),
        shape: shape.to_string(),
        stability: stability.to_string(),
        score: score.to_string(),
    });
    message
}

fn list(Prices { people, sets }: &Prices<Id>) -> wire::PriceList {
    let set = |(members, price): &(Vec<Id>, i128)| wire::SetPrice {
        members: texts(members),
        price: price.to_string(),
    };
    wire::PriceList {
        prices: people.iter().map(person_price).collect(),
        sets: sets.iter().map(set).collect(),
    }
}

fn person_price((person, price): &(Id, i128)) -> wire::PersonPrice {
    wire::PersonPrice { person: person.to_string(), price: price.to_string() }
}

fn node(Node { settled, alone, prices, cuts, branch }: &Node<Id>) -> wire::GroupNode {
    let members = |members: &Vec<Id>| wire::Members { members: texts(members) };
    let cut = |Cut { members, by, of, price }: &Cut<Id>| wire::Cut {
        members: texts(members),
        by: by.to_string(),
        of: of.to_string(),
        price: price.to_string(),
    };
    wire::GroupNode {
        settled: settled.iter().map(members).collect(),
        alone: texts(alone),
        prices: prices.iter().map(person_price).collect(),
        cuts: cuts.iter().map(cut).collect(),
        branch: branch.as_ref().map(ToString::to_string),
    }
}
