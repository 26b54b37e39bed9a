//! Nests become bins inside their coach: those of each family, and one for each pair of a coachee who wants several coaches.

use super::build::Admit;
use super::composite::Composite;
use crate::model::index::{CoacheeIx, Ix, PairIx};
use crate::model::instance::NestFamily;

/// A nest that became a bin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NestKey {
    /// (family, group)
    Family(usize, u32),
    /// One coachee who wants several coaches enters each of them once.
    Once(u32),
}

/// A nest about to become a bin: the coach, its key, the bin around it.
pub struct Nest {
    pub coach: u32,
    pub key: NestKey,
    pub members: u32,
    pub outer: Option<u32>,
}

/// The nests of a stage, outer ones first.
pub struct Forest<'i> {
    families: &'i [NestFamily],
    pub pins: &'i [PairIx],
    pub nests: Vec<Nest>,
    /// (coach, key) of every nest with its bin, sorted.
    found: Vec<(u32, NestKey, u32)>,
    /// Coachees with more than one open unit.
    several: Vec<bool>,
}

impl<'i> Forest<'i> {
    pub fn of(composite: &'i Composite<'_>, admit: Admit) -> Self {
        let instance = composite.instance;
        let parts = instance.parts();
        let mut open = vec![0_u8; instance.coachees()];
        for unit in composite.units.iter().filter(|u| u.pinned.is_none()) {
            open[unit.coachee as usize] += 1;
        }
        let several = open.iter().map(|n| *n > 1).collect();
        let mut forest = Self {
            families: &parts.nests,
            pins: &composite.pins,
            nests: Vec::new(),
            found: Vec::new(),
            several,
        };
        for family in (0..parts.nests.len()).rev() {
            forest.add_family(composite, admit, family);
        }
        forest.add_once(composite, admit);
        forest
    }

    pub fn is_pinned(&self, pair: PairIx) -> bool {
        !self.pins.is_empty() && self.pins.binary_search(&pair).is_ok()
    }

    fn add_family(&mut self, composite: &'i Composite<'_>, admit: Admit, family: usize) {
        let instance = composite.instance;
        let parts = instance.parts();
        let rule = &parts.nests[family];
        let mut keys: Vec<(u32, u32, u32)> = Vec::new();
        for (coachee, group) in rule.group.enumerate() {
            let Some(group) = group else { continue };
            for at in instance.rows(coachee) {
                let pair = PairIx::from_usize(at);
                if admit.admits(parts.score[at]) && rule.exempt.binary_search(&pair).is_err() {
                    keys.push((parts.coach[at].get(), group.get(), coachee.get()));
                }
            }
        }
        keys.sort_unstable();
        let mut nests = Vec::new();
        for run in keys.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let members = u32::try_from(run.len()).expect("pairs are counted in u32");
            if members > rule.cap {
                let (coach, group, coachee) = run[0];
                let outer = self.entry_from(family + 1, CoacheeIx::new(coachee), None, coach);
                nests.push(Nest { coach, key: NestKey::Family(family, group), members, outer });
            }
        }
        self.add(nests, instance.coaches());
    }

    fn add_once(&mut self, composite: &'i Composite<'_>, admit: Admit) {
        let instance = composite.instance;
        let parts = instance.parts();
        let mut nests = Vec::new();
        for coachee in parts.demand.indexes().filter(|c| self.several[c.to_usize()]) {
            for at in instance.rows(coachee) {
                let pair = PairIx::from_usize(at);
                if admit.admits(parts.score[at]) && !self.is_pinned(pair) {
                    let coach = parts.coach[at].get();
                    let outer = self.entry_from(0, coachee, Some(pair), coach);
                    let key = NestKey::Once(coachee.get());
                    nests.push(Nest { coach, key, members: 1, outer });
                }
            }
        }
        self.add(nests, instance.coaches());
    }

    fn add(&mut self, nests: Vec<Nest>, coaches: usize) {
        for nest in nests {
            let bin = u32::try_from(coaches + self.nests.len()).expect("bins are counted in u32");
            self.found.push((nest.coach, nest.key, bin));
            self.nests.push(nest);
        }
        self.found.sort_unstable();
    }

    fn bin(&self, coach: u32, key: NestKey) -> Option<u32> {
        let at = self.found.partition_point(|f| (f.0, f.1) < (coach, key));
        self.found.get(at).filter(|f| (f.0, f.1) == (coach, key)).map(|f| f.2)
    }

    /// The innermost bin of the families from `first` on; `None`: the coach itself.
    fn entry_from(&self, first: usize, coachee: CoacheeIx, pair: Option<PairIx>, coach: u32) -> Option<u32> {
        (first..self.families.len()).find_map(|family| {
            let rule = &self.families[family];
            let group = rule.group[coachee]?;
            if pair.is_some_and(|p| rule.exempt.binary_search(&p).is_ok()) {
                return None;
            }
            self.bin(coach, NestKey::Family(family, group.get()))
        })
    }

    /// The bin that a pair enters.
    pub fn entry(&self, coachee: CoacheeIx, pair: PairIx, coach: u32) -> u32 {
        if self.nests.is_empty() {
            return coach;
        }
        if self.several[coachee.to_usize()]
            && let Some(bin) = self.bin(coach, NestKey::Once(coachee.get()))
        {
            return bin;
        }
        self.entry_from(0, coachee, Some(pair), coach).unwrap_or(coach)
    }
}

/// How the bins of the instance, the coaches and then the nests, are counted within their regions.
pub struct Layout {
    /// Per bin its number in its region; empty where there is one region, and numbers stay.
    own: Vec<u32>,
    /// Per region its nests.
    pub nests: Vec<Vec<usize>>,
}

impl Layout {
    pub fn of(composite: &Composite<'_>, forest: &Forest<'_>) -> Self {
        let regions = &composite.regions;
        if regions.len() == 1 {
            return Self { own: Vec::new(), nests: vec![(0..forest.nests.len()).collect()] };
        }
        let mut own = vec![0; composite.instance.coaches()];
        let mut home = own.clone();
        for (at, region) in regions.iter().enumerate() {
            for (bin, coach) in (0..).zip(&region.coaches) {
                own[*coach as usize] = bin;
                home[*coach as usize] = u32::try_from(at).expect("there are fewer regions than coaches");
            }
        }
        let mut nests = vec![Vec::new(); regions.len()];
        for (at, nest) in forest.nests.iter().enumerate() {
            let home = home[nest.coach as usize] as usize;
            let bin = regions[home].coaches.len() + nests[home].len();
            own.push(u32::try_from(bin).expect("bins are counted in u32"));
            nests[home].push(at);
        }
        Self { own, nests }
    }

    /// The number of a bin within its region.
    #[inline]
    pub fn own(&self, bin: u32) -> u32 {
        self.own.get(bin as usize).copied().unwrap_or(bin)
    }
}
