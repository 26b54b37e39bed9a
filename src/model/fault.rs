//! What can be wrong with input: a closed list of codes, and a fault with its place.

use std::fmt;

macro_rules! codes {
    ($($variant:ident = $code:literal, $title:literal;)*) => {
        /// A stable code for one kind of bad input.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Code { $(#[doc = $title] $variant),* }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// `E012`.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// What it means, in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }
        }
    };
}

codes! {
    FileUnreadable = "E001", "a file cannot be read";
    UnknownFile = "E002", "a file or sheet that is not part of a programme";
    NotText = "E003", "bytes that are not text";
    BadCsv = "E004", "a row that does not fit its header, or an unclosed quote";
    BadToml = "E005", "not valid TOML";
    BadJson = "E006", "not valid JSON";
    UnknownColumn = "E007", "a column that is not part of its table";
    MissingColumn = "E008", "a required column is missing";
    DuplicateColumn = "E009", "a column stands twice";
    BlankRequired = "E010", "a required cell is blank";
    NotWhole = "E011", "not a whole number";
    BlankMax = "E012", "a coach without a maximum";
    OutOfRange = "E013", "a number out of range";
    NotDecimal = "E014", "not a decimal number";
    NotYesNo = "E015", "neither yes nor no";
    NotDate = "E016", "not a date";
    DatesReversed = "E017", "a window that ends before it starts";
    DuplicateId = "E018", "an id stands twice in one list";
    TwoStories = "E019", "two rows about one person disagree";
    UnknownPerson = "E020", "a person who is not listed";
    UnknownSchool = "E021", "a school that is not listed";
    NotInRole = "E022", "a person who is listed, but not in this role";
    ManagerCycle = "E023", "a management chain that returns to its start";
    SelfReference = "E024", "a person in relation to themselves";
    UnknownWord = "E025", "a word that is not one of the allowed ones";
    BadStrength = "E026", "a strength that is not tag:level with level 0 to 3";
    TooMany = "E027", "more values than allowed in one cell";
    DuplicateRow = "E028", "two rows about the same thing";
    BadPostcode = "E029", "a postcode that is malformed or not in the table";
    BadCoordinates = "E030", "coordinates that are no place";
    UnknownKey = "E031", "a key that is not part of a programme";
    UnknownRule = "E032", "a rule that is not in the catalogue";
    UnknownPreset = "E033", "a preset that is not in the catalogue";
    BadParameter = "E034", "a rule's parameter that does not fit";
    BadLevel = "E035", "a level that this rule does not have";
    BadObjective = "E036", "an objective that is not a list of different tiers";
    MissingKey = "E037", "the programme file or one of its keys is missing";
    MissingList = "E038", "a list of people is missing";
    TooLarge = "E039", "a file, line or cell over its limit";
    NestsCross = "E042", "`school_cap` and `sector_cap` that do not form a nest";
    MinAboveMax = "E043", "a minimum above the maximum";
    CannotWaive = "E044", "a waiver of a rule that cannot be waived";
    LockIncomplete = "E045", "a lock that does not say whom it is about";
    UnknownShape = "E046", "neither a programme folder nor a programme file";
    BadPlan = "E047", "not a plan of this programme";
    BadSetting = "E048", "a --set that is not rule.key=value";
    OutputUnwritable = "E049", "an output that cannot be written";
    BadId = "E050", "an id that is not short printable text";
    ProblemTooLarge = "E051", "more people or pairs than the limit";
    NotWithStable = "E052", "something that cannot go with `stable = true`";
    WrongList = "E053", "a list of people that this programme does not take";
    NotForGroups = "E054", "a rule that means nothing where people are grouped from one list";
}

/// Where a fault is. Lines and columns count from 1; a line 0 means the file as a whole.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct At {
    /// The file's name within the programme: `coaches.csv`, or the table's name where everything is in one file.
    pub file: Box<str>,
    pub line: u32,
    /// The column's name or the key; blank where the whole line or file is meant.
    pub column: Box<str>,
}

impl fmt::Display for At {
    /// `coaches.csv:3:max`, without the parts that are not known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if !self.column.is_empty() {
            write!(f, ":{}", self.column)?;
        }
        Ok(())
    }
}

/// One thing that is wrong with the input.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Fault {
    pub at: At,
    pub code: Code,
    /// The offending text, shortened to 80 characters.
    pub text: Box<str>,
    /// What it means: one sentence in lower case without full stop.
    pub says: Box<str>,
    /// What to do about it: one sentence in lower case without full stop.
    pub remedy: Box<str>,
    /// The source line and the byte range of the offending text in it, to draw.
    pub source: Option<Excerpt>,
}

/// A source line with the span of the offending text, in bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Excerpt {
    pub line: Box<str>,
    pub start: usize,
    pub len: usize,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} @ {}: {} ({}); {}", self.code.key(), self.at, self.says, self.text, self.remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn codes_are_numbered_without_gap() {
        // Rules and presets that were not built yet; a code that was told once is never given to anything else.
        let retired = [40, 41];
        let numbers = (1..).filter(|n| !retired.contains(n));
        for (code, number) in Code::ALL.iter().zip(numbers) {
            assert_eq!(code.key(), format!("E{number:03}"));
        }
    }
}
