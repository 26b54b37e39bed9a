//! The server from its start to its end.

use super::connection::Door;
use super::guard::Guard;
use super::limits::Limits;
use super::listener;
use super::matching::Matching;
use super::router::Router;
use super::wire::matching_server::MatchingServer;
use super::wire::programmes_server::ProgrammesServer;
use crate::service::Workers;
use crate::service::stored::{MasterKey, Programmes, Refused, Secret, Store, Where};
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
    /// Where programmes are kept; without it the server is stateless.
    pub stored: Option<Stored>,
}

/// A store and its key.
pub struct Stored {
    pub place: Where,
    pub key: MasterKey,
}

/// What is told once the server can be called.
pub struct Ready<'r> {
    /// With the port that the system chose where none was asked for.
    pub address: SocketAddr,
    /// The first token of a store of SQLite that had none: it is told here and never again.
    pub token: Option<&'r str>,
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
    #[error(transparent)]
    Store(#[from] Refused),
    #[error("signals cannot be heard: {0}")]
    Signals(io::Error),
}

/// The services behind their guard, without a port: what every connection gets a clone of.
pub fn door(
    matching: Matching,
    stored: Option<Arc<Programmes>>,
    limits: Limits,
    health: HealthReporter,
    closing: Arc<AtomicBool>,
) -> Door {
    let router = Router::new(matching, stored, &limits, health);
    GrpcWebLayer::new().layer(Guard::new(router, limits, closing))
}

/// Whether words stay on this machine there.
pub fn may_listen(listen: SocketAddr) -> Result<(), ServeError> {
    if listen.ip().to_canonical().is_loopback() { Ok(()) } else { Err(ServeError::InTheClear(listen)) }
}

/// Serves until SIGTERM or Ctrl-C, and until the calls in flight have ended after it. Runs that are not over are queued again.
pub fn serve(server: Server, ready: impl FnOnce(Ready<'_>)) -> Result<(), ServeError> {
    let Server { listen, cores, workers, limits, stored } = server;
    may_listen(listen)?;
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(cores.clamp(1, 8))
        .enable_all()
        .build()
        .map_err(ServeError::Threads)?;
    let served = runtime.block_on(async {
        let matching = Matching::new(limits, cores, workers);
        let kept = match stored {
            Some(stored) => Some(keep(stored, &matching, &limits).await?),
            None => None,
        };
        let listener = TcpListener::bind(listen).await.map_err(|e| ServeError::Listen(listen, e))?;
        let address = listener.local_addr().map_err(|e| ServeError::Listen(listen, e))?;
        let health = HealthReporter::new();
        health.set_service_status(MATCHING, ServingStatus::Serving).await;
        let closing = Arc::new(AtomicBool::new(false));
        let programmes = kept.as_ref().map(|kept| kept.programmes.clone());
        let door = door(matching, programmes.clone(), limits, health.clone(), closing.clone());
        let asked = asked_to_stop().map_err(ServeError::Signals)?;
        let stop = async {
            let watch = async {
                match &programmes {
                    Some(programmes) => tell_health(programmes, &health).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = asked => {}
                never = watch => match never {},
            }
            tracing::info!("shutting down");
            if let Some(programmes) = &programmes {
                programmes.close();
            }
            for service in ["", MATCHING, PROGRAMMES] {
                health.set_service_status(service, ServingStatus::NotServing).await;
            }
        };
        tracing::info!(%address, "serving");
        let token = kept.as_ref().and_then(|kept| kept.token.as_ref());
        ready(Ready { address, token: token.map(Secret::reveal) });
        listener::listen(listener, door, limits, closing, stop).await;
        if let Some(Kept { tasks, .. }) = kept {
            for task in tasks {
                // A task that panicked has been told of; its run is found by the next server.
                let _ = tokio::time::timeout(LAST_WORK, task).await;
            }
        }
        Ok(())
    });
    runtime.shutdown_timeout(LAST_WORK);
    served
}

const MATCHING: &str = MatchingServer::<Arc<Matching>>::NAME;
const PROGRAMMES: &str = ProgrammesServer::<Arc<super::programmes::Programmes>>::NAME;

/// Stored programmes, and the tasks that carry out their runs.
struct Kept {
    programmes: Arc<Programmes>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
    token: Option<Secret>,
}

async fn keep(stored: Stored, matching: &Matching, limits: &Limits) -> Result<Kept, ServeError> {
    let Stored { place, key } = stored;
    let embedded = matches!(place, Where::Sqlite(_));
    let store = Store::open(place, key).await.map_err(Refused::from)?;
    let (slots, threads, workers) = matching.shape();
    let programmes =
        Programmes::new(store, limits.stored(), (slots, threads), workers).map_err(Refused::from)?;
    let token = if embedded { programmes.first_token().await? } else { None };
    let tasks = programmes.start(slots);
    Ok(Kept { programmes, tasks, token })
}

/// Between two looks whether the store answers.
const LOOK: std::time::Duration = std::time::Duration::from_secs(1);

/// Says that programmes are served while the store answers.
async fn tell_health(programmes: &Programmes, health: &HealthReporter) -> std::convert::Infallible {
    loop {
        let status =
            if programmes.ready().await { ServingStatus::Serving } else { ServingStatus::NotServing };
        for service in ["", PROGRAMMES] {
            health.set_service_status(service, status).await;
        }
        tokio::time::sleep(LOOK).await;
    }
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
