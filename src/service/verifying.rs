//! The check of somebody's plan against the programme, without the solver.

use super::{ServiceError, digest};
use crate::model::document::PlanDocument;
use crate::model::fault::{At, Code, Fault};
use crate::model::roster::Roster;
use crate::verify::{self, Violation};

/// Everything that is wrong with a plan of this programme; empty means clean.
///
/// A plan of another programme is a fault (`E047`), not a violation: its pairs would only be wrong by accident.
/// `file` is what faults call the plan.
pub fn verify_plan(roster: &Roster, plan: &PlanDocument, file: &str) -> Result<Vec<Violation>, ServiceError> {
    let _span = tracing::info_span!("verify", pairs = plan.pairs.len()).entered();
    if digest::instance_hash(roster) != plan.instance {
        return Err(ServiceError::Faults(vec![other_roster(plan, file)]));
    }
    let mut violations = verify::verify(roster, plan);
    if digest::plan_hash(plan) != plan.plan {
        violations.push(Violation {
            code: "hash",
            people: Vec::new(),
            says: "the plan was changed after it was made: its hash is another one".into(),
        });
    }
    violations.sort();
    violations.dedup();
    Ok(violations)
}

fn other_roster(plan: &PlanDocument, file: &str) -> Fault {
    Fault {
        at: At { file: file.into(), line: 0, column: "instance".into() },
        code: Code::BadPlan,
        text: plan.instance.clone(),
        says: "the plan was made for another programme, or for this one before it was changed".into(),
        remedy: "match again; if it was matched with --plan or --set, give the same here with --baseline and --set"
            .into(),
        source: None,
    }
}
