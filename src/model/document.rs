//! The plan document: what `dyad match` answers and what `verify`, `compare` and `--plan` read back.
//! The JSON form is in `intake::plan_json`; ids are text, because a document outlives its roster.

use super::catalogue::{PairState, RuleKey, Tier};
use super::certificate::Claim;
use super::certificate::Multipliers;
use super::grouping::GroupProof;
use super::instance::NestKind;
use super::outcome::Stop;
use super::people::Id;
use super::quantity::{Minutes, Points};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutcomeKind {
    Optimal,
    Feasible,
    Infeasible,
    Unknown,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proof {
    Certified,
    Claimed,
    None,
}

/// One rule's share of a pair's score, as a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    pub rule: RuleKey,
    pub points: Points,
    pub says: Box<str>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PairLine {
    pub coach: Id,
    pub coachee: Id,
    pub score: Points,
    pub minutes: Option<Minutes>,
    pub state: PairState,
    pub parts: Vec<Part>,
}

/// People who coach one another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupLine {
    /// In byte order; in a triad the first observes first, then the second, then the third.
    pub members: Vec<Id>,
    pub score: Points,
    /// The most advanced state of its pairs in the given plan.
    pub state: PairState,
    pub parts: Vec<Part>,
}

/// Why somebody is not matched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnmatchedCode {
    NobodyEligible,
    LostToOthers,
    /// Some of the coaches wanted, not all.
    Partly,
    /// Every remaining pair would lower the score, and the objective does not put coverage first.
    NotWorthIt,
    /// The search stopped before it got there.
    Stopped,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnmatchedLine {
    pub coachee: Id,
    pub code: UnmatchedCode,
    pub says: Box<str>,
    /// How many coaches are possible.
    pub eligible: u32,
}

/// A coach with places left and nobody in them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnusedLine {
    pub coach: Id,
    pub free: u32,
    pub says: Box<str>,
}

/// A waiver that a pair of the plan rests on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WaiverLine {
    pub rule: RuleKey,
    pub coach: Id,
    pub coachee: Id,
    pub author: Box<str>,
    pub reason: Box<str>,
}

/// A tier, its value and bound as decimal text (`60`, `4321.123456`; `-` where there is none).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TierLine {
    pub tier: Tier,
    pub value: Box<str>,
    pub bound: Box<str>,
}

/// A coach and a coachee who are not paired, could be, and would both rather be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BlockingLine {
    pub coach: Id,
    pub coachee: Id,
    pub says: Box<str>,
}

/// A clash in the planner's words, with the people it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClashLine {
    pub coachees: Vec<Id>,
    pub coaches: Vec<Id>,
    pub places: u64,
    pub says: Box<str>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NestPriceLine {
    pub coach: Id,
    pub kind: NestKind,
    /// The group's name: a school id or a sector.
    pub group: Box<str>,
    pub price: i128,
}

/// The price of a shared row: its rule, and the ids of whom or what it is about (none for the programme; a coach; a school; a coach and
/// two coachees; coach and coachee of one pair, then of the other).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowPriceLine {
    pub rule: RuleKey,
    pub about: Vec<Id>,
    pub price: i128,
    pub per: i64,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupPricesLine {
    pub coachees: Vec<(Id, i128)>,
    pub rows: Vec<RowPriceLine>,
}

/// A step in the list of cases.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CaseLine {
    Split { coach: Id, coachee: Id },
    Bound(usize),
}

/// Prices and cases of the bound by groups.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupsLine {
    pub prices: Vec<GroupPricesLine>,
    pub cases: Vec<CaseLine>,
}

/// A certificate's stage with ids instead of indexes; see [`super::certificate`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StageLine {
    pub claim: Claim,
    pub multipliers: Multipliers,
    pub prices: Vec<(Id, i128)>,
    pub nests: Vec<NestPriceLine>,
    pub groups: Option<GroupsLine>,
    pub bound: i128,
}

/// Milliseconds, wall clock; the only part of a plan that may differ between two runs.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Timing {
    pub read_ms: f64,
    pub build_ms: f64,
    pub solve_ms: f64,
    pub verify_ms: f64,
}

#[derive(Clone, PartialEq, Debug)]
pub struct PlanDocument {
    pub outcome: OutcomeKind,
    pub proof: Proof,
    pub stop: Stop,
    /// Coachees who have all the coaches they want.
    pub matched: u32,
    /// Coachees who take part.
    pub coachees: u32,
    /// Pairs of the given plan that are not kept.
    pub changes: u32,
    /// Sum over pairs, micro-points.
    pub score: i128,
    pub bound: i128,
    /// The weakest pair's own score.
    pub floor: Option<Points>,
    pub tiers: Vec<TierLine>,
    /// By coachee id, then coach id.
    pub pairs: Vec<PairLine>,
    /// In grouped programmes, instead of pairs: by first member.
    pub groups: Option<Vec<GroupLine>>,
    pub unmatched: Vec<UnmatchedLine>,
    pub unused: Vec<UnusedLine>,
    /// By coachee id, then coach id; empty where nobody has stated a preference or the rule is off.
    pub blocking: Vec<BlockingLine>,
    pub clashes: Vec<ClashLine>,
    pub waivers: Vec<WaiverLine>,
    pub findings: Vec<super::finding::Finding>,
    pub certificate: Vec<StageLine>,
    /// The proof of a grouping.
    pub group_proof: Option<GroupProof<Id>>,
    /// `sha256:` and 64 hexadecimal digits, of the roster in canonical form.
    pub instance: Box<str>,
    /// The same, of outcome, pairs and certificate.
    pub plan: Box<str>,
    pub timing: Timing,
    pub version: Box<str>,
}
