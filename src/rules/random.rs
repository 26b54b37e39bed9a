//! Random rosters in which every rule has something to say, the same on every machine.

use crate::model::catalogue::{
    ConflictKind, Cover, HistoryOutcome, LanguageLevel, Level, LockKind, Must, PairState, Preset, Repeat,
    RuleKey, Sector, Status, Training, Word,
};
use crate::model::date::{Date, Window};
use crate::model::geo::Place;
use crate::model::index::{CoachIx, CoacheeIx, Ix, PersonIx, SchoolIx, WordIx};
use crate::model::people::{Address, Coach, Coachee, Employment, Grade, Named, Person, Role, School};
use crate::model::quantity::{Minutes, Points};
use crate::model::roster::{
    Against, Aim, Conflict, Lock, PairTable, PastPair, PlannedPair, Programme, Roster, Stop, Waiver,
};
use crate::model::rulebook::RuleBook;

/// A source of small numbers that is the same on every machine (`SplitMix64`).
pub(super) struct Dice(pub u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) >> 33).expect("31 bits") % n
    }
    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
    fn yes(&mut self, in_ten: usize) -> bool {
        self.below(10) < in_ten
    }
    fn maybe<T>(&mut self, in_ten: usize, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.yes(in_ten).then(|| make(self))
    }
    fn some<I: Ix + std::hash::Hash>(&mut self, most: usize, of: usize) -> Vec<I> {
        let mut all: Vec<I> = (0..self.below(most + 1)).map(|_| I::from_usize(self.below(of))).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
    fn window(&mut self) -> Window {
        let day =
            |dice: &mut Self, year| Date::new(year, 1 + u32::try_from(dice.below(12)).expect("a month"), 1);
        let from = if self.yes(5) { day(self, 2024) } else { None };
        let years = [2025, 2026, 2027, 2028];
        let year = self.one(&years);
        Window { from, to: if self.yes(7) { day(self, year) } else { None } }
    }
}

const PEOPLE: usize = 24;
const WORDS: usize = 9;
const SCHOOLS: usize = 6;

fn book(dice: &mut Dice) -> RuleBook {
    let mut book = RuleBook::preset(Preset::AspiringLeaders);
    let levels =
        [Level::Hard, Level::Waivable, Level::Soft, Level::Soft, Level::Soft, Level::Info, Level::Off];
    let edges = [Level::Hard, Level::Waivable, Level::Info, Level::Off];
    let musts = [Must::Cross, Must::Same, Must::Any];
    let mut level = || dice.one(&levels);
    book.school.level = level();
    book.sector.level = level();
    book.region.level = level();
    book.travel.level = level();
    book.line.level = level();
    book.shared_manager.level = level();
    book.sponsor.level = level();
    book.sponsor_tie.level = level();
    book.declared.level = level();
    book.declared.kinds = book.declared.kinds.map(|_| level());
    book.seniority.level = level();
    book.needs.level = level();
    book.preferences.level = level();
    book.availability.level = level();
    book.language.level = level();
    book.history.level = level();
    book.training.level = level();
    book.external.level = level();
    book.pairs.level = level();
    book.school.must = dice.one(&[Must::Differ, Must::Same, Must::Any]);
    book.school.linked = dice.one(&[Must::Differ, Must::Any]);
    (book.sector.must, book.region.must) = (dice.one(&musts), dice.one(&musts));
    (book.travel.limit, book.seniority.limit) = (dice.one(&edges), dice.one(&edges));
    book.travel.max_minutes = dice.maybe(5, |d| 20 + u32::try_from(d.below(60)).expect("minutes"));
    (book.availability.none, book.language.required) = (dice.one(&edges), dice.one(&edges));
    (book.history.early, book.history.former_manager) = (dice.one(&edges), dice.one(&edges));
    book.history.repeat = dice.one(Repeat::ALL);
    book.needs.cover = dice.one(Cover::ALL);
    book.seniority.absolute = dice.yes(3);
    book.line.steps = u32::try_from(dice.below(3)).expect("steps");
    book.pairs.only_listed = dice.yes(2);
    book
}

fn address(dice: &mut Dice) -> Address {
    let place = dice.maybe(6, |d| {
        let tenth = |d: &mut Dice| f64::from(u32::try_from(d.below(60)).expect("small")) / 100.0;
        Place::from_degrees(55.0 + tenth(d), -4.0 - tenth(d)).expect("in Ayrshire")
    });
    let accuracy_m = if place.is_some() { dice.one(&[0, 0, 1500]) } else { 0 };
    Address { postcode: dice.maybe(3, |_| "KA1 2EW".into()), degrees: None, place, accuracy_m }
}

fn role(dice: &mut Dice) -> Role {
    let (text, standard) = dice.one(&[("T", Some(1)), ("PT", Some(2)), ("HT", Some(4)), ("w3", None)]);
    Role { text: text.into(), standard, acting: false }
}

fn named(dice: &mut Dice, not: usize) -> Named {
    match dice.below(8) {
        0 => Named::Unknown,
        1 => Named::Vacant,
        // Only upwards, so that no chain returns to its start.
        _ if not > 0 => Named::Person(PersonIx::from_usize(dice.below(not))),
        _ => Named::Unknown,
    }
}

fn person(dice: &mut Dice, at: usize) -> Person {
    let grade = |d: &mut Dice| Grade { text: "".into(), rank: i32::try_from(d.below(7)).expect("small") };
    let job = |dice: &mut Dice| Employment {
        school: dice.maybe(5, |d| SchoolIx::from_usize(d.below(SCHOOLS))),
        role: dice.maybe(4, role),
        grade: dice.maybe(4, grade),
        manager: named(dice, at),
        window: dice.window(),
    };
    Person {
        id: format!("p{at:02}").into(),
        name: None,
        schools: dice.some(2, SCHOOLS),
        role: dice.maybe(7, role),
        grade: dice.maybe(4, grade),
        sectors: dice.maybe(3, |d| d.one(Sector::ALL)).into_iter().collect(),
        manager: named(dice, at),
        address: address(dice),
        region: dice.maybe(5, |d| WordIx::from_usize(d.below(WORDS))),
        drives: dice.maybe(5, |d| d.yes(6)),
        employment: (0..dice.below(3)).map(|_| job(dice)).collect(),
        coach: None,
        coachee: None,
        listed: false,
    }
}

fn coach(dice: &mut Dice, person: usize, coachees: usize) -> Coach {
    let mut strengths: Vec<(WordIx, u8)> = dice.some(4, WORDS).into_iter().map(|w| (w, 0)).collect();
    for strength in &mut strengths {
        strength.1 = dice.one(&[0, 1, 2, 3]);
    }
    Coach {
        person: PersonIx::from_usize(person),
        min: dice.maybe(3, |_| 1),
        max: u32::try_from(1 + dice.below(3)).expect("small"),
        online: dice.maybe(5, |d| d.yes(5)),
        max_minutes: dice.maybe(2, |_| 30),
        minutes_budget: None,
        hours: None,
        languages: dice.some(2, WORDS),
        slots: dice.some(3, WORDS),
        strengths,
        preferences: dice.some(2, coachees),
        training: dice.maybe(6, |d| d.one(Training::ALL)),
        barred: dice.some(1, WORDS),
        cost: None,
        status: if dice.yes(1) { Status::Withdrawn } else { Status::Active },
    }
}

fn coachee(dice: &mut Dice, person: usize, coaches: usize) -> Coachee {
    Coachee {
        person: PersonIx::from_usize(person),
        sponsor: named(dice, person.max(1)),
        online: dice.maybe(5, |d| d.yes(5)),
        max_minutes: dice.maybe(2, |_| 45),
        language: dice.maybe(4, |d| WordIx::from_usize(d.below(WORDS))),
        language_level: dice.maybe(5, |d| d.one(LanguageLevel::ALL)),
        slots: dice.some(3, WORDS),
        needs: dice.some(3, WORDS),
        preferences: dice.some(2, coaches),
        priority: None,
        wanted: 1,
        project: dice.maybe(3, |d| WordIx::from_usize(d.below(WORDS))),
        status: if dice.yes(1) { Status::Absent } else { Status::Active },
    }
}

/// A roster in which every rule has something to say, with people in both lists.
pub(super) fn roster(dice: &mut Dice) -> Roster {
    let (coaches, coachees) = (10, 12);
    let mut people: Vec<Person> = (0..PEOPLE).map(|at| person(dice, at)).collect();
    let both = PEOPLE - coachees;
    (0..coaches).for_each(|c| people[c + 4].coach = Some(CoachIx::from_usize(c)));
    (0..coachees).for_each(|e| people[e + both].coachee = Some(CoacheeIx::from_usize(e)));
    let school = |at: usize, dice: &mut Dice| School {
        id: format!("s{at}").into(),
        name: format!("w{at}").into(),
        sector: dice.maybe(8, |d| d.one(Sector::ALL)),
        address: address(dice),
        region: dice.maybe(6, |d| WordIx::from_usize(d.below(WORDS))),
        links: dice
            .maybe(3, |d| ("hub".into(), SchoolIx::from_usize(d.below(SCHOOLS))))
            .into_iter()
            .collect(),
        places: None,
    };
    let pair =
        |d: &mut Dice| (CoachIx::from_usize(d.below(coaches)), CoacheeIx::from_usize(d.below(coachees)));
    let (author, reason): (Box<str>, Box<str>) = ("a".into(), "r".into());
    let lock = |d: &mut Dice| {
        let ((coach, coachee), kind) = (pair(d), d.one(LockKind::ALL));
        let coachee = (kind != LockKind::Hold || d.yes(5)).then_some(coachee);
        Lock {
            kind,
            coach: Some(coach),
            coachee,
            author: author.clone(),
            reason: reason.clone(),
            expires: None,
        }
    };
    let waiver = |d: &mut Dice| {
        let ((coach, coachee), rule) = (pair(d), d.one(RuleKey::ALL));
        Waiver { rule, coach, coachee, author: author.clone(), reason: reason.clone(), expires: None }
    };
    let past = |d: &mut Dice| PastPair {
        coach: PersonIx::from_usize(d.below(PEOPLE)),
        coachee: PersonIx::from_usize(d.below(PEOPLE)),
        programme: None,
        window: d.window(),
        outcome: d.maybe(7, |d| d.one(HistoryOutcome::ALL)),
    };
    let conflict = |d: &mut Dice| Conflict {
        person: PersonIx::from_usize(d.below(PEOPLE)),
        other: if d.yes(5) {
            Against::Person(PersonIx::from_usize(d.below(PEOPLE)))
        } else {
            Against::School(SchoolIx::from_usize(d.below(SCHOOLS)))
        },
        kind: d.one(ConflictKind::ALL),
        window: d.window(),
        opaque: d.yes(3),
    };
    let planned = |d: &mut Dice| {
        let (coach, coachee) = pair(d);
        PlannedPair { coach, coachee, state: d.one(PairState::ALL) }
    };
    let travel = vec![(Stop::School(SchoolIx::new(0)), Stop::Postcode("KA1 2EW".into()), Minutes(33))];
    Roster {
        programme: Programme {
            name: "random".into(),
            preset: Preset::AspiringLeaders,
            starts: Date::new(2026, 8, 24).expect("a day"),
            ends: Date::new(2027, 6, 25).expect("a day"),
            aim: Aim::Best,
            rules: book(dice),
        },
        words: (0..WORDS).map(|w| format!("w{w}").into()).collect(),
        schools: (0..SCHOOLS).map(|at| school(at, dice)).collect(),
        people: people.into_iter().collect(),
        coaches: (0..coaches).map(|c| coach(dice, c + 4, coachees)).collect(),
        coachees: (0..coachees).map(|e| coachee(dice, e + both, coaches)).collect(),
        conflicts: (0..6).map(|_| conflict(dice)).collect(),
        history: (0..8).map(|_| past(dice)).collect(),
        locks: (0..4).map(|_| lock(dice)).collect(),
        waivers: (0..40).map(|_| waiver(dice)).collect(),
        pairs: table(dice, coachees, coaches),
        travel,
        plan: dice.maybe(5, |d| (0..5).map(|_| planned(d)).collect()),
        schools_listed: true,
    }
}

fn table(dice: &mut Dice, coachees: usize, coaches: usize) -> PairTable {
    let mut table = PairTable { starts: vec![0], ..PairTable::default() };
    for _ in 0..coachees {
        for coach in (0..coaches).map(CoachIx::from_usize) {
            if dice.yes(6) {
                table.coach.push(coach);
                table.score.push(Points(i64::try_from(dice.below(9_000_000)).expect("small") - 4_000_000));
                table.minutes.push(dice.maybe(3, |d| Minutes(u32::try_from(d.below(90)).expect("minutes"))));
            }
        }
        table.starts.push(table.coach.len());
    }
    table
}
