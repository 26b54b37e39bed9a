//! Which database, and what is set on each connection to it.

use super::error::StoreError;
use super::seal::MasterKey;
use super::tx::{Desk, Tx};
use super::values::ResourceId;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Any, AnyConnection, AnyPool, Connection, Executor, SqlSafeStr, Transaction};
use std::borrow::Cow;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// How long a call waits for a connection; with [`PATIENCE`] it answers within two seconds.
const ACQUIRE: Duration = Duration::from_millis(1_500);
/// How long a transaction may take before the store counts as gone.
const PATIENCE: Duration = Duration::from_millis(1_800);
/// More connections than that gain nothing on SQLite, which has one writer, and are a small part of PostgreSQL's hundred.
const CONNECTIONS: u32 = 8;

/// On every connection to SQLite. A commit is on the disk when it is acknowledged; what is deleted is overwritten.
const SQLITE: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
     PRAGMA busy_timeout = 1500; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF";
/// On every connection to PostgreSQL, once the schema is there: as the role that owns nothing.
const POSTGRES: &str = "SET synchronous_commit = on; SET statement_timeout = '1500ms'; SET lock_timeout = '1000ms'; \
     SET idle_in_transaction_session_timeout = '10s'; SET ROLE dyad_app";

/// A database by its address: `sqlite:FILE`, or `postgres://…` as libpq has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Where {
    Sqlite(PathBuf),
    Postgres(String),
}

impl FromStr for Where {
    type Err = String;

    fn from_str(address: &str) -> Result<Self, String> {
        match address.split_once(':') {
            Some(("sqlite", file)) if !file.is_empty() && !file.contains(['?', '#', '%']) => {
                Ok(Self::Sqlite(file.trim_start_matches("//").into()))
            }
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                Ok(Self::Postgres(address.to_owned()))
            }
            _ => Err("sqlite:FILE or postgres://USER@HOST/DATABASE".to_owned()),
        }
    }
}

impl Where {
    fn url(&self) -> Result<String, StoreError> {
        match self {
            Self::Postgres(url) => Ok(url.clone()),
            Self::Sqlite(file) => {
                let file =
                    file.to_str().ok_or_else(|| StoreError::Address("the path is no text".to_owned()))?;
                Ok(format!("sqlite:{file}"))
            }
        }
    }

    const fn settings(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => SQLITE,
            Self::Postgres(_) => POSTGRES,
        }
    }

    fn migrations(&self) -> Vec<Migration> {
        let steps = match self {
            Self::Sqlite(_) => [include_str!("../../migrations/sqlite/0001_first.sql")],
            Self::Postgres(_) => [include_str!("../../migrations/postgres/0001_first.sql")],
        };
        let migration = |(at, sql): (i64, &'static str)| {
            let text = sql.into_sql_str();
            Migration::new(at, Cow::Borrowed("dyad"), MigrationType::Simple, text, false)
        };
        (1..).zip(steps).map(migration).collect()
    }
}

/// An open store. Clones share it.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    kind: Where,
    key: Arc<MasterKey>,
}

impl Store {
    /// Opens a store, brings its schema forward, and checks that the key is the one it was made with. SQLite's file is made where
    /// there is none, for nobody else to read.
    pub async fn open(kind: Where, key: MasterKey) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        if let Where::Sqlite(file) = &kind {
            create(file).map_err(|e| StoreError::Address(format!("{}: {e}", file.display())))?;
        }
        let options = AnyConnectOptions::from_str(&kind.url()?)?;
        let mut first = AnyConnection::connect_with(&options).await?;
        if let Where::Sqlite(_) = kind {
            first.execute(SQLITE).await?;
        }
        Migrator::with_migrations(kind.migrations()).run(&mut first).await?;
        first.close().await?;
        let settings = kind.settings();
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE)
            .after_connect(move |connection, _| {
                Box::pin(async move { connection.execute(settings).await.map(|_| ()) })
            })
            .connect_with(options)
            .await?;
        let store = Self { pool, kind, key: Arc::new(key) };
        store.check_key().await?;
        Ok(store)
    }

    /// The first to open a store seals a word; whoever opens it later must be able to read it.
    async fn check_key(&self) -> Result<(), StoreError> {
        let mut desk = self.desk().await?;
        let word = self.key.seal("*", "key", "dyad")?;
        sqlx::query("INSERT INTO settings (name, value) VALUES ('key', $1) ON CONFLICT (name) DO NOTHING")
            .bind(word)
            .execute(desk.connection())
            .await?;
        let row =
            sqlx::query("SELECT value FROM settings WHERE name = 'key'").fetch_one(desk.connection()).await?;
        let sealed: Vec<u8> = sqlx::Row::try_get(&row, 0)?;
        desk.commit().await?;
        if self.key.open("*", "key", &sealed)? == "dyad" { Ok(()) } else { Err(StoreError::WrongKey) }
    }

    /// A transaction in which something may change. On SQLite it waits for the one before it.
    pub async fn write(&self, tenant: &ResourceId) -> Result<Tx, StoreError> {
        let connection = self.begin(tenant.as_str(), true).await?;
        Ok(Tx::new(connection, tenant.clone(), self.key.clone()))
    }

    /// A transaction that only reads.
    pub async fn read(&self, tenant: &ResourceId) -> Result<Tx, StoreError> {
        let connection = self.begin(tenant.as_str(), false).await?;
        Ok(Tx::new(connection, tenant.clone(), self.key.clone()))
    }

    /// A transaction for the server's own work, which belongs to no tenant.
    pub async fn desk(&self) -> Result<Desk, StoreError> {
        Ok(Desk::new(self.begin("*", true).await?))
    }

    /// The same, to read only.
    pub async fn reading_desk(&self) -> Result<Desk, StoreError> {
        Ok(Desk::new(self.begin("*", false).await?))
    }

    async fn begin(&self, tenant: &str, writes: bool) -> Result<Transaction<'static, Any>, StoreError> {
        match self.kind {
            Where::Sqlite(_) if writes => Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?),
            Where::Sqlite(_) => Ok(self.pool.begin().await?),
            Where::Postgres(_) => {
                let mut transaction = self.pool.begin().await?;
                // Ends with the transaction, and row-level security asks for it.
                sqlx::query("SELECT set_config('dyad.tenant', $1, true)")
                    .bind(tenant)
                    .execute(&mut *transaction)
                    .await?;
                Ok(transaction)
            }
        }
    }

    /// HMAC-SHA-256 under the store's key: what is kept of a token.
    pub fn keyed_hash(&self, text: &[u8]) -> Vec<u8> {
        self.key.keyed("token", text).to_vec()
    }

    /// Gives a transaction as long as the store may take; a store that hangs is gone.
    pub async fn within<T>(work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let late = || StoreError::Gone("no answer in time".to_owned());
        tokio::time::timeout(PATIENCE, work).await.map_err(|_| late())?
    }

    /// Ends every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Makes the file, where it is not there, so that only its owner reads it; SQLite gives the files beside it the same mode.
fn create(file: &std::path::Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::Where;

    #[test]
    fn addresses_say_which_database() {
        assert_eq!("sqlite:dyad.db".parse(), Ok(Where::Sqlite("dyad.db".into())));
        assert_eq!("sqlite:///var/lib/dyad.db".parse(), Ok(Where::Sqlite("/var/lib/dyad.db".into())));
        let url = "postgres://dyad@localhost/dyad";
        assert_eq!(url.parse(), Ok(Where::Postgres(url.to_owned())));
        for wrong in ["", "sqlite:", "dyad.db", "mysql://x/y", "postgres:", "sqlite:a?mode=memory"] {
            assert!(wrong.parse::<Where>().is_err(), "{wrong}");
        }
    }
}
