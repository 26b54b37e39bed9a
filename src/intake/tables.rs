//! The tables of a programme: their names, columns, and rows as text. Every shape becomes these before it is read.

use super::source::Span;

/// A column of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    pub name: &'static str,
    /// Whether the header must have it.
    pub required: bool,
}

macro_rules! tables {
    ($($(#[$doc:meta])* $kind:ident $row:ident = $name:literal
        [$($need:ident),* $(,)?] [$($free:ident),* $(,)?])*) => {
        /// The tables, in the order in which they are read.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum TableKind { $($kind),* }

        impl TableKind {
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];
            /// The name in a single file; a folder adds `.csv`.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$kind => $name),* }
            }
            pub const fn columns(self) -> &'static [Column] {
                match self { $(Self::$kind => &[
                    $(Column { name: stringify!($need), required: true },)*
                    $(Column { name: stringify!($free), required: false },)*
                ]),* }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Clone, Copy)]
            pub struct $row<'a> { $(pub $need: Field<'a>,)* $(pub $free: Field<'a>,)* }

            impl<'a> $row<'a> {
                pub fn read(row: Row<'a>) -> Self {
                    let mut columns = 0..usize::MAX;
                    Self {
                        $($need: row.field(columns.next().unwrap_or(0)),)*
                        $($free: row.field(columns.next().unwrap_or(0)),)*
                    }
                }
            }
        )*
    };
}

tables! {
    /// `coaches.csv`
    Coaches CoachRow = "coaches" [id, max] [
        name, school, role, grade, sectors, manager, min, postcode, lat, lon, region, drives, online, max_minutes,
        minutes_budget, hours, languages, slots, strengths, preferences, training, barred, cost, status,
    ]
    /// `coachees.csv`
    Coachees CoacheeRow = "coachees" [id] [
        name, school, role, grade, sectors, manager, sponsor, postcode, lat, lon, region, drives, online, max_minutes,
        language, language_level, slots, needs, preferences, priority, wanted, project, status,
    ]
    /// `people.csv`
    People PersonRow = "people" [id] [name, school, role, grade, manager]
    /// `schools.csv`
    Schools SchoolRow = "schools" [id, name] [sector, postcode, lat, lon, region, links, places]
    /// `conflicts.csv`
    Conflicts ConflictRow = "conflicts" [person, other, kind] [from, to, opaque]
    /// `history.csv`
    History HistoryRow = "history" [coach, coachee] [programme, from, to, outcome]
    /// `locks.csv`
    Locks LockRow = "locks" [kind, author, reason] [coach, coachee, expires]
    /// `waivers.csv`
    Waivers WaiverRow = "waivers" [rule, coach, coachee, author, reason] [expires]
    /// `employment.csv`
    Employment EmploymentRow = "employment" [person] [school, role, grade, manager, from, to]
    /// `participants.csv`, for presets that group people from one list.
    Participants ParticipantRow = "participants" [id] [
        name, school, role, grade, sectors, manager, sponsor, postcode, lat, lon, region, drives, online, max_minutes,
        language, language_level, slots, needs, preferences, priority, wanted, project, status, strengths,
    ]
    /// `pairs.csv`
    Pairs PairRow = "pairs" [coach, coachee] [score, minutes]
    /// `travel.csv`
    Travel TravelRow = "travel" [from, to, minutes] []
    /// `plan.csv`; score and minutes are there in plans that Dyad wrote, and say nothing about the start.
    Plan PlanRow = "plan" [coach, coachee] [state, score, minutes]
}

/// A cell with its place.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// Without spaces around.
    pub text: &'a str,
    pub span: Span,
    /// The column's name, or the key.
    pub column: &'a str,
    /// Position of the source.
    pub file: usize,
}

impl<'a> Field<'a> {
    pub const fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// The values of a list cell, split at `;`, without blanks; each with its own place where the text stands as it is.
    pub fn values(self) -> impl Iterator<Item = Field<'a>> {
        let exact = self.span.len as usize == self.text.len();
        let mut offset = 0;
        self.text.split(';').filter_map(move |part| {
            let start = offset + (part.len() - part.trim_start().len());
            offset += part.len() + 1;
            let text = part.trim();
            let from = self.span.start as usize + start;
            let span = if exact { Span::new(from, from + text.len()) } else { self.span };
            (!text.is_empty()).then_some(Field { text, span, ..self })
        })
    }
}

/// A cell: a range of the source, or text of its own where the source spells it otherwise (quotes, escapes).
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    pub span: Span,
    /// Position in `Table::own`, if not `u32::MAX`.
    own: u32,
}

/// The rows of one table as text.
#[derive(Debug)]
pub struct Table<'s> {
    pub kind: TableKind,
    pub file: usize,
    text: &'s str,
    /// For every column of the kind: where it stands in a row, if it does.
    places: Vec<Option<usize>>,
    /// Columns in a row.
    width: usize,
    /// Places whose name is not a column of the kind: a fault already.
    pub unknown: Vec<usize>,
    cells: Vec<Cell>,
    own: Vec<Box<str>>,
    /// Where each row starts in the source.
    rows: Vec<Span>,
    /// Rows that were added from other sources: the first of them and the source; in order.
    added: Vec<(usize, usize)>,
    /// Rows were left out or never found, so that a name that is missing here may be missing for that reason.
    pub broken: bool,
}

impl<'s> Table<'s> {
    pub fn new(
        kind: TableKind,
        file: usize,
        text: &'s str,
        places: Vec<Option<usize>>,
        width: usize,
    ) -> Self {
        let (cells, own, rows) = (Vec::new(), Vec::new(), Vec::new());
        let (unknown, added) = (Vec::new(), Vec::new());
        Self { kind, file, text, places, width, unknown, cells, own, rows, added, broken: false }
    }

    /// Both tables as one, the other's rows last; every cell keeps its place.
    pub fn with(&self, other: &Self) -> Self {
        let columns = self.kind.columns().len();
        let places = (0..columns).map(|c| self.places[c].or(other.places[c]).map(|_| c)).collect();
        let mut both = Table::new(self.kind, self.file, self.text, places, columns);
        both.broken = self.broken || other.broken;
        for table in [self, other] {
            if table.file != self.file {
                both.added.push((both.len(), table.file));
            }
            for row in table.rows() {
                let cells = (0..columns).map(|column| {
                    let field = row.field(column);
                    (field.span, Some(field.text.into()))
                });
                both.push(table.rows[row.row], cells);
            }
        }
        both
    }

    /// The source of a row.
    fn file_of(&self, row: usize) -> usize {
        self.added.iter().rev().find(|(first, _)| *first <= row).map_or(self.file, |(_, file)| *file)
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Columns in a row, those of blank headers included.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Whether the header names the column that stands at this place in a row.
    pub fn names(&self, place: usize) -> bool {
        self.places.contains(&Some(place)) || self.unknown.contains(&place)
    }

    /// Appends a row of exactly `width` cells; texts that differ from their span are kept beside.
    pub fn push(&mut self, at: Span, cells: impl Iterator<Item = (Span, Option<Box<str>>)>) {
        self.rows.push(at);
        for (span, own) in cells {
            let own = own.map_or(u32::MAX, |text| {
                self.own.push(text);
                u32::try_from(self.own.len() - 1).unwrap_or(u32::MAX)
            });
            self.cells.push(Cell { span, own });
        }
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|row| self.row(row))
    }

    pub const fn row(&self, row: usize) -> Row<'_> {
        Row { table: self, row }
    }
}

/// One row of a table.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    table: &'a Table<'a>,
    row: usize,
}

impl<'a> Row<'a> {
    /// The cell of a column, by its position in `TableKind::columns`; blank where the header lacks it.
    #[inline]
    pub fn field(self, column: usize) -> Field<'a> {
        let name = self.table.kind.columns()[column].name;
        let file = self.table.file_of(self.row);
        let Some(place) = self.table.places[column] else {
            let start = self.table.rows[self.row].start;
            return Field { text: "", span: Span { start, len: 0 }, column: name, file };
        };
        let cell = self.table.cells[self.row * self.table.width + place];
        let text = match self.table.own.get(cell.own as usize) {
            Some(own) => own,
            None => &self.table.text[cell.span.start as usize..cell.span.end()],
        };
        Field { text: text.trim(), span: cell.span, column: name, file }
    }
}

/// A name without case, spaces, underscores and hyphens: `Max Minutes`, `maxMinutes` and `max_minutes` are one.
pub fn folded(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).flat_map(char::to_lowercase).collect()
}
