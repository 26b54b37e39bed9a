//! What places cost: the convex cost of a coach's load, and the weights of coverage.

use crate::model::certificate::Stage;
use crate::model::index::Ix;
use crate::model::instance::{Demand, Parts};
use crate::model::quantity::Points;

/// `Σ floor((a·i + b) / m)` over i = 0..n, all not negative, m positive. The classic Euclid-like recursion; O(log m).
fn floor_sum(n: i128, m: i128, a: i128, b: i128) -> Option<i128> {
    let (mut n, mut m, mut a, mut b, mut sum) = (n, m, a, b, 0_i128);
    while n > 0 {
        sum = sum.checked_add((n.checked_mul(n - 1)? / 2).checked_mul(a / m)?)?;
        sum = sum.checked_add(n.checked_mul(b / m)?)?;
        (a, b) = (a % m, b % m);
        let top = a.checked_mul(n)?.checked_add(b)?;
        (n, b) = (top / m, top % m);
        (m, a) = (a, m);
        if m == 0 {
            break;
        }
    }
    Some(sum)
}

/// What a coach's k-th place costs, k from 1: `floor(balance × (2k − 1) / max)`.
pub(super) fn place_cost(balance: Points, max: u32, k: u32) -> i128 {
    if max == 0 || k == 0 {
        return 0;
    }
    (i128::from(balance.0) * (2 * i128::from(k) - 1)).div_euclid(i128::from(max))
}

/// What a coach's first `load` places cost together.
pub(super) fn load_cost(balance: Points, max: u32, load: u32) -> Option<i128> {
    if max == 0 || balance.0 <= 0 {
        return Some(0);
    }
    let b = i128::from(balance.0);
    floor_sum(i128::from(load), i128::from(max), 2 * b, b)
}

/// The weights of coverage: they count down to 1 over the distinct (how many-th coach, class) of the places that are
/// not pinned, most urgent first; with groups each is 1 more than all less urgent places weigh. A coachee's pinned places are the
/// first ones.
pub(super) struct Urgency([[i128; 10]; 10]);

impl Urgency {
    /// Those of a stage; `None` if they are too large.
    pub fn of_stage(parts: &Parts, stage: &Stage) -> Option<Self> {
        if stage.groups.is_none() {
            return Some(Self::new(parts));
        }
        let (places, mut weights, mut sum) = (Self::places(parts), [[0; 10]; 10], 0_i128);
        for k in (0..10).rev() {
            for class in (0..10).rev().filter(|class| places[k][*class] > 0) {
                weights[k][class] = sum.checked_add(1)?;
                sum = weights[k][class].checked_mul(places[k][class])?.checked_add(sum)?;
            }
        }
        Some(Self(weights))
    }

    /// How many places that are not pinned there are: by how many-th coach, and class.
    fn places(parts: &Parts) -> [[i128; 10]; 10] {
        let mut places = [[0; 10]; 10];
        let mut pins = parts.pins.as_slice();
        for (coachee, d) in parts.demand.enumerate() {
            let end = parts.starts[coachee.to_usize() + 1];
            let pinned = pins.iter().take_while(|p| p.to_usize() < end).count();
            pins = &pins[pinned..];
            for of_place in places.iter_mut().take(usize::from(d.wanted) + 1).skip(pinned + 1) {
                of_place[usize::from(d.class.min(9))] += 1;
            }
        }
        places
    }

    pub fn new(parts: &Parts) -> Self {
        let places = Self::places(parts);
        let mut weights = [[0; 10]; 10];
        let mut weight = 0;
        for k in (0..10).rev() {
            for class in (0..10).rev() {
                if places[k][class] > 0 {
                    weight += 1;
                    weights[k][class] = weight;
                }
            }
        }
        Self(weights)
    }

    /// The weight of a coachee's k-th place, k from 1.
    pub fn of(&self, demand: Demand, k: usize) -> i128 {
        self.0.get(k).and_then(|row| row.get(usize::from(demand.class))).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Urgency, load_cost, place_cost};
    use crate::model::index::{CoachIx, IxVec, PairIx};
    use crate::model::instance::{Demand, Parts};
    use crate::model::quantity::Points;

    #[test]
    fn a_load_costs_the_sum_of_its_places() {
        for max in 1..=13 {
            for weight in [0, 1, 5, 7, 999, 5_000_000] {
                let mut sum = 0;
                for load in 0..=max {
                    assert_eq!(load_cost(Points(weight), max, load), Some(sum), "{weight} {max} {load}");
                    sum += place_cost(Points(weight), max, load + 1);
                }
            }
        }
        assert!(load_cost(Points(1_000_000_000_000), u32::MAX, u32::MAX).is_some());
    }

    #[test]
    fn first_coaches_of_every_class_come_before_second_ones() {
        let d = |wanted, class| Demand { wanted, class };
        let demand = IxVec::from_vec(vec![d(2, 1), d(1, 5), d(2, 9)]);
        let parts = Parts { demand, starts: vec![0, 0, 0, 0], ..Parts::default() };
        let urgency = Urgency::new(&parts);
        let order = [(d(2, 1), 1), (d(1, 5), 1), (d(2, 9), 1), (d(2, 1), 2), (d(2, 9), 2)];
        let weights: Vec<i128> = order.iter().map(|(d, k)| urgency.of(*d, *k)).collect();
        assert_eq!(weights, [5, 4, 3, 2, 1]);
        let pins = vec![PairIx::new(0)];
        let coach = vec![CoachIx::new(0)].into();
        let urgency = Urgency::new(&Parts { starts: vec![0, 0, 1, 1], coach, pins, ..parts });
        assert_eq!(urgency.of(d(2, 9), 1), 3, "the pinned place of the class between has no weight");
    }
}
