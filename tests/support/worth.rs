//! What a plan of an instance is worth, and whether it is a plan at all, straight from the definitions.

use dyad::model::catalogue::Tier;
use dyad::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use dyad::model::instance::{Excess, Instance};
use std::collections::BTreeMap;

/// The pairs of every (coach, group) of a family, waived ones left out.
fn groups(instance: &Instance, family: usize, plan: &[PairIx]) -> BTreeMap<(CoachIx, u32), u32> {
    let family = &instance.parts().nests[family];
    let mut members = BTreeMap::new();
    for pair in plan.iter().filter(|p| !family.exempt.contains(p)) {
        if let Some(group) = family.group[instance.coachee_of(*pair)] {
            *members.entry((instance.parts().coach[pair.to_usize()], group.get())).or_insert(0) += 1;
        }
    }
    members
}

fn load(instance: &Instance, plan: &[PairIx], coach: CoachIx) -> u32 {
    u32::try_from(plan.iter().filter(|p| instance.parts().coach[p.to_usize()] == coach).count())
        .expect("small")
}

fn got(instance: &Instance, plan: &[PairIx], coachee: CoacheeIx) -> u8 {
    u8::try_from(plan.iter().filter(|p| instance.coachee_of(**p) == coachee).count()).expect("small")
}

/// The pins of a coachee, and how many of them the plan makes.
fn pins(instance: &Instance, plan: &[PairIx], coachee: CoacheeIx) -> (u8, u8) {
    let pins = instance.parts().pins.iter().filter(|p| instance.coachee_of(**p) == coachee);
    pins.fold((0, 0), |(all, kept), p| (all + 1, kept + u8::from(plan.contains(p))))
}

/// Nobody has too many, no group is over a cap that holds.
pub fn allowed(instance: &Instance, plan: &[PairIx]) -> bool {
    let parts = instance.parts();
    let caps = (0..parts.nests.len()).filter(|f| parts.nests[*f].excess == Excess::Forbidden);
    plan.windows(2).all(|w| w[0] < w[1])
        && parts.seats.enumerate().all(|(coach, s)| load(instance, plan, coach) <= s.max)
        && parts.demand.enumerate().all(|(coachee, d)| {
            // Pinned places take their pinned pair only.
            let (pins, kept) = pins(instance, plan, coachee);
            got(instance, plan, coachee) - kept <= d.wanted - pins
        })
        && caps.into_iter().all(|f| groups(instance, f, plan).values().all(|n| *n <= parts.nests[f].cap))
}

/// Pins that the plan does not make.
pub fn missing_pins(instance: &Instance, plan: &[PairIx]) -> usize {
    instance.parts().pins.iter().filter(|p| !plan.contains(p)).count()
}

/// The value of a tier as an outcome states it; the floor of nobody is `None`.
pub fn value(instance: &Instance, plan: &[PairIx], tier: Tier) -> Option<i128> {
    let parts = instance.parts();
    let scores = plan.iter().map(|p| i128::from(parts.score[p.to_usize()].0));
    let sum = match tier {
        Tier::Coverage => i128::try_from(plan.len()).expect("small"),
        Tier::Minimums => {
            let missing = |(c, s): (CoachIx, &dyad::model::instance::Seats)| {
                i128::from(s.min.saturating_sub(load(instance, plan, c)))
            };
            parts.seats.enumerate().map(missing).sum()
        }
        Tier::Stability => {
            i128::try_from(parts.kept.iter().filter(|p| !plan.contains(p)).count()).expect("small")
        }
        Tier::Floor => return scores.min(),
        Tier::Score => {
            let mut sum: i128 = scores.sum();
            for (at, family) in parts.nests.iter().enumerate() {
                let Excess::Costs(points) = family.excess else { continue };
                for members in groups(instance, at, plan).values() {
                    sum -= i128::from(points.0) * i128::from(members.saturating_sub(family.cap));
                }
            }
            sum
        }
        Tier::Balance => {
            let mut sum = 0;
            for (coach, seats) in parts.seats.enumerate() {
                for k in 1..=load(instance, plan, coach) {
                    sum += i128::from(parts.balance.0) * i128::from(2 * k - 1) / i128::from(seats.max);
                }
            }
            sum
        }
    };
    Some(sum)
}

/// Whether a coachee's k-th place is filled. The first places are the pinned ones, which `missing_pins` looks after.
fn filled(instance: &Instance, plan: &[PairIx], coachee: CoacheeIx, k: u8) -> bool {
    let (all, kept) = pins(instance, plan, coachee);
    k > all && got(instance, plan, coachee) - kept >= k - all
}

/// The plan's worth, tier by tier; the smaller vector is the better plan. Coverage is one number per (how many-th
/// coach, class), most urgent first.
pub fn worth(instance: &Instance, plan: &[PairIx]) -> Vec<i128> {
    let parts = instance.parts();
    let mut worth = vec![i128::try_from(missing_pins(instance, plan)).expect("small")];
    for tier in &parts.tiers {
        let value = value(instance, plan, *tier);
        match tier {
            Tier::Coverage => {
                for k in 1..=9 {
                    for class in 1..=9 {
                        let of_class = parts.demand.enumerate().filter(|(_, d)| d.class == class);
                        let filled = of_class.filter(|(e, _)| filled(instance, plan, *e, k)).count();
                        worth.push(-i128::try_from(filled).expect("small"));
                    }
                }
            }
            Tier::Floor => worth.push(value.map_or(i128::MIN, |v| -v)),
            Tier::Score => worth.push(-value.expect("a sum")),
            Tier::Minimums | Tier::Stability | Tier::Balance => worth.push(value.expect("a sum")),
        }
    }
    worth
}
