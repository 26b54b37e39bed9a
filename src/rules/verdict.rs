//! What a rule says about one pair, and about a coachee with every coach at once.

use crate::model::catalogue::{Level, RuleKey};
use crate::model::index::{CoachIx, CoacheeIx, Ix, IxVec};
use crate::model::quantity::Points;
use std::collections::HashMap;
use std::hash::Hash;

/// The levels at which a pair breaks a rule, as bits: a rule with two edges may break at two levels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Broken(u8);

impl Broken {
    pub const NONE: Self = Self(0);
    pub const HARD: Self = Self(1);
    pub const WAIVABLE: Self = Self(2);
    pub const INFO: Self = Self(4);

    /// Broken at `level`; a soft rule that is broken only earns nothing.
    pub const fn at(level: Level) -> Self {
        match level {
            Level::Hard => Self::HARD,
            Level::Waivable => Self::WAIVABLE,
            Level::Info => Self::INFO,
            Level::Soft | Level::Off => Self::NONE,
        }
    }
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    pub const fn is(self, level: Self) -> bool {
        self.0 & level.0 != 0
    }
    /// Whether the pair cannot be made (waivers aside).
    pub const fn forbids(self) -> bool {
        self.0 & 3 != 0
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Verdict {
    pub broken: Broken,
    pub points: Points,
}

impl Verdict {
    pub const SILENT: Self = Self { broken: Broken::NONE, points: Points::ZERO };

    pub const fn broken(level: Level) -> Self {
        Self { broken: Broken::at(level), points: Points::ZERO }
    }
    /// The whole weight where the rule is soft and holds.
    pub fn earns(level: Level, weight: Points) -> Self {
        Self { broken: Broken::NONE, points: if level == Level::Soft { weight } else { Points::ZERO } }
    }
    /// Broken at the level, else the whole weight.
    pub fn holds_or(level: Level, weight: Points, broken: bool) -> Self {
        if broken { Self::broken(level) } else { Self::earns(level, weight) }
    }
}

/// The level of a rule's second edge: the rule's own where that excludes, nothing where the rule is off.
pub(super) const fn edge(rule: Level, limit: Level) -> Level {
    match rule {
        Level::Off => Level::Off,
        Level::Hard | Level::Waivable => rule,
        Level::Soft | Level::Info => limit,
    }
}

/// A rule about one pair, compiled for a roster.
pub(super) trait PairRule: Send + Sync {
    fn key(&self) -> RuleKey;
    fn level(&self) -> Level;
    /// The definition.
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict;
    /// The same for a coachee with every coach, added to the row.
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        row.add_each(|coach| self.judge(coachee, coach));
    }
    /// Whether the row is worth filling last, when most of what is excluded is known.
    fn costly(&self) -> bool {
        false
    }
    /// What the rule says in favour of the pair (or, at level `info`, about it); `None` if it has nothing to say.
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String>;
    /// Why the pair cannot be made. Only called for a pair that breaks the rule.
    fn barrier(&self, coachee: CoacheeIx, coach: CoachIx) -> String;
}

/// One coachee with every coach: what forbids the pair and what it earns. Kept by each thread from coachee to coachee.
pub(super) struct Row {
    pub broken: Vec<Broken>,
    pub points: Vec<i64>,
    table: Vec<Verdict>,
    /// Room for rules that sum something per coach.
    pub sums: Vec<u8>,
}

impl Row {
    pub fn new(coaches: usize) -> Self {
        Self {
            broken: vec![Broken::NONE; coaches],
            points: vec![0; coaches],
            table: Vec::new(),
            sums: vec![0; coaches],
        }
    }

    pub fn clear(&mut self) {
        self.broken.fill(Broken::NONE);
        self.points.fill(0);
    }

    #[inline]
    pub fn add(&mut self, coach: usize, verdict: Verdict) {
        self.broken[coach] = self.broken[coach].and(verdict.broken);
        self.points[coach] += verdict.points.0;
    }

    pub fn add_each(&mut self, judge: impl Fn(CoachIx) -> Verdict) {
        for coach in 0..self.points.len() {
            self.add(coach, judge(CoachIx::from_usize(coach)));
        }
    }

    /// One verdict per kind of coach.
    pub fn add_kinds<K>(&mut self, kinds: &Kinds<CoachIx, K>, judge: impl Fn(&K) -> Verdict) {
        self.table.clear();
        self.table.extend(kinds.kinds.iter().map(judge));
        let rows = self.broken.iter_mut().zip(&mut self.points);
        for ((broken, points), kind) in rows.zip(&kinds.of) {
            let verdict = self.table[*kind as usize];
            *broken = broken.and(verdict.broken);
            *points += verdict.points.0;
        }
    }

    /// A verdict that holds for nearly everybody, and the coaches for whom another one stands instead, ascending.
    pub fn add_except(
        &mut self,
        usual: impl Fn(CoachIx) -> Verdict,
        exceptions: impl Iterator<Item = (CoachIx, Verdict)>,
    ) {
        let mut next = 0;
        for (coach, verdict) in exceptions {
            for before in next..coach.to_usize() {
                self.add(before, usual(CoachIx::from_usize(before)));
            }
            self.add(coach.to_usize(), verdict);
            next = coach.to_usize() + 1;
        }
        for after in next..self.points.len() {
            self.add(after, usual(CoachIx::from_usize(after)));
        }
    }
}

/// People sorted into kinds that a rule cannot tell apart, numbered in order of first appearance.
pub(super) struct Kinds<I, K> {
    pub of: IxVec<I, u32>,
    pub kinds: Vec<K>,
}

impl<I: Ix, K: Hash + Eq + Clone> Kinds<I, K> {
    pub fn sort(all: impl Iterator<Item = K>) -> Self {
        let mut numbers: HashMap<K, u32> = HashMap::new();
        let mut kinds = Vec::new();
        let of = all
            .map(|kind| {
                *numbers.entry(kind).or_insert_with_key(|kind| {
                    kinds.push(kind.clone());
                    u32::try_from(kinds.len() - 1).expect("no more kinds than people")
                })
            })
            .collect();
        Self { of, kinds }
    }
}

impl<I: Ix, K> Kinds<I, K> {
    pub fn kind(&self, who: I) -> &K {
        &self.kinds[self.of[who] as usize]
    }
}

/// Facts about a coachee with single coaches, in order of coach.
pub(super) struct Sparse<T> {
    of: IxVec<CoacheeIx, Vec<(CoachIx, T)>>,
}

impl<T> Sparse<T> {
    pub fn new(coachees: usize) -> Self {
        Self { of: (0..coachees).map(|_| Vec::new()).collect() }
    }
    /// Adds a fact, merging it with the one that is there.
    pub fn merge(&mut self, coachee: CoacheeIx, coach: CoachIx, fact: T, merge: impl FnOnce(&mut T, T)) {
        let facts = &mut self.of[coachee];
        match facts.binary_search_by_key(&coach, |f| f.0) {
            Ok(at) => merge(&mut facts[at].1, fact),
            Err(at) => facts.insert(at, (coach, fact)),
        }
    }
    pub fn of(&self, coachee: CoacheeIx) -> &[(CoachIx, T)] {
        &self.of[coachee]
    }
    pub fn get(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<&T> {
        let facts = &self.of[coachee];
        facts.binary_search_by_key(&coach, |f| f.0).ok().map(|at| &facts[at].1)
    }
}
