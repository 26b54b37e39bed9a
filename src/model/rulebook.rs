//! A programme's rules: the level and the parameters of each. The meaning of every field is in `docs/rules.md`.

use super::catalogue::{ConflictKind, Cover, Level, Must, Repeat, RuleKey, Tier};
use super::grouping::GroupSize;
use super::quantity::Points;

/// Level and weight, where a rule has no other parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plain {
    pub level: Level,
    pub weight: Points,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CapacityRule {
    pub level: Level,
    /// How strictly a coach's `min` holds: `hard`, `soft` or `off`.
    pub min: Level,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SchoolRule {
    pub level: Level,
    pub weight: Points,
    /// `Differ`, `Same` or `Any`.
    pub must: Must,
    /// `Differ` or `Any`.
    pub linked: Must,
}

/// `sector` and `region`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KindRule {
    pub level: Level,
    pub weight: Points,
    /// `Cross`, `Same` or `Any`.
    pub must: Must,
}

/// `school_cap`, `sector_cap` and `sector_spread`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CapRule {
    pub level: Level,
    pub weight: Points,
    /// At least 1.
    pub k: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TravelRule {
    pub level: Level,
    pub weight: Points,
    pub free_minutes: u32,
    /// More than `free_minutes`.
    pub full_minutes: u32,
    pub max_minutes: Option<u32>,
    pub no_car_minutes: u32,
    /// Road kilometres per great-circle kilometre, in thousandths.
    pub detour_milli: u32,
    /// Speed in thousandths of a kilometre per hour, at least 1.
    pub kmh_milli: u32,
    /// What a blank `online` means.
    pub online: bool,
    /// `Hard`, `Waivable`, `Info` or `Off`.
    pub limit: Level,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineRule {
    pub level: Level,
    pub weight: Points,
    pub steps: u32,
    pub waivable_steps: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeclaredRule {
    /// `Off` switches the rule off whatever the kinds say.
    pub level: Level,
    pub weight: Points,
    /// In the order of `ConflictKind::ALL`.
    pub kinds: [Level; 8],
}

impl DeclaredRule {
    pub fn of(&self, kind: ConflictKind) -> Level {
        if self.level == Level::Off { Level::Off } else { self.kinds[kind as usize] }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeniorityRule {
    pub level: Level,
    pub weight: Points,
    pub least: i32,
    pub best_from: i32,
    pub best_to: i32,
    /// More than `best_to`.
    pub worst: i32,
    pub absolute: bool,
    pub most: i32,
    pub limit: Level,
    /// Names from low to high; empty: grades are whole numbers.
    pub grades: Vec<Box<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NeedsRule {
    pub level: Level,
    pub weight: Points,
    pub cover: Cover,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AvailabilityRule {
    pub level: Level,
    pub weight: Points,
    /// At least 1.
    pub full: u32,
    pub none: Level,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LanguageRule {
    pub level: Level,
    pub weight: Points,
    pub required: Level,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HistoryRule {
    pub level: Level,
    pub weight: Points,
    pub repeat: Repeat,
    pub early: Level,
    pub former_manager: Level,
    pub years: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TrainingRule {
    pub level: Level,
    pub weight: Points,
    pub trainee_min: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PairsRule {
    pub level: Level,
    pub weight: Points,
    pub only_listed: bool,
}

/// `external`, whose budget is a limit over several pairs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExternalRule {
    pub level: Level,
    pub weight: Points,
    /// What the pairs of external coaches may cost together, in hundredths.
    pub budget: Option<u64>,
    /// Days that each of their pairs takes, in hundredths.
    pub days: u32,
    /// How strictly the budget holds: `Hard`, `Waivable`, `Info` or `Off`.
    pub limit: Level,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HoursRule {
    pub level: Level,
    pub weight: Points,
    /// Hours that each pair takes, in hundredths.
    pub per_pair: u32,
}

/// `sector_mix`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShareRule {
    pub level: Level,
    pub weight: Points,
    /// Of all pairs, in millionths: 0 to 1,000,000.
    pub share: u32,
}

/// `school_quota`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QuotaRule {
    pub level: Level,
    pub weight: Points,
    pub least: u32,
    /// Not less than `least`.
    pub most: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RingsRule {
    pub level: Level,
    pub weight: Points,
    /// At least 3; `None`: rings of any length. A soft rule has 3.
    pub longest: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GroupRule {
    /// `Hard`: people are grouped from one list. `Off`: coaches have coachees.
    pub level: Level,
    pub size: GroupSize,
    pub exactly: bool,
}

/// Every rule that is built, with what a programme set or its preset gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleBook {
    pub capacity: CapacityRule,
    pub priority: Level,
    pub school: SchoolRule,
    pub school_cap: CapRule,
    pub sector: KindRule,
    pub sector_cap: CapRule,
    pub travel: TravelRule,
    pub region: KindRule,
    pub line: LineRule,
    pub shared_manager: Plain,
    pub sponsor: Plain,
    pub sponsor_tie: Plain,
    pub declared: DeclaredRule,
    pub seniority: SeniorityRule,
    pub needs: NeedsRule,
    pub preferences: Plain,
    pub availability: AvailabilityRule,
    pub language: LanguageRule,
    pub history: HistoryRule,
    pub training: TrainingRule,
    pub external: ExternalRule,
    pub travel_budget: Plain,
    pub hours: HoursRule,
    pub two_clients: Plain,
    pub apart: Plain,
    pub sector_spread: CapRule,
    pub sector_mix: ShareRule,
    pub school_quota: QuotaRule,
    pub reciprocity: Plain,
    pub rings: RingsRule,
    pub balance: Plain,
    /// `Off` removes the tier.
    pub floor: Level,
    pub locks: Level,
    pub pairs: PairsRule,
    pub group_size: GroupRule,
    /// The tiers in order, as the programme or the preset gives them; `Minimums` is not listed, see [`RuleBook::tiers`].
    pub objective: Vec<Tier>,
}

impl RuleBook {
    /// Whether people are grouped from one list.
    pub fn grouped(&self) -> bool {
        self.group_size.level != Level::Off
    }

    /// The tiers that apply, in order: those of the objective whose rule is on, `Minimums` right after `Coverage`
    /// (first without it, or where they are hard and it is not first) unless minimum loads are off, `Stability` only with a given plan.
    pub fn tiers(&self, with_plan: bool) -> Vec<Tier> {
        let mut tiers: Vec<Tier> = self
            .objective
            .iter()
            .copied()
            .filter(|tier| match tier {
                Tier::Floor => self.floor != Level::Off,
                Tier::Balance => self.balance.level != Level::Off,
                Tier::Stability => with_plan,
                Tier::Minimums => false,
                Tier::Coverage | Tier::Score => true,
            })
            .collect();
        if self.capacity.level != Level::Off && self.capacity.min != Level::Off {
            let coverage = tiers.iter().position(|t| *t == Tier::Coverage);
            let at = coverage.filter(|i| *i == 0 || self.capacity.min != Level::Hard).map_or(0, |i| i + 1);
            tiers.insert(at, Tier::Minimums);
        }
        tiers
    }

    /// How strictly the budget for external coaches holds; `Off` without one.
    pub fn budget_level(&self) -> Level {
        match (self.external.budget, self.external.level) {
            (None, _) | (_, Level::Off) => Level::Off,
            (_, level @ (Level::Hard | Level::Waivable)) => level,
            (_, Level::Soft | Level::Info) => self.external.limit,
        }
    }

    /// The level of a rule.
    pub fn level(&self, key: RuleKey) -> Level {
        match key {
            RuleKey::Capacity => self.capacity.level,
            RuleKey::Priority => self.priority,
            RuleKey::School => self.school.level,
            RuleKey::SchoolCap => self.school_cap.level,
            RuleKey::Sector => self.sector.level,
            RuleKey::SectorCap => self.sector_cap.level,
            RuleKey::Travel => self.travel.level,
            RuleKey::Region => self.region.level,
            RuleKey::Line => self.line.level,
            RuleKey::SharedManager => self.shared_manager.level,
            RuleKey::Sponsor => self.sponsor.level,
            RuleKey::SponsorTie => self.sponsor_tie.level,
            RuleKey::Declared => self.declared.level,
            RuleKey::Seniority => self.seniority.level,
            RuleKey::Needs => self.needs.level,
            RuleKey::Preferences => self.preferences.level,
            RuleKey::Availability => self.availability.level,
            RuleKey::Language => self.language.level,
            RuleKey::History => self.history.level,
            RuleKey::Training => self.training.level,
            RuleKey::External => self.external.level,
            RuleKey::Balance => self.balance.level,
            RuleKey::Floor => self.floor,
            RuleKey::Locks => self.locks,
            RuleKey::Pairs => self.pairs.level,
            RuleKey::TravelBudget => self.travel_budget.level,
            RuleKey::Hours => self.hours.level,
            RuleKey::TwoClients => self.two_clients.level,
            RuleKey::Apart => self.apart.level,
            RuleKey::SectorSpread => self.sector_spread.level,
            RuleKey::SectorMix => self.sector_mix.level,
            RuleKey::SchoolQuota => self.school_quota.level,
            RuleKey::Reciprocity => self.reciprocity.level,
            RuleKey::Rings => self.rings.level,
            RuleKey::GroupSize => self.group_size.level,
        }
    }
}
