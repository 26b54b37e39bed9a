//! The server from its start to its end.

use super::connection::Door;
use super::guard::Guard;
use super::limits::Limits;
use super::listener;
use super::matching::Matching;
use super::router::Router;
use super::wire::matching_server::MatchingServer;
use crate::service::Workers;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokio::net::TcpListener;
use tokio::runtime;
use tonic::server::NamedService;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tonic_web::GrpcWebLayer;
use tower_layer::Layer;

/// How long threads that still work are waited for after the last connection is closed; they have been told to stop.
const LAST_WORK: std::time::Duration = std::time::Duration::from_secs(1);

/// What a server is started with.
pub struct Server {
    pub listen: SocketAddr,
    /// Processors to use.
    pub cores: usize,
    /// Where integer programmes are solved; without them in this process.
    pub workers: Option<Workers>,
    pub limits: Limits,
}

/// Why a server does not start, or ends.
#[derive(thiserror::Error, Debug)]
pub enum ServeError {
    /// Words would cross a network in the clear.
    #[error(
        "{0} is reachable from other machines, and this version has no TLS: listen on 127.0.0.1 or [::1]"
    )]
    InTheClear(SocketAddr),
    #[error("{0} cannot be listened on: {1}")]
    Listen(SocketAddr, io::Error),
    #[error("no threads can be started: {0}")]
    Threads(io::Error),
    #[error("signals cannot be heard: {0}")]
    Signals(io::Error),
}

/// The services behind their guard, without a port: what every connection gets a clone of.
pub fn door(matching: Matching, limits: Limits, health: HealthReporter, closing: Arc<AtomicBool>) -> Door {
    let router = Router::new(matching, &limits, health);
    GrpcWebLayer::new().layer(Guard::new(router, limits, closing))
}

/// Serves until SIGTERM or Ctrl-C, and until the calls in flight have ended after it. `ready` is told the address, with
/// the port that the system chose where none was asked for.
pub fn serve(server: Server, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    let Server { listen, cores, workers, limits } = server;
    if !listen.ip().to_canonical().is_loopback() {
        return Err(ServeError::InTheClear(listen));
    }
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(cores.clamp(1, 8))
        .enable_all()
        .build()
        .map_err(ServeError::Threads)?;
    let served = runtime.block_on(async {
        let listener = TcpListener::bind(listen).await.map_err(|e| ServeError::Listen(listen, e))?;
        let address = listener.local_addr().map_err(|e| ServeError::Listen(listen, e))?;
        let health = HealthReporter::new();
        let name = MatchingServer::<Arc<Matching>>::NAME;
        health.set_service_status(name, ServingStatus::Serving).await;
        let closing = Arc::new(AtomicBool::new(false));
        let door = door(Matching::new(limits, cores, workers), limits, health.clone(), closing.clone());
        let asked = asked_to_stop().map_err(ServeError::Signals)?;
        let stop = async {
            asked.await;
            tracing::info!("shutting down");
            for service in ["", name] {
                health.set_service_status(service, ServingStatus::NotServing).await;
            }
        };
        tracing::info!(%address, "serving");
        ready(address);
        listener::listen(listener, door, limits, closing, stop).await;
        Ok(())
    });
    runtime.shutdown_timeout(LAST_WORK);
    served
}

/// Ends with the first SIGTERM or Ctrl-C. It listens from the call on, not only from the first poll.
#[cfg(unix)]
fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Where Ctrl-C cannot be heard it ends the process by itself.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
