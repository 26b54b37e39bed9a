//! Regions: coaches and coachees who share nobody with the others, so that each region is searched on its own.
//!
//! Method: the connected components of the eligible pairs, by joining the coaches of each coachee (Galler & Fischer 1964,
//! with path halving); small components next to each other in the order of their first coach make up a region together.
//! Complexity: pairs × log coaches at worst; a look ends as soon as all coaches are joined.

use super::units::Unit;
use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::model::instance::Instance;
use std::ops::Range;

/// Pairs that are worth a region of their own: so many are searched in 1 to 2 ms (measured), some ten times what a thread takes
/// to start.
const LEAST_PAIRS: usize = 20_000;

/// Sets of coaches. The first coach of a set stands for it.
pub struct Sets {
    above: Vec<u32>,
    count: usize,
}

impl Sets {
    /// Every coach alone.
    pub fn new(coaches: usize) -> Self {
        let coaches = u32::try_from(coaches).expect("coaches are counted in u32");
        Self { above: (0..coaches).collect(), count: coaches as usize }
    }

    fn first(&mut self, mut coach: u32) -> u32 {
        while self.above[coach as usize] != coach {
            let above = self.above[coach as usize] as usize;
            self.above[coach as usize] = self.above[above];
            coach = self.above[coach as usize];
        }
        coach
    }

    /// Makes one set of those of all these coaches.
    #[inline]
    pub fn join(&mut self, coaches: &[CoachIx]) {
        let Some(one) = coaches.first().filter(|_| self.count > 1) else { return };
        let mut one = self.first(one.get());
        for other in coaches {
            if self.above[other.to_usize()] == one {
                continue;
            }
            let other = self.first(other.get());
            if other != one {
                self.above[one.max(other) as usize] = one.min(other);
                self.count -= 1;
                one = one.min(other);
            }
        }
    }

    /// Joins whatever is joined in the other as well.
    pub fn join_all(&mut self, other: &Self) {
        for (coach, above) in other.above.iter().enumerate() {
            self.join(&[CoachIx::from_usize(coach), CoachIx::new(*above)]);
        }
    }
}

/// Which region every coach is in.
pub struct Regions {
    pub of_coach: Vec<u32>,
    pub count: u32,
}

impl Regions {
    /// The regions of an instance with these components; at least one.
    pub fn of(instance: &Instance, mut sets: Sets) -> Self {
        let coaches = instance.coaches();
        let mut of_coach = vec![0; coaches];
        if sets.count <= 1 {
            return Self { of_coach, count: 1 };
        }
        let mut pairs = vec![0; coaches];
        for coachee in (0..instance.coachees()).map(CoacheeIx::from_usize) {
            let rows = instance.rows(coachee);
            if !rows.is_empty() {
                pairs[sets.first(instance.parts().coach[rows.start].get()) as usize] += rows.len();
            }
        }
        let (mut region, mut size) = (0, 0);
        for coach in 0..coaches {
            let first = sets.first(u32::try_from(coach).expect("coaches are counted in u32")) as usize;
            if first < coach {
                of_coach[coach] = of_coach[first];
                continue;
            }
            if size >= LEAST_PAIRS {
                (region, size) = (region + 1, 0);
            }
            of_coach[coach] = region;
            size += pairs[coach];
        }
        if size < LEAST_PAIRS && region > 0 {
            of_coach.iter_mut().filter(|r| **r == region).for_each(|r| *r -= 1);
            region -= 1;
        }
        Self { of_coach, count: region + 1 }
    }
}

/// The units and coaches of one region.
#[derive(Clone)]
pub struct Region {
    pub units: Range<usize>,
    pub coaches: Vec<u32>,
}

impl Regions {
    /// The region of a coachee with this best coach; of one without pairs, the first.
    fn of_nearest(&self, nearest: u32) -> u32 {
        self.of_coach.get(nearest as usize).copied().unwrap_or(0)
    }

    /// Every region, from units that are sorted by region and the best coach of each coachee.
    pub fn split(&self, units: &[Unit], nearest: &[u32]) -> Vec<Region> {
        let mut end = 0;
        let mut regions: Vec<Region> = (0..self.count)
            .map(|region| {
                let start = end;
                let own = |unit: &Unit| self.of_nearest(nearest[unit.coachee as usize]) <= region;
                end = start + units[start..].partition_point(own);
                Region { units: start..end, coaches: Vec::new() }
            })
            .collect();
        for (coach, region) in (0..).zip(&self.of_coach) {
            regions[*region as usize].coaches.push(coach);
        }
        regions
    }
}
