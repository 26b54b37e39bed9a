//! The certificate: prices from which anybody can compute a bound that no plan beats.
//!
//! **One cost.** A stage folds its tiers into one integer cost to be minimised. With the multipliers M of the stage:
//! - a pair costs `−M[score] × score − M[stability] × [pair is in the given plan]`;
//! - a place that a coachee wants and does not get costs `M[coverage] × w`, or `M[pins]` where the place is pinned;
//!   `w` counts down to 1 over the distinct (how many-th coach, class) of the places that are not pinned, in that
//!   order of urgency; a coachee's pinned places are the first ones;
//! - a coach's k-th place costs `M[balance] × floor(balance × (2k − 1) / max) − M[minimums] × [k ≤ min]`;
//! - in a nest whose excess costs points, each coachee over the cap costs `M[score] × points`.
//!
//! A multiplier is 0 where the stage leaves the tier out, and otherwise larger than everything that the tiers after it
//! can differ by, so that the least cost is the lexicographic optimum.
//!
//! **The bound.** Every coach has a price π, and so has every (coach, group) that forms a nest. For *any* prices,
//! the sum of the following is a lower bound on the cost of every plan (Lagrange relaxation of "pairs entering = places used"):
//! - per coachee: over f = 0..wanted, the least of (the f cheapest eligible pairs by cost + price of the place
//!   entered) and (what the places left open cost, most urgent filled first) together. A pair enters its innermost nest, else its coach.
//!   Pinned places take their pinned pair only, and pinned pairs serve nothing else;
//! - per nest: the least over f = 0..members of (excess cost of f, infinite where forbidden) + f × (price of the next place outwards − its own);
//! - per coach: the least over f = 0..min(max, its eligible pairs) of (cost of the first f places) − f × its own price.
//!
//! Eligible pairs and members are those that the claim of the stage looks at and that some place can take.
//!
//! The plan is proved optimal when the bound equals its cost.

use super::catalogue::Tier;
use super::index::{CoachIx, GroupIx};
use super::quantity::Points;

/// What a stage proves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Claim {
    /// Among plans without pairs whose own score is below `floor`, none costs less than this plan.
    Best { floor: Option<Points> },
    /// Every plan made only of pairs whose own score is above `floor` costs more than this plan in the tiers before
    /// the floor, so no plan as good in those has a better floor.
    FloorIsHighest { floor: Points },
}

/// The multipliers of a stage, not negative.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Multipliers {
    pub pins: i128,
    pub coverage: i128,
    pub minimums: i128,
    pub stability: i128,
    pub score: i128,
    pub balance: i128,
}

impl Multipliers {
    /// The multiplier of a tier; 0 for the floor, which is no sum.
    pub const fn of(&self, tier: Tier) -> i128 {
        match tier {
            Tier::Coverage => self.coverage,
            Tier::Minimums => self.minimums,
            Tier::Stability => self.stability,
            Tier::Floor => 0,
            Tier::Score => self.score,
            Tier::Balance => self.balance,
        }
    }
}

/// The price of a nest: the coach, the position of the family in `Parts::nests`, the group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NestPrice {
    pub coach: CoachIx,
    pub family: usize,
    pub group: GroupIx,
    pub price: i128,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stage {
    pub claim: Claim,
    pub multipliers: Multipliers,
    /// One per coach that is not 0, ascending.
    pub prices: Vec<(CoachIx, i128)>,
    /// By coach, family, group. A (coach, group) that is not here is no nest in this stage: its pairs enter the next
    /// place outwards. Only where the nest cannot bind (no more eligible members than the cap) may it be missing.
    pub nests: Vec<NestPrice>,
    /// The bound that the prices give.
    pub bound: i128,
}

/// The proof of an optimum: `Best` over all tiers, and before it one `FloorIsHighest` where a floor was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Certificate {
    pub stages: Vec<Stage>,
}
