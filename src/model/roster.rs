//! The roster: everything a programme states, resolved and in canonical order, before any rule is applied.

use super::catalogue::{ConflictKind, HistoryOutcome, LockKind, PairState, Preset, RuleKey};
use super::column::Column;
use super::date::{Date, Window};
use super::index::{CoachIx, CoacheeIx, IxVec, PersonIx, SchoolIx, WordIx};
use super::people::{Coach, Coachee, Person, School};
use super::quantity::{Minutes, Points};
use super::rulebook::RuleBook;

/// What a plan is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Aim {
    /// The best by the objective.
    #[default]
    Best,
    /// Stable under the stated preferences, the best such for every coachee.
    Stable,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Programme {
    pub name: Box<str>,
    pub preset: Preset,
    pub starts: Date,
    pub ends: Date,
    pub aim: Aim,
    pub rules: RuleBook,
}

impl Programme {
    pub const fn window(&self) -> Window {
        Window { from: Some(self.starts), to: Some(self.ends) }
    }
}

/// The other side of a declaration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Against {
    Person(PersonIx),
    School(SchoolIx),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conflict {
    pub person: PersonIx,
    pub other: Against,
    pub kind: ConflictKind,
    pub window: Window,
    pub opaque: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PastPair {
    pub coach: PersonIx,
    pub coachee: PersonIx,
    pub programme: Option<Box<str>>,
    pub window: Window,
    pub outcome: Option<HistoryOutcome>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lock {
    pub kind: LockKind,
    pub coach: Option<CoachIx>,
    pub coachee: Option<CoacheeIx>,
    pub author: Box<str>,
    pub reason: Box<str>,
    pub expires: Option<Date>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiver {
    pub rule: RuleKey,
    pub coach: CoachIx,
    pub coachee: CoacheeIx,
    pub author: Box<str>,
    pub reason: Box<str>,
    pub expires: Option<Date>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PlannedPair {
    pub coach: CoachIx,
    pub coachee: CoacheeIx,
    pub state: PairState,
}

/// The rows of `pairs.csv`, by coachee, then coach; every pair at most once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PairTable {
    /// One more than there are coachees; empty without a table.
    pub starts: Vec<usize>,
    pub coach: Column<CoachIx>,
    /// Blank scores are 0.
    pub score: Column<Points>,
    /// Empty where the file has no such column.
    pub minutes: Vec<Option<Minutes>>,
}

impl PairTable {
    pub fn is_empty(&self) -> bool {
        self.coach.is_empty()
    }

    /// The rows of one coachee, as positions in the columns.
    pub fn rows(&self, coachee: CoacheeIx) -> std::ops::Range<usize> {
        use super::index::Ix;
        if self.starts.is_empty() {
            return 0..0;
        }
        self.starts[coachee.to_usize()]..self.starts[coachee.to_usize() + 1]
    }

    /// The row of one pair.
    pub fn row(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<usize> {
        let rows = self.rows(coachee);
        self.coach[rows.clone()].binary_search(&coach).ok().map(|at| rows.start + at)
    }
}

/// One end of a row of `travel.csv`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stop {
    School(SchoolIx),
    /// In canonical form: `KA1 2EW`.
    Postcode(Box<str>),
}

/// Directional minutes, sorted by stops, every pair of stops at most once.
pub type TravelTable = Vec<(Stop, Stop, Minutes)>;

#[derive(Clone, PartialEq, Debug)]
pub struct Roster {
    pub programme: Programme,
    /// Tags, slots, languages, regions and projects, in byte order, compared without case.
    pub words: IxVec<WordIx, Box<str>>,
    /// In byte order of the id.
    pub schools: IxVec<SchoolIx, School>,
    /// In byte order of the id.
    pub people: IxVec<PersonIx, Person>,
    /// In byte order of the id.
    pub coaches: IxVec<CoachIx, Coach>,
    /// In byte order of the id.
    pub coachees: IxVec<CoacheeIx, Coachee>,
    /// The lists below: sorted by their columns from left to right.
    pub conflicts: Vec<Conflict>,
    pub history: Vec<PastPair>,
    pub locks: Vec<Lock>,
    pub waivers: Vec<Waiver>,
    pub pairs: PairTable,
    pub travel: TravelTable,
    /// `plan.csv` or `--plan`; `None` where no plan is given.
    pub plan: Option<Vec<PlannedPair>>,
    /// Whether `schools.csv` is there; without it a school is any word in a `school` cell.
    pub schools_listed: bool,
}

impl Roster {
    /// Whether people are grouped from one list: then everybody on it stands under one number among coaches and
    /// coachees, and history and waivers stand both ways round.
    pub fn grouped(&self) -> bool {
        self.programme.rules.grouped()
    }
    pub fn coach_id(&self, coach: CoachIx) -> &str {
        &self.people[self.coaches[coach].person].id
    }
    pub fn coachee_id(&self, coachee: CoacheeIx) -> &str {
        &self.people[self.coachees[coachee].person].id
    }
    /// The name, else the id.
    pub fn person_name(&self, person: PersonIx) -> &str {
        let who = &self.people[person];
        who.name.as_deref().unwrap_or(&who.id)
    }
    pub fn coach_name(&self, coach: CoachIx) -> &str {
        self.person_name(self.coaches[coach].person)
    }
    pub fn coachee_name(&self, coachee: CoacheeIx) -> &str {
        self.person_name(self.coachees[coachee].person)
    }
}
