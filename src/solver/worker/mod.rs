//! Integer programmes in processes of their own: a solver that crashes, hangs or eats memory takes nothing else with it.
//!
//! A worker is this program under the hidden command `solve-worker`: one thread, limits on memory and processor time. It is
//! kept for the next question, killed when time is over or the caller cancels, and a question whose worker dies is asked
//! once more in a new one.

mod frame;
mod process;
mod serve;

pub use serve::serve;

use super::rows::program::{Answer, Ask, Program, Said};
use super::{Failure, Options};
use crate::solver::stage::stopped;
use process::{News, Process};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Bytes of address space of a worker: more than any programme within the limits of intake should need, less than what
/// would make a small server swap.
pub const MEMORY: u64 = 8 << 30;

/// How often a caller who cancels is noticed.
const POLL: Duration = Duration::from_millis(10);

/// How long after the deadline an answer may still arrive: a solver looks at the clock between two steps.
const GRACE: Duration = Duration::from_millis(100);

/// Worker processes, started when they are first needed and kept while this lives.
pub struct Workers {
    program: PathBuf,
    memory: u64,
    idle: Mutex<Vec<Process>>,
}

impl Workers {
    /// `program` is `dyad` itself; `memory` is the most that each of its workers may use, in bytes.
    pub fn new(program: PathBuf, memory: u64) -> Self {
        Self { program, memory, idle: Mutex::new(Vec::new()) }
    }

    /// An answer; [`Said::Stopped`] if the caller's time ran out first.
    pub fn solve(&self, program: &Program, ask: Ask, options: &Options<'_>) -> Result<Answer, Failure> {
        let question = frame::question(program, ask);
        for _ in 0..2 {
            let process = self.take()?;
            process.ask(question.clone());
            if let Some(answer) = self.answer(process, program.columns.len(), options) {
                return Ok(answer);
            }
        }
        Err(Failure::Died)
    }

    fn take(&self) -> Result<Process, Failure> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(process) => Ok(process),
            None => Process::start(&self.program, self.memory).map_err(|e| Failure::NotStarted(e.kind())),
        }
    }

    /// Waits for the answer; `None` where the process ended without one. A process that has to be waited for no longer is ended.
    fn answer(&self, process: Process, columns: usize, options: &Options<'_>) -> Option<Answer> {
        loop {
            match process.wait(POLL) {
                News::Answer(body) => {
                    let answer = frame::read_answer(&body, columns)?;
                    self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
                    return Some(answer);
                }
                News::Ended => return None,
                News::Nothing => {
                    let late = |deadline: Instant| Instant::now() >= deadline + GRACE;
                    let cancelled =
                        stopped(options).is_some() && options.deadline.is_none_or(|d| Instant::now() < d);
                    if cancelled || options.deadline.is_some_and(late) {
                        return Some(Answer { said: Said::Stopped, taken: None, bound: None });
                    }
                }
            }
        }
    }
}
