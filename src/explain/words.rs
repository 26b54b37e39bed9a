//! Limits over several pairs in the planner's words: what a row is about, by how much a plan is outside, what clashes.

use super::limits::Breach;
use super::placed::{coachees, count};
use crate::model::catalogue::{RuleKey, Word};
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use crate::model::quantity::short_decimal;
use crate::model::row::{About, Row};
use crate::rules::Compiled;
use std::collections::BTreeSet;

/// How many a sentence names before it only counts.
const NAMED: usize = 3;

/// Whom a row is about: `Ada`, `Doon Academy`, `Ben and Cat`.
fn whom(compiled: &Compiled<'_>, row: &Row) -> String {
    let roster = compiled.roster;
    match row.about {
        About::Programme => String::new(),
        About::Coach(coach) => roster.coach_name(coach).into(),
        About::School(school) => roster.schools[school].name.to_string(),
        About::Sharing(_, one, other) => {
            format!("{} and {}", roster.coachee_name(one), roster.coachee_name(other))
        }
        About::Mutual(pair, _) => {
            let (coachee, coach) = ends(compiled, pair);
            format!("{} and {}", roster.coach_name(coach), roster.coachee_name(coachee))
        }
    }
}

fn ends(compiled: &Compiled<'_>, pair: PairIx) -> (CoacheeIx, CoachIx) {
    (compiled.instance.coachee_of(pair), compiled.instance.parts().coach[pair.to_usize()])
}

/// `90 minutes over a travel budget of 120`: by how much a plan is outside a row.
pub(super) fn excess(compiled: &Compiled<'_>, breach: &Breach<'_>) -> String {
    let (row, over) = (breach.row, breach.over.unsigned_abs());
    let most = row.most.unwrap_or(0).unsigned_abs();
    match row.rule {
        RuleKey::TravelBudget => {
            format!("{} over a travel budget of {most}", count(over, "minute", "minutes"))
        }
        RuleKey::Hours => {
            format!("{} hours over the {} of the contract", short_decimal(over, 2), short_decimal(most, 2))
        }
        RuleKey::External => {
            format!(
                "{} over the budget of {} for external coaches",
                short_decimal(over, 4),
                short_decimal(most, 4)
            )
        }
        RuleKey::TwoClients => {
            format!("one coach for {}, of whom one manages the other", whom(compiled, row))
        }
        RuleKey::Apart => format!("one coach for {}, with a declaration between them", whom(compiled, row)),
        RuleKey::SectorSpread => format!("{} sectors with one coach, {most} is the most", breach.amount),
        RuleKey::SectorMix => {
            let missing = over.div_ceil(1_000_000);
            format!("{} across sectors missing", count(missing, "pair", "pairs"))
        }
        RuleKey::SchoolQuota => {
            let school = whom(compiled, row);
            let has = coachees(usize::try_from(breach.amount).unwrap_or(0));
            match row.least.filter(|least| breach.amount < *least) {
                Some(least) => format!("{has} of {school} matched, at least {least} are asked for"),
                None => format!("{has} of {school} matched, {most} is the most"),
            }
        }
        _ => format!("{} coach one another", whom(compiled, row)),
    }
}

/// The same with the coach it is about in front, for a list.
pub(super) fn listed(compiled: &Compiled<'_>, breach: &Breach<'_>) -> String {
    match breach.row.about {
        About::Coach(coach) | About::Sharing(coach, ..) => {
            format!("{}: {}", compiled.roster.coach_name(coach), excess(compiled, breach))
        }
        About::Programme | About::School(_) | About::Mutual(..) => excess(compiled, breach),
    }
}

/// `Ada coaches Ben, who coaches Cat, who coaches Ada`.
pub(super) fn ring(compiled: &Compiled<'_>, ring: &[CoachIx]) -> String {
    let name = |c: &CoachIx| compiled.roster.coach_name(*c);
    let Some(first) = ring.first() else { return String::new() };
    let others: Vec<String> =
        ring[1..].iter().chain([first]).map(|c| format!("coaches {}", name(c))).collect();
    format!("{} {}", name(first), others.join(", who "))
}

/// `the travel budgets of 3 coaches and the cross-sector share cannot both hold`.
pub(super) fn clash(
    compiled: &Compiled<'_>,
    rows: &[(RuleKey, About)],
    pinned: &[CoacheeIx],
    least: &[CoachIx],
) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut rows = rows.to_vec();
    // Coaches first, then what schools and the whole programme ask for.
    rows.sort_by_key(|(rule, about)| {
        (matches!(about, About::School(_)), *about == About::Programme, *rule, *about)
    });
    for group in rows.chunk_by(|a, b| a.0 == b.0) {
        let subjects: BTreeSet<Subject> = group.iter().map(|(_, about)| subject(compiled, *about)).collect();
        parts.push(limit(compiled, group[0].0, &subjects));
    }
    if !pinned.is_empty() {
        let names: BTreeSet<Subject> = pinned.iter().map(|e| Subject::Coachee(*e)).collect();
        parts.push(of(compiled, &names, "the pins", "the pins", "coachees"));
    }
    if !least.is_empty() {
        let names: BTreeSet<Subject> = least.iter().map(|c| Subject::Coach(*c)).collect();
        parts.push(of(compiled, &names, "the minimum load", "the minimum loads", "coaches"));
    }
    let all = match parts.len() {
        1 => "",
        2 => "both ",
        _ => "all ",
    };
    let last = parts.pop().unwrap_or_default();
    let first = if parts.is_empty() { String::new() } else { format!("{} and ", parts.join(", ")) };
    format!("{first}{last} cannot {all}hold")
}

/// What rows are about, once each: the coach of two coachees is left aside.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Programme,
    Coach(CoachIx),
    Coachee(CoacheeIx),
    School(crate::model::index::SchoolIx),
    Two(CoacheeIx, CoacheeIx),
    Mutual(CoacheeIx, CoachIx),
}

fn subject(compiled: &Compiled<'_>, about: About) -> Subject {
    match about {
        About::Programme => Subject::Programme,
        About::Coach(coach) => Subject::Coach(coach),
        About::School(school) => Subject::School(school),
        About::Sharing(_, one, other) => Subject::Two(one, other),
        About::Mutual(pair, _) => {
            let (coachee, coach) = ends(compiled, pair);
            Subject::Mutual(coachee, coach)
        }
    }
}

fn name(compiled: &Compiled<'_>, subject: &Subject) -> String {
    let roster = compiled.roster;
    match *subject {
        Subject::Programme => String::new(),
        Subject::Coach(coach) => roster.coach_name(coach).into(),
        Subject::Coachee(coachee) => roster.coachee_name(coachee).into(),
        Subject::School(school) => roster.schools[school].name.to_string(),
        Subject::Two(one, other) => {
            format!("{} and {}", roster.coachee_name(one), roster.coachee_name(other))
        }
        Subject::Mutual(coachee, coach) => {
            format!("{} and {}", roster.coach_name(coach), roster.coachee_name(coachee))
        }
    }
}

/// `the travel budget of Ada`, `the travel budgets of 3 coaches (Ada, Ben, Cat)`.
fn of(compiled: &Compiled<'_>, who: &BTreeSet<Subject>, one: &str, many: &str, kind: &str) -> String {
    let names: Vec<String> = who.iter().take(NAMED).map(|s| name(compiled, s)).collect();
    if who.len() == 1 {
        return format!("{one} of {}", names[0]);
    }
    let named = if who.len() <= NAMED { format!(" ({})", names.join(", ")) } else { String::new() };
    format!("{many} of {} {kind}{named}", who.len())
}

fn limit(compiled: &Compiled<'_>, rule: RuleKey, who: &BTreeSet<Subject>) -> String {
    let different = |why: &str| {
        let names: Vec<String> = who.iter().map(|s| name(compiled, s)).collect();
        if names.len() <= NAMED {
            return format!("different coaches for {} ({why})", names.join(", and for "));
        }
        format!("different coaches for {} times two coachees ({why})", names.len())
    };
    match rule {
        RuleKey::TravelBudget => of(compiled, who, "the travel budget", "the travel budgets", "coaches"),
        RuleKey::Hours => of(compiled, who, "the contract hours", "the contract hours", "coaches"),
        RuleKey::External => "the budget for external coaches".into(),
        RuleKey::TwoClients => different("one manages the other"),
        RuleKey::Apart => different("a declaration stands between them"),
        RuleKey::SectorSpread => {
            of(compiled, who, "the number of sectors", "the numbers of sectors", "coaches")
        }
        RuleKey::SectorMix => "the cross-sector share".into(),
        RuleKey::SchoolQuota => of(compiled, who, "the quota", "the quotas", "schools"),
        RuleKey::Reciprocity => {
            let names: Vec<String> = who.iter().take(NAMED).map(|s| name(compiled, s)).collect();
            let named = if who.len() <= NAMED { format!(" ({})", names.join("; ")) } else { String::new() };
            format!("nobody coaching their own coach{named}")
        }
        RuleKey::Rings => "no rings".into(),
        other => format!("the rule {}", other.key()),
    }
}
