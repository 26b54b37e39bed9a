//! The instance as the coaches see it: candidates and own limits of each, wishes that want them, rows that coaches share.
//!
//! A *wish* is what the open places of a coachee ask for, or one pinned place. The cost of a plan is that of
//! [`crate::model::certificate`].

use crate::model::index::{CoacheeIx, Ix, PairIx};
use crate::model::instance::{Excess, Instance};
use crate::model::row::{Amount, Outside, Row};
use crate::solver::composite::{Composite, Kept};
use crate::solver::cost::Cost;
use std::collections::BTreeMap;

/// What wants coaches.
pub struct Wish<W> {
    /// What each place costs that is left open, most urgent first.
    pub open: Vec<W>,
    /// Pinned places have the price that leaving them open costs.
    pub pinned: bool,
    /// (coach, candidate) of every pair that may serve it.
    pub pairs: Vec<(u32, u32)>,
}

/// A pair as its coach sees it.
pub struct Candidate<W> {
    pub pair: PairIx,
    pub wish: u32,
    pub cost: W,
    /// What it uses of the coach's limits: `Coach::uses[from..to]`.
    pub uses: (u32, u32),
    /// What it adds to shared rows: `Problem::shares[from..to]`.
    pub shares: (u32, u32),
}

/// A limit on one coach's group.
pub struct Limit<W> {
    /// Whether uses are sets (bits) that are counted, rather than amounts that are added.
    pub sets: bool,
    pub most: i64,
    /// What pairs use that are settled: an amount, or sets.
    pub begun: i64,
    /// `None`: never more. Else for each started step of this size so much.
    pub over: Option<(i64, W)>,
}

pub struct Coach<W> {
    pub max: usize,
    /// What the first, second, … place costs; never falling. Empty: nothing.
    pub places: Vec<W>,
    pub candidates: Vec<Candidate<W>>,
    pub limits: Vec<Limit<W>>,
    /// (limit, amount or set).
    pub uses: Vec<(u32, i64)>,
}

impl<W: Cost> Coach<W> {
    pub fn place(&self, taken: usize) -> W {
        self.places.get(taken).copied().unwrap_or(W::ZERO)
    }
    pub fn uses(&self, candidate: &Candidate<W>) -> &[(u32, i64)] {
        &self.uses[candidate.uses.0 as usize..candidate.uses.1 as usize]
    }
}

/// One limit of a row: how far outside costs how much.
#[derive(Clone, Copy)]
pub struct Side {
    pub above: bool,
    pub limit: i64,
    /// `None`: no plan is outside. Else (step, what each costs).
    pub cost: Option<(i64, i128)>,
}

impl Side {
    /// What an amount costs; `None` if no plan may have it.
    pub fn charge(&self, amount: i128) -> Option<i128> {
        let limit = i128::from(self.limit);
        let outside = if self.above { amount - limit } else { limit - amount };
        if outside <= 0 {
            return Some(0);
        }
        let (step, cost) = self.cost?;
        let step = i128::from(step);
        Some((outside + step - 1) / step * cost)
    }
}

/// A row that several coaches share.
#[derive(Clone)]
pub struct Shared {
    /// Its position among the rows of the instance.
    pub row: usize,
    pub sides: Vec<Side>,
    pub lowest: i128,
    pub highest: i128,
    /// What the pairs that are settled add to it, in multiples of `per`.
    pub begun: i128,
    /// Whether it counts sets of pairs, rather than amounts that are added.
    pub sets: bool,
    /// Divides every weight.
    pub per: i64,
    /// What a step in its price is divided by: the largest weight in multiples of `per`, and the more coachees it counts the
    /// more, so that one row does not outweigh the wishes.
    pub largest: i64,
    /// Whether the price may be positive.
    pub rising: bool,
}

impl Shared {
    pub fn charge(&self, amount: i128) -> Option<i128> {
        self.sides.iter().try_fold(0, |sum, side| Some(sum + side.charge(amount)?))
    }

    /// The amount within all limits that is nearest.
    pub fn nearest(&self, amount: i128) -> i128 {
        self.sides.iter().fold(amount, |a, side| {
            let limit = i128::from(side.limit);
            if side.above { a.min(limit) } else { a.max(limit) }
        })
    }
}

pub struct Problem<W> {
    pub wishes: Vec<Wish<W>>,
    /// By coach index; coaches without candidates have none.
    pub coaches: Vec<Coach<W>>,
    pub shared: Vec<Shared>,
    /// (shared row, weight in multiples of its `per`).
    pub shares: Vec<(u32, i64)>,
    /// Divides what every plan costs.
    pub grain: i128,
    /// What the pairs that are settled cost.
    pub base: i128,
}

/// Of one coach: limits with what each candidate uses of them.
type Own = Vec<(usize, Vec<(u32, i64)>)>;

/// The most sets that a limit can count in one word.
const SETS: usize = 63;

impl<W: Cost> Problem<W> {
    /// `None` where a coach's own limits are of a kind that the search over groups does not know.
    pub fn of(composite: &Composite<'_>) -> Option<Self> {
        let instance = composite.instance;
        let mut problem = bare(composite);
        let place = places(&problem, instance.pairs());
        let mut own: Vec<Own> = Vec::new();
        own.resize_with(instance.coaches(), Vec::new);
        add_nests(composite, &mut problem, &place, &mut own);
        let mut shares: Vec<Vec<(u32, i64)>> = Vec::new();
        shares.resize_with(instance.pairs(), Vec::new);
        for (at, row) in instance.parts().rows.iter().enumerate() {
            if let Some(owner) = owner(instance, row) {
                let uses = own_uses(row, &place)?;
                let limits = &mut problem.coaches[owner].limits;
                own[owner].push((limits.len(), uses));
                limits.push(own_limit(composite, row)?);
            } else {
                let number = u32::try_from(problem.shared.len()).ok()?;
                problem.shared.push(shared(composite, at, number, &mut shares));
            }
        }
        problem.settle(own, &shares);
        Some(problem)
    }

    /// Puts uses and shares where the candidates find them.
    fn settle(&mut self, own: Vec<Own>, shares: &[Vec<(u32, i64)>]) {
        for (coach, limits) in self.coaches.iter_mut().zip(own) {
            let mut uses: Vec<Vec<(u32, i64)>> = vec![Vec::new(); coach.candidates.len()];
            for (limit, terms) in limits {
                for (candidate, amount) in terms {
                    uses[candidate as usize].push((u32::try_from(limit).expect("limits are few"), amount));
                }
            }
            for (candidate, uses) in coach.candidates.iter_mut().zip(uses) {
                let from = count(coach.uses.len());
                coach.uses.extend(uses);
                candidate.uses = (from, count(coach.uses.len()));
                let from = count(self.shares.len());
                self.shares.extend(&shares[candidate.pair.to_usize()]);
                candidate.shares = (from, count(self.shares.len()));
            }
        }
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).expect("pairs and their terms are counted in u32")
}

/// Wishes and candidates, without limits.
fn bare<W: Cost>(composite: &Composite<'_>) -> Problem<W> {
    let instance = composite.instance;
    let parts = instance.parts();
    let kept = Kept::of(instance);
    let m = &composite.multipliers;
    let mut grain = 0;
    let mut wishes: Vec<Wish<W>> =
        parts.demand.iter().map(|_| Wish { open: Vec::new(), pinned: false, pairs: Vec::new() }).collect();
    let mut pinned: BTreeMap<PairIx, u32> = BTreeMap::new();
    let mut units: Vec<_> = composite.units.iter().collect();
    units.sort_by_key(|u| (u.coachee, std::cmp::Reverse(u.urgency), u.pinned));
    for unit in units {
        let skip = composite.skip(unit);
        grain = gcd(grain, skip);
        if let Some(pair) = unit.pinned {
            pinned.insert(pair, count(wishes.len()));
            wishes.push(Wish { open: vec![W::narrow(skip)], pinned: true, pairs: Vec::new() });
        } else {
            wishes[unit.coachee as usize].open.push(W::narrow(skip));
        }
    }
    let mut coaches: Vec<Coach<W>> = Vec::new();
    for seats in &parts.seats {
        let costs: Vec<i128> =
            (1..=seats.max.min(count(parts.demand.len()))).map(|k| composite.place(*seats, k)).collect();
        grain = costs.iter().fold(grain, |g, c| gcd(g, *c));
        let places = if costs.iter().all(|c| *c == 0) {
            Vec::new()
        } else {
            costs.into_iter().map(W::narrow).collect()
        };
        coaches.push(Coach {
            max: seats.max as usize,
            places,
            candidates: Vec::new(),
            limits: Vec::new(),
            uses: Vec::new(),
        });
    }
    for coachee in parts.demand.indexes() {
        for row in instance.rows(coachee) {
            let pair = PairIx::from_usize(row);
            let wish = pinned.get(&pair).copied().unwrap_or(coachee.get());
            if wishes[wish as usize].open.is_empty() {
                continue;
            }
            let stays = if kept.has(pair) { m.stability } else { 0 };
            let cost = -m.score * i128::from(parts.score[row].0) - stays;
            grain = gcd(grain, cost);
            let coach = parts.coach[row].to_usize();
            wishes[wish as usize].pairs.push((count(coach), count(coaches[coach].candidates.len())));
            let cost = W::narrow(cost);
            coaches[coach].candidates.push(Candidate { pair, wish, cost, uses: (0, 0), shares: (0, 0) });
        }
    }
    Problem {
        wishes,
        coaches,
        shared: Vec::new(),
        shares: Vec::new(),
        grain: grain_of_sides(composite, grain),
        base: 0,
    }
}

/// What nests, rows and rings charge belongs to the grain too.
fn grain_of_sides(composite: &Composite<'_>, mut grain: i128) -> i128 {
    let parts = composite.instance.parts();
    for family in &parts.nests {
        if let Some(cost) = composite.excess(family.excess) {
            grain = gcd(grain, cost);
        }
    }
    for row in &parts.rows {
        for side in sides(composite, row) {
            grain = gcd(grain, side.cost.map_or(0, |c| c.1));
        }
    }
    if let Some(rings) = &parts.rings
        && let Outside::Costs { points, .. } = rings.outside
    {
        grain = gcd(grain, composite.multipliers.score * i128::from(points.0));
    }
    grain
}

/// Where each pair is among the candidates of its coach; `u32::MAX` where it is not.
fn places<W: Cost>(problem: &Problem<W>, pairs: usize) -> Vec<u32> {
    let mut place = vec![u32::MAX; pairs];
    for coach in &problem.coaches {
        for (at, candidate) in coach.candidates.iter().enumerate() {
            place[candidate.pair.to_usize()] = count(at);
        }
    }
    place
}

/// Nests as limits: at most `cap` of a group, each beyond at its cost.
fn add_nests<W: Cost>(composite: &Composite<'_>, problem: &mut Problem<W>, place: &[u32], own: &mut [Own]) {
    let instance = composite.instance;
    let parts = instance.parts();
    for family in &parts.nests {
        let mut members: BTreeMap<(usize, u32), Vec<(u32, i64)>> = BTreeMap::new();
        for (coachee, group) in family.group.enumerate() {
            let Some(group) = group else { continue };
            for row in instance.rows(CoacheeIx::new(coachee.get())) {
                let pair = PairIx::from_usize(row);
                if place[row] != u32::MAX && family.exempt.binary_search(&pair).is_err() {
                    let key = (parts.coach[row].to_usize(), group.get());
                    members.entry(key).or_default().push((place[row], 1));
                }
            }
        }
        let over = match family.excess {
            Excess::Forbidden => None,
            Excess::Costs(_) => composite.excess(family.excess).map(|c| (1, W::narrow(c))),
        };
        for ((coach, _), terms) in members {
            if terms.len() > family.cap as usize {
                let limits = &mut problem.coaches[coach].limits;
                own[coach].push((limits.len(), terms));
                limits.push(Limit { sets: false, most: i64::from(family.cap), begun: 0, over });
            }
        }
    }
}

fn pairs_of(row: &Row) -> Box<dyn Iterator<Item = PairIx> + '_> {
    match &row.amount {
        Amount::Sum(terms) => Box::new(terms.iter().map(|t| t.0)),
        Amount::Distinct(sets) => Box::new(sets.iter().flatten().copied()),
    }
}

/// The coach whose pairs alone a row counts.
pub fn owner(instance: &Instance, row: &Row) -> Option<usize> {
    let coach = |p: PairIx| instance.parts().coach[p.to_usize()];
    let first = coach(pairs_of(row).next()?);
    pairs_of(row).all(|p| coach(p) == first).then(|| first.to_usize())
}

/// The limits of a row with what lies outside them.
pub fn sides(composite: &Composite<'_>, row: &Row) -> Vec<Side> {
    let m = &composite.multipliers;
    let side = |above: bool, limit: i64| {
        let holds_empty = if above { limit >= 0 } else { limit <= 0 };
        let cost = match row.outside {
            Outside::Forbidden if holds_empty => None,
            Outside::Forbidden => Some((1, m.quotas)),
            Outside::Costs { step, points } => Some((step, m.score * i128::from(points.0))),
        };
        Side { above, limit, cost }
    };
    let least = row.least.map(|limit| side(false, limit));
    least.into_iter().chain(row.most.map(|limit| side(true, limit))).collect()
}

/// An own row as a limit: no more than so much, of weights that are not negative.
fn own_limit<W: Cost>(composite: &Composite<'_>, row: &Row) -> Option<Limit<W>> {
    let sets = matches!(row.amount, Amount::Distinct(_));
    if row.least.is_some_and(|least| least > 0) {
        return None;
    }
    let most = row.most?;
    let side = sides(composite, row).pop()?;
    (most >= 0).then(|| Limit {
        sets,
        most,
        begun: 0,
        over: side.cost.map(|(step, cost)| (step, W::narrow(cost))),
    })
}

fn own_uses(row: &Row, place: &[u32]) -> Option<Vec<(u32, i64)>> {
    let mut uses = Vec::new();
    match &row.amount {
        Amount::Sum(terms) => {
            for (pair, weight) in terms {
                if *weight < 0 {
                    return None;
                }
                uses.push((place[pair.to_usize()], *weight));
            }
        }
        Amount::Distinct(sets) => {
            if sets.len() > SETS {
                return None;
            }
            for (at, set) in sets.iter().enumerate() {
                uses.extend(set.iter().map(|pair| (place[pair.to_usize()], 1_i64 << at)));
            }
        }
    }
    uses.retain(|u| u.0 != u32::MAX);
    Some(uses)
}

fn shared(composite: &Composite<'_>, at: usize, number: u32, shares: &mut [Vec<(u32, i64)>]) -> Shared {
    let instance = composite.instance;
    let row = &instance.parts().rows[at];
    let mut rising = true;
    let terms: Vec<(PairIx, i64)> = match &row.amount {
        Amount::Sum(terms) => terms.clone(),
        Amount::Distinct(sets) => {
            let single = |set: &Vec<PairIx>| {
                let coachee = instance.coachee_of(set[0]);
                let alone = instance.parts().demand[coachee].wanted <= 1;
                alone && set.iter().all(|p| instance.coachee_of(*p) == coachee)
            };
            rising = sets.iter().all(single);
            sets.iter().flatten().map(|p| (*p, 1)).collect()
        }
    };
    let per = terms.iter().fold(0, |g, t| gcd(g, i128::from(t.1)));
    let per = i64::try_from(per).expect("weights are below 2^40").max(1);
    for (pair, weight) in &terms {
        shares[pair.to_usize()].push((number, weight / per));
    }
    let sum = |sign: i64| terms.iter().filter(|t| t.1.signum() == sign).map(|t| i128::from(t.1)).sum();
    let mut counted: Vec<CoacheeIx> = terms.iter().map(|t| instance.coachee_of(t.0)).collect();
    counted.dedup();
    counted.sort_unstable();
    counted.dedup();
    let largest = terms.iter().map(|t| (t.1 / per).abs()).max().unwrap_or(1);
    let wide = i64::try_from(counted.len().isqrt()).unwrap_or(1).max(1);
    let largest = largest.saturating_mul(wide);
    let sets = matches!(row.amount, Amount::Distinct(_));
    let (sides, lowest, highest) = (sides(composite, row), sum(-1), sum(1));
    Shared { row: at, sides, lowest, highest, begun: 0, sets, per, largest, rising }
}

pub fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
