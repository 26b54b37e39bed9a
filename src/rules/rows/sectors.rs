//! `sector_spread` and `sector_mix`: of how many sectors one coach's coachees are, and how many pairs cross sectors.

use super::Sheet;
use crate::model::catalogue::{RuleKey, Sector, Word};
use crate::model::index::{CoacheeIx, PairIx};
use crate::model::quantity::short_decimal;
use crate::model::row::{About, Amount};
use crate::model::rulebook::{CapRule, ShareRule};

/// A whole pair, where shares are millionths.
const WHOLE: i64 = 1_000_000;

pub(super) fn spread(sheet: &mut Sheet<'_, '_>) {
    let rule = sheet.book().sector_spread;
    let Some(head) = sheet.head(RuleKey::SectorSpread, rule.level, 1, rule.weight) else { return };
    let facts = &sheet.rules.facts;
    let sector = |e: CoacheeIx| facts.sectors[facts.coachee(e)].list().next();
    for (coach, pairs) in sheet.by_coach(&head, |_| true).enumerate() {
        let mut sets: Vec<Vec<PairIx>> = Sector::ALL.iter().map(|_| Vec::new()).collect();
        for (pair, coachee) in pairs {
            if let Some(sector) = sector(*coachee) {
                sets[sector as usize].push(*pair);
            }
        }
        sets.retain(|set| !set.is_empty());
        sheet.add(&head, About::Coach(coach), Amount::Distinct(sets), None, Some(i64::from(rule.k)));
    }
}

pub(super) fn mix(sheet: &mut Sheet<'_, '_>) {
    let rule = sheet.book().sector_mix;
    let Some(head) = sheet.head(RuleKey::SectorMix, rule.level, WHOLE, rule.weight) else { return };
    let facts = &sheet.rules.facts;
    let share = i64::from(rule.share);
    let mut terms = Vec::new();
    for (pair, coachee, coach) in sheet.pairs() {
        let (a, b) = (facts.sectors[facts.coachee(coachee)], facts.sectors[facts.coach(coach)]);
        let crosses = a.known() && b.known() && !a.meets(b);
        let weight = if crosses { WHOLE - share } else { -share };
        if weight != 0 && !head.waives(pair) {
            terms.push((pair, weight));
        }
    }
    sheet.add(&head, About::Programme, Amount::Sum(terms), Some(0), None);
}

pub(super) fn spread_sentence(rule: CapRule) -> String {
    format!("One coach's coachees are of at most {} sectors.", rule.k)
}

pub(super) fn mix_sentence(rule: &ShareRule) -> String {
    // Millionths read as hundredths with four more places.
    format!("At least {} % of all pairs cross sectors.", short_decimal(u64::from(rule.share), 4))
}
