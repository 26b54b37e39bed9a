//! The roster as values: what [`super::message`] reads, written the other way.

use std::io::Result;

use crate::model::catalogue::Word;
use crate::model::roster::{Aim, Roster};

use super::export::{self, Out, Pairs, Sink};
use super::message::Given;
use super::rulebook::Written;
use super::tables::TableKind;

/// Every table that is there, and the programme with every parameter of every rule.
pub fn give(roster: &Roster) -> Given {
    let mut sink =
        Values { fields: vec![("programme".into(), programme(roster))], rows: Vec::new(), kind: None };
    export::tables(roster, &mut sink, Pairs::Write).expect("values are written to memory");
    Given::Table(sink.fields)
}

fn text(text: impl Into<String>) -> Given {
    Given::Text(text.into())
}

fn programme(roster: &Roster) -> Given {
    let programme = &roster.programme;
    let mut fields = vec![
        ("name".into(), text(&*programme.name)),
        ("preset".into(), text(programme.preset.key())),
        ("starts".into(), text(programme.starts.to_string())),
        ("ends".into(), text(programme.ends.to_string())),
    ];
    if programme.aim == Aim::Stable {
        fields.push(("stable".into(), Given::Flag(true)));
    } else {
        let tiers = export::objective(programme, true).unwrap_or_default();
        fields.push(("objective".into(), Given::List(tiers.into_iter().map(text).collect())));
    }
    let written = |value| match value {
        Written::Text(words) => text(words),
        Written::Number(number) => Given::Number(number),
        Written::Flag(on) => Given::Flag(on),
        Written::List(list) => Given::List(list.into_iter().map(text).collect()),
    };
    let rules = export::rules(programme, true).into_iter().map(|(rule, params)| {
        let params = params.into_iter().map(|(name, value)| (name.into(), written(value)));
        (rule.key().into(), Given::Table(params.collect()))
    });
    fields.push(("rules".into(), Given::Table(rules.collect())));
    Given::Table(fields)
}

struct Values {
    fields: Vec<(std::borrow::Cow<'static, str>, Given)>,
    rows: Vec<Given>,
    kind: Option<TableKind>,
}

impl Sink for Values {
    fn table(&mut self, kind: TableKind) -> Result<()> {
        self.kind = Some(kind);
        Ok(())
    }

    fn row(&mut self, cells: &[Out]) -> Result<()> {
        let columns = self.kind.map_or(&[][..], TableKind::columns);
        let fields =
            columns.iter().zip(cells).filter_map(|(column, out)| Some((column.name.into(), cell(out)?)));
        self.rows.push(Given::Table(fields.collect()));
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        if let Some(kind) = self.kind.take() {
            self.fields.push((kind.key().into(), Given::List(std::mem::take(&mut self.rows))));
        }
        Ok(())
    }
}

/// `None` for a blank cell.
fn cell(out: &Out) -> Option<Given> {
    let pair = |(one, first): (&'static str, Given), (other, second): (&'static str, Given)| {
        Given::Table(vec![(one.into(), first), (other.into(), second)])
    };
    Some(match out {
        Out::Blank => return None,
        Out::Text(words) => text(&**words),
        Out::Number(number) => Given::Number(number.clone()),
        Out::Flag(on) => Given::Flag(*on),
        Out::List(list) => Given::List(list.iter().map(|item| text(&**item)).collect()),
        Out::Levels(levels) => Given::List(
            levels
                .iter()
                .map(|(tag, level)| pair(("tag", text(&**tag)), ("level", Given::Number(level.to_string()))))
                .collect(),
        ),
        Out::Links(links) => Given::List(
            links
                .iter()
                .map(|(kind, school)| pair(("kind", text(&**kind)), ("school", text(&**school))))
                .collect(),
        ),
    })
}
