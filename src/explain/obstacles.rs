//! What keeps a pair from being made, in a form that gives nothing away: a declared conflict may be opaque, and its level would
//! tell one kind from another, so no declaration has a level here and none comes before another rule because of it.

use crate::model::catalogue::{Level, RuleKey};
use crate::rules::Barrier;

/// A rule that excludes a pair, with its evidence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Obstacle {
    pub rule: RuleKey,
    /// `Hard` or `Waivable`; `None` for declared conflicts.
    pub level: Option<Level>,
    /// As it is said of the coach: `is the coachee's line manager`.
    pub says: Box<str>,
}

impl Obstacle {
    /// Whether a planner may lift it for this pair. Declared conflicts are never offered for lifting.
    pub fn lifts(&self) -> bool {
        self.level == Some(Level::Waivable)
    }
}

/// The barriers of a pair, those that nobody can lift first, then by rule.
pub fn obstacles(barriers: &[Barrier]) -> Vec<Obstacle> {
    listed(barriers, Barrier::of_the_coach)
}

/// The same where two people are to be grouped, of whom sentences speak by name.
pub fn group_obstacles(barriers: &[Barrier]) -> Vec<Obstacle> {
    listed(barriers, |barrier| barrier.says.to_string())
}

fn listed(barriers: &[Barrier], says: impl Fn(&Barrier) -> String) -> Vec<Obstacle> {
    let obstacle = |barrier: &Barrier| Obstacle {
        rule: barrier.rule,
        level: (barrier.rule != RuleKey::Declared).then_some(barrier.level),
        says: says(barrier).into(),
    };
    let mut found: Vec<Obstacle> = barriers.iter().map(obstacle).collect();
    found.sort_by_key(|o| (o.lifts(), o.rule));
    found
}
