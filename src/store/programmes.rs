//! Tenants and programmes.

use super::error::StoreError;
use super::tx::{Columns, Desk, Tx};
use super::values::{Millis, Programme, ResourceId};
use sqlx::any::AnyRow;

fn programme(row: AnyRow) -> Result<Programme, StoreError> {
    let mut row = Columns::of(row);
    Ok(Programme {
        id: row.id()?,
        title: row.boxed()?,
        revision: row.count()?,
        created: row.number()?,
        updated: row.number()?,
    })
}

impl Desk {
    /// Makes a tenant where there is none of that name.
    pub async fn found_tenant(&mut self, tenant: &ResourceId, now: Millis) -> Result<(), StoreError> {
        let sql = "INSERT INTO tenants (id, created, audit_number, audit_hash) VALUES ($1, $2, 0, '') \
                   ON CONFLICT (id) DO NOTHING";
        sqlx::query(sql).bind(tenant.as_str()).bind(now).execute(self.connection()).await?;
        Ok(())
    }
}

impl Tx {
    /// `Taken` where there is one with this id.
    pub async fn create_programme(
        &mut self,
        id: &ResourceId,
        title: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO programmes (tenant, id, title, revision, created, updated) \
                   VALUES ($1, $2, $3, 0, $4, $4)";
        let (tenant, connection) = self.parts();
        sqlx::query(sql).bind(tenant).bind(id.as_str()).bind(title).bind(now).execute(connection).await?;
        Ok(())
    }

    pub async fn programme(&mut self, id: &ResourceId) -> Result<Option<Programme>, StoreError> {
        let sql =
            "SELECT id, title, revision, created, updated FROM programmes WHERE tenant = $1 AND id = $2";
        let (tenant, connection) = self.parts();
        let row = sqlx::query(sql).bind(tenant).bind(id.as_str()).fetch_optional(connection).await?;
        row.map(programme).transpose()
    }

    /// By id, those after `after`.
    pub async fn programmes(&mut self, after: &str, most: u32) -> Result<Vec<Programme>, StoreError> {
        let sql = "SELECT id, title, revision, created, updated FROM programmes \
                   WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3";
        let (tenant, connection) = self.parts();
        let rows = sqlx::query(sql).bind(tenant).bind(after).bind(i64::from(most));
        rows.fetch_all(connection).await?.into_iter().map(programme).collect()
    }

    /// Sets the latest revision where the one before is still the latest; whether it was.
    pub async fn advance(
        &mut self,
        id: &ResourceId,
        from: u32,
        to: u32,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE programmes SET revision = $1, updated = $2 \
                   WHERE tenant = $3 AND id = $4 AND revision = $5";
        let (tenant, connection) = self.parts();
        let done = sqlx::query(sql).bind(i64::from(to)).bind(now).bind(tenant).bind(id.as_str());
        Ok(done.bind(i64::from(from)).execute(connection).await?.rows_affected() == 1)
    }

    /// The programme with everything that belongs to it; whether there was one.
    pub async fn delete_programme(&mut self, id: &ResourceId) -> Result<bool, StoreError> {
        let (tenant, connection) = self.parts();
        let gone = sqlx::query("DELETE FROM programmes WHERE tenant = $1 AND id = $2");
        Ok(gone.bind(tenant).bind(id.as_str()).execute(connection).await?.rows_affected() == 1)
    }
}
