//! Every pair of the plan by itself: that it can be made, and that its score, parts, minutes and state are right;
//! and the waivers that the pairs rest on.

use super::Report;
use super::chosen::{Chosen, Picked};
use super::judge::Bar;
use super::outside::{self, Made, distance, inside, ring};
use super::problem::Problem;
use super::rows::{Waivers, coachee_of, level, rings, rows};
use crate::model::catalogue::{Level, PairState, RuleKey, Shape, Word};
use crate::model::document::{PairLine, PlanDocument};
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use crate::model::instance::{Excess, NestKind};
use std::collections::{BTreeMap, BTreeSet};

type WaiverKey = (CoachIx, CoacheeIx, RuleKey);

pub(super) fn check(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    let charges = charges(problem, chosen);
    let planned = problem.roster.plan.iter().flatten();
    let given: Given = planned.map(|p| ((p.coachee, p.coach), p.state)).collect();
    let (mut needed, mut allowed) = (BTreeSet::new(), BTreeSet::new());
    for (at, picked) in chosen.picked.iter().enumerate() {
        let line = &plan.pairs[picked.line];
        barriers(problem, picked, line, &mut needed, report);
        let charged = charges.get(&at).map_or(&[][..], Vec::as_slice);
        score(problem, picked, line, charged, report);
        facts(problem, picked, line, &given, report);
    }
    cap_waivers(problem, chosen, &mut needed, &mut allowed);
    row_waivers(problem, chosen, &mut needed, &mut allowed);
    waivers(problem, plan, &needed, &allowed, report);
}

/// Everything that forbids the pair; waivers that lift something are noted.
fn barriers(
    problem: &Problem<'_>,
    picked: &Picked,
    line: &PairLine,
    needed: &mut BTreeSet<WaiverKey>,
    report: &mut Report,
) {
    let (world, people) = (problem.world, [&*line.coach, &*line.coachee]);
    let (coach, coachee) = (picked.coach, picked.coachee);
    if !world.takes_part(coach, coachee) {
        report.add("absent", &people, "one of them takes no part");
    }
    if world.same_person(coach, coachee) {
        report.add("hard-rule", &people, "nobody coaches themselves");
    }
    if !world.locks.allow(coach, coachee) {
        report.add("lock", &people, "the pair is banned, or the coach is held");
    }
    world.rulings((coach, coachee), world.row(coach, coachee), |key, ruling| {
        match ruling.bar {
            None => {}
            Some(Bar::Hard) => report.add("hard-rule", &people, format!("it breaks {}", key.key())),
            Some(Bar::Waivable) if world.waived(key, coach, coachee) => {
                needed.insert((coach, coachee, key));
            }
            Some(Bar::Waivable) => {
                report.add("waiver-missing", &people, format!("it breaks {} without a waiver", key.key()));
            }
        }
        true
    });
}

/// What the soft nests and rows take from each pair (by its position): each coachee over the cap costs the group's pairs with
/// the highest own score, the lower coachee first among equals.
fn charges(problem: &Problem<'_>, chosen: &Chosen) -> BTreeMap<usize, Vec<(RuleKey, i128)>> {
    let mut charges: BTreeMap<usize, Vec<(RuleKey, i128)>> = BTreeMap::new();
    for family in &problem.parts.nests {
        let Excess::Costs(points) = family.excess else { continue };
        let rule = match family.kind {
            NestKind::School => RuleKey::SchoolCap,
            NestKind::Sector => RuleKey::SectorCap,
        };
        let mut nests: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (at, picked) in chosen.picked.iter().enumerate() {
            if let Some(group) = family.group[picked.coachee] {
                nests.entry((picked.coach, group)).or_default().push(at);
            }
        }
        for mut members in nests.into_values() {
            let over = members.len().saturating_sub(usize::try_from(family.cap).unwrap_or(usize::MAX));
            members.sort_by_key(|at| (std::cmp::Reverse(chosen.picked[*at].own), chosen.picked[*at].coachee));
            for at in members.into_iter().take(over) {
                charges.entry(at).or_default().push((rule, -i128::from(points.0)));
            }
        }
    }
    for charge in outside::charges(&problem.parts, chosen).into_iter().flatten() {
        if let Some(at) = charge.at {
            charges.entry(at).or_default().push((charge.rule, -charge.points));
        }
    }
    charges
}

/// The score and its parts, rule by rule.
fn score(
    problem: &Problem<'_>,
    picked: &Picked,
    line: &PairLine,
    charged: &[(RuleKey, i128)],
    report: &mut Report,
) {
    let people = [&*line.coach, &*line.coachee];
    let (coach, coachee) = (picked.coach, picked.coachee);
    let mut expected: Vec<(RuleKey, i128)> = charged.to_vec();
    let row = problem.world.row(coach, coachee);
    problem.world.rulings((coach, coachee), row, |key, ruling| {
        expected.push((key, ruling.points));
        true
    });
    let sum: i128 = expected.iter().map(|(_, points)| points).sum();
    if i128::from(line.score.0) != sum {
        report.add("score", &people, "the score is not what the rules give");
    }
    let total: i128 = line.parts.iter().map(|part| i128::from(part.points.0)).sum();
    if i128::from(line.score.0) != total {
        report.add("score", &people, "the parts do not add up to the score");
    }
    expected.retain(|(_, points)| *points != 0);
    expected.sort_unstable();
    let mut found: Vec<(RuleKey, i128)> =
        line.parts.iter().map(|part| (part.rule, i128::from(part.points.0))).collect();
    let idle = |key: RuleKey| {
        problem.world.informs(key)
            || charged.contains(&(key, 0))
            || matches!(key, RuleKey::SchoolCap | RuleKey::SectorCap)
                && problem.world.rules.level(key) == Level::Info
    };
    if let Some((key, _)) = found.iter().find(|(key, points)| *points == 0 && !idle(*key)) {
        report.add(
            "parts",
            &people,
            format!("a part of 0 points of {}, which is not at level info", key.key()),
        );
    }
    found.retain(|(_, points)| *points != 0);
    found.sort_unstable();
    if found != expected {
        report.add("parts", &people, "the parts are not what the rules give");
    }
    if line.parts.iter().any(|part| part.says.is_empty()) {
        report.add("says", &people, "a part says nothing");
    }
}

type Given = BTreeMap<(CoacheeIx, CoachIx), PairState>;

fn facts(problem: &Problem<'_>, picked: &Picked, line: &PairLine, given: &Given, report: &mut Report) {
    let people = [&*line.coach, &*line.coachee];
    let (coach, coachee) = (picked.coach, picked.coachee);
    if line.minutes != problem.world.minutes(coach, coachee, problem.world.row(coach, coachee)) {
        report.add("minutes", &people, "the minutes of travel are not what the roster gives");
    }
    if line.state != given.get(&(coachee, coach)).copied().unwrap_or(PairState::Draft) {
        report.add("state", &people, "the state is not that of the given plan");
    }
}

/// Waivers of a cap: needed where the group would be too large without, allowed on every exempt pair.
fn cap_waivers(
    problem: &Problem<'_>,
    chosen: &Chosen,
    needed: &mut BTreeSet<WaiverKey>,
    allowed: &mut BTreeSet<WaiverKey>,
) {
    for family in problem.parts.nests.iter().filter(|f| !f.exempt.is_empty()) {
        let rule = match family.kind {
            NestKind::School => RuleKey::SchoolCap,
            NestKind::Sector => RuleKey::SectorCap,
        };
        let mut nests: BTreeMap<_, Vec<&Picked>> = BTreeMap::new();
        for picked in &chosen.picked {
            if let Some(group) = family.group[picked.coachee] {
                nests.entry((picked.coach, group)).or_default().push(picked);
            }
        }
        for members in nests.values() {
            let exempt =
                members.iter().filter(|p| p.pair.is_some_and(|ix| family.exempt.binary_search(&ix).is_ok()));
            let keys = exempt.map(|p| (p.coach, p.coachee, rule));
            let over = members.len() > usize::try_from(family.cap).unwrap_or(usize::MAX);
            if over { needed.extend(keys) } else { allowed.extend(keys) }
        }
    }
}

/// Waivers of a row: needed where the plan would be outside if their pairs counted, allowed on every pair of the plan.
fn row_waivers(
    problem: &Problem<'_>,
    chosen: &Chosen,
    needed: &mut BTreeSet<WaiverKey>,
    allowed: &mut BTreeSet<WaiverKey>,
) {
    let (world, parts) = (problem.world, &problem.parts);
    let several = |rule: RuleKey| rule.shape() == Shape::Row || rule == RuleKey::External;
    let can_lift = |rule: &RuleKey| several(*rule) && level(world, *rule) == Level::Waivable;
    let lifted: BTreeSet<RuleKey> = world.roster.waivers.iter().map(|w| w.rule).filter(can_lift).collect();
    let key = |rule, pair: PairIx| (parts.coach[pair.to_usize()], coachee_of(parts, pair), rule);
    if lifted.is_empty() {
        return;
    }
    let made = Made::new(chosen.possible());
    for pair in chosen.possible() {
        let waived = lifted.iter().map(|rule| key(*rule, pair)).filter(|k| world.waived(k.2, k.0, k.1));
        allowed.extend(waived);
    }
    for row in rows(world, parts, Waivers::Ignored).iter().filter(|row| lifted.contains(&row.rule)) {
        if distance(row, made.amount(&row.amount)) > 0 {
            let counting = made.counting(&row.amount).into_iter().map(|pair| key(row.rule, pair));
            needed.extend(counting.filter(|(coach, coachee, rule)| world.waived(*rule, *coach, *coachee)));
        }
    }
    if let (Some(rings), Some(all)) = (&parts.rings, rings(world, parts, Waivers::Ignored)) {
        let exempt = rings.exempt.iter().filter(|pair| made.has(**pair) && inside(parts, rings, **pair));
        if ring(parts, &all, &made).is_some() {
            needed.extend(exempt.map(|pair| key(RuleKey::Rings, *pair)));
        }
    }
}

fn waivers(
    problem: &Problem<'_>,
    plan: &PlanDocument,
    needed: &BTreeSet<WaiverKey>,
    allowed: &BTreeSet<WaiverKey>,
    report: &mut Report,
) {
    let (roster, mut listed) = (problem.roster, BTreeSet::new());
    for line in &plan.waivers {
        let people = [&*line.coach, &*line.coachee];
        let found = roster.waivers.iter().find(|w| {
            let who = (roster.coach_id(w.coach), roster.coachee_id(w.coachee));
            let in_force = w.expires.is_none_or(|end| end >= roster.programme.starts);
            let texts = in_force && w.author == line.author && w.reason == line.reason;
            w.rule == line.rule && who == (&*line.coach, &*line.coachee) && texts
        });
        let Some(waiver) = found else {
            report.add("waiver-unknown", &people, "the roster has no such waiver");
            continue;
        };
        let key = (waiver.coach, waiver.coachee, waiver.rule);
        if !needed.contains(&key) && !allowed.contains(&key) {
            report.add(
                "waiver-unused",
                &people,
                format!("no pair of the plan rests on this waiver of {}", line.rule.key()),
            );
        }
        if !listed.insert(key) {
            report.add("waiver-unused", &people, "the waiver is listed twice");
        }
    }
    for (coach, coachee, rule) in needed.iter().filter(|key| !listed.contains(key)) {
        let people = [roster.coach_id(*coach), roster.coachee_id(*coachee)];
        report.add("waiver-unlisted", &people, format!("the pair rests on a waiver of {}", rule.key()));
    }
}
