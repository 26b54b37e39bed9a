//! Every rule of the catalogue in one English sentence.

use super::{
    availability, capacity, caps, declared, grouping, history, language, line, locks, needs, pairs,
    preferences, rows, school, sector_region, seniority, sponsor, training, travel,
};
use crate::model::catalogue::{Level, RuleKey, Word};
use crate::model::rulebook::RuleBook;

/// Every rule of the catalogue with its level and its English sentence, parameters filled in.
pub fn sentences(book: &RuleBook) -> Vec<(RuleKey, Level, Box<str>)> {
    RuleKey::ALL.iter().map(|key| (*key, book.level(*key), sentence(book, *key).into())).collect()
}

fn sentence(book: &RuleBook, key: RuleKey) -> String {
    match key {
        RuleKey::Capacity => capacity::capacity_sentence(book),
        RuleKey::Priority => capacity::PRIORITY.into(),
        RuleKey::Balance => capacity::BALANCE.into(),
        RuleKey::Floor => capacity::FLOOR.into(),
        RuleKey::School => school::sentence(&book.school),
        RuleKey::SchoolCap => caps::sentence(book.school_cap, "come from one school"),
        RuleKey::Sector => sector_region::sentence(book.sector, "sector"),
        RuleKey::SectorCap => caps::sentence(book.sector_cap, "are of one sector"),
        RuleKey::Travel => travel::sentence(&book.travel),
        RuleKey::Region => sector_region::sentence(book.region, "region"),
        RuleKey::Line => line::line_sentence(&book.line),
        RuleKey::SharedManager => line::SHARED_MANAGER.into(),
        RuleKey::Sponsor => sponsor::SPONSOR.into(),
        RuleKey::SponsorTie => sponsor::SPONSOR_TIE.into(),
        RuleKey::Declared => declared::sentence(&book.declared),
        RuleKey::Seniority => seniority::sentence(&book.seniority),
        RuleKey::Needs => needs::sentence(&book.needs),
        RuleKey::Preferences => preferences::sentence(book.preferences),
        RuleKey::Availability => availability::sentence(&book.availability),
        RuleKey::Language => language::sentence(&book.language),
        RuleKey::History => history::sentence(&book.history),
        RuleKey::Training => training::training_sentence(&book.training),
        RuleKey::External => rows::external_sentence(&book.external),
        RuleKey::Locks => locks::LOCKS.into(),
        RuleKey::Pairs => pairs::sentence(&book.pairs),
        RuleKey::GroupSize => grouping::sentence(book.group_size),
        several => rows::sentence(book, several),
    }
}
