//! `explain` and `shortage`: read the programme, ask, show.

use super::args::{ExplainArgs, ShortageArgs};
use super::commands::{take_baseline, workers};
use super::screen::{Screen, print};
use super::{End, Failure, Ways, end_of, explain_table, interrupt, pretty, shortage_table};
use crate::intake;
use crate::model::document::PlanDocument;
use crate::service::{self, About, PlanGiven};
use std::path::Path;
use std::time::Instant;

pub fn explain(args: &ExplainArgs, ways: Ways) -> Result<End, Failure> {
    let begun = Instant::now();
    let mut reading = intake::read(&args.programme, &args.sets.set)?;
    take_baseline(&mut reading, args.baseline.as_deref())?;
    let pairs = intake::read_baseline(&args.plan, &reading.roster)?;
    let document = document(&args.plan)?;
    let file = args.plan.display().to_string();
    let given = PlanGiven { pairs, document: document.as_ref().map(|plan| (plan, &*file)) };
    let id = |id: &String| id.as_str().into();
    let about = About {
        coachee: args.coachee.as_ref().map(id),
        coach: args.coach.as_ref().map(id),
        best: args.best.into(),
    };
    let workers = workers();
    let options = service::Options {
        threads: ways.threads,
        time_limit: None,
        cancel: Some(interrupt::watch()),
        progress: None,
        workers: workers.as_ref(),
        read: begun.elapsed(),
    };
    let found = service::explain(&reading, &given, &about, &options)?;
    if ways.json {
        print(&pretty(&explain_table::json(&found)))?;
    } else {
        print(&explain_table::text(&reading.roster, &found, Screen::stdout()))?;
    }
    Ok(End::Fine)
}

/// The whole plan, where it is one of an earlier match; a plan.csv is only pairs.
fn document(plan: &Path) -> Result<Option<PlanDocument>, Failure> {
    let json = plan.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    Ok(if json { Some(intake::read_plan(plan)?) } else { None })
}

pub fn shortage(args: &ShortageArgs, ways: Ways) -> Result<End, Failure> {
    let begun = Instant::now();
    let mut reading = intake::read(&args.programme, &args.sets.set)?;
    take_baseline(&mut reading, args.plan.as_deref())?;
    let workers = workers();
    let options = service::Options {
        threads: ways.threads,
        time_limit: args.time_limit,
        cancel: Some(interrupt::watch()),
        progress: None,
        workers: workers.as_ref(),
        read: begun.elapsed(),
    };
    let found = service::shortage(&reading, &options)?;
    if ways.json {
        print(&pretty(&shortage_table::json(&found)))?;
    } else {
        print(&shortage_table::text(&reading.roster, &found, Screen::stdout()))?;
    }
    Ok(end_of(&found.plan))
}
