//! The lines of a frontier: what so many further moves gain, tier by tier.

use super::compare;
use crate::model::catalogue::{Status, Tier};
use crate::model::document::{OutcomeKind, PlanDocument};
use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::outcome::{Assignment, TierValue};
use crate::model::people::Id;
use crate::model::roster::Roster;
use crate::rules;
use crate::solver::repair::Point;
use std::collections::BTreeMap;

/// What a line can gain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Gained {
    /// Coachees of this priority class who have so many coaches.
    Filled {
        nth: u8,
        class: u8,
    },
    Tier(Tier),
}

/// The best plan with at most so many moves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrontierLine {
    /// Pairs given up beyond those that the change itself gives up.
    pub further: u32,
    /// What is gained on the first line, in the objective's order; less than nothing where something before it is worth that.
    /// Coachees, micro-points, or places missing.
    pub gains: Vec<(Gained, i128)>,
    /// Places filled.
    pub filled: i128,
    /// Micro-points.
    pub score: i128,
    pub proved: bool,
    /// Whose coach differs from the plan without further moves.
    pub moved: Vec<(Id, Vec<Id>)>,
}

pub(super) fn line(roster: &Roster, point: &Point, first: &Point, least: u32) -> FrontierLine {
    let value = |tier| point.tiers.iter().find(|t| t.tier == tier).and_then(|t| t.value).unwrap_or(0);
    let first_tiers = &first.tiers;
    let first = &first.assignment;
    let with = |plan: &Assignment, coachee: CoacheeIx| -> Vec<CoachIx> {
        let from = plan.pairs.partition_point(|p| p.0 < coachee);
        plan.pairs[from..].iter().take_while(|p| p.0 == coachee).map(|p| p.1).collect()
    };
    let different = point.assignment.pairs.iter().filter(|pair| first.pairs.binary_search(pair).is_err());
    let gone = first.pairs.iter().filter(|pair| point.assignment.pairs.binary_search(pair).is_err());
    let mut coachees: Vec<CoacheeIx> = different.chain(gone).map(|pair| pair.0).collect();
    coachees.sort_unstable();
    coachees.dedup();
    let coach = |c: &CoachIx| Id::from(roster.coach_id(*c));
    let moved = |e: &CoacheeIx| {
        (Id::from(roster.coachee_id(*e)), with(&point.assignment, *e).iter().map(coach).collect())
    };
    FrontierLine {
        further: point.made.saturating_sub(least),
        gains: gains(first_tiers, &point.tiers, &ranks(roster, first), &ranks(roster, &point.assignment)),
        filled: i128::try_from(point.assignment.pairs.len()).unwrap_or(i128::MAX),
        score: value(Tier::Score),
        proved: point.proved,
        moved: coachees.iter().map(moved).collect(),
    }
}

/// How many coachees of a class have so many coaches, the most urgent first.
type Ranks = BTreeMap<(u8, u8), i128>;

fn ranks(roster: &Roster, plan: &Assignment) -> Ranks {
    let mut ranks = Ranks::new();
    for (coachee, about) in roster.coachees.enumerate().filter(|(_, e)| e.status == Status::Active) {
        let from = plan.pairs.partition_point(|p| p.0 < coachee);
        let has = plan.pairs[from..].iter().take_while(|p| p.0 == coachee).count();
        for nth in 1..=about.wanted {
            *ranks.entry((nth, rules::class(roster, about))).or_insert(0) +=
                i128::from(usize::from(nth) <= has);
        }
    }
    ranks
}

/// What each tier gains; that pairs are given up is what is paid for it, and the floor is left out.
fn gains(first: &[TierValue], now: &[TierValue], before: &Ranks, after: &Ranks) -> Vec<(Gained, i128)> {
    let mut found = Vec::new();
    for line in now {
        let old = first.iter().find(|t| t.tier == line.tier).and_then(|t| t.value).unwrap_or(0);
        let more = line.value.unwrap_or(0) - old;
        match line.tier {
            Tier::Stability | Tier::Floor => {}
            Tier::Coverage => found.extend(filled(before, after)),
            Tier::Minimums | Tier::Balance => found.push((Gained::Tier(line.tier), -more)),
            Tier::Score => found.push((Gained::Tier(line.tier), more)),
        }
    }
    found
}

fn filled(before: &Ranks, after: &Ranks) -> impl Iterator<Item = (Gained, i128)> {
    after.iter().map(|((nth, class), now)| {
        let old = before.get(&(*nth, *class)).copied().unwrap_or(0);
        (Gained::Filled { nth: *nth, class: *class }, now - old)
    })
}

/// The lines that gain something on the one before.
pub(super) fn gaining(lines: Vec<FrontierLine>) -> Vec<FrontierLine> {
    let worth = |line: &FrontierLine| line.gains.iter().map(|gain| gain.1).collect::<Vec<i128>>();
    let mut found: Vec<FrontierLine> = Vec::new();
    for line in lines {
        if found.last().is_none_or(|last| worth(&line) > worth(last)) {
            found.push(line);
        }
    }
    found
}

/// A line from whole plans, where the frontier is not followed.
pub(super) fn whole(roster: &Roster, plan: &PlanDocument, repaired: Option<&PlanDocument>) -> FrontierLine {
    let first = repaired.unwrap_or(plan);
    let moved = repaired.map(|repaired| compare(repaired, plan).moved).unwrap_or_default();
    let places = if plan.groups.is_some() { plan.matched as usize } else { plan.pairs.len() };
    let mut gains: Vec<(Gained, i128)> =
        filled(&documented(roster, first), &documented(roster, plan)).collect();
    gains.push((Gained::Tier(Tier::Score), plan.score - first.score));
    FrontierLine {
        further: plan.changes.saturating_sub(first.changes),
        gains,
        filled: i128::try_from(places).unwrap_or(i128::MAX),
        score: plan.score,
        proved: plan.outcome == OutcomeKind::Optimal,
        moved: moved.into_iter().map(|m| (m.coachee, m.to)).collect(),
    }
}

fn documented(roster: &Roster, plan: &PlanDocument) -> Ranks {
    let pair = |coach: &str, coachee: &str| {
        Some((super::changes::find(roster, coachee).1?, super::changes::find(roster, coach).0?))
    };
    let lines = plan.pairs.iter().filter_map(|line| pair(&line.coach, &line.coachee));
    // Whoever is in a group has what they came for.
    let groups = plan.groups.iter().flatten().flat_map(|group| &group.members);
    let mut pairs: Vec<(CoacheeIx, CoachIx)> = lines.chain(groups.filter_map(|who| pair(who, who))).collect();
    pairs.sort_unstable();
    ranks(roster, &Assignment { pairs })
}
