//! The table of eligible pairs: every coachee with every coach, or with those listed, in parallel.
//!
//! Threads take blocks of coachees in turn and the blocks are joined in order, so the table is the same on any number
//! of threads. A block is freed as soon as those before it are joined: the peak is the table and what is in flight.

use super::all::Rules;
use super::verdict::Row;
use crate::model::catalogue::{Level, Status};
use crate::model::column::Column;
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use crate::model::quantity::Points;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most eligible pairs: at 12 bytes a pair, 2.4 GB, what a laptop of 8 GB can solve beside other work.
pub(super) const MOST_PAIRS: usize = 200_000_000;
/// Coachees to a block: large enough to make joining cheap, small enough to share the work out evenly.
const BLOCK: usize = 64;

/// The columns of `Parts`.
#[derive(Default)]
pub(super) struct Table {
    pub starts: Vec<usize>,
    pub coach: Column<CoachIx>,
    pub score: Column<Points>,
}

/// The pair of a coachee and a coach, if it is eligible.
pub(super) fn find(
    starts: &[usize],
    coaches: &[CoachIx],
    coachee: CoacheeIx,
    coach: CoachIx,
) -> Option<PairIx> {
    let first = starts[coachee.to_usize()];
    let at = coaches[first..starts[coachee.to_usize() + 1]].binary_search(&coach).ok()?;
    Some(PairIx::from_usize(first + at))
}

/// `None` where there are more pairs than [`MOST_PAIRS`].
pub(super) fn table(rules: &Rules<'_>, threads: usize) -> Option<Table> {
    let roster = rules.facts.roster;
    if plain(rules) {
        return Some(copied(rules));
    }
    let coachees = roster.coachees.len();
    let blocks = coachees.div_ceil(BLOCK);
    let next = AtomicUsize::new(0);
    let joining = Mutex::new(Joining::default());
    let work = || {
        let mut row = Row::new(roster.coaches.len());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= blocks {
                return;
            }
            let block = block(rules, at * BLOCK..coachees.min((at + 1) * BLOCK), &mut row);
            if joining.lock().expect("no thread panics while it joins").join(at, block) > MOST_PAIRS {
                return;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.clamp(1, blocks.max(1)) {
            scope.spawn(work);
        }
        work();
    });
    let mut table = joining.into_inner().expect("no thread panicked").table;
    table.starts.insert(0, 0);
    (table.coach.len() <= MOST_PAIRS && table.starts.len() == coachees + 1).then_some(table)
}

/// The pairs of some coachees, with how many each has.
struct Block {
    lens: Vec<usize>,
    coach: Vec<CoachIx>,
    score: Vec<Points>,
}

/// The table so far, and the blocks that wait for one before them.
#[derive(Default)]
struct Joining {
    next: usize,
    waiting: BTreeMap<usize, Block>,
    table: Table,
}

impl Joining {
    /// Returns the number of pairs so far.
    fn join(&mut self, at: usize, block: Block) -> usize {
        self.waiting.insert(at, block);
        while let Some(block) = self.waiting.remove(&self.next) {
            self.next += 1;
            let mut end = self.table.coach.len();
            self.table.starts.extend(block.lens.iter().map(|len| {
                end += len;
                end
            }));
            self.table.coach.extend_from_slice(&block.coach);
            self.table.score.extend_from_slice(&block.score);
        }
        self.table.coach.len()
    }
}

fn block(rules: &Rules<'_>, coachees: std::ops::Range<usize>, row: &mut Row) -> Block {
    let mut block = Block { lens: Vec::with_capacity(coachees.len()), coach: Vec::new(), score: Vec::new() };
    let only_listed = only_listed(rules);
    for coachee in coachees.map(CoacheeIx::from_usize) {
        let before = block.coach.len();
        if rules.facts.roster.coachees[coachee].status == Status::Active {
            if only_listed {
                listed(rules, coachee, &mut block);
            } else {
                everybody(rules, coachee, row, &mut block);
            }
        }
        block.lens.push(block.coach.len() - before);
    }
    block
}

fn only_listed(rules: &Rules<'_>) -> bool {
    let pairs = &rules.facts.roster.programme.rules.pairs;
    pairs.level != Level::Off && pairs.only_listed
}

fn listed(rules: &Rules<'_>, coachee: CoacheeIx, block: &mut Block) {
    let table = &rules.facts.roster.pairs;
    for coach in &table.coach[table.rows(coachee)] {
        if let Some(score) = rules.eligible(coachee, *coach) {
            block.coach.push(*coach);
            block.score.push(score);
        }
    }
}

fn everybody(rules: &Rules<'_>, coachee: CoacheeIx, row: &mut Row, block: &mut Block) {
    rules.row(coachee, row);
    for (coach, (broken, points)) in row.broken.iter().zip(&row.points).enumerate() {
        if !broken.forbids() {
            block.coach.push(CoachIx::from_usize(coach));
            block.score.push(Points(*points));
        }
    }
}

/// Whether the table of `pairs.csv` is the table of eligible pairs: no other rule is on and everybody takes part.
fn plain(rules: &Rules<'_>) -> bool {
    let roster = rules.facts.roster;
    let travels = roster.programme.rules.travel.level != Level::Off;
    only_listed(rules)
        && rules.others.len() == 1
        && !travels
        && !rules.locks.restrict()
        && roster.coachees.iter().all(|e| e.status == Status::Active)
        && roster.coaches.iter().all(|c| c.status == Status::Active)
        && roster.people.iter().all(|p| p.coach.is_none() || p.coachee.is_none())
}

fn copied(rules: &Rules<'_>) -> Table {
    let roster = rules.facts.roster;
    let (pairs, rule) = (&roster.pairs, &roster.programme.rules.pairs);
    let starts =
        if pairs.starts.is_empty() { vec![0; roster.coachees.len() + 1] } else { pairs.starts.clone() };
    let score = match rule.level {
        Level::Soft if rule.weight == Points::ONE => pairs.score.clone(),
        Level::Soft => pairs.score.iter().map(|s| super::pairs::points(rule.weight, *s)).collect(),
        _ => vec![Points::ZERO; pairs.coach.len()].into(),
    };
    Table { starts, coach: pairs.coach.clone(), score }
}
