//! The solver against brute force on thousands of tiny instances, and against another crate's Kuhn–Munkres on dense ones.

#[path = "support/generate.rs"]
mod generate;
#[path = "support/oracle.rs"]
mod oracle;
#[path = "support/rng.rs"]
mod rng;
#[path = "support/worth.rs"]
mod worth;

use dyad::model::catalogue::Tier;
use dyad::model::index::{CoachIx, GroupIx, IxVec, PairIx};
use dyad::model::instance::{Demand, Excess, Instance, Minimums, NestFamily, NestKind, Parts, Seats};
use dyad::model::outcome::{Assignment, Outcome, TierValue};
use dyad::model::quantity::Points;
use dyad::solver::{Options, solve};
use generate::{Orders, Shape};
use rng::Rng;

fn options(threads: usize) -> Options<'static> {
    Options { threads, deadline: None, cancel: None, progress: None, workers: None }
}

/// The positions of an assignment's pairs; fails on a pair that is not eligible.
fn plan(instance: &Instance, assignment: &Assignment) -> Vec<PairIx> {
    let pair = |(e, c): &_| instance.pair(*e, *c).expect("only eligible pairs are assigned");
    assignment.pairs.iter().map(pair).collect()
}

fn values_hold(instance: &Instance, plan: &[PairIx], tiers: &[TierValue]) {
    let names: Vec<Tier> = tiers.iter().map(|t| t.tier).collect();
    assert_eq!(names, instance.parts().tiers);
    for line in tiers {
        assert_eq!(line.value, worth::value(instance, plan, line.tier), "{:?}", line.tier);
    }
}

/// One instance: optimum, tiers, proof, threads. Whether its demands can all be met.
fn agree(instance: &Instance) -> bool {
    let solve = |threads| solve(instance, &options(threads)).expect("an outcome");
    let outcome = solve(1);
    assert_eq!(outcome, solve(2), "another number of threads, another outcome");
    let best = oracle::best(instance);
    let hard = instance.parts().minimums == Minimums::Hard;
    match outcome {
        Outcome::Optimal { assignment, tiers, certificate } => {
            let plan = plan(instance, &assignment);
            assert!(worth::allowed(instance, &plan), "not a plan");
            assert_eq!(worth::missing_pins(instance, &plan), 0);
            if hard {
                assert_eq!(worth::value(instance, &plan, Tier::Minimums), Some(0));
            }
            assert_eq!(worth::worth(instance, &plan), best);
            values_hold(instance, &plan, &tiers);
            assert!(tiers.iter().all(|t| t.bound == t.value));
            assert_eq!(dyad::verify::proof(instance.parts(), &assignment, &certificate), []);
            true
        }
        Outcome::Infeasible { assignment, tiers, certificate, clashes } => {
            let plan = plan(instance, &assignment);
            assert!(worth::allowed(instance, &plan), "not a plan");
            assert!(!clashes.is_empty());
            assert_eq!(worth::worth(instance, &plan), best, "as much is kept as can be");
            let missing = worth::missing_pins(instance, &plan);
            let short = worth::value(instance, &plan, Tier::Minimums) != Some(0);
            assert!(missing > 0 || hard && short, "nothing is contradicted");
            values_hold(instance, &plan, &tiers);
            assert_eq!(dyad::verify::proof(instance.parts(), &assignment, &certificate), []);
            false
        }
        other => panic!("without a deadline there is an answer, not {other:?}"),
    }
}

fn agree_on(seeds: std::ops::Range<u64>, orders: Orders) {
    let shape = Shape { coaches: 6, coachees: 7, seats: 4, density: 0, orders, plans: Some(4_000) };
    let (mut infeasible, all) = (0, seeds.clone().count());
    for seed in seeds {
        let instance = generate::instance(&mut Rng(seed), shape);
        let result = std::panic::catch_unwind(|| agree(&instance));
        assert!(result.is_ok(), "seed {seed}: {instance:?}");
        infeasible += usize::from(result.is_ok_and(|feasible| !feasible));
    }
    assert!((all / 50..all / 2).contains(&infeasible), "{infeasible} of {all} contradict themselves");
}

#[test]
fn thousands_of_tiny_instances_agree_with_brute_force() {
    agree_on(0..4_000, Orders::CoverageFirst);
}

#[test]
fn any_order_of_tiers_agrees_with_brute_force() {
    agree_on(100_000..102_500, Orders::Any);
}

/// n × n with one seat each, everybody eligible, everybody to be matched.
fn square(scores: &[Vec<i64>]) -> Instance {
    let n = scores.len();
    let parts = Parts {
        seats: (0..n).map(|_| Seats { min: 0, max: 1 }).collect(),
        demand: (0..n).map(|_| Demand { wanted: 1, class: 1 }).collect(),
        starts: (0..=n).map(|i| i * n).collect(),
        coach: (0..n).flat_map(|_| (0..n).map(|c| CoachIx::new(u32::try_from(c).expect("small")))).collect(),
        score: scores.iter().flatten().map(|s| Points(*s)).collect(),
        tiers: vec![Tier::Coverage, Tier::Score],
        ..Parts::default()
    };
    Instance::try_new(parts).expect("a sound instance")
}

#[test]
fn dense_assignments_agree_with_kuhn_munkres() {
    let mut rng = Rng(2026);
    for n in [1, 2, 3, 5, 8, 13, 21, 34, 47, 60] {
        for spread in [2, 10, 1_000_000] {
            let row = |rng: &mut Rng| (0..n).map(|_| i64::from(rng.small(spread)) - 3).collect::<Vec<i64>>();
            let scores: Vec<Vec<i64>> = (0..n).map(|_| row(&mut rng)).collect();
            let matrix = pathfinding::matrix::Matrix::from_rows(scores.clone()).expect("a square");
            let (best, _) = pathfinding::kuhn_munkres::kuhn_munkres(&matrix);
            let instance = square(&scores);
            let Outcome::Optimal { assignment, tiers, certificate } =
                solve(&instance, &options(2)).expect("an outcome")
            else {
                panic!("a dense assignment has an optimum");
            };
            let score = tiers.iter().find(|t| t.tier == Tier::Score).expect("a tier");
            assert_eq!((assignment.pairs.len(), score.value), (n, Some(i128::from(best))));
            assert_eq!(dyad::verify::proof(instance.parts(), &assignment, &certificate), []);
        }
    }
}

/// The oracle itself, on problems that fit a napkin.
#[test]
fn the_oracle_finds_what_a_napkin_finds() {
    let ix = |list: &[u32]| list.iter().map(|i| CoachIx::new(*i)).collect::<Vec<_>>();
    // Two coachees, two coaches with a place each. Both like coach 0; together 5 + 4 beats 7 + 1.
    let mut parts = Parts {
        seats: IxVec::from_vec(vec![Seats { min: 0, max: 1 }; 2]),
        demand: IxVec::from_vec(vec![Demand { wanted: 1, class: 1 }; 2]),
        starts: vec![0, 2, 4],
        coach: ix(&[0, 1, 0, 1]).into(),
        score: [7, 4, 5, 1].map(Points).to_vec().into(),
        tiers: vec![Tier::Coverage, Tier::Score],
        ..Parts::default()
    };
    let best = |parts: &Parts| oracle::best(&Instance::try_new(parts.clone()).expect("sound"));
    let tail = |worth: &[i128], n: usize| worth[worth.len() - n..].to_vec();
    assert_eq!(tail(&best(&parts), 1), [-9]);
    // The floor first: the weakest pair counts 4 there and 1 in the other plan.
    parts.tiers = vec![Tier::Coverage, Tier::Floor, Tier::Score];
    assert_eq!(tail(&best(&parts), 2), [-4, -9]);
    // A pin forces the worse plan; a given plan that asks for the better one is not kept.
    parts.pins = vec![PairIx::new(0)];
    parts.kept = vec![PairIx::new(1), PairIx::new(2)];
    parts.tiers = vec![Tier::Coverage, Tier::Stability, Tier::Score];
    assert_eq!(tail(&best(&parts), 2), [2, -8]);
    // One coach with two places who may not have two of one group.
    parts.pins.clear();
    parts.seats = IxVec::from_vec(vec![Seats { min: 0, max: 2 }, Seats { min: 1, max: 1 }]);
    let group = IxVec::from_vec(vec![Some(GroupIx::new(0)); 2]);
    parts.nests = vec![NestFamily {
        kind: NestKind::School,
        cap: 1,
        excess: Excess::Costs(Points(6)),
        group,
        exempt: Vec::new(),
    }];
    parts.tiers = vec![Tier::Coverage, Tier::Minimums, Tier::Score, Tier::Balance];
    parts.balance = Points(10);
    assert_eq!(tail(&best(&parts), 3), [0, -9, 15]);
    parts.tiers = vec![Tier::Score];
    assert_eq!(best(&parts), [0, -9]);
    parts.nests[0].excess = Excess::Costs(Points(1));
    assert_eq!(best(&parts), [0, -11]);
}
