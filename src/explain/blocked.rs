//! Limits over several pairs that keep somebody from a coach who has places left.

use super::limits::{Circle, Made, distance};
use super::placed::{Placed, coaches};
use crate::model::catalogue::{RuleKey, Word};
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use crate::model::outcome::Assignment;
use crate::model::row::{Amount, Outside, Row};
use crate::rules::Compiled;
use std::collections::BTreeMap;

/// The first rule that each pair in question would break if it were added to the plan.
pub(super) struct Blocked(BTreeMap<PairIx, RuleKey>);

impl Blocked {
    /// The pairs in question are those of the coachees given with coaches who have places left. O(terms + pairs in question).
    pub fn new(compiled: &Compiled<'_>, chosen: &Assignment, placed: &Placed, short: &[CoacheeIx]) -> Self {
        let parts = compiled.instance.parts();
        if short.is_empty() || parts.rows.is_empty() && parts.rings.is_none() {
            return Self(BTreeMap::new());
        }
        let made = Made::new(&compiled.instance, chosen);
        let open = |pair: &PairIx| {
            let coach = parts.coach[pair.to_usize()];
            !made.has(*pair) && placed.coachees[coach].len() < parts.seats[coach].max as usize
        };
        let asked = short.iter().flat_map(|e| compiled.instance.rows(*e)).map(PairIx::from_usize);
        let mut asked: BTreeMap<PairIx, Option<RuleKey>> =
            asked.filter(open).map(|pair| (pair, None)).collect();
        for row in parts.rows.iter().filter(|row| row.outside == Outside::Forbidden) {
            breaks(row, &made, &mut asked);
        }
        if let Some(rings) = parts.rings.as_ref().filter(|r| r.outside == Outside::Forbidden) {
            let circle = Circle::new(&compiled.instance, rings, &made);
            for (pair, found) in
                asked.iter_mut().filter(|(pair, found)| found.is_none() && !rings.exempts(**pair))
            {
                let coach = parts.coach[pair.to_usize()];
                let person = compiled.roster.coachees[compiled.instance.coachee_of(*pair)].person;
                let Some(own) = compiled.roster.people[person].coach else { continue };
                let way = circle.way(own, coach, |from, to| from == own && to == coach);
                let meant = |way: &Vec<CoachIx>| rings.longest.is_none_or(|l| way.len() <= l as usize);
                *found = way.filter(meant).map(|_| RuleKey::Rings);
            }
        }
        Self(asked.into_iter().filter_map(|(pair, rule)| Some((pair, rule?))).collect())
    }

    /// `3 coaches are possible: the travel budgets of 2 are spent, 1 has places for others`; `None` where no limit is behind it.
    pub fn say(&self, compiled: &Compiled<'_>, placed: &Placed, coachee: CoacheeIx) -> Option<String> {
        let rows = compiled.instance.rows(coachee);
        let others = rows.len() - placed.coaches[coachee].len();
        let mut counts: BTreeMap<RuleKey, usize> = BTreeMap::new();
        for rule in rows.filter_map(|row| self.0.get(&PairIx::from_usize(row))) {
            *counts.entry(*rule).or_default() += 1;
        }
        let blocked: usize = counts.values().sum();
        let mut says: Vec<String> = counts.iter().map(|(rule, n)| because(*rule, *n)).collect();
        if others > blocked {
            let n = others - blocked;
            says.push(format!("{n} {} places for others", if n == 1 { "has" } else { "have" }));
        }
        let are = if others == 1 { "is" } else { "are" };
        (blocked > 0).then(|| format!("{} {are} possible: {}", coaches(others), says.join(", ")))
    }
}

/// Marks the pairs that a row forbids.
fn breaks(row: &Row, made: &Made, asked: &mut BTreeMap<PairIx, Option<RuleKey>>) {
    let amount = made.amount(&row.amount);
    let mut mark = |pair: PairIx, weight: i64| {
        let worse = distance(row, amount + weight) > distance(row, amount);
        if let Some(found) = asked.get_mut(&pair).filter(|found| worse && found.is_none()) {
            *found = Some(row.rule);
        }
    };
    match &row.amount {
        Amount::Sum(terms) => terms.iter().for_each(|(pair, weight)| mark(*pair, *weight)),
        Amount::Distinct(sets) => {
            for set in sets.iter().filter(|set| !set.iter().any(|pair| made.has(*pair))) {
                for pair in set {
                    mark(*pair, 1);
                }
            }
        }
    }
}

fn because(rule: RuleKey, n: usize) -> String {
    let (s, is, has) = if n == 1 { ("", "is", "has") } else { ("s", "are", "have") };
    match rule {
        RuleKey::TravelBudget => format!("the travel budget{s} of {n} {is} spent"),
        RuleKey::Hours => format!("the hours of {n} are spent"),
        RuleKey::External => format!("{n} would go over the budget for external coaches"),
        RuleKey::TwoClients => format!("{n} {has} a coachee who manages or is managed by this one"),
        RuleKey::Apart => format!("{n} {has} a coachee with whom this one must not share a coach"),
        RuleKey::SectorSpread => format!("{n} would have coachees of too many sectors"),
        RuleKey::SectorMix => format!("with {n} too few pairs would cross sectors"),
        RuleKey::SchoolQuota => format!("with {n} the school would have more than its quota"),
        RuleKey::Reciprocity => format!("{n} {is} coached by this person"),
        RuleKey::Rings => format!("{n} would close a ring"),
        other => format!("{n} stopped by {}", other.key()),
    }
}
