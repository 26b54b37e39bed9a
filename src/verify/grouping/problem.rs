//! The grouping problem of a roster, written down a second time: who can be with whom and at what score, who is pinned,
//! kept apart, on hold.

use crate::model::catalogue::{Level, LockKind, PairState, Tier};
use crate::model::grouping::GroupSize;
use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::model::roster::Roster;
use crate::verify::judge::{Bar, World};
use std::collections::{BTreeMap, BTreeSet};

/// Two people, the lower first, by their numbers among the participants.
pub(super) type Two = (usize, usize);

pub(super) const fn two(a: usize, b: usize) -> Two {
    if a < b { (a, b) } else { (b, a) }
}

pub(super) struct Problem<'w> {
    pub world: &'w World<'w>,
    pub roster: &'w Roster,
    /// Whether they take part, and the class of those who can be in a group.
    pub active: Vec<bool>,
    pub class: Vec<Option<u8>>,
    /// By person, then person.
    score: Vec<Option<i128>>,
    pub pins: BTreeSet<Two>,
    pub kept: BTreeSet<Two>,
    pub size: GroupSize,
    pub exactly: bool,
    pub tiers: Vec<Tier>,
}

/// Who is locked to whom.
#[derive(Default)]
struct Locks {
    pins: BTreeSet<Two>,
    bans: BTreeSet<Two>,
    holds: BTreeMap<usize, BTreeSet<usize>>,
}

fn planned(roster: &Roster) -> impl Iterator<Item = (Two, PairState)> {
    roster.plan.iter().flatten().map(|p| (two(p.coach.to_usize(), p.coachee.to_usize()), p.state))
}

impl Locks {
    fn new(roster: &Roster) -> Self {
        let mut locks = Self::default();
        if roster.programme.rules.locks == Level::Off {
            return locks;
        }
        let started = planned(roster).filter(|(_, state)| *state == PairState::Started);
        locks.pins.extend(started.map(|(pair, _)| pair));
        let starts = roster.programme.starts;
        for lock in roster.locks.iter().filter(|l| l.expires.is_none_or(|day| day >= starts)) {
            let who: Vec<usize> =
                lock.coach.map(Ix::to_usize).into_iter().chain(lock.coachee.map(Ix::to_usize)).collect();
            match (lock.kind, &who[..]) {
                (LockKind::Pin, [a, b]) => {
                    locks.pins.insert(two(*a, *b));
                }
                (LockKind::Ban, [a, b]) => {
                    locks.bans.insert(two(*a, *b));
                }
                (LockKind::Hold, [held, kept_for @ ..]) => {
                    locks.holds.entry(*held).or_default().extend(kept_for);
                }
                (LockKind::Freeze, who) => {
                    let frozen = planned(roster).map(|(pair, _)| pair);
                    locks.pins.extend(frozen.filter(|(a, b)| who.iter().all(|w| w == a || w == b)));
                }
                _ => {}
            }
        }
        locks
    }

    fn allow(&self, a: usize, b: usize) -> bool {
        let pinned = self.pins.contains(&two(a, b));
        let free = |who: usize, other: usize| {
            self.holds.get(&who).is_none_or(|kept_for| pinned || kept_for.contains(&other))
        };
        !self.bans.contains(&two(a, b)) && free(a, b) && free(b, a)
    }

    /// On hold for nobody, and pinned to nobody.
    fn out(&self, who: usize) -> bool {
        let pinned = self.pins.iter().any(|(a, b)| *a == who || *b == who);
        self.holds.get(&who).is_some_and(BTreeSet::is_empty) && !pinned
    }
}

/// What a pair is worth with `coach` coaching, if no rule forbids it.
fn single(world: &World<'_>, coach: usize, coachee: usize) -> Option<i128> {
    let (coach, coachee) = (CoachIx::from_usize(coach), CoacheeIx::from_usize(coachee));
    let (mut score, mut fine) = (0_i128, true);
    world.rulings((coach, coachee), world.row(coach, coachee), |key, ruling| {
        score += ruling.points;
        fine = match ruling.bar {
            None => true,
            Some(Bar::Hard) => false,
            Some(Bar::Waivable) => world.waived(key, coach, coachee),
        };
        fine
    });
    fine.then_some(score)
}

impl<'w> Problem<'w> {
    pub fn new(world: &'w World<'w>) -> Self {
        let (roster, rules) = (world.roster, world.rules);
        let n = roster.coachees.len();
        let locks = Locks::new(roster);
        let active: Vec<bool> = roster.coachees.indexes().map(|who| world.wants_now(who)).collect();
        let mut score = vec![None; n * n];
        for a in (0..n).filter(|a| active[*a]) {
            for b in (0..a).filter(|b| active[*b] && locks.allow(a, *b)) {
                if let (Some(one), Some(other)) = (single(world, a, b), single(world, b, a)) {
                    (score[a * n + b], score[b * n + a]) = (Some(one + other), Some(one + other));
                }
            }
        }
        let class = |who: usize| {
            let priority = roster.coachees[CoacheeIx::from_usize(who)].priority.unwrap_or(5);
            let class = if rules.priority == Level::Off { 1 } else { priority };
            (active[who] && !locks.out(who)).then_some(class)
        };
        let possible = |(a, b): &Two| score[a * n + b].is_some();
        let mut tiers: Vec<Tier> = rules.objective.clone();
        tiers.retain(|t| match t {
            Tier::Coverage | Tier::Score => true,
            Tier::Stability => roster.plan.is_some(),
            Tier::Minimums | Tier::Floor | Tier::Balance => false,
        });
        Self {
            pins: locks.pins.iter().copied().filter(possible).collect(),
            kept: planned(roster).map(|(pair, _)| pair).filter(possible).collect(),
            class: (0..n).map(class).collect(),
            size: rules.group_size.size,
            exactly: rules.group_size.exactly,
            world,
            roster,
            active,
            score,
            tiers,
        }
    }

    pub fn score(&self, a: usize, b: usize) -> Option<i128> {
        self.score[a * self.active.len() + b]
    }

    /// Everybody who can be in a group.
    pub fn present(&self) -> Vec<usize> {
        (0..self.class.len()).filter(|who| self.class[*who].is_some()).collect()
    }

    pub fn id(&self, who: usize) -> &'w str {
        self.roster.coachee_id(CoacheeIx::from_usize(who))
    }

    /// How many are left over whatever is done, because only one size is allowed.
    pub fn left_over(&self) -> usize {
        let size = if self.size == GroupSize::Two { 2 } else { 3 };
        if self.exactly { self.present().len() % size } else { 0 }
    }

    /// The score of a group, half of that of the three pairs in a triad, rounded down; `None` where somebody in it cannot
    /// be with somebody else.
    pub fn group_score(&self, members: &[usize]) -> Option<i128> {
        match *members {
            [a, b] => self.score(a, b),
            [a, b, c] => Some((self.score(a, b)? + self.score(b, c)? + self.score(a, c)?).div_euclid(2)),
            _ => None,
        }
    }

    pub fn state(&self, members: &[usize]) -> PairState {
        let inside = planned(self.roster).filter(|((a, b), _)| members.contains(a) && members.contains(b));
        inside.map(|(_, state)| state).max().unwrap_or(PairState::Draft)
    }

    pub fn planned(&self) -> impl Iterator<Item = Two> {
        planned(self.roster).map(|(pair, _)| pair)
    }
}

/// The pairs inside a group.
pub(super) fn inside(members: &[usize]) -> Vec<Two> {
    let pairs = members.iter().enumerate();
    pairs.flat_map(|(at, a)| members[at + 1..].iter().map(|b| two(*a, *b))).collect()
}
