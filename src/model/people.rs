//! People and schools as a roster states them. Blank facts stay blank: unknown is not a value.

use super::catalogue::{LanguageLevel, Sector, Status, Training};
use super::date::Window;
use super::geo::Place;
use super::index::{CoachIx, CoacheeIx, PersonIx, SchoolIx, WordIx};

/// A text id as its owner writes it, unique within its list.
pub type Id = Box<str>;

/// A role as written, with the standard one it means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Role {
    pub text: Box<str>,
    /// The grade that goes with a standard role: T 1, PT 2, DHT 3, HT 4, EHT 5, DIR 6, CEO 7.
    pub standard: Option<i32>,
    /// `HT (acting)`.
    pub acting: bool,
}

/// A grade as written, with its rank where it is a number or one of the programme's names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grade {
    pub text: Box<str>,
    pub rank: i32,
}

/// Somebody named in a cell.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Named {
    /// Blank: nobody has said.
    #[default]
    Unknown,
    /// `vacant`: the post is known to be empty.
    Vacant,
    Person(PersonIx),
}

impl Named {
    pub const fn person(self) -> Option<PersonIx> {
        match self {
            Self::Person(p) => Some(p),
            Self::Unknown | Self::Vacant => None,
        }
    }
}

/// Where a person or a school is, as written and as found.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Address {
    pub postcode: Option<Box<str>>,
    /// `lat` and `lon` as written, both or neither.
    pub degrees: Option<(Box<str>, Box<str>)>,
    /// From the degrees, else from the postcode table.
    pub place: Option<Place>,
    /// How far the true place may be from `place`, in metres, 90 % of the time; 0 for given coordinates.
    pub accuracy_m: u32,
}

/// A dated fact from `employment.csv`.
#[derive(Clone, PartialEq, Debug)]
pub struct Employment {
    pub school: Option<SchoolIx>,
    pub role: Option<Role>,
    pub grade: Option<Grade>,
    pub manager: Named,
    pub window: Window,
}

/// Anybody the roster names, in whatever list.
#[derive(Clone, PartialEq, Debug)]
pub struct Person {
    pub id: Id,
    pub name: Option<Box<str>>,
    /// In byte order of the school's id, without repeats.
    pub schools: Vec<SchoolIx>,
    pub role: Option<Role>,
    pub grade: Option<Grade>,
    /// As written, in the order of `Sector`; empty where blank.
    pub sectors: Vec<Sector>,
    pub manager: Named,
    pub address: Address,
    pub region: Option<WordIx>,
    pub drives: Option<bool>,
    pub employment: Vec<Employment>,
    pub coach: Option<CoachIx>,
    pub coachee: Option<CoacheeIx>,
    /// Whether the person has a row in `people.csv`.
    pub listed: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Coach {
    pub person: PersonIx,
    /// Blank is `None`: 0, or the trainee's least load.
    pub min: Option<u32>,
    pub max: u32,
    pub online: Option<bool>,
    pub max_minutes: Option<u32>,
    pub minutes_budget: Option<u32>,
    /// Contract hours, in hundredths.
    pub hours: Option<u32>,
    pub languages: Vec<WordIx>,
    pub slots: Vec<WordIx>,
    /// Need and level 0 to 3.
    pub strengths: Vec<(WordIx, u8)>,
    /// Ranked, at most 3.
    pub preferences: Vec<CoacheeIx>,
    pub training: Option<Training>,
    pub barred: Vec<WordIx>,
    /// Day rate, in hundredths.
    pub cost: Option<u32>,
    pub status: Status,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Coachee {
    pub person: PersonIx,
    pub sponsor: Named,
    pub online: Option<bool>,
    pub max_minutes: Option<u32>,
    pub language: Option<WordIx>,
    /// Blank with a language given means `required`.
    pub language_level: Option<LanguageLevel>,
    pub slots: Vec<WordIx>,
    /// Ranked, at most 3.
    pub needs: Vec<WordIx>,
    /// Ranked, at most 3.
    pub preferences: Vec<CoachIx>,
    /// 1 to 9.
    pub priority: Option<u8>,
    /// 1 to 9.
    pub wanted: u8,
    pub project: Option<WordIx>,
    pub status: Status,
}

#[derive(Clone, PartialEq, Debug)]
pub struct School {
    pub id: Id,
    pub name: Box<str>,
    pub sector: Option<Sector>,
    pub address: Address,
    pub region: Option<WordIx>,
    /// Kind and school, as written; a link counts both ways.
    pub links: Vec<(Box<str>, SchoolIx)>,
    pub places: Option<u32>,
}
