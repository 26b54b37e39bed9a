//! `locks`: pins, bans, freezes and holds that have not expired, and the started pairs of the given plan.

use super::facts::Facts;
use super::verdict::{PairRule, Row, Sparse, Verdict};
use crate::model::catalogue::{Level, LockKind, PairState, RuleKey};
use crate::model::index::{CoachIx, CoacheeIx, Ix, IxVec};
use crate::model::roster::{Lock, Roster};

/// Why a pair is pinned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pin {
    /// A `pin` or `freeze`, by its position in `Roster::locks`.
    Lock(usize),
    Started,
}

pub(super) struct Locks<'r> {
    roster: &'r Roster,
    pins: Sparse<Pin>,
    bans: Sparse<usize>,
    /// The first hold of each coach.
    holds: IxVec<CoachIx, Option<usize>>,
    /// For whom a held coach is held.
    reserved: Sparse<()>,
}

/// Whether a lock or waiver did not expire before the programme starts.
pub(super) fn in_force(expires: Option<crate::model::date::Date>, roster: &Roster) -> bool {
    expires.is_none_or(|day| day >= roster.programme.starts)
}

impl<'r> Locks<'r> {
    pub fn new(facts: &Facts<'r>) -> Self {
        let roster = facts.roster;
        let mut locks = Self {
            roster,
            pins: Sparse::new(roster.coachees.len()),
            bans: Sparse::new(roster.coachees.len()),
            holds: roster.coaches.iter().map(|_| None).collect(),
            reserved: Sparse::new(roster.coachees.len()),
        };
        // Where people are grouped, locks are about two people and not about a direction: see `group_locks`.
        if roster.programme.rules.locks == Level::Off || roster.grouped() {
            return locks;
        }
        for (at, lock) in roster.locks.iter().enumerate().filter(|(_, l)| in_force(l.expires, roster)) {
            locks.add(at, lock);
        }
        for pair in roster.plan.iter().flatten().filter(|p| p.state == PairState::Started) {
            locks.pins.merge(pair.coachee, pair.coach, Pin::Started, |_, _| {});
        }
        locks
    }

    fn add(&mut self, at: usize, lock: &Lock) {
        match (lock.kind, lock.coach, lock.coachee) {
            (LockKind::Pin, Some(coach), Some(coachee)) => {
                self.pins.merge(coachee, coach, Pin::Lock(at), |_, _| {});
            }
            (LockKind::Ban, Some(coach), Some(coachee)) => self.bans.merge(coachee, coach, at, |_, _| {}),
            (LockKind::Hold, Some(coach), coachee) => {
                self.holds[coach].get_or_insert(at);
                if let Some(coachee) = coachee {
                    self.reserved.merge(coachee, coach, (), |(), ()| {});
                }
            }
            (LockKind::Freeze, coach, coachee) => {
                for pair in self.roster.plan.iter().flatten() {
                    if coach.is_none_or(|c| c == pair.coach) && coachee.is_none_or(|e| e == pair.coachee) {
                        self.pins.merge(pair.coachee, pair.coach, Pin::Lock(at), |_, _| {});
                    }
                }
            }
            // Incomplete locks are refused when the roster is read.
            (LockKind::Pin | LockKind::Ban | LockKind::Hold, _, _) => {}
        }
    }

    /// The pinned coaches of a coachee, in order.
    pub fn pins(&self, coachee: CoacheeIx) -> &[(CoachIx, Pin)] {
        self.pins.of(coachee)
    }

    /// Who pinned a pair, and why.
    pub fn says(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        Some(match self.pins.get(coachee, coach)? {
            Pin::Started => "started".to_owned(),
            Pin::Lock(at) => {
                let lock = &self.roster.locks[*at];
                let what = if lock.kind == LockKind::Freeze { "frozen" } else { "pinned" };
                format!("{what} by {} ({})", lock.author, lock.reason)
            }
        })
    }

    /// Whether a lock keeps anybody from anything.
    pub fn restrict(&self) -> bool {
        self.holds.iter().any(Option::is_some)
            || self.roster.coachees.indexes().any(|e| !self.bans.of(e).is_empty())
    }

    /// The lock that forbids the pair.
    fn forbidding(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<&Lock> {
        if let Some(ban) = self.bans.get(coachee, coach) {
            return Some(&self.roster.locks[*ban]);
        }
        let held = self.holds[coach]?;
        let free = self.reserved.get(coachee, coach).is_some() || self.pins.get(coachee, coach).is_some();
        (!free).then(|| &self.roster.locks[held])
    }
}

impl PairRule for Locks<'_> {
    fn key(&self) -> RuleKey {
        RuleKey::Locks
    }
    fn level(&self) -> Level {
        self.roster.programme.rules.locks
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        match self.forbidding(coachee, coach) {
            Some(_) => Verdict::broken(Level::Hard),
            None => Verdict::SILENT,
        }
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        for (coach, _) in self.bans.of(coachee) {
            row.add(coach.to_usize(), Verdict::broken(Level::Hard));
        }
        for (coach, hold) in self.holds.enumerate() {
            if hold.is_some() {
                row.add(coach.to_usize(), self.judge(coachee, coach));
            }
        }
    }
    fn part(&self, _: CoacheeIx, _: CoachIx) -> Option<String> {
        None
    }
    fn barrier(&self, coachee: CoacheeIx, coach: CoachIx) -> String {
        match self.forbidding(coachee, coach) {
            Some(lock) if lock.kind == LockKind::Ban => {
                format!("is banned by {} ({})", lock.author, lock.reason)
            }
            Some(lock) => format!("is on hold by {} ({})", lock.author, lock.reason),
            None => String::new(),
        }
    }
}

pub(super) const LOCKS: &str = "Pinned, frozen and started pairs are made first of all, banned ones never, and coaches on hold get nobody else.";
