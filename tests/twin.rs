//! The rules compiled for the solver and the rules read by the verifier, on random rosters: two readings of one page,
//! written apart, that must come to the same problem.

#[path = "support/rng.rs"]
mod rng;
#[path = "support/rosters.rs"]
mod rosters;

use dyad::intake::Reading;
use dyad::model::catalogue::{RuleKey, Word};
use dyad::model::index::{CoacheeIx, Ix};
use dyad::model::instance::{Excess, NestKind, Parts};
use dyad::model::row::{Amount, Row};
use dyad::service::{Options, ServiceError, match_programme};
use rng::Rng;
use std::collections::BTreeMap;
use std::time::Duration;

/// What a family means, whatever its groups are numbered: per coachee who takes part the first one of the same group.
type Family = (NestKind, u32, Excess, Vec<Option<usize>>, Vec<usize>);

fn families(parts: &Parts) -> Vec<Family> {
    let family = |f: &dyad::model::instance::NestFamily| {
        let group = |e: CoacheeIx| f.group[e].filter(|_| parts.demand[e].wanted > 0);
        let first = |e: CoacheeIx| parts.demand.indexes().find(|o| group(*o) == group(e)).map(Ix::to_usize);
        let groups = parts.demand.indexes().map(|e| group(e).and_then(|_| first(e)));
        (f.kind, f.cap, f.excess, groups.collect(), f.exempt.iter().map(|p| p.to_usize()).collect())
    };
    parts.nests.iter().map(family).collect()
}

/// Rows with their sets in one order.
fn rows(parts: &Parts) -> Vec<Row> {
    let sorted = |row: &Row| {
        let mut row = row.clone();
        if let Amount::Distinct(sets) = &mut row.amount {
            sets.sort_unstable();
        }
        row
    };
    parts.rows.iter().map(sorted).collect()
}

#[test]
fn two_readings_of_the_rules_come_to_the_same_problem() {
    let (mut problems, mut seen) = (0, BTreeMap::new());
    for seed in 0..6_000 {
        let rng = &mut Rng(seed);
        let roster = if seed % 2 == 0 { rosters::roster(rng) } else { rosters::with_rows(rng) };
        let ours = dyad::verify::restate(&roster);
        let compiled = dyad::rules::compile(&roster, 1);
        let (Some(ours), Ok(compiled)) = (&ours, &compiled) else {
            assert_eq!(ours.is_none(), compiled.is_err(), "seed {seed}: one refuses, the other does not");
            continue;
        };
        let theirs = compiled.instance.parts();
        let pairs = |p: &Parts| -> Vec<(usize, usize, i64)> {
            let row = |e: CoacheeIx| {
                let rows = p.starts[e.to_usize()]..p.starts[e.to_usize() + 1];
                rows.map(move |r| (e.to_usize(), p.coach[r].to_usize(), p.score[r].0)).collect::<Vec<_>>()
            };
            p.demand.indexes().flat_map(row).collect()
        };
        assert_eq!(pairs(ours), pairs(theirs), "seed {seed}: eligible pairs and scores");
        assert_eq!(ours.seats, theirs.seats, "seed {seed}");
        assert_eq!((ours.minimums, ours.balance), (theirs.minimums, theirs.balance), "seed {seed}");
        assert_eq!(ours.demand, theirs.demand, "seed {seed}");
        assert_eq!((&ours.pins, &ours.kept), (&theirs.pins, &theirs.kept), "seed {seed}");
        assert_eq!(ours.tiers, theirs.tiers, "seed {seed}");
        assert_eq!(families(ours), families(theirs), "seed {seed}");
        assert_eq!(rows(ours), rows(theirs), "seed {seed}");
        assert_eq!(ours.rings, theirs.rings, "seed {seed}");
        for rule in
            theirs.rows.iter().map(|row| row.rule).chain(theirs.rings.as_ref().map(|_| RuleKey::Rings))
        {
            *seen.entry(rule.key()).or_insert(0) += 1;
        }
        problems += 1;
    }
    assert!(problems > 4_000, "most rosters are problems, not {problems}");
    assert!(seen.len() == 10 && seen.values().all(|n| *n > 30), "some rule has few rows: {seen:?}");
}

/// Every random roster matched and verified, as a user would: verification refuses none of the plans.
#[test]
fn plans_of_random_rosters_stand_up() {
    let mut plans = 0;
    for seed in 0..3_000 {
        let rng = &mut Rng(seed);
        let roster = if seed % 2 == 0 { rosters::roster(rng) } else { rosters::with_rows(rng) };
        let reading = Reading { roster, findings: Vec::new() };
        let options = Options {
            threads: 1,
            time_limit: None,
            cancel: None,
            progress: None,
            workers: None,
            read: Duration::ZERO,
        };
        match match_programme(&reading, &options) {
            Ok(plan) => assert_eq!(dyad::verify::verify(&reading.roster, &plan), [], "seed {seed}"),
            Err(ServiceError::Faults(_)) => continue,
            Err(ServiceError::Rejected(violations)) => panic!("seed {seed}: {violations:#?}"),
            Err(ServiceError::Solver(failure)) => panic!("seed {seed}: {failure}"),
        }
        plans += 1;
    }
    assert!(plans > 1_000, "most rosters have a plan, not {plans}");
}
