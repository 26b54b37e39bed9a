//! Plans with their approvals. A document is sealed, for its sentences may name what was declared.

use super::error::StoreError;
use super::tx::{Columns, Tx};
use super::values::{Approval, Millis, PlanRecord, PlanState, ResourceId};
use sqlx::any::AnyRow;

/// A plan to write.
pub struct NewPlan<'a> {
    pub programme: &'a ResourceId,
    pub id: &'a ResourceId,
    pub run: &'a ResourceId,
    pub revision: u32,
    pub outcome: &'a str,
    pub hash: &'a str,
    /// Sealed before it is written.
    pub document: &'a str,
}

fn place(programme: &ResourceId, plan: &ResourceId) -> String {
    format!("plan/{programme}/{plan}")
}

fn plan(row: AnyRow) -> Result<PlanRecord, StoreError> {
    let mut row = Columns::of(row);
    Ok(PlanRecord {
        programme: row.id()?,
        id: row.id()?,
        run: row.id()?,
        revision: row.count()?,
        state: PlanState::stored(&row.text()?)?,
        outcome: row.boxed()?,
        hash: row.boxed()?,
        created: row.number()?,
    })
}

impl Tx {
    /// `Taken` where the run has one already.
    pub async fn add_plan(&mut self, new: &NewPlan<'_>, now: Millis) -> Result<(), StoreError> {
        let NewPlan { programme, id, run, revision, outcome, hash, document } = *new;
        let sealed = self.key.seal(self.tenant.as_str(), &place(programme, id), document)?;
        let sql = "INSERT INTO plans (tenant, programme, id, run, revision, state, outcome, hash, created, document) \
                   VALUES ($1, $2, $3, $4, $5, 'draft', $6, $7, $8, $9)";
        let (tenant, connection) = self.parts();
        sqlx::query(sql)
            .bind(tenant)
            .bind(programme.as_str())
            .bind(id.as_str())
            .bind(run.as_str())
            .bind(i64::from(revision))
            .bind(outcome)
            .bind(hash)
            .bind(now)
            .bind(sealed)
            .execute(connection)
            .await?;
        Ok(())
    }

    pub async fn plan(
        &mut self,
        programme: &ResourceId,
        id: &ResourceId,
    ) -> Result<Option<PlanRecord>, StoreError> {
        let sql = "SELECT programme, id, run, revision, state, outcome, hash, created FROM plans \
                   WHERE tenant = $1 AND programme = $2 AND id = $3";
        let (tenant, connection) = self.parts();
        let found = sqlx::query(sql).bind(tenant).bind(programme.as_str()).bind(id.as_str());
        found.fetch_optional(connection).await?.map(plan).transpose()
    }

    /// In the order in which they were made, those after `after`.
    pub async fn plans(
        &mut self,
        programme: &ResourceId,
        after: &str,
        most: u32,
    ) -> Result<Vec<PlanRecord>, StoreError> {
        let sql = "SELECT programme, id, run, revision, state, outcome, hash, created FROM plans \
                   WHERE tenant = $1 AND programme = $2 AND id > $3 ORDER BY id LIMIT $4";
        let (tenant, connection) = self.parts();
        let found = sqlx::query(sql).bind(tenant).bind(programme.as_str()).bind(after).bind(i64::from(most));
        found.fetch_all(connection).await?.into_iter().map(plan).collect()
    }

    /// The document as it was written.
    pub async fn document(
        &mut self,
        programme: &ResourceId,
        id: &ResourceId,
    ) -> Result<Option<String>, StoreError> {
        let sql = "SELECT document FROM plans WHERE tenant = $1 AND programme = $2 AND id = $3";
        let (tenant, connection) = self.parts();
        let found = sqlx::query(sql).bind(tenant).bind(programme.as_str()).bind(id.as_str());
        let Some(row) = found.fetch_optional(connection).await? else { return Ok(None) };
        let sealed = Columns::of(row).bytes()?;
        self.key.open(self.tenant.as_str(), &place(programme, id), &sealed).map(Some)
    }

    /// A step forward, from the state before it; whether the plan was in that state.
    pub async fn advance_plan(
        &mut self,
        (programme, id): (&ResourceId, &ResourceId),
        (from, to): (PlanState, PlanState),
        (author, note): (&str, &str),
        now: Millis,
    ) -> Result<bool, StoreError> {
        let step =
            "UPDATE plans SET state = $1 WHERE tenant = $2 AND programme = $3 AND id = $4 AND state = $5";
        let (tenant, connection) = self.parts();
        let moved = sqlx::query(step)
            .bind(to.word())
            .bind(tenant)
            .bind(programme.as_str())
            .bind(id.as_str())
            .bind(from.word())
            .execute(&mut *connection)
            .await?;
        if moved.rows_affected() != 1 {
            return Ok(false);
        }
        let kept = "INSERT INTO approvals (tenant, programme, plan, state, author, note, created) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7)";
        sqlx::query(kept)
            .bind(tenant)
            .bind(programme.as_str())
            .bind(id.as_str())
            .bind(to.word())
            .bind(author)
            .bind(note)
            .bind(now)
            .execute(connection)
            .await?;
        Ok(true)
    }

    /// Who approved and published it, in that order.
    pub async fn approvals(
        &mut self,
        programme: &ResourceId,
        id: &ResourceId,
    ) -> Result<Vec<Approval>, StoreError> {
        let sql = "SELECT state, author, note, created FROM approvals \
                   WHERE tenant = $1 AND programme = $2 AND plan = $3 ORDER BY state";
        let (tenant, connection) = self.parts();
        let found = sqlx::query(sql).bind(tenant).bind(programme.as_str()).bind(id.as_str());
        let approval = |row| {
            let mut row = Columns::of(row);
            let state = PlanState::stored(&row.text()?)?;
            Ok(Approval { state, author: row.boxed()?, note: row.boxed()?, created: row.number()? })
        };
        found.fetch_all(connection).await?.into_iter().map(approval).collect()
    }
}
