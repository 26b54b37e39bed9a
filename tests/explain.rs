//! Why and why not against brute force: random programmes of a few people, every plan there is, from the definitions.

#[path = "support/plans.rs"]
mod plans;
#[path = "support/rng.rs"]
mod rng;
#[path = "support/rosters.rs"]
mod rosters;
#[path = "support/row_worth.rs"]
mod row_worth;
#[path = "support/worth.rs"]
mod worth;

use dyad::intake::{self, Reading};
use dyad::model::catalogue::{RuleKey, Tier};
use dyad::model::document::OutcomeKind;
use dyad::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use dyad::model::instance::Instance;
use dyad::model::roster::Roster;
use dyad::rules;
use dyad::service::{self, About, Effect, Explained, Firmness, Options, PairAnswer, PlanGiven};
use plans::{Plans, choices};
use rng::Rng;
use std::path::Path;
use std::time::Duration;

const OPTIONS: Options<'static> = Options {
    threads: 1,
    time_limit: None,
    cancel: None,
    progress: None,
    workers: None,
    read: Duration::ZERO,
};

/// Programmes with more choices, coachee by coachee, are left out.
const MOST: usize = 3_000;

/// The pairs of a plan: coachee, coach.
type Made = Vec<(Box<str>, Box<str>)>;
/// What the best plan with a pair is worth, the pair, the values of its tiers.
type Line = (Vec<i128>, (CoacheeIx, CoachIx), Vec<Option<i128>>);

/// The best of the plans that count.
fn best<'p>(
    plans: &'p Plans<'_>,
    counts: impl Fn(&[PairIx]) -> bool,
) -> Option<&'p (Vec<i128>, Vec<PairIx>)> {
    plans.all.iter().find(|(_, plan)| counts(plan))
}

fn with<'p>(plans: &'p Plans<'_>, pair: PairIx) -> Option<&'p (Vec<i128>, Vec<PairIx>)> {
    // Pins and least numbers come before all tiers: nothing is had by breaking one.
    best(plans, |plan| plan.contains(&pair)).filter(|found| found.0[..2] <= plans.all[0].0[..2])
}

fn after(effect: &Effect) -> Vec<Option<i128>> {
    effect.tiers.iter().map(|tier| tier.after).collect()
}

/// The same instance with another score for one pair.
fn rescored(instance: &Instance, pair: PairIx, by: i128) -> Instance {
    let mut parts = instance.parts().clone();
    let mut score = parts.score.to_vec();
    score[pair.to_usize()].0 -= i64::try_from(by).expect("small");
    parts.score = score.into();
    Instance::try_new(parts).expect("another score is sound")
}

/// The pair is in a best plan until it loses so much, and in none after that.
fn stands(instance: &Instance, pair: PairIx, firm: Firmness) {
    let compare = |by: i128| {
        let changed = rescored(instance, pair, by);
        let plans = Plans::of(&changed);
        let made = best(&plans, |plan| plan.contains(&pair)).map(|found| found.0.clone());
        let left = best(&plans, |plan| !plan.contains(&pair)).map(|found| found.0.clone());
        made.expect("the pair can be made").cmp(&left.expect("nobody is a plan"))
    };
    match firm {
        Firmness::Points(points) => {
            assert!(points >= 0);
            if points > 0 {
                assert!(compare(points - 1).is_le(), "it falls before it has lost {points}");
            }
            assert!(compare(points + 1).is_gt(), "it stands although it has lost {points}");
        }
        Firmness::Whatever => assert!(compare(1_000_000_000).is_le(), "it falls after all"),
    }
}

#[derive(Default)]
struct Seen {
    made: usize,
    dear: usize,
    barred: usize,
    excluded: usize,
    firm: usize,
    ranked: usize,
    displaced: usize,
}

fn ask(reading: &Reading, coachee: Option<&str>, coach: Option<&str>) -> Option<(Explained, Made)> {
    let plan = service::match_programme(reading, &OPTIONS).ok()?;
    if plan.outcome == OutcomeKind::Unknown {
        return None;
    }
    let given = PlanGiven { pairs: Vec::new(), document: Some((&plan, "plan.json")) };
    let about = About { coachee: coachee.map(Into::into), coach: coach.map(Into::into), best: 3 };
    let found = service::explain(reading, &given, &about, &OPTIONS).expect("an answer");
    Some((found, plan.pairs.iter().map(|line| (line.coachee.clone(), line.coach.clone())).collect()))
}

fn check(plans: &Plans<'_>, answer: &PairAnswer, pair: PairIx, seen: &mut Seen) {
    let instance = plans.instance;
    let in_best = answer.best;
    match &answer.effect {
        Some(effect) if in_best => {
            if answer.pinned.is_none() {
                let (_, plan) = best(plans, |plan| !plan.contains(&pair)).expect("nobody is a plan");
                assert_eq!(after(effect), plans.values(plan), "without {pair:?}");
            }
            seen.made += 1;
        }
        Some(effect) => {
            let (_, plan) = with(plans, pair).expect("a plan makes it");
            assert_eq!(after(effect), plans.values(plan), "with {pair:?}");
            seen.dear += 1;
            seen.displaced += usize::from(effect.changes.len() > 1);
        }
        None => {
            assert!(with(plans, pair).is_none(), "there is a plan with {pair:?}");
            seen.barred += 1;
        }
    }
    if let Some(firm) = answer.firmness {
        stands(instance, pair, firm);
        seen.firm += 1;
    }
}

fn programme(seed: u64, seen: &mut Seen) {
    let rng = &mut Rng(seed);
    let roster: Roster = if seed.is_multiple_of(2) { rosters::roster(rng) } else { rosters::with_rows(rng) };
    let reading = Reading { roster, findings: Vec::new() };
    let Ok(compiled) = rules::compile(&reading.roster, 1) else { return };
    let instance = &compiled.instance;
    if instance.parts().stable.is_some() || choices(instance) > MOST || instance.pairs() == 0 {
        return;
    }
    let plans = Plans::of(instance);
    let roster = &reading.roster;
    let pick = PairIx::from_usize(rng.below(instance.pairs()));
    let (coachee, coach) = (instance.coachee_of(pick), instance.parts().coach[pick.to_usize()]);
    let (e, c) = (roster.coachee_id(coachee), roster.coach_id(coach));
    let Some((found, _)) = ask(&reading, Some(e), Some(c)) else { return };
    check(&plans, &found.pairs[0], pick, seen);
    assert_eq!(found.pairs[0].score, Some(instance.parts().score[pick.to_usize()]));
    for other in roster.coaches.indexes().filter(|other| instance.pair(coachee, *other).is_none()) {
        let (found, _) = ask(&reading, Some(e), Some(roster.coach_id(other))).expect("a plan");
        assert!(!found.pairs[0].obstacles.is_empty() && found.pairs[0].effect.is_none());
        seen.excluded += 1;
    }
    let found = ask(&reading, Some(e), None).expect("a plan");
    let candidates: Vec<PairIx> = instance.rows(coachee).map(PairIx::from_usize).collect();
    ranked(&plans, roster, &found, &candidates, seen);
    let found = ask(&reading, None, Some(c)).expect("a plan");
    let all = instance.parts().demand.indexes();
    let candidates: Vec<PairIx> = all.filter_map(|e: CoacheeIx| instance.pair(e, coach)).collect();
    ranked(&plans, roster, &found, &candidates, seen);
}

/// The best of the candidates that the best plan does not make, in their order.
fn ranked(
    plans: &Plans<'_>,
    roster: &Roster,
    (found, chosen): &(Explained, Made),
    candidates: &[PairIx],
    seen: &mut Seen,
) {
    let instance = plans.instance;
    let of = |pair: PairIx| -> (CoacheeIx, CoachIx) {
        (instance.coachee_of(pair), instance.parts().coach[pair.to_usize()])
    };
    let made = |(e, c): (CoacheeIx, CoachIx)| {
        chosen.iter().any(|pair| *pair.0 == *roster.coachee_id(e) && *pair.1 == *roster.coach_id(c))
    };
    let mut wanted: Vec<Line> = candidates
        .iter()
        .filter(|pair| !made(of(**pair)))
        .filter_map(|pair| {
            let (worth, plan) = with(plans, *pair)?;
            Some((worth.clone(), of(*pair), plans.values(plan)))
        })
        .collect();
    wanted.sort();
    assert!(found.ranking.complete);
    let lines: Vec<Vec<Option<i128>>> = found.ranking.lines.iter().map(|line| after(&line.effect)).collect();
    let wanted: Vec<Vec<Option<i128>>> = wanted.into_iter().take(3).map(|line| line.2).collect();
    assert_eq!(lines, wanted);
    seen.ranked += lines.len();
}

#[test]
fn prices_firmness_and_the_best_others_agree_with_brute_force() {
    let mut seen = Seen::default();
    for seed in 0..1_500 {
        programme(seed, &mut seen);
    }
    let Seen { made, dear, barred, excluded, firm, ranked, displaced } = seen;
    assert!(
        made > 100
            && dear > 100
            && barred > 5
            && excluded > 200
            && firm > 80
            && ranked > 500
            && displaced > 50,
        "{made} made, {dear} dear, {barred} barred, {excluded} excluded, {firm} firm, {ranked} ranked, {displaced} displacing"
    );
}

/// A story with a plan, one question and the answer.
fn story(name: &str, coachee: Option<&str>, coach: Option<&str>) -> Explained {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name).with_extension("toml");
    let reading = intake::read(&path, &[]).expect("a story");
    ask(&reading, coachee, coach).expect("a plan").0
}

fn score(effect: &Effect) -> i128 {
    let line = effect.tiers.iter().find(|tier| tier.tier == Tier::Score).expect("a score");
    line.after.expect("a sum") - line.before.expect("a sum")
}

#[test]
fn two_people_who_are_grouped() {
    let mut asked = 0;
    for name in ["four-heads", "five-heads", "seven-heads-in-triads", "conflicts-hold-both-ways"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("scenarios/co-coaching")
            .join(name)
            .with_extension("toml");
        let reading = intake::read(&path, &[]).expect("a story");
        let ids: Vec<&str> = reading.roster.people.iter().map(|p| &*p.id).collect();
        let first = ids[0];
        for other in &ids[1..] {
            let (found, _) = ask(&reading, Some(first), Some(other)).expect("a plan");
            let pair = &found.pairs[0];
            assert!(found.optimal);
            match &pair.effect {
                // Nothing that is asked for can be better than the best plan.
                Some(effect) => {
                    let coverage = effect.tiers[0];
                    assert!(
                        coverage.after < coverage.before || score(effect) <= 0,
                        "{name} {other}: {effect:?}"
                    );
                    asked += 1;
                }
                None => assert!(!pair.obstacles.is_empty() || !pair.best, "{name} {other}"),
            }
        }
        let (alone, _) = ask(&reading, Some(first), None).expect("a plan");
        let worth: Vec<(Option<i128>, i128)> = alone
            .ranking
            .lines
            .iter()
            .map(|line| (line.effect.tiers[0].after, score(&line.effect)))
            .collect();
        assert!(worth.windows(2).all(|two| two[0] >= two[1]), "{name}: {worth:?}");
    }
    assert!(asked > 10, "{asked}");
}

#[test]
fn conflicts_name_no_more_than_they_may() {
    let found = story("declared/opaque-keeps-its-kind", Some("eve"), Some("ann"));
    let against = &found.pairs[0].obstacles;
    assert_eq!((against.len(), against[0].rule, against[0].level), (1, RuleKey::Declared, None));
    assert_eq!(&*against[0].says, "has a declared conflict");
    assert_eq!(found.pairs[0].effect, None);
    assert!(found.unmatched.is_some());
}

#[test]
fn a_stable_plan_is_explained_by_matches() {
    let mut pairs = 0;
    for file in
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/stable")).expect("stories")
    {
        let path = file.expect("an entry").path();
        let Ok(reading) = intake::read(&path, &[]) else { continue };
        for coachee in reading.roster.coachees.indexes().take(2) {
            let Some((found, _)) = ask(&reading, Some(reading.roster.coachee_id(coachee)), None) else {
                continue;
            };
            assert!(found.pairs.iter().all(|pair| pair.firmness.is_none()));
            pairs += found.pairs.len() + found.ranking.lines.len();
        }
    }
    assert!(pairs > 20, "{pairs}");
}
