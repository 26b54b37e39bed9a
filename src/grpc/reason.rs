//! Why a call fails: a closed list of reasons, each with its gRPC code. What a fault of the input means at this door.

use crate::model::fault::{Code, Fault};
use tonic::Code as Grpc;

macro_rules! reasons {
    ($($code:ident { $($(#[$doc:meta])* $variant:ident = $key:literal),* $(,)? })*) => {
        /// A stable reason, as `google.rpc.ErrorInfo` carries it.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Reason { $($($(#[$doc])* $variant,)*)* }

        impl Reason {
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)*)*];

            pub const fn key(self) -> &'static str {
                match self { $($(Self::$variant => $key,)*)* }
            }

            /// The code of a status with this reason.
            pub const fn code(self) -> Grpc {
                match self { $($(Self::$variant => Grpc::$code,)*)* }
            }
        }
    };
}

reasons! {
    InvalidArgument {
        /// Faults of several reasons; each violation has its own.
        SeveralFaults = "SEVERAL_FAULTS",
        FieldRequired = "FIELD_REQUIRED",
        NumberMalformed = "NUMBER_MALFORMED",
        NumberNotFinite = "NUMBER_NOT_FINITE",
        NumberOutOfRange = "NUMBER_OUT_OF_RANGE",
        MinAboveMax = "MIN_ABOVE_MAX",
        TextMalformed = "TEXT_MALFORMED",
        TextTooLong = "TEXT_TOO_LONG",
        IdMalformed = "ID_MALFORMED",
        DateMalformed = "DATE_MALFORMED",
        DatesReversed = "DATES_REVERSED",
        PostcodeUnknown = "POSTCODE_UNKNOWN",
        CoordinatesInvalid = "COORDINATES_INVALID",
        StrengthMalformed = "STRENGTH_MALFORMED",
        TooManyValues = "TOO_MANY_VALUES",
        DuplicateId = "DUPLICATE_ID",
        DuplicateRow = "DUPLICATE_ROW",
        FactsDisagree = "FACTS_DISAGREE",
        ReferenceMissing = "REFERENCE_MISSING",
        ReferenceMisplaced = "REFERENCE_MISPLACED",
        SelfReference = "SELF_REFERENCE",
        ManagementCycle = "MANAGEMENT_CYCLE",
        UnknownWord = "UNKNOWN_WORD",
        UnknownRule = "UNKNOWN_RULE",
        UnknownPreset = "UNKNOWN_PRESET",
        /// An enum that is 0 or no member.
        UnknownEnum = "UNKNOWN_ENUM",
        ParameterInvalid = "PARAMETER_INVALID",
        ObjectiveInvalid = "OBJECTIVE_INVALID",
        RulesDisagree = "RULES_DISAGREE",
        RuleNotWaivable = "RULE_NOT_WAIVABLE",
        LockIncomplete = "LOCK_INCOMPLETE",
        ListMisplaced = "LIST_MISPLACED",
        /// Not the plan of this programme.
        PlanMismatch = "PLAN_MISMATCH",
        /// Bytes that are no message of the method, or no gRPC.
        MessageMalformed = "MESSAGE_MALFORMED",
        TimeoutMalformed = "TIMEOUT_MALFORMED",
        /// A field that is no fact of a programme.
        FieldInvalid = "FIELD_INVALID",
        /// Another request had this request id.
        RequestIdReused = "REQUEST_ID_REUSED",
    }
    Unauthenticated {
        TokenMissing = "TOKEN_MISSING",
        /// Bad, expired or revoked.
        TokenInvalid = "TOKEN_INVALID",
    }
    PermissionDenied { ScopeRequired = "SCOPE_REQUIRED" }
    NotFound { ResourceNotFound = "RESOURCE_NOT_FOUND" }
    AlreadyExists { ResourceExists = "RESOURCE_EXISTS" }
    FailedPrecondition { StateUnfit = "STATE_UNFIT" }
    Aborted {
        /// The etag is not that of the latest revision.
        VersionConflict = "VERSION_CONFLICT",
        RequestInProgress = "REQUEST_IN_PROGRESS",
    }
    ResourceExhausted {
        MessageTooLarge = "MESSAGE_TOO_LARGE",
        ProblemTooLarge = "PROBLEM_TOO_LARGE",
        Overloaded = "OVERLOADED",
        TenantLimit = "TENANT_LIMIT",
        /// Writing waits; reading goes on.
        StorageFull = "STORAGE_FULL",
    }
    Unavailable {
        ShuttingDown = "SHUTTING_DOWN",
        StorageUnavailable = "STORAGE_UNAVAILABLE",
    }
    DeadlineExceeded { DeadlinePassed = "DEADLINE_PASSED" }
    Cancelled { ClientGone = "CLIENT_GONE" }
    Unimplemented {
        MethodUnknown = "METHOD_UNKNOWN",
        /// A compression that is not spoken here.
        EncodingUnknown = "ENCODING_UNKNOWN",
    }
    Internal {
        /// Our own check refused our own plan.
        PlanRejected = "PLAN_REJECTED",
        Incident = "INCIDENT",
    }
}

/// What a fault is called at this door. Faults about files cannot come from a message; they would be ours.
pub fn of_fault(fault: &Fault) -> Reason {
    match fault.code {
        Code::BlankRequired | Code::BlankMax | Code::MissingKey | Code::MissingList => Reason::FieldRequired,
        Code::NotWhole | Code::NotDecimal => numeric(fault, Reason::NumberMalformed),
        Code::OutOfRange => numeric(fault, Reason::NumberOutOfRange),
        Code::BadCoordinates => numeric(fault, Reason::CoordinatesInvalid),
        Code::BadParameter => numeric(fault, Reason::ParameterInvalid),
        Code::NotYesNo | Code::UnknownWord | Code::BadLevel => Reason::UnknownWord,
        Code::NotText => Reason::TextMalformed,
        Code::TooLarge => Reason::TextTooLong,
        Code::BadId => Reason::IdMalformed,
        Code::NotDate => Reason::DateMalformed,
        Code::DatesReversed => Reason::DatesReversed,
        Code::MinAboveMax => Reason::MinAboveMax,
        Code::BadPostcode => Reason::PostcodeUnknown,
        Code::BadStrength => Reason::StrengthMalformed,
        Code::TooMany => Reason::TooManyValues,
        Code::DuplicateId => Reason::DuplicateId,
        Code::DuplicateRow => Reason::DuplicateRow,
        Code::TwoStories => Reason::FactsDisagree,
        Code::UnknownPerson | Code::UnknownSchool => Reason::ReferenceMissing,
        Code::NotInRole => Reason::ReferenceMisplaced,
        Code::SelfReference => Reason::SelfReference,
        Code::ManagerCycle => Reason::ManagementCycle,
        Code::UnknownRule => Reason::UnknownRule,
        Code::UnknownPreset => Reason::UnknownPreset,
        Code::BadObjective => Reason::ObjectiveInvalid,
        Code::NestsCross | Code::NotWithStable | Code::NotForGroups => Reason::RulesDisagree,
        Code::CannotWaive => Reason::RuleNotWaivable,
        Code::LockIncomplete => Reason::LockIncomplete,
        Code::WrongList => Reason::ListMisplaced,
        Code::BadPlan => Reason::PlanMismatch,
        Code::ProblemTooLarge => Reason::ProblemTooLarge,
        Code::BadSetting | Code::UnknownKey => Reason::ParameterInvalid,
        Code::FileUnreadable
        | Code::UnknownFile
        | Code::BadCsv
        | Code::BadToml
        | Code::BadJson
        | Code::UnknownColumn
        | Code::MissingColumn
        | Code::DuplicateColumn
        | Code::UnknownShape
        | Code::OutputUnwritable => Reason::MessageMalformed,
    }
}

/// The reason, unless the text is no number that can be counted with.
fn numeric(fault: &Fault, otherwise: Reason) -> Reason {
    let text = fault.text.trim_start_matches(['+', '-']).to_ascii_lowercase();
    let odd = matches!(text.as_str(), "nan" | "inf" | "infinity" | "∞");
    if odd { Reason::NumberNotFinite } else { otherwise }
}
