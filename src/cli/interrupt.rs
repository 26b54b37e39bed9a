//! Ctrl-C while a plan is sought: the first asks the solver for what it has, the second ends at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// 128 and the number of SIGINT, as shells say it.
const INTERRUPTED: i32 = 130;

static ASKED: AtomicBool = AtomicBool::new(false);
/// Held while files are written.
static WRITING: Mutex<()> = Mutex::new(());

/// Watches from here on; the flag is set by the first Ctrl-C. Where nothing can be watched, the first ends at once, as it
/// does before.
pub fn watch() -> &'static AtomicBool {
    let _ = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            let _whole = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
            std::process::exit(INTERRUPTED);
        }
        tracing::info!("asked to stop");
    });
    &ASKED
}

/// Does `work`, which writes files; an end that Ctrl-C asks for waits until it is done, so that every file is whole and
/// none is left beside its place.
pub fn hold_off<T>(work: impl FnOnce() -> T) -> T {
    let _whole = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    work()
}
