//! Rings of a plan: people who coach one another in a circle.
//!
//! Method: people are coachees (by [`Rings::same`]), an arc leads from whoever coaches to whoever is coached. A ring of at
//! least 3 through an arc u → v is a shortest way from v back to u that does not use v → u itself, found breadth first:
//! O(arcs²) in the worst case, and plans have few arcs between people of both roles.

use crate::model::index::{CoacheeIx, Ix, IxVec, PairIx};
use crate::model::instance::Instance;
use crate::model::row::Rings;
use std::collections::VecDeque;

/// The pairs of a ring, ascending.
pub type Ring = Vec<PairIx>;

/// The arcs of a plan between people of both roles.
struct Graph {
    /// Whom a person coaches, with the pair.
    out: IxVec<CoacheeIx, Vec<(CoacheeIx, PairIx)>>,
}

/// Whom a pair leads from and to, if it can be part of a ring.
fn arc(instance: &Instance, rings: &Rings, pair: PairIx) -> Option<(CoacheeIx, CoacheeIx)> {
    let person = rings.same[instance.parts().coach[pair.to_usize()]]?;
    rings.exempt.binary_search(&pair).is_err().then(|| (person, instance.coachee_of(pair)))
}

impl Graph {
    fn of(instance: &Instance, rings: &Rings, plan: &[PairIx]) -> Self {
        let mut out: IxVec<CoacheeIx, Vec<_>> = instance.parts().demand.iter().map(|_| Vec::new()).collect();
        for &pair in plan {
            if let Some((from, to)) = arc(instance, rings, pair) {
                out[from].push((to, pair));
            }
        }
        Self { out }
    }

    /// The shortest way from `from` to `to` of at most `most` arcs that does not use the arc between the two.
    fn way(&self, from: CoacheeIx, to: CoacheeIx, most: usize) -> Option<Vec<PairIx>> {
        let mut came: IxVec<CoacheeIx, Option<(CoacheeIx, PairIx)>> = self.out.iter().map(|_| None).collect();
        let mut queue = VecDeque::from([(from, 0)]);
        while let Some((at, steps)) = queue.pop_front() {
            if steps == most {
                return None;
            }
            for &(next, pair) in &self.out[at] {
                if next == from || came[next].is_some() || at == from && next == to {
                    continue;
                }
                came[next] = Some((at, pair));
                if next == to {
                    return Some(Self::trace(&came, from, to));
                }
                queue.push_back((next, steps + 1));
            }
        }
        None
    }

    fn trace(
        came: &IxVec<CoacheeIx, Option<(CoacheeIx, PairIx)>>,
        from: CoacheeIx,
        to: CoacheeIx,
    ) -> Vec<PairIx> {
        let (mut at, mut way) = (to, Vec::new());
        while let Some((before, pair)) = came[at] {
            way.push(pair);
            if before == from {
                break;
            }
            at = before;
        }
        way
    }
}

/// A shortest ring through every arc that is in one, each ring once, ascending. Empty only if the plan has no ring of the
/// lengths that are meant.
pub fn shortest(instance: &Instance, rings: &Rings, plan: &[PairIx]) -> Vec<Ring> {
    let graph = Graph::of(instance, rings, plan);
    let most = rings.longest.map_or(usize::MAX, |l| l as usize);
    let mut found = Vec::new();
    for (u, arcs) in graph.out.enumerate() {
        for &(v, pair) in arcs {
            if let Some(mut ring) = graph.way(v, u, most - 1) {
                ring.push(pair);
                ring.sort_unstable();
                found.push(ring);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Every ring of 3, ascending.
pub fn triangles(instance: &Instance, rings: &Rings, plan: &[PairIx]) -> Vec<Ring> {
    let graph = Graph::of(instance, rings, plan);
    let mut found = Vec::new();
    for (u, arcs) in graph.out.enumerate() {
        for &(v, first) in arcs.iter().filter(|a| a.0 > u) {
            for &(w, second) in graph.out[v].iter().filter(|a| a.0 > u && a.0 != v) {
                for &(_, third) in graph.out[w].iter().filter(|a| a.0 == u) {
                    let mut ring = vec![first, second, third];
                    ring.sort_unstable();
                    found.push(ring);
                }
            }
        }
    }
    found.sort_unstable();
    found
}

/// A plan that grows pair by pair without closing a ring.
pub struct Chain<'i> {
    instance: &'i Instance,
    rings: &'i Rings,
    graph: Graph,
}

impl<'i> Chain<'i> {
    pub fn new(instance: &'i Instance, rings: &'i Rings) -> Self {
        Self { instance, rings, graph: Graph::of(instance, rings, &[]) }
    }

    /// Whether one more pair would close a ring of the lengths that are meant.
    pub fn closes(&self, pair: PairIx) -> bool {
        let most = self.rings.longest.map_or(usize::MAX, |l| l as usize);
        arc(self.instance, self.rings, pair)
            .is_some_and(|(from, to)| self.graph.way(to, from, most - 1).is_some())
    }

    pub fn add(&mut self, pair: PairIx) {
        if let Some((from, to)) = arc(self.instance, self.rings, pair) {
            self.graph.out[from].push((to, pair));
        }
    }
}
