//! Why a use case of stored programmes has no answer.

use super::access::Scope;
use crate::service::ServiceError;
use crate::store::StoreError;

/// A closed list: the doors map each of them.
#[derive(thiserror::Error, Clone, PartialEq, Eq, Debug)]
pub enum Refused {
    #[error("a token is needed")]
    TokenMissing,
    /// Bad, expired or revoked: nobody is told which.
    #[error("the token is not valid")]
    TokenInvalid,
    #[error("the token lacks the scope {}", .0.word())]
    Scope(Scope),
    /// Absent, or another tenant's: nobody is told which.
    #[error("there is no such resource")]
    NotFound,
    #[error("the id is taken")]
    Exists,
    /// Somebody has changed it since it was read.
    #[error("the etag is not that of the latest revision")]
    Stale,
    #[error("another request had this request id")]
    RequestReused,
    #[error("the request with this id is being carried out")]
    RequestInProgress,
    /// Not in the state that it has to be in for this.
    #[error("{0}")]
    State(&'static str),
    /// A field of the request, and what it should be.
    #[error("{field}: {says}")]
    Field { field: &'static str, says: &'static str },
    /// Pairs asked about, and the limit.
    #[error("{asked} pairs are more than the limit of {limit}")]
    TooLarge { asked: u64, limit: u64 },
    #[error("{0} runs of the tenant are queued or running already")]
    TenantLimit(usize),
    #[error("{0} are waiting already")]
    Overloaded(usize),
    #[error("the server is shutting down")]
    Closing,
    #[error("the work panicked: {0}")]
    Panicked(String),
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken => Self::Exists,
            other => Self::Store(other),
        }
    }
}
