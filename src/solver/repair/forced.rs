//! What a pair costs that is not made: the state made optimal again with the pair in it, and a bound on that before it is tried.
//!
//! Method: the coachee's unit is taken out and its place filled again; then it is put with the coach for good, the others
//! giving way along the cheapest chain ([`super::engine::Engine::fix`]): two shortest paths. A pair that is
//! not to be made costs too much instead. The bound is the reduced cost of the
//! pair, by which the whole costs more at least (Ahuja, Magnanti & Orlin 1993, ch. 9): no path at all. Costs are the composite's: smaller is better.

use super::super::cost::Cost;
use super::contingency::coach_of;
use super::engine::{Engine, Exact};
use super::{State, Width};
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use crate::model::outcome::Assignment;

impl State<'_> {
    /// Makes the pair whatever it costs. False where no plan makes it: then the state is of no use until [`Self::back_to`].
    pub fn force(&mut self, coachee: CoacheeIx, coach: CoachIx) -> bool {
        let Some(units) = self.takers(coachee, coach) else { return true };
        let Some(unit) = units.first().copied() else { return false };
        either!(&mut self.width, engine => match arc(engine, unit, coach) {
            Some((bin, cost)) => engine.fix(unit, bin, cost),
            None => false,
        })
    }

    /// The best plan that makes the pair, and what it costs; `None` where no plan makes it. The state is afterwards as before.
    pub fn plan_with(&mut self, coachee: CoacheeIx, coach: CoachIx) -> Option<(Assignment, i128)> {
        let mark = self.mark();
        let found = self.force(coachee, coach).then(|| (self.assignment(), self.cost()));
        self.back_to(&mark);
        found
    }

    /// The best plan that does not make the pair. The state is afterwards as before.
    pub fn plan_without(&mut self, coachee: CoacheeIx, coach: CoachIx) -> Assignment {
        let mark = self.mark();
        let units = self.units_of[coachee.to_usize()].clone();
        either!(&mut self.width, engine => {
            let arcs: Vec<_> =
                units.iter().filter_map(|unit| Some((*unit, arc(engine, *unit, coach)?))).collect();
            for (unit, (bin, _)) in &arcs {
                engine.forbid(*unit, *bin);
            }
            let of = |unit: u32| Some((CoacheeIx::new(self.units[unit as usize].coachee), coach_of(engine, unit)?));
            let mut pairs: Vec<(CoacheeIx, CoachIx)> = (0..engine.units()).filter_map(of).collect();
            pairs.sort_unstable();
            for (unit, (bin, cost)) in arcs {
                engine.reprice(unit, bin, cost);
            }
            self.back_to(&mark);
            Assignment { pairs }
        })
    }

    /// No plan that makes the pair costs less than this more than the state does; `None` where no plan makes it.
    pub fn at_least(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<i128> {
        let Some(units) = self.takers(coachee, coach) else { return Some(0) };
        either!(&self.width, engine => {
            let reduced = units.iter().filter_map(|unit| {
                let (bin, cost) = arc(engine, *unit, coach)?;
                Some((engine.value(*unit, bin, cost) - engine.least_value(*unit)).widen())
            });
            reduced.min()
        })
        .map(|least| least * self.unit)
    }

    /// The units that may take the pair, the most urgent first; `None` where one has it already.
    fn takers(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<Vec<u32>> {
        let mine = &self.units_of[coachee.to_usize()];
        if mine.iter().any(|unit| self.coach_of(*unit as usize) == Some(coach)) {
            return None;
        }
        let pair = self.instance.pair(coachee, coach);
        let own = mine.iter().copied().filter(|unit| self.units[*unit as usize].pinned == pair);
        let own: Vec<u32> = own.filter(|_| pair.is_some()).collect();
        let free = mine.iter().copied().filter(|unit| self.units[*unit as usize].pinned.is_none());
        Some(if own.is_empty() { free.collect() } else { own })
    }

    /// Takes this plan as its own, so that changes are told from it. False, and nothing done, where it does not cost the same: of
    /// plans that do, any may be the optimal one, for the prices prove them all.
    pub fn seat(&mut self, plan: &Assignment) -> bool {
        let mut coach: Vec<Option<CoachIx>> = vec![None; self.units.len()];
        for (coachee, mine) in self.units_of.iter().enumerate() {
            let coachee = CoacheeIx::from_usize(coachee);
            let from = plan.pairs.partition_point(|p| p.0 < coachee);
            let mut has: Vec<CoachIx> =
                plan.pairs[from..].iter().take_while(|p| p.0 == coachee).map(|p| p.1).collect();
            let pin = |unit: &u32| self.units[*unit as usize].pinned;
            let of = |pair: PairIx| self.instance.parts().coach[pair.to_usize()];
            for (unit, pair) in mine.iter().filter_map(|unit| Some((*unit, pin(unit)?))) {
                if let Some(at) = has.iter().position(|c| *c == of(pair)) {
                    coach[unit as usize] = Some(has.remove(at));
                }
            }
            let mut free = mine.iter().filter(|unit| pin(unit).is_none());
            for with in has {
                let Some(unit) = free.next() else { return false };
                coach[*unit as usize] = Some(with);
            }
        }
        let (mark, cost) = (self.mark(), self.cost());
        let seated = either!(&mut self.width, engine => seat(engine, &coach));
        let same = seated && self.cost() == cost;
        if !same {
            self.back_to(&mark);
        }
        same
    }

    /// What the plan costs.
    pub fn cost(&self) -> i128 {
        either!(&self.width, engine => self.sum(engine)) * self.unit
    }
}

/// The arc of a unit to a coach: its bin, and what it costs without a bonus.
fn arc<W: Exact>(engine: &Engine<W>, unit: u32, coach: CoachIx) -> Option<(u32, W)> {
    let (u, net) = (unit as usize, &engine.net);
    let arcs = net.arcs[net.starts[u]..net.starts[u + 1]].iter();
    arcs.map(|arc| (arc.bin, arc.cost)).find(|(bin, _)| net.bins.coach[*bin as usize] == coach.get())
}

/// Puts every unit with its coach, or nobody; the prices stay.
fn seat<W: Exact>(engine: &mut Engine<W>, coach: &[Option<CoachIx>]) -> bool {
    for unit in 0..engine.units() {
        engine.take(unit);
    }
    engine.load.fill(0);
    for (unit, coach) in (0..engine.units()).zip(coach) {
        let Some(coach) = coach else {
            engine.skip(unit);
            continue;
        };
        let Some((bin, cost)) = arc(engine, unit, *coach) else { return false };
        engine.put(unit, bin, cost);
        let mut at = Some(bin);
        while let Some(bin) = at {
            let b = bin as usize;
            engine.load[b] += 1;
            if engine.load[b] > engine.net.bins.cap[b] {
                return false;
            }
            at = engine.net.bins.parent[b];
        }
    }
    engine.touched.clear();
    true
}
