//! The answers that are no plan, as messages.

use super::plan_out::{finding, texts};
use super::refusal::FieldFault;
use super::wire;
use super::words::Twin;
use crate::model::catalogue::Word;
use crate::model::document::PlanDocument;
use crate::model::people::Id;
use crate::model::quantity::micro_decimal;
use crate::service::{CheckReport, Comparison, Counts, Moved, RuleLine, TierChange, Violation};

pub fn check(report: &CheckReport) -> wire::CheckResponse {
    let CheckReport { name, preset, starts, ends, counts, rules, findings } = report;
    let rule = |RuleLine { rule, level, says }: &RuleLine| wire::RuleLine {
        rule: rule.key().to_owned(),
        level: level.key().to_owned(),
        says: says.to_string(),
    };
    wire::CheckResponse {
        programme: name.to_string(),
        preset: preset.key().to_owned(),
        starts: starts.to_string(),
        ends: ends.to_string(),
        counts: Some(count(*counts)),
        rules: rules.iter().map(rule).collect(),
        findings: findings.iter().map(finding).collect(),
        faults: Vec::new(),
    }
}

/// Nothing but faults.
pub fn faulty(faults: Vec<FieldFault>) -> wire::CheckResponse {
    let faults = faults.into_iter().map(FieldFault::message).collect();
    wire::CheckResponse { faults, ..wire::CheckResponse::default() }
}

fn count(counts: Counts) -> wire::Counts {
    let Counts { coachees, wanted, coaches, places, pairs, people, schools } = counts;
    wire::Counts {
        coachees: coachees as u64,
        wanted: wanted as u64,
        coaches: coaches as u64,
        places: places as u64,
        pairs: pairs as u64,
        people: people as u64,
        schools: schools as u64,
    }
}

pub fn verified(plan: &PlanDocument, violations: &[Violation]) -> wire::VerifyResponse {
    let violation = |Violation { code, people, says }: &Violation| wire::Violation {
        code: (*code).to_owned(),
        people: texts(people),
        says: says.to_string(),
    };
    wire::VerifyResponse {
        clean: violations.is_empty(),
        violations: violations.iter().map(violation).collect(),
        instance: plan.instance.to_string(),
        plan: plan.plan.to_string(),
    }
}

pub fn compared(found: &Comparison) -> wire::CompareResponse {
    let Comparison {
        kept,
        moved,
        newly_matched,
        newly_unmatched,
        score_before,
        score_after,
        tiers,
        same_instance,
    } = found;
    let other = |Moved { coachee, from, to }: &Moved| wire::Moved {
        coachee: coachee.to_string(),
        from: texts(from),
        to: texts(to),
    };
    let tier = |TierChange { tier, before, after }: &TierChange| wire::TierChange {
        name: tier.to_wire(),
        before: before.as_ref().map(ToString::to_string),
        after: after.as_ref().map(ToString::to_string),
    };
    wire::CompareResponse {
        same_instance: *same_instance,
        kept: together(kept),
        moved: moved.iter().map(other).collect(),
        newly_matched: together(newly_matched),
        newly_unmatched: together(newly_unmatched),
        score: Some(wire::ScoreChange {
            before: micro_decimal(*score_before),
            after: micro_decimal(*score_after),
            difference: micro_decimal(score_after - score_before),
        }),
        tiers: tiers.iter().map(tier).collect(),
    }
}

fn together(pairs: &[(Id, Id)]) -> Vec<wire::Together> {
    let pair = |(coach, coachee): &(Id, Id)| wire::Together {
        coach: coach.to_string(),
        coachee: coachee.to_string(),
    };
    pairs.iter().map(pair).collect()
}
