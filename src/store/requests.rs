//! What requests with an id have made.

use super::error::StoreError;
use super::tx::{Columns, Tx};
use super::values::Millis;

/// How long a request is remembered: longer than any client tries again.
const REMEMBERED: Millis = 7 * 24 * 3_600_000;

/// What is known of a request id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Seen {
    Never,
    /// The same request: what it made.
    Made(Box<str>),
    /// Another request.
    Other,
}

impl Tx {
    /// Whether a request with this id has been done, and was the same.
    pub async fn seen(&mut self, request: &str, fingerprint: &str) -> Result<Seen, StoreError> {
        let sql = "SELECT fingerprint, result FROM requests WHERE tenant = $1 AND id = $2";
        let (tenant, connection) = self.parts();
        let found = sqlx::query(sql).bind(tenant).bind(request).fetch_optional(connection).await?;
        let Some(row) = found else { return Ok(Seen::Never) };
        let mut row = Columns::of(row);
        let (first, result) = (row.text()?, row.boxed()?);
        Ok(if first == fingerprint { Seen::Made(result) } else { Seen::Other })
    }

    /// Remembers what a request made, in the transaction that made it; `Taken` where another server was quicker. Forgets those that
    /// nobody will send again.
    pub async fn remember(
        &mut self,
        request: &str,
        (fingerprint, result): (&str, &str),
        now: Millis,
    ) -> Result<(), StoreError> {
        let (tenant, connection) = self.parts();
        sqlx::query("DELETE FROM requests WHERE tenant = $1 AND created < $2")
            .bind(tenant)
            .bind(now - REMEMBERED)
            .execute(&mut *connection)
            .await?;
        sqlx::query(
            "INSERT INTO requests (tenant, id, fingerprint, result, created) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(tenant)
        .bind(request)
        .bind(fingerprint)
        .bind(result)
        .bind(now)
        .execute(connection)
        .await?;
        Ok(())
    }
}
