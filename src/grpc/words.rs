//! The closed lists of words, in the model and on the wire: a new member of either fails to compile until it has its twin.

use super::wire;
use crate::model::catalogue::{PairState, Tier};
use crate::model::document::{OutcomeKind, Proof, UnmatchedCode};
use crate::model::instance::NestKind;
use crate::model::outcome::Stop;
use crate::service::stored::{PlanState, RunState};

/// A word with a number on the wire, where 0 is no word.
pub trait Twin: Sized {
    fn to_wire(self) -> i32;
    fn from_wire(number: i32) -> Option<Self>;
}

macro_rules! twins {
    ($($model:ty = $wire:ident { $($member:ident),* $(,)? })*) => {$(
        impl Twin for $model {
            fn to_wire(self) -> i32 {
                (match self { $(Self::$member => wire::$wire::$member),* }) as i32
            }
            fn from_wire(number: i32) -> Option<Self> {
                match wire::$wire::try_from(number).ok()? {
                    wire::$wire::Unspecified => None,
                    $(wire::$wire::$member => Some(Self::$member),)*
                }
            }
        }
    )*};
}

twins! {
    OutcomeKind = Outcome { Optimal, Feasible, Infeasible, Unknown }
    Proof = Proof { Certified, Claimed, None }
    Stop = Stop { Finished, TimeLimit, Cancelled }
    Tier = Tier { Coverage, Minimums, Stability, Floor, Score, Balance }
    PairState = PairState { Draft, Live, Started }
    UnmatchedCode = UnmatchedCode { NobodyEligible, LostToOthers, Partly, NotWorthIt, Stopped }
    NestKind = NestKind { School, Sector }
    RunState = RunState { Queued, Running, Succeeded, Failed, Cancelled }
    PlanState = PlanState { Draft, Approved, Published }
}
