//! Stable plans against brute force: every plan of thousands of tiny instances, those among them that no pair blocks,
//! and the one of these that is best for every coachee. Caps, pins, classes, several coaches wanted, few names, ties.

#[path = "support/generate.rs"]
mod generate;
#[path = "support/rng.rs"]
mod rng;
#[path = "support/worth.rs"]
#[expect(dead_code, reason = "what a plan is worth by the objective does not matter here")]
mod worth;

use dyad::model::index::{CoacheeIx, Ix, PairIx};
use dyad::model::instance::Instance;
use dyad::model::outcome::{Assignment, Outcome, Stop};
use dyad::model::wishes::{Wish, Wishes};
use dyad::solver::{Options, solve};
use generate::{Orders, Shape};
use rng::Rng;
use std::cmp::Reverse;

/// Everybody names up to six of those who are possible, in any order.
fn wishes(rng: &mut Rng, instance: &Instance) -> Wishes {
    let coach = |p: usize| instance.parts().coach[p];
    let coachee = |p: usize| instance.coachee_of(PairIx::from_usize(p));
    let mut ranks = vec![(None, None); instance.pairs()];
    let mut draw = |of: Vec<usize>, give: &mut dyn FnMut(usize, u32)| {
        let mut left = of;
        for rank in 1..=rng.small(7) {
            if !left.is_empty() {
                give(left.swap_remove(rng.below(left.len())), rank);
            }
        }
    };
    for who in instance.parts().demand.indexes() {
        let of = (0..instance.pairs()).filter(|p| coachee(*p) == who).collect();
        draw(of, &mut |p, rank| ranks[p].0 = Some(rank));
    }
    for who in instance.parts().seats.indexes() {
        let of = (0..instance.pairs()).filter(|p| coach(*p) == who).collect();
        draw(of, &mut |p, rank| ranks[p].1 = Some(rank));
    }
    let named = ranks.iter().enumerate().filter(|(_, (a, b))| a.is_some() || b.is_some());
    let wish = |(p, (a, b)): (usize, &(_, _))| Wish { pair: PairIx::from_usize(p), coachees: *a, coachs: *b };
    Wishes { named: named.map(wish).collect() }
}

/// Every plan that keeps seats and caps, as ascending pairs.
fn plans(instance: &Instance) -> Vec<Vec<PairIx>> {
    fn walk(instance: &Instance, at: usize, plan: &mut Vec<PairIx>, found: &mut Vec<Vec<PairIx>>) {
        if at == instance.pairs() {
            if worth::allowed(instance, plan) {
                found.push(plan.clone());
            }
            return;
        }
        walk(instance, at + 1, plan, found);
        let pair = PairIx::from_usize(at);
        let who = instance.coachee_of(pair);
        let has = plan.iter().filter(|p| instance.coachee_of(**p) == who).count();
        if has < usize::from(instance.parts().demand[who].wanted) {
            plan.push(pair);
            walk(instance, at + 1, plan, found);
            plan.pop();
        }
    }
    let mut found = Vec::new();
    walk(instance, 0, &mut Vec::new(), &mut found);
    found
}

/// The smaller the better, for the coachee and for the coach.
fn liking(instance: &Instance, pair: PairIx) -> [(bool, u32, u8, Reverse<i64>, usize); 2] {
    let parts = instance.parts();
    let (coachee, at) = (instance.coachee_of(pair), pair.to_usize());
    let (hers, his) = parts.stable.as_ref().expect("wishes").of(pair);
    let (pinned, score) = (parts.pins.contains(&pair), Reverse(parts.score[at].0));
    [
        (!pinned, hers.unwrap_or(99), 0, score, parts.coach[at].to_usize()),
        (!pinned, his.unwrap_or(99), parts.demand[coachee].class, score, coachee.to_usize()),
    ]
}

/// A pair blocks if the plan stays one when it comes in and at most one pair of either goes that they like less.
fn blocks(instance: &Instance, plan: &[PairIx], pair: PairIx) -> bool {
    let coach = |p: PairIx| instance.parts().coach[p.to_usize()];
    let gone = |side: usize| -> Vec<Option<PairIx>> {
        let with = plan.iter().filter(|p| match side {
            0 => instance.coachee_of(**p) == instance.coachee_of(pair),
            _ => coach(**p) == coach(pair),
        });
        let less = with.filter(|p| liking(instance, **p)[side] > liking(instance, pair)[side]);
        std::iter::once(None).chain(less.map(|p| Some(*p))).collect()
    };
    gone(0).iter().any(|hers| {
        gone(1).iter().any(|his| {
            let stays = |p: &&PairIx| Some(**p) != *hers && Some(**p) != *his;
            let mut next: Vec<PairIx> = plan.iter().filter(stays).copied().chain([pair]).collect();
            next.sort_unstable();
            worth::allowed(instance, &next)
        })
    })
}

fn stable(instance: &Instance, plan: &[PairIx]) -> bool {
    let others = (0..instance.pairs()).map(PairIx::from_usize).filter(|p| !plan.contains(p));
    others.into_iter().all(|pair| !blocks(instance, plan, pair))
}

/// Of two plans' pairs of one coachee, those she would choose.
fn choice(instance: &Instance, who: CoacheeIx, plans: [&[PairIx]; 2]) -> Vec<PairIx> {
    let pins = instance.parts().pins.iter().filter(|p| instance.coachee_of(**p) == who).count();
    let wanted = usize::from(instance.parts().demand[who].wanted);
    let mut all: Vec<PairIx> =
        plans.concat().into_iter().filter(|p| instance.coachee_of(*p) == who).collect();
    all.sort_by_key(|p| liking(instance, *p)[0]);
    all.dedup();
    let (pinned, free): (Vec<_>, Vec<_>) = all.into_iter().partition(|p| instance.parts().pins.contains(p));
    let mut chosen: Vec<PairIx> = pinned.into_iter().chain(free.into_iter().take(wanted - pins)).collect();
    chosen.sort_unstable();
    chosen
}

/// Solves, proves, and holds the plan against all others. Whether every pin was kept, and how many stable plans there are.
fn agree(instance: &Instance) -> (bool, usize) {
    let options = Options { threads: 1, deadline: None, cancel: None, progress: None, workers: None };
    let (assignment, certificate, kept) = match solve(instance, &options).expect("an outcome") {
        Outcome::Optimal { assignment, certificate, .. } => (assignment, certificate, true),
        Outcome::Infeasible { assignment, certificate, clashes, .. } => {
            assert!(!clashes.is_empty());
            (assignment, certificate, false)
        }
        other => panic!("without a deadline there is an answer, not {other:?}"),
    };
    let pair = |(e, c): &_| instance.pair(*e, *c).expect("only eligible pairs");
    let plan: Vec<PairIx> = assignment.pairs.iter().map(pair).collect();
    assert_eq!(kept, worth::missing_pins(instance, &plan) == 0);
    assert_eq!(dyad::verify::proof(instance.parts(), &assignment, &certificate), []);
    let all: Vec<Vec<PairIx>> = plans(instance).into_iter().filter(|p| stable(instance, p)).collect();
    assert!(all.contains(&plan), "not stable: {plan:?}");
    for other in all.iter().filter(|other| **other != plan) {
        for who in instance.parts().demand.indexes() {
            let hers: Vec<PairIx> = plan.iter().copied().filter(|p| instance.coachee_of(*p) == who).collect();
            assert_eq!(choice(instance, who, [&plan, other]), hers, "{who:?} would rather have {other:?}");
        }
        // What is stable, but not the best for the coachees, is no proof.
        let pairs = other.iter().map(|p| (instance.coachee_of(*p), instance.parts().coach[p.to_usize()]));
        let other = Assignment { pairs: pairs.collect() };
        assert!(!dyad::verify::proof(instance.parts(), &other, &certificate).is_empty());
    }
    (kept, all.len())
}

#[test]
fn thousands_of_tiny_instances_agree_with_brute_force() {
    let shape =
        Shape { coaches: 5, coachees: 5, seats: 2, density: 8, orders: Orders::Any, plans: Some(3_000) };
    let (mut clashes, mut several) = (0, 0);
    for seed in 0..3_000 {
        let mut rng = Rng(seed);
        let mut parts = generate::instance(&mut rng, shape).parts().clone();
        let plain = Instance::try_new(parts.clone()).expect("a sound instance");
        parts.stable = Some(wishes(&mut rng, &plain));
        let instance = Instance::try_new(parts).expect("a sound instance");
        let result = std::panic::catch_unwind(|| agree(&instance));
        let (kept, stable) = result.unwrap_or_else(|_| panic!("seed {seed}: {instance:?}"));
        clashes += usize::from(!kept);
        several += usize::from(stable > 1);
    }
    assert!(clashes > 30 && several > 30, "{clashes} clashes, {several} with several stable plans");
}

#[test]
fn a_search_that_is_stopped_says_so() {
    let shape = Shape { coaches: 4, coachees: 5, seats: 3, density: 9, orders: Orders::Any, plans: None };
    let mut parts = generate::instance(&mut Rng(7), shape).parts().clone();
    parts.stable = Some(Wishes::default());
    let instance = Instance::try_new(parts).expect("a sound instance");
    let cancel = std::sync::atomic::AtomicBool::new(true);
    let options =
        Options { threads: 1, deadline: None, cancel: Some(&cancel), progress: None, workers: None };
    let outcome = solve(&instance, &options).expect("an outcome");
    assert!(matches!(outcome, Outcome::Feasible { stop: Stop::Cancelled, .. }), "{outcome:?}");
}
