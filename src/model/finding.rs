//! What a planner must know although the input is valid and a plan exists.

use super::catalogue::Word;

macro_rules! findings {
    ($($variant:ident = $key:literal, $title:literal;)*) => {
        /// A stable code for one kind of finding.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum FindingCode { $(#[doc = $title] $variant),* }

        impl Word for FindingCode {
            const ALL: &'static [Self] = &[$(Self::$variant),*];
            fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),* }
            }
        }

        impl FindingCode {
            /// What it means, in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }
        }
    };
}

findings! {
    PlacesShort = "places-short", "fewer places than coachees";
    Pocket = "pocket", "a group of coachees has fewer possible places than members";
    NobodyEligible = "nobody-eligible", "no coach is possible for a coachee";
    OneCoach = "one-coach", "a coachee has one possible coach";
    CoachUnusable = "coach-unusable", "no coachee is possible for a coach";
    MinimumUnmet = "minimum-unmet", "a coach has fewer coachees than their minimum";
    PinRefused = "pin-refused", "a pin breaks a rule and is set aside";
    PinsClash = "pins-clash", "pins that cannot all be kept together";
    LockExpired = "lock-expired", "a lock expired before the programme starts";
    WaiverExpired = "waiver-expired", "a waiver expired before the programme starts";
    WaiverUnused = "waiver-unused", "a waiver lifts a rule that the pair does not break";
    PlanPairBroken = "plan-pair-broken", "a pair of the given plan breaks a rule today";
    UnknownManager = "unknown-manager", "people whose manager is not known";
    Vacancy = "vacancy", "a post that is vacant";
    UnknownFact = "unknown-fact", "facts that a rule needs and the roster leaves blank";
    TravelUnknown = "travel-unknown", "people without a place on the map";
    PostcodeCoarse = "postcode-coarse", "a limit on travel that the accuracy of a postcode could decide";
    BudgetUnknown = "budget-unknown", "minutes or costs that a budget needs and nobody gave";
    OverLimit = "over-limit", "a limit over several pairs that is not kept";
    Ring = "ring", "rings that cannot all be avoided";
    ActingRole = "acting-role", "a role held by somebody acting";
    CapExceeded = "cap-exceeded", "a coach has more of one school or sector than the cap";
    Converted = "converted", "a file was read in another character set than UTF-8";
    Withdrawn = "withdrawn", "people who take no part";
    DeclarationEnds = "declaration-ends", "a declaration ends during the programme";
}

/// One thing to know, about some people.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Finding {
    pub code: FindingCode,
    /// Ids, in byte order.
    pub people: Vec<Box<str>>,
    /// One sentence for the planner.
    pub says: Box<str>,
}
