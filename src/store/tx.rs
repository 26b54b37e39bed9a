//! Transactions. What is not committed has not happened.

use super::error::StoreError;
use super::seal::MasterKey;
use super::values::ResourceId;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, Row, Transaction};
use std::sync::Arc;

/// A transaction of one tenant: every statement in it names the tenant, and PostgreSQL sees to it a second time.
pub struct Tx {
    inner: Transaction<'static, Any>,
    pub(super) tenant: ResourceId,
    pub(super) key: Arc<MasterKey>,
}

impl Tx {
    pub(super) const fn new(
        inner: Transaction<'static, Any>,
        tenant: ResourceId,
        key: Arc<MasterKey>,
    ) -> Self {
        Self { inner, tenant, key }
    }

    /// The tenant and the connection, for a statement that names the one and runs on the other.
    pub(super) fn parts(&mut self) -> (&str, &mut AnyConnection) {
        (self.tenant.as_str(), &mut self.inner)
    }

    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.inner.commit().await?)
    }
}

/// A transaction of the server itself.
pub struct Desk {
    inner: Transaction<'static, Any>,
}

impl Desk {
    pub(super) const fn new(inner: Transaction<'static, Any>) -> Self {
        Self { inner }
    }

    pub(super) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }

    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.inner.commit().await?)
    }
}

/// The columns of a row, one after another.
pub(super) struct Columns {
    row: AnyRow,
    next: usize,
}

impl Columns {
    pub fn of(row: AnyRow) -> Self {
        Self { row, next: 0 }
    }

    fn step(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    pub fn text(&mut self) -> Result<String, StoreError> {
        let at = self.step();
        Ok(self.row.try_get(at)?)
    }

    pub fn boxed(&mut self) -> Result<Box<str>, StoreError> {
        self.text().map(Into::into)
    }

    pub fn id(&mut self) -> Result<ResourceId, StoreError> {
        ResourceId::stored(&self.text()?)
    }

    /// Blank means none.
    pub fn maybe_id(&mut self) -> Result<Option<ResourceId>, StoreError> {
        let text = self.text()?;
        if text.is_empty() { Ok(None) } else { ResourceId::stored(&text).map(Some) }
    }

    pub fn number(&mut self) -> Result<i64, StoreError> {
        let at = self.step();
        Ok(self.row.try_get(at)?)
    }

    /// 0 means none.
    pub fn maybe_number(&mut self) -> Result<Option<i64>, StoreError> {
        self.number().map(|number| Some(number).filter(|number| *number != 0))
    }

    pub fn count<T: TryFrom<i64>>(&mut self) -> Result<T, StoreError> {
        let number = self.number()?;
        T::try_from(number).map_err(|_| StoreError::broken(format!("{number} is no count")))
    }

    pub fn bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        let at = self.step();
        Ok(self.row.try_get(at)?)
    }
}

/// A count for a column. Nothing that is counted here comes near 2^63.
pub(super) fn column(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
