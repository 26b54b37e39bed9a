//! Pairs in any order to the table by coachee and coach.

use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::quantity::{Minutes, Points};
use crate::model::roster::PairTable;

/// Rows as they come, in columns.
#[derive(Default)]
pub struct Rows {
    /// Coachees with the end of their rows: one entry for neighbours of one coachee.
    runs: Vec<(u32, u32)>,
    coach: Vec<CoachIx>,
    score: Vec<Points>,
    /// Empty until a row has minutes.
    minutes: Vec<Option<Minutes>>,
    /// Rows did not come grouped by coachee and ascending by coach, without repeats.
    unsorted: bool,
    /// Coachee and coach of the first row.
    first: (u32, u32),
}

/// Pairs that stand twice, by coachee and coach.
pub type Twice = Vec<(CoacheeIx, CoachIx)>;

impl Rows {
    pub const fn len(&self) -> usize {
        self.coach.len()
    }

    /// Makes room for rows to come.
    pub fn reserve(&mut self, rows: usize) {
        self.coach.reserve_exact(rows);
        self.score.reserve_exact(rows);
    }

    /// Forgets the rows, keeps the room.
    pub fn clear(&mut self) {
        let Self { runs, coach, score, minutes, unsorted, first: _ } = self;
        runs.clear();
        coach.clear();
        score.clear();
        minutes.clear();
        *unsorted = false;
    }

    fn last(&self) -> Option<(u32, u32)> {
        Some((self.runs.last()?.0, self.coach.last()?.get()))
    }

    #[inline]
    pub fn push(&mut self, coachee: CoacheeIx, coach: CoachIx, score: Points, minutes: Option<Minutes>) {
        let (e, c) = (coachee.get(), coach.get());
        match self.last() {
            Some(last) => self.unsorted |= (e, c) <= last,
            None => self.first = (e, c),
        }
        if minutes.is_some() || !self.minutes.is_empty() {
            self.minutes.resize(self.coach.len(), None);
            self.minutes.push(minutes);
        }
        self.coach.push(coach);
        self.score.push(score);
        let end = low(self.coach.len() as u64);
        match self.runs.last_mut() {
            Some(run) if run.0 == e => run.1 = end,
            _ => self.runs.push((e, end)),
        }
    }

    /// Adds the rows of others after these.
    pub fn append(&mut self, others: &Self) {
        let Self { runs, coach, score, minutes, unsorted, first } = others;
        match self.last() {
            Some(last) if !coach.is_empty() => self.unsorted |= *first <= last,
            Some(_) => {}
            None => self.first = *first,
        }
        self.unsorted |= unsorted;
        if !minutes.is_empty() || !self.minutes.is_empty() {
            self.minutes.resize(self.coach.len(), None);
            self.minutes.extend_from_slice(minutes);
            self.minutes.resize(self.coach.len() + coach.len(), None);
        }
        let before = low(self.coach.len() as u64);
        if let (Some(last), Some(next)) = (self.runs.last(), runs.first())
            && last.0 == next.0
        {
            self.runs.pop();
        }
        self.runs.extend(runs.iter().map(|(e, end)| (*e, before + end)));
        self.coach.extend_from_slice(coach);
        self.score.extend_from_slice(score);
    }

    /// The table for this many coachees. Linear, but for the order of coaches within one coachee.
    pub fn finish(self, coachees: usize) -> Result<PairTable, Twice> {
        let Self { runs, coach, score, minutes, unsorted, first: _ } = self;
        let mut starts = vec![0_usize; coachees + 1];
        for (e, rows) in spans(&runs) {
            starts[e as usize + 1] += rows.len();
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        if !unsorted {
            return Ok(PairTable { starts, coach: coach.into(), score: score.into(), minutes });
        }
        let mut order = scattered(&runs, &coach, &starts);
        drop((runs, coach));
        let mut sorted = (vec![CoachIx::new(0); order.len()], vec![Points::ZERO; order.len()]);
        // Two threads share the coachees: each takes those on its side of the middle row.
        let middle = starts.partition_point(|start| *start < order.len() / 2);
        let cut = starts[middle];
        let (one, two) = order.split_at_mut(cut);
        let (coach_one, coach_two) = sorted.0.split_at_mut(cut);
        let (score_one, score_two) = sorted.1.split_at_mut(cut);
        let (low_starts, high_starts) = (&starts[..=middle], &starts[middle..]);
        let mut twice = std::thread::scope(|scope| {
            let other = scope.spawn(|| sort_part(high_starts, two, &score, coach_two, score_two));
            let mut twice = sort_part(low_starts, one, &score, coach_one, score_one);
            let others = other.join().expect("sorting numbers does not panic");
            twice.extend(others.into_iter().map(|(e, c)| (e + middle, c)));
            twice
        });
        twice.dedup();
        if !twice.is_empty() {
            return Err(twice.into_iter().map(|(e, c)| (CoacheeIx::new(low(e as u64)), c)).collect());
        }
        let minutes = if minutes.is_empty() {
            minutes
        } else {
            order.iter().map(|&key| minutes[low(key) as usize]).collect()
        };
        Ok(PairTable { starts, coach: sorted.0.into(), score: sorted.1.into(), minutes })
    }
}

/// Every run with its rows.
fn spans(runs: &[(u32, u32)]) -> impl Iterator<Item = (u32, std::ops::Range<usize>)> {
    let mut from = 0;
    runs.iter().map(move |&(e, end)| (e, std::mem::replace(&mut from, end as usize)..end as usize))
}

/// Coach (high half) and position (low half) of every row, by coachee: a counting sort.
fn scattered(runs: &[(u32, u32)], coach: &[CoachIx], starts: &[usize]) -> Vec<u64> {
    let mut next: Vec<usize> = starts.to_vec();
    let mut order = vec![0_u64; coach.len()];
    for (e, rows) in spans(runs) {
        for row in rows {
            let at = &mut next[e as usize];
            order[*at] = u64::from(coach[row].get()) << 32 | row as u64;
            *at += 1;
        }
    }
    order
}

/// Puts the rows of some coachees in order of coach, then position. `starts` are theirs, the slices begin with the
/// first; answers the pairs that stand twice, with the number of the coachee among these.
fn sort_part(
    starts: &[usize],
    order: &mut [u64],
    score: &[Points],
    coach_out: &mut [CoachIx],
    score_out: &mut [Points],
) -> Vec<(usize, CoachIx)> {
    let mut twice = Vec::new();
    for (e, range) in starts.windows(2).enumerate() {
        let keys = &mut order[range[0] - starts[0]..range[1] - starts[0]];
        keys.sort_unstable();
        let same = keys.windows(2).filter(|two| two[0] >> 32 == two[1] >> 32);
        twice.extend(same.map(|two| (e, CoachIx::new(low(two[0] >> 32)))));
    }
    for (key, (coach, points)) in order.iter().zip(coach_out.iter_mut().zip(score_out)) {
        *coach = CoachIx::new(low(key >> 32));
        *points = score[low(*key) as usize];
    }
    twice
}

/// The low half; there are fewer than 2^32 rows, coaches and coachees.
fn low(key: u64) -> u32 {
    u32::try_from(key & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::Rows;
    use crate::model::index::{CoachIx, CoacheeIx};
    use crate::model::quantity::{Minutes, Points};

    #[test]
    fn rows_may_come_in_parts() {
        let row = |all: &mut Rows, at: u32| {
            let minutes = (at > 6).then_some(Minutes(at));
            all.push(CoacheeIx::new(at / 3), CoachIx::new(at % 3), Points(i64::from(at)), minutes);
        };
        let whole = |order: &[u32]| {
            let mut all = Rows::default();
            for at in order {
                row(&mut all, *at);
            }
            all.finish(4)
        };
        let ordered: Vec<u32> = (0..12).collect();
        let parts = |order: &[u32], size: usize| {
            let (mut all, mut part) = (Rows::default(), Rows::default());
            for some in order.chunks(size) {
                part.clear();
                for at in some {
                    row(&mut part, *at);
                }
                all.append(&part);
                all.append(&Rows::default());
            }
            all.finish(4)
        };
        let mixed = [5, 4, 11, 0, 1, 2, 3, 10, 9, 8, 7, 6];
        for size in 1..13 {
            assert_eq!(parts(&ordered, size), whole(&ordered), "{size}");
            assert_eq!(parts(&mixed, size), whole(&ordered), "{size}");
            assert!(parts(&[0, 1, 2, 3, 1, 4], size).is_err(), "{size}");
        }
    }

    #[test]
    fn the_order_of_rows_does_not_show() {
        let rows = [(0, 2, 5), (0, 7, 6), (2, 0, 7), (2, 1, 8)];
        let table = |rows: &[(u32, u32, i64)]| {
            let mut all = Rows::default();
            for &(e, c, s) in rows {
                let minutes = (s == 7).then_some(Minutes(9));
                all.push(CoacheeIx::new(e), CoachIx::new(c), Points(s), minutes);
            }
            all.finish(4)
        };
        let sorted = table(&rows).expect("no repeats");
        assert_eq!(sorted.starts, [0, 2, 2, 4, 4]);
        assert_eq!(sorted.minutes, [None, None, Some(Minutes(9)), None]);
        let mut shuffled = rows;
        shuffled.swap(0, 3);
        shuffled.swap(1, 2);
        assert_eq!(table(&shuffled), Ok(sorted));
        assert_eq!(
            table(&[(1, 3, 0), (0, 3, 0), (1, 3, 1)]),
            Err(vec![(CoacheeIx::new(1), CoachIx::new(3))])
        );
    }
}
