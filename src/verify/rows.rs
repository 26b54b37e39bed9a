//! The rows of a roster, written down a second time from the table in `model/row.rs` and the words of `docs/rules.md`.
//! O(pairs) and, for the rules about two coachees, O(twos × coaches of the one).

use super::facts::{bit, first_sector};
use super::judge::World;
use super::problem::find;
use crate::model::catalogue::{Level, RuleKey, Sector, Word};
use crate::model::index::{CoachIx, CoacheeIx, Ix, IxVec, PairIx, PersonIx, SchoolIx};
use crate::model::instance::Parts;
use crate::model::quantity::Points;
use crate::model::roster::Against;
use crate::model::row::{About, Amount, Outside, Rings, Row};
use std::collections::BTreeMap;

/// Whether waivers are looked at. Without them the rows show which pairs rest on a waiver.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Waivers {
    Heeded,
    Ignored,
}

/// One rule at its level.
struct Rule {
    key: RuleKey,
    level: Level,
    outside: Outside,
}

struct Clerk<'w> {
    world: &'w World<'w>,
    parts: &'w Parts,
    waivers: Waivers,
    rows: Vec<Row>,
}

/// Every row that can bind, by rule, then what it is about.
pub(super) fn rows(world: &World<'_>, parts: &Parts, waivers: Waivers) -> Vec<Row> {
    let mut clerk = Clerk { world, parts, waivers, rows: Vec::new() };
    clerk.travel_budget();
    clerk.hours();
    clerk.budget();
    let clients = clerk.two_clients();
    clerk.sharing(RuleKey::TwoClients, world.rules.two_clients.weight, &clients);
    let apart = clerk.apart();
    clerk.sharing(RuleKey::Apart, world.rules.apart.weight, &apart);
    clerk.sector_spread();
    clerk.sector_mix();
    clerk.school_quota();
    clerk.reciprocity();
    let mut rows = clerk.rows;
    rows.retain(can_bind);
    rows.sort_by_key(|row| (row.rule, row.about));
    rows
}

/// Where rings are avoided.
pub(super) fn rings(world: &World<'_>, parts: &Parts, waivers: Waivers) -> Option<Rings> {
    let rule = &world.rules.rings;
    let outside = at_level(rule.level, 1, rule.weight)?;
    let clerk = Clerk { world, parts, waivers, rows: Vec::new() };
    let same: IxVec<CoachIx, Option<CoacheeIx>> =
        world.roster.coaches.iter().map(|c| world.roster.people[c.person].coachee).collect();
    if same.iter().flatten().count() < 3 {
        return None;
    }
    let rule = Rule { key: RuleKey::Rings, level: rule.level, outside };
    let exempt = clerk.pairs().filter(|(pair, ..)| clerk.waived(&rule, *pair)).map(|(pair, ..)| pair);
    Some(Rings { same, longest: world.rules.rings.longest, outside, exempt: exempt.collect() })
}

/// The level of a rule about several pairs. The budget for external coaches has its own, unless the rule itself is hard
/// or waivable.
pub(super) fn level(world: &World<'_>, key: RuleKey) -> Level {
    let external = &world.rules.external;
    match (key, external.level) {
        (RuleKey::External, Level::Soft | Level::Info) => external.limit,
        _ => world.rules.level(key),
    }
}

fn at_level(level: Level, step: i64, points: Points) -> Option<Outside> {
    match level {
        Level::Hard | Level::Waivable => Some(Outside::Forbidden),
        Level::Soft => Some(Outside::Costs { step, points }),
        Level::Info | Level::Off => None,
    }
}

/// The lowest and the highest amount that any choice of pairs could have.
pub(super) fn extremes(amount: &Amount) -> (i128, i128) {
    match amount {
        Amount::Sum(terms) => terms.iter().fold((0, 0), |(low, high), (_, weight)| {
            let weight = i128::from(*weight);
            (low + weight.min(0), high + weight.max(0))
        }),
        Amount::Distinct(sets) => (0, i128::try_from(sets.len()).unwrap_or(i128::MAX)),
    }
}

fn can_bind(row: &Row) -> bool {
    let (lowest, highest) = extremes(&row.amount);
    row.least.is_some_and(|least| lowest < i128::from(least))
        || row.most.is_some_and(|most| highest > i128::from(most))
}

/// The coachee of a pair.
pub(super) fn coachee_of(parts: &Parts, pair: PairIx) -> CoacheeIx {
    CoacheeIx::from_usize(parts.starts.partition_point(|start| *start <= pair.to_usize()) - 1)
}

/// Two coachees, the lower first.
type Two = (CoacheeIx, CoacheeIx);

impl<'w> Clerk<'w> {
    fn pairs(&self) -> impl Iterator<Item = (PairIx, CoacheeIx, CoachIx)> + use<'w> {
        let parts = self.parts;
        parts.demand.indexes().flat_map(move |coachee| {
            let rows = parts.starts[coachee.to_usize()]..parts.starts[coachee.to_usize() + 1];
            rows.map(move |row| (PairIx::from_usize(row), coachee, parts.coach[row]))
        })
    }

    fn rule(&self, key: RuleKey, step: i64, points: Points) -> Option<Rule> {
        let level = level(self.world, key);
        Some(Rule { key, level, outside: at_level(level, step, points)? })
    }

    fn waived(&self, rule: &Rule, pair: PairIx) -> bool {
        let lifts = self.waivers == Waivers::Heeded && rule.level == Level::Waivable;
        let coach = self.parts.coach[pair.to_usize()];
        lifts && self.world.waived(rule.key, coach, coachee_of(self.parts, pair))
    }

    fn add(&mut self, rule: &Rule, about: About, amount: Amount, (least, most): (Option<i64>, Option<i64>)) {
        self.rows.push(Row { rule: rule.key, about, amount, least, most, outside: rule.outside });
    }

    /// The pairs that count, by coach.
    fn by_coach(&self, rule: &Rule) -> Vec<Vec<(PairIx, CoacheeIx)>> {
        let mut pairs = vec![Vec::new(); self.parts.seats.len()];
        for (pair, coachee, coach) in self.pairs() {
            if !self.waived(rule, pair) {
                pairs[coach.to_usize()].push((pair, coachee));
            }
        }
        pairs
    }

    fn travel_budget(&mut self) {
        let world = self.world;
        let Some(rule) = self.rule(RuleKey::TravelBudget, 60, world.rules.travel_budget.weight) else {
            return;
        };
        let pairs = self.by_coach(&rule);
        for (coach, row) in world.roster.coaches.enumerate() {
            let Some(budget) = row.minutes_budget else { continue };
            let minutes = |coachee| world.minutes(coach, coachee, world.row(coach, coachee));
            let terms = pairs[coach.to_usize()].iter().filter_map(|(pair, coachee)| {
                minutes(*coachee).filter(|m| m.0 > 0).map(|m| (*pair, i64::from(m.0)))
            });
            self.add(
                &rule,
                About::Coach(coach),
                Amount::Sum(terms.collect()),
                (None, Some(i64::from(budget))),
            );
        }
    }

    fn hours(&mut self) {
        let settings = self.world.rules.hours;
        let Some(rule) = self.rule(RuleKey::Hours, 100, settings.weight) else { return };
        let pairs = self.by_coach(&rule);
        for (coach, row) in self.world.roster.coaches.enumerate() {
            let Some(hours) = row.hours else { continue };
            let each = i64::from(settings.per_pair);
            let terms = pairs[coach.to_usize()].iter().filter(|_| each > 0).map(|(pair, _)| (*pair, each));
            self.add(
                &rule,
                About::Coach(coach),
                Amount::Sum(terms.collect()),
                (None, Some(i64::from(hours))),
            );
        }
    }

    /// What external coaches cost together. The level is the limit's, unless the rule itself is hard or waivable.
    fn budget(&mut self) {
        let settings = self.world.rules.external;
        let level = level(self.world, RuleKey::External);
        let (Some(budget), Some(outside)) = (settings.budget, at_level(level, 1, Points::ZERO)) else {
            return;
        };
        let rule = Rule { key: RuleKey::External, level, outside };
        let world = self.world;
        let cost = |coach: CoachIx| {
            let row = &world.roster.coaches[coach];
            let external = world.person(row.person).sectors & bit(Sector::External) != 0;
            let cost = row.cost.filter(|_| external).unwrap_or(0);
            i64::from(cost).saturating_mul(i64::from(settings.days))
        };
        let terms = self.pairs().filter(|(pair, ..)| !self.waived(&rule, *pair));
        let terms: Vec<_> =
            terms.map(|(pair, _, coach)| (pair, cost(coach))).filter(|term| term.1 != 0).collect();
        let most = i64::try_from(budget).unwrap_or(i64::MAX).saturating_mul(100);
        self.add(&rule, About::Programme, Amount::Sum(terms), (None, Some(most)));
    }

    /// Coachees of whom one manages the other.
    fn two_clients(&self) -> Vec<Two> {
        let roster = self.world.roster;
        let mut twos = Vec::new();
        for (one, row) in roster.coachees.enumerate() {
            let managers = &self.world.person(row.person).managers;
            let others = managers.iter().filter_map(|manager| roster.people[*manager].coachee);
            twos.extend(others.map(|other| (one.min(other), one.max(other))));
        }
        twos
    }

    /// Coachees of whom one has declared something about the other.
    fn apart(&self) -> Vec<Two> {
        let roster = self.world.roster;
        let during = roster.programme.window();
        let in_force = roster.conflicts.iter().filter(|c| c.window.overlaps(during));
        let twos = in_force.filter_map(|conflict| {
            let Against::Person(other) = conflict.other else { return None };
            let (one, other) = (roster.people[conflict.person].coachee?, roster.people[other].coachee?);
            Some((one.min(other), one.max(other)))
        });
        twos.collect()
    }

    fn sharing(&mut self, key: RuleKey, weight: Points, twos: &[Two]) {
        let Some(rule) = self.rule(key, 1, weight) else { return };
        let mut twos = twos.to_vec();
        twos.sort_unstable();
        twos.dedup();
        let parts = self.parts;
        for (one, other) in twos.into_iter().filter(|(one, other)| one != other) {
            for row in parts.starts[one.to_usize()]..parts.starts[one.to_usize() + 1] {
                let (pair, coach) = (PairIx::from_usize(row), parts.coach[row]);
                let Some(second) = find(parts, other, coach) else { continue };
                if !self.waived(&rule, pair) && !self.waived(&rule, second) {
                    let amount = Amount::Sum(vec![(pair, 1), (second, 1)]);
                    self.add(&rule, About::Sharing(coach, one, other), amount, (None, Some(1)));
                }
            }
        }
    }

    fn sector_spread(&mut self) {
        let settings = self.world.rules.sector_spread;
        let Some(rule) = self.rule(RuleKey::SectorSpread, 1, settings.weight) else { return };
        for (coach, pairs) in self.by_coach(&rule).into_iter().enumerate() {
            let mut sets: BTreeMap<Sector, Vec<PairIx>> = BTreeMap::new();
            for (pair, coachee) in pairs {
                let facts = self.world.person(self.world.roster.coachees[coachee].person);
                if let Some(sector) = first_sector(facts.sectors) {
                    sets.entry(sector).or_default().push(pair);
                }
            }
            let ordered = Sector::ALL.iter().filter_map(|sector| sets.remove(sector)).collect();
            let about = About::Coach(CoachIx::from_usize(coach));
            self.add(&rule, about, Amount::Distinct(ordered), (None, Some(i64::from(settings.k))));
        }
    }

    fn sector_mix(&mut self) {
        let settings = self.world.rules.sector_mix;
        let Some(rule) = self.rule(RuleKey::SectorMix, 1_000_000, settings.weight) else { return };
        let world = self.world;
        let sectors = |person: PersonIx| world.person(person).sectors;
        let share = i64::from(settings.share);
        let mut terms = Vec::new();
        for (pair, coachee, coach) in self.pairs() {
            let (a, b) =
                (sectors(world.roster.coaches[coach].person), sectors(world.roster.coachees[coachee].person));
            let crosses = a != 0 && b != 0 && a & b == 0;
            let weight = if crosses { 1_000_000 - share } else { -share };
            if weight != 0 && !self.waived(&rule, pair) {
                terms.push((pair, weight));
            }
        }
        self.add(&rule, About::Programme, Amount::Sum(terms), (Some(0), None));
    }

    fn school_quota(&mut self) {
        let settings = self.world.rules.school_quota;
        let Some(rule) = self.rule(RuleKey::SchoolQuota, 1, settings.weight) else { return };
        let world = self.world;
        let mut schools: BTreeMap<SchoolIx, Vec<Vec<PairIx>>> = BTreeMap::new();
        for (coachee, row) in world.roster.coachees.enumerate().filter(|(ix, _)| world.wants_now(*ix)) {
            let Some(school) = world.person(row.person).schools.first() else { continue };
            let rows = self.parts.starts[coachee.to_usize()]..self.parts.starts[coachee.to_usize() + 1];
            let set: Vec<PairIx> =
                rows.map(PairIx::from_usize).filter(|pair| !self.waived(&rule, *pair)).collect();
            let sets = schools.entry(*school).or_default();
            if !set.is_empty() {
                sets.push(set);
            }
        }
        let least = Some(i64::from(settings.least)).filter(|least| *least > 0);
        for (school, sets) in schools {
            let limits = (least, settings.most.map(i64::from));
            self.add(&rule, About::School(school), Amount::Distinct(sets), limits);
        }
    }

    fn reciprocity(&mut self) {
        let Some(rule) = self.rule(RuleKey::Reciprocity, 1, self.world.rules.reciprocity.weight) else {
            return;
        };
        let (world, parts) = (self.world, self.parts);
        let roster = world.roster;
        let live =
            |coach: PersonIx, coachee: PersonIx| world.ties.coaching.binary_search(&(coach, coachee)).is_ok();
        for (pair, coachee, coach) in self.pairs() {
            let (a, b) = (roster.coaches[coach].person, roster.coachees[coachee].person);
            if self.waived(&rule, pair) {
                continue;
            }
            if live(b, a) {
                self.add(&rule, About::Mutual(pair, pair), Amount::Sum(vec![(pair, 1)]), (None, Some(0)));
                continue;
            }
            let reverse = roster.people[a].coachee.zip(roster.people[b].coach);
            let Some(reverse) = reverse.and_then(|(e, c)| find(parts, e, c)) else { continue };
            if pair < reverse && !live(a, b) && !self.waived(&rule, reverse) {
                let amount = Amount::Sum(vec![(pair, 1), (reverse, 1)]);
                self.add(&rule, About::Mutual(pair, reverse), amount, (None, Some(1)));
            }
        }
    }
}
