//! The best coaches for a coachee, and the best coachees for a coach, by what they do to the whole plan.
//!
//! Method: pairs that the open state knows are taken by the bound on what they cost (their reduced cost), the least first, and tried
//! until `k` of them cost no more than the next one's bound. A pair below the floor costs the floor at least, so such pairs only
//! come where those do not suffice, the highest score first. What is listed is exact.

use super::effects::{Found, Ground, Pair, Worth};
use super::{Effect, ServiceError};
use crate::model::catalogue::Tier;
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use crate::model::people::Id;
use std::cmp::Reverse;

/// Pairs that take a match of their own are tried up to here: in programmes with so many candidates each match takes long.
const MATCHES: usize = 200;

/// One pair with what it does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ranked {
    pub coach: Id,
    pub coachee: Id,
    pub effect: Effect,
}

/// The best first; of alike ones the lower id.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ranking {
    pub lines: Vec<Ranked>,
    /// Whether no pair that is not listed can be better.
    pub complete: bool,
}

/// The best `k` of the pairs of this coachee, or of this coach, that the best plan does not make.
pub(super) fn best(ground: &mut Ground<'_>, of: Side, k: usize) -> Result<Ranking, ServiceError> {
    let (mut near, mut far) = (Vec::new(), Vec::new());
    for pair in candidates(ground, of) {
        let bound = ground.state.as_ref().filter(|_| ground.at_hand(pair));
        match bound.and_then(|state| state.at_least(pair.0, pair.1)) {
            Some(bound) => near.push((bound, pair)),
            None => far.push((ground.score(pair), pair)),
        }
    }
    near.sort_unstable();
    far.sort_by_key(|(score, pair)| (Reverse(*score), *pair));
    let mut tried = Tried { k, found: Vec::new(), costs: Vec::new(), matches: 0, complete: true };
    let start = ground.state.as_ref().map_or(0, crate::solver::repair::State::cost);
    for (bound, pair) in near {
        if tried.kth().is_some_and(|cost| start + bound > cost) || !tried.take(ground, pair)? {
            break;
        }
    }
    for (score, pair) in far {
        let hope = hope(ground, score.map(|s| i128::from(s.0)));
        if tried.settled(&hope) || !tried.take(ground, pair)? {
            break;
        }
    }
    tried.found.sort_by(|a, b| a.0.worth.cmp(&b.0.worth).then(a.1.cmp(&b.1)));
    let roster = ground.compiled.roster;
    let line = |(found, pair): &(Found, Pair)| Ranked {
        coach: roster.coach_id(pair.1).into(),
        coachee: roster.coachee_id(pair.0).into(),
        effect: ground.effect(found, Some(pair.0)),
    };
    let lines = tried.found.iter().take(k).map(line).collect();
    Ok(Ranking { lines, complete: tried.complete })
}

/// Whose candidates are asked for.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Coachee(CoacheeIx),
    Coach(CoachIx),
}

fn candidates(ground: &Ground<'_>, of: Side) -> Vec<Pair> {
    let instance = &ground.compiled.instance;
    let coach = &instance.parts().coach;
    let mut pairs: Vec<Pair> = match of {
        Side::Coachee(coachee) => instance.rows(coachee).map(|at| (coachee, coach[at])).collect(),
        Side::Coach(asked) => {
            let all = (0..instance.pairs()).filter(|at| coach[*at] == asked);
            all.map(|at| (instance.coachee_of(PairIx::from_usize(at)), asked)).collect()
        }
    };
    pairs.retain(|pair| !ground.makes(*pair));
    pairs
}

/// What a plan with a pair of this score is worth at best, as far as the floor; the whole worth of the best plan where there is none.
fn hope(ground: &Ground<'_>, score: Option<i128>) -> Worth {
    let best = &ground.best.worth;
    let Some(at) = best.iter().position(|w| w.0 == Some(Tier::Floor)) else { return best.clone() };
    let mut hope = best[..=at].to_vec();
    hope[at].1 = score.map_or(hope[at].1, |score| hope[at].1.max(-score));
    hope
}

struct Tried {
    k: usize,
    found: Vec<(Found, Pair)>,
    /// What those cost that come from the open state, ascending.
    costs: Vec<i128>,
    matches: usize,
    complete: bool,
}

impl Tried {
    /// The cost that the next pair must not pass.
    fn kth(&self) -> Option<i128> {
        self.costs.get(self.k.checked_sub(1)?).copied()
    }

    /// Whether `k` of those tried are better than anything that can be hoped for.
    fn settled(&self, hope: &Worth) -> bool {
        let better = self.found.iter().filter(|(found, _)| found.worth[..hope.len()] < hope[..]);
        better.count() >= self.k
    }

    /// Tries a pair; false where no more are to be tried.
    fn take(&mut self, ground: &mut Ground<'_>, pair: Pair) -> Result<bool, ServiceError> {
        if self.matches == MATCHES {
            self.complete = false;
            return Ok(false);
        }
        let Ok(found) = ground.with(pair)? else { return Ok(true) };
        match found.cost {
            Some(cost) => {
                let at = self.costs.partition_point(|known| *known <= cost);
                self.costs.insert(at, cost);
            }
            None => self.matches += 1,
        }
        self.found.push((found, pair));
        Ok(true)
    }
}
