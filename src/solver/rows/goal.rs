//! The goals of a plan, one after another: pins, least numbers, then the tiers, coverage by rank. Smaller is better.

use super::rings;
use super::sides::{charges, held, marks, missed};
use crate::model::catalogue::Tier;
use crate::model::index::{CoachIx, CoacheeIx, Ix, IxVec, PairIx};
use crate::model::instance::{Excess, Instance, NestFamily, Parts};
use crate::model::outcome::Assignment;
use crate::model::row::Outside;
use crate::solver::composite::balance_step;

/// One number to be minimised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// Pins not kept.
    Pins,
    /// By how much least numbers are missed.
    Missed,
    /// − the coachees of this class whose `nth` place, if it is not pinned, is filled.
    Filled {
        nth: u8,
        class: u8,
    },
    Minimums,
    Stability,
    /// − the lowest own score; least of all where nobody is matched.
    Floor,
    /// − the score, charges included.
    Score,
    Balance,
}

impl Goal {
    /// The tier that the goal is, or is a part of.
    pub const fn tier(self) -> Option<Tier> {
        match self {
            Self::Pins | Self::Missed => None,
            Self::Filled { .. } => Some(Tier::Coverage),
            Self::Minimums => Some(Tier::Minimums),
            Self::Stability => Some(Tier::Stability),
            Self::Floor => Some(Tier::Floor),
            Self::Score => Some(Tier::Score),
            Self::Balance => Some(Tier::Balance),
        }
    }
}

/// The value of the floor where nobody is matched.
pub const NOBODY: i128 = i128::MIN;

/// The goals of an instance, in order.
pub fn goals(instance: &Instance) -> Vec<Goal> {
    let parts = instance.parts();
    let mut goals = vec![Goal::Pins, Goal::Missed];
    for tier in &parts.tiers {
        match tier {
            Tier::Coverage => goals.extend(ranks(instance)),
            Tier::Minimums => goals.push(Goal::Minimums),
            Tier::Stability => goals.push(Goal::Stability),
            Tier::Floor => {
                // The floor means something only among plans that match as many as can be.
                if goals.iter().any(|g| matches!(g, Goal::Filled { .. })) {
                    goals.push(Goal::Floor);
                }
            }
            Tier::Score => goals.push(Goal::Score),
            Tier::Balance => goals.push(Goal::Balance),
        }
    }
    goals
}

/// The distinct (how many-th coach, class) of places that are not pinned, most urgent first.
fn ranks(instance: &Instance) -> Vec<Goal> {
    let mut ranks: Vec<(u8, u8)> = Vec::new();
    for (coachee, demand) in instance.parts().demand.enumerate() {
        let places = pinned(instance, coachee) + 1..=demand.wanted;
        ranks.extend(places.map(|nth| (nth, demand.class)));
    }
    ranks.sort_unstable();
    ranks.dedup();
    ranks.into_iter().map(|(nth, class)| Goal::Filled { nth, class }).collect()
}

/// How many of a coachee's places are pinned.
pub fn pinned(instance: &Instance, coachee: CoacheeIx) -> u8 {
    let rows = instance.rows(coachee);
    let pins = &instance.parts().pins;
    let from = pins.partition_point(|p| p.to_usize() < rows.start);
    let to = pins.partition_point(|p| p.to_usize() < rows.end);
    u8::try_from(to - from).expect("at most as many pins as wanted")
}

pub fn is_pinned(parts: &Parts, pair: PairIx) -> bool {
    parts.pins.binary_search(&pair).is_ok()
}

/// Pairs of an assignment, ascending.
pub fn pairs(instance: &Instance, assignment: &Assignment) -> Vec<PairIx> {
    assignment.pairs.iter().filter_map(|(e, c)| instance.pair(*e, *c)).collect()
}

pub fn assignment(instance: &Instance, plan: &[PairIx]) -> Assignment {
    let pair = |p: &PairIx| (instance.coachee_of(*p), instance.parts().coach[p.to_usize()]);
    Assignment { pairs: plan.iter().map(pair).collect() }
}

/// A plan counted once, for every question about it.
pub struct Tally<'i> {
    instance: &'i Instance,
    plan: &'i [PairIx],
    pub chosen: Vec<bool>,
    pub load: IxVec<CoachIx, u32>,
    /// Places filled that are not pinned.
    pub free: IxVec<CoacheeIx, u8>,
}

impl<'i> Tally<'i> {
    pub fn of(instance: &'i Instance, plan: &'i [PairIx]) -> Self {
        let parts = instance.parts();
        let mut load: IxVec<CoachIx, u32> = parts.seats.iter().map(|_| 0).collect();
        let mut free: IxVec<CoacheeIx, u8> = parts.demand.iter().map(|_| 0).collect();
        for pair in plan {
            load[parts.coach[pair.to_usize()]] += 1;
            if !is_pinned(parts, *pair) {
                free[instance.coachee_of(*pair)] += 1;
            }
        }
        Self { instance, plan, chosen: marks(instance, plan), load, free }
    }

    /// Whether the plan keeps everything that no plan may break.
    pub fn allowed(&self) -> bool {
        let parts = self.instance.parts();
        let hard = parts.nests.iter().filter(|f| f.excess == Excess::Forbidden);
        parts.seats.iter().zip(&self.load).all(|(s, l)| *l <= s.max)
            && parts.demand.enumerate().all(|(e, d)| self.free[e] + pinned(self.instance, e) <= d.wanted)
            && hard.into_iter().all(|family| self.members(family).iter().all(|m| m.1 <= family.cap))
            && held(parts, &self.chosen)
            && self.broken_rings().is_empty()
    }

    /// Rings that no plan may have.
    pub fn broken_rings(&self) -> Vec<rings::Ring> {
        match &self.instance.parts().rings {
            Some(rule) if rule.outside == Outside::Forbidden => {
                rings::shortest(self.instance, rule, self.plan)
            }
            _ => Vec::new(),
        }
    }

    /// Rings of 3 that cost points.
    pub fn charged_rings(&self) -> Vec<rings::Ring> {
        match &self.instance.parts().rings {
            Some(rule) if rule.outside != Outside::Forbidden => {
                rings::triangles(self.instance, rule, self.plan)
            }
            _ => Vec::new(),
        }
    }

    /// How many of the plan count in each (coach, group) of a family.
    fn members(&self, family: &NestFamily) -> Vec<((u32, u32), u32)> {
        let parts = self.instance.parts();
        let counts = self.plan.iter().filter(|p| family.exempt.binary_search(p).is_err());
        let mut keys: Vec<(u32, u32)> = counts
            .filter_map(|p| {
                Some((parts.coach[p.to_usize()].get(), family.group[self.instance.coachee_of(*p)]?.get()))
            })
            .collect();
        keys.sort_unstable();
        keys.chunk_by(|a, b| a == b).map(|run| (run[0], u32::try_from(run.len()).expect("a load"))).collect()
    }

    pub fn value(&self, goal: Goal) -> i128 {
        let parts = self.instance.parts();
        let scores = self.plan.iter().map(|p| i128::from(parts.score[p.to_usize()].0));
        let made = |list: &[PairIx]| list.iter().filter(|p| self.chosen[p.to_usize()]).count();
        match goal {
            Goal::Pins => count(parts.pins.len() - made(&parts.pins)),
            Goal::Missed => missed(parts, &self.chosen),
            Goal::Filled { nth, class } => {
                let filled = parts.demand.enumerate().filter(|(e, d)| {
                    let pins = pinned(self.instance, *e);
                    d.class == class && nth > pins && self.free[*e] >= nth - pins
                });
                -count(filled.count())
            }
            Goal::Minimums => {
                let missing = parts.seats.iter().zip(&self.load).map(|(s, l)| s.min.saturating_sub(*l));
                missing.map(i128::from).sum()
            }
            Goal::Stability => count(parts.kept.len() - made(&parts.kept)),
            Goal::Floor => scores.min().map_or(NOBODY, |s| -s),
            Goal::Score => self.excess() + charges(parts, &self.chosen) + self.rings() - scores.sum::<i128>(),
            Goal::Balance => {
                let weight = parts.balance.0;
                let costs = parts.seats.iter().zip(&self.load);
                costs.map(|(s, l)| (1..=*l).map(|k| balance_step(weight, s.max, k)).sum::<i128>()).sum()
            }
        }
    }

    /// The value of a goal without what rows and rings add to it: no plan of the flow that ignores them is better.
    pub fn relaxed(&self, goal: Goal) -> i128 {
        match goal {
            Goal::Missed => 0,
            Goal::Score => self.value(goal) - charges(self.instance.parts(), &self.chosen) - self.rings(),
            _ => self.value(goal),
        }
    }

    pub fn worth(&self, goals: &[Goal]) -> Vec<i128> {
        goals.iter().map(|goal| self.value(*goal)).collect()
    }

    /// What soft nests charge.
    fn excess(&self) -> i128 {
        let families = self.instance.parts().nests.iter();
        let of_family = |family: &NestFamily| match family.excess {
            Excess::Forbidden => 0,
            Excess::Costs(points) => {
                let over =
                    self.members(family).into_iter().map(|m| i128::from(m.1.saturating_sub(family.cap)));
                over.sum::<i128>() * i128::from(points.0)
            }
        };
        families.map(of_family).sum()
    }

    /// What rings charge.
    fn rings(&self) -> i128 {
        match &self.instance.parts().rings {
            Some(rule) => match rule.outside {
                Outside::Forbidden => 0,
                Outside::Costs { points, .. } => count(self.charged_rings().len()) * i128::from(points.0),
            },
            None => 0,
        }
    }
}

fn count(n: usize) -> i128 {
    i128::try_from(n).expect("a count")
}
