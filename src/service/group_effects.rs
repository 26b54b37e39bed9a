//! Why two people are together, and why not: where people are grouped, every answer is a match of its own, with the two kept
//! together or apart.

use super::effects::{Pair, document_changes, document_tiers, locked, proved};
use super::explaining::Who;
use super::matching::match_programme;
use super::{Effect, Explained, Options, PairAnswer, Ranked, Ranking, ServiceError, TierEffect};
use crate::explain;
use crate::intake::Reading;
use crate::model::catalogue::{LockKind, Tier};
use crate::model::document::{PlanDocument, WaiverLine};
use crate::model::grouping::Group;
use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::model::outcome::Stop;
use crate::model::people::Id;
use crate::model::quantity::Points;
use crate::model::roster::{PlannedPair, Roster};
use crate::rules::{self, CompiledGroups};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Each is a match of its own, so no more than these are tried for a list of the best.
const TRIED: usize = 60;

/// Everybody is coach and coachee under one number.
const fn person(coach: CoachIx) -> CoacheeIx {
    CoacheeIx::new(coach.get())
}

struct Ground<'a> {
    reading: &'a Reading,
    compiled: CompiledGroups<'a>,
    best: PlanDocument,
    options: &'a Options<'a>,
}

pub(super) fn explain(
    reading: &Reading,
    certified: Option<&PlanDocument>,
    given: &[PlannedPair],
    (who, most): (Who, usize),
    options: &Options<'_>,
) -> Result<Explained, ServiceError> {
    let roster = &reading.roster;
    let compiled = rules::compile_groups(roster)?;
    let best = match certified {
        Some(plan) => plan.clone(),
        None => match_programme(reading, options)?,
    };
    let ground = Ground { reading, compiled, best, options };
    let groups = groups(given);
    let together = |a: CoacheeIx, b: CoacheeIx| groups.iter().any(|g| g.contains(&a) && g.contains(&b));
    let (asked, alone) = match who {
        Who::Pair((a, b)) => (vec![(a, person(b))], None),
        Who::Coachee(a) => (partners(&groups, a), Some(a)),
        Who::Coach(a) => (partners(&groups, person(a)), Some(person(a))),
    };
    let answers = asked.into_iter().map(|(a, b)| answer(&ground, a, b, together(a, b)));
    let pairs = answers.collect::<Result<Vec<PairAnswer>, ServiceError>>()?;
    let ranking = match alone {
        Some(who) => ground.ranking(who, most)?,
        None => Ranking { lines: Vec::new(), complete: true },
    };
    let short = explain::group_unmatched(&ground.compiled, &groups, Stop::Finished).into_iter();
    let is = |id: &Id, who: CoacheeIx| **id == *roster.coachee_id(who);
    let unmatched = alone.and_then(|who| short.into_iter().find(|line| is(&line.coachee, who)));
    let broken = broken(&ground.compiled, given);
    let optimal = certified.is_some() || broken.is_empty() && same(roster, &ground.best, &groups);
    Ok(Explained {
        optimal,
        tiers: document_tiers(&ground.best, &ground.best),
        broken,
        pairs,
        unmatched,
        ranking,
    })
}

/// The groups that a given plan's pairs make.
fn groups(given: &[PlannedPair]) -> Vec<Group> {
    let mut with: BTreeMap<CoacheeIx, BTreeSet<CoacheeIx>> = BTreeMap::new();
    for pair in given {
        let (a, b) = (person(pair.coach), pair.coachee);
        for (one, other) in [(a, b), (b, a)] {
            with.entry(one).or_default().extend([one, other]);
        }
    }
    let groups: BTreeSet<Group> = with.into_values().map(|set| set.into_iter().collect()).collect();
    groups.into_iter().collect()
}

fn partners(groups: &[Group], who: CoacheeIx) -> Vec<(CoacheeIx, CoacheeIx)> {
    let own = groups.iter().filter(|group| group.contains(&who)).flatten();
    own.filter(|other| **other != who).map(|other| (who, *other)).collect()
}

fn broken(compiled: &CompiledGroups<'_>, given: &[PlannedPair]) -> Vec<(Id, Id, Box<str>)> {
    let id = |who| Id::from(compiled.roster.coachee_id(who));
    let line = |pair: &PlannedPair| {
        let (a, b) = (person(pair.coach), pair.coachee);
        let first = explain::group_obstacles(&compiled.barriers(a, b)).into_iter().next()?;
        Some((id(a), id(b), first.says))
    };
    given.iter().filter_map(line).collect()
}

fn same(roster: &Roster, best: &PlanDocument, groups: &[Group]) -> bool {
    let mut given: Vec<Vec<&str>> =
        groups.iter().map(|g| g.iter().map(|who| roster.coachee_id(*who)).collect()).collect();
    given.sort_unstable();
    let mut found: Vec<Vec<&str>> =
        best.groups.iter().flatten().map(|g| g.members.iter().map(|id| &**id).collect()).collect();
    found.sort_unstable();
    given == found
}

fn together(plan: &PlanDocument, roster: &Roster, a: CoacheeIx, b: CoacheeIx) -> bool {
    let has = |members: &[Id], who| members.iter().any(|id| **id == *roster.coachee_id(who));
    plan.groups.iter().flatten().any(|group| has(&group.members, a) && has(&group.members, b))
}

impl Ground<'_> {
    fn matched(&self, kind: LockKind, (a, b): (CoacheeIx, CoacheeIx)) -> Result<PlanDocument, ServiceError> {
        // Locks about two people keep the lower first.
        let pair: Pair = (a.max(b), CoachIx::new(a.min(b).get()));
        match_programme(&locked(self.reading, kind, pair), self.options)
    }

    fn score(&self, a: CoacheeIx, b: CoacheeIx) -> Option<Points> {
        self.compiled.grouping.score(a, b)
    }

    fn effect(&self, plan: &PlanDocument) -> Effect {
        Effect {
            tiers: document_tiers(&self.best, plan),
            changes: document_changes(&self.best, plan),
            proved: proved(plan) && proved(&self.best),
        }
    }

    fn ranking(&self, who: CoacheeIx, most: usize) -> Result<Ranking, ServiceError> {
        let roster = self.compiled.roster;
        let others = self.compiled.taking_part().filter(|other| *other != who);
        let mut possible: Vec<(Reverse<Points>, CoacheeIx)> = others
            .filter(|other| !together(&self.best, roster, who, *other))
            .filter_map(|other| Some((Reverse(self.score(who, other)?), other)))
            .collect();
        possible.sort_unstable();
        let mut lines = Vec::new();
        for (_, other) in possible.iter().take(TRIED) {
            let plan = self.matched(LockKind::Pin, (*other, who))?;
            if together(&plan, roster, who, *other) {
                let line = Ranked {
                    coach: roster.coachee_id(*other).into(),
                    coachee: roster.coachee_id(who).into(),
                    effect: self.effect(&plan),
                };
                lines.push((self.worth(&plan), *other, line));
            }
        }
        lines.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)));
        let lines = lines.into_iter().take(most).map(|(_, _, line)| line).collect();
        Ok(Ranking { lines, complete: possible.len() <= TRIED })
    }

    /// What a plan is worth, tier by tier, smaller being better; coverage by class where the number is the same.
    fn worth(&self, plan: &PlanDocument) -> Vec<i128> {
        let class = &self.compiled.grouping.parts().class;
        let placed = plan.groups.iter().flatten().flat_map(|group| &group.members);
        let weights = placed.filter_map(|id| super::changes::find(self.compiled.roster, id).1);
        let weight: i128 = weights
            .filter_map(|who| class.get(who.to_usize()).copied().flatten())
            .map(|class| 9 - i128::from(class))
            .sum();
        let worth = |effect: &TierEffect| {
            let value = effect.after.unwrap_or(0);
            match effect.tier {
                Tier::Coverage => vec![-value, -weight],
                Tier::Stability => vec![value],
                _ => vec![-value],
            }
        };
        document_tiers(plan, plan).iter().flat_map(worth).collect()
    }
}

fn answer(ground: &Ground<'_>, a: CoacheeIx, b: CoacheeIx, made: bool) -> Result<PairAnswer, ServiceError> {
    let compiled = &ground.compiled;
    let roster = compiled.roster;
    let id = |who| Id::from(roster.coachee_id(who));
    let obstacles = explain::group_obstacles(&compiled.barriers(a, b));
    let best = together(&ground.best, roster, a, b);
    let mut effect = None;
    if best {
        effect = Some(ground.effect(&ground.matched(LockKind::Ban, (b, a))?));
    } else if obstacles.is_empty() {
        let plan = ground.matched(LockKind::Pin, (b, a))?;
        effect = together(&plan, roster, a, b).then(|| ground.effect(&plan));
    }
    let waiver = |(rule, at): (_, usize)| WaiverLine {
        rule,
        coach: id(b),
        coachee: id(a),
        author: roster.waivers[at].author.clone(),
        reason: roster.waivers[at].reason.clone(),
    };
    let score = ground.score(a, b);
    Ok(PairAnswer {
        coach: id(b),
        coachee: id(a),
        made,
        best,
        score,
        minutes: None,
        parts: if score.is_some() { compiled.parts(&[a.min(b), a.max(b)]) } else { Vec::new() },
        obstacles,
        waivers: compiled.waived(a, b).into_iter().map(waiver).collect(),
        pinned: None,
        effect,
        firmness: None,
    })
}
