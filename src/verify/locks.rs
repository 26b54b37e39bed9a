//! Locks: what is pinned, banned and held.

use crate::model::catalogue::{Level, LockKind, PairState};
use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::model::roster::Roster;

#[derive(Default)]
pub(super) struct Locks {
    /// Pairs that are to be made, by coachee, then coach; some may be refused because they break a rule.
    pub wished: Vec<(CoacheeIx, CoachIx)>,
    bans: Vec<(Option<CoacheeIx>, Option<CoachIx>)>,
    /// By coach: whether held, and for whom.
    held: Vec<Option<Vec<CoacheeIx>>>,
}

impl Locks {
    pub fn new(roster: &Roster) -> Self {
        let mut locks = Self { held: vec![None; roster.coaches.len()], ..Self::default() };
        if roster.programme.rules.locks == Level::Off {
            return locks;
        }
        let plan = roster.plan.as_deref().unwrap_or_default();
        for pair in plan.iter().filter(|p| p.state == PairState::Started) {
            locks.wished.push((pair.coachee, pair.coach));
        }
        let starts = roster.programme.starts;
        for lock in roster.locks.iter().filter(|l| l.expires.is_none_or(|end| end >= starts)) {
            match (lock.kind, lock.coach, lock.coachee) {
                (LockKind::Pin, Some(coach), Some(coachee)) => locks.wished.push((coachee, coach)),
                (LockKind::Ban, coach, coachee) => locks.bans.push((coachee, coach)),
                (LockKind::Hold, Some(coach), coachee) => {
                    locks.held[coach.to_usize()].get_or_insert_default().extend(coachee);
                }
                (LockKind::Freeze, coach, coachee) => {
                    let frozen = plan.iter().filter(|p| {
                        coach.is_none_or(|c| c == p.coach) && coachee.is_none_or(|e| e == p.coachee)
                    });
                    locks.wished.extend(frozen.map(|p| (p.coachee, p.coach)));
                }
                (LockKind::Pin | LockKind::Hold, _, _) => {}
            }
        }
        locks.wished.sort_unstable();
        locks.wished.dedup();
        locks.bans.sort_unstable();
        locks
    }

    pub fn wishes(&self, coach: CoachIx, coachee: CoacheeIx) -> bool {
        self.wished.binary_search(&(coachee, coach)).is_ok()
    }

    /// Neither banned nor, unless it is to be made, held.
    pub fn allow(&self, coach: CoachIx, coachee: CoacheeIx) -> bool {
        let banned = |e, c| !self.bans.is_empty() && self.bans.binary_search(&(e, c)).is_ok();
        if banned(Some(coachee), Some(coach)) || banned(Some(coachee), None) || banned(None, Some(coach)) {
            return false;
        }
        match &self.held[coach.to_usize()] {
            None => true,
            Some(kept_for) => kept_for.contains(&coachee) || self.wishes(coach, coachee),
        }
    }
}
