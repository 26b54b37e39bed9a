//! The closed lists of words a programme may use: rules, levels, presets, tiers, kinds. One table each, with the
//! word that files and answers use.

/// A closed list of words with their keys in files and answers.
pub trait Word: Copy + Eq + 'static {
    /// Every member, in the order in which people read them.
    const ALL: &'static [Self];
    /// The word in files and answers.
    fn key(self) -> &'static str;
    /// The member whose key this is, exactly.
    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|w| w.key() == key)
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $key:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$vdoc])* $variant),* }
        impl Word for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),*];
            fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),* }
            }
        }
    )*};
}

words! {
    /// Every rule of the catalogue, built or not.
    RuleKey {
        Capacity = "capacity", Priority = "priority", School = "school", SchoolCap = "school_cap",
        SchoolQuota = "school_quota", Sector = "sector", SectorCap = "sector_cap", SectorSpread = "sector_spread",
        SectorMix = "sector_mix", Travel = "travel", TravelBudget = "travel_budget", Region = "region", Line = "line",
        SharedManager = "shared_manager", Sponsor = "sponsor", SponsorTie = "sponsor_tie", Declared = "declared",
        TwoClients = "two_clients", Apart = "apart", Seniority = "seniority", Needs = "needs",
        Preferences = "preferences", Availability = "availability", Language = "language", History = "history",
        Training = "training", Balance = "balance", Floor = "floor", External = "external", Hours = "hours",
        Reciprocity = "reciprocity", Rings = "rings", GroupSize = "group_size", Locks = "locks", Pairs = "pairs",
    }
    /// How strictly a rule holds.
    Level { Hard = "hard", Waivable = "waivable", Soft = "soft", Info = "info", Off = "off" }
    /// A named set of rule levels and an objective order.
    Preset {
        AspiringLeaders = "aspiring-leaders", CoachedCoaches = "coached-coaches", CoCoaching = "co-coaching",
        WholeSchool = "whole-school", Ambassadors = "ambassadors", EventPairs = "event-pairs",
        ExpertCoaches = "expert-coaches", Bare = "bare",
    }
    /// A tier of the lexicographic objective.
    Tier {
        Coverage = "coverage", Minimums = "minimums", Stability = "stability", Floor = "floor", Score = "score",
        Balance = "balance",
    }
    Sector {
        EarlyLearning = "early-learning", Primary = "primary", Secondary = "secondary", Special = "special",
        AllThrough = "all-through", Central = "central", External = "external",
    }
    /// What two people's schools, sectors or regions must be to each other.
    Must { Differ = "differ", Same = "same", Cross = "cross", Any = "any" }
    ConflictKind {
        Personal = "personal", Appraiser = "appraiser", Assessor = "assessor", Recruitment = "recruitment",
        Rival = "rival", Dispute = "dispute", Business = "business", Other = "other",
    }
    LockKind { Pin = "pin", Ban = "ban", Freeze = "freeze", Hold = "hold" }
    PairState { Draft = "draft", Live = "live", Started = "started" }
    HistoryOutcome { Live = "live", Completed = "completed", EndedEarly = "ended-early" }
    Training { Trained = "trained", Trainee = "trainee", None = "none" }
    LanguageLevel { Required = "required", Preferred = "preferred" }
    Status { Active = "active", Withdrawn = "withdrawn", Absent = "absent" }
    Cover { Any = "any", First = "first", All = "all" }
    Repeat { Avoid = "avoid", Prefer = "prefer", Any = "any" }
}

/// What a rule costs the solver.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    Pair,
    Seat,
    Nest,
    Row,
    Group,
    Tier,
}

impl RuleKey {
    pub const fn shape(self) -> Shape {
        match self {
            Self::Capacity | Self::Priority | Self::Balance => Shape::Seat,
            Self::SchoolCap | Self::SectorCap => Shape::Nest,
            Self::SchoolQuota
            | Self::SectorSpread
            | Self::SectorMix
            | Self::TravelBudget
            | Self::TwoClients
            | Self::Apart
            | Self::Hours
            | Self::Reciprocity
            | Self::Rings => Shape::Row,
            Self::GroupSize => Shape::Group,
            Self::Floor => Shape::Tier,
            _ => Shape::Pair,
        }
    }
}
