//! Lagrangian prices on what ties coachees together: bounds by groups, good plans, pairs that can be left out.
//!
//! Method: the places of coachees and the rows that coaches share are priced; what remains falls into one small problem for each
//! coach, the cheapest group (Fisher, Jaikumar & Van Wassenhove 1986 for generalised assignment). Prices by the
//! volume algorithm ([`dual`]), a first plan from its averages ([`start`]) in which chains of displacements place everybody whom they
//! can ([`chain`]), then a few coaches at a time freed ([`sweep`]) and solved anew ([`local`]); a small gap that is left is closed case by
//! case ([`cases`]). Everything is counted in iterations, so that the same instance gives the same answer; the clock only cuts.
//! Sign convention: see [`crate::model::certificate`], "the bound by groups".

mod cases;
mod chain;
mod combine;
mod dual;
mod group;
mod local;
mod narrow;
mod neighbourhood;
mod plan;
mod problem;
mod reduce;
mod start;
mod sweep;
#[cfg(test)]
mod tests;
mod within;

use super::Options;
use super::branch::counted;
use super::composite::Composite;
use super::cost::Cost;
use super::stage::stopped;
use super::survey::Survey;
use crate::model::catalogue::Tier;
use crate::model::certificate::{Case, Claim, GroupPrices, Groups, RowPrice, Stage};
use crate::model::index::PairIx;
use crate::model::instance::Instance;
use cases::Tree;
use dual::{Effort, Prices, Search};
use plan::Plan;
use problem::Problem;
use sweep::Sweeper;

/// Says that time is over, or that the caller cancelled.
type Halt<'h> = &'h (dyn Fn() -> bool + Sync);

/// What the search found.
pub struct Found {
    /// The pairs of the best plan, ascending.
    pub plan: Vec<PairIx>,
    /// What it costs, all tiers folded into one.
    pub cost: i128,
    /// What no plan costs less than.
    pub bound: i128,
    /// The pairs of this plan, and those that a cheaper plan can have.
    pub open: Vec<bool>,
    /// Where prices alone prove that no plan costs less.
    pub stage: Option<Stage>,
}

/// Rounds of freeing coaches: at most so many, and at most so many in a row that find nothing.
const ROUNDS: usize = 2_000;
const IDLE: usize = 25;
/// Cases that are opened at most: so many, and so many over the square of the pairs. A case looks at all of them, and the more
/// there are, the more cases it takes. Where they allow only [`FEWEST`], none is opened: so few settle nothing.
const CASES: usize = 2_000;
const SQUARES: usize = 4_000_000_000;
const FEWEST: usize = 50;
/// Iterations for prices: at most so many times [`FIRST`] before the first plan, then [`NEXT`] in one of [`OFTEN`] rounds, and after
/// [`STALE`] times without a better bound in one of [`SELDOM`].
const PHASES: usize = 10;
const FIRST: Effort = Effort { iterations: 100 };
/// Prices have settled when such a part of the whole rise of the bound is all that a phase adds.
const SETTLED: i128 = 100;
const NEXT: Effort = Effort { iterations: 30 };
const OFTEN: usize = 4;
const SELDOM: usize = 32;
const STALE: usize = 8;

/// A good plan and a bound, all tiers folded into one cost; `None` where the floor is one of them, or where costs or limits are
/// of a kind that is not searched, or where it was stopped before there is a bound. Rings are not looked at: they only make plans dearer.
pub fn improve(instance: &Instance, options: &Options<'_>) -> Option<Found> {
    let tiers = &instance.parts().tiers;
    if tiers.contains(&Tier::Floor) {
        return None;
    }
    let survey = Survey::of(instance, options.threads);
    let counted = counted(instance);
    let composite = Composite::counting(instance, &survey, tiers, counted);
    if composite.overflows {
        return None;
    }
    let m = &composite.multipliers;
    let rows = m.score.checked_mul(counted.charges)?.checked_add(m.quotas)?;
    // A group adds up at most all pairs of a coach, each with its prices.
    let most = i128::try_from(instance.pairs().clamp(1, LARGEST_GROUP)).ok()?;
    let largest = composite.largest().checked_mul(composite.unit)?.checked_add(rows)?;
    let reach = largest.checked_mul(8)?.checked_mul(most)?;
    if reach < <i64 as Cost>::SAFE {
        run::<i64>(&composite, options)
    } else if reach < <i128 as Cost>::SAFE {
        run::<i128>(&composite, options)
    } else {
        None
    }
}

/// No coach has more eligible pairs than this, by the limits of intake.
const LARGEST_GROUP: usize = 250_000;

fn run<W: Cost>(composite: &Composite<'_>, options: &Options<'_>) -> Option<Found> {
    let problem = Problem::<W>::of(composite)?;
    let halt = &|| stopped(options).is_some();
    let mut plan = Plan::empty(&problem)?;
    let mut search = Search::new(&problem, first_prices(&problem), options.threads, halt)?;
    let first = search.at_best.bound;
    for _ in 0..PHASES {
        let before = search.at_best.bound;
        search.run(&problem, plan.cost, FIRST, options.threads, halt);
        if search.at_best.bound - before <= (search.at_best.bound - first).max(0) / SETTLED {
            break;
        }
    }
    start::fill(&problem, &search, &mut plan);
    chain::fill(&problem, &mut plan, halt);
    let mut sweeper = Sweeper::new();
    // Rounds without a better plan or bound, and searches for prices without a better bound.
    let (mut idle, mut still) = (0, 0);
    for round in 0..ROUNDS {
        if halt() || idle == IDLE || rounded(search.at_best.bound, problem.grain) >= plan.cost {
            break;
        }
        let (cost, bound) = (plan.cost, search.at_best.bound);
        sweeper.sweep(&problem, &search, &mut plan, options.threads, halt);
        if round % if still < STALE { OFTEN } else { SELDOM } == 0 {
            search.run(&problem, plan.cost, NEXT, options.threads, halt);
            still = if search.at_best.bound > bound { 0 } else { still + 1 };
        }
        idle = if plan.cost < cost || search.at_best.bound > bound { 0 } else { idle + 1 };
    }
    let mut bound = rounded(search.at_best.bound, problem.grain);
    let mut stage = None;
    if bound >= plan.cost && search.at_best.exact {
        stage = Some(stage_of(composite, &problem, &[search.best.clone()], vec![Case::Bound(0)], bound));
    } else if !halt() {
        let pairs = composite.instance.pairs().max(1);
        let most = CASES.min(SQUARES / pairs / pairs);
        let most = if most < FEWEST { 0 } else { most };
        let mut tree = Tree::new(&problem, plan.cost, most, options.threads, halt);
        let cases = tree.search(&search.best);
        if let Some(groups) = tree.best.take() {
            plan = Plan::of(&problem, groups).filter(|p| p.cost < plan.cost).unwrap_or(plan);
        }
        if let Some(cases) = cases {
            bound = plan.cost;
            stage = Some(stage_of(composite, &problem, &tree.lists, cases, bound));
        }
    }
    let open = reduce::open(&problem, &search, &plan, composite.instance.pairs(), halt);
    Some(Found { plan: plan.pairs(&problem), cost: plan.cost, bound, open, stage })
}

/// The proof as others read it: cases and the prices that settle them.
fn stage_of<W: Cost>(
    composite: &Composite<'_>,
    problem: &Problem<W>,
    lists: &[Prices<W>],
    cases: Vec<Case>,
    bound: i128,
) -> Stage {
    let price =
        |(row, price): (&problem::Shared, &W)| RowPrice { row: row.row, price: price.widen(), per: row.per };
    let list = |prices: &Prices<W>| GroupPrices {
        coachees: (composite.instance.parts().demand.indexes().zip(&prices.wishes))
            .map(|(at, price)| (at, price.widen()))
            .filter(|p| p.1 != 0)
            .collect(),
        rows: problem.shared.iter().zip(&prices.shared).map(price).filter(|r| r.price != 0).collect(),
    };
    Stage {
        claim: Claim::Best { floor: None },
        multipliers: composite.multipliers,
        prices: Vec::new(),
        nests: Vec::new(),
        groups: Some(Groups { prices: lists.iter().map(list).collect(), cases }),
        bound,
    }
}

/// Every wish at the cost of its second-best pair.
fn first_prices<W: Cost>(problem: &Problem<W>) -> Prices<W> {
    let price = |wish: &problem::Wish<W>| {
        let Some(most) = wish.open.first().copied() else { return W::ZERO };
        if wish.pinned {
            return most;
        }
        let cost = |at: &(u32, u32)| problem.coaches[at.0 as usize].candidates[at.1 as usize].cost;
        let mut costs: Vec<W> = wish.pairs.iter().map(cost).collect();
        costs.sort_unstable();
        costs.get(1).or(costs.first()).map_or(W::ZERO, |c| (*c).min(most))
    };
    Prices { wishes: problem.wishes.iter().map(price).collect(), shared: vec![W::ZERO; problem.shared.len()] }
}

/// The next multiple of the grain.
fn rounded(bound: i128, grain: i128) -> i128 {
    if grain == 0 { bound } else { -(-bound).div_euclid(grain) * grain }
}

fn open_wishes<W: Cost>(problem: &Problem<W>, plan: &Plan) -> Vec<u32> {
    let wishes = problem.wishes.iter().zip(&plan.filled).enumerate();
    wishes
        .filter(|(_, (w, f))| w.open.len() > **f as usize && !w.pairs.is_empty())
        .map(|(at, _)| u32::try_from(at).expect("wishes are counted in u32"))
        .collect()
}
