//! Small random rosters with facts for every rule, known and unknown, plain and dated; the same on every machine.

use crate::rng::Rng;
use dyad::model::catalogue::{
    ConflictKind, Cover, HistoryOutcome, LanguageLevel, Level, LockKind, Must, PairState, Preset, Repeat,
    RuleKey, Sector, Status, Tier, Training, Word,
};
use dyad::model::date::{Date, Window};
use dyad::model::geo::Place;
use dyad::model::index::{CoachIx, CoacheeIx, Ix, IxVec, PersonIx, SchoolIx, WordIx};
use dyad::model::people::{Address, Coach, Coachee, Employment, Grade, Named, Person, Role, School};
use dyad::model::quantity::{Minutes, Points};
use dyad::model::roster::{
    Against, Aim, Conflict, Lock, PairTable, PastPair, PlannedPair, Programme, Roster, Stop, Waiver,
};
use dyad::model::rulebook::RuleBook;

const WORDS: [&str; 14] = [
    "art", "budget", "data", "english", "gaelic", "head", "maths", "mon", "north", "primary", "s1", "south",
    "tue", "welsh",
];
const POSTCODES: [&str; 3] = ["KA1 1AA", "KA2 2BB", "KA3 3CC"];

fn u32_of(i: usize) -> u32 {
    u32::try_from(i).expect("small")
}

/// A roster; about one in three has its rules left as a preset gives them.
pub fn roster(rng: &mut Rng) -> Roster {
    of_people(rng, 2)
}

/// The same with rules about several pairs, and with more people on both lists.
pub fn with_rows(rng: &mut Rng) -> Roster {
    let mut roster = of_people(rng, 5);
    about_several(rng, &mut roster.programme.rules);
    for coach in &mut roster.coaches {
        coach.minutes_budget = (!rng.chance(1, 4)).then(|| rng.small(120));
        coach.hours = (!rng.chance(1, 4)).then(|| 100 * rng.small(20) + 50 * rng.small(2));
        coach.cost = (!rng.chance(1, 4)).then(|| 2_550 * rng.small(4));
    }
    roster
}

fn about_several(rng: &mut Rng, book: &mut RuleBook) {
    for rule in [&mut book.travel_budget, &mut book.two_clients, &mut book.apart, &mut book.reciprocity] {
        (rule.level, rule.weight) = (level(rng), weight(rng));
    }
    let external = &mut book.external;
    (external.level, external.limit) = (level(rng), limit(rng));
    external.budget = rng.chance(2, 3).then(|| 2_550 * u64::from(rng.small(6)));
    external.days = [100, 50, 250][rng.below(3)];
    (book.hours.level, book.hours.weight) = (level(rng), weight(rng));
    book.hours.per_pair = [600, 250, 725, 0][rng.below(4)];
    (book.sector_spread.level, book.sector_spread.weight) = (level(rng), weight(rng));
    book.sector_spread.k = 1 + rng.small(2);
    (book.sector_mix.level, book.sector_mix.weight) = (level(rng), weight(rng));
    book.sector_mix.share = [0, 250_000, 400_000, 333_333, 1_000_000][rng.below(5)];
    let quota = &mut book.school_quota;
    (quota.level, quota.weight, quota.least) = (level(rng), weight(rng), rng.small(3));
    quota.most = rng.chance(1, 2).then(|| quota.least + rng.small(3));
    (book.rings.level, book.rings.weight) = (level(rng), weight(rng));
    book.rings.longest =
        if book.rings.level == Level::Soft { Some(3) } else { [Some(3), Some(4), None][rng.below(3)] };
}

/// A roster with fewer than `both` people on both lists.
fn of_people(rng: &mut Rng, both: usize) -> Roster {
    let rules = if rng.chance(1, 3) { preset(rng) } else { rules(rng) };
    let starts = day(600);
    let programme = Programme {
        name: "here".into(),
        preset: Preset::Bare,
        starts,
        ends: starts.plus_days(300),
        aim: Aim::Best,
        rules,
    };
    let schools = schools(rng);
    let (people, coaches, coachees) = everybody(rng, schools.len(), both);
    let mut roster = Roster {
        programme,
        words: WORDS.iter().map(|w| Box::from(*w)).collect(),
        schools,
        people,
        coaches,
        coachees,
        conflicts: Vec::new(),
        history: Vec::new(),
        locks: Vec::new(),
        waivers: Vec::new(),
        pairs: PairTable::default(),
        travel: Vec::new(),
        plan: None,
        schools_listed: true,
    };
    ties(rng, &mut roster);
    if rng.chance(1, 2) {
        roster.pairs = pair_table(rng, &roster);
    }
    if rng.chance(1, 2) {
        roster.travel = travel(rng, roster.schools.len());
    }
    plan_and_locks(rng, &mut roster);
    roster
}

/// Days counted so that the programme runs from 600 to 900.
fn day(offset: i32) -> Date {
    Date::new(2025, 1, 1).expect("a day").plus_days(offset)
}

/// Before, during, around or after the programme, with open ends.
fn window(rng: &mut Rng) -> Window {
    let from = i32::try_from(rng.below(1_000)).expect("small");
    let to = from + i32::try_from(rng.below(700)).expect("small");
    Window { from: (!rng.chance(1, 4)).then(|| day(from)), to: (!rng.chance(1, 4)).then(|| day(to)) }
}

fn preset(rng: &mut Rng) -> RuleBook {
    let presets = [
        Preset::AspiringLeaders,
        Preset::WholeSchool,
        Preset::Ambassadors,
        Preset::ExpertCoaches,
        Preset::Bare,
    ];
    RuleBook::preset(presets[rng.below(5)])
}

fn level(rng: &mut Rng) -> Level {
    [Level::Soft, Level::Soft, Level::Soft, Level::Waivable, Level::Hard, Level::Info, Level::Off]
        [rng.below(7)]
}

fn limit(rng: &mut Rng) -> Level {
    [Level::Waivable, Level::Hard, Level::Info, Level::Off][rng.below(4)]
}

fn weight(rng: &mut Rng) -> Points {
    Points([0, 1, 5_000_000, 40_000_000, 10_333_333, 1_000_000_000_000][rng.below(6)])
}

fn rules(rng: &mut Rng) -> RuleBook {
    let mut book = RuleBook::preset(Preset::AspiringLeaders);
    about_schools(rng, &mut book);
    about_people(rng, &mut book);
    about_fit(rng, &mut book);
    book.capacity.level = if rng.chance(1, 8) { Level::Off } else { Level::Hard };
    book.capacity.min = [Level::Soft, Level::Hard, Level::Off][rng.below(3)];
    book.priority = if rng.chance(1, 4) { Level::Off } else { Level::Hard };
    book.locks = if rng.chance(1, 6) { Level::Off } else { Level::Hard };
    book.floor = if rng.chance(1, 2) { Level::Off } else { Level::Soft };
    book.balance.level = if rng.chance(1, 2) { Level::Off } else { Level::Soft };
    if rng.chance(1, 4) {
        book.objective = vec![Tier::Score, Tier::Coverage, Tier::Balance];
    }
    book
}

fn about_schools(rng: &mut Rng, book: &mut RuleBook) {
    book.school.level = level(rng);
    book.school.weight = weight(rng);
    book.school.must = [Must::Differ, Must::Differ, Must::Same, Must::Any][rng.below(4)];
    book.school.linked = [Must::Differ, Must::Any][rng.below(2)];
    for rule in [&mut book.sector, &mut book.region] {
        rule.level = level(rng);
        rule.weight = weight(rng);
        rule.must = [Must::Cross, Must::Same, Must::Any][rng.below(3)];
    }
    for rule in [&mut book.school_cap, &mut book.sector_cap] {
        rule.level = if rng.chance(1, 2) { Level::Off } else { level(rng) };
        rule.weight = weight(rng);
        rule.k = 1 + rng.small(2);
    }
    let travel = &mut book.travel;
    travel.level = level(rng);
    travel.weight = weight(rng);
    travel.limit = limit(rng);
    travel.max_minutes = rng.chance(1, 2).then(|| 10 + rng.small(60));
    travel.online = rng.chance(1, 6);
    travel.kmh_milli = [40_000, 33_333][rng.below(2)];
    travel.detour_milli = [1_300, 1_000, 1_777][rng.below(3)];
}

fn about_people(rng: &mut Rng, book: &mut RuleBook) {
    book.line.level = level(rng);
    book.line.weight = weight(rng);
    (book.line.steps, book.line.waivable_steps) = (rng.small(3), rng.small(4));
    for rule in [&mut book.shared_manager, &mut book.sponsor, &mut book.sponsor_tie, &mut book.preferences] {
        rule.level = level(rng);
        rule.weight = weight(rng);
    }
    book.external.level = level(rng);
    book.external.weight = weight(rng);
    book.declared.level = level(rng);
    book.declared.weight = weight(rng);
    for kind in &mut book.declared.kinds {
        *kind = level(rng);
    }
    let seniority = &mut book.seniority;
    seniority.level = level(rng);
    seniority.weight = weight(rng);
    seniority.limit = limit(rng);
    seniority.least = [0, 1, -1, 2][rng.below(4)];
    seniority.absolute = rng.chance(1, 3);
    (seniority.best_from, seniority.best_to, seniority.worst) =
        [(1, 2, 4), (0, 2, 5), (0, 0, 3)][rng.below(3)];
}

fn about_fit(rng: &mut Rng, book: &mut RuleBook) {
    book.needs.level = level(rng);
    book.needs.weight = weight(rng);
    book.needs.cover = [Cover::Any, Cover::First, Cover::All][rng.below(3)];
    book.availability.level = level(rng);
    book.availability.weight = weight(rng);
    book.availability.none = limit(rng);
    book.availability.full = 1 + rng.small(3);
    book.language.level = level(rng);
    book.language.weight = weight(rng);
    book.language.required = limit(rng);
    book.history.level = level(rng);
    book.history.weight = weight(rng);
    book.history.repeat = [Repeat::Avoid, Repeat::Prefer, Repeat::Any][rng.below(3)];
    (book.history.early, book.history.former_manager) = (limit(rng), limit(rng));
    book.history.years = rng.small(4);
    book.training.level = level(rng);
    book.training.weight = weight(rng);
    book.training.trainee_min = rng.small(3);
    book.pairs.level = level(rng);
    book.pairs.weight = weight(rng);
    book.pairs.only_listed = rng.chance(1, 4);
}

fn schools(rng: &mut Rng) -> IxVec<SchoolIx, School> {
    let count = 1 + rng.below(4);
    let one = |i: usize, rng: &mut Rng| School {
        id: format!("s{i}").into(),
        name: format!("School {i}").into(),
        sector: (!rng.chance(1, 5)).then(|| Sector::ALL[rng.below(Sector::ALL.len())]),
        address: address(rng),
        region: region(rng),
        links: if rng.chance(1, 3) {
            vec![("trust".into(), SchoolIx::new(u32_of(rng.below(count))))]
        } else {
            Vec::new()
        },
        places: None,
    };
    (0..count).map(|i| one(i, rng)).collect()
}

fn region(rng: &mut Rng) -> Option<WordIx> {
    (!rng.chance(1, 3)).then(|| WordIx::new([8, 11][rng.below(2)]))
}

fn address(rng: &mut Rng) -> Address {
    let postcode = rng.chance(1, 3).then(|| Box::from(POSTCODES[rng.below(3)]));
    let (lat, lon) = (55.4 + f64::from(rng.small(40)) / 100.0, -4.6 + f64::from(rng.small(40)) / 100.0);
    let place = rng.chance(1, 2).then(|| Place::from_degrees(lat, lon)).flatten();
    Address { postcode, degrees: None, place, accuracy_m: 0 }
}

type Everybody = (IxVec<PersonIx, Person>, IxVec<CoachIx, Coach>, IxVec<CoacheeIx, Coachee>);

/// Ids in byte order: coaches, people who are both, coachees, then others who only manage or sponsor.
fn everybody(rng: &mut Rng, schools: usize, both: usize) -> Everybody {
    let (coaches, both, coachees, others) =
        (1 + rng.below(5), rng.below(both), 1 + rng.below(6), rng.below(3));
    let total = coaches + both + coachees + others;
    let mut people: IxVec<PersonIx, Person> =
        (0..total).map(|i| person(rng, format!("p{i:02}").into(), i, total, schools)).collect();
    let (mut coach_list, mut coachee_list) = (IxVec::new(), IxVec::new());
    for i in 0..coaches + both {
        let ix = coach_list.push(coach(rng, PersonIx::new(u32_of(i)), coachees + both));
        people[PersonIx::new(u32_of(i))].coach = Some(ix);
    }
    for i in coaches..coaches + both + coachees {
        let ix = coachee_list.push(coachee(rng, PersonIx::new(u32_of(i)), total, coaches + both));
        people[PersonIx::new(u32_of(i))].coachee = Some(ix);
    }
    (people, coach_list, coachee_list)
}

/// Managers come later in the list, or, for those in the last third, not at all: no cycle.
fn manager(rng: &mut Rng, of: usize, total: usize) -> Named {
    match rng.below(6) {
        0 => Named::Unknown,
        1 => Named::Vacant,
        _ if of + 1 < total => Named::Person(PersonIx::new(u32_of(of + 1 + rng.below(total - of - 1)))),
        _ => Named::Unknown,
    }
}

fn role(rng: &mut Rng) -> Option<Role> {
    let roles = [("HT", Some(4)), ("DHT", Some(3)), ("T", Some(1)), ("Head", None), ("PT", Some(2))];
    let (text, standard) = roles[rng.below(5)];
    (!rng.chance(1, 4)).then(|| Role { text: text.into(), standard, acting: false })
}

fn grade(rng: &mut Rng) -> Option<Grade> {
    let rank = i32::try_from(1 + rng.below(5)).expect("small");
    rng.chance(1, 2).then(|| Grade { text: rank.to_string().into(), rank })
}

fn person(rng: &mut Rng, id: Box<str>, at: usize, total: usize, schools: usize) -> Person {
    let school = |rng: &mut Rng| SchoolIx::new(u32_of(rng.below(schools)));
    let mut own: Vec<SchoolIx> = (0..rng.below(3)).map(|_| school(rng)).collect();
    own.sort_unstable();
    own.dedup();
    let mut sectors: Vec<Sector> =
        (0..rng.below(6) / 3).map(|_| Sector::ALL[rng.below(Sector::ALL.len())]).collect();
    sectors.sort_unstable();
    let employment = (0..rng.below(5) / 2).map(|_| Employment {
        school: rng.chance(1, 2).then(|| school(rng)),
        role: role(rng),
        grade: grade(rng),
        manager: manager(rng, at, total),
        window: window(rng),
    });
    let employment = employment.collect();
    Person {
        id,
        name: None,
        schools: own,
        role: role(rng),
        grade: grade(rng),
        sectors,
        manager: manager(rng, at, total),
        address: if rng.chance(1, 3) { address(rng) } else { Address::default() },
        region: if rng.chance(1, 2) { region(rng) } else { None },
        drives: [None, Some(true), Some(false)][rng.below(3)],
        employment,
        coach: None,
        coachee: None,
        listed: false,
    }
}

/// Some of the words from one position to another, each once, in any order.
fn words(rng: &mut Rng, from: usize, to: usize, most: usize) -> Vec<WordIx> {
    let mut words: Vec<WordIx> = Vec::new();
    for _ in 0..rng.below(most + 1) {
        let word = WordIx::new(u32_of(from + rng.below(to - from)));
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// Up to three different choices.
fn choices<I: Ix>(rng: &mut Rng, of: usize) -> Vec<I> {
    let mut choices: Vec<I> = Vec::new();
    for _ in 0..rng.below(4) {
        let choice = I::from_usize(rng.below(of));
        if !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    choices
}

fn status(rng: &mut Rng) -> Status {
    [Status::Active, Status::Withdrawn, Status::Absent][if rng.chance(1, 8) { 1 + rng.below(2) } else { 0 }]
}

fn coach(rng: &mut Rng, person: PersonIx, coachees: usize) -> Coach {
    let max = rng.small(4);
    Coach {
        person,
        min: rng.chance(1, 2).then(|| rng.small(max + 1)),
        max,
        online: [None, Some(true), Some(false)][rng.below(3)],
        max_minutes: rng.chance(1, 4).then(|| 5 + rng.small(60)),
        minutes_budget: None,
        hours: None,
        languages: words(rng, 3, 5, 2),
        slots: words(rng, 7, 13, 3),
        strengths: words(rng, 0, 3, 3)
            .into_iter()
            .map(|w| (w, u8::try_from(rng.below(4)).expect("small")))
            .collect(),
        preferences: if rng.chance(1, 2) { choices(rng, coachees) } else { Vec::new() },
        training: [None, None, Some(Training::Trained), Some(Training::Trainee), Some(Training::None)]
            [rng.below(5)],
        barred: if rng.chance(1, 3) { words(rng, 0, WORDS.len(), 2) } else { Vec::new() },
        cost: None,
        status: status(rng),
    }
}

fn coachee(rng: &mut Rng, person: PersonIx, total: usize, coaches: usize) -> Coachee {
    let sponsor = match rng.below(4) {
        0 => Named::Unknown,
        1 => Named::Vacant,
        _ => Named::Person(PersonIx::new(u32_of(rng.below(total)))),
    };
    Coachee {
        person,
        sponsor: if sponsor == Named::Person(person) { Named::Unknown } else { sponsor },
        online: [None, Some(true), Some(false)][rng.below(3)],
        max_minutes: rng.chance(1, 4).then(|| 5 + rng.small(60)),
        language: rng.chance(1, 2).then(|| WordIx::new(3 + rng.small(2))),
        language_level: [None, Some(LanguageLevel::Required), Some(LanguageLevel::Preferred)][rng.below(3)],
        slots: words(rng, 7, 13, 3),
        needs: words(rng, 0, 3, 3),
        preferences: if rng.chance(1, 2) { choices(rng, coaches) } else { Vec::new() },
        priority: rng.chance(1, 2).then(|| 1 + u8::try_from(rng.below(9)).expect("small")),
        wanted: 1 + u8::from(rng.chance(1, 4)),
        project: rng.chance(1, 3).then(|| WordIx::new(rng.small(3))),
        status: status(rng),
    }
}

fn ties(rng: &mut Rng, roster: &mut Roster) {
    let people = roster.people.len();
    let who = |rng: &mut Rng| PersonIx::new(u32_of(rng.below(people)));
    for _ in 0..rng.below(5) {
        let person = who(rng);
        let other = if rng.chance(1, 3) {
            Against::School(SchoolIx::new(u32_of(rng.below(roster.schools.len()))))
        } else {
            Against::Person(who(rng))
        };
        if other != Against::Person(person) {
            let kind = ConflictKind::ALL[rng.below(ConflictKind::ALL.len())];
            roster.conflicts.push(Conflict { person, other, kind, window: window(rng), opaque: false });
        }
    }
    let outcomes =
        [None, Some(HistoryOutcome::Live), Some(HistoryOutcome::Completed), Some(HistoryOutcome::EndedEarly)];
    for _ in 0..rng.below(8) {
        let (coach, coachee) = (who(rng), who(rng));
        let programme = [None, Some("here".into()), Some("there".into())][rng.below(3)].clone();
        if coach != coachee {
            let outcome = outcomes[rng.below(4)];
            roster.history.push(PastPair { coach, coachee, programme, window: window(rng), outcome });
        }
    }
}

fn pair_table(rng: &mut Rng, roster: &Roster) -> PairTable {
    let mut table = PairTable { starts: vec![0], ..PairTable::default() };
    for _ in roster.coachees.indexes() {
        for coach in roster.coaches.indexes() {
            if rng.chance(2, 3) {
                table.coach.push(coach);
                let score = [0, 1_000_000, -2_500_000, 1_000_000_000_000_000, -1][rng.below(5)];
                // Large scores only meet small weights: a product beyond a billion points is refused before.
                let fits = roster.programme.rules.pairs.weight.0 <= 1_000_000;
                table.score.push(Points(if fits { score } else { score.clamp(-3_000_000, 3_000_000) }));
                table.minutes.push(rng.chance(1, 3).then(|| Minutes(rng.small(90))));
            }
        }
        table.starts.push(table.coach.len());
    }
    if rng.chance(1, 3) {
        table.minutes.clear();
    }
    table
}

fn travel(rng: &mut Rng, schools: usize) -> Vec<(Stop, Stop, Minutes)> {
    let stop = |rng: &mut Rng| {
        if rng.chance(1, 2) {
            Stop::School(SchoolIx::new(u32_of(rng.below(schools))))
        } else {
            Stop::Postcode(POSTCODES[rng.below(3)].into())
        }
    };
    let mut rows: Vec<(Stop, Stop, Minutes)> =
        (0..rng.below(12)).map(|_| (stop(rng), stop(rng), Minutes(rng.small(90)))).collect();
    rows.sort_unstable();
    rows.dedup_by(|a, b| (&a.0, &a.1) == (&b.0, &b.1));
    rows
}

fn plan_and_locks(rng: &mut Rng, roster: &mut Roster) {
    let (coaches, coachees) = (roster.coaches.len(), roster.coachees.len());
    let pair = |rng: &mut Rng| {
        (CoachIx::new(u32_of(rng.below(coaches))), CoacheeIx::new(u32_of(rng.below(coachees))))
    };
    let expires = |rng: &mut Rng| [None, Some(day(599)), Some(day(600)), Some(day(700))][rng.below(4)];
    if rng.chance(1, 2) {
        let mut plan: Vec<PlannedPair> = Vec::new();
        for _ in 0..rng.below(5) {
            let (coach, coachee) = pair(rng);
            let state = PairState::ALL[rng.below(3)];
            if !plan.iter().any(|p| (p.coach, p.coachee) == (coach, coachee)) {
                plan.push(PlannedPair { coach, coachee, state });
            }
        }
        plan.sort_unstable_by_key(|p| (p.coach, p.coachee));
        roster.plan = Some(plan);
    }
    for _ in 0..rng.below(5) {
        let kind = LockKind::ALL[rng.below(LockKind::ALL.len())];
        let (coach, coachee) = pair(rng);
        // A pin and a ban need both, a hold a coach, a freeze one of them.
        let (coach, coachee) = match (kind, rng.below(3)) {
            (LockKind::Pin | LockKind::Ban, _) | (_, 0) => (Some(coach), Some(coachee)),
            (LockKind::Freeze, 1) => (None, Some(coachee)),
            _ => (Some(coach), None),
        };
        let expires = expires(rng);
        roster.locks.push(Lock { kind, coach, coachee, author: "a".into(), reason: "b".into(), expires });
    }
    for _ in 0..rng.below(12) {
        let (coach, coachee) = pair(rng);
        let rule = RuleKey::ALL[rng.below(RuleKey::ALL.len())];
        if !roster.waivers.iter().any(|w| (w.rule, w.coach, w.coachee) == (rule, coach, coachee)) {
            let (author, reason) = ("a".into(), "b".into());
            roster.waivers.push(Waiver { rule, coach, coachee, author, reason, expires: expires(rng) });
        }
    }
}
