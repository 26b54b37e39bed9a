//! Changes to a solved state against brute force on the changed instance: whoever goes, whatever is forbidden.

#[path = "support/generate.rs"]
mod generate;
#[path = "support/oracle.rs"]
mod oracle;
#[path = "support/rng.rs"]
mod rng;
#[path = "support/worth.rs"]
mod worth;

use dyad::model::catalogue::Tier;
use dyad::model::certificate::{Certificate, Claim};
use dyad::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use dyad::model::instance::{Instance, Parts, Seats};
use dyad::model::quantity::Points;
use dyad::solver::repair::{State, frontier, losses};
use generate::{Orders, Shape};
use rng::Rng;

/// A tiny instance whose tiers are sums.
fn small(seed: u64) -> Instance {
    let shape =
        Shape { coaches: 6, coachees: 7, seats: 4, density: 0, orders: Orders::Any, plans: Some(1_500) };
    let mut parts = generate::instance(&mut Rng(seed), shape).parts().clone();
    parts.tiers.retain(|tier| *tier != Tier::Floor);
    Instance::try_new(parts).expect("a tier less is sound")
}

fn pairs(instance: &Instance, state: &State<'_>) -> Vec<PairIx> {
    let found = state.assignment();
    found.pairs.iter().map(|(e, c)| instance.pair(*e, *c).expect("only eligible pairs are made")).collect()
}

/// The state is the best of the changed instance, and its prices prove it.
fn stands(changed: &Instance, state: &State<'_>) {
    let plan = pairs(changed, state);
    assert!(worth::allowed(changed, &plan), "not a plan");
    assert_eq!(worth::worth(changed, &plan), oracle::best(changed));
    let solved = state.solved();
    assert_eq!(solved.cost, solved.bound, "the prices do not prove it");
}

fn changed(instance: &Instance, change: impl FnOnce(&mut Parts)) -> Instance {
    let mut parts = instance.parts().clone();
    change(&mut parts);
    Instance::try_new(parts).expect("the change is sound")
}

fn without(instance: &Instance, pair: PairIx) -> Instance {
    changed(instance, |parts| {
        let at = pair.to_usize();
        let mut coach: Vec<CoachIx> = parts.coach.to_vec();
        let mut score = parts.score.to_vec();
        coach.remove(at);
        score.remove(at);
        (parts.coach, parts.score) = (coach.into(), score.into());
        parts.starts.iter_mut().filter(|s| **s > at).for_each(|s| *s -= 1);
        let shift = |list: &mut Vec<PairIx>| {
            list.retain(|p| *p != pair);
            list.iter_mut().filter(|p| **p > pair).for_each(|p| *p = PairIx::from_usize(p.to_usize() - 1));
        };
        shift(&mut parts.pins);
        shift(&mut parts.kept);
        parts.nests.iter_mut().for_each(|nest| shift(&mut nest.exempt));
    })
}

#[test]
fn a_state_is_proved_like_any_plan() {
    for seed in 0..1_500 {
        let instance = small(seed);
        let state = State::of(&instance, &instance.parts().tiers, &[], 1).expect("no rows, small numbers");
        stands(&instance, &state);
        let certificate =
            Certificate { stages: vec![state.stage(Claim::Best { floor: None })], ..Certificate::default() };
        assert_eq!(dyad::verify::proof(instance.parts(), &state.assignment(), &certificate), [], "{seed}");
    }
}

#[test]
fn a_coach_or_a_coachee_goes() {
    for seed in 10_000..11_000 {
        let instance = small(seed);
        let mut state = State::of(&instance, &instance.parts().tiers, &[], 1).expect("no rows");
        let (mark, before) = (state.mark(), state.assignment());
        for coach in instance.parts().seats.indexes() {
            state.lose(coach);
            stands(&changed(&instance, |parts| parts.seats[coach] = Seats::default()), &state);
            state.back_to(&mark);
        }
        for coachee in instance.parts().demand.indexes() {
            state.leave(coachee);
            let rows = instance.rows(coachee);
            let left = changed(&instance, |parts| {
                parts.demand[coachee].wanted = 0;
                parts.pins.retain(|pin| !rows.contains(&pin.to_usize()));
            });
            stands(&left, &state);
            state.back_to(&mark);
        }
        assert_eq!(state.assignment(), before);
        stands(&instance, &state);
    }
}

#[test]
fn several_changes_one_after_another() {
    let (mut wider, mut forbidden) = (0, 0);
    for seed in 20_000..21_000 {
        let mut rng = Rng(seed);
        let mut instance = small(seed);
        let first = instance.clone();
        let mut state = State::of(&first, &first.parts().tiers, &[], 1).expect("no rows");
        for _ in 0..4 {
            let coach = CoachIx::from_usize(rng.below(instance.coaches()));
            match rng.below(3) {
                0 => {
                    state.lose(coach);
                    instance = changed(&instance, |parts| parts.seats[coach] = Seats::default());
                }
                1 if instance.pairs() > 0 => {
                    let pair = PairIx::from_usize(rng.below(instance.pairs()));
                    if instance.parts().pins.contains(&pair) {
                        continue;
                    }
                    forbidden += 1;
                    state.forbid(instance.coachee_of(pair), instance.parts().coach[pair.to_usize()]);
                    instance = without(&instance, pair);
                }
                _ => {
                    let coachees = |e: CoacheeIx| instance.pair(e, coach).is_some();
                    let asked = instance.parts().demand.indexes().filter(|e| coachees(*e)).count();
                    let max = instance.parts().seats[coach].max as usize;
                    if max > 0 && max < asked && state.widen(coach) {
                        wider += 1;
                        instance = changed(&instance, |parts| parts.seats[coach].max += 1);
                    }
                }
            }
            stands(&instance, &state);
        }
    }
    assert!(wider > 50 && forbidden > 200, "{wider} wider, {forbidden} forbidden");
}

/// The instance with the kept pairs and with tiers that are sums, stability not among them.
fn without_stability(instance: &Instance) -> Instance {
    changed(instance, |parts| parts.tiers.retain(|tier| *tier != Tier::Stability))
}

fn moves(instance: &Instance, plan: &[PairIx]) -> usize {
    instance.parts().kept.iter().filter(|pair| !plan.contains(pair)).count()
}

/// A plan to start from: the best of the instance, as the pairs to keep; often with a coach less.
fn with_a_plan(rng: &mut Rng, instance: &Instance) -> Instance {
    let state = State::of(instance, &instance.parts().tiers, &[], 1).expect("no rows");
    let kept = pairs(instance, &state);
    let gone = CoachIx::from_usize(rng.below(instance.coaches()));
    let lose = rng.chance(2, 3);
    let first = instance.pairs() > 0 && rng.chance(1, 3);
    changed(instance, |parts| {
        parts.kept = kept;
        if lose {
            parts.seats[gone] = Seats::default();
        }
        if first {
            // Something else has changed as well.
            let at = rng.below(parts.score.len());
            let mut score = parts.score.to_vec();
            score[at] = Points(score[at].0 * 3 + 1);
            parts.score = score.into();
        }
    })
}

#[test]
fn every_point_of_the_frontier_agrees_with_brute_force() {
    let (mut points, mut proved, mut bends) = (0, 0, 0);
    for seed in 30_000..32_500 {
        let mut rng = Rng(seed);
        let instance = with_a_plan(&mut rng, &small(seed));
        let plain = without_stability(&instance);
        let found = frontier(&instance, 9, 1, &|| false).expect("no rows, small numbers");
        let (mut last, mut gains) = (None, Vec::new());
        for point in &found.points {
            let most = point.moves as usize;
            let plan: Vec<PairIx> = point
                .assignment
                .pairs
                .iter()
                .map(|(e, c)| instance.pair(*e, *c).expect("eligible"))
                .collect();
            assert!(worth::allowed(&instance, &plan), "seed {seed}: not a plan");
            assert_eq!(moves(&instance, &plan), point.made as usize, "seed {seed}");
            assert!(point.made <= point.moves, "seed {seed}: too many moves");
            let best = oracle::best_of(&plain, &|plan| moves(&instance, plan) <= most).expect("a plan");
            let reached = worth::worth(&plain, &plan);
            if point.proved {
                assert_eq!(reached, best, "seed {seed}, {most} moves");
            }
            assert!(reached >= best, "seed {seed}: better than the best");
            points += 1;
            proved += usize::from(point.proved);
            gains.push(last.replace(reached.clone()) != Some(reached));
        }
        bends += usize::from(gains.windows(2).any(|two| !two[0] && two[1]));
        assert_eq!(
            worth::worth(&plain, &of(&instance, &found.free.expect("no rows").assignment)),
            oracle::best(&plain)
        );
        let fewest = oracle::best(&changed(&instance, |parts| {
            parts.tiers.retain(|tier| *tier != Tier::Stability);
            parts.tiers.insert(0, Tier::Stability);
        }));
        let first = of(&instance, &found.points[0].assignment);
        let stable = changed(&instance, |parts| {
            parts.tiers.retain(|tier| *tier != Tier::Stability);
            parts.tiers.insert(0, Tier::Stability);
        });
        assert_eq!(worth::worth(&stable, &first), fewest, "seed {seed}: the plan of the fewest moves");
    }
    assert!(points > 2_500 && bends > 15, "{points} points, {bends} frontiers that are not convex");
    assert!(proved * 100 >= points * 97, "{proved} of {points} are proved");
}

fn of(instance: &Instance, assignment: &dyad::model::outcome::Assignment) -> Vec<PairIx> {
    assignment.pairs.iter().map(|(e, c)| instance.pair(*e, *c).expect("eligible")).collect()
}

#[test]
fn every_loss_agrees_with_brute_force() {
    let mut stranded = 0;
    for seed in 40_000..41_000 {
        let mut rng = Rng(seed);
        let fresh = changed(&small(seed), |parts| parts.pins.clear());
        let instance = with_a_plan(&mut rng, &fresh);
        let mut state = State::of(&instance, &instance.parts().tiers, &[], 1).expect("no rows");
        let base = pairs(&instance, &state);
        let sets: Vec<Vec<CoachIx>> = (0..instance.coaches())
            .flat_map(|a| (a..instance.coaches()).map(move |b| vec![a, b]))
            .map(|mut set| {
                set.dedup();
                set.into_iter().map(CoachIx::from_usize).collect()
            })
            .collect();
        let found = losses(&mut state, &sets, &|| false).expect("nobody stops it");
        for loss in &found {
            let left = changed(&instance, |parts| {
                loss.coaches.iter().for_each(|coach| parts.seats[*coach] = Seats::default());
            });
            let lost = |pair: &PairIx| loss.coaches.contains(&instance.parts().coach[pair.to_usize()]);
            let after = |repair: &dyad::solver::repair::Repair| {
                let mut plan: Vec<PairIx> = base.iter().copied().filter(|pair| !lost(pair)).collect();
                for change in &repair.changes {
                    plan.retain(|p| {
                        let coach = instance.parts().coach[p.to_usize()];
                        instance.coachee_of(*p) != change.coachee || !change.from.contains(&coach)
                    });
                    plan.extend(change.to.iter().filter_map(|c| instance.pair(change.coachee, *c)));
                }
                plan.sort_unstable();
                plan
            };
            let moving = after(&loss.moving);
            assert_eq!(worth::worth(&left, &moving), oracle::best(&left), "seed {seed}: {loss:?}");
            let staying = after(&loss.staying);
            let plain = without_stability(&left);
            let kept: Vec<PairIx> = base.iter().copied().filter(|pair| !lost(pair)).collect();
            let only_theirs = |plan: &[PairIx]| {
                kept.iter().all(|pair| plan.contains(pair))
                    && plan.iter().all(|p| kept.contains(p) || loss.bereft.contains(&instance.coachee_of(*p)))
                    && loss.bereft.iter().all(|e| {
                        let had = base.iter().filter(|p| instance.coachee_of(**p) == *e).count();
                        plan.iter().filter(|p| instance.coachee_of(**p) == *e).count() <= had
                    })
            };
            let best = oracle::best_of(&plain, &only_theirs).expect("leaving them out is a plan");
            assert_eq!(worth::worth(&plain, &staying), best, "seed {seed}, staying: {loss:?}");
            assert_eq!(loss.staying.moves, 0);
            let score = |plan: &[PairIx]| worth::value(&instance, plan, Tier::Score).expect("a sum");
            assert_eq!(score(&moving) - score(&base), loss.moving.score, "seed {seed}");
            assert_eq!(score(&staying) - score(&base), loss.staying.score, "seed {seed}");
            stranded += usize::from(loss.staying.unfilled > loss.moving.unfilled);
        }
    }
    assert!(stranded > 50, "{stranded} losses that only moves mend");
}

/// The best of the plans that make this pair.
fn best_with(instance: &Instance, pair: PairIx) -> Option<Vec<i128>> {
    oracle::best_of(instance, &|plan| plan.contains(&pair))
}

#[test]
fn a_pair_made_by_force_costs_what_brute_force_says() {
    let (mut forced, mut nowhere, mut bounded) = (0, 0, 0);
    for seed in 50_000..50_700 {
        let instance = changed(&small(seed), |parts| parts.pins.clear());
        let mut state = State::of(&instance, &instance.parts().tiers, &[], 1).expect("no rows");
        let (mark, before) = (state.mark(), state.cost());
        for at in 0..instance.pairs() {
            let pair = PairIx::from_usize(at);
            let (coachee, coach) = (instance.coachee_of(pair), instance.parts().coach[at]);
            let least = state.at_least(coachee, coach);
            let best = best_with(&instance, pair);
            assert_eq!(state.force(coachee, coach), best.is_some(), "seed {seed}: {coachee:?} {coach:?}");
            if let Some(best) = best {
                let plan = pairs(&instance, &state);
                assert!(worth::allowed(&instance, &plan) && plan.contains(&pair), "seed {seed}");
                assert_eq!(worth::worth(&instance, &plan), best, "seed {seed}: {coachee:?} {coach:?}");
                let solved = state.solved();
                assert_eq!(
                    (solved.cost, solved.bound),
                    (state.cost(), state.cost()),
                    "the prices do not prove it"
                );
                let least = least.expect("a plan makes it");
                assert!(0 <= least && least <= solved.cost - before, "seed {seed}: no bound");
                forced += 1;
                bounded += usize::from(least > 0);
            } else {
                nowhere += 1;
            }
            state.back_to(&mark);
            let without = of(&instance, &state.plan_without(coachee, coach));
            let best = oracle::best_of(&instance, &|plan| !plan.contains(&pair)).expect("a plan");
            assert!(worth::allowed(&instance, &without) && !without.contains(&pair), "seed {seed}");
            assert_eq!(worth::worth(&instance, &without), best, "seed {seed}: without {coachee:?} {coach:?}");
        }
        stands(&instance, &state);
    }
    assert!(forced > 3_000 && nowhere > 50 && bounded > 1_000, "{forced}, {nowhere}, {bounded}");
}

#[test]
fn any_plan_of_the_same_worth_can_be_seated() {
    let mut other = 0;
    for seed in 60_000..60_500 {
        let instance = small(seed);
        let plain = without_stability(&instance);
        let state = State::of(&plain, &plain.parts().tiers, &[], 1).expect("no rows");
        let first = state.assignment();
        // The same problem in another order of the objective's ties: with the first plan's pairs to give up.
        let away = changed(&plain, |parts| {
            parts.score = parts.score.iter().map(|s| Points(s.0 * 64)).collect::<Vec<_>>().into();
            for at in of(&plain, &first) {
                let mut score = parts.score.to_vec();
                score[at.to_usize()].0 -= 1;
                parts.score = score.into();
            }
        });
        let plan = State::of(&away, &away.parts().tiers, &[], 1).expect("no rows").assignment();
        let same = worth::worth(&plain, &of(&plain, &plan)) == worth::worth(&plain, &of(&plain, &first));
        let mut state = state;
        assert_eq!(state.seat(&plan), same, "seed {seed}");
        assert_eq!(state.assignment() == plan, same || plan == first, "seed {seed}");
        other += usize::from(same && plan != first);
        stands(&plain, &state);
        state.leave(CoacheeIx::from_usize(0));
        state.lose(CoachIx::from_usize(0));
        let solved = state.solved();
        assert_eq!(solved.cost, solved.bound, "seed {seed}: the prices prove any optimal plan");
    }
    assert!(other > 50, "{other} plans that differ");
}
