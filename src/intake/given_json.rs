//! A programme that was handed over, as JSON text and back: kept as it came, with the fields that were given and no others, so that
//! it is read later as it is read now.

use super::json_out::Json;
use super::json_value;
use super::message::Given;
use super::value::{Key, Kind, Value};

/// The values as JSON on one line.
pub fn write(given: &Given) -> String {
    let mut json = Json::default();
    put(&mut json, given);
    json.finish()
}

fn put(json: &mut Json, given: &Given) {
    match given {
        Given::Null => json.plain("null"),
        Given::Flag(on) => json.plain(on),
        Given::Number(digits) => json.plain(digits),
        Given::Text(text) => json.text(text),
        Given::List(items) => {
            json.open('[', false);
            for item in items {
                put(json, item);
            }
            json.close(']');
        }
        Given::Table(fields) => {
            json.open('{', false);
            for (name, value) in fields {
                json.key(name);
                put(json, value);
            }
            json.close('}');
        }
    }
}

/// The values of such a text; `None` where it is no JSON.
pub fn read(text: &str) -> Option<Given> {
    json_value::read(text).ok().map(given)
}

fn given(value: Value<'_>) -> Given {
    match value.kind {
        Kind::Null => Given::Null,
        Kind::Bool(on) => Given::Flag(on),
        Kind::Plain(digits) => Given::Number(digits.into_owned()),
        Kind::Text(text) => Given::Text(text.into_owned()),
        Kind::List(items) => Given::List(items.into_iter().map(given).collect()),
        Kind::Table(fields) => {
            let field =
                |(Key { name, .. }, value): (Key<'_>, Value<'_>)| (name.into_owned().into(), given(value));
            Given::Table(fields.into_iter().map(field).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Given, read, write};

    #[test]
    fn values_come_back_as_they_went() {
        let text = |text: &str| Given::Text(text.to_owned());
        let rows = vec![Given::Table(vec![
            ("id".into(), text("C1\n\"é\u{1}")),
            ("max".into(), Given::Number("2".into())),
        ])];
        let rules = Given::Table(vec![
            ("weight".into(), Given::Number("0.1".into())),
            ("empty".into(), Given::Table(Vec::new())),
            ("none".into(), Given::Null),
            ("on".into(), Given::Flag(true)),
        ]);
        let given = Given::Table(vec![("coaches".into(), Given::List(rows)), ("rules".into(), rules)]);
        assert_eq!(read(&write(&given)), Some(given));
        assert_eq!(read("{"), None);
    }
}
