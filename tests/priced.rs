//! Proofs by prices of rows: instances on which rows bind so often that the flow's cases do not settle them. The verifier accepts every proof as it
//! is written, and none with a row's price, its unit or a case changed.

#[path = "support/rng.rs"]
mod rng;

use dyad::model::catalogue::{RuleKey, Tier};
use dyad::model::certificate::{Case, Certificate, Groups, Surety};
use dyad::model::index::{CoachIx, Ix, PairIx};
use dyad::model::instance::{Demand, Instance, Parts, Seats};
use dyad::model::outcome::{Assignment, Outcome};
use dyad::model::quantity::Points;
use dyad::model::row::{About, Amount, Outside, Row};
use dyad::solver::{Options, solve};
use rng::Rng;

const COACHES: usize = 4;
const COACHEES: usize = 12;
const PAIRS: usize = COACHES * COACHEES;
/// Only proofs of fewer cases are changed, since each change is a proof to be read.
const FEW: usize = 200;
/// Larger than any cost of a plan, smaller than any overflow.
const FAR: i128 = 1_000_000_000_000_000_000_000_000_000_000;

fn number(rng: &mut Rng, from: i64, to: i64) -> i64 {
    from + i64::from(rng.small(u32::try_from(to - from + 1).expect("ascending")))
}

fn row(rule: RuleKey, about: About, terms: Vec<(PairIx, i64)>, limits: [Option<i64>; 2], soft: bool) -> Row {
    let outside = if soft { Outside::Costs { step: 3, points: Points(7) } } else { Outside::Forbidden };
    Row { rule, about, amount: Amount::Sum(terms), least: limits[0], most: limits[1], outside }
}

/// Everybody with everybody, tight minutes for every coach, and two rows that all share: at least so many pairs of a kind, and
/// so many hours at most, which may cost points.
fn instance(rng: &mut Rng) -> Instance {
    let minutes: Vec<i64> = (0..PAIRS).map(|_| number(rng, 5, 25)).collect();
    let score = (0..PAIRS).map(|p| Points(number(rng, 10, 40) + minutes[p])).collect::<Vec<_>>();
    let mut rows = Vec::new();
    for coach in 0..COACHES {
        let own = (0..PAIRS).filter(|p| p % COACHES == coach);
        let terms: Vec<_> = own.map(|p| (PairIx::from_usize(p), minutes[p])).collect();
        let most = terms.iter().map(|t| t.1).sum::<i64>() / 4;
        let about = About::Coach(CoachIx::from_usize(coach));
        rows.push(row(RuleKey::TravelBudget, about, terms, [None, Some(most)], false));
    }
    let some = |rng: &mut Rng, least: i64, most: i64| -> Vec<(PairIx, i64)> {
        let chosen: Vec<usize> = (0..PAIRS).filter(|_| rng.chance(1, 2)).collect();
        chosen.into_iter().map(|p| (PairIx::from_usize(p), number(rng, least, most))).collect()
    };
    let kind = some(rng, 1, 1);
    rows.push(row(RuleKey::SectorMix, About::Programme, kind, [Some(7), None], rng.chance(1, 2)));
    let hours = some(rng, 2, 8);
    rows.push(row(RuleKey::External, About::Programme, hours, [None, Some(20)], rng.chance(1, 2)));
    rows.sort_by_key(|r| (r.rule, r.about));
    let last = if rng.chance(1, 2) { vec![Tier::Score] } else { vec![Tier::Score, Tier::Balance] };
    let parts = Parts {
        seats: (0..COACHES).map(|_| Seats { min: 0, max: 6 }).collect(),
        demand: (0..COACHEES).map(|_| Demand { wanted: 1, class: 1 + u8::from(rng.chance(1, 3)) }).collect(),
        starts: (0..=COACHEES).map(|e| e * COACHES).collect(),
        coach: (0..PAIRS).map(|p| CoachIx::from_usize(p % COACHES)).collect(),
        score: score.into(),
        rows,
        tiers: [vec![Tier::Coverage], last].concat(),
        ..Parts::default()
    };
    Instance::try_new(parts).expect("a sound instance")
}

/// A change of the proof must be found.
fn refused(instance: &Instance, on: (&Assignment, &Certificate), with: impl FnOnce(&mut Groups)) {
    let mut changed = on.1.clone();
    with(changed.stages[0].groups.as_mut().expect("the stage has groups"));
    assert_ne!(dyad::verify::proof(instance.parts(), on.0, &changed), [], "not found in {changed:?}");
}

fn changes(instance: &Instance, on: (&Assignment, &Certificate), groups: &Groups) {
    let lists = groups.prices.iter().enumerate();
    let rows = lists.flat_map(|(list, prices)| (0..prices.rows.len()).map(move |at| (list, at)));
    for (list, at) in rows {
        refused(instance, on, |g| g.prices[list].rows[at].per = 0);
        refused(instance, on, |g| g.prices[list].rows[at].row = instance.parts().rows.len());
        refused(instance, on, |g| {
            let twice = g.prices[list].rows[at];
            g.prices[list].rows.insert(at, twice);
        });
        refused(instance, on, |g| g.prices[list].rows[at].price += FAR);
        refused(instance, on, |g| g.prices[list].rows[at].price -= FAR);
    }
    for case in 0..groups.cases.len().min(40) {
        refused(instance, on, |g| g.cases.truncate(case));
        refused(instance, on, |g| g.cases.insert(case, groups.cases[case]));
        if matches!(groups.cases[case], Case::Bound(_)) {
            refused(instance, on, |g| g.cases[case] = Case::Bound(groups.prices.len()));
        }
    }
}

#[test]
fn proofs_by_prices_of_rows_stand_and_no_changed_one_does() {
    let (mut priced, mut split) = (0, 0);
    for seed in 0..16 {
        let instance = instance(&mut Rng(seed));
        let options =
            |threads| Options { threads, deadline: None, cancel: None, progress: None, workers: None };
        let outcome = solve(&instance, &options(1)).expect("an outcome");
        assert_eq!(solve(&instance, &options(2)).as_ref(), Ok(&outcome), "another outcome on two threads");
        let (Outcome::Optimal { assignment, certificate, .. }
        | Outcome::Infeasible { assignment, certificate, .. }) = outcome
        else {
            panic!("without a deadline there is an answer, not {outcome:?}")
        };
        if certificate.surety == Surety::Claimed {
            continue;
        }
        assert_eq!(dyad::verify::proof(instance.parts(), &assignment, &certificate), [], "{seed}");
        let Some(groups) = &certificate.stages[0].groups else { continue };
        if groups.cases.len() < FEW {
            changes(&instance, (&assignment, &certificate), groups);
        }
        priced += u32::from(groups.prices.iter().any(|prices| !prices.rows.is_empty()));
        split += u32::from(groups.cases.len() > 1);
    }
    assert!(priced >= 2 && split >= 4, "rows priced in {priced}, cases in {split}");
}
