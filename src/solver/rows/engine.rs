//! Who solves the programmes of one search.

use super::lp;
use super::program::{Answer, Ask, Program};
use std::sync::Mutex;

/// `HiGHS` has crashed where several threads of one process made and dropped solvers.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

pub fn solve(program: &Program, ask: Ask) -> Answer {
    // A panic in another solve leaves nothing behind that this one reads.
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    lp::solve(program, ask)
}
