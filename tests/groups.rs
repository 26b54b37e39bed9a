//! Grouping against brute force: hundreds of small random programmes through the front door, where every plan is verified
//! with its proof, and every small grouped scenario.

#[path = "support/groupings.rs"]
mod groupings;
#[path = "support/rng.rs"]
mod rng;

use dyad::intake;
use dyad::model::catalogue::Tier;
use dyad::model::document::{OutcomeKind, PlanDocument, Proof};
use dyad::model::grouping::Grouping;
use dyad::model::roster::Roster;
use dyad::{rules, service};
use groupings::{best, worth};
use rng::Rng;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn matched(reading: &intake::Reading) -> PlanDocument {
    let options = service::Options {
        threads: 1,
        time_limit: None,
        cancel: None,
        progress: None,
        workers: None,
        read: Duration::ZERO,
    };
    service::match_programme(reading, &options).expect("a plan that stands up to its check")
}

/// The groups of a plan as numbers.
fn groups(roster: &Roster, plan: &PlanDocument) -> Vec<Vec<usize>> {
    let number = |id: &str| {
        roster
            .coachees
            .indexes()
            .position(|who| roster.coachee_id(who) == id)
            .expect("somebody of the roster")
    };
    let lines = plan.groups.iter().flatten();
    lines.map(|line| line.members.iter().map(|id| number(id)).collect()).collect()
}

/// The plan is as good as the best that brute force finds, and says so.
fn agrees(reading: &intake::Reading) -> (PlanDocument, Grouping) {
    let plan = matched(reading);
    let compiled = rules::compile_groups(&reading.roster).expect("a small programme");
    let problem = compiled.grouping;
    let ours = worth(&problem, &groups(&reading.roster, &plan)).expect("a plan that can be");
    assert_eq!(ours, best(&problem), "{plan:#?}");
    assert_eq!(plan.proof, Proof::Certified);
    (plan, problem)
}

/// A programme of given scores, with gaps, pins, bans, priorities and a plan to keep.
fn random(rng: &mut Rng) -> String {
    let people = 2 + rng.small(7);
    let mut text = String::from("name = \"Random\"\npreset = \"bare\"\nstarts = 2026-08-24\n");
    if rng.small(4) == 0 {
        text += "objective = [\"coverage\", \"score\", \"stability\"]\n";
    }
    let (size, exactly) = (2 + rng.small(2), rng.small(4) == 0);
    let _ = write!(
        text,
        "[rules]\npairs = {{ level = \"soft\", weight = 1, only_listed = true }}\ngroup_size = {{ level = \"hard\", size = {size}, exactly = {exactly} }}\n"
    );
    for who in 0..people {
        let priority = [5, 5, 5, 1, 9][rng.below(5)];
        let _ = writeln!(text, "[[participants]]\nid = \"p{who}\"\npriority = {priority}");
    }
    let (density, spread) = (3 + rng.small(8), 2 + rng.small(40));
    let mut rows: [String; 3] = Default::default();
    for a in 0..people {
        for b in a + 1..people {
            let row = format!("coach = \"p{a}\"\ncoachee = \"p{b}\"\n");
            if rng.small(10) < density {
                let score = i64::from(rng.small(spread)) - 3;
                let _ = writeln!(rows[0], "[[pairs]]\n{row}score = {score}.5");
            }
            match rng.small(24) {
                0 => {
                    let _ =
                        writeln!(rows[1], "[[locks]]\nkind = \"pin\"\n{row}author = \"G\"\nreason = \"r\"");
                }
                1 => {
                    let _ =
                        writeln!(rows[1], "[[locks]]\nkind = \"ban\"\n{row}author = \"G\"\nreason = \"r\"");
                }
                _ => {}
            }
        }
    }
    if rng.chance(2, 3) {
        let mut at = 0;
        while at + 1 < people {
            let three = at + 2 < people && rng.small(3) == 0;
            let _ = writeln!(rows[2], "[[plan]]\ncoach = \"p{at}\"\ncoachee = \"p{}\"", at + 1);
            if three {
                let _ = writeln!(rows[2], "[[plan]]\ncoach = \"p{}\"\ncoachee = \"p{at}\"", at + 2);
            }
            at += if three { 3 } else { 2 };
        }
    }
    if rows[0].is_empty() {
        text = format!("pairs = []\n{text}");
    }
    text + &rows.concat()
}

#[test]
fn random_programmes_agree_with_brute_force() {
    let (mut infeasible, mut triads) = (0, 0);
    for seed in 0..1_500 {
        let text = random(&mut Rng(seed));
        let reading = intake::read_toml("random.toml", &text, &[]);
        let reading = reading.unwrap_or_else(|faults| panic!("seed {seed}: {faults:#?}\n{text}"));
        let result = std::panic::catch_unwind(|| agrees(&reading));
        let Ok((plan, problem)) = result else { panic!("seed {seed}:\n{text}") };
        assert_eq!(problem.parts().tiers[0], Tier::Coverage);
        infeasible += u32::from(plan.outcome == OutcomeKind::Infeasible);
        triads += u32::from(plan.groups.iter().flatten().any(|g| g.members.len() == 3));
    }
    assert!(infeasible > 50 && triads > 300, "{infeasible} contradict themselves, {triads} have triads");
}

/// The scenarios below a folder that are a single file or a folder with participants.
fn scenarios(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of scenarios");
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.retain(|p| p.join("participants.csv").exists() || p.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    paths
}

#[test]
fn small_scenarios_agree_with_brute_force() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut looked = 0;
    for path in ["co-coaching", "event-pairs"].iter().flat_map(|family| scenarios(&root.join(family))) {
        let reading = intake::read(&path, &[]).expect("a programme that can be read");
        if reading.roster.coachees.len() <= 9 {
            agrees(&reading);
            looked += 1;
        }
    }
    assert!(looked >= 30, "{looked} scenarios are small");
}
