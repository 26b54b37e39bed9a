//! Every coach lost in turn: who is stranded, the best repair without another move, the one with the fewest moves, what both cost.

use super::matching::match_programme;
use super::{Options, ServiceError, compare};
use crate::intake::Reading;
use crate::model::catalogue::{Sector, Status, Tier};
use crate::model::certificate::{Certificate, Claim};
use crate::model::document::PlanDocument;
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx, WordIx};
use crate::model::instance::{Instance, Parts};
use crate::model::outcome::Assignment;
use crate::model::people::Id;
use crate::model::roster::{Aim, Roster};
use crate::rules::{self, Compiled};
use crate::solver;
use crate::solver::repair::{self, Loss, Repair, State};
use crate::verify;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// One kind of repair.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RepairLine {
    /// Coachee, coaches left, new coaches; by coachee.
    pub changes: Vec<(Id, Vec<Id>, Vec<Id>)>,
    /// Who is short of a coach then.
    pub stranded: Vec<Id>,
    /// Pairs of other coaches given up.
    pub moves: u32,
    /// What the score changes by, in micro-points.
    pub score: i128,
}

/// The loss of a coach, or of several at once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LossLine {
    pub coaches: Vec<Id>,
    /// Whose coach that is.
    pub bereft: Vec<Id>,
    pub staying: RepairLine,
    pub moving: RepairLine,
}

/// A reserve like one of the coaches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReserveLine {
    pub like: Id,
    pub sectors: Vec<Sector>,
    pub regions: Vec<Box<str>>,
    /// Needs of the stranded that such a coach covers, in byte order.
    pub needs: Vec<Box<str>>,
    /// Losses after which nobody is stranded with such a reserve.
    pub losses: u32,
    /// Stranded coachees whom such a reserve could take, over all losses.
    pub coachees: u32,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contingencies {
    /// Those on whom most hangs first.
    pub losses: Vec<LossLine>,
    /// Losses of several at once, as asked.
    pub together: Vec<LossLine>,
    /// Those that cover most first; at most five.
    pub reserves: Vec<ReserveLine>,
    /// Pairs of the plan that the losses are counted from, and how many of the given ones it does not have.
    pub pairs: u32,
    pub changes: u32,
    /// How many losses took a match of their own, because rules tie several pairs together there or people are grouped. All
    /// others are exact optima of one proved state.
    pub alone: u32,
}

/// The most reserves told.
const RESERVES: usize = 5;

/// `reading` has the plan in `roster.plan`. `together`: sets of coaches, by id, that are lost at once; unknown ids are faults.
pub fn contingencies(
    reading: &Reading,
    together: &[Vec<Id>],
    options: &Options<'_>,
) -> Result<Contingencies, ServiceError> {
    let roster = &reading.roster;
    let sets = sets(roster, together)?;
    let active = |c: &CoachIx| roster.coaches[*c].status == Status::Active;
    let singles: Vec<Vec<CoachIx>> = roster.coaches.indexes().filter(active).map(|c| vec![c]).collect();
    let mut calm = Reading { roster: roster.clone(), findings: reading.findings.clone() };
    let book = &mut calm.roster.programme.rules;
    book.objective = objective(&book.objective, Tier::Coverage);
    calm.roster.programme.aim = Aim::Best;
    let all: Vec<Vec<CoachIx>> = singles.iter().chain(&sets).cloned().collect();
    let by_itself = OneByOne { calm: &calm, options };
    let compiled;
    let (mut lines, pairs, changes, alone) = if roster.grouped() {
        let base = match_programme(&calm, options)?;
        let lines = all.iter().map(|set| by_itself.lost(&base, set)).collect::<Result<Vec<LossLine>, _>>()?;
        let pairs = base.groups.as_ref().map_or(0, Vec::len);
        (lines, count(pairs), base.changes, count(all.len()))
    } else {
        compiled = rules::compile(&calm.roster, options.threads)?;
        match at_once(&compiled, &all, options)? {
            Some(AtOnce { lines, pairs, changes }) if lines.iter().all(Option::is_some) => {
                (lines.into_iter().flatten().collect(), pairs, changes, 0)
            }
            found => {
                let base = match_programme(&calm, options)?;
                let known = found.map_or_else(|| vec![None; all.len()], |found| found.lines);
                let alone = count(known.iter().filter(|line| line.is_none()).count());
                let line = |(line, set): (Option<LossLine>, &Vec<CoachIx>)| match line {
                    Some(line) => Ok(line),
                    None => by_itself.lost(&base, set),
                };
                let lines = known.into_iter().zip(&all).map(line).collect::<Result<Vec<LossLine>, _>>()?;
                (lines, count(base.pairs.len()), base.changes, alone)
            }
        }
    };
    let together = lines.split_off(singles.len());
    let reserves = if roster.grouped() {
        Vec::new()
    } else {
        reserves(&rules::compile(&calm.roster, options.threads)?, &lines)
    };
    Ok(Contingencies { losses: ranked(lines), together, reserves, pairs, changes, alone })
}

/// The objective without the floor, with stability right after `tier`, or first.
fn objective(tiers: &[Tier], after: Tier) -> Vec<Tier> {
    let mut tiers: Vec<Tier> =
        tiers.iter().copied().filter(|t| !matches!(t, Tier::Stability | Tier::Floor)).collect();
    let at = if after == Tier::Coverage {
        tiers.iter().position(|t| *t == after).map_or(0, |at| at + 1)
    } else {
        0
    };
    tiers.insert(at, Tier::Stability);
    tiers
}

fn sets(roster: &Roster, together: &[Vec<Id>]) -> Result<Vec<Vec<CoachIx>>, ServiceError> {
    let (mut sets, mut faults) = (Vec::new(), Vec::new());
    for ids in together {
        let mut set = Vec::new();
        for id in ids {
            match super::changes::find(roster, id).0 {
                Some(coach) => set.push(coach),
                None => faults.push(super::changes::unknown(roster, "--together", id)),
            }
        }
        set.sort_unstable();
        set.dedup();
        sets.push(set);
    }
    if faults.is_empty() { Ok(sets) } else { Err(ServiceError::Faults(faults)) }
}

/// Losses from one state, as far as rows let them be.
struct AtOnce {
    /// `None` where the best without the rows breaks one.
    lines: Vec<Option<LossLine>>,
    pairs: u32,
    changes: u32,
}

/// All losses from one state; `None` where the numbers are too large for one, or its own plan breaks a row.
fn at_once(
    compiled: &Compiled<'_>,
    all: &[Vec<CoachIx>],
    options: &Options<'_>,
) -> Result<Option<AtOnce>, ServiceError> {
    let instance = &compiled.instance;
    let parts = instance.parts();
    let frozen: Vec<PairIx> =
        parts.pins.iter().copied().filter(|pin| parts.kept.binary_search(pin).is_ok()).collect();
    // A pinned pair knows no other coach; here its coach may be lost, so it is frozen instead.
    let free = Parts { pins: Vec::new(), rows: Vec::new(), rings: None, ..parts.clone() };
    let free = Instance::try_new(free).expect("fewer pins and rows are sound");
    let Some(mut state) = State::of(&free, &parts.tiers, &frozen, options.threads) else { return Ok(None) };
    if frozen.is_empty() {
        let certificate =
            Certificate { stages: vec![state.stage(Claim::Best { floor: None })], ..Certificate::default() };
        let violations = verify::proof(free.parts(), &state.assignment(), &certificate);
        if !violations.is_empty() {
            return Err(ServiceError::Rejected(violations));
        }
    }
    let base = state.assignment();
    let cancelled = || options.cancel.is_some_and(|c| c.load(Ordering::Relaxed));
    let Some(losses) = repair::losses(&mut state, all, &cancelled) else { return Ok(None) };
    let tied = !parts.rows.is_empty() || parts.rings.is_some();
    if tied && !solver::keeps(instance, &base) {
        return Ok(None);
    }
    let stands = |loss: &Loss, repair: &Repair| !tied || solver::keeps(instance, &after(&base, loss, repair));
    let line = |loss: &Loss| {
        let stands = stands(loss, &loss.staying) && stands(loss, &loss.moving);
        stands.then(|| line(compiled.roster, loss))
    };
    let has = |p: &&PairIx| {
        base.pairs.binary_search(&(instance.coachee_of(**p), parts.coach[p.to_usize()])).is_err()
    };
    Ok(Some(AtOnce {
        lines: losses.iter().map(line).collect(),
        pairs: count(base.pairs.len()),
        changes: count(parts.kept.iter().filter(has).count()),
    }))
}

/// The whole plan after a repair.
fn after(base: &Assignment, loss: &Loss, repair: &Repair) -> Assignment {
    let mut pairs: Vec<(CoacheeIx, CoachIx)> =
        base.pairs.iter().copied().filter(|pair| !loss.coaches.contains(&pair.1)).collect();
    for change in &repair.changes {
        pairs.retain(|pair| pair.0 != change.coachee || !change.from.contains(&pair.1));
        pairs.extend(change.to.iter().map(|coach| (change.coachee, *coach)));
    }
    pairs.sort_unstable();
    Assignment { pairs }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).expect("a roster has fewer than 2^32 people")
}

fn line(roster: &Roster, loss: &Loss) -> LossLine {
    let repair = |repair: &Repair| {
        let coach =
            |list: &Vec<CoachIx>| list.iter().map(|c| Id::from(roster.coach_id(*c))).collect::<Vec<Id>>();
        let coachee = |e: CoacheeIx| Id::from(roster.coachee_id(e));
        let changes =
            repair.changes.iter().map(|c| (coachee(c.coachee), coach(&c.from), coach(&c.to))).collect();
        let short = repair.changes.iter().filter(|c| c.to.len() < c.from.len());
        RepairLine {
            changes,
            stranded: short.map(|c| coachee(c.coachee)).collect(),
            moves: repair.moves,
            score: repair.score,
        }
    };
    LossLine {
        coaches: loss.coaches.iter().map(|c| roster.coach_id(*c).into()).collect(),
        bereft: loss.bereft.iter().map(|e| roster.coachee_id(*e).into()).collect(),
        staying: repair(&loss.staying),
        moving: repair(&loss.moving),
    }
}

/// Whoever cannot be rescued weighs most, then whoever is stranded if nobody else moves, then moves, then points.
fn ranked(mut losses: Vec<LossLine>) -> Vec<LossLine> {
    let weight = |l: &LossLine| {
        let people = (l.moving.stranded.len(), l.staying.stranded.len());
        (people, l.moving.moves, -l.moving.score, l.bereft.len())
    };
    losses.sort_by(|a, b| weight(b).cmp(&weight(a)).then_with(|| a.coaches.cmp(&b.coaches)));
    losses
}

/// Coaches of whom one more would help most: a twin takes whom the coach may take, as many as the coach has places. Of those
/// alike in sector and region the one that covers most.
fn reserves(compiled: &Compiled<'_>, losses: &[LossLine]) -> Vec<ReserveLine> {
    let roster = compiled.roster;
    let coachee = |id: &Id| super::changes::find(roster, id).1;
    let wanting: Vec<(&LossLine, Vec<CoacheeIx>)> = losses
        .iter()
        .map(|loss| (loss, loss.staying.stranded.iter().filter_map(coachee).collect::<Vec<CoacheeIx>>()))
        .filter(|(_, stranded)| !stranded.is_empty())
        .collect();
    let mut best: BTreeMap<(Vec<Sector>, Vec<Box<str>>), ReserveLine> = BTreeMap::new();
    for coach in roster.coaches.indexes() {
        let line = twin(compiled, coach, &wanting);
        let alike = (line.sectors.clone(), line.regions.clone());
        let covers = |line: &ReserveLine| (line.losses, line.coachees);
        if line.coachees > 0 && best.get(&alike).is_none_or(|old| covers(&line) > covers(old)) {
            best.insert(alike, line);
        }
    }
    let mut lines: Vec<ReserveLine> = best.into_values().collect();
    lines.sort_by(|a, b| {
        (b.losses, b.coachees).cmp(&(a.losses, a.coachees)).then_with(|| a.like.cmp(&b.like))
    });
    lines.truncate(RESERVES);
    lines
}

/// What one more like this coach would cover.
fn twin(compiled: &Compiled<'_>, coach: CoachIx, wanting: &[(&LossLine, Vec<CoacheeIx>)]) -> ReserveLine {
    let (roster, instance) = (compiled.roster, &compiled.instance);
    let (who, id) = (&roster.coaches[coach], roster.coach_id(coach));
    let places = instance.parts().seats[coach].max as usize;
    let (mut losses, mut coachees, mut needs) = (0, 0, Vec::new());
    for (_, stranded) in wanting {
        let takes = stranded.iter().filter(|e| instance.pair(**e, coach).is_some()).take(places);
        let takes: Vec<CoacheeIx> = takes.copied().collect();
        losses += u32::from(takes.len() == stranded.len());
        coachees += count(takes.len());
        for coachee in takes {
            let has = |need: &&WordIx| who.strengths.iter().any(|(tag, level)| tag == *need && *level > 0);
            let covered = roster.coachees[coachee].needs.iter().filter(has);
            needs.extend(covered.map(|need| roster.words[*need].clone()));
        }
    }
    needs.sort_unstable();
    needs.dedup();
    ReserveLine {
        like: id.into(),
        sectors: compiled.sectors_of(who.person).collect(),
        regions: compiled.regions_of(who.person).iter().map(|word| roster.words[*word].clone()).collect(),
        needs,
        losses,
        coachees,
    }
}

/// A loss as a match of its own.
struct OneByOne<'a> {
    calm: &'a Reading,
    options: &'a Options<'a>,
}

impl OneByOne<'_> {
    fn lost(&self, base: &PlanDocument, coaches: &[CoachIx]) -> Result<LossLine, ServiceError> {
        let calm = &self.calm.roster;
        let mut left = Reading { roster: calm.clone(), findings: self.calm.findings.clone() };
        for coach in coaches {
            left.roster.coaches[*coach].status = Status::Withdrawn;
            let person = left.roster.coaches[*coach].person;
            if let Some(coachee) = calm.people[person].coachee.filter(|_| calm.grouped()) {
                left.roster.coachees[coachee].status = Status::Withdrawn;
            }
        }
        let ids: Vec<Id> = coaches.iter().map(|c| calm.coach_id(*c).into()).collect();
        let moving = match_programme(&left, self.options)?;
        if !calm.grouped() {
            let tiers = &calm.programme.rules.objective;
            left.roster.programme.rules.objective = objective(tiers, Tier::Stability);
        }
        let staying = match_programme(&left, self.options)?;
        let had = base.pairs.iter().filter(|p| ids.contains(&p.coach)).map(|p| p.coachee.clone());
        let groups = base.groups.iter().flatten().filter(|g| g.members.iter().any(|m| ids.contains(m)));
        let others = groups.flat_map(|g| g.members.iter().filter(|m| !ids.contains(m)).cloned());
        let mut bereft: Vec<Id> = had.chain(others).collect();
        bereft.sort_unstable();
        bereft.dedup();
        let (staying, moving) = (told(base, &staying, &ids), told(base, &moving, &ids));
        Ok(LossLine { coaches: ids, bereft, staying, moving })
    }
}

fn told(base: &PlanDocument, after: &PlanDocument, lost: &[Id]) -> RepairLine {
    let found = compare(base, after);
    let mut changes: Vec<(Id, Vec<Id>, Vec<Id>)> =
        found.moved.into_iter().map(|m| (m.coachee, m.from, m.to)).collect();
    let gone = found.newly_unmatched.into_iter().filter(|(_, coachee)| !lost.contains(coachee));
    for (coach, coachee) in gone {
        changes.push((coachee, vec![coach], Vec::new()));
    }
    changes.sort_unstable();
    let stranded = changes.iter().filter(|c| c.2.len() < c.1.len()).map(|c| c.0.clone()).collect();
    let away = changes.iter().flat_map(|c| c.1.iter().filter(|coach| !lost.contains(coach)));
    let moves = count(away.count());
    let moves = if base.groups.is_some() { moves / 2 } else { moves };
    RepairLine { changes, stranded, moves, score: after.score - base.score }
}
