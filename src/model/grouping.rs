//! Grouping: people of one list put together in pairs and triads. The problem as the solver sees it, its certificate,
//! and its outcome.
//!
//! **The tiers as one sum.** Of larger worth is better. With the multipliers M a group is worth, over its members and
//! the pairs among them,
//! - `M[pins] × pins inside`
//! - `+ M[coverage] × members × 10 × n + M[coverage] × Σ (9 − class of the member)`, where n counts everybody: first the
//!   number of people in groups, then how urgent they are;
//! - `− M[shape] × 1` for a pair where groups are of three: as many triads as can be;
//! - `+ M[stability] × kept pairs inside + M[score] × score`.
//!
//! A multiplier is larger than everything that the tiers after it can differ by, or 0 where nothing can differ.
//!
//! **The certificate** proves that no grouping is worth more than the plan; twice the worth, so that halves stay whole.
//! *Pairs* (`size = 2`): lists of prices y, one per person who can be in a group, and of sets (odd, laminar) with a z ≥ 0,
//! such that `y(a) + y(b) + Σ z(sets that hold both) ≥ max(0, 2 × worth of the pair)` for every two people. Two people who
//! stay alone count as a pair worth 0, so for people P, an even number, nothing is worth more than half of
//! `Σ y(P) + Σ z × ⌊|set ∩ P| / 2⌋`. With an odd number somebody is alone, or three make a triad; for each of these
//! choices some list must show that the rest together with it is not worth more.
//! *Triads* (`size = 3`): a tree. A node has some groups settled, and prices of the people left: y ≥ 0 of people and z ≥ 0 of
//! cuts. A cut is a set of people with a fraction `by / of`: a group with m of its members counts `⌊m × by / of⌋` in it, and
//! all groups together at most `⌊size × by / of⌋` (a rank-1 inequality of Chvátal and Gomory). For every group of the people left
//! `Σ y(members) + Σ z × (what it counts) ≥ worth`; so nothing below the node is worth more than the settled groups and
//! `Σ y + Σ z × ⌊size × by / of⌋`. Of one person left, every group (or nobody) that the prices do not settle has a node of its own.
//! Every worth is a multiple of the greatest common divisor of the groups' worths; a better plan is better by that at least.

use super::catalogue::Tier;
use super::index::CoacheeIx;
use super::outcome::{Stop, TierValue};
use super::quantity::Points;

/// How many people a group has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum GroupSize {
    #[default]
    Two,
    Three,
}

/// The parts of a grouping problem. People are the roster's participants, by the index they have as coachees.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GroupingParts {
    pub size: GroupSize,
    /// No group of another size, even where somebody is left over.
    pub exactly: bool,
    /// The priority class of everybody who can be in a group, 1 first; `None`: takes no part, or is on hold.
    pub class: Vec<Option<u8>>,
    /// By person, then person, all of them; symmetric. `None`: the two cannot be together.
    pub score: Vec<Option<Points>>,
    /// Pairs that can be made, the lower person first, ascending.
    pub pins: Vec<(CoacheeIx, CoacheeIx)>,
    /// Pairs of the given plan that can be made, in the same order.
    pub kept: Vec<(CoacheeIx, CoacheeIx)>,
    /// `Coverage` first, then `Stability` and `Score` at most once each.
    pub tiers: Vec<Tier>,
}

/// The validated problem. Read access only.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Grouping(GroupingParts);

impl Grouping {
    /// The only gate; `None` where the invariants named on [`GroupingParts`] do not hold: a fault of the caller.
    pub fn try_new(parts: GroupingParts) -> Option<Self> {
        use super::index::Ix;
        let n = parts.class.len();
        let square = parts.score.len() == n * n;
        let symmetric = square
            && (0..n).all(|a| {
                (0..=a).all(|b| {
                    let score = parts.score[a * n + b];
                    let fits = score.is_none_or(|s| s.0.abs() <= 1 << 60);
                    let there = a != b && parts.class[a].is_some() && parts.class[b].is_some();
                    score == parts.score[b * n + a] && fits && (score.is_none() || there)
                })
            });
        let classes = parts.class.iter().flatten().all(|c| (1..=9).contains(c));
        let pairs = |list: &[(CoacheeIx, CoacheeIx)]| {
            let possible = |(a, b): &(CoacheeIx, CoacheeIx)| {
                let (a, b) = (a.to_usize(), b.to_usize());
                a < b && b < n && parts.score[a * n + b].is_some()
            };
            list.windows(2).all(|w| w[0] < w[1]) && list.iter().all(possible)
        };
        let first = parts.tiers.first() == Some(&Tier::Coverage);
        let mut rest = parts.tiers.iter().skip(1).copied().collect::<Vec<_>>();
        rest.sort_unstable();
        let once = rest.windows(2).all(|w| w[0] < w[1])
            && rest.iter().all(|t| matches!(t, Tier::Stability | Tier::Score));
        (symmetric && classes && pairs(&parts.pins) && pairs(&parts.kept) && first && once)
            .then_some(Self(parts))
    }

    pub const fn parts(&self) -> &GroupingParts {
        &self.0
    }
    /// Everybody on the list, those who take no part included.
    pub const fn people(&self) -> usize {
        self.0.class.len()
    }
    /// The score of two people together, where they can be.
    pub fn score(&self, a: CoacheeIx, b: CoacheeIx) -> Option<Points> {
        use super::index::Ix;
        self.0.score[a.to_usize() * self.people() + b.to_usize()]
    }
    /// Everybody who can be in a group.
    pub fn present(&self) -> impl Iterator<Item = CoacheeIx> {
        use super::index::Ix;
        (0..self.people()).filter(|a| self.0.class[*a].is_some()).map(CoacheeIx::from_usize)
    }
}

/// Two or three people, ascending.
pub type Group = Vec<CoacheeIx>;

/// The multipliers of the tiers, not negative.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct GroupMultipliers {
    pub pins: i128,
    pub coverage: i128,
    pub shape: i128,
    pub stability: i128,
    pub score: i128,
}

/// Prices of people and of odd sets of people.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Prices<P> {
    /// One per person who is left, in order.
    pub people: Vec<(P, i128)>,
    /// Members ascending; at least 3, an odd number; z > 0.
    pub sets: Vec<(Vec<P>, i128)>,
}

/// A set of people of whom groups, each counted for its part, together have only so many.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cut<P> {
    /// Of the people left, ascending.
    pub members: Vec<P>,
    /// 1 or 2, less than `of`.
    pub by: usize,
    /// 2 or 3.
    pub of: usize,
    /// Above 0, in units of `1/scale` of worth.
    pub price: i128,
}

/// A node of the proof for triads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node<P> {
    /// The groups settled on the way here, each by its members.
    pub settled: Vec<Vec<P>>,
    /// People settled to stay alone.
    pub alone: Vec<P>,
    /// Of the people left; in units of `1/scale` of worth.
    pub prices: Vec<(P, i128)>,
    pub cuts: Vec<Cut<P>>,
    /// Whose groups the nodes below are told apart by; `None` where the prices settle everything.
    pub branch: Option<P>,
}

/// The proof of an optimal grouping; `P` is an index inside, an id in documents.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GroupProof<P> {
    Pairs { multipliers: GroupMultipliers, lists: Vec<Prices<P>> },
    Triads { multipliers: GroupMultipliers, scale: i128, nodes: Vec<Node<P>> },
}

/// How far the search came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GroupEnd {
    /// No grouping is better, and this shows it.
    Proved(GroupProof<CoacheeIx>),
    /// The search went through everything, but the proof would be too long to hand on.
    Claimed,
    /// The best that was found; the tiers say how much better another could be.
    Open(Stop),
}

/// The answer of the solver.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupOutcome {
    /// By first member.
    pub groups: Vec<Group>,
    /// `Coverage`: people in groups. `Stability`: kept pairs lost. `Score`: micro-points.
    pub tiers: Vec<TierValue>,
    pub end: GroupEnd,
}
