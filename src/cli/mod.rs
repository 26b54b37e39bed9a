//! The command line: read, call a use case, show the answer.

mod answers;
mod args;
mod changing;
mod commands;
mod demo;
mod effect_table;
mod explain_table;
mod explaining;
mod faults;
mod group_table;
mod interrupt;
mod log;
mod names;
mod others;
mod outputs;
mod participant;
mod plan_table;
mod progress;
mod repair_table;
mod screen;
mod serving;
mod shortage_table;
mod side_by_side;

use crate::grpc::ServeError;
use crate::model::document::{OutcomeKind, PlanDocument};
use crate::model::fault::Fault;
use crate::service::ServiceError;
use crate::service::stored::Refused;
use args::{Cli, Format, Global};
use clap::Parser;
use log::LogLevel;
use screen::{Ink, Screen, print, tell};
use std::io::IsTerminal;
use std::process::ExitCode;

/// How a command ends. The numbers are part of the contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
enum End {
    /// Everyone is matched; the plan is clean; nothing was found.
    Fine = 0,
    /// Our own failure.
    Failure = 1,
    /// Bad usage or invalid input.
    Refused = 2,
    /// A plan, but somebody is unmatched; or something was found.
    Wanting = 3,
    /// The hard rules contradict each other.
    Contradiction = 4,
    /// Stopped before a plan was found.
    Stopped = 5,
}

/// Why a command has no answer to show.
#[derive(thiserror::Error, Debug)]
enum Failure {
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error("standard output cannot be written: {0}")]
    Output(#[from] std::io::Error),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Stored(#[from] Refused),
}

impl From<Vec<Fault>> for Failure {
    fn from(faults: Vec<Fault>) -> Self {
        Self::Service(ServiceError::Faults(faults))
    }
}

/// Runs the command that was typed. Bad usage ends the process in clap, with exit code 2.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let log = cli.global.log.filter(|level| *level != LogLevel::Unset);
    if let Some(level) = log {
        log::start(level);
    }
    let json = match cli.global.format {
        Some(format) => format == Format::Json,
        None => !std::io::stdout().is_terminal(),
    };
    let Global { format: _, quiet, threads: _, log: _ } = cli.global;
    let ways = Ways { json, quiet, bar: !quiet && log.is_none(), threads: threads(&cli.global) };
    // A panic is a bug of ours: its message is already on standard error, and the exit code must say so.
    let ended = std::panic::catch_unwind(|| commands::run(&cli.command, ways));
    let end = match ended {
        Ok(Ok(end)) => end,
        Ok(Err(failure)) => report(&failure, ways),
        Err(_) => End::Failure,
    };
    ExitCode::from(end as u8)
}

/// How to answer, whatever the command.
#[derive(Clone, Copy)]
struct Ways {
    json: bool,
    quiet: bool,
    /// Whether a bar may be drawn: lines of the log would go through it.
    bar: bool,
    threads: usize,
}

fn threads(global: &Global) -> usize {
    global.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// Says why there is no answer: to people on standard error, and as the one JSON document where that was asked for.
fn report(failure: &Failure, ways: Ways) -> End {
    let screen = Screen::stderr();
    match failure {
        Failure::Service(ServiceError::Faults(found)) => {
            tracing::warn!(faults = found.len(), "refused");
            tell(&faults::draw(found, screen));
            if ways.json && print(&pretty(&faults::json(found))).is_err() {
                return End::Failure;
            }
            End::Refused
        }
        Failure::Service(ServiceError::Rejected(violations)) => {
            tracing::error!(violations = violations.len(), "the plan broke its own check");
            let title =
                "This is a failure of dyad itself, not of your programme: its plan broke its own check.";
            let mut text = format!("{}\n", screen.ink(Ink::Bad, title));
            for violation in violations {
                text.push_str(
                    &screen.bullet("•", &format!("[{}] {}", violation.code, screen::clean(&violation.says))),
                );
            }
            text.push_str(
                "Nothing was written. Please report it with the programme, or with --format json of check.\n",
            );
            tell(&text);
            End::Failure
        }
        Failure::Stored(refused) => {
            tell(&format!("dyad: {refused}\n"));
            End::Refused
        }
        Failure::Output(_) | Failure::Serve(_) | Failure::Service(ServiceError::Solver(_)) => {
            tracing::error!(%failure, "no answer");
            tell(&format!("dyad: {failure}\n"));
            End::Failure
        }
    }
}

/// A JSON document as it is printed: indented, with a final newline.
fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

/// The exit code of a plan.
const fn end_of(plan: &PlanDocument) -> End {
    match plan.outcome {
        OutcomeKind::Infeasible => End::Contradiction,
        OutcomeKind::Unknown => End::Stopped,
        OutcomeKind::Optimal | OutcomeKind::Feasible => {
            if plan.matched == plan.coachees {
                End::Fine
            } else {
                End::Wanting
            }
        }
    }
}
