//! Who solves the programmes of one search.

use super::lp;
use super::program::{Answer, Ask, Program};
use crate::solver::{Failure, Options};
use std::sync::Mutex;

/// `HiGHS` has crashed where several threads of one process made and dropped solvers.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// An answer of a worker, or of this process where there are none.
pub fn solve(program: &Program, ask: Ask, options: &Options<'_>) -> Result<Answer, Failure> {
    if let Some(workers) = options.workers {
        return workers.solve(program, ask, options);
    }
    // A panic in another solve leaves nothing behind that this one reads.
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(lp::solve(program, ask))
}
