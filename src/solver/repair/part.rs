//! The part of a network in which a better plan can differ from the one at hand.
//!
//! Method: reduced cost fixing (Nemhauser & Wolsey 1988, II.5.2). The prices prove that a plan with an arc whose reduced cost is r
//! costs at least r more than the bound; where that is more than the gap, no better plan has the arc. Units with one way left stay
//! where they are and fill their places; the others, with their ways, are a network of their own, optimal as it stands.
//! Complexity: one look at every arc.

use super::engine::{Engine, Exact, Spot};
use crate::solver::network::{Arc, Bins, Network};

/// A network of the units that have a choice left.
pub struct Part<W: Exact> {
    pub engine: Engine<W>,
    /// Their numbers in the whole, ascending.
    pub units: Vec<u32>,
    /// What all other units and their places cost, the bonus not taken off.
    pub fixed: i128,
    /// How many of those others are at home.
    pub at_home: usize,
}

/// The arcs and the skips whose reduced cost is at most `gap`.
pub fn of<W: Exact>(whole: &Engine<W>, gap: W) -> Part<W> {
    let bins = &whole.net.bins;
    let (mut units, mut fixed, mut at_home) = (Vec::new(), 0_i128, 0);
    let (mut starts, mut arcs, mut skip): (_, Vec<Arc<W>>, _) = (vec![0], Vec::new(), Vec::new());
    let mut load = vec![0_u32; bins.len()];
    for unit in 0..whole.units() {
        let u = unit as usize;
        if whole.spot[u] == Spot::Open {
            continue;
        }
        let most = whole.least_value(unit) + gap;
        let from = arcs.len();
        let mine = &whole.net.arcs[whole.net.starts[u]..whole.net.starts[u + 1]];
        arcs.extend(mine.iter().filter(|arc| whole.value(unit, arc.bin, arc.cost) <= most));
        let ways = arcs.len() - from + usize::from(whole.net.skip[u] <= most);
        if ways > 1 && !matches!(whole.spot[u], Spot::Fixed(..)) {
            units.push(unit);
            starts.push(arcs.len());
            skip.push(whole.net.skip[u]);
            continue;
        }
        arcs.truncate(from);
        at_home += usize::from(whole.at_home(unit));
        fixed += match whole.spot[u] {
            Spot::In(bin, cost) | Spot::Fixed(bin, cost) => {
                let mut at = Some(bin);
                while let Some(b) = at {
                    load[b as usize] += 1;
                    at = bins.parent[b as usize];
                }
                cost.widen()
            }
            Spot::Open | Spot::Skipped => whole.net.skip[u].widen(),
        };
    }
    for (bin, load) in load.iter().enumerate() {
        fixed += (0..*load).map(|k| bins.step(bin, k).widen()).sum::<i128>();
    }
    let mut open: Vec<u32> = arcs.iter().map(|arc| arc.bin).collect();
    open.sort_unstable();
    open.dedup();
    let mut at = 0;
    while at < open.len() {
        open.extend(bins.parent[open[at] as usize]);
        at += 1;
    }
    open.sort_unstable();
    open.dedup();
    let own = |bin: u32| {
        u32::try_from(open.binary_search(&bin).expect("every bin of an arc is there"))
            .expect("fewer than bins")
    };
    let arcs: Vec<Arc<W>> = arcs.into_iter().map(|arc| Arc { cost: arc.cost, bin: own(arc.bin) }).collect();
    let sorted = vec![0; units.len()];
    let net = Network { starts, arcs, sorted, skip, bins: left_over(bins, &load, &open) };
    let homes = units.iter().map(|unit| {
        let homes = whole.homes_of(*unit).iter().map(|home| home.0);
        homes.filter(|bin| open.binary_search(bin).is_ok()).map(own).collect()
    });
    let mut engine = Engine::new(net, homes.collect(), W::ZERO);
    engine.adopt(whole, &units, &open, &load);
    Part { engine, units, fixed, at_home }
}

/// What such loads leave free in these bins, ascending; coaches come before their nests in any numbering.
pub fn left_over<W: Exact>(bins: &Bins<W>, load: &[u32], open: &[u32]) -> Bins<W> {
    let own = |bin: u32| open.binary_search(&bin).ok().and_then(|at| u32::try_from(at).ok());
    let mut left = Bins {
        coach: open.iter().map(|bin| bins.coach[*bin as usize]).collect(),
        parent: open.iter().map(|bin| bins.parent[*bin as usize].and_then(own)).collect(),
        cap: open.iter().map(|bin| bins.cap[*bin as usize] - load[*bin as usize]).collect(),
        step_starts: vec![0],
        steps: Vec::new(),
        child_starts: Vec::new(),
        children: Vec::new(),
    };
    for bin in open {
        let b = *bin as usize;
        if bins.step_starts[b] < bins.step_starts[b + 1] {
            left.steps.extend((load[b]..bins.cap[b]).map(|k| bins.step(b, k)));
        }
        left.step_starts.push(left.steps.len());
    }
    let mut children: Vec<(u32, u32)> = (0..)
        .zip(&left.parent)
        .filter_map(|(at, parent): (u32, &Option<u32>)| Some(((*parent)?, at)))
        .collect();
    if !children.is_empty() {
        children.sort_unstable();
        let starts = 0..=u32::try_from(open.len()).expect("bins are counted in u32");
        left.child_starts = starts
            .map(|bin| {
                u32::try_from(children.partition_point(|c| c.0 < bin)).expect("bins are counted in u32")
            })
            .collect();
        left.children = children.into_iter().map(|c| c.1).collect();
    }
    left
}
