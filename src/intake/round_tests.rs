//! What is written is read back as it was: programmes in three shapes, plans in two.

use std::path::Path;

use proptest::prelude::*;

use crate::model::roster::Roster;

use super::{read, read_toml, roster_digest_bytes, roster_to_json, write_programme};

fn digest(roster: &Roster) -> Vec<u8> {
    let mut all = Vec::new();
    roster_digest_bytes(roster, &mut |bytes| all.extend_from_slice(bytes));
    all
}

/// Writes the roster in every shape and reads it again.
fn survives(roster: &Roster) -> Result<(), TestCaseError> {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["folder", "one.toml", "one.json"] {
        let path = dir.path().join(name);
        write_programme(roster, &path).expect("written");
        match read(&path, &[]) {
            Ok(again) => {
                prop_assert_eq!(&again.roster, roster, "{}", name);
                prop_assert_eq!(digest(&again.roster), digest(roster), "{}", name);
                prop_assert_eq!(roster_to_json(&again.roster), roster_to_json(roster));
            }
            Err(faults) => {
                let shown: Vec<String> = faults.iter().map(ToString::to_string).collect();
                return Err(TestCaseError::fail(format!("{name}: {}", shown.join("\n"))));
            }
        }
    }
    Ok(())
}

#[test]
fn the_programmes_of_the_repository_survive_every_shape() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for name in
        ["east-ayrshire/comfortable", "east-ayrshire/short", "known/hr-1", "known/spa-2", "mentor-match"]
    {
        let reading = read(&root.join(name), &[]).unwrap_or_else(|f| panic!("{name}: {}", f[0]));
        survives(&reading.roster).expect(name);
    }
}

#[test]
fn every_setting_of_a_rule_about_several_pairs_survives_every_shape() {
    let rules = "travel_budget = \"soft\"\nhours = { level = \"waivable\", per_pair = 1.25 }\n\
        external = { budget = 12000.5, days = 0.5, limit = \"hard\" }\ntwo_clients = \"hard\"\n\
        apart = { level = \"soft\", weight = 2.5 }\nsector_spread = { level = \"hard\", k = 1 }\n\
        sector_mix = { level = \"info\", share = 0.333333 }\nreciprocity = \"waivable\"\n\
        school_quota = { level = \"hard\", least = 1, most = 3 }\nrings = { level = \"hard\", longest = \"any\" }\n";
    let text = format!(
        "name = \"A\"\npreset = \"bare\"\nstarts = 2026-08-24\ncoaches = []\ncoachees = []\n[rules]\n{rules}"
    );
    survives(&read_toml("a.toml", &text, &[]).expect("valid").roster).expect("the same");
}

#[test]
fn a_stable_programme_survives_every_shape() {
    let text = "name = \"A\"\npreset = \"bare\"\nstarts = 2026-08-24\nstable = true\n\
        coaches = [{ id = \"c\", max = 1, preferences = [\"e4\", \"e3\", \"e2\", \"e1\"] }]\n\
        coachees = [{ id = \"e1\" }, { id = \"e2\" }, { id = \"e3\" }, { id = \"e4\" }]\n";
    let stable = read_toml("a.toml", text, &[]).expect("four choices are not too many").roster;
    survives(&stable).expect("stable");
    let plain = text.replace("stable = true\n", "").replace(", \"e1\"]", "]");
    let plain = read_toml("a.toml", &plain, &[]).expect("three choices").roster;
    assert_ne!(digest(&stable), digest(&plain));
}

/// Text for a free cell: anything that a planner could type, formulas and quotes included.
fn free() -> impl Strategy<Value = String> {
    "[-=+@'\"a-cé,;:.# \\\\\n0-9]{0,8}"
}

/// One word of a list cell.
fn word() -> impl Strategy<Value = String> {
    "[-=+@'\"A-Ca-cé,.# 0-9]{0,3}[a-c]"
}

fn toml_text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out + "\""
}

fn pick(options: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::select(options).prop_map(str::to_owned)
}

/// The cells of a coach that any text may fill, as TOML.
fn coach(id: &'static str) -> impl Strategy<Value = String> {
    let facts = (free(), free(), word(), proptest::collection::btree_set("[a-d]", 0..3), 0..3_u32, 2..5_u32);
    let more = (
        proptest::collection::vec((word(), 0..4_u8), 0..1),
        proptest::collection::vec(word(), 0..3),
        pick(&["", "yes", "no"]),
        pick(&["", "trained", "trainee", "none"]),
        pick(&["", "12.5", "0.25", "100"]),
        pick(&["", "KA1 1AA", "ab1 0zz"]),
    );
    (facts, more).prop_map(move |((name, role, region, preferences, min, max), more)| {
        let (strengths, slots, online, training, hours, postcode) = more;
        let list = |items: Vec<String>| items.iter().map(|i| toml_text(i)).collect::<Vec<_>>().join(", ");
        let strengths = list(strengths.into_iter().map(|(tag, level)| format!("{tag}:{level}")).collect());
        let preferences = list(preferences.into_iter().map(|e| format!("e-{e}")).collect());
        format!(
            "{{ id = \"{id}\", name = {}, role = {}, region = {}, min = {min}, max = {max}, strengths = [{strengths}], \
             slots = [{}], preferences = [{preferences}], online = \"{online}\", training = \"{training}\", \
             hours = \"{hours}\", postcode = \"{postcode}\", manager = \"vacant\" }}",
            toml_text(&name),
            toml_text(&role),
            toml_text(&region),
            list(slots),
        )
    })
}

fn rules() -> impl Strategy<Value = String> {
    (
        pick(&["hard", "waivable", "soft", "info", "off"]),
        pick(&["hard", "soft", "off"]),
        0..=1_000_000_000_000_i64,
        1..1000_u32,
        pick(&["\"soft\"", "{ rival = \"info\" }", "{ level = \"soft\", other = \"off\" }", "{ weight = 2 }"]),
        pick(&["", "objective = [\"score\"]", "objective = [\"coverage\", \"floor\", \"score\", \"balance\"]"]),
    )
        .prop_map(|(level, least, weight, kmh, declared, objective)| {
            let weight = crate::model::quantity::Points(weight);
            format!(
                "{objective}\n[rules]\nschool = \"{level}\"\ncapacity = {{ min = \"{least}\" }}\nneeds = {{ weight = {weight} }}\n\
                 travel = {{ kmh = \"{}.{:03}\", max_minutes = {kmh}, online = true }}\ndeclared = {declared}\n\
                 seniority = {{ level = \"{level}\", grades = [\"low\", \"=high\"] }}\n",
                kmh,
                kmh * 7 % 1000,
            )
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_programme_survives_every_shape(
        preset in pick(&["bare", "aspiring-leaders", "whole-school", "ambassadors", "expert-coaches"]),
        rules in rules(),
        coaches in (coach("c-a"), coach("=c-b"), coach("-1")),
        (project, reason, need) in (free(), word(), word()),
        scores in proptest::collection::vec(-1_000_000_000_i64..1_000_000_000, 4),
        minutes in proptest::option::of(0..100_u32),
    ) {
        let points = |i: usize| crate::model::quantity::Points(scores[i]).to_string();
        let minutes = minutes.map_or(String::new(), |m| format!(", minutes = {m}"));
        let (objective, rules) = rules.split_once('\n').expect("two parts");
        let text = format!(
            "name = {}\npreset = \"{preset}\"\nstarts = 2026-08-24\n{objective}\n\
             coaches = [{}, {}, {}]\n\
             coachees = [{{ id = \"e-a\", project = {}, needs = [{}], school = [\"park\", \"hill\"], grade = \"low\" }}, \
             {{ id = \"e-b\", language = \"gd\", wanted = 2, priority = 9, lat = \"55.60\", lon = \"-4.5\", sponsor = \"c-a\" }}, \
             {{ id = \"e-c\", status = \"absent\", drives = \"no\" }}, {{ id = \"e-d\" }}, {{ id = \"-1\" }}]\n\
             people = [{{ id = \"+p\", manager = \"c-a\", role = \"HT (acting)\" }}, {{ id = \"e-d\", grade = \"=high\" }}]\n\
             schools = [{{ id = \"park\", name = \"=1+1\", links = [\"campus:hill\"], places = 3 }}, {{ id = \"hill\", name = \"H\" }}]\n\
             conflicts = [{{ person = \"e-a\", other = \"park\", kind = \"rival\", opaque = true, to = 2027-01-01 }}, \
             {{ person = \"e-a\", other = \"c-a\", kind = \"other\" }}]\n\
             history = [{{ coach = \"c-a\", coachee = \"e-b\", programme = \"x\", outcome = \"live\" }}]\n\
             employment = [{{ person = \"+p\", school = \"hill\", manager = \"vacant\", from = 2020-01-01 }}]\n\
             locks = [{{ kind = \"pin\", coach = \"=c-b\", coachee = \"e-a\", author = \"@\", reason = {}, expires = 2026-12-24 }}]\n\
             pairs = [{{ coach = \"-1\", coachee = \"e-b\", score = \"{}\" }}, {{ coach = \"c-a\", coachee = \"e-b\", score = \"{}\"{minutes} }}, \
             {{ coach = \"c-a\", coachee = \"e-a\", score = \"{}\" }}, {{ coach = \"=c-b\", coachee = \"e-d\", score = \"{}\" }}]\n\
             travel = [{{ from = \"park\", to = \"KA1 1AA\", minutes = 7 }}]\n\
             plan = [{{ coach = \"c-a\", coachee = \"e-d\", state = \"started\" }}]\n{rules}",
            toml_text(&format!("N{project}")), coaches.0, coaches.1, coaches.2, toml_text(&project), toml_text(&need),
            toml_text(&reason), points(0), points(1), points(2), points(3),
        );
        match read_toml("a.toml", &text, &[]) {
            Ok(reading) => survives(&reading.roster)?,
            Err(faults) => {
                let shown: Vec<String> = faults.iter().map(ToString::to_string).collect();
                return Err(TestCaseError::fail(format!("{}\n{text}", shown.join("\n"))));
            }
        }
    }
}
