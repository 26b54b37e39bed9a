//! The best plan of an instance with rows by brute force, and clashes that name no more than they need.

use crate::row_worth::{keeps, missed, plans, worth};
use dyad::model::catalogue::{RuleKey, Tier};
use dyad::model::index::{CoachIx, CoacheeIx};
use dyad::model::instance::{Instance, Parts};
use dyad::model::row::{About, Row};

pub fn best(instance: &Instance) -> Vec<i128> {
    let mut best: Option<Vec<i128>> = None;
    plans(instance, &mut |plan| {
        if keeps(instance, plan) {
            let worth = worth(instance, plan);
            if best.as_ref().is_none_or(|b| worth < *b) {
                best = Some(worth);
            }
        }
        false
    });
    best.expect("nobody matched is a plan")
}

/// Whether these hard demands alone can be met.
fn possible(
    instance: &Instance,
    rows: &[(RuleKey, About)],
    coachees: &[CoacheeIx],
    coaches: &[CoachIx],
) -> bool {
    let parts = instance.parts();
    let named = |row: &&Row| rows.contains(&(row.rule, row.about));
    let mut seats = parts.seats.clone();
    for coach in parts.seats.indexes().filter(|c| !coaches.contains(c)) {
        seats[coach].min = 0;
    }
    let pins = parts.pins.iter().copied().filter(|p| coachees.contains(&instance.coachee_of(*p))).collect();
    let rings = parts.rings.clone().filter(|_| rows.iter().any(|(rule, _)| *rule == RuleKey::Rings));
    let rows = parts.rows.iter().filter(named).cloned().collect();
    let only =
        Instance::try_new(Parts { seats, pins, rings, rows, ..parts.clone() }).expect("a smaller instance");
    let mut possible = false;
    plans(&only, &mut |plan| {
        possible = keeps(&only, plan)
            && missed(&only, plan) == 0
            && crate::worth::missing_pins(&only, plan) == 0
            && crate::worth::value(&only, plan, Tier::Minimums) == Some(0);
        possible
    });
    possible
}

/// Fails unless the demands of a clash contradict each other, and no longer without any one of them.
pub fn smallest(instance: &Instance, rows: &[(RuleKey, About)], coachees: &[CoacheeIx], coaches: &[CoachIx]) {
    fn without<T: Clone>(list: &[T], at: usize) -> Vec<T> {
        let mut list = list.to_vec();
        list.remove(at);
        list
    }
    assert!(
        !possible(instance, rows, coachees, coaches),
        "a clash that is none: {rows:?} {coachees:?} {coaches:?}"
    );
    let fewer = (0..rows.len()).map(|at| (without(rows, at), coachees.to_vec(), coaches.to_vec()));
    let fewer =
        fewer.chain((0..coachees.len()).map(|at| (rows.to_vec(), without(coachees, at), coaches.to_vec())));
    let fewer =
        fewer.chain((0..coaches.len()).map(|at| (rows.to_vec(), coachees.to_vec(), without(coaches, at))));
    for (rows, coachees, coaches) in fewer {
        assert!(possible(instance, &rows, &coachees, &coaches), "a clash with more than it needs");
    }
}
