//! `locks` where people are grouped from one list: two people together, two people apart, somebody on hold.

use super::locks::{Pin, in_force};
use crate::model::catalogue::{Level, LockKind, PairState};
use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::roster::{Lock, PlannedPair, Roster};
use std::collections::BTreeMap;

type Two = (CoacheeIx, CoacheeIx);

pub(super) struct GroupLocks<'r> {
    roster: &'r Roster,
    /// Who is to be together, the lower first.
    pub pins: BTreeMap<Two, Pin>,
    bans: BTreeMap<Two, usize>,
    /// The first hold of a person, and for whom they are held.
    holds: BTreeMap<CoacheeIx, (usize, Vec<CoacheeIx>)>,
}

/// A participant under the number they have as a coachee.
pub(super) const fn person(coach: CoachIx) -> CoacheeIx {
    CoacheeIx::new(coach.get())
}

/// The two of a row, which keeps the lower first.
pub(super) const fn two(pair: &PlannedPair) -> Two {
    (person(pair.coach), pair.coachee)
}

impl<'r> GroupLocks<'r> {
    pub fn new(roster: &'r Roster) -> Self {
        let mut locks = Self { roster, pins: BTreeMap::new(), bans: BTreeMap::new(), holds: BTreeMap::new() };
        if roster.programme.rules.locks == Level::Off {
            return locks;
        }
        for (at, lock) in roster.locks.iter().enumerate().filter(|(_, l)| in_force(l.expires, roster)) {
            locks.add(at, lock);
        }
        for pair in roster.plan.iter().flatten().filter(|p| p.state == PairState::Started) {
            locks.pins.entry(two(pair)).or_insert(Pin::Started);
        }
        locks
    }

    fn add(&mut self, at: usize, lock: &Lock) {
        match (lock.kind, lock.coach.map(person), lock.coachee) {
            (LockKind::Pin, Some(a), Some(b)) => {
                self.pins.entry((a, b)).or_insert(Pin::Lock(at));
            }
            (LockKind::Ban, Some(a), Some(b)) => {
                self.bans.entry((a, b)).or_insert(at);
            }
            (LockKind::Hold, Some(a), b) => {
                self.holds.entry(a).or_insert((at, Vec::new())).1.extend(b);
            }
            (LockKind::Freeze, a, b) => {
                for (x, y) in self.roster.plan.iter().flatten().map(two) {
                    if [a, b].iter().flatten().all(|who| *who == x || *who == y) {
                        self.pins.entry((x, y)).or_insert(Pin::Lock(at));
                    }
                }
            }
            // Incomplete locks are refused when the roster is read.
            (LockKind::Pin | LockKind::Ban | LockKind::Hold, _, _) => {}
        }
    }

    /// The lock that keeps two people apart.
    pub fn forbidding(&self, a: CoacheeIx, b: CoacheeIx) -> Option<&'r Lock> {
        let pair = (a.min(b), a.max(b));
        if let Some(ban) = self.bans.get(&pair) {
            return Some(&self.roster.locks[*ban]);
        }
        let held = |who, other| {
            let (at, kept_for) = self.holds.get(&who)?;
            let free = kept_for.contains(&other) || self.pins.contains_key(&pair);
            (!free).then(|| &self.roster.locks[*at])
        };
        held(a, b).or_else(|| held(b, a))
    }

    /// The hold of somebody who is kept for nobody and pinned to nobody: they stay out of the grouping.
    pub fn out(&self, who: CoacheeIx) -> Option<&'r Lock> {
        let (at, kept_for) = self.holds.get(&who)?;
        let pinned = self.pins.keys().any(|(a, b)| *a == who || *b == who);
        (kept_for.is_empty() && !pinned).then(|| &self.roster.locks[*at])
    }
}
