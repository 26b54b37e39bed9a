//! An odd number in pairs: exactly one triad, where there is one that helps.
//!
//! Method: the matching with one person left alone, and its prices, bound for each triad what it and a matching of the
//! others can be worth. The triad with the highest bound is tried: a matching of the others, whose prices bound all triads
//! again. What no prices show to be worse is tried in turn, highest bound first, until nothing is left. Exact, O(n³) for
//! each list of prices and each triad that is tried; mostly a few are.

use super::duals::{Duals, UNITS};
use super::pairs::{groups, matching, proved, stopped};
use super::worth::Worth;
use super::{Clock, Found};
use crate::model::grouping::GroupEnd;
use std::collections::BTreeSet;

/// A proof of more lists than this is not handed on; the search still ends.
const MOST_LISTS: usize = 60;
/// Triads that are looked at together: beyond this many open ones only the best are kept in sight.
const IN_SIGHT: usize = 400_000;

type Triad = [usize; 3];

/// A list of prices, laid out so that a triad's bound is a few look-ups.
struct Bounds {
    people: Vec<i128>,
    /// Σ prices + Σ z × ⌊size / 2⌋.
    all: i128,
    /// By person, then person: Σ z of the odd sets that hold both.
    both: Vec<i128>,
    /// Σ z of the even sets that hold the person.
    even: Vec<i128>,
}

impl Bounds {
    fn new(duals: &Duals) -> Self {
        let n = duals.people.len();
        let (mut both, mut even) = (vec![0; n * n], vec![0; n]);
        for (members, z) in &duals.sets {
            for a in members {
                if members.len().is_multiple_of(2) {
                    even[*a] += z;
                } else {
                    for b in members {
                        both[a * n + b] += z;
                    }
                }
            }
        }
        Self { all: duals.bound_without(&[]), people: duals.people.clone(), both, even }
    }

    /// The most that a matching of everybody but the triad can weigh. A set that loses two members or three has room for
    /// one pair less; an even one that loses a single member too.
    fn without(&self, [a, b, c]: Triad) -> i128 {
        let n = self.people.len();
        let odd = self.both[a * n + b].max(self.both[b * n + c]).max(self.both[a * n + c]);
        let even = self.even[a].max(self.even[b]).max(self.even[c]);
        self.all - self.people[a] - self.people[b] - self.people[c] - odd - even
    }
}

/// The best plan so far, in price units, and the prices that are known.
struct Search<'w, 'g> {
    worth: &'w Worth<'g>,
    groups: Vec<Vec<usize>>,
    best: i128,
    lists: Vec<Duals>,
    bounds: Vec<Bounds>,
    tried: BTreeSet<Triad>,
}

pub fn solve(worth: &Worth<'_>, alone: Vec<Vec<usize>>, duals: Duals, clock: &mut Clock<'_>) -> Found {
    let best = alone.iter().filter_map(|group| worth.group(group)).sum::<i128>() * UNITS;
    let bounds = vec![Bounds::new(&duals)];
    let mut search =
        Search { worth, groups: alone, best, lists: vec![duals], bounds, tried: BTreeSet::new() };
    loop {
        let (mut open, more) = search.open();
        while let Some((bound, triad)) = search.highest(&mut open) {
            if bound <= search.best {
                break;
            }
            if search.attempt(triad, clock).is_none() {
                let reach = search.bounds_of(triad).div_euclid(UNITS);
                return Found {
                    bound: super::score_bound(worth, &search.groups, reach),
                    ..stopped(search.groups, clock)
                };
            }
        }
        if !more {
            break;
        }
    }
    if search.tried.len() > MOST_LISTS {
        return Found { groups: search.groups, end: GroupEnd::Claimed, bound: None };
    }
    proved(worth, search.groups, &search.lists)
}

impl Search<'_, '_> {
    fn bounds_of(&self, triad: Triad) -> i128 {
        let own = self.worth.triad(triad).unwrap_or(0) * UNITS;
        let rest = self.bounds.iter().map(|b| b.without(triad)).min().unwrap_or(0);
        own + rest
    }

    /// Triads that may be better than the best plan, and whether there are more than could be kept in sight.
    fn open(&self) -> (Vec<(i128, Triad)>, bool) {
        let n = self.worth.len();
        let (mut open, mut more) = (Vec::new(), false);
        let mut least = self.best;
        for a in 0..n {
            for b in (a + 1..n).filter(|b| self.worth.possible(a, *b)) {
                for c in b + 1..n {
                    if !self.worth.possible(a, c) || !self.worth.possible(b, c) {
                        continue;
                    }
                    let bound = self.bounds_of([a, b, c]);
                    if bound > least && !self.tried.contains(&[a, b, c]) {
                        open.push((bound, [a, b, c]));
                    } else {
                        more |= bound > self.best && bound <= least && !self.tried.contains(&[a, b, c]);
                    }
                }
                if open.len() > IN_SIGHT {
                    open.sort_unstable_by(|x, y| y.cmp(x));
                    open.truncate(IN_SIGHT / 2);
                    (least, more) = (open.last().map_or(least, |l| l.0), true);
                }
            }
        }
        (open, more)
    }

    /// The open triad with the highest bound by all prices known now; ties: the first people. Takes it off the list.
    fn highest(&self, open: &mut Vec<(i128, Triad)>) -> Option<(i128, Triad)> {
        let newest = self.bounds.last()?;
        for (bound, triad) in open.iter_mut() {
            let own = self.worth.triad(*triad).unwrap_or(0) * UNITS;
            *bound = (*bound).min(own + newest.without(*triad));
        }
        open.retain(|(bound, _)| *bound > self.best);
        let at = (0..open.len()).max_by_key(|at| (open[*at].0, std::cmp::Reverse(open[*at].1)))?;
        Some(open.swap_remove(at))
    }

    /// Solves for everybody but the triad; its prices bound this triad exactly, and others too.
    fn attempt(&mut self, triad: Triad, clock: &mut Clock<'_>) -> Option<()> {
        let among: Vec<usize> = (0..self.worth.len()).filter(|v| !triad.contains(v)).collect();
        let flat = self.lists.last().map(Duals::flat)?;
        let start: Vec<i128> = among.iter().map(|v| flat[*v]).collect();
        let matched = matching(self.worth, &among, Some(&start), clock)?;
        let mut groups = groups(self.worth, &among, &matched);
        groups.push(triad.to_vec());
        let value = groups.iter().filter_map(|g| self.worth.group(g)).sum::<i128>() * UNITS;
        if value > self.best {
            (self.best, self.groups) = (value, groups);
        }
        self.tried.insert(triad);
        clock.progress(self.tried.len(), self.tried.len() + 1);
        let duals = Duals::of(self.worth, &among, &matched);
        if self.tried.len() <= MOST_LISTS {
            self.bounds.push(Bounds::new(&duals));
            self.lists.push(duals);
        }
        Some(())
    }
}
