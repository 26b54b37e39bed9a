//! The stateless service: unwrap, convert, call, convert.

use super::limits::Limits;
use super::plan_fields::Fields;
use super::reason::Reason;
use super::refusal::{self, FieldFault, fits};
use super::wire::matching_server;
use super::wire::{self, match_stream_response::Event};
use super::{answers, plan_in, plan_out, roster};
use crate::model::document::PlanDocument;
use crate::service::{self, Lost, Reading, ServiceError, Slots, Workers};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

/// Between two messages of progress: five a second.
const PROGRESS: Duration = Duration::from_millis(200);

/// Where nothing new is known for so long, what is known is told again, with the time: the caller sees that it goes on.
const STILL_AT_IT: Duration = Duration::from_secs(1);

/// The service with its threads.
pub struct Matching {
    limits: Limits,
    slots: usize,
    threads: usize,
    /// Searches; their number is bounded by the processors.
    solves: Slots,
    /// Reading, checking, verifying, comparing: short, and not to wait behind searches.
    short: Slots,
    workers: Option<Arc<Workers>>,
}

/// Programme and time of a search.
struct Search {
    reading: Reading,
    time_limit: Duration,
    read: Duration,
}

impl Matching {
    /// `cores` is how many processors there are for it; `workers` solve integer programmes, in processes of their own.
    pub fn new(limits: Limits, cores: usize, workers: Option<Workers>) -> Self {
        let slots = cores.saturating_sub(1).max(1);
        Self {
            limits,
            slots,
            threads: (cores / slots).max(1),
            solves: Slots::new(slots, limits.queue),
            short: Slots::new(cores.max(1), limits.short_queue),
            workers: workers.map(Arc::new),
        }
    }

    /// How many searches at a time, each on how many threads, and where integer programmes are solved.
    pub fn shape(&self) -> (usize, usize, Option<Arc<Workers>>) {
        (self.slots, self.threads, self.workers.clone())
    }

    async fn briefly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Status> + Send + 'static,
    ) -> Result<T, Status> {
        self.short.run(move |_| work()).await.map_err(lost)?
    }

    /// Reads roster and time limit; every fault of both at once.
    async fn search(
        &self,
        message: Option<wire::Roster>,
        time_limit: Option<prost_types::Duration>,
    ) -> Result<Search, Status> {
        let limits = self.limits;
        self.briefly(move || {
            let start = Instant::now();
            let mut faults = Vec::new();
            let reading = read(message, &limits, &mut faults);
            let time_limit = time_limit_of(time_limit, &limits, &mut faults);
            match (reading, time_limit) {
                (Some(reading), Some(time_limit)) => {
                    Ok(Search { reading, time_limit, read: start.elapsed() })
                }
                _ => Err(refusal::faults(faults)),
            }
        })
        .await
    }

    async fn solve(
        &self,
        search: Search,
        progress: impl Fn(u64, u64) + Send + Sync + 'static,
    ) -> Result<wire::Plan, Status> {
        let (threads, workers, most) = (self.threads, self.workers.clone(), self.limits.message_out);
        let work = move |gone: &AtomicBool| {
            let options = service::Options {
                threads,
                time_limit: Some(search.time_limit),
                cancel: Some(gone),
                progress: Some(&progress),
                workers: workers.as_deref(),
                read: search.read,
            };
            let plan = service::match_programme(&search.reading, &options).map_err(refusal::of_service)?;
            fits(plan_out::plan(&plan), most)
        };
        self.solves.run(work).await.map_err(lost)?
    }
}

#[tonic::async_trait]
impl matching_server::Matching for Arc<Matching> {
    async fn check(&self, request: Request<wire::CheckRequest>) -> Answer<wire::CheckResponse> {
        let wire::CheckRequest { roster, list_faults } = request.into_inner();
        let (limits, threads) = (self.limits, self.threads);
        self.briefly(move || {
            let mut faults = Vec::new();
            let checked = read(roster, &limits, &mut faults).and_then(|reading| {
                let report = service::check_programme(&reading, threads);
                report.map(|report| answers::check(&report)).map_err(|e| found(e, &mut faults)).ok()
            });
            match checked {
                Some(answer) => fits(answer, limits.message_out),
                None if list_faults => fits(answers::faulty(faults), limits.message_out),
                None => Err(refusal::faults(faults)),
            }
        })
        .await
        .map(Response::new)
    }

    async fn r#match(&self, request: Request<wire::MatchRequest>) -> Answer<wire::MatchResponse> {
        let wire::MatchRequest { roster, time_limit } = request.into_inner();
        let search = self.search(roster, time_limit).await?;
        let plan = self.solve(search, |_, _| {}).await?;
        Ok(Response::new(wire::MatchResponse { plan: Some(plan) }))
    }

    type MatchStreamStream = Pin<Box<dyn Stream<Item = Result<wire::MatchStreamResponse, Status>> + Send>>;

    async fn match_stream(
        &self,
        request: Request<wire::MatchStreamRequest>,
    ) -> Answer<Self::MatchStreamStream> {
        let start = Instant::now();
        let wire::MatchStreamRequest { roster, time_limit } = request.into_inner();
        let search = self.search(roster, time_limit).await?;
        let (told, heard) = watch::channel((0, 0));
        // One message is on its way; what comes while it is, is not worth sending.
        let (out, stream) = mpsc::channel(1);
        let this = self.clone();
        tokio::spawn(async move {
            let solve = this.solve(search, move |done, all| {
                told.send_replace((done, all));
            });
            let ended = tokio::select! {
                ended = solve => ended,
                // The caller has gone: the search is dropped, and so told to stop.
                () = out.closed() => return,
                never = tell(heard, &out, start) => match never {},
            };
            let last = ended.map(|plan| event(Event::Plan(plan)));
            // Nobody is there to hear that nobody is there.
            let _ = out.send(last).await;
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }

    async fn verify(&self, request: Request<wire::VerifyRequest>) -> Answer<wire::VerifyResponse> {
        let wire::VerifyRequest { roster, plan } = request.into_inner();
        let limits = self.limits;
        self.briefly(move || {
            let mut faults = Vec::new();
            let reading = read(roster, &limits, &mut faults);
            let plan = plan_of("plan", plan, &mut faults);
            let (Some(reading), Some(plan)) = (reading, plan) else { return Err(refusal::faults(faults)) };
            let violations = service::verify_plan(&reading.roster, &plan, "plan").map_err(|error| {
                // Its one fault is that the plan belongs to another programme; the field is the plan's.
                match error {
                    ServiceError::Faults(found) => refusal::faults(found.iter().map(of_plan).collect()),
                    other => refusal::of_service(other),
                }
            })?;
            fits(answers::verified(&plan, &violations), limits.message_out)
        })
        .await
        .map(Response::new)
    }

    async fn compare(&self, request: Request<wire::CompareRequest>) -> Answer<wire::CompareResponse> {
        let wire::CompareRequest { before, after } = request.into_inner();
        let most = self.limits.message_out;
        self.briefly(move || {
            let mut faults = Vec::new();
            let (before, after) =
                (plan_of("before", before, &mut faults), plan_of("after", after, &mut faults));
            let (Some(before), Some(after)) = (before, after) else { return Err(refusal::faults(faults)) };
            fits(answers::compared(&service::compare(&before, &after)), most)
        })
        .await
        .map(Response::new)
    }
}

type Answer<T> = Result<Response<T>, Status>;

/// The programme; `None` after a fault.
fn read(message: Option<wire::Roster>, limits: &Limits, faults: &mut Vec<FieldFault>) -> Option<Reading> {
    let Some(message) = message else {
        faults.push(FieldFault::new("roster", Reason::FieldRequired, "the roster is missing"));
        return None;
    };
    let reading = service::receive(roster::given(message)).map_err(|error| found(error, faults)).ok()?;
    let asked = service::pairs_to_ask(&reading.roster);
    if asked > limits.pairs {
        let says = format!("{asked} pairs are more than the limit of {}", limits.pairs);
        faults.push(FieldFault::new("roster", Reason::ProblemTooLarge, says));
        return None;
    }
    Some(reading)
}

fn found(error: ServiceError, faults: &mut Vec<FieldFault>) {
    if let ServiceError::Faults(found) = error {
        faults.extend(found.iter().map(FieldFault::of));
    }
}

fn of_plan(fault: &crate::model::fault::Fault) -> FieldFault {
    FieldFault { field: format!("plan.{}", fault.at.column), ..FieldFault::of(fault) }
}

fn plan_of(path: &str, message: Option<wire::Plan>, faults: &mut Vec<FieldFault>) -> Option<PlanDocument> {
    let Some(message) = message else {
        faults.push(FieldFault::new(path, Reason::FieldRequired, "the plan is missing"));
        return None;
    };
    let mut fields = Fields::at(path);
    let plan = plan_in::plan(&mut fields, message);
    let clean = fields.faults.is_empty();
    faults.append(&mut fields.faults);
    plan.filter(|_| clean)
}

fn time_limit_of(
    given: Option<prost_types::Duration>,
    limits: &Limits,
    faults: &mut Vec<FieldFault>,
) -> Option<Duration> {
    let Some(given) = given else { return Some(limits.time_limit) };
    let limit = Duration::try_from(given).ok();
    let limit = limit.filter(|limit| *limit >= Duration::from_millis(1) && *limit <= limits.longest);
    if limit.is_none() {
        let says = format!("a time limit is from 1 ms to {} s", limits.longest.as_secs());
        faults.push(FieldFault::new("time_limit", Reason::NumberOutOfRange, says));
    }
    limit
}

fn lost(lost: Lost) -> Status {
    match lost {
        Lost::Full(limit) => refusal::overloaded("too many calls are waiting already", limit),
        Lost::Panicked(what) => refusal::incident(Reason::Incident, &what),
    }
}

fn event(event: Event) -> wire::MatchStreamResponse {
    wire::MatchStreamResponse { event: Some(event) }
}

/// Sends the latest progress, again after a second without any, and nothing while the caller is slow; never ends.
async fn tell(
    mut heard: watch::Receiver<(u64, u64)>,
    out: &mpsc::Sender<Result<wire::MatchStreamResponse, Status>>,
    start: Instant,
) -> std::convert::Infallible {
    let mut ticks = interval(PROGRESS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = Instant::now();
    loop {
        ticks.tick().await;
        if !heard.has_changed().unwrap_or(false) && last.elapsed() < STILL_AT_IT {
            continue;
        }
        last = Instant::now();
        let (matched, wanted) = *heard.borrow_and_update();
        let elapsed = prost_types::Duration::try_from(start.elapsed()).ok();
        // A full channel means that the caller has not taken the last one yet.
        let _ = out.try_send(Ok(event(Event::Progress(wire::Progress { matched, wanted, elapsed }))));
    }
}
