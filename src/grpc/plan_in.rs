//! A plan of a message as a document: everything that is wrong with it, each with its path.

use super::plan_fields::Fields;
use super::wire::{self, case::Step};
use crate::model::catalogue::{RuleKey, Word};
use crate::model::certificate::{Claim, Multipliers};
use crate::model::document::{
    BlockingLine, CaseLine, ClashLine, GroupLine, GroupPricesLine, GroupsLine, NestPriceLine, PairLine, Part,
    PlanDocument, RowPriceLine, StageLine, TierLine, Timing, UnmatchedLine, UnusedLine, WaiverLine,
};
use crate::model::finding::{Finding, FindingCode};
use crate::model::grouping::{Cut, GroupMultipliers, GroupProof, Node, Prices};
use crate::model::people::Id;
use crate::model::quantity::{Minutes, Points, parse_micro};

/// The document; `None` after a fault.
pub fn plan(fields: &mut Fields, message: wire::Plan) -> Option<PlanDocument> {
    let wire::Plan {
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
        waivers,
        findings,
        clashes,
        certificate,
        instance,
        plan: hash,
        timing: times,
        version,
        grouped,
    } = message;
    let outcome = fields.word("outcome", outcome);
    let proof = fields.word("proof", proof);
    let stop = fields.word("stop", stop);
    let score = fields.parsed("score", &score, parse_micro);
    let bound = fields.parsed("bound", &bound, parse_micro);
    let floor = fields.optional("floor", floor, Points::parse);
    let tiers = fields.list("tiers", tiers, tier);
    let pairs = fields.list("pairs", pairs, pair);
    let groups = fields.list("groups", groups, group);
    let unmatched = fields.list("unmatched", left, unmatched);
    let unused = fields.list("unused", idle, |_, line| Some(unused(line)));
    let blocking = fields.list("blocking", envious, |_, line| Some(blocking(line)));
    let waivers = fields.list("waivers", waivers, waiver);
    let findings = fields.list("findings", findings, finding);
    let clashes = fields.list("clashes", clashes, |_, line| Some(clash(line)));
    let certificate = fields.required("certificate", certificate, |fields, c| {
        let wire::Certificate { stages, groups } = c;
        let stages = fields.list("stages", stages, stage);
        let proof = match groups {
            Some(proof) => Some(fields.inside("groups", |fields| group_proof(fields, proof))?),
            None => None,
        };
        Some((stages, proof))
    });
    let timing = times.map_or(Some(Timing::default()), |times| fields.inside("timing", |f| timing(f, times)));
    let (certificate, group_proof) = certificate?;
    Some(PlanDocument {
        outcome: outcome?,
        proof: proof?,
        stop: stop?,
        matched,
        coachees,
        changes,
        score: score?,
        bound: bound?,
        floor,
        tiers,
        pairs,
        groups: grouped.then_some(groups),
        unmatched,
        unused,
        blocking,
        clashes,
        waivers,
        findings,
        certificate,
        group_proof,
        instance: instance.into(),
        plan: hash.into(),
        timing: timing?,
        version: version.into(),
    })
}

fn ids(texts: Vec<String>) -> Vec<Id> {
    texts.into_iter().map(Into::into).collect()
}

fn big(text: &str) -> Option<i128> {
    text.parse().ok()
}

fn tier(fields: &mut Fields, line: wire::TierValue) -> Option<TierLine> {
    let wire::TierValue { name, value, bound } = line;
    Some(TierLine { tier: fields.word("name", name)?, value: value.into(), bound: bound.into() })
}

fn pair(fields: &mut Fields, line: wire::Pair) -> Option<PairLine> {
    let wire::Pair { coach, coachee, score, minutes, state, parts } = line;
    let (score, state) = (fields.parsed("score", &score, Points::parse), fields.word("state", state));
    let parts = fields.list("parts", parts, part);
    let (coach, coachee, minutes) = (coach.into(), coachee.into(), minutes.map(Minutes));
    Some(PairLine { coach, coachee, score: score?, minutes, state: state?, parts })
}

fn part(fields: &mut Fields, line: wire::Part) -> Option<Part> {
    let wire::Part { rule, points, says } = line;
    let rule = fields.parsed("rule", &rule, RuleKey::from_key);
    let points = fields.parsed("points", &points, Points::parse);
    Some(Part { rule: rule?, points: points?, says: says.into() })
}

fn group(fields: &mut Fields, line: wire::Group) -> Option<GroupLine> {
    let wire::Group { members, score, state, parts } = line;
    let (score, state) = (fields.parsed("score", &score, Points::parse), fields.word("state", state));
    let parts = fields.list("parts", parts, part);
    Some(GroupLine { members: ids(members), score: score?, state: state?, parts })
}

fn unmatched(fields: &mut Fields, line: wire::Unmatched) -> Option<UnmatchedLine> {
    let wire::Unmatched { coachee, code, says, eligible } = line;
    let code = fields.word("code", code)?;
    Some(UnmatchedLine { coachee: coachee.into(), code, says: says.into(), eligible })
}

fn unused(line: wire::Unused) -> UnusedLine {
    let wire::Unused { coach, free, says } = line;
    UnusedLine { coach: coach.into(), free, says: says.into() }
}

fn blocking(line: wire::Blocking) -> BlockingLine {
    let wire::Blocking { coach, coachee, says } = line;
    BlockingLine { coach: coach.into(), coachee: coachee.into(), says: says.into() }
}

fn waiver(fields: &mut Fields, line: wire::WaiverUsed) -> Option<WaiverLine> {
    let wire::WaiverUsed { rule, coach, coachee, author, reason } = line;
    let rule = fields.parsed("rule", &rule, RuleKey::from_key)?;
    let (coach, coachee) = (coach.into(), coachee.into());
    Some(WaiverLine { rule, coach, coachee, author: author.into(), reason: reason.into() })
}

fn finding(fields: &mut Fields, line: wire::Finding) -> Option<Finding> {
    let wire::Finding { code, people, says } = line;
    let code = fields.parsed("code", &code, FindingCode::from_key)?;
    Some(Finding { code, people: ids(people), says: says.into() })
}

fn clash(line: wire::Clash) -> ClashLine {
    let wire::Clash { coachees, coaches, places, says } = line;
    ClashLine { coachees: ids(coachees), coaches: ids(coaches), places, says: says.into() }
}

fn timing(fields: &mut Fields, times: wire::Timing) -> Option<Timing> {
    let wire::Timing { read_ms, build_ms, solve_ms, verify_ms } = times;
    let read_ms = fields.milliseconds("read_ms", read_ms);
    let build_ms = fields.milliseconds("build_ms", build_ms);
    let solve_ms = fields.milliseconds("solve_ms", solve_ms);
    let verify_ms = fields.milliseconds("verify_ms", verify_ms);
    Some(Timing { read_ms: read_ms?, build_ms: build_ms?, solve_ms: solve_ms?, verify_ms: verify_ms? })
}

fn stage(fields: &mut Fields, line: wire::Stage) -> Option<StageLine> {
    let wire::Stage { claim, floor, multipliers, prices, nests, groups, bound } = line;
    let floor = fields.optional("floor", floor, Points::parse);
    let claim = match (wire::Claim::try_from(claim), floor) {
        (Ok(wire::Claim::Best), floor) => Some(Claim::Best { floor }),
        (Ok(wire::Claim::FloorIsHighest), Some(floor)) => Some(Claim::FloorIsHighest { floor }),
        (Ok(wire::Claim::BestBeforeFloor), None) => Some(Claim::BestBeforeFloor),
        (Ok(wire::Claim::Stable), None) => Some(Claim::Stable),
        _ => fields.no_claim(),
    };
    let multipliers = fields.required("multipliers", multipliers, |fields, message| {
        let wire::Multipliers { pins, quotas, coverage, minimums, stability, score, balance } = message;
        let pins = fields.parsed("pins", &pins, big);
        let quotas = fields.parsed("quotas", &quotas, big);
        let coverage = fields.parsed("coverage", &coverage, big);
        let minimums = fields.parsed("minimums", &minimums, big);
        let stability = fields.parsed("stability", &stability, big);
        let score = fields.parsed("score", &score, big);
        let balance = fields.parsed("balance", &balance, big);
        Some(Multipliers {
            pins: pins?,
            quotas: quotas?,
            coverage: coverage?,
            minimums: minimums?,
            stability: stability?,
            score: score?,
            balance: balance?,
        })
    });
    let prices = fields.list("prices", prices, |fields, wire::CoachPrice { coach, price }| {
        Some((coach.into(), fields.parsed("price", &price, big)?))
    });
    let nests = fields.list("nests", nests, |fields, line| {
        let wire::NestPrice { coach, kind, group, price } = line;
        let (kind, price) = (fields.word("kind", kind), fields.parsed("price", &price, big));
        Some(NestPriceLine { coach: coach.into(), kind: kind?, group: group.into(), price: price? })
    });
    let groups = groups.map(|groups| fields.inside("groups", |fields| stage_groups(fields, groups)));
    let bound = fields.parsed("bound", &bound, big);
    Some(StageLine { claim: claim?, multipliers: multipliers?, prices, nests, groups, bound: bound? })
}

fn stage_groups(fields: &mut Fields, message: wire::StageGroups) -> GroupsLine {
    let wire::StageGroups { prices, cases } = message;
    let prices = fields.list("prices", prices, |fields, wire::GroupPrices { coachees, rows }| {
        let coachees = fields.list("coachees", coachees, |fields, wire::CoacheePrice { coachee, price }| {
            Some((coachee.into(), fields.parsed("price", &price, big)?))
        });
        let rows = fields.list("rows", rows, |fields, wire::RowPrice { rule, about, price, per }| {
            let rule = fields.parsed("rule", &rule, RuleKey::from_key);
            let price = fields.parsed("price", &price, big);
            let per = fields.parsed("per", &per, |text| text.parse().ok());
            Some(RowPriceLine { rule: rule?, about: ids(about), price: price?, per: per? })
        });
        Some(GroupPricesLine { coachees, rows })
    });
    let cases = fields.list("cases", cases, |fields, wire::Case { step }| match step {
        Some(Step::Split(wire::Split { coach, coachee })) => {
            Some(CaseLine::Split { coach: coach.into(), coachee: coachee.into() })
        }
        Some(Step::Prices(prices)) => fields.position("prices", prices).map(CaseLine::Bound),
        None => fields.nothing("step"),
    });
    GroupsLine { prices, cases }
}

fn group_proof(fields: &mut Fields, proof: wire::GroupProof) -> Option<GroupProof<Id>> {
    let wire::GroupProof { multipliers, lists, scale, nodes } = proof;
    let multipliers = fields.required("multipliers", multipliers, |fields, message| {
        let wire::GroupMultipliers { pins, coverage, shape, stability, score } = message;
        let pins = fields.parsed("pins", &pins, big);
        let coverage = fields.parsed("coverage", &coverage, big);
        let shape = fields.parsed("shape", &shape, big);
        let stability = fields.parsed("stability", &stability, big);
        let score = fields.parsed("score", &score, big);
        Some(GroupMultipliers {
            pins: pins?,
            coverage: coverage?,
            shape: shape?,
            stability: stability?,
            score: score?,
        })
    });
    if scale.is_empty() && nodes.is_empty() {
        let lists = fields.list("lists", lists, |fields, wire::PriceList { prices, sets }| {
            let people = fields.list("prices", prices, person_price);
            let sets = fields.list("sets", sets, |fields, wire::SetPrice { members, price }| {
                Some((ids(members), fields.parsed("price", &price, big)?))
            });
            Some(Prices { people, sets })
        });
        return Some(GroupProof::Pairs { multipliers: multipliers?, lists });
    }
    let scale = fields.parsed("scale", &scale, big);
    let nodes = fields.list("nodes", nodes, |fields, line| {
        let wire::GroupNode { settled, alone, prices, cuts, branch } = line;
        let prices = fields.list("prices", prices, person_price);
        let settled = settled.into_iter().map(|wire::Members { members }| ids(members)).collect();
        let cuts = fields.list("cuts", cuts, |fields, wire::Cut { members, by, of, price }| {
            let number = |text: &str| text.parse().ok();
            let (by, of) = (fields.parsed("by", &by, number), fields.parsed("of", &of, number));
            let price = fields.parsed("price", &price, big);
            Some(Cut { members: ids(members), by: by?, of: of?, price: price? })
        });
        Some(Node { settled, alone: ids(alone), prices, cuts, branch: branch.map(Into::into) })
    });
    Some(GroupProof::Triads { multipliers: multipliers?, scale: scale?, nodes })
}

fn person_price(fields: &mut Fields, line: wire::PersonPrice) -> Option<(Id, i128)> {
    let wire::PersonPrice { person, price } = line;
    Some((person.into(), fields.parsed("price", &price, big)?))
}
