//! `travel_budget`, `hours` and the budget of `external`: what all pairs of a coach, or of all external coaches, may take.

use super::Sheet;
use crate::model::catalogue::{RuleKey, Sector, Status};
use crate::model::finding::{Finding, FindingCode};
use crate::model::index::{CoachIx, IxVec};
use crate::model::quantity::Points;
use crate::model::row::{About, Amount};
use crate::model::rulebook::{ExternalRule, HoursRule};
use crate::rules::findings::count;

/// Minutes: a soft rule charges started hours.
const HOUR: i64 = 60;
/// Hundredths of an hour.
const HUNDREDTHS: i64 = 100;

pub(super) fn travel(sheet: &mut Sheet<'_, '_>) {
    let rule = sheet.book().travel_budget;
    let Some(head) = sheet.head(RuleKey::TravelBudget, rule.level, HOUR, rule.weight) else { return };
    let (rules, roster) = (sheet.rules, sheet.rules.facts.roster);
    let budget = |coach: CoachIx| roster.coaches[coach].minutes_budget;
    let (mut unknown, mut coaches) = (0, Vec::new());
    for (coach, pairs) in sheet.by_coach(&head, |c| budget(c).is_some()).enumerate() {
        let Some(most) = budget(coach) else { continue };
        let before = unknown;
        let mut terms = Vec::new();
        for (pair, coachee) in pairs {
            match rules.travel.minutes(*coachee, coach) {
                None => unknown += 1,
                Some(minutes) if minutes.0 == 0 => {}
                Some(minutes) => terms.push((*pair, i64::from(minutes.0))),
            }
        }
        if unknown > before {
            coaches.push(coach);
        }
        sheet.add(&head, About::Coach(coach), Amount::Sum(terms), None, Some(i64::from(most)));
    }
    let says = format!(
        "the minutes of {} of {} not known and count 0 in the travel budget",
        count(unknown, "possible pair", "possible pairs"),
        count(coaches.len(), "coach are", "coaches are"),
    );
    not_known(sheet, &coaches, says);
}

pub(super) fn hours(sheet: &mut Sheet<'_, '_>) {
    let rule = sheet.book().hours;
    let Some(head) = sheet.head(RuleKey::Hours, rule.level, HUNDREDTHS, rule.weight) else { return };
    let roster = sheet.rules.facts.roster;
    let hours = |coach: CoachIx| roster.coaches[coach].hours.filter(|_| rule.per_pair > 0);
    for (coach, pairs) in sheet.by_coach(&head, |c| hours(c).is_some()).enumerate() {
        let Some(most) = hours(coach) else { continue };
        let terms = pairs.iter().map(|(pair, _)| (*pair, i64::from(rule.per_pair))).collect();
        sheet.add(&head, About::Coach(coach), Amount::Sum(terms), None, Some(i64::from(most)));
    }
}

/// The budget for external coaches. Costs are hundredths times hundredths of days, and so is the budget.
pub(super) fn money(sheet: &mut Sheet<'_, '_>) {
    let rule = sheet.book().external;
    let Some(budget) = rule.budget else { return };
    let level = sheet.book().budget_level();
    let Some(head) = sheet.head(RuleKey::External, level, 1, Points::ZERO) else { return };
    let facts = &sheet.rules.facts;
    let roster = facts.roster;
    let external = |coach: CoachIx| facts.sectors[facts.coach(coach)].has(Sector::External);
    let cost = |coach: CoachIx| {
        let rate = roster.coaches[coach].cost.filter(|_| external(coach)).unwrap_or(0);
        i64::from(rate) * i64::from(rule.days)
    };
    let costs: IxVec<CoachIx, i64> = roster.coaches.indexes().map(cost).collect();
    let counts = sheet.pairs().filter(|(pair, _, coach)| costs[*coach] != 0 && !head.waives(*pair));
    let terms = counts.map(|(pair, _, coach)| (pair, costs[coach])).collect();
    let most = i64::try_from(budget).unwrap_or(i64::MAX).saturating_mul(HUNDREDTHS);
    sheet.add(&head, About::Programme, Amount::Sum(terms), None, Some(most));
    let free = |c: &CoachIx| {
        let coach = &roster.coaches[*c];
        external(*c) && coach.status == Status::Active && coach.cost.is_none()
    };
    let coaches: Vec<CoachIx> = roster.coaches.indexes().filter(free).collect();
    let says = format!(
        "the cost of {} not given, and counts 0 in the budget",
        count(coaches.len(), "external coach is", "external coaches is")
    );
    not_known(sheet, &coaches, says);
}

fn not_known(sheet: &mut Sheet<'_, '_>, coaches: &[CoachIx], says: String) {
    let roster = sheet.rules.facts.roster;
    if !coaches.is_empty() {
        let people = coaches.iter().map(|c| roster.coach_id(*c).into()).collect();
        sheet.findings.push(Finding { code: FindingCode::BudgetUnknown, people, says: says.into() });
    }
}

pub(super) const TRAVEL: &str = "A coach's travel over all pairs stays within their minutes.";

pub(super) fn hours_sentence(rule: &HoursRule) -> String {
    let each = crate::model::quantity::short_decimal(u64::from(rule.per_pair), 2);
    format!("A coach's pairs, at {each} hours each, stay within the hours of their contract.")
}

/// `external` with its budget.
pub(in crate::rules) fn external_sentence(rule: &ExternalRule) -> String {
    let first = "Internal coaches come first";
    match rule.budget {
        Some(budget) => {
            let short = crate::model::quantity::short_decimal;
            let (days, sum) = (short(u64::from(rule.days), 2), short(budget, 2));
            format!("{first}; external ones, at {days} days a pair, cost at most {sum} together.")
        }
        None => format!("{first}."),
    }
}
