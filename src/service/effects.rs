//! What one pair does to the best plan: the best plan that makes it, and the best that does not, each against the best of all.
//!
//! Both come from one open state by a few shortest paths wherever that is the whole truth: where its plan keeps every rule that
//! ties pairs together, and loses nothing in the tiers before the floor, so that the floor stays what it is. Elsewhere the programme is
//! matched again with the pair pinned or banned, and verified like any other.

use super::matching::match_programme;
use super::{Moved, Options, ServiceError, compare};
use crate::intake::Reading;
use crate::model::catalogue::{Level, LockKind, PairState, RuleKey, Tier};
use crate::model::document::{OutcomeKind, PlanDocument, Proof};
use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::model::instance::Instance;
use crate::model::outcome::{Assignment, TierValue};
use crate::model::people::Id;
use crate::model::quantity::{Points, parse_micro};
use crate::model::roster::{Lock, Roster};
use crate::rules::{Barrier, Compiled};
use crate::solver;
use crate::solver::repair::State;
use std::collections::BTreeMap;

/// A tier's value in two plans. Coverage, minimums and stability are counts, the others micro-points; the floor of nobody is `None`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TierEffect {
    pub tier: Tier,
    pub before: Option<i128>,
    pub after: Option<i128>,
}

/// What is different in the best plan with a pair, or without it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Effect {
    /// In the order of the objective.
    pub tiers: Vec<TierEffect>,
    /// Along the chain: the coachee asked about, whoever gives way to them, and so on; then whoever fills the place left.
    pub changes: Vec<Moved>,
    /// Whether no plan of its kind is better.
    pub proved: bool,
}

pub(super) type Pair = (CoacheeIx, CoachIx);
/// What a plan is worth, smaller being better.
pub(super) type Worth = Vec<(Option<Tier>, i128)>;

/// A plan that answers a question.
#[derive(Clone)]
pub(super) struct Found {
    pub plan: Assignment,
    pub worth: Worth,
    pub proved: bool,
    /// What it costs in the open state, where it comes from there.
    pub cost: Option<i128>,
}

/// A programme of coaches and coachees with its best plan.
pub(super) struct Ground<'a> {
    reading: &'a Reading,
    options: &'a Options<'a>,
    pub compiled: &'a Compiled<'a>,
    pub best: Found,
    values: Vec<TierValue>,
    /// Of plans without a pair below the floor, rows let go.
    pub state: Option<State<'a>>,
    floor: Option<Points>,
}

impl<'a> Ground<'a> {
    /// `flow`: the instance of the programme with its rows let go. `known`: a plan that is known to be the best.
    pub fn new(
        reading: &'a Reading,
        compiled: &'a Compiled<'a>,
        flow: &'a Instance,
        known: Option<Assignment>,
        options: &'a Options<'a>,
    ) -> Result<Self, ServiceError> {
        let instance = &compiled.instance;
        let (plan, proved) = match known {
            Some(plan) => (plan, true),
            None => matched(reading, options)?,
        };
        let mut tiers = flow.parts().tiers.clone();
        let with_floor = tiers.contains(&Tier::Floor);
        tiers.retain(|tier| *tier != Tier::Floor);
        let score = |(coachee, coach): &Pair| {
            instance.pair(*coachee, *coach).map(|p| instance.parts().score[p.to_usize()])
        };
        let floor = plan.pairs.iter().filter_map(score).min().filter(|_| with_floor);
        let mut state = State::from_floor(flow, &tiers, floor, options.threads);
        if let Some(state) = &mut state {
            // Where rows bind, the plan is not the state's, and the state's own does as well.
            state.seat(&plan);
        }
        let values = solver::values(instance, &plan, false);
        let worth = solver::worth(instance, &plan);
        let best = Found { plan, worth, proved, cost: None };
        Ok(Self { reading, options, compiled, best, values, state, floor })
    }

    pub fn values(&self) -> &[TierValue] {
        &self.values
    }

    /// Whether this plan is as good as the best one; from now on it is that one, so that changes are told from it.
    pub fn takes(&mut self, plan: &Assignment) -> bool {
        if self.best.plan == *plan {
            return true;
        }
        let instance = &self.compiled.instance;
        let parts = instance.parts();
        let same = solver::worth(instance, plan) == self.best.worth && solver::keeps(instance, plan);
        let tied = !parts.rows.is_empty() || parts.rings.is_some();
        // Where rows are looked at, so is everything else that a plan must keep; the state does it where there are none.
        let stands = same && (self.state.as_mut().is_some_and(|state| state.seat(plan)) || tied);
        if stands {
            self.best.plan.clone_from(plan);
        }
        stands
    }

    pub fn makes(&self, pair: Pair) -> bool {
        self.best.plan.pairs.binary_search(&pair).is_ok()
    }

    pub fn score(&self, (coachee, coach): Pair) -> Option<Points> {
        let instance = &self.compiled.instance;
        instance.pair(coachee, coach).map(|p| instance.parts().score[p.to_usize()])
    }

    /// Whether the open state knows the pair.
    pub fn at_hand(&self, pair: Pair) -> bool {
        self.state.is_some() && self.score(pair).is_some_and(|score| self.floor.is_none_or(|f| score >= f))
    }

    /// The best plan that makes the pair, or the rule because of which there is none.
    pub fn with(&mut self, pair: Pair) -> Result<Result<Found, Barrier>, ServiceError> {
        let seats = self.compiled.instance.parts().seats[pair.1];
        let barrier = |rule, says: String| Barrier { rule, level: Level::Hard, says: says.into() };
        if seats.max == 0 {
            return Ok(Err(barrier(RuleKey::Capacity, "has no place to give".into())));
        }
        if let Some(says) = self.all_pinned(pair) {
            return Ok(Err(barrier(RuleKey::Locks, says)));
        }
        let mut found = None;
        if self.at_hand(pair)
            && let Some(state) = &mut self.state
        {
            found = state.plan_with(pair.0, pair.1);
        }
        let found = match found.and_then(|(plan, cost)| self.stands(plan, Some(cost))) {
            Some(found) => found,
            None => self.matched_with(LockKind::Pin, pair)?,
        };
        let before = |worth: &Worth| worth.iter().take_while(|w| w.0.is_none()).copied().collect::<Vec<_>>();
        let made = found.plan.pairs.binary_search(&pair).is_ok();
        if !made || before(&found.worth) > before(&self.best.worth) {
            let says =
                "could only be the coach if another pinned pair, or the least number of a school, gave way";
            return Ok(Err(barrier(RuleKey::Locks, says.into())));
        }
        Ok(Ok(found))
    }

    /// The best plan that does not make the pair, pinned or not.
    pub fn without(&mut self, pair: Pair) -> Result<Found, ServiceError> {
        let pinned = self.compiled.pinned(pair.0, pair.1).is_some();
        let mut plan = None;
        if !pinned
            && self.at_hand(pair)
            && let Some(state) = &mut self.state
        {
            plan = Some(state.plan_without(pair.0, pair.1));
        }
        match plan.and_then(|plan| self.stands(plan, None)) {
            Some(found) => Ok(found),
            None => self.matched_with(LockKind::Ban, pair),
        }
    }

    /// The plan of the state, where it is the best with everything that the state lets go.
    fn stands(&self, plan: Assignment, cost: Option<i128>) -> Option<Found> {
        let instance = &self.compiled.instance;
        if !solver::keeps(instance, &plan) {
            return None;
        }
        let worth = solver::worth(instance, &plan);
        let floor_at = worth.iter().position(|w| w.0 == Some(Tier::Floor)).unwrap_or(0);
        (worth[..floor_at] == self.best.worth[..floor_at]).then_some(Found {
            plan,
            worth,
            proved: true,
            cost,
        })
    }

    fn matched_with(&self, kind: LockKind, pair: Pair) -> Result<Found, ServiceError> {
        let (plan, proved) = matched(&locked(self.reading, kind, pair), self.options)?;
        let worth = solver::worth(&self.compiled.instance, &plan);
        Ok(Found { plan, worth, proved, cost: None })
    }

    /// The coachee has no place but for coaches that are pinned.
    fn all_pinned(&self, (coachee, coach): Pair) -> Option<String> {
        let instance = &self.compiled.instance;
        let parts = instance.parts();
        let rows = instance.rows(coachee);
        let first = parts.pins.partition_point(|p| p.to_usize() < rows.start);
        let pins = parts.pins[first..].iter().take_while(|p| p.to_usize() < rows.end);
        let with: Vec<CoachIx> = pins.map(|p| parts.coach[p.to_usize()]).collect();
        if with.len() < usize::from(parts.demand[coachee].wanted) || with.contains(&coach) {
            return None;
        }
        let say = |c: &CoachIx| {
            let why = self.compiled.pinned(coachee, *c).unwrap_or_default();
            format!("{} is {why}", self.compiled.roster.coach_name(*c))
        };
        let says: Vec<String> = with.iter().map(say).collect();
        Some(format!("is not possible while {}", says.join(" and ")))
    }

    /// What a plan changes in the best one, told along the chain from this coachee.
    pub fn effect(&self, found: &Found, from: Option<CoacheeIx>) -> Effect {
        let after = solver::values(&self.compiled.instance, &found.plan, false);
        Effect {
            tiers: tiers(&self.values, &after),
            changes: changes(self.compiled.roster, &self.best.plan, &found.plan, from),
            proved: found.proved && self.best.proved,
        }
    }
}

pub(super) fn tiers(before: &[TierValue], after: &[TierValue]) -> Vec<TierEffect> {
    let both = before.iter().zip(after);
    both.map(|(b, a)| TierEffect { tier: b.tier, before: b.value, after: a.value }).collect()
}

/// The same of two documents.
pub(super) fn document_tiers(before: &PlanDocument, after: &PlanDocument) -> Vec<TierEffect> {
    let value = |plan: &PlanDocument, tier: Tier| {
        let text = &plan.tiers.iter().find(|line| line.tier == tier)?.value;
        match tier {
            Tier::Coverage | Tier::Minimums | Tier::Stability => text.parse().ok(),
            Tier::Floor | Tier::Score | Tier::Balance => parse_micro(text),
        }
    };
    let tier = |tier: Tier| TierEffect { tier, before: value(before, tier), after: value(after, tier) };
    after.tiers.iter().map(|line| tier(line.tier)).collect()
}

/// Whose coaches differ in two documents, by id: moved, newly matched, or without a coach.
pub(super) fn document_changes(before: &PlanDocument, after: &PlanDocument) -> Vec<Moved> {
    let found = compare(before, after);
    let mut moved: BTreeMap<Id, (Vec<Id>, Vec<Id>)> =
        found.moved.into_iter().map(|m| (m.coachee, (m.from, m.to))).collect();
    for (coach, coachee) in found.newly_unmatched {
        moved.entry(coachee).or_default().0.push(coach);
    }
    for (coach, coachee) in found.newly_matched {
        moved.entry(coachee).or_default().1.push(coach);
    }
    moved.into_iter().map(|(coachee, (from, to))| Moved { coachee, from, to }).collect()
}

/// A plan as indexes, and whether it is proved.
fn matched(reading: &Reading, options: &Options<'_>) -> Result<(Assignment, bool), ServiceError> {
    let plan = match_programme(reading, options)?;
    Ok((assignment(&reading.roster, &plan), proved(&plan)))
}

pub(super) fn proved(plan: &PlanDocument) -> bool {
    plan.proof != Proof::None && matches!(plan.outcome, OutcomeKind::Optimal | OutcomeKind::Infeasible)
}

/// The pairs of a document whose people the roster has.
pub(super) fn assignment(roster: &Roster, plan: &PlanDocument) -> Assignment {
    let pair = |line: &crate::model::document::PairLine| {
        Some((super::changes::find(roster, &line.coachee).1?, super::changes::find(roster, &line.coach).0?))
    };
    let mut pairs: Vec<Pair> = plan.pairs.iter().filter_map(pair).collect();
    pairs.sort_unstable();
    pairs.dedup();
    Assignment { pairs }
}

/// The programme with one lock more. Where locks are off, it is the only one.
pub(super) fn locked(reading: &Reading, kind: LockKind, (coachee, coach): Pair) -> Reading {
    let mut roster = reading.roster.clone();
    if roster.programme.rules.locks == Level::Off {
        roster.programme.rules.locks = Level::Hard;
        roster.locks.clear();
        roster.plan.iter_mut().flatten().for_each(|pair| pair.state = PairState::Draft);
    }
    roster.locks.push(Lock {
        kind,
        coach: Some(coach),
        coachee: Some(coachee),
        author: "".into(),
        reason: "".into(),
        expires: None,
    });
    Reading { roster, findings: reading.findings.clone() }
}

/// Whose coaches differ: along the chain from `from`, then along the one that begins where `from` left, then by id.
fn changes(roster: &Roster, before: &Assignment, after: &Assignment, from: Option<CoacheeIx>) -> Vec<Moved> {
    let only = |a: &Assignment, b: &Assignment| -> Vec<Pair> {
        a.pairs.iter().copied().filter(|pair| b.pairs.binary_search(pair).is_err()).collect()
    };
    let (gone, come) = (only(before, after), only(after, before));
    let mut people: Vec<CoacheeIx> = gone.iter().chain(&come).map(|pair| pair.0).collect();
    people.sort_unstable();
    people.dedup();
    let coaches = |of: &[Pair], who: CoacheeIx| -> Vec<CoachIx> {
        of.iter().filter(|pair| pair.0 == who).map(|pair| pair.1).collect()
    };
    let mut left: Vec<(CoacheeIx, Vec<CoachIx>, Vec<CoachIx>)> =
        people.into_iter().map(|e| (e, coaches(&gone, e), coaches(&come, e))).collect();
    let mut told = Vec::new();
    let Some(at) = left.iter().position(|change| Some(change.0) == from) else {
        return left.iter().map(|change| moved(roster, change)).collect();
    };
    let first = left.remove(at);
    // Whoever loses the coach that somebody before them gets gives way; whoever gets the coach that somebody loses follows.
    let (mut taken, mut freed) = (first.2.clone(), first.1.clone());
    told.push(first);
    while !left.is_empty() {
        let gives_way = left.iter().position(|c| c.1.iter().any(|coach| taken.contains(coach)));
        let follows = || left.iter().position(|c| c.2.iter().any(|coach| freed.contains(coach)));
        let next = left.remove(gives_way.or_else(follows).unwrap_or(0));
        taken.extend(&next.2);
        freed.extend(&next.1);
        told.push(next);
    }
    told.iter().map(|change| moved(roster, change)).collect()
}

fn moved(roster: &Roster, (coachee, from, to): &(CoacheeIx, Vec<CoachIx>, Vec<CoachIx>)) -> Moved {
    let ids = |list: &[CoachIx]| list.iter().map(|c| Id::from(roster.coach_id(*c))).collect();
    Moved { coachee: roster.coachee_id(*coachee).into(), from: ids(from), to: ids(to) }
}
