//! Our own exact search where few rows or rings bind: branch and bound over the flow that ignores them.
//!
//! Method: a case of the search makes some pairs and leaves others out (Land & Doig 1960). Its bound is the cheapest flow of
//! the case plus what rows and rings cost at least, whatever else is done, given those pairs. Where the flow's plan breaks a row
//! or a ring, or pays more for it than that, the case is split on a pair that counts there: made, or not. One of the two keeps the
//! flow as it is, so each split costs one flow. All tiers of a stage are searched at once, on one cost; the floor lies between two
//! stages, as in [`super::tiers`]. The search ends after so much work, counted and not timed, and whoever called it goes on
//! with the plans that it found.
//!
//! The proof is the tree. In every case the prices of coachees are what their places are worth in the flow; they are dual to
//! its places, so a coach's cheapest group at these prices costs no less than the coach's share of the flow.

mod look;
mod node;
mod tree;

use super::Options;
use super::build::Admit;
use super::composite::{Composite, Counted, Ranks};
use super::rows::goal::{Goal, Tally, goals};
use super::rows::sides::{Kind, sides};
use super::stage;
use super::survey::Survey;
use crate::model::catalogue::Tier;
use crate::model::certificate::{Certificate, Claim, Stage, Surety};
use crate::model::index::{CoacheeIx, Ix, PairIx};
use crate::model::instance::Instance;
use crate::model::quantity::Points;
use crate::model::row::{Amount, Outside};
use tree::{Found, Tree};

/// What the search ended with.
pub enum End {
    /// The best plan there is.
    Proved { plan: Vec<PairIx>, certificate: Certificate },
    /// Too much work, or stopped: plans that were found on the way, each of them allowed.
    Left(Vec<Vec<PairIx>>),
}

/// What the search of a programme may do. Counted, so that the answer is the same on every machine.
#[derive(Clone, Copy)]
struct Effort {
    /// Pairs that all flows together may look at.
    looks: u64,
    /// Splits on rows that many pairs count in: single pairs rarely settle those.
    wide: u32,
}

const EFFORT: Effort = Effort { looks: 10_000_000, wide: 200 };

/// The search over all stages of an instance, and what it has left to do it with.
struct Search<'i, 'o> {
    instance: &'i Instance,
    options: &'o Options<'o>,
    survey: Survey,
    effort: Effort,
    /// The best plan of every stage so far.
    found: Vec<Vec<PairIx>>,
}

/// The best plan. `start` keeps every hard limit.
pub fn solve(instance: &Instance, options: &Options<'_>, start: &[PairIx]) -> End {
    let survey = Survey::of(instance, options.threads);
    let options = Options { progress: None, ..*options };
    let mut search = Search { instance, options: &options, survey, effort: EFFORT, found: Vec::new() };
    match search.run(start) {
        Some((plan, stages)) => {
            End::Proved { plan, certificate: Certificate { stages, surety: Surety::Certified } }
        }
        None => End::Left(search.found),
    }
}

/// A floor, a plan that has it, and the proof that none as good before has a higher one.
struct Floor {
    points: Points,
    plan: Vec<PairIx>,
    proof: Stage,
}

impl Search<'_, '_> {
    /// The best plan and the stages that prove it; `None` where the work does not suffice.
    fn run(&mut self, start: &[PairIx]) -> Option<(Vec<PairIx>, Vec<Stage>)> {
        let tiers = &self.instance.parts().tiers;
        let counted = counted(self.instance);
        let all = Composite::counting(self.instance, &self.survey, tiers, counted);
        if !stage::fits(&all) {
            return None;
        }
        let (mut stages, mut floor, mut start) = (Vec::new(), None, start.to_vec());
        let floor_at = tiers.iter().position(|t| *t == Tier::Floor);
        if let Some(at) = floor_at.filter(|at| tiers[..*at].contains(&Tier::Coverage)) {
            let before = Composite::counting(self.instance, &self.survey, &tiers[..at], counted);
            let free = self.cheapest(&before, Admit::All, &start)?;
            start.clone_from(free.plan.as_ref()?);
            if !start.is_empty() {
                stages.push(free.stage(Claim::BestBeforeFloor, &before));
                let highest = self.highest_floor(&before, &start, free.cost)?;
                (floor, start) = (Some(highest.points), highest.plan);
                stages.push(highest.proof);
            }
        }
        let admit = floor.map_or(Admit::All, Admit::From);
        let best = self.cheapest(&all, admit, &start)?;
        stages.push(best.stage(Claim::Best { floor }, &all));
        Some((best.plan?, stages))
    }

    /// The highest floor among plans that cost so much in the tiers before, of which `first` is one. Bisection over the
    /// distinct scores.
    fn highest_floor(&mut self, before: &Composite<'_>, first: &[PairIx], cost: i128) -> Option<Floor> {
        let scores = &self.instance.parts().score;
        let lowest = |plan: &[PairIx]| plan.iter().map(|pair| scores[pair.to_usize()]).min();
        let least = lowest(first);
        let mut steps: Vec<Points> = scores.iter().copied().filter(|s| Some(*s) >= least).collect();
        steps.sort_unstable();
        steps.dedup();
        // Invariant: steps[good] loses nothing in the tiers before; steps[bad] does (or is past the end).
        let (mut good, mut bad) = (0, steps.len());
        let (mut plan, mut proof) = (first.to_vec(), None);
        while bad - good > 1 {
            let middle = good + (bad - good) / 2;
            let tried = self.below(before, Admit::From(steps[middle]), cost + 1)?;
            if let Some(better) = tried.plan {
                let reached = lowest(&better).unwrap_or(steps[middle]);
                good = steps.partition_point(|s| *s <= reached) - 1;
                plan = better;
            } else {
                (bad, proof) = (middle, Some(tried));
            }
        }
        let points = steps[good];
        let proof = match proof {
            Some(found) => found,
            None => self.below(before, Admit::Above(points), cost + 1)?,
        };
        Some(Floor { points, plan, proof: proof.stage(Claim::FloorIsHighest { floor: points }, before) })
    }

    /// The cheapest plan of a stage. `start` is a plan of it.
    fn cheapest(&mut self, composite: &Composite<'_>, admit: Admit, start: &[PairIx]) -> Option<Found> {
        let mut tree = Tree::new(composite, admit, self.options, self.effort);
        tree.offer(start);
        self.search(tree)
    }

    /// A plan that costs less than so much, or the proof that there is none.
    fn below(&mut self, composite: &Composite<'_>, admit: Admit, cost: i128) -> Option<Found> {
        let mut tree = Tree::new(composite, admit, self.options, self.effort);
        tree.cutoff = cost;
        self.search(tree)
    }

    fn search(&mut self, mut tree: Tree<'_, '_>) -> Option<Found> {
        let ended = tree.search();
        self.effort = tree.effort;
        self.found.extend(tree.plan);
        ended.ok()
    }
}

/// How much rows and rings let plans differ by, as [`crate::model::certificate`] says it.
pub fn counted(instance: &Instance) -> Counted {
    let parts = instance.parts();
    let mut counted = Counted { ranks: Ranks::Apart, ..Counted::default() };
    for row in &parts.rows {
        let (low, high) = reach(&row.amount);
        for side in sides(row) {
            counted.charges += side.charge(low).max(side.charge(high));
            if side.kind == Kind::Missed {
                counted.missed += [low, high, 0].into_iter().map(|a| side.outside(a)).max().unwrap_or(0);
            }
        }
    }
    let Some((rings, Outside::Costs { points, .. })) = parts.rings.as_ref().map(|r| (r, r.outside)) else {
        return counted;
    };
    let mut both: Vec<CoacheeIx> = rings.same.iter().flatten().copied().collect();
    both.sort_unstable();
    both.dedup();
    let wanted = || both.iter().map(|coachee| i128::from(parts.demand[*coachee].wanted));
    counted.charges += wanted().sum::<i128>() * wanted().max().unwrap_or(0) / 3 * i128::from(points.0);
    counted
}

/// The lowest and the highest amount that any choice of pairs has.
fn reach(amount: &Amount) -> (i128, i128) {
    match amount {
        Amount::Sum(terms) => terms.iter().fold((0, 0), |(low, high), (_, weight)| {
            (low + i128::from((*weight).min(0)), high + i128::from((*weight).max(0)))
        }),
        Amount::Distinct(sets) => (0, i128::try_from(sets.len()).expect("a count")),
    }
}

/// What a plan costs in a stage, from the goals.
struct Scale {
    weights: Vec<(Goal, i128)>,
    constant: i128,
}

impl Scale {
    fn of(composite: &Composite<'_>) -> Self {
        let (instance, m) = (composite.instance, &composite.multipliers);
        let goals = goals(instance);
        // Ranks come in the order of their urgency, which counts down to 1.
        let mut urgency = goals.iter().filter(|goal| matches!(goal, Goal::Filled { .. })).count() + 1;
        let mut weight = |goal: Goal| match goal {
            Goal::Pins => m.pins,
            Goal::Missed => m.quotas,
            Goal::Filled { .. } => {
                urgency -= 1;
                m.coverage * composite.weights[urgency]
            }
            Goal::Minimums => m.minimums,
            Goal::Stability => m.stability,
            Goal::Floor => 0,
            Goal::Score => m.score,
            Goal::Balance => m.balance,
        };
        let weights: Vec<(Goal, i128)> = goals.iter().map(|goal| (*goal, weight(*goal))).collect();
        let places = composite.units.iter().filter(|unit| unit.pinned.is_none());
        let open: i128 = places.map(|unit| composite.skip(unit)).sum();
        let least: i128 = instance.parts().seats.iter().map(|s| i128::from(s.min)).sum();
        let kept = i128::try_from(instance.parts().kept.len()).expect("a count");
        Self {
            weights: weights.into_iter().filter(|(_, weight)| *weight != 0).collect(),
            constant: open - m.minimums * least - m.stability * kept,
        }
    }

    fn cost(&self, tally: &Tally<'_>) -> i128 {
        self.constant + self.weights.iter().map(|(goal, weight)| weight * tally.value(*goal)).sum::<i128>()
    }
}
