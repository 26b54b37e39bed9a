//! Formulas at their edges, and the two ways of judging a pair against one another on random rosters. What the rules
//! mean is told by the stories under `scenarios/`.

use super::all::Rules;
use super::random::{Dice, roster};
use super::verdict::Row;
use super::{availability, compile, needs, pairs, preferences, seniority, travel};
use crate::model::catalogue::{Preset, RuleKey, Status, Word};
use crate::model::finding::FindingCode;
use crate::model::index::Ix;
use crate::model::quantity::Points;
use crate::model::rulebook::RuleBook;

fn points(text: &str) -> Points {
    Points::parse(text).expect("a decimal")
}

#[test]
fn travel_is_free_then_linear_then_nothing() {
    let rule = RuleBook::preset(Preset::AspiringLeaders).travel;
    for (minutes, worth) in
        [(0, "10"), (20, "10"), (21, "9.75"), (40, "5"), (59, "0.25"), (60, "0"), (u32::MAX, "0")]
    {
        assert_eq!(travel::points(&rule, minutes), points(worth), "{minutes} minutes");
    }
    // 7 points over 3 minutes: 2/3 of it is 4.666666 and the rest is dropped.
    let odd =
        crate::model::rulebook::TravelRule { weight: points("7"), free_minutes: 1, full_minutes: 4, ..rule };
    assert_eq!(travel::points(&odd, 2), points("4.666666"));
}

#[test]
fn roads_are_rounded_up_to_whole_minutes() {
    let rule = RuleBook::preset(Preset::AspiringLeaders).travel;
    // 10 km × 1.3 at 40 km/h is 19.5 minutes; 40,000/1.3 m is the hour of 60 minutes and a fraction less.
    for (metres, minutes) in [(0, 0), (1, 1), (10_000, 20), (30_769, 60), (30_770, 61)] {
        assert_eq!(travel::road_minutes(&rule, metres), minutes, "{metres} m");
    }
}

#[test]
fn the_gap_is_best_in_its_range_and_worth_nothing_from_the_worst() {
    let mut rule = RuleBook::preset(Preset::AspiringLeaders).seniority;
    for (gap, worth) in [(-1, "0"), (0, "0"), (1, "10"), (2, "10"), (3, "5"), (4, "0"), (9, "0")] {
        assert_eq!(seniority::points(&rule, gap), points(worth), "a gap of {gap}");
    }
    rule.absolute = true;
    for (gap, worth) in [(0, "10"), (1, "10"), (2, "0")] {
        assert_eq!(seniority::points(&rule, gap), points(worth), "a distance of {gap}");
    }
}

#[test]
fn needs_count_by_rank_and_level() {
    // Weights 3, 2, 1; three needs: 18 is everything. The first at level 3 and the third at level 1: 10/18 of 40.
    assert_eq!(needs::points(points("40"), 18, 3), points("40"));
    assert_eq!(needs::points(points("40"), 10, 3), points("22.222222"));
    assert_eq!(needs::points(points("40"), 9, 1), points("40"));
    assert_eq!(needs::points(points("40"), 2, 2), points("5.333333"));
}

#[test]
fn choices_slots_and_given_scores() {
    let w = points("15");
    assert_eq!(preferences::points(w, Some(0), Some(0)), w);
    assert_eq!(preferences::points(w, Some(1), None), points("5"));
    assert_eq!(preferences::points(w, None, Some(2)), points("2.5"));
    let rule = RuleBook::preset(Preset::AspiringLeaders).availability;
    let slots = [0, 1, 2, 3, 7].map(|n| availability::points(&rule, n));
    assert_eq!(slots, [points("0"), points("3.333333"), points("6.666666"), points("10"), points("10")]);
    // A weight of 0.5 on −0.000003 is −0.0000015, and down is −0.000002.
    assert_eq!(pairs::points(points("0.5"), points("-0.000003")), points("-0.000002"));
    assert_eq!(pairs::short(points("12.500000")), "12.5");
}

#[test]
fn a_row_says_what_its_pairs_say_and_threads_change_nothing() {
    let mut eligible_pairs = 0;
    for seed in 0..400 {
        let roster = roster(&mut Dice(seed));
        let rules = Rules::new(&roster);
        let mut row = Row::new(roster.coaches.len());
        for coachee in roster.coachees.indexes().filter(|e| roster.coachees[*e].status == Status::Active) {
            rules.row(coachee, &mut row);
            for coach in roster.coaches.indexes() {
                let at = coach.to_usize();
                let by_row = (!row.broken[at].forbids()).then_some(Points(row.points[at]));
                assert_eq!(by_row, rules.eligible(coachee, coach), "seed {seed}, {coachee:?}, {coach:?}");
            }
        }
        let (Ok(one), Ok(three)) = (compile(&roster, 1), compile(&roster, 3)) else {
            // Random schools and sectors may cross; that is refused on any number of threads.
            assert!(compile(&roster, 1).is_err() && compile(&roster, 3).is_err());
            continue;
        };
        assert_eq!(one.instance, three.instance, "seed {seed}");
        assert_eq!(one.findings, three.findings, "seed {seed}");
        eligible_pairs += one.instance.pairs();
        explained(&one, seed);
    }
    assert!(eligible_pairs > 1000, "the rosters are too strict to show anything: {eligible_pairs} pairs");
}

/// Parts add up, barriers stand exactly before the pairs that do not exist, and every sentence says something.
fn explained(compiled: &super::Compiled<'_>, seed: u64) {
    let parts = compiled.instance.parts();
    for coachee in compiled.roster.coachees.indexes() {
        for coach in compiled.roster.coaches.indexes() {
            let barriers = compiled.barriers(coachee, coach);
            let pair = compiled.instance.pair(coachee, coach);
            assert_eq!(pair.is_none(), !barriers.is_empty(), "seed {seed}, {coachee:?}, {coach:?}");
            assert!(barriers.iter().all(|b| !b.says.is_empty()), "seed {seed}: {barriers:?}");
            assert!(barriers.windows(2).all(|b| b[0].level <= b[1].level));
            let told = compiled.parts(coachee, coach);
            assert!(
                told.iter().all(|p| !p.says.is_empty()) && told.windows(2).all(|p| p[0].rule < p[1].rule)
            );
            if let Some(pair) = pair {
                let sum: Points = told.iter().map(|part| part.points).sum();
                assert_eq!(sum, parts.score[pair.to_usize()], "seed {seed}, {coachee:?}, {coach:?}");
                assert_eq!(sum, compiled.score(coachee, coach));
            }
        }
    }
}

#[test]
fn an_opaque_declaration_never_says_its_kind() {
    for seed in 0..100 {
        let mut roster = roster(&mut Dice(seed));
        roster.conflicts.iter_mut().for_each(|c| c.opaque = true);
        let Ok(compiled) = compile(&roster, 1) else { continue };
        let ends = compiled.findings.iter().filter(|f| f.code == FindingCode::DeclarationEnds);
        assert!(ends.into_iter().all(|f| f.says.ends_with("during the programme")));
        for coachee in roster.coachees.indexes() {
            for coach in roster.coaches.indexes() {
                let barriers = compiled.barriers(coachee, coach).into_iter();
                let mut barriers = barriers.filter(|b| b.rule == RuleKey::Declared);
                assert!(barriers.all(|b| &*b.says == "a declared conflict"), "seed {seed}");
                let told = compiled.parts(coachee, coach).into_iter().filter(|p| p.rule == RuleKey::Declared);
                let plain = ["a declared conflict", "no declared conflict"];
                assert!(told.into_iter().all(|p| plain.contains(&&*p.says)), "seed {seed}");
            }
        }
    }
}

#[test]
fn every_rule_says_a_sentence() {
    for preset in Preset::ALL {
        let book = RuleBook::preset(*preset);
        let sentences = super::sentences(&book);
        assert_eq!(sentences.len(), RuleKey::ALL.len());
        for (key, level, says) in sentences {
            assert_eq!(level, book.level(key));
            assert!(says.ends_with('.') && says.len() > 10, "{}: {says}", key.key());
        }
    }
}
