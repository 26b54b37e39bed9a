//! Programmes that are kept: rosters in revisions, runs that belong to the server, plans with their approvals.
//!
//! Every use case begins with the caller: whose programmes, and what the caller may do. A mutation, its entry in the audit chain and
//! the memory of its request are one transaction. Somebody else's programme and one that does not exist are the same answer.

mod access;
mod changing;
mod documents;
pub mod operator;
mod plans;
mod programmes;
mod refused;
mod requests;
mod rosters;
mod runner;
mod runs;

pub use access::{Caller, DAYS, Scope, Secret, TokenTerms};
pub use changing::RosterChange;
pub use plans::StoredPlan;
pub use programmes::Page;
pub use refused::Refused;
pub use requests::Request;
pub use rosters::{RosterInfo, StoredRoster};
pub use runs::RunWish;

pub use crate::store::{
    Approval, MasterKey, Millis, PlanRecord, PlanState, Programme, ResourceId, RunRecord, RunState, Store,
    StoreError, TokenRecord, Where,
};

use super::{Lost, Slots, Workers};
use requests::Busy;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Notify;

/// What stored programmes may cost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// Pairs that the rules may be asked about.
    pub pairs: u64,
    /// Work that waits for a thread; it is short.
    pub short_queue: usize,
    /// Runs of one tenant that are not over.
    pub tenant_runs: usize,
    /// For a run that sets no time limit.
    pub time_limit: Duration,
    /// The longest time limit.
    pub longest: Duration,
}

/// By tenant and run.
type Running = BTreeMap<(ResourceId, ResourceId), Arc<AtomicBool>>;

/// The use cases of stored programmes, with the threads that carry out runs.
pub struct Programmes {
    store: Store,
    bounds: Bounds,
    /// Threads of one search.
    threads: usize,
    workers: Option<Arc<Workers>>,
    solves: Arc<Slots>,
    short: Slots,
    busy: Busy,
    /// A run has been queued.
    queued: Notify,
    /// The runs that this server carries out, each with its flag to stop.
    running: Mutex<Running>,
    closing: AtomicBool,
    /// This server among several on one store.
    name: Box<str>,
}

impl Programmes {
    /// `slots` searches at a time, each on `threads` threads.
    pub fn new(
        store: Store,
        bounds: Bounds,
        (slots, threads): (usize, usize),
        workers: Option<Arc<Workers>>,
    ) -> Result<Arc<Self>, StoreError> {
        Ok(Arc::new(Self {
            store,
            bounds,
            threads,
            workers,
            solves: Arc::new(Slots::new(slots, slots)),
            short: Slots::new(slots + 1, bounds.short_queue),
            busy: Busy::default(),
            queued: Notify::new(),
            running: Mutex::default(),
            closing: AtomicBool::new(false),
            name: ResourceId::fresh(now())?.as_str().into(),
        }))
    }

    /// Does short work off the threads that serve sockets.
    async fn briefly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        self.short.run(move |_| work()).await.map_err(|lost| match lost {
            Lost::Full(limit) => Refused::Overloaded(limit),
            Lost::Panicked(what) => Refused::Panicked(what),
        })?
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on no run is taken up, and those that run are queued again, for the next server.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        for stop in self.running().values() {
            stop.store(true, Ordering::Relaxed);
        }
        self.queued.notify_waiters();
    }

    /// The first token, where nobody has one; for an operator at the machine.
    pub async fn first_token(&self) -> Result<Option<Secret>, Refused> {
        access::first_token(&self.store).await
    }

    /// Makes a token, and the tenant where it is new.
    pub async fn create_token(&self, terms: &TokenTerms) -> Result<Secret, Refused> {
        access::create_token(&self.store, terms).await
    }

    /// Nobody is let in with it from now on.
    pub async fn revoke_token(&self, tenant: &ResourceId, id: &ResourceId) -> Result<(), Refused> {
        access::revoke_token(&self.store, tenant, id).await
    }

    /// Whether the store answers.
    pub async fn ready(&self) -> bool {
        let asked = Store::within(async {
            let mut desk = self.store.reading_desk().await?;
            desk.has_tokens().await
        });
        asked.await.is_ok()
    }
}

/// The wall clock.
fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}
