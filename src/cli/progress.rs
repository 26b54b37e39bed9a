//! A progress bar on standard error, for people only, and only once the work takes a while.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Work shorter than this needs no bar.
const PATIENCE: Duration = Duration::from_millis(400);

/// Hidden unless it is wanted and standard error is a terminal.
pub struct Progress {
    bar: ProgressBar,
    start: Instant,
    shown: bool,
}

impl Progress {
    pub fn new(wanted: bool) -> Self {
        let shown = wanted && std::io::stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) =
            ProgressStyle::with_template("matching {bar:30} {pos} of {len} coachees, {elapsed}")
        {
            bar.set_style(style);
        }
        Self { bar, start: Instant::now(), shown }
    }

    /// Shows that `done` of `all` coachees are matched so far.
    pub fn at(&self, done: u64, all: u64) {
        if !self.shown || self.start.elapsed() < PATIENCE {
            return;
        }
        if self.bar.is_hidden() {
            // At most 5 pictures a second: more would only slow the work.
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(5));
        }
        self.bar.set_length(all);
        self.bar.set_position(done);
    }

    /// Takes the bar away, so that the answer stands alone.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
