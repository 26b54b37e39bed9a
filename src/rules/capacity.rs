//! `capacity`, `priority` and `balance`: seats, demand, and the cost of load.

use super::facts::{Facts, is_live};
use crate::model::catalogue::{Level, Status, Tier, Training};
use crate::model::index::{CoachIx, CoacheeIx, IxVec};
use crate::model::instance::{Demand, Minimums, Seats};
use crate::model::quantity::Points;
use crate::model::roster::{Aim, Roster};
use crate::model::rulebook::RuleBook;

/// The priority class of a coachee; all are in one where the rule is off.
pub(crate) fn class(roster: &Roster, coachee: &crate::model::people::Coachee) -> u8 {
    let on = roster.programme.rules.priority != Level::Off;
    if on { coachee.priority.unwrap_or(USUAL_CLASS) } else { 1 }
}

/// The class of a coachee whose priority is blank.
const USUAL_CLASS: u8 = 5;

/// Live pairs of other programmes, per coach.
fn taken(facts: &Facts<'_>) -> IxVec<CoachIx, u32> {
    let roster = facts.roster;
    let window = roster.programme.window();
    let mut taken: IxVec<CoachIx, u32> = roster.coaches.iter().map(|_| 0).collect();
    for row in &roster.history {
        let elsewhere = row.programme.as_deref() != Some(&*roster.programme.name);
        if let Some(coach) = roster.people[row.coach].coach
            && elsewhere
            && is_live(row, window)
        {
            taken[coach] += 1;
        }
    }
    taken
}

/// A coach's least load: as given, or a trainee's where it is blank; 0 where minimum loads are off.
fn least(roster: &Roster, coach: CoachIx) -> u32 {
    let (book, coach) = (&roster.programme.rules, &roster.coaches[coach]);
    if book.capacity.min == Level::Off {
        return 0;
    }
    let trainee = coach.training == Some(Training::Trainee) && book.training.level != Level::Off;
    coach.min.unwrap_or(if trainee { book.training.trainee_min } else { 0 })
}

pub(super) fn seats(facts: &Facts<'_>) -> IxVec<CoachIx, Seats> {
    let roster = facts.roster;
    let taken = taken(facts);
    let everybody = u32::try_from(roster.coachees.len()).expect("fewer than 2^32 coachees");
    let seat = |coach: CoachIx| {
        if roster.coaches[coach].status != Status::Active {
            return Seats::default();
        }
        if roster.programme.rules.capacity.level == Level::Off {
            return Seats { min: 0, max: everybody };
        }
        let max = roster.coaches[coach].max.saturating_sub(taken[coach]);
        Seats { min: least(roster, coach).min(max), max }
    };
    roster.coaches.indexes().map(seat).collect()
}

pub(super) fn demand(roster: &Roster) -> IxVec<CoacheeIx, Demand> {
    let of = |coachee: &crate::model::people::Coachee| Demand {
        wanted: if coachee.status == Status::Active { coachee.wanted } else { 0 },
        class: class(roster, coachee),
    };
    roster.coachees.iter().map(of).collect()
}

pub(super) fn minimums(roster: &Roster) -> Minimums {
    let capacity = &roster.programme.rules.capacity;
    let hard = capacity.level != Level::Off && capacity.min == Level::Hard;
    if hard { Minimums::Hard } else { Minimums::Soft }
}

/// The tiers that apply; `minimums` only where somebody has one.
pub(super) fn tiers(roster: &Roster, seats: &IxVec<CoachIx, Seats>) -> Vec<Tier> {
    if roster.programme.aim == Aim::Stable {
        let told = [Tier::Coverage, Tier::Stability, Tier::Score];
        return told.into_iter().filter(|t| *t != Tier::Stability || roster.plan.is_some()).collect();
    }
    let mut tiers = roster.programme.rules.tiers(roster.plan.is_some());
    if seats.iter().all(|s| s.min == 0) {
        tiers.retain(|tier| *tier != Tier::Minimums);
    }
    tiers
}

pub(super) fn balance(roster: &Roster, tiers: &[Tier]) -> Points {
    if tiers.contains(&Tier::Balance) { roster.programme.rules.balance.weight } else { Points::ZERO }
}

pub(super) fn capacity_sentence(book: &RuleBook) -> String {
    if book.capacity.level == Level::Off {
        return "A coach may have any number of coachees.".into();
    }
    let least = match book.capacity.min {
        Level::Hard => "; minimum loads must all be met",
        Level::Off => "",
        _ => "; minimum loads are met as far as they can be",
    };
    format!("A coach has at most their maximum of coachees, live pairs of other programmes counted{least}.")
}

pub(super) const PRIORITY: &str = "When places are short, lower priority classes are matched first, and everybody's first coach comes before anybody's second.";
pub(super) const BALANCE: &str = "Load is spread over the coaches in proportion to their places.";
pub(super) const FLOOR: &str = "The weakest pair is made as good as it can be before the sum is looked at.";
