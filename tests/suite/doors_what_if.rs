//! `what-if` and `contingencies` through the command line: scenarios side by side, and everything that is refused with its place.

use crate::doors::{code, dyad, folder, json, scenario, text};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A story of `what-if` with its plan.
fn story(name: &str) -> (TempDir, PathBuf, PathBuf) {
    let folder = folder();
    let programme = scenario("what-if").join(name).with_extension("toml");
    let plan = folder.path().join("plan.json");
    let matched = dyad(&["match", text(&programme), "--out", text(&plan), "--quiet"]);
    assert_eq!(code(&matched), 0);
    (folder, programme, plan)
}

fn write(folder: &TempDir, name: &str, contents: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, contents).expect("a file");
    path
}

fn what_if(programme: &Path, plan: &Path, more: &[&str]) -> (i32, Value) {
    let start = ["what-if", text(programme), "--plan", text(plan), "--format", "json"];
    let output = dyad(&[&start, more].concat());
    (code(&output), json(&output))
}

/// Code and place of every fault.
fn faults(answer: &Value) -> Vec<String> {
    let list = answer["faults"].as_array().expect("faults");
    let place = |at: &Value| match (at["file"].as_str(), at["line"].as_u64(), at["column"].as_str()) {
        (Some(file), Some(0), _) => file.to_owned(),
        (Some(file), Some(line), Some(column)) => format!("{file}:{line}:{column}"),
        _ => panic!("no place: {at}"),
    };
    list.iter().map(|f| format!("{} {}", f["code"].as_str().unwrap_or_default(), place(&f["at"]))).collect()
}

const SEVERAL: &str = r#"
[[scenario]]
name = "Star leaves"
drop = ["star"]

[[scenario]]
name = "Star leaves, anybody may move"
drop = ["star"]
moves = "any"

[[scenario]]
name = "Star leaves, Ann takes three, Zoe comes"
drop = ["star"]
places = { ann = 3 }
coaches = [{ id = "zoe", max = 1 }]
pairs = [{ coach = "zoe", coachee = "e2", score = 80 }]

[[scenario]]
name = "Ann and e4 fall out"
conflicts = [{ person = "ann", other = "e4", kind = "dispute" }]
rules = { declared = "hard" }
"#;

#[test]
fn scenarios_stand_side_by_side() {
    let (folder, programme, plan) = story("the-star-head-leaves");
    let file = write(&folder, "november.toml", SEVERAL);
    let (end, answer) = what_if(&programme, &plan, &["--scenarios", text(&file)]);
    assert_eq!(end, 0, "{answer:#}");
    let all = answer["scenarios"].as_array().expect("scenarios");
    let names: Vec<&str> = all.iter().filter_map(|s| s["name"].as_str()).collect();
    assert_eq!(names.len(), 4);
    let (alone_end, alone) = what_if(&programme, &plan, &["--drop", "star"]);
    let timeless = |value: &Value| {
        let mut value = value.clone();
        value["plan"]["timing"] = Value::Null;
        value
    };
    assert_eq!(alone_end, 0);
    assert_eq!(timeless(&all[0]["answer"]), timeless(&alone), "one of several is what it is alone");
    assert_eq!(all[1]["answer"]["score"]["after"], all[0]["answer"]["free"]["score"]);
    let zoe = all[2]["answer"]["plan"]["pairs"].as_array().expect("pairs");
    assert!(zoe.iter().any(|p| p["coach"] == "zoe" && p["coachee"] == "e2"), "{zoe:#?}");
    let fallen = &all[3]["answer"];
    assert_eq!(fallen["moved"][0]["coachee"], "e4");
    let shown = dyad(&[
        "what-if",
        text(&programme),
        "--plan",
        text(&plan),
        "--scenarios",
        text(&file),
        "--format",
        "table",
    ]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("Side by side") && shown.contains("── Ann and e4 fall out"), "{shown}");
}

#[test]
fn one_added_file_says_every_kind_of_change() {
    let (folder, programme, plan) = story("the-star-head-leaves");
    let contents = "drop = [\"star\"]\nplaces = { ann = 3 }\n[[coaches]]\nid = \"zoe\"\nmax = 1\n[rules]\npairs = { weight = 2 }\n";
    let file = write(&folder, "november.toml", contents);
    let (end, answer) = what_if(&programme, &plan, &["--add", text(&file)]);
    assert_eq!(end, 0, "{answer:#}");
    let typed = ["--drop", "star", "--places", "ann=3", "--set", "pairs.weight=2"];
    let (_, same) = what_if(&programme, &plan, &typed);
    assert_eq!(answer["score"], same["score"]);
}

#[test]
fn bad_scenarios_are_refused_with_their_line() {
    let (folder, programme, plan) = story("the-star-head-leaves");
    let contents = "[[scenario]]\nname = \"A\"\ndrop = [\"stra\"]\n";
    let file = write(&folder, "unknown.toml", contents);
    let (end, answer) = what_if(&programme, &plan, &["--scenarios", text(&file)]);
    assert_eq!((end, faults(&answer)), (2, vec!["E020 unknown.toml:3:drop".to_owned()]));
    let contents = "[[scenario]]\nname = \"A\"\nmoves = \"some\"\nplaces = { ann = -1 }\n[[scenario]]\nname = \"A\"\nholidays = 3\n";
    let file = write(&folder, "several.toml", contents);
    let (end, answer) = what_if(&programme, &plan, &["--scenarios", text(&file)]);
    assert_eq!(end, 2);
    let told = faults(&answer).join(" ");
    assert!(told.contains("several.toml:4:places") && told.contains("several.toml:5:name"), "{told}");
    let file = write(
        &folder,
        "column.toml",
        "[[scenario]]\nname = \"A\"\nholidays = 3\ncoaches = [{ id = \"zoe\", most = 1 }]\n",
    );
    let (end, answer) = what_if(&programme, &plan, &["--scenarios", text(&file)]);
    let told = faults(&answer).join(" ");
    assert_eq!(end, 2);
    assert!(told.contains("column.toml:3:holidays") && told.contains("column.toml:4:most"), "{told}");
}

#[test]
fn bad_changes_are_refused() {
    let (folder, programme, plan) = story("the-star-head-leaves");
    let (end, answer) = what_if(&programme, &plan, &["--drop", "stra", "--places", "e1=2"]);
    assert_eq!((end, faults(&answer)), (2, vec!["E020 --drop".to_owned(), "E020 --places".to_owned()]));
    let everyone = ["--drop", "star", "--drop", "ann", "--drop", "bob", "--drop", "cat"];
    let (end, answer) = what_if(&programme, &plan, &everyone);
    assert_eq!((end, faults(&answer)), (2, vec!["E038 --drop".to_owned()]));
    let out = folder.path().join("after.json");
    let (end, _) = what_if(&programme, &plan, &["--drop", "stra", "--out", text(&out)]);
    assert!(end == 2 && !out.exists(), "bad input writes nothing");
}

#[test]
fn a_plan_of_another_roster_is_refused_unless_it_is_brought_over() {
    let (_folder, _, plan) = story("two-of-three-special-coaches-leave");
    let other = scenario("what-if/the-star-head-leaves.toml");
    let (end, answer) = what_if(&other, &plan, &["--drop", "star"]);
    assert_eq!((end, faults(&answer).len()), (2, 1));
    assert!(faults(&answer)[0].starts_with("E047"), "{answer:#}");
    let (end, answer) = what_if(&other, &plan, &["--drop", "star", "--rebase"]);
    assert_eq!(end, 0);
    assert_eq!(answer["misfits"].as_array().map(Vec::len), Some(5), "none of those people are there");
}

#[test]
fn groups_are_brought_over_too() {
    let (folder, programme, plan) = story("a-leaver-in-a-co-coaching-pair");
    let changed = fs::read_to_string(&programme)
        .expect("the story")
        .replace("{ id = \"H1\", school = \"a\", role = \"HT\", preferences = [\"H2\"] },", "");
    let changed = changed.replace(", preferences = [\"H1\"]", "");
    let changed = write(&folder, "changed.toml", changed.split("[expect]").next().unwrap_or_default());
    let (end, answer) = what_if(&changed, &plan, &["--rebase"]);
    assert_eq!(end, 0, "{answer:#}");
    assert_eq!(answer["misfits"].as_array().map(Vec::len), Some(1), "the pair of who is no longer there");
    let groups = answer["plan"]["groups"].as_array().expect("groups");
    assert_eq!(groups.len(), 1, "the partner joins the other pair: {groups:#?}");
}

#[test]
fn a_pin_that_a_change_breaks_is_released_and_told() {
    let folder = folder();
    let lists = r#"
name = "Pin"
preset = "bare"
starts = 2026-08-24
coaches = [{ id = "ada", max = 1 }, { id = "bob", max = 1 }]
coachees = [{ id = "eve" }]
locks = [{ kind = "pin", coach = "ada", coachee = "eve", author = "G", reason = "asked" }]
"#;
    let programme = write(&folder, "pin.toml", lists);
    let plan = folder.path().join("plan.json");
    assert_eq!(code(&dyad(&["match", text(&programme), "--out", text(&plan), "--quiet"])), 0);
    let (end, answer) = what_if(&programme, &plan, &["--drop", "ada"]);
    assert_eq!(end, 0, "{answer:#}");
    let released = answer["released"].as_array().expect("released");
    assert!(
        released.len() == 1 && released[0]["says"].as_str().is_some_and(|s| s.contains("pin")),
        "{released:#?}"
    );
    assert_eq!(answer["moved"][0]["to"][0], "bob");
}

#[test]
fn what_a_plan_breaks_today_is_named_and_mended() {
    let folder = folder();
    let head = "name = \"Broken\"\npreset = \"bare\"\nstarts = 2026-08-24\n";
    let lists = r#"
coaches = [{ id = "ada", max = 1 }, { id = "bob", max = 1 }, { id = "cy", max = 1 }]
coachees = [{ id = "eve" }, { id = "fay" }, { id = "gus" }]
conflicts = [{ person = "bob", other = "gus", kind = "dispute" }]
[rules]
declared = "hard"
"#;
    let programme = write(&folder, "broken.toml", &format!("{head}{lists}"));
    // Ada has two and takes one; Bob has Gus, with whom he has fallen out.
    let plan = write(&folder, "plan.csv", "coach,coachee,state\nada,eve,live\nada,fay,live\nbob,gus,live\n");
    let (end, answer) = what_if(&programme, &plan, &[]);
    assert_eq!(end, 0, "{answer:#}");
    let broken = answer["broken"].as_array().expect("broken");
    let about =
        |id: &str| broken.iter().any(|b| b["people"].as_array().is_some_and(|p| p.iter().any(|x| x == id)));
    assert!(about("ada") && about("gus"), "{broken:#?}");
    assert_eq!(answer["plan"]["matched"], 3);
    assert_eq!(answer["kept"].as_array().map(Vec::len), Some(1), "one of Ada's pairs can stay");
}

#[test]
fn states_of_pairs_are_honoured() {
    let folder = folder();
    let lists = r#"
name = "States"
preset = "bare"
starts = 2026-08-24
coaches = [{ id = "ada", max = 1 }, { id = "bob", max = 1 }]
coachees = [{ id = "eve" }, { id = "fay" }]
pairs = [{ coach = "ada", coachee = "eve", score = 1 }, { coach = "ada", coachee = "fay", score = 9 }, { coach = "bob", coachee = "eve", score = 9 }, { coach = "bob", coachee = "fay", score = 1 }]
[rules]
pairs = { level = "soft", weight = 1, only_listed = true }
"#;
    let programme = write(&folder, "states.toml", lists);
    let kept = |state: &str, moves: &str| {
        let rows = format!("coach,coachee,state\nada,eve,{state}\nbob,fay,{state}\n");
        let plan = write(&folder, "plan.csv", &rows);
        let (end, answer) = what_if(&programme, &plan, &["--moves", moves]);
        assert_eq!(end, 0, "{answer:#}");
        answer["kept"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((kept("draft", "0"), kept("live", "0"), kept("started", "0")), (2, 2, 2));
    assert_eq!((kept("draft", "any"), kept("live", "any")), (0, 0), "nothing has begun");
    assert_eq!(kept("started", "any"), 2, "who has begun goes on");
}

#[test]
fn coaches_lost_one_by_one_and_together() {
    let (_folder, programme, plan) = story("two-of-three-special-coaches-leave");
    let start = ["contingencies", text(&programme), "--plan", text(&plan), "--format", "json"];
    let output = dyad(&[&start[..], &["--together", "s1,s2"]].concat());
    assert_eq!(code(&output), 3, "somebody would be stranded");
    let answer = json(&output);
    assert_eq!(answer["losses"].as_array().map(Vec::len), Some(4));
    assert_eq!(answer["losses"][0]["coaches"][0], "p1", "on whom most hangs comes first");
    assert_eq!(answer["together"][0]["staying"]["stranded"].as_array().map(Vec::len), Some(2));
    let reserve = &answer["reserves"][0];
    assert!(reserve["sectors"].is_array() && reserve["regions"].is_array() && reserve["needs"].is_array());
    let output = dyad(&[&start[..], &["--together", "s1,nobody"]].concat());
    assert_eq!((code(&output), faults(&json(&output))), (2, vec!["E020 --together".to_owned()]));
}

#[test]
fn the_next_best_plans() {
    let programme = scenario("what-if/the-star-head-leaves.toml");
    let output =
        dyad(&["alternatives", text(&programme), "--differ", "2", "--count", "3", "--format", "json"]);
    assert_eq!(code(&output), 0);
    let answer = json(&output);
    let pairs = |plan: &Value| -> Vec<(String, String)> {
        let list = plan["pairs"].as_array().expect("pairs");
        list.iter().map(|p| (p["coach"].to_string(), p["coachee"].to_string())).collect()
    };
    let mut all = vec![pairs(&answer["plan"])];
    let alternatives = answer["alternatives"].as_array().expect("alternatives");
    assert_eq!(alternatives.len(), 3);
    for alternative in alternatives {
        let own = pairs(alternative);
        for other in &all {
            assert!(other.iter().filter(|pair| !own.contains(pair)).count() >= 2, "{alternative:#}");
        }
        assert_ne!(alternative["proof"], "none");
        all.push(own);
    }
    let shown = dyad(&["alternatives", text(&programme), "--format", "table"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("The next best"));
    let groups = scenario("what-if/a-leaver-in-a-co-coaching-pair.toml");
    let refused = dyad(&["alternatives", text(&groups), "--format", "json"]);
    assert_eq!((code(&refused), faults(&json(&refused))), (2, vec!["E054 --differ".to_owned()]));
}

#[test]
fn what_two_rules_cost_each_other() {
    let programme = scenario("east-ayrshire/comfortable");
    let output = dyad(&["trade-off", text(&programme), "--between", "needs,travel", "--format", "json"]);
    assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    let answer = json(&output);
    assert_eq!(answer["whole"], true);
    let corners = answer["corners"].as_array().expect("corners");
    let worth = |corner: &Value, rule: &str| -> f64 {
        corner["worth"][rule].as_str().and_then(|text| text.parse().ok()).expect("points")
    };
    assert!(corners.len() > 2, "{answer:#}");
    for two in corners.windows(2) {
        let (needs, travel) = (
            worth(&two[1], "needs") - worth(&two[0], "needs"),
            worth(&two[1], "travel") - worth(&two[0], "travel"),
        );
        assert!(needs - travel < 0.0, "weight goes from needs to travel: {needs} {travel}");
    }
    let shown = dyad(&["trade-off", text(&programme), "--between", "coverage,score", "--format", "table"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("places filled"));
    let wrong = |between: &str| {
        faults(&json(&dyad(&["trade-off", text(&programme), "--between", between, "--format", "json"])))
    };
    assert_eq!(wrong("needs,trvel"), ["E032 --between"]);
    assert_eq!(wrong("needs").len(), 1);
    assert_eq!(wrong("needs,capacity").len(), 1);
}
