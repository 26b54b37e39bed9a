//! A solved stage that stays open: the assignment with its prices, changed and made optimal again by a handful of
//! shortest paths, never solved afresh.
//!
//! **How to use it.** [`State::of`] solves; [`State::lose`], [`State::leave`], [`State::widen`], [`State::force`] and [`State::forbid`] change and repair;
//! [`State::assignment`], [`State::price`], [`State::solved`] read. Between two calls the state is optimal and its prices prove it.
//! [`State::mark`] and [`State::back_to`] undo, so that one state answers any number of questions.
//!
//! **What it holds.** One network without regions: bin `i` is coach `i`, nests come after the coaches. Costs are those of
//! [`super::composite`] for the tiers given; the pairs of the given plan are cheaper by the multiplier of the stability tier,
//! which is kept apart from the arcs so that it can be varied ([`frontier`]). The floor tier is no sum and is not looked at.

/// The same expression for either width.
macro_rules! either {
    ($state:expr, $engine:ident => $what:expr) => {
        match $state {
            Width::Narrow($engine) => $what,
            Width::Wide($engine) => $what,
        }
    };
}

mod contingency;
mod engine;
mod forced;
mod frontier;
mod part;
mod paths;

pub use contingency::{Loss, Placement, Repair, losses};
pub use frontier::{Frontier, Point, frontier, without_rows};

use super::build::{Admit, build};
use super::composite::Composite;
use super::cost::Cost;
use super::forest::NestKey;
use super::regions::Region;
use super::stage::Solved;
use super::survey::Survey;
use super::units::Unit;
use crate::model::catalogue::Tier;
use crate::model::certificate::{Claim, Multipliers, NestPrice, Stage};
use crate::model::index::{CoachIx, CoacheeIx, GroupIx, Ix, PairIx};
use crate::model::instance::Instance;
use crate::model::outcome::{Assignment, Stop};
use crate::model::quantity::Points;
use engine::{Engine, Exact, Snapshot, Spot};
use std::collections::BTreeSet;

/// The flow at the width that holds its costs.
enum Width {
    Narrow(Box<Engine<i64>>),
    Wide(Box<Engine<i128>>),
}

/// A place to come back to.
pub struct Mark(Marked);

enum Marked {
    Narrow(Snapshot<i64>),
    Wide(Snapshot<i128>),
}

/// An instance with its optimal flow.
pub struct State<'i> {
    pub instance: &'i Instance,
    units: Vec<Unit>,
    /// `units_of[coachee]`: the numbers of the coachee's units.
    units_of: Vec<Vec<u32>>,
    multipliers: Multipliers,
    /// Costs in the engine are multiples of this.
    unit: i128,
    nests: Vec<NestKey>,
    /// What the cheapest arc of every unit costs, in units of cost; arcs are counted from it.
    base: Vec<i128>,
    width: Width,
}

impl<'i> State<'i> {
    /// Solves for the tiers given, in their order; stability counts where it is one of them. `None` where several pairs are tied
    /// together by rows, rings or stability of choices, or where the numbers are too large: then only a full solve will do.
    ///
    /// Pairs of the plan that are `frozen` are kept before all else; but unlike pinned ones, which know no other coach, they can
    /// be placed anew when their coach is lost. An instance for which that is wanted has no pins. A coachee with a frozen pair
    /// keeps all pairs alike.
    pub fn of(instance: &'i Instance, tiers: &[Tier], frozen: &[PairIx], threads: usize) -> Option<Self> {
        let composite = Composite::new(instance, &Survey::of(instance, threads), tiers);
        Self::with(composite, Admit::All, frozen, 0, threads)
    }

    /// The same among plans without a pair whose own score is below `floor`, nothing frozen.
    pub fn from_floor(
        instance: &'i Instance,
        tiers: &[Tier],
        floor: Option<Points>,
        threads: usize,
    ) -> Option<Self> {
        let composite = Composite::new(instance, &Survey::of(instance, threads), tiers);
        Self::with(composite, floor.map_or(Admit::All, Admit::From), &[], 0, threads)
    }

    /// The same, where home pairs will earn or cost as much as `most`.
    fn with(
        mut composite: Composite<'i>,
        admit: Admit,
        frozen: &[PairIx],
        most: i128,
        threads: usize,
    ) -> Option<Self> {
        let instance = composite.instance;
        let parts = instance.parts();
        if !parts.rows.is_empty() || parts.rings.is_some() || parts.stable.is_some() {
            return None;
        }
        let kept = std::mem::take(&mut composite.multipliers.stability);
        let coaches = u32::try_from(instance.coaches()).expect("coaches are counted in u32");
        composite.regions = vec![Region { units: 0..composite.units.len(), coaches: (0..coaches).collect() }];
        let bonus = Bonus {
            kept: kept / composite.unit,
            frozen: if frozen.is_empty() { 0 } else { composite.multipliers.pins / composite.unit },
            pairs: frozen,
        };
        let largest = composite.largest() + 2 * (bonus.kept + bonus.frozen) + most / composite.unit;
        let homes = homes(instance, &composite.units);
        let (width, nests, base) = if largest <= <i64 as Cost>::SAFE {
            let (engine, nests, base) = solved::<i64>(&composite, admit, homes, &bonus, threads);
            (Width::Narrow(Box::new(engine)), nests, base)
        } else if largest <= <i128 as Cost>::SAFE {
            let (engine, nests, base) = solved::<i128>(&composite, admit, homes, &bonus, threads);
            (Width::Wide(Box::new(engine)), nests, base)
        } else {
            return None;
        };
        let mut units_of = vec![Vec::new(); instance.coachees()];
        for (at, unit) in (0..).zip(&composite.units) {
            units_of[unit.coachee as usize].push(at);
        }
        composite.multipliers.stability = kept;
        let Composite { units, multipliers, unit, .. } = composite;
        Some(Self { instance, units, units_of, multipliers, unit, nests, base, width })
    }

    /// The coach of every unit, the cost, and the bound that the prices prove; both are equal between two changes.
    pub fn solved(&self) -> Solved {
        either!(&self.width, engine => self.read(engine))
    }

    /// The certificate's stage: that no plan of the instance as it was solved is better. After a change it is about the instance
    /// as changed.
    pub fn stage(&self, claim: Claim) -> Stage {
        let Solved { prices, nests, bound, .. } = self.solved();
        Stage { claim, multipliers: self.multipliers, prices, nests, groups: None, bound }
    }

    pub fn assignment(&self) -> Assignment {
        let of = |at: usize| Some((CoacheeIx::new(self.units[at].coachee), self.coach_of(at)?));
        let mut pairs: Vec<(CoacheeIx, CoachIx)> = (0..self.units.len()).filter_map(of).collect();
        pairs.sort_unstable();
        Assignment { pairs }
    }

    /// What one more place with this coach would save, in units of cost; 0 where a place is free.
    pub fn price(&self, coach: CoachIx) -> i128 {
        either!(&self.width, engine => engine.price[coach.to_usize()].widen()) * self.unit
    }

    /// The coachees of a coach, ascending.
    pub fn coachees_of(&self, coach: CoachIx) -> Vec<CoacheeIx> {
        let with = (0..self.units.len()).filter(|at| self.coach_of(*at) == Some(coach));
        let mut coachees: Vec<CoacheeIx> = with.map(|at| CoacheeIx::new(self.units[at].coachee)).collect();
        coachees.sort_unstable();
        coachees
    }

    /// The coach goes: nobody is placed there any more, and everybody who was is placed again.
    pub fn lose(&mut self, coach: CoachIx) {
        either!(&mut self.width, engine => {
            for unit in engine.close(coach.get()) {
                engine.place(unit);
            }
        });
    }

    /// Makes losses quick: prices rise as far as they still prove the plan. [`Self::price`] is then what one place less would
    /// cost, until [`Self::back_to`].
    pub fn raise(&mut self) {
        either!(&mut self.width, engine => engine.raise());
    }

    /// The coachee goes: whoever gains most from the place gets it.
    pub fn leave(&mut self, coachee: CoacheeIx) {
        let units = &self.units_of[coachee.to_usize()];
        either!(&mut self.width, engine => units.iter().for_each(|unit| engine.take_out(*unit)));
    }

    /// One more place with the coach. False, and nothing done, where places have costs of their own (a least load, balance):
    /// there one more place changes what all of them cost.
    pub fn widen(&mut self, coach: CoachIx) -> bool {
        either!(&mut self.width, engine => {
            let free = engine.free_places(coach.get());
            if free {
                engine.widen(coach.get());
            }
            free
        })
    }

    /// The pair cannot be made any more. There is no way back from here but a new state.
    pub fn forbid(&mut self, coachee: CoacheeIx, coach: CoachIx) {
        for unit in self.units_of[coachee.to_usize()].clone() {
            either!(&mut self.width, engine => {
                let range = engine.net.starts[unit as usize]..engine.net.starts[unit as usize + 1];
                let bins = &engine.net.bins;
                let arcs = engine.net.arcs[range].iter();
                let found = arcs.map(|arc| arc.bin).find(|bin| bins.coach[*bin as usize] == coach.get());
                if let Some(bin) = found {
                    engine.forbid(unit, bin);
                }
            });
        }
    }

    pub fn mark(&self) -> Mark {
        Mark(match &self.width {
            Width::Narrow(engine) => Marked::Narrow(engine.snapshot()),
            Width::Wide(engine) => Marked::Wide(engine.snapshot()),
        })
    }

    /// Undoes every change since the mark, [`Self::forbid`] excepted.
    pub fn back_to(&mut self, mark: &Mark) {
        match (&mut self.width, &mark.0) {
            (Width::Narrow(engine), Marked::Narrow(to)) => engine.restore(to),
            (Width::Wide(engine), Marked::Wide(to)) => engine.restore(to),
            // A mark is of the width of its state.
            _ => {}
        }
    }

    fn coach_of(&self, unit: usize) -> Option<CoachIx> {
        either!(&self.width, engine => match engine.spot[unit] {
            Spot::In(bin, _) | Spot::Fixed(bin, _) => {
                Some(CoachIx::new(engine.net.bins.coach[bin as usize]))
            }
            Spot::Open | Spot::Skipped => None,
        })
    }

    /// What the plan costs, in the engine's units.
    fn sum<W: Exact>(&self, engine: &Engine<W>) -> i128 {
        let bins = &engine.net.bins;
        let units =
            (0..engine.units()).zip(&self.base).map(|(unit, base)| match engine.spot[unit as usize] {
                Spot::In(bin, arc) | Spot::Fixed(bin, arc) => base + engine.worth(unit, bin, arc).widen(),
                Spot::Open => 0,
                Spot::Skipped => base + engine.net.skip[unit as usize].widen(),
            });
        let steps = |bin: usize| (0..engine.load[bin]).map(|k| bins.step(bin, k).widen()).sum::<i128>();
        units.sum::<i128>() + (0..bins.len()).map(steps).sum::<i128>()
    }

    fn read<W: Exact>(&self, engine: &Engine<W>) -> Solved {
        let bins = &engine.net.bins;
        let coaches = self.instance.coaches();
        let (cost, mut bound) = (self.sum(engine), 0_i128);
        let mut worth = vec![0; self.units.len()];
        for unit in 0..engine.units() {
            let u = unit as usize;
            let least = match engine.spot[u] {
                Spot::Open => continue,
                Spot::Fixed(bin, arc) => engine.value(unit, bin, arc),
                Spot::In(..) | Spot::Skipped => engine.least_value(unit),
            };
            let least = self.base[u] + least.widen();
            worth[u] = least * self.unit;
            bound += least;
        }
        for bin in 0..bins.len() {
            let outer = bins.parent[bin].map_or(0, |p| engine.price[p as usize].widen());
            let slope = outer - engine.price[bin].widen();
            let (mut sum, mut least) = (0, 0);
            for k in 0..bins.cap[bin] {
                sum += bins.step(bin, k).widen() + slope;
                least = least.min(sum);
            }
            bound += least;
        }
        let price = |bin: usize| {
            let closed = bins.cap[bin] == 0 && engine.price[bin] == W::FAR;
            if closed { 0 } else { engine.price[bin].widen() * self.unit }
        };
        let prices = (0..coaches).map(|at| (CoachIx::from_usize(at), price(at))).filter(|p| p.1 != 0);
        let nests = self.nests.iter().enumerate().filter_map(|(at, key)| match key {
            NestKey::Once(_) => None,
            NestKey::Family(family, group) => Some(NestPrice {
                coach: CoachIx::new(bins.coach[coaches + at]),
                family: *family,
                group: GroupIx::new(*group),
                price: price(coaches + at),
            }),
        });
        let mut nests: Vec<NestPrice> = nests.collect();
        nests.sort_unstable_by_key(|n| (n.coach, n.family, n.group));
        Solved {
            coach: (0..self.units.len()).map(|at| self.coach_of(at)).collect(),
            cost: cost * self.unit,
            bound: bound * self.unit,
            prices: prices.collect(),
            nests,
            worth,
            stop: Stop::Finished,
        }
    }
}

/// What it is worth, in units of cost, to keep a pair of the given plan.
struct Bonus<'p> {
    kept: i128,
    frozen: i128,
    pairs: &'p [PairIx],
}

/// For each unit the coaches of the given plan's pairs that it may take.
fn homes(instance: &Instance, units: &[Unit]) -> Vec<Vec<CoachIx>> {
    let parts = instance.parts();
    let of = |unit: &Unit| -> Vec<CoachIx> {
        let rows = instance.rows(CoacheeIx::new(unit.coachee));
        let first = parts.kept.partition_point(|p| p.to_usize() < rows.start);
        let mine = parts.kept[first..].iter().take_while(|p| p.to_usize() < rows.end);
        let own = mine.filter(|p| match unit.pinned {
            Some(pin) => **p == pin,
            None => parts.pins.binary_search(p).is_err(),
        });
        own.map(|p| parts.coach[p.to_usize()]).collect()
    };
    units.iter().map(of).collect()
}

fn solved<W: Exact>(
    composite: &Composite<'_>,
    admit: Admit,
    homes: Vec<Vec<CoachIx>>,
    bonus: &Bonus<'_>,
    threads: usize,
) -> (Engine<W>, Vec<NestKey>, Vec<i128>) {
    let mut built = build::<W>(composite, admit, threads);
    let built = built.pop().expect("there is one region");
    // A coachee's arcs into one coach are one, so the home pairs' bins are found by their coach.
    let net = built.net;
    let homes = homes.into_iter().enumerate().map(|(unit, coaches)| {
        let arcs = net.arcs[net.starts[unit]..net.starts[unit + 1]].iter();
        let home = |bin: &u32| coaches.contains(&CoachIx::new(net.bins.coach[*bin as usize]));
        arcs.map(|arc| arc.bin).filter(home).collect()
    });
    let homes: Vec<Vec<u32>> = homes.collect();
    let mut engine = Engine::new(net, homes, <W as Cost>::narrow(bonus.kept));
    let frozen: BTreeSet<u32> =
        bonus.pairs.iter().map(|pair| composite.instance.coachee_of(*pair).get()).collect();
    for (at, unit) in composite.units.iter().enumerate() {
        if frozen.contains(&unit.coachee) {
            engine.bonus[at] = <W as Cost>::narrow(bonus.kept + bonus.frozen);
        }
    }
    for unit in 0..engine.units() {
        engine.place(unit);
    }
    engine.touched.clear();
    (engine, built.nests, built.base)
}
