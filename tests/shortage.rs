//! Shortages against brute force, and as stories: who is short and why, the smallest sets, what helps, what a place is worth.

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
use dyad::model::catalogue::{Level, RuleKey, Tier};
use dyad::model::document::UnmatchedCode;
use dyad::model::index::{CoachIx, CoacheeIx};
use dyad::model::instance::{Instance, Parts};
use dyad::model::roster::{Roster, Waiver};
use dyad::rules::{self, Compiled};
use dyad::service::{self, Mend, Options, Remedy, SetLine, Shortage};
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
const MOST: usize = 2_000;

fn coach(roster: &Roster, id: &str) -> CoachIx {
    roster.coaches.indexes().find(|c| roster.coach_id(*c) == id).expect("a coach of the programme")
}

fn coachee(roster: &Roster, id: &str) -> CoacheeIx {
    roster.coachees.indexes().find(|e| roster.coachee_id(*e) == id).expect("a coachee of the programme")
}

/// Whether these coachees, alone in the world, can all have what they want.
fn satisfied(instance: &Instance, members: &[CoacheeIx]) -> bool {
    let mut parts = Parts { rows: Vec::new(), rings: None, kept: Vec::new(), ..instance.parts().clone() };
    for coachee in instance.parts().demand.indexes().filter(|e| !members.contains(e)) {
        parts.demand[coachee].wanted = 0;
    }
    parts.pins.retain(|pair| members.contains(&instance.coachee_of(*pair)));
    let alone = Instance::try_new(parts).expect("fewer people want something");
    let wanted: usize = members.iter().map(|e| usize::from(instance.parts().demand[*e].wanted)).sum();
    Plans::of(&alone).all.iter().any(|(_, plan)| plan.len() == wanted)
}

/// Short together, and no longer without any one of them; with every coach whom one of them may have.
fn smallest(compiled: &Compiled<'_>, set: &SetLine) {
    let roster = compiled.roster;
    let members: Vec<CoacheeIx> = set.coachees.iter().map(|id| coachee(roster, id)).collect();
    assert!(set.places < set.wanted, "{set:?}");
    assert!(!satisfied(&compiled.instance, &members), "no shortage: {set:?}");
    for out in &members {
        let rest: Vec<CoacheeIx> = members.iter().copied().filter(|e| e != out).collect();
        assert!(satisfied(&compiled.instance, &rest), "{} is not needed in {set:?}", roster.coachee_id(*out));
    }
}

/// How many more places are filled with the repair, by brute force; `None` where it is not looked at here.
fn filled(reading: &Reading, before: usize, mend: &Mend) -> Option<i128> {
    let mut roster = reading.roster.clone();
    match &mend.change {
        Remedy::Place { coach: id } => {
            let coach = coach(&roster, id);
            roster.coaches[coach].max += 1;
        }
        Remedy::Waive { coach: c, coachee: e, rules: lifted } => {
            let compiled = rules::compile(&reading.roster, 1).expect("a programme");
            let (c, e) = (coach(&roster, c), coachee(&roster, e));
            let barriers = compiled.barriers(e, c);
            assert!(barriers.iter().all(|b| b.level == Level::Waivable && b.rule != RuleKey::Declared));
            for rule in lifted {
                let (author, reason) = ("G".into(), "asked".into());
                roster.waivers.push(Waiver {
                    rule: *rule,
                    coach: c,
                    coachee: e,
                    author,
                    reason,
                    expires: None,
                });
            }
        }
        Remedy::Set { .. } | Remedy::Coach { .. } => return None,
    }
    let compiled = rules::compile(&roster, 1).expect("a programme");
    let most = Plans::of(&compiled.instance).all[0].1.len();
    Some(i128::try_from(most).expect("small") - i128::try_from(before).expect("small"))
}

/// What one more place at every coach is worth, without floor and balance.
fn values(reading: &Reading, compiled: &Compiled<'_>, found: &Shortage) -> usize {
    let sums = |instance: &Instance| {
        let mut parts = instance.parts().clone();
        parts.tiers.retain(|tier| !matches!(tier, Tier::Floor | Tier::Balance));
        Instance::try_new(parts).expect("fewer tiers")
    };
    let now = sums(&compiled.instance);
    // Somebody's least load may come with the place, and with it a tier that nothing is compared with.
    let best = |instance: &Instance| -> Vec<Option<i128>> {
        let plans = Plans::of(instance);
        let values = instance.parts().tiers.iter().zip(plans.values(&plans.all[0].1));
        values.filter(|(tier, _)| now.parts().tiers.contains(tier)).map(|(_, value)| value).collect()
    };
    let before = best(&now);
    let mut worth = 0;
    for line in &found.places {
        let mut roster = reading.roster.clone();
        let coach = coach(&roster, &line.coach);
        roster.coaches[coach].max += 1;
        let wider = rules::compile(&roster, 1).expect("a programme");
        let tiers = line.tiers.as_ref().expect("few coaches");
        let after = best(&sums(&wider.instance));
        assert_eq!(tiers.iter().map(|t| t.before).collect::<Vec<_>>(), before);
        assert_eq!(tiers.iter().map(|t| t.after).collect::<Vec<_>>(), after, "{}", line.coach);
        worth += usize::from(before != after);
    }
    worth
}

#[test]
fn sets_repairs_and_values_agree_with_brute_force() {
    let (mut sets, mut mends, mut worth, mut nobody) = (0, 0, 0, 0);
    for seed in 0..1_200 {
        let rng = &mut Rng(seed);
        let roster = if seed.is_multiple_of(2) { rosters::roster(rng) } else { rosters::with_rows(rng) };
        let reading = Reading { roster, findings: Vec::new() };
        let Ok(compiled) = rules::compile(&reading.roster, 1) else { continue };
        let instance = &compiled.instance;
        if instance.parts().stable.is_some() || choices(instance) > MOST {
            continue;
        }
        let found = service::shortage(&reading, &OPTIONS).expect("an answer");
        assert_eq!(found.short.len(), found.plan.unmatched.len());
        for line in &found.short {
            let who = coachee(&reading.roster, &line.coachee);
            assert_eq!(line.code == UnmatchedCode::NobodyEligible, instance.rows(who).is_empty());
            nobody += usize::from(line.code == UnmatchedCode::NobodyEligible);
        }
        for set in &found.clashes {
            smallest(&compiled, set);
        }
        sets += found.clashes.len();
        // Only where coverage comes first do the most places decide.
        let first = instance.parts().tiers.first() == Some(&Tier::Coverage);
        for mend in found.mends.iter().filter(|_| first) {
            if let Some(filled) = filled(&reading, found.plan.pairs.len(), mend) {
                assert_eq!(filled, mend.filled, "seed {seed}: {:?}", mend.change);
                mends += 1;
            }
        }
        if seed % 4 < 2 {
            worth += values(&reading, &compiled, &found);
        }
    }
    assert!(
        sets > 60 && mends > 60 && worth > 60 && nobody > 60,
        "{sets} sets, {mends} repairs, {worth} places, {nobody} without anybody"
    );
}

fn story(name: &str) -> Shortage {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name).with_extension("toml");
    let reading = intake::read(&path, &[]).expect("a story");
    service::shortage(&reading, &OPTIONS).expect("an answer")
}

#[test]
fn five_share_three() {
    let found = story("shortage/five-share-three");
    let set = &found.clashes[0];
    assert_eq!((set.coachees.len(), set.coaches.len(), set.wanted, set.places), (5, 3, 5, 4));
    assert!(set.says.starts_with("5 coachees share 3 coaches with 4 places"), "{}", set.says);
    assert_eq!(found.short[0].clash, Some(0));
    let kinds: Vec<&Remedy> = found.mends.iter().map(|mend| &mend.change).collect();
    assert!(kinds.iter().any(|r| matches!(r, Remedy::Place { coach } if **coach == *"c1")), "{kinds:#?}");
    assert!(
        kinds.iter().any(|r| matches!(r, Remedy::Coach { like, .. } if like.starts_with('c'))),
        "{kinds:#?}"
    );
    assert!(found.mends.iter().all(|mend| mend.filled == 1 && mend.helps == ["e5".into()]));
    let waived = |r: &&&Remedy| matches!(r, Remedy::Waive { coach, rules, .. } if **coach == *"c4" && *rules == [RuleKey::Language]);
    assert!(kinds.iter().any(|r| waived(&r)), "a required language is waivable: {kinds:#?}");
}

#[test]
fn nobody_is_possible() {
    let found = story("shortage/nobody-is-possible");
    let line = &found.short[0];
    assert_eq!(line.code, UnmatchedCode::NobodyEligible);
    let counts: Vec<(&str, u32)> =
        line.excluded.iter().map(|(rule, n)| (dyad::model::catalogue::Word::key(*rule), *n)).collect();
    assert_eq!(counts, [("school", 1), ("seniority", 1), ("training", 1)]);
    let near = line.nearest.as_ref().expect("somebody is nearest");
    assert_ne!(&*near.coach, "ann", "a rule that nobody can lift is no near miss");
    let rules: Vec<&Mend> = found.mends.iter().collect();
    assert!(
        rules
            .iter()
            .all(|m| !matches!(&m.change, Remedy::Waive { rules, .. } if rules.contains(&RuleKey::School)))
    );
    assert!(
        rules.iter().any(
            |m| matches!(&m.change, Remedy::Set { setting, .. } if **setting == *"seniority.limit=info")
        )
    );
    assert!(rules.iter().any(|m| matches!(&m.change, Remedy::Coach { .. })), "{rules:#?}");
    assert_eq!(found.clashes, []);
}

#[test]
fn two_who_share_one() {
    let found = story("shortage/special-schools-have-one-coach");
    assert_eq!(found.clashes[0].coachees, ["eve".into(), "fay".into()]);
    let gus = found.places.iter().find(|line| *line.coach == *"bob").expect("every coach");
    assert!(gus.tiers.iter().flatten().all(|tier| tier.before == tier.after), "he has places left");
}

#[test]
fn a_declared_conflict_is_never_offered() {
    let found = story("declared/opaque-keeps-its-kind");
    let near = found.short[0].nearest.as_ref().expect("ann");
    assert_eq!((near.obstacles[0].rule, near.obstacles[0].level), (RuleKey::Declared, None));
    assert!(found.mends.iter().all(|m| matches!(m.change, Remedy::Coach { .. })), "{:#?}", found.mends);
}

#[test]
fn a_waiver_brings_two_heads_together() {
    let found = story("shortage/two-heads-apart");
    assert_eq!((found.short.len(), found.mends.len()), (2, 1));
    assert_eq!(
        found.mends[0].change,
        Remedy::Waive { coach: "H2".into(), coachee: "H1".into(), rules: vec![RuleKey::Seniority] }
    );
    assert_eq!(found.mends[0].filled, 2);
    assert_eq!(found.short[0].nearest.as_ref().map(|near| &*near.coach), Some("H2"));
}
