//! The oracle: every plan of a tiny instance, and the best of them. Brute force from the definition; it shares nothing
//! with the solver.

use super::worth::{allowed, worth};
use dyad::model::index::{CoacheeIx, Ix, PairIx};
use dyad::model::instance::Instance;

/// The least worth that a plan can have; the plans themselves are of no interest, because ties are many.
pub fn best(instance: &Instance) -> Vec<i128> {
    best_of(instance, &|_| true).expect("the plan without pairs is a plan")
}

/// The same among those plans that count; `None` where none does.
pub fn best_of(instance: &Instance, counts: &dyn Fn(&[PairIx]) -> bool) -> Option<Vec<i128>> {
    let mut search = Search {
        instance,
        counts,
        plan: Vec::new(),
        left: instance.parts().seats.iter().map(|s| s.max).collect(),
        best: None,
    };
    search.coachee(0);
    search.best
}

struct Search<'i> {
    instance: &'i Instance,
    counts: &'i dyn Fn(&[PairIx]) -> bool,
    plan: Vec<PairIx>,
    left: Vec<u32>,
    best: Option<Vec<i128>>,
}

impl Search<'_> {
    fn coachee(&mut self, at: usize) {
        if at == self.instance.coachees() {
            if allowed(self.instance, &self.plan) && (self.counts)(&self.plan) {
                let worth = worth(self.instance, &self.plan);
                if self.best.as_ref().is_none_or(|best| worth < *best) {
                    self.best = Some(worth);
                }
            }
            return;
        }
        let coachee = CoacheeIx::from_usize(at);
        let wanted = self.instance.parts().demand[coachee].wanted;
        self.places(at, self.instance.rows(coachee), wanted);
    }

    /// Every choice of at most `places` of the rows, in order, then the next coachee.
    fn places(&mut self, at: usize, rows: std::ops::Range<usize>, places: u8) {
        self.coachee(at + 1);
        if places == 0 {
            return;
        }
        for row in rows.clone() {
            let coach = self.instance.parts().coach[row].to_usize();
            if self.left[coach] > 0 {
                self.left[coach] -= 1;
                self.plan.push(PairIx::from_usize(row));
                self.places(at, row + 1..rows.end, places - 1);
                self.plan.pop();
                self.left[coach] += 1;
            }
        }
    }
}
