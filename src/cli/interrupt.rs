//! Ctrl-C while a plan is sought: the first asks the solver for what it has, the second ends at once.

use std::sync::atomic::{AtomicBool, Ordering};

/// 128 and the number of SIGINT, as shells say it.
const INTERRUPTED: i32 = 130;

static ASKED: AtomicBool = AtomicBool::new(false);

/// Watches from here on; the flag is set by the first Ctrl-C. Where nothing can be watched, the first ends at once, as it
/// does before. Files are renamed to their places when they are whole, so an end at any time leaves none half-written.
pub fn watch() -> &'static AtomicBool {
    let _ = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED);
        }
    });
    &ASKED
}
