//! Tokens: what is kept of them is a keyed hash.

use super::error::StoreError;
use super::tx::{Columns, Desk, Tx};
use super::values::{Millis, ResourceId, TokenRecord};
use sqlx::any::AnyRow;

/// A token to keep.
pub struct NewToken<'a> {
    pub id: &'a ResourceId,
    pub name: &'a str,
    pub scopes: &'a str,
    pub hash: Vec<u8>,
    pub expires: Millis,
}

fn token(row: AnyRow) -> Result<TokenRecord, StoreError> {
    let mut row = Columns::of(row);
    Ok(TokenRecord {
        tenant: row.id()?,
        id: row.id()?,
        name: row.boxed()?,
        scopes: row.boxed()?,
        hash: row.bytes()?,
        created: row.number()?,
        expires: row.number()?,
        revoked: row.maybe_number()?,
    })
}

impl Desk {
    /// Whose token it is, is not known before it is found.
    pub async fn token(&mut self, id: &ResourceId) -> Result<Option<TokenRecord>, StoreError> {
        let sql =
            "SELECT tenant, id, name, scopes, hash, created, expires, revoked FROM tokens WHERE id = $1";
        let found = sqlx::query(sql).bind(id.as_str()).fetch_optional(self.connection()).await?;
        found.map(token).transpose()
    }

    /// Whether there is any token at all.
    pub async fn has_tokens(&mut self) -> Result<bool, StoreError> {
        let found = sqlx::query("SELECT 1 FROM tokens LIMIT 1").fetch_optional(self.connection()).await?;
        Ok(found.is_some())
    }
}

impl Tx {
    pub async fn add_token(&mut self, new: NewToken<'_>, now: Millis) -> Result<(), StoreError> {
        let NewToken { id, name, scopes, hash, expires } = new;
        let sql = "INSERT INTO tokens (tenant, id, name, scopes, hash, created, expires, revoked) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, 0)";
        let (tenant, connection) = self.parts();
        sqlx::query(sql)
            .bind(tenant)
            .bind(id.as_str())
            .bind(name)
            .bind(scopes)
            .bind(hash)
            .bind(now)
            .bind(expires)
            .execute(connection)
            .await?;
        Ok(())
    }

    /// In the order in which they were made.
    pub async fn tokens(&mut self) -> Result<Vec<TokenRecord>, StoreError> {
        let sql = "SELECT tenant, id, name, scopes, hash, created, expires, revoked FROM tokens \
                   WHERE tenant = $1 ORDER BY id";
        let (tenant, connection) = self.parts();
        sqlx::query(sql).bind(tenant).fetch_all(connection).await?.into_iter().map(token).collect()
    }

    /// From now on nobody is let in with it; whether there is such a token.
    pub async fn revoke_token(&mut self, id: &ResourceId, now: Millis) -> Result<bool, StoreError> {
        let sql = "UPDATE tokens SET revoked = CASE WHEN revoked = 0 THEN $1 ELSE revoked END \
                   WHERE tenant = $2 AND id = $3";
        let (tenant, connection) = self.parts();
        let done = sqlx::query(sql).bind(now).bind(tenant).bind(id.as_str()).execute(connection).await?;
        Ok(done.rows_affected() == 1)
    }
}
