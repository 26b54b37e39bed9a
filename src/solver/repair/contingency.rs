//! Coaches lost: what the loss of each costs, from one state.
//!
//! Method: for each loss the coaches are closed and their units placed again, everybody else staying where a free place
//! is enough ([`at_free_places`]: a flow over the free places alone), then with others moving by shortest paths of the whole
//! state; then the state is put back. Every unit is placed again once for its own coach, so that all single losses together
//! are about as many paths as one solve. Both answers are optima, for the paths are exact: of coverage, then of the tiers
//! after stability among plans without a move; of the tiers as the state has them among all plans.

use super::engine::{Engine, Exact, Snapshot, Spot};
use super::part::left_over;
use super::{State, Width};
use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::model::instance::{Excess, Instance};
use crate::solver::network::{Arc, Network};
use std::collections::BTreeMap;

/// A coachee whose coaches differ: those that are no longer theirs, and the new ones.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placement {
    pub coachee: CoacheeIx,
    pub from: Vec<CoachIx>,
    pub to: Vec<CoachIx>,
}

/// The best repair of one kind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Repair {
    /// By coachee.
    pub changes: Vec<Placement>,
    /// Places that nobody fills any more.
    pub unfilled: u32,
    /// Pairs of other coaches that are given up.
    pub moves: u32,
    /// What the sum of scores changes by, in micro-points.
    pub score: i128,
}

/// What the loss of these coaches, all at once, comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loss {
    pub coaches: Vec<CoachIx>,
    /// Whose coach is lost, ascending.
    pub bereft: Vec<CoacheeIx>,
    /// Nobody else moves.
    pub staying: Repair,
    /// As the tiers of the state say: with coverage before stability, the fewest moves that rescue all who can be rescued.
    pub moving: Repair,
}

/// Each set of coaches lost in turn; the state is afterwards as before. `None` where `stop` said so.
pub fn losses(state: &mut State<'_>, sets: &[Vec<CoachIx>], stop: &dyn Fn() -> bool) -> Option<Vec<Loss>> {
    let instance = state.instance;
    let coachee_of: Vec<CoacheeIx> = state.units.iter().map(|u| CoacheeIx::new(u.coachee)).collect();
    let units_of = &state.units_of;
    either!(&mut state.width, engine => {
        let before = engine.snapshot();
        engine.raise();
        let ready = engine.snapshot();
        engine.touched.clear();
        let mut desk = Desk::new(instance, &coachee_of, units_of, engine);
        let mut found = Vec::with_capacity(sets.len());
        for coaches in sets {
            if stop() {
                engine.restore(&before);
                return None;
            }
            found.push(desk.loss(engine, coaches, &ready));
        }
        engine.restore(&before);
        Some(found)
    })
}

/// Who is with whom before anything is lost.
struct Desk<'a> {
    instance: &'a Instance,
    coachee_of: &'a [CoacheeIx],
    units_of: &'a [Vec<u32>],
    /// The coach of each unit.
    coach: Vec<Option<CoachIx>>,
    /// The coachees of each coach, ascending.
    with: Vec<Vec<CoacheeIx>>,
}

impl<'a> Desk<'a> {
    fn new<W: Exact>(
        instance: &'a Instance,
        coachee_of: &'a [CoacheeIx],
        units_of: &'a [Vec<u32>],
        engine: &Engine<W>,
    ) -> Self {
        let coach: Vec<Option<CoachIx>> = (0..engine.units()).map(|u| coach_of(engine, u)).collect();
        let mut with = vec![Vec::new(); instance.coaches()];
        for (unit, coach) in coach.iter().enumerate() {
            if let Some(coach) = coach {
                with[coach.to_usize()].push(coachee_of[unit]);
            }
        }
        for coachees in &mut with {
            coachees.sort_unstable();
        }
        Self { instance, coachee_of, units_of, coach, with }
    }

    fn loss<W: Exact>(&mut self, engine: &mut Engine<W>, coaches: &[CoachIx], before: &Snapshot<W>) -> Loss {
        let mut units: Vec<u32> = coaches.iter().flat_map(|coach| engine.close(coach.get())).collect();
        // The order of the units is that of the state: ties fall as they would in a solve.
        units.sort_unstable();
        let mut bereft: Vec<CoacheeIx> = units.iter().map(|u| self.coachee_of[*u as usize]).collect();
        bereft.sort_unstable();
        bereft.dedup();
        let skip = self.skips(engine, &units);
        let put = at_free_places(engine, &units, skip).into_iter().collect();
        let staying = self.repair(&put, coaches);
        for unit in &units {
            engine.place(*unit);
        }
        let put = engine.touched.iter().map(|unit| (*unit, coach_of(engine, *unit))).collect();
        let moving = self.repair(&put, coaches);
        engine.restore(before);
        Loss { coaches: coaches.to_vec(), bereft, staying, moving }
    }

    /// What leaving each of these open units open costs: a coachee who keeps a coach has lost the least urgent place, whichever
    /// unit it was that went.
    fn skips<W: Exact>(&self, engine: &Engine<W>, open: &[u32]) -> Vec<W> {
        let skip = |unit: &u32| {
            let mine = &self.units_of[self.coachee_of[*unit as usize].to_usize()];
            let mut all: Vec<W> = mine.iter().map(|u| engine.net.skip[*u as usize]).collect();
            all.sort_unstable();
            let before = open.iter().take_while(|u| *u != unit).filter(|u| mine.contains(u)).count();
            let lost = mine.iter().filter(|u| open.contains(u)).count();
            all[lost - 1 - before]
        };
        open.iter().map(skip).collect()
    }

    /// What is different when these units are with these coaches.
    fn repair(&self, put: &BTreeMap<u32, Option<CoachIx>>, lost: &[CoachIx]) -> Repair {
        let mut people: Vec<CoacheeIx> = put.keys().map(|u| self.coachee_of[*u as usize]).collect();
        people.sort_unstable();
        people.dedup();
        let mut repair = Repair::default();
        let mut loads: BTreeMap<CoachIx, (Vec<CoacheeIx>, Vec<CoacheeIx>)> = BTreeMap::new();
        for coachee in people {
            let units = &self.units_of[coachee.to_usize()];
            let old: Vec<CoachIx> = units.iter().filter_map(|u| self.coach[*u as usize]).collect();
            let now = |u: &u32| put.get(u).copied().unwrap_or(self.coach[*u as usize]);
            let new: Vec<CoachIx> = units.iter().filter_map(now).collect();
            let only = |a: &[CoachIx], b: &[CoachIx]| {
                let mut only: Vec<CoachIx> = a.iter().copied().filter(|c| !b.contains(c)).collect();
                only.sort_unstable();
                only
            };
            let (from, to) = (only(&old, &new), only(&new, &old));
            for coach in &from {
                loads.entry(*coach).or_default().0.push(coachee);
            }
            for coach in &to {
                loads.entry(*coach).or_default().1.push(coachee);
            }
            repair.moves += count(from.iter().filter(|coach| !lost.contains(coach)));
            repair.unfilled += count(from.iter()).saturating_sub(count(to.iter()));
            if from != to {
                repair.changes.push(Placement { coachee, from, to });
            }
        }
        for (coach, (gone, come)) in loads {
            let old = &self.with[coach.to_usize()];
            let mut new: Vec<CoacheeIx> = old.iter().copied().filter(|e| !gone.contains(e)).collect();
            new.extend(come);
            repair.score += worth(self.instance, coach, &new) - worth(self.instance, coach, old);
        }
        repair
    }
}

fn count(items: impl Iterator) -> u32 {
    u32::try_from(items.count()).expect("places are counted in u32")
}

pub(super) fn coach_of<W: Exact>(engine: &Engine<W>, unit: u32) -> Option<CoachIx> {
    match engine.spot[unit as usize] {
        Spot::In(bin, _) | Spot::Fixed(bin, _) => Some(CoachIx::new(engine.net.bins.coach[bin as usize])),
        Spot::Open | Spot::Skipped => None,
    }
}

/// What a coach's pairs are worth together: their own scores, less what soft nests charge.
fn worth(instance: &Instance, coach: CoachIx, coachees: &[CoacheeIx]) -> i128 {
    let parts = instance.parts();
    let pair = |coachee: &CoacheeIx| instance.pair(*coachee, coach);
    let own = coachees.iter().filter_map(pair).map(|p| i128::from(parts.score[p.to_usize()].0));
    let mut worth: i128 = own.sum();
    for family in &parts.nests {
        let Excess::Costs(points) = family.excess else { continue };
        let counts = |e: &&CoacheeIx| pair(e).is_some_and(|p| family.exempt.binary_search(&p).is_err());
        let mut groups: Vec<u32> =
            coachees.iter().filter(counts).filter_map(|e| Some(family.group[*e]?.get())).collect();
        groups.sort_unstable();
        for run in groups.chunk_by(|a, b| a == b) {
            worth -= i128::from(count(run.iter()).saturating_sub(family.cap)) * i128::from(points.0);
        }
    }
    worth
}

/// The cheapest way to put open units where a place is free, everybody else staying; the coach of each unit.
fn at_free_places<W: Exact>(engine: &Engine<W>, units: &[u32], skip: Vec<W>) -> Vec<(u32, Option<CoachIx>)> {
    let (all, bins) = (&engine.net, &engine.net.bins);
    let has_room = |bin: u32| {
        let mut at = Some(bin);
        while let Some(b) = at {
            if engine.load[b as usize] >= bins.cap[b as usize] {
                return false;
            }
            at = bins.parent[b as usize];
        }
        true
    };
    let arcs_of = |unit: u32| &all.arcs[all.starts[unit as usize]..all.starts[unit as usize + 1]];
    let mut open: Vec<u32> =
        units.iter().flat_map(|u| arcs_of(*u)).map(|arc| arc.bin).filter(|bin| has_room(*bin)).collect();
    let mut at = 0;
    while at < open.len() {
        open.extend(bins.parent[open[at] as usize]);
        at += 1;
    }
    open.sort_unstable();
    open.dedup();
    let own = |bin: u32| open.binary_search(&bin).ok().and_then(|at| u32::try_from(at).ok());
    let mut net = Network {
        starts: vec![0],
        arcs: Vec::new(),
        sorted: vec![0; units.len()],
        skip,
        bins: left_over(bins, &engine.load, &open),
    };
    for unit in units {
        let free = arcs_of(*unit).iter().filter(|arc| has_room(arc.bin));
        net.arcs.extend(free.filter_map(|arc| Some(Arc { cost: arc.cost, bin: own(arc.bin)? })));
        net.starts.push(net.arcs.len());
    }
    let mut small = Engine::new(net, vec![Vec::new(); units.len()], W::ZERO);
    for unit in 0..small.units() {
        small.place(unit);
    }
    (0..).zip(units).map(|(at, unit)| (*unit, coach_of(&small, at))).collect()
}
