//! Plans split into cases, a pair made or not, until prices prove every case: the tree is the proof (Land & Doig 1960).
//!
//! Method: what a case leaves open is a problem of its own ([`super::narrow`]). It begins with the prices of the case it comes from,
//! which are searched for a little further. A pair that no group within the gap has is left out: a split whose first case the same prices
//! settle. Then the most undecided pair is split on, the likelier case first. Depth first; the search ends after so many cases.

use super::Halt;
use super::dual::{Effort, ONE, Prices, Search, adds};
use super::group::Scratch;
use super::narrow::{Narrowed, Say, Says, narrow, open};
use super::plan::Plan;
use super::problem::Problem;
use super::within::within;
use super::{rounded, start};
use crate::model::certificate::Case;
use crate::solver::cost::Cost;

/// A search over cases, and what it found.
pub struct Tree<'a, W> {
    whole: &'a Problem<W>,
    /// Only plans that cost less are looked for.
    cutoff: i128,
    /// The groups of the best plan that does.
    pub best: Option<Vec<Vec<u32>>>,
    /// The prices in use.
    pub lists: Vec<Prices<W>>,
    /// How many cases may still be opened.
    left: usize,
    threads: usize,
    halt: Halt<'a>,
}

/// Iterations for prices in one case.
const EFFORT: Effort = Effort { iterations: 20 };
/// When one in so many candidates is left out at once, the prices are searched for again before a split.
const WORTH: usize = 10;

impl<'a, W: Cost> Tree<'a, W> {
    /// Looks for plans that cost less than `cutoff`, and opens at most so many cases.
    pub fn new(whole: &'a Problem<W>, cutoff: i128, cases: usize, threads: usize, halt: Halt<'a>) -> Self {
        Self { whole, cutoff, best: None, lists: Vec::new(), left: cases, threads, halt }
    }

    /// The tree that proves that no plan costs less than the best; `None` where the cases did not suffice.
    pub fn search(&mut self, prices: &Prices<W>) -> Option<Vec<Case>> {
        self.cases(open(self.whole), prices)
    }

    /// The tree of a case, in preorder.
    fn cases(&mut self, mut says: Says, prices: &Prices<W>) -> Option<Vec<Case>> {
        let mut tree = Vec::new();
        let mut prices = prices.clone();
        loop {
            self.left = self.left.checked_sub(1).filter(|_| !(self.halt)())?;
            let Some(case) = narrow(self.whole, &says) else {
                tree.push(self.settled(&prices));
                return Some(tree);
            };
            let first = case.priced(&prices);
            let mut search = Search::new(&case.problem, first, self.threads, self.halt)?;
            search.run(&case.problem, self.cutoff, EFFORT, self.threads, self.halt);
            self.offer(&case, &search);
            if rounded(search.at_best.bound, self.whole.grain) >= self.cutoff {
                tree.push(self.settled(&search.best));
                return search.at_best.exact.then_some(tree);
            }
            prices = search.best.clone();
            let Some(split) = undecided(&case, &search) else {
                return self.end(&case, &prices).map(|last| [tree, vec![last]].concat());
            };
            if search.at_best.exact && self.leave_out(&case, &search, &mut says, &mut tree) {
                continue;
            }
            let (coach, candidate, likely) = split;
            if says[coach][candidate] == Say::Not {
                continue;
            }
            let [made, not] = [Say::Made, Say::Not].map(|say| {
                let mut says = says.clone();
                says[coach][candidate] = say;
                says
            });
            let (made, not) = if likely {
                let made = self.cases(made, &prices)?;
                (made, self.cases(not, &prices)?)
            } else {
                let not = self.cases(not, &prices)?;
                (self.cases(made, &prices)?, not)
            };
            tree.push(Case::Split(self.whole.coaches[coach].candidates[candidate].pair));
            return Some([tree, made, not].concat());
        }
    }

    /// A case that these prices settle.
    fn settled(&mut self, prices: &Prices<W>) -> Case {
        self.lists.push(prices.clone());
        Case::Bound(self.lists.len() - 1)
    }

    /// A case of one plan, or of none.
    fn end(&mut self, case: &Narrowed<W>, prices: &Prices<W>) -> Option<Case> {
        let plan = Plan::of(self.whole, case.made.clone());
        // Rows without prices cost in such a case what they cost.
        let bare = Prices { shared: vec![W::ZERO; prices.shared.len()], ..prices.clone() };
        let cost = plan.map(|plan| plan.cost);
        self.take(case.made.clone(), cost);
        cost.is_none_or(|cost| cost >= self.cutoff).then(|| self.settled(&bare))
    }

    /// A plan at these prices, if a better one comes of them.
    fn offer(&mut self, case: &Narrowed<W>, search: &Search<W>) {
        let Some(mut plan) = Plan::empty(&case.problem) else { return };
        start::fill(&case.problem, search, &mut plan);
        let groups = case.whole(&plan.groups);
        let cost = Plan::of(self.whole, groups.clone()).map(|plan| plan.cost);
        self.take(groups, cost);
    }

    fn take(&mut self, groups: Vec<Vec<u32>>, cost: Option<i128>) {
        if let Some(cost) = cost.filter(|cost| *cost < self.cutoff) {
            self.cutoff = cost;
            self.best = Some(groups);
        }
    }

    /// Splits off pairs that no better plan of the case has; whether they are many.
    fn leave_out(
        &mut self,
        case: &Narrowed<W>,
        search: &Search<W>,
        says: &mut Says,
        tree: &mut Vec<Case>,
    ) -> bool {
        let gap = self.cutoff - self.whole.grain + 1 - search.at_best.bound;
        let (mut scratch, mut values) = (Scratch::new(), Vec::new());
        let (mut out, mut all) = (Vec::new(), 0);
        for (at, coach) in case.problem.coaches.iter().enumerate() {
            adds(&case.problem, coach, &search.best, &mut values);
            let below = search.at_best.least[at] + W::narrow(gap);
            let within = within(coach, &values, below, &mut scratch);
            all += within.len();
            out.extend((0..within.len()).filter(|c| !within[*c]).map(|c| (at, c)));
        }
        if !out.is_empty() {
            let settled = self.settled(&search.best);
            for (coach, candidate) in &out {
                tree.push(Case::Split(case.problem.coaches[*coach].candidates[*candidate].pair));
                tree.push(settled);
                says[*coach][case.back[*coach][*candidate] as usize] = Say::Not;
            }
        }
        out.len() * WORTH > all
    }
}

/// The pair whose part in the averaged groups is farthest from all and nothing, and whether it is more often in than out; `None` where
/// no pair is left.
fn undecided<W: Cost>(case: &Narrowed<W>, search: &Search<W>) -> Option<(usize, usize, bool)> {
    let mut best: Option<(i32, i32, usize, usize)> = None;
    for (at, shares) in search.share.iter().enumerate() {
        for (number, share) in shares.iter().enumerate() {
            let doubt = (*share).min(ONE - *share);
            if best.is_none_or(|b| (doubt, *share) > (b.0, b.1)) {
                best = Some((doubt, *share, at, case.back[at][number] as usize));
            }
        }
    }
    best.map(|(_, share, coach, candidate)| (coach, candidate, share * 2 >= ONE))
}
