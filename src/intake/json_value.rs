//! JSON text to values (RFC 8259). Written by hand because faults need places, and numbers their own spelling:
//! `0.1` must not pass through a float.

use std::borrow::Cow;

use super::source::Span;
use super::value::{Key, Kind, Malformed, Value};

/// Deeper than any document of ours; a bound for the stack.
const DEPTH: usize = 64;

/// Reads a document; stops at the first error, because after it nothing is certain.
pub fn read(text: &str) -> Result<Value<'_>, Malformed> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.space();
    if reader.at < text.len() { Err(reader.wrong("text follows the end of the document")) } else { Ok(value) }
}

struct Reader<'s> {
    text: &'s str,
    at: usize,
}

impl<'s> Reader<'s> {
    fn wrong(&self, says: &str) -> Malformed {
        Malformed { span: Span::new(self.at, (self.at + 1).min(self.text.len())), says: says.to_owned() }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value<'s>, Malformed> {
        self.space();
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{' | b'[') if depth >= DEPTH => return Err(self.wrong("values are nested too deeply")),
            Some(b'{') => self.table(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Kind::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Kind::Plain(Cow::Borrowed(self.number()?)),
            _ => self.word()?,
        };
        Ok(Value { span: Span::new(start, self.at), kind })
    }

    fn word(&mut self) -> Result<Kind<'s>, Malformed> {
        for (word, kind) in [("true", Kind::Bool(true)), ("false", Kind::Bool(false)), ("null", Kind::Null)] {
            if self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(kind);
            }
        }
        Err(self.wrong(if self.at < self.text.len() {
            "a value was expected here"
        } else {
            "the text ends too early"
        }))
    }

    fn number(&mut self) -> Result<&'s str, Malformed> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let zero = self.peek() == Some(b'0');
        let whole = self.digits()?;
        if zero && whole > 1 {
            return Err(self.wrong("a number starts with a zero too many"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) -> Result<usize, Malformed> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.wrong("a digit was expected here")) } else { Ok(self.at - start) }
    }

    fn list(&mut self, depth: usize) -> Result<Kind<'s>, Malformed> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Kind::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.comma_or(b']', "a comma or ] was expected here")? {
                return Ok(Kind::List(items));
            }
        }
    }

    fn table(&mut self, depth: usize) -> Result<Kind<'s>, Malformed> {
        self.at += 1;
        let mut entries: Vec<(Key<'s>, Value<'s>)> = Vec::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Kind::Table(entries));
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a key in quotes was expected here"));
            }
            let name = self.string()?;
            let span = Span::new(start + 1, self.at - 1);
            // Quadratic in the keys of one object, of which ours have at most 27; others are cut off here.
            if entries.len() >= 1000 || entries.iter().any(|(key, _)| key.name == name) {
                return Err(Malformed {
                    span,
                    says: format!("the key \"{name}\" stands twice, or there are over 1000"),
                });
            }
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.wrong("a colon was expected here"));
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            entries.push((Key { name, span }, value));
            if self.comma_or(b'}', "a comma or } was expected here")? {
                return Ok(Kind::Table(entries));
            }
        }
    }

    /// Whether the bracket closes; a comma goes on.
    fn comma_or(&mut self, close: u8, says: &str) -> Result<bool, Malformed> {
        self.space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(false)
            }
            Some(b) if b == close => {
                self.at += 1;
                Ok(true)
            }
            _ => Err(self.wrong(says)),
        }
    }

    fn string(&mut self) -> Result<Cow<'s, str>, Malformed> {
        self.at += 1;
        let (start, mut own) = (self.at, String::new());
        let mut from = start;
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let Some(step) = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)) else {
                self.at = start - 1;
                return Err(self.wrong("the string is never closed"));
            };
            self.at += step;
            match self.peek() {
                Some(b'"') => {
                    let tail = &self.text[from..self.at];
                    self.at += 1;
                    return Ok(if from == start { Cow::Borrowed(tail) } else { Cow::Owned(own + tail) });
                }
                Some(b'\\') => {
                    own.push_str(&self.text[from..self.at]);
                    self.at += 1;
                    own.push(self.escape()?);
                    from = self.at;
                }
                _ => return Err(self.wrong("a control character stands in a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Malformed> {
        let letter = self.peek();
        let plain = match letter {
            Some(b'"' | b'\\' | b'/') => letter.map(char::from),
            Some(b'b') => Some('\u{8}'),
            Some(b'f') => Some('\u{c}'),
            Some(b'n') => Some('\n'),
            Some(b'r') => Some('\r'),
            Some(b't') => Some('\t'),
            Some(b'u') => None,
            _ => return Err(self.wrong("an unknown escape")),
        };
        self.at += 1;
        if let Some(c) = plain {
            return Ok(c);
        }
        let high = self.hex()?;
        let code = if (0xd800..0xdc00).contains(&high) && self.text.as_bytes()[self.at..].starts_with(b"\\u")
        {
            self.at += 2;
            let low = self.hex()?;
            if (0xdc00..0xe000).contains(&low) {
                0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)
            } else {
                high
            }
        } else {
            high
        };
        char::from_u32(code).ok_or_else(|| self.wrong("an escape that is no character"))
    }

    fn hex(&mut self) -> Result<u32, Malformed> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).and_then(|b| std::str::from_utf8(b).ok());
        let hex = digits.filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = hex.and_then(|d| u32::from_str_radix(d, 16).ok());
        let code = code.ok_or_else(|| self.wrong("four hexadecimal digits were expected here"))?;
        self.at += 4;
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::{Kind, Value};
    use super::read;

    fn plain(value: &Value<'_>) -> serde_json::Value {
        match &value.kind {
            Kind::Null => serde_json::Value::Null,
            Kind::Bool(b) => (*b).into(),
            Kind::Plain(n) => serde_json::from_str(n).expect("a number"),
            Kind::Text(t) => t.as_ref().into(),
            Kind::List(items) => items.iter().map(plain).collect(),
            Kind::Table(entries) => serde_json::Value::Object(
                entries.iter().map(|(k, v)| (k.name.to_string(), plain(v))).collect(),
            ),
        }
    }

    #[test]
    fn agrees_with_serde_json() {
        let good = [
            r#" {"a": [1, -2.50, 3e4, true, false, null], "b": {"c\u00e9\ud83d\ude00\n": "d\"/\\"}, "e": [], "f": {}} "#,
            "\"\"",
            "-0",
            "[[[0.1E-7]]]",
        ];
        for text in good {
            let ours = read(text).unwrap_or_else(|e| panic!("{text}: {}", e.says));
            assert_eq!(
                plain(&ours),
                serde_json::from_str::<serde_json::Value>(text).expect("valid"),
                "{text}"
            );
        }
        let bad = [
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "01",
            "1.",
            "-",
            "+1",
            "1e",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"a",
            "nul",
            "[1 2]",
            "{} {}",
            "{a:1}",
            "\"\n\"",
            "{\"a\":1,\"a\":2}",
            "NaN",
        ];
        for text in bad {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read(&"[".repeat(100_000)).is_err());
    }
}
