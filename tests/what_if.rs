//! The November rerun: stories of `scenarios/what-if`, changed and repaired.

use dyad::intake::{self, Reading};
use dyad::model::catalogue::PairState;
use dyad::model::document::{OutcomeKind, PlanDocument, Proof};
use dyad::model::roster::{PlannedPair, Roster};
use dyad::service::{self, Change, Contingencies, Moves, Options, ServiceError, WhatIf};
use std::path::{Path, PathBuf};
use std::time::Duration;

const OPTIONS: Options<'static> = Options {
    threads: 1,
    time_limit: None,
    cancel: None,
    progress: None,
    workers: None,
    read: Duration::ZERO,
};

fn story(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/what-if").join(name).with_extension("toml")
}

fn with_plan(mut reading: Reading, plan: &PlanDocument, state: PairState) -> Reading {
    let (pairs, left) = service::rebase(plan, &reading.roster);
    assert_eq!(left, []);
    reading.roster.plan = Some(pairs.into_iter().map(|p| PlannedPair { state, ..p }).collect());
    reading
}

/// The story matched, and read again with these rows added; both with the plan, its pairs in this state.
fn ready(name: &str, added: &str, state: PairState) -> (Reading, Reading) {
    let plain = intake::read(&story(name), &[]).expect("a story");
    let plan = service::match_programme(&plain, &OPTIONS).expect("a plan");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("november.toml");
    std::fs::write(&file, added).expect("a file");
    let after = intake::read_with(&story(name), &[], &[file], None).expect("the rows are sound");
    if !plain.roster.grouped() {
        return (with_plan(plain, &plan, state), with_plan(after, &plan, state));
    }
    let file = folder.path().join("plan.json");
    std::fs::write(&file, intake::plan_to_json(&plan)).expect("a file");
    let take = |mut reading: Reading| {
        reading.roster.plan = Some(intake::read_baseline(&file, &reading.roster).expect("its own plan"));
        reading
    };
    (take(plain), take(after))
}

fn ask(name: &str, added: &str, drop: &[&str], moves: Moves) -> WhatIf {
    let (before, mut after) = ready(name, added, PairState::Live);
    let drops: Vec<Change> = drop.iter().map(|id| Change::Drop((*id).into())).collect();
    service::apply(&mut after.roster, &drops).expect("people of the story");
    service::what_if(&before, &after, moves, &OPTIONS).expect("an answer")
}

fn with(plan: &PlanDocument, coachee: &str) -> Vec<String> {
    plan.pairs.iter().filter(|p| *p.coachee == *coachee).map(|p| p.coach.to_string()).collect()
}

#[test]
fn the_star_head_leaves() {
    let found = ask("the-star-head-leaves", "", &["star"], Moves::Fewest);
    assert_eq!((found.plan.outcome, found.plan.proof), (OutcomeKind::Optimal, Proof::Certified));
    assert_eq!(found.comparison.kept.len(), 3);
    assert_eq!(found.plan.matched, 6);
    for line in &found.moved {
        assert_eq!((&*line.from[0], &*line.why), ("star", "star leaves"));
    }
    assert!(found.ended && found.traced);
    assert!(found.frontier.iter().all(|line| line.proved));
    let scores: Vec<i128> = found.frontier.iter().map(|line| line.score).collect();
    assert!(scores.windows(2).all(|two| two[0] <= two[1]), "more moves are never worse: {scores:?}");
    assert_eq!(scores.last(), Some(&found.free.score));
    assert!(found.free.score > scores[0]);
    // Each number of moves as a plan of its own, with its own proof, is worth what the frontier says.
    for line in &found.frontier {
        let plan = ask("the-star-head-leaves", "", &["star"], Moves::Further(line.further)).plan;
        assert_eq!(
            (plan.proof, plan.score),
            (Proof::Certified, line.score),
            "{} further moves",
            line.further
        );
    }
    let free = ask("the-star-head-leaves", "", &["star"], Moves::Any).plan;
    assert_eq!(free.score, found.free.score);
}

#[test]
fn two_of_three_special_coaches_leave() {
    let found = ask("two-of-three-special-coaches-leave", "", &["s1", "s2"], Moves::Fewest);
    assert_eq!(found.plan.matched, 3);
    assert_eq!(found.plan.unmatched.len(), 2);
    assert!(found.plan.unmatched.iter().all(|line| !line.says.is_empty()));
    assert_eq!(found.comparison.newly_unmatched.len(), 2);
    assert_eq!(with(&found.plan, "e5"), ["p1"]);
    assert_eq!(found.free.filled, found.frontier[0].filled, "no number of moves would help");
}

#[test]
fn a_coach_becomes_a_line_manager() {
    let added = "employment = [{ person = \"eve\", manager = \"ann\", from = 2026-11-02 }]";
    let found = ask("a-coach-becomes-a-line-manager", added, &[], Moves::Fewest);
    assert_eq!(with(&found.plan, "eve"), ["bob"]);
    assert_eq!(found.comparison.kept.len(), 2);
    assert_eq!(found.moved.len(), 1);
    assert!(found.moved[0].why.contains("line"), "{}", found.moved[0].why);
}

#[test]
fn a_coachee_is_promoted_to_the_coachs_school() {
    let name = "a-coachee-is-promoted-to-the-coachs-school";
    let added = "employment = [{ person = \"eve\", school = \"a\", from = 2026-11-02 }]";
    let found = ask(name, added, &[], Moves::Fewest);
    assert_eq!((found.plan.matched, found.comparison.kept.len()), (1, 1));
    assert_eq!(found.comparison.newly_unmatched.len(), 1);
    let further: Vec<i128> = found.frontier.iter().map(|line| line.filled).collect();
    assert_eq!(further, [1, 2], "one further move and both are matched");
    let moved = ask(name, added, &[], Moves::Further(1));
    assert_eq!(
        (with(&moved.plan, "eve"), with(&moved.plan, "fay")),
        (vec!["bob".to_owned()], vec!["ann".to_owned()])
    );
}

#[test]
fn a_leaver_in_a_co_coaching_pair() {
    let found = ask("a-leaver-in-a-co-coaching-pair", "", &["H1"], Moves::Fewest);
    let groups = found.plan.groups.expect("groups");
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].members.len(), 3);
    assert!(!found.traced);
}

#[test]
fn a_started_pair_is_released_when_its_coach_leaves_and_kept_else() {
    let (before, mut after) = ready("the-star-head-leaves", "", PairState::Started);
    service::apply(&mut after.roster, &[Change::Drop("star".into())]).expect("people of the story");
    let found = service::what_if(&before, &after, Moves::Any, &OPTIONS).expect("an answer");
    assert_eq!(found.released.len(), 3, "{:#?}", found.released);
    assert_eq!(found.comparison.kept.len(), 3, "whoever has begun goes on, however many moves are allowed");
}

#[test]
fn bad_changes_are_refused_together() {
    let roster = || -> Roster { intake::read(&story("the-star-head-leaves"), &[]).expect("a story").roster };
    let refused = |changes: &[Change]| match service::apply(&mut roster(), changes) {
        Err(ServiceError::Faults(faults)) => faults
            .iter()
            .map(|f| format!("{} @ {} {}", f.code.key(), f.at, f.remedy))
            .collect::<Vec<String>>(),
        other => panic!("{other:?}"),
    };
    let drop = |id: &str| Change::Drop(id.into());
    let told = refused(&[drop("stra"), Change::Places("e1".into(), 2)]);
    assert_eq!(told[0], "E020 @ --drop did you mean \"star\"?");
    assert!(told[1].starts_with("E020 @ --places"), "{told:?}");
    let all = ["star", "ann", "bob", "cat"].map(drop);
    assert!(refused(&all)[0].starts_with("E038 @ --drop"));
    let plain = intake::read(&story("two-of-three-special-coaches-leave"), &[]).expect("a story");
    let plan = service::match_programme(&plain, &OPTIONS).expect("a plan");
    let other = roster();
    match service::of_programme(&plan, &[&other], "plan.json") {
        Err(ServiceError::Faults(faults)) => assert_eq!(faults[0].code.key(), "E047"),
        other => panic!("{other:?}"),
    }
    let (pairs, left) = service::rebase(&plan, &other);
    assert_eq!((pairs.len(), left.len()), (0, 5), "none of these people are there");
}

fn contingencies(name: &str, together: &[&[&str]]) -> Contingencies {
    let (before, _) = ready(name, "", PairState::Live);
    let sets: Vec<Vec<Box<str>>> =
        together.iter().map(|set| set.iter().map(|id| Box::from(*id)).collect()).collect();
    service::contingencies(&before, &sets, &OPTIONS).expect("an answer")
}

#[test]
fn every_coach_lost_in_turn() {
    let found = contingencies("two-of-three-special-coaches-leave", &[&["s1", "s2"]]);
    assert_eq!((found.losses.len(), found.alone, found.changes), (4, 0, 0));
    assert_eq!(&*found.losses[0].coaches[0], "p1", "nobody else may coach e5");
    assert_eq!(found.losses[0].moving.stranded, ["e5".into()]);
    assert_eq!(found.together[0].staying.stranded.len(), 2);
    assert_eq!((&*found.reserves[0].like, found.reserves[0].losses), ("p1", 1));
}

#[test]
fn losses_are_what_matches_say() {
    let name = "the-star-head-leaves";
    for loss in contingencies(name, &[]).losses {
        let id = loss.coaches[0].to_string();
        let found = ask(name, "", &[&id], Moves::Fewest);
        assert_eq!(found.comparison.score_after - found.comparison.score_before, loss.staying.score, "{id}");
        assert_eq!(found.comparison.newly_unmatched.len(), loss.staying.stranded.len(), "{id}");
    }
}

#[test]
fn losses_in_groups_are_matched_one_by_one() {
    let found = contingencies("a-leaver-in-a-co-coaching-pair", &[]);
    assert_eq!((found.losses.len(), found.alone), (4, 4));
    assert!(found.losses.iter().all(|loss| loss.moving.stranded.is_empty()));
}
