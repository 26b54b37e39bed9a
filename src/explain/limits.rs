//! Limits over several pairs held against a plan: which rows are outside and by how much, which rings there are, and
//! which pair pays. O(terms of the rows), and for rings O(pairs of the plan) for each person on both lists.

use crate::model::catalogue::RuleKey;
use crate::model::index::{CoachIx, Ix, PairIx};
use crate::model::instance::Instance;
use crate::model::outcome::Assignment;
use crate::model::quantity::Points;
use crate::model::row::{Amount, Outside, Rings, Row};
use crate::rules::Several;
use std::cmp::Reverse;

/// The pairs of a plan, to be asked one by one.
pub(super) struct Made {
    /// Ascending, in the order of the plan.
    pub pairs: Vec<PairIx>,
    has: Vec<bool>,
}

impl Made {
    pub fn new(instance: &Instance, chosen: &Assignment) -> Self {
        let mut has = vec![false; instance.pairs()];
        let pairs: Vec<PairIx> = chosen.pairs.iter().filter_map(|(e, c)| instance.pair(*e, *c)).collect();
        for pair in &pairs {
            has[pair.to_usize()] = true;
        }
        Self { pairs, has }
    }

    pub fn has(&self, pair: PairIx) -> bool {
        self.has[pair.to_usize()]
    }

    pub fn amount(&self, amount: &Amount) -> i64 {
        match amount {
            Amount::Sum(terms) => terms.iter().filter(|term| self.has(term.0)).map(|term| term.1).sum(),
            Amount::Distinct(sets) => {
                sets.iter().map(|set| i64::from(set.iter().any(|pair| self.has(*pair)))).sum()
            }
        }
    }

    /// The pairs of the plan that count in a row.
    pub fn counting<'a>(&'a self, amount: &'a Amount) -> impl Iterator<Item = PairIx> + 'a {
        crate::rules::counting(amount).filter(|pair| self.has(*pair))
    }
}

/// How far an amount is outside a row's limits.
pub(super) fn distance(row: &Row, amount: i64) -> i64 {
    let below = row.least.map_or(0, |least| least - amount);
    let above = row.most.map_or(0, |most| amount - most);
    below.max(above).max(0)
}

/// A row that a plan is outside of.
pub(super) struct Breach<'r> {
    pub row: &'r Row,
    pub amount: i64,
    pub over: i64,
}

/// The rows outside their limits, in order.
pub(super) fn breaches<'r>(several: &'r Several, made: &Made) -> Vec<Breach<'r>> {
    rows_outside(&several.rows, made).collect()
}

/// The same, of an instance's soft rows.
pub(super) fn soft_breaches<'r>(instance: &'r Instance, made: &Made) -> Vec<Breach<'r>> {
    let soft = |b: &Breach<'_>| b.row.outside != Outside::Forbidden;
    rows_outside(&instance.parts().rows, made).filter(soft).collect()
}

fn rows_outside<'r>(rows: &'r [Row], made: &Made) -> impl Iterator<Item = Breach<'r>> {
    rows.iter().filter_map(|row| {
        let amount = made.amount(&row.amount);
        let over = distance(row, amount);
        (over > 0).then_some(Breach { row, amount, over })
    })
}

/// What a soft rule takes for something outside.
pub(super) struct Toll {
    pub rule: RuleKey,
    pub points: Points,
    /// The position in the plan of the pair that pays; `None` where no pair counts.
    pub at: Option<usize>,
}

/// What a breach costs, and who pays.
pub(super) fn toll(instance: &Instance, made: &Made, breach: &Breach<'_>) -> Option<Toll> {
    let Outside::Costs { step, points } = breach.row.outside else { return None };
    // The plan's score has room for it: the instance's scores and charges were added up when it was solved.
    let points = Points(points.0.saturating_mul((breach.over + step - 1) / step));
    let at = payer(instance, made, made.counting(&breach.row.amount));
    (points != Points::ZERO).then_some(Toll { rule: breach.row.rule, points, at })
}

/// The pair with the highest own score, the lower coachee and then the lower coach among equals.
fn payer(instance: &Instance, made: &Made, pairs: impl Iterator<Item = PairIx>) -> Option<usize> {
    let score = |pair: &PairIx| instance.parts().score[pair.to_usize()];
    let pair = pairs.min_by_key(|pair| (Reverse(score(pair)), *pair))?;
    made.pairs.binary_search(&pair).ok()
}

/// What soft rings of three cost, with the people of each.
pub(super) fn ring_tolls(instance: &Instance, made: &Made) -> Vec<(Vec<CoachIx>, Toll)> {
    let Some(rings) = &instance.parts().rings else { return Vec::new() };
    let Outside::Costs { points, .. } = rings.outside else { return Vec::new() };
    let circle = Circle::new(instance, rings, made);
    let toll = |ring: [(CoachIx, PairIx); 3]| {
        let at = payer(instance, made, ring.iter().map(|r| r.1));
        (ring.iter().map(|r| r.0).collect(), Toll { rule: RuleKey::Rings, points, at })
    };
    circle.of_three().into_iter().filter(|_| points != Points::ZERO).map(toll).collect()
}

/// The rings that a plan has, as far as they are meant: the shortest through each person who is the first of one.
pub(super) fn rings(instance: &Instance, rings: &Rings, made: &Made) -> Vec<Vec<CoachIx>> {
    let circle = Circle::new(instance, rings, made);
    let meant = |ring: &Vec<CoachIx>| rings.longest.is_none_or(|longest| ring.len() <= longest as usize);
    rings.same.indexes().filter_map(|first| circle.through(first)).filter(meant).collect()
}

/// Who coaches whom in a plan among the people on both lists.
pub(super) struct Circle {
    /// By coach, ascending: whom they coach, with the pair.
    edges: Vec<Vec<(CoachIx, PairIx)>>,
}

impl Circle {
    pub fn new(instance: &Instance, rings: &Rings, made: &Made) -> Self {
        let mut as_coach = vec![None; instance.coachees()];
        for (coach, coachee) in rings.same.enumerate() {
            if let Some(coachee) = coachee {
                as_coach[coachee.to_usize()] = Some(coach);
            }
        }
        let mut edges = vec![Vec::new(); instance.coaches()];
        for pair in made.pairs.iter().filter(|pair| !rings.exempts(**pair)) {
            let coach = instance.parts().coach[pair.to_usize()];
            let other: Option<CoachIx> = as_coach[instance.coachee_of(*pair).to_usize()];
            if let Some(other) = other.filter(|_| rings.same[coach].is_some()) {
                edges[coach.to_usize()].push((other, *pair));
            }
        }
        for list in &mut edges {
            list.sort_unstable();
        }
        Self { edges }
    }

    fn of(&self, coach: CoachIx) -> &[(CoachIx, PairIx)] {
        &self.edges[coach.to_usize()]
    }

    /// Every ring of three, once, from its first person.
    fn of_three(&self) -> Vec<[(CoachIx, PairIx); 3]> {
        let mut found = Vec::new();
        for a in (0..self.edges.len()).map(CoachIx::from_usize) {
            for (b, ab) in self.of(a).iter().filter(|(b, _)| *b > a) {
                for (c, bc) in self.of(*b).iter().filter(|(c, _)| *c > a && c != b) {
                    let back = self.of(*c).iter().filter(|(d, _)| *d == a);
                    found.extend(back.map(|(_, ca)| [(a, *ab), (*b, *bc), (*c, *ca)]));
                }
            }
        }
        found
    }

    /// A shortest ring of three or more people of whom this is the first.
    fn through(&self, first: CoachIx) -> Option<Vec<CoachIx>> {
        let starts = self.of(first).iter().map(|edge| edge.0).filter(|next| *next > first);
        let rings = starts.filter_map(|second| {
            let mut way = self.way(second, first, |from, to| to < first || from == second && to == first)?;
            way.insert(0, first);
            way.pop();
            Some(way)
        });
        rings.min_by_key(Vec::len)
    }

    /// A shortest way from one person to another, both included, without some steps.
    pub fn way(
        &self,
        from: CoachIx,
        to: CoachIx,
        barred: impl Fn(CoachIx, CoachIx) -> bool,
    ) -> Option<Vec<CoachIx>> {
        let mut came: Vec<Option<CoachIx>> = vec![None; self.edges.len()];
        let mut queue = std::collections::VecDeque::from([from]);
        came[from.to_usize()] = Some(from);
        while let Some(at) = queue.pop_front() {
            if at == to {
                let mut way = vec![to];
                while let Some(before) =
                    came[way[way.len() - 1].to_usize()].filter(|_| way[way.len() - 1] != from)
                {
                    way.push(before);
                }
                way.reverse();
                return Some(way);
            }
            for (next, _) in self.of(at) {
                if came[next.to_usize()].is_none() && !barred(at, *next) {
                    came[next.to_usize()] = Some(at);
                    queue.push_back(*next);
                }
            }
        }
        None
    }
}
