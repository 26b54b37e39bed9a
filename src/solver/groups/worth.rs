//! The tiers of a grouping folded into one worth per group, as `model::grouping` defines it.
//!
//! Two plans differ in the score by at most the sum, over everybody, of (the best score of a pair they can be in, if
//! positive, less the worst, if negative): a pair's score is at most what one of the two adds to that sum, a triad's half
//! of three such scores. In stability they differ by the kept pairs, in the number of pairs (where groups are of three) by
//! half the people, in coverage by `people × 10 × n + 8 × people`. Each multiplier is more than what all tiers after it can
//! add up to, and where the score is the last tier a multiple of what every score is a multiple of: then worths are too,
//! and bounds can be rounded down to them. The largest product stays below 2^112 for scores within their limits and 2,000
//! people.

use crate::model::catalogue::Tier;
use crate::model::grouping::{GroupMultipliers, GroupSize, Grouping};
use crate::model::index::{CoacheeIx, Ix};

/// Everybody who can be in a group, numbered from 0, with the worth of every two.
pub struct Worth<'g> {
    pub grouping: &'g Grouping,
    /// By number.
    pub people: Vec<CoacheeIx>,
    pub multipliers: GroupMultipliers,
    /// What a member adds to any group.
    member: Vec<i128>,
    /// By number, then number: points × multiplier, pins and kept pairs inside; `None` where the two cannot be together.
    inside: Vec<Option<Inside>>,
}

/// What two people add to a group: the score counts in full in a pair and half in a triad, the rest always in full.
#[derive(Clone, Copy)]
struct Inside {
    score: i64,
    rest: i128,
}

fn count(n: usize) -> i128 {
    i128::try_from(n).expect("a count")
}

impl<'g> Worth<'g> {
    pub fn new(grouping: &'g Grouping) -> Self {
        let parts = grouping.parts();
        let people: Vec<CoacheeIx> = grouping.present().collect();
        let n = count(people.len());
        let multipliers = multipliers(grouping, &people);
        let member = |p: &CoacheeIx| {
            let class = i128::from(parts.class[p.to_usize()].unwrap_or(9));
            multipliers.coverage * (10 * n + 9 - class)
        };
        let mut inside = Vec::with_capacity(people.len() * people.len());
        for a in &people {
            for b in &people {
                let pair = (*a.min(b), *a.max(b));
                let has = |list: &[(CoacheeIx, CoacheeIx)]| i128::from(list.binary_search(&pair).is_ok());
                inside.push(grouping.score(*a, *b).map(|score| Inside {
                    score: score.0,
                    rest: multipliers.pins * has(&parts.pins) + multipliers.stability * has(&parts.kept),
                }));
            }
        }
        Self { member: people.iter().map(member).collect(), grouping, people, multipliers, inside }
    }

    pub const fn len(&self) -> usize {
        self.people.len()
    }

    fn inside(&self, a: usize, b: usize) -> Option<Inside> {
        self.inside[a * self.len() + b]
    }

    pub fn possible(&self, a: usize, b: usize) -> bool {
        self.inside(a, b).is_some()
    }

    /// What somebody adds to any group.
    pub fn member(&self, a: usize) -> i128 {
        self.member[a]
    }

    /// The least that anybody adds to any group.
    pub fn least_member(&self) -> i128 {
        self.member.iter().copied().min().unwrap_or(0)
    }

    /// Twice what two people who share a triad bring into it, or once what they bring into a pair.
    pub fn shared(&self, a: usize, b: usize) -> Option<i128> {
        self.inside(a, b).map(|i| 2 * i.rest + self.multipliers.score * i128::from(i.score))
    }

    /// The worth of two people as a group.
    pub fn pair(&self, a: usize, b: usize) -> Option<i128> {
        let i = self.inside(a, b)?;
        let score = self.multipliers.score * i128::from(i.score);
        Some(self.member[a] + self.member[b] - self.multipliers.shape + i.rest + score)
    }

    /// The worth of three people as a group.
    pub fn triad(&self, [a, b, c]: [usize; 3]) -> Option<i128> {
        let (ab, bc, ca) = (self.inside(a, b)?, self.inside(b, c)?, self.inside(c, a)?);
        let score = (i128::from(ab.score) + i128::from(bc.score) + i128::from(ca.score)).div_euclid(2);
        let members = self.member[a] + self.member[b] + self.member[c];
        Some(members + ab.rest + bc.rest + ca.rest + self.multipliers.score * score)
    }

    /// The worth of a group of two or three.
    pub fn group(&self, members: &[usize]) -> Option<i128> {
        match *members {
            [a, b] => self.pair(a, b),
            [a, b, c] => self.triad([a, b, c]),
            _ => None,
        }
    }
}

fn multipliers(grouping: &Grouping, people: &[CoacheeIx]) -> GroupMultipliers {
    let parts = grouping.parts();
    let n = count(people.len());
    let spread = |a: &CoacheeIx| {
        let row = &parts.score[a.to_usize() * grouping.people()..][..grouping.people()];
        let scores = || row.iter().flatten().map(|s| s.0);
        i128::from(scores().max().unwrap_or(0).max(0)) - i128::from(scores().min().unwrap_or(0).min(0))
    };
    let mut made = GroupMultipliers::default();
    let mut rest = 0_i128;
    let grain = if parts.tiers.last() == Some(&Tier::Score) { grain(grouping) } else { 1 };
    let mut next = |range: i128, slot: &mut i128| {
        if range > 0 {
            *slot = if rest == 0 { 1 } else { (rest.div_euclid(grain) + 1) * grain };
            rest += *slot * range;
        }
    };
    for tier in parts.tiers.iter().rev() {
        match tier {
            Tier::Score => next(people.iter().map(spread).sum(), &mut made.score),
            Tier::Stability => next(count(parts.kept.len()), &mut made.stability),
            _ => {}
        }
    }
    if parts.size == GroupSize::Three {
        next(n / 2, &mut made.shape);
    }
    next(10 * n * n + 8 * n, &mut made.coverage);
    next(count(parts.pins.len()), &mut made.pins);
    made
}

/// What the score of every pair and triad is a multiple of: half of what those of pairs are, where that is even.
fn grain(grouping: &Grouping) -> i128 {
    let scores = grouping.parts().score.iter().flatten();
    let pairs = scores.fold(0, |common, score| gcd(common, i128::from(score.0)));
    if pairs > 0 && pairs % 2 == 0 { pairs / 2 } else { 1 }
}

/// The greatest common divisor, not negative.
pub fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}
