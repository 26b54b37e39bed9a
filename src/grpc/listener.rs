//! The port: so many connections and no more, from one address fewer; patient where the system has no descriptor left;
//! a shut-down that ends.

use super::connection::{self, Door};
use super::limits::Limits;
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Duration, sleep, timeout};

/// The first pause after the system has refused a connection, and the longest: it doubles between them.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

/// Accepts until `stop` ends; then refuses new calls, and waits for those in flight as long as [`Limits::drain`] says.
pub async fn listen(
    listener: TcpListener,
    door: Door,
    limits: Limits,
    closing: Arc<AtomicBool>,
    stop: impl Future<Output = ()>,
) {
    let (tell, told) = watch::channel(false);
    let places = Places::new(&limits);
    let mut connections = JoinSet::new();
    let mut pause = PAUSES.0;
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) => {
                    pause = PAUSES.0;
                    // One too many: closed without a word, for words cost what is short.
                    if let Some(place) = places.take(from.ip()) {
                        connections.spawn(connected(place, stream, door.clone(), limits, told.clone()));
                    }
                }
                Err(error) if gone(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "no connection is accepted for a while");
                    tokio::select! {
                        () = &mut stop => break,
                        () = sleep(pause) => {}
                    }
                    pause = (pause * 2).min(PAUSES.1);
                }
            },
        }
    }
    drop(listener);
    closing.store(true, Ordering::Relaxed);
    let _ = tell.send(true);
    let drained = timeout(limits.drain, async { while connections.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        tracing::warn!(connections = connections.len(), "closed before their calls had ended");
        connections.shutdown().await;
    }
}

async fn connected(
    _place: Place,
    stream: TcpStream,
    door: Door,
    limits: Limits,
    stop: watch::Receiver<bool>,
) {
    connection::serve(stream, door, limits, stop).await;
}

/// Errors of the client, who went away before we came: the next may be fine.
fn gone(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

/// Places for connections, in all and per address.
struct Places {
    all: Arc<Semaphore>,
    most: usize,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Places {
    fn new(limits: &Limits) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.connections)),
            most: limits.connections_per_address,
            taken: Arc::default(),
        }
    }

    fn take(&self, address: IpAddr) -> Option<Place> {
        let one = self.all.clone().try_acquire_owned().ok()?;
        let address = address.to_canonical();
        let mut taken = locked(&self.taken);
        let here = taken.entry(address).or_insert(0);
        if *here >= self.most {
            return None;
        }
        *here += 1;
        Some(Place { _one: one, address, taken: self.taken.clone() })
    }
}

fn locked(taken: &Mutex<HashMap<IpAddr, usize>>) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A place that is given back when dropped.
struct Place {
    _one: OwnedSemaphorePermit,
    address: IpAddr,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = locked(&self.taken);
        if let Some(here) = taken.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Places;
    use crate::grpc::Limits;
    use std::net::IpAddr;

    #[test]
    fn places_are_counted_per_address_and_given_back() {
        let limits = Limits { connections: 3, connections_per_address: 2, ..Limits::DEFAULT };
        let places = Places::new(&limits);
        let (one, other): (IpAddr, IpAddr) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        let first = places.take(one).expect("a place");
        let _second = places.take(one).expect("a place");
        assert!(places.take(one).is_none(), "two are the most from one address");
        let _third = places.take(other).expect("another address");
        assert!(places.take(other).is_none(), "three are the most in all");
        drop(first);
        assert!(places.take(one).is_some());
    }
}
