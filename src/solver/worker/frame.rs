//! Programmes and answers as bytes: frames of a length and a body, all numbers in 64 bits, little end first.
//!
//! Both ends are one program, so there is no version; a body that does not read back exactly is refused.

use crate::solver::rows::program::{Answer, Ask, Column, Limit, Program, Said};
use std::io::{self, Read, Write};

/// More than the largest programme within the limits of intake makes, less than memory.
const LONGEST: u64 = 1 << 33;

pub fn write(out: &mut impl Write, body: &[u8]) -> io::Result<()> {
    out.write_all(&(body.len() as u64).to_le_bytes())?;
    out.write_all(body)?;
    out.flush()
}

/// The next body; an error at the end.
pub fn read(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut body = Vec::new();
    from.take(length).read_to_end(&mut body)?;
    if body.len() as u64 == length { Ok(body) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Numbers going out.
#[derive(Default)]
struct Out(Vec<u8>);

impl Out {
    fn number(&mut self, n: i64) {
        self.0.extend(n.to_le_bytes());
    }
    fn maybe(&mut self, n: Option<i64>) {
        self.number(i64::from(n.is_some()));
        self.number(n.unwrap_or(0));
    }
    fn length(&mut self, n: usize) {
        self.number(i64::try_from(n).expect("lengths fit"));
    }
}

/// Numbers coming in; `None` where they end too early or are out of range.
struct In<'b>(&'b [u8]);

impl In<'_> {
    fn number(&mut self) -> Option<i64> {
        let (first, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        Some(i64::from_le_bytes(*first))
    }
    fn flag(&mut self) -> Option<bool> {
        match self.number()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
    /// Reads a number that may be missing into its place.
    fn maybe(&mut self, place: &mut Option<i64>) -> Option<()> {
        let some = self.flag()?;
        let number = self.number()?;
        *place = some.then_some(number);
        Some(())
    }
    /// How many items of at least 8 bytes follow.
    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|n| *n <= self.0.len() / 8)
    }
    fn end<T>(self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

pub fn question(program: &Program, ask: Ask) -> Vec<u8> {
    let mut out = Out::default();
    let Ask { presolve, milliseconds, target } = ask;
    out.number(i64::from(presolve));
    out.maybe(milliseconds.map(|ms| i64::try_from(ms).unwrap_or(i64::MAX)));
    out.maybe(target);
    out.length(program.columns.len());
    for Column { most, whole, cost, start } in &program.columns {
        for number in [*most, i64::from(*whole), *cost, *start] {
            out.number(number);
        }
    }
    out.length(program.limits.len());
    for Limit { least, most, terms } in &program.limits {
        out.maybe(*least);
        out.maybe(*most);
        out.length(terms.len());
        for (column, weight) in terms {
            out.number(i64::from(*column));
            out.number(*weight);
        }
    }
    out.0
}

pub fn read_question(body: &[u8]) -> Option<(Program, Ask)> {
    let mut from = In(body);
    let presolve = from.flag()?;
    let (mut milliseconds, mut target) = (None, None);
    from.maybe(&mut milliseconds)?;
    from.maybe(&mut target)?;
    let milliseconds = milliseconds.map(u64::try_from).transpose().ok()?;
    let ask = Ask { presolve, milliseconds, target };
    let mut program = Program::default();
    for _ in 0..from.length()? {
        let most = from.number()?;
        let whole = from.flag()?;
        program.columns.push(Column { most, whole, cost: from.number()?, start: from.number()? });
    }
    for _ in 0..from.length()? {
        let mut limit = Limit::default();
        from.maybe(&mut limit.least)?;
        from.maybe(&mut limit.most)?;
        for _ in 0..from.length()? {
            let column =
                u32::try_from(from.number()?).ok().filter(|c| (*c as usize) < program.columns.len())?;
            limit.terms.push((column, from.number()?));
        }
        program.limits.push(limit);
    }
    from.end((program, ask))
}

const SAID: [Said; 4] = [Said::Best, Said::Stopped, Said::Nothing, Said::Failed];

pub fn answer(answer: &Answer) -> Vec<u8> {
    let mut out = Out::default();
    let Answer { said, taken, bound } = answer;
    out.length(SAID.iter().position(|s| s == said).expect("every word is listed"));
    out.maybe(*bound);
    out.number(i64::from(taken.is_some()));
    for column in taken.iter().flatten() {
        out.number(i64::from(*column));
    }
    out.0
}

pub fn read_answer(body: &[u8], columns: usize) -> Option<Answer> {
    let mut from = In(body);
    let said = *SAID.get(usize::try_from(from.number()?).ok()?)?;
    let mut bound = None;
    from.maybe(&mut bound)?;
    let taken = if from.flag()? {
        Some((0..columns).map(|_| from.flag()).collect::<Option<Vec<bool>>>()?)
    } else {
        None
    };
    from.end(Answer { said, taken, bound })
}

#[cfg(test)]
mod tests {
    use super::{answer, question, read, read_answer, read_question, write};
    use crate::solver::rows::program::{Answer, Ask, Column, Limit, Program, Said};

    fn programs() -> (Program, Ask) {
        let column = |cost| Column { most: 1, whole: cost > 0, cost, start: 0 };
        let limit = Limit { least: Some(-3), most: None, terms: vec![(0, -7), (1, 1 << 50)] };
        let program = Program { columns: vec![column(-5), column(9)], limits: vec![limit, Limit::default()] };
        (program, Ask { presolve: true, milliseconds: Some(12), target: None })
    }

    #[test]
    fn what_is_written_reads_back_and_nothing_shorter_does() {
        let (program, ask) = programs();
        let body = question(&program, ask);
        assert_eq!(read_question(&body), Some((program, ask)));
        assert!((0..body.len()).all(|end| read_question(&body[..end]).is_none()));
        for taken in [None, Some(vec![true, false])] {
            let said = Answer { said: Said::Stopped, taken, bound: Some(-4) };
            let body = answer(&said);
            assert_eq!(read_answer(&body, 2), Some(said));
            assert!((0..body.len()).all(|end| read_answer(&body[..end], 2).is_none()));
        }
    }

    #[test]
    fn frames_keep_their_length() {
        let mut bytes = Vec::new();
        write(&mut bytes, b"one").expect("memory");
        write(&mut bytes, b"").expect("memory");
        let mut from = bytes.as_slice();
        assert_eq!((read(&mut from).ok(), read(&mut from).ok()), (Some(b"one".to_vec()), Some(Vec::new())));
        assert!(read(&mut from).is_err());
        assert!(read(&mut [255; 20].as_slice()).is_err(), "a length that nobody sends");
    }
}
