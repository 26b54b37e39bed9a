//! Goal after goal, each an integer programme over what the goals before it leave open.
//!
//! Method: lexicographic, by holding every settled goal at its value. The flow that ignores the rows gives, as far as the
//! goals before are as good as its own, a bound that needs no solver. The floor is found by bisection: "the fewest pairs
//! below t" is 0 or not. Rings are found in the answers and forbidden (or charged) from then on.
//!
//! No answer is believed: a plan is counted again in integers and must keep every limit and every goal settled; there is
//! always a plan at hand, so "nothing is possible" and anything worse than that plan are errors of the solver, which is
//! asked once more without presolve.

use super::Start;
use super::engine;
use super::goal::{Goal, NOBODY, Tally, goals};
use super::model::{Aim, Model, Scope, model};
use super::program::{Answer, Ask, Said};
use super::rings::Ring;
use crate::model::certificate::Stage;
use crate::model::index::{Ix, PairIx};
use crate::model::instance::Instance;
use crate::model::outcome::Stop;
use crate::model::quantity::Points;
use crate::solver::lagrange::Found;
use crate::solver::stage::stopped;
use crate::solver::{Failure, Options};
use std::time::Instant;

/// The search: the best plan so far and what is settled about it.
pub struct Drive<'i, 'o> {
    instance: &'i Instance,
    options: &'o Options<'o>,
    pub goals: Vec<Goal>,
    /// The best plan so far, and its value of every goal.
    pub plan: Vec<PairIx>,
    pub worth: Vec<i128>,
    /// What no plan is better than, goal after goal.
    bound: Option<Vec<i128>>,
    /// Whether the bound of the search by prices proves its plan.
    proved: bool,
    /// That proof, where prices alone are enough.
    stage: Option<Stage>,
    /// The plan's worth for which it holds, and the least value of the last goal among plans as good in the others.
    last: Option<(Vec<i128>, i128)>,
    open: Vec<bool>,
    rings: Vec<Ring>,
    /// Plans that the solver took for better than they are: it computes in doubles.
    barred: Vec<Vec<PairIx>>,
}

/// How many plans are barred before the search gives up: they are few where numbers are far apart in size, else none.
const MOST_BARRED: usize = 50;

/// Why a search did not settle everything.
pub enum Halt {
    Early(Early),
    Failed(Failure),
}

/// A search that was stopped, with what it knows about the goal at which it stopped.
pub struct Early {
    pub stop: Stop,
    /// The goal.
    pub at: usize,
    /// No plan as good in the goals before has a smaller value.
    pub bound: Option<i128>,
}

/// What an answer's plan is good for.
enum Seen {
    /// It has rings that were not known, or must not come again.
    Again,
    /// It keeps what is settled and has this value of the aim.
    Value(i128),
    /// There is none, or it breaks what it must keep.
    Wrong,
}

impl<'i, 'o> Drive<'i, 'o> {
    /// Begins with a plan that keeps every hard limit.
    pub fn new(instance: &'i Instance, options: &'o Options<'o>, start: Start) -> Self {
        let goals = goals(instance);
        let worth = Tally::of(instance, &start.plan).worth(&goals);
        Self {
            instance,
            options,
            goals,
            worth,
            plan: start.plan,
            bound: start.bound,
            proved: false,
            stage: None,
            last: None,
            open: vec![true; instance.pairs()],
            rings: Vec::new(),
            barred: Vec::new(),
        }
    }

    /// Takes over what the search by prices found: its plan, and where no ring makes that dearer, its bound on the last goal and the pairs that are out.
    pub fn adopt(&mut self, found: Found) {
        let tally = Tally::of(self.instance, &found.plan);
        let worth = tally.worth(&self.goals);
        if !tally.allowed() || worth > self.worth {
            return;
        }
        // Without tiers there is no last goal that counts once in the cost.
        if !self.instance.parts().tiers.is_empty() && tally.charged_rings().is_empty() {
            // With no pair left there is no other plan.
            self.proved = found.bound >= found.cost || !found.open.contains(&true);
            self.stage = found.stage;
            // The last goal counts once in the cost, so plans equal before it differ by its values.
            self.last = worth
                .split_last()
                .map(|(value, before)| (before.to_vec(), value - (found.cost - found.bound)));
            for (open, still) in self.open.iter_mut().zip(found.open) {
                *open &= still;
            }
        }
        self.plan = found.plan;
        self.worth = worth;
    }

    /// Settles every goal.
    pub fn run(&mut self) -> Result<(), Halt> {
        if self.proved {
            return Ok(());
        }
        for at in 0..self.goals.len() {
            match self.goals[at] {
                _ if self.known(at) == Some(self.worth[at]) => {}
                Goal::Floor => self.floor(at)?,
                goal => {
                    self.minimise(at, Aim::Goal(goal))?;
                }
            }
            self.close(at);
        }
        Ok(())
    }

    /// Whether the plan is as good as the bound in every goal.
    pub fn meets_bound(&self) -> bool {
        self.bound.as_ref() == Some(&self.worth)
    }

    /// Prices that prove the plan, if there are any.
    pub fn stage(&self) -> Option<Stage> {
        self.stage.clone()
    }

    /// A value of a goal that no plan as good in the goals before falls below, without asking anybody.
    pub fn known(&self, at: usize) -> Option<i128> {
        let bound = self.bound.as_ref().filter(|b| b[..at] == self.worth[..at]).map(|b| b[at]);
        let last = self.last.as_ref().filter(|l| at + 1 == self.goals.len() && l.0 == self.worth[..at]);
        let bound = bound.max(last.map(|l| l.1));
        let parts = self.instance.parts();
        let least = match self.goals[at] {
            Goal::Pins | Goal::Missed | Goal::Minimums | Goal::Stability | Goal::Balance => Some(0),
            Goal::Filled { class, .. } => {
                let all = parts.demand.iter().filter(|d| d.class == class).count();
                i128::try_from(all).ok().map(|n| -n)
            }
            Goal::Floor => Some(parts.score.iter().max().map_or(NOBODY, |s| -i128::from(s.0)))
                .filter(|_| self.worth[at] != NOBODY),
            Goal::Score => None,
        };
        bound.max(least)
    }

    /// Closes pairs that no later plan may have.
    fn close(&mut self, at: usize) {
        if self.goals[at] == Goal::Floor && self.worth[at] != NOBODY {
            let scores = &self.instance.parts().score;
            for (open, score) in self.open.iter_mut().zip(scores) {
                *open &= -i128::from(score.0) <= self.worth[at];
            }
        }
    }

    /// The highest floor among plans as good in the goals before.
    fn floor(&mut self, at: usize) -> Result<(), Halt> {
        if self.worth[at] == NOBODY {
            return Ok(());
        }
        let mut steps: Vec<Points> = self.instance.parts().score.to_vec();
        steps.sort_unstable();
        steps.dedup();
        let position = |value: i128| steps.partition_point(|s| i128::from(s.0) < -value);
        // Invariant: steps[good] is reached, steps[bad] is not, or is past the end.
        let mut good = position(self.worth[at]);
        let mut bad = self.known(at).map_or(steps.len(), |best| (position(best) + 1).min(steps.len()));
        let mut middle = bad - 1;
        while bad - good > 1 {
            let fewest = self.minimise(at, Aim::Below(steps[middle])).map_err(|halt| match halt {
                Halt::Early(early) => {
                    Halt::Early(Early { bound: Some(-i128::from(steps[bad - 1].0)), ..early })
                }
                Halt::Failed(failure) => Halt::Failed(failure),
            })?;
            if fewest == 0 {
                good = position(self.worth[at]);
            } else {
                bad = middle;
            }
            middle = good + (bad - good) / 2;
        }
        Ok(())
    }

    /// The least value of an aim among plans as good in the goals before.
    fn minimise(&mut self, at: usize, aim: Aim) -> Result<i128, Halt> {
        let mut presolve = true;
        loop {
            let (model, answer) = self.ask(at, aim, presolve)?;
            let seen = self.look(at, aim, &model, &answer);
            match (answer.said, seen) {
                (_, Seen::Again) => {}
                (Said::Best, Seen::Value(value)) if self.value(at, aim, &self.plan) >= value => {
                    return Ok(value);
                }
                (Said::Stopped, _) => {
                    let bound =
                        answer.bound.map(|b| model.value(b)).filter(|_| aim == Aim::Goal(self.goals[at]));
                    let stop = stopped(self.options).unwrap_or(Stop::TimeLimit);
                    return Err(Halt::Early(Early { stop, at, bound: bound.max(self.known(at)) }));
                }
                _ if presolve => presolve = false,
                _ => return Err(Halt::Failed(Failure::Contradicts)),
            }
        }
    }

    fn ask(&self, at: usize, aim: Aim, presolve: bool) -> Result<(Model, Answer), Halt> {
        if let Some(stop) = stopped(self.options) {
            return Err(Halt::Early(Early { stop, at, bound: self.known(at) }));
        }
        let settled: Vec<(Goal, i128)> =
            self.goals[..at].iter().copied().zip(self.worth[..at].iter().copied()).collect();
        let start = Tally::of(self.instance, &self.plan);
        let scope = Scope {
            instance: self.instance,
            open: &self.open,
            rings: &self.rings,
            barred: &self.barred,
            settled: &settled,
            aim,
            start: &start,
        };
        let model = model(&scope);
        let target = match aim {
            Aim::Goal(_) => self.known(at),
            Aim::Below(_) => Some(0),
        };
        let left = self.options.deadline.map(|d| d.saturating_duration_since(Instant::now()).as_millis());
        let ask = Ask {
            presolve,
            milliseconds: left.map(|ms| u64::try_from(ms).unwrap_or(u64::MAX)),
            target: target.and_then(|value| model.cost(value)),
        };
        let answer = engine::solve(&model.program, ask, self.options).map_err(Halt::Failed)?;
        Ok((model, answer))
    }

    fn value(&self, at: usize, aim: Aim, plan: &[PairIx]) -> i128 {
        match aim {
            Aim::Goal(_) => Tally::of(self.instance, plan).value(self.goals[at]),
            Aim::Below(points) => {
                let scores = &self.instance.parts().score;
                let below = plan.iter().filter(|p| scores[p.to_usize()] < points).count();
                i128::try_from(below).expect("a count")
            }
        }
    }

    /// Counts an answer's plan again, and keeps it if it is better than the plan at hand.
    fn look(&mut self, at: usize, aim: Aim, model: &Model, answer: &Answer) -> Seen {
        let Some(taken) = &answer.taken else { return Seen::Wrong };
        let plan: Vec<PairIx> = model.pairs.iter().zip(taken).filter(|(_, t)| **t).map(|(p, _)| *p).collect();
        let tally = Tally::of(self.instance, &plan);
        let broken = tally.broken_rings();
        if !broken.is_empty() {
            return self.learn(broken);
        }
        if !tally.allowed() {
            return self.bar(plan);
        }
        let charged =
            if self.goals[..=at].contains(&Goal::Score) { tally.charged_rings() } else { Vec::new() };
        let worth = tally.worth(&self.goals);
        let keeps = worth[..at] <= self.worth[..at];
        if worth < self.worth {
            self.worth = worth;
            self.plan.clone_from(&plan);
        }
        if charged.iter().any(|ring| !self.rings.contains(ring)) {
            return self.learn(charged);
        }
        if keeps { Seen::Value(self.value(at, aim, &plan)) } else { self.bar(plan) }
    }

    fn bar(&mut self, plan: Vec<PairIx>) -> Seen {
        if self.barred.len() == MOST_BARRED || self.barred.contains(&plan) {
            return Seen::Wrong;
        }
        self.barred.push(plan);
        Seen::Again
    }

    fn learn(&mut self, rings: Vec<Ring>) -> Seen {
        let known = self.rings.len();
        for ring in rings {
            if !self.rings.contains(&ring) {
                self.rings.push(ring);
            }
        }
        if self.rings.len() > known { Seen::Again } else { Seen::Wrong }
    }
}
