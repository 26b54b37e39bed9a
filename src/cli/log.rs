//! What the program does and how long it takes, on standard error, for those who ask: counts and times, never a name.

use clap::ValueEnum;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// How much is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
    /// What an empty variable says: nothing, as if it were not set.
    #[value(name = "", hide = true)]
    Unset,
}

impl LogLevel {
    const fn filter(self) -> LevelFilter {
        match self {
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
            Self::Trace => LevelFilter::TRACE,
            Self::Unset => LevelFilter::OFF,
        }
    }
}

/// Tells everything up to the level from here on; a span tells at its end how long it was.
pub fn start(level: LogLevel) {
    tracing_subscriber::fmt()
        .with_max_level(level.filter())
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .init();
}
