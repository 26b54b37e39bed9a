//! Lost to others: the smallest set of coachees who want more places than all their possible coaches have (Hall 1935).
//!
//! Method: from one who is short, alternately to all possible coaches and to the coachees these have. In a plan of greatest coverage
//! every coach reached is full, and where each wants one coach and no cap stands between, what is reached is the one smallest
//! set with the one who is short in it. That is not taken for granted: a flow of these coachees alone is solved, and each is left
//! out in turn; whoever leaves the others still short goes for good. So of what remains nobody can be left out. Complexity: a shortest path for
//! each of them.

use super::placed::Placed;
use super::shortage::{ClosedSet, MOST_PAIRS, shared};
use crate::model::catalogue::Tier;
use crate::model::index::{CoachIx, CoacheeIx, GroupIx, Ix, PairIx};
use crate::model::instance::{Demand, Excess, Instance, Parts};
use crate::model::outcome::Assignment;
use crate::rules::Compiled;
use crate::solver::repair::State;
use std::collections::{BTreeMap, BTreeSet};

/// As many sets are told; others are much the same people once more.
const MOST_SETS: usize = 20;

/// Coachees who cannot all have what they want, and can as soon as any of them is left out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deficient {
    pub coachees: Vec<CoacheeIx>,
    /// Everybody who is possible for any of them.
    pub coaches: Vec<CoachIx>,
    pub wanted: u64,
    /// Of these coaches; where caps keep some of them from these coachees, without those.
    pub places: u64,
    pub capped: bool,
    pub says: Box<str>,
}

/// The sets behind those who are short, and for each of them the position of theirs: of a set that they are in, or whose coaches are
/// all that they have. `None` where something else than places is short: nobody is possible, rows are in the way, or a set is too large
/// to be read.
pub fn deficient(
    compiled: &Compiled<'_>,
    chosen: &Assignment,
    short: &[CoacheeIx],
) -> (Vec<Deficient>, Vec<Option<usize>>) {
    let placed = Placed::new(compiled, chosen);
    let possible = |coachee| options(&compiled.instance, coachee);
    let (mut sets, mut of): (Vec<Deficient>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
    for coachee in short {
        let own = possible(*coachee);
        if own.is_empty() {
            of.push(None);
            continue;
        }
        let inside = |set: &Deficient| own.iter().all(|c| set.coaches.binary_search(c).is_ok());
        let known = sets.iter().position(inside);
        let found = || {
            let reached = reached(compiled, &placed, *coachee).filter(|_| sets.len() < MOST_SETS)?;
            smallest(compiled, &reached, *coachee)
        };
        of.push(match known {
            Some(at) => Some(at),
            None => found().map(|set| {
                sets.push(set);
                sets.len() - 1
            }),
        });
    }
    (sets, of)
}

/// The coaches whom a coachee may have: the pinned ones, where all places are pinned.
fn options(instance: &Instance, coachee: CoacheeIx) -> Vec<CoachIx> {
    let parts = instance.parts();
    let rows = instance.rows(coachee);
    let pins = pins(parts, &rows);
    if !pins.is_empty() && pins.len() == usize::from(parts.demand[coachee].wanted) {
        return pins.iter().map(|p| parts.coach[p.to_usize()]).collect();
    }
    parts.coach[rows].to_vec()
}

fn pins<'p>(parts: &'p Parts, rows: &std::ops::Range<usize>) -> &'p [PairIx] {
    let from = parts.pins.partition_point(|p| p.to_usize() < rows.start);
    let to = parts.pins.partition_point(|p| p.to_usize() < rows.end);
    &parts.pins[from..to]
}

/// Everybody who has a place that the coachee could have, if others moved; the coachee first.
fn reached(compiled: &Compiled<'_>, placed: &Placed, from: CoacheeIx) -> Option<Vec<CoacheeIx>> {
    let mut seen = BTreeSet::from([from]);
    let mut entered: BTreeSet<CoachIx> = BTreeSet::new();
    let (mut queue, mut at, mut pairs) = (vec![from], 0, 0);
    while at < queue.len() {
        let own = options(&compiled.instance, queue[at]);
        at += 1;
        pairs += own.len();
        if pairs > MOST_PAIRS {
            return None;
        }
        for coach in own.into_iter().filter(|c| entered.insert(*c)).collect::<Vec<CoachIx>>() {
            queue.extend(placed.coachees[coach].iter().copied().filter(|other| seen.insert(*other)));
        }
    }
    Some(queue)
}

/// The same people without whoever is not needed for them to be short; `None` where these are not short among themselves.
fn smallest(compiled: &Compiled<'_>, reached: &[CoacheeIx], first: CoacheeIx) -> Option<Deficient> {
    let parts = compiled.instance.parts();
    let wanted = |e: CoacheeIx| usize::from(parts.demand[e].wanted);
    let mut members: BTreeSet<CoacheeIx> = reached.iter().copied().collect();
    let alone = alone(&compiled.instance, &members);
    let mut state = State::of(&alone, &[Tier::Coverage], &[], 1)?;
    let mut all: usize = members.iter().map(|e| wanted(*e)).sum();
    if state.assignment().pairs.len() == all {
        return None;
    }
    // Whoever is asked about goes last, so that the set is theirs wherever it can be.
    let mut order: Vec<CoacheeIx> = members.iter().rev().copied().filter(|e| *e != first).collect();
    order.push(first);
    for coachee in order {
        let mark = state.mark();
        state.leave(coachee);
        if state.assignment().pairs.len() < all - wanted(coachee) {
            members.remove(&coachee);
            all -= wanted(coachee);
        } else {
            state.back_to(&mark);
        }
    }
    told(compiled, &members, all as u64)
}

/// The instance in which nobody else wants anything, and nothing but coverage counts.
fn alone(instance: &Instance, members: &BTreeSet<CoacheeIx>) -> Instance {
    let parts = instance.parts();
    let demand = parts.demand.enumerate().map(|(coachee, demand)| {
        let wanted = if members.contains(&coachee) { demand.wanted } else { 0 };
        Demand { wanted, ..*demand }
    });
    let own = |pair: &PairIx| members.contains(&instance.coachee_of(*pair));
    let alone = Parts {
        demand: demand.collect(),
        pins: parts.pins.iter().copied().filter(own).collect(),
        rows: Vec::new(),
        rings: None,
        kept: Vec::new(),
        tiers: vec![Tier::Coverage],
        stable: None,
        ..parts.clone()
    };
    Instance::try_new(alone).expect("fewer people want something")
}

/// The set with its places, counted from the seats and caps alone; `None` unless these are too few.
fn told(compiled: &Compiled<'_>, members: &BTreeSet<CoacheeIx>, wanted: u64) -> Option<Deficient> {
    let parts = compiled.instance.parts();
    let mut by_coach: BTreeMap<CoachIx, Vec<CoacheeIx>> = BTreeMap::new();
    for coachee in members {
        for coach in options(&compiled.instance, *coachee) {
            by_coach.entry(coach).or_default().push(*coachee);
        }
    }
    let seats: u64 = by_coach.keys().map(|c| u64::from(parts.seats[*c].max)).sum();
    let room: u64 = by_coach.iter().map(|(coach, own)| room(&compiled.instance, *coach, own)).sum();
    let places = if seats < wanted { seats } else { room };
    let set = ClosedSet {
        coachees: members.iter().copied().collect(),
        coaches: by_coach.into_keys().collect(),
        wanted,
        places,
    };
    let capped = seats >= wanted;
    let says = shared(compiled, &set);
    let says = if capped { format!("{says}, as far as caps let these coachees have them") } else { says };
    let ClosedSet { coachees, coaches, .. } = set;
    (places < wanted).then(|| Deficient { coachees, coaches, wanted, places, capped, says: says.into() })
}

/// How many of these coachees a coach can take at once: caps inside caps, from the inner to the outer, then the seats.
fn room(instance: &Instance, coach: CoachIx, members: &[CoacheeIx]) -> u64 {
    let parts = instance.parts();
    let families: Vec<_> = parts.nests.iter().filter(|f| f.excess == Excess::Forbidden).collect();
    // What is let through of each group so far, by the groups of the families that are still to come.
    let key = |coachee: CoacheeIx, from: usize| -> Vec<Option<u32>> {
        let pair = instance.pair(coachee, coach);
        let group = |family: &&crate::model::instance::NestFamily| {
            let waived = pair.is_some_and(|p| family.exempt.binary_search(&p).is_ok());
            family.group[coachee].filter(|_| !waived).map(GroupIx::get)
        };
        families[from..].iter().map(group).collect()
    };
    let mut through: BTreeMap<Vec<Option<u32>>, u64> = BTreeMap::new();
    for coachee in members {
        *through.entry(key(*coachee, 0)).or_default() += 1;
    }
    for family in &families {
        let mut outer: BTreeMap<Vec<Option<u32>>, u64> = BTreeMap::new();
        let mut capped: BTreeMap<(u32, Vec<Option<u32>>), u64> = BTreeMap::new();
        for (groups, n) in through {
            match groups[0] {
                Some(group) => *capped.entry((group, groups[1..].to_vec())).or_default() += n,
                None => *outer.entry(groups[1..].to_vec()).or_default() += n,
            }
        }
        for ((_, rest), n) in capped {
            *outer.entry(rest).or_default() += n.min(u64::from(family.cap));
        }
        through = outer;
    }
    through.into_values().sum::<u64>().min(u64::from(parts.seats[coach].max))
}
