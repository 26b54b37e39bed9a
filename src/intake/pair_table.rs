//! Pairs in any order to the table by coachee and coach.

use crate::model::index::{CoachIx, CoacheeIx};
use crate::model::quantity::{Minutes, Points};
use crate::model::roster::PairTable;

/// Rows as they come, in columns.
#[derive(Default)]
pub struct Rows {
    coachee: Vec<u32>,
    coach: Vec<CoachIx>,
    score: Vec<Points>,
    minutes: Vec<Option<Minutes>>,
    /// A row has minutes.
    timed: bool,
    /// Rows came grouped by coachee and ascending by coach, without repeats.
    unsorted: bool,
}

/// Pairs that stand twice, by coachee and coach.
pub type Twice = Vec<(CoacheeIx, CoachIx)>;

impl Rows {
    pub const fn len(&self) -> usize {
        self.coach.len()
    }

    /// Makes room for rows to come.
    pub fn reserve(&mut self, rows: usize) {
        self.coachee.reserve_exact(rows);
        self.coach.reserve_exact(rows);
        self.score.reserve_exact(rows);
    }

    #[inline]
    pub fn push(&mut self, coachee: CoacheeIx, coach: CoachIx, score: Points, minutes: Option<Minutes>) {
        if let (Some(&e), Some(&c)) = (self.coachee.last(), self.coach.last()) {
            self.unsorted |= (coachee.get(), coach) <= (e, c);
        }
        if minutes.is_some() && !self.timed {
            self.timed = true;
            self.minutes.reserve_exact(self.coach.capacity());
            self.minutes.resize(self.coach.len(), None);
        }
        if self.timed {
            self.minutes.push(minutes);
        }
        self.coachee.push(coachee.get());
        self.coach.push(coach);
        self.score.push(score);
    }

    /// The table for this many coachees. Linear, but for the order of coaches within one coachee.
    pub fn finish(self, coachees: usize) -> Result<PairTable, Twice> {
        let Self { coachee, coach, score, minutes, timed: _, unsorted } = self;
        let mut starts = vec![0_usize; coachees + 1];
        for &e in &coachee {
            starts[e as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        if !unsorted {
            return Ok(PairTable { starts, coach: coach.into(), score: score.into(), minutes });
        }
        let order = order(&coachee, &coach, &starts);
        drop((coachee, coach));
        let mut twice = Vec::new();
        for (e, range) in starts.windows(2).enumerate() {
            for two in order[range[0]..range[1]].windows(2).filter(|two| two[0] >> 32 == two[1] >> 32) {
                twice.push((CoacheeIx::new(low(e as u64)), CoachIx::new(low(two[0] >> 32))));
            }
        }
        if !twice.is_empty() {
            twice.dedup();
            return Err(twice);
        }
        // One column after the other, so that only one is held twice.
        let score = put(score, &order).into();
        let minutes = if minutes.is_empty() { minutes } else { put(minutes, &order) };
        let coach = order.iter().map(|key| CoachIx::new(low(key >> 32))).collect();
        Ok(PairTable { starts, coach, score, minutes })
    }
}

/// Coach (high half) and position (low half) of every row, in order of coachee, then coach, then position: a counting
/// sort, then short sorts of numbers.
fn order(coachee: &[u32], coach: &[CoachIx], starts: &[usize]) -> Vec<u64> {
    let mut next: Vec<usize> = starts.to_vec();
    let mut order = vec![0_u64; coachee.len()];
    for (row, (&e, c)) in coachee.iter().zip(coach).enumerate() {
        let at = &mut next[e as usize];
        order[*at] = u64::from(c.get()) << 32 | row as u64;
        *at += 1;
    }
    for range in starts.windows(2) {
        order[range[0]..range[1]].sort_unstable();
    }
    order
}

/// The low half; there are fewer than 2^32 rows, coaches and coachees.
fn low(key: u64) -> u32 {
    u32::try_from(key & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

fn put<T: Copy>(column: Vec<T>, order: &[u64]) -> Vec<T> {
    let sorted = order.iter().map(|&key| column[low(key) as usize]).collect();
    drop(column);
    sorted
}

#[cfg(test)]
mod tests {
    use super::Rows;
    use crate::model::index::{CoachIx, CoacheeIx};
    use crate::model::quantity::{Minutes, Points};

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
