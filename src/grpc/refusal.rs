//! A call that fails, as `google.rpc.Status`: the code, a sentence, and in the details one `ErrorInfo`, with every fault of
//! the input that fits in a `BadRequest`.
//!
//! A status travels in the trailers, and clients refuse long ones (8 KiB by default in the C core, after base64). So the
//! violations of one status are cut at [`DETAILS`] bytes; `metadata.faults` says how many there are, and `Check` with
//! `list_faults` answers them all.

use super::reason::{self, Reason};
use super::wire;
use crate::model::fault::Fault;
use crate::service::stored::{Refused, StoreError};
use crate::service::{ServiceError, Violation, field_path};
use prost::Message;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use tonic::Status;
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

/// The domain of every reason.
pub const DOMAIN: &str = "dyad";
/// The most bytes of violations in one status: three quarters of 8 KiB, less what else stands in the trailers.
const DETAILS: usize = 5 * 1024;
/// When to come again after a refusal for want of room.
const RETRY: Duration = Duration::from_secs(1);

/// Something wrong with a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldFault {
    /// The path from the request: `roster.coaches[2].max`.
    pub field: String,
    pub reason: Reason,
    /// A fault code such as `E012`; blank where the field is none of a programme.
    pub code: &'static str,
    pub text: String,
    pub says: String,
    pub remedy: String,
}

impl FieldFault {
    /// A fault that only a message can have.
    pub fn new(field: impl Into<String>, reason: Reason, says: impl Into<String>) -> Self {
        let (text, remedy) = (String::new(), String::new());
        Self { field: field.into(), reason, code: "", text, says: says.into(), remedy }
    }

    pub fn of(fault: &Fault) -> Self {
        let Fault { at, code, text, says, remedy, source: _ } = fault;
        Self {
            field: shorten(field_path(at)),
            reason: reason::of_fault(fault),
            code: code.key(),
            text: text.to_string(),
            says: says.to_string(),
            remedy: remedy.to_string(),
        }
    }

    fn violation(self) -> FieldViolation {
        let Self { field, reason, code, text, says, remedy } = self;
        let mut description = if code.is_empty() { says } else { format!("{code}: {says}") };
        if !text.is_empty() {
            description = format!("{description} ({text})");
        }
        if !remedy.is_empty() {
            description = format!("{description}; {remedy}");
        }
        FieldViolation { field, description, reason: reason.key().to_owned(), localized_message: None }
    }

    pub fn message(self) -> wire::Fault {
        let Self { field, reason, code, text, says, remedy } = self;
        wire::Fault { field, code: code.to_owned(), reason: reason.key().to_owned(), text, says, remedy }
    }
}

/// A status with one reason.
pub fn status(reason: Reason, says: &str) -> Status {
    with(reason, says, &[])
}

/// The same with facts to read by machine.
pub fn with(reason: Reason, says: &str, metadata: &[(&str, String)]) -> Status {
    Status::with_error_details(reason.code(), says, details(reason, metadata))
}

/// Refused for want of room: come again a little later.
pub fn overloaded(says: &str, limit: usize) -> Status {
    later(Reason::Overloaded, says, &[("limit", limit.to_string())])
}

/// Come again a little later.
fn later(reason: Reason, says: &str, metadata: &[(&str, String)]) -> Status {
    let mut details = details(reason, metadata);
    details.set_retry_info(Some(RETRY));
    Status::with_error_details(reason.code(), says, details)
}

/// An answer that its message would not hold is none.
pub fn fits<M: Message>(message: M, most: usize) -> Result<M, Status> {
    let size = message.encoded_len();
    if size <= most {
        return Ok(message);
    }
    let says = format!("the answer of {size} bytes is over the limit of {most}");
    Err(with(Reason::MessageTooLarge, &says, &[("limit", most.to_string())]))
}

/// A failure of ours. The caller gets a number to tell us, the log what happened.
pub fn incident(reason: Reason, what: &str) -> Status {
    let number = number();
    tracing::error!(incident = %number, reason = reason.key(), what, "a call failed");
    with(reason, "the service failed; the log has the rest under this incident", &[("incident", number)])
}

/// Bad input: every fault that fits, and how many there are.
pub fn faults(mut faults: Vec<FieldFault>) -> Status {
    faults.dedup();
    let all = faults.len();
    let codes: BTreeSet<&str> = faults.iter().map(|f| f.code).filter(|c| !c.is_empty()).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let reason = one_reason(&faults);
    let says = match (all, faults.first()) {
        (1, Some(fault)) => format!("{}: {}", fault.field, fault.says),
        _ => format!("the request has {all} faults"),
    };
    let metadata = [("faults", all.to_string()), ("codes", shorten(codes.join(",")))];
    let mut details = details(reason, &metadata);
    let (mut room, mut shown) = (DETAILS, Vec::new());
    for violation in faults.into_iter().map(FieldFault::violation) {
        let size = violation.field.len() + violation.description.len() + violation.reason.len() + 16;
        if size > room {
            break;
        }
        room -= size;
        shown.push(violation);
    }
    details.set_bad_request(shown);
    Status::with_error_details(reason.code(), shorten(says), details)
}

/// A limit says more than any fault beside it; else the one reason of all, where there is one.
fn one_reason(faults: &[FieldFault]) -> Reason {
    if faults.iter().any(|f| f.reason == Reason::ProblemTooLarge) {
        return Reason::ProblemTooLarge;
    }
    let first = faults.first().map_or(Reason::SeveralFaults, |f| f.reason);
    if faults.iter().all(|f| f.reason == first) { first } else { Reason::SeveralFaults }
}

/// Why a use case has no answer.
pub fn of_service(error: ServiceError) -> Status {
    match error {
        ServiceError::Faults(found) => faults(found.iter().map(FieldFault::of).collect()),
        ServiceError::Rejected(violations) => {
            let codes: BTreeSet<&str> = violations.iter().map(|v: &Violation| v.code).collect();
            let codes: Vec<&str> = codes.into_iter().collect();
            incident(Reason::PlanRejected, &codes.join(","))
        }
        ServiceError::Solver(failure) => incident(Reason::Incident, &failure.to_string()),
    }
}

/// Why a use case of stored programmes has no answer.
pub fn of_stored(refused: Refused) -> Status {
    let says = refused.to_string();
    match refused {
        Refused::TokenMissing => status(Reason::TokenMissing, &says),
        Refused::TokenInvalid => status(Reason::TokenInvalid, &says),
        Refused::Scope(scope) => with(Reason::ScopeRequired, &says, &[("scope", scope.word().to_owned())]),
        Refused::NotFound => status(Reason::ResourceNotFound, &says),
        Refused::Exists => status(Reason::ResourceExists, &says),
        Refused::Stale => status(Reason::VersionConflict, &says),
        Refused::RequestReused => status(Reason::RequestIdReused, &says),
        Refused::RequestInProgress => status(Reason::RequestInProgress, &says),
        Refused::State(says) => status(Reason::StateUnfit, says),
        Refused::Field { field, says } => faults(vec![FieldFault::new(field, Reason::FieldInvalid, says)]),
        Refused::TooLarge { .. } => faults(vec![FieldFault::new("roster", Reason::ProblemTooLarge, says)]),
        Refused::TenantLimit(limit) => later(Reason::TenantLimit, &says, &[("limit", limit.to_string())]),
        Refused::Overloaded(limit) => overloaded("too many calls are waiting already", limit),
        Refused::Closing => status(Reason::ShuttingDown, &says),
        Refused::Panicked(what) => incident(Reason::Incident, &what),
        Refused::Service(ServiceError::Faults(found)) => faults(found.iter().map(of_request).collect()),
        Refused::Service(error) => of_service(error),
        Refused::Store(StoreError::Gone(what)) => {
            tracing::warn!(what, "the store cannot be reached");
            later(Reason::StorageUnavailable, "the store cannot be reached", &[])
        }
        Refused::Store(StoreError::Full) => status(Reason::StorageFull, "the store is full"),
        Refused::Store(error) => incident(Reason::Incident, &error.to_string()),
    }
}

/// Faults of changes have their path from the request, all others from its roster.
fn of_request(fault: &Fault) -> FieldFault {
    let found = FieldFault::of(fault);
    match found.field.strip_prefix("roster.changes") {
        Some(rest) => FieldFault { field: format!("changes{rest}"), ..found },
        None => found,
    }
}

fn details(reason: Reason, metadata: &[(&str, String)]) -> ErrorDetails {
    let metadata: HashMap<String, String> =
        metadata.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    ErrorDetails::with_error_info(reason.key(), DOMAIN, metadata)
}

/// What people may have typed is cut, for it stands in a header.
fn shorten(text: String) -> String {
    match text.char_indices().nth(300) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// A number that no other incident has: from the system's randomness, which seeds every hasher.
fn number() -> String {
    use std::hash::{BuildHasher, RandomState};
    format!("{:016x}", RandomState::new().hash_one(std::process::id()))
}
