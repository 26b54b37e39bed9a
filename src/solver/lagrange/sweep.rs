//! Rounds in which a few coaches at a time are freed and their part of the plan is solved anew (large neighbourhood search, Shaw 1998).
//!
//! Coaches whose groups cost most above their cheapest are freed most often: at good prices those costs add up to the distance from
//! the bound. How many are freed together follows what can be searched to the end. Small problems are solved side by side, in
//! batches of a fixed size, so that the plans do not depend on the number of threads.

use super::dual::{Prices, Search};
use super::group::beside;
use super::neighbourhood::{Dice, Nearness, Seed};
use super::plan::Plan;
use super::problem::Problem;
use super::{Halt, chain, local, open_wishes};
use crate::solver::cost::Cost;

/// What is remembered from round to round.
pub struct Sweeper {
    dice: Dice,
    /// How many coaches are freed together at most.
    size: usize,
}

/// The fewest and the most that are freed together, and the number to begin with.
const FEWEST: usize = 4;
const MOST: usize = 40;
const BEGIN: usize = 12;

/// A part of the plan to be solved anew: coaches, and open wishes to be fitted in.
type Task = (Vec<usize>, Vec<u32>);
/// Better groups, as (coach, candidates), and whether the search reached its end.
type Better = (Vec<(usize, Vec<u32>)>, bool);

impl Sweeper {
    pub const fn new() -> Self {
        Self { dice: Dice::new(), size: BEGIN }
    }

    /// Frees coaches with their neighbours, as many times as a sixth of all coaches and twice the open wishes.
    pub fn sweep<W: Cost>(
        &mut self,
        problem: &Problem<W>,
        search: &Search<W>,
        plan: &mut Plan,
        threads: usize,
        halt: Halt<'_>,
    ) {
        chain::fill(problem, plan, halt);
        let near = Nearness::of(problem, &search.best);
        let excess = excess(problem, &near, plan, search);
        let coaches = problem.coaches.iter().filter(|c| !c.candidates.is_empty()).count();
        if coaches == 0 {
            return;
        }
        let (mut tried, mut hard) = (0, 0);
        let mut left = coaches.div_ceil(6) + open_wishes(problem, plan).len() * 2;
        while left > 0 && !halt() {
            left = left.saturating_sub(BATCH);
            let tasks = tasks(problem, plan, &near, &excess, self.size, &mut self.dice);
            for (found, done) in solve_all(problem, &search.best, plan, &tasks, threads, halt) {
                take_over(problem, plan, found);
                tried += 1;
                hard += usize::from(!done);
            }
        }
        // A quarter given up is too many; less than an eighth, and there is room for more coaches.
        if hard * 4 > tried {
            self.size = (self.size - 1).max(FEWEST);
        } else if hard * 8 < tried {
            self.size = (self.size + 1).min(MOST);
        }
    }
}

/// By coach, running sums: how much its group costs above its cheapest, and a little for everybody.
fn excess<W: Cost>(problem: &Problem<W>, near: &Nearness<W>, plan: &Plan, search: &Search<W>) -> Vec<i128> {
    let mut amounts = Vec::new();
    let over: Vec<i128> = (0..problem.coaches.len())
        .map(|at| {
            let (coach, group) = (&problem.coaches[at], &plan.groups[at]);
            if coach.candidates.is_empty() {
                return 0;
            }
            let beside = beside(coach, group, &mut amounts).map_or(0, Cost::widen);
            let sum: i128 = group.iter().map(|c| near.adds[at][*c as usize].widen()).sum();
            (sum + beside - search.at_best.least[at].widen()).max(0)
        })
        .collect();
    let mean = over.iter().sum::<i128>() / i128::try_from(over.len().max(1)).unwrap_or(1) / 8 + 1;
    let mut sum = 0;
    let mut running = |(over, coach): (&i128, &super::problem::Coach<W>)| {
        sum += if coach.candidates.is_empty() { 0 } else { over + mean };
        sum
    };
    over.iter().zip(&problem.coaches).map(&mut running).collect()
}

/// A coach, each as often as its share of the running sums.
fn pick(sums: &[i128], dice: &mut Dice) -> usize {
    let all = sums.last().copied().unwrap_or(0);
    let thrown = i128::try_from(dice.below(1 << 30)).unwrap_or(0);
    let at = (all >> 30) * thrown + (((all & ((1 << 30) - 1)) * thrown) >> 30);
    sums.partition_point(|s| *s <= at)
}

/// Replaces the groups of some coaches where that makes the plan cheaper.
pub fn take_over<W: Cost>(problem: &Problem<W>, plan: &mut Plan, found: Vec<(usize, Vec<u32>)>) {
    if found.is_empty() {
        return;
    }
    let mut groups = plan.groups.clone();
    for (coach, group) in found {
        groups[coach] = group;
    }
    if let Some(next) = Plan::of(problem, groups)
        && next.cost < plan.cost
    {
        *plan = next;
    }
}

/// Coaches to be freed together, and the open wish to be fitted in; no coach and no wish twice.
fn tasks<W: Cost>(
    problem: &Problem<W>,
    plan: &Plan,
    near: &Nearness<W>,
    excess: &[i128],
    most: usize,
    dice: &mut Dice,
) -> Vec<Task> {
    let mut taken = vec![false; problem.coaches.len()];
    let open = open_wishes(problem, plan);
    let mut tasks: Vec<Task> = Vec::new();
    for _ in 0..BATCH {
        let seed = if !open.is_empty() && dice.below(2) == 0 {
            Seed::Wish(open[dice.below(open.len())])
        } else {
            Seed::Coach(pick(excess, dice))
        };
        let freed = near.around(problem, plan, seed, &taken, most, dice);
        if freed.is_empty() {
            continue;
        }
        for coach in &freed {
            taken[*coach] = true;
        }
        let with = match seed {
            Seed::Wish(wish) if !tasks.iter().any(|t| t.1.contains(&wish)) => vec![wish],
            _ => Vec::new(),
        };
        tasks.push((freed, with));
    }
    tasks
}

/// Small problems solved side by side before any of their plans is taken over.
const BATCH: usize = 8;

fn solve_all<W: Cost>(
    problem: &Problem<W>,
    prices: &Prices<W>,
    plan: &Plan,
    tasks: &[Task],
    threads: usize,
    halt: Halt<'_>,
) -> Vec<Better> {
    let one = |(freed, with): &Task| local::improve(problem, prices, plan, freed, with, halt);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let mut found: Vec<Better> = vec![(Vec::new(), true); tasks.len()];
    let work = || {
        let mut mine = Vec::new();
        loop {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(task) = tasks.get(at) else { return mine };
            mine.push((at, one(task)));
        }
    };
    let all = std::thread::scope(|scope| {
        let later: Vec<_> = (1..threads.max(1)).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for task in later {
            all.extend(task.join().expect("a small search does not panic"));
        }
        all
    });
    for (at, groups) in all {
        found[at] = groups;
    }
    found
}
