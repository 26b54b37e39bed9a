//! Twins. The rules compiled for the solver and the rules read by the verifier, on random rosters: two readings of one page,
//! written apart, that must come to the same problem. And programmes that differ only in which hard rule excludes one pair: what a
//! participant is shown is the same, byte for byte.

#[path = "support/rng.rs"]
mod rng;
#[path = "support/rosters.rs"]
mod rosters;

use dyad::intake::Reading;
use dyad::model::catalogue::{RuleKey, Word};
use dyad::model::index::{CoacheeIx, Ix};
use dyad::model::instance::{Excess, NestKind, Parts};
use dyad::model::row::{Amount, Row};
use dyad::service::{Options, ServiceError, match_programme};
use rng::Rng;
use std::collections::BTreeMap;
use std::time::Duration;

/// What a family means, whatever its groups are numbered: per coachee who takes part the first one of the same group.
type Family = (NestKind, u32, Excess, Vec<Option<usize>>, Vec<usize>);

fn families(parts: &Parts) -> Vec<Family> {
    let family = |f: &dyad::model::instance::NestFamily| {
        let group = |e: CoacheeIx| f.group[e].filter(|_| parts.demand[e].wanted > 0);
        let first = |e: CoacheeIx| parts.demand.indexes().find(|o| group(*o) == group(e)).map(Ix::to_usize);
        let groups = parts.demand.indexes().map(|e| group(e).and_then(|_| first(e)));
        (f.kind, f.cap, f.excess, groups.collect(), f.exempt.iter().map(|p| p.to_usize()).collect())
    };
    parts.nests.iter().map(family).collect()
}

/// Rows with their sets in one order.
fn rows(parts: &Parts) -> Vec<Row> {
    let sorted = |row: &Row| {
        let mut row = row.clone();
        if let Amount::Distinct(sets) = &mut row.amount {
            sets.sort_unstable();
        }
        row
    };
    parts.rows.iter().map(sorted).collect()
}

#[test]
fn two_readings_of_the_rules_come_to_the_same_problem() {
    let (mut problems, mut seen) = (0, BTreeMap::new());
    for seed in 0..6_000 {
        let rng = &mut Rng(seed);
        let roster = if seed % 2 == 0 { rosters::roster(rng) } else { rosters::with_rows(rng) };
        let ours = dyad::verify::restate(&roster);
        let compiled = dyad::rules::compile(&roster, 1);
        let (Some(ours), Ok(compiled)) = (&ours, &compiled) else {
            assert_eq!(ours.is_none(), compiled.is_err(), "seed {seed}: one refuses, the other does not");
            continue;
        };
        let theirs = compiled.instance.parts();
        let pairs = |p: &Parts| -> Vec<(usize, usize, i64)> {
            let row = |e: CoacheeIx| {
                let rows = p.starts[e.to_usize()]..p.starts[e.to_usize() + 1];
                rows.map(move |r| (e.to_usize(), p.coach[r].to_usize(), p.score[r].0)).collect::<Vec<_>>()
            };
            p.demand.indexes().flat_map(row).collect()
        };
        assert_eq!(pairs(ours), pairs(theirs), "seed {seed}: eligible pairs and scores");
        assert_eq!(ours.seats, theirs.seats, "seed {seed}");
        assert_eq!((ours.minimums, ours.balance), (theirs.minimums, theirs.balance), "seed {seed}");
        assert_eq!(ours.demand, theirs.demand, "seed {seed}");
        assert_eq!((&ours.pins, &ours.kept), (&theirs.pins, &theirs.kept), "seed {seed}");
        assert_eq!(ours.tiers, theirs.tiers, "seed {seed}");
        assert_eq!(families(ours), families(theirs), "seed {seed}");
        assert_eq!(rows(ours), rows(theirs), "seed {seed}");
        assert_eq!(ours.rings, theirs.rings, "seed {seed}");
        for rule in
            theirs.rows.iter().map(|row| row.rule).chain(theirs.rings.as_ref().map(|_| RuleKey::Rings))
        {
            *seen.entry(rule.key()).or_insert(0) += 1;
        }
        problems += 1;
    }
    assert!(problems > 4_000, "most rosters are problems, not {problems}");
    assert!(seen.len() == 10 && seen.values().all(|n| *n > 30), "some rule has few rows: {seen:?}");
}

/// Every random roster matched and verified, as a user would: verification refuses none of the plans.
#[test]
fn plans_of_random_rosters_stand_up() {
    let mut plans = 0;
    for seed in 0..3_000 {
        let rng = &mut Rng(seed);
        let roster = if seed % 2 == 0 { rosters::roster(rng) } else { rosters::with_rows(rng) };
        let reading = Reading { roster, findings: Vec::new() };
        let options = Options {
            threads: 1,
            time_limit: None,
            cancel: None,
            progress: None,
            workers: None,
            read: Duration::ZERO,
        };
        match match_programme(&reading, &options) {
            Ok(plan) => assert_eq!(dyad::verify::verify(&reading.roster, &plan), [], "seed {seed}"),
            Err(ServiceError::Faults(_)) => continue,
            Err(ServiceError::Rejected(violations)) => panic!("seed {seed}: {violations:#?}"),
            Err(ServiceError::Solver(failure)) => panic!("seed {seed}: {failure}"),
        }
        plans += 1;
    }
    assert!(plans > 1_000, "most rosters have a plan, not {plans}");
}

/// The pair of Ada and Eve excluded in so many ways; everything else is the same.
const WAYS: [(&str, &str); 8] = [
    ("locks", "{ kind = \"ban\", coach = \"ada\", coachee = \"eve\", author = \"G\", reason = \"asked\" }"),
    ("conflicts", "{ person = \"ada\", other = \"eve\", kind = \"personal\" }"),
    ("conflicts", "{ person = \"eve\", other = \"ada\", kind = \"dispute\" }"),
    ("conflicts", "{ person = \"ada\", other = \"eve\", kind = \"business\", opaque = true }"),
    ("conflicts", "{ person = \"ada\", other = \"c\", kind = \"recruitment\" }"),
    ("employment", "{ person = \"eve\", manager = \"ada\" }"),
    ("employment", "{ person = \"eve\", school = \"a\" }"),
    (
        "history",
        "{ coach = \"ada\", coachee = \"eve\", from = 2024-08-01, to = 2025-06-30, outcome = \"completed\" }",
    ),
];

fn twin(table: &str, row: &str) -> String {
    format!(
        r#"name = "Twins"
preset = "bare"
starts = 2026-08-24
schools = [{{ id = "a", name = "A" }}, {{ id = "b", name = "B" }}, {{ id = "c", name = "C" }}, {{ id = "d", name = "D" }}]
coaches = [{{ id = "ada", school = "a", max = 1, strengths = ["numeracy:3"] }}, {{ id = "bob", school = "b", max = 1, strengths = ["numeracy:2", "inclusion:3"] }}, {{ id = "cy", school = "b", max = 1 }}]
coachees = [{{ id = "eve", school = "c", needs = ["numeracy"], preferences = ["ada"] }}, {{ id = "fay", school = "d", needs = ["inclusion"] }}, {{ id = "gus", school = "d" }}, {{ id = "hal", school = "d" }}]
{table} = [{row}]
[rules]
school = {{ level = "hard", must = "differ" }}
line = "hard"
declared = "hard"
history = {{ level = "hard", repeat = "avoid" }}
needs = {{ level = "soft", weight = 40 }}
preferences = {{ level = "soft", weight = 15 }}
"#
    )
}

#[test]
fn participants_cannot_tell_which_hard_rule_excludes_a_pair() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut shown: Vec<(usize, Vec<Vec<u8>>)> = Vec::new();
    for (at, (table, row)) in WAYS.iter().enumerate() {
        let file = folder.path().join("twins.toml");
        let plan = folder.path().join("plan.json");
        std::fs::write(&file, twin(table, row)).expect("a file");
        let run = |arguments: &[&str]| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dyad"));
            let output =
                command.arg(arguments[0]).arg(&file).args(&arguments[1..]).output().expect("the binary");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(3), "{table}: one coachee waits: {said}");
            output.stdout
        };
        let plan_name = plan.to_str().expect("a path");
        let mut all = Vec::new();
        for format in ["json", "table"] {
            let reader = ["--for", "participant", "--format", format];
            all.push(run(&[&["match", "--quiet", "--out", plan_name], &reader[..]].concat()));
            all.push(run(
                &[&["what-if", "--quiet", "--plan", plan_name, "--drop", "cy"], &reader[..]].concat()
            ));
        }
        let whole = String::from_utf8_lossy(&run(&["match", "--format", "json"])).into_owned();
        let pairs = whole.find("\"pairs\"").expect("pairs");
        assert!(
            !whole[pairs..].contains("\"coach\": \"ada\",\n      \"coachee\": \"eve\""),
            "{table}: not excluded"
        );
        shown.push((at, all));
    }
    for (at, all) in &shown[1..] {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        for (one, other) in all.iter().zip(&shown[0].1) {
            assert_eq!(text(one), text(other), "{} tells itself from {}", WAYS[*at].1, WAYS[0].1);
        }
    }
    let told = String::from_utf8_lossy(&shown[0].1[0]).into_owned();
    assert!(told.contains("says") && !told.contains("score") && !told.contains("sha256"), "{told}");
}
