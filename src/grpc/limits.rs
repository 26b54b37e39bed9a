//! A limit on everything that somebody outside can make the service hold or do, and where its number comes from.

use crate::service::stored::Bounds;
use std::time::Duration;

/// What the server allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// At once. An idle one costs some kilobytes; where the system gives fewer descriptors, the accept loop waits for one.
    pub connections: usize,
    /// At once from one address: a machine room behind one address, not a flood.
    pub connections_per_address: usize,
    /// From the accept until the first 24 bytes say which HTTP it is; a client sends them at once.
    pub preface: Duration,
    /// Until the headers of an HTTP/1.1 request are complete. In HTTP/2 nobody can answer a ping in the middle of headers,
    /// so [`Limits::ping`] and [`Limits::pong`] bound them.
    pub headers: Duration,
    /// Between two pings to a client.
    pub ping: Duration,
    /// From a ping to its answer.
    pub pong: Duration,
    /// Without a call. Longer than a person looks away, shorter than most firewalls forget.
    pub idle: Duration,
    /// From the deadline of a call until its connection is closed because the client does not take the answer.
    pub stalled: Duration,
    /// Calls at once on one connection.
    pub streams: u32,
    /// Streams that the client reset before they were taken up (the rapid reset attack); that many, then GOAWAY.
    pub reset_streams: usize,
    /// Streams that we reset for errors of the client (the made-you-reset attack); that many, then GOAWAY.
    pub error_streams: usize,
    /// Bytes of headers of a call.
    pub header_bytes: u32,
    /// Bytes of one message that comes in: some 20,000 people with all their facts.
    pub message_in: usize,
    /// Bytes of one message that goes out: a plan is larger than its roster, for every pair has its reasons.
    pub message_out: usize,
    /// Calls of the service at once, all connections together.
    pub in_flight: usize,
    /// Solves that wait for a slot.
    pub queue: usize,
    /// Other work that waits for a thread; it is short.
    pub short_queue: usize,
    /// Pairs that the rules may be asked about: until they have been asked, a search cannot be stopped.
    pub pairs: u64,
    /// Runs of one tenant that are queued or carried out.
    pub tenant_runs: usize,
    /// For short calls that set no deadline.
    pub short_deadline: Duration,
    /// For a search that sets no time limit.
    pub time_limit: Duration,
    /// The longest deadline and the longest time limit.
    pub longest: Duration,
    /// From the wish to shut down to the end.
    pub drain: Duration,
}

impl Limits {
    /// What a server has that nobody has configured.
    pub const DEFAULT: Self = Self {
        connections: 2_048,
        connections_per_address: 64,
        preface: Duration::from_secs(5),
        headers: Duration::from_secs(10),
        ping: Duration::from_secs(10),
        pong: Duration::from_secs(10),
        idle: Duration::from_mins(5),
        stalled: Duration::from_secs(5),
        streams: 100,
        reset_streams: 100,
        error_streams: 100,
        header_bytes: 16 << 10,
        message_in: 4 << 20,
        message_out: 16 << 20,
        in_flight: 256,
        queue: 32,
        short_queue: 64,
        pairs: 5_000_000,
        tenant_runs: 4,
        short_deadline: Duration::from_secs(10),
        time_limit: Duration::from_mins(1),
        longest: Duration::from_mins(10),
        drain: Duration::from_secs(25),
    };

    /// What of it concerns stored programmes.
    pub const fn stored(&self) -> Bounds {
        Bounds {
            pairs: self.pairs,
            short_queue: self.short_queue,
            tenant_runs: self.tenant_runs,
            time_limit: self.time_limit,
            longest: self.longest,
        }
    }
}
