//! The certificate: prices from which anybody can compute a bound that no plan beats.
//!
//! **One cost.** A stage folds its tiers into one integer cost to be minimised. With the multipliers M of the stage:
//! - a pair costs `−M[score] × score − M[stability] × [pair is in the given plan]`;
//! - a place that a coachee wants and does not get costs `M[coverage] × w`, or `M[pins]` where the place is pinned;
//!   `w` counts down to 1 over the distinct (how many-th coach, class) of the places that are not pinned, in that
//!   order of urgency; a coachee's pinned places are the first ones. In a stage with groups `w` is 1 more than what all places less
//!   urgent weigh together: where rows bind, one place more of a class may cost several of later ones;
//! - a coach's k-th place costs `M[balance] × floor(balance × (2k − 1) / max) − M[minimums] × [k ≤ min]`;
//! - in a nest whose excess costs points, each coachee over the cap costs `M[score] × points`;
//! - a row whose amount is d > 0 outside a limit costs `M[score] × points × ceil(d / step)` where that has points; where
//!   it is forbidden and the limit does not hold when nobody is matched, `M[quotas] × d`; else the plan is not allowed;
//! - a ring of 3 costs `M[score] × points` where rings have points, and is not allowed where they are forbidden.
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
//! This bound by places lets rows and rings go: none of them ever makes a plan cheaper. It must be the stage's bound.
//!
//! **The bound by groups** is the one to use where rows tie pairs together ([`Groups`] in the stage; coaches and nests then
//! have no prices). A *group* of a coach is a set of its eligible pairs that may be together as far as that coach alone is
//! concerned: no more than `max`, no forbidden excess of a nest, and every *own* row kept that is forbidden and holds when nobody
//! is matched. A row is own to a coach when it counts pairs of that coach and of no other; all other rows are *shared*.
//! Every coachee has a price α, and every shared row a price ρ for each `per` of its amount (0 where none is given). With w(r, p)
//! the weight of pair p in the shared row r, for *any* prices (Lagrange relaxation of "groups that hold a coachee = places
//! taken", Fisher, Jaikumar & Van Wassenhove 1986) the sum of the following is a lower bound:
//! - per coachee: `M[pins]` for each pinned place, and over f = 0..places that are not pinned, the least of f × α and what the
//!   places left open cost, most urgent filled first, together;
//! - per shared row: the least over the amounts a = lowest..highest of (what a costs) − ceil(ρ × a / per), where a is allowed; lowest
//!   is the sum of the row's negative weights, highest that of its positive weights; of a row that counts sets, 0 and their number;
//! - per coach: the least over its groups of Σ over the pairs p of the group of (cost of p + Σ over r of
//!   floor(ρ(r) × w(r, p) / per(r)) − v)
//!   and what the first so many places, the excess of nests and its own rows cost. Here v is the coachee's α, or
//!   `M[pins]` for a pinned pair. The empty group counts too.
//!
//! A row that counts sets is treated as the sum of its pairs where it is shared. That is sound where ρ ≤ 0, and where ρ > 0 only
//! if all pairs of each of its sets belong to one coachee who wants one coach; another positive price is no proof.
//! Rings are let go but for those that a case closes. So a group's least needs only the pairs whose own addend, with the cost of the coach's first place,
//! is below 0, unless an own row has a negative weight or a least amount above 0.
//!
//! **Cases.** The bound by groups may be taken case by case: a split asks about one pair, its first case holds the plans that make
//! the pair, its second those that do not. In a case,
//! - pairs not made are in no group, and a group holds all pairs of its coach that are made; no such group: the case is
//!   impossible and its bound infinite;
//! - a coachee with k pairs made, pinned ones aside, has f = k..places; where k is all the places, the coachee's other
//!   pairs that are not pinned count as not made. More pairs made than places: the case is impossible;
//! - pairs that the stage does not look at, and those that no place can take, count as not made; one of them made: impossible;
//! - a shared row's lowest is the sum of the weights of its pairs made and of its negative weights of pairs that may be made, highest
//!   that of its pairs made and of its positive weights of pairs that may be made; of a row that counts sets, the number of sets
//!   with a pair made, and of sets with a pair that is not "not made". No amount between them allowed: the case is impossible;
//! - a ring of 3 all of whose pairs are made costs what it costs; where rings are forbidden and the pairs made close one: impossible.
//!
//! The bound by groups is the least over the cases. The stage's own bound may be less: it is what the stage says, the prices are why.
//!
//! **Rounding.** Let g be the greatest common divisor of everything that a plan's cost is made of: what the eligible pairs
//! cost, the places left open (`M[coverage] × w` of every w there is, `M[pins]` where there are pins), the k-th places of
//! coaches (k = 1..max), the excess in nests, one step outside each row (`M[score] × points` or `M[quotas]`), a ring of 3. Every
//! plan costs a multiple of g, so the bound by groups is rounded up to the next multiple of g (g = 0: not at all).
//!
//! The plan is proved optimal when the bound equals its cost. Where it does not, the cost less the bound is the proved gap.
//!
//! **Multipliers with groups.** What soft rows and rings take from the score is then part of what plans can differ by in it: per row
//! what its lowest or highest amount costs, whichever is more; of rings of 3, the points times a third of (the places wanted
//! by coachees who also coach × the most that one of them wants). A bound by places may leave both out.

use super::catalogue::Tier;
use super::index::{CoachIx, CoacheeIx, GroupIx, PairIx};
use super::quantity::Points;

/// What a stage proves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Claim {
    /// Among plans without pairs whose own score is below `floor`, none costs less than this plan.
    Best { floor: Option<Points> },
    /// No plan at all costs less than this plan in the tiers before the floor.
    BestBeforeFloor,
    /// Every plan made only of pairs whose own score is above `floor` costs more than this plan in the tiers before
    /// the floor, so no plan as good in those has a better floor.
    FloorIsHighest { floor: Points },
    /// The plan is the stable one that is best for every coachee. There is one such plan, so the stage has no prices:
    /// whoever doubts it pairs by the lists again.
    Stable,
}

/// The multipliers of a stage, not negative.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Multipliers {
    pub pins: i128,
    /// Of what is missing to the least amount of forbidden rows that do not hold when nobody is matched.
    pub quotas: i128,
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

/// Prices of the bound by groups.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GroupPrices {
    /// One per coachee that is not 0, ascending.
    pub coachees: Vec<(CoacheeIx, i128)>,
    /// One per shared row that is not 0, by row, ascending.
    pub rows: Vec<RowPrice>,
}

/// The price of a shared row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RowPrice {
    /// The position in `Parts::rows`.
    pub row: usize,
    pub price: i128,
    /// The price is for so much of the amount; at least 1. Where it divides every weight, nothing is lost to rounding.
    pub per: i64,
}

/// A step in the list of cases.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Case {
    /// Everything that follows, up to the end of the second case: first the cases in which this pair is made, then those in
    /// which it is not.
    Split(PairIx),
    /// One case, bounded with the prices at this position of [`Groups::prices`].
    Bound(usize),
}

/// The bound by groups, case by case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Groups {
    pub prices: Vec<GroupPrices>,
    /// A tree in preorder: every split is followed by exactly two trees. Without splits: one `Bound`.
    pub cases: Vec<Case>,
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
    /// Where the bound is the one by groups; `prices` and `nests` are then empty.
    pub groups: Option<Groups>,
    /// The bound that the prices give; with groups, that or less.
    pub bound: i128,
}

/// Who vouches for an optimum.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Surety {
    /// The stages prove it.
    #[default]
    Certified,
    /// An integer-programming solver says so; only that the plan keeps every rule has been checked.
    Claimed,
}

impl Stage {
    /// The one stage of a stable plan: it claims, and has no prices.
    pub fn stable() -> Self {
        Self {
            claim: Claim::Stable,
            multipliers: Multipliers::default(),
            prices: Vec::new(),
            nests: Vec::new(),
            groups: None,
            bound: 0,
        }
    }
}

/// The proof of an optimum: `Best` over all tiers. Where the plan has a floor, `BestBeforeFloor` and `FloorIsHighest` come
/// before it: without the first a plan that gives up coverage for a higher floor would pass. Either all stages have groups
/// or none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Certificate {
    /// Empty where the optimum is only claimed.
    pub stages: Vec<Stage>,
    pub surety: Surety,
}
