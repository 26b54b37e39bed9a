//! One look at all pairs: how far scores spread, what divides them, which coach is each coachee's best, who shares nobody.

use super::regions::{Regions, Sets};
use super::share::share;
use crate::model::index::{CoacheeIx, Ix};
use crate::model::instance::{Excess, Instance};

pub struct Survey {
    /// The largest size of a score.
    pub largest: i128,
    /// By how much the sum of scores can differ between two plans, soft nests left out.
    pub range: i128,
    /// Divides every score and every nest's excess; at least 1.
    pub divisor: i64,
    /// The coach of each coachee's best pair, the first of equals; `u32::MAX` without pairs.
    pub nearest: Vec<u32>,
    /// The coach of each coachee's second best pair, in the same way.
    pub next: Vec<u32>,
    pub regions: Regions,
}

/// Fewer pairs than this are surveyed faster than a thread starts.
const PARALLEL: usize = 100_000;

impl Survey {
    pub fn of(instance: &Instance, threads: usize) -> Self {
        let coachees = instance.coachees();
        let threads = if instance.pairs() < PARALLEL { 1 } else { threads.max(1) };
        let chunk = coachees.div_ceil(threads).max(1);
        let chunks = (0..coachees).step_by(chunk).map(|first| first..(first + chunk).min(coachees)).collect();
        let looks = share(threads, chunks, |coachees| look(instance, coachees));
        let mut common = 0;
        for nest in &instance.parts().nests {
            if let Excess::Costs(points) = nest.excess {
                common = gcd(common, points.0.unsigned_abs());
            }
        }
        let mut sets = Sets::new(instance.coaches());
        for look in &looks {
            sets.join_all(&look.sets);
        }
        let mut survey = Self {
            largest: 0,
            range: 0,
            divisor: 1,
            nearest: Vec::with_capacity(coachees),
            next: Vec::with_capacity(coachees),
            regions: Regions::of(instance, sets),
        };
        for look in looks {
            common = gcd(common, look.divisor);
            survey.largest = survey.largest.max(i128::from(look.largest));
            survey.range += look.range;
            survey.nearest.extend(look.nearest);
            survey.next.extend(look.next);
        }
        survey.divisor = i64::try_from(common.max(1)).expect("scores are below 2^60");
        survey
    }
}

struct Look {
    largest: u64,
    range: i128,
    divisor: u64,
    nearest: Vec<u32>,
    next: Vec<u32>,
    sets: Sets,
}

fn look(instance: &Instance, coachees: std::ops::Range<usize>) -> Look {
    let parts = instance.parts();
    let mut look = Look {
        largest: 0,
        range: 0,
        divisor: 0,
        nearest: Vec::with_capacity(coachees.len()),
        next: Vec::with_capacity(coachees.len()),
        sets: Sets::new(instance.coaches()),
    };
    let mut known = Divisor::of(0);
    for coachee in coachees.map(CoacheeIx::from_usize) {
        let rows = instance.rows(coachee);
        let scores = &parts.score[rows.clone()];
        look.sets.join(&parts.coach[rows.clone()]);
        let (mut low, mut high, mut best, mut second) = (0, 0, None, None);
        for (at, score) in scores.iter().enumerate() {
            low = low.min(score.0);
            high = high.max(score.0);
            if best.is_none_or(|(_, most)| score.0 > most) {
                second = best;
                best = Some((at, score.0));
            } else if second.is_none_or(|(_, most)| score.0 > most) {
                second = Some((at, score.0));
            }
            if !known.divides(score.0.unsigned_abs()) {
                known = Divisor::of(gcd(known.number, score.0.unsigned_abs()));
            }
        }
        look.largest = look.largest.max(low.unsigned_abs()).max(high.unsigned_abs());
        look.range += i128::from(parts.demand[coachee].wanted) * (i128::from(high) - i128::from(low));
        let coach = |found: Option<(usize, i64)>| {
            found.map_or(u32::MAX, |(at, _)| parts.coach[rows.start + at].get())
        };
        look.nearest.push(coach(best));
        look.next.push(coach(second));
    }
    look.divisor = known.number;
    look
}

/// Divides by one multiplication where the division is known to be exact (Granlund & Montgomery 1994, § 9).
#[derive(Clone, Copy, Debug)]
pub struct Divisor {
    pub number: u64,
    shift: u32,
    inverse: u64,
    /// The largest quotient.
    limit: u64,
}

impl Divisor {
    pub fn of(number: u64) -> Self {
        let shift = if number == 0 { 0 } else { number.trailing_zeros() };
        let odd = number >> shift;
        // Newton's iteration doubles the number of right bits; an odd number is its own inverse modulo 8.
        let mut inverse = odd;
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
        }
        Self { number, shift, inverse, limit: if number == 0 { 0 } else { u64::MAX / odd.max(1) } }
    }

    /// Whether `n` is a multiple; of 0 only 0 is.
    #[inline]
    pub fn divides(self, n: u64) -> bool {
        if self.number == 0 {
            return n == 0;
        }
        n.trailing_zeros() >= self.shift && (n >> self.shift).wrapping_mul(self.inverse) <= self.limit
    }

    /// `n / number` for a multiple `n` of the number, of either sign.
    #[inline]
    pub fn quotient(self, n: i64) -> i64 {
        ((n >> self.shift).cast_unsigned().wrapping_mul(self.inverse)).cast_signed()
    }
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::Divisor;

    #[test]
    fn exact_division_agrees_with_division() {
        for number in [1_u64, 2, 3, 7, 10, 48, 1_000_000, 999_983, (1 << 40) + 6] {
            let divisor = Divisor::of(number);
            for times in [0_i64, 1, -1, 2, 305, -12_345, 99_999] {
                let n = i64::try_from(number).expect("small") * times;
                assert!(divisor.divides(n.unsigned_abs()));
                assert_eq!(divisor.quotient(n), times, "{n} / {number}");
                assert_eq!(divisor.divides(n.unsigned_abs() + 1), number == 1, "{n} + 1 over {number}");
            }
        }
    }
}
