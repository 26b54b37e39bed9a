//! What the store hands out and takes: values of its own, no rows.

use super::error::StoreError;
use super::seal::random;
use std::fmt;

/// Milliseconds since 1970; the store has no clock of its own.
pub type Millis = i64;

/// The id of a tenant, a programme, a run, a plan or a token: 1 to 63 of `a`–`z`, `0`–`9` and `-`, a letter or digit first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ResourceId(Box<str>);

impl ResourceId {
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let first = text.bytes().next().is_some_and(fits);
        let rest = text.bytes().all(|b| fits(b) || b == b'-');
        (first && rest && text.len() <= 63).then(|| Self(text.into()))
    }

    /// An id that nobody else has, and that sorts after every earlier one.
    pub fn fresh(now: Millis) -> Result<Self, StoreError> {
        let number = u64::from_le_bytes(random()?);
        Ok(Self(format!("{now:012x}{number:016x}").into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Out of a column: what is not such an id is damage.
    pub(super) fn stored(text: &str) -> Result<Self, StoreError> {
        Self::parse(text).ok_or_else(|| StoreError::broken(format!("{text:?} is no id")))
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $member:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name { $($(#[$each])* $member),* }

        impl $name {
            pub const fn word(self) -> &'static str {
                match self { $(Self::$member => $word),* }
            }

            pub(super) fn stored(word: &str) -> Result<Self, StoreError> {
                match word {
                    $($word => Ok(Self::$member),)*
                    _ => Err(StoreError::broken(format!("{word:?} is no state"))),
                }
            }
        }
    };
}

words! {
    /// Where a run is.
    RunState {
        Queued = "queued",
        Running = "running",
        /// It has a plan.
        Succeeded = "succeeded",
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

words! {
    /// How far a plan has come; it only goes forward.
    PlanState {
        Draft = "draft",
        Approved = "approved",
        Published = "published",
    }
}

impl RunState {
    /// Nothing more will happen.
    pub const fn over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Programme {
    pub id: ResourceId,
    pub title: Box<str>,
    /// Of the latest roster, from 1; 0 before the first.
    pub revision: u32,
    pub created: Millis,
    pub updated: Millis,
}

/// A revision of a roster, with its declarations opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RosterRecord {
    pub programme: ResourceId,
    pub revision: u32,
    pub etag: Box<str>,
    /// The hash of the programme, as in its plans.
    pub instance: Box<str>,
    pub author: Box<str>,
    pub created: Millis,
    /// Everything but the declarations.
    pub body: String,
    pub declarations: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunRecord {
    pub programme: ResourceId,
    pub id: ResourceId,
    pub revision: u32,
    /// The plan to stay close to.
    pub baseline: Option<ResourceId>,
    pub time_limit: Millis,
    pub state: RunState,
    /// Somebody has asked it to stop.
    pub cancel: bool,
    /// Grows with everything that can be told of the run.
    pub sequence: u64,
    pub matched: u64,
    pub wanted: u64,
    pub elapsed: Millis,
    pub author: Box<str>,
    pub created: Millis,
    pub ended: Option<Millis>,
    pub plan: Option<ResourceId>,
    pub failure: Box<str>,
}

/// A run that this server has taken up. Whoever takes it up later has a higher fence, and only the highest counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    pub tenant: ResourceId,
    pub programme: ResourceId,
    pub run: ResourceId,
    pub fence: i64,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanRecord {
    pub programme: ResourceId,
    pub id: ResourceId,
    pub run: ResourceId,
    pub revision: u32,
    pub state: PlanState,
    pub outcome: Box<str>,
    /// As in the document.
    pub hash: Box<str>,
    pub created: Millis,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approval {
    pub state: PlanState,
    pub author: Box<str>,
    pub note: Box<str>,
    pub created: Millis,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TokenRecord {
    pub tenant: ResourceId,
    pub id: ResourceId,
    pub name: Box<str>,
    /// Separated by blanks.
    pub scopes: Box<str>,
    pub hash: Vec<u8>,
    pub created: Millis,
    pub expires: Millis,
    pub revoked: Option<Millis>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditEntry {
    pub number: u64,
    pub created: Millis,
    pub actor: Box<str>,
    pub action: Box<str>,
    pub subject: Box<str>,
    pub hash: Box<str>,
}

#[cfg(test)]
mod tests {
    use super::ResourceId;

    #[test]
    fn ids_are_plain_and_sort_by_time() {
        for good in ["a", "0", "east-ayrshire-2026", &"x".repeat(63)] {
            assert!(ResourceId::parse(good).is_some(), "{good}");
        }
        for bad in ["", "-a", "A", "a b", "ä", "*", "a/b", &"x".repeat(64)] {
            assert!(ResourceId::parse(bad).is_none(), "{bad}");
        }
        let fresh = |now| ResourceId::fresh(now).expect("randomness");
        assert!(fresh(1_000) < fresh(1_001) && fresh(5) != fresh(5));
        let made = fresh(1_800_000_000_000);
        assert_eq!(ResourceId::parse(made.as_str()), Some(made));
    }
}
