//! The tree of cases of one stage, searched in depth, the cheaper case first.

use super::look;
use super::node::{Fixed, Flowed, Halt, Say, flow, says};
use super::{Effort, Scale};
use crate::model::certificate::{Case, Claim, GroupPrices, Groups, Stage};
use crate::model::index::{Ix, PairIx};
use crate::solver::Options;
use crate::solver::build::Admit;
use crate::solver::composite::Composite;
use crate::solver::rows::goal::Tally;
use std::cell::Cell;
use std::rc::Rc;

/// A flow takes some time however few pairs there are: about as long as looking at so many.
const LEAST_LOOKS: u64 = 1_000;

/// A stage under search.
pub struct Tree<'c, 'i> {
    composite: &'c Composite<'i>,
    admit: Admit,
    options: &'c Options<'c>,
    scale: Scale,
    /// What may still be done.
    pub effort: Effort,
    /// The cheapest plan that costs less than the cutoff was at first.
    pub plan: Option<Vec<PairIx>>,
    /// Only plans that cost less are looked for.
    pub cutoff: i128,
    /// The least bound of the cases that are settled.
    least: Option<i128>,
    /// Price lists in use.
    prices: Vec<GroupPrices>,
}

/// A flow, and where its prices are in the list once they are used.
struct Known {
    flow: Flowed,
    list: Cell<Option<usize>>,
}

/// Why a search did not end.
pub struct Unfinished;

/// A stage that was searched to its end.
pub struct Found {
    /// The best plan; `None` where none costs less than the cutoff.
    pub plan: Option<Vec<PairIx>>,
    /// What the plan costs, or the cutoff.
    pub cost: i128,
    least: i128,
    groups: Groups,
}

impl<'c, 'i> Tree<'c, 'i> {
    pub fn new(composite: &'c Composite<'i>, admit: Admit, options: &'c Options<'c>, effort: Effort) -> Self {
        Self {
            composite,
            admit,
            options,
            scale: Scale::of(composite),
            effort,
            plan: None,
            cutoff: i128::MAX,
            least: None,
            prices: Vec::new(),
        }
    }

    /// A plan of the stage that is allowed.
    pub fn offer(&mut self, plan: &[PairIx]) {
        let cost = self.scale.cost(&Tally::of(self.composite.instance, plan));
        if cost < self.cutoff {
            self.cutoff = cost;
            self.plan = Some(plan.to_vec());
        }
    }

    /// Searches to the end.
    pub fn search(&mut self) -> Result<Found, Unfinished> {
        let first = Fixed::default();
        let root = self.flow(&first)?;
        let cases = self.one(&(first, root))?;
        let groups = Groups { prices: std::mem::take(&mut self.prices), cases };
        // No case is possible only where there is no plan at all, and nobody matched is one.
        let least = self.least.unwrap_or(self.cutoff);
        Ok(Found { plan: self.plan.clone(), cost: self.cutoff, least, groups })
    }

    /// The flow of a case; `None` inside where the case is impossible.
    fn flow(&mut self, fixed: &Fixed) -> Result<Option<Rc<Known>>, Unfinished> {
        let looks = LEAST_LOOKS + self.composite.instance.pairs() as u64;
        self.effort.looks = self.effort.looks.checked_sub(looks).ok_or(Unfinished)?;
        match flow(self.composite, self.admit, self.options, fixed) {
            Ok(flow) => Ok(Some(Rc::new(Known { flow, list: Cell::new(None) }))),
            Err(Halt::Impossible) => Ok(None),
            Err(Halt::Stopped) => Err(Unfinished),
        }
    }

    /// The tree of a case, in preorder.
    fn cases(&mut self, fixed: &Fixed, known: &Rc<Known>) -> Result<Vec<Case>, Unfinished> {
        let instance = self.composite.instance;
        let says = says(self.composite, self.admit, fixed);
        let case = self.case(&says, fixed);
        let Some(rows) = case.least() else { return Ok(vec![self.impossible()]) };
        let bound = known.flow.solved.bound + rows;
        if bound >= self.cutoff {
            return Ok(vec![self.settled(known, bound)]);
        }
        let tally = Tally::of(instance, &known.flow.plan);
        if tally.allowed() {
            self.offer(&known.flow.plan);
            if bound >= self.cutoff {
                return Ok(vec![self.settled(known, bound)]);
            }
        }
        // A plan that pays the least everywhere costs the bound, so there is something to split on.
        let Some(split) = self.case(&says, fixed).split(&tally) else { return Err(Unfinished) };
        self.effort.wide = self.effort.wide.checked_sub(u32::from(split.wide)).ok_or(Unfinished)?;
        let pair = split.pair;
        let is_made = tally.chosen[pair.to_usize()];
        let (as_it_is, otherwise) = (fixed.with(pair, is_made), fixed.with(pair, !is_made));
        let moved = self.flow(&otherwise)?;
        let two = [(as_it_is, Some(Rc::clone(known))), (otherwise, moved)];
        let [as_it_is, otherwise] = self.both(&two)?;
        let (made, not) = if is_made { (as_it_is, otherwise) } else { (otherwise, as_it_is) };
        Ok([vec![Case::Split(pair)], made, not].concat())
    }

    /// The trees of two cases, of which the one that may cost less is searched first.
    fn both(&mut self, two: &[(Fixed, Option<Rc<Known>>); 2]) -> Result<[Vec<Case>; 2], Unfinished> {
        let [first, second] = two;
        if self.bound(first) <= self.bound(second) {
            let first = self.one(first)?;
            return Ok([first, self.one(second)?]);
        }
        let second = self.one(second)?;
        Ok([self.one(first)?, second])
    }

    fn one(&mut self, (fixed, known): &(Fixed, Option<Rc<Known>>)) -> Result<Vec<Case>, Unfinished> {
        match known {
            Some(known) => self.cases(fixed, known),
            None => Ok(vec![self.impossible()]),
        }
    }

    /// What no plan of a case costs less than.
    fn bound(&self, (fixed, known): &(Fixed, Option<Rc<Known>>)) -> i128 {
        let Some(known) = known else { return i128::MAX };
        let says = says(self.composite, self.admit, fixed);
        let rows = self.case(&says, fixed).least();
        rows.map_or(i128::MAX, |rows| known.flow.solved.bound + rows)
    }

    fn case<'s>(&'s self, says: &'s [Say], fixed: &'s Fixed) -> look::Case<'s> {
        let multipliers = &self.composite.multipliers;
        look::Case { instance: self.composite.instance, multipliers, says, made: &fixed.made }
    }

    /// A case that no plan less than the cutoff is in.
    fn settled(&mut self, known: &Known, bound: i128) -> Case {
        self.least = Some(self.least.map_or(bound, |least| least.min(bound)));
        let list = known.list.get().unwrap_or_else(|| {
            let coachees = known.flow.prices.clone();
            self.prices.push(GroupPrices { coachees, rows: Vec::new() });
            self.prices.len() - 1
        });
        known.list.set(Some(list));
        Case::Bound(list)
    }

    /// A case without plans; whatever the prices.
    fn impossible(&mut self) -> Case {
        if self.prices.is_empty() {
            self.prices.push(GroupPrices::default());
        }
        Case::Bound(0)
    }
}

impl Found {
    /// The certificate's stage.
    pub fn stage(&self, claim: Claim, composite: &Composite<'_>) -> Stage {
        Stage {
            claim,
            multipliers: composite.multipliers,
            prices: Vec::new(),
            nests: Vec::new(),
            groups: Some(self.groups.clone()),
            bound: self.least.min(self.cost),
        }
    }
}
