//! Mutations: each one transaction with its entry in the audit chain; the same request makes one effect.

use super::access::Caller;
use super::{Millis, Programmes, Refused, now};
use crate::store::{ResourceId, Seen, Store, StoreError, Tx, hex};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Which request it is: an id that the client has chosen, blank for none, and what else the request says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    id: Box<str>,
    fingerprint: Box<str>,
}

/// A longer id is no id.
const LONGEST: usize = 100;

impl Request {
    /// `body` is the whole request with the method in front, the same bytes for the same request.
    pub fn new(id: &str, method: &str, body: &[u8]) -> Result<Self, Refused> {
        if id.len() > LONGEST || id.chars().any(char::is_control) {
            return Err(Refused::Field {
                field: "request_id",
                says: "at most 100 characters, none of control",
            });
        }
        let mut digest = Sha256::new();
        digest.update(method);
        digest.update([0]);
        digest.update(body);
        Ok(Self { id: id.into(), fingerprint: hex(&digest.finalize()).into() })
    }
}

/// The requests that are being carried out.
#[derive(Clone, Default)]
pub(super) struct Busy(Arc<Mutex<BTreeSet<Doer>>>);

/// Tenant and request id.
type Doer = (ResourceId, Box<str>);

/// One of them, until it is dropped.
pub(super) struct Doing {
    all: Busy,
    key: Doer,
}

impl Busy {
    pub fn begin(&self, tenant: &ResourceId, request: &Request) -> Result<Option<Doing>, Refused> {
        if request.id.is_empty() {
            return Ok(None);
        }
        let key = (tenant.clone(), request.id.clone());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.insert(key.clone()) {
            return Err(Refused::RequestInProgress);
        }
        Ok(Some(Doing { all: self.clone(), key }))
    }
}

impl Drop for Doing {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// A mutation under way.
pub(super) struct Change {
    pub tx: Tx,
    pub now: Millis,
    actor: Box<str>,
    request: Request,
}

/// Whether there is anything left to do.
pub(super) enum Begun {
    /// The same request has made this.
    Made(Box<str>),
    Open(Change),
}

impl Programmes {
    pub(super) async fn begin(&self, caller: &Caller, request: &Request) -> Result<Begun, Refused> {
        let mut tx = self.store.write(&caller.tenant).await?;
        if !request.id.is_empty() {
            match tx.seen(&request.id, &request.fingerprint).await? {
                Seen::Never => {}
                Seen::Made(result) => return Ok(Begun::Made(result)),
                Seen::Other => return Err(Refused::RequestReused),
            }
        }
        Ok(Begun::Open(Change { tx, now: now(), actor: caller.actor.clone(), request: request.clone() }))
    }

    /// What the request has made before, if it has; asked before anything costly is done.
    pub(super) async fn made(&self, caller: &Caller, request: &Request) -> Result<Option<Box<str>>, Refused> {
        if request.id.is_empty() {
            return Ok(None);
        }
        let mut tx = self.store.read(&caller.tenant).await?;
        match tx.seen(&request.id, &request.fingerprint).await? {
            Seen::Never => Ok(None),
            Seen::Made(result) => Ok(Some(result)),
            Seen::Other => Err(Refused::RequestReused),
        }
    }
}

impl Change {
    /// Acknowledged from here on. `result` is what a repetition of the request is answered from.
    pub async fn commit(mut self, action: &str, subject: &str, result: &str) -> Result<(), Refused> {
        self.tx.audit(&self.actor, action, subject, self.now).await?;
        if !self.request.id.is_empty() {
            let remembered =
                self.tx.remember(&self.request.id, (&self.request.fingerprint, result), self.now);
            match remembered.await {
                // Another server carries out the same request.
                Err(StoreError::Taken) => return Err(Refused::RequestInProgress),
                other => other?,
            }
        }
        Ok(self.tx.commit().await?)
    }
}

/// Store work in the time that the store has; longer, and it counts as gone.
pub(super) async fn in_time<T>(work: impl Future<Output = Result<T, Refused>>) -> Result<T, Refused> {
    // The inner result is the use case's, the outer one the store's.
    Store::within(async { Ok(work.await) }).await?
}

#[cfg(test)]
mod tests {
    use super::{Busy, Refused, Request};
    use crate::store::ResourceId;

    #[test]
    fn a_request_under_way_is_not_begun_again() {
        let (busy, north) = (Busy::default(), ResourceId::parse("north").expect("an id"));
        let request = Request::new("q1", "Create", b"x").expect("a request");
        let doing = busy.begin(&north, &request).expect("begun");
        assert_eq!(busy.begin(&north, &request).err(), Some(Refused::RequestInProgress));
        let south = ResourceId::parse("south").expect("an id");
        assert!(busy.begin(&south, &request).is_ok());
        drop(doing);
        assert!(busy.begin(&north, &request).is_ok());
        let blank = Request::new("", "Create", b"x").expect("a request");
        assert!(busy.begin(&north, &blank).is_ok_and(|doing| doing.is_none()));
        assert_ne!(request, Request::new("q1", "Create", b"y").expect("a request"));
        assert_ne!(request, Request::new("q1", "Delete", b"x").expect("a request"));
        assert!(Request::new(&"x".repeat(101), "", b"").is_err());
    }
}
