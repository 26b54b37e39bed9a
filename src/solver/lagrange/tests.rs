//! The whole search against every plan of tiny instances.

use super::neighbourhood::Dice;
use super::plan::Plan;
use super::problem::Problem;
use super::{Found, improve};
use crate::model::catalogue::{RuleKey, Tier};
use crate::model::index::{CoachIx, Ix, PairIx};
use crate::model::instance::{Demand, Instance, Parts, Seats};
use crate::model::quantity::Points;
use crate::model::row::{About, Amount, Outside, Row};
use crate::solver::Options;
use crate::solver::branch::counted;
use crate::solver::composite::Composite;
use crate::solver::survey::Survey;

const COACHES: usize = 3;
const COACHEES: usize = 4;
const PAIRS: usize = COACHES * COACHEES;

fn number(dice: &mut Dice, n: usize) -> i64 {
    i64::try_from(dice.below(n)).expect("small")
}

/// Everybody with everybody, a budget for every coach, and one row over all pairs.
fn instance(dice: &mut Dice) -> Instance {
    let mut parts = Parts { tiers: vec![Tier::Coverage, Tier::Score], ..Parts::default() };
    for _ in 0..COACHES {
        let _: CoachIx =
            parts.seats.push(Seats { min: 0, max: u32::try_from(dice.below(4)).expect("small") });
    }
    for coachee in 0..COACHEES {
        parts.demand.push(Demand { wanted: 1, class: u8::try_from(1 + dice.below(2)).expect("small") });
        parts.starts.push(coachee * COACHES);
    }
    parts.starts.push(PAIRS);
    parts.coach = (0..PAIRS).map(|p| CoachIx::from_usize(p % COACHES)).collect::<Vec<_>>().into();
    parts.score = (0..PAIRS).map(|_| Points(number(dice, 40) - 10)).collect::<Vec<_>>().into();
    let mut row = |about, pairs: Vec<usize>, least, most| {
        let terms = pairs.into_iter().map(|p| (PairIx::from_usize(p), 1 + number(dice, 5))).collect();
        let amount = Amount::Sum(terms);
        parts.rows.push(Row {
            rule: RuleKey::Hours,
            about,
            amount,
            least,
            most,
            outside: Outside::Forbidden,
        });
    };
    for coach in 0..COACHES {
        let own = (0..PAIRS).filter(|p| p % COACHES == coach).collect();
        row(About::Coach(CoachIx::from_usize(coach)), own, None, Some(6));
    }
    row(About::Programme, (0..PAIRS).step_by(2).collect(), None, Some(7));
    parts.rows.sort_by_key(|r| (r.rule, r.about));
    Instance::try_new(parts).expect("a sound instance")
}

/// What every plan costs that may be, with its pairs.
fn every(instance: &Instance) -> Vec<(i128, u32)> {
    let survey = Survey::of(instance, 1);
    let composite = Composite::counting(instance, &survey, &instance.parts().tiers, counted(instance));
    let problem = Problem::<i128>::of(&composite).expect("limits that are searched");
    let plan = |bits: u32| {
        let of = |coach: &super::problem::Coach<i128>| {
            let chosen = |at: &u32| bits >> coach.candidates[*at as usize].pair.get() & 1 == 1;
            (0..u32::try_from(coach.candidates.len()).expect("few")).filter(chosen).collect()
        };
        Some((Plan::of(&problem, problem.coaches.iter().map(of).collect())?.cost, bits))
    };
    (0..1 << PAIRS).filter_map(plan).collect()
}

fn found(instance: &Instance, threads: usize) -> Found {
    let options = Options { threads, deadline: None, cancel: None, progress: None, workers: None };
    improve(instance, &options).expect("a plan")
}

#[test]
fn no_plan_costs_less_than_the_bound_and_better_plans_have_open_pairs_only() {
    let mut dice = Dice::new();
    for _ in 0..60 {
        let instance = instance(&mut dice);
        let all = every(&instance);
        let best = all.iter().map(|p| p.0).min().expect("nobody may be matched");
        let found = found(&instance, 1);
        assert!(found.bound <= best && best <= found.cost);
        assert!(found.stage.is_none() || found.cost == best);
        for (_, bits) in all.iter().filter(|p| p.0 < found.cost) {
            assert!(found.open.iter().enumerate().all(|(at, open)| *open || bits >> at & 1 == 0));
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let mut dice = Dice::new();
    for _ in 0..10 {
        let instance = instance(&mut dice);
        let (one, two) = (found(&instance, 1), found(&instance, 2));
        assert_eq!(
            (one.plan, one.cost, one.bound, one.open, one.stage),
            (two.plan, two.cost, two.bound, two.open, two.stage)
        );
    }
}
