//! What stands before every service: the closed set of codes, the deadline, the limit on calls, and the net under panics.
//!
//! tonic by itself answers CANCELLED for a deadline and for a panic, "out of range" for a message that is too long, INTERNAL
//! for bytes that are no message, and lets a stream run past its deadline. Here all of these get the code and the reason
//! that the table of errors gives them, in headers and in trailers alike.

use super::activity::{Activity, Flight};
use super::limits::Limits;
use super::reason::Reason;
use super::refusal;
use super::router::{Router, Target};
use crate::service::words;
use http::{HeaderMap, Request, Response};
use http_body::Frame;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep};
use tonic::body::Body;
use tonic::{Code, Status};
use tower_service::Service;

type Reply = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

/// The services behind one door. Clones share everything.
#[derive(Clone)]
pub struct Guard<S = Router> {
    inner: S,
    limits: Limits,
    flights: Arc<Semaphore>,
    closing: Arc<AtomicBool>,
}

impl<S> Guard<S> {
    /// `closing` is set once new calls are to be refused.
    pub fn new(inner: S, limits: Limits, closing: Arc<AtomicBool>) -> Self {
        Self { inner, limits, flights: Arc::new(Semaphore::new(limits.in_flight)), closing }
    }

    /// When the call has to be over, and whether it counts; or why it is refused.
    fn admit(
        &self,
        target: Target,
        headers: &HeaderMap,
    ) -> Result<(Option<Instant>, Option<OwnedSemaphorePermit>), Status> {
        if self.closing.load(Ordering::Relaxed) {
            return Err(refusal::status(Reason::ShuttingDown, "the service is shutting down"));
        }
        let longest = match target {
            Target::Unknown => {
                return Err(refusal::status(Reason::MethodUnknown, "there is no such service"));
            }
            Target::Short => Some(self.limits.short_deadline),
            Target::Long => Some(self.limits.longest),
            // Health is watched for as long as the connection lives.
            Target::Standard => None,
        };
        let wanted = timeout(headers).map_err(|()| {
            refusal::status(Reason::TimeoutMalformed, "grpc-timeout is not at most eight digits and a unit")
        })?;
        let time = match (wanted, longest) {
            (Some(wanted), Some(_)) => Some(wanted.min(self.limits.longest)),
            (wanted, longest) => wanted.or(longest),
        };
        if time.is_some_and(|time| time.is_zero()) {
            return Err(late());
        }
        let permit = match target {
            Target::Standard | Target::Unknown => None,
            Target::Short | Target::Long => {
                Some(self.flights.clone().try_acquire_owned().map_err(|_| {
                    refusal::overloaded("too many calls are in flight", self.limits.in_flight)
                })?)
            }
        };
        Ok((time.and_then(|time| Instant::now().checked_add(time)), permit))
    }
}

impl<S> Service<Request<Body>> for Guard<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Reply;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Every call is let in, to be refused in words.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Reply {
        let path: Box<str> = request.uri().path().into();
        let target = Target::of(&path);
        let (deadline, permit) = match self.admit(target, request.headers()) {
            Ok(admitted) => admitted,
            Err(status) => return Box::pin(std::future::ready(Ok(status.into_http()))),
        };
        let activity = request.extensions_mut().remove::<Arc<Activity>>();
        let flight = activity.map(|activity| activity.enter(deadline));
        let most = self.limits.message_in;
        let mut inner = self.inner.clone();
        Box::pin(async move {
            let call = caught(async move { inner.call(request).await });
            let called = match deadline {
                Some(deadline) => tokio::time::timeout_at(deadline, call).await,
                None => Ok(call.await),
            };
            let response = match called {
                Err(_) => late().into_http(),
                Ok(Err(panic)) => refusal::incident(Reason::Incident, &panic).into_http(),
                Ok(Ok(Ok(response))) => closed(response, most),
            };
            let body = |inner| Watched {
                inner: Some(inner),
                deadline: deadline.map(|deadline| Box::pin(tokio::time::sleep_until(deadline))),
                most,
                _permit: permit,
                _flight: flight,
            };
            Ok(response.map(|inner| Body::new(body(inner))))
        })
    }
}

fn late() -> Status {
    refusal::status(Reason::DeadlinePassed, "the deadline has passed")
}

/// The time that a caller gives a call, by `grpc-timeout`: at most eight digits and a unit.
fn timeout(headers: &HeaderMap) -> Result<Option<Duration>, ()> {
    let Some(value) = headers.get("grpc-timeout") else { return Ok(None) };
    let text = value.to_str().map_err(|_| ())?;
    let at = text.len().checked_sub(1).filter(|at| (1..=8).contains(at)).ok_or(())?;
    let (digits, unit) = text.split_at_checked(at).ok_or(())?;
    let count: u64 =
        Some(digits).filter(|d| d.bytes().all(|b| b.is_ascii_digit())).ok_or(())?.parse().map_err(|_| ())?;
    Ok(Some(match unit {
        "H" => Duration::from_secs(count * 3600),
        "M" => Duration::from_secs(count * 60),
        "S" => Duration::from_secs(count),
        "m" => Duration::from_millis(count),
        "u" => Duration::from_micros(count),
        "n" => Duration::from_nanos(count),
        _ => return Err(()),
    }))
}

/// Runs a future; a panic in it is an answer.
async fn caught<F: Future>(future: F) -> Result<F::Output, String> {
    let mut future = Box::pin(future);
    std::future::poll_fn(move |cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err(words(panic.as_ref()))),
    })
    .await
}

/// The response, with a code of the closed set where it has failed already.
fn closed(response: Response<Body>, most: usize) -> Response<Body> {
    match Status::from_header_map(response.headers()) {
        Some(status) if status.code() != Code::Ok => proper(status, most).into_http(),
        _ => response,
    }
}

/// A status of the closed set. What carries details is ours already; the rest comes from the library.
fn proper(status: Status, most: usize) -> Status {
    if !status.details().is_empty() {
        return status;
    }
    let says = status.message();
    match status.code() {
        Code::OutOfRange => {
            let says = format!("the message is longer than the limit of {most} bytes");
            refusal::with(Reason::MessageTooLarge, &says, &[("limit", most.to_string())])
        }
        // Bytes that are no frame, no message, or not one message.
        Code::Internal | Code::InvalidArgument => refusal::status(Reason::MessageMalformed, says),
        Code::Unimplemented if says.is_empty() => {
            refusal::status(Reason::MethodUnknown, "the service has no such method")
        }
        Code::Unimplemented => refusal::status(Reason::EncodingUnknown, says),
        Code::Cancelled => refusal::status(Reason::ClientGone, "the caller has gone"),
        // The standard services say by themselves that a name is unknown.
        Code::Ok | Code::NotFound => status,
        _ => refusal::incident(Reason::Incident, &format!("{:?}: {says}", status.code())),
    }
}

/// The answer on its way: ends at the deadline, survives a panic, has codes of the closed set in its trailers, and counts as
/// in flight until it is gone.
struct Watched {
    /// `None` after the end.
    inner: Option<Body>,
    deadline: Option<Pin<Box<Sleep>>>,
    most: usize,
    _permit: Option<OwnedSemaphorePermit>,
    _flight: Option<Flight>,
}

impl Watched {
    /// The last frame.
    fn end(&mut self, status: &Status) -> Poll<Option<Result<Frame<bytes::Bytes>, Status>>> {
        self.inner = None;
        let mut trailers = HeaderMap::new();
        Poll::Ready(Some(status.add_header(&mut trailers).map(|()| Frame::trailers(trailers))))
    }
}

impl http_body::Body for Watched {
    type Data = bytes::Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<bytes::Bytes>, Status>>> {
        let this = &mut *self;
        let Some(inner) = &mut this.inner else { return Poll::Ready(None) };
        if this.deadline.as_mut().is_some_and(|deadline| deadline.as_mut().poll(cx).is_ready()) {
            return this.end(&late());
        }
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(inner).poll_frame(cx)));
        let frame = match polled {
            Ok(polled) => ready!(polled),
            Err(panic) => return this.end(&refusal::incident(Reason::Incident, &words(panic.as_ref()))),
        };
        match frame {
            None => {
                this.inner = None;
                Poll::Ready(None)
            }
            Some(Err(status)) => this.end(&proper(status, this.most)),
            Some(Ok(frame)) => match frame.trailers_ref().and_then(Status::from_header_map) {
                Some(status) if status.code() != Code::Ok => this.end(&proper(status, this.most)),
                _ => Poll::Ready(Some(Ok(frame))),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.inner.as_ref().map_or_else(http_body::SizeHint::default, http_body::Body::size_hint)
    }
}
