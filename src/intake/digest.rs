//! The roster as bytes in canonical form: the same for every shape and order of rows, different for every fact.

use crate::model::catalogue::Word;
use crate::model::roster::{Aim, Roster};

use super::export::{self, Out, Pairs, Sink};
use super::rulebook::Written;
use super::tables::TableKind;

/// Bytes gathered before they are fed on.
const PIECE: usize = 1 << 16;

/// Feeds the canonical form, piece by piece. Every text goes with its length in front, so no two rosters share bytes.
pub fn feed(roster: &Roster, out: &mut dyn FnMut(&[u8])) {
    let mut bytes = Bytes { out, held: Vec::with_capacity(2 * PIECE) };
    bytes.text("dyad roster 1");
    let programme = &roster.programme;
    for text in [&programme.name, programme.preset.key()] {
        bytes.text(text);
    }
    bytes.text(&programme.starts.to_string());
    bytes.text(&programme.ends.to_string());
    bytes.list(&export::objective(programme, true).unwrap_or_default());
    // Only where it is asked for, so that every other programme keeps its hash.
    if programme.aim == Aim::Stable {
        bytes.text("stable");
    }
    for (rule, params) in export::rules(programme, true) {
        bytes.text(rule.key());
        for (name, value) in params {
            bytes.text(name);
            match value {
                Written::Text(text) => bytes.text(&text),
                Written::Number(number) => bytes.text(&number),
                Written::Flag(on) => bytes.text(if on { "true" } else { "false" }),
                Written::List(list) => bytes.list(&list),
            }
        }
    }
    export::tables(roster, &mut bytes, Pairs::Skip).expect("the sink never fails");
    bytes.pairs(roster);
    bytes.flush();
}

struct Bytes<'o> {
    out: &'o mut dyn FnMut(&[u8]),
    held: Vec<u8>,
}

impl Bytes<'_> {
    fn flush(&mut self) {
        (self.out)(&self.held);
        self.held.clear();
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE {
            self.flush();
        }
    }

    fn number(&mut self, n: usize) {
        self.raw(&(n as u64).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.raw(text.as_bytes());
    }

    fn list(&mut self, list: &[Box<str>]) {
        self.number(list.len());
        for text in list {
            self.text(text);
        }
    }

    /// Pairs as numbers: there may be millions.
    fn pairs(&mut self, roster: &Roster) {
        let pairs = &roster.pairs;
        self.text("pairs");
        self.number(pairs.starts.len());
        for start in &pairs.starts {
            self.number(*start);
        }
        for at in 0..pairs.coach.len() {
            self.raw(&pairs.coach[at].get().to_le_bytes());
            self.raw(&pairs.score[at].0.to_le_bytes());
        }
        self.number(pairs.minutes.len());
        for minutes in &pairs.minutes {
            // One more than the minutes; 0 is blank.
            let stated = minutes.map_or(0, |m| u64::from(m.0) + 1);
            self.raw(&stated.to_le_bytes());
        }
    }
}

impl Sink for Bytes<'_> {
    fn table(&mut self, kind: TableKind) -> std::io::Result<()> {
        self.text(kind.key());
        Ok(())
    }

    fn row(&mut self, cells: &[Out]) -> std::io::Result<()> {
        self.raw(b"row");
        for cell in cells {
            match cell {
                Out::Blank => self.raw(b"-"),
                Out::Text(text) => {
                    self.raw(b"t");
                    self.text(text);
                }
                Out::Number(number) => {
                    self.raw(b"t");
                    self.text(number);
                }
                Out::Flag(on) => self.raw(if *on { b"y" } else { b"n" }),
                Out::List(list) => {
                    self.raw(b"l");
                    self.list(list);
                }
                Out::Levels(levels) => {
                    self.raw(b"s");
                    self.number(levels.len());
                    for (tag, level) in levels {
                        self.text(tag);
                        self.raw(&[*level]);
                    }
                }
                Out::Links(links) => {
                    self.raw(b"k");
                    self.number(links.len());
                    for (kind, school) in links {
                        self.text(kind);
                        self.text(school);
                    }
                }
            }
        }
        Ok(())
    }

    fn end(&mut self) -> std::io::Result<()> {
        self.raw(b"end");
        Ok(())
    }
}
