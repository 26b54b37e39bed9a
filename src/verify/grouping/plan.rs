//! The groups of a plan by themselves: that they can be made, of the right size, and that score, state and parts are right.

use super::problem::{Problem, inside};
use crate::model::catalogue::{RuleKey, Word};
use crate::model::document::{GroupLine, PlanDocument};
use crate::model::grouping::GroupSize;
use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::verify::Report;
use crate::verify::chosen::coachee_by_id;
use crate::verify::judge::Bar;
use std::collections::{BTreeMap, BTreeSet};

/// The groups whose people are in the roster, by numbers.
pub(super) struct Chosen {
    pub groups: Vec<Vec<usize>>,
    /// Of everybody, whether they are in a group.
    pub placed: Vec<bool>,
}

impl Chosen {
    pub fn read(problem: &Problem<'_>, plan: &PlanDocument, report: &mut Report) -> Self {
        let mut chosen = Self { groups: Vec::new(), placed: vec![false; problem.active.len()] };
        let lines = plan.groups.as_deref().unwrap_or_default();
        for line in lines {
            let ids: Vec<&str> = line.members.iter().map(|id| &**id).collect();
            let people: Option<Vec<usize>> =
                ids.iter().map(|id| coachee_by_id(problem.roster, id).map(Ix::to_usize)).collect();
            let Some(people) = people else {
                report.add("unknown-id", &ids, "the roster lists no such participant");
                continue;
            };
            if people.windows(2).any(|w| w[0] >= w[1]) {
                report.add("order", &ids, "members are in the order of their ids, each once");
            }
            for who in &people {
                if std::mem::replace(&mut chosen.placed[*who], true) {
                    report.add("twice", &[problem.id(*who)], "somebody is in two groups");
                }
            }
            chosen.groups.push(people);
        }
        let first = |line: &GroupLine| line.members.first().cloned();
        if lines.windows(2).any(|w| first(&w[0]) >= first(&w[1])) {
            report.add("order", &[], "groups are in the order of their first members");
        }
        chosen
    }

    pub fn together(&self, a: usize, b: usize) -> bool {
        self.groups.iter().any(|group| group.contains(&a) && group.contains(&b))
    }

    pub fn pins_lost(&self, problem: &Problem<'_>) -> usize {
        problem.pins.iter().filter(|(a, b)| !self.together(*a, *b)).count()
    }
}

pub(super) fn check(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    sizes(problem, chosen, report);
    let mut needed = BTreeSet::new();
    let lines = plan.groups.iter().flatten();
    for line in lines {
        let people: Option<Vec<usize>> =
            line.members.iter().map(|id| coachee_by_id(problem.roster, id).map(Ix::to_usize)).collect();
        let Some(people) = people else { continue };
        let ids: Vec<&str> = line.members.iter().map(|id| &**id).collect();
        for (a, b) in inside(&people) {
            allowed(problem, (a, b), &mut needed, report);
        }
        match problem.group_score(&people) {
            Some(score) if score != i128::from(line.score.0) => {
                report.add("score", &ids, format!("the group's score is {score} micro-points"));
            }
            _ => {}
        }
        if line.state != problem.state(&people) {
            report.add("state", &ids, "the state is not that of the given plan");
        }
        parts(problem, &people, line, report);
    }
    waivers(problem, plan, &needed, report);
}

fn sizes(problem: &Problem<'_>, chosen: &Chosen, report: &mut Report) {
    let (pairs, triads) = (
        chosen.groups.iter().filter(|g| g.len() == 2).count(),
        chosen.groups.iter().filter(|g| g.len() == 3).count(),
    );
    if pairs + triads < chosen.groups.len() {
        report.add("size", &[], "a group is neither a pair nor a triad");
    }
    let odd = problem.present().len() % 2;
    match problem.size {
        GroupSize::Two if problem.exactly && triads > 0 => {
            report.add("size", &[], "groups of two only, and there is a triad");
        }
        GroupSize::Two if triads > odd => report.add("size", &[], "more than the one triad of an odd number"),
        GroupSize::Three if problem.exactly && pairs > 0 => {
            report.add("size", &[], "groups of three only, and there is a pair");
        }
        _ => {}
    }
}

type WaiverKey = (RuleKey, usize, usize);

/// Everything that keeps two people apart, in both directions; waivers that lift something are noted.
fn allowed(
    problem: &Problem<'_>,
    (a, b): (usize, usize),
    needed: &mut BTreeSet<WaiverKey>,
    report: &mut Report,
) {
    let people = [problem.id(a), problem.id(b)];
    if !problem.active[a] || !problem.active[b] {
        report.add("absent", &people, "one of them takes no part");
        return;
    }
    for (coach, coachee) in [(a, b), (b, a)] {
        let (coach, coachee) = (CoachIx::from_usize(coach), CoacheeIx::from_usize(coachee));
        problem.world.rulings((coach, coachee), problem.world.row(coach, coachee), |key, ruling| {
            match ruling.bar {
                None => {}
                Some(Bar::Hard) => report.add("hard-rule", &people, format!("they break {}", key.key())),
                Some(Bar::Waivable) if problem.world.waived(key, coach, coachee) => {
                    needed.insert((key, a.min(b), a.max(b)));
                }
                Some(Bar::Waivable) => {
                    report.add(
                        "waiver-missing",
                        &people,
                        format!("they break {} without a waiver", key.key()),
                    );
                }
            }
            true
        });
    }
    // What no rule forbids and still cannot be is a ban or a hold.
    if problem.score(a, b).is_none() {
        report.add("lock", &people, "they cannot be together: a rule, a ban or a hold keeps them apart");
    }
}

/// The parts add up to the score, and each rule's to what the rule gives (half of it in a triad, within rounding).
fn parts(problem: &Problem<'_>, people: &[usize], line: &GroupLine, report: &mut Report) {
    let ids: Vec<&str> = line.members.iter().map(|id| &**id).collect();
    let sum: i128 = line.parts.iter().map(|part| i128::from(part.points.0)).sum();
    if sum != i128::from(line.score.0) {
        report.add("parts", &ids, "the parts do not add up to the score");
    }
    let mut given: BTreeMap<RuleKey, i128> = BTreeMap::new();
    for (a, b) in inside(people) {
        for (coach, coachee) in [(a, b), (b, a)] {
            let (coach, coachee) = (CoachIx::from_usize(coach), CoacheeIx::from_usize(coachee));
            problem.world.rulings((coach, coachee), problem.world.row(coach, coachee), |key, ruling| {
                *given.entry(key).or_default() += ruling.points;
                true
            });
        }
    }
    let share = if people.len() == 3 { 2 } else { 1 };
    let keys: BTreeSet<RuleKey> =
        line.parts.iter().map(|part| part.rule).chain(given.keys().copied()).collect();
    for key in keys {
        let stated = line.parts.iter().filter(|part| part.rule == key);
        let (count, points) =
            stated.fold((0_i128, 0_i128), |(n, sum), part| (n + 1, sum + i128::from(part.points.0)));
        let off = (points * share - given.get(&key).copied().unwrap_or(0)).abs();
        if off > (share - 1) * 2 * count {
            report.add("parts", &ids, format!("{} gives another number of points", key.key()));
        }
    }
    for part in &line.parts {
        if part.says.is_empty() {
            report.add("says", &ids, "a part says nothing");
        }
    }
}

fn waivers(problem: &Problem<'_>, plan: &PlanDocument, needed: &BTreeSet<WaiverKey>, report: &mut Report) {
    let roster = problem.roster;
    let mut listed = BTreeSet::new();
    for line in &plan.waivers {
        let people = [&*line.coach, &*line.coachee];
        let found = roster.waivers.iter().find(|w| {
            let in_force = w.expires.is_none_or(|end| end >= roster.programme.starts);
            let who = (roster.coach_id(w.coach), roster.coachee_id(w.coachee));
            let texts = w.author == line.author && w.reason == line.reason;
            in_force && texts && w.rule == line.rule && who == (people[0], people[1])
        });
        let Some(waiver) = found else {
            report.add("waiver-unknown", &people, "the roster has no such waiver");
            continue;
        };
        let key = (waiver.rule, waiver.coach.to_usize(), waiver.coachee.to_usize());
        if !needed.contains(&key) || !listed.insert(key) {
            report.add("waiver-unused", &people, "no group rests on this waiver, or it is listed twice");
        }
    }
    for (rule, a, b) in needed.difference(&listed) {
        let says = format!("the group rests on a waiver of {}", rule.key());
        report.add("waiver-unlisted", &[problem.id(*a), problem.id(*b)], says);
    }
}
