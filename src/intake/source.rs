//! Files as text: reading under limits, character sets, and the line of a byte.

use std::cell::OnceCell;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::model::fault::{At, Code, Excerpt, Fault};

use super::message;
use super::tables::TableKind;

/// The longest line of a table: a megabyte holds thousands of ids in one cell; more is no table.
pub const LINE_LIMIT: usize = 1 << 20;
/// The largest file: 50 million pairs take about this much.
pub const FILE_LIMIT: u64 = 1 << 30;
/// How much of a source line a fault shows, in characters.
const EXCERPT: usize = 200;

/// What a source is read as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SourceKind {
    /// `programme.toml` of a folder.
    Programme,
    /// One table of a folder.
    Table(TableKind),
    /// A programme in one TOML file.
    Toml,
    /// Tables and rules in a TOML file that are added to those of a programme; of a file of scenarios one scenario, by its number.
    Added(Option<u32>),
    /// A programme in one JSON file.
    Json,
    /// The text of a `--set`; it has no lines.
    Setting,
    /// The paths of a programme that is no file; see `message`.
    Message,
}

impl SourceKind {
    /// Whether the source is a roster as the proto defines it, its programme in an object of its own.
    pub const fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Message)
    }
}

/// A range of bytes of a source.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    pub start: u32,
    pub len: u32,
}

impl Span {
    /// Offsets fit because a file is at most [`FILE_LIMIT`] bytes and its text at most three times that.
    pub fn new(start: usize, end: usize) -> Self {
        let cut = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
        Self { start: cut(start), len: cut(end.saturating_sub(start)) }
    }
    pub const fn end(self) -> usize {
        self.start as usize + self.len as usize
    }
}

/// A file, decoded.
#[derive(Debug)]
pub struct Source {
    pub name: Box<str>,
    pub kind: SourceKind,
    pub text: String,
    line_starts: OnceCell<Vec<u32>>,
}

impl Source {
    pub fn new(name: &str, kind: SourceKind, text: String) -> Self {
        Self { name: name.into(), kind, text, line_starts: OnceCell::new() }
    }

    /// The line of a byte, from 1, and where that line starts and ends. LF, CRLF and CR end lines.
    fn line_of(&self, offset: usize) -> (u32, usize, usize) {
        let starts = self.line_starts.get_or_init(|| line_starts(self.text.as_bytes()));
        let at = u32::try_from(offset).unwrap_or(u32::MAX);
        let line = starts.partition_point(|&s| s <= at).max(1);
        let start = starts[line - 1] as usize;
        let end = starts.get(line).map_or(self.text.len(), |&s| s as usize);
        (u32::try_from(line).unwrap_or(u32::MAX), start, end)
    }

    /// Where a span is, and the line it is in.
    pub fn locate(&self, span: Span, column: &str) -> (At, Option<Excerpt>) {
        let place = |line| At { file: self.name.clone(), line, column: column.into() };
        if self.kind == SourceKind::Setting {
            return (place(0), None);
        }
        let (line, start, end) = self.line_of(span.start as usize);
        if self.kind == SourceKind::Message {
            return (message::locate(self.text[start..end].trim_end(), column), None);
        }
        (place(line), Some(excerpt(&self.text[start..end], span.start as usize - start, span.len as usize)))
    }
}

fn line_starts(text: &[u8]) -> Vec<u32> {
    let mut starts = vec![0];
    for at in memchr::memchr2_iter(b'\n', b'\r', text) {
        if text[at] == b'\n' || text.get(at + 1) != Some(&b'\n') {
            starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
        }
    }
    starts
}

/// The line without its end, cut to 200 characters around the span.
pub fn excerpt(line: &str, start: usize, len: usize) -> Excerpt {
    let line = line.trim_end_matches(['\n', '\r']);
    let start = floor(line, start.min(line.len()));
    let end = floor(line, (start + len).min(line.len()));
    let before = line[..start].char_indices().rev().nth(EXCERPT / 3).map_or(0, |(at, _)| at);
    let shown = &line[before..];
    let stop = shown.char_indices().nth(EXCERPT).map_or(shown.len(), |(at, _)| at);
    let from = start - before;
    Excerpt {
        line: shown[..stop].into(),
        start: from.min(stop),
        len: end.saturating_sub(start).min(stop - from.min(stop)),
    }
}

/// The character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

/// A fault about a file as a whole.
pub fn file_fault(file: &str, line: u32, code: Code, text: &str, says: &str, remedy: &str) -> Fault {
    let at = At { file: file.into(), line, column: "".into() };
    Fault { at, code, text: text.into(), says: says.into(), remedy: remedy.into(), source: None }
}

/// The bytes of a file, at most [`FILE_LIMIT`]; with `lines`, no line over [`LINE_LIMIT`]. Stops reading at the limit.
pub fn read_bytes(path: &Path, name: &str, lines: bool) -> Result<Vec<u8>, Fault> {
    let unreadable = |e: &dyn std::fmt::Display| {
        let says = format!("the file cannot be read: {e}");
        file_fault(name, 0, Code::FileUnreadable, "", &says, "check that the file exists and may be read")
    };
    let about = std::fs::metadata(path).map_err(|e| unreadable(&e))?;
    if about.is_dir() {
        return Err(unreadable(&"it is a folder"));
    }
    if !about.is_file() {
        return Err(unreadable(&"it is not a regular file"));
    }
    if about.len() > FILE_LIMIT {
        return Err(too_large(name));
    }
    let mut file = File::open(path).map_err(|e| unreadable(&e))?.take(FILE_LIMIT + 1);
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0).min(1 << 26) + 1);
    let (mut line, mut line_start) = (1, 0);
    loop {
        let seen = bytes.len();
        let got = file.by_ref().take(1 << 20).read_to_end(&mut bytes).map_err(|e| unreadable(&e))?;
        if got == 0 {
            break;
        }
        for at in memchr::memchr2_iter(b'\n', b'\r', &bytes[seen..]) {
            if lines && seen + at - line_start > LINE_LIMIT {
                return Err(long_line(name, line));
            }
            line += u32::from(bytes[seen + at] == b'\n');
            line_start = seen + at + 1;
        }
        if lines && bytes.len() - line_start > LINE_LIMIT {
            return Err(long_line(name, line));
        }
    }
    if bytes.len() as u64 > FILE_LIMIT { Err(too_large(name)) } else { Ok(bytes) }
}

pub fn too_large(name: &str) -> Fault {
    file_fault(
        name,
        0,
        Code::TooLarge,
        "",
        "the file is larger than 1 GiB",
        "split the programme into smaller ones",
    )
}

pub fn long_line(name: &str, line: u32) -> Fault {
    let remedy = "check that the file is a table with one row per line";
    file_fault(name, line, Code::TooLarge, "", "the line is longer than 1 MiB", remedy)
}

/// How the bytes of a file were turned into text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Charset {
    Utf8,
    Utf16,
    Windows1252,
}

impl Charset {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Windows1252 => "Windows-1252",
        }
    }
}

/// Text from bytes: UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252, which every byte
/// string that is not UTF-8 is taken for. A NUL is never text; the error is its line.
pub fn decode(bytes: Vec<u8>) -> Result<(String, Charset), u32> {
    let utf16 = [&b"\xff\xfe"[..], b"\xfe\xff"].iter().any(|mark| bytes.starts_with(mark));
    let (text, charset) = if utf16 {
        let encoding = if bytes[0] == 0xff { encoding_rs::UTF_16LE } else { encoding_rs::UTF_16BE };
        let (text, broken) = encoding.decode_without_bom_handling(&bytes[2..]);
        if broken {
            return Err(line_number(text.as_bytes(), text.find('\u{fffd}').unwrap_or(0)));
        }
        (text.into_owned(), Charset::Utf16)
    } else {
        if let Some(at) = memchr::memchr(0, &bytes) {
            return Err(line_number(&bytes, at));
        }
        match String::from_utf8(bytes) {
            Ok(text) => (text, Charset::Utf8),
            Err(e) => {
                let text = encoding_rs::WINDOWS_1252.decode_without_bom_handling(e.as_bytes()).0;
                (text.into_owned(), Charset::Windows1252)
            }
        }
    };
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        return Err(line_number(text.as_bytes(), at));
    }
    match text.strip_prefix('\u{feff}') {
        Some(rest) => Ok((rest.to_owned(), charset)),
        None => Ok((text, charset)),
    }
}

pub fn line_number(text: &[u8], offset: usize) -> u32 {
    u32::try_from(line_starts(&text[..offset.min(text.len())]).len()).unwrap_or(u32::MAX)
}

pub fn not_text(name: &str, line: u32) -> Fault {
    let remedy = "save the file as CSV, TOML or JSON text in UTF-8";
    file_fault(name, line, Code::NotText, "", "the file holds bytes that are not text", remedy)
}

#[cfg(test)]
mod tests {
    use super::{Charset, Source, SourceKind, Span, decode, excerpt};

    #[test]
    fn character_sets_are_told_apart() {
        let of = |bytes: &[u8]| decode(bytes.to_vec());
        assert_eq!(of(b"\xef\xbb\xbfid\n"), Ok(("id\n".into(), Charset::Utf8)));
        assert_eq!(of("Mòrag".as_bytes()), Ok(("Mòrag".into(), Charset::Utf8)));
        assert_eq!(of(b"M\xf2rag \x80"), Ok(("Mòrag €".into(), Charset::Windows1252)));
        assert_eq!(of(b"\xff\xfei\0d\0"), Ok(("id".into(), Charset::Utf16)));
        assert_eq!(of(b"\xfe\xff\0i\0d"), Ok(("id".into(), Charset::Utf16)));
        assert_eq!(of(b"\xff\xfe\x00\xd8"), Err(1));
        assert_eq!(of(b"a\nb\r\nc\0"), Err(3));
    }

    #[test]
    fn lines_end_three_ways() {
        let source = Source::new("a.csv", SourceKind::Toml, "a\nb\r\nc\rd".into());
        let line = |at| source.locate(Span { start: at, len: 1 }, "").0.line;
        assert_eq!([line(0), line(2), line(5), line(7)], [1, 2, 3, 4]);
    }

    #[test]
    fn excerpts_are_cut_around_the_text() {
        let long = "é".repeat(1000);
        let cut = excerpt(&long, 1000, 4);
        assert_eq!(cut.line.chars().count(), 200);
        assert_eq!(&cut.line[cut.start..cut.start + cut.len], "éé");
        let whole = excerpt("a,b\r\n", 2, 9);
        assert_eq!((&*whole.line, whole.start, whole.len), ("a,b", 2, 1));
    }
}
