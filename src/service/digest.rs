//! The two hashes of a plan: of the programme it was made for, and of what it says.

use crate::intake;
use crate::model::catalogue::Word;
use crate::model::certificate::{Claim, Multipliers};
use crate::model::document::{NestPriceLine, OutcomeKind, PairLine, Part, PlanDocument, StageLine};
use crate::model::instance::NestKind;
use crate::model::roster::Roster;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// `sha256:` and 64 hexadecimal digits, of the roster in canonical form: the same for a programme in any of its shapes.
pub fn instance_hash(roster: &Roster) -> Box<str> {
    let mut digest = Sha256::new();
    intake::roster_digest_bytes(roster, &mut |bytes| digest.update(bytes));
    text(&digest.finalize())
}

/// The same, of outcome, pairs and certificate.
pub fn plan_hash(plan: &PlanDocument) -> Box<str> {
    let mut text = String::new();
    field(&mut text, outcome_key(plan.outcome));
    for PairLine { coach, coachee, score, minutes, state, parts } in &plan.pairs {
        field(&mut text, coach);
        field(&mut text, coachee);
        number_field(&mut text, score.0);
        match minutes {
            Some(minutes) => number_field(&mut text, i64::from(minutes.0)),
            None => field(&mut text, ""),
        }
        field(&mut text, state.key());
        number_field(&mut text, i64::try_from(parts.len()).unwrap_or(i64::MAX));
        for Part { rule, points, says } in parts {
            field(&mut text, rule.key());
            number_field(&mut text, points.0);
            field(&mut text, says);
        }
    }
    for stage in &plan.certificate {
        stage_fields(&mut text, stage);
    }
    self::text(&Sha256::digest(text))
}

fn stage_fields(text: &mut String, stage: &StageLine) {
    let StageLine { claim, multipliers, prices, nests, bound } = stage;
    match claim {
        Claim::Stable => field(text, "stable"),
        Claim::Best { floor } => {
            field(text, "best");
            field(text, &floor.map_or_else(String::new, |f| f.0.to_string()));
        }
        Claim::FloorIsHighest { floor } => {
            field(text, "floor-is-highest");
            field(text, &floor.0.to_string());
        }
    }
    let Multipliers { pins, quotas, coverage, minimums, stability, score, balance } = multipliers;
    for number in [pins, quotas, coverage, minimums, stability, score, balance, bound] {
        field(text, &number.to_string());
    }
    field(text, &prices.len().to_string());
    for (coach, price) in prices {
        field(text, coach);
        field(text, &price.to_string());
    }
    for NestPriceLine { coach, kind, group, price } in nests {
        field(text, coach);
        field(
            text,
            match kind {
                NestKind::School => "school",
                NestKind::Sector => "sector",
            },
        );
        field(text, group);
        field(text, &price.to_string());
    }
}

/// A field with its length before it, so that no two different plans spell the same text.
fn field(text: &mut String, value: &str) {
    number(text, value.len() as u64);
    text.push(':');
    text.push_str(value);
    text.push(';');
}

/// A whole number as a field.
fn number_field(text: &mut String, value: i64) {
    let size = value.unsigned_abs();
    let digits = size.checked_ilog10().map_or(1, |log| u64::from(log) + 1);
    number(text, digits + u64::from(value < 0));
    text.push_str(if value < 0 { ":-" } else { ":" });
    number(text, size);
    text.push(';');
}

/// Digits, without the formatting machinery: a large plan has millions.
fn number(text: &mut String, value: u64) {
    if value > 9 {
        number(text, value / 10);
    }
    text.push(char::from(b"0123456789"[usize::try_from(value % 10).unwrap_or(0)]));
}

fn text(digest: &[u8]) -> Box<str> {
    let mut text = String::from("sha256:");
    for byte in digest {
        let _ = write!(text, "{byte:02x}");
    }
    text.into_boxed_str()
}

const fn outcome_key(outcome: OutcomeKind) -> &'static str {
    match outcome {
        OutcomeKind::Optimal => "optimal",
        OutcomeKind::Feasible => "feasible",
        OutcomeKind::Infeasible => "infeasible",
        OutcomeKind::Unknown => "unknown",
    }
}
