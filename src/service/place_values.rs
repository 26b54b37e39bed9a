//! What one more place at every coach is worth, from one open state.
//!
//! The floor and balance are left out: the floor is no sum, and one more place changes what all places of a coach cost in the balance. A coach with
//! a place free gains nothing by another. For all others one place more is one shortest path; where rules tie pairs together
//! and its plan breaks one, least loads give places a cost of their own, or the coach has no place yet, it is a match.

use super::effects::{TierEffect, document_tiers, tiers};
use super::matching::match_programme;
use super::{Options, ServiceError};
use crate::intake::Reading;
use crate::model::catalogue::{Status, Tier};
use crate::model::index::{CoachIx, IxVec};
use crate::model::outcome::Assignment;
use crate::rules::Compiled;
use crate::solver;
use crate::solver::repair::{State, without_rows};

/// So many coaches are matched one by one at most.
const MATCHES: usize = 40;

/// The value of one more place.
pub(super) struct Value {
    pub coach: CoachIx,
    /// `None` where it was not found out.
    pub tiers: Option<Vec<TierEffect>>,
}

/// Of every coach who takes part, in order.
pub(super) fn values(
    reading: &Reading,
    compiled: &Compiled<'_>,
    options: &Options<'_>,
) -> Result<Vec<Value>, ServiceError> {
    let instance = &compiled.instance;
    let mut plain = Reading { roster: reading.roster.clone(), findings: reading.findings.clone() };
    let book = &mut plain.roster.programme.rules;
    book.objective.retain(|tier| !matches!(tier, Tier::Floor | Tier::Balance));
    let sums: Vec<Tier> = instance
        .parts()
        .tiers
        .iter()
        .copied()
        .filter(|t| !matches!(t, Tier::Floor | Tier::Balance))
        .collect();
    let relaxed = without_rows(instance);
    let flow = relaxed.as_ref().unwrap_or(instance);
    let mut state = State::of(flow, &sums, &[], options.threads);
    let own = state.as_ref().map(State::assignment).filter(|plan| solver::keeps(instance, plan));
    let of = |plan: &Assignment| {
        let mut values = solver::values(instance, plan, false);
        values.retain(|value| sums.contains(&value.tier));
        values
    };
    let mut load: IxVec<CoachIx, u32> = instance.parts().seats.iter().map(|_| 0).collect();
    for (_, coach) in own.iter().flat_map(|plan| &plan.pairs) {
        load[*coach] += 1;
    }
    let (mut found, mut matches, mut base) = (Vec::new(), 0, None);
    for coach in compiled.roster.coaches.indexes() {
        if compiled.roster.coaches[coach].status != Status::Active {
            continue;
        }
        let seats = instance.parts().seats[coach];
        // A least load above what a coach takes grows with it, and who has no place at all may be over what they take.
        let plainly = seats.max > 0 && (seats.min == 0 || seats.min < seats.max);
        let mut worth = None;
        if let (Some(own), Some(state), true) = (&own, &mut state, plainly) {
            let before = of(own);
            // Without rows, a place that nobody needs has a price of 0, and so has another.
            let after = if load[coach] < seats.max { Some(own.clone()) } else { wider(state, coach) };
            let after = after.filter(|plan| solver::keeps(instance, plan));
            worth = after.map(|plan| tiers(&before, &of(&plan)));
        }
        if worth.is_none() && matches < MATCHES {
            matches += 1;
            let before = match base.take() {
                Some(before) => before,
                None => match_programme(&plain, options)?,
            };
            let mut wider = Reading { roster: plain.roster.clone(), findings: plain.findings.clone() };
            wider.roster.coaches[coach].max += 1;
            let mut told = document_tiers(&before, &match_programme(&wider, options)?);
            // Somebody's least load may have come with the place.
            told.retain(|line| sums.contains(&line.tier));
            worth = Some(told);
            base = Some(before);
        }
        found.push(Value { coach, tiers: worth });
    }
    Ok(found)
}

fn wider(state: &mut State<'_>, coach: CoachIx) -> Option<Assignment> {
    let mark = state.mark();
    let plan = state.widen(coach).then(|| state.assignment());
    state.back_to(&mark);
    plan
}
