//! One tree for TOML and JSON: texts and numbers as they are written, every node with its place.

use std::borrow::Cow;

use super::source::Span;

/// A name in front of a value.
#[derive(Clone, PartialEq, Debug)]
pub struct Key<'s> {
    pub name: Cow<'s, str>,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Value<'s> {
    pub span: Span,
    pub kind: Kind<'s>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Kind<'s> {
    Null,
    Bool(bool),
    /// A number, or a date of TOML, in its own spelling.
    Plain(Cow<'s, str>),
    Text(Cow<'s, str>),
    List(Vec<Value<'s>>),
    Table(Vec<(Key<'s>, Value<'s>)>),
}

impl<'s> Value<'s> {
    /// The text of a single value; `None` for lists and tables. Null is blank.
    pub fn scalar(&self) -> Option<&str> {
        match &self.kind {
            Kind::Null => Some(""),
            Kind::Bool(true) => Some("true"),
            Kind::Bool(false) => Some("false"),
            Kind::Plain(text) | Kind::Text(text) => Some(text),
            Kind::List(_) | Kind::Table(_) => None,
        }
    }

    /// The value under a key of a table.
    pub fn get(&self, name: &str) -> Option<&Value<'s>> {
        let Kind::Table(entries) = &self.kind else { return None };
        entries.iter().find(|(key, _)| key.name == name).map(|(_, value)| value)
    }
}

/// Why a text is no document: the place, and a sentence.
#[derive(Clone, PartialEq, Debug)]
pub struct Malformed {
    pub span: Span,
    pub says: String,
}
