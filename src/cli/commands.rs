//! One function per command: read, call, show.

use super::args::{CheckArgs, Cli, Command, CompareArgs, ConvertArgs, MatchArgs, Reader, VerifyArgs};
use super::progress::Progress;
use super::screen::{Ink, Screen, print, tell};
use super::{
    End, Failure, Ways, answers, changing, demo, end_of, explaining, interrupt, others, outputs, participant,
    plan_table, pretty, serving,
};
use crate::intake::{self, Reading};
use crate::model::document::{OutcomeKind, PlanDocument};
use crate::model::fault::{At, Code, Fault};
use crate::model::roster::Roster;
use crate::service::{self, Workers};
use clap::CommandFactory;
use std::path::Path;
use std::time::Instant;

/// Runs one command and says how it ended.
pub fn run(command: &Command, ways: Ways) -> Result<End, Failure> {
    match command {
        Command::Match(args) => match_command(args, ways),
        Command::Check(args) => check_command(args, ways),
        Command::Verify(args) => verify_command(args, ways),
        Command::Compare(args) => compare_command(args, ways),
        Command::Explain(args) => explaining::explain(args, ways),
        Command::Shortage(args) => explaining::shortage(args, ways),
        Command::WhatIf(args) => changing::what_if(args, ways),
        Command::Contingencies(args) => changing::contingencies(args, ways),
        Command::Alternatives(args) => others::alternatives(args, ways),
        Command::TradeOff(args) => others::trade_off(args, ways),
        Command::Convert(args) => convert_command(args, ways),
        Command::Serve(args) => serving::serve(args, ways),
        Command::Token(args) => serving::token(args, ways),
        Command::Demo => demo::run(ways),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "dyad", &mut text);
            print(&String::from_utf8_lossy(&text))?;
            Ok(End::Fine)
        }
        Command::SolveWorker { memory } => Ok(service::solve_worker(*memory).map(|()| End::Fine)?),
        Command::Man => {
            let mut text = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut text)?;
            print(&String::from_utf8_lossy(&text))?;
            Ok(End::Fine)
        }
    }
}

fn match_command(args: &MatchArgs, ways: Ways) -> Result<End, Failure> {
    let start = Instant::now();
    // Everything that is wrong with the input is said at once, the outputs included.
    let outputs = outputs::check(&args.out, &args.programme);
    let reading = intake::read(&args.programme, &args.sets.set);
    let (outputs, mut reading) = match (outputs, reading) {
        (Ok(outputs), Ok(reading)) => (outputs, reading),
        (outputs, reading) => {
            let mut faults = reading.err().unwrap_or_default();
            faults.extend(outputs.err().unwrap_or_default());
            return Err(faults.into());
        }
    };
    take_baseline(&mut reading, args.plan.as_deref())?;
    let progress = Progress::new(ways.bar);
    let tick = |done, all| progress.at(done, all);
    let workers = workers();
    let options = service::Options {
        threads: ways.threads,
        time_limit: args.time_limit,
        cancel: Some(interrupt::watch()),
        progress: Some(&tick),
        workers: workers.as_ref(),
        read: start.elapsed(),
    };
    let plan = service::match_programme(&reading, &options);
    progress.clear();
    let plan = plan?;
    if plan.outcome != OutcomeKind::Unknown {
        interrupt::hold_off(|| outputs::write(&outputs, &plan))?;
    }
    match args.reader {
        Reader::Planner => show_plan(&reading.roster, &plan, ways)?,
        Reader::Participant => participant::show_plan(&reading.roster, &plan, ways)?,
    }
    if !ways.quiet {
        for path in &args.out {
            let screen = Screen::stderr();
            let done = if plan.outcome == OutcomeKind::Unknown {
                "Not written, for there is no plan:"
            } else {
                "Wrote"
            };
            tell(&screen.ink(Ink::Faint, &format!("{done} {}\n", path.display())));
        }
    }
    Ok(end_of(&plan))
}

/// This program is its own worker; where it cannot find itself, integer programmes are solved in this process.
pub fn workers() -> Option<Workers> {
    std::env::current_exe().ok().map(service::workers)
}

/// The plan to start from: the one that is named, else the programme's own `plan.csv`.
pub fn take_baseline(reading: &mut Reading, baseline: Option<&Path>) -> Result<(), Failure> {
    if let Some(path) = baseline {
        reading.roster.plan = Some(intake::read_baseline(path, &reading.roster)?);
    }
    Ok(())
}

fn show_plan(roster: &Roster, plan: &PlanDocument, ways: Ways) -> Result<(), Failure> {
    if ways.json {
        print(&intake::plan_to_json(plan))?;
    } else {
        print(&plan_table::draw(roster, plan, Screen::stdout()))?;
    }
    Ok(())
}

fn check_command(args: &CheckArgs, ways: Ways) -> Result<End, Failure> {
    let reading = intake::read(&args.programme, &args.sets.set)?;
    let report = service::check_programme(&reading, ways.threads)?;
    if ways.json {
        print(&pretty(&answers::check_json(&report)))?;
    } else {
        print(&answers::check_text(&reading.roster, &report, Screen::stdout()))?;
    }
    Ok(if report.findings.is_empty() { End::Fine } else { End::Wanting })
}

fn verify_command(args: &VerifyArgs, ways: Ways) -> Result<End, Failure> {
    let (mut reading, plan) =
        match (intake::read(&args.programme, &args.sets.set), intake::read_plan(&args.plan)) {
            (Ok(reading), Ok(plan)) => (reading, plan),
            (reading, plan) => return Err(both(reading.err(), plan.err()).into()),
        };
    take_baseline(&mut reading, args.baseline.as_deref())?;
    let violations = service::verify_plan(&reading.roster, &plan, &args.plan.display().to_string())?;
    if ways.json {
        print(&pretty(&answers::verify_json(&plan, &violations)))?;
    } else {
        print(&answers::verify_text(&plan, &violations, Screen::stdout()))?;
    }
    Ok(if violations.is_empty() { End::Fine } else { End::Wanting })
}

fn compare_command(args: &CompareArgs, ways: Ways) -> Result<End, Failure> {
    let [before, after] = args.plan.as_slice() else {
        return Err(vec![two_plans(args.plan.len())].into());
    };
    let reading = intake::read(&args.programme, &[]);
    let (before, after) = match (intake::read_plan(before), intake::read_plan(after)) {
        (Ok(before), Ok(after)) => (before, after),
        (before, after) => {
            let faults = both(before.err(), after.err());
            return Err(both(reading.err(), Some(faults)).into());
        }
    };
    let reading = reading?;
    let found = service::compare(&before, &after);
    if ways.json {
        print(&pretty(&answers::compare_json(&found)))?;
    } else {
        print(&answers::compare_text(&reading.roster, &found, Screen::stdout()))?;
    }
    Ok(End::Fine)
}

fn convert_command(args: &ConvertArgs, ways: Ways) -> Result<End, Failure> {
    let reading = intake::read(&args.programme, &[])?;
    service::convert(&reading.roster, &args.out)?;
    if ways.json {
        print(&pretty(&serde_json::json!({
            "written": args.out.display().to_string(),
            "instance": service::instance_hash(&reading.roster),
        })))?;
    } else if !ways.quiet {
        tell(&format!("Wrote {}\n", args.out.display()));
    }
    Ok(End::Fine)
}

pub fn both(first: Option<Vec<Fault>>, second: Option<Vec<Fault>>) -> Vec<Fault> {
    first.into_iter().chain(second).flatten().collect()
}

fn two_plans(given: usize) -> Fault {
    Fault {
        at: At { file: "--plan".into(), line: 0, column: "".into() },
        code: Code::BadPlan,
        text: given.to_string().into(),
        says: "two plans are compared, no more and no fewer".into(),
        remedy: "give --plan A --plan B, the earlier one first".into(),
        source: None,
    }
}
