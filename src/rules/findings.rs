//! What a planner must know about a compiled roster: locks and waivers that do nothing, facts that are not known.
//! One finding per matter, with all the people it is about.

use super::Compiled;
use super::facts::Facts;
use super::line::above;
use super::locks::in_force;
use crate::model::catalogue::{Level, LockKind, RuleKey, Status, Word};
use crate::model::finding::{Finding, FindingCode};
use crate::model::index::{CoachIx, CoacheeIx, PersonIx};
use crate::model::people::Named;
use crate::model::roster::{Against, Roster, Waiver};
use std::collections::BTreeSet;

type People = BTreeSet<PersonIx>;

pub(super) fn findings(compiled: &Compiled<'_>) -> Vec<Finding> {
    let roster = compiled.roster;
    let mut all = Vec::new();
    all.extend(locks_expired(roster));
    all.extend(waivers_expired(roster));
    all.extend(waivers_unused(compiled));
    all.extend(managers(compiled));
    all.extend(vacancies(roster));
    all.extend(unknown_facts(compiled));
    all.extend(places(compiled));
    all.extend(withdrawn(roster));
    all.extend(declarations(roster));
    all
}

fn finding(
    roster: &Roster,
    code: FindingCode,
    people: &People,
    says: impl Into<Box<str>>,
) -> Option<Finding> {
    let people: Vec<Box<str>> = people.iter().map(|p| roster.people[*p].id.clone()).collect();
    (!people.is_empty()).then(|| Finding { code, people, says: says.into() })
}

/// `1 coachee`, `3 coachees`.
pub(crate) fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

fn on(roster: &Roster, rules: &[RuleKey]) -> bool {
    rules.iter().any(|rule| roster.programme.rules.level(*rule) != Level::Off)
}

/// Everybody who takes part.
fn active(roster: &Roster) -> impl Iterator<Item = PersonIx> {
    let coaches = roster.coaches.iter().filter(|c| c.status == Status::Active).map(|c| c.person);
    let coachees = roster.coachees.iter().filter(|e| e.status == Status::Active).map(|e| e.person);
    coaches.chain(coachees)
}

fn locks_expired(roster: &Roster) -> Option<Finding> {
    if roster.programme.rules.locks == Level::Off {
        return None;
    }
    let expired: Vec<_> = roster.locks.iter().filter(|l| !in_force(l.expires, roster)).collect();
    let people = expired.iter().flat_map(|l| {
        let coach = l.coach.map(|c| roster.coaches[c].person);
        coach.into_iter().chain(l.coachee.map(|e| roster.coachees[e].person))
    });
    let kind = |kind: LockKind| expired.iter().filter(|l| l.kind == kind).count();
    let kinds: Vec<String> = LockKind::ALL
        .iter()
        .filter(|k| kind(**k) > 0)
        .map(|k| count(kind(*k), k.key(), &format!("{}s", k.key())))
        .collect();
    let says = format!("{} expired before {} and does nothing", kinds.join(", "), roster.programme.starts);
    finding(roster, FindingCode::LockExpired, &people.collect(), says)
}

fn waivers_expired(roster: &Roster) -> Option<Finding> {
    let once = |w: &&Waiver| !roster.grouped() || w.coach.get() < w.coachee.get();
    let expired: Vec<_> =
        roster.waivers.iter().filter(|w| !in_force(w.expires, roster)).filter(once).collect();
    let people =
        expired.iter().flat_map(|w| [roster.coaches[w.coach].person, roster.coachees[w.coachee].person]);
    let what = count(expired.len(), "waiver", "waivers");
    let says = format!("{what} expired before {} and does nothing", roster.programme.starts);
    finding(roster, FindingCode::WaiverExpired, &people.collect(), says)
}

fn waivers_unused(compiled: &Compiled<'_>) -> Option<Finding> {
    let roster = compiled.roster;
    let used =
        |w: &Waiver, coachee, coach| compiled.waived(coachee, coach).iter().any(|(rule, _)| *rule == w.rule);
    // From one list a waiver stands both ways round, and is of use if it lifts the rule in one of them.
    let turned = |w: &Waiver| (CoacheeIx::new(w.coach.get()), CoachIx::new(w.coachee.get()));
    let idle = |w: &&Waiver| {
        let (coachee, coach) = turned(w);
        let once = !roster.grouped() || w.coach.get() < w.coachee.get();
        once && !used(w, w.coachee, w.coach) && !(roster.grouped() && used(w, coachee, coach))
    };
    let unused: Vec<_> = roster.waivers.iter().filter(|w| in_force(w.expires, roster)).filter(idle).collect();
    let people =
        unused.iter().flat_map(|w| [roster.coaches[w.coach].person, roster.coachees[w.coachee].person]);
    let rules: BTreeSet<&str> = unused.iter().map(|w| w.rule.key()).collect();
    let rules: Vec<&str> = rules.into_iter().collect();
    let what = count(unused.len(), "waiver lifts", "waivers lift");
    let says = format!("{what} a rule that the pair does not break: {}", rules.join(", "));
    finding(roster, FindingCode::WaiverUnused, &people.collect(), says)
}

/// The people whose managers `line` and `shared_manager` need and do not know.
fn managers(compiled: &Compiled<'_>) -> Option<Finding> {
    let roster = compiled.roster;
    if !on(roster, &[RuleKey::Line, RuleKey::SharedManager]) {
        return None;
    }
    let facts: &Facts<'_> = &compiled.rules.facts;
    let rule = &roster.programme.rules.line;
    let reach = if rule.level == Level::Off { 1 } else { rule.steps.max(rule.waivable_steps) };
    let mut people = People::new();
    for person in active(roster) {
        let (chain, known) = above(facts, person, reach);
        if !known {
            let below = chain.iter().filter(|(_, depth)| *depth < reach).map(|(p, _)| *p);
            people.extend(below.filter(|p| !facts.managed[*p] && !facts.vacant[*p]));
        }
    }
    let who = count(people.len(), "person", "people");
    let says = format!("the manager of {who} is not known, so nothing is known to be clear above them");
    finding(roster, FindingCode::UnknownManager, &people, says)
}

fn vacancies(roster: &Roster) -> Option<Finding> {
    let window = roster.programme.window();
    let vacant = |p: &PersonIx| {
        let person = &roster.people[*p];
        let job = person.employment.iter().any(|j| j.window.overlaps(window) && j.manager == Named::Vacant);
        job || person.manager == Named::Vacant
            || person.coachee.is_some_and(|e| roster.coachees[e].sponsor == Named::Vacant)
    };
    let people: People = active(roster).filter(vacant).collect();
    let who = count(people.len(), "person", "people");
    finding(
        roster,
        FindingCode::Vacancy,
        &people,
        format!("the manager's or sponsor's post of {who} is vacant"),
    )
}

fn unknown_facts(compiled: &Compiled<'_>) -> Vec<Finding> {
    let roster = compiled.roster;
    let facts: &Facts<'_> = &compiled.rules.facts;
    let coach = |p: PersonIx| roster.people[p].coach.map(|c| &roster.coaches[c]);
    let coachee = |p: PersonIx| roster.people[p].coachee.map(|e| &roster.coachees[e]);
    let asked = roster.coachees.iter().any(|e| e.status == Status::Active && e.language.is_some());
    let mut all = Vec::new();
    let mut add = |rule: RuleKey, fact: &str, unknown: &dyn Fn(PersonIx) -> bool| {
        if on(roster, &[rule]) {
            let people: People = active(roster).filter(|p| unknown(*p)).collect();
            let who = count(people.len(), "person", "people");
            let says = format!("{fact} of {who} not given, which the rule {} needs", rule.key());
            all.extend(finding(roster, FindingCode::UnknownFact, &people, says));
        }
    };
    add(RuleKey::School, "the school", &|p| facts.schools[p].is_empty());
    add(RuleKey::Sector, "the sector", &|p| !facts.sectors[p].known());
    add(RuleKey::Region, "the region", &|p| facts.regions[p].is_empty());
    add(RuleKey::Seniority, "the grade", &|p| facts.grades[p].is_none());
    let no_sponsor = |p: PersonIx| coachee(p).is_some_and(|e| e.sponsor == Named::Unknown);
    if on(roster, &[RuleKey::Sponsor]) {
        add(RuleKey::Sponsor, "the sponsor", &no_sponsor);
    } else {
        add(RuleKey::SponsorTie, "the sponsor", &no_sponsor);
    }
    add(RuleKey::Needs, "needs or strengths", &|p| {
        coachee(p).is_some_and(|e| e.needs.is_empty()) || coach(p).is_some_and(|c| c.strengths.is_empty())
    });
    add(RuleKey::Availability, "weekly slots", &|p| {
        coachee(p).is_some_and(|e| e.slots.is_empty()) || coach(p).is_some_and(|c| c.slots.is_empty())
    });
    add(RuleKey::Language, "languages", &|p| asked && coach(p).is_some_and(|c| c.languages.is_empty()));
    all
}

fn places(compiled: &Compiled<'_>) -> Vec<Finding> {
    let roster = compiled.roster;
    if !on(roster, &[RuleKey::Travel]) {
        return Vec::new();
    }
    let travel = &compiled.rules.travel;
    let nowhere: People = active(roster).filter(|p| travel.nowhere(*p)).collect();
    let coarse: People = active(roster).filter(|p| travel.is_coarse(*p)).collect();
    let unknown = format!("nothing says where {} is", count(nowhere.len(), "person", "people"));
    let rough = format!(
        "the place of {} is known only by the area of a postcode, and a limit on travel may turn on it",
        count(coarse.len(), "person", "people")
    );
    let findings = [
        finding(roster, FindingCode::TravelUnknown, &nowhere, unknown),
        finding(roster, FindingCode::PostcodeCoarse, &coarse, rough),
    ];
    findings.into_iter().flatten().collect()
}

fn withdrawn(roster: &Roster) -> Option<Finding> {
    let coaches = roster.coaches.iter().filter(|c| c.status != Status::Active).map(|c| c.person);
    let coachees = roster.coachees.iter().filter(|e| e.status != Status::Active).map(|e| e.person);
    let people: People = coaches.chain(coachees).collect();
    let says =
        format!("{} withdrawn or absent, taking no part", count(people.len(), "person is", "people are"));
    finding(roster, FindingCode::Withdrawn, &people, says)
}

/// Declarations in force that end before the programme does.
fn declarations(roster: &Roster) -> Option<Finding> {
    if !on(roster, &[RuleKey::Declared]) {
        return None;
    }
    let (window, ends) = (roster.programme.window(), roster.programme.ends);
    let ending: Vec<_> = (roster.conflicts.iter())
        .filter(|c| c.window.overlaps(window) && c.window.to.is_some_and(|to| to < ends))
        .collect();
    let people = ending.iter().flat_map(|c| {
        let other = if let Against::Person(other) = c.other { Some(other) } else { None };
        std::iter::once(c.person).chain(other)
    });
    let what = count(ending.len(), "declaration ends", "declarations end");
    finding(roster, FindingCode::DeclarationEnds, &people.collect(), format!("{what} during the programme"))
}
