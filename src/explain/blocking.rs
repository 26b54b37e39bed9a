//! Pairs that block a plan: a coach and a coachee who are not paired, could be, and would both rather be.
//!
//! By the definition in `docs/rules.md`, "Stability of preferences": stated ranks alone, whatever the scores say, and
//! at least one of the two has named the other. Only named pairs are looked at, so it costs O(names × load).

use super::placed::Placed;
use crate::model::catalogue::RuleKey;
use crate::model::document::BlockingLine;
use crate::model::index::{CoachIx, CoacheeIx, PairIx};
use crate::model::instance::Excess;
use crate::model::outcome::Assignment;
use crate::model::roster::Aim;
use crate::model::wishes::{Wish, Wishes};
use crate::rules::{Compiled, nth};

/// By coachee, then coach. Nothing where `preferences` is off, unless the plan is to be stable.
pub fn blocking(compiled: &Compiled<'_>, chosen: &Assignment) -> Vec<BlockingLine> {
    let programme = &compiled.roster.programme;
    let off = programme.rules.level(RuleKey::Preferences) == crate::model::catalogue::Level::Off;
    if off && programme.aim == Aim::Best {
        return Vec::new();
    }
    let asked = Asked { compiled, placed: Placed::new(compiled, chosen), wishes: compiled.wishes() };
    asked.wishes.named.iter().filter_map(|wish| asked.line(wish)).collect()
}

struct Asked<'c, 'r> {
    compiled: &'c Compiled<'r>,
    placed: Placed,
    wishes: Wishes,
}

/// Room for somebody: a free place, or the place of somebody who is liked less.
enum Room<T> {
    Free,
    Instead(T),
}

impl Asked<'_, '_> {
    fn line(&self, wish: &Wish) -> Option<BlockingLine> {
        let (instance, roster) = (&self.compiled.instance, self.compiled.roster);
        let coachee = instance.coachee_of(wish.pair);
        let coach = instance.parts().coach[usize::try_from(wish.pair.get()).ok()?];
        if self.placed.coaches[coachee].contains(&coach) {
            return None;
        }
        let (hers, his) = (self.of_coachee(coachee, wish)?, self.of_coach(coach, coachee, wish)?);
        let (she, he) = (roster.coachee_name(coachee), roster.coach_name(coach));
        let named = |who: &str, whom: &str, rank: Option<u32>| match rank {
            Some(rank) => format!("{who} named {whom} as {} choice and", words(rank)),
            None => who.to_owned(),
        };
        let her = match hers {
            Room::Free => format!("{} lacks a coach", named(she, he, wish.coachees)),
            Room::Instead(other) => {
                format!("{} has {}", named(she, he, wish.coachees), roster.coach_name(other))
            }
        };
        let his = match his {
            Room::Free => format!("{} has a free place", named(he, she, wish.coachs)),
            Room::Instead(other) => {
                format!("{} has {}", named(he, she, wish.coachs), roster.coachee_name(other))
            }
        };
        Some(BlockingLine {
            coach: roster.coach_id(coach).into(),
            coachee: roster.coachee_id(coachee).into(),
            says: format!("{her}; {his}").into(),
        })
    }

    fn pinned(&self, pair: PairIx) -> bool {
        self.compiled.instance.parts().pins.binary_search(&pair).is_ok()
    }

    /// The pairs of somebody that are not pinned: a pinned one is never given up.
    fn pair(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<PairIx> {
        self.compiled.instance.pair(coachee, coach).filter(|pair| !self.pinned(*pair))
    }

    fn of_coachee(&self, coachee: CoacheeIx, wish: &Wish) -> Option<Room<CoachIx>> {
        let instance = &self.compiled.instance;
        let pins = instance.rows(coachee).filter(|row| self.pinned(index(*row))).count();
        let places = usize::from(instance.parts().demand[coachee].wanted).saturating_sub(pins);
        let has = self.placed.coaches[coachee].iter().filter_map(|c| Some((self.pair(coachee, *c)?, *c)));
        let has: Vec<(PairIx, CoachIx)> = has.collect();
        if self.pinned(wish.pair) || has.len() < places {
            return Some(Room::Free);
        }
        let rank = wish.coachees?;
        let less = has.into_iter().map(|(pair, coach)| (self.wishes.of(pair).0.unwrap_or(u32::MAX), coach));
        less.filter(|(other, _)| *other > rank)
            .max_by_key(|(other, _)| *other)
            .map(|(_, coach)| Room::Instead(coach))
    }

    fn of_coach(&self, coach: CoachIx, coachee: CoacheeIx, wish: &Wish) -> Option<Room<CoacheeIx>> {
        let has = &self.placed.coachees[coach];
        if self.fits(coach, coachee, None) {
            return Some(Room::Free);
        }
        let rank = wish.coachs?;
        let less = has.iter().filter_map(|other| {
            let place = self.wishes.of(self.pair(*other, coach)?).1.unwrap_or(u32::MAX);
            (place > rank && self.fits(coach, coachee, Some(*other))).then_some((place, *other))
        });
        less.max_by_key(|(place, _)| *place).map(|(_, other)| Room::Instead(other))
    }

    /// Whether the coach has room for the coachee in places and hard caps, somebody else gone.
    fn fits(&self, coach: CoachIx, coachee: CoacheeIx, gone: Option<CoacheeIx>) -> bool {
        let parts = self.compiled.instance.parts();
        let others = || self.placed.coachees[coach].iter().copied().filter(move |e| Some(*e) != gone);
        let free = others().count() < parts.seats[coach].max as usize;
        let hard = parts.nests.iter().filter(|family| family.excess == Excess::Forbidden);
        let counts = |family: &crate::model::instance::NestFamily, who: CoacheeIx| {
            let pair = self.compiled.instance.pair(who, coach);
            let waived = pair.is_some_and(|p| family.exempt.binary_search(&p).is_ok());
            family.group[who].filter(|_| !waived)
        };
        free && hard.into_iter().all(|family| {
            counts(family, coachee).is_none_or(|group| {
                others().filter(|e| counts(family, *e) == Some(group)).count() < family.cap as usize
            })
        })
    }
}

fn index(row: usize) -> PairIx {
    crate::model::index::Ix::from_usize(row)
}

/// A rank from 1 in words.
fn words(rank: u32) -> String {
    nth(u16::try_from(rank.saturating_sub(1)).unwrap_or(u16::MAX))
}
