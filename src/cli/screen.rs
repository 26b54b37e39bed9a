//! What a terminal can show, and text dressed for it.

use comfy_table::{Attribute, Cell, ContentArrangement, LineStyle, Row, Table, TableStyle};
use std::ffi::OsStr;
use std::io::{IsTerminal, Write};

/// The width of tables where there is no terminal to ask.
const PLAIN_WIDTH: u16 = 120;
/// Below this no table is readable; a narrower terminal wraps by itself.
const LEAST_WIDTH: u16 = 60;
/// Wider tables are hard to follow with the eye.
const MOST_WIDTH: u16 = 180;

/// A line under the header and no other: names are read, not lines.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// Where an answer is shown.
#[derive(Clone, Copy)]
pub struct Screen {
    pub colour: bool,
    pub width: u16,
}

/// How a piece of text is meant.
#[derive(Clone, Copy)]
pub enum Ink {
    Title,
    Good,
    Warn,
    Bad,
    Faint,
}

impl Screen {
    /// The screen behind standard output.
    pub fn stdout() -> Self {
        Self { colour: colour(std::io::stdout().is_terminal()), width: width() }
    }

    /// The screen behind standard error.
    pub fn stderr() -> Self {
        Self { colour: colour(std::io::stderr().is_terminal()), width: width() }
    }

    pub fn ink(self, ink: Ink, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Title => "1",
            Ink::Good => "32",
            Ink::Warn => "33",
            Ink::Bad => "31",
            Ink::Faint => "2",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// A section's heading, with an empty line before it.
    pub fn heading(self, text: &str) -> String {
        format!("\n{}\n", self.ink(Ink::Title, text))
    }

    /// An empty table of this screen's width with a header.
    pub fn table(self, header: &[&str]) -> Table {
        let mut table = Table::new();
        table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic).set_width(self.width);
        if self.colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let bold = |text: &&str| {
            let cell = Cell::new(text);
            if self.colour { cell.add_attribute(Attribute::Bold) } else { cell }
        };
        table.set_header(Row::from(header.iter().map(bold).collect::<Vec<_>>()));
        table
    }

    /// Bulleted text, wrapped to the screen with a hanging indent.
    pub fn bullet(self, mark: &str, text: &str) -> String {
        let room = usize::from(self.width).saturating_sub(4).max(20);
        let mut out = format!("  {mark} ");
        for (i, line) in wrap(text, room).iter().enumerate() {
            if i > 0 {
                out.push_str("    ");
            }
            out.push_str(line);
            out.push('\n');
        }
        out
    }

    /// A paragraph, wrapped to the screen.
    pub fn paragraph(self, text: &str) -> String {
        let mut out = wrap(text, usize::from(self.width)).join("\n");
        out.push('\n');
        out
    }
}

/// A heading with bulleted lines, if there are any.
pub fn listed(out: &mut String, screen: Screen, title: &str, lines: impl Iterator<Item = String>) {
    for (at, line) in lines.enumerate() {
        if at == 0 {
            out.push_str(&screen.heading(title));
        }
        out.push_str(&screen.bullet("•", &line));
    }
}

/// Colour only for a terminal that can, and never against `NO_COLOR` (<https://no-color.org>: set and not empty).
fn colour(terminal: bool) -> bool {
    let (refused, kind) = (std::env::var_os("NO_COLOR"), std::env::var_os("TERM"));
    wants_colour(terminal, refused.as_deref(), kind.as_deref())
}

fn wants_colour(terminal: bool, no_color: Option<&OsStr>, term: Option<&OsStr>) -> bool {
    terminal && no_color.is_none_or(OsStr::is_empty) && term.is_none_or(|kind| kind != "dumb")
}

fn width() -> u16 {
    Table::new().width().unwrap_or(PLAIN_WIDTH).clamp(LEAST_WIDTH, MOST_WIDTH)
}

/// Text of the programme without what would steer a terminal.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

/// How many characters of a word are seen: those of our own colours are not.
fn seen(word: &str) -> usize {
    let mut count = 0;
    let mut hidden = false;
    for c in word.chars() {
        match c {
            '\u{1b}' => hidden = true,
            'm' if hidden => hidden = false,
            _ => count += usize::from(!hidden),
        }
    }
    count
}

/// Breaks text at spaces; a word longer than a line stands alone.
fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && seen(&line) + 1 + seen(word) > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// Writes the answer to standard output. A reader who has gone away wants no more of it, and is no failure.
pub fn print(text: &str) -> Result<(), std::io::Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes beside the answer, to standard error; where that fails there is nobody left to tell.
pub fn tell(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::{Ink, Screen, wants_colour, wrap};
    use std::ffi::OsStr;

    #[test]
    fn colour_is_for_terminals_that_can_and_people_who_want_it() {
        let wants = |terminal, no_color: Option<&str>, term: Option<&str>| {
            wants_colour(terminal, no_color.map(OsStr::new), term.map(OsStr::new))
        };
        assert!(wants(true, None, Some("xterm")) && wants(true, Some(""), None));
        assert!(!wants(true, Some("1"), Some("xterm")) && !wants(true, None, Some("dumb")));
        assert!(!wants(false, None, Some("xterm")));
    }

    #[test]
    fn text_wraps_at_spaces_and_keeps_long_words_whole() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("extraordinarily long", 5), ["extraordinarily", "long"]);
        assert_eq!(wrap("", 5), [""]);
        let coloured = Screen { colour: true, width: 80 }.ink(Ink::Good, "one two");
        assert_eq!(wrap(&coloured, 7).len(), 1, "colours take no room");
        let screen = Screen { colour: false, width: 24 };
        assert_eq!(screen.bullet("-", "aaaa bbbb cccc dddd eeee"), "  - aaaa bbbb cccc dddd\n    eeee\n");
    }
}
