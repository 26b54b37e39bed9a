//! Writing JSON: keys in the order they are given, one line per row, texts escaped.

use std::fmt::Write;

/// JSON text under construction.
#[derive(Default)]
pub struct Json {
    out: String,
    /// For every open bracket: whether something stands in it, and whether its items go on lines of their own.
    open: Vec<(bool, bool)>,
    after_key: bool,
}

impl Json {
    pub fn open(&mut self, bracket: char, lines: bool) {
        self.item();
        self.out.push(bracket);
        self.open.push((false, lines));
    }

    pub fn close(&mut self, bracket: char) {
        if let Some((true, true)) = self.open.pop() {
            self.line();
        }
        self.out.push(bracket);
    }

    pub fn key(&mut self, key: &str) {
        self.text(key);
        self.out.push_str(": ");
        self.after_key = true;
    }

    pub fn text(&mut self, text: &str) {
        self.item();
        self.out.push('"');
        let mut from = 0;
        for (at, b) in text.bytes().enumerate().filter(|(_, b)| matches!(b, b'"' | b'\\' | 0..=0x1f)) {
            self.out.push_str(&text[from..at]);
            from = at + 1;
            match b {
                b'"' => self.out.push_str("\\\""),
                b'\\' => self.out.push_str("\\\\"),
                b'\n' => self.out.push_str("\\n"),
                b'\r' => self.out.push_str("\\r"),
                b'\t' => self.out.push_str("\\t"),
                _ => {
                    let _ = write!(self.out, "\\u{b:04x}");
                }
            }
        }
        self.out.push_str(&text[from..]);
        self.out.push('"');
    }

    /// A number, `true`, `false` or `null`.
    pub fn plain(&mut self, value: impl std::fmt::Display) {
        self.item();
        let _ = write!(self.out, "{value}");
    }

    /// The values as a list on one line.
    pub fn texts<T: AsRef<str>>(&mut self, texts: impl IntoIterator<Item = T>) {
        self.open('[', false);
        for text in texts {
            self.text(text.as_ref());
        }
        self.close(']');
    }

    /// The text, with a final newline.
    pub fn finish(mut self) -> String {
        self.out.push('\n');
        self.out
    }

    /// What is ready so far, to be written away.
    pub fn drain(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    fn item(&mut self) {
        if std::mem::take(&mut self.after_key) {
            return;
        }
        let Some((filled, lines)) = self.open.last_mut() else { return };
        let (first, lines) = (!std::mem::replace(filled, true), *lines);
        if !first {
            self.out.push(',');
        }
        if lines {
            self.line();
        } else if !first {
            self.out.push(' ');
        }
    }

    fn line(&mut self) {
        self.out.push('\n');
        let depth = self.open.iter().filter(|(_, lines)| *lines).count();
        for _ in 0..depth {
            self.out.push_str("  ");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn items_are_separated_and_texts_escaped() {
        let mut json = Json::default();
        json.open('{', true);
        json.key("a");
        json.text("q\"\\\n\u{1}é");
        json.key("b");
        json.open('[', false);
        json.plain(1);
        json.plain("null");
        json.close(']');
        json.key("c");
        json.open('[', true);
        json.close(']');
        json.close('}');
        assert_eq!(
            json.finish(),
            "{\n  \"a\": \"q\\\"\\\\\\n\\u0001é\",\n  \"b\": [1, null],\n  \"c\": []\n}\n"
        );
    }
}
