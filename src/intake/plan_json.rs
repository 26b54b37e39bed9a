//! A plan document as JSON, keys in the order of the contract.

use crate::model::catalogue::Word;
use crate::model::certificate::{Claim, Multipliers};
use crate::model::document::{PairLine, Part, PlanDocument, StageLine, Timing};
use crate::model::quantity::micro_decimal;

use super::json_out::Json;
use super::plan_words::{NESTS, OUTCOMES, PROOFS, STOPS, UNMATCHED, word};
use super::{plan_cases, plan_groups};

/// The document as JSON text, with a final newline.
pub fn write(plan: &PlanDocument) -> String {
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
        unmatched: _,
        unused: _,
        blocking: _,
        clashes: _,
        waivers: _,
        findings: _,
        certificate,
        group_proof,
        instance,
        plan: hash,
        timing,
        version,
    } = plan;
    let mut json = Json::default();
    json.open('{', true);
    texts(
        &mut json,
        [
            ("outcome", word(&OUTCOMES, outcome)),
            ("proof", word(&PROOFS, proof)),
            ("stop", word(&STOPS, stop)),
        ],
    );
    for (key, number) in [("matched", matched), ("coachees", coachees), ("changes", changes)] {
        json.key(key);
        json.plain(number);
    }
    texts(&mut json, [("score", &micro_decimal(*score)), ("bound", &micro_decimal(*bound))]);
    json.key("floor");
    match floor {
        Some(points) => json.text(&points.to_string()),
        None => json.plain("null"),
    }
    list(&mut json, "tiers", tiers, |json, tier| {
        texts(json, [("name", tier.tier.key()), ("value", &tier.value), ("bound", &tier.bound)]);
    });
    match groups {
        Some(groups) => plan_groups::write_groups(&mut json, groups),
        None => list(&mut json, "pairs", pairs, pair),
    }
    people(&mut json, plan);
    json.key("certificate");
    json.open('{', true);
    list(&mut json, "stages", certificate, stage);
    plan_groups::write_proof(&mut json, group_proof.as_ref());
    json.close('}');
    texts(&mut json, [("instance", instance), ("plan", hash)]);
    let Timing { read_ms, build_ms, solve_ms, verify_ms } = timing;
    json.key("timing");
    json.open('{', false);
    for (key, ms) in
        [("read_ms", read_ms), ("build_ms", build_ms), ("solve_ms", solve_ms), ("verify_ms", verify_ms)]
    {
        json.key(key);
        json.plain(format_args!("{ms:.3}"));
    }
    json.close('}');
    texts(&mut json, [("version", version)]);
    json.close('}');
    json.finish()
}

pub fn texts<const N: usize>(json: &mut Json, entries: [(&str, &str); N]) {
    for (key, text) in entries {
        json.key(key);
        json.text(text);
    }
}

/// A list of objects, one on each line.
pub fn list<T>(json: &mut Json, key: &str, items: &[T], one: impl Fn(&mut Json, &T)) {
    json.key(key);
    json.open('[', true);
    for item in items {
        json.open('{', false);
        one(json, item);
        json.close('}');
    }
    json.close(']');
}

fn pair(json: &mut Json, line: &PairLine) {
    let PairLine { coach, coachee, score, minutes, state, parts } = line;
    texts(json, [("coach", coach), ("coachee", coachee), ("score", &score.to_string())]);
    json.key("minutes");
    match minutes {
        Some(minutes) => json.plain(minutes),
        None => json.plain("null"),
    }
    texts(json, [("state", state.key())]);
    self::parts(json, parts);
}

pub fn parts(json: &mut Json, parts: &[Part]) {
    json.key("parts");
    json.open('[', false);
    for part in parts {
        json.open('{', false);
        texts(json, [("rule", part.rule.key()), ("points", &part.points.to_string()), ("says", &part.says)]);
        json.close('}');
    }
    json.close(']');
}

/// Everything about people who are not in pairs, and what is worth knowing.
fn people(json: &mut Json, plan: &PlanDocument) {
    list(json, "unmatched", &plan.unmatched, |json, line| {
        texts(
            json,
            [("coachee", &line.coachee), ("code", word(&UNMATCHED, &line.code)), ("says", &line.says)],
        );
        json.key("eligible");
        json.plain(line.eligible);
    });
    list(json, "unused", &plan.unused, |json, line| {
        texts(json, [("coach", &line.coach)]);
        json.key("free");
        json.plain(line.free);
        texts(json, [("says", &line.says)]);
    });
    list(json, "blocking", &plan.blocking, |json, line| {
        texts(json, [("coach", &line.coach), ("coachee", &line.coachee), ("says", &line.says)]);
    });
    list(json, "waivers", &plan.waivers, |json, line| {
        texts(json, [("rule", line.rule.key()), ("coach", &line.coach), ("coachee", &line.coachee)]);
        texts(json, [("author", &line.author), ("reason", &line.reason)]);
    });
    list(json, "findings", &plan.findings, |json, finding| {
        texts(json, [("code", finding.code.key())]);
        json.key("people");
        json.texts(&finding.people);
        texts(json, [("says", &finding.says)]);
    });
    list(json, "clashes", &plan.clashes, |json, clash| {
        json.key("coachees");
        json.texts(&clash.coachees);
        json.key("coaches");
        json.texts(&clash.coaches);
        json.key("places");
        json.plain(clash.places);
        texts(json, [("says", &clash.says)]);
    });
}

fn stage(json: &mut Json, stage: &StageLine) {
    let StageLine { claim, multipliers, prices, nests, groups, bound } = stage;
    let (name, floor) = match claim {
        Claim::Best { floor } => ("best", *floor),
        Claim::BestBeforeFloor => ("best-before-floor", None),
        Claim::FloorIsHighest { floor } => ("floor-is-highest", Some(*floor)),
        Claim::Stable => ("stable", None),
    };
    texts(json, [("claim", name)]);
    json.key("floor");
    match floor {
        Some(points) => json.text(&points.to_string()),
        None => json.plain("null"),
    }
    let Multipliers { pins, quotas, coverage, minimums, stability, score, balance } = multipliers;
    json.key("multipliers");
    json.open('{', false);
    for (key, number) in [
        ("pins", pins),
        ("quotas", quotas),
        ("coverage", coverage),
        ("minimums", minimums),
        ("stability", stability),
        ("score", score),
        ("balance", balance),
    ] {
        texts(json, [(key, &number.to_string())]);
    }
    json.close('}');
    json.key("prices");
    json.open('[', false);
    for (coach, price) in prices {
        json.open('{', false);
        texts(json, [("coach", coach), ("price", &price.to_string())]);
        json.close('}');
    }
    json.close(']');
    json.key("nests");
    json.open('[', false);
    for nest in nests {
        json.open('{', false);
        texts(json, [("coach", &nest.coach), ("kind", word(&NESTS, &nest.kind)), ("group", &nest.group)]);
        texts(json, [("price", &nest.price.to_string())]);
        json.close('}');
    }
    json.close(']');
    if let Some(groups) = groups {
        plan_cases::write(json, groups);
    }
    texts(json, [("bound", &bound.to_string())]);
}
