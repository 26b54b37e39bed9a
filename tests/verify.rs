//! Every field of a plan and of its proof is changed, one at a time, and the verifier finds each change. Only the
//! timing, the version, the hashes, the findings and the wording of sentences are not its business.

#[path = "support/rng.rs"]
mod rng;
#[path = "support/rosters.rs"]
mod rosters;

use dyad::intake::Reading;
use dyad::model::catalogue::{PairState, RuleKey, Tier};
use dyad::model::certificate::{Claim, Multipliers};
use dyad::model::document::{
    CaseLine, GroupPricesLine, GroupsLine, OutcomeKind, PairLine, Part, PlanDocument, Proof, RowPriceLine,
    UnmatchedCode, UnmatchedLine, UnusedLine,
};
use dyad::model::outcome::Stop;
use dyad::model::quantity::{Minutes, Points};
use dyad::model::roster::Roster;
use dyad::service::{Options, match_programme};
use dyad::verify::verify;
use rng::Rng;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Larger than any cost of a plan, smaller than any overflow.
const FAR: i128 = 1_000_000_000_000_000_000_000_000_000_000;

fn plan_of(reading: &Reading) -> Option<PlanDocument> {
    let options = Options {
        threads: 2,
        time_limit: None,
        cancel: None,
        progress: None,
        workers: None,
        read: Duration::ZERO,
    };
    match_programme(reading, &options).ok()
}

fn scenario(path: &str) -> (Roster, PlanDocument) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(path);
    let reading = dyad::intake::read(&root, &[]).unwrap_or_else(|faults| panic!("{path}: {faults:?}"));
    let plan = plan_of(&reading).unwrap_or_else(|| panic!("{path} has a plan"));
    assert_eq!(verify(&reading.roster, &plan), [], "{path}");
    (reading.roster, plan)
}

/// What was changed, how often, on whatever plans.
#[derive(Default)]
struct Log(BTreeMap<&'static str, u32>);

impl Log {
    /// Changes a copy of the plan; where that changes anything, the verifier must say so.
    fn change(
        &mut self,
        what: &'static str,
        (roster, plan): (&Roster, &PlanDocument),
        with: impl FnOnce(&mut PlanDocument),
    ) {
        let mut changed = plan.clone();
        with(&mut changed);
        let count = self.0.entry(what).or_default();
        if changed != *plan {
            *count += 1;
            assert!(!verify(roster, &changed).is_empty(), "{what}: not found in\n{changed:#?}");
        }
    }
}

fn numbers(log: &mut Log, on: (&Roster, &PlanDocument)) {
    for step in [-1, 1] {
        log.change("matched", on, |p| p.matched = p.matched.wrapping_add_signed(step));
        log.change("coachees", on, |p| p.coachees = p.coachees.wrapping_add_signed(step));
        log.change("changes", on, |p| p.changes = p.changes.wrapping_add_signed(step));
        log.change("score", on, |p| p.score += i128::from(step));
        log.change("floor", on, |p| p.floor = p.floor.map(|f| Points(f.0 + i64::from(step))));
    }
    log.change("floor of nobody", on, |p| p.floor = if p.floor.is_some() { None } else { Some(Points(0)) });
    if on.1.tiers.iter().any(|t| t.tier == Tier::Score) || on.1.outcome == OutcomeKind::Optimal {
        log.change("bound", on, |p| p.bound += 1);
    }
    for outcome in
        [OutcomeKind::Optimal, OutcomeKind::Feasible, OutcomeKind::Infeasible, OutcomeKind::Unknown]
    {
        log.change("outcome", on, |p| p.outcome = outcome);
    }
    for proof in [Proof::Certified, Proof::Claimed, Proof::None] {
        log.change("proof", on, |p| p.proof = proof);
    }
    if on.1.outcome == OutcomeKind::Optimal {
        for stop in [Stop::TimeLimit, Stop::Cancelled] {
            log.change("stop", on, |p| p.stop = stop);
        }
    }
}

fn tiers(log: &mut Log, on: (&Roster, &PlanDocument)) {
    for at in 0..on.1.tiers.len() {
        log.change("tier value", on, |p| p.tiers[at].value = format!("{}0", p.tiers[at].value).into());
        log.change("tier without value", on, |p| p.tiers[at].value = "".into());
        log.change("tier missing", on, |p| drop(p.tiers.remove(at)));
        log.change("tier twice", on, |p| p.tiers.insert(at, p.tiers[at].clone()));
        if at > 0 {
            log.change("tier order", on, |p| p.tiers.swap(at, at - 1));
        }
        if on.1.outcome == OutcomeKind::Optimal {
            log.change("tier bound", on, |p| p.tiers[at].bound = "7777777".into());
        }
    }
}

fn another<'r>(ids: &'r [&'r str], than: &str) -> Option<&'r str> {
    ids.iter().copied().find(|id| *id != than)
}

fn pairs(log: &mut Log, on: (&Roster, &PlanDocument), every: usize) {
    for at in (0..on.1.pairs.len()).step_by(every) {
        log.change("pair missing", on, |p| drop(p.pairs.remove(at)));
        log.change("pair twice", on, |p| p.pairs.insert(at, p.pairs[at].clone()));
        log.change("pair of a stranger", on, |p| p.pairs[at].coach = "nobody".into());
        log.change("pair's score", on, |p| p.pairs[at].score.0 += 1);
        log.change("pair's score, summed up", on, |p| {
            p.pairs[at].score.0 += 1;
            p.score += 1;
        });
        log.change("pair's minutes", on, |p| {
            p.pairs[at].minutes = Some(Minutes(p.pairs[at].minutes.map_or(0, |m| m.0 + 1)));
        });
        log.change("pair's minutes unknown", on, |p| p.pairs[at].minutes = None);
        for state in [PairState::Draft, PairState::Live, PairState::Started] {
            log.change("pair's state", on, |p| p.pairs[at].state = state);
        }
        if at > 0 {
            log.change("pair order", on, |p| p.pairs.swap(at, at - 1));
        }
        parts(log, on, at);
    }
}

/// Other people in a pair. On a tiny roster that may make another plan as good, so this is for real ones.
fn people(log: &mut Log, on: (&Roster, &PlanDocument), every: usize) {
    let roster = on.0;
    let coaches: Vec<&str> = roster.coaches.indexes().map(|c| roster.coach_id(c)).collect();
    let coachees: Vec<&str> = roster.coachees.indexes().map(|e| roster.coachee_id(e)).collect();
    for at in (0..on.1.pairs.len()).step_by(every) {
        log.change("pair's coach", on, |p| {
            if let Some(other) = another(&coaches, &p.pairs[at].coach) {
                p.pairs[at].coach = other.into();
            }
        });
        log.change("pair's coachee", on, |p| {
            if let Some(other) = another(&coachees, &p.pairs[at].coachee) {
                p.pairs[at].coachee = other.into();
            }
        });
        if at > 0 {
            log.change("coaches swapped", on, |p| {
                let coach = p.pairs[at].coach.clone();
                p.pairs[at].coach = std::mem::replace(&mut p.pairs[at - 1].coach, coach);
            });
        }
    }
}

/// The parts of one pair; also so that every sum still adds up.
fn parts(log: &mut Log, on: (&Roster, &PlanDocument), at: usize) {
    let coherent = |p: &mut PlanDocument, by: i64| {
        p.pairs[at].score.0 += by;
        p.score += i128::from(by);
        p.bound += i128::from(by);
    };
    for part in 0..on.1.pairs[at].parts.len() {
        log.change("part's points", on, |p| p.pairs[at].parts[part].points.0 += 1);
        log.change("part's points, summed up", on, |p| {
            p.pairs[at].parts[part].points.0 += 1;
            coherent(p, 1);
        });
        log.change("part says nothing", on, |p| p.pairs[at].parts[part].says = "".into());
        if on.1.pairs[at].parts[part].points.0 != 0 {
            log.change("part's rule", on, |p| p.pairs[at].parts[part].rule = RuleKey::Rings);
            log.change("part missing, summed up", on, |p| {
                let gone = p.pairs[at].parts.remove(part);
                coherent(p, -gone.points.0);
            });
        }
    }
    let invented =
        |points| Part { rule: RuleKey::Apart, points: Points(points), says: "they are apart".into() };
    log.change("part invented", on, |p| {
        p.pairs[at].parts.push(invented(3));
        coherent(p, 3);
    });
    log.change("part of nothing invented", on, |p| p.pairs[at].parts.push(invented(0)));
}

fn lists(log: &mut Log, on: (&Roster, &PlanDocument)) {
    for at in 0..on.1.unmatched.len() {
        log.change("unmatched missing", on, |p| drop(p.unmatched.remove(at)));
        log.change("unmatched twice", on, |p| p.unmatched.insert(at, p.unmatched[at].clone()));
        log.change("unmatched stranger", on, |p| p.unmatched[at].coachee = "nobody".into());
        log.change("unmatched eligible", on, |p| p.unmatched[at].eligible += 1);
        log.change("unmatched says nothing", on, |p| p.unmatched[at].says = "".into());
        for code in [UnmatchedCode::NobodyEligible, UnmatchedCode::Partly, UnmatchedCode::Stopped] {
            log.change("unmatched code", on, |p| p.unmatched[at].code = code);
        }
        if at > 0 {
            log.change("unmatched order", on, |p| p.unmatched.swap(at, at - 1));
        }
    }
    for at in 0..on.1.unused.len() {
        log.change("unused missing", on, |p| drop(p.unused.remove(at)));
        log.change("unused twice", on, |p| p.unused.insert(at, p.unused[at].clone()));
        log.change("unused stranger", on, |p| p.unused[at].coach = "nobody".into());
        log.change("unused free", on, |p| p.unused[at].free += 1);
        log.change("unused says nothing", on, |p| p.unused[at].says = "".into());
        if at > 0 {
            log.change("unused order", on, |p| p.unused.swap(at, at - 1));
        }
    }
    if let Some(PairLine { coach, coachee, .. }) = on.1.pairs.first() {
        let (coach, coachee) = (coach.clone(), coachee.clone());
        let line = UnmatchedLine { coachee, code: UnmatchedCode::Partly, says: "x".into(), eligible: 1 };
        if on.1.unmatched.iter().all(|u| u.coachee != line.coachee) {
            log.change("unmatched invented", on, |p| p.unmatched.insert(0, line));
        }
        let line = UnusedLine { coach, free: 1, says: "x".into() };
        log.change("unused invented", on, |p| p.unused.insert(0, line));
    }
    for at in 0..on.1.waivers.len() {
        log.change("waiver missing", on, |p| drop(p.waivers.remove(at)));
        log.change("waiver twice", on, |p| p.waivers.insert(at, p.waivers[at].clone()));
        log.change("waiver's author", on, |p| p.waivers[at].author = "somebody".into());
        log.change("waiver's reason", on, |p| p.waivers[at].reason = "none".into());
        log.change("waiver's rule", on, |p| p.waivers[at].rule = RuleKey::Rings);
        log.change("waiver's coach", on, |p| p.waivers[at].coach = "nobody".into());
        log.change("waiver's coachee", on, |p| p.waivers[at].coachee = "nobody".into());
    }
    for at in 0..on.1.blocking.len() {
        log.change("blocking pair missing", on, |p| drop(p.blocking.remove(at)));
        log.change("blocking pair twice", on, |p| p.blocking.insert(at, p.blocking[at].clone()));
        log.change("blocking pair of a stranger", on, |p| p.blocking[at].coach = "nobody".into());
        log.change("blocking pair says nothing", on, |p| p.blocking[at].says = "".into());
    }
    for at in 0..on.1.clashes.len() {
        log.change("clash's places", on, |p| p.clashes[at].places += 1_000);
        log.change("clash says nothing", on, |p| p.clashes[at].says = "".into());
        log.change("clash of a stranger", on, |p| p.clashes[at].coaches.push("nobody".into()));
        log.change("clash without coachees", on, |p| p.clashes[at].coachees.clear());
    }
}

/// One of the numbers of a stage.
type Field = fn(&mut Multipliers) -> &mut i128;

fn certificate(log: &mut Log, on: (&Roster, &PlanDocument)) {
    let plan = on.1;
    for at in 0..plan.certificate.len() {
        log.change("stage missing", on, |p| drop(p.certificate.remove(at)));
        log.change("stage twice", on, |p| p.certificate.insert(at, p.certificate[at].clone()));
        // With groups a stage may say less than its prices give, and that a better floor is dear is true of a little more too.
        let dear = matches!(plan.certificate[at].claim, Claim::FloorIsHighest { .. });
        let more = if dear && plan.certificate[at].groups.is_some() { FAR } else { 1 };
        log.change("stage bound", on, |p| p.certificate[at].bound += more);
        log.change("stage claim", on, |p| {
            p.certificate[at].claim = match p.certificate[at].claim {
                Claim::Best { floor } => Claim::FloorIsHighest { floor: floor.unwrap_or_default() },
                Claim::FloorIsHighest { floor } => Claim::Best { floor: Some(floor) },
                Claim::BestBeforeFloor => Claim::FloorIsHighest { floor: Points::default() },
                Claim::Stable => Claim::Best { floor: None },
            };
        });
        log.change("stage floor", on, |p| {
            let other = |floor: Points| Points(floor.0 - 1);
            p.certificate[at].claim = match p.certificate[at].claim {
                Claim::Best { floor } => Claim::Best { floor: floor.map(other) },
                Claim::FloorIsHighest { floor } => Claim::FloorIsHighest { floor: other(floor) },
                same @ (Claim::BestBeforeFloor | Claim::Stable) => same,
            };
        });
        let fields: [(&'static str, Field); 7] = [
            ("multiplier of pins", |m| &mut m.pins),
            ("multiplier of quotas", |m| &mut m.quotas),
            ("multiplier of coverage", |m| &mut m.coverage),
            ("multiplier of minimums", |m| &mut m.minimums),
            ("multiplier of stability", |m| &mut m.stability),
            ("multiplier of score", |m| &mut m.score),
            ("multiplier of balance", |m| &mut m.balance),
        ];
        for (what, of) in fields {
            log.change(what, on, |p| *of(&mut p.certificate[at].multipliers) = -1);
        }
        log.change("price of a stranger", on, |p| p.certificate[at].prices.push(("nobody".into(), 1)));
        log.change("price of nothing", on, |p| {
            if let Some(pair) = p.pairs.first() {
                p.certificate[at].prices.retain(|(coach, _)| *coach != pair.coach);
                p.certificate[at].prices.push((pair.coach.clone(), 0));
            }
        });
        log.change("price order", on, |p| p.certificate[at].prices.reverse());
        log.change("nest of a stranger", on, |p| {
            if let Some(nest) = p.certificate[at].nests.first_mut() {
                nest.group = "nowhere".into();
            }
        });
    }
    for at in 0..plan.certificate.len() {
        if let Some(groups) = &plan.certificate[at].groups {
            cases(log, on, at, groups);
        }
    }
    // In the last stage every chosen pair takes part, so its coach's price counts.
    let Some(last) = plan.certificate.len().checked_sub(1) else { return };
    for pair in &plan.pairs {
        log.change("price", on, |p| {
            let prices = &mut p.certificate[last].prices;
            if let Some(at) = prices.iter().position(|(coach, _)| *coach == pair.coach) {
                prices[at].1 += FAR;
            } else {
                let at = prices.partition_point(|(coach, _)| coach.as_bytes() < pair.coach.as_bytes());
                prices.insert(at, (pair.coach.clone(), FAR));
            }
        });
    }
    for at in 0..plan.certificate[last].nests.len() {
        log.change("nest price", on, |p| p.certificate[last].nests[at].price -= FAR);
    }
}

/// Prices of groups and the cases of one stage.
fn cases(log: &mut Log, on: (&Roster, &PlanDocument), at: usize, groups: &GroupsLine) {
    fn of(p: &mut PlanDocument, at: usize) -> &mut GroupsLine {
        p.certificate[at].groups.as_mut().expect("the stage has groups")
    }
    for (list, GroupPricesLine { coachees, rows: _ }) in groups.prices.iter().enumerate() {
        for (nth, (id, _)) in coachees.iter().enumerate() {
            // What a coachee pays for a place that a case has given her is the same for everybody.
            let split = |case: &CaseLine| matches!(case, CaseLine::Split { coachee, .. } if coachee == id);
            if !groups.cases.iter().any(split) {
                log.change("coachee's price", on, |p| of(p, at).prices[list].coachees[nth].1 -= FAR);
            }
            log.change("coachee's price of nothing", on, |p| of(p, at).prices[list].coachees[nth].1 = 0);
            log.change("price of a coachee who is nobody", on, |p| {
                of(p, at).prices[list].coachees[nth].0 = "nobody".into();
            });
        }
        if coachees.len() > 1 {
            log.change("order of coachees' prices", on, |p| of(p, at).prices[list].coachees.reverse());
        }
        log.change("price of no row", on, |p| {
            let about = vec!["nowhere".into()];
            of(p, at).prices[list].rows.push(RowPriceLine { rule: RuleKey::Hours, about, price: 1, per: 1 });
        });
    }
    for case in 0..groups.cases.len() {
        log.change("case missing", on, |p| drop(of(p, at).cases.remove(case)));
        log.change("case twice", on, |p| of(p, at).cases.insert(case, groups.cases[case].clone()));
        log.change("case of a stranger", on, |p| {
            if let CaseLine::Split { coach, .. } = &mut of(p, at).cases[case] {
                *coach = "nobody".into();
            }
        });
        log.change("case without prices", on, |p| {
            if let CaseLine::Bound(list) = &mut of(p, at).cases[case] {
                *list = groups.prices.len();
            }
        });
    }
}

fn everything(log: &mut Log, on: (&Roster, &PlanDocument), every: usize) {
    numbers(log, on);
    tiers(log, on);
    pairs(log, on, every);
    lists(log, on);
    certificate(log, on);
}

#[test]
fn every_change_of_a_real_plan_is_found() {
    let mut log = Log::default();
    for path in ["east-ayrshire/comfortable", "east-ayrshire/short", "outwood"] {
        let (roster, plan) = scenario(path);
        everything(&mut log, (&roster, &plan), 7);
        people(&mut log, (&roster, &plan), 3);
    }
    let missed: Vec<_> = log.0.iter().filter(|(_, n)| **n == 0).collect();
    assert!(missed.len() < 12, "changes that no scenario had a place for: {missed:?}");
}

#[test]
fn every_change_of_a_random_plan_is_found() {
    let mut log = Log::default();
    for seed in 0..500 {
        let rng = &mut Rng(seed);
        let roster = if seed % 2 == 0 { rosters::roster(rng) } else { rosters::with_rows(rng) };
        let reading = Reading { roster, findings: Vec::new() };
        if let Some(plan) = plan_of(&reading) {
            everything(&mut log, (&reading.roster, &plan), 1);
        }
    }
    let missed: Vec<_> = log.0.iter().filter(|(_, n)| **n == 0).collect();
    assert!(missed.is_empty(), "changes that no plan had a place for: {missed:?}");
}
