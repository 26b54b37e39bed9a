//! The door by itself: what the guard does to a service that misbehaves, and that nothing is lost on the way in or out.

use super::guard::Guard;
use super::reason::{Reason, of_fault};
use super::{Limits, plan_document, plan_message, refusal, roster, roster_message, wire};
use crate::intake;
use crate::model::document::{OutcomeKind, PlanDocument};
use crate::model::fault::{At, Code, Fault};
use crate::service;
use http::{Request, Response};
use http_body::Frame;
use prost::Message;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::task::{Context, Poll};
use std::time::Duration;
use tonic::body::Body;
use tonic::{Code as Grpc, Status};
use tonic_types::StatusExt;
use tower_service::Service;

/// A service that does one thing wrong.
#[derive(Clone, Copy)]
enum Odd {
    Panics,
    PanicsLater,
    Hangs,
    HangsLater,
    Says(Grpc),
    SaysLater(Grpc),
}

impl Service<Request<Body>> for Odd {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        let odd = *self;
        Box::pin(async move {
            match odd {
                Self::Panics => panic!("no good"),
                Self::Hangs => std::future::pending().await,
                Self::Says(code) => Ok(Status::new(code, "words of a library").into_http()),
                later => Ok(Response::new(Body::new(Later(later)))),
            }
        })
    }
}

/// The same after the headers.
struct Later(Odd);

impl http_body::Body for Later {
    type Data = bytes::Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<bytes::Bytes>, Status>>> {
        match self.0 {
            Odd::PanicsLater => panic!("no good"),
            Odd::SaysLater(code) => {
                let mut trailers = http::HeaderMap::new();
                let status = Status::new(code, "words of a library");
                Poll::Ready(Some(status.add_header(&mut trailers).map(|()| Frame::trailers(trailers))))
            }
            _ => Poll::Pending,
        }
    }
}

/// The status of a call through the guard: from the headers, else from the trailers.
fn through(odd: Odd, path: &str, timeout: Option<&str>, closing: bool, limits: Limits) -> Status {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut guard = Guard::new(odd, limits, Arc::new(AtomicBool::new(closing)));
        let mut request = Request::builder().uri(path);
        if let Some(timeout) = timeout {
            request = request.header("grpc-timeout", timeout);
        }
        let Ok(response) = guard.call(request.body(Body::empty()).expect("a request")).await;
        if let Some(status) = Status::from_header_map(response.headers()) {
            return status;
        }
        let mut body = response.into_body();
        let frame = std::future::poll_fn(|cx| http_body::Body::poll_frame(Pin::new(&mut body), cx)).await;
        let frame = frame.expect("a frame").expect("no error but in trailers");
        Status::from_header_map(frame.trailers_ref().expect("trailers")).expect("a status")
    })
}

const MATCH: &str = "/dyad.v1.Matching/Match";

fn told(odd: Odd) -> (Grpc, String) {
    let status = through(odd, MATCH, None, false, Limits::DEFAULT);
    (status.code(), status.get_details_error_info().map_or_else(String::new, |info| info.reason))
}

#[test]
fn a_panic_is_an_incident() {
    for odd in [Odd::Panics, Odd::PanicsLater] {
        let status = through(odd, MATCH, None, false, Limits::DEFAULT);
        let info = status.get_details_error_info().expect("details");
        assert_eq!((status.code(), info.reason.as_str()), (Grpc::Internal, "INCIDENT"));
        assert_eq!(info.metadata["incident"].len(), 16);
        assert!(!status.message().contains("no good"), "what a panic said is for the log");
    }
}

#[test]
fn codes_of_the_library_become_codes_of_the_table() {
    for (code, wanted) in [
        (Grpc::OutOfRange, (Grpc::ResourceExhausted, "MESSAGE_TOO_LARGE")),
        (Grpc::Internal, (Grpc::InvalidArgument, "MESSAGE_MALFORMED")),
        (Grpc::Unimplemented, (Grpc::Unimplemented, "ENCODING_UNKNOWN")),
        (Grpc::Cancelled, (Grpc::Cancelled, "CLIENT_GONE")),
        (Grpc::Unknown, (Grpc::Internal, "INCIDENT")),
        (Grpc::DataLoss, (Grpc::Internal, "INCIDENT")),
        (Grpc::FailedPrecondition, (Grpc::Internal, "INCIDENT")),
    ] {
        for odd in [Odd::Says(code), Odd::SaysLater(code)] {
            let (code, reason) = told(odd);
            assert_eq!((code, reason.as_str()), wanted);
        }
    }
}

#[test]
fn a_deadline_ends_calls_and_streams() {
    for odd in [Odd::Hangs, Odd::HangsLater] {
        let status = through(odd, MATCH, Some("5m"), false, Limits::DEFAULT);
        assert_eq!(status.code(), Grpc::DeadlineExceeded);
        // Without a wish the method's own time counts.
        let limits = Limits { short_deadline: Duration::from_millis(5), ..Limits::DEFAULT };
        let status = through(odd, "/dyad.v1.Matching/Check", None, false, limits);
        assert_eq!(status.code(), Grpc::DeadlineExceeded);
        // And nobody has more than the longest.
        let limits = Limits { longest: Duration::from_millis(5), ..Limits::DEFAULT };
        let status = through(odd, MATCH, Some("99999999H"), false, limits);
        assert_eq!(status.code(), Grpc::DeadlineExceeded);
    }
    for wrong in ["", "5", "S", "5s", "123456789S", "-5S", "5 S", "５S"] {
        let status = through(Odd::Hangs, MATCH, Some(wrong), false, Limits::DEFAULT);
        assert_eq!(status.get_details_error_info().expect("details").reason, "TIMEOUT_MALFORMED", "{wrong}");
    }
}

#[test]
fn a_server_that_shuts_down_or_is_full_says_so() {
    let status = through(Odd::Hangs, MATCH, None, true, Limits::DEFAULT);
    assert_eq!(status.code(), Grpc::Unavailable);
    let limits = Limits { in_flight: 0, ..Limits::DEFAULT };
    let status = through(Odd::Hangs, MATCH, None, false, limits);
    assert_eq!(status.code(), Grpc::ResourceExhausted);
    assert!(status.get_details_retry_info().is_some_and(|info| info.retry_delay.is_some()));
    let status = through(Odd::Hangs, "/dyad.v1.Nothing/Match", None, false, limits);
    assert_eq!(status.code(), Grpc::Unimplemented);
}

#[test]
fn a_status_is_cut_where_clients_would_refuse_it() {
    let fault = |line| Fault {
        at: At { file: "coaches".into(), line, column: "max".into() },
        code: Code::OutOfRange,
        text: "x".repeat(80).into(),
        says: "a number out of range".into(),
        remedy: "write another one".into(),
        source: None,
    };
    let all: Vec<_> = (1..=10_000).map(|line| refusal::FieldFault::of(&fault(line))).collect();
    let status = refusal::faults(all);
    let violations = status.get_details_bad_request().expect("violations").field_violations;
    assert!(violations.len() > 10 && status.details().len() < 6 * 1024, "{}", status.details().len());
    assert_eq!(violations[1].field, "roster.coaches[1].max");
    assert_eq!(status.get_details_error_info().expect("details").metadata["faults"], "10000");
}

#[test]
fn numbers_that_are_none_have_a_reason_of_their_own() {
    let reason = |code, text: &str| {
        let at = At::default();
        of_fault(&Fault { at, code, text: text.into(), says: "".into(), remedy: "".into(), source: None })
    };
    assert_eq!(reason(Code::NotDecimal, "NaN"), Reason::NumberNotFinite);
    assert_eq!(reason(Code::OutOfRange, "-Infinity"), Reason::NumberNotFinite);
    assert_eq!(reason(Code::NotDecimal, "nano"), Reason::NumberMalformed);
    assert_eq!(reason(Code::UnknownWord, "nan"), Reason::UnknownWord);
}

#[test]
fn every_reason_is_documented() {
    let page = include_str!("../../docs/grpc.md");
    for reason in Reason::ALL {
        assert!(page.contains(&format!("`{}`", reason.key())), "{}", reason.key());
    }
}

/// Every scenario that can be read.
fn readings() -> Vec<(PathBuf, service::Reading)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of scenarios") {
            let path = entry.expect("an entry").path();
            let single = path.extension().is_some_and(|e| e == "toml" || e == "json");
            if path.is_dir() && !path.join("programme.toml").exists() {
                folders.push(path);
            } else if let Some(Ok(reading)) = (path.is_dir() || single).then(|| intake::read(&path, &[])) {
                found.push((path, reading));
            }
        }
    }
    found
}

#[test]
fn rosters_come_back_as_they_went() {
    let readings = readings();
    assert!(readings.len() > 100, "{}", readings.len());
    for (path, reading) in &readings {
        let bytes = roster_message(&reading.roster).encode_to_vec();
        let message = wire::Roster::decode(bytes.as_slice()).expect("a message");
        let back = service::receive(roster::given(message))
            .unwrap_or_else(|e| panic!("{}: {e}: {e:#?}", path.display()));
        let hashes = [&reading.roster, &back.roster].map(service::instance_hash);
        assert_eq!(hashes[0], hashes[1], "{}", path.display());
    }
}

#[test]
fn plans_come_back_as_they_went() {
    let mut outcomes = Vec::new();
    for (path, reading) in readings().iter().filter(|(_, r)| r.roster.people.len() < 30) {
        let Some(plan) = matched(reading) else { continue };
        let bytes = plan_message(&plan).encode_to_vec();
        let message = wire::Plan::decode(bytes.as_slice()).expect("a message");
        assert_eq!(plan_document(message).as_ref(), Some(&plan), "{}", path.display());
        outcomes.push((plan.outcome, plan.groups.is_some()));
    }
    for kind in
        [(OutcomeKind::Optimal, false), (OutcomeKind::Infeasible, false), (OutcomeKind::Optimal, true)]
    {
        assert!(outcomes.contains(&kind), "{kind:?}");
    }
}

/// `None` where the rules contradict one another, which only their compilation finds.
fn matched(reading: &service::Reading) -> Option<PlanDocument> {
    let options = service::Options {
        threads: 1,
        time_limit: None,
        cancel: None,
        progress: None,
        workers: None,
        read: Duration::ZERO,
    };
    match service::match_programme(reading, &options) {
        Ok(plan) => Some(plan),
        Err(service::ServiceError::Faults(_)) => None,
        Err(error) => panic!("{error}"),
    }
}
