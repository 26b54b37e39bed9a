//! Why a pair, and why not another: the parts of its score, the rules that exclude it, what it costs to make it or to do without it,
//! and how firmly it stands.
//!
//! Everything is counted from the programme's best plan, which the given plan is where it is certified; else it is matched
//! afresh, and the answer says by how much the given plan falls short of it.

use super::effects::{Found, Ground, Pair, Worth, assignment, tiers};
use super::ranking::{self, Side};
use super::{Effect, Options, Ranking, ServiceError, TierEffect, changes, group_effects, verify_plan};
use crate::explain::{self, Obstacle};
use crate::intake::Reading;
use crate::model::catalogue::Tier;
use crate::model::document::{OutcomeKind, Part, PlanDocument, Proof, UnmatchedLine, WaiverLine};
use crate::model::fault::{At, Code, Fault};
use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::outcome::{Assignment, Stop};
use crate::model::people::Id;
use crate::model::quantity::{Minutes, Points};
use crate::model::roster::{Aim, PlannedPair, Roster};
use crate::{rules, solver};

/// The plan that the question is about.
pub struct PlanGiven<'p> {
    pub pairs: Vec<PlannedPair>,
    /// The whole document, where there is one, with what faults call it.
    pub document: Option<(&'p PlanDocument, &'p str)>,
}

/// Who is asked about: one of the two, or both for one pair.
pub struct About {
    pub coachee: Option<Id>,
    pub coach: Option<Id>,
    /// How many of the best others are listed.
    pub best: usize,
}

/// How many points a pair can lose and still be in the best plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Firmness {
    /// So many, in micro-points; with fewer lost it stands, with more it does not.
    Points(i128),
    /// Any number: something that comes before the score depends on it.
    Whatever,
}

/// One pair.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PairAnswer {
    pub coach: Id,
    pub coachee: Id,
    /// Whether the given plan makes it.
    pub made: bool,
    /// Whether the best plan makes it.
    pub best: bool,
    /// The pair's own score, where it can be made.
    pub score: Option<Points>,
    pub minutes: Option<Minutes>,
    pub parts: Vec<Part>,
    /// Empty where it can be made.
    pub obstacles: Vec<Obstacle>,
    pub waivers: Vec<WaiverLine>,
    /// Why it comes before all others: `pinned by Ann (agreed in June)`.
    pub pinned: Option<Box<str>>,
    /// Of doing without it where the best plan makes it, else of making it; `None` where it cannot be made.
    pub effect: Option<Effect>,
    /// Only of a pair that the best plan makes, that is not pinned.
    pub firmness: Option<Firmness>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explained {
    /// Whether the given plan is as good as any.
    pub optimal: bool,
    /// From the given plan to the best one.
    pub tiers: Vec<TierEffect>,
    /// Pairs of the given plan that cannot be made today: coach, coachee, the first rule against them.
    pub broken: Vec<(Id, Id, Box<str>)>,
    /// The pair asked about, or all pairs of the person asked about.
    pub pairs: Vec<PairAnswer>,
    /// Why the coachee asked about lacks a coach in the given plan.
    pub unmatched: Option<UnmatchedLine>,
    /// The best others for the person asked about; empty where one pair was asked about.
    pub ranking: Ranking,
}

/// `reading` is the programme as the plan was made for it.
pub fn explain(
    reading: &Reading,
    given: &PlanGiven<'_>,
    about: &About,
    options: &Options<'_>,
) -> Result<Explained, ServiceError> {
    let roster = &reading.roster;
    let who = people(roster, about)?;
    // A plan of another programme is refused; one that does not stand up to the check is no proof of anything.
    let clean = match given.document {
        Some((plan, file)) => verify_plan(roster, plan, file)?.is_empty(),
        None => false,
    };
    let best = |plan: &&PlanDocument| plan.outcome == OutcomeKind::Optimal && plan.proof == Proof::Certified;
    let certified = given.document.map(|(plan, _)| plan).filter(|_| clean).filter(best);
    if roster.grouped() {
        return group_effects::explain(reading, certified, &given.pairs, (who, about.best), options);
    }
    let compiled = rules::compile(roster, options.threads)?;
    let (chosen, broken) = today(&compiled, &given.pairs);
    let relaxed = solver::repair::without_rows(&compiled.instance);
    let flow = relaxed.as_ref().unwrap_or(&compiled.instance);
    let known = certified.map(|plan| assignment(roster, plan));
    let mut ground = Ground::new(reading, &compiled, flow, known, options)?;
    let optimal = broken.is_empty() && ground.takes(&chosen);
    let values = solver::values(&compiled.instance, &chosen, false);
    let short = tiers(&values, ground.values());
    let (pairs, ranking) = match who {
        Who::Pair(pair) => (vec![pair], Ranking { lines: Vec::new(), complete: true }),
        Who::Coachee(coachee) => {
            let pairs = chosen.pairs.iter().copied().filter(|pair| pair.0 == coachee).collect();
            (pairs, ranking::best(&mut ground, Side::Coachee(coachee), about.best)?)
        }
        Who::Coach(coach) => {
            let pairs = chosen.pairs.iter().copied().filter(|pair| pair.1 == coach).collect();
            (pairs, ranking::best(&mut ground, Side::Coach(coach), about.best)?)
        }
    };
    let answers = pairs.into_iter().map(|pair| answer(&mut ground, &chosen, pair));
    let pairs = answers.collect::<Result<Vec<PairAnswer>, ServiceError>>()?;
    let unmatched = match who {
        Who::Coachee(e) | Who::Pair((e, _)) => explain::unmatched(&compiled, &chosen, Stop::Finished)
            .into_iter()
            .find(|line| *line.coachee == *roster.coachee_id(e)),
        Who::Coach(_) => None,
    };
    Ok(Explained { optimal, tiers: short, broken, pairs, unmatched, ranking })
}

/// Who is asked about, as indexes.
#[derive(Clone, Copy)]
pub(super) enum Who {
    Pair(Pair),
    Coachee(CoacheeIx),
    Coach(CoachIx),
}

fn people(roster: &Roster, about: &About) -> Result<Who, ServiceError> {
    let mut faults = Vec::new();
    let coachee = about.coachee.as_ref().and_then(|id| match changes::find(roster, id) {
        (_, Some(coachee)) => Some(coachee),
        (None, None) => {
            faults.push(changes::unknown(roster, "--coachee", id));
            None
        }
        (Some(_), None) => {
            faults.push(other_role("--coachee", id, "coaches and is not coached"));
            None
        }
    });
    let coach = about.coach.as_ref().and_then(|id| match changes::find(roster, id) {
        (Some(coach), _) => Some(coach),
        (None, None) => {
            faults.push(changes::unknown(roster, "--coach", id));
            None
        }
        (None, Some(_)) => {
            faults.push(other_role("--coach", id, "is coached and does not coach"));
            None
        }
    });
    match (coachee, coach) {
        (Some(coachee), Some(coach)) if faults.is_empty() => Ok(Who::Pair((coachee, coach))),
        (Some(coachee), None) if faults.is_empty() => Ok(Who::Coachee(coachee)),
        (None, Some(coach)) if faults.is_empty() => Ok(Who::Coach(coach)),
        _ => Err(ServiceError::Faults(faults)),
    }
}

fn other_role(option: &str, id: &str, says: &str) -> Fault {
    Fault {
        at: At { file: option.into(), line: 0, column: "".into() },
        code: Code::UnknownPerson,
        text: id.into(),
        says: format!("\"{id}\" {says}").into(),
        remedy: "--coachee takes a coachee of the programme, --coach a coach".into(),
        source: None,
    }
}

/// The pairs of the given plan that can be made today, and the others with the first rule against them.
fn today(compiled: &rules::Compiled<'_>, given: &[PlannedPair]) -> (Assignment, Vec<(Id, Id, Box<str>)>) {
    let (mut pairs, mut broken) = (Vec::new(), Vec::new());
    for pair in given {
        if compiled.instance.pair(pair.coachee, pair.coach).is_some() {
            pairs.push((pair.coachee, pair.coach));
            continue;
        }
        let against = explain::obstacles(&compiled.barriers(pair.coachee, pair.coach));
        let says = against.into_iter().next().map_or_else(|| "is not possible".into(), |o| o.says);
        let roster = compiled.roster;
        broken.push((roster.coach_id(pair.coach).into(), roster.coachee_id(pair.coachee).into(), says));
    }
    pairs.sort_unstable();
    pairs.dedup();
    (Assignment { pairs }, broken)
}

fn answer(ground: &mut Ground<'_>, given: &Assignment, pair: Pair) -> Result<PairAnswer, ServiceError> {
    let compiled = ground.compiled;
    let roster = compiled.roster;
    let (coachee, coach) = pair;
    let score = ground.score(pair);
    let mut obstacles = explain::obstacles(&compiled.barriers(coachee, coach));
    let pinned: Option<Box<str>> = compiled.pinned(coachee, coach).map(Into::into);
    let (mut effect, mut firmness) = (None, None);
    let best = ground.makes(pair);
    if best {
        let without = ground.without(pair)?;
        if pinned.is_none() && roster.programme.aim == Aim::Best {
            firmness = Some(firm(&ground.best, &without, score));
        }
        effect = Some(ground.effect(&without, Some(coachee)));
    } else if obstacles.is_empty() {
        match ground.with(pair)? {
            Ok(with) => effect = Some(ground.effect(&with, Some(coachee))),
            Err(barrier) => obstacles = explain::obstacles(&[barrier]),
        }
    }
    let waiver = |(rule, at): (_, usize)| WaiverLine {
        rule,
        coach: roster.coach_id(coach).into(),
        coachee: roster.coachee_id(coachee).into(),
        author: roster.waivers[at].author.clone(),
        reason: roster.waivers[at].reason.clone(),
    };
    Ok(PairAnswer {
        coach: roster.coach_id(coach).into(),
        coachee: roster.coachee_id(coachee).into(),
        made: given.pairs.binary_search(&pair).is_ok(),
        best,
        score,
        minutes: score.and_then(|_| compiled.minutes(coachee, coach)),
        parts: if score.is_some() { compiled.parts(coachee, coach) } else { Vec::new() },
        obstacles,
        waivers: compiled.waived(coachee, coach).into_iter().map(waiver).collect(),
        pinned,
        effect,
        firmness,
    })
}

/// How much the pair may lose. While it loses points, the best plan with it stays the same: all plans with it lose as much, and its
/// floor falls only when the pair becomes the weakest. So the first tier in which the best plan without the pair is worse decides.
fn firm(with: &Found, without: &Found, score: Option<Points>) -> Firmness {
    let own = score.map_or(0, |score| i128::from(score.0));
    let mut least: Option<i128> = None;
    let mut at_most = |points: i128| least = Some(least.map_or(points, |known| known.min(points)));
    let (with, without): (&Worth, &Worth) = (&with.worth, &without.worth);
    for ((tier, kept), (_, lost)) in with.iter().zip(without) {
        match tier {
            Some(Tier::Score) => {
                at_most((lost - kept).max(0));
                break;
            }
            // The worth of a floor is minus the lowest score.
            Some(Tier::Floor) => {
                at_most(own.saturating_add(*lost));
                if kept != lost {
                    break;
                }
            }
            _ if kept != lost => break,
            _ => {}
        }
    }
    least.map_or(Firmness::Whatever, Firmness::Points)
}
