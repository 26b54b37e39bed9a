//! A case: pairs that are made and pairs that are not, with the cheapest flow that there is then.

use crate::model::index::{CoacheeIx, Ix, PairIx};
use crate::model::outcome::Stop;
use crate::solver::Options;
use crate::solver::build::Admit;
use crate::solver::composite::Composite;
use crate::solver::stage::{self, Solved};

/// The cheapest flow of a case.
pub struct Flowed {
    /// Ascending.
    pub plan: Vec<PairIx>,
    /// What the coachees' places are worth: prices that prove the flow, where they are not 0, ascending.
    pub prices: Vec<(CoacheeIx, i128)>,
    pub solved: Solved,
}

/// The pairs that the splits above a case are about.
#[derive(Clone, Default)]
pub struct Fixed {
    pub made: Vec<PairIx>,
    pub not: Vec<PairIx>,
}

impl Fixed {
    pub fn with(&self, pair: PairIx, made: bool) -> Self {
        let mut fixed = self.clone();
        if made { &mut fixed.made } else { &mut fixed.not }.push(pair);
        fixed
    }
}

/// Why there is no flow.
pub enum Halt {
    /// The pairs made do not go together.
    Impossible,
    Stopped,
}

/// The cheapest flow of a case.
pub fn flow(
    composite: &Composite<'_>,
    admit: Admit,
    options: &Options<'_>,
    fixed: &Fixed,
) -> Result<Flowed, Halt> {
    let within = if fixed.made.is_empty() && fixed.not.is_empty() {
        None
    } else {
        Some(composite.within(&fixed.made, &fixed.not).ok_or(Halt::Impossible)?)
    };
    let composite = within.as_ref().unwrap_or(composite);
    if !stage::fits(composite) {
        return Err(Halt::Stopped);
    }
    let solved = stage::run(composite, admit, options);
    if solved.stop != Stop::Finished || solved.cost != solved.bound {
        return Err(Halt::Stopped);
    }
    let mut plan = Vec::new();
    let mut prices: Vec<(CoacheeIx, i128)> = Vec::new();
    for ((unit, coach), worth) in composite.units.iter().zip(&solved.coach).zip(&solved.worth) {
        let coachee = CoacheeIx::new(unit.coachee);
        match coach {
            Some(coach) => plan.extend(composite.instance.pair(coachee, *coach)),
            None if unit.forced => return Err(Halt::Impossible),
            None => {}
        }
        if unit.pinned.is_none() {
            prices.push((coachee, *worth));
        }
    }
    plan.sort_unstable();
    // A coachee's open places differ only in what leaving them open costs; the price is what the dearest is worth.
    prices.sort_unstable_by_key(|(coachee, worth)| (*coachee, std::cmp::Reverse(*worth)));
    prices.dedup_by_key(|(coachee, _)| *coachee);
    prices.retain(|(_, worth)| *worth != 0);
    Ok(Flowed { plan, prices, solved })
}

/// What a case says about a pair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Say {
    Open,
    Made,
    Not,
}

/// What a case says about every pair. Pairs that the stage does not look at are not made, nor are the others of a coachee all of
/// whose places are taken.
pub fn says(composite: &Composite<'_>, admit: Admit, fixed: &Fixed) -> Vec<Say> {
    let (instance, parts) = (composite.instance, composite.instance.parts());
    let mut says: Vec<Say> =
        parts.score.iter().map(|score| if admit.admits(*score) { Say::Open } else { Say::Not }).collect();
    for pair in &fixed.not {
        says[pair.to_usize()] = Say::Not;
    }
    for pair in &fixed.made {
        says[pair.to_usize()] = Say::Made;
    }
    for pair in &fixed.made {
        let coachee = instance.coachee_of(*pair);
        let rows = instance.rows(coachee);
        let pinned = |at: &usize| parts.pins.binary_search(&PairIx::from_usize(*at)).is_ok();
        let taken = rows.clone().filter(|at| says[*at] == Say::Made || pinned(at)).count();
        if taken >= usize::from(parts.demand[coachee].wanted) {
            for at in rows.filter(|at| !pinned(at)) {
                if says[at] == Say::Open {
                    says[at] = Say::Not;
                }
            }
        }
    }
    says
}
