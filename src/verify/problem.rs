//! The problem of a roster, written down a second time: who may be paired with whom and at what score, seats, demand,
//! nests, rows, pins. Memory: 12 bytes per pair that can be made.

use super::Violation;
use super::blocking::wishes;
use super::groups;
use super::judge::World;
use super::rows::{Waivers, coachee_of, rings, rows};
use super::ties::is_live;
use crate::model::catalogue::{Level, RuleKey, Tier, Training};
use crate::model::index::{CoachIx, CoacheeIx, Ix, IxVec, PairIx};
use crate::model::instance::{Demand, Minimums, NestKind, Parts, Seats};
use crate::model::quantity::Points;
use crate::model::roster::{Aim, Roster};

pub(super) struct Problem<'w> {
    pub world: &'w World<'w>,
    pub roster: &'w Roster,
    pub parts: Parts,
    /// Pins that break no rule, by coachee, then coach; `parts.pins` has at most `wanted` of a coachee's.
    pub pins: Vec<(CoacheeIx, CoachIx)>,
}

/// The position of a pair in the table of pairs that can be made.
pub(super) fn find(parts: &Parts, coachee: CoacheeIx, coach: CoachIx) -> Option<PairIx> {
    let (from, to) = (parts.starts[coachee.to_usize()], parts.starts[coachee.to_usize() + 1]);
    parts.coach[from..to].binary_search(&coach).ok().map(|at| PairIx::from_usize(from + at))
}

impl<'w> Problem<'w> {
    pub fn new(world: &'w World<'w>) -> Result<Self, Violation> {
        let roster = world.roster;
        let cross = || {
            let says = "school_cap and sector_cap do not form a nest, so there is no such problem";
            Violation { code: "nests-cross", people: Vec::new(), says: says.into() }
        };
        let nests = groups::families(world).ok_or_else(cross)?;
        let seats = seats(world);
        let demand = demand(world);
        let (starts, coach, score) = table(world);
        let (coach, score) = (coach.into(), score.into());
        let mut tiers = world.rules.tiers(roster.plan.is_some());
        if roster.programme.aim == Aim::Stable {
            tiers = vec![Tier::Coverage, Tier::Stability, Tier::Score];
            tiers.retain(|t| *t != Tier::Stability || roster.plan.is_some());
        }
        if seats.iter().all(|s| s.min == 0) {
            tiers.retain(|t| *t != Tier::Minimums);
        }
        let balance = if tiers.contains(&Tier::Balance) { world.rules.balance.weight } else { Points::ZERO };
        let capacity = &world.rules.capacity;
        let hard = capacity.level != Level::Off && capacity.min == Level::Hard;
        let minimums = if hard { Minimums::Hard } else { Minimums::Soft };
        let (pins, kept) = (Vec::new(), Vec::new());
        let mut parts = Parts {
            seats,
            minimums,
            demand,
            starts,
            coach,
            score,
            nests,
            rows: Vec::new(),
            rings: None,
            balance,
            pins,
            kept,
            tiers,
            stable: None,
        };
        for family in 0..parts.nests.len() {
            let grouped = |pair: &PairIx| parts.nests[family].group[coachee_of(&parts, *pair)].is_some();
            let mut waived = exempt(world, &parts, parts.nests[family].kind);
            waived.retain(grouped);
            parts.nests[family].exempt = waived;
        }
        if groups::waivers_cross(&parts) {
            return Err(cross());
        }
        parts.rows = rows(world, &parts, Waivers::Heeded);
        parts.rings = rings(world, &parts, Waivers::Heeded);
        let planned = roster.plan.iter().flatten();
        parts.kept = planned.filter_map(|p| find(&parts, p.coachee, p.coach)).collect();
        parts.kept.sort_unstable();
        parts.kept.dedup();
        let wished = world.locks.wished.iter().copied();
        let pins: Vec<_> = wished.filter(|(e, c)| find(&parts, *e, *c).is_some()).collect();
        let mut of = vec![0_u8; parts.demand.len()];
        for (coachee, coach) in &pins {
            let count = &mut of[coachee.to_usize()];
            if *count < parts.demand[*coachee].wanted {
                *count += 1;
                parts.pins.extend(find(&parts, *coachee, *coach));
            }
        }
        if roster.programme.aim == Aim::Stable {
            parts.stable = Some(wishes(roster, |e, c| find(&parts, e, c)));
        }
        Ok(Self { world, roster, parts, pins })
    }

    pub fn pair(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<PairIx> {
        find(&self.parts, coachee, coach)
    }
}

/// Least and most seats: `max` less the live pairs of other programmes.
fn seats(world: &World<'_>) -> IxVec<CoachIx, Seats> {
    let (roster, rules) = (world.roster, world.rules);
    let mut busy = vec![0_u32; roster.people.len()];
    for row in roster.history.iter().filter(|row| is_live(roster, row)) {
        if row.programme.as_deref() != Some(&*roster.programme.name) {
            busy[row.coach.to_usize()] += 1;
        }
    }
    let everybody = u32::try_from(roster.coachees.len()).unwrap_or(u32::MAX);
    let one = |(ix, coach): (CoachIx, &crate::model::people::Coach)| {
        if !world.coaches_now(ix) {
            return Seats::default();
        }
        if rules.capacity.level == Level::Off {
            return Seats { min: 0, max: everybody };
        }
        let max = coach.max.saturating_sub(busy[coach.person.to_usize()]);
        let trainee = coach.training == Some(Training::Trainee) && rules.training.level != Level::Off;
        let least = if trainee { rules.training.trainee_min } else { 0 };
        let min = if rules.capacity.min == Level::Off { 0 } else { coach.min.unwrap_or(least) };
        Seats { min: min.min(max), max }
    };
    roster.coaches.enumerate().map(one).collect()
}

fn demand(world: &World<'_>) -> IxVec<CoacheeIx, Demand> {
    let ranked = world.rules.priority != Level::Off;
    let one = |(ix, coachee): (CoacheeIx, &crate::model::people::Coachee)| Demand {
        wanted: if world.wants_now(ix) { coachee.wanted } else { 0 },
        class: if ranked { coachee.priority.unwrap_or(5) } else { 1 },
    };
    world.roster.coachees.enumerate().map(one).collect()
}

fn exempt(world: &World<'_>, parts: &Parts, kind: NestKind) -> Vec<PairIx> {
    let (rule, level) = match kind {
        NestKind::School => (RuleKey::SchoolCap, world.rules.school_cap.level),
        NestKind::Sector => (RuleKey::SectorCap, world.rules.sector_cap.level),
    };
    if level != Level::Waivable {
        return Vec::new();
    }
    let waivers = world.roster.waivers.iter().filter(|w| w.rule == rule);
    let lifted = waivers.filter(|w| world.waived(rule, w.coach, w.coachee));
    let mut pairs: Vec<PairIx> = lifted.filter_map(|w| find(parts, w.coachee, w.coach)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

type Table = (Vec<usize>, Vec<CoachIx>, Vec<Points>);

/// Fewer possible pairs than this are not worth a second thread.
const WORTH_A_THREAD: usize = 20_000;

/// Every pair that can be made, by coachee, then coach, on all processors.
fn table(world: &World<'_>) -> Table {
    let roster = world.roster;
    let coachees = roster.coachees.len();
    let candidates = if world.only_listed() {
        roster.pairs.coach.len()
    } else {
        coachees.saturating_mul(roster.coaches.len())
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = cores.min(candidates / WORTH_A_THREAD).max(1);
    let size = coachees.div_ceil(threads).max(1);
    let mut chunks: Vec<Table> = Vec::new();
    if threads == 1 {
        chunks.push(table_rows(world, 0..coachees));
    } else {
        std::thread::scope(|scope| {
            let spans = (0..coachees).step_by(size).map(|from| from..(from + size).min(coachees));
            let tasks: Vec<_> = spans.map(|span| scope.spawn(move || table_rows(world, span))).collect();
            chunks.extend(tasks.into_iter().map(|t| t.join().expect("judging pairs does not panic")));
        });
    }
    let (mut starts, mut coach, mut score) = (vec![0], Vec::new(), Vec::new());
    for (ends, coaches, scores) in chunks {
        let base = coach.len();
        starts.extend(ends.iter().map(|end| base + end));
        if base == 0 {
            (coach, score) = (coaches, scores);
        } else {
            coach.extend_from_slice(&coaches);
            score.extend_from_slice(&scores);
        }
    }
    (starts, coach, score)
}

/// The rows of some coachees, with the end of each coachee's rows.
fn table_rows(world: &World<'_>, span: std::ops::Range<usize>) -> Table {
    let roster = world.roster;
    let (mut ends, mut coach, mut score) = (Vec::with_capacity(span.len()), Vec::new(), Vec::new());
    for coachee in span.map(CoacheeIx::from_usize) {
        let mut take = |ix: CoachIx, row: Option<usize>| {
            if let Some(points) = world.own_score(ix, coachee, row) {
                coach.push(ix);
                score.push(points);
            }
        };
        if !world.wants_now(coachee) {
        } else if world.only_listed() {
            for row in roster.pairs.rows(coachee) {
                take(roster.pairs.coach[row], Some(row));
            }
        } else {
            let mut listed = roster.pairs.rows(coachee).peekable();
            for ix in roster.coaches.indexes() {
                let row = listed.next_if(|row| roster.pairs.coach[*row] == ix);
                take(ix, row);
            }
        }
        ends.push(coach.len());
    }
    (ends, coach, score)
}
