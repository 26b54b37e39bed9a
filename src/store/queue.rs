//! Runs, as those see them who carry them out: taken up once, kept alive, ended by whoever took them up last.
//!
//! A run that is taken up gets a fence one higher than before. Whatever its server writes names that fence, so a server that was
//! thought dead, and is not, writes nothing: somebody else has a higher one.

use super::error::StoreError;
use super::tx::{Columns, Desk, Tx, column};
use super::values::{Claim, Millis, RunState};

impl Desk {
    /// Takes up the run that has waited longest; `None` where none waits or somebody else was quicker.
    pub async fn claim_run(&mut self, owner: &str, now: Millis) -> Result<Option<Claim>, StoreError> {
        let waiting = "SELECT tenant, programme, id, fence FROM runs WHERE state = 'queued' \
                       ORDER BY created, id LIMIT 1";
        let Some(row) = sqlx::query(waiting).fetch_optional(self.connection()).await? else {
            return Ok(None);
        };
        let mut row = Columns::of(row);
        let (tenant, programme, run, fence) = (row.id()?, row.id()?, row.id()?, row.number()?);
        let take = "UPDATE runs SET state = 'running', fence = $1, owner = $2, heartbeat = $3, \
                    sequence = sequence + 1 \
                    WHERE tenant = $4 AND programme = $5 AND id = $6 AND state = 'queued' AND fence = $7";
        let taken = sqlx::query(take)
            .bind(fence + 1)
            .bind(owner)
            .bind(now)
            .bind(tenant.as_str())
            .bind(programme.as_str())
            .bind(run.as_str())
            .bind(fence)
            .execute(self.connection())
            .await?;
        Ok((taken.rows_affected() == 1).then_some(Claim { tenant, programme, run, fence: fence + 1 }))
    }

    /// Queues again every run whose server has not been heard of since `before`; how many there were. One that was to be
    /// cancelled is cancelled.
    pub async fn requeue_lost(&mut self, before: Millis, now: Millis) -> Result<u64, StoreError> {
        let sql = "UPDATE runs SET owner = '', sequence = sequence + 1, \
                   ended = CASE WHEN cancel = 1 THEN $1 ELSE 0 END, \
                   state = CASE WHEN cancel = 1 THEN 'cancelled' ELSE 'queued' END \
                   WHERE state = 'running' AND heartbeat < $2";
        let lost = sqlx::query(sql).bind(now).bind(before).execute(self.connection()).await?;
        Ok(lost.rows_affected())
    }
}

impl Tx {
    /// Says that the run is alive and how far it has come; whether it is to stop. `None` where it is no longer ours.
    pub async fn beat(
        &mut self,
        claim: &Claim,
        (matched, wanted): (u64, u64),
        elapsed: Millis,
        now: Millis,
    ) -> Result<Option<bool>, StoreError> {
        let sql = "UPDATE runs SET heartbeat = $1, matched = $2, wanted = $3, elapsed = $4, sequence = sequence + 1 \
                   WHERE tenant = $5 AND programme = $6 AND id = $7 AND state = 'running' AND fence = $8 \
                   RETURNING cancel";
        let (tenant, connection) = self.parts();
        let row = sqlx::query(sql)
            .bind(now)
            .bind(column(matched))
            .bind(column(wanted))
            .bind(elapsed)
            .bind(tenant)
            .bind(claim.programme.as_str())
            .bind(claim.run.as_str())
            .bind(claim.fence)
            .fetch_optional(connection)
            .await?;
        row.map(|row| Columns::of(row).number().map(|cancel| cancel != 0)).transpose()
    }

    /// Ends the run, or queues it again; whether it was still ours. What else is written in this transaction counts only then.
    pub async fn leave_run(
        &mut self,
        claim: &Claim,
        state: RunState,
        (plan, failure): (&str, &str),
        now: Millis,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE runs SET state = $1, plan = $2, failure = $3, owner = '', sequence = sequence + 1, \
                   ended = $4 \
                   WHERE tenant = $5 AND programme = $6 AND id = $7 AND state = 'running' AND fence = $8";
        let (tenant, connection) = self.parts();
        let left = sqlx::query(sql)
            .bind(state.word())
            .bind(plan)
            .bind(failure)
            .bind(if state.over() { now } else { 0 })
            .bind(tenant)
            .bind(claim.programme.as_str())
            .bind(claim.run.as_str())
            .bind(claim.fence)
            .execute(connection)
            .await?;
        Ok(left.rows_affected() == 1)
    }
}
