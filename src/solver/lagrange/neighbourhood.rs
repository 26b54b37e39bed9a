//! Which coaches to free together: those between whom coachees would most likely move.

use super::dual::{Prices, adds};
use super::local::WISHES;
use super::plan::Plan;
use super::problem::Problem;
use crate::solver::cost::Cost;

/// Who would take whose coachees: fixed for some prices.
pub struct Nearness<W> {
    /// By coach, candidate: what it adds to a group.
    pub adds: Vec<Vec<W>>,
}

/// A small generator with a fixed start (Marsaglia 2003): the same numbers in every run.
pub struct Dice(u64);

impl Dice {
    pub const fn new() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (n.max(1) as u64)).unwrap_or(0)
    }
}

impl<W: Cost> Nearness<W> {
    pub fn of(problem: &Problem<W>, prices: &Prices<W>) -> Self {
        let of = |coach| {
            let mut values = Vec::new();
            adds(problem, coach, prices, &mut values);
            values
        };
        Self { adds: problem.coaches.iter().map(of).collect() }
    }

    /// Coaches around a wish or a coach, not those in `taken`; each in a random half of the near ones.
    pub fn around(
        &self,
        problem: &Problem<W>,
        plan: &Plan,
        seed: Seed,
        taken: &[bool],
        most: usize,
        dice: &mut Dice,
    ) -> Vec<usize> {
        let mut freed: Vec<usize> = Vec::new();
        let mut wishes: Vec<u32> = Vec::new();
        let mut held = 0;
        let mut queue: Vec<usize> = Vec::new();
        match seed {
            Seed::Coach(coach) => queue.push(coach),
            Seed::Wish(wish) => {
                wishes.push(wish);
                held = 1;
            }
        }
        let size = most / 2 + dice.below(most - most / 2 + 1);
        while freed.len() < size {
            let next = match queue.pop() {
                Some(coach) => coach,
                None => match self.nearest(problem, &wishes, &freed, taken, dice) {
                    Some(coach) => coach,
                    None => break,
                },
            };
            let group = &plan.groups[next];
            if taken[next] || held + group.len() > WISHES {
                break;
            }
            held += group.len();
            wishes.extend(group.iter().map(|c| problem.coaches[next].candidates[*c as usize].wish));
            freed.push(next);
        }
        freed.sort_unstable();
        freed
    }

    /// A coach that would gladly take one of these wishes: a random wish, and of its coaches one of the cheapest.
    fn nearest(
        &self,
        problem: &Problem<W>,
        wishes: &[u32],
        freed: &[usize],
        taken: &[bool],
        dice: &mut Dice,
    ) -> Option<usize> {
        for _ in 0..8 {
            let wish = *wishes.get(dice.below(wishes.len()))?;
            let mut near: Vec<(W, usize)> = problem.wishes[wish as usize]
                .pairs
                .iter()
                .map(|(coach, candidate)| (self.adds[*coach as usize][*candidate as usize], *coach as usize))
                .filter(|(_, coach)| !taken[*coach] && !freed.contains(coach))
                .collect();
            if near.is_empty() {
                continue;
            }
            near.sort_unstable();
            let among = near.len().min(6);
            // Two throws, the lower one: near coaches more often than far ones.
            let at = dice.below(among).min(dice.below(among));
            return Some(near[at].1);
        }
        None
    }
}

#[derive(Clone, Copy)]
pub enum Seed {
    Coach(usize),
    Wish(u32),
}
