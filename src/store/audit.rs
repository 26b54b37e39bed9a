//! The audit chain: who did what to what, each entry with the hash of the one before, so that nothing can be taken out or changed
//! without all that follows telling. Names and declarations are not in it, only ids.

use super::error::StoreError;
use super::seal::hex;
use super::tx::{Columns, Tx};
use super::values::{AuditEntry, Millis};
use sha2::{Digest, Sha256};

/// The hash of an entry. Fields are told apart by their length.
fn chained(before: &str, number: u64, created: Millis, fields: [&str; 3]) -> String {
    let mut digest = Sha256::new();
    for field in [before, &number.to_string(), &created.to_string()].into_iter().chain(fields) {
        digest.update(field.len().to_le_bytes());
        digest.update(field.as_bytes());
    }
    hex(&digest.finalize())
}

impl Tx {
    /// Writes an entry at the end of the tenant's chain. The tenant's row is held until the transaction ends, so entries have an
    /// order.
    pub async fn audit(
        &mut self,
        actor: &str,
        action: &str,
        subject: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        let (tenant, connection) = self.parts();
        let head = "UPDATE tenants SET audit_number = audit_number + 1 WHERE id = $1 \
                    RETURNING audit_number, audit_hash";
        let row = sqlx::query(head).bind(tenant).fetch_optional(&mut *connection).await?;
        let mut row = Columns::of(row.ok_or_else(|| StoreError::broken("the tenant is not there"))?);
        let (number, before): (u64, String) = (row.count()?, row.text()?);
        let hash = chained(&before, number, now, [actor, action, subject]);
        let entry = "INSERT INTO audit (tenant, number, created, actor, action, subject, hash) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7)";
        sqlx::query(entry)
            .bind(tenant)
            .bind(super::tx::column(number))
            .bind(now)
            .bind(actor)
            .bind(action)
            .bind(subject)
            .bind(&*hash)
            .execute(&mut *connection)
            .await?;
        let sql = "UPDATE tenants SET audit_hash = $1 WHERE id = $2";
        sqlx::query(sql).bind(&*hash).bind(tenant).execute(connection).await?;
        Ok(())
    }

    /// The whole chain, from the first entry, after it has been computed again; an entry that does not fit is damage.
    pub async fn audit_chain(&mut self) -> Result<Vec<AuditEntry>, StoreError> {
        let (tenant, connection) = self.parts();
        let sql = "SELECT number, created, actor, action, subject, hash FROM audit \
                   WHERE tenant = $1 ORDER BY number";
        let rows = sqlx::query(sql).bind(tenant).fetch_all(&mut *connection).await?;
        let (mut entries, mut before) = (Vec::new(), String::new());
        for (at, row) in (1..).zip(rows) {
            let mut row = Columns::of(row);
            let number: u64 = row.count()?;
            let created = row.number()?;
            let (actor, action, subject) = (row.boxed()?, row.boxed()?, row.boxed()?);
            let hash = row.boxed()?;
            if number != at || *hash != *chained(&before, number, created, [&*actor, &*action, &*subject]) {
                return Err(StoreError::broken(format!("entry {at} of the audit chain")));
            }
            before = hash.to_string();
            entries.push(AuditEntry { number, created, actor, action, subject, hash });
        }
        let row = sqlx::query("SELECT audit_hash FROM tenants WHERE id = $1").bind(tenant);
        let head = Columns::of(row.fetch_one(connection).await?).text()?;
        if head == before { Ok(entries) } else { Err(StoreError::broken("the end of the audit chain")) }
    }
}
