//! `explain` and `shortage` from end to end: what is answered, what is refused, what is given away.

use super::doors::{code, dyad, folder, json, scenario, text};
use serde_json::{Value, json as value};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const STAR: &str = "explain/a-star-everybody-wants.toml";

/// The story with its plan.
fn matched(name: &str, arguments: &[&str]) -> (TempDir, PathBuf, String) {
    let (folder, path) = (folder(), scenario(name));
    let plan = folder.path().join("plan.json");
    let plan = text(&plan).to_owned();
    dyad(&[&["match", text(&path), "--out", &plan], arguments].concat());
    (folder, path, plan)
}

fn explain(programme: &Path, plan: &str, arguments: &[&str]) -> Value {
    let output =
        dyad(&[&["explain", text(programme), "--plan", plan, "--format", "json"], arguments].concat());
    assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    json(&output)
}

#[test]
fn why_and_why_not() {
    let (_folder, path, plan) = matched(STAR, &[]);
    let why = explain(&path, &plan, &["--coachee", "eve", "--coach", "star"]);
    assert_eq!(why["optimal"], true);
    let pair = &why["pairs"][0];
    assert_eq!((&pair["made"], &pair["firmness"]), (&value!(true), &value!("25.000000")));
    assert_eq!(pair["effect"]["changes"][0], value!({ "coachee": "eve", "from": ["star"], "to": ["ann"] }));
    assert_eq!(pair["effect"]["changes"][1], value!({ "coachee": "fay", "from": ["ann"], "to": ["star"] }));
    let not = explain(&path, &plan, &["--coachee", "gus", "--coach", "star"]);
    let effect = &not["pairs"][0]["effect"];
    assert_eq!(effect["changes"][1], value!({ "coachee": "hal", "from": ["star"], "to": ["bob"] }));
    let score = effect["tiers"].as_array().expect("tiers").iter().find(|tier| tier["name"] == "score");
    assert_eq!(score.expect("the score")["change"], "-5.000000");
    let full = explain(&path, &plan, &["--coachee", "gus", "--coach", "zed"]);
    assert_eq!(full["pairs"][0]["obstacles"][0]["rule"], "capacity");
    let others = explain(&path, &plan, &["--coach", "star", "--best", "2"]);
    assert_eq!(
        (others["pairs"].as_array().map(Vec::len), &others["best"][0]["coachee"]),
        (Some(2), &value!("gus"))
    );
    let shown = dyad(&[
        "explain",
        text(&path),
        "--plan",
        &plan,
        "--coachee",
        "gus",
        "--coach",
        "star",
        "--format",
        "table",
    ]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(
        shown.contains("To make it costs 5 points less. gus from bob to star; hal from star to bob."),
        "{shown}"
    );
}

#[test]
fn a_plan_that_is_not_the_best_says_so() {
    let (folder, path, plan) = matched(STAR, &[]);
    let csv = folder.path().join("plan.csv");
    fs::write(&csv, "coach,coachee,state\nann,eve,live\nstar,fay,live\nbob,hal,live\nstar,gus,live\n")
        .expect("a file");
    let found = explain(&path, text(&csv), &["--coachee", "eve"]);
    assert_eq!(found["optimal"], false);
    assert_eq!(found["pairs"][0]["coach"], "ann");
    assert_eq!(found["pairs"][0]["best"], false);
    let best = explain(&path, &plan, &["--coachee", "eve"]);
    assert_eq!(best["pairs"][0]["coach"], "star");
}

#[test]
fn who_and_what_is_refused() {
    let (_folder, path, plan) = matched(STAR, &[]);
    let refused = |arguments: &[&str]| {
        let output = dyad(&[&["explain", text(&path), "--format", "json"], arguments].concat());
        assert_eq!(code(&output), 2);
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(refused(&["--plan", &plan, "--coachee", "evi"]).contains("E020"));
    assert!(refused(&["--plan", &plan, "--coachee", "evi"]).contains("did you mean \"eve\"?"));
    assert!(refused(&["--plan", &plan, "--coachee", "star"]).contains("coaches and is not coached"));
    assert!(refused(&["--plan", &plan]).contains("--coachee"));
    let (_other, _, theirs) = matched("what-if/the-star-head-leaves.toml", &[]);
    assert!(refused(&["--plan", &theirs, "--coachee", "eve"]).contains("E047"));
}

#[test]
fn shortages_end_as_a_match_does() {
    for (story, expected) in [
        ("shortage/five-share-three.toml", 3),
        ("explain/a-star-everybody-wants.toml", 0),
        ("capacity/hard-minimums-contradict.toml", 4),
    ] {
        for format in ["json", "table"] {
            let output = dyad(&["shortage", text(&scenario(story)), "--format", format]);
            assert_eq!(code(&output), expected, "{story}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
    let found = json(&dyad(&["shortage", text(&scenario("shortage/five-share-three.toml"))]));
    assert_eq!(found["clashes"][0]["places"], 4);
    assert_eq!(found["repairs"][0]["repair"]["kind"], "waiver");
    assert_eq!(found["places"].as_array().map(Vec::len), Some(4));
}

/// Two programmes that differ only in the kind of an opaque declaration, one hard and one waivable.
fn opaque(kind: &str) -> (TempDir, PathBuf) {
    let folder = folder();
    let path = folder.path().join("story.toml");
    let story = format!(
        "name = \"Twins\"\npreset = \"bare\"\nstarts = 2026-08-24\n\
         schools = [{{ id = \"doon\", name = \"Doon\" }}]\n\
         coaches = [{{ id = \"ann\", max = 1 }}, {{ id = \"bob\", max = 1, school = \"doon\" }}]\n\
         coachees = [{{ id = \"eve\", school = \"doon\" }}, {{ id = \"fay\" }}]\n\
         conflicts = [{{ person = \"ann\", other = \"eve\", kind = \"{kind}\", opaque = \"yes\" }}]\n\
         [rules]\ndeclared = {{ level = \"hard\", personal = \"waivable\", rival = \"hard\" }}\nschool = \"waivable\"\n"
    );
    fs::write(&path, story).expect("a file");
    (folder, path)
}

#[test]
fn an_opaque_declaration_gives_nothing_away() {
    let answers = |kind: &str| {
        let (folder, path) = opaque(kind);
        let plan = folder.path().join("plan.json");
        dyad(&["match", text(&path), "--out", text(&plan)]);
        let ask = |arguments: &[&str]| dyad(arguments).stdout;
        ["json", "table"].map(|format| {
            let explain = ["explain", text(&path), "--plan", text(&plan), "--format", format];
            let pair = ask(&[&explain[..], &["--coachee", "eve", "--coach", "ann"]].concat());
            let alone = ask(&[&explain[..], &["--coachee", "eve"]].concat());
            (pair, alone, ask(&["shortage", text(&path), "--format", format]))
        })
    };
    let (hard, waivable) = (answers("rival"), answers("personal"));
    assert_eq!(hard, waivable);
    let shown = String::from_utf8_lossy(&hard[0].0).into_owned();
    assert!(shown.contains("a declared conflict") && !shown.contains("rival"), "{shown}");
    let found: Value = serde_json::from_slice(&hard[0].2).expect("a document");
    for repair in found["repairs"].as_array().expect("repairs") {
        assert_ne!(repair["repair"]["coach"], "ann", "{repair}");
    }
}
