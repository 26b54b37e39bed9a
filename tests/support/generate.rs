//! Small random instances full of ties, the same on every machine.

use crate::rng::Rng;
use dyad::model::catalogue::Tier;
use dyad::model::index::{CoacheeIx, GroupIx, Ix, IxVec, PairIx};
use dyad::model::instance::{Demand, Excess, Instance, Minimums, NestFamily, NestKind, Parts, Seats};
use dyad::model::quantity::Points;

/// How large, and how much of what.
#[derive(Clone, Copy)]
pub struct Shape {
    pub coaches: usize,
    pub coachees: usize,
    /// The most seats of a coach.
    pub seats: u32,
    /// Pairs out of ten that are eligible; 0: at random.
    pub density: usize,
    pub orders: Orders,
    /// The most plans to enumerate, if an oracle shall look at it.
    pub plans: Option<u64>,
}

/// Which objectives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Orders {
    /// Coverage first, then the others in any order.
    CoverageFirst,
    /// Any order, and coverage may be left out.
    Any,
}

/// The number of ways in which a coachee can be served.
fn choices(pairs: usize, wanted: u8) -> u64 {
    let n = pairs as u64;
    if wanted < 2 { 1 + n } else { 1 + n + n * n.saturating_sub(1) / 2 }
}

pub fn instance(rng: &mut Rng, shape: Shape) -> Instance {
    let mut parts = people(rng, shape);
    pairs(rng, shape, &mut parts);
    parts.nests = nests(rng, &parts);
    if rng.chance(1, 3) {
        parts.pins = pins(rng, &parts);
    }
    if rng.chance(1, 2) {
        parts.kept = some_pairs(rng, parts.coach.len(), 4);
    }
    parts.tiers = tiers(rng, shape.orders);
    if parts.tiers.contains(&Tier::Balance) {
        parts.balance = Points([0, 1, 5, 7, 40, 5_000_000][rng.below(6)]);
    }
    if !parts.tiers.contains(&Tier::Minimums) {
        parts.seats.iter_mut().for_each(|s| s.min = 0);
    } else if rng.chance(1, 4) {
        parts.minimums = Minimums::Hard;
    }
    Instance::try_new(parts).expect("generated instances are sound")
}

fn people(rng: &mut Rng, shape: Shape) -> Parts {
    let (coaches, coachees) = (1 + rng.below(shape.coaches), 1 + rng.below(shape.coachees));
    let (with_min, with_two, classes) = (rng.chance(1, 2), rng.chance(1, 2), 1 + rng.below(3));
    let seats = (0..coaches).map(|_| {
        let max = if rng.chance(1, 12) { 0 } else { 1 + rng.small(shape.seats) };
        let min = if with_min && rng.chance(1, 2) { rng.small(max + 1) } else { 0 };
        Seats { min, max }
    });
    let seats = seats.collect();
    let demand = (0..coachees).map(|_| {
        let wanted = if rng.chance(1, 12) { 0 } else { 1 + u8::from(with_two && rng.chance(1, 2)) };
        Demand { wanted, class: 1 + u8::try_from(rng.below(classes)).expect("small") }
    });
    let demand = demand.collect();
    Parts { seats, demand, ..Parts::default() }
}

fn pairs(rng: &mut Rng, shape: Shape, parts: &mut Parts) {
    let density = if shape.density == 0 { 2 + rng.below(8) } else { shape.density };
    let palette: &[i64] = [
        &[0, 1][..],
        &[1, 2, 3],
        &[-2, -1, 0, 1, 2],
        &[1_000_000, 2_500_000, 40_000_000],
        &[-7_000_000, 3, 900_000_000_000],
        &[5],
    ][rng.below(6)];
    let mut plans: u64 = 1;
    parts.starts.push(0);
    for coachee in parts.demand.indexes() {
        let first = parts.coach.len();
        for coach in parts.seats.indexes() {
            let more = choices(parts.coach.len() - first + 1, parts.demand[coachee].wanted);
            let too_many = shape.plans.is_some_and(|most| plans.saturating_mul(more) > most);
            if parts.demand[coachee].wanted > 0 && !too_many && rng.chance(density, 10) {
                parts.coach.push(coach);
                parts.score.push(Points(palette[rng.below(palette.len())]));
            }
        }
        plans = plans.saturating_mul(choices(parts.coach.len() - first, parts.demand[coachee].wanted));
        parts.starts.push(parts.coach.len());
    }
}

/// About one in `of` of the pairs, ascending.
fn some_pairs(rng: &mut Rng, pairs: usize, of: usize) -> Vec<PairIx> {
    (0..pairs).filter(|_| rng.chance(1, of)).map(PairIx::from_usize).collect()
}

fn pins(rng: &mut Rng, parts: &Parts) -> Vec<PairIx> {
    let mut pins = Vec::new();
    for (coachee, demand) in parts.demand.enumerate() {
        let rows = parts.starts[coachee.to_usize()]..parts.starts[coachee.to_usize() + 1];
        let mut left = demand.wanted;
        for row in rows {
            if left > 0 && rng.chance(1, 6) {
                left -= 1;
                pins.push(PairIx::from_usize(row));
            }
        }
    }
    pins
}

/// No nests, one family, or two of which the inner lies inside the outer.
fn nests(rng: &mut Rng, parts: &Parts) -> Vec<NestFamily> {
    let coachees = parts.demand.len();
    let (inner_groups, outer_groups) = (1 + rng.small(4), 1 + rng.small(2));
    let outer_of: Vec<Option<GroupIx>> =
        (0..inner_groups).map(|_| rng.chance(9, 10).then(|| GroupIx::new(rng.small(outer_groups)))).collect();
    let inner: Vec<Option<GroupIx>> =
        (0..coachees).map(|_| rng.chance(8, 10).then(|| GroupIx::new(rng.small(inner_groups)))).collect();
    let outer: Vec<Option<GroupIx>> = inner
        .iter()
        .map(|group| match group {
            Some(group) => outer_of[group.to_usize()],
            None => rng.chance(1, 2).then(|| GroupIx::new(rng.small(outer_groups))),
        })
        .collect();
    let mut family = |kind, group: Vec<Option<GroupIx>>| {
        let excess = match rng.below(4) {
            0 | 1 => Excess::Forbidden,
            2 => Excess::Costs(Points([0, 1, 2][rng.below(3)])),
            _ => Excess::Costs(Points(3_000_000)),
        };
        let waived = excess == Excess::Forbidden && rng.chance(1, 3);
        let exempt = if waived { some_pairs(rng, parts.coach.len(), 3) } else { Vec::new() };
        NestFamily { kind, cap: 1 + rng.small(2), excess, group: IxVec::from_vec(group), exempt }
    };
    let inner = family(NestKind::School, inner);
    let outer = family(NestKind::Sector, outer);
    match rng.below(4) {
        0 => Vec::new(),
        1 => vec![inner],
        2 => vec![outer],
        _ => {
            // Waived outside and counted inside would make the two cross.
            let mut outer = outer;
            let coachee = |p: &PairIx| parts.starts.partition_point(|s| *s <= p.to_usize()) - 1;
            outer.exempt.retain(|p| {
                inner.exempt.contains(p) || inner.group[CoacheeIx::from_usize(coachee(p))].is_none()
            });
            vec![inner, outer]
        }
    }
}

/// Some tiers; the floor only after coverage, minimums right after coverage or first.
fn tiers(rng: &mut Rng, orders: Orders) -> Vec<Tier> {
    let mut tiers = vec![Tier::Coverage, Tier::Stability, Tier::Floor, Tier::Score, Tier::Balance];
    let fixed = usize::from(orders == Orders::CoverageFirst);
    if rng.chance(1, 2) {
        for i in (fixed + 1..tiers.len()).rev() {
            tiers.swap(i, fixed + rng.below(i + 1 - fixed));
        }
    }
    tiers.retain(|t| fixed == 1 && *t == Tier::Coverage || rng.chance(5, 6));
    let coverage = tiers.iter().position(|t| *t == Tier::Coverage);
    let floor = tiers.iter().position(|t| *t == Tier::Floor);
    if floor.is_some_and(|f| coverage.is_none_or(|c| f < c)) {
        tiers.retain(|t| *t != Tier::Floor);
    }
    if rng.chance(2, 3) {
        tiers.insert(tiers.iter().position(|t| *t == Tier::Coverage).map_or(0, |i| i + 1), Tier::Minimums);
    }
    tiers
}
