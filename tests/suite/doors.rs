//! The command line from end to end: exit codes, one document, nothing half-done.

use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

pub fn scenario(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dyad"));
    command.args(arguments).env_remove("NO_COLOR").env_remove("DYAD_LOG");
    command
}

pub fn dyad(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the binary runs")
}

pub fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

/// Standard output as the one JSON document it must be.
pub fn json(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| {
        panic!("not one document: {e}\n{}\n{said}", String::from_utf8_lossy(&output.stdout))
    })
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

const ONE_PAIR: &str = r#"
coaches = [{ id = "ada", max = 1 }]
coachees = [{ id = "eve" }]
pairs = [{ coach = "ada", coachee = "eve", score = "2.5" }]
"#;
const ONE_WAITS: &str = r#"
coaches = [{ id = "ada", max = 1 }]
coachees = [{ id = "eve" }, { id = "zoe" }]
pairs = [{ coach = "ada", coachee = "eve", score = "2.5" }, { coach = "ada", coachee = "zoe", score = "1" }]
"#;
const TWO_PINS_ONE_PLACE: &str = r#"
coaches = [{ id = "ada", max = 1 }]
coachees = [{ id = "eve" }, { id = "zoe" }]
pairs = [{ coach = "ada", coachee = "eve", score = "2.5" }, { coach = "ada", coachee = "zoe", score = "1" }]
locks = [
  { kind = "pin", coach = "ada", coachee = "eve", author = "G", reason = "asked" },
  { kind = "pin", coach = "ada", coachee = "zoe", author = "G", reason = "asked" },
]
"#;
const BLANK_MAX: &str = r#"
coaches = [{ id = "ada" }]
coachees = [{ id = "eve" }]
pairs = [{ coach = "ada", coachee = "nobody", score = "x" }]
"#;

/// A programme of given scores in one file, with the lists of the test.
fn lists(lists: &str) -> (TempDir, PathBuf) {
    let folder = folder();
    // The lists are keys of the top level, so they stand before the first table.
    let path = folder.path().join("story.toml");
    let head = "name = \"Test\"\npreset = \"bare\"\nstarts = 2026-08-24\n";
    let rules = "\n[rules]\npairs = { level = \"soft\", weight = 1, only_listed = true }\n";
    fs::write(&path, format!("{head}{lists}{rules}")).expect("a file");
    (folder, path)
}

#[test]
fn the_exit_code_says_how_it_ended() {
    for (programme, expected, outcome) in
        [(ONE_PAIR, 0, "optimal"), (ONE_WAITS, 3, "optimal"), (TWO_PINS_ONE_PLACE, 4, "infeasible")]
    {
        let (_folder, path) = lists(programme);
        for format in ["json", "table"] {
            let output = dyad(&["match", text(&path), "--format", format]);
            assert_eq!(code(&output), expected, "{}", String::from_utf8_lossy(&output.stderr));
        }
        let plan = json(&dyad(&["match", text(&path)]));
        assert_eq!(plan["outcome"], outcome);
        assert_eq!(plan["proof"], "certified");
        assert_eq!(plan["version"], env!("CARGO_PKG_VERSION"));
    }
}

#[test]
fn the_log_tells_counts_and_no_names() {
    let (_folder, path) = lists(ONE_WAITS);
    let matched = |level: &[&str], variable: &str| {
        let arguments = [&["match", text(&path), "--format", "json"], level].concat();
        let output = command(&arguments).env("DYAD_LOG", variable).output().expect("the binary runs");
        assert_eq!(json(&output)["matched"], 1, "the answer stands alone");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert_eq!(matched(&[], ""), "", "an empty variable is no variable");
    assert_eq!(matched(&["--log", "error"], "trace"), "", "what is typed goes before the environment");
    for said in [matched(&["--log", "trace"], ""), matched(&[], "info")] {
        assert!(said.contains("coachees=2 coaches=1") && said.contains("solve"), "{said}");
        let words: Vec<&str> = said.split(|c: char| !c.is_alphanumeric()).collect();
        assert!(!["ada", "eve", "zoe", "Test"].iter().any(|name| words.contains(name)), "{said}");
        assert!(!said.contains('\u{1b}'), "{said}");
    }
    let (_folder, path) = lists(BLANK_MAX);
    let said = dyad(&["match", text(&path), "--log", "warn"]).stderr;
    assert!(String::from_utf8_lossy(&said).contains("WARN"), "a refusal is logged");
    assert_eq!(code(&dyad(&["match", text(&path), "--log", "loud"])), 2);
}

#[test]
fn the_table_says_what_is_alike_once_and_calls_languages_by_name() {
    let (_folder, path) = lists(
        r#"
coaches = [{ id = "ada", max = 1, languages = "gd" }]
coachees = [{ id = "eve", language = "gd" }, { id = "fay", language = "gd" }, { id = "zoe", language = "gd" }]
pairs = [{ coach = "ada", coachee = "eve" }, { coach = "ada", coachee = "fay" }, { coach = "ada", coachee = "zoe" }]
"#,
    );
    let output = dyad(&["match", text(&path), "--format", "table", "--set", "language.level=soft"]);
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("Without a coach: 2\n  • fay and zoe: 3 coachees share"), "{shown}");
    assert!(shown.contains("Gaelic") && !shown.contains(" gd"), "{shown}");
}

#[test]
fn a_contradiction_is_named() {
    let (_folder, path) = lists(TWO_PINS_ONE_PLACE);
    let output = dyad(&["match", text(&path), "--format", "table"]);
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("eve") && shown.contains("zoe") && shown.contains("ada"), "{shown}");
    let plan = json(&dyad(&["match", text(&path), "--format", "json"]));
    assert!(
        plan["findings"].as_array().is_some_and(|f| f.iter().any(|f| f["code"] == "pins-clash")),
        "{plan:#}"
    );
}

#[test]
fn bad_input_is_refused_whole_and_writes_nothing() {
    let (folder, path) = lists(BLANK_MAX);
    let out = folder.path().join("plan.json");
    let output = dyad(&["match", text(&path), "--out", text(&out), "--format", "json"]);
    assert_eq!(code(&output), 2);
    let faults = json(&output)["faults"].as_array().expect("a list").clone();
    assert!(faults.len() >= 3, "{faults:#?}");
    for key in ["code", "text", "says", "remedy"] {
        assert!(faults.iter().all(|f| f[key].is_string()), "{key}: {faults:#?}");
    }
    assert!(faults.iter().any(|f| f["code"] == "E012" && f["at"]["line"].as_u64() > Some(0)), "{faults:#?}");
    assert!(!out.exists());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("E012") && said.contains(&format!("{} faults", faults.len())), "{said}");
    assert!(!said.contains('\u{1b}'), "colour without a terminal: {said}");
}

#[test]
fn bad_usage_ends_with_two() {
    let (_folder, path) = lists(ONE_PAIR);
    let path = text(&path);
    for arguments in [
        &["match"] as &[&str],
        &["match", path, "--unknown"],
        &["match", path, "--time-limit", "60"],
        &["match", path, "--threads", "0"],
        &["match", path, "--format", "xml"],
        &["match", path, "--set", "no-equals-sign"],
        &["match", path, "--set", "nosuchrule.weight=1"],
        &["match", "/no/such/programme"],
        &["compare", path, "--plan", path],
        &["explain", path],
        &[],
    ] {
        let output = dyad(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?} says nothing");
    }
}

#[test]
fn a_setting_changes_the_rule_for_one_run() {
    let (_folder, path) = lists(ONE_PAIR);
    let plan = json(&dyad(&["match", text(&path), "--set", "pairs.weight=4"]));
    assert_eq!(plan["score"], "10.000000");
}

#[test]
fn everything_but_the_answer_goes_to_standard_error() {
    let (folder, path) = lists(ONE_PAIR);
    let out = folder.path().join("plan.json");
    let output = dyad(&["match", text(&path), "--format", "json", "--out", text(&out)]);
    assert_eq!(
        json(&output),
        serde_json::from_slice::<Value>(&fs::read(&out).expect("the plan")).expect("JSON")
    );
    assert!(String::from_utf8_lossy(&output.stderr).contains("plan.json"));
    let quiet = dyad(&["match", text(&path), "--quiet", "--out", text(&out)]);
    assert!(quiet.stderr.is_empty());
}

#[test]
fn a_reader_who_goes_away_is_no_failure() {
    let path = scenario("east-ayrshire/comfortable");
    for arguments in
        [&["match", text(&path)] as &[&str], &["check", text(&path), "--format", "table"], &["--help"]]
    {
        let mut child = command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains("panick") && !said.contains("roken pipe"), "{arguments:?}: {said}");
        assert!(
            output.status.code().is_some_and(|c| [0, 3].contains(&c)),
            "{arguments:?}: {:?}",
            output.status
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_our_failure() {
    let (_folder, path) = lists(ONE_PAIR);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("the device");
    let output = command(&["match", text(&path)]).stdout(full).output().expect("the binary runs");
    assert_eq!(code(&output), 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("standard output"));
}

#[test]
fn a_time_limit_stops_the_work_and_says_so() {
    let folder = folder();
    let (mut rows, mut coachees, mut coaches) =
        ("coach,coachee,score\n".to_owned(), "id\n".to_owned(), "id,max\n".to_owned());
    for c in 0..100 {
        let _ = writeln!(coaches, "c{c},4");
    }
    for e in 0..400 {
        let _ = writeln!(coachees, "e{e}");
        for c in 0..100 {
            let _ = writeln!(rows, "c{c},e{e},{}", (e * 7919 + c * 104_729) % 1_000);
        }
    }
    let rules = "[rules]\npairs = { level = \"soft\", weight = 1, only_listed = true }\n";
    let programme = format!("name = \"Large\"\npreset = \"bare\"\nstarts = 2026-08-24\n{rules}");
    for (name, text) in [
        ("programme.toml", programme),
        ("pairs.csv", rows),
        ("coachees.csv", coachees),
        ("coaches.csv", coaches),
    ] {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    let output = dyad(&["match", text(folder.path()), "--time-limit", "1ms", "--format", "json"]);
    let plan = json(&output);
    let expected = match plan["outcome"].as_str() {
        Some("unknown") => 5,
        Some("feasible") if plan["matched"] != plan["coachees"] => 3,
        Some("feasible") => 0,
        other => panic!("a millisecond cannot be enough: {other:?}"),
    };
    assert_eq!(code(&output), expected);
    assert_eq!(plan["stop"], "time-limit");
    assert_eq!(plan["proof"], "none");
    let shown = dyad(&["match", text(folder.path()), "--time-limit", "1ms", "--format", "table"]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(!shown.contains("Proved"), "{shown}");
}

#[test]
fn check_solves_nothing_and_ends_with_three_when_it_found_something() {
    let (_folder, path) = lists(ONE_PAIR);
    let clean = dyad(&["check", text(&path)]);
    let report = json(&clean);
    let only_one_coach =
        report["findings"].as_array().is_some_and(|f| f.iter().all(|f| f["code"] == "one-coach"));
    assert!(only_one_coach, "{report:#}");
    assert_eq!(code(&clean), if report["findings"] == serde_json::json!([]) { 0 } else { 3 });
    let (_folder, path) = lists(ONE_WAITS);
    let short = dyad(&["check", text(&path), "--format", "json"]);
    assert_eq!(code(&short), 3);
    let report = json(&short);
    assert!(
        report["findings"].as_array().is_some_and(|f| f.iter().any(|f| f["code"] == "places-short")),
        "{report:#}"
    );
    assert!(report["rules"].as_array().is_some_and(|r| r.iter().any(|r| r["rule"] == "pairs")), "{report:#}");
    assert_eq!(report["counts"]["places"], 1);
}

#[test]
fn the_manual_and_the_completions_are_there() {
    for (arguments, word) in [
        (&["man"] as &[&str], ".TH"),
        (&["completions", "bash"], "complete"),
        (&["completions", "zsh"], "#compdef"),
        (&["completions", "fish"], "complete -c dyad"),
        (&["--version"], env!("CARGO_PKG_VERSION")),
        (&["--help"], "Exit codes"),
    ] {
        let output = dyad(arguments);
        assert_eq!(code(&output), 0, "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stdout).contains(word), "{arguments:?}");
    }
}

#[test]
fn the_demo_tells_its_story() {
    let output = dyad(&["demo", "--format", "table"]);
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    for part in [
        "East Ayrshire aspiring leaders",
        "60 of 60 matched",
        "Proved: no plan the rules allow",
        "What to try",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(!shown.contains('\u{1b}'), "colour without a terminal");
    let story = json(&dyad(&["demo", "--format", "json"]));
    assert_eq!(story["plan"]["matched"], 60);
    assert!(story["comparison"]["kept"].as_array().is_some_and(|k| !k.is_empty()));
}
