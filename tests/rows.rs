//! Instances with rows against brute force: thousands of tiny ones, with rows of every shape and rings.

#[path = "support/generate.rs"]
mod generate;
#[path = "support/rng.rs"]
mod rng;
#[path = "support/row_best.rs"]
mod row_best;
#[path = "support/row_rng.rs"]
mod row_rng;
#[path = "support/row_worth.rs"]
mod row_worth;
#[path = "support/worth.rs"]
mod worth;

use dyad::model::catalogue::Tier;
use dyad::model::certificate::{Certificate, Surety};
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
#[derive(Default)]
struct End {
    clash: bool,
    claimed: bool,
    /// A search over cases proves it.
    cases: bool,
}

/// Whose word it is, held against the instance.
fn proved(instance: &Instance, assignment: &Assignment, certificate: &Certificate) -> End {
    let claimed = certificate.surety == Surety::Claimed;
    if !claimed {
        assert_eq!(dyad::verify::proof(instance.parts(), assignment, certificate), []);
    }
    let cases = certificate.stages.iter().flat_map(|stage| &stage.groups).any(|g| g.cases.len() > 1);
    End { claimed, cases, clash: false }
}

fn agree(instance: &Instance) -> End {
    let outcome = solve(instance, &options(1)).expect("an outcome");
    assert_eq!(solve(instance, &options(2)).as_ref(), Ok(&outcome), "another outcome on two threads");
    let best = row_best::best(instance);
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
            proved(instance, &assignment, &certificate)
        }
        Outcome::Infeasible { assignment, tiers, certificate, clashes } => {
            assert!(stands(&assignment, &tiers), "nothing is contradicted");
            assert!(!clashes.is_empty());
            for clash in &clashes {
                if let Clash::Rows { rows, coachees, coaches } = clash {
                    row_best::smallest(instance, rows, coachees, coaches);
                }
            }
            End { clash: true, ..proved(instance, &assignment, &certificate) }
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
    let (mut cases, mut claimed, mut clashing) = (0, 0, 0);
    for seed in 0..SEEDS {
        let instance = row_rng::instance(&mut Rng(seed));
        if !cfg!(feature = "highs") && far_apart(&instance) {
            continue;
        }
        let end = std::panic::catch_unwind(|| agree(&instance));
        assert!(end.is_ok(), "seed {seed}: {instance:?}");
        let end = end.unwrap_or_default();
        cases += u64::from(end.cases);
        claimed += u64::from(end.claimed);
        clashing += u64::from(end.clash);
    }
    // Where numbers are too large to be searched on one cost, the solver's word stands.
    let few = SEEDS / 20;
    assert!(
        cases > few && claimed < few && clashing > few,
        "cases {cases}, claimed {claimed}, clashing {clashing}"
    );
}
