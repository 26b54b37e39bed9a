//! The roster of a message as the values that the one reader of programmes takes. Blank fields are left out; nothing else is.

use super::wire;
use crate::service::Given;
use prost_types::value::Kind;
use std::borrow::Cow;

/// Every list with somebody in it, and the programme.
pub fn given(roster: wire::Roster) -> Given {
    let wire::Roster {
        programme: keys,
        coaches,
        coachees,
        people,
        schools,
        conflicts,
        history,
        locks,
        waivers,
        employment,
        participants,
        pairs,
        travel,
        plan,
    } = roster;
    let mut fields = vec![("programme".into(), programme(keys.unwrap_or_default()))];
    let mut list = |name: &'static str, rows: Vec<Given>| {
        if !rows.is_empty() {
            fields.push((name.into(), Given::List(rows)));
        }
    };
    list("coaches", coaches.into_iter().map(coach).collect());
    list("coachees", coachees.into_iter().map(coachee).collect());
    list("people", people.into_iter().map(person).collect());
    list("schools", schools.into_iter().map(school).collect());
    list("conflicts", conflicts.into_iter().map(conflict).collect());
    list("history", history.into_iter().map(past_pair).collect());
    list("locks", locks.into_iter().map(lock).collect());
    list("waivers", waivers.into_iter().map(waiver).collect());
    list("employment", employment.into_iter().map(job).collect());
    list("participants", participants.into_iter().map(participant).collect());
    list("pairs", pairs.into_iter().map(given_pair).collect());
    list("travel", travel.into_iter().map(way).collect());
    list("plan", plan.into_iter().map(planned_pair).collect());
    Given::Table(fields)
}

/// A row under construction: what is blank is left out.
#[derive(Default)]
struct Row(Vec<(Cow<'static, str>, Given)>);

impl Row {
    fn text(mut self, name: &'static str, text: String) -> Self {
        if !text.is_empty() {
            self.0.push((name.into(), Given::Text(text)));
        }
        self
    }

    fn texts(self, name: &'static str, texts: Vec<String>) -> Self {
        self.list(name, texts.into_iter().map(Given::Text).collect())
    }

    fn list(mut self, name: &'static str, items: Vec<Given>) -> Self {
        if !items.is_empty() {
            self.0.push((name.into(), Given::List(items)));
        }
        self
    }

    fn number(mut self, name: &'static str, number: Option<u32>) -> Self {
        self.0.extend(number.map(|n| (name.into(), Given::Number(n.to_string()))));
        self
    }

    fn flag(mut self, name: &'static str, flag: Option<bool>) -> Self {
        self.0.extend(flag.map(|on| (name.into(), Given::Flag(on))));
        self
    }

    fn done(self) -> Given {
        Given::Table(self.0)
    }
}

fn programme(message: wire::Programme) -> Given {
    let wire::Programme { name, preset, starts, ends, objective, rules, stable } = message;
    let mut row = Row::default()
        .text("name", name)
        .text("preset", preset)
        .text("starts", starts)
        .text("ends", ends)
        .texts("objective", objective)
        .flag("stable", stable.then_some(true));
    row.0.extend(rules.map(|rules| ("rules".into(), structure(rules))));
    row.done()
}

fn structure(message: prost_types::Struct) -> Given {
    let prost_types::Struct { fields } = message;
    Given::Table(fields.into_iter().map(|(name, value)| (name.into(), loose(value))).collect())
}

/// Numbers are written with the fewest digits that mean the same number, so that 0.1 stays 0.1.
fn loose(value: prost_types::Value) -> Given {
    let prost_types::Value { kind } = value;
    match kind {
        None | Some(Kind::NullValue(_)) => Given::Null,
        Some(Kind::BoolValue(on)) => Given::Flag(on),
        Some(Kind::NumberValue(number)) => Given::Number(number.to_string()),
        Some(Kind::StringValue(text)) => Given::Text(text),
        Some(Kind::ListValue(list)) => Given::List(list.values.into_iter().map(loose).collect()),
        Some(Kind::StructValue(fields)) => structure(fields),
    }
}

pub fn coach(message: wire::Coach) -> Given {
    let wire::Coach {
        id,
        name,
        school,
        role,
        grade,
        sectors,
        manager,
        min,
        max,
        postcode,
        lat,
        lon,
        region,
        drives,
        online,
        max_minutes,
        minutes_budget,
        hours,
        languages,
        slots,
        strengths: skills,
        preferences,
        training,
        barred,
        cost,
        status,
    } = message;
    Row::default()
        .text("id", id)
        .text("name", name)
        .texts("school", school)
        .text("role", role)
        .text("grade", grade)
        .texts("sectors", sectors)
        .text("manager", manager)
        .number("min", min)
        .number("max", max)
        .text("postcode", postcode)
        .text("lat", lat)
        .text("lon", lon)
        .text("region", region)
        .flag("drives", drives)
        .flag("online", online)
        .number("max_minutes", max_minutes)
        .number("minutes_budget", minutes_budget)
        .text("hours", hours)
        .texts("languages", languages)
        .texts("slots", slots)
        .list("strengths", strengths(skills))
        .texts("preferences", preferences)
        .text("training", training)
        .texts("barred", barred)
        .text("cost", cost)
        .text("status", status)
        .done()
}

fn strengths(messages: Vec<wire::Strength>) -> Vec<Given> {
    let strength = |wire::Strength { tag, level }: wire::Strength| {
        let fields = [("tag", Given::Text(tag)), ("level", Given::Number(level.to_string()))];
        Given::Table(fields.map(|(name, given)| (name.into(), given)).into())
    };
    messages.into_iter().map(strength).collect()
}

/// A participant has the fields of a coachee.
pub fn coachee(message: wire::Coachee) -> Given {
    let wire::Coachee {
        id,
        name,
        school,
        role,
        grade,
        sectors,
        manager,
        sponsor,
        postcode,
        lat,
        lon,
        region,
        drives,
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
    } = message;
    participant(wire::Participant {
        id,
        name,
        school,
        role,
        grade,
        sectors,
        manager,
        sponsor,
        postcode,
        lat,
        lon,
        region,
        drives,
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
        strengths: Vec::new(),
    })
}

pub fn participant(message: wire::Participant) -> Given {
    let wire::Participant {
        id,
        name,
        school,
        role,
        grade,
        sectors,
        manager,
        sponsor,
        postcode,
        lat,
        lon,
        region,
        drives,
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
        strengths: skills,
    } = message;
    Row::default()
        .text("id", id)
        .text("name", name)
        .texts("school", school)
        .text("role", role)
        .text("grade", grade)
        .texts("sectors", sectors)
        .text("manager", manager)
        .text("sponsor", sponsor)
        .text("postcode", postcode)
        .text("lat", lat)
        .text("lon", lon)
        .text("region", region)
        .flag("drives", drives)
        .flag("online", online)
        .number("max_minutes", max_minutes)
        .text("language", language)
        .text("language_level", language_level)
        .texts("slots", slots)
        .texts("needs", needs)
        .texts("preferences", preferences)
        .number("priority", priority)
        .number("wanted", wanted)
        .text("project", project)
        .text("status", status)
        .list("strengths", strengths(skills))
        .done()
}

pub fn person(message: wire::Person) -> Given {
    let wire::Person { id, name, school, role, grade, manager } = message;
    Row::default()
        .text("id", id)
        .text("name", name)
        .texts("school", school)
        .text("role", role)
        .text("grade", grade)
        .text("manager", manager)
        .done()
}

fn school(message: wire::School) -> Given {
    let wire::School { id, name, sector, postcode, lat, lon, region, links, places } = message;
    let link = |wire::Link { kind, school }: wire::Link| {
        let fields = [("kind", Given::Text(kind)), ("school", Given::Text(school))];
        Given::Table(fields.map(|(name, given)| (name.into(), given)).into())
    };
    Row::default()
        .text("id", id)
        .text("name", name)
        .text("sector", sector)
        .text("postcode", postcode)
        .text("lat", lat)
        .text("lon", lon)
        .text("region", region)
        .list("links", links.into_iter().map(link).collect())
        .number("places", places)
        .done()
}

pub fn conflict(message: wire::Conflict) -> Given {
    let wire::Conflict { person, other, kind, from, to, opaque } = message;
    Row::default()
        .text("person", person)
        .text("other", other)
        .text("kind", kind)
        .text("from", from)
        .text("to", to)
        .flag("opaque", opaque)
        .done()
}

fn past_pair(message: wire::PastPair) -> Given {
    let wire::PastPair { coach, coachee, programme, from, to, outcome } = message;
    Row::default()
        .text("coach", coach)
        .text("coachee", coachee)
        .text("programme", programme)
        .text("from", from)
        .text("to", to)
        .text("outcome", outcome)
        .done()
}

pub fn lock(message: wire::Lock) -> Given {
    let wire::Lock { kind, coach, coachee, author, reason, expires } = message;
    Row::default()
        .text("kind", kind)
        .text("coach", coach)
        .text("coachee", coachee)
        .text("author", author)
        .text("reason", reason)
        .text("expires", expires)
        .done()
}

pub fn waiver(message: wire::Waiver) -> Given {
    let wire::Waiver { rule, coach, coachee, author, reason, expires } = message;
    Row::default()
        .text("rule", rule)
        .text("coach", coach)
        .text("coachee", coachee)
        .text("author", author)
        .text("reason", reason)
        .text("expires", expires)
        .done()
}

pub fn job(message: wire::Employment) -> Given {
    let wire::Employment { person, school, role, grade, manager, from, to } = message;
    Row::default()
        .text("person", person)
        .text("school", school)
        .text("role", role)
        .text("grade", grade)
        .text("manager", manager)
        .text("from", from)
        .text("to", to)
        .done()
}

fn given_pair(message: wire::GivenPair) -> Given {
    let wire::GivenPair { coach, coachee, score, minutes } = message;
    Row::default()
        .text("coach", coach)
        .text("coachee", coachee)
        .text("score", score)
        .number("minutes", minutes)
        .done()
}

fn way(message: wire::Travel) -> Given {
    let wire::Travel { from, to, minutes } = message;
    Row::default().text("from", from).text("to", to).number("minutes", minutes).done()
}

fn planned_pair(message: wire::PlannedPair) -> Given {
    let wire::PlannedPair { coach, coachee, state, score, minutes } = message;
    Row::default()
        .text("coach", coach)
        .text("coachee", coachee)
        .text("state", state)
        .text("score", score)
        .number("minutes", minutes)
        .done()
}
