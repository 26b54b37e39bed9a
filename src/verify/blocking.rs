//! The list of blocking pairs: that it is the one the stated preferences give, in order, each with a sentence.

use super::Report;
use super::chosen::Chosen;
use super::problem::Problem;
use super::stable::Lists;
use crate::model::catalogue::Level;
use crate::model::document::{OutcomeKind, PlanDocument};
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use crate::model::roster::{Aim, Roster};
use crate::model::wishes::{Wish, Wishes};
use std::collections::BTreeMap;

pub(super) fn check(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    let roster = problem.roster;
    let programme = &roster.programme;
    let silent = programme.aim == Aim::Best && programme.rules.preferences.level == Level::Off;
    let right = if silent || plan.outcome == OutcomeKind::Unknown {
        Vec::new()
    } else {
        let named = wishes(roster, |e, c| problem.pair(e, c));
        Lists::new(&problem.parts, &named).block_by_rank(&chosen.possible())
    };
    let id = |(coachee, coach): &(CoacheeIx, CoachIx)| (roster.coachee_id(*coachee), roster.coach_id(*coach));
    if !plan.blocking.iter().map(|line| (&*line.coachee, &*line.coach)).eq(right.iter().map(id)) {
        let says =
            format!("{} pairs would both rather be together, and they are not the ones listed", right.len());
        report.add("blocking", &[], says);
    }
    for line in plan.blocking.iter().filter(|line| line.says.is_empty()) {
        report.add("says", &[&line.coach, &line.coachee], "the line says nothing");
    }
}

/// The ranks that people gave each other, of pairs that can be made.
pub(super) fn wishes(roster: &Roster, pair: impl Fn(CoacheeIx, CoachIx) -> Option<PairIx>) -> Wishes {
    type Ranks = (Option<u32>, Option<u32>);
    let mut ranks: BTreeMap<PairIx, Ranks> = BTreeMap::new();
    for (coachee, row) in roster.coachees.enumerate() {
        for (at, coach) in row.preferences.iter().enumerate() {
            if let Some(pair) = pair(coachee, *coach) {
                ranks.entry(pair).or_default().0 = u32::try_from(at + 1).ok();
            }
        }
    }
    for (coach, row) in roster.coaches.enumerate() {
        for (at, coachee) in row.preferences.iter().enumerate() {
            if let Some(pair) = pair(*coachee, coach) {
                ranks.entry(pair).or_default().1 = u32::try_from(at + 1).ok();
            }
        }
    }
    let wish = |(pair, (coachees, coachs))| Wish { pair, coachees, coachs };
    Wishes { named: ranks.into_iter().map(wish).collect() }
}

impl Lists<'_> {
    /// Of the named pairs, those that block the plan by stated ranks alone.
    fn block_by_rank(&self, plan: &[PairIx]) -> Vec<(CoacheeIx, CoachIx)> {
        let named = self.wishes.named.iter().map(|wish| wish.pair);
        let unmade = named.filter(|pair| plan.binary_search(pair).is_err());
        let strictly = |hers: bool, worse: PairIx, better: PairIx| {
            let rank = |pair| {
                let (coachees, coachs) = self.wishes.of(pair);
                (if hers { coachees } else { coachs }).unwrap_or(u32::MAX)
            };
            !self.pinned(worse) && rank(worse) > rank(better)
        };
        let found = self.who_blocks(plan, unmade, &strictly);
        found.into_iter().map(|p| (self.coachee[p.to_usize()], self.parts.coach[p.to_usize()])).collect()
    }
}
