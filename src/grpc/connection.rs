//! One connection, from its first byte to its end: which HTTP it speaks, with every limit set, closed when it is idle, when
//! its client takes no answer, and when the server shuts down.

use super::activity::Activity;
use super::guard::Guard;
use super::limits::Limits;
use super::rewound::Rewound;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::io;
use std::pin::pin;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Duration, Instant, MissedTickBehavior, interval, timeout};
use tonic::body::Body;
use tonic_web::GrpcWebService;
use tower_service::Service;

/// What a client of HTTP/2 sends first (RFC 9113, 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How often a connection is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// The largest message that is buffered for a slow client, per stream.
const SEND_BUFFER: usize = 1 << 20;
/// Bytes a client may send before somebody reads them: per stream, and for the connection.
const WINDOWS: (u32, u32) = (1 << 20, 4 << 20);

/// What stands before every service on a connection: browsers' gRPC becomes gRPC.
pub type Door = GrpcWebService<Guard>;

/// Looks after a connection of either version: they have no trait in common.
macro_rules! watched {
    ($connection:ident, $activity:ident, $limits:ident, $stop:ident) => {{
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stopping = false;
        loop {
            tokio::select! {
                // Whatever ended it, the client knows; nothing of it is ours.
                _ = $connection.as_mut() => return,
                _ = looks.tick() => {
                    if $activity.over(Instant::now(), &$limits) {
                        return;
                    }
                }
                _ = $stop.wait_for(|stop| *stop), if !stopping => {
                    stopping = true;
                    $connection.as_mut().graceful_shutdown();
                }
            }
        }
    }};
}

/// Serves until the client goes, the connection is over, or `stop` turns true and the calls in flight have ended.
pub async fn serve(mut stream: TcpStream, door: Door, limits: Limits, mut stop: watch::Receiver<bool>) {
    // Answers are small and waited for. A socket that cannot be set is still a socket.
    let _ = stream.set_nodelay(true);
    let Ok(Ok((version, seen))) = timeout(limits.preface, first_bytes(&mut stream)).await else { return };
    let io = TokioIo::new(Rewound::new(seen, stream));
    let activity = Activity::new();
    let calls = activity.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(calls.clone());
        let mut door = door.clone();
        async move { door.call(request.map(Body::new)).await }
    });
    match version {
        Version::Http2 => {
            let mut builder = http2::Builder::new(TokioExecutor::new());
            builder
                .timer(TokioTimer::new())
                .max_concurrent_streams(limits.streams)
                .max_pending_accept_reset_streams(limits.reset_streams)
                .max_local_error_reset_streams(limits.error_streams)
                .max_header_list_size(limits.header_bytes)
                .max_send_buf_size(SEND_BUFFER)
                .initial_stream_window_size(WINDOWS.0)
                .initial_connection_window_size(WINDOWS.1)
                .keep_alive_interval(limits.ping)
                .keep_alive_timeout(limits.pong);
            let mut connection = pin!(builder.serve_connection(io, service));
            watched!(connection, activity, limits, stop);
        }
        Version::Http1 => {
            let mut builder = http1::Builder::new();
            builder
                .timer(TokioTimer::new())
                .header_read_timeout(limits.headers)
                .max_buf_size(limits.header_bytes as usize)
                .pipeline_flush(false);
            let mut connection = pin!(builder.serve_connection(io, service));
            watched!(connection, activity, limits, stop);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Version {
    Http1,
    Http2,
}

/// Reads until it is certain which version the client speaks; what was read belongs to the connection.
async fn first_bytes(stream: &mut TcpStream) -> io::Result<(Version, Vec<u8>)> {
    let mut seen = [0; PREFACE.len()];
    let mut length = 0;
    loop {
        match stream.read(&mut seen[length..]).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            more => length += more,
        }
        if !PREFACE.starts_with(&seen[..length]) {
            return Ok((Version::Http1, seen[..length].to_vec()));
        }
        if length == PREFACE.len() {
            return Ok((Version::Http2, seen.to_vec()));
        }
    }
}
