//! Runs: asked for, looked at, watched, cancelled. Who carries them out is in [`super::runner`].

use super::access::{Caller, Scope};
use super::programmes::{Page, after, known, page_size};
use super::requests::{Begun, Request, in_time};
use super::{Programmes, Refused, ResourceId, RunRecord, now};
use crate::store::NewRun;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Between two looks at a run that is watched: five a second.
const LOOK: Duration = Duration::from_millis(200);

/// What a run is to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunWish {
    /// 0 for the latest.
    pub revision: u32,
    /// A plan of the same programme to stay close to; blank for none.
    pub baseline: Box<str>,
    pub time_limit: Option<Duration>,
}

impl Programmes {
    /// Queues a run; it belongs to the server from here on.
    pub async fn start_run(
        &self,
        caller: &Caller,
        request: &Request,
        programme: &str,
        wish: &RunWish,
    ) -> Result<RunRecord, Refused> {
        caller.must(Scope::PlanWrite)?;
        let id = known(programme)?;
        let time_limit = self.time_limit(wish.time_limit)?;
        let _doing = self.busy.begin(&caller.tenant, request)?;
        let made = in_time(async {
            let mut change = match self.begin(caller, request).await? {
                Begun::Made(made) => return Ok(made),
                Begun::Open(change) => change,
            };
            let latest = change.tx.programme(&id).await?.ok_or(Refused::NotFound)?.revision;
            let revision = match wish.revision {
                0 if latest == 0 => return Err(Refused::State("the programme has no roster yet")),
                0 => latest,
                number if number <= latest => number,
                _ => return Err(Refused::NotFound),
            };
            let baseline = match &*wish.baseline {
                "" => None,
                plan => {
                    let plan = known(plan)?;
                    change.tx.plan(&id, &plan).await?.ok_or(Refused::NotFound)?;
                    Some(plan)
                }
            };
            let limit = self.bounds.tenant_runs;
            if change.tx.open_runs().await? >= limit as u64 {
                return Err(Refused::TenantLimit(limit));
            }
            let run = ResourceId::fresh(change.now)?;
            let author = &caller.actor;
            let baseline = baseline.as_ref();
            let new = NewRun { programme: &id, id: &run, revision, baseline, time_limit, author };
            change.tx.queue_run(&new, change.now).await?;
            change.commit("start-run", &format!("{id}/{run}"), run.as_str()).await?;
            Ok(run.as_str().into())
        });
        let made = made.await?;
        self.queued.notify_one();
        self.run_of(caller, programme, &made).await
    }

    fn time_limit(&self, asked: Option<Duration>) -> Result<i64, Refused> {
        let limit = asked.unwrap_or(self.bounds.time_limit);
        if limit < Duration::from_millis(1) || limit > self.bounds.longest {
            return Err(Refused::Field {
                field: "time_limit",
                says: "from 1 ms to the longest that the server allows",
            });
        }
        Ok(i64::try_from(limit.as_millis()).unwrap_or(i64::MAX))
    }

    pub async fn get_run(&self, caller: &Caller, programme: &str, run: &str) -> Result<RunRecord, Refused> {
        caller.must(Scope::PlanRead)?;
        self.run_of(caller, programme, run).await
    }

    async fn run_of(&self, caller: &Caller, programme: &str, run: &str) -> Result<RunRecord, Refused> {
        let (programme, run) = (known(programme)?, known(run)?);
        in_time(async {
            let mut tx = self.store.read(&caller.tenant).await?;
            tx.run(&programme, &run).await?.ok_or(Refused::NotFound)
        })
        .await
    }

    pub async fn list_runs(
        &self,
        caller: &Caller,
        programme: &str,
        size: u32,
        token: &str,
    ) -> Result<Page<RunRecord>, Refused> {
        caller.must(Scope::PlanRead)?;
        let (programme, most, after) = (known(programme)?, page_size(size), after(token)?);
        let items = in_time(async {
            let mut tx = self.store.read(&caller.tenant).await?;
            tx.programme(&programme).await?.ok_or(Refused::NotFound)?;
            Ok(tx.runs(&programme, after, most + 1).await?)
        });
        Ok(Page::of(items.await?, most, |run| &run.id))
    }

    /// The run as soon as there is more to tell of it than `sequence` says, looked at five times a second.
    pub async fn watch_run(
        &self,
        caller: &Caller,
        programme: &str,
        run: &str,
        sequence: u64,
    ) -> Result<RunRecord, Refused> {
        caller.must(Scope::PlanRead)?;
        loop {
            let found = self.run_of(caller, programme, run).await?;
            if found.sequence > sequence || found.state.over() {
                return Ok(found);
            }
            if self.closing.load(Ordering::Relaxed) {
                return Err(Refused::Closing);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Tells a run to stop; it is over as soon as it has. One that is over stays as it is.
    pub async fn cancel_run(
        &self,
        caller: &Caller,
        request: &Request,
        programme: &str,
        run: &str,
    ) -> Result<RunRecord, Refused> {
        caller.must(Scope::PlanWrite)?;
        let (id, run_id) = (known(programme)?, known(run)?);
        let _doing = self.busy.begin(&caller.tenant, request)?;
        in_time(async {
            let Begun::Open(mut change) = self.begin(caller, request).await? else { return Ok(()) };
            change.tx.run(&id, &run_id).await?.ok_or(Refused::NotFound)?;
            change.tx.cancel_run(&id, &run_id, now()).await?;
            change.commit("cancel-run", &format!("{id}/{run_id}"), run).await
        })
        .await?;
        // Where it runs here it hears at once; elsewhere with its next heartbeat.
        if let Some(stop) = self.running().get(&(caller.tenant.clone(), run_id)) {
            stop.store(true, Ordering::Relaxed);
        }
        self.run_of(caller, programme, run).await
    }
}
