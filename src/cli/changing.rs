//! `what-if` and `contingencies`: read the programme as it was and as it will be, take the plan, ask, show.

use super::args::{ContingenciesArgs, Further, Start, WhatIfArgs};
use super::commands::{both, take_baseline, workers};
use super::screen::{Ink, Screen, print, tell};
use super::{End, Failure, Ways, end_of, interrupt, outputs, pretty, repair_table};
use crate::intake::{self, Reading};
use crate::model::people::Id;
use crate::service::{self, Change, Moves};
use std::time::Instant;

/// Both readings with the plan, and the pairs of it that fit no longer.
struct Ready {
    before: Reading,
    after: Reading,
    misfits: Vec<(Id, Id)>,
}

pub fn what_if(args: &WhatIfArgs, ways: Ways) -> Result<End, Failure> {
    let begun = Instant::now();
    let outputs = outputs::check(&args.out, &args.programme);
    let after = intake::read_with(&args.programme, &args.sets.set, &args.add);
    let (outputs, after) = match (outputs, after) {
        (Ok(outputs), Ok(after)) => (outputs, after),
        (outputs, after) => return Err(both(after.err(), outputs.err()).into()),
    };
    let Ready { before, mut after, misfits } = ready(&args.programme, &args.start, &args.sets.set, after)?;
    let drops = args.drop.iter().map(|id| Change::Drop(id.as_str().into()));
    let places = args.places.iter().map(|(id, n)| Change::Places(id.as_str().into(), *n));
    let changes: Vec<Change> = drops.chain(places).collect();
    service::apply(&mut after.roster, &changes)?;
    let workers = workers();
    let options = service::Options {
        threads: ways.threads,
        time_limit: args.time_limit,
        cancel: Some(interrupt::watch()),
        progress: None,
        workers: workers.as_ref(),
        read: begun.elapsed(),
    };
    let moves = match args.moves {
        None => Moves::Fewest,
        Some(Further::Most(n)) => Moves::Further(n),
        Some(Further::Any) => Moves::Any,
    };
    let found = service::what_if(&before, &after, moves, &options)?;
    interrupt::hold_off(|| outputs::write(&outputs, &found.plan))?;
    if ways.json {
        print(&pretty(&repair_table::what_if_json(&found, &misfits)?))?;
    } else {
        print(&repair_table::what_if_text(&after.roster, &changes, &found, &misfits, Screen::stdout()))?;
    }
    if !ways.quiet {
        for path in &args.out {
            tell(&Screen::stderr().ink(Ink::Faint, &format!("Wrote {}\n", path.display())));
        }
    }
    Ok(end_of(&found.plan))
}

pub fn contingencies(args: &ContingenciesArgs, ways: Ways) -> Result<End, Failure> {
    let begun = Instant::now();
    let after = intake::read(&args.programme, &args.sets.set)?;
    let Ready { after, misfits, .. } = ready(&args.programme, &args.start, &args.sets.set, after)?;
    let workers = workers();
    let options = service::Options {
        threads: ways.threads,
        time_limit: None,
        cancel: Some(interrupt::watch()),
        progress: None,
        workers: workers.as_ref(),
        read: begun.elapsed(),
    };
    let ids = |set: &String| set.split(',').map(|id| id.trim().into()).collect::<Vec<Id>>();
    let together: Vec<Vec<Id>> = args.together.iter().map(ids).collect();
    let found = service::contingencies(&after, &together, &options)?;
    if ways.json {
        print(&pretty(&repair_table::contingencies_json(&found, &misfits)))?;
    } else {
        print(&repair_table::contingencies_text(&after.roster, &found, &misfits, Screen::stdout()))?;
    }
    let stranded = found.losses.iter().chain(&found.together).any(|loss| !loss.moving.stranded.is_empty());
    Ok(if stranded { End::Wanting } else { End::Fine })
}

/// Takes the plan to start from into the programme as it was and as it will be.
fn ready(
    programme: &std::path::Path,
    start: &Start,
    sets: &[String],
    mut after: Reading,
) -> Result<Ready, Failure> {
    let mut plain = intake::read(programme, &[])?;
    let mut set = if sets.is_empty() { None } else { Some(intake::read(programme, sets)?) };
    take_baseline(&mut plain, start.baseline.as_deref())?;
    if let Some(set) = &mut set {
        take_baseline(set, start.baseline.as_deref())?;
    }
    let json = start.plan.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let mut misfits = Vec::new();
    let mut before = plain;
    if json {
        let plan = intake::read_plan(&start.plan)?;
        let name = start.plan.display().to_string();
        // A plan that was matched with what is set here was made for the programme as it is set.
        if let Some(set) = set
            && service::of_programme(&plan, &[&set.roster], &name).is_ok()
        {
            before = set;
        }
        if start.rebase && !after.roster.grouped() {
            let (pairs, left) = service::rebase(&plan, &after.roster);
            after.roster.plan = Some(pairs);
            before.roster.plan = Some(service::rebase(&plan, &before.roster).0);
            misfits = left;
            return Ok(Ready { before, after, misfits });
        }
        if !start.rebase {
            service::of_programme(&plan, &[&before.roster], &name)?;
        }
    }
    before.roster.plan = Some(intake::read_baseline(&start.plan, &before.roster)?);
    after.roster.plan = Some(intake::read_baseline(&start.plan, &after.roster)?);
    Ok(Ready { before, after, misfits })
}
