//! Cuts of the relaxation of triads: sets of people of whom groups can together hold only so many halves, or thirds.
//!
//! Method: subset-row inequalities (Jepsen, Petersen, Spoorendonk & Pisinger 2008), which are rank-1 inequalities of Chvátal
//! (1973) and Gomory: of three people at most one group has two or more; and where everybody is no multiple of three, how
//! many triads and pairs there can be.
//! Cuts of three are looked for among all threes that share groups, O(people³), the most violated first. A cut that holds of
//! everybody holds of those who are left.

use std::collections::{BTreeMap, BTreeSet};

/// A group with m of the members counts ⌊m × by / of⌋; all together at most ⌊members × by / of⌋.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cut {
    /// Ascending.
    pub members: Vec<usize>,
    pub by: usize,
    pub of: usize,
}

/// Cuts that are added at a time: more make the next relaxation slow, fewer make more relaxations.
const AT_ONCE: usize = 40;
/// What a cut must be violated by to be worth a row.
const ENOUGH: f64 = 1e-3;

impl Cut {
    pub fn times(&self, group: &[usize]) -> usize {
        group.iter().filter(|v| self.members.binary_search(v).is_ok()).count() * self.by / self.of
    }

    pub fn most(&self) -> usize {
        self.members.len() * self.by / self.of
    }

    /// The cut among the people left, where it says more there than that everybody is in one group.
    fn among(&self, left: &[usize]) -> Option<Self> {
        let members: Vec<usize> =
            self.members.iter().copied().filter(|v| left.binary_search(v).is_ok()).collect();
        let says = members.len() > self.of && !members.len().is_multiple_of(self.of);
        says.then_some(Self { members, ..*self })
    }
}

/// The cuts above that say something about the people left; and one about all of these: of 3k + 2 people there are at most k
/// triads, and of 3k + 1 at most 2k, where a triad counts two and a pair one.
pub fn inherited(above: &[Cut], left: &[usize]) -> Vec<Cut> {
    let by = if left.len() % 3 == 1 { 2 } else { 1 };
    let everybody = Cut { members: left.to_vec(), by, of: 3 };
    let all = above.iter().filter(|cut| cut.of == 2).filter_map(|cut| cut.among(left));
    let mut cuts: Vec<Cut> = everybody.among(left).into_iter().collect();
    for cut in all {
        if !cuts.contains(&cut) {
            cuts.push(cut);
        }
    }
    cuts
}

/// The cuts of three people that these shares of groups violate most.
pub fn violated(shares: &[(&[usize], f64)]) -> Vec<Cut> {
    let mut together: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    let mut triads: BTreeMap<[usize; 3], f64> = BTreeMap::new();
    let mut near: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (group, share) in shares {
        for (at, a) in group.iter().enumerate() {
            for b in &group[at + 1..] {
                *together.entry((*a, *b)).or_default() += share;
                near.entry(*a).or_default().insert(*b);
                near.entry(*b).or_default().insert(*a);
            }
        }
        if let [a, b, c] = **group {
            *triads.entry([a, b, c]).or_default() += share;
        }
    }
    let of = |a: usize, b: usize| together.get(&(a.min(b), a.max(b))).copied().unwrap_or(0.0);
    let mut found: BTreeMap<[usize; 3], f64> = BTreeMap::new();
    for (middle, others) in &near {
        for a in others {
            for b in others.range(a + 1..) {
                let mut three = [*middle, *a, *b];
                three.sort_unstable();
                let inside = triads.get(&three).copied().unwrap_or(0.0);
                let count = of(*middle, *a) + of(*middle, *b) + of(*a, *b) - 2.0 * inside;
                if count > 1.0 + ENOUGH {
                    found.insert(three, count);
                }
            }
        }
    }
    let mut found: Vec<([usize; 3], f64)> = found.into_iter().collect();
    found.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    found.truncate(AT_ONCE);
    found.into_iter().map(|(three, _)| Cut { members: three.to_vec(), by: 1, of: 2 }).collect()
}
