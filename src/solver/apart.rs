//! Other plans: the best that differs from plans at hand in a number of pairs, and the corners of a trade-off.
//!
//! **The next best.** "At least d pairs of this plan are not made" is a limit over the plan's pairs, so it is one more row of the
//! instance, and [`solve`](super::solve) does the rest: with its own certificate where its search by cases settles it, by an
//! integer-programming solver's word where not.
//!
//! **A trade-off.** Every plan has two worths. Those that are best for some weights of the two lie at the corners of a convex
//! curve; they are found by bisection: between two corners the weights are taken for which both are worth the same, and either a
//! better plan is a corner between them, or there is none (Aneja & Nair 1979; the parametric form is Eisner & Severance 1976).
//! Weights are whole numbers, so nothing is rounded. Each corner costs at most two solves. Sign convention: both worths are to be large.

use super::{Failure, Options, solve, values};
use crate::model::catalogue::{RuleKey, Tier};
use crate::model::index::{CoachIx, Ix, PairIx};
use crate::model::instance::{Excess, Instance, Parts};
use crate::model::outcome::{Assignment, Outcome};
use crate::model::quantity::Points;
use crate::model::row::{About, Amount, Outside, Row};

/// The best plan of which at least `differ` pairs of each given plan are not made. `None` where one of the plans has too few pairs
/// for that.
pub fn apart(
    instance: &Instance,
    plans: &[Assignment],
    differ: u32,
    options: &Options<'_>,
) -> Result<Option<Outcome>, Failure> {
    Ok(match with_rows(instance, plans, differ) {
        Some(instance) => Some(solve(&instance, options)?),
        None => None,
    })
}

/// The instance with a row for each plan that is to be differed from: what a certificate of [`apart`] is about.
pub fn with_rows(instance: &Instance, plans: &[Assignment], differ: u32) -> Option<Instance> {
    let mut parts = instance.parts().clone();
    for (number, plan) in (0..).zip(plans) {
        let pairs = plan.pairs.iter().filter_map(|(coachee, coach)| instance.pair(*coachee, *coach));
        let mut terms: Vec<(PairIx, i64)> = pairs.map(|pair| (pair, 1)).collect();
        terms.sort_unstable();
        let most = i64::try_from(terms.len()).ok()?.checked_sub(i64::from(differ))?;
        if most < 0 {
            return None;
        }
        // No rule of a programme has rows of this name: the numbers tell the plans apart.
        let about = About::Coach(CoachIx::new(number));
        let (least, outside) = (None, Outside::Forbidden);
        parts.rows.push(Row {
            rule: RuleKey::Locks,
            about,
            amount: Amount::Sum(terms),
            least,
            most: Some(most),
            outside,
        });
    }
    parts.rows.sort_by_key(|row| (row.rule, row.about));
    parts.stable = None;
    Instance::try_new(parts).ok()
}

/// One of two worths of a plan: the sum over its pairs, less what soft limits of the instance charge where that counts.
pub struct Worth {
    /// By pair.
    pub points: Vec<Points>,
    pub charged: bool,
}

/// A corner: the best plan for some weights.
#[derive(Clone, Debug)]
pub struct Corner {
    pub outcome: Outcome,
    pub assignment: Assignment,
    /// Its two worths, in micro-points.
    pub worth: [i128; 2],
    /// Weights for which it was found, and is the best.
    pub weights: [i64; 2],
}

/// The corners from the most of the first worth to the most of the second.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    pub corners: Vec<Corner>,
    /// Whether no corner is missing: the numbers fitted, and nothing stopped the search.
    pub whole: bool,
}

/// The corners of a trade-off, within the tiers of the instance; the score is what is mixed.
pub fn curve(instance: &Instance, worths: &[Worth; 2], options: &Options<'_>) -> Result<Curve, Failure> {
    let desk = Desk { instance, worths, units: [0, 1].map(|at| desk_unit(instance, &worths[at])), options };
    // The ends: the most of one, and among those plans the most of the other, where the numbers hold that.
    let far = [0, 1].map(|at| desk.reach(at));
    let first = match far[1].and_then(|far| desk.best([far, 1]).transpose()) {
        Some(found) => Some(found?),
        None => desk.best([1, 0])?,
    };
    let last = match far[0].and_then(|far| desk.best([1, far]).transpose()) {
        Some(found) => Some(found?),
        None => desk.best([0, 1])?,
    };
    let (Some(first), Some(last)) = (first, last) else { return Ok(Curve::default()) };
    let mut curve = Curve { corners: vec![first], whole: far.iter().all(Option::is_some) };
    let mut open = vec![last];
    while let Some(right) = open.last() {
        let left = curve.corners.last().expect("the first corner is there");
        match desk.between(left, right)? {
            Some(Between::Corner(corner)) => open.push(corner),
            Some(Between::None) => curve.corners.extend(open.pop()),
            None => {
                curve.whole = false;
                curve.corners.extend(open.pop());
            }
        }
    }
    curve.corners.dedup_by(|right, left| right.worth == left.worth);
    Ok(curve)
}

enum Between {
    Corner(Corner),
    None,
}

struct Desk<'a> {
    instance: &'a Instance,
    worths: &'a [Worth; 2],
    /// Divides every number of a worth.
    units: [i64; 2],
    options: &'a Options<'a>,
}

impl Desk<'_> {
    /// More than the worth can differ by between two plans, in its units; `None` where a mix with it does not fit.
    fn reach(&self, at: usize) -> Option<i64> {
        let most = self.worths[at].points.iter().map(|p| i128::from(p.0).abs()).max().unwrap_or(0);
        let wanted: i128 = self.instance.parts().demand.iter().map(|d| i128::from(d.wanted)).sum();
        let range = 2 * (wanted + 1) * (most + self.charge()) / i128::from(self.units[at]) + 1;
        i64::try_from(range).ok()
    }

    /// The most that a soft limit charges for one step.
    fn charge(&self) -> i128 {
        let parts = self.instance.parts();
        let nests = parts.nests.iter().map(|nest| match nest.excess {
            Excess::Costs(points) => i128::from(points.0),
            Excess::Forbidden => 0,
        });
        let rows = parts.rows.iter().map(|row| match row.outside {
            Outside::Costs { points, .. } => i128::from(points.0),
            Outside::Forbidden => 0,
        });
        nests.chain(rows).sum()
    }

    /// The instance whose score is this mix, in units; `None` where the numbers do not fit.
    fn mixed(&self, weights: [i64; 2]) -> Option<Instance> {
        let mix = |pair: usize| -> Option<Points> {
            let part = |at: usize| {
                i128::from(weights[at]) * i128::from(self.worths[at].points[pair].0 / self.units[at])
            };
            Some(Points(i64::try_from(part(0) + part(1)).ok()?))
        };
        let parts = self.instance.parts();
        let score: Vec<Points> = (0..parts.coach.len()).map(mix).collect::<Option<_>>()?;
        let charge = |points: Points| -> Option<Points> {
            let part = |at: usize| {
                let counts = i128::from(self.worths[at].charged);
                counts * i128::from(weights[at]) * i128::from(points.0 / self.units[at])
            };
            Some(Points(i64::try_from(part(0) + part(1)).ok()?))
        };
        let mut mixed = Parts { score: score.into(), stable: None, ..parts.clone() };
        for nest in &mut mixed.nests {
            if let Excess::Costs(points) = &mut nest.excess {
                *points = charge(*points)?;
            }
        }
        for row in &mut mixed.rows {
            if let Outside::Costs { points, .. } = &mut row.outside {
                *points = charge(*points)?;
            }
        }
        if let Some(Outside::Costs { points, .. }) = mixed.rings.as_mut().map(|rings| &mut rings.outside) {
            *points = charge(*points)?;
        }
        Instance::try_new(mixed).ok()
    }

    /// The best plan for these weights; `None` where the numbers do not fit or the search was stopped.
    fn best(&self, weights: [i64; 2]) -> Result<Option<Corner>, Failure> {
        let Some(mixed) = self.mixed(weights) else { return Ok(None) };
        let outcome = solve(&mixed, self.options)?;
        let (Outcome::Optimal { assignment, .. } | Outcome::Infeasible { assignment, .. }) = &outcome else {
            return Ok(None);
        };
        let assignment = assignment.clone();
        let worth = [0, 1].map(|at| worth(self.instance, &self.worths[at], &assignment));
        Ok(Some(Corner { outcome, assignment, worth, weights }))
    }

    /// A corner between two, `Between::None` where it is proved that there is none; `None` where that cannot be told.
    fn between(&self, left: &Corner, right: &Corner) -> Result<Option<Between>, Failure> {
        let [first, second] = [0, 1].map(|at| i128::from(self.units[at]));
        let (up, down) =
            ((right.worth[1] - left.worth[1]) / second, (left.worth[0] - right.worth[0]) / first);
        if up <= 0 || down <= 0 {
            return Ok(Some(Between::None));
        }
        let divisor = gcd(up, down);
        let (Ok(a), Ok(b)) = (i64::try_from(up / divisor), i64::try_from(down / divisor)) else {
            return Ok(None);
        };
        let Some(found) = self.best([a, b])? else { return Ok(None) };
        let value = |c: &Corner| i128::from(a) * (c.worth[0] / first) + i128::from(b) * (c.worth[1] / second);
        Ok(Some(if value(&found) > value(left) { Between::Corner(found) } else { Between::None }))
    }
}

/// What a certificate of a corner is about.
pub fn mix(
    instance: &Instance,
    worths: &[Worth; 2],
    weights: [i64; 2],
    options: &Options<'_>,
) -> Option<Instance> {
    let units = [0, 1].map(|at| desk_unit(instance, &worths[at]));
    Desk { instance, worths, units, options }.mixed(weights)
}

/// The greatest number that divides every point of a worth.
fn desk_unit(instance: &Instance, worth: &Worth) -> i64 {
    let parts = instance.parts();
    let nests = parts.nests.iter().filter_map(|nest| match nest.excess {
        Excess::Costs(points) => Some(points),
        Excess::Forbidden => None,
    });
    let outsides = parts.rows.iter().map(|row| row.outside).chain(parts.rings.iter().map(|r| r.outside));
    let charged = nests.chain(outsides.filter_map(|outside| match outside {
        Outside::Costs { points, .. } => Some(points),
        Outside::Forbidden => None,
    }));
    let charged = charged.filter(|_| worth.charged).map(|points| points.0);
    let all = worth.points.iter().map(|points| points.0).chain(charged);
    let unit = all.fold(0_i128, |unit, points| gcd(unit, i128::from(points).abs()));
    i64::try_from(unit.max(1)).unwrap_or(1)
}

fn gcd(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// One worth of a plan.
fn worth(instance: &Instance, worth: &Worth, plan: &Assignment) -> i128 {
    let parts = instance.parts();
    let pairs = || plan.pairs.iter().filter_map(|(coachee, coach)| instance.pair(*coachee, *coach));
    let sum: i128 = pairs().map(|pair| i128::from(worth.points[pair.to_usize()].0)).sum();
    if !worth.charged {
        return sum;
    }
    let own: i128 = pairs().map(|pair| i128::from(parts.score[pair.to_usize()].0)).sum();
    let told = values(instance, plan, false).into_iter().find(|tier| tier.tier == Tier::Score);
    sum - (own - told.and_then(|tier| tier.value).unwrap_or(own))
}
