//! One group for each freed coach, no wish twice, at the least cost.
//!
//! Method: depth first over the groups that are cheap enough, always at the coach or wish with the fewest groups left (Knuth 2000,
//! exact cover), cut where the reduced costs add up to more than a better plan can have. Wishes are bits of a word.

use super::Halt;
use super::dual::{Prices, Search, row_term};
use super::local::{Small, WISHES};
use super::plan::{Plan, shares};
use super::problem::{Problem, Shared};
use crate::solver::cost::Cost;

/// A group with its reduced cost and its wishes as bits.
pub struct Column<W> {
    pub reduced: W,
    pub wishes: u128,
    pub group: Vec<u32>,
}

/// What a row costs at an amount (in multiples of `per`) less what its price says.
pub fn beyond(row: &Shared, price: i128, amount: i128) -> Option<i128> {
    Some(row.charge(amount * i128::from(row.per))? - price * amount)
}

/// The clock is looked at after so many nodes.
const OFTEN: usize = 256;

/// Of every coach that has not chosen, the columns that still fit, cheapest first.
type Lists = Vec<(usize, Vec<u32>)>;
type Listed = [(usize, Vec<u32>)];

/// The search over one column for each coach, no wish twice.
pub struct Combine<'a, W> {
    problem: &'a Problem<W>,
    small: &'a Small<W>,
    columns: Vec<Vec<Column<W>>>,
    /// What leaving each wish open costs more than its price.
    open: Vec<i128>,
    /// Amounts of shared rows without the freed coaches.
    amounts: Vec<i128>,
    /// The rows that the freed coaches touch, and what all others come to less their prices.
    rows: Vec<usize>,
    prices: &'a Prices<W>,
    /// The reduced cost that a better plan stays below.
    pub budget: i128,
    /// What the best plan costs, and what every plan costs at least, rows with prices apart.
    found: i128,
    least: i128,
    pub best: Option<Vec<Vec<u32>>>,
    pub nodes: usize,
    pub patience: usize,
}

impl<'a, W: Cost> Combine<'a, W> {
    pub fn new(
        problem: &'a Problem<W>,
        prices: &'a Prices<W>,
        plan: &Plan,
        small: &'a Small<W>,
        search: &Search<W>,
        columns: Vec<Vec<Column<W>>>,
    ) -> Self {
        let open = small.problem.wishes.iter().zip(&search.best.wishes);
        let open = open.map(|(w, p)| (w.open[0].widen() - p.widen()).max(0)).collect();
        let mut amounts = plan.amounts.clone();
        let mut rows = Vec::new();
        for (at, coach) in small.coaches.iter().enumerate() {
            let owner = &problem.coaches[*coach];
            for candidate in &plan.groups[*coach] {
                for (row, weight) in shares(problem, &owner.candidates[*candidate as usize]) {
                    amounts[*row as usize] -= i128::from(*weight);
                }
            }
            for candidate in &small.back[at] {
                let touched = shares(problem, &owner.candidates[*candidate as usize]);
                rows.extend(touched.iter().map(|s| s.0 as usize));
            }
        }
        rows.sort_unstable();
        rows.dedup();
        let now = |row: &usize| {
            let price = prices.shared[*row].widen();
            beyond(&problem.shared[*row], price, plan.amounts[*row]).unwrap_or(0)
                - row_term(&problem.shared[*row], price).0
        };
        // What the untouched rows come to stays.
        let touched: i128 = rows.iter().map(now).sum();
        let every: i128 = (0..problem.shared.len()).map(|row| now(&row)).sum();
        let found = small.limit - (every - touched);
        let least = search.at_best.bound;
        let budget = found - least;
        Self {
            problem,
            small,
            columns,
            open,
            amounts,
            rows,
            prices,
            budget,
            found,
            least,
            best: None,
            nodes: 0,
            patience: 0,
        }
    }

    pub fn run(&mut self, halt: Halt<'_>) {
        let all = self.open.len();
        let everybody = if all == 128 { u128::MAX } else { (1_u128 << all) - 1 };
        let lists: Lists = self
            .columns
            .iter()
            .enumerate()
            .map(|(coach, columns)| {
                (coach, (0..u32::try_from(columns.len()).expect("groups are counted in u32")).collect())
            })
            .collect();
        self.descend(0, everybody, &lists, &mut Vec::new(), halt);
    }

    /// What leaving these wishes open costs above their prices.
    fn left(&self, mut wishes: u128) -> i128 {
        let mut sum = 0;
        while wishes != 0 {
            sum += self.open[wishes.trailing_zeros() as usize];
            wishes &= wishes - 1;
        }
        sum
    }

    /// `lists`: of every coach that has not chosen, the columns that still fit, cheapest first.
    fn descend(
        &mut self,
        spent: i128,
        free: u128,
        lists: &Listed,
        picked: &mut Vec<(usize, u32)>,
        halt: Halt<'_>,
    ) {
        self.nodes += 1;
        if self.nodes.is_multiple_of(OFTEN) && halt() {
            self.nodes = self.patience;
        }
        if self.nodes > self.patience {
            return;
        }
        if lists.is_empty() {
            let cost = spent + self.left(free);
            if cost < self.budget {
                self.arrive(cost, picked);
            }
            return;
        }
        let Some((least, fitting)) = self.fitting(spent, free, lists) else { return };
        let mut reach = 0;
        for (coach, list) in &fitting {
            reach = list.iter().fold(reach, |r, c| r | self.columns[*coach][*c as usize].wishes);
        }
        // Wishes that nobody left can take stay open.
        let stranded = self.left(free & !reach);
        if least + stranded >= self.budget {
            return;
        }
        let choices = self.choices(free & reach, &fitting);
        for (coach, number) in choices {
            let column = &self.columns[coach][number as usize];
            let sum = spent + column.reduced.widen();
            let rest: Lists = fitting.iter().filter(|l| l.0 != coach).cloned().collect();
            let free = free & !column.wishes;
            picked.push((coach, number));
            self.descend(sum, free, &rest, picked, halt);
            picked.pop();
        }
    }

    /// The columns that fit and may be in a better plan, and the least that all coaches left add up to.
    fn fitting(&self, spent: i128, free: u128, lists: &Listed) -> Option<(i128, Lists)> {
        let fits = |coach: usize, c: &&u32| self.columns[coach][**c as usize].wishes & !free == 0;
        let reduced = |coach: usize, c: u32| self.columns[coach][c as usize].reduced.widen();
        let mut least = spent;
        let mut firsts = Vec::with_capacity(lists.len());
        for (coach, list) in lists {
            let first = reduced(*coach, *list.iter().find(|c| fits(*coach, c))?);
            least += first;
            firsts.push(first);
        }
        if least >= self.budget {
            return None;
        }
        let of = |((coach, list), first): (&(usize, Vec<u32>), &i128)| {
            let room = self.budget - (least - first);
            let kept = list.iter().take_while(|c| reduced(*coach, **c) < room).filter(|c| fits(*coach, c));
            (*coach, kept.copied().collect())
        };
        Some((least, lists.iter().zip(&firsts).map(of).collect()))
    }

    /// The columns of the coach, or for the wish, that has the fewest (Knuth 2000): one of them is in every plan, unless the wish
    /// stays open. A wish that may stay open is not branched on.
    fn choices(&self, free: u128, lists: &Listed) -> Vec<(usize, u32)> {
        let mut counts = [0_usize; WISHES];
        for (coach, list) in lists {
            for column in list {
                let mut wishes = self.columns[*coach][*column as usize].wishes;
                while wishes != 0 {
                    counts[wishes.trailing_zeros() as usize] += 1;
                    wishes &= wishes - 1;
                }
            }
        }
        let must = (0..self.open.len()).filter(|w| free >> w & 1 == 1 && self.open[*w] >= self.budget);
        let wish = must.min_by_key(|w| counts[*w]);
        let coach = (0..lists.len()).min_by_key(|at| lists[*at].1.len()).expect("some coach is left");
        let (owner, list) = &lists[coach];
        match wish.filter(|w| counts[*w] < list.len()) {
            Some(wish) => {
                let covers = |coach: usize, c: u32| self.columns[coach][c as usize].wishes >> wish & 1 == 1;
                let mut found: Vec<(usize, u32)> = lists
                    .iter()
                    .flat_map(|(coach, list)| list.iter().map(|c| (*coach, *c)))
                    .filter(|(coach, c)| covers(*coach, *c))
                    .collect();
                found.sort_by_key(|(coach, c)| (self.columns[*coach][*c as usize].reduced, *coach));
                found
            }
            None => list.iter().map(|c| (*owner, *c)).collect(),
        }
    }

    /// A whole plan of the freed coaches that is better at these prices; kept if the shared rows agree.
    fn arrive(&mut self, spent: i128, picked: &[(usize, u32)]) {
        let mut groups = vec![Vec::new(); self.columns.len()];
        for (coach, number) in picked {
            groups[*coach].clone_from(&self.columns[*coach][*number as usize].group);
        }
        let Some(rows) = self.rows_at(&groups) else { return };
        let cost = self.least + spent + rows;
        if cost < self.found {
            self.found = cost;
            self.budget = cost - self.least;
            self.best = Some(groups);
        }
    }

    /// What the touched rows come to above the least, or `None` if one of them does not allow it.
    fn rows_at(&self, groups: &[Vec<u32>]) -> Option<i128> {
        if self.rows.is_empty() {
            return Some(0);
        }
        let mut amounts = self.amounts.clone();
        for (at, group) in groups.iter().enumerate() {
            let owner = &self.problem.coaches[self.small.coaches[at]];
            for candidate in group {
                let whole = self.small.back[at][*candidate as usize];
                for (row, weight) in shares(self.problem, &owner.candidates[whole as usize]) {
                    amounts[*row as usize] += i128::from(*weight);
                }
            }
        }
        self.rows.iter().try_fold(0, |sum, row| {
            let (row_of, price) = (&self.problem.shared[*row], self.prices.shared[*row].widen());
            Some(sum + beyond(row_of, price, amounts[*row])? - row_term(row_of, price).0)
        })
    }
}
