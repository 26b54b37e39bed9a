//! The cheapest group of one coach: pairs that may be together as far as that coach alone is concerned.
//!
//! Method: depth-first branch and bound over the pairs by their addend, cheapest first. What is still to come costs at least
//! the cheapest addends left, each with the place it would take (places cost more and more, so these are the best). Exponential
//! at worst: after [`MOST_STEPS`] the search gives up, and nothing is proved.

use crate::model::instance::{Excess, Seats};
use crate::model::row::{Amount, Row};

use super::cases::row_cost;
use super::money::place_cost;
use super::outside::distance;
use crate::model::certificate::Multipliers;
use crate::model::index::PairIx;
use crate::model::instance::Parts;

/// Far more than honest prices need: with those only a few dozen pairs are worth a thought.
const MOST_STEPS: u32 = 20_000_000;

/// A pair that may join the group.
pub(super) struct Item {
    pub pair: PairIx,
    pub addend: i128,
    /// In every group of this case.
    pub made: bool,
    /// By family of nests: the group in which the pair counts.
    pub nests: Vec<Option<usize>>,
    /// The own rows in which the pair counts, with what it adds, or the set it is in.
    pub rows: Vec<(usize, i64)>,
}

/// A coach with what limits its groups.
pub(super) struct Frame<'p> {
    pub parts: &'p Parts,
    pub multipliers: &'p Multipliers,
    pub seats: Seats,
    pub rows: Vec<&'p Row>,
}

/// Why there is no number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Trouble {
    TooLarge,
    TooHard,
}

struct Search<'s, 'p> {
    frame: &'s Frame<'p>,
    items: &'s [Item],
    /// Members of each nest: by family, group and how often.
    members: Vec<Vec<(usize, u32)>>,
    /// Amounts of the own rows, or how often each set is touched.
    amounts: Vec<i128>,
    touched: Vec<Vec<(i64, u32)>>,
    best: Option<i128>,
    steps: u32,
}

/// The row's own place in a list of (key, count), one more or one less.
fn count<K: PartialEq>(list: &mut Vec<(K, u32)>, key: K, more: bool) -> u32 {
    let at = list.iter().position(|(k, _)| *k == key).unwrap_or_else(|| {
        list.push((key, 0));
        list.len() - 1
    });
    let before = list[at].1;
    list[at].1 = if more { before + 1 } else { before - 1 };
    if more { before } else { before - 1 }
}

/// What the least group costs; `None` where no group holds all the pairs that are made.
pub(super) fn least(frame: &Frame<'_>, mut items: Vec<Item>) -> Result<Option<i128>, Trouble> {
    let first = frame.place(1)?;
    items.retain(|item| item.made || item.addend.saturating_add(first) < 0 || frame.helps(item));
    items.sort_by_key(|item| (!item.made, item.addend, item.pair));
    let frame = &frame.without_idle_rows(&mut items);
    let mut search = Search {
        frame,
        items: &items,
        members: vec![Vec::new(); frame.parts.nests.len()],
        amounts: vec![0; frame.rows.len()],
        touched: vec![Vec::new(); frame.rows.len()],
        best: None,
        steps: 0,
    };
    search.from(0, 0, 0)?;
    Ok(search.best)
}

impl Frame<'_> {
    /// What the k-th place costs.
    fn place(&self, k: u32) -> Result<i128, Trouble> {
        let m = self.multipliers;
        let balance = m.balance.checked_mul(place_cost(self.parts.balance, self.seats.max, k));
        let minimum = if k <= self.seats.min { m.minimums } else { 0 };
        balance.and_then(|b| b.checked_sub(minimum)).ok_or(Trouble::TooLarge)
    }

    /// Whether a pair can make an own row cheaper.
    fn helps(&self, item: &Item) -> bool {
        item.rows.iter().any(|(row, _)| {
            let row = self.rows[*row];
            // Where weights have both signs, either can make room for the other.
            !only_grows(row) || row.least.is_some_and(|least| least > 0)
        })
    }

    /// The same coach without the own rows that no choice of these items brings outside their limits.
    fn without_idle_rows(&self, items: &mut [Item]) -> Self {
        let mut ends = vec![(0_i128, 0_i128); self.rows.len()];
        for (row, adds) in items.iter().flat_map(|item| &item.rows) {
            let (low, high) = &mut ends[*row];
            match self.rows[*row].amount {
                Amount::Sum(_) if *adds < 0 => *low += i128::from(*adds),
                Amount::Sum(_) => *high += i128::from(*adds),
                Amount::Distinct(_) => *high += 1,
            }
        }
        let mut place = vec![None; self.rows.len()];
        let mut rows = Vec::new();
        for ((at, row), (low, high)) in self.rows.iter().enumerate().zip(ends) {
            if distance(row, low) > 0 || distance(row, high) > 0 {
                place[at] = Some(rows.len());
                rows.push(*row);
            }
        }
        for item in items {
            item.rows.retain_mut(|(row, _)| place[*row].inspect(|at| *row = *at).is_some());
        }
        Self { parts: self.parts, multipliers: self.multipliers, seats: self.seats, rows }
    }
}

impl Search<'_, '_> {
    /// All groups with what is chosen so far (costing `now` without own rows) and some of the items from `at` on.
    fn from(&mut self, at: usize, load: u32, now: i128) -> Result<(), Trouble> {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return Err(Trouble::TooHard);
        }
        if self.items.get(at).is_some_and(|item| item.made) {
            return self.with(at, load, now);
        }
        let (mut all, mut rows, mut allowed) = (now, 0_i128, true);
        for (row, amount) in self.frame.rows.iter().zip(&self.amounts) {
            let grows = row.least.is_none_or(|least| least <= 0) && only_grows(row);
            match row_cost(self.frame.multipliers, row, *amount)? {
                Some(cost) => {
                    all = all.checked_add(cost).ok_or(Trouble::TooLarge)?;
                    rows += if grows { cost } else { 0 };
                }
                None if grows => return Ok(()),
                None => allowed = false,
            }
        }
        if allowed && self.best.is_none_or(|best| all < best) {
            self.best = Some(all);
        }
        let mut hope = now.checked_add(rows).ok_or(Trouble::TooLarge)?;
        let room = self.frame.seats.max.saturating_sub(load);
        for (item, k) in self.items[at..].iter().zip(load + 1..=load + room) {
            let addend = item.addend.checked_add(self.frame.place(k)?).ok_or(Trouble::TooLarge)?;
            if addend >= 0 {
                break;
            }
            hope = hope.checked_add(addend).ok_or(Trouble::TooLarge)?;
        }
        let helped = self.items[at..].iter().any(|item| self.frame.helps(item));
        if at == self.items.len() || !helped && self.best.is_some_and(|best| hope >= best) {
            return Ok(());
        }
        self.with(at, load, now)?;
        self.from(at + 1, load, now)
    }

    /// The groups with the item at `at`.
    fn with(&mut self, at: usize, load: u32, now: i128) -> Result<(), Trouble> {
        if load >= self.frame.seats.max {
            return Ok(());
        }
        let item = &self.items[at];
        let place = self.frame.place(load + 1)?;
        let mut next = now.checked_add(item.addend).and_then(|n| n.checked_add(place));
        let mut fits = true;
        for (family, group) in item.nests.iter().enumerate() {
            let Some(group) = group else { continue };
            let rule = &self.frame.parts.nests[family];
            if count(&mut self.members[family], *group, true) >= rule.cap {
                match rule.excess {
                    Excess::Forbidden => fits = false,
                    Excess::Costs(points) => {
                        let cost = self.frame.multipliers.score.checked_mul(i128::from(points.0));
                        next = next.zip(cost).and_then(|(n, c)| n.checked_add(c));
                    }
                }
            }
        }
        self.tally(at, true);
        if fits {
            self.from(at + 1, load + 1, next.ok_or(Trouble::TooLarge)?)?;
        }
        self.tally(at, false);
        for (family, group) in self.items[at].nests.iter().enumerate() {
            if let Some(group) = group {
                count(&mut self.members[family], *group, false);
            }
        }
        Ok(())
    }

    fn tally(&mut self, at: usize, more: bool) {
        for &(row, adds) in &self.items[at].rows {
            let step = match self.frame.rows[row].amount {
                Amount::Sum(_) => i128::from(adds),
                Amount::Distinct(_) => i128::from(count(&mut self.touched[row], adds, more) == 0),
            };
            self.amounts[row] += if more { step } else { -step };
        }
    }
}

/// Whether another pair never lowers the amount.
fn only_grows(row: &Row) -> bool {
    match &row.amount {
        Amount::Sum(terms) => terms.iter().all(|t| t.1 >= 0),
        Amount::Distinct(_) => true,
    }
}

/// The pairs of a row, each with what it adds, or the number of the set it is in.
pub(super) fn adds(row: &Row) -> Vec<(PairIx, i64)> {
    match &row.amount {
        Amount::Sum(terms) => terms.clone(),
        Amount::Distinct(sets) => {
            (0..).zip(sets).flat_map(|(at, set)| set.iter().map(move |pair| (*pair, at))).collect()
        }
    }
}
