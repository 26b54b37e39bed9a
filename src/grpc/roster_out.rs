//! A roster as a message: the values of the one writer of programmes, field by field. Every field of a message is filled
//! here by name, and a value that no field takes is a bug that the round-trip test finds.

use super::wire;
use crate::service::Given;
use prost_types::value::Kind;
use std::borrow::Cow;

/// The message; what [`super::roster::given`] takes apart.
pub fn message(roster: Given) -> wire::Roster {
    let mut fields = Taken::of(roster);
    let made = wire::Roster {
        programme: fields.take("programme").map(programme),
        coaches: fields.rows("coaches", coach),
        coachees: fields.rows("coachees", coachee),
        people: fields.rows("people", person),
        schools: fields.rows("schools", school),
        conflicts: fields.rows("conflicts", |row| wire::Conflict {
            person: row.text("person"),
            other: row.text("other"),
            kind: row.text("kind"),
            from: row.text("from"),
            to: row.text("to"),
            opaque: row.flag("opaque"),
        }),
        history: fields.rows("history", |row| wire::PastPair {
            coach: row.text("coach"),
            coachee: row.text("coachee"),
            programme: row.text("programme"),
            from: row.text("from"),
            to: row.text("to"),
            outcome: row.text("outcome"),
        }),
        locks: fields.rows("locks", |row| wire::Lock {
            kind: row.text("kind"),
            coach: row.text("coach"),
            coachee: row.text("coachee"),
            author: row.text("author"),
            reason: row.text("reason"),
            expires: row.text("expires"),
        }),
        waivers: fields.rows("waivers", |row| wire::Waiver {
            rule: row.text("rule"),
            coach: row.text("coach"),
            coachee: row.text("coachee"),
            author: row.text("author"),
            reason: row.text("reason"),
            expires: row.text("expires"),
        }),
        employment: fields.rows("employment", |row| wire::Employment {
            person: row.text("person"),
            school: row.text("school"),
            role: row.text("role"),
            grade: row.text("grade"),
            manager: row.text("manager"),
            from: row.text("from"),
            to: row.text("to"),
        }),
        participants: fields.rows("participants", participant),
        pairs: fields.rows("pairs", |row| wire::GivenPair {
            coach: row.text("coach"),
            coachee: row.text("coachee"),
            score: row.text("score"),
            minutes: row.number("minutes"),
        }),
        travel: fields.rows("travel", |row| wire::Travel {
            from: row.text("from"),
            to: row.text("to"),
            minutes: row.number("minutes"),
        }),
        plan: fields.rows("plan", |row| wire::PlannedPair {
            coach: row.text("coach"),
            coachee: row.text("coachee"),
            state: row.text("state"),
            score: row.text("score"),
            minutes: row.number("minutes"),
        }),
    };
    fields.end();
    made
}

/// The fields of a row that nobody has taken yet.
struct Taken(Vec<(Cow<'static, str>, Given)>);

impl Taken {
    fn of(given: Given) -> Self {
        match given {
            Given::Table(fields) => Self(fields),
            other => Self(vec![("".into(), other)]),
        }
    }

    fn take(&mut self, name: &str) -> Option<Given> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(at).1)
    }

    fn text(&mut self, name: &str) -> String {
        self.take(name).map_or_else(String::new, plain)
    }

    fn texts(&mut self, name: &str) -> Vec<String> {
        self.items(name).into_iter().map(plain).collect()
    }

    fn number(&mut self, name: &str) -> Option<u32> {
        self.take(name)
            .map(|given| plain(given).parse().expect("a roster's numbers are whole and fit 32 bits"))
    }

    fn flag(&mut self, name: &str) -> Option<bool> {
        self.take(name).map(|given| given == Given::Flag(true))
    }

    fn items(&mut self, name: &str) -> Vec<Given> {
        match self.take(name) {
            None => Vec::new(),
            Some(Given::List(items)) => items,
            Some(one) => vec![one],
        }
    }

    fn rows<T>(&mut self, name: &str, one: impl Fn(&mut Self) -> T) -> Vec<T> {
        let row = |given| {
            let mut row = Self::of(given);
            let made = one(&mut row);
            row.end();
            made
        };
        self.items(name).into_iter().map(row).collect()
    }

    /// Nothing is dropped.
    fn end(&self) {
        debug_assert!(self.0.is_empty(), "no field takes {:?}", self.0);
    }
}

/// The text of a single value.
fn plain(given: Given) -> String {
    match given {
        Given::Text(text) | Given::Number(text) => text,
        Given::Flag(on) => on.to_string(),
        Given::Null | Given::List(_) | Given::Table(_) => String::new(),
    }
}

fn programme(given: Given) -> wire::Programme {
    let mut row = Taken::of(given);
    let made = wire::Programme {
        name: row.text("name"),
        preset: row.text("preset"),
        starts: row.text("starts"),
        ends: row.text("ends"),
        objective: row.texts("objective"),
        rules: row.take("rules").map(structure),
        stable: row.flag("stable").unwrap_or(false),
    };
    row.end();
    made
}

fn structure(given: Given) -> prost_types::Struct {
    let Taken(fields) = Taken::of(given);
    let fields = fields.into_iter().map(|(name, given)| (name.into_owned(), loose(given))).collect();
    prost_types::Struct { fields }
}

/// Numbers go through a double: parameters have at most fifteen digits, which it keeps.
fn loose(given: Given) -> prost_types::Value {
    let kind = match given {
        Given::Null => Kind::NullValue(0),
        Given::Flag(on) => Kind::BoolValue(on),
        Given::Number(digits) => Kind::NumberValue(digits.parse().unwrap_or(f64::NAN)),
        Given::Text(text) => Kind::StringValue(text),
        Given::List(items) => {
            Kind::ListValue(prost_types::ListValue { values: items.into_iter().map(loose).collect() })
        }
        table @ Given::Table(_) => Kind::StructValue(structure(table)),
    };
    prost_types::Value { kind: Some(kind) }
}

fn strength(row: &mut Taken) -> wire::Strength {
    wire::Strength { tag: row.text("tag"), level: row.number("level").unwrap_or(0) }
}

fn coach(row: &mut Taken) -> wire::Coach {
    wire::Coach {
        id: row.text("id"),
        name: row.text("name"),
        school: row.texts("school"),
        role: row.text("role"),
        grade: row.text("grade"),
        sectors: row.texts("sectors"),
        manager: row.text("manager"),
        min: row.number("min"),
        max: row.number("max"),
        postcode: row.text("postcode"),
        lat: row.text("lat"),
        lon: row.text("lon"),
        region: row.text("region"),
        drives: row.flag("drives"),
        online: row.flag("online"),
        max_minutes: row.number("max_minutes"),
        minutes_budget: row.number("minutes_budget"),
        hours: row.text("hours"),
        languages: row.texts("languages"),
        slots: row.texts("slots"),
        strengths: row.rows("strengths", strength),
        preferences: row.texts("preferences"),
        training: row.text("training"),
        barred: row.texts("barred"),
        cost: row.text("cost"),
        status: row.text("status"),
    }
}

fn coachee(row: &mut Taken) -> wire::Coachee {
    wire::Coachee {
        id: row.text("id"),
        name: row.text("name"),
        school: row.texts("school"),
        role: row.text("role"),
        grade: row.text("grade"),
        sectors: row.texts("sectors"),
        manager: row.text("manager"),
        sponsor: row.text("sponsor"),
        postcode: row.text("postcode"),
        lat: row.text("lat"),
        lon: row.text("lon"),
        region: row.text("region"),
        drives: row.flag("drives"),
        online: row.flag("online"),
        max_minutes: row.number("max_minutes"),
        language: row.text("language"),
        language_level: row.text("language_level"),
        slots: row.texts("slots"),
        needs: row.texts("needs"),
        preferences: row.texts("preferences"),
        priority: row.number("priority"),
        wanted: row.number("wanted"),
        project: row.text("project"),
        status: row.text("status"),
    }
}

fn participant(row: &mut Taken) -> wire::Participant {
    let strengths = row.rows("strengths", strength);
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
    } = coachee(row);
    wire::Participant {
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
        strengths,
    }
}

fn person(row: &mut Taken) -> wire::Person {
    wire::Person {
        id: row.text("id"),
        name: row.text("name"),
        school: row.texts("school"),
        role: row.text("role"),
        grade: row.text("grade"),
        manager: row.text("manager"),
    }
}

fn school(row: &mut Taken) -> wire::School {
    wire::School {
        id: row.text("id"),
        name: row.text("name"),
        sector: row.text("sector"),
        postcode: row.text("postcode"),
        lat: row.text("lat"),
        lon: row.text("lon"),
        region: row.text("region"),
        links: row.rows("links", |link| wire::Link { kind: link.text("kind"), school: link.text("school") }),
        places: row.number("places"),
    }
}
