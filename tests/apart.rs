//! Other plans against brute force: the next best that differ, and every corner of a trade-off.

#[path = "support/generate.rs"]
mod generate;
#[path = "support/oracle.rs"]
mod oracle;
#[path = "support/rng.rs"]
mod rng;
#[path = "support/worth.rs"]
mod worth;

use dyad::model::catalogue::Tier;
use dyad::model::certificate::Surety;
use dyad::model::index::{Ix, PairIx};
use dyad::model::instance::{Instance, Minimums};
use dyad::model::outcome::{Assignment, Outcome};
use dyad::model::quantity::Points;
use dyad::solver::apart::{Worth, apart, curve, with_rows};
use dyad::solver::{Options, solve};
use generate::{Orders, Shape};
use rng::Rng;
use std::cell::RefCell;

const OPTIONS: Options<'static> =
    Options { threads: 1, deadline: None, cancel: None, progress: None, workers: None };

fn small(seed: u64) -> Instance {
    let shape =
        Shape { coaches: 4, coachees: 5, seats: 3, density: 0, orders: Orders::Any, plans: Some(1_500) };
    let mut parts = generate::instance(&mut Rng(seed), shape).parts().clone();
    parts.tiers.retain(|tier| *tier != Tier::Floor);
    parts.pins.clear();
    parts.minimums = Minimums::Soft;
    Instance::try_new(parts).expect("fewer tiers and pins are sound")
}

fn pairs(instance: &Instance, plan: &Assignment) -> Vec<PairIx> {
    plan.pairs.iter().map(|(e, c)| instance.pair(*e, *c).expect("eligible")).collect()
}

#[test]
fn the_next_best_plans_that_differ_agree_with_brute_force() {
    let (mut found, mut certified) = (0, 0);
    for seed in 0..300 {
        let instance = small(seed);
        let Ok(Outcome::Optimal { assignment, .. }) = solve(&instance, &OPTIONS) else {
            panic!("seed {seed}: nothing contradicts itself")
        };
        assert_eq!(
            worth::worth(&instance, &pairs(&instance, &assignment)),
            oracle::best(&instance),
            "seed {seed}"
        );
        let differ = 1 + u32::try_from(seed % 3).expect("small");
        let mut plans = vec![assignment];
        for _ in 0..3 {
            let others: Vec<Vec<PairIx>> = plans.iter().map(|plan| pairs(&instance, plan)).collect();
            let differs = |plan: &[PairIx]| {
                let gone = |other: &Vec<PairIx>| other.iter().filter(|pair| !plan.contains(pair)).count();
                others.iter().all(|other| gone(other) >= differ as usize)
            };
            let best = oracle::best_of(&instance, &differs);
            let next = apart(&instance, &plans, differ, &OPTIONS).expect("no failure");
            let Some(next) = next else {
                assert_eq!(best, None, "seed {seed}: there is such a plan");
                break;
            };
            let Outcome::Optimal { assignment, certificate, .. } = next else {
                panic!("seed {seed}: a plan without pairs differs from all that have enough")
            };
            let chosen = pairs(&instance, &assignment);
            assert!(differs(&chosen), "seed {seed}: not far enough");
            assert_eq!(Some(worth::worth(&instance, &chosen)), best, "seed {seed}");
            if certificate.surety == Surety::Certified {
                let rows = with_rows(&instance, &plans, differ).expect("as above");
                assert_eq!(dyad::verify::proof(rows.parts(), &assignment, &certificate), [], "seed {seed}");
                certified += 1;
            }
            found += 1;
            plans.push(assignment);
        }
    }
    assert!(found > 300 && certified * 10 > found * 9, "{found} found, {certified} certified");
}

/// Every plan's two worths among those that are best in the tiers before the score, by brute force; the corners of their hull.
fn hull(instance: &Instance, worths: &[Worth; 2]) -> Vec<[i128; 2]> {
    let before = |plan: &[PairIx]| {
        let tiers: Vec<Tier> =
            instance.parts().tiers.iter().copied().take_while(|t| *t != Tier::Score).collect();
        worth::worth(&with_tiers(instance, &tiers), plan)
    };
    let all = RefCell::new(Vec::new());
    oracle::best_of(instance, &|plan| {
        let sum =
            |at: usize| plan.iter().map(|p| i128::from(worths[at].points[p.to_usize()].0)).sum::<i128>();
        all.borrow_mut().push((before(plan), [sum(0), sum(1)]));
        false
    });
    let all = all.into_inner();
    let best = all.iter().map(|(before, _)| before.clone()).min().expect("a plan");
    let points: Vec<[i128; 2]> =
        all.into_iter().filter(|(before, _)| *before == best).map(|(_, point)| point).collect();
    let mut corners: Vec<[i128; 2]> = Vec::new();
    let mut at = *points.iter().max().expect("a plan");
    loop {
        corners.push(at);
        // The next corner is where the curve falls least steeply; of several on one line the last.
        let further = points.iter().filter(|p| p[1] > at[1]);
        let steeper = |p: &&[i128; 2], q: &&[i128; 2]| {
            let (dp, dq) = ((at[0] - p[0]) * (q[1] - at[1]), (at[0] - q[0]) * (p[1] - at[1]));
            dp.cmp(&dq).then(q[1].cmp(&p[1]))
        };
        match further.min_by(steeper) {
            Some(next) => at = *next,
            None => return corners,
        }
    }
}

fn with_tiers(instance: &Instance, tiers: &[Tier]) -> Instance {
    let mut parts = instance.parts().clone();
    parts.tiers = tiers.to_vec();
    Instance::try_new(parts).expect("fewer tiers are sound")
}

#[test]
fn every_corner_of_a_trade_off_agrees_with_brute_force() {
    let mut corners = 0;
    for seed in 1_000..1_400 {
        let rng = &mut Rng(seed);
        let mut instance = small(seed);
        let mut parts = instance.parts().clone();
        parts.nests.clear();
        parts.tiers = if seed % 2 == 0 { vec![Tier::Coverage, Tier::Score] } else { vec![Tier::Score] };
        instance = Instance::try_new(parts).expect("fewer nests are sound");
        let mut side = || Worth {
            points: (0..instance.pairs())
                .map(|_| Points(i64::try_from(rng.below(12)).expect("small") * 500_000))
                .collect(),
            charged: true,
        };
        let worths = [side(), side()];
        let found = curve(&instance, &worths, &OPTIONS).expect("no failure");
        assert!(found.whole, "seed {seed}: the numbers fit");
        let told: Vec<[i128; 2]> = found.corners.iter().map(|corner| corner.worth).collect();
        assert_eq!(told, hull(&instance, &worths), "seed {seed}");
        corners += told.len();
    }
    assert!(corners > 500, "{corners} corners");
}
