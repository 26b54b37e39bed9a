//! Repairs of a shortage: one more place, a waiver, a softer rule, one more coach. Each is tried as a real match of the changed
//! programme, verified like any other, and told only if it fills more places than before. Nothing lifts a hard rule or a declared conflict.

use super::effects::{document_changes, document_tiers, proved};
use super::loosening::loosened;
use super::matching::match_programme;
use super::newcomer::{Newcomer, newcomer};
use super::place_values::Value;
use super::{Moved, Options, ServiceError, TierEffect};
use crate::explain::{Deficient, Obstacle};
use crate::intake::Reading;
use crate::model::catalogue::{RuleKey, Sector, Status, Tier};
use crate::model::document::PlanDocument;
use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::people::Id;
use crate::model::roster::{Roster, Waiver};
use crate::rules::Compiled;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// So many of each kind are tried, those first that promise most: each is a match of the whole programme.
const TRIED: usize = 8;
/// So many are told.
const TOLD: usize = 12;
/// More rules than this are not waived at once for one pair.
const LIFTED: usize = 2;

/// What is changed. The order is that in which alike repairs are told: the easiest first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Remedy {
    /// These rules waived for one pair.
    Waive { coach: Id, coachee: Id, rules: Vec<RuleKey> },
    /// One more place with a coach.
    Place { coach: Id },
    /// A rule less strict for everybody, as `--set` takes it.
    Set { rule: RuleKey, setting: Box<str> },
    /// One more coach like this one, but for what is named.
    Coach {
        like: Id,
        but: Vec<Box<str>>,
        places: u32,
        sectors: Vec<Sector>,
        regions: Vec<Box<str>>,
        needs: Vec<Box<str>>,
    },
}

/// A repair that works.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mend {
    pub change: Remedy,
    /// How many more places are filled.
    pub filled: i128,
    /// Who has more coaches than before; who has fewer.
    pub helps: Vec<Id>,
    pub hurts: Vec<Id>,
    pub tiers: Vec<TierEffect>,
    pub changes: Vec<Moved>,
    pub proved: bool,
}

/// Somebody who is short, with what is known about them.
pub(super) struct Short<'s> {
    pub coachee: CoacheeIx,
    pub nearest: Option<(CoachIx, Vec<Obstacle>)>,
    pub set: Option<&'s Deficient>,
}

/// A change with the programme as it then is.
struct Attempt {
    change: Remedy,
    roster: Roster,
    /// The id of a coach who is new in it.
    new: Option<Id>,
}

/// All repairs that work, and whether everything thought of was tried.
pub(super) fn mends(
    reading: &Reading,
    compiled: &Compiled<'_>,
    plan: &PlanDocument,
    short: &[Short<'_>],
    values: &[Value],
    options: &Options<'_>,
) -> Result<(Vec<Mend>, bool), ServiceError> {
    let mut trial = Trial { reading, plan, options, found: Vec::new(), complete: true };
    if short.is_empty() {
        return Ok((Vec::new(), true));
    }
    let waivers = waivers(compiled, plan, short);
    trial.all(
        waivers.into_iter().map(|(coachee, coach, rules)| waive(compiled.roster, coachee, coach, rules)),
    )?;
    trial.all(places(compiled.roster, values, short))?;
    trial.all(settings(compiled, short))?;
    trial.all(coaches(compiled, short))?;
    Ok(trial.ranked())
}

/// Waivers of the rules that keep these people apart.
pub(super) fn waivers_alone(
    reading: &Reading,
    plan: &PlanDocument,
    mut near: Vec<(CoacheeIx, CoachIx, Vec<Obstacle>)>,
    options: &Options<'_>,
) -> Result<(Vec<Mend>, bool), ServiceError> {
    near.sort_by_key(|(who, other, obstacles)| (obstacles.len(), *who, *other));
    // Where both are left over, both name the other.
    let mut known = BTreeSet::new();
    near.retain(|(who, other, _)| known.insert((who.get().min(other.get()), who.get().max(other.get()))));
    let mut trial = Trial { reading, plan, options, found: Vec::new(), complete: true };
    let waivers = near.into_iter().filter(|(_, _, obstacles)| obstacles.len() <= LIFTED);
    let waivers = waivers
        .map(|(who, other, list)| waive(&reading.roster, who, other, list.iter().map(|o| o.rule).collect()));
    trial.all(waivers)?;
    Ok(trial.ranked())
}

struct Trial<'t> {
    reading: &'t Reading,
    plan: &'t PlanDocument,
    options: &'t Options<'t>,
    found: Vec<Mend>,
    complete: bool,
}

impl Trial<'_> {
    fn all(&mut self, attempts: impl Iterator<Item = Attempt>) -> Result<(), ServiceError> {
        for (at, Attempt { change, roster, new }) in attempts.enumerate() {
            if at == TRIED {
                self.complete = false;
                return Ok(());
            }
            let changed = Reading { roster, findings: self.reading.findings.clone() };
            let after = match match_programme(&changed, self.options) {
                Ok(after) => after,
                // A change may ask for what the programme cannot say, as a cap that crosses another.
                Err(ServiceError::Faults(_)) => continue,
                Err(other) => return Err(other),
            };
            self.found.extend(self.mend(change, &after, new.as_deref()));
        }
        Ok(())
    }

    fn mend(&self, change: Remedy, after: &PlanDocument, new: Option<&str>) -> Option<Mend> {
        let filled = filled(after) - filled(self.plan);
        let mut changes = document_changes(self.plan, after);
        for coach in changes.iter_mut().flat_map(|m| &mut m.to).filter(|coach| Some(&***coach) == new) {
            *coach = "one more coach".into();
        }
        let of = |more: bool| {
            let differs =
                |m: &&Moved| if more { m.to.len() > m.from.len() } else { m.to.len() < m.from.len() };
            changes.iter().filter(differs).map(|m| m.coachee.clone()).collect::<Vec<Id>>()
        };
        let (helps, hurts) = (of(true), of(false));
        let tiers = document_tiers(self.plan, after);
        let proved = proved(after) && proved(self.plan);
        (filled > 0).then_some(Mend { change, filled, helps, hurts, tiers, changes, proved })
    }

    fn ranked(self) -> (Vec<Mend>, bool) {
        let mut found = self.found;
        let score = |mend: &Mend| {
            let tier = mend.tiers.iter().find(|tier| tier.tier == Tier::Score);
            tier.and_then(|tier| tier.after).unwrap_or(i128::MIN)
        };
        let effort = |mend: &Mend| match &mend.change {
            Remedy::Waive { rules, .. } => rules.len(),
            Remedy::Place { .. } => LIFTED,
            Remedy::Set { .. } => LIFTED + 1,
            Remedy::Coach { .. } => LIFTED + 2,
        };
        found.sort_by(|a, b| {
            let key = |mend: &Mend| (Reverse(mend.filled), effort(mend), Reverse(score(mend)));
            key(a).cmp(&key(b)).then_with(|| a.change.cmp(&b.change))
        });
        found.truncate(TOLD);
        (found, self.complete)
    }
}

/// Places filled; people in groups.
fn filled(plan: &PlanDocument) -> i128 {
    if plan.groups.is_some() {
        return i128::from(plan.matched);
    }
    i128::try_from(plan.pairs.len()).unwrap_or(i128::MAX)
}

fn waive(roster: &Roster, coachee: CoacheeIx, coach: CoachIx, rules: Vec<RuleKey>) -> Attempt {
    let mut changed = roster.clone();
    let waiver = |rule: RuleKey, coach: CoachIx, coachee: CoacheeIx| Waiver {
        rule,
        coach,
        coachee,
        author: "".into(),
        reason: "".into(),
        expires: None,
    };
    changed.waivers.extend(rules.iter().map(|rule| waiver(*rule, coach, coachee)));
    if roster.grouped() {
        // Two people are coach and coachee to one another, under one number.
        let (back, forth) = (CoachIx::new(coachee.get()), CoacheeIx::new(coach.get()));
        changed.waivers.extend(rules.iter().map(|rule| waiver(*rule, back, forth)));
    }
    let change = Remedy::Waive {
        coach: roster.coach_id(coach).into(),
        coachee: roster.coachee_id(coachee).into(),
        rules,
    };
    Attempt { change, roster: changed, new: None }
}

/// Pairs whom waivable rules alone keep apart: of those who are short, and of those who share their places and could leave them. A
/// coach with a free place first, then the fewest rules.
fn waivers(
    compiled: &Compiled<'_>,
    plan: &PlanDocument,
    short: &[Short<'_>],
) -> Vec<(CoacheeIx, CoachIx, Vec<RuleKey>)> {
    let roster = compiled.roster;
    let seats = &compiled.instance.parts().seats;
    let load = |coach: CoachIx| plan.pairs.iter().filter(|p| *p.coach == *roster.coach_id(coach)).count();
    let free: BTreeSet<CoachIx> = seats.indexes().filter(|c| load(*c) < seats[*c].max as usize).collect();
    let mut people: BTreeSet<CoacheeIx> = short.iter().map(|s| s.coachee).collect();
    let sharing = short.iter().filter_map(|s| s.set).flat_map(|set| &set.coachees);
    people.extend(sharing.take(super::shortage::LOOKED_AT));
    let asked: BTreeSet<CoacheeIx> = short.iter().map(|s| s.coachee).collect();
    let mut found = Vec::new();
    for coachee in people {
        for coach in seats.indexes().filter(|c| seats[*c].max > 0) {
            // Others only make room, and only by going where there is some.
            if !asked.contains(&coachee) && !free.contains(&coach) {
                continue;
            }
            let obstacles = crate::explain::obstacles(&compiled.barriers(coachee, coach));
            if !obstacles.is_empty() && obstacles.len() <= LIFTED && obstacles.iter().all(Obstacle::lifts) {
                let rules: Vec<RuleKey> = obstacles.iter().map(|o| o.rule).collect();
                let others = !asked.contains(&coachee);
                let points = Reverse(compiled.score(coachee, coach));
                found.push(((!free.contains(&coach), rules.len(), others, points), coachee, coach, rules));
            }
        }
    }
    found.sort();
    found.into_iter().map(|(_, coachee, coach, rules)| (coachee, coach, rules)).collect()
}

/// Coaches whose one more place fills one more, the greatest value first; where that is not known, those who are shared.
fn places<'a>(
    roster: &'a Roster,
    values: &[Value],
    short: &[Short<'_>],
) -> impl Iterator<Item = Attempt> + use<'a> {
    let gain = |value: &Value, tier: Tier| {
        let line = value.tiers.as_ref()?.iter().find(|line| line.tier == tier)?;
        Some(line.after? - line.before?)
    };
    let shared = |coach: CoachIx| short.iter().filter_map(|s| s.set).any(|set| set.coaches.contains(&coach));
    let mut coaches: Vec<(Reverse<i128>, Reverse<i128>, CoachIx)> = values
        .iter()
        .filter_map(|value| match &value.tiers {
            Some(_) => {
                let filled = gain(value, Tier::Coverage).filter(|filled| *filled > 0)?;
                Some((Reverse(filled), Reverse(gain(value, Tier::Score).unwrap_or(0)), value.coach))
            }
            None => shared(value.coach).then_some((Reverse(0), Reverse(0), value.coach)),
        })
        .collect();
    coaches.sort_unstable();
    coaches.into_iter().map(|(_, _, coach)| {
        let mut changed = roster.clone();
        changed.coaches[coach].max += 1;
        Attempt { change: Remedy::Place { coach: roster.coach_id(coach).into() }, roster: changed, new: None }
    })
}

/// Rules that keep those who are short from somebody, or tie their pairs to others, each made softer by one step.
fn settings<'a>(compiled: &'a Compiled<'a>, short: &[Short<'_>]) -> impl Iterator<Item = Attempt> + use<'a> {
    let roster = compiled.roster;
    let mut rules: BTreeSet<RuleKey> = compiled.instance.parts().rows.iter().map(|row| row.rule).collect();
    rules.extend(compiled.caps.iter().map(crate::rules::Cap::key));
    for coachee in short.iter().map(|s| s.coachee) {
        let coaches = roster.coaches.indexes().filter(|c| roster.coaches[*c].status == Status::Active);
        for obstacles in coaches.map(|c| crate::explain::obstacles(&compiled.barriers(coachee, c))) {
            if obstacles.iter().all(Obstacle::lifts) {
                rules.extend(obstacles.iter().map(|o| o.rule));
            }
        }
    }
    rules.into_iter().filter_map(move |rule| {
        let (book, setting) = loosened(&roster.programme.rules, rule)?;
        let mut changed = roster.clone();
        changed.programme.rules = book;
        Some(Attempt { change: Remedy::Set { rule, setting: setting.into() }, roster: changed, new: None })
    })
}

/// One more coach for those who share the same places, and for each to whom nobody is possible.
fn coaches<'a>(
    compiled: &'a Compiled<'a>,
    short: &'a [Short<'_>],
) -> impl Iterator<Item = Attempt> + use<'a> {
    let instance = &compiled.instance;
    let takes = |coach: CoachIx| -> Vec<CoacheeIx> {
        let whom = short.iter().map(|s| s.coachee);
        whom.filter(|e| instance.pair(*e, coach).is_some()).collect()
    };
    let mut wanted: Vec<(CoachIx, u32, Option<&'a Short<'a>>)> = Vec::new();
    // The best twin first, then for those it would not take the best of the rest.
    let mut left: BTreeSet<CoacheeIx> =
        short.iter().filter(|s| !instance.rows(s.coachee).is_empty()).map(|s| s.coachee).collect();
    while !left.is_empty() && wanted.len() <= TRIED {
        let of = |c: CoachIx| takes(c).iter().filter(|e| left.contains(e)).count();
        let Some(best) = compiled.roster.coaches.indexes().max_by_key(|c| (of(*c), Reverse(*c))) else {
            break;
        };
        let before = left.len();
        let most = instance.parts().seats[best].max.max(1);
        let taken: Vec<CoacheeIx> = takes(best).into_iter().filter(|e| left.contains(e)).collect();
        wanted.push((best, most.min(u32::try_from(taken.len()).unwrap_or(u32::MAX)), None));
        left.retain(|e| !taken.contains(e));
        if left.len() == before {
            break;
        }
    }
    wanted.extend(short.iter().filter(|s| instance.rows(s.coachee).is_empty()).filter_map(|s| {
        let (coach, _) = s.nearest.as_ref()?;
        Some((*coach, 1, Some(s)))
    }));
    wanted.into_iter().map(move |(like, places, whom)| attempt(compiled, like, places, whom, short))
}

fn attempt(
    compiled: &Compiled<'_>,
    like: CoachIx,
    places: u32,
    whom: Option<&Short<'_>>,
    short: &[Short<'_>],
) -> Attempt {
    let old = compiled.roster;
    let near = whom.and_then(|s| Some((s.coachee, &*s.nearest.as_ref()?.1)));
    let Newcomer { roster, id, but } = newcomer(compiled, like, places, near);
    let (twin, person) = (&old.coaches[like], old.coaches[like].person);
    let asked = short.iter().filter(|s| match whom {
        Some(one) => one.coachee == s.coachee,
        None => compiled.instance.pair(s.coachee, like).is_some(),
    });
    let has = |need: &&crate::model::index::WordIx| {
        twin.strengths.iter().any(|(tag, level)| tag == *need && *level > 0)
    };
    let needs = asked.flat_map(|s| old.coachees[s.coachee].needs.iter().filter(has));
    let mut needs: Vec<Box<str>> = needs.map(|need| old.words[*need].clone()).collect();
    needs.sort_unstable();
    needs.dedup();
    let change = Remedy::Coach {
        like: old.coach_id(like).into(),
        but,
        places,
        sectors: compiled.sectors_of(person).collect(),
        regions: compiled.regions_of(person).iter().map(|word| old.words[*word].clone()).collect(),
        needs,
    };
    Attempt { change, roster, new: Some(id) }
}
