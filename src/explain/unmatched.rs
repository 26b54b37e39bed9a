//! Why somebody is without a coach, or without some of the coaches wanted.

use super::blocked::Blocked;
use super::placed::{Placed, coaches, excluded};
use super::shortage::{ClosedSet, closed_sets, eligible, first_class, shared};
use crate::model::catalogue::Tier;
use crate::model::document::{UnmatchedCode, UnmatchedLine};
use crate::model::index::CoacheeIx;
use crate::model::outcome::{Assignment, Stop};
use crate::rules::Compiled;

/// For how many coachees the rules are counted coach by coach.
const COUNTED: usize = 1000;

/// A line for every coachee who has fewer coaches than wanted, by id.
pub fn unmatched(compiled: &Compiled<'_>, chosen: &Assignment, stop: Stop) -> Vec<UnmatchedLine> {
    let placed = Placed::new(compiled, chosen);
    let demand = &compiled.instance.parts().demand;
    let short: Vec<CoacheeIx> =
        demand.indexes().filter(|e| placed.coaches[*e].len() < usize::from(demand[*e].wanted)).collect();
    let sets = closed_sets(compiled, &placed, &short);
    let blocked = Blocked::new(compiled, chosen, &placed, &short[..short.len().min(COUNTED)]);
    let reasons = Reasons { sets: &sets, blocked: &blocked, placed: &placed };
    let line = |(at, coachee): (usize, &CoacheeIx)| {
        let code = code(compiled, &placed, *coachee, stop);
        let why = match code {
            UnmatchedCode::NobodyEligible if at < COUNTED => {
                format!("no coach is possible: {}", excluded(compiled, *coachee))
            }
            UnmatchedCode::NobodyEligible => "no coach is possible".into(),
            UnmatchedCode::LostToOthers => lost(compiled, &reasons, *coachee),
            UnmatchedCode::Partly => partly(compiled, &reasons, *coachee),
            UnmatchedCode::NotWorthIt => "every pair that is still possible would lower the score".into(),
            UnmatchedCode::Stopped => "the search stopped before it got here".into(),
        };
        UnmatchedLine {
            coachee: compiled.roster.coachee_id(*coachee).into(),
            code,
            says: why.into(),
            eligible: eligible(compiled, *coachee),
        }
    };
    short.iter().enumerate().map(line).collect()
}

fn code(compiled: &Compiled<'_>, placed: &Placed, coachee: CoacheeIx, stop: Stop) -> UnmatchedCode {
    let parts = compiled.instance.parts();
    let tier = |tier| parts.tiers.iter().position(|t| *t == tier);
    let score_first = match (tier(Tier::Score), tier(Tier::Coverage)) {
        (Some(score), Some(coverage)) => score < coverage,
        (score, _) => score.is_some(),
    };
    let open = |c: &&crate::model::index::CoachIx| placed.coachees[**c].len() < parts.seats[**c].max as usize;
    let possible = &parts.coach[compiled.instance.rows(coachee)];
    if !placed.coaches[coachee].is_empty() {
        UnmatchedCode::Partly
    } else if possible.is_empty() {
        UnmatchedCode::NobodyEligible
    } else if stop != Stop::Finished {
        UnmatchedCode::Stopped
    } else if score_first && possible.iter().any(|c| open(&c)) {
        UnmatchedCode::NotWorthIt
    } else {
        UnmatchedCode::LostToOthers
    }
}

/// What stands between somebody and a coach.
struct Reasons<'r> {
    sets: &'r [ClosedSet],
    blocked: &'r Blocked,
    placed: &'r Placed,
}

fn lost(compiled: &Compiled<'_>, reasons: &Reasons<'_>, coachee: CoacheeIx) -> String {
    let all = eligible(compiled, coachee) as usize;
    if compiled.instance.parts().stable.is_some() {
        return format!("{} possible, and they have others whom they would rather have", coaches_are(all));
    }
    let set = reasons.sets.iter().find(|set| set.has(coachee));
    if let Some(set) = set.filter(|set| set.deficient()) {
        return shares(compiled, set, coachee);
    }
    if let Some(says) = reasons.blocked.say(compiled, reasons.placed, coachee) {
        return says;
    }
    match set {
        Some(_) => format!("{} possible, but a cap or a minimum load stands in the way", coaches_are(all)),
        None => format!("{} possible, with places for others", coaches_are(all)),
    }
}

fn coaches_are(n: usize) -> String {
    format!("{} {}", coaches(n), if n == 1 { "is" } else { "are" })
}

/// Who shares which places, and the priority where others come first by it.
fn shares(compiled: &Compiled<'_>, set: &ClosedSet, coachee: CoacheeIx) -> String {
    let class = compiled.instance.parts().demand[coachee].class;
    let first = first_class(compiled, set).filter(|first| *first < class);
    let others = if first.is_some() { "; others come first by priority" } else { "" };
    format!("{}{others}", shared(compiled, set))
}

fn partly(compiled: &Compiled<'_>, reasons: &Reasons<'_>, coachee: CoacheeIx) -> String {
    let got = reasons.placed.coaches[coachee].len();
    let wanted = compiled.instance.parts().demand[coachee].wanted;
    let why = if eligible(compiled, coachee) as usize == got {
        "nobody else is possible".into()
    } else {
        lost(compiled, reasons, coachee)
    };
    format!("has {got} of {wanted} coaches; {why}")
}
