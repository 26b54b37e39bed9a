//! Runs, as those see them who have asked for them.

use super::error::StoreError;
use super::tx::{Columns, Tx};
use super::values::{Millis, ResourceId, RunRecord, RunState};
use sqlx::any::AnyRow;

/// A run to queue.
pub struct NewRun<'a> {
    pub programme: &'a ResourceId,
    pub id: &'a ResourceId,
    pub revision: u32,
    pub baseline: Option<&'a ResourceId>,
    pub time_limit: Millis,
    pub author: &'a str,
}

fn run(row: AnyRow) -> Result<RunRecord, StoreError> {
    let mut row = Columns::of(row);
    Ok(RunRecord {
        programme: row.id()?,
        id: row.id()?,
        revision: row.count()?,
        baseline: row.maybe_id()?,
        time_limit: row.number()?,
        state: RunState::stored(&row.text()?)?,
        cancel: row.number()? != 0,
        sequence: row.count()?,
        matched: row.count()?,
        wanted: row.count()?,
        elapsed: row.number()?,
        author: row.boxed()?,
        created: row.number()?,
        ended: row.maybe_number()?,
        plan: row.maybe_id()?,
        failure: row.boxed()?,
    })
}

/// One text for the columns that [`run`] reads.
macro_rules! select_runs {
    ($rest:literal) => {
        concat!(
            "SELECT programme, id, revision, baseline, time_limit, state, cancel, sequence, matched, wanted, \
             elapsed, author, created, ended, plan, failure FROM runs WHERE ",
            $rest
        )
    };
}

impl Tx {
    pub async fn queue_run(&mut self, new: &NewRun<'_>, now: Millis) -> Result<(), StoreError> {
        let NewRun { programme, id, revision, baseline, time_limit, author } = *new;
        let sql = "INSERT INTO runs (tenant, programme, id, revision, baseline, time_limit, state, cancel, sequence, \
                   matched, wanted, elapsed, author, created, ended, owner, fence, heartbeat, plan, failure) \
                   VALUES ($1, $2, $3, $4, $5, $6, 'queued', 0, 1, 0, 0, 0, $7, $8, 0, '', 0, 0, '', '')";
        let (tenant, connection) = self.parts();
        sqlx::query(sql)
            .bind(tenant)
            .bind(programme.as_str())
            .bind(id.as_str())
            .bind(i64::from(revision))
            .bind(baseline.map_or("", ResourceId::as_str))
            .bind(time_limit)
            .bind(author)
            .bind(now)
            .execute(connection)
            .await?;
        Ok(())
    }

    pub async fn run(
        &mut self,
        programme: &ResourceId,
        id: &ResourceId,
    ) -> Result<Option<RunRecord>, StoreError> {
        let sql = select_runs!("tenant = $1 AND programme = $2 AND id = $3");
        let (tenant, connection) = self.parts();
        let found = sqlx::query(sql).bind(tenant).bind(programme.as_str()).bind(id.as_str());
        found.fetch_optional(connection).await?.map(run).transpose()
    }

    /// In the order in which they were queued, those after `after`.
    pub async fn runs(
        &mut self,
        programme: &ResourceId,
        after: &str,
        most: u32,
    ) -> Result<Vec<RunRecord>, StoreError> {
        let sql = select_runs!("tenant = $1 AND programme = $2 AND id > $3 ORDER BY id LIMIT $4");
        let (tenant, connection) = self.parts();
        let found = sqlx::query(sql).bind(tenant).bind(programme.as_str()).bind(after).bind(i64::from(most));
        found.fetch_all(connection).await?.into_iter().map(run).collect()
    }

    /// How many runs of the tenant are not over.
    pub async fn open_runs(&mut self) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM runs WHERE tenant = $1 AND state IN ('queued', 'running')";
        let (tenant, connection) = self.parts();
        Columns::of(sqlx::query(sql).bind(tenant).fetch_one(connection).await?).count()
    }

    /// One that is queued ends here; one that runs is told to stop; one that is over stays as it is.
    pub async fn cancel_run(
        &mut self,
        programme: &ResourceId,
        id: &ResourceId,
        now: Millis,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE runs SET cancel = 1, sequence = sequence + 1, \
                   ended = CASE WHEN state = 'queued' THEN $1 ELSE ended END, \
                   state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END \
                   WHERE tenant = $2 AND programme = $3 AND id = $4 AND state IN ('queued', 'running')";
        let (tenant, connection) = self.parts();
        let query = sqlx::query(sql).bind(now).bind(tenant).bind(programme.as_str()).bind(id.as_str());
        query.execute(connection).await?;
        Ok(())
    }
}
