//! The gRPC door: unwrap, convert, call, convert.
//!
//! From the socket inwards: [`listener`] (how many connections), [`connection`] (one of them, and every limit on it), gRPC-web,
//! [`guard`] (deadline, panics, the closed set of codes), [`router`] (which service), [`matching`] and [`programmes`] (the methods).
//! Beside them [`roster`], [`plan_in`], [`plan_out`], [`answers`] and [`kept`] convert, and [`reason`] and [`refusal`] say what is wrong.

mod activity;
mod answers;
mod connection;
mod guard;
mod kept;
mod limits;
mod listener;
mod matching;
mod plan_fields;
mod plan_in;
mod plan_out;
mod programmes;
mod reason;
mod refusal;
mod rewound;
mod roster;
mod roster_out;
mod router;
mod serve;
pub mod wire;
mod words;

#[cfg(test)]
mod tests;

use crate::model::document::PlanDocument;
use crate::model::roster::Roster;
use crate::service;

pub use connection::Door;
pub use limits::Limits;
pub use matching::Matching;
pub use reason::Reason;
pub use serve::{Ready, ServeError, Server, Stored, door, may_listen, serve};

/// A roster as its message.
pub fn roster_message(roster: &Roster) -> wire::Roster {
    roster_out::message(service::hand_over(roster))
}

/// A plan as its message.
pub fn plan_message(plan: &PlanDocument) -> wire::Plan {
    plan_out::plan(plan)
}

/// The plan of a message that a service of ours has answered; `None` where no plan of ours would be such.
pub fn plan_document(message: wire::Plan) -> Option<PlanDocument> {
    let mut fields = plan_fields::Fields::at("plan");
    let plan = plan_in::plan(&mut fields, message);
    plan.filter(|_| fields.faults.is_empty())
}
