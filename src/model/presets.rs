//! The presets, as the table of `docs/rules.md` gives them.

use super::catalogue::{Cover, Level, Must, Preset, Repeat, Tier};
use super::grouping::GroupSize;
use super::quantity::Points;
use super::rulebook::{
    AvailabilityRule, CapRule, CapacityRule, DeclaredRule, ExternalRule, GroupRule, HistoryRule, HoursRule,
    KindRule, LanguageRule, LineRule, NeedsRule, PairsRule, Plain, QuotaRule, RingsRule, RuleBook,
    SchoolRule, SeniorityRule, ShareRule, TrainingRule, TravelRule,
};

const fn points(whole: i64) -> Points {
    Points(whole * Points::ONE.0)
}

const fn plain(level: Level, weight: i64) -> Plain {
    Plain { level, weight: points(weight) }
}

impl RuleBook {
    /// The rules of a preset before the programme's own settings.
    pub fn preset(preset: Preset) -> Self {
        match preset {
            Preset::AspiringLeaders => aspiring_leaders(),
            Preset::WholeSchool => whole_school(),
            Preset::Ambassadors => ambassadors(),
            Preset::ExpertCoaches => expert_coaches(),
            Preset::CoachedCoaches => coached_coaches(),
            Preset::CoCoaching => co_coaching(),
            Preset::EventPairs => event_pairs(),
            Preset::Bare => bare(),
        }
    }
}

fn aspiring_leaders() -> RuleBook {
    RuleBook {
        capacity: CapacityRule { level: Level::Hard, min: Level::Soft },
        priority: Level::Hard,
        school: SchoolRule { level: Level::Hard, weight: points(5), must: Must::Differ, linked: Must::Any },
        school_cap: CapRule { level: Level::Soft, weight: points(5), k: 2 },
        sector: KindRule { level: Level::Soft, weight: points(5), must: Must::Cross },
        sector_cap: CapRule { level: Level::Off, weight: points(5), k: 2 },
        travel: TravelRule {
            level: Level::Soft,
            weight: points(10),
            free_minutes: 20,
            full_minutes: 60,
            max_minutes: None,
            no_car_minutes: 20,
            detour_milli: 1_300,
            kmh_milli: 40_000,
            online: false,
            limit: Level::Waivable,
        },
        region: KindRule { level: Level::Off, weight: points(5), must: Must::Same },
        line: LineRule { level: Level::Hard, weight: points(5), steps: 1, waivable_steps: 2 },
        shared_manager: plain(Level::Soft, 3),
        sponsor: plain(Level::Hard, 5),
        sponsor_tie: plain(Level::Waivable, 5),
        declared: DeclaredRule {
            level: Level::Hard,
            weight: points(5),
            // personal, appraiser, assessor, recruitment, rival, dispute, business, other
            kinds: [
                Level::Waivable,
                Level::Hard,
                Level::Waivable,
                Level::Waivable,
                Level::Hard,
                Level::Hard,
                Level::Waivable,
                Level::Hard,
            ],
        },
        seniority: SeniorityRule {
            level: Level::Soft,
            weight: points(10),
            least: 1,
            best_from: 1,
            best_to: 2,
            worst: 4,
            absolute: false,
            most: 1,
            limit: Level::Waivable,
            grades: Vec::new(),
        },
        needs: NeedsRule { level: Level::Soft, weight: points(40), cover: Cover::Any },
        preferences: plain(Level::Soft, 15),
        availability: AvailabilityRule {
            level: Level::Soft,
            weight: points(10),
            full: 3,
            none: Level::Waivable,
        },
        language: LanguageRule { level: Level::Soft, weight: points(5), required: Level::Waivable },
        history: HistoryRule {
            level: Level::Soft,
            weight: points(5),
            repeat: Repeat::Avoid,
            early: Level::Waivable,
            former_manager: Level::Waivable,
            years: 3,
        },
        training: TrainingRule { level: Level::Waivable, weight: points(5), trainee_min: 1 },
        external: ExternalRule {
            level: Level::Soft,
            weight: points(5),
            budget: None,
            days: 100,
            limit: Level::Waivable,
        },
        travel_budget: plain(Level::Off, 5),
        hours: HoursRule { level: Level::Off, weight: points(5), per_pair: 600 },
        two_clients: plain(Level::Waivable, 5),
        apart: plain(Level::Waivable, 5),
        sector_spread: CapRule { level: Level::Off, weight: points(5), k: 2 },
        sector_mix: ShareRule { level: Level::Off, weight: points(5), share: 400_000 },
        school_quota: QuotaRule { level: Level::Off, weight: points(5), least: 0, most: None },
        reciprocity: plain(Level::Hard, 5),
        rings: RingsRule { level: Level::Soft, weight: points(5), longest: Some(3) },
        balance: plain(Level::Soft, 5),
        floor: Level::Soft,
        locks: Level::Hard,
        pairs: PairsRule { level: Level::Off, weight: points(1), only_listed: false },
        group_size: GroupRule { level: Level::Off, size: GroupSize::Two, exactly: false },
        objective: vec![Tier::Coverage, Tier::Stability, Tier::Floor, Tier::Score, Tier::Balance],
    }
}

fn whole_school() -> RuleBook {
    let mut book = aspiring_leaders();
    book.school.level = Level::Off;
    book.school_cap.level = Level::Off;
    book.sector.level = Level::Off;
    book.travel.level = Level::Off;
    book.sponsor.level = Level::Off;
    book.sponsor_tie.level = Level::Off;
    book.external.level = Level::Off;
    (book.seniority.least, book.seniority.best_from) = (0, 0);
    book
}

fn ambassadors() -> RuleBook {
    let mut book = aspiring_leaders();
    book.school_cap.level = Level::Off;
    book.external.level = Level::Off;
    (book.seniority.least, book.seniority.best_from) = (0, 0);
    book.school_quota.level = Level::Waivable;
    book
}

fn expert_coaches() -> RuleBook {
    let mut book = aspiring_leaders();
    book.school.level = Level::Off;
    book.school_cap.level = Level::Off;
    book.sector.level = Level::Off;
    book.shared_manager.level = Level::Off;
    book.seniority.level = Level::Off;
    book.training.level = Level::Off;
    book.hours.level = Level::Waivable;
    book
}

/// The same people on both lists, over several regions: nobody is set above anybody, and they meet online.
fn coached_coaches() -> RuleBook {
    let mut book = aspiring_leaders();
    book.school_cap.level = Level::Off;
    book.sponsor.level = Level::Off;
    book.sponsor_tie.level = Level::Off;
    book.seniority.level = Level::Off;
    book.travel.online = true;
    book
}

/// Peers from one list: what only a coach and a coachee can be to each other is off.
fn co_coaching() -> RuleBook {
    let mut book = aspiring_leaders();
    for level in [
        &mut book.capacity.level,
        &mut book.school_cap.level,
        &mut book.sponsor.level,
        &mut book.sponsor_tie.level,
        &mut book.training.level,
        &mut book.external.level,
        &mut book.travel_budget.level,
        &mut book.hours.level,
        &mut book.two_clients.level,
        &mut book.apart.level,
        &mut book.sector_spread.level,
        &mut book.sector_mix.level,
        &mut book.school_quota.level,
        &mut book.reciprocity.level,
        &mut book.rings.level,
        &mut book.balance.level,
        &mut book.floor,
    ] {
        *level = Level::Off;
    }
    book.shared_manager.level = Level::Info;
    (book.seniority.level, book.seniority.absolute) = (Level::Waivable, true);
    book.group_size.level = Level::Hard;
    book.objective = vec![Tier::Coverage, Tier::Stability, Tier::Score];
    book
}

/// A register at the door: name, role and school are all that is known.
fn event_pairs() -> RuleBook {
    let mut book = co_coaching();
    for level in [
        &mut book.sector.level,
        &mut book.travel.level,
        &mut book.shared_manager.level,
        &mut book.needs.level,
        &mut book.preferences.level,
        &mut book.availability.level,
        &mut book.language.level,
        &mut book.history.level,
    ] {
        *level = Level::Off;
    }
    (book.school.level, book.school.weight) = (Level::Soft, points(20));
    (book.seniority.level, book.seniority.limit) = (Level::Soft, Level::Off);
    book
}

fn bare() -> RuleBook {
    let mut book = aspiring_leaders();
    for level in [
        &mut book.school.level,
        &mut book.school_cap.level,
        &mut book.sector.level,
        &mut book.travel.level,
        &mut book.line.level,
        &mut book.shared_manager.level,
        &mut book.sponsor.level,
        &mut book.sponsor_tie.level,
        &mut book.declared.level,
        &mut book.seniority.level,
        &mut book.needs.level,
        &mut book.preferences.level,
        &mut book.availability.level,
        &mut book.language.level,
        &mut book.history.level,
        &mut book.training.level,
        &mut book.external.level,
        &mut book.two_clients.level,
        &mut book.apart.level,
        &mut book.reciprocity.level,
        &mut book.rings.level,
        &mut book.balance.level,
        &mut book.floor,
    ] {
        *level = Level::Off;
    }
    book
}
