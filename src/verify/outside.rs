//! Rows and rings held against the pairs of a plan: which are outside their limits, by how much, and which pair pays.
//! O(terms of the rows) and O(pairs²) for rings, of which only pairs between people on both lists take part.

use super::chosen::{Chosen, Picked};
use super::rows::coachee_of;
use crate::model::catalogue::RuleKey;
use crate::model::index::{CoachIx, Ix, PairIx};
use crate::model::instance::Parts;
use crate::model::row::{Amount, Outside, Rings, Row};
use std::collections::{BTreeSet, VecDeque};

/// Points that a soft rule takes off the plan.
pub(super) struct Charge {
    pub rule: RuleKey,
    /// The pair that pays, as its position in `Chosen::picked`; `None` where no pair counts.
    pub at: Option<usize>,
    pub points: i128,
}

/// The pairs of a plan, to be asked one by one.
pub(super) struct Made(BTreeSet<PairIx>);

impl Made {
    pub fn new(pairs: impl IntoIterator<Item = PairIx>) -> Self {
        Self(pairs.into_iter().collect())
    }

    pub fn has(&self, pair: PairIx) -> bool {
        self.0.contains(&pair)
    }

    pub fn amount(&self, amount: &Amount) -> i128 {
        match amount {
            Amount::Sum(terms) => terms.iter().filter(|t| self.has(t.0)).map(|t| i128::from(t.1)).sum(),
            Amount::Distinct(sets) => {
                let touched = sets.iter().filter(|set| set.iter().any(|pair| self.has(*pair)));
                i128::try_from(touched.count()).unwrap_or(i128::MAX)
            }
        }
    }

    /// The pairs of the plan that count in a row, ascending.
    pub fn counting(&self, amount: &Amount) -> Vec<PairIx> {
        let mut pairs: Vec<PairIx> = match amount {
            Amount::Sum(terms) => terms.iter().map(|t| t.0).filter(|pair| self.has(*pair)).collect(),
            Amount::Distinct(sets) => sets.iter().flatten().copied().filter(|pair| self.has(*pair)).collect(),
        };
        pairs.sort_unstable();
        pairs
    }
}

/// How far an amount is outside a row's limits.
pub(super) fn distance(row: &Row, amount: i128) -> i128 {
    let below = row.least.map_or(0, |least| i128::from(least) - amount);
    let above = row.most.map_or(0, |most| amount - i128::from(most));
    below.max(above).max(0)
}

/// Points for a distance: for each started step.
pub(super) fn toll(outside: Outside, distance: i128) -> Option<i128> {
    match outside {
        Outside::Forbidden => Some(0),
        Outside::Costs { step, points } => {
            let steps = (distance + i128::from(step) - 1).div_euclid(i128::from(step.max(1)));
            steps.checked_mul(i128::from(points.0))
        }
    }
}

/// What the soft rows and rings take off a plan; `None` where that is too much to add up.
pub(super) fn charges(parts: &Parts, chosen: &Chosen) -> Option<Vec<Charge>> {
    let made = Made::new(chosen.possible());
    let mut charges = Vec::new();
    for row in parts.rows.iter().filter(|row| row.outside != Outside::Forbidden) {
        let points = toll(row.outside, distance(row, made.amount(&row.amount)))?;
        if points > 0 {
            let at = payer(chosen, &made.counting(&row.amount));
            charges.push(Charge { rule: row.rule, at, points });
        }
    }
    if let Some((rings, Outside::Costs { points, .. })) = parts.rings.as_ref().map(|r| (r, r.outside)) {
        for mut ring in rings_of_three(parts, rings, &made).into_iter().filter(|_| points.0 > 0) {
            ring.sort_unstable();
            let at = payer(chosen, &ring);
            charges.push(Charge { rule: RuleKey::Rings, at, points: i128::from(points.0) });
        }
    }
    Some(charges)
}

/// The pair with the highest own score; among equals the lower coachee, then the lower coach. `among` is ascending.
fn payer(chosen: &Chosen, among: &[PairIx]) -> Option<usize> {
    let first = |at: &usize| {
        let Picked { coachee, coach, own, .. } = chosen.picked[*at];
        (std::cmp::Reverse(own), coachee, coach)
    };
    let counts = |p: &Picked| p.pair.is_some_and(|pair| among.binary_search(&pair).is_ok());
    (0..chosen.picked.len()).filter(|at| counts(&chosen.picked[*at])).min_by_key(first)
}

/// The pairs between people on both lists: by the coach of the pair, whom they coach.
struct Circle {
    edges: Vec<Vec<(CoachIx, PairIx)>>,
}

impl Circle {
    fn new(parts: &Parts, rings: &Rings, made: &Made) -> Self {
        let mut as_coach = vec![None; parts.demand.len()];
        for (coach, coachee) in rings.same.enumerate() {
            if let Some(coachee) = coachee {
                as_coach[coachee.to_usize()] = Some(coach);
            }
        }
        let mut edges = vec![Vec::new(); rings.same.len()];
        for pair in made.0.iter().filter(|pair| rings.exempt.binary_search(pair).is_err()) {
            let coach = parts.coach[pair.to_usize()];
            let other = as_coach[coachee_of(parts, *pair).to_usize()];
            if let Some(other) = other.filter(|other| *other != coach && rings.same[coach].is_some()) {
                edges[coach.to_usize()].push((other, *pair));
            }
        }
        Self { edges }
    }

    fn of(&self, coach: CoachIx) -> &[(CoachIx, PairIx)] {
        &self.edges[coach.to_usize()]
    }

    /// The fewest pairs from one coach to another, without one pair.
    fn shortest(&self, from: CoachIx, to: CoachIx, without: (CoachIx, CoachIx)) -> Option<u32> {
        let mut seen = vec![false; self.edges.len()];
        let mut queue = VecDeque::from([(from, 0)]);
        seen[from.to_usize()] = true;
        while let Some((at, steps)) = queue.pop_front() {
            if at == to {
                return Some(steps);
            }
            for (next, _) in self.of(at) {
                if (at, *next) != without && !std::mem::replace(&mut seen[next.to_usize()], true) {
                    queue.push_back((*next, steps + 1));
                }
            }
        }
        None
    }
}

/// Whether a pair is between two people on both lists: no other is part of a ring.
pub(super) fn inside(parts: &Parts, rings: &Rings, pair: PairIx) -> bool {
    let coachee = Some(coachee_of(parts, pair));
    rings.same[parts.coach[pair.to_usize()]].is_some() && rings.same.iter().any(|other| *other == coachee)
}

/// Every ring of 3 in a plan, once: its pairs.
pub(super) fn rings_of_three(parts: &Parts, rings: &Rings, made: &Made) -> Vec<[PairIx; 3]> {
    let circle = Circle::new(parts, rings, made);
    let mut found = Vec::new();
    for a in rings.same.indexes() {
        for (b, ab) in circle.of(a).iter().filter(|(b, _)| *b > a) {
            for (c, bc) in circle.of(*b).iter().filter(|(c, _)| *c > a && c != b) {
                let back = circle.of(*c).iter().filter(|(d, _)| *d == a);
                found.extend(back.map(|(_, ca)| [*ab, *bc, *ca]));
            }
        }
    }
    found
}

/// A pair of a plan that is part of a ring: there is a way back, within the length that is meant, that is not just its reverse.
pub(super) fn ring(parts: &Parts, rings: &Rings, made: &Made) -> Option<(CoachIx, CoachIx)> {
    let circle = Circle::new(parts, rings, made);
    for a in rings.same.indexes() {
        for (b, _) in circle.of(a) {
            let steps = circle.shortest(*b, a, (*b, a));
            if steps.is_some_and(|n| rings.longest.is_none_or(|longest| n < longest)) {
                return Some((a, *b));
            }
        }
    }
    None
}
