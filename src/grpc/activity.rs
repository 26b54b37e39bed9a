//! What a connection is doing: its calls and their deadlines, so that one that is idle or whose client takes no answer can
//! be closed.

use super::limits::Limits;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// The calls of one connection.
pub struct Activity(Mutex<Calls>);

struct Calls {
    next: u64,
    /// The deadline of every call in flight, if it has one.
    open: BTreeMap<u64, Option<Instant>>,
    /// Since when there is none.
    quiet: Instant,
}

impl Activity {
    pub fn new() -> Arc<Self> {
        let calls = Calls { next: 0, open: BTreeMap::new(), quiet: Instant::now() };
        Arc::new(Self(Mutex::new(calls)))
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call begins; it ends when the flight is dropped.
    pub fn enter(self: Arc<Self>, deadline: Option<Instant>) -> Flight {
        let mut calls = self.calls();
        let call = calls.next;
        calls.next += 1;
        calls.open.insert(call, deadline);
        drop(calls);
        Flight { activity: self, call }
    }

    /// Whether the connection is to be closed: nothing happens on it, or an answer is not taken.
    pub fn over(&self, now: Instant, limits: &Limits) -> bool {
        let calls = self.calls();
        if calls.open.is_empty() {
            return now.duration_since(calls.quiet) >= limits.idle;
        }
        calls.open.values().flatten().any(|deadline| now >= *deadline + limits.stalled)
    }
}

/// A call in flight.
pub struct Flight {
    activity: Arc<Activity>,
    call: u64,
}

impl Drop for Flight {
    fn drop(&mut self) {
        let mut calls = self.activity.calls();
        calls.open.remove(&self.call);
        calls.quiet = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::Activity;
    use crate::grpc::Limits;
    use tokio::time::Instant;

    #[test]
    fn idle_and_stalled_connections_are_over() {
        let (limits, activity) = (Limits::DEFAULT, Activity::new());
        let now = Instant::now();
        assert!(!activity.over(now, &limits));
        assert!(activity.over(now + 2 * limits.idle, &limits));
        let watch = activity.clone().enter(None);
        assert!(!activity.over(now + 2 * limits.idle, &limits), "a call without deadline keeps it open");
        let call = activity.clone().enter(Some(now));
        assert!(!activity.over(now, &limits));
        assert!(activity.over(now + limits.stalled, &limits));
        drop(call);
        assert!(!activity.over(now + limits.stalled, &limits));
        drop(watch);
        assert!(activity.over(Instant::now() + limits.idle, &limits));
    }
}
