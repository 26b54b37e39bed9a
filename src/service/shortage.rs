//! Who cannot be matched and why, told apart: nobody is possible, or the places are lost to others; and what would mend it.

use super::effects::{TierEffect, assignment};
use super::matching::match_programme;
use super::mending::{self, Short};
use super::place_values;
use super::{Mend, Options, ServiceError};
use crate::explain::{self, Deficient, Obstacle};
use crate::intake::Reading;
use crate::model::catalogue::{RuleKey, Status};
use crate::model::document::{ClashLine, PlanDocument, UnmatchedCode, UnmatchedLine};
use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::people::Id;
use crate::model::roster::Roster;
use crate::rules::{self, Barrier};
use crate::verify;
use std::collections::BTreeMap;

/// For how many of those who are short coaches and rules are counted, and repairs looked for; the others are listed.
pub(super) const LOOKED_AT: usize = 100;

/// The coach whom the fewest rules keep from a coachee.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Nearest {
    pub coach: Id,
    pub obstacles: Vec<Obstacle>,
}

/// Somebody who has fewer coaches than wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShortLine {
    pub coachee: Id,
    pub code: UnmatchedCode,
    pub says: Box<str>,
    /// How many coaches are possible.
    pub eligible: u32,
    /// How many coaches each rule excludes, whatever else does too; most first.
    pub excluded: Vec<(RuleKey, u32)>,
    pub nearest: Option<Nearest>,
    /// The position of the set behind it in `clashes`.
    pub clash: Option<usize>,
}

/// Coachees who share too few places: none of them can be left out of the set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetLine {
    pub coachees: Vec<Id>,
    pub coaches: Vec<Id>,
    pub wanted: u64,
    pub places: u64,
    /// Whether caps and not seats make the places too few.
    pub capped: bool,
    pub says: Box<str>,
}

/// What one more place at a coach is worth.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlaceLine {
    pub coach: Id,
    /// Without floor and balance; `None` where it was not found out.
    pub tiers: Option<Vec<TierEffect>>,
}

pub struct Shortage {
    /// The best plan as it is.
    pub plan: PlanDocument,
    pub short: Vec<ShortLine>,
    pub clashes: Vec<SetLine>,
    /// Each was matched and verified: those that help most first, of alike ones the easiest.
    pub mends: Vec<Mend>,
    /// Whether everything that was thought of was tried.
    pub complete: bool,
    pub places: Vec<PlaceLine>,
}

/// Matches, and looks into whatever is short.
pub fn shortage(reading: &Reading, options: &Options<'_>) -> Result<Shortage, ServiceError> {
    let plan = match_programme(reading, options)?;
    let roster = &reading.roster;
    if roster.grouped() {
        return grouped(reading, plan, options);
    }
    let compiled = rules::compile(roster, options.threads)?;
    let chosen = assignment(roster, &plan);
    let of = |line: &UnmatchedLine| super::changes::find(roster, &line.coachee).1;
    let people: Vec<CoacheeIx> = plan.unmatched.iter().filter_map(of).take(LOOKED_AT).collect();
    let (sets, behind) = explain::deficient(&compiled, &chosen, &people);
    let clashes: Vec<SetLine> = sets.iter().map(|set| set_line(roster, set)).collect();
    checked(reading, &plan, &clashes)?;
    let barriers = |coachee: CoacheeIx| {
        let active = |c: &CoachIx| roster.coaches[*c].status == Status::Active;
        let all = roster.coaches.indexes().filter(active);
        let all = all.map(|coach| (coach, compiled.barriers(coachee, coach)));
        all.filter(|(_, barriers)| !barriers.is_empty()).collect::<Vec<(CoachIx, Vec<Barrier>)>>()
    };
    let (mut lines, mut short) = (Vec::new(), Vec::new());
    for (at, line) in plan.unmatched.iter().enumerate() {
        let mut told = plain(line);
        if let Some(coachee) = people.get(at).copied() {
            let excluding = barriers(coachee);
            told.excluded = counted(excluding.iter().flat_map(|(_, barriers)| barriers));
            let near = nearest(&excluding, |coach| compiled.score(coachee, coach));
            told.nearest = near.as_ref().map(|(coach, obstacles)| Nearest {
                coach: roster.coach_id(*coach).into(),
                obstacles: obstacles.clone(),
            });
            told.clash = behind[at];
            short.push(Short { coachee, nearest: near, set: behind[at].map(|at| &sets[at]) });
        }
        lines.push(told);
    }
    let values = if plan.unmatched.is_empty() && compiled.instance.pairs() == 0 {
        Vec::new()
    } else {
        place_values::values(reading, &compiled, options)?
    };
    let (mends, complete) = mending::mends(reading, &compiled, &plan, &short, &values, options)?;
    let place = |value: place_values::Value| PlaceLine {
        coach: roster.coach_id(value.coach).into(),
        tiers: value.tiers,
    };
    let places = values.into_iter().map(place).collect();
    Ok(Shortage { plan, short: lines, clashes, mends, complete, places })
}

fn plain(UnmatchedLine { coachee, code, says, eligible }: &UnmatchedLine) -> ShortLine {
    ShortLine {
        coachee: coachee.clone(),
        code: *code,
        says: says.clone(),
        eligible: *eligible,
        excluded: Vec::new(),
        nearest: None,
        clash: None,
    }
}

fn set_line(roster: &Roster, set: &Deficient) -> SetLine {
    let Deficient { coachees, coaches, wanted, places, capped, says } = set;
    SetLine {
        coachees: coachees.iter().map(|e| roster.coachee_id(*e).into()).collect(),
        coaches: coaches.iter().map(|c| roster.coach_id(*c).into()).collect(),
        wanted: *wanted,
        places: *places,
        capped: *capped,
        says: says.clone(),
    }
}

/// The sets stand before the same check that every plan's clashes do, which knows nothing of how they were found. It knows seats
/// and not caps, so those that caps are behind rest on the count alone.
fn checked(reading: &Reading, plan: &PlanDocument, sets: &[SetLine]) -> Result<(), ServiceError> {
    if sets.is_empty() {
        return Ok(());
    }
    let line = |set: &SetLine| ClashLine {
        coachees: set.coachees.clone(),
        coaches: set.coaches.clone(),
        places: set.places,
        says: set.says.clone(),
    };
    let mut told = plan.clone();
    told.clashes.extend(sets.iter().filter(|set| !set.capped).map(line));
    let violations = verify::verify(&reading.roster, &told);
    if violations.is_empty() { Ok(()) } else { Err(ServiceError::Rejected(violations)) }
}

fn counted<'b>(barriers: impl Iterator<Item = &'b Barrier>) -> Vec<(RuleKey, u32)> {
    let mut counts: BTreeMap<RuleKey, u32> = BTreeMap::new();
    for barrier in barriers {
        *counts.entry(barrier.rule).or_default() += 1;
    }
    let mut counts: Vec<(RuleKey, u32)> = counts.into_iter().collect();
    counts.sort_by_key(|(rule, n)| (std::cmp::Reverse(*n), *rule));
    counts
}

/// The one with the fewest rules that nobody can lift, then the fewest in all, then the most points.
fn nearest<P: Ord>(
    excluding: &[(CoachIx, Vec<Barrier>)],
    score: impl Fn(CoachIx) -> P,
) -> Option<(CoachIx, Vec<Obstacle>)> {
    let told = excluding.iter().map(|(coach, barriers)| (*coach, explain::obstacles(barriers)));
    told.min_by_key(|(coach, obstacles)| {
        let fixed = obstacles.iter().filter(|o| !o.lifts()).count();
        (fixed, obstacles.len(), std::cmp::Reverse(score(*coach)), *coach)
    })
}

/// Where people are grouped: who is left over, what keeps the others from them, and whom a waiver would bring together.
fn grouped(reading: &Reading, plan: PlanDocument, options: &Options<'_>) -> Result<Shortage, ServiceError> {
    let roster = &reading.roster;
    let compiled = rules::compile_groups(roster)?;
    let (mut lines, mut near) = (Vec::new(), Vec::new());
    for (at, line) in plan.unmatched.iter().enumerate() {
        let mut told = plain(line);
        let who = super::changes::find(roster, &line.coachee).1.filter(|_| at < LOOKED_AT);
        if let Some(who) = who {
            let others = compiled.taking_part().filter(|other| *other != who);
            let barriers: Vec<(CoacheeIx, Vec<Barrier>)> = others
                .map(|other| (other, compiled.barriers(who, other)))
                .filter(|(_, barriers)| !barriers.is_empty())
                .collect();
            told.excluded = counted(barriers.iter().flat_map(|(_, barriers)| barriers));
            let mut all: Vec<(usize, usize, CoacheeIx, Vec<Obstacle>)> = barriers
                .iter()
                .map(|(other, barriers)| (*other, explain::group_obstacles(barriers)))
                .map(|(other, list)| (list.iter().filter(|o| !o.lifts()).count(), list.len(), other, list))
                .collect();
            all.sort_by_key(|(fixed, all, other, _)| (*fixed, *all, *other));
            told.nearest = all.first().map(|(_, _, other, obstacles)| Nearest {
                coach: roster.coachee_id(*other).into(),
                obstacles: obstacles.clone(),
            });
            let lifts = all.into_iter().filter(|(fixed, ..)| *fixed == 0);
            near.extend(lifts.map(|(_, _, other, list)| (who, CoachIx::new(other.get()), list)));
        }
        lines.push(told);
    }
    let (mends, complete) = mending::waivers_alone(reading, &plan, near, options)?;
    Ok(Shortage { plan, short: lines, clashes: Vec::new(), mends, complete, places: Vec::new() })
}
