//! Why the store has no answer, and what the two databases call it.

use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;

/// A closed list: the doors map each of them.
#[derive(thiserror::Error, Clone, PartialEq, Eq, Debug)]
pub enum StoreError {
    /// It cannot be reached, or does not answer in time: come again.
    #[error("the store cannot be reached: {0}")]
    Gone(String),
    /// Nothing more fits; reading goes on.
    #[error("the store is full")]
    Full,
    /// Somebody else has the same key.
    #[error("the key is taken")]
    Taken,
    /// Written by a later version of dyad.
    #[error("the store was written by a later version of dyad (schema {0})")]
    Newer(i64),
    /// The key does not open what is sealed there.
    #[error("the key is not the one that this store was made with")]
    WrongKey,
    /// The address is none, or nobody is let in there.
    #[error("{0}")]
    Address(String),
    /// What is there cannot be: a failure of ours, or of the disk.
    #[error("the store is damaged or not ours: {0}")]
    Broken(String),
}

impl StoreError {
    #[expect(clippy::needless_pass_by_value, reason = "handed to `map_err` as it is")]
    pub(super) fn broken(what: impl ToString) -> Self {
        Self::Broken(what.to_string())
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => of_database(&*error),
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Gone(error.to_string())
            }
            sqlx::Error::Io(error) => Self::Gone(error.to_string()),
            error @ (sqlx::Error::Configuration(_) | sqlx::Error::Tls(_)) => Self::Address(error.to_string()),
            other => Self::broken(other),
        }
    }
}

/// SQLite numbers its errors (the low byte is the kind), PostgreSQL has five letters (SQLSTATE, the first two are the class).
fn of_database(error: &dyn DatabaseError) -> StoreError {
    if error.is_unique_violation() {
        return StoreError::Taken;
    }
    let (code, says) = (error.code().unwrap_or_default(), error.message().to_owned());
    if let Ok(number) = code.parse::<u32>().map(|number| number & 0xff)
        && code.len() < 5
    {
        return match number {
            13 => StoreError::Full,
            // Busy, locked, read-only, I/O error, cannot open.
            5 | 6 | 8 | 10 | 14 => StoreError::Gone(says),
            _ => StoreError::Broken(says),
        };
    }
    match &*code {
        "53100" => StoreError::Full,
        // A lock or a statement took too long, or two transactions crossed.
        "55P03" | "57014" | "40001" | "40P01" | "25006" => StoreError::Gone(says),
        // Nobody is let in with this name and password, or there is no such database.
        "28000" | "28P01" | "3D000" => StoreError::Address(says),
        code if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) => {
            StoreError::Gone(says)
        }
        _ => StoreError::Broken(says),
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => {
                Self::Newer(version)
            }
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Self::broken(other),
        }
    }
}
