//! What rows and rings make of a plan, straight from the definitions, and every plan there is.

use crate::worth;
use dyad::model::catalogue::Tier;
use dyad::model::index::{CoacheeIx, Ix, PairIx};
use dyad::model::instance::Instance;
use dyad::model::row::{Amount, Outside, Row};
use std::collections::BTreeSet;

fn amount(row: &Row, plan: &[PairIx]) -> i128 {
    match &row.amount {
        Amount::Sum(terms) => terms.iter().filter(|t| plan.contains(&t.0)).map(|t| i128::from(t.1)).sum(),
        Amount::Distinct(sets) => sets.iter().map(|s| i128::from(s.iter().any(|p| plan.contains(p)))).sum(),
    }
}

/// Below and above the limits.
fn beyond(row: &Row, amount: i128) -> (i128, i128) {
    let below = row.least.map_or(0, |l| (i128::from(l) - amount).max(0));
    let above = row.most.map_or(0, |m| (amount - i128::from(m)).max(0));
    (below, above)
}

/// Rings of at least 3, as sets of pairs.
fn rings(instance: &Instance, plan: &[PairIx]) -> BTreeSet<Vec<PairIx>> {
    let mut found = BTreeSet::new();
    let Some(rule) = &instance.parts().rings else { return found };
    let arcs: Vec<(CoacheeIx, CoacheeIx, PairIx)> = plan
        .iter()
        .filter(|p| !rule.exempt.contains(p))
        .filter_map(|p| Some((rule.same[instance.parts().coach[p.to_usize()]]?, instance.coachee_of(*p), *p)))
        .filter(|(coach, coachee, _)| coach != coachee)
        .collect();
    let mut walks: Vec<(Vec<CoacheeIx>, Vec<PairIx>)> =
        arcs.iter().map(|a| (vec![a.0, a.1], vec![a.2])).collect();
    while let Some((people, pairs)) = walks.pop() {
        let (first, last) = (people[0], people[people.len() - 1]);
        for (_, to, pair) in arcs.iter().filter(|a| a.0 == last) {
            let mut more = pairs.clone();
            more.push(*pair);
            if *to == first && more.len() >= 3 {
                if rule.longest.is_none_or(|l| more.len() <= l as usize) {
                    more.sort_unstable();
                    found.insert(more);
                }
            } else if !people.contains(to) {
                let mut longer = people.clone();
                longer.push(*to);
                walks.push((longer, more));
            }
        }
    }
    found
}

/// Whether every hard limit that holds for nobody holds, and no forbidden ring is closed.
pub fn keeps(instance: &Instance, plan: &[PairIx]) -> bool {
    let parts = instance.parts();
    let hard = parts.rows.iter().filter(|r| r.outside == Outside::Forbidden);
    let rows = hard.into_iter().all(|row| {
        let (empty, now) = (beyond(row, 0), beyond(row, amount(row, plan)));
        (empty.0 > 0 || now.0 == 0) && (empty.1 > 0 || now.1 == 0)
    });
    let forbidden = parts.rings.as_ref().is_some_and(|r| r.outside == Outside::Forbidden);
    rows && (!forbidden || rings(instance, plan).is_empty())
}

/// How much of least numbers is missing.
pub fn missed(instance: &Instance, plan: &[PairIx]) -> i128 {
    let hard = instance.parts().rows.iter().filter(|r| r.outside == Outside::Forbidden);
    hard.map(|row| {
        let (empty, now) = (beyond(row, 0), beyond(row, amount(row, plan)));
        (if empty.0 > 0 { now.0 } else { 0 }) + (if empty.1 > 0 { now.1 } else { 0 })
    })
    .sum()
}

/// What soft rows and rings charge.
pub fn charges(instance: &Instance, plan: &[PairIx]) -> i128 {
    let parts = instance.parts();
    let mut sum = 0;
    for row in &parts.rows {
        if let Outside::Costs { step, points } = row.outside {
            let (below, above) = beyond(row, amount(row, plan));
            let started = |n: i128| n / i128::from(step) + i128::from(n % i128::from(step) > 0);
            sum += (started(below) + started(above)) * i128::from(points.0);
        }
    }
    if let Some(Outside::Costs { points, .. }) = parts.rings.as_ref().map(|r| r.outside) {
        sum += i128::try_from(rings(instance, plan).len()).expect("small") * i128::from(points.0);
    }
    sum
}

/// The worth of a plan: pins, least numbers, then the tiers with charges.
pub fn worth(instance: &Instance, plan: &[PairIx]) -> Vec<i128> {
    let mut worth = worth::worth(instance, plan);
    let mut at = 1;
    for tier in &instance.parts().tiers {
        if *tier == Tier::Score {
            worth[at] += charges(instance, plan);
        }
        at += if *tier == Tier::Coverage { 81 } else { 1 };
    }
    worth.insert(1, missed(instance, plan));
    worth
}

/// Every plan, to a function that says when it has seen enough.
pub fn plans(instance: &Instance, look: &mut dyn FnMut(&[PairIx]) -> bool) {
    fn from(
        instance: &Instance,
        at: usize,
        plan: &mut Vec<PairIx>,
        look: &mut dyn FnMut(&[PairIx]) -> bool,
    ) -> bool {
        if at == instance.pairs() {
            return worth::allowed(instance, plan) && look(plan);
        }
        let pair = PairIx::from_usize(at);
        if from(instance, at + 1, plan, look) {
            return true;
        }
        let (coachee, coach) = (instance.coachee_of(pair), instance.parts().coach[at]);
        let got = plan.iter().filter(|p| instance.coachee_of(**p) == coachee).count();
        let load = plan.iter().filter(|p| instance.parts().coach[p.to_usize()] == coach).count();
        let room = got < usize::from(instance.parts().demand[coachee].wanted)
            && load < instance.parts().seats[coach].max as usize;
        if !room {
            return false;
        }
        plan.push(pair);
        let done = from(instance, at + 1, plan, look);
        plan.pop();
        done
    }
    from(instance, 0, &mut Vec::new(), look);
}
