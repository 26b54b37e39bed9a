//! The solving process: killed, starved, gone wrong, out of time; and whoever asks it is always answered.

use dyad::model::catalogue::{RuleKey, Tier};
use dyad::model::index::{CoachIx, Ix, PairIx};
use dyad::model::instance::{Demand, Instance, Parts, Seats};
use dyad::model::outcome::{Outcome, Stop};
use dyad::model::quantity::Points;
use dyad::model::row::{About, Amount, Outside, Row};
use dyad::solver::{Failure, MEMORY, Options, Workers, solve};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const DYAD: &str = env!("CARGO_BIN_EXE_dyad");

/// Generalised assignment with a floor: every coach has tight minutes. The larger, the harder; from 5 × 24 on, a solver has to be
/// asked, since prices do not look at floors.
fn budgets(coaches: usize, coachees: usize) -> Instance {
    let mut state = 7_u64;
    let mut next = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((state >> 33) % n).expect("small")
    };
    let pairs = coaches * coachees;
    let minutes: Vec<i64> = (0..pairs).map(|_| 5 + next(21)).collect();
    let score: Vec<Points> = minutes.iter().map(|m| Points((111 - m + next(20)) * 1_000_000)).collect();
    let mut rows = Vec::new();
    for coach in 0..coaches {
        let mine = (0..coachees).map(|e| e * coaches + coach);
        let terms: Vec<(PairIx, i64)> = mine.map(|p| (PairIx::from_usize(p), minutes[p])).collect();
        let most = terms.iter().map(|t| t.1).sum::<i64>() * 8 / 10 / i64::try_from(coaches).expect("few");
        let about = About::Coach(CoachIx::from_usize(coach));
        let amount = Amount::Sum(terms);
        let outside = Outside::Forbidden;
        rows.push(Row { rule: RuleKey::TravelBudget, about, amount, least: None, most: Some(most), outside });
    }
    let parts = Parts {
        seats: (0..coaches).map(|_| Seats { min: 0, max: 99 }).collect(),
        demand: (0..coachees).map(|_| Demand { wanted: 1, class: 1 }).collect(),
        starts: (0..=coachees).map(|e| e * coaches).collect(),
        coach: (0..pairs).map(|p| CoachIx::from_usize(p % coaches)).collect(),
        score: score.into(),
        rows,
        tiers: vec![Tier::Coverage, Tier::Floor, Tier::Score],
        ..Parts::default()
    };
    Instance::try_new(parts).expect("a sound instance")
}

fn ask(
    instance: &Instance,
    workers: &Workers,
    time: Option<Duration>,
    cancel: Option<&AtomicBool>,
) -> Result<Outcome, Failure> {
    let deadline = time.map(|t| Instant::now() + t);
    solve(instance, &Options { threads: 1, deadline, cancel, progress: None, workers: Some(workers) })
}

/// A program that runs these lines of shell, `$dyad` being the real one, and `$first` true in the first run.
fn script(folder: &Path, lines: &str) -> PathBuf {
    let path = folder.join("worker");
    let mark = folder.join("mark");
    let text = format!(
        "#!/bin/sh\ndyad='{DYAD}'\nif [ -e '{m}' ]; then first=false; else first=true; fi\ntouch '{m}'\n{lines}\n",
        m = mark.display()
    );
    std::fs::write(&path, text).expect("a script");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("may be run");
    path
}

#[test]
fn a_worker_answers_like_this_process() {
    let instance = budgets(5, 24);
    let workers = Workers::new(DYAD.into(), MEMORY);
    let here = solve(
        &instance,
        &Options { threads: 1, deadline: None, cancel: None, progress: None, workers: None },
    );
    assert!(matches!(here, Ok(Outcome::Optimal { .. })), "{here:?}");
    assert_eq!(ask(&instance, &workers, None, None), here);
    assert_eq!(ask(&instance, &workers, None, None), here, "the process that was kept");
}

#[test]
fn a_worker_killed_in_the_middle_costs_one_retry() {
    let instance = budgets(5, 24);
    let sure = Workers::new(DYAD.into(), MEMORY);
    let expected = ask(&instance, &sure, None, None);
    // In the first run only: killed with half of the question read, and killed by hand while it solves.
    for kill in ["head -c 20 >/dev/null; kill -9 $$", "(sleep 0.1; kill -9 $$) &"] {
        let folder = tempfile::tempdir().expect("a folder");
        let lines = format!("if $first; then\n{kill}\nfi\nexec \"$dyad\" \"$@\"");
        let workers = Workers::new(script(folder.path(), &lines), MEMORY);
        assert_eq!(ask(&instance, &workers, None, None), expected, "{kill}");
    }
}

#[test]
fn a_worker_that_dies_twice_is_a_failure_with_a_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let instance = budgets(5, 24);
    for lines in ["exit 3", "head -c 20 >/dev/null; kill -9 $$", "echo no such answer"] {
        let workers = Workers::new(script(folder.path(), lines), MEMORY);
        assert_eq!(ask(&instance, &workers, None, None), Err(Failure::Died), "{lines}");
    }
    assert!(Failure::Died.to_string().contains("[solver-died]"));
    let nobody = Workers::new(folder.path().join("nobody"), MEMORY);
    assert_eq!(ask(&instance, &nobody, None, None), Err(Failure::NotStarted(std::io::ErrorKind::NotFound)));
}

#[test]
fn a_worker_without_memory_is_a_failure_not_a_hang() {
    let workers = Workers::new(DYAD.into(), 32 << 20);
    assert_eq!(ask(&budgets(5, 24), &workers, None, None), Err(Failure::Died));
}

#[test]
fn a_worker_that_never_answers_is_ended_at_the_deadline() {
    let folder = tempfile::tempdir().expect("a folder");
    let workers = Workers::new(script(folder.path(), "exec sleep 1000"), MEMORY);
    let outcome = ask(&budgets(5, 24), &workers, Some(Duration::from_millis(300)), None);
    assert!(matches!(outcome, Ok(Outcome::Feasible { stop: Stop::TimeLimit, .. })), "{outcome:?}");
}

#[test]
fn whoever_cancels_gets_the_best_plan_so_far() {
    let folder = tempfile::tempdir().expect("a folder");
    let workers = Workers::new(script(folder.path(), "exec sleep 1000"), MEMORY);
    let cancel = AtomicBool::new(false);
    let instance = budgets(5, 24);
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| ask(&instance, &workers, None, Some(&cancel)));
        // Once the flow is done and the worker has been started.
        while !folder.path().join("mark").exists() {
            std::thread::yield_now();
        }
        cancel.store(true, Ordering::Relaxed);
        let outcome = asked.join().expect("no panic");
        assert!(matches!(outcome, Ok(Outcome::Feasible { stop: Stop::Cancelled, .. })), "{outcome:?}");
    });
}

#[test]
fn a_deadline_of_a_millisecond_gives_an_answer() {
    let workers = Workers::new(DYAD.into(), MEMORY);
    let outcome = ask(&budgets(40, 400), &workers, Some(Duration::from_millis(1)), None);
    match outcome {
        Ok(Outcome::Feasible { assignment, stop: Stop::TimeLimit, .. }) => {
            assert!(!assignment.pairs.is_empty());
        }
        other => panic!("{other:?}"),
    }
}
