//! `what-if` and `contingencies`: read the programme as it was and as it will be, take the plan, ask, show.

use super::args::{self, ContingenciesArgs, Further, Reader, Start, WhatIfArgs};
use super::commands::{take_baseline, workers};
use super::screen::{Ink, Screen, print, tell};
use super::{
    End, Failure, Ways, end_of, interrupt, outputs, participant, pretty, repair_table, side_by_side,
};
use crate::intake::{self, Reading, Scenario, ScenarioFile, Told};
use crate::model::document::PlanDocument;
use crate::model::fault::{Code, Fault};
use crate::model::people::Id;
use crate::model::roster::Roster;
use crate::service::{self, Change, Moves, Options, ServiceError, WhatIf};
use std::path::Path;
use std::time::Instant;

/// One scenario with its answer.
pub struct Answer {
    pub name: Option<Box<str>>,
    /// Who leaves, who takes how many; and, in words, what else is different.
    pub changes: Vec<Change>,
    pub others: Vec<String>,
    /// The programme as it will be.
    pub roster: Roster,
    pub found: WhatIf,
    pub misfits: Vec<(Id, Id)>,
}

/// A scenario that is read and not yet answered.
struct Asked<'f> {
    scenario: Option<&'f Scenario>,
    after: Reading,
    changes: Vec<Change>,
    moves: Moves,
}

pub fn what_if(args: &WhatIfArgs, ways: Ways) -> Result<End, Failure> {
    let begun = Instant::now();
    let (file, asked) = asked(args)?;
    let outputs = outputs::check(&args.out, &args.programme)?;
    let scenarios = file.as_ref().map_or_else(|| vec![None], |f| f.scenarios.iter().map(Some).collect());
    let asked: Vec<Asked<'_>> =
        asked.into_iter().zip(scenarios).map(|(a, scenario)| Asked { scenario, ..a }).collect();
    let base = Base::read(&args.programme, &args.start, &args.sets.set)?;
    let workers = workers();
    let options = Options {
        threads: ways.threads,
        time_limit: args.time_limit,
        cancel: Some(interrupt::watch()),
        progress: None,
        workers: workers.as_ref(),
        read: begun.elapsed(),
    };
    let mut answers = Vec::new();
    for Asked { scenario, after, changes, moves } in asked {
        let (mut after, misfits) = base.bring(&args.start, after)?;
        service::apply(&mut after.roster, &changes).map_err(|error| placed(error, scenario))?;
        let found = service::what_if(&base.before, &after, moves, &options)?;
        let name = scenario.map(|s| s.name.clone());
        let others = others(args);
        answers.push(Answer { name, changes, others, roster: after.roster, found, misfits });
    }
    if let [only] = answers.as_slice() {
        interrupt::hold_off(|| outputs::write(&outputs, &only.found.plan))?;
    }
    if args.reader == Reader::Participant {
        participant::show_changes(&answers, ways)?;
    } else if ways.json {
        print(&pretty(&side_by_side::as_json(&answers)?))?;
    } else {
        print(&side_by_side::as_text(&answers, Screen::stdout()))?;
    }
    if !ways.quiet {
        for path in &args.out {
            tell(&Screen::stderr().ink(Ink::Faint, &format!("Wrote {}\n", path.display())));
        }
    }
    // The worst of several; the contract's numbers grow with what is wrong.
    let ends = answers.iter().map(|answer| end_of(&answer.found.plan));
    Ok(ends.max_by_key(|end| *end as u8).unwrap_or(End::Fine))
}

/// Every scenario read, or every fault in any of them.
fn asked(args: &WhatIfArgs) -> Result<(Option<ScenarioFile>, Vec<Asked<'static>>), Failure> {
    let mut faults = Vec::new();
    let toml = |path: &&std::path::PathBuf| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    let mut typed = typed(args);
    for path in args.add.iter().filter(toml) {
        match intake::read_changes(path) {
            Ok(found) => typed.extend(changes_of(&found)),
            // Said once more, with everything else, where the rows are read.
            Err(found) => faults.extend(
                found.into_iter().filter(|f| !matches!(f.code, Code::BadToml | Code::FileUnreadable)),
            ),
        }
    }
    let file = match args.scenarios.as_deref().map(intake::read_scenarios).transpose() {
        Ok(file) => file,
        Err(found) => {
            faults.extend(found);
            None
        }
    };
    let numbers: Vec<Option<u32>> = match &file {
        Some(file) => (0..).zip(&file.scenarios).map(|(number, _)| Some(number)).collect(),
        None => vec![None],
    };
    let mut asked = Vec::new();
    for number in numbers {
        let scenario = file.as_ref().zip(number);
        let own = scenario.map(|(file, number)| &file.scenarios[number as usize]);
        let moves = match own.and_then(|s| s.moves.as_ref()) {
            None => moves_of(args.moves),
            Some(told) => args::moves(&told.what).map_or_else(
                |_| {
                    faults.push(bad_moves(told));
                    Moves::Fewest
                },
                |moves| moves_of(Some(moves)),
            ),
        };
        let changes = typed.iter().cloned().chain(own.iter().flat_map(|s| changes_of(s))).collect();
        match intake::read_with(&args.programme, &args.sets.set, &args.add, scenario) {
            Ok(after) => asked.push(Asked { scenario: None, after, changes, moves }),
            // What is wrong with the programme itself is the same in every scenario.
            Err(found) => faults.extend(found),
        }
    }
    let mut once: Vec<Fault> = Vec::new();
    for fault in faults {
        if !once.contains(&fault) {
            once.push(fault);
        }
    }
    if once.is_empty() { Ok((file, asked)) } else { Err(once.into()) }
}

fn typed(args: &WhatIfArgs) -> Vec<Change> {
    let drops = args.drop.iter().map(|id| Change::Drop(id.as_str().into()));
    let places = args.places.iter().map(|(id, n)| Change::Places(id.as_str().into(), *n));
    drops.chain(places).collect()
}

fn changes_of(scenario: &Scenario) -> Vec<Change> {
    let drops = scenario.drop.iter().map(|told| Change::Drop(told.what.clone()));
    let places = scenario.places.iter().map(|told| Change::Places(told.what.0.clone(), told.what.1));
    drops.chain(places).collect()
}

const fn moves_of(moves: Option<Further>) -> Moves {
    match moves {
        None => Moves::Fewest,
        Some(Further::Most(n)) => Moves::Further(n),
        Some(Further::Any) => Moves::Any,
    }
}

fn bad_moves(told: &Told<Box<str>>) -> Fault {
    Fault {
        at: told.at.clone(),
        code: Code::BadParameter,
        text: told.what.clone(),
        says: "moves is no number of moves".into(),
        remedy: "write a whole number, or \"any\"".into(),
        source: None,
    }
}

/// What else is different from the programme as it is, in words.
fn others(args: &WhatIfArgs) -> Vec<String> {
    let file = |path: &std::path::PathBuf| format!("with {}", path.file_name().unwrap_or_default().display());
    args.add.iter().map(file).chain(args.sets.set.iter().cloned()).collect()
}

/// Faults in changes of a scenario are where the scenario says them.
fn placed(error: ServiceError, scenario: Option<&Scenario>) -> ServiceError {
    let (ServiceError::Faults(mut faults), Some(scenario)) = (error.clone(), scenario) else { return error };
    for fault in &mut faults {
        let drop = scenario.drop.iter().find(|told| told.what == fault.text).map(|told| &told.at);
        let places = scenario.places.iter().find(|told| told.what.0 == fault.text).map(|told| &told.at);
        if let Some(at) = drop.or(places).or(scenario.drop.first().map(|told| &told.at)) {
            fault.at = at.clone();
        }
    }
    ServiceError::Faults(faults)
}

pub fn contingencies(args: &ContingenciesArgs, ways: Ways) -> Result<End, Failure> {
    let begun = Instant::now();
    let after = intake::read(&args.programme, &args.sets.set)?;
    let base = Base::read(&args.programme, &args.start, &args.sets.set)?;
    let (after, misfits) = base.bring(&args.start, after)?;
    let workers = workers();
    let options = Options {
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

/// The programme as it was, with the plan to start from.
struct Base {
    before: Reading,
    /// The document, where it is brought over to another programme.
    plan: Option<PlanDocument>,
}

impl Base {
    fn read(programme: &Path, start: &Start, sets: &[String]) -> Result<Self, Failure> {
        let mut before = intake::read(programme, &[])?;
        take_baseline(&mut before, start.baseline.as_deref())?;
        let json = start.plan.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
        let mut brought = None;
        if json {
            let plan = intake::read_plan(&start.plan)?;
            let name = start.plan.display().to_string();
            // A plan that was matched with what is set here was made for the programme as it is set.
            if !sets.is_empty() {
                let mut set = intake::read(programme, sets)?;
                take_baseline(&mut set, start.baseline.as_deref())?;
                if service::of_programme(&plan, &[&set.roster], &name).is_ok() {
                    before = set;
                }
            }
            if start.rebase {
                before.roster.plan = Some(service::rebase(&plan, &before.roster).0);
                brought = Some(plan);
            } else {
                service::of_programme(&plan, &[&before.roster], &name)?;
            }
        }
        if brought.is_none() {
            before.roster.plan = Some(intake::read_baseline(&start.plan, &before.roster)?);
        }
        Ok(Self { before, plan: brought })
    }

    /// The programme as it will be with the same plan, and the pairs of it that fit no longer.
    fn bring(&self, start: &Start, mut after: Reading) -> Result<(Reading, Vec<(Id, Id)>), Failure> {
        let (plan, misfits) = match &self.plan {
            Some(plan) => service::rebase(plan, &after.roster),
            None => (intake::read_baseline(&start.plan, &after.roster)?, Vec::new()),
        };
        after.roster.plan = Some(plan);
        Ok((after, misfits))
    }
}
