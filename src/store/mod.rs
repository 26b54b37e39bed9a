//! Programmes, rosters, runs, plans, tokens and the audit chain, kept in SQLite or in PostgreSQL.
//!
//! All SQL is here, one text for both databases; what differs is in [`connect`] and in the two folders of migrations. Work is
//! done in transactions: a [`Tx`] sees one tenant and nothing else, a [`Desk`] does the server's own work (finding a token, taking
//! up a run). A mutation and its entry in the audit chain are one transaction, so what is acknowledged is on disk, and once.
//! Declarations and plans are sealed ([`seal`]) on their way in.

mod audit;
mod connect;
mod error;
mod plans;
mod programmes;
mod queue;
mod requests;
mod rosters;
mod runs;
mod seal;
mod tokens;
mod tx;
mod values;

pub use connect::{Store, Where};
pub use error::StoreError;
pub use plans::NewPlan;
pub use requests::Seen;
pub use rosters::NewRoster;
pub use runs::NewRun;
pub use seal::{MasterKey, hex, random};
pub use tokens::NewToken;
pub use tx::{Desk, Tx};
pub use values::{
    Approval, AuditEntry, Claim, Millis, PlanRecord, PlanState, Programme, ResourceId, RosterRecord,
    RunRecord, RunState, TokenRecord,
};
