//! The roster back to keys and tables: what every shape writes, and what the digest hashes. Mirrors the reading.

use crate::model::catalogue::{RuleKey, Word};
use crate::model::date::{Date, Window};
use crate::model::index::WordIx;
use crate::model::people::{Address, Coach, Coachee, Employment, Named, Person, Role, School};
use crate::model::roster::{Against, Conflict, Lock, PastPair, PlannedPair, Programme, Roster, Stop, Waiver};
use crate::model::rulebook::RuleBook;

use super::rulebook::{Written, slots};
use super::tables::TableKind;

/// A cell on its way out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Out {
    Blank,
    Text(Box<str>),
    /// Digits, as they are.
    Number(String),
    Flag(bool),
    List(Vec<Box<str>>),
    /// `tag` and `level`.
    Levels(Vec<(Box<str>, u8)>),
    /// `kind` and `school`.
    Links(Vec<(Box<str>, Box<str>)>),
}

/// Takes the tables of a roster, one row after the other.
pub trait Sink {
    /// A table starts; its columns are those of the kind, from left to right.
    fn table(&mut self, kind: TableKind) -> std::io::Result<()>;
    fn row(&mut self, cells: &[Out]) -> std::io::Result<()>;
    /// The table is complete.
    fn end(&mut self) -> std::io::Result<()>;
}

/// One rule's settings: parameters with values.
pub type RuleSettings = (RuleKey, Vec<(&'static str, Written)>);

/// The rules of a programme: all of them, or only what its preset does not say.
pub fn rules(programme: &Programme, all: bool) -> Vec<RuleSettings> {
    let (mut book, mut preset) = (programme.rules.clone(), RuleBook::preset(programme.preset));
    let mut rules = Vec::new();
    for &rule in RuleKey::ALL {
        let theirs: Vec<Option<Written>> =
            slots(&mut preset, rule).iter().map(|(_, slot)| slot.written()).collect();
        let ours = slots(&mut book, rule);
        let level_differs = ours.first().map(|(_, slot)| slot.written()) != theirs.first().cloned();
        // A level of `declared` speaks for all kinds, so with it every kind is written.
        let whole = all || rule == RuleKey::Declared && level_differs;
        let named: Vec<(&'static str, Written)> = ours
            .iter()
            .zip(theirs)
            .filter(|((_, slot), their)| whole || slot.written() != *their)
            .filter_map(|((name, slot), _)| Some((*name, slot.written()?)))
            .collect();
        if !named.is_empty() {
            rules.push((rule, named));
        }
    }
    rules
}

/// The objective, if the preset's is another.
pub fn objective(programme: &Programme, all: bool) -> Option<Vec<Box<str>>> {
    let tiers = &programme.rules.objective;
    let differs = *tiers != RuleBook::preset(programme.preset).objective;
    (all || differs).then(|| tiers.iter().map(|t| t.key().into()).collect())
}

/// Gives every table that is there to the sink. Pairs are left out with `pairs: Skip`.
pub fn tables(roster: &Roster, sink: &mut dyn Sink, pairs: Pairs) -> std::io::Result<()> {
    people(roster, sink)?;
    lists(roster, sink)?;
    if pairs == Pairs::Write && !roster.pairs.starts.is_empty() {
        pair_rows(roster, sink)?;
    }
    if !roster.travel.is_empty() {
        sink.table(TableKind::Travel)?;
        for (from, to, minutes) in &roster.travel {
            sink.row(&[stop(roster, from), stop(roster, to), Out::Number(minutes.to_string())])?;
        }
        sink.end()?;
    }
    if let Some(plan) = &roster.plan {
        let row = |PlannedPair { coach, coachee, state }: &PlannedPair| {
            let (coach, coachee) = (roster.coach_id(*coach), roster.coachee_id(*coachee));
            vec![text(coach), text(coachee), text(state.key()), Out::Blank, Out::Blank]
        };
        all(sink, TableKind::Plan, plan.iter().map(row))?;
    }
    Ok(())
}

/// Whether the pairs go out as rows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pairs {
    Write,
    Skip,
}

fn all(sink: &mut dyn Sink, kind: TableKind, rows: impl Iterator<Item = Vec<Out>>) -> std::io::Result<()> {
    sink.table(kind)?;
    for row in rows {
        debug_assert_eq!(row.len(), kind.columns().len(), "{}", kind.key());
        sink.row(&row)?;
    }
    sink.end()
}

fn people(roster: &Roster, sink: &mut dyn Sink) -> std::io::Result<()> {
    if roster.grouped() {
        let both = roster.coachees.iter().zip(&roster.coaches);
        let row = |(coachee, coach): (&Coachee, &Coach)| {
            let mut row = coachee_row(roster, coachee);
            row.push(strengths(roster, coach));
            row
        };
        all(sink, TableKind::Participants, both.map(row))?;
    } else {
        all(sink, TableKind::Coaches, roster.coaches.iter().map(|coach| coach_row(roster, coach)))?;
        all(sink, TableKind::Coachees, roster.coachees.iter().map(|coachee| coachee_row(roster, coachee)))?;
    }
    let mut listed = roster.people.iter().filter(|p| p.listed).peekable();
    if listed.peek().is_some() {
        all(sink, TableKind::People, listed.map(|person| person_row(roster, person)))?;
    }
    if roster.schools_listed {
        all(sink, TableKind::Schools, roster.schools.iter().map(|school| school_row(roster, school)))?;
    }
    let jobs = || roster.people.iter().flat_map(|p| p.employment.iter().map(move |job| (p, job)));
    if jobs().next().is_some() {
        all(sink, TableKind::Employment, jobs().map(|(person, job)| employment_row(roster, person, job)))?;
    }
    Ok(())
}

fn lists(roster: &Roster, sink: &mut dyn Sink) -> std::io::Result<()> {
    if !roster.conflicts.is_empty() {
        let row = |c: &Conflict| {
            let Conflict { person, other, kind, window, opaque } = c;
            let other = match other {
                Against::Person(p) => &roster.people[*p].id,
                Against::School(s) => &roster.schools[*s].id,
            };
            let Window { from, to } = *window;
            let who = text(&roster.people[*person].id);
            vec![who, text(other), text(kind.key()), date(from), date(to), Out::Flag(*opaque)]
        };
        all(sink, TableKind::Conflicts, roster.conflicts.iter().map(row))?;
    }
    if !roster.history.is_empty() {
        let row = |p: &PastPair| {
            let PastPair { coach, coachee, programme, window, outcome } = p;
            let Window { from, to } = *window;
            let (coach, coachee) = (text(&roster.people[*coach].id), text(&roster.people[*coachee].id));
            vec![
                coach,
                coachee,
                maybe(programme.as_deref()),
                date(from),
                date(to),
                maybe(outcome.map(Word::key)),
            ]
        };
        all(sink, TableKind::History, roster.history.iter().map(row))?;
    }
    if !roster.locks.is_empty() {
        let row = |l: &Lock| {
            let Lock { kind, coach, coachee, author, reason, expires } = l;
            let (coach, coachee) = (coach.map(|c| roster.coach_id(c)), coachee.map(|e| roster.coachee_id(e)));
            vec![text(kind.key()), text(author), text(reason), maybe(coach), maybe(coachee), date(*expires)]
        };
        all(sink, TableKind::Locks, roster.locks.iter().map(row))?;
    }
    if !roster.waivers.is_empty() {
        let row = |w: &Waiver| {
            let Waiver { rule, coach, coachee, author, reason, expires } = w;
            let (coach, coachee) = (text(roster.coach_id(*coach)), text(roster.coachee_id(*coachee)));
            vec![text(rule.key()), coach, coachee, text(author), text(reason), date(*expires)]
        };
        // From one list a waiver stands both ways round; one row says it.
        let once = |w: &&Waiver| !roster.grouped() || w.coach.get() < w.coachee.get();
        all(sink, TableKind::Waivers, roster.waivers.iter().filter(once).map(row))?;
    }
    Ok(())
}

fn pair_rows(roster: &Roster, sink: &mut dyn Sink) -> std::io::Result<()> {
    let pairs = &roster.pairs;
    sink.table(TableKind::Pairs)?;
    for coachee in roster.coachees.indexes() {
        let id = text(roster.coachee_id(coachee));
        for at in pairs.rows(coachee) {
            let minutes = pairs.minutes.get(at).copied().flatten();
            let minutes = minutes.map_or(Out::Blank, |m| Out::Number(m.to_string()));
            let score = Out::Text(super::rulebook::trimmed(&pairs.score[at].to_string()).into());
            sink.row(&[text(roster.coach_id(pairs.coach[at])), id.clone(), score, minutes])?;
        }
    }
    sink.end()
}

fn text(text: &str) -> Out {
    Out::Text(text.into())
}

fn maybe(value: Option<&str>) -> Out {
    value.map_or(Out::Blank, text)
}

fn number(value: Option<u32>) -> Out {
    value.map_or(Out::Blank, |n| Out::Number(n.to_string()))
}

fn flag(value: Option<bool>) -> Out {
    value.map_or(Out::Blank, Out::Flag)
}

fn date(date: Option<Date>) -> Out {
    date.map_or(Out::Blank, |d| Out::Text(d.to_string().into()))
}

fn hundredths(value: Option<u32>) -> Out {
    let written = |n: u32| super::rulebook::trimmed(&format!("{}.{:02}", n / 100, n % 100));
    value.map_or(Out::Blank, |n| Out::Text(written(n).into()))
}

fn list<'t>(values: impl Iterator<Item = &'t str>) -> Out {
    let values: Vec<Box<str>> = values.map(Into::into).collect();
    if values.is_empty() { Out::Blank } else { Out::List(values) }
}

fn word(roster: &Roster, word: Option<WordIx>) -> Out {
    maybe(word.map(|w| &*roster.words[w]))
}

fn words(roster: &Roster, words: &[WordIx]) -> Out {
    list(words.iter().map(|w| &*roster.words[*w]))
}

fn named(roster: &Roster, named: Named) -> Out {
    match named {
        Named::Unknown => Out::Blank,
        Named::Vacant => text("vacant"),
        Named::Person(person) => text(&roster.people[person].id),
    }
}

fn role(role: Option<&Role>) -> Out {
    let Some(Role { text: name, standard: _, acting }) = role else { return Out::Blank };
    if *acting { Out::Text(format!("{name} (acting)").into()) } else { text(name) }
}

fn stop(roster: &Roster, stop: &Stop) -> Out {
    match stop {
        Stop::School(school) => text(&roster.schools[*school].id),
        Stop::Postcode(postcode) => text(postcode),
    }
}

/// Postcode, latitude, longitude.
fn address(address: &Address) -> [Out; 3] {
    let Address { postcode, degrees, place: _, accuracy_m: _ } = address;
    let (lat, lon) = degrees.as_ref().map_or((None, None), |(lat, lon)| (Some(&**lat), Some(&**lon)));
    [maybe(postcode.as_deref()), maybe(lat), maybe(lon)]
}

/// `name school role grade sectors manager` and `postcode lat lon region drives`.
fn shared(roster: &Roster, person: &Person) -> ([Out; 6], [Out; 5]) {
    let Person {
        id: _,
        name,
        schools,
        role: held,
        grade,
        sectors,
        manager,
        address: place,
        region,
        drives,
        employment: _,
        coach: _,
        coachee: _,
        listed: _,
    } = person;
    let schools = list(schools.iter().map(|s| &*roster.schools[*s].id));
    let grade = maybe(grade.as_ref().map(|g| &*g.text));
    let sectors = list(sectors.iter().map(|s| s.key()));
    let first =
        [maybe(name.as_deref()), schools, role(held.as_ref()), grade, sectors, named(roster, *manager)];
    let [postcode, lat, lon] = address(place);
    (first, [postcode, lat, lon, word(roster, *region), flag(*drives)])
}

fn coach_row(roster: &Roster, coach: &Coach) -> Vec<Out> {
    let Coach {
        person,
        min,
        max,
        online,
        max_minutes,
        minutes_budget,
        hours,
        languages,
        slots,
        strengths: _,
        preferences,
        training,
        barred,
        cost,
        status,
    } = coach;
    let (first, second) = shared(roster, &roster.people[*person]);
    let mut row = vec![text(&roster.people[*person].id), number(Some(*max))];
    row.extend(first);
    row.push(number(*min));
    row.extend(second);
    row.extend([
        flag(*online),
        number(*max_minutes),
        number(*minutes_budget),
        hundredths(*hours),
        words(roster, languages),
        words(roster, slots),
        self::strengths(roster, coach),
        list(preferences.iter().map(|e| roster.coachee_id(*e))),
        maybe(training.map(Word::key)),
        words(roster, barred),
        hundredths(*cost),
        text(status.key()),
    ]);
    row
}

fn strengths(roster: &Roster, coach: &Coach) -> Out {
    let levels: Vec<(Box<str>, u8)> =
        coach.strengths.iter().map(|(w, level)| (roster.words[*w].clone(), *level)).collect();
    if levels.is_empty() { Out::Blank } else { Out::Levels(levels) }
}

fn coachee_row(roster: &Roster, coachee: &Coachee) -> Vec<Out> {
    let Coachee {
        person,
        sponsor,
        online,
        max_minutes,
        language,
        language_level,
        slots,
        needs,
        preferences,
        priority,
        wanted,
        project,
        status,
    } = coachee;
    let (first, second) = shared(roster, &roster.people[*person]);
    let mut row = vec![text(&roster.people[*person].id)];
    row.extend(first);
    row.push(named(roster, *sponsor));
    row.extend(second);
    row.extend([
        flag(*online),
        number(*max_minutes),
        word(roster, *language),
        maybe(language_level.map(Word::key)),
        words(roster, slots),
        words(roster, needs),
        list(preferences.iter().map(|c| roster.coach_id(*c))),
        number(priority.map(u32::from)),
        number(Some(u32::from(*wanted))),
        word(roster, *project),
        text(status.key()),
    ]);
    row
}

fn person_row(roster: &Roster, person: &Person) -> Vec<Out> {
    let (mut first, _) = shared(roster, person);
    // `people.csv` has no sectors; those of somebody in no other list do not exist.
    first[4] = named(roster, person.manager);
    let mut row = vec![text(&person.id)];
    row.extend(first.into_iter().take(5));
    row
}

fn school_row(roster: &Roster, school: &School) -> Vec<Out> {
    let School { id, name, sector, address: place, region, links, places } = school;
    let links: Vec<(Box<str>, Box<str>)> =
        links.iter().map(|(kind, other)| (kind.clone(), roster.schools[*other].id.clone())).collect();
    let mut row = vec![text(id), text(name), maybe(sector.map(Word::key))];
    row.extend(address(place));
    let links = if links.is_empty() { Out::Blank } else { Out::Links(links) };
    row.extend([word(roster, *region), links, number(*places)]);
    row
}

fn employment_row(roster: &Roster, person: &Person, job: &Employment) -> Vec<Out> {
    let Employment { school, role: held, grade, manager, window } = job;
    let school = maybe(school.map(|s| &*roster.schools[s].id));
    let grade = maybe(grade.as_ref().map(|g| &*g.text));
    let Window { from, to } = *window;
    vec![text(&person.id), school, role(held.as_ref()), grade, named(roster, *manager), date(from), date(to)]
}
