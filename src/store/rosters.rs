//! Revisions of rosters: written once, read for ever, gone with their programme.

use super::error::StoreError;
use super::tx::{Columns, Tx};
use super::values::{Millis, ResourceId, RosterRecord};

/// A revision to write.
pub struct NewRoster<'a> {
    pub programme: &'a ResourceId,
    pub revision: u32,
    pub etag: &'a str,
    pub instance: &'a str,
    pub author: &'a str,
    /// Everything but the declarations.
    pub body: &'a str,
    /// Sealed before they are written.
    pub declarations: &'a str,
}

/// Where a revision's declarations belong.
fn place(programme: &ResourceId, revision: u32) -> String {
    format!("declarations/{programme}/{revision}")
}

impl Tx {
    /// `Taken` where there is one of that number.
    pub async fn add_roster(&mut self, roster: &NewRoster<'_>, now: Millis) -> Result<(), StoreError> {
        let NewRoster { programme, revision, etag, instance, author, body, declarations } = *roster;
        let sealed = self.key.seal(self.tenant.as_str(), &place(programme, revision), declarations)?;
        let sql = "INSERT INTO rosters \
                   (tenant, programme, revision, etag, instance, author, created, body, declarations) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let (tenant, connection) = self.parts();
        sqlx::query(sql)
            .bind(tenant)
            .bind(programme.as_str())
            .bind(i64::from(revision))
            .bind(etag)
            .bind(instance)
            .bind(author)
            .bind(now)
            .bind(body)
            .bind(sealed)
            .execute(connection)
            .await?;
        Ok(())
    }

    pub async fn roster(
        &mut self,
        programme: &ResourceId,
        revision: u32,
    ) -> Result<Option<RosterRecord>, StoreError> {
        let sql = "SELECT etag, instance, author, created, body, declarations FROM rosters \
                   WHERE tenant = $1 AND programme = $2 AND revision = $3";
        let (tenant, connection) = self.parts();
        let row = sqlx::query(sql).bind(tenant).bind(programme.as_str()).bind(i64::from(revision));
        let Some(row) = row.fetch_optional(connection).await? else { return Ok(None) };
        let mut row = Columns::of(row);
        let (etag, instance, author) = (row.boxed()?, row.boxed()?, row.boxed()?);
        let (created, body, sealed) = (row.number()?, row.text()?, row.bytes()?);
        let declarations = self.key.open(self.tenant.as_str(), &place(programme, revision), &sealed)?;
        let programme = programme.clone();
        Ok(Some(RosterRecord { programme, revision, etag, instance, author, created, body, declarations }))
    }
}
