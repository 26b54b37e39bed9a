//! Small random instances with rows of every shape, and rings.

use crate::generate::{self, Orders, Shape};
use crate::rng::Rng;
use dyad::model::catalogue::RuleKey;
use dyad::model::index::{CoachIx, CoacheeIx, Ix, IxVec, PairIx, SchoolIx};
use dyad::model::instance::{Instance, Parts};
use dyad::model::quantity::Points;
use dyad::model::row::{About, Amount, Outside, Rings, Row};

pub fn instance(rng: &mut Rng) -> Instance {
    let orders = if rng.chance(1, 2) { Orders::CoverageFirst } else { Orders::Any };
    let shape = Shape { coaches: 5, coachees: 6, seats: 3, density: 0, orders, plans: Some(1_500) };
    let mut parts = generate::instance(rng, shape).parts().clone();
    parts.rows = rows(rng, &parts);
    if rng.chance(1, 3) {
        parts.rings = Some(rings(rng, &parts));
    }
    Instance::try_new(parts).expect("generated instances are sound")
}

fn outside(rng: &mut Rng, step: i64) -> Outside {
    match rng.below(5) {
        0..3 => Outside::Forbidden,
        3 => Outside::Costs { step, points: Points([0, 1, 2][rng.below(3)]) },
        _ => Outside::Costs { step, points: Points([3_000_000, 700_000_000_000][rng.below(2)]) },
    }
}

fn rows(rng: &mut Rng, parts: &Parts) -> Vec<Row> {
    let mut rows = Vec::new();
    let pairs = parts.coach.len();
    if pairs == 0 {
        return rows;
    }
    let kinds = 1 + rng.below(3);
    for _ in 0..kinds {
        match rng.below(6) {
            0 => budgets(rng, parts, &mut rows),
            1 => spread(rng, parts, &mut rows),
            2 => mix(rng, pairs, &mut rows),
            3 => quotas(rng, parts, &mut rows),
            4 => sharing(rng, parts, &mut rows),
            _ => mutual(rng, pairs, &mut rows),
        }
    }
    rows.sort_by_key(|r| (r.rule, r.about));
    rows.dedup_by_key(|r| (r.rule, r.about));
    rows
}

fn of_coach(parts: &Parts, coach: CoachIx) -> Vec<PairIx> {
    let mine = parts.coach.iter().enumerate().filter(|(_, c)| **c == coach);
    mine.map(|(at, _)| PairIx::from_usize(at)).collect()
}

fn coachee(parts: &Parts, pair: PairIx) -> usize {
    parts.starts.partition_point(|s| *s <= pair.to_usize()) - 1
}

/// A budget of each coach's pairs.
fn budgets(rng: &mut Rng, parts: &Parts, rows: &mut Vec<Row>) {
    let step = [1, 3, 60][rng.below(3)];
    let outside = outside(rng, step);
    for coach in parts.seats.indexes() {
        let mut terms: Vec<(PairIx, i64)> =
            of_coach(parts, coach).into_iter().map(|p| (p, i64::from(rng.small(70)))).collect();
        terms.retain(|t| t.1 != 0);
        if !terms.is_empty() {
            let most = Some(i64::from(rng.small(100)));
            let about = About::Coach(coach);
            rows.push(Row {
                rule: RuleKey::TravelBudget,
                about,
                amount: Amount::Sum(terms),
                least: None,
                most,
                outside,
            });
        }
    }
}

/// Few sets of each coach's pairs.
fn spread(rng: &mut Rng, parts: &Parts, rows: &mut Vec<Row>) {
    let outside = outside(rng, 1);
    let most = Some(i64::from(1 + rng.small(2)));
    for coach in parts.seats.indexes() {
        let mut sets = vec![Vec::new(); 3];
        for pair in of_coach(parts, coach) {
            sets[coachee(parts, pair) % 3].push(pair);
        }
        sets.retain(|s| !s.is_empty());
        if !sets.is_empty() {
            let about = About::Coach(coach);
            let amount = Amount::Distinct(sets);
            rows.push(Row { rule: RuleKey::SectorSpread, about, amount, least: None, most, outside });
        }
    }
}

/// A share of all pairs.
fn mix(rng: &mut Rng, pairs: usize, rows: &mut Vec<Row>) {
    let share = [1, 400_000, 500_000, 999_999][rng.below(4)];
    let weight = |rng: &mut Rng| if rng.chance(1, 2) { 1_000_000 - share } else { -share };
    let terms = (0..pairs).map(|p| (PairIx::from_usize(p), weight(rng))).collect();
    let outside = outside(rng, 1_000_000);
    let amount = Amount::Sum(terms);
    rows.push(Row {
        rule: RuleKey::SectorMix,
        about: About::Programme,
        amount,
        least: Some(0),
        most: None,
        outside,
    });
}

/// Least and most numbers of coachees.
fn quotas(rng: &mut Rng, parts: &Parts, rows: &mut Vec<Row>) {
    let outside = outside(rng, 1);
    for school in 0..2 {
        let mut sets: Vec<Vec<PairIx>> = Vec::new();
        for coachee in parts.demand.indexes().filter(|e| e.to_usize() % 2 == school) {
            let pairs = parts.starts[coachee.to_usize()]..parts.starts[coachee.to_usize() + 1];
            sets.push(pairs.map(PairIx::from_usize).collect());
        }
        sets.retain(|s| !s.is_empty());
        if sets.is_empty() {
            continue;
        }
        let least = rng.chance(2, 3).then(|| 1 + i64::from(rng.small(3)));
        let most =
            (least.is_none() || rng.chance(1, 2)).then(|| least.unwrap_or(0) + i64::from(rng.small(2)));
        let about = About::School(SchoolIx::from_usize(school));
        rows.push(Row {
            rule: RuleKey::SchoolQuota,
            about,
            amount: Amount::Distinct(sets),
            least,
            most,
            outside,
        });
    }
}

/// Two coachees who may not share a coach.
fn sharing(rng: &mut Rng, parts: &Parts, rows: &mut Vec<Row>) {
    let outside = outside(rng, 1);
    for coach in parts.seats.indexes() {
        let mine = of_coach(parts, coach);
        for (at, one) in mine.iter().enumerate() {
            for other in &mine[at + 1..] {
                if rng.chance(1, 4) {
                    let who = |p| CoacheeIx::from_usize(coachee(parts, p));
                    let about = About::Sharing(coach, who(*one), who(*other));
                    let amount = Amount::Sum(vec![(*one, 1), (*other, 1)]);
                    rows.push(Row {
                        rule: RuleKey::Apart,
                        about,
                        amount,
                        least: None,
                        most: Some(1),
                        outside,
                    });
                }
            }
        }
    }
}

/// Two pairs of which at most one may be made, or one that may not be made.
fn mutual(rng: &mut Rng, pairs: usize, rows: &mut Vec<Row>) {
    let outside = outside(rng, 1);
    for _ in 0..3 {
        let (a, b) = (rng.below(pairs), rng.below(pairs));
        let (one, other) = (PairIx::from_usize(a.min(b)), PairIx::from_usize(a.max(b)));
        let mut terms = vec![(one, 1), (other, 1)];
        terms.dedup();
        let most = Some(i64::from(one != other));
        let about = About::Mutual(one, other);
        rows.push(Row {
            rule: RuleKey::Reciprocity,
            about,
            amount: Amount::Sum(terms),
            least: None,
            most,
            outside,
        });
    }
}

fn rings(rng: &mut Rng, parts: &Parts) -> Rings {
    let same = parts.seats.indexes().map(|c| {
        let person = CoacheeIx::from_usize(c.to_usize());
        (person.to_usize() < parts.demand.len() && rng.chance(4, 5)).then_some(person)
    });
    let same: IxVec<CoachIx, Option<CoacheeIx>> = same.collect();
    let mut outside = outside(rng, 1);
    let mut longest = [Some(3), Some(4), None][rng.below(3)];
    if outside != Outside::Forbidden {
        longest = Some(3);
    }
    if rng.chance(1, 2) {
        (outside, longest) = (Outside::Forbidden, None);
    }
    let exempt = (0..parts.coach.len()).filter(|_| rng.chance(1, 12)).map(PairIx::from_usize).collect();
    Rings { same, longest, outside, exempt }
}
