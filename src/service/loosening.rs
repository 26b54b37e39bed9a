//! A rule of a programme made softer by one step: what is waivable becomes a matter of points, or is only told. What is hard stays so, and
//! so does every rule about conflicts of interest, whatever its level.

use crate::model::catalogue::{Level, RuleKey};
use crate::model::rulebook::RuleBook;

/// The rulebook with one rule softer, and the settings that say so; `None` where that is not to be offered.
pub(super) fn loosened(book: &RuleBook, rule: RuleKey) -> Option<(RuleBook, String)> {
    let mut book = book.clone();
    let mut said = Vec::new();
    let key = crate::model::catalogue::Word::key(rule);
    let mut level = |level: &mut Level| {
        if *level == Level::Waivable {
            *level = Level::Soft;
            said.push(format!("{key}.level=soft"));
        }
    };
    match rule {
        RuleKey::School => level(&mut book.school.level),
        RuleKey::SchoolCap => level(&mut book.school_cap.level),
        RuleKey::Sector => level(&mut book.sector.level),
        RuleKey::SectorCap => level(&mut book.sector_cap.level),
        RuleKey::Region => level(&mut book.region.level),
        RuleKey::Needs => level(&mut book.needs.level),
        RuleKey::Preferences => level(&mut book.preferences.level),
        RuleKey::Travel => level(&mut book.travel.level),
        RuleKey::Seniority => level(&mut book.seniority.level),
        RuleKey::Availability => level(&mut book.availability.level),
        RuleKey::Language => level(&mut book.language.level),
        RuleKey::TravelBudget => level(&mut book.travel_budget.level),
        RuleKey::Hours => level(&mut book.hours.level),
        RuleKey::SectorSpread => level(&mut book.sector_spread.level),
        RuleKey::SectorMix => level(&mut book.sector_mix.level),
        RuleKey::SchoolQuota => level(&mut book.school_quota.level),
        _ => return None,
    }
    let edge = match rule {
        RuleKey::Travel => Some((&mut book.travel.limit, "limit")),
        RuleKey::Seniority => Some((&mut book.seniority.limit, "limit")),
        RuleKey::Availability => Some((&mut book.availability.none, "none")),
        RuleKey::Language => Some((&mut book.language.required, "required")),
        _ => None,
    };
    if let Some((limit, name)) = edge
        && *limit == Level::Waivable
    {
        *limit = Level::Info;
        said.push(format!("{key}.{name}=info"));
    }
    (!said.is_empty()).then(|| (book, said.join(" ")))
}
