//! Faults: all at once, each with its place and its remedy; drawn for people, or one JSON document.

use super::names::count;
use super::screen::{Screen, clean};
use crate::model::fault::{Excerpt, Fault};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    Severity, SourceCode, SourceSpan, SpanContents,
};
use serde_json::{Value, json};
use std::fmt::{self, Write};

/// More faults than this are counted, not drawn: nobody reads on, and a programme in the wrong column separator
/// has a fault per cell.
const MOST_DRAWN: usize = 200;

/// `{"faults": […]}` with everything that is known of each.
pub fn json(faults: &[Fault]) -> Value {
    let fault = |Fault { at, code, text, says, remedy, source: _ }: &Fault| {
        json!({
            "code": code.key(),
            "at": { "file": at.file, "line": at.line, "column": at.column },
            "text": text,
            "says": says,
            "remedy": remedy,
        })
    };
    json!({ "faults": faults.iter().map(fault).collect::<Vec<_>>() })
}

/// Every fault with its source line, in order, and a count at the end.
pub fn draw(faults: &[Fault], screen: Screen) -> String {
    let theme = if screen.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(usize::from(screen.width))
        .with_links(false)
        .without_syntax_highlighting();
    let mut out = String::new();
    for fault in faults.iter().take(MOST_DRAWN) {
        let drawn = Drawn::new(fault);
        if handler.render_report(&mut out, &drawn).is_err() {
            out.push_str(&clean(&fault.to_string()));
        }
        out.push('\n');
    }
    let all = count(faults.len(), "fault", "faults");
    if faults.len() > MOST_DRAWN {
        let _ =
            writeln!(out, "{all}, of which the first {MOST_DRAWN} are shown (all of them: --format json).");
    } else {
        let _ = writeln!(out, "{all}.");
    }
    out
}

/// A fault as miette wants it.
#[derive(Debug)]
struct Drawn<'f> {
    fault: &'f Fault,
    source: Option<Line<'f>>,
}

impl<'f> Drawn<'f> {
    fn new(fault: &'f Fault) -> Self {
        let source = fault.source.as_ref().map(|excerpt| Line { fault, shown: tame(excerpt) });
        Self { fault, source }
    }
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { at, says, text, .. } = self.fault;
        write!(f, "{}", clean(says))?;
        // With a source line the frame shows the text and the place.
        if self.source.is_none() {
            let place = clean(&at.to_string());
            if !text.is_empty() && **text != *place {
                write!(f, ": {}", clean(text))?;
            }
            if !place.is_empty() {
                write!(f, " [{place}]")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Drawn<'_> {}

impl Diagnostic for Drawn<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(format!("{} {}", self.fault.code.key(), self.fault.code.title())))
    }
    fn severity(&self) -> Option<Severity> {
        Some(Severity::Error)
    }
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let remedy = &self.fault.remedy;
        (!remedy.is_empty()).then(|| Box::new(clean(remedy)) as Box<dyn fmt::Display>)
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|line| line as &dyn SourceCode)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let line = self.source.as_ref()?;
        let label = if self.fault.at.column.is_empty() { "here" } else { &self.fault.at.column };
        let span = LabeledSpan::new(Some(clean(label)), line.shown.start, line.shown.len);
        Some(Box::new(std::iter::once(span)))
    }
}

/// The one source line of a fault, with its number in the file.
#[derive(Debug)]
struct Line<'f> {
    fault: &'f Fault,
    shown: Excerpt,
}

impl SourceCode for Line<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let whole = SourceSpan::new(0.into(), self.shown.line.len());
        if span.offset() + span.len() > whole.len() {
            return Err(MietteError::OutOfBounds);
        }
        let number = usize::try_from(self.fault.at.line.max(1) - 1).unwrap_or(0);
        let name = clean(&self.fault.at.file);
        let bytes = self.shown.line.as_bytes();
        Ok(Box::new(MietteSpanContents::new_named(name, bytes, whole, number, 0, 1)))
    }
}

/// The excerpt with nothing that steers a terminal, its span inside the line and on character boundaries.
fn tame(excerpt: &Excerpt) -> Excerpt {
    let Excerpt { line, start, len } = excerpt;
    let tame = |c: char| if c.is_control() && c != '\t' { '?' } else { c };
    let (mut text, mut from, mut to) = (String::new(), None, None);
    for (at, c) in line.char_indices() {
        if at >= *start && from.is_none() {
            from = Some(text.len());
        }
        if at >= start + len && to.is_none() {
            to = Some(text.len());
        }
        text.push(tame(c));
    }
    let from = from.unwrap_or(text.len());
    let to = to.unwrap_or(text.len()).max(from);
    Excerpt { line: text.into_boxed_str(), start: from, len: to - from }
}

#[cfg(test)]
mod tests {
    use super::{draw, json};
    use crate::cli::screen::Screen;
    use crate::model::fault::{At, Code, Excerpt, Fault};

    fn blank_max() -> Fault {
        Fault {
            at: At { file: "coaches.csv".into(), line: 3, column: "max".into() },
            code: Code::BlankMax,
            text: "".into(),
            says: "coach C02 has no maximum".into(),
            remedy: "write how many coachees C02 can take, 0 for none".into(),
            source: Some(Excerpt {
                line: "C02,Jan\u{1b} Kowalska,\u{142}\u{f3}d\u{17a},".into(),
                start: 25,
                len: 9,
            }),
        }
    }

    #[test]
    fn a_fault_is_drawn_with_place_code_and_remedy_and_never_steers_the_terminal() {
        let text = draw(&[blank_max(), blank_max()], Screen { colour: false, width: 100 });
        for part in ["coaches.csv:3", "E012", "write how many", "Kowalska", "2 faults"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn the_json_form_has_every_field() {
        let fault = &json(&[blank_max()])["faults"][0];
        assert_eq!(fault["code"], "E012");
        assert_eq!(fault["at"]["line"], 3);
        assert_eq!(fault["at"]["column"], "max");
        assert_eq!(fault["text"], "");
    }
}
