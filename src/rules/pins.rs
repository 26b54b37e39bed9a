//! The pairs that must be made: pins, freezes and started pairs, less those that a rule refuses.

use super::Compiled;
use super::locks::Pin;
use crate::model::catalogue::{Level, LockKind, Word};
use crate::model::finding::{Finding, FindingCode};
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use crate::model::instance::Parts;
use crate::model::outcome::Clash;

pub(super) struct Pins {
    /// Ascending.
    pub made: Vec<PairIx>,
    pub findings: Vec<Finding>,
    /// Coachees with more pins than coaches wanted.
    pub clashes: Vec<Clash>,
}

/// The pins of an instance, and what is to be said about those that are not among them.
///
/// A pin is refused if the pair breaks a rule by itself. Pins that are possible one by one go to the solver, which
/// names a clash; but of more pins than a coachee wants only the first, by coach, do, and the clash is named here.
pub(super) fn pins(compiled: &Compiled<'_>, parts: &Parts) -> Pins {
    let (mut pins, mut findings, mut clashes) = (Vec::new(), Vec::new(), Vec::new());
    for coachee in compiled.roster.coachees.indexes() {
        let mut kept = 0;
        let mut left = Vec::new();
        for (coach, why) in compiled.rules.locks.pins(coachee) {
            if let Some(refusal) = refusal(compiled, coachee, *coach) {
                findings.push(refused(compiled, coachee, *coach, *why, &refusal));
            } else if kept == parts.demand[coachee].wanted {
                left.push(*coach);
            } else {
                kept += 1;
                let rows = parts.starts[coachee.to_usize()]..parts.starts[coachee.to_usize() + 1];
                let at = parts.coach[rows.clone()].binary_search(coach);
                pins.extend(at.ok().map(|at| PairIx::from_usize(rows.start + at)));
            }
        }
        if !left.is_empty() {
            let wanted = parts.demand[coachee].wanted;
            findings.push(clash(compiled, coachee, &left, wanted));
            let pinned = compiled.rules.locks.pins(coachee).iter().map(|pin| pin.0);
            let coaches = pinned.filter(|c| compiled.barriers(coachee, *c).is_empty()).collect();
            clashes.push(Clash::Pins { coachees: vec![coachee], coaches, places: u64::from(wanted) });
        }
    }
    Pins { made: pins, findings, clashes }
}

/// Rule, level and evidence, where the pair cannot be made.
fn refusal(compiled: &Compiled<'_>, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
    let barriers = compiled.barriers(coachee, coach);
    let first = barriers.first()?;
    let waiver = if first.level == Level::Waivable { ", and there is no waiver" } else { "" };
    Some(format!("{}: the coach {}{waiver}", first.rule.key(), first.of_the_coach()))
}

fn refused(compiled: &Compiled<'_>, coachee: CoacheeIx, coach: CoachIx, why: Pin, refusal: &str) -> Finding {
    let roster = compiled.roster;
    let what = match why {
        Pin::Started => "the started pair".to_owned(),
        Pin::Lock(at) => {
            let lock = &roster.locks[at];
            let kind = if lock.kind == LockKind::Freeze { "freeze" } else { "pin" };
            format!("the {kind} by {} of", lock.author)
        }
    };
    Finding {
        code: FindingCode::PinRefused,
        people: compiled.ids(&[coachee], &[coach]),
        says: format!(
            "{what} {} with {} is refused by the rule {refusal}",
            roster.coach_name(coach),
            roster.coachee_name(coachee)
        )
        .into(),
    }
}

fn clash(compiled: &Compiled<'_>, coachee: CoacheeIx, left: &[CoachIx], wanted: u8) -> Finding {
    let names: Vec<&str> = left.iter().map(|coach| compiled.roster.coach_name(*coach)).collect();
    let (name, wants) =
        (compiled.roster.coachee_name(coachee), if wanted == 1 { "coach" } else { "coaches" });
    Finding {
        code: FindingCode::PinsClash,
        people: compiled.ids(&[coachee], left),
        says: format!("{name} wants {wanted} {wants} and is pinned to more; set aside: {}", names.join(", "))
            .into(),
    }
}
