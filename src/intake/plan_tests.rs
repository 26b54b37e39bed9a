//! Plans: written as JSON and CSV, read back, and refused where they are not of the programme.

use crate::model::catalogue::{PairState, RuleKey, Tier};
use crate::model::certificate::{Claim, Multipliers};
use crate::model::document::{
    BlockingLine, CaseLine, ClashLine, GroupPricesLine, GroupsLine, NestPriceLine, OutcomeKind, PairLine,
    Part, PlanDocument, Proof, RowPriceLine, StageLine, TierLine, Timing, UnmatchedCode, UnmatchedLine,
    UnusedLine, WaiverLine,
};
use crate::model::finding::{Finding, FindingCode};
use crate::model::instance::NestKind;
use crate::model::outcome::Stop;
use crate::model::quantity::{Minutes, Points};
use crate::model::roster::Roster;

use super::{plan_to_csv, plan_to_json, read_baseline, read_plan, read_toml};

fn groups() -> GroupsLine {
    let row = RowPriceLine {
        rule: RuleKey::Reciprocity,
        about: vec!["=ada".into(), "ben".into(), "ben".into(), "=ada".into()],
        price: -5,
        per: 1_000_000,
    };
    let coachees = vec![("ben".into(), i128::MAX), ("c\"\\\n".into(), -1)];
    let (none, split) = (Vec::new(), CaseLine::Split { coach: "bob".into(), coachee: "ben".into() });
    GroupsLine {
        prices: vec![
            GroupPricesLine { coachees, rows: vec![row] },
            GroupPricesLine { coachees: Vec::new(), rows: none },
        ],
        cases: vec![split, CaseLine::Bound(1), CaseLine::Bound(0)],
    }
}

fn plan() -> PlanDocument {
    let part =
        Part { rule: RuleKey::Needs, points: Points(40_000_000), says: "covers her first need".into() };
    let pair = |coach: &str, coachee: &str, minutes| PairLine {
        coach: coach.into(),
        coachee: coachee.into(),
        score: Points(-83_250_000),
        minutes,
        state: PairState::Draft,
        parts: vec![part.clone(), part.clone()],
    };
    let stage = |claim| StageLine {
        claim,
        multipliers: Multipliers {
            pins: 7,
            quotas: 6,
            coverage: i128::MAX,
            minimums: 5,
            stability: 0,
            score: 1,
            balance: 2,
        },
        prices: vec![("=ada".into(), i128::MIN), ("bob".into(), 12)],
        nests: vec![NestPriceLine {
            coach: "bob".into(),
            kind: NestKind::School,
            group: "park".into(),
            price: -3,
        }],
        groups: match claim {
            Claim::Best { .. } => Some(groups()),
            Claim::BestBeforeFloor | Claim::FloorIsHighest { .. } | Claim::Stable => None,
        },
        bound: -170_141_183_460_469,
    };
    PlanDocument {
        outcome: OutcomeKind::Optimal,
        proof: Proof::Certified,
        stop: Stop::Finished,
        matched: 2,
        coachees: 3,
        changes: 1,
        score: 4_321_123_456,
        bound: 4_321_123_456,
        floor: Some(Points(41_500_000)),
        tiers: vec![TierLine { tier: Tier::Coverage, value: "2".into(), bound: "-".into() }],
        pairs: vec![pair("=ada", "ben", Some(Minutes(14))), pair("bob", "c\"\\\n", None)],
        groups: None,
        unmatched: vec![UnmatchedLine {
            coachee: "dan".into(),
            code: UnmatchedCode::LostToOthers,
            says: "others were before".into(),
            eligible: 3,
        }],
        unused: vec![UnusedLine { coach: "eve".into(), free: 2, says: "free".into() }],
        blocking: vec![BlockingLine { coach: "eve".into(), coachee: "dan".into(), says: "é; e".into() }],
        clashes: vec![ClashLine {
            coachees: vec!["ben".into()],
            coaches: Vec::new(),
            places: 1,
            says: "short".into(),
        }],
        waivers: vec![WaiverLine {
            rule: RuleKey::Line,
            coach: "bob".into(),
            coachee: "ben".into(),
            author: "G".into(),
            reason: "é".into(),
        }],
        findings: vec![Finding {
            code: FindingCode::Withdrawn,
            people: vec!["x".into(), "y".into()],
            says: "s".into(),
        }],
        certificate: vec![
            stage(Claim::BestBeforeFloor),
            stage(Claim::FloorIsHighest { floor: Points(1) }),
            stage(Claim::Best { floor: None }),
            stage(Claim::Stable),
            stage(Claim::Best { floor: Some(Points(-1)) }),
        ],
        group_proof: None,
        instance: "sha256:00".into(),
        plan: "sha256:11".into(),
        timing: Timing { read_ms: 1.25, build_ms: 3.5, solve_ms: 5.625, verify_ms: 0.0 },
        version: "0.1.0".into(),
    }
}

fn roster() -> Roster {
    let text = "name = \"A\"\npreset = \"bare\"\nstarts = 2026-08-24\n\
        coaches = [{ id = \"=ada\", max = 1 }, { id = \"bob\", max = 1 }]\ncoachees = [{ id = \"ben\" }, { id = \"dan\" }]\n";
    read_toml("a.toml", text, &[]).expect("valid").roster
}

fn stored(name: &str, text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join(name);
    std::fs::write(&path, text).expect("written");
    (dir, path)
}

#[test]
fn a_plan_survives_the_round_trip_with_keys_in_order() {
    let json = plan_to_json(&plan());
    let (_dir, path) = stored("plan.json", &json);
    assert_eq!(read_plan(&path), Ok(plan()));
    let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let keys: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "outcome",
            "proof",
            "stop",
            "matched",
            "coachees",
            "changes",
            "score",
            "bound",
            "floor",
            "tiers",
            "pairs",
            "unmatched",
            "unused",
            "blocking",
            "waivers",
            "findings",
            "clashes",
            "certificate",
            "instance",
            "plan",
            "timing",
            "version",
        ]
    );
    assert_eq!(value["score"], "4321.123456");
    assert_eq!(value["pairs"][0]["score"], "-83.250000");
    assert_eq!(value["pairs"][0]["minutes"], 14);
    assert_eq!(value["pairs"][1]["minutes"], serde_json::Value::Null);
    assert_eq!(value["certificate"]["stages"][0]["prices"][0]["price"], i128::MIN.to_string());
    let nobody = PlanDocument { floor: None, ..plan() };
    let (_dir, path) = stored("plan.json", &plan_to_json(&nobody));
    assert_eq!(read_plan(&path), Ok(nobody));
}

#[test]
fn a_plan_as_csv_guards_formulas_and_is_a_baseline() {
    let mut plan = plan();
    plan.pairs.truncate(1);
    let csv = plan_to_csv(&plan);
    assert_eq!(csv, "coach,coachee,state,score,minutes\n'=ada,ben,draft,-83.250000,14\n");
    let (_dir, path) = stored("plan.csv", &csv);
    let pairs = read_baseline(&path, &roster()).expect("valid");
    assert_eq!(pairs.len(), 1);
    let (_dir, path) = stored("plan.json", &plan_to_json(&plan));
    assert_eq!(read_baseline(&path, &roster()), Ok(pairs));
}

#[test]
fn plans_of_others_are_refused() {
    let faults = |name: &str, text: &str| -> Vec<String> {
        let (_dir, path) = stored(name, text);
        let list = read_baseline(&path, &roster()).expect_err("refused");
        list.iter().map(|f| format!("{} @ {}", f.code.key(), f.at)).collect()
    };
    assert_eq!(
        faults("plan.csv", "coach,coachee\nzoe,ben\nbob,bob\n"),
        ["E047 @ plan.csv:2:coach", "E047 @ plan.csv:3:coachee",]
    );
    assert_eq!(faults("plan.json", &plan_to_json(&plan())), ["E047 @ plan.json:coachee"]);
    assert_eq!(faults("plan.json", "{}").len(), 20);
    assert_eq!(faults("plan.json", "[]"), ["E047 @ plan.json:1"]);
    assert_eq!(faults("plan.json", "{"), ["E006 @ plan.json:1"]);
    assert_eq!(faults("plan.txt", ""), ["E046 @ plan.txt"]);
    let odd = plan_to_json(&plan()).replacen("\"draft\"", "\"drafty\"", 1).replacen("certified", "sworn", 1);
    assert_eq!(faults("plan.json", &odd), ["E047 @ plan.json:3:proof", "E047 @ plan.json:15:state"]);
}
