//! The clashes of a plan: that each is a real one. Any plan may name people who share too few places; demands that
//! contradict each other belong to an infeasible one.
//!
//! Shortage: whoever is possible for the named coachees is named, and these coaches have fewer places than are wanted.
//! Pins: more pairs are pinned between the named people than the coaches (or their nests) have places for, or a coachee
//! has more pins than coaches wanted. Minimums: the coaches' least seats exceed what the coachees who are possible for
//! them want, or what their own nests let in. Rows (0 places): the coachees are pinned, the coaches have hard least seats, or
//! some hard row does not hold when nobody is matched; that these contradict the rows is the solver's word.

use super::Report;
use super::chosen::{Chosen, coach_by_id, coachee_by_id};
use super::outside::{Made, distance};
use super::problem::Problem;
use crate::model::document::{ClashLine, OutcomeKind, PlanDocument};
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use crate::model::instance::{Excess, Minimums};
use crate::model::row::{Outside, Row};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    let roster = problem.roster;
    for line in &plan.clashes {
        let people: Vec<&str> = line.coaches.iter().chain(&line.coachees).map(|id| &**id).collect();
        if line.says.is_empty() {
            report.add("says", &people, "the clash says nothing");
        }
        let coaches: Option<BTreeSet<CoachIx>> =
            line.coaches.iter().map(|id| coach_by_id(roster, id)).collect();
        let coachees: Option<BTreeSet<CoacheeIx>> =
            line.coachees.iter().map(|id| coachee_by_id(roster, id)).collect();
        let (Some(coaches), Some(coachees)) = (coaches, coachees) else {
            report.add("unknown-id", &people, "the clash is about somebody who is not listed");
            continue;
        };
        if coaches.len() != line.coaches.len() || coachees.len() != line.coachees.len() {
            report.add("clash", &people, "somebody stands in the clash twice");
        }
        let contradiction = plan.outcome == OutcomeKind::Infeasible
            && (pins_clash(problem, line, &coaches, &coachees)
                || minimums_clash(problem, chosen, line, &coaches, &coachees)
                || rows_clash(problem, line, &coaches, &coachees));
        if !contradiction && !shortage(problem, line, &coaches, &coachees) {
            report.add("clash", &people, format!("no contradiction: {} places are enough", line.places));
        }
    }
    if plan.outcome == OutcomeKind::Infeasible && !demand_is_unmet(problem, chosen) {
        report.add("outcome", &[], "infeasible, but every pin, every hard minimum and every hard row is met");
    }
}

fn demand_is_unmet(problem: &Problem<'_>, chosen: &Chosen) -> bool {
    let short = problem.parts.seats.iter().zip(&chosen.load).any(|(seats, load)| *load < seats.min);
    let made = Made::new(chosen.possible());
    let missed = asking(problem).any(|row| distance(row, made.amount(&row.amount)) > 0);
    let pins = problem.pins.iter().any(|(e, c)| !chosen.has(*e, *c));
    pins || missed || short && problem.parts.minimums == Minimums::Hard
}

/// The hard rows that do not hold when nobody is matched.
fn asking<'p>(problem: &'p Problem<'_>) -> impl Iterator<Item = &'p Row> {
    let hard = problem.parts.rows.iter().filter(|row| row.outside == Outside::Forbidden);
    hard.filter(|row| distance(row, 0) > 0)
}

fn rows_clash(problem: &Problem<'_>, line: &ClashLine, coaches: &Coaches, coachees: &Coachees) -> bool {
    let parts = &problem.parts;
    let limited = parts.rows.iter().any(|row| row.outside == Outside::Forbidden)
        || parts.rings.as_ref().is_some_and(|rings| rings.outside == Outside::Forbidden);
    let pinned = coachees.iter().all(|e| problem.pins.iter().any(|(pinned, _)| pinned == e));
    let wanting = parts.minimums == Minimums::Hard && coaches.iter().all(|c| parts.seats[*c].min > 0);
    let demands = !coachees.is_empty() || !coaches.is_empty() || asking(problem).next().is_some();
    line.places == 0 && limited && pinned && (coaches.is_empty() || wanting) && demands
}

type Coaches = BTreeSet<CoachIx>;
type Coachees = BTreeSet<CoacheeIx>;

/// Every possible coach of the coachees is among the coaches, whose places are fewer than the coachees want.
fn shortage(problem: &Problem<'_>, line: &ClashLine, coaches: &Coaches, coachees: &Coachees) -> bool {
    let parts = &problem.parts;
    let closed = coachees.iter().all(|e| {
        let rows = parts.starts[e.to_usize()]..parts.starts[e.to_usize() + 1];
        parts.coach[rows].iter().all(|c| coaches.contains(c))
    });
    let wanted: u64 = coachees.iter().map(|e| u64::from(parts.demand[*e].wanted)).sum();
    let places: u64 = coaches.iter().map(|c| u64::from(parts.seats[*c].max)).sum();
    closed && places == line.places && wanted > places
}

fn pins_clash(problem: &Problem<'_>, line: &ClashLine, coaches: &Coaches, coachees: &Coachees) -> bool {
    let among = problem.pins.iter().filter(|(e, c)| coachees.contains(e) && coaches.contains(c));
    let pins: Vec<(CoacheeIx, CoachIx)> = among.copied().collect();
    let pinned: BTreeSet<CoacheeIx> = pins.iter().map(|(e, _)| *e).collect();
    let count = u64::try_from(pins.len()).unwrap_or(u64::MAX);
    let places: u64 = coaches.iter().map(|c| room(problem, *c, &pins)).sum();
    let wanted: u64 = coachees.iter().map(|e| u64::from(problem.parts.demand[*e].wanted)).sum();
    let fits = [places, wanted].iter().any(|p| count > *p && line.places == *p);
    fits && pinned.len() == coachees.len()
}

/// How many of these pairs a coach can have at once, nests and seats considered.
fn room(problem: &Problem<'_>, coach: CoachIx, pairs: &[(CoacheeIx, CoachIx)]) -> u64 {
    let parts = &problem.parts;
    let own = pairs.iter().filter(|(_, c)| *c == coach);
    // Groups of an inner family lie inside those of the outer, so places add up from the innermost outwards.
    let mut tokens: Vec<(CoacheeIx, Option<PairIx>)> = own.map(|(e, c)| (*e, problem.pair(*e, *c))).collect();
    for family in parts.nests.iter().filter(|f| f.excess == Excess::Forbidden) {
        let mut used: BTreeMap<_, u32> = BTreeMap::new();
        tokens.retain(|(coachee, pair)| {
            let waived = pair.is_some_and(|p| family.exempt.binary_search(&p).is_ok());
            let Some(group) = family.group[*coachee].filter(|_| !waived) else { return true };
            let count = used.entry(group).or_default();
            *count += 1;
            *count <= family.cap
        });
    }
    u64::try_from(tokens.len()).unwrap_or(u64::MAX).min(u64::from(parts.seats[coach].max))
}

fn minimums_clash(
    problem: &Problem<'_>,
    chosen: &Chosen,
    line: &ClashLine,
    coaches: &Coaches,
    coachees: &Coachees,
) -> bool {
    let parts = &problem.parts;
    if parts.minimums != Minimums::Hard {
        return false;
    }
    let least: u64 = coaches.iter().map(|c| u64::from(parts.seats[*c].min)).sum();
    let (mut wanted, mut asked, mut all) = (0, 0, Vec::new());
    for coachee in parts.demand.indexes() {
        let rows = parts.starts[coachee.to_usize()]..parts.starts[coachee.to_usize() + 1];
        let inside: Vec<CoachIx> =
            parts.coach[rows].iter().copied().filter(|c| coaches.contains(c)).collect();
        if inside.is_empty() {
            continue;
        }
        if !coachees.contains(&coachee) {
            return false;
        }
        let elsewhere = problem.pins.iter().filter(|(e, c)| *e == coachee && !coaches.contains(c)).count();
        let free = usize::from(parts.demand[coachee].wanted).saturating_sub(elsewhere);
        wanted += u64::try_from(free.min(inside.len())).unwrap_or(u64::MAX);
        asked += u64::from(parts.demand[coachee].wanted);
        all.extend(inside.iter().map(|c| (coachee, *c)));
    }
    let rooms: u64 =
        coaches.iter().map(|c| room(problem, *c, &all).min(u64::from(parts.seats[*c].min))).sum();
    let stated = [least, wanted, asked, rooms].contains(&line.places);
    // Where caps keep coachees of one group apart there may be no count to show. That some minimum is missed is proved by
    // the certificate all the same; the set says where.
    let caps = parts.nests.iter().any(|n| n.excess == Excess::Forbidden);
    let missed = coaches.iter().any(|c| chosen.load[c.to_usize()] < parts.seats[*c].min);
    stated && (least > wanted || least > rooms || caps && missed)
}
