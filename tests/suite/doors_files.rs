//! Files through the command line: where plans may be written, what is verified, shapes into each other.

use crate::doors::{code, dyad, folder, json, scenario, text};
use serde_json::Value;
use std::fs;
use std::path::Path;

const PROGRAMME: &str = "east-ayrshire/comfortable";

fn matched(programme: &Path, out: &Path) -> Value {
    let output = dyad(&["match", text(programme), "--out", text(out), "--format", "json", "--quiet"]);
    assert!([0, 3].contains(&code(&output)), "{}", String::from_utf8_lossy(&output.stderr));
    json(&output)
}

#[test]
fn an_output_that_cannot_be_written_is_refused_before_the_work() {
    let folder = folder();
    let read_only = folder.path().join("read-only.json");
    fs::write(&read_only, "mine").expect("a file");
    let mut permissions = fs::metadata(&read_only).expect("the file").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&read_only, permissions).expect("permissions");
    let directory = folder.path().join("plan.json");
    fs::create_dir(&directory).expect("a folder");
    let wrong = [
        folder.path().join("missing/plan.json"),
        directory,
        read_only.clone(),
        folder.path().join("plan.xlsx"),
        folder.path().join("plan"),
        "/dev/full".into(),
        "/proc/plan.json".into(),
    ];
    let programme = scenario(PROGRAMME);
    for path in &wrong {
        let output = dyad(&["match", text(&programme), "--out", text(path), "--format", "json"]);
        assert_eq!(code(&output), 2, "{path:?}");
        assert_eq!(json(&output)["faults"][0]["code"], "E049", "{path:?}");
    }
    assert_eq!(fs::read_to_string(&read_only).expect("the file"), "mine");
    let mut all = vec!["match", text(&programme), "--format", "json"];
    for path in &wrong {
        all.extend(["--out", text(path)]);
    }
    assert_eq!(json(&dyad(&all))["faults"].as_array().map(Vec::len), Some(wrong.len()), "all at once");
}

#[test]
fn the_programme_is_never_written_over() {
    let folder = folder();
    let own = folder.path().join("own");
    let output = dyad(&["convert", text(&scenario(PROGRAMME)), text(&own)]);
    assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    let coaches = fs::read(own.join("coaches.csv")).expect("the coaches");
    for name in ["coaches.csv", "plan.json", "people.csv"] {
        let output = dyad(&["match", text(&own), "--out", text(&own.join(name))]);
        assert_eq!(code(&output), 2, "{name}");
    }
    assert_eq!(fs::read(own.join("coaches.csv")).expect("the coaches"), coaches);
    let again = dyad(&["match", text(&own), "--out", text(&own.join("plan.csv")), "--quiet"]);
    assert_eq!(code(&again), 0, "{}", String::from_utf8_lossy(&again.stderr));
    let kept = dyad(&["match", text(&own), "--format", "json"]);
    assert_eq!(code(&kept), 0, "a plan.csv beside the input is the plan to start from");
    assert_eq!(json(&kept)["changes"], 0);
}

#[test]
fn a_plan_verifies_and_a_tampered_one_does_not() {
    let folder = folder();
    let programme = scenario(PROGRAMME);
    let plan = folder.path().join("plan.json");
    let document = matched(&programme, &plan);
    let verify = |path: &Path| dyad(&["verify", text(&programme), "--plan", text(path), "--format", "json"]);
    let clean = verify(&plan);
    assert_eq!(code(&clean), 0, "{}", String::from_utf8_lossy(&clean.stdout));
    assert_eq!(json(&clean)["clean"], true);

    let tampered = folder.path().join("tampered.json");
    for change in [
        |plan: &mut Value| plan["pairs"][0]["score"] = "999.000000".into(),
        |plan: &mut Value| plan["score"] = "9999.000000".into(),
        |plan: &mut Value| plan["matched"] = 59.into(),
        |plan: &mut Value| {
            let other = plan["pairs"][1]["coach"].clone();
            plan["pairs"][0]["coach"] = other;
        },
        |plan: &mut Value| drop(plan["pairs"].as_array_mut().map(|pairs| pairs.remove(0))),
    ] {
        let mut copy = document.clone();
        change(&mut copy);
        fs::write(&tampered, copy.to_string()).expect("a file");
        let found = verify(&tampered);
        assert_eq!(code(&found), 3, "{}", String::from_utf8_lossy(&found.stderr));
        assert!(json(&found)["violations"].as_array().is_some_and(|v| !v.is_empty()));
    }
    fs::write(&tampered, "{\"outcome\": \"optimal\"").expect("a file");
    assert_eq!(code(&verify(&tampered)), 2);
}

#[test]
fn a_shortage_that_is_none_is_found() {
    let folder = folder();
    let programme = scenario("east-ayrshire/tight");
    let plan = folder.path().join("plan.json");
    let document = matched(&programme, &plan);
    let verify = || dyad(&["verify", text(&programme), "--plan", text(&plan), "--format", "json"]);
    assert_eq!(document["clashes"].as_array().map(Vec::len), Some(1), "{document:#}");
    assert_eq!(code(&verify()), 0);
    for change in [
        |clash: &mut Value| clash["places"] = 2.into(),
        |clash: &mut Value| drop(clash["coaches"].as_array_mut().map(|coaches| coaches.remove(0))),
        |clash: &mut Value| clash["coachees"].as_array_mut().expect("a list").truncate(3),
    ] {
        let mut copy = document.clone();
        change(&mut copy["clashes"][0]);
        fs::write(&plan, copy.to_string()).expect("a file");
        let found = verify();
        assert_eq!(code(&found), 3);
        assert_eq!(json(&found)["violations"][0]["code"], "clash");
    }
}

#[test]
fn a_plan_of_another_programme_is_a_fault() {
    let folder = folder();
    let plan = folder.path().join("plan.json");
    matched(&scenario(PROGRAMME), &plan);
    let other = scenario("east-ayrshire/tight");
    let output = dyad(&["verify", text(&other), "--plan", text(&plan), "--format", "json"]);
    assert_eq!(code(&output), 2);
    assert_eq!(json(&output)["faults"][0]["code"], "E047");
}

#[test]
fn matching_again_from_the_plan_changes_nothing_and_verifies_with_its_baseline() {
    let folder = folder();
    let programme = scenario(PROGRAMME);
    let (first, second) = (folder.path().join("a.json"), folder.path().join("b.json"));
    matched(&programme, &first);
    let output = dyad(&[
        "match",
        text(&programme),
        "--plan",
        text(&first),
        "--out",
        text(&second),
        "--format",
        "json",
    ]);
    assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(json(&output)["changes"], 0);
    let with = ["verify", text(&programme), "--plan", text(&second), "--baseline", text(&first)];
    assert_eq!(code(&dyad(&with)), 0);
    assert_eq!(code(&dyad(&with[..4])), 2, "without its baseline it is the plan of another programme");
    let both = dyad(&[
        "compare",
        text(&programme),
        "--plan",
        text(&first),
        "--plan",
        text(&second),
        "--format",
        "json",
    ]);
    assert_eq!(code(&both), 0);
    let both = json(&both);
    assert_eq!(both["kept"].as_array().map(Vec::len), Some(60));
    assert_eq!(both["moved"].as_array().map(Vec::len), Some(0));
    assert_eq!(both["score"]["difference"], "0.000000");
}

#[test]
fn a_csv_plan_is_a_baseline() {
    let folder = folder();
    let programme = scenario(PROGRAMME);
    let plan = folder.path().join("plan.csv");
    matched(&programme, &plan);
    let output = dyad(&["match", text(&programme), "--plan", text(&plan), "--format", "json"]);
    assert_eq!(json(&output)["changes"], 0);
}

#[test]
fn a_programme_is_the_same_in_every_shape() {
    let folder = folder();
    let original = scenario(PROGRAMME);
    let hash = matched(&original, &folder.path().join("plan.json"))["instance"].clone();
    let shapes = ["folder", "one.toml", "one.json"].map(|name| folder.path().join(name));
    let mut from = original;
    // Around twice, so that every shape is read by every other.
    for shape in shapes.iter().chain(&shapes) {
        let again =
            shape.with_file_name(format!("again-{}", text(Path::new(shape.file_name().expect("a name")))));
        let out = if shape.exists() { again } else { shape.clone() };
        let output = dyad(&["convert", text(&from), text(&out), "--format", "json"]);
        assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(json(&output)["instance"], hash, "{out:?}");
        let plan = dyad(&["match", text(&out), "--format", "json"]);
        assert_eq!(json(&plan)["instance"], hash, "{out:?}: {}", String::from_utf8_lossy(&plan.stderr));
        from = out;
    }
}

#[test]
fn threads_do_not_change_the_answer() {
    let programme = scenario("east-ayrshire/tight");
    let plans: Vec<Value> = ["1", "2", "7"]
        .iter()
        .map(|n| {
            let mut plan = json(&dyad(&["match", text(&programme), "--threads", n, "--format", "json"]));
            plan.as_object_mut().expect("an object").remove("timing");
            plan
        })
        .collect();
    assert!(plans.windows(2).all(|w| w[0] == w[1]));
}
