//! What soft rules about groups and several pairs take from a plan: a negative part of the pair that pays.

use super::limits::{Made, Toll, ring_tolls, soft_breaches, toll};
use super::{caps, words};
use crate::model::document::Part;
use crate::model::outcome::Assignment;
use crate::rules::Compiled;

/// The charges on a plan.
pub struct Charges {
    /// By pair of the assignment, in its order.
    pub parts: Vec<Vec<Part>>,
    /// What no pair pays, in micro-points: limits that no pair of the plan counts in.
    pub unpaid: i128,
}

/// What soft caps, rows and rings take from each pair of the assignment.
pub fn charges(compiled: &Compiled<'_>, chosen: &Assignment) -> Charges {
    let mut charges = Charges { parts: caps::charges(compiled, chosen), unpaid: 0 };
    let instance = &compiled.instance;
    if instance.parts().rows.is_empty() && instance.parts().rings.is_none() {
        return charges;
    }
    let made = Made::new(instance, chosen);
    for breach in soft_breaches(instance, &made) {
        if let Some(toll) = toll(instance, &made, &breach) {
            charges.add(&toll, words::excess(compiled, &breach));
        }
    }
    for (ring, toll) in ring_tolls(instance, &made) {
        charges.add(&toll, words::ring(compiled, &ring));
    }
    charges
}

impl Charges {
    fn add(&mut self, toll: &Toll, says: String) {
        match toll.at {
            Some(at) => {
                self.parts[at].push(Part { rule: toll.rule, points: -toll.points, says: says.into() });
            }
            None => self.unpaid += i128::from(toll.points.0),
        }
    }
}
