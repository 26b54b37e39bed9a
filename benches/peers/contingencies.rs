//! Solves a `.dyi` instance, takes the plan as given, and prints one line of JSON: seconds of a fresh solve, of the state with the plan
//! kept, of all losses of one coach, of one drop-out repaired on a state (the mean over all coaches, the state put back between
//! them), of one why and one why not (the best plan without a pair that it makes, and with one that it does not; the mean over every
//! 16th coachee, and the slowest), and of the frontier after the coach with the most coachees has left.
//!
//! Usage: `contingencies FILE.dyi`

#[path = "dyi.rs"]
mod dyi;

use dyad::model::catalogue::Tier;
use dyad::model::index::CoachIx;
use dyad::model::instance::{Instance, Parts, Seats};
use dyad::model::outcome::Outcome;
use dyad::solver::repair::{State, frontier, losses};
use dyad::solver::{Options, solve};
use std::time::{Duration, Instant};

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).ok_or_else(|| anyhow::anyhow!("usage: contingencies FILE.dyi"))?;
    let instance = dyi::load(&path)?;
    let options = Options { threads: 1, deadline: None, cancel: None, progress: None, workers: None };
    let (outcome, fresh) = timed(|| solve(&instance, &options).expect("an outcome"));
    let Outcome::Optimal { assignment, .. } = outcome else { anyhow::bail!("no optimum") };
    let pair =
        |(coachee, coach): &(_, _)| instance.pair(*coachee, *coach).expect("a chosen pair is eligible");
    let kept = assignment.pairs.iter().map(pair).collect();
    let tiers = vec![Tier::Coverage, Tier::Stability, Tier::Score];
    let given = sound(Parts { kept, tiers, ..instance.parts().clone() })?;
    let (state, begin) = timed(|| State::of(&given, &given.parts().tiers, &[], 1));
    let mut state = state.ok_or_else(|| anyhow::anyhow!("too large for one state"))?;
    let coaches: Vec<CoachIx> = given.parts().seats.indexes().collect();
    let sets: Vec<Vec<CoachIx>> = coaches.iter().map(|coach| vec![*coach]).collect();
    let (found, all) = timed(|| losses(&mut state, &sets, &|| false).expect("nobody stops it"));
    let stranded = found.iter().filter(|loss| loss.staying.unfilled > 0).count();
    state.raise();
    let mark = state.mark();
    let mut one = Duration::ZERO;
    for coach in &coaches {
        one += timed(|| state.lose(*coach)).1;
        state.back_to(&mark);
    }
    let (why, why_not) = (asked(&mut state, true)?, asked(&mut state, false)?);
    let busiest = coaches.iter().copied().max_by_key(|coach| state.coachees_of(*coach).len());
    let mut parts = given.parts().clone();
    if let Some(coach) = busiest {
        parts.seats[coach] = Seats::default();
    }
    let gone = sound(parts)?;
    let (points, steps) = timed(|| frontier(&gone, u32::MAX, 1, &|| false).expect("nobody stops it"));
    println!(
        "{{\"fresh_s\":{:.6},\"state_s\":{:.6},\"all_losses_s\":{:.6},\"one_loss_s\":{:.9},\"why_s\":{:.9},\"why_most_s\":{:.9},\"why_not_s\":{:.9},\"why_not_most_s\":{:.9},\"frontier_s\":{:.6},\"coaches\":{},\"stranding\":{stranded},\"points\":{},\"proved\":{},\"moves_to_the_best\":{},\"reached\":{}}}",
        fresh.as_secs_f64(),
        begin.as_secs_f64(),
        all.as_secs_f64(),
        one.as_secs_f64() / f64::from(u32::try_from(coaches.len())?),
        why.mean,
        why.most,
        why_not.mean,
        why_not.most,
        steps.as_secs_f64(),
        coaches.len(),
        points.points.len(),
        points.points.iter().filter(|p| p.proved).count(),
        points.last - points.least,
        points.reached - points.least,
    );
    Ok(())
}

/// Seconds.
struct Asked {
    mean: f64,
    most: f64,
}

/// One pair of every 16th coachee who has one: a pair that the plan makes, or one that it does not.
fn asked(state: &mut State<'_>, made: bool) -> anyhow::Result<Asked> {
    let (instance, plan) = (state.instance, state.assignment());
    let has = |coachee, coach| plan.pairs.binary_search(&(coachee, coach)).is_ok();
    let (mut all, mut most, mut times) = (Duration::ZERO, Duration::ZERO, 0_u32);
    for coachee in instance.parts().demand.indexes().step_by(16) {
        let own = instance.parts().coach[instance.rows(coachee)].iter().copied();
        let Some(coach) = own.into_iter().find(|coach| has(coachee, *coach) == made) else { continue };
        let one = if made {
            timed(|| state.plan_without(coachee, coach)).1
        } else {
            timed(|| state.plan_with(coachee, coach)).1
        };
        (all, most, times) = (all + one, most.max(one), times + 1);
    }
    anyhow::ensure!(times > 0, "nobody to ask about");
    Ok(Asked { mean: all.as_secs_f64() / f64::from(times), most: most.as_secs_f64() })
}

fn sound(parts: Parts) -> anyhow::Result<Instance> {
    Instance::try_new(parts).map_err(|misfits| anyhow::anyhow!("{misfits:?}"))
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let done = work();
    (done, begun.elapsed())
}
