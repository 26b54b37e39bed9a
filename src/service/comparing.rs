//! Two plans side by side: who stays, who moves, what it is worth.

use crate::model::catalogue::Tier;
use crate::model::document::PlanDocument;
use crate::model::people::Id;
use std::collections::{BTreeMap, BTreeSet};

/// A coachee whose coaches differ between two plans.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moved {
    pub coachee: Id,
    /// Coaches of the first plan only, in byte order.
    pub from: Vec<Id>,
    /// Coaches of the second plan only.
    pub to: Vec<Id>,
}

/// A tier's value in both plans, as the documents give it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TierChange {
    pub tier: Tier,
    /// `None` where the plan does not have the tier.
    pub before: Option<Box<str>>,
    pub after: Option<Box<str>>,
}

/// What is different in the second plan. Lists are by coachee id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comparison {
    /// Pairs in both, (coach, coachee).
    pub kept: Vec<(Id, Id)>,
    pub moved: Vec<Moved>,
    /// Pairs of coachees who had nobody before.
    pub newly_matched: Vec<(Id, Id)>,
    /// Pairs of coachees who have nobody after.
    pub newly_unmatched: Vec<(Id, Id)>,
    /// Micro-points.
    pub score_before: i128,
    pub score_after: i128,
    pub tiers: Vec<TierChange>,
    /// Whether both were made for the same programme.
    pub same_instance: bool,
}

/// Compares by ids, so that plans of two rosters may be compared.
pub fn compare(before: &PlanDocument, after: &PlanDocument) -> Comparison {
    let (old, new) = (by_coachee(before), by_coachee(after));
    let mut found = Comparison {
        kept: Vec::new(),
        moved: Vec::new(),
        newly_matched: Vec::new(),
        newly_unmatched: Vec::new(),
        score_before: before.score,
        score_after: after.score,
        tiers: tiers(before, after),
        same_instance: before.instance == after.instance,
    };
    let nobody = BTreeSet::new();
    let everybody: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    for coachee in everybody {
        let had = old.get(coachee).unwrap_or(&nobody);
        let has = new.get(coachee).unwrap_or(&nobody);
        let pairs = |coaches: &BTreeSet<&str>| -> Vec<(Id, Id)> {
            coaches.iter().map(|coach| (Id::from(*coach), Id::from(coachee))).collect()
        };
        found.kept.extend(had.intersection(has).map(|coach| (Id::from(*coach), Id::from(coachee))));
        if had == has {
            continue;
        }
        if had.is_empty() {
            found.newly_matched.extend(pairs(has));
        } else if has.is_empty() {
            found.newly_unmatched.extend(pairs(had));
        } else {
            let only =
                |a: &BTreeSet<&str>, b: &BTreeSet<&str>| a.difference(b).map(|c| Id::from(*c)).collect();
            found.moved.push(Moved { coachee: coachee.into(), from: only(had, has), to: only(has, had) });
        }
    }
    if after.groups.is_some() {
        // Two people who stay together are one pair, whoever is named first.
        found.kept.retain(|(one, other)| one < other);
    }
    found
}

fn by_coachee(plan: &PlanDocument) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut coaches: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for pair in &plan.pairs {
        coaches.entry(&pair.coachee).or_default().insert(&pair.coach);
    }
    // In a group everybody has the others.
    for group in plan.groups.iter().flatten() {
        for who in &group.members {
            let others = group.members.iter().filter(|other| *other != who).map(|other| &**other);
            coaches.entry(who).or_default().extend(others);
        }
    }
    coaches
}

/// The tiers of the second plan in its order, then those that only the first has.
fn tiers(before: &PlanDocument, after: &PlanDocument) -> Vec<TierChange> {
    let value =
        |plan: &PlanDocument, tier| plan.tiers.iter().find(|t| t.tier == tier).map(|t| t.value.clone());
    let mut order: Vec<Tier> = after.tiers.iter().map(|t| t.tier).collect();
    for line in &before.tiers {
        if !order.contains(&line.tier) {
            order.push(line.tier);
        }
    }
    let change = |tier| TierChange { tier, before: value(before, tier), after: value(after, tier) };
    order.into_iter().map(change).collect()
}
