//! `school_cap` and `sector_cap`: of one coach's coachees at most k from one school, at most k of one sector.

use super::all::Rules;
use super::facts::Facts;
use crate::model::catalogue::{Level, RuleKey, Status, Word};
use crate::model::fault::{At, Code, Fault};
use crate::model::index::{CoachIx, CoacheeIx, GroupIx, Ix, IxVec, PairIx};
use crate::model::instance::{Excess, NestFamily, NestKind};
use crate::model::roster::Waiver;
use crate::model::rulebook::CapRule;

/// A cap with the group of every coachee who takes part, and the groups' names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cap {
    pub kind: NestKind,
    pub level: Level,
    pub rule: CapRule,
    pub group: IxVec<CoacheeIx, Option<GroupIx>>,
    /// A school's id or a sector's word.
    pub names: Vec<Box<str>>,
}

impl Cap {
    /// The rule's key.
    pub const fn key(&self) -> RuleKey {
        match self.kind {
            NestKind::School => RuleKey::SchoolCap,
            NestKind::Sector => RuleKey::SectorCap,
        }
    }
}

/// The caps that are on, the inner one first.
pub(super) fn caps(facts: &Facts<'_>) -> Vec<Cap> {
    let book = &facts.roster.programme.rules;
    let school = |e: CoacheeIx| facts.schools[facts.coachee(e)].first().map(|s| s.to_usize());
    let sector = |e: CoacheeIx| facts.sectors[facts.coachee(e)].list().next().map(|s| s as usize);
    let school_name = |at: usize| facts.roster.schools[Ix::from_usize(at)].id.clone();
    let sector_name = |at: usize| crate::model::catalogue::Sector::ALL[at].key().into();
    let mut caps = Vec::new();
    if book.school_cap.level != Level::Off {
        caps.push(cap(facts, NestKind::School, book.school_cap, school, school_name));
    }
    if book.sector_cap.level != Level::Off {
        caps.push(cap(facts, NestKind::Sector, book.sector_cap, sector, sector_name));
    }
    caps
}

fn cap(
    facts: &Facts<'_>,
    kind: NestKind,
    rule: CapRule,
    of: impl Fn(CoacheeIx) -> Option<usize>,
    name: impl Fn(usize) -> Box<str>,
) -> Cap {
    let coachees = &facts.roster.coachees;
    let of = |e: CoacheeIx| of(e).filter(|_| coachees[e].status == Status::Active);
    let mut used: Vec<usize> = coachees.indexes().filter_map(of).collect();
    used.sort_unstable();
    used.dedup();
    let number = |e| of(e).and_then(|at| used.binary_search(&at).ok()).map(GroupIx::from_usize);
    Cap {
        kind,
        level: rule.level,
        rule,
        group: coachees.indexes().map(number).collect(),
        names: used.iter().map(|at| name(*at)).collect(),
    }
}

/// Whether a cap binds the solver; at `info` it only makes findings.
pub(super) fn binds(cap: &Cap) -> bool {
    matches!(cap.level, Level::Hard | Level::Waivable | Level::Soft)
}

/// The nests of an instance with these pairs.
pub(super) fn nests(
    rules: &Rules<'_>,
    caps: &[Cap],
    pair: impl Fn(CoacheeIx, CoachIx) -> Option<PairIx>,
) -> Vec<NestFamily> {
    let family = |cap: &Cap| NestFamily {
        kind: cap.kind,
        cap: cap.rule.k,
        excess: if cap.level == Level::Soft { Excess::Costs(cap.rule.weight) } else { Excess::Forbidden },
        group: cap.group.clone(),
        exempt: exempt(rules, cap, &pair),
    };
    caps.iter().filter(|cap| binds(cap)).map(family).collect()
}

fn exempt(rules: &Rules<'_>, cap: &Cap, pair: impl Fn(CoacheeIx, CoachIx) -> Option<PairIx>) -> Vec<PairIx> {
    if cap.level != Level::Waivable {
        return Vec::new();
    }
    let roster = rules.facts.roster;
    let waived = roster.waivers.iter().filter(|w| {
        w.rule == cap.key()
            && cap.group[w.coachee].is_some()
            && rules.waiver(w.rule, w.coachee, w.coach).is_some()
    });
    let mut pairs: Vec<PairIx> = waived.filter_map(|w| pair(w.coachee, w.coach)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// A school whose coachees are not all of one sector, where both caps bind.
pub(super) fn crossing(facts: &Facts<'_>, caps: &[Cap]) -> Option<Fault> {
    let binding: Vec<&Cap> = caps.iter().filter(|cap| binds(cap)).collect();
    let [school, sector] = binding[..] else { return None };
    let mut first: Vec<Option<Option<GroupIx>>> = vec![None; school.names.len()];
    for coachee in facts.roster.coachees.indexes() {
        let Some(group) = school.group[coachee] else { continue };
        let outer = sector.group[coachee];
        let seen = *first[group.to_usize()].get_or_insert(outer);
        if seen != outer {
            return Some(of_two_sectors(&school.names[group.to_usize()]));
        }
    }
    None
}

/// A pair that is waived from the outer cap and still counts in the inner one, so that the inner nest of that coach does
/// not lie inside the outer one.
pub(super) fn waivers_crossing(
    rules: &Rules<'_>,
    caps: &[Cap],
    eligible: impl Fn(CoacheeIx, CoachIx) -> bool,
) -> Option<Fault> {
    let binding: Vec<&Cap> = caps.iter().filter(|cap| binds(cap)).collect();
    let [inner, outer] = binding[..] else { return None };
    let lifted = |cap: &Cap, e, c| cap.level == Level::Waivable && rules.waiver(cap.key(), e, c).is_some();
    let roster = rules.facts.roster;
    let crosses = |w: &&Waiver| {
        let (e, c) = (w.coachee, w.coach);
        let waived = w.rule == outer.key() && lifted(outer, e, c) && !lifted(inner, e, c);
        waived && inner.group[e].is_some() && eligible(e, c)
    };
    let waiver = roster.waivers.iter().find(crosses)?;
    let (coach, coachee) = (roster.coach_id(waiver.coach), roster.coachee_id(waiver.coachee));
    let says =
        "the waiver lifts sector_cap for a pair that still counts towards school_cap, so the two caps cross";
    let remedy = "waive school_cap for the pair too, or switch one of the two caps off, or to `info`";
    Some(fault("waivers.csv", "rule", &format!("{coach} {coachee}"), says, remedy))
}

fn of_two_sectors(school: &str) -> Fault {
    let says = format!(
        "the coachees of the school {school} are not all of one sector, so school_cap and sector_cap cross"
    );
    fault("programme.toml", "rules.sector_cap", school, &says, "switch one of the two caps off, or to `info`")
}

fn fault(file: &str, column: &str, text: &str, says: &str, remedy: &str) -> Fault {
    Fault {
        at: At { file: file.into(), line: 0, column: column.into() },
        code: Code::NestsCross,
        text: text.into(),
        says: says.into(),
        remedy: remedy.into(),
        source: None,
    }
}

pub(super) fn sentence(rule: CapRule, what: &str) -> String {
    format!("At most {} of one coach's coachees {what}.", rule.k)
}
