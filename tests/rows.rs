//! Instances with rows against brute force: thousands of tiny ones, with rows of every shape and rings.

#[path = "support/generate.rs"]
mod generate;
#[path = "support/rng.rs"]
mod rng;
#[path = "support/row_rng.rs"]
mod row_rng;
#[path = "support/row_worth.rs"]
mod row_worth;
#[path = "support/worth.rs"]
mod worth;

use dyad::model::catalogue::Tier;
use dyad::model::certificate::Surety;
use dyad::model::index::PairIx;
use dyad::model::instance::{Instance, Minimums};
use dyad::model::outcome::{Assignment, Clash, Outcome, TierValue};
use dyad::model::row::{Outside, Row};
use dyad::solver::{Options, solve};
use rng::Rng;

fn options(threads: usize) -> Options<'static> {
    Options { threads, deadline: None, cancel: None, progress: None, workers: None }
}

fn plan(instance: &Instance, assignment: &Assignment) -> Vec<PairIx> {
    let pair = |(e, c): &_| instance.pair(*e, *c).expect("only eligible pairs are assigned");
    assignment.pairs.iter().map(pair).collect()
}

fn values_hold(instance: &Instance, plan: &[PairIx], tiers: &[TierValue]) {
    for line in tiers {
        let charges = if line.tier == Tier::Score { row_worth::charges(instance, plan) } else { 0 };
        let value = worth::value(instance, plan, line.tier).map(|v| v - charges);
        assert_eq!((line.value, line.bound), (value, value), "{:?}", line.tier);
    }
}

/// What an instance ended with.
#[derive(PartialEq, Eq)]
enum End {
    Certified,
    Claimed,
    Clash,
}

fn agree(instance: &Instance) -> End {
    let outcome = solve(instance, &options(1)).expect("an outcome");
    let best = row_worth::best(instance);
    let stands = |assignment: &Assignment, tiers: &[TierValue]| {
        let plan = plan(instance, assignment);
        assert!(worth::allowed(instance, &plan) && row_worth::keeps(instance, &plan), "not a plan");
        assert_eq!(row_worth::worth(instance, &plan), best);
        values_hold(instance, &plan, tiers);
        let hard = instance.parts().minimums == Minimums::Hard;
        let short = hard && worth::value(instance, &plan, Tier::Minimums) != Some(0);
        worth::missing_pins(instance, &plan) > 0 || row_worth::missed(instance, &plan) > 0 || short
    };
    match outcome {
        Outcome::Optimal { assignment, tiers, certificate } => {
            assert!(!stands(&assignment, &tiers), "a contradiction called an optimum");
            match certificate.surety {
                Surety::Certified => {
                    assert_eq!(dyad::verify::proof(instance.parts(), &assignment, &certificate), []);
                    End::Certified
                }
                Surety::Claimed => End::Claimed,
            }
        }
        Outcome::Infeasible { assignment, tiers, clashes, .. } => {
            assert!(stands(&assignment, &tiers), "nothing is contradicted");
            assert!(!clashes.is_empty());
            for clash in &clashes {
                if let Clash::Rows { rows, coachees, coaches } = clash {
                    row_worth::smallest(instance, rows, coachees, coaches);
                }
            }
            End::Clash
        }
        other => panic!("without a deadline there is an answer, not {other:?}"),
    }
}

const SEEDS: u64 = 1_500;

/// Numbers so far apart in size that the pure-Rust solver loses the small ones; `HiGHS` has to cope with them.
fn far_apart(instance: &Instance) -> bool {
    let parts = instance.parts();
    let charged =
        |row: &Row| matches!(row.outside, Outside::Costs { points, .. } if points.0 > 1_000_000_000);
    let ring = parts
        .rings
        .iter()
        .any(|r| matches!(r.outside, Outside::Costs { points, .. } if points.0 > 1_000_000_000));
    ring || parts.rows.iter().any(charged) || parts.score.iter().any(|s| s.0.abs() > 1_000_000_000)
}

#[test]
fn thousands_of_tiny_instances_with_rows_agree_with_brute_force() {
    let (mut certified, mut claimed, mut clashing) = (0, 0, 0);
    for seed in 0..SEEDS {
        let instance = row_rng::instance(&mut Rng(seed));
        if !cfg!(feature = "highs") && far_apart(&instance) {
            continue;
        }
        let end = std::panic::catch_unwind(|| agree(&instance));
        assert!(end.is_ok(), "seed {seed}: {instance:?}");
        match end {
            Ok(End::Certified) => certified += 1,
            Ok(End::Claimed) => claimed += 1,
            Ok(End::Clash) | Err(_) => clashing += 1,
        }
    }
    let few = SEEDS / 20;
    assert!(
        certified > few && claimed > few && clashing > few,
        "certified {certified}, claimed {claimed}, clashing {clashing}"
    );
}
