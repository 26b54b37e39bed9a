//! The findings of a programme before and after solving, in one order.

use crate::explain;
use crate::intake::Reading;
use crate::model::document::ClashLine;
use crate::model::finding::{Finding, FindingCode};
use crate::model::outcome::{Assignment, Clash, Outcome};
use crate::model::people::Id;
use crate::rules::Compiled;

/// What the reading found, what the rules found, and the gap check: sorted, each once.
pub fn before(reading: &Reading, compiled: &Compiled<'_>) -> Vec<Finding> {
    let mut all = reading.findings.clone();
    all.extend(compiled.findings.iter().cloned());
    all.extend(explain::gap_check(compiled));
    in_order(all)
}

/// What only the plan shows: least loads not met, caps exceeded, pins that cannot be kept together.
pub fn after(
    compiled: &Compiled<'_>,
    chosen: &Assignment,
    outcome: &Outcome,
    clashes: &[ClashLine],
) -> Vec<Finding> {
    let mut all = explain::plan_findings(compiled, chosen);
    if let Outcome::Infeasible { clashes: solved, .. } = outcome {
        // The lines stand in the order of the clashes: those that the rules found, then the solver's.
        let kinds = compiled.clashes.iter().chain(solved);
        let pins = kinds.zip(clashes).filter(|(clash, _)| matches!(clash, Clash::Pins { .. }));
        all.extend(pins.map(|(_, line)| pins_clash(line)));
    }
    all
}

fn pins_clash(line: &ClashLine) -> Finding {
    let mut people: Vec<Id> = line.coachees.iter().chain(&line.coaches).cloned().collect();
    people.sort_unstable();
    people.dedup();
    Finding { code: FindingCode::PinsClash, people, says: line.says.clone() }
}

pub fn in_order(mut all: Vec<Finding>) -> Vec<Finding> {
    all.sort();
    all.dedup();
    all
}
