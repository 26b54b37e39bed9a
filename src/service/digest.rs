//! The two hashes of a plan: of the programme it was made for, and of what it says.

use crate::intake;
use crate::model::catalogue::Word;
use crate::model::certificate::{Claim, Multipliers};
use crate::model::document::{
    CaseLine, GroupLine, GroupPricesLine, GroupsLine, NestPriceLine, OutcomeKind, PairLine, Part,
    PlanDocument, RowPriceLine, StageLine,
};
use crate::model::grouping::{Cut, GroupMultipliers, GroupProof, Node, Prices};
use crate::model::instance::NestKind;
use crate::model::people::Id;
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
        part_fields(&mut text, parts);
    }
    for stage in &plan.certificate {
        stage_fields(&mut text, stage);
    }
    group_fields(&mut text, plan);
    self::text(&Sha256::digest(text))
}

/// Groups and their proof, where there are any; plans of pairs say nothing here.
fn group_fields(text: &mut String, plan: &PlanDocument) {
    for GroupLine { members, score, state, parts } in plan.groups.iter().flatten() {
        ids(text, members);
        field(text, &score.0.to_string());
        field(text, state.key());
        part_fields(text, parts);
    }
    let multipliers_of = |text: &mut String, m: &GroupMultipliers| {
        let GroupMultipliers { pins, coverage, shape, stability, score } = m;
        for number in [pins, coverage, shape, stability, score] {
            field(text, &number.to_string());
        }
    };
    match &plan.group_proof {
        None => {}
        Some(GroupProof::Pairs { multipliers, lists }) => {
            multipliers_of(text, multipliers);
            for Prices { people, sets } in lists {
                prices(text, people);
                field(text, &sets.len().to_string());
                for (members, price) in sets {
                    ids(text, members);
                    field(text, &price.to_string());
                }
            }
        }
        Some(GroupProof::Triads { multipliers, scale, nodes }) => {
            multipliers_of(text, multipliers);
            field(text, &scale.to_string());
            for Node { settled, alone, prices: of, cuts, branch } in nodes {
                field(text, &settled.len().to_string());
                for members in settled {
                    ids(text, members);
                }
                ids(text, alone);
                prices(text, of);
                field(text, &cuts.len().to_string());
                for Cut { members, by, of, price } in cuts {
                    ids(text, members);
                    field(text, &by.to_string());
                    field(text, &of.to_string());
                    field(text, &price.to_string());
                }
                field(text, branch.as_deref().unwrap_or(""));
            }
        }
    }
}

fn ids(text: &mut String, ids: &[Id]) {
    field(text, &ids.len().to_string());
    for id in ids {
        field(text, id);
    }
}

fn prices(text: &mut String, prices: &[(Id, i128)]) {
    field(text, &prices.len().to_string());
    for (person, price) in prices {
        field(text, person);
        field(text, &price.to_string());
    }
}

fn part_fields(text: &mut String, parts: &[Part]) {
    number_field(text, i64::try_from(parts.len()).unwrap_or(i64::MAX));
    for Part { rule, points, says } in parts {
        field(text, rule.key());
        number_field(text, points.0);
        field(text, says);
    }
}

fn stage_fields(text: &mut String, stage: &StageLine) {
    let StageLine { claim, multipliers, prices, nests, groups, bound } = stage;
    match claim {
        Claim::Stable => field(text, "stable"),
        Claim::Best { floor } => {
            field(text, "best");
            field(text, &floor.map_or_else(String::new, |f| f.0.to_string()));
        }
        Claim::BestBeforeFloor => field(text, "best-before-floor"),
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
    if let Some(groups) = groups {
        cases_fields(text, groups);
    }
}

/// Prices of groups, case by case; a stage without them says nothing here.
fn cases_fields(text: &mut String, groups: &GroupsLine) {
    let GroupsLine { prices: lists, cases } = groups;
    field(text, &lists.len().to_string());
    for GroupPricesLine { coachees, rows } in lists {
        prices(text, coachees);
        field(text, &rows.len().to_string());
        for RowPriceLine { rule, about, price, per } in rows {
            field(text, rule.key());
            ids(text, about);
            field(text, &price.to_string());
            number_field(text, *per);
        }
    }
    for case in cases {
        match case {
            CaseLine::Split { coach, coachee } => {
                field(text, coach);
                field(text, coachee);
            }
            CaseLine::Bound(prices) => field(text, &prices.to_string()),
        }
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

pub(super) const fn outcome_key(outcome: OutcomeKind) -> &'static str {
    match outcome {
        OutcomeKind::Optimal => "optimal",
        OutcomeKind::Feasible => "feasible",
        OutcomeKind::Infeasible => "infeasible",
        OutcomeKind::Unknown => "unknown",
    }
}
