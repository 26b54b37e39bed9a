//! Carries out runs: takes one up, solves it off the threads that wait, says now and then that it is alive and how far it has come,
//! and writes the plan and the end of the run in one transaction, which counts only while the run is still its own.

use super::documents;
use super::{Programmes, Refused, ResourceId, now};
use crate::intake::{self, Reading};
use crate::model::catalogue::PairState;
use crate::model::document::PlanDocument;
use crate::service::{Lost, Options, ServiceError, match_programme, rebase};
use crate::store::{Claim, NewPlan, PlanState, RosterRecord, RunState, Store, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Between two looks for work that another server has queued.
const LOOK: Duration = Duration::from_millis(500);
/// Between two messages about a run: five a second.
const BEAT: Duration = Duration::from_millis(200);
/// Without progress, a run says after so many beats that it is alive.
const SILENT: u32 = 5;
/// A server that has said nothing for so long is dead: five times as long as one is ever silent.
const LOST: i64 = 5_000;
/// Between two looks for runs whose server is dead.
const SWEEP: Duration = Duration::from_secs(1);
/// How often the end of a run is written again where the store cannot be reached; then whoever takes it up does it again.
const TRIES: u32 = 10;

/// What a run needs.
struct Job {
    roster: RosterRecord,
    /// The plan to stay close to, with its state.
    baseline: Option<(String, PlanState)>,
    time_limit: Duration,
}

/// How far a run has come, told by the solver.
#[derive(Default)]
struct Progress {
    matched: AtomicU64,
    wanted: AtomicU64,
}

/// How a run ended here.
enum Ended {
    Plan(Box<PlanDocument>),
    /// Why there is none: codes and an incident, no names.
    Failed(String),
    Stopped,
    /// It belongs to somebody else by now.
    Gone,
}

impl Programmes {
    /// Starts the threads' tasks: so many runs at a time, and the search for those whose server is dead. They end after
    /// [`Programmes::close`].
    pub fn start(self: &Arc<Self>, slots: usize) -> Vec<tokio::task::JoinHandle<()>> {
        let mut tasks: Vec<_> =
            (0..slots.max(1)).map(|_| tokio::spawn(self.clone().carry_out_runs())).collect();
        tasks.push(tokio::spawn(self.clone().find_lost_runs()));
        tasks
    }

    async fn carry_out_runs(self: Arc<Self>) {
        while !self.closing.load(Ordering::Relaxed) {
            match self.take_up().await {
                Ok(Some(claim)) => self.carry_out(&claim).await,
                Ok(None) => self.wait(LOOK).await,
                Err(error) => {
                    tracing::warn!(%error, "no run can be taken up");
                    self.wait(LOOK).await;
                }
            }
        }
    }

    async fn find_lost_runs(self: Arc<Self>) {
        while !self.closing.load(Ordering::Relaxed) {
            let found = Store::within(async {
                let mut desk = self.store.desk().await?;
                let found = desk.requeue_lost(now() - LOST, now()).await?;
                desk.commit().await?;
                Ok(found)
            });
            match found.await {
                Ok(0) => {}
                Ok(runs) => {
                    tracing::warn!(runs, "runs of a server that is gone are queued again");
                    self.queued.notify_waiters();
                }
                Err(error) => tracing::warn!(%error, "lost runs cannot be looked for"),
            }
            self.wait(SWEEP).await;
        }
    }

    /// Until something is queued here, at most so long.
    async fn wait(&self, time: Duration) {
        // Either way it is time to look.
        let _ = tokio::time::timeout(time, self.queued.notified()).await;
    }

    async fn take_up(&self) -> Result<Option<Claim>, StoreError> {
        Store::within(async {
            let mut desk = self.store.desk().await?;
            let claim = desk.claim_run(&self.name, now()).await?;
            desk.commit().await?;
            Ok(claim)
        })
        .await
    }

    async fn carry_out(&self, claim: &Claim) {
        let stop = Arc::new(AtomicBool::new(false));
        let key = (claim.tenant.clone(), claim.run.clone());
        self.running().insert(key.clone(), stop.clone());
        if self.closing.load(Ordering::Relaxed) {
            stop.store(true, Ordering::Relaxed);
        }
        let ended = match self.job(claim).await {
            Ok(job) => self.solve(claim, job, stop).await,
            Err(error) => {
                tracing::error!(run = %claim.run, %error, "a run cannot be read");
                Ended::Failed("STORAGE".to_owned())
            }
        };
        self.running().remove(&key);
        for _ in 0..TRIES {
            match self.leave(claim, &ended).await {
                Ok(()) => return,
                Err(error) => tracing::warn!(run = %claim.run, %error, "the end of a run cannot be written"),
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn job(&self, claim: &Claim) -> Result<Job, Refused> {
        let work = async {
            let mut tx = self.store.read(&claim.tenant).await?;
            let run = tx.run(&claim.programme, &claim.run).await?.ok_or(Refused::NotFound)?;
            let roster = tx.roster(&claim.programme, run.revision).await?.ok_or(Refused::NotFound)?;
            let baseline = match &run.baseline {
                None => None,
                Some(plan) => {
                    let record = tx.plan(&claim.programme, plan).await?.ok_or(Refused::NotFound)?;
                    let text = tx.document(&claim.programme, plan).await?.ok_or(Refused::NotFound)?;
                    Some((text, record.state))
                }
            };
            let time_limit = Duration::from_millis(run.time_limit.unsigned_abs());
            Ok(Job { roster, baseline, time_limit })
        };
        super::requests::in_time(work).await
    }

    async fn solve(&self, claim: &Claim, job: Job, stop: Arc<AtomicBool>) -> Ended {
        let progress = Arc::new(Progress::default());
        let (told, flag, workers) = (progress.clone(), stop.clone(), self.workers.clone());
        let (threads, limit) = (self.threads, self.bounds.pairs);
        let solves = self.solves.clone();
        let work = solves.run(move |_| {
            let start = Instant::now();
            let reading = reading(&job, limit)?;
            let tick = |matched, wanted| {
                told.matched.store(matched, Ordering::Relaxed);
                told.wanted.store(wanted, Ordering::Relaxed);
            };
            let options = Options {
                threads,
                time_limit: Some(job.time_limit),
                cancel: Some(&flag),
                progress: Some(&tick),
                workers: workers.as_deref(),
                read: start.elapsed(),
            };
            match_programme(&reading, &options).map_err(Refused::from)
        });
        let mut work = std::pin::pin!(work);
        let (start, mut last, mut silent, mut ours) = (Instant::now(), (0, 0), 0, true);
        let done = loop {
            tokio::select! {
                done = &mut work => break done,
                () = tokio::time::sleep(BEAT), if ours => {}
            }
            let now = (progress.matched.load(Ordering::Relaxed), progress.wanted.load(Ordering::Relaxed));
            silent += 1;
            if now == last && silent < SILENT {
                continue;
            }
            (last, silent) = (now, 0);
            match self.beat(claim, now, start.elapsed()).await {
                Ok(Some(false)) => {}
                Ok(Some(true)) => stop.store(true, Ordering::Relaxed),
                Ok(None) => {
                    ours = false;
                    stop.store(true, Ordering::Relaxed);
                }
                // The run goes on: the store may be back before anybody misses it.
                Err(error) => tracing::warn!(run = %claim.run, %error, "a run cannot say that it is alive"),
            }
        };
        match done {
            _ if !ours => Ended::Gone,
            _ if stop.load(Ordering::Relaxed) => Ended::Stopped,
            Ok(Ok(plan)) => Ended::Plan(Box::new(plan)),
            Ok(Err(refused)) => Ended::Failed(in_codes(&refused, &claim.run)),
            Err(Lost::Full(_)) => Ended::Stopped,
            Err(Lost::Panicked(what)) => {
                tracing::error!(run = %claim.run, what, "a run panicked");
                Ended::Failed("INCIDENT".to_owned())
            }
        }
    }

    async fn beat(
        &self,
        claim: &Claim,
        progress: (u64, u64),
        elapsed: Duration,
    ) -> Result<Option<bool>, StoreError> {
        Store::within(async {
            let mut tx = self.store.write(&claim.tenant).await?;
            let elapsed = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
            let told = tx.beat(claim, progress, elapsed, now()).await?;
            tx.commit().await?;
            Ok(told)
        })
        .await
    }

    /// The end of the run with its plan, or nothing where it is somebody else's.
    async fn leave(&self, claim: &Claim, ended: &Ended) -> Result<(), StoreError> {
        let now = now();
        Store::within(async {
            let mut tx = self.store.write(&claim.tenant).await?;
            let subject = format!("{}/{}", claim.programme, claim.run);
            let left = match ended {
                Ended::Gone => return Ok(()),
                Ended::Plan(plan) => {
                    let id = ResourceId::fresh(now)?;
                    let left = tx.leave_run(claim, RunState::Succeeded, (id.as_str(), ""), now).await?;
                    if left {
                        let run = tx.run(&claim.programme, &claim.run).await?;
                        let run = run.ok_or_else(|| StoreError::Broken("a run that was there".to_owned()))?;
                        let document = intake::plan_to_json(plan);
                        let new = NewPlan {
                            programme: &claim.programme,
                            id: &id,
                            run: &claim.run,
                            revision: run.revision,
                            outcome: crate::service::outcome_word(plan.outcome),
                            hash: &plan.plan,
                            document: &document,
                        };
                        tx.add_plan(&new, now).await?;
                        tx.audit("server", "end-run", &subject, now).await?;
                    }
                    left
                }
                Ended::Failed(why) => {
                    tx.audit("server", "fail-run", &subject, now).await?;
                    tx.leave_run(claim, RunState::Failed, ("", why), now).await?
                }
                Ended::Stopped => {
                    let cancelled = tx.run(&claim.programme, &claim.run).await?.is_some_and(|run| run.cancel);
                    let state = if cancelled { RunState::Cancelled } else { RunState::Queued };
                    tx.leave_run(claim, state, ("", ""), now).await?
                }
            };
            if left { tx.commit().await } else { Ok(()) }
        })
        .await
    }
}

/// The programme of the run, with the plan to stay close to.
fn reading(job: &Job, limit: u64) -> Result<Reading, Refused> {
    let mut reading = documents::read(documents::given(&job.roster)?, limit)?;
    let Some((text, state)) = &job.baseline else { return Ok(reading) };
    let faults = ServiceError::Faults;
    let mut pairs = if reading.roster.grouped() {
        intake::baseline_of_json("baseline", text.clone(), &reading.roster).map_err(faults)?
    } else {
        rebase(&intake::plan_of_json("baseline", text.clone()).map_err(faults)?, &reading.roster).0
    };
    if *state == PlanState::Published {
        // Everybody has been told.
        for pair in pairs.iter_mut().filter(|pair| pair.state == PairState::Draft) {
            pair.state = PairState::Live;
        }
    }
    reading.roster.plan = Some(pairs);
    Ok(reading)
}

/// Why a run has no plan, without names: fault codes, or the run as the incident that the log has.
fn in_codes(refused: &Refused, run: &ResourceId) -> String {
    match refused {
        Refused::Service(ServiceError::Faults(faults)) => {
            let mut codes: Vec<&str> = faults.iter().map(|fault| fault.code.key()).collect();
            codes.sort_unstable();
            codes.dedup();
            codes.join(" ")
        }
        Refused::Service(ServiceError::Rejected(_)) => {
            tracing::error!(%run, error = %refused, "the plan broke its own check");
            "PLAN_REJECTED".to_owned()
        }
        other => {
            tracing::error!(%run, error = %other, "a run failed");
            "INCIDENT".to_owned()
        }
    }
}
