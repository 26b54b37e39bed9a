//! What is left of a problem once some pairs are settled: made, or not.
//!
//! A pair that is made takes its place, its coach's limits and its share of the rows with it, so that what is left is a problem of
//! the same kind. Wishes and coaches keep their numbers; candidates do not.

use super::dual::Prices;
use super::group::{beside, cost};
use super::plan::shares;
use super::problem::{Candidate, Coach, Limit, Problem, Wish};
use crate::solver::cost::Cost;

/// What is settled about a candidate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Say {
    Open,
    Made,
    Not,
}

/// By coach, candidate.
pub type Says = Vec<Vec<Say>>;

/// A problem with some pairs settled.
pub struct Narrowed<W> {
    pub problem: Problem<W>,
    /// By coach, candidate: its number in the whole problem.
    pub back: Vec<Vec<u32>>,
    /// By coach: the candidates made, as the whole problem numbers them.
    pub made: Vec<Vec<u32>>,
}

/// Nothing settled.
pub fn open<W>(problem: &Problem<W>) -> Says {
    problem.coaches.iter().map(|c| vec![Say::Open; c.candidates.len()]).collect()
}

/// What is left; `None` where the pairs made do not go together.
pub fn narrow<W: Cost>(whole: &Problem<W>, says: &Says) -> Option<Narrowed<W>> {
    let mut taken = vec![0_usize; whole.wishes.len()];
    let mut made: Vec<Vec<u32>> = Vec::with_capacity(whole.coaches.len());
    let mut left = Problem {
        wishes: Vec::with_capacity(whole.wishes.len()),
        coaches: Vec::with_capacity(whole.coaches.len()),
        shared: whole.shared.clone(),
        shares: Vec::new(),
        grain: whole.grain,
        base: whole.base,
    };
    for (coach, says) in whole.coaches.iter().zip(says) {
        let group: Vec<u32> = (0_u32..).zip(says).filter(|s| *s.1 == Say::Made).map(|s| s.0).collect();
        for candidate in &group {
            let candidate = &coach.candidates[*candidate as usize];
            taken[candidate.wish as usize] += 1;
            left.base += candidate.cost.widen();
            for (row, weight) in shares(whole, candidate) {
                left.shared[*row as usize].begun += i128::from(*weight);
            }
        }
        made.push(group);
    }
    for (wish, taken) in whole.wishes.iter().zip(&taken) {
        let open = wish.open.get(*taken..)?.to_vec();
        left.wishes.push(Wish { open, pinned: wish.pinned, pairs: Vec::new() });
    }
    for row in left.shared.iter_mut().filter(|row| !row.sets) {
        row.lowest = row.begun * i128::from(row.per);
        row.highest = row.lowest;
    }
    let mut back = Vec::with_capacity(whole.coaches.len());
    for (at, coach) in whole.coaches.iter().enumerate() {
        let (rest, numbers) = rest(whole, &mut left, coach, &made[at], &says[at])?;
        for (number, candidate) in rest.candidates.iter().enumerate() {
            left.wishes[candidate.wish as usize].pairs.push((count(at), count(number)));
        }
        left.coaches.push(rest);
        back.push(numbers);
    }
    Some(Narrowed { problem: left, back, made })
}

fn count(n: usize) -> u32 {
    u32::try_from(n).expect("pairs are counted in u32")
}

/// What is left of a coach: fewer places, limits begun, and the candidates that fit beside those made.
fn rest<W: Cost>(
    whole: &Problem<W>,
    left: &mut Problem<W>,
    coach: &Coach<W>,
    made: &[u32],
    says: &[Say],
) -> Option<(Coach<W>, Vec<u32>)> {
    let mut amounts = Vec::new();
    left.base += beside(coach, made, &mut amounts)?.widen();
    let limit = |(l, begun): (&Limit<W>, &i64)| Limit { begun: *begun, ..*l };
    let mut rest = Coach {
        max: coach.max - made.len(),
        places: coach.places.get(made.len()..).unwrap_or_default().to_vec(),
        candidates: Vec::new(),
        limits: coach.limits.iter().zip(&amounts).map(limit).collect(),
        uses: Vec::new(),
    };
    let mut numbers = Vec::new();
    for (number, candidate) in coach.candidates.iter().enumerate() {
        let uses = coach.uses(candidate);
        let fits = || {
            uses.iter().all(|(limit, amount)| {
                let limit = &rest.limits[*limit as usize];
                let now = if limit.sets { limit.begun | amount } else { limit.begun + amount };
                cost(limit, now).is_some()
            })
        };
        let open = says[number] == Say::Open && !left.wishes[candidate.wish as usize].open.is_empty();
        if open {
            widen(left, shares(whole, candidate));
        }
        if !open || rest.max == 0 || !fits() {
            continue;
        }
        let from = (count(rest.uses.len()), count(left.shares.len()));
        rest.uses.extend_from_slice(uses);
        left.shares.extend_from_slice(shares(whole, candidate));
        rest.candidates.push(Candidate {
            pair: candidate.pair,
            wish: candidate.wish,
            cost: candidate.cost,
            uses: (from.0, count(rest.uses.len())),
            shares: (from.1, count(left.shares.len())),
        });
        numbers.push(count(number));
    }
    Some((rest, numbers))
}

/// The amounts that a shared row can have once a pair is open; of a row that counts sets, as at first. A pair that no longer fits beside
/// those made counts too, since others do not look at that.
fn widen<W>(left: &mut Problem<W>, shares: &[(u32, i64)]) {
    for (row, weight) in shares {
        let row = &mut left.shared[*row as usize];
        let weight = i128::from(*weight) * i128::from(row.per);
        if !row.sets {
            row.lowest += weight.min(0);
            row.highest += weight.max(0);
        }
    }
}

impl<W: Cost> Narrowed<W> {
    /// Groups of what is left, with the pairs made, as the whole problem numbers them.
    pub fn whole(&self, groups: &[Vec<u32>]) -> Vec<Vec<u32>> {
        let of = |(at, group): (usize, &Vec<u32>)| {
            let more = group.iter().map(|c| self.back[at][*c as usize]);
            self.made[at].iter().copied().chain(more).collect()
        };
        groups.iter().enumerate().map(of).collect()
    }

    /// Prices of the case it came from, and where nobody can have a wish any more, what leaving it open costs.
    pub fn priced(&self, prices: &Prices<W>) -> Prices<W> {
        let price = |(wish, price): (&Wish<W>, &W)| match wish.open.first() {
            Some(most) if wish.pairs.is_empty() || wish.pinned => *most,
            Some(_) => *price,
            None => W::ZERO,
        };
        let wishes = self.problem.wishes.iter().zip(&prices.wishes).map(price).collect();
        Prices { wishes, shared: prices.shared.clone() }
    }
}
