//! Whom people would rather have: the ranks that stability is about.

use super::index::PairIx;

/// An eligible pair of which at least one has named the other; ranks count from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wish {
    pub pair: PairIx,
    /// The coach's place in the coachee's list.
    pub coachees: Option<u32>,
    /// The coachee's place in the coach's list.
    pub coachs: Option<u32>,
}

/// What stability is asked of: the named pairs, ascending. Everybody else who is eligible comes after those named.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wishes {
    pub named: Vec<Wish>,
}

impl Wishes {
    /// The ranks of a pair: in the coachee's list, in the coach's.
    pub fn of(&self, pair: PairIx) -> (Option<u32>, Option<u32>) {
        let at = self.named.binary_search_by_key(&pair, |wish| wish.pair);
        at.map_or((None, None), |at| (self.named[at].coachees, self.named[at].coachs))
    }
}
