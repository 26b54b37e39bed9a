//! Small programmes with rules about several pairs against brute force: every plan there is, from the definitions.

use crate::row_best::{best, smallest};
use crate::row_worth::{keeps, worth};
use dyad::intake::Reading;
use dyad::model::document::{OutcomeKind, PlanDocument};
use dyad::model::index::PairIx;
use dyad::model::instance::Instance;
use dyad::model::outcome::{Clash, Outcome};
use dyad::{rules, solver};

/// How many choices, coachee by coachee, are looked at.
const MOST: usize = 20_000;

/// No plan is better than this one, and a clash of rows names no more than it needs. Without rows, with too many plans
/// and for a plan that claims nothing there is nothing to compare.
pub fn agrees(reading: &Reading, plan: &PlanDocument) -> Result<(), String> {
    let compiled = rules::compile(&reading.roster, 1).map_err(|faults| format!("{faults:?}"))?;
    let parts = compiled.instance.parts();
    let several = !parts.rows.is_empty() || parts.rings.is_some();
    let claims = matches!(plan.outcome, OutcomeKind::Optimal | OutcomeKind::Infeasible);
    if !several || !claims || choices(&compiled.instance) > MOST {
        return Ok(());
    }
    let found = indexes(&compiled, plan);
    if !keeps(&compiled.instance, &found) {
        return Err("the plan breaks a row or closes a ring".to_owned());
    }
    let (found, best) = (worth(&compiled.instance, &found), best(&compiled.instance));
    if found != best {
        return Err(format!("a plan of worth {best:?} is better than {found:?}"));
    }
    let options = solver::Options { threads: 1, deadline: None, cancel: None, progress: None, workers: None };
    if let Ok(Outcome::Infeasible { clashes, .. }) = solver::solve(&compiled.instance, &options) {
        for clash in clashes {
            if let Clash::Rows { rows, coachees, coaches } = clash {
                smallest(&compiled.instance, &rows, &coachees, &coaches);
            }
        }
    }
    Ok(())
}

fn choices(instance: &Instance) -> usize {
    let parts = instance.parts();
    parts.demand.enumerate().fold(1, |all, (coachee, demand)| {
        let own = (instance.rows(coachee).len() + 1).saturating_pow(u32::from(demand.wanted));
        all.saturating_mul(own)
    })
}

/// The pairs of a plan, ascending.
fn indexes(compiled: &rules::Compiled<'_>, plan: &PlanDocument) -> Vec<PairIx> {
    let roster = compiled.roster;
    let pair = |line: &dyad::model::document::PairLine| {
        let coachee = roster.coachees.indexes().find(|e| roster.coachee_id(*e) == &*line.coachee)?;
        let coach = roster.coaches.indexes().find(|c| roster.coach_id(*c) == &*line.coach)?;
        compiled.instance.pair(coachee, coach)
    };
    let mut pairs: Vec<PairIx> = plan.pairs.iter().filter_map(pair).collect();
    pairs.sort_unstable();
    pairs
}
