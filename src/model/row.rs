//! Rows: limits over several pairs at once, each with the rule it comes from. What a network cannot say.
//!
//! **Whose rows, in what units.** Only eligible pairs that are not waived count; a weight of 0 is left out.
//! | rule | about | amount | limits | a step |
//! | --- | --- | --- | --- | --- |
//! | `travel_budget` | each coach with a budget | minutes of each pair | at most the budget | 60 |
//! | `hours` | each coach with hours | `per_pair` of each pair, in hundredths | at most the hours, in hundredths | 100 |
//! | `external` | the programme | cost × days of each external coach's pairs, in ten-thousandths | at most the budget, so too | – |
//! | `two_clients`, `apart` | each such two sharing a coach | 1 for each of the two pairs | at most 1 | 1 |
//! | `sector_spread` | each coach | a set for each sector | at most `k` | 1 |
//! | `sector_mix` | the programme | 1,000,000 − share of each pair that crosses, −share of each other, share in millionths | at least 0 | 1,000,000 |
//! | `school_quota` | each school with a coachee who takes part | a set for each coachee | `least` (none for 0), `most` | 1 |
//! | `reciprocity` | each such two | 1 for each of the two pairs | at most 1 | 1 |
//! | the same, with a live pair | the pair whose reverse is live, named as both of the two | 1 | at most 0 | 1 |
//!
//! **Rows that cannot bind are left out**: with lowest the sum of the negative weights (0 for sets) and highest that of the
//! positive ones (the number of sets), those where `lowest ≥ least` and `highest ≤ most`. There are no [`Rings`] where fewer than 3
//! coaches are in the list of coachees.

use super::catalogue::RuleKey;
use super::index::{CoachIx, CoacheeIx, IxVec, PairIx, SchoolIx};
use super::quantity::Points;

/// What a row adds up over the pairs of a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Amount {
    /// Σ weight × \[pair chosen\]; by pair, strictly ascending, no weight is 0.
    Sum(Vec<(PairIx, i64)>),
    /// The number of sets of which some pair is chosen; each set strictly ascending and not empty, no pair in two sets.
    Distinct(Vec<Vec<PairIx>>),
}

/// What an amount outside its limits costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outside {
    Forbidden,
    /// For each started `step` (at least 1) outside the limits, `points` of the score (not negative).
    Costs {
        step: i64,
        points: Points,
    },
}

/// Who or what a row is about; with the rule it names one row of an instance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum About {
    Programme,
    Coach(CoachIx),
    School(SchoolIx),
    /// Two coachees, the lower first, with one coach.
    Sharing(CoachIx, CoacheeIx, CoacheeIx),
    /// Two people, each the other's coach; the lower pair first. Where one of the two is live already: the other, twice.
    Mutual(PairIx, PairIx),
}

/// `least ≤ amount ≤ most`, at least one of the two given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub rule: RuleKey,
    pub about: About,
    pub amount: Amount,
    pub least: Option<i64>,
    pub most: Option<i64>,
    pub outside: Outside,
}

/// Rings: people who coach one another in a circle. They are too many to list, so the instance says who is who.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rings {
    /// The coachee who is the same person as a coach, whether or not they take part.
    pub same: IxVec<CoachIx, Option<CoacheeIx>>,
    /// Rings of 3 up to this many people are meant; `None`: rings of any length from 3.
    pub longest: Option<u32>,
    /// `Costs` has a step of 1: each ring costs its points. Only where `longest` is 3.
    pub outside: Outside,
    /// Pairs that close no ring (waived), ascending.
    pub exempt: Vec<PairIx>,
}

impl Rings {
    /// Whether a pair closes no ring.
    pub fn exempts(&self, pair: PairIx) -> bool {
        self.exempt.binary_search(&pair).is_ok()
    }
}
