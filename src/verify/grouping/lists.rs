//! The counts and lists beside the groups: matched, changes, score, floor, tiers, who is in no group, clashes.

use super::plan::Chosen;
use super::problem::{Problem, inside};
use crate::model::catalogue::{Tier, Word};
use crate::model::document::{OutcomeKind, PlanDocument, Proof, UnmatchedCode};
use crate::model::index::Ix;
use crate::model::outcome::Stop;
use crate::model::quantity::micro_decimal;
use crate::verify::Report;
use crate::verify::chosen::coachee_by_id;

pub(super) fn check(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    counts(problem, plan, chosen, report);
    tiers(problem, plan, chosen, report);
    unmatched(problem, plan, chosen, report);
    if !plan.unused.is_empty() {
        report.add("unused", &[], "in groups nobody is a coach without a coachee");
    }
    for line in &plan.clashes {
        let people: Vec<&str> = line.coachees.iter().map(|id| &**id).collect();
        if line.says.is_empty() || !line.coaches.is_empty() {
            report.add("clash", &people, "a clash of groups says something about participants");
        }
        if people.iter().any(|id| coachee_by_id(problem.roster, id).is_none()) {
            report.add("unknown-id", &people, "the clash is about somebody who is not listed");
        }
    }
}

fn scores(problem: &Problem<'_>, chosen: &Chosen) -> Vec<i128> {
    chosen.groups.iter().filter_map(|group| problem.group_score(group)).collect()
}

fn counts(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    let scores = scores(problem, chosen);
    if plan.score != scores.iter().sum::<i128>() {
        report.add("score", &[], "the plan's score is not the sum of its groups' scores");
    }
    if plan.floor.map(|f| i128::from(f.0)) != scores.iter().min().copied() {
        report.add("floor", &[], "the floor is not the lowest score of a group");
    }
    let changes = problem.planned().filter(|(a, b)| !chosen.together(*a, *b)).count();
    let numbers = [
        ("matched", chosen.placed.iter().filter(|p| **p).count(), plan.matched),
        ("coachees", problem.active.iter().filter(|a| **a).count(), plan.coachees),
        ("changes", changes, plan.changes),
    ];
    for (code, right, stated) in numbers {
        if u32::try_from(right) != Ok(stated) {
            report.add(code, &[], format!("{code} is {right}"));
        }
    }
}

fn tiers(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    if !plan.tiers.iter().map(|line| line.tier).eq(problem.tiers.iter().copied()) {
        report.add("tiers", &[], "the tiers are not those of the objective, in its order");
    }
    // A group that stands twice keeps its pairs twice; that is found elsewhere.
    let kept =
        chosen.groups.iter().flat_map(|g| inside(g)).filter(|pair| problem.kept.contains(pair)).count();
    let settled = plan.proof != Proof::None;
    for line in &plan.tiers {
        let right = match line.tier {
            Tier::Coverage => chosen.placed.iter().filter(|p| **p).count().to_string(),
            Tier::Stability => problem.kept.len().saturating_sub(kept).to_string(),
            _ => micro_decimal(scores(problem, chosen).iter().sum()),
        };
        if *line.value != right {
            report.add("tiers", &[], format!("{} is {right}", line.tier.key()));
        }
        if settled && line.bound != line.value {
            report.add("tiers", &[], format!("{} is settled, but its bound differs", line.tier.key()));
        }
        if line.tier == Tier::Score && *line.bound != micro_decimal(plan.bound) {
            report.add("bound", &[], "the bound is not that of the tier score");
        }
    }
    if settled && plan.outcome == OutcomeKind::Optimal && plan.bound != plan.score {
        report.add("bound", &[], "the plan is optimal, but its bound is not its score");
    }
}

/// Everybody who takes part and is in no group, once, in order.
fn unmatched(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    if plan.unmatched.windows(2).any(|w| w[0].coachee.as_bytes() >= w[1].coachee.as_bytes()) {
        report.add("unmatched", &[], "the unmatched are not in the order of their ids, each once");
    }
    let left = |who: usize| problem.active[who] && !chosen.placed[who];
    let mut listed = vec![false; problem.active.len()];
    for line in &plan.unmatched {
        let people = [&*line.coachee];
        let found = coachee_by_id(problem.roster, &line.coachee).map(Ix::to_usize);
        let Some(who) = found.filter(|who| left(*who)) else {
            report.add("unmatched", &people, "nobody who is in no group");
            continue;
        };
        listed[who] = true;
        let eligible = (0..problem.active.len()).filter(|other| problem.score(who, *other).is_some()).count();
        if u32::try_from(eligible) != Ok(line.eligible) {
            report.add("unmatched", &people, format!("{eligible} people are possible"));
        }
        let fits = match line.code {
            UnmatchedCode::NobodyEligible => eligible == 0,
            UnmatchedCode::LostToOthers => eligible > 0,
            UnmatchedCode::Stopped => eligible > 0 && plan.stop != Stop::Finished,
            UnmatchedCode::Partly | UnmatchedCode::NotWorthIt => false,
        };
        if !fits || line.says.is_empty() {
            report.add("unmatched", &people, "the reason does not fit");
        }
    }
    for who in (0..listed.len()).filter(|who| left(*who) && !listed[*who]) {
        report.add("unmatched", &[problem.id(who)], "is in no group and is not listed");
    }
}
