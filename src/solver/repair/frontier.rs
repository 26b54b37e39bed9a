//! The frontier of a repair: the best plan for every number of moves.
//!
//! A *move* is a pair of the given plan that could be kept and is not. How good a plan with at most k moves can be is no flow
//! problem: the best value is not convex in k. So each point is found and proved in two steps.
//!
//! Method: (1) Lagrange relaxation of "at most k moves" (Everett 1963; the breakpoints by secants, as Eisner & Severance 1976): every
//! kept pair earns λ, the state is optimal again after a few shortest paths, and for every λ the least of cost + λ × moves,
//! less λ × k, is a bound for k moves. Where the best λ's plan has exactly k moves it is proved. (2) Else branch and bound in the part
//! of the network that a better plan can differ in ([`super::part`]): a pair that one of the two plans next to k gives up and the
//! other does not is kept by force, then given up by force; each half has bounds of its own. What [`NODES`] halves do not settle is not
//! called proved, and where [`WORK`] is done the frontier ends there and says so.
//!
//! Costs are scaled by one more than the pairs that can be kept, so that of plans with equal cost the one with fewer moves is
//! found, and a bound may be rounded up to the next multiple. Complexity: a few passes over the units and the paths of those that move,
//! for each λ.

use super::engine::{Engine, Exact, Spot};
use super::{State, Width, part};
use crate::model::catalogue::Tier;
use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::instance::{Instance, Parts};
use crate::model::outcome::{Assignment, TierValue};
use crate::solver::build::Admit;
use crate::solver::composite::Composite;
use crate::solver::cost::Cost;
use crate::solver::rows;
use crate::solver::survey::Survey;
use crate::solver::tiers::values;

/// Halves looked at for one point. Measured: one coach of a programme of 8,000 leaves points that take a few dozen.
const NODES: u32 = 400;

/// Bins settled in all, after which no further number of moves is begun: some seconds.
const WORK: u64 = 2_000_000;

/// A point of the frontier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Point {
    /// At most so many moves.
    pub moves: u32,
    /// How many it makes.
    pub made: u32,
    pub assignment: Assignment,
    /// Of the instance's tiers; `bound` is `None` but where the value is proved.
    pub tiers: Vec<TierValue>,
    /// Whether no plan with so many moves is better in the tiers looked at, in their order.
    pub proved: bool,
}

/// The best plans for least, least + 1, … moves. Rows and rings are let go at first: a plan that keeps them all nonetheless
/// is the best with them too, and any other is left out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frontier {
    pub points: Vec<Point>,
    /// The best of all plans, with the fewest moves among those.
    pub free: Option<Point>,
    /// The fewest moves, and the most that gain anything where no row stands in the way.
    pub least: u32,
    pub last: u32,
    /// The most moves that were looked at: `last`, but where fewer were asked for, or the work or the time was at its end.
    pub reached: u32,
}

/// The tiers that the frontier looks at: all sums of the instance but stability, in order.
pub fn tiers_of(instance: &Instance) -> Vec<Tier> {
    let tiers = instance.parts().tiers.iter().copied();
    tiers.filter(|tier| !matches!(tier, Tier::Stability | Tier::Floor)).collect()
}

/// The frontier from the fewest moves there can be to `further` more, or to where nothing more is gained. `None` where only
/// full solves will do, as in [`State::of`], or where `stop` said so.
pub fn frontier(whole: &Instance, further: u32, threads: usize, stop: &dyn Fn() -> bool) -> Option<Frontier> {
    if whole.parts().stable.is_some() {
        return None;
    }
    let relaxed = without_rows(whole);
    let instance = relaxed.as_ref().unwrap_or(whole);
    let survey = Survey::of(instance, threads);
    let kept = i128::try_from(instance.parts().kept.len()).ok()?;
    let mut composite = Composite::new(instance, &survey, &tiers_of(instance)).scaled(kept + 1);
    let everything = composite.cycle;
    if !instance.parts().pins.is_empty() {
        // Pins come before every kept pair, and those before all else.
        composite.multipliers.pins = composite.multipliers.pins.max(everything) * (kept + 2);
    }
    let unit = composite.unit;
    let pair = composite.largest_pair();
    // The first plan is the free one: λ = 1.
    composite.multipliers.stability = unit;
    let mut state = State::with(composite, Admit::All, &[], 2 * everything, threads)?;
    let bounds = Bounds { everything: everything / unit, grain: kept + 1, pair };
    let State { instance, units, width, base, .. } = &mut state;
    let base: i128 = base.iter().sum();
    let coachees: Vec<CoacheeIx> = units.iter().map(|u| CoacheeIx::new(u.coachee)).collect();
    let alone: Vec<bool> = coachees.iter().map(|e| instance.parts().demand[*e].wanted == 1).collect();
    either!(width, engine => {
        let homes: Vec<u32> = (0..engine.units()).filter(|u| !engine.homes_of(*u).is_empty()).collect();
        let mut search = Search { engine, whole: bounds, base, kept: instance.parts().kept.len(), homes, alone, forced: Vec::new(), seen: Vec::new(), worked: 0, stop };
        search.points(further).map(|found| told(whole, &coachees, &found))
    })
}

/// What is larger than everything that one move can gain, and what every difference of costs is a multiple of.
#[derive(Clone, Copy)]
struct Bounds {
    everything: i128,
    grain: i128,
    /// About what one move can be worth in points.
    pair: i128,
}

/// A plan met on the way.
#[derive(Clone)]
struct Plan {
    moves: i128,
    /// Without the earnings of kept pairs.
    cost: i128,
    coach: Vec<Option<CoachIx>>,
    /// Units that are not at home, ascending.
    away: Vec<u32>,
}

struct Found {
    /// (k, plan, proved)
    points: Vec<(i128, Plan, bool)>,
    free: Plan,
}

/// The best plan so far.
struct Best {
    cost: i128,
    /// Found in this part; else it is the one that the part was made for.
    plan: Option<Plan>,
}

struct Search<'e, W: Exact> {
    engine: &'e mut Engine<W>,
    whole: Bounds,
    base: i128,
    kept: usize,
    /// Units with a home pair.
    homes: Vec<u32>,
    /// Whether a unit is the only one of its coachee.
    alone: Vec<bool>,
    /// Units whose home pair is settled by the half in hand.
    forced: Vec<u32>,
    /// Plans at some λ, nothing forced.
    seen: Vec<Plan>,
    /// Bins settled in parts of the network.
    worked: u64,
    stop: &'e dyn Fn() -> bool,
}

/// The two plans next to k at the best λ, and the bound there.
struct Edge {
    /// At most k moves.
    within: Plan,
    /// More than k, where there is one.
    beyond: Option<Plan>,
    bound: i128,
    /// That proves the bound.
    lambda: i128,
}

impl<W: Exact> Search<'_, W> {
    fn points(&mut self, further: u32) -> Option<Found> {
        let free = self.at(1);
        // On the way: where moves are about points, this is the plan of the fewest already, found near by.
        self.at(self.whole.pair.min(self.whole.everything));
        let least = self.at(self.whole.everything);
        let last = free.moves.min(least.moves + i128::from(further));
        let mut points: Vec<(i128, Plan, bool)> = Vec::new();
        for k in least.moves..=last {
            if (self.stop)() || self.worked + self.engine.worked() > WORK {
                break;
            }
            let within =
                self.seen.iter().filter(|plan| plan.moves <= k).min_by_key(|plan| (plan.cost, plan.moves));
            let beyond = self.seen.iter().filter(|plan| plan.moves > k).min_by_key(|plan| plan.moves);
            let edge = match (within.cloned(), beyond.cloned()) {
                (Some(within), Some(beyond)) if free.moves > k => self.secants(k, within, beyond),
                _ => Edge { bound: free.cost, within: free.clone(), beyond: None, lambda: 1 },
            };
            let before = points.last().map(|(_, plan, _)| plan);
            let known = before.filter(|plan| plan.cost <= edge.within.cost).cloned();
            let best = known.unwrap_or_else(|| edge.within.clone());
            let (best, proved) =
                if edge.bound >= best.cost { (best, true) } else { self.closer(k, edge.lambda, best) };
            points.push((k, best, proved));
        }
        (!points.is_empty()).then_some(Found { points, free })
    }

    /// The best plan with at most k moves, and whether it is proved: searched for where reduced costs at this λ leave a choice.
    fn closer(&mut self, k: i128, lambda: i128, mut known: Plan) -> (Plan, bool) {
        let here = self.at(lambda);
        let gap = known.cost - self.whole.grain - (here.cost + lambda * (here.moves - k));
        let mut part = part::of(self.engine, <W as Cost>::narrow(gap));
        let homes = (0..part.engine.units()).filter(|u| !part.engine.homes_of(*u).is_empty()).collect();
        let mut search = Search {
            whole: self.whole,
            base: self.base + part.fixed,
            kept: self.kept - part.at_home,
            homes,
            alone: part.units.iter().map(|unit| self.alone[*unit as usize]).collect(),
            forced: Vec::new(),
            seen: Vec::new(),
            worked: 0,
            stop: self.stop,
            engine: &mut part.engine,
        };
        let (mut best, mut nodes) = (Best { cost: known.cost, plan: None }, NODES);
        let proved = search.whole_half(k, &mut best, &mut nodes);
        self.worked += part.engine.worked();
        if let Some(found) = best.plan {
            known = Plan { moves: found.moves, cost: found.cost, coach: here.coach, away: Vec::new() };
            for (unit, coach) in part.units.iter().zip(found.coach) {
                known.coach[*unit as usize] = coach;
            }
        }
        (known, proved)
    }

    /// The plan at λ.
    fn at(&mut self, lambda: i128) -> Plan {
        let free: Vec<u32> =
            self.homes.iter().copied().filter(|unit| self.forced.binary_search(unit).is_err()).collect();
        self.engine.set_bonus(&free, <W as Cost>::narrow(lambda));
        let plan = self.plan();
        let known = |seen: &Plan| seen.moves == plan.moves && seen.cost == plan.cost;
        if self.forced.is_empty() && !self.seen.iter().any(known) {
            self.seen.push(plan.clone());
        }
        plan
    }

    fn plan(&self) -> Plan {
        let engine = &*self.engine;
        let away: Vec<u32> = self.homes.iter().copied().filter(|unit| !engine.at_home(*unit)).collect();
        let at_home = self.homes.len() - away.len();
        let mut cost = self.base;
        let mut coach = Vec::with_capacity(engine.spot.len());
        for (unit, spot) in engine.spot.iter().enumerate() {
            match spot {
                Spot::In(bin, arc) | Spot::Fixed(bin, arc) => {
                    cost += arc.widen();
                    coach.push(Some(CoachIx::new(engine.net.bins.coach[*bin as usize])));
                }
                Spot::Open | Spot::Skipped => {
                    cost += engine.net.skip[unit].widen();
                    coach.push(None);
                }
            }
        }
        let bins = &engine.net.bins;
        for bin in 0..bins.len() {
            cost += (0..engine.load[bin]).map(|k| bins.step(bin, k).widen()).sum::<i128>();
        }
        let moves = i128::try_from(self.kept - at_home).expect("pairs are counted in u32");
        Plan { moves, cost, coach, away }
    }

    /// The best λ for k between a plan within and one beyond, by secants.
    fn secants(&mut self, k: i128, mut within: Plan, mut beyond: Plan) -> Edge {
        let (mut bound, mut at) = (i128::MIN, 1);
        loop {
            let slope = (within.cost - beyond.cost) / (beyond.moves - within.moves);
            let lambda = slope.clamp(1, self.whole.everything);
            let found = self.at(lambda);
            let value = |plan: &Plan| plan.cost + lambda * plan.moves;
            let proves = self.rounded(value(&found) - lambda * k);
            if proves > bound {
                (bound, at) = (proves, lambda);
            }
            let straight = value(&found) >= value(&within).min(value(&beyond));
            let closer = if found.moves <= k {
                found.moves > within.moves || found.cost < within.cost
            } else {
                found.moves < beyond.moves
            };
            match (found.moves <= k, closer) {
                (true, true) => within = found,
                (false, true) => beyond = found,
                _ => {}
            }
            if straight || !closer || bound >= within.cost {
                return Edge { within, beyond: Some(beyond), bound, lambda: at };
            }
        }
    }

    /// Up to the next multiple of the grain.
    fn rounded(&self, bound: i128) -> i128 {
        let grain = self.whole.grain;
        bound + (-bound).rem_euclid(grain)
    }

    /// Whether `best` is now proved the best with at most k moves in this half.
    fn settle(&mut self, k: i128, edge: Edge, best: &mut Best, nodes: &mut u32) -> bool {
        let Edge { within, beyond, bound, .. } = edge;
        best.offer(&within);
        if bound >= best.cost {
            return true;
        }
        let Some(beyond) = beyond else { return true };
        if *nodes == 0 || (self.stop)() {
            return false;
        }
        *nodes -= 1;
        let apart = beyond.away.iter().filter(|unit| within.away.binary_search(unit).is_err());
        let Some(unit) = apart.copied().find(|unit| self.alone[*unit as usize]) else { return false };
        let stays = self.half(k, unit, self.whole.everything, best, nodes);
        let goes = self.half(k, unit, -self.whole.everything, best, nodes);
        stays && goes
    }

    /// The half in which a unit's home pair earns so much that it is made, or costs so much that it is not.
    fn half(&mut self, k: i128, unit: u32, bonus: i128, best: &mut Best, nodes: &mut u32) -> bool {
        let at = self.forced.partition_point(|forced| *forced < unit);
        self.forced.insert(at, unit);
        // Twice everything: what is forced comes before what only moves as little as can be.
        self.engine.set_bonus(&[unit], <W as Cost>::narrow(2 * bonus));
        let proved = self.whole_half(k, best, nodes);
        let at = self.forced.partition_point(|forced| *forced < unit);
        self.forced.remove(at);
        proved
    }

    fn whole_half(&mut self, k: i128, best: &mut Best, nodes: &mut u32) -> bool {
        // The free plan of the half is its best, if it moves few enough; no plan of it is better in any case.
        let free = self.at(1);
        if self.rounded(free.cost) >= best.cost {
            return true;
        }
        if free.moves <= k {
            best.offer(&free);
            return true;
        }
        let least = self.at(self.whole.everything);
        if least.moves > k {
            return true;
        }
        let edge = self.secants(k, least, free);
        self.settle(k, edge, best, nodes)
    }
}

impl Best {
    fn offer(&mut self, plan: &Plan) {
        if plan.cost < self.cost {
            *self = Self { cost: plan.cost, plan: Some(plan.clone()) };
        }
    }
}

fn told(instance: &Instance, coachees: &[CoacheeIx], found: &Found) -> Frontier {
    let count = |n: i128| u32::try_from(n).expect("pairs are counted in u32");
    let mut before: Option<Point> = None;
    let mut point = |k: i128, plan: &Plan, proved: bool| {
        let chosen = coachees.iter().zip(&plan.coach).filter_map(|(e, c)| Some((*e, (*c)?)));
        let mut pairs: Vec<(CoacheeIx, CoachIx)> = chosen.collect();
        pairs.sort_unstable();
        let assignment = Assignment { pairs };
        let same = before.as_ref().filter(|before| before.assignment == assignment);
        let mut tiers = same.map_or_else(|| values(instance, &assignment, true), |same| same.tiers.clone());
        for line in &mut tiers {
            let settled = proved && !matches!(line.tier, Tier::Floor | Tier::Stability);
            line.bound = line.value.filter(|_| settled);
        }
        let found = Point { moves: count(k), made: count(plan.moves), assignment, tiers, proved };
        before = Some(found.clone());
        found
    };
    let keeps = |point: &Point| rows::keeps(instance, &point.assignment);
    let points: Vec<Point> = found.points.iter().map(|(k, plan, proved)| point(*k, plan, *proved)).collect();
    let free = point(found.free.moves, &found.free, true);
    Frontier {
        least: points.first().map_or(free.made, |p| p.moves),
        last: free.made,
        reached: points.last().map_or(free.made, |p| p.moves),
        points: points.into_iter().filter(keeps).collect(),
        free: Some(free).filter(keeps),
    }
}

/// The instance without what ties several pairs together, where there is any of it.
pub fn without_rows(instance: &Instance) -> Option<Instance> {
    let parts = instance.parts();
    if parts.rows.is_empty() && parts.rings.is_none() {
        return None;
    }
    let parts = Parts { rows: Vec::new(), rings: None, ..parts.clone() };
    Some(Instance::try_new(parts).expect("fewer rows are sound"))
}
