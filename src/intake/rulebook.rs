//! The parameters of every rule, by name, with what each may be. One table, for reading and for writing.

use crate::model::catalogue::{ConflictKind, Cover, Level, Must, Repeat, RuleKey, Word};
use crate::model::grouping::GroupSize;
use crate::model::quantity::{Points, short_decimal};
use crate::model::rulebook::{
    AvailabilityRule, CapRule, CapacityRule, DeclaredRule, ExternalRule, GroupRule, HistoryRule, HoursRule,
    KindRule, LanguageRule, LineRule, NeedsRule, PairsRule, Plain, QuotaRule, RingsRule, RuleBook,
    SchoolRule, SeniorityRule, ShareRule, TrainingRule, TravelRule,
};

/// Where a parameter is kept, and which values it takes.
pub enum Slot<'b> {
    Level(&'b mut Level, &'static [Level]),
    /// 0 to 1,000,000 points.
    Weight(&'b mut Points),
    Whole(&'b mut u32, u32, u32),
    Signed(&'b mut i32),
    /// Blank: none.
    Limit(&'b mut Option<u32>),
    /// A decimal of so many places (at most 6), held in units of the last one; from and to.
    Decimal(&'b mut u32, u8, u32, u32),
    /// A sum of money in hundredths, to a billion. Blank: none.
    Money(&'b mut Option<u64>),
    /// A whole number from 3, or `any`.
    Longest(&'b mut Option<u32>),
    Flag(&'b mut bool),
    Must(&'b mut Must, &'static [Must]),
    Cover(&'b mut Cover),
    Repeat(&'b mut Repeat),
    /// 2 or 3 to a group.
    Size(&'b mut GroupSize),
    Names(&'b mut Vec<Box<str>>),
}

const ALL: &[Level] = Level::ALL;
const HARD: &[Level] = &[Level::Hard, Level::Off];
/// Read as `hard`: a rule that is on or off.
const SWITCH: &[Level] = &[Level::Hard, Level::Soft, Level::Off];
const TIER: &[Level] = &[Level::Soft, Level::Off];
const MINIMUM: &[Level] = &[Level::Hard, Level::Soft, Level::Off];
const EDGE: &[Level] = &[Level::Hard, Level::Waivable, Level::Info, Level::Off];
/// The most days and hours that a pair takes. With day rates of at most a million, a pair's cost stays below 2^40 in
/// ten-thousandths, as [`crate::model::instance::Instance::try_new`] asks.
const MOST_PER_PAIR: u32 = 100;
const GIVEN: &[Level] = &[Level::Hard, Level::Soft, Level::Info, Level::Off];
const KINDS: &[Must] = &[Must::Cross, Must::Same, Must::Any];

type Slots<'b> = Vec<(&'static str, Slot<'b>)>;

/// The parameters of a rule; the first is always its level.
pub fn slots(book: &mut RuleBook, rule: RuleKey) -> Slots<'_> {
    match rule {
        RuleKey::Capacity => {
            let CapacityRule { level, min } = &mut book.capacity;
            vec![("level", Slot::Level(level, HARD)), ("min", Slot::Level(min, MINIMUM))]
        }
        RuleKey::Priority => vec![("level", Slot::Level(&mut book.priority, SWITCH))],
        RuleKey::Locks => vec![("level", Slot::Level(&mut book.locks, SWITCH))],
        RuleKey::Floor => vec![("level", Slot::Level(&mut book.floor, TIER))],
        RuleKey::Balance => plain(&mut book.balance, TIER),
        RuleKey::School => {
            let SchoolRule { level, weight, must, linked } = &mut book.school;
            with(
                level,
                weight,
                [
                    ("must", Slot::Must(must, &[Must::Differ, Must::Same, Must::Any])),
                    ("linked", Slot::Must(linked, &[Must::Differ, Must::Any])),
                ],
            )
        }
        RuleKey::SchoolCap => cap(&mut book.school_cap),
        RuleKey::SectorCap => cap(&mut book.sector_cap),
        RuleKey::Sector => kind(&mut book.sector),
        RuleKey::Region => kind(&mut book.region),
        RuleKey::Travel => travel(&mut book.travel),
        RuleKey::Line => {
            let LineRule { level, weight, steps, waivable_steps } = &mut book.line;
            with(
                level,
                weight,
                [
                    ("steps", Slot::Whole(steps, 0, 100)),
                    ("waivable_steps", Slot::Whole(waivable_steps, 0, 100)),
                ],
            )
        }
        RuleKey::SharedManager => plain(&mut book.shared_manager, ALL),
        RuleKey::Sponsor => plain(&mut book.sponsor, ALL),
        RuleKey::SponsorTie => plain(&mut book.sponsor_tie, ALL),
        RuleKey::Preferences => plain(&mut book.preferences, ALL),
        RuleKey::External => external(&mut book.external),
        RuleKey::Declared => {
            let DeclaredRule { level, weight, kinds } = &mut book.declared;
            let named = ConflictKind::ALL.iter().zip(kinds);
            with(level, weight, named.map(|(kind, level)| (kind.key(), Slot::Level(level, ALL))))
        }
        RuleKey::Seniority => seniority(&mut book.seniority),
        RuleKey::Needs => {
            let NeedsRule { level, weight, cover } = &mut book.needs;
            with(level, weight, [("cover", Slot::Cover(cover))])
        }
        RuleKey::Availability => {
            let AvailabilityRule { level, weight, full, none } = &mut book.availability;
            with(level, weight, [("full", Slot::Whole(full, 1, 1000)), ("none", Slot::Level(none, EDGE))])
        }
        RuleKey::Language => {
            let LanguageRule { level, weight, required } = &mut book.language;
            with(level, weight, [("required", Slot::Level(required, EDGE))])
        }
        RuleKey::History => {
            let HistoryRule { level, weight, repeat, early, former_manager, years } = &mut book.history;
            with(
                level,
                weight,
                [
                    ("repeat", Slot::Repeat(repeat)),
                    ("early", Slot::Level(early, EDGE)),
                    ("former_manager", Slot::Level(former_manager, EDGE)),
                    ("years", Slot::Whole(years, 0, 100)),
                ],
            )
        }
        RuleKey::Training => {
            let TrainingRule { level, weight, trainee_min } = &mut book.training;
            with(level, weight, [("trainee_min", Slot::Whole(trainee_min, 0, 1_000_000))])
        }
        RuleKey::Pairs => {
            let PairsRule { level, weight, only_listed } = &mut book.pairs;
            vec![
                ("level", Slot::Level(level, GIVEN)),
                ("weight", Slot::Weight(weight)),
                ("only_listed", Slot::Flag(only_listed)),
            ]
        }
        RuleKey::GroupSize => {
            let GroupRule { level, size, exactly } = &mut book.group_size;
            vec![
                ("level", Slot::Level(level, HARD)),
                ("size", Slot::Size(size)),
                ("exactly", Slot::Flag(exactly)),
            ]
        }
        rule => about_several_pairs(book, rule),
    }
}

fn about_several_pairs(book: &mut RuleBook, rule: RuleKey) -> Slots<'_> {
    match rule {
        RuleKey::TravelBudget => plain(&mut book.travel_budget, ALL),
        RuleKey::TwoClients => plain(&mut book.two_clients, ALL),
        RuleKey::Apart => plain(&mut book.apart, ALL),
        RuleKey::Reciprocity => plain(&mut book.reciprocity, ALL),
        RuleKey::SectorSpread => cap(&mut book.sector_spread),
        RuleKey::Hours => {
            let HoursRule { level, weight, per_pair } = &mut book.hours;
            let most = MOST_PER_PAIR * 100;
            with(level, weight, [("per_pair", Slot::Decimal(per_pair, 2, 0, most))])
        }
        RuleKey::SectorMix => {
            let ShareRule { level, weight, share } = &mut book.sector_mix;
            with(level, weight, [("share", Slot::Decimal(share, 6, 0, 1_000_000))])
        }
        RuleKey::SchoolQuota => {
            let QuotaRule { level, weight, least, most } = &mut book.school_quota;
            with(level, weight, [("least", Slot::Whole(least, 0, 1_000_000)), ("most", Slot::Limit(most))])
        }
        RuleKey::Rings => {
            let RingsRule { level, weight, longest } = &mut book.rings;
            with(level, weight, [("longest", Slot::Longest(longest))])
        }
        _ => Vec::new(),
    }
}

fn external(rule: &mut ExternalRule) -> Slots<'_> {
    let ExternalRule { level, weight, budget, days, limit } = rule;
    with(
        level,
        weight,
        [
            ("budget", Slot::Money(budget)),
            ("days", Slot::Decimal(days, 2, 0, MOST_PER_PAIR * 100)),
            ("limit", Slot::Level(limit, EDGE)),
        ],
    )
}

fn with<'b>(
    level: &'b mut Level,
    weight: &'b mut Points,
    more: impl IntoIterator<Item = (&'static str, Slot<'b>)>,
) -> Slots<'b> {
    let mut slots = vec![("level", Slot::Level(level, ALL)), ("weight", Slot::Weight(weight))];
    slots.extend(more);
    slots
}

fn plain<'b>(rule: &'b mut Plain, levels: &'static [Level]) -> Slots<'b> {
    let Plain { level, weight } = rule;
    vec![("level", Slot::Level(level, levels)), ("weight", Slot::Weight(weight))]
}

fn cap(rule: &mut CapRule) -> Slots<'_> {
    let CapRule { level, weight, k } = rule;
    with(level, weight, [("k", Slot::Whole(k, 1, 1_000_000))])
}

fn kind(rule: &mut KindRule) -> Slots<'_> {
    let KindRule { level, weight, must } = rule;
    with(level, weight, [("must", Slot::Must(must, KINDS))])
}

fn travel(rule: &mut TravelRule) -> Slots<'_> {
    let TravelRule {
        level,
        weight,
        free_minutes,
        full_minutes,
        max_minutes,
        no_car_minutes,
        detour_milli,
        kmh_milli,
        online,
        limit,
    } = rule;
    with(
        level,
        weight,
        [
            ("free_minutes", Slot::Whole(free_minutes, 0, 1_000_000)),
            ("full_minutes", Slot::Whole(full_minutes, 1, 1_000_000)),
            ("max_minutes", Slot::Limit(max_minutes)),
            ("no_car_minutes", Slot::Whole(no_car_minutes, 0, 1_000_000)),
            ("detour", Slot::Decimal(detour_milli, 3, 1_000, 100_000)),
            ("kmh", Slot::Decimal(kmh_milli, 3, 1, 1_000_000)),
            ("online", Slot::Flag(online)),
            ("limit", Slot::Level(limit, EDGE)),
        ],
    )
}

fn seniority(rule: &mut SeniorityRule) -> Slots<'_> {
    let SeniorityRule { level, weight, least, best_from, best_to, worst, absolute, most, limit, grades } =
        rule;
    with(
        level,
        weight,
        [
            ("least", Slot::Signed(least)),
            ("best_from", Slot::Signed(best_from)),
            ("best_to", Slot::Signed(best_to)),
            ("worst", Slot::Signed(worst)),
            ("absolute", Slot::Flag(absolute)),
            ("most", Slot::Signed(most)),
            ("limit", Slot::Level(limit, EDGE)),
            ("grades", Slot::Names(grades)),
        ],
    )
}

impl Slot<'_> {
    /// The value as a programme file writes it; `None` for no limit.
    pub fn written(&self) -> Option<Written> {
        Some(match self {
            Slot::Level(level, _) => Written::Text(level.key().into()),
            Slot::Weight(points) => Written::Number(trimmed(&points.to_string())),
            Slot::Whole(n, ..) => Written::Number(n.to_string()),
            Slot::Signed(n) => Written::Number(n.to_string()),
            Slot::Limit(n) => Written::Number((**n)?.to_string()),
            Slot::Decimal(n, places, ..) => Written::Number(short_decimal(u64::from(**n), *places)),
            Slot::Money(n) => Written::Number(short_decimal((**n)?, 2)),
            Slot::Longest(None) => Written::Text("any".into()),
            Slot::Longest(Some(n)) => Written::Number(n.to_string()),
            Slot::Flag(on) => Written::Flag(**on),
            Slot::Must(must, _) => Written::Text(must.key().into()),
            Slot::Cover(cover) => Written::Text(cover.key().into()),
            Slot::Repeat(repeat) => Written::Text(repeat.key().into()),
            Slot::Size(GroupSize::Two) => Written::Number("2".to_owned()),
            Slot::Size(GroupSize::Three) => Written::Number("3".to_owned()),
            Slot::Names(names) => Written::List((**names).clone()),
        })
    }
}

/// A parameter's value, ready for TOML or JSON.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Written {
    Text(Box<str>),
    Number(String),
    Flag(bool),
    List(Vec<Box<str>>),
}

/// A decimal without zeros that say nothing.
pub fn trimmed(decimal: &str) -> String {
    decimal.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Whether a waiver can lift the rule, or one of its limits, under this programme.
pub fn waivable(book: &RuleBook, rule: RuleKey) -> bool {
    let level = book.level(rule);
    let limit = |limit: Level| match level {
        Level::Off | Level::Hard => false,
        Level::Waivable => true,
        Level::Soft | Level::Info => limit == Level::Waivable,
    };
    match rule {
        RuleKey::Pairs => false,
        RuleKey::Travel => limit(book.travel.limit),
        RuleKey::Seniority => limit(book.seniority.limit),
        RuleKey::Availability => limit(book.availability.none),
        RuleKey::Language => limit(book.language.required),
        RuleKey::History => limit(book.history.early) || limit(book.history.former_manager),
        RuleKey::External => level == Level::Waivable || book.budget_level() == Level::Waivable,
        RuleKey::Declared => ConflictKind::ALL.iter().any(|&kind| book.declared.of(kind) == Level::Waivable),
        RuleKey::Line => {
            let line = &book.line;
            level == Level::Waivable || level == Level::Hard && line.waivable_steps > line.steps
        }
        _ => level == Level::Waivable,
    }
}

#[cfg(test)]
mod tests {
    use super::{slots, trimmed, waivable};
    use crate::model::catalogue::{Preset, RuleKey, Word};
    use crate::model::rulebook::RuleBook;

    #[test]
    fn every_rule_has_a_level() {
        let mut book = RuleBook::preset(Preset::AspiringLeaders);
        for &rule in RuleKey::ALL {
            assert_eq!(slots(&mut book, rule).first().map(|s| s.0), Some("level"), "{}", rule.key());
        }
    }

    #[test]
    fn sponsors_cannot_be_waived_and_lines_can() {
        let book = RuleBook::preset(Preset::AspiringLeaders);
        assert!(!waivable(&book, RuleKey::Sponsor) && !waivable(&book, RuleKey::School));
        assert!(waivable(&book, RuleKey::Line) && waivable(&book, RuleKey::Language));
        assert!(waivable(&book, RuleKey::Declared) && waivable(&book, RuleKey::Training));
        assert_eq!(trimmed("1.300"), "1.3");
        assert_eq!(trimmed("40.000"), "40");
    }
}
