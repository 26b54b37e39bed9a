//! Instances too large for brute force, changed in ways whose effect on the optimum is known beforehand.

#[path = "support/generate.rs"]
mod generate;
#[path = "support/rng.rs"]
mod rng;
#[path = "support/worth.rs"]
mod worth;

use dyad::model::catalogue::Tier;
use dyad::model::index::{CoachIx, CoacheeIx, GroupIx, Ix, IxVec, PairIx};
use dyad::model::instance::{Instance, Parts, Seats};
use dyad::model::outcome::{Assignment, Outcome};
use dyad::model::quantity::Points;
use dyad::solver::{Options, solve};
use generate::{Orders, Shape};
use rng::Rng;

const ROUNDS: u64 = 300;

/// Every other round has its tiers in any order.
fn generated(rng: &mut Rng, round: u64) -> Parts {
    let orders = if round.is_multiple_of(2) { Orders::CoverageFirst } else { Orders::Any };
    let shape = Shape { coaches: 14, coachees: 40, seats: 5, density: 0, orders, plans: None };
    generate::instance(rng, shape).parts().clone()
}

/// The best plan, proved, and what it is worth: the smaller, the better.
fn best(parts: Parts) -> (Instance, Vec<PairIx>, Vec<i128>) {
    let instance = Instance::try_new(parts).expect("a sound instance");
    let options = Options { threads: 2, deadline: None, cancel: None, progress: None, workers: None };
    let (assignment, certificate): (Assignment, _) = match solve(&instance, &options).expect("an outcome") {
        Outcome::Optimal { assignment, certificate, .. }
        | Outcome::Infeasible { assignment, certificate, .. } => (assignment, certificate),
        other => panic!("without a deadline there is an answer, not {other:?}"),
    };
    assert_eq!(dyad::verify::proof(instance.parts(), &assignment, &certificate), []);
    let pair = |(e, c): &(CoacheeIx, CoachIx)| instance.pair(*e, *c).expect("only eligible pairs");
    let plan: Vec<PairIx> = assignment.pairs.iter().map(pair).collect();
    assert!(worth::allowed(&instance, &plan));
    let worth = worth::worth(&instance, &plan);
    (instance, plan, worth)
}

/// One row per pair: coachee, coach, score, and what refers to the pair by its position.
struct Rows(Vec<(usize, usize, Points, Marks)>);

#[derive(Clone, PartialEq, Eq)]
struct Marks {
    pin: bool,
    kept: bool,
    exempt: Vec<bool>,
}

impl Rows {
    fn of(parts: &Parts) -> Self {
        let row = |row: usize| {
            let pair = PairIx::from_usize(row);
            let coachee = parts.starts.partition_point(|s| *s <= row) - 1;
            let marks = Marks {
                pin: parts.pins.contains(&pair),
                kept: parts.kept.contains(&pair),
                exempt: parts.nests.iter().map(|n| n.exempt.contains(&pair)).collect(),
            };
            (coachee, parts.coach[row].to_usize(), parts.score[row], marks)
        };
        Self((0..parts.coach.len()).map(row).collect())
    }

    /// Puts the rows into parts that have their people and families.
    fn into(mut self, parts: &mut Parts) {
        self.0.sort_by_key(|row| (row.0, row.1));
        let at = |i: usize| PairIx::from_usize(i);
        let marked = |is: &dyn Fn(&Marks) -> bool| -> Vec<PairIx> {
            self.0.iter().enumerate().filter(|(_, row)| is(&row.3)).map(|(i, _)| at(i)).collect()
        };
        parts.starts = (0..=parts.demand.len()).map(|e| self.0.partition_point(|row| row.0 < e)).collect();
        (parts.pins, parts.kept) = (marked(&|m| m.pin), marked(&|m| m.kept));
        for family in 0..parts.nests.len() {
            parts.nests[family].exempt = marked(&|m| m.exempt[family]);
        }
        parts.coach = self.0.iter().map(|row| CoachIx::from_usize(row.1)).collect();
        parts.score = self.0.iter().map(|row| row.2).collect();
    }
}

fn shuffled(rng: &mut Rng, n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i, rng.below(i + 1));
    }
    order
}

/// `new[order[i]] = old[i]`.
fn moved<I: Ix, T: Clone>(old: &IxVec<I, T>, order: &[usize]) -> IxVec<I, T> {
    let mut new: Vec<T> = old.as_slice().to_vec();
    for (i, to) in order.iter().enumerate() {
        new[*to] = old.as_slice()[i].clone();
    }
    IxVec::from_vec(new)
}

#[test]
fn names_do_not_matter() {
    for seed in 0..ROUNDS {
        let mut rng = Rng(seed);
        let parts = generated(&mut rng, seed);
        let (coaches, coachees) =
            (shuffled(&mut rng, parts.seats.len()), shuffled(&mut rng, parts.demand.len()));
        let mut other = Parts {
            seats: moved(&parts.seats, &coaches),
            demand: moved(&parts.demand, &coachees),
            ..parts.clone()
        };
        for family in &mut other.nests {
            family.group = moved(&family.group, &coachees);
        }
        let mut rows = Rows::of(&parts);
        rows.0.iter_mut().for_each(|row| (row.0, row.1) = (coachees[row.0], coaches[row.1]));
        rows.into(&mut other);
        assert_eq!(best(parts).2, best(other).2, "seed {seed}");
    }
}

#[test]
fn another_place_is_never_worse() {
    for seed in 0..ROUNDS {
        let mut rng = Rng(seed);
        let mut parts = generated(&mut rng, seed);
        // The cost of a load depends on the places there are.
        parts.balance = Points::ZERO;
        let coach = CoachIx::from_usize(rng.below(parts.seats.len()));
        let before = best(parts.clone()).2;
        parts.seats[coach].max += 1;
        assert!(best(parts).2 <= before, "seed {seed}");
    }
}

#[test]
fn a_larger_cap_is_never_worse() {
    for seed in 0..ROUNDS {
        let mut parts = generated(&mut Rng(seed), seed);
        let before = best(parts.clone()).2;
        parts.nests.iter_mut().for_each(|n| n.cap += 1);
        assert!(best(parts).2 <= before, "seed {seed}");
    }
}

#[test]
fn forbidding_a_used_pair_is_never_better() {
    for seed in 0..ROUNDS {
        let mut rng = Rng(seed);
        let mut parts = generated(&mut rng, seed);
        let (instance, plan, before) = best(parts.clone());
        if plan.is_empty() {
            continue;
        }
        let gone = plan[rng.below(plan.len())];
        let mut rows = Rows::of(&parts);
        let (pin, kept) = (rows.0[gone.to_usize()].3.pin, rows.0[gone.to_usize()].3.kept);
        if pin || kept {
            continue;
        }
        rows.0.remove(gone.to_usize());
        rows.into(&mut parts);
        assert!(best(parts).2 >= before, "seed {seed}: without {gone:?} of {} pairs", instance.pairs());
    }
}

/// A coach who offers everybody less than a coach with places for all is of no use.
#[test]
fn a_dominated_coach_stays_without_coachees() {
    for seed in 0..ROUNDS {
        let mut parts = generated(&mut Rng(seed), seed);
        parts.tiers = vec![Tier::Coverage, Tier::Floor, Tier::Score];
        (parts.balance, parts.nests) = (Points::ZERO, Vec::new());
        parts.seats.iter_mut().for_each(|s| s.min = 0);
        let everybody = u32::try_from(parts.demand.len()).expect("small");
        let (better, worse) = (CoachIx::from_usize(0), CoachIx::from_usize(parts.seats.len()));
        parts.seats[better].max = everybody;
        parts.seats.push(Seats { min: 0, max: everybody });
        let mut rows = Rows::of(&parts);
        // Whoever wants two coaches may need the worse one as the second.
        let marks = Marks { pin: false, kept: false, exempt: Vec::new() };
        for (coachee, demand) in parts.demand.enumerate().filter(|(_, d)| d.wanted > 0) {
            rows.0.retain(|row| (row.0, row.1) != (coachee.to_usize(), better.to_usize()) || row.3.pin);
            let pinned = rows.0.iter().any(|row| (row.0, row.1) == (coachee.to_usize(), better.to_usize()));
            if demand.wanted == 1 && !pinned {
                rows.0.push((coachee.to_usize(), better.to_usize(), Points(9), marks.clone()));
                rows.0.push((coachee.to_usize(), worse.to_usize(), Points(8), marks.clone()));
            }
        }
        rows.into(&mut parts);
        let (instance, plan, _) = best(parts);
        assert!(plan.iter().all(|p| instance.parts().coach[p.to_usize()] != worse), "seed {seed}");
    }
}

/// Two programmes that share nobody, as one: sums add up, the floor is the lower one.
#[test]
fn strangers_do_not_disturb_each_other() {
    for seed in 0..ROUNDS {
        strangers(seed, generated(&mut Rng(seed), seed), generated(&mut Rng(seed + 1_000_000), seed));
    }
}

/// The same where both are so large that each is searched on its own.
#[test]
fn large_strangers_do_not_disturb_each_other() {
    for seed in 0..4 {
        let large = |rng: &mut Rng| {
            let orders = Orders::CoverageFirst;
            let shape = Shape { coaches: 300, coachees: 500, seats: 5, density: 6, orders, plans: None };
            let drawn = (0..1_000).map(|_| generate::instance(rng, shape));
            let mut enough = drawn.filter(|i| (20_000..30_000).contains(&i.pairs()));
            enough.next().expect("some instance is large enough").parts().clone()
        };
        let both = strangers(seed, large(&mut Rng(seed)), large(&mut Rng(seed + 1_000_000)));
        let instance = Instance::try_new(both).expect("a sound instance");
        let on = |threads| {
            let options = Options { threads, deadline: None, cancel: None, progress: None, workers: None };
            solve(&instance, &options).expect("an outcome")
        };
        assert_eq!(on(1), on(3), "seed {seed}");
    }
}

/// Compares two programmes with both as one, which it returns.
fn strangers(seed: u64, a: Parts, mut b: Parts) -> Parts {
    // One objective for both; families need not fit, so the second has none.
    (b.nests, b.balance, b.minimums) = (Vec::new(), a.balance, a.minimums);
    b.tiers.clone_from(&a.tiers);
    if !a.tiers.contains(&Tier::Minimums) {
        b.seats.iter_mut().for_each(|s| s.min = 0);
    }
    let floor = a.tiers.iter().position(|t| *t == Tier::Floor);
    // What comes after the floor depends on the floor of both together.
    let sums: Vec<Tier> = a.tiers[..floor.unwrap_or(a.tiers.len())].to_vec();
    let both = joined(&a, &b);
    let values = |parts: Parts| {
        let (instance, plan, _) = best(parts);
        let sums: Vec<i128> =
            sums.iter().map(|t| worth::value(&instance, &plan, *t).expect("a sum")).collect();
        (sums, floor.map(|_| worth::value(&instance, &plan, Tier::Floor)))
    };
    let (of_a, of_b, of_both) = (values(a), values(b), values(both.clone()));
    let sum: Vec<i128> = of_a.0.iter().zip(&of_b.0).map(|(x, y)| x + y).collect();
    assert_eq!(of_both.0, sum, "seed {seed}");
    let lower = match (of_a.1, of_b.1) {
        (Some(Some(x)), Some(Some(y))) => Some(Some(x.min(y))),
        (Some(x), Some(y)) => Some(x.or(y)),
        _ => None,
    };
    assert_eq!(of_both.1, lower, "seed {seed}");
    both
}

fn joined(a: &Parts, b: &Parts) -> Parts {
    let (coaches, coachees) = (a.seats.len(), a.demand.len());
    let mut both = Parts {
        seats: a.seats.iter().chain(&b.seats).copied().collect(),
        demand: a.demand.iter().chain(&b.demand).copied().collect(),
        ..a.clone()
    };
    for family in &mut both.nests {
        let nobody = b.demand.iter().map(|_| None);
        let groups: Vec<Option<GroupIx>> = family.group.iter().copied().chain(nobody).collect();
        family.group = IxVec::from_vec(groups);
    }
    let mut rows = Rows::of(a);
    rows.0.extend(Rows::of(b).0.into_iter().map(|(coachee, coach, score, marks)| {
        let marks = Marks { exempt: vec![false; a.nests.len()], ..marks };
        (coachee + coachees, coach + coaches, score, marks)
    }));
    rows.into(&mut both);
    both
}
