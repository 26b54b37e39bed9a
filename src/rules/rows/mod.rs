//! The rules about several pairs, compiled to rows and rings: one file per family. The units are those of `model::row`.
//!
//! Every family walks the pairs once and looks waivers up; the rules about two coachees walk the pairs of both for each
//! two. O(pairs + terms). At level `info` the same rows are made, and kept aside: they are only told about.

mod budgets;
mod circles;
mod quota;
mod sectors;
mod sharing;

use super::all::Rules;
use super::locks::in_force;
use crate::model::catalogue::{Level, RuleKey, Word};
use crate::model::finding::Finding;
use crate::model::index::{CoachIx, CoacheeIx, Ix, IxVec, PairIx};
use crate::model::instance::Parts;
use crate::model::quantity::Points;
use crate::model::row::{About, Amount, Outside, Rings, Row};
use crate::model::rulebook::RuleBook;

/// The most rows: at some 160 bytes a row, 1.6 GB, what a laptop of 8 GB can solve beside other work.
const MOST_ROWS: usize = 10_000_000;

/// Rows, and where rings are avoided.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Several {
    /// By rule, then what they are about.
    pub rows: Vec<Row>,
    pub rings: Option<Rings>,
}

/// What the rules about several pairs come to.
pub(super) struct Limits {
    /// For the solver.
    pub binding: Several,
    /// At level `info`.
    pub told: Several,
    /// Waived pairs that would count in a row (or could be part of a ring): by coachee, coach, rule.
    pub lifted: Vec<(CoacheeIx, CoachIx, RuleKey)>,
    /// Minutes and costs that are not known.
    pub findings: Vec<Finding>,
}

/// `None` where there are more than [`MOST_ROWS`] rows.
pub(super) fn limits(rules: &Rules<'_>, parts: &Parts) -> Option<Limits> {
    let mut sheet = Sheet::new(rules, parts, Waivers::Heeded);
    sheet.fill();
    let lifted = if sheet.waived { lifted(rules, parts)? } else { Vec::new() };
    let Sheet { mut binding, mut told, findings, full, .. } = sheet;
    for several in [&mut binding, &mut told] {
        several.rows.sort_unstable_by_key(|row| (row.rule, row.about));
    }
    (!full).then_some(Limits { binding, told, lifted, findings })
}

/// The waived pairs that count where waivers are not looked at.
fn lifted(rules: &Rules<'_>, parts: &Parts) -> Option<Vec<(CoacheeIx, CoachIx, RuleKey)>> {
    let mut sheet = Sheet::new(rules, parts, Waivers::Ignored);
    sheet.fill();
    let rulebook = &rules.facts.roster.programme.rules;
    let level = |key: RuleKey| match key {
        RuleKey::External => rulebook.budget_level(),
        _ => rulebook.level(key),
    };
    let heads: Vec<(RuleKey, Vec<PairIx>)> =
        RuleKey::ALL.iter().map(|key| (*key, exempt(rules, parts, *key, level(*key)))).collect();
    let mut lifted = Vec::new();
    for (key, pairs) in heads.into_iter().filter(|(_, pairs)| !pairs.is_empty()) {
        let rows = sheet.binding.rows.iter().filter(|row| row.rule == key);
        let mut counting: Vec<PairIx> = rows.flat_map(|row| counting(&row.amount)).collect();
        if key == RuleKey::Rings
            && let Some(rings) = &sheet.binding.rings
        {
            counting.extend(circles::inside(rules, parts, rings));
        }
        counting.sort_unstable();
        let counts = pairs.iter().filter(|pair| counting.binary_search(pair).is_ok());
        lifted.extend(counts.map(|pair| (coachee_of(parts, *pair), parts.coach[pair.to_usize()], key)));
    }
    lifted.sort_unstable();
    (!sheet.full).then_some(lifted)
}

/// The pairs that count in a row.
pub(crate) fn counting(amount: &Amount) -> Box<dyn Iterator<Item = PairIx> + '_> {
    match amount {
        Amount::Sum(terms) => Box::new(terms.iter().map(|term| term.0)),
        Amount::Distinct(sets) => Box::new(sets.iter().flatten().copied()),
    }
}

fn coachee_of(parts: &Parts, pair: PairIx) -> CoacheeIx {
    CoacheeIx::from_usize(parts.starts.partition_point(|start| *start <= pair.to_usize()) - 1)
}

/// Whether waivers are looked at. Without them the rows show which pairs rest on one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waivers {
    Heeded,
    Ignored,
}

/// A rule at its level, with the pairs that are waived from it, ascending.
struct Head {
    key: RuleKey,
    level: Level,
    outside: Outside,
    exempt: Vec<PairIx>,
}

impl Head {
    fn waives(&self, pair: PairIx) -> bool {
        self.exempt.binary_search(&pair).is_ok()
    }
}

/// The eligible pairs that a waiver in force lifts from a rule.
fn exempt(rules: &Rules<'_>, parts: &Parts, key: RuleKey, level: Level) -> Vec<PairIx> {
    if level != Level::Waivable {
        return Vec::new();
    }
    let roster = rules.facts.roster;
    let waived = roster.waivers.iter().filter(|w| w.rule == key && in_force(w.expires, roster));
    let pair = |e, c| super::table::find(&parts.starts, &parts.coach, e, c);
    let mut pairs: Vec<PairIx> = waived.filter_map(|w| pair(w.coachee, w.coach)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Where the families write their rows.
struct Sheet<'a, 'r> {
    rules: &'a Rules<'r>,
    parts: &'a Parts,
    waivers: Waivers,
    binding: Several,
    told: Several,
    findings: Vec<Finding>,
    /// Whether some pair is waived from some rule.
    waived: bool,
    /// Whether there were more rows than fit.
    full: bool,
}

impl<'a, 'r> Sheet<'a, 'r> {
    fn new(rules: &'a Rules<'r>, parts: &'a Parts, waivers: Waivers) -> Self {
        let (binding, told) = (Several::default(), Several::default());
        Self { rules, parts, waivers, binding, told, findings: Vec::new(), waived: false, full: false }
    }

    fn book(&self) -> &'r RuleBook {
        &self.rules.facts.roster.programme.rules
    }

    fn fill(&mut self) {
        budgets::travel(self);
        budgets::hours(self);
        budgets::money(self);
        sharing::two_clients(self);
        sharing::apart(self);
        sectors::spread(self);
        sectors::mix(self);
        quota::quota(self);
        circles::reciprocity(self);
        circles::rings(self);
    }

    /// A rule that is on; `points` for each started `step` outside where it is soft.
    fn head(&mut self, key: RuleKey, level: Level, step: i64, points: Points) -> Option<Head> {
        let outside = match level {
            Level::Hard | Level::Waivable => Outside::Forbidden,
            Level::Soft => Outside::Costs { step, points },
            Level::Info => Outside::Costs { step, points: Points::ZERO },
            Level::Off => return None,
        };
        let exempt = match self.waivers {
            Waivers::Heeded => exempt(self.rules, self.parts, key, level),
            Waivers::Ignored => Vec::new(),
        };
        self.waived |= !exempt.is_empty();
        Some(Head { key, level, outside, exempt })
    }

    fn side(&mut self, level: Level) -> &mut Several {
        if level == Level::Info { &mut self.told } else { &mut self.binding }
    }

    /// Writes a row that can bind.
    fn add(&mut self, head: &Head, about: About, amount: Amount, least: Option<i64>, most: Option<i64>) {
        let row = Row { rule: head.key, about, amount, least, most, outside: head.outside };
        let rows = &mut self.side(head.level).rows;
        if rows.len() >= MOST_ROWS {
            self.full = true;
        } else if can_bind(&row) {
            rows.push(row);
        }
    }

    fn pairs(&self) -> impl Iterator<Item = (PairIx, CoacheeIx, CoachIx)> + use<'a> {
        let parts = self.parts;
        parts.demand.indexes().flat_map(move |coachee| {
            let rows = parts.starts[coachee.to_usize()]..parts.starts[coachee.to_usize() + 1];
            rows.map(move |row| (PairIx::from_usize(row), coachee, parts.coach[row]))
        })
    }

    /// The pairs that count of the coaches that are asked for.
    fn by_coach(
        &self,
        head: &Head,
        asked: impl Fn(CoachIx) -> bool,
    ) -> IxVec<CoachIx, Vec<(PairIx, CoacheeIx)>> {
        let asked: IxVec<CoachIx, bool> = self.parts.seats.indexes().map(asked).collect();
        let mut pairs: IxVec<CoachIx, Vec<(PairIx, CoacheeIx)>> = asked.iter().map(|_| Vec::new()).collect();
        for (pair, coachee, coach) in self.pairs() {
            if asked[coach] && !head.waives(pair) {
                pairs[coach].push((pair, coachee));
            }
        }
        pairs
    }
}

/// Whether some choice of pairs, whoever's, would be outside.
fn can_bind(row: &Row) -> bool {
    let (lowest, highest) = match &row.amount {
        Amount::Sum(terms) => terms.iter().fold((0_i128, 0_i128), |(low, high), (_, weight)| {
            let weight = i128::from(*weight);
            (low + weight.min(0), high + weight.max(0))
        }),
        Amount::Distinct(sets) => (0, sets.len() as i128),
    };
    row.least.is_some_and(|least| lowest < i128::from(least))
        || row.most.is_some_and(|most| highest > i128::from(most))
}

/// A rule about several pairs in one sentence.
pub(super) fn sentence(book: &RuleBook, key: RuleKey) -> String {
    match key {
        RuleKey::TravelBudget => budgets::TRAVEL.into(),
        RuleKey::Hours => budgets::hours_sentence(&book.hours),
        RuleKey::TwoClients => sharing::TWO_CLIENTS.into(),
        RuleKey::Apart => sharing::APART.into(),
        RuleKey::SectorSpread => sectors::spread_sentence(book.sector_spread),
        RuleKey::SectorMix => sectors::mix_sentence(&book.sector_mix),
        RuleKey::SchoolQuota => quota::sentence(&book.school_quota),
        RuleKey::Reciprocity => circles::RECIPROCITY.into(),
        RuleKey::Rings => circles::rings_sentence(&book.rings),
        _ => String::new(),
    }
}

pub(super) use budgets::external_sentence;
