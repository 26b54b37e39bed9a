//! TOML text to values, with every error at once.

use std::borrow::Cow;

use toml::de::{DeTable, DeValue};

use super::source::Span;
use super::value::{Key, Kind, Malformed, Value};

/// Reads a document. Keys come in the order of the text.
pub fn read(text: &str) -> Result<Value<'_>, Vec<Malformed>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let malformed = |e: &toml::de::Error| {
            let span = e.span().map_or(Span::default(), |s| Span::new(s.start, s.end));
            Malformed { span, says: e.message().lines().collect::<Vec<_>>().join("; ") }
        };
        return Err(errors.iter().map(malformed).collect());
    }
    let span = table.span();
    Ok(value(text, DeValue::Table(table.into_inner()), Span::new(span.start, span.end)))
}

fn value<'s>(text: &'s str, from: DeValue<'s>, span: Span) -> Value<'s> {
    let kind = match from {
        DeValue::String(s) => Kind::Text(s),
        DeValue::Integer(i) => Kind::Plain(Cow::Owned(i.to_string())),
        DeValue::Float(f) => Kind::Plain(Cow::Owned(f.as_str().to_owned())),
        DeValue::Boolean(b) => Kind::Bool(b),
        DeValue::Datetime(_) => Kind::Plain(Cow::Borrowed(&text[span.start as usize..span.end()])),
        DeValue::Array(items) => Kind::List(
            items
                .into_iter()
                .map(|item| {
                    let at = item.span();
                    value(text, item.into_inner(), Span::new(at.start, at.end))
                })
                .collect(),
        ),
        DeValue::Table(table) => {
            let mut entries: Vec<_> = table
                .into_iter()
                .map(|(name, item)| {
                    let (at, key) = (item.span(), name.span());
                    let key = Key { name: name.into_inner(), span: Span::new(key.start, key.end) };
                    (key, value(text, item.into_inner(), Span::new(at.start, at.end)))
                })
                .collect();
            entries.sort_by_key(|(key, _)| key.span.start);
            Kind::Table(entries)
        }
    };
    Value { span, kind }
}
