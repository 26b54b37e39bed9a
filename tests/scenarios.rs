//! Every scenario is a test: read, matched, verified, matched again in another order and on other threads, compared with
//! brute force where it is small and has rules about several pairs, and with what its `[expect]` says.

#[path = "support/brute.rs"]
mod brute;
#[path = "support/door.rs"]
mod door;
#[path = "support/expect.rs"]
mod expect;
#[path = "support/row_best.rs"]
mod row_best;
#[path = "support/row_worth.rs"]
mod row_worth;
#[path = "support/served.rs"]
mod served;
#[path = "support/shuffle.rs"]
mod shuffle;
#[path = "support/story.rs"]
mod story;
#[path = "support/worth.rs"]
mod worth;

use dyad::intake::{self, Reading};
use dyad::model::document::{PlanDocument, Timing};
use dyad::service::{self, ServiceError};
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use story::Story;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let stories = story::all(&root);
    assert!(!stories.is_empty(), "no scenarios in {}", root.display());
    let trials = stories.into_iter().map(|story| {
        let name = story.name.clone();
        Trial::test(name, move || run(&story).map_err(Failed::from))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

fn run(story: &Story) -> Result<(), String> {
    let expect = story.expect()?;
    if story.rejected {
        return rejected(story, &expect);
    }
    let reading = read(&story.path)?;
    let plan = matched(&reading, 1)?;
    stands(&reading, &plan)?;
    again(story, &plan)?;
    brute::agrees(&reading, &plan)?;
    expect::plan(&expect, &reading, &plan)?;
    if let Some(code) = expect.exit.or(story.every_door.then(|| exit_code(&plan))) {
        door::matches(&story.path, &plan, code)?;
    }
    if story.every_door {
        served::matches(&reading, &plan)?;
    }
    Ok(())
}

/// The exact set of faults, each with its code and place; and the command line says the same with exit code 2.
fn rejected(story: &Story, expect: &expect::Expect) -> Result<(), String> {
    let wanted = expect.codes.as_ref().ok_or("a rejected scenario names its codes")?;
    let faults = match intake::read(&story.path, &[]) {
        Err(faults) => faults,
        Ok(reading) => match matching(&reading, 1) {
            Err(ServiceError::Faults(faults)) => faults,
            Err(error) => return Err(error.to_string()),
            Ok(_) => return Err("nothing was found wrong".to_owned()),
        },
    };
    let mut found: Vec<String> = faults.iter().map(|f| format!("{} @ {}", f.code.key(), f.at)).collect();
    let mut wanted = wanted.clone();
    found.sort();
    wanted.sort();
    if found != wanted {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        return Err(format!("expected {wanted:#?}\nfound {found:#?}\nin full {all:#?}"));
    }
    for fault in &faults {
        if fault.says.is_empty() || fault.remedy.is_empty() {
            return Err(format!("a fault without a sentence or a remedy: {fault}"));
        }
    }
    if story.every_door { door::refuses(&story.path, faults.len()) } else { Ok(()) }
}

fn read(path: &Path) -> Result<Reading, String> {
    intake::read(path, &[]).map_err(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        format!("refused: {all:#?}")
    })
}

fn matching(reading: &Reading, threads: usize) -> Result<PlanDocument, ServiceError> {
    let options = service::Options {
        threads,
        time_limit: None,
        cancel: None,
        progress: None,
        workers: None,
        read: Duration::ZERO,
    };
    service::match_programme(reading, &options)
}

fn matched(reading: &Reading, threads: usize) -> Result<PlanDocument, String> {
    matching(reading, threads).map_err(|error| match error {
        ServiceError::Rejected(violations) => format!("the plan was rejected: {violations:#?}"),
        ServiceError::Faults(faults) => format!("refused: {faults:#?}"),
        error @ ServiceError::Solver(_) => error.to_string(),
    })
}

/// The plan survives being written and read, and stands up to a second check as a stranger's.
fn stands(reading: &Reading, plan: &PlanDocument) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let file = folder.path().join("plan.json");
    intake::write_file(&file, intake::plan_to_json(plan).as_bytes()).map_err(|f| f.to_string())?;
    let read = intake::read_plan(&file).map_err(|faults| format!("our own plan is refused: {faults:#?}"))?;
    if read != *plan {
        return Err("a plan changes when it is written and read".to_owned());
    }
    match service::verify_plan(&reading.roster, &read, "plan.json") {
        Ok(violations) if violations.is_empty() => Ok(()),
        Ok(violations) => Err(format!("the plan does not stand: {violations:#?}")),
        Err(error) => Err(error.to_string()),
    }
}

/// The rows in another order, on another number of threads: the same bytes but for timing.
fn again(story: &Story, plan: &PlanDocument) -> Result<(), String> {
    for (seed, threads) in [(1, 3), (2, 2)] {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let shuffled = shuffle::copy(&story.path, folder.path(), seed)?;
        let other = matched(&read(&shuffled)?, threads)?;
        let (first, second) = (bytes(plan), bytes(&other));
        if first != second {
            let differs = first.lines().zip(second.lines()).find(|(a, b)| a != b);
            return Err(format!(
                "another plan for other rows (seed {seed}) on {threads} threads: {differs:#?}"
            ));
        }
    }
    Ok(())
}

fn bytes(plan: &PlanDocument) -> String {
    intake::plan_to_json(&PlanDocument { timing: Timing::default(), ..plan.clone() })
}

fn exit_code(plan: &PlanDocument) -> i32 {
    use dyad::model::document::OutcomeKind;
    match plan.outcome {
        OutcomeKind::Infeasible => 4,
        OutcomeKind::Unknown => 5,
        _ if plan.matched < plan.coachees => 3,
        _ => 0,
    }
}
