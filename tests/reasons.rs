//! The sentences that a planner reads, word for word, for some of the scenarios.

use dyad::intake;
use dyad::model::catalogue::Word;
use dyad::model::document::PlanDocument;
use dyad::service::{self, Options};
use std::path::Path;
use std::time::Duration;

fn plan(story: &str) -> PlanDocument {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(story);
    let reading = intake::read(&path, &[]).unwrap_or_else(|faults| panic!("{story}: {faults:?}"));
    let options = Options {
        threads: 1,
        time_limit: None,
        cancel: None,
        progress: None,
        workers: None,
        read: Duration::ZERO,
    };
    service::match_programme(&reading, &options).unwrap_or_else(|error| panic!("{story}: {error}"))
}

fn parts(story: &str, coach: &str, coachee: &str) -> Vec<(&'static str, String)> {
    let plan = plan(story);
    let pair = plan.pairs.iter().find(|p| &*p.coach == coach && &*p.coachee == coachee);
    let pair = pair.unwrap_or_else(|| panic!("{story}: {coach} and {coachee} are not paired"));
    pair.parts.iter().map(|part| (part.rule.key(), part.says.to_string())).collect()
}

#[test]
fn a_pair_says_what_speaks_for_it() {
    for (story, coach, coachee, rule, says) in [
        (
            "needs/first-need-most.toml",
            "ann",
            "eve",
            "needs",
            "covers the first need, change; and the third need, people",
        ),
        (
            "preferences/mutual-first-choice.toml",
            "ann",
            "eve",
            "preferences",
            "first choice of the coachee, first choice of the coach",
        ),
        ("preferences/mutual-first-choice.toml", "bob", "fay", "preferences", "second choice of the coachee"),
        ("travel/free-then-falling.toml", "ann", "e2", "travel", "21 minutes away"),
        ("travel/online-pairs-do-not-travel.toml", "ann", "eve", "travel", "online"),
        ("travel/within-one-school.toml", "ann", "eve", "travel", "no travel"),
        (
            "travel/over-the-limit-but-told.toml",
            "ann",
            "e5",
            "travel",
            "60 minutes away, over the limit of 30",
        ),
        ("seniority/best-one-or-two-above.toml", "ann", "e3", "seniority", "2 grades above"),
        ("school/only-told.toml", "ann", "eve", "school", "both at Doon Academy"),
        ("sector/across-sectors.toml", "ann", "fay", "sector", "crosses sectors, secondary to special"),
        ("line/told-chain.toml", "ann", "eve", "line", "is the coachee's line manager"),
        ("language/gaelic-is-required.toml", "bob", "eve", "language", "speaks gaelic"),
        ("availability/three-slots-are-plenty.toml", "ann", "e1", "availability", "2 weekly slots in common"),
        ("declared/told-only.toml", "ann", "eve", "declared", "a declared conflict (rival)"),
        (
            "nests/a-soft-cap-charges-the-best.toml",
            "ann",
            "e2",
            "school_cap",
            "3 coachees of Doon Academy with one coach, 2 is the cap",
        ),
    ] {
        let parts = parts(story, coach, coachee);
        assert!(parts.iter().any(|(r, s)| *r == rule && s.eq_ignore_ascii_case(says)), "{story}: {parts:?}");
    }
}

#[test]
fn everybody_left_over_is_told_why() {
    for (story, coachee, says) in [
        (
            "shortage/nobody-is-possible.toml",
            "eve",
            "no coach is possible: 1 by school, 1 by seniority, 1 by training",
        ),
        (
            "shortage/five-share-three.toml",
            "e5",
            "5 coachees share 3 coaches with 4 places (c1, c2, c3); others come first by priority",
        ),
        ("capacity/a-coach-with-no-places-left.toml", "eve", "1 coachee has 1 coach with 0 places (ann)"),
        (
            "priority/no-more-of-them-than-there-are.toml",
            "eve",
            "has 2 of 3 coaches; nobody else is possible",
        ),
        (
            "nests/a-hard-sector-cap-short.toml",
            "e3",
            "2 coaches are possible, but a cap or a minimum load stands in the way",
        ),
        ("pairs/not-worth-it.toml", "fay", "every pair that is still possible would lower the score"),
    ] {
        let plan = plan(story);
        let line = plan.unmatched.iter().find(|line| &*line.coachee == coachee);
        assert_eq!(line.map(|line| &*line.says), Some(says), "{story}");
    }
    let idle = plan("shortage/idle-coaches-are-named.toml").unused;
    assert_eq!(
        idle.iter().map(|l| &*l.says).collect::<Vec<_>>(),
        ["1 coachee is possible, and better placed with others"]
    );
    let held = plan("external/never-external.toml").unused;
    assert_eq!(held.iter().map(|l| &*l.says).collect::<Vec<_>>(), ["no coachee is possible: 2 by external"]);
}

#[test]
fn contradictions_and_gaps_are_said_with_numbers() {
    for (story, says) in [
        (
            "capacity/hard-minimums-contradict.toml",
            "2 coaches must have at least 3 coachees in all, and 2 coachees are possible for them, who fill 2 places at most (ann, bob)",
        ),
        ("locks/pins-that-clash.toml", "3 coachees are pinned to 1 coach with 2 places for them (ann)"),
        ("locks/more-pins-than-wanted.toml", "eve is pinned to 2 coaches and wants 1 (ann, bob)"),
        ("shortage/five-share-three.toml", "5 coachees share 3 coaches with 4 places (c1, c2, c3)"),
    ] {
        let clashes = plan(story).clashes;
        assert!(clashes.iter().any(|clash| &*clash.says == says), "{story}: {clashes:?}");
    }
    for (story, code, says) in [
        ("shortage/places-are-short.toml", "places-short", "3 coachees, 2 places"),
        (
            "shortage/special-schools-have-one-coach.toml",
            "pocket",
            "2 special-school coachees have 1 possible coach with 1 place (ann)",
        ),
        (
            "locks/a-pin-refused.toml",
            "pin-refused",
            "the pin by Mo of ann with eve is refused by the rule school: the coach shares the school Doon Academy",
        ),
        (
            "locks/a-pin-refused.toml",
            "pin-refused",
            "the pin by Mo of ann with fay is refused by the rule seniority: the coach is of the same grade, and must be at least 1 grade above, and there is no waiver",
        ),
        (
            "capacity/a-soft-minimum-unmet.toml",
            "minimum-unmet",
            "ann has 1 coachee, at least 2 are asked for",
        ),
        (
            "shortage/a-plan-that-broke.toml",
            "plan-pair-broken",
            "the given plan has ann with eve, which the rule declared does not allow: a declared conflict (dispute)",
        ),
    ] {
        let findings = plan(story).findings;
        let told = findings.iter().any(|f| f.code.key() == code && &*f.says == says);
        assert!(told, "{story}: {findings:#?}");
    }
}
