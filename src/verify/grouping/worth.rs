//! The tiers as one sum per group, as `model::grouping` says, and that the multipliers keep them apart.

use super::problem::{Problem, inside};
use crate::model::catalogue::Tier;
use crate::model::grouping::{GroupMultipliers, GroupSize};

/// Numbers within this leave room for any sum of four thousand of them and their quarters.
pub(super) const LARGEST: i128 = 1 << 112;

pub(super) struct Worth<'p, 'w> {
    pub problem: &'p Problem<'w>,
    multipliers: GroupMultipliers,
    n: i128,
}

fn int(n: usize) -> i128 {
    i128::try_from(n).unwrap_or(i128::MAX)
}

impl<'p, 'w> Worth<'p, 'w> {
    /// The error says what is wrong with the multipliers.
    pub fn new(problem: &'p Problem<'w>, multipliers: GroupMultipliers) -> Result<Self, &'static str> {
        let present = problem.present();
        let n = int(present.len());
        let spread = |a: &usize| {
            let scores = || present.iter().filter_map(|b| problem.score(*a, *b));
            scores().max().unwrap_or(0).max(0) - scores().min().unwrap_or(0).min(0)
        };
        let GroupMultipliers { pins, coverage, shape, stability, score } = multipliers;
        let mut tiers = vec![
            (pins, int(problem.pins.len())),
            (coverage, 10 * n * n + 8 * n),
            (shape, if problem.size == GroupSize::Three { n / 2 } else { 0 }),
        ];
        for tier in &problem.tiers {
            match tier {
                Tier::Stability => tiers.push((stability, int(problem.kept.len()))),
                Tier::Score => tiers.push((score, present.iter().map(spread).sum())),
                _ => {}
            }
        }
        let unused = [(Tier::Stability, stability), (Tier::Score, score)];
        if unused.iter().any(|(tier, m)| *m != 0 && !problem.tiers.contains(tier)) {
            return Err("a tier that is not in the objective has a multiplier");
        }
        let mut rest = 0_i128;
        for (multiplier, range) in tiers.into_iter().rev() {
            if multiplier < 0 || range > 0 && multiplier <= rest {
                return Err("a multiplier is not larger than what the later tiers can differ by");
            }
            let sum = multiplier.checked_mul(range).and_then(|m| rest.checked_add(m));
            rest = sum.filter(|sum| *sum <= LARGEST).ok_or("the multipliers are too large to add up")?;
        }
        Ok(Self { problem, multipliers, n })
    }

    /// `None` where the group cannot be.
    pub fn of(&self, members: &[usize]) -> Option<i128> {
        let (problem, m) = (self.problem, &self.multipliers);
        let score = problem.group_score(members)?;
        let mut worth = m.score * score;
        for who in members {
            worth += m.coverage * (10 * self.n + 9 - i128::from(problem.class[*who]?));
        }
        for pair in inside(members) {
            worth += m.pins * i128::from(problem.pins.contains(&pair));
            worth += m.stability * i128::from(problem.kept.contains(&pair));
        }
        Some(if members.len() == 2 { worth - m.shape } else { worth })
    }

    /// What a whole plan is worth.
    pub fn plan(&self, groups: &[Vec<usize>]) -> Option<i128> {
        groups.iter().map(|group| self.of(group)).sum()
    }
}
