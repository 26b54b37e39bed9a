//! Prices of wishes and shared rows that make the bound by groups high.
//!
//! Method: subgradient steps along an average of what the groups leave over: wishes in too few groups get dearer, those in too
//! many cheaper (Held, Wolfe & Crowder 1974, with the averaging of Barahona & Anbil 2000, whose average groups [`super::start`]
//! uses as a fractional plan). A row that counts many coachees moves its price in proportionally shorter steps. All in
//! integers; an iteration costs one search for the cheapest group of every coach.

use super::Halt;
use super::group::{Least, Scratch, least};
use super::problem::{Coach, Problem, Shared};
use crate::solver::cost::Cost;

/// Prices of wishes, and of `per` of each shared row's amount.
#[derive(Clone)]
pub struct Prices<W> {
    pub wishes: Vec<W>,
    pub shared: Vec<W>,
}

/// The groups at some prices, and their bound.
pub struct Evaluation<W> {
    pub bound: i128,
    /// Whether every group is the cheapest, so that others compute the same bound.
    pub exact: bool,
    /// By coach: its cheapest group, as candidates.
    pub groups: Vec<Vec<u32>>,
    pub least: Vec<W>,
    /// How many places each wish wants at its price.
    pub wanted: Vec<u32>,
    /// The amount of each shared row that is cheapest at its price, in multiples of `per`; `None` without a price.
    pub amounts: Vec<Option<i128>>,
}

/// What each candidate of a coach adds to a group.
pub fn adds<W: Cost>(problem: &Problem<W>, coach: &Coach<W>, prices: &Prices<W>, into: &mut Vec<W>) {
    into.clear();
    into.extend(coach.candidates.iter().map(|c| {
        let mut sum = c.cost - prices.wishes[c.wish as usize];
        for (row, weight) in &problem.shares[c.shares.0 as usize..c.shares.1 as usize] {
            let price = prices.shared[*row as usize];
            if price != W::ZERO {
                sum += W::narrow(price.widen() * i128::from(*weight));
            }
        }
        sum
    }));
}

/// The places that a wish takes at a price, and what that comes to.
fn wish_term<W: Cost>(open: &[W], price: W) -> (i128, u32) {
    let mut now: i128 = open.iter().map(|c| c.widen()).sum();
    let (mut best, mut taken) = (now, 0);
    for (at, cost) in open.iter().enumerate() {
        now += price.widen() - cost.widen();
        if now <= best {
            (best, taken) = (now, u32::try_from(at + 1).expect("at most 9 places"));
        }
    }
    (best, taken)
}

/// The bound at these prices; `None` if stopped before the last coach.
pub fn evaluate<W: Cost>(
    problem: &Problem<W>,
    prices: &Prices<W>,
    threads: usize,
    halt: Halt<'_>,
) -> Option<Evaluation<W>> {
    let coaches = problem.coaches.len();
    let threads = if problem.wishes.len() < PARALLEL { 1 } else { threads.max(1) };
    let chunk = coaches.div_ceil(threads).max(1);
    let work = |range: std::ops::Range<usize>| {
        let (mut scratch, mut values) = (Scratch::new(), Vec::new());
        let of = |coach: &Coach<W>| {
            adds(problem, coach, prices, &mut values);
            let found = least(coach, &values, &mut scratch);
            (found, std::mem::take(&mut scratch.best))
        };
        problem.coaches[range].iter().take_while(|_| !halt()).map(of).collect::<Vec<(Least<W>, Vec<u32>)>>()
    };
    let parts: Vec<Vec<(Least<W>, Vec<u32>)>> = std::thread::scope(|scope| {
        let work = &work;
        let later: Vec<_> = (chunk..coaches)
            .step_by(chunk)
            .map(|from| scope.spawn(move || work(from..(from + chunk).min(coaches))))
            .collect();
        let mut parts = vec![work(0..chunk.min(coaches))];
        parts.extend(later.into_iter().map(|t| t.join().expect("a search for groups does not panic")));
        parts
    });
    let mut found = Evaluation {
        bound: problem.base,
        exact: true,
        groups: Vec::with_capacity(coaches),
        least: Vec::with_capacity(coaches),
        wanted: Vec::with_capacity(problem.wishes.len()),
        amounts: Vec::with_capacity(problem.shared.len()),
    };
    for (value, group) in parts.into_iter().flatten() {
        found.bound += value.value.widen();
        found.exact &= value.exact;
        found.groups.push(group);
        found.least.push(value.value);
    }
    if found.groups.len() < coaches {
        return None;
    }
    for (wish, price) in problem.wishes.iter().zip(&prices.wishes) {
        let (term, wanted) = wish_term(&wish.open, *price);
        found.bound += term;
        found.wanted.push(wanted);
    }
    let mut impossible = false;
    for (row, price) in problem.shared.iter().zip(&prices.shared) {
        let (term, amount) = row_term(row, price.widen());
        impossible |= term == IMPOSSIBLE;
        found.bound += if impossible { 0 } else { term + price.widen() * row.begun };
        found.amounts.push(amount);
    }
    if impossible {
        found.bound = IMPOSSIBLE;
    }
    Some(found)
}

/// Fewer wishes than this are done before a thread starts.
const PARALLEL: usize = 300;

/// More than any plan costs, and far from overflowing.
pub const IMPOSSIBLE: i128 = 1 << 124;

/// The least over the amounts a row may have of what it costs less its price, and that amount in multiples of `per`; where it may have
/// none, [`IMPOSSIBLE`].
///
/// Within a started step the cost is the same and along the ends of steps it is linear, so only ends count.
pub fn row_term(row: &Shared, price: i128) -> (i128, Option<i128>) {
    let per = i128::from(row.per);
    if price == 0 && row.charge(row.nearest(0).clamp(row.lowest, row.highest)) == Some(0) {
        return (0, None);
    }
    let mut ends = vec![row.lowest, row.highest];
    for side in &row.sides {
        let limit = i128::from(side.limit);
        ends.push(limit);
        if let Some((step, _)) = side.cost {
            let (step, far) = (i128::from(step), if side.above { row.highest } else { row.lowest });
            ends.push(limit + (far - limit) / step * step);
            // The first end outside, where the limit itself is out of reach.
            let off = if side.above { row.lowest - limit } else { limit - row.highest }.max(0);
            let first = (off + step - 1) / step * step;
            ends.push(if side.above { limit + first } else { limit - first });
        }
    }
    let mut best: Option<(i128, i128)> = None;
    for end in ends {
        let amount = end.clamp(row.lowest, row.highest);
        let Some(charge) = row.charge(amount) else { continue };
        // −ceil(price × amount / per)
        let value = charge + (-(price * amount)).div_euclid(per);
        if best.is_none_or(|b| value < b.0) {
            best = Some((value, amount));
        }
    }
    best.map_or((IMPOSSIBLE, None), |(value, amount)| (value, Some(amount.div_euclid(per))))
}

/// How prices are searched for.
#[derive(Clone, Copy)]
pub struct Effort {
    pub iterations: usize,
}

/// The state of a search for prices; it can be continued with a better plan.
pub struct Search<W> {
    pub best: Prices<W>,
    here: Prices<W>,
    bound_here: i128,
    pub at_best: Evaluation<W>,
    /// By coach, candidate: how often it was in the coach's group, of `ONE`.
    pub share: Vec<Vec<i32>>,
    /// Averaged (places taken, wanted) of wishes and (amount, aimed at) of rows, of `ONE`.
    over: Vec<i64>,
    row_over: Vec<i64>,
    /// How far beyond the bound a step aims at most.
    reach: i128,
    /// The step, in thousandths of the way to the target.
    step: i128,
    stale: usize,
}

/// The target is at most this part of the spread of costs away.
const REACH: i128 = 60;

/// How far the cheapest and the dearest pairs of all wishes are apart.
fn spread<W: Cost>(problem: &Problem<W>) -> i128 {
    let cost = |at: &(u32, u32)| problem.coaches[at.0 as usize].candidates[at.1 as usize].cost.widen();
    let of = |pairs: &Vec<(u32, u32)>| {
        let (low, high) = (pairs.iter().map(cost).min(), pairs.iter().map(cost).max());
        high.unwrap_or(0) - low.unwrap_or(0)
    };
    problem.wishes.iter().map(|w| of(&w.pairs)).sum::<i128>().max(REACH)
}

/// Averages are held in this many parts.
pub const ONE: i32 = 1 << 14;

/// A step goes this many millionths of the way to the target that a linear function would need (Polyak 1969). After
/// [`PATIENCE`] iterations without a better bound it is shortened and the search goes back to the best prices; when it is
/// shorter than one in [`SHORTEST`], the target is brought nearer and steps are long again. Settled by trial on two instances of 200 coaches.
const FIRST_STEP: i128 = 1_000_000;
const SHORTEST: i128 = 10;
const PATIENCE: usize = 20;
/// The direction is an average over the past (Camerini, Fratta & Maffioli 1975), of which the newest groups are so many in ten.
const NEWEST: i64 = 3;
/// The weight of the newest groups in the average: one in so many.
const MEMORY: i64 = 10;

impl<W: Cost> Search<W> {
    /// `None` if stopped before there is a bound.
    pub fn new(problem: &Problem<W>, prices: Prices<W>, threads: usize, halt: Halt<'_>) -> Option<Self> {
        let at_best = evaluate(problem, &prices, threads, halt)?;
        let share = problem.coaches.iter().map(|c| vec![0; c.candidates.len()]).collect();
        let mut search = Self {
            bound_here: at_best.bound,
            here: prices.clone(),
            best: prices,
            at_best,
            share,
            over: vec![0; problem.wishes.len()],
            row_over: vec![0; problem.shared.len()],
            step: FIRST_STEP,
            stale: 0,
            reach: spread(problem) / REACH,
        };
        let (wishes, rows, groups) = search.left_over(problem, None);
        (search.over, search.row_over) = (wishes, rows);
        search.remember(&groups, 1);
        Some(search)
    }

    /// What the groups take too little (+) or too much (−) of, in `ONE`.
    fn left_over(
        &self,
        problem: &Problem<W>,
        of: Option<&Evaluation<W>>,
    ) -> (Vec<i64>, Vec<i64>, Vec<Vec<u32>>) {
        let of = of.unwrap_or(&self.at_best);
        let one = i64::from(ONE);
        let mut wishes: Vec<i64> = of.wanted.iter().map(|w| i64::from(*w) * one).collect();
        let mut rows: Vec<i128> = problem.shared.iter().map(|row| row.begun).collect();
        for (coach, group) in problem.coaches.iter().zip(&of.groups) {
            for candidate in group {
                let candidate = &coach.candidates[*candidate as usize];
                wishes[candidate.wish as usize] -= one;
                for (row, weight) in &problem.shares[candidate.shares.0 as usize..candidate.shares.1 as usize]
                {
                    rows[*row as usize] += i128::from(*weight);
                }
            }
        }
        let cap = i128::from(i64::MAX >> 8);
        let over = |(amount, (row, aim)): (i128, (&Shared, &Option<i128>))| {
            // Without a price a row pulls only from outside its limits.
            let aim = aim
                .unwrap_or_else(|| row.nearest(amount * i128::from(row.per)).div_euclid(i128::from(row.per)));
            let over = ((amount - aim) * i128::from(ONE)).clamp(-cap, cap);
            i64::try_from(over).expect("clamped")
        };
        let rows = rows.into_iter().zip(problem.shared.iter().zip(&of.amounts)).map(over).collect();
        (wishes, rows, of.groups.clone())
    }

    /// Averages a group into the shares.
    fn remember(&mut self, groups: &[Vec<u32>], memory: i64) {
        let memory = i32::try_from(memory).unwrap_or(1);
        for (share, group) in self.share.iter_mut().zip(groups) {
            for value in share.iter_mut() {
                *value -= *value / memory;
            }
            for candidate in group {
                share[*candidate as usize] += ONE / memory;
            }
        }
    }

    /// Goes on for some iterations; `target` is the cost of the best plan known.
    pub fn run(
        &mut self,
        problem: &Problem<W>,
        target: i128,
        effort: Effort,
        threads: usize,
        halt: Halt<'_>,
    ) {
        for _ in 0..effort.iterations {
            if self.at_best.bound >= target {
                return;
            }
            if self.step < FIRST_STEP / SHORTEST {
                self.step = FIRST_STEP;
                self.reach = (self.reach / 2).max(1);
            }
            // A target far away makes steps that overshoot.
            let aim = target.min(self.at_best.bound + self.reach);
            let tried = self.stepped(problem, aim - self.bound_here);
            let Some(at) = evaluate(problem, &tried, threads, halt) else { return };
            let (wishes, rows, groups) = self.left_over(problem, Some(&at));
            for (old, new) in self.over.iter_mut().zip(wishes) {
                *old += (new - *old) * NEWEST / MEMORY;
            }
            for (old, new) in self.row_over.iter_mut().zip(rows) {
                *old += (new - *old) * NEWEST / MEMORY;
            }
            self.remember(&groups, MEMORY);
            self.bound_here = at.bound;
            self.here = tried.clone();
            if at.bound > self.at_best.bound {
                self.stale = 0;
                (self.best, self.at_best) = (tried, at);
            } else {
                self.stale += 1;
            }
            if self.stale >= PATIENCE {
                self.stale = 0;
                self.step = self.step * 7 / 10;
                self.here = self.best.clone();
                self.bound_here = self.at_best.bound;
            }
        }
    }

    /// The prices a step further.
    fn stepped(&self, problem: &Problem<W>, way: i128) -> Prices<W> {
        let square = |v: &i64| i128::from(*v) * i128::from(*v);
        let scaled = |(row, v): (&Shared, &i64)| {
            let v = *v / row.largest.max(1);
            square(&v)
        };
        let norm: i128 = self.over.iter().map(square).sum::<i128>()
            + problem.shared.iter().zip(&self.row_over).map(scaled).sum::<i128>();
        let way = way.max(1) * self.step;
        // Prices move by (way / 1000) × over / norm, both in `ONE`.
        let denominator = (norm / i128::from(ONE)).max(1) * FIRST_STEP;
        let mut next = self.here.clone();
        for ((price, over), wish) in next.wishes.iter_mut().zip(&self.over).zip(&problem.wishes) {
            let Some(most) = wish.open.first() else { continue };
            if wish.pinned || *over == 0 {
                continue;
            }
            let moved = price.widen() + way * i128::from(*over) / denominator;
            *price = W::narrow(moved.clamp(-most.widen(), most.widen()));
        }
        for ((price, over), row) in next.shared.iter_mut().zip(&self.row_over).zip(&problem.shared) {
            let largest = i128::from(row.largest.max(1));
            let moved = price.widen() + way * i128::from(*over) / denominator / (largest * largest);
            let most = if row.rising { W::SAFE / largest / 4 } else { 0 };
            *price = W::narrow(moved.clamp(-W::SAFE / largest / 4, most));
        }
        next
    }
}
