//! The East Ayrshire programme, built in: what a first run of Dyad shows, from check to a coach who leaves.

use super::names::{Names, count, points};
use super::screen::{Ink, Screen, print};
use super::{End, Failure, Ways, answers, plan_table, pretty, repair_table};
use crate::intake::{self, Reading};
use crate::model::catalogue::PairState;
use crate::model::document::{PairLine, PlanDocument};
use crate::model::fault::{At, Code, Fault};
use crate::model::index::{CoachIx, Ix};
use crate::model::people::Id;
use crate::model::roster::{PlannedPair, Roster};
use crate::service::{self, Change, CheckReport, Moves, Options, WhatIf, Workers};
use serde_json::json;
use std::fmt::Write;
use std::time::{Duration, Instant};

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        &[$((
            $name,
            include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"), "/scenarios/east-ayrshire/comfortable/", $name
            )) as &[u8],
        )),*]
    };
}

/// The same files that the scenario tests run.
const FILES: &[(&str, &[u8])] = embedded!(
    "programme.toml",
    "coaches.csv",
    "coachees.csv",
    "people.csv",
    "schools.csv",
    "conflicts.csv",
    "history.csv",
    "locks.csv",
    "waivers.csv",
    "employment.csv",
);

const NEXT: &[(&str, &str)] = &[
    ("dyad check PROGRAMME", "every fault in your own spreadsheets, all at once, with its remedy"),
    (
        "dyad match PROGRAMME --out plan.json --out plan.csv",
        "a plan with its proof, and one for a spreadsheet",
    ),
    (
        "dyad what-if PROGRAMME --plan plan.json --drop C01",
        "a coach leaves: who moves, and what further moves would gain",
    ),
    ("dyad contingencies PROGRAMME --plan plan.json", "every coach lost in turn, and on whom most hangs"),
    ("dyad verify PROGRAMME --plan plan.json", "the plan and its proof again, without the solver"),
];

/// Everything the demo shows.
struct Story {
    reading: Reading,
    report: CheckReport,
    plan: PlanDocument,
    lost: Id,
    found: WhatIf,
}

/// Checks, matches, explains one pair, loses one coach; writes nothing outside the system's temporary folder.
pub fn run(ways: Ways) -> Result<End, Failure> {
    let story = tell_story(ways)?;
    if ways.json {
        print(&pretty(&as_json(&story)?))?;
    } else {
        print(&as_text(&story, Screen::stdout()))?;
    }
    Ok(End::Fine)
}

fn tell_story(ways: Ways) -> Result<Story, Failure> {
    let start = Instant::now();
    let mut reading = read()?;
    let report = service::check_programme(&reading, ways.threads)?;
    let plan = matched(&reading, ways, start.elapsed())?;
    let busiest = busiest(&reading.roster, &plan);
    let lost = Id::from(reading.roster.coach_id(busiest));
    reading.roster.plan = Some(as_baseline(&reading.roster, &plan));
    let mut after = Reading { roster: reading.roster.clone(), findings: reading.findings.clone() };
    service::apply(&mut after.roster, &[Change::Drop(lost.clone())])?;
    let workers = super::commands::workers();
    let found =
        service::what_if(&reading, &after, Moves::Fewest, &options(ways, Duration::ZERO, workers.as_ref()))?;
    Ok(Story { reading, report, plan, lost, found })
}

fn matched(reading: &Reading, ways: Ways, read: Duration) -> Result<PlanDocument, Failure> {
    let workers = super::commands::workers();
    Ok(service::match_programme(reading, &options(ways, read, workers.as_ref()))?)
}

const fn options(ways: Ways, read: Duration, workers: Option<&Workers>) -> Options<'_> {
    Options { threads: ways.threads, time_limit: None, cancel: None, progress: None, workers, read }
}

/// The files are laid out in a temporary folder and read like anybody's.
fn read() -> Result<Reading, Failure> {
    let fault = |error: std::io::Error| {
        vec![Fault {
            at: At { file: std::env::temp_dir().display().to_string().into(), line: 0, column: "".into() },
            code: Code::OutputUnwritable,
            text: "".into(),
            says: format!("the demo needs room for its files in the temporary folder: {error}").into(),
            remedy: "make room there, or set TMPDIR to another folder".into(),
            source: None,
        }]
    };
    let folder = tempfile::tempdir().map_err(fault)?;
    for (name, bytes) in FILES {
        std::fs::write(folder.path().join(name), bytes).map_err(fault)?;
    }
    Ok(intake::read(folder.path(), &[])?)
}

/// The coach whose loss is felt most: the most coachees; of several, the first by id.
fn busiest(roster: &Roster, plan: &PlanDocument) -> CoachIx {
    let load = |coach: CoachIx| plan.pairs.iter().filter(|p| &*p.coach == roster.coach_id(coach)).count();
    let most = roster.coaches.indexes().max_by_key(|coach| (load(*coach), std::cmp::Reverse(*coach)));
    most.unwrap_or(CoachIx::from_usize(0))
}

fn as_baseline(roster: &Roster, plan: &PlanDocument) -> Vec<PlannedPair> {
    let coach = |id: &Id| roster.coaches.indexes().find(|c| roster.coach_id(*c) == &**id);
    let coachee = |id: &Id| roster.coachees.indexes().find(|e| roster.coachee_id(*e) == &**id);
    let pair = |line: &PairLine| {
        Some(PlannedPair {
            coach: coach(&line.coach)?,
            coachee: coachee(&line.coachee)?,
            state: PairState::Draft,
        })
    };
    plan.pairs.iter().filter_map(pair).collect()
}

fn as_json(story: &Story) -> Result<serde_json::Value, Failure> {
    let plan = |plan| serde_json::from_str::<serde_json::Value>(&intake::plan_to_json(plan));
    let whole = |plan_document| plan(plan_document).map_err(|e| Failure::Output(e.into()));
    Ok(json!({
        "check": answers::check_json(&story.report),
        "plan": whole(&story.plan)?,
        "lost": story.lost,
        "after": whole(&story.found.plan)?,
        "comparison": answers::compare_json(&story.found.comparison),
        "what_if": repair_table::what_if_json(&story.found, &[])?,
    }))
}

fn as_text(story: &Story, screen: Screen) -> String {
    let roster = &story.reading.roster;
    let names = Names::new(roster);
    let mut out = String::new();
    step(&mut out, screen, "1. Check", "What the programme is, and what stands in its way.");
    out.push_str(&check_summary(&names, &story.report, screen));
    step(&mut out, screen, "2. Match", "Who with whom, and why.");
    out.push_str(&plan_table::draw(roster, &story.plan, screen));
    if let Some(pair) = telling_pair(&story.plan) {
        let title = format!("{} with {}", names.person(&pair.coachee), names.person(&pair.coach));
        step(&mut out, screen, "3. One pair, explained", &title);
        out.push_str(&explained(pair, screen));
    }
    let title =
        format!("{} leaves. Whoever can stays with their coach: dyad what-if.", names.person(&story.lost));
    step(&mut out, screen, "4. Lose one coach", &title);
    let asked = repair_table::asked(&names, &[Change::Drop(story.lost.clone())], &[]);
    out.push_str(&repair_table::what_if_text(roster, &asked, &story.found, &[], screen));
    step(&mut out, screen, "What to try next", "");
    for (command, what) in NEXT {
        let _ = writeln!(out, "  {}\n      {what}", screen.ink(Ink::Good, command));
    }
    out
}

fn step(out: &mut String, screen: Screen, title: &str, about: &str) {
    let rule = "─".repeat(usize::from(screen.width).saturating_sub(title.chars().count() + 4));
    let _ = writeln!(out, "\n{}", screen.ink(Ink::Title, &format!("── {title} {rule}")));
    if !about.is_empty() {
        out.push_str(&screen.paragraph(about));
    }
}

fn check_summary(names: &Names<'_>, report: &CheckReport, screen: Screen) -> String {
    let counts = report.counts;
    let mut out = screen.paragraph(&format!(
        "{}: {}, {} with {}, {} that the rules allow; no faults.",
        report.name,
        count(counts.coachees, "coachee", "coachees"),
        count(counts.coaches, "coach", "coaches"),
        count(counts.places, "place", "places"),
        count(counts.pairs, "pair", "pairs"),
    ));
    plan_table::findings(&mut out, names, &report.findings, screen);
    out
}

/// The pair with the most to tell: the most reasons; of several, the highest score, then the first coachee.
fn telling_pair(plan: &PlanDocument) -> Option<&PairLine> {
    plan.pairs.iter().rev().max_by_key(|p| (p.parts.iter().filter(|part| part.points.0 > 0).count(), p.score))
}

fn explained(pair: &PairLine, screen: Screen) -> String {
    let mut out = String::new();
    for part in &pair.parts {
        let says = super::screen::clean(&part.says);
        let worth = format!("{:>8}", points(i128::from(part.points.0)));
        out.push_str(&screen.bullet(&worth, &says));
    }
    let _ = writeln!(out, "  {:>8} in all", points(i128::from(pair.score.0)));
    out
}
