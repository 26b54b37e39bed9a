//! From the generic form to the roster: every part read, all faults kept, then put in canonical order.

use crate::model::catalogue::{Level, Tier};
use crate::model::fault::{Code, Fault};
use crate::model::finding::FindingCode;
use crate::model::quantity::Points;
use crate::model::roster::{Aim, PairTable, Programme, Roster};
use crate::model::rulebook::RuleBook;

use super::directory::Directory;
use super::faults::Faults;
use super::load::{self, Loaded};
use super::people::{self, Desk};
use super::raw::{self, Raw};
use super::source::Charset;
use super::tables::TableKind;
use super::words::Words;
use super::{Reading, both_ways, chains, lists, pairs, programme, schools};

/// Reads what was loaded.
pub fn build(mut loaded: Loaded) -> Result<Reading, Vec<Fault>> {
    let lost = std::mem::take(&mut loaded.lost);
    let given = loaded.given.take();
    let found = std::mem::take(&mut loaded.faults);
    let mut findings = std::mem::take(&mut loaded.findings);
    let mut faults = Faults::new(&loaded.sources, found);
    let raw = raw::raw(&loaded.sources, given, lost, &mut faults);
    let built = if raw.tables.is_empty() && !raw.has_keys && faults.count() > 0 {
        None
    } else {
        roster(&loaded, &raw, &mut faults)
    };
    let list = faults.into_sorted();
    let Some((roster, charset)) = built.filter(|_| list.is_empty()) else { return Err(list) };
    loaded.converted("pairs.csv", charset);
    findings.append(&mut loaded.findings);
    findings.extend(acting(&roster));
    findings.sort();
    Ok(Reading { roster, findings })
}

/// `None` after a fault.
fn roster(loaded: &Loaded, raw: &Raw<'_>, faults: &mut Faults<'_>) -> Option<(Roster, Charset)> {
    let name = loaded.programme_name();
    let programme = programme_of(loaded, raw, &name, faults);
    check_lists(loaded, raw, &name, programme.as_ref(), faults);
    let directory = Directory::read(raw, faults);
    let mut words = Words::default();
    let grades = programme.as_ref().map_or(&[][..], |p| &p.rules.seniority.grades);
    // Points go to the first three choices; only a stable plan looks at more.
    let stable = programme.as_ref().is_some_and(|p| p.aim == Aim::Stable);
    let choices = if stable { None } else { Some(3) };
    let mut desk = Desk { directory: &directory, grades, choices, words: &mut words, faults: &mut *faults };
    let mut schools = schools::read(raw, &mut desk);
    let mut all = people::read(raw, &mut desk);
    let jobs = lists::employment(raw, &mut desk);
    chains::check(raw, &all.all, &directory.rows, faults);
    for (person, job) in jobs {
        all.all[person].employment.push(job);
    }
    let book = programme.as_ref().map(|p| &p.rules);
    let conflicts = lists::conflicts(raw, &directory, faults);
    let mut history = lists::history(raw, &directory, faults);
    let locks = lists::locks(raw, &directory, faults);
    let mut waivers = lists::waivers(raw, &directory, book, faults);
    let travel = lists::travel(raw, &directory, faults);
    let mut plan = lists::plan(raw, &directory, faults);
    let (mut pairs, charset) = pairs_of(loaded, raw, &directory, faults);
    if book.is_some_and(RuleBook::grouped) {
        both_ways::history(&mut history);
        both_ways::waivers(&mut waivers);
        both_ways::pairs(&mut pairs);
        if let Err(people) = plan.as_mut().map_or(Ok(()), both_ways::plan) {
            let (file, column) = place(loaded, &name, TableKind::Plan);
            faults.add(lists::too_many_together(&directory, &people, &file, column));
        }
    }
    if let Some(programme) = &programme {
        scores_fit(programme, &pairs, loaded, faults);
    }
    if faults.count() > 0 {
        return None;
    }
    let (words, moved) = words.finish();
    people::settle(&mut all, &moved);
    schools::settle(&mut schools, &moved);
    let people::People { all: people, coaches, coachees } = all;
    let roster = Roster {
        programme: programme?,
        words,
        schools,
        people,
        coaches,
        coachees,
        conflicts,
        history,
        locks,
        waivers,
        pairs,
        travel,
        plan,
        schools_listed: directory.schools_listed,
    };
    Some((roster, charset))
}

fn programme_of(loaded: &Loaded, raw: &Raw<'_>, name: &str, faults: &mut Faults<'_>) -> Option<Programme> {
    if raw.has_keys {
        // The entries live as long as the raw form; the programme owns what it keeps.
        return programme::read(&raw.keys, &loaded.sources, name, faults);
    }
    let there = loaded.sources.iter().any(|s| s.name.as_ref() == name);
    if !there && !loaded.no_programme {
        let remedy = "add programme.toml with name, preset and starts";
        faults.whole(name, "", Code::MissingKey, "the programme file is missing", remedy);
    }
    None
}

/// Coaches and coachees must be listed, be it with nobody in them; where people are grouped, participants alone.
fn check_lists(
    loaded: &Loaded,
    raw: &Raw<'_>,
    name: &str,
    programme: Option<&Programme>,
    faults: &mut Faults<'_>,
) {
    let there = |kind: TableKind| raw.table(kind).is_some() || raw.lost.contains(&kind);
    let grouped = programme.map_or(there(TableKind::Participants), |p| p.rules.grouped());
    let (wanted, others): (&[TableKind], &[TableKind]) = if grouped {
        (&[TableKind::Participants], &[TableKind::Coaches, TableKind::Coachees])
    } else {
        (&[TableKind::Coaches, TableKind::Coachees], &[TableKind::Participants])
    };
    let strange: Vec<TableKind> = others.iter().copied().filter(|kind| there(*kind)).collect();
    if programme.is_some() {
        for kind in &strange {
            let (says, remedy) = if grouped {
                (
                    "people are grouped from one list, so nobody is a coach or a coachee",
                    "list everybody in participants",
                )
            } else {
                (
                    "no rule of this programme groups people from one list",
                    "list coaches and coachees, or switch group_size on (the presets co-coaching and event-pairs do)",
                )
            };
            let (file, column) = place(loaded, name, *kind);
            faults.whole(&file, column, Code::WrongList, says, remedy);
        }
    }
    let unread = loaded.is_message() || !loaded.is_folder() && !raw.has_keys;
    for kind in wanted.iter().filter(|kind| !there(**kind)) {
        // Who lists the wrong people has heard it already.
        if unread || !strange.is_empty() {
            continue;
        }
        let says = format!("the programme lists no {}", kind.key());
        let remedy = if loaded.is_folder() {
            "add the file, with its header alone if nobody is in it"
        } else {
            "add the list, empty if nobody is in it"
        };
        let (file, column) = place(loaded, name, *kind);
        faults.whole(&file, column, Code::MissingList, &says, remedy);
    }
}

/// Where a table stands, or would stand: file and column.
fn place(loaded: &Loaded, name: &str, kind: TableKind) -> (String, &'static str) {
    if loaded.is_folder() { (format!("{}.csv", kind.key()), "") } else { (name.to_owned(), kind.key()) }
}

fn pairs_of(
    loaded: &Loaded,
    raw: &Raw<'_>,
    directory: &Directory<'_>,
    faults: &mut Faults<'_>,
) -> (PairTable, Charset) {
    let mut found = (PairTable::default(), Charset::Utf8);
    if let Some(path) = &loaded.pairs {
        found = pairs::from_file(path, directory, faults).unwrap_or(found);
    } else if let Some(table) = raw.table(TableKind::Pairs) {
        found.0 = pairs::from_table(table, directory, faults).unwrap_or_default();
    }
    found
}

/// A given score times the weight of `pairs` stays within the limit of a score.
fn scores_fit(programme: &Programme, pairs: &PairTable, loaded: &Loaded, faults: &mut Faults<'_>) {
    let rule = &programme.rules.pairs;
    let tier = programme.rules.objective.iter().any(|t| matches!(t, Tier::Score | Tier::Floor));
    let largest = pairs.score.iter().map(|s| s.0.unsigned_abs()).max().unwrap_or(0);
    let wide = u128::from(largest) * u128::from(rule.weight.0.unsigned_abs()) / 1_000_000;
    if rule.level == Level::Soft && tier && wide > u128::from(Points::LIMIT.0.unsigned_abs()) {
        let says = "the largest score times the weight of the rule pairs is above a billion points";
        let file = if loaded.is_folder() { "pairs.csv".into() } else { loaded.programme_name() };
        faults.whole(&file, "score", Code::OutOfRange, says, "lower the weight or the scores");
    }
}

/// Who holds a role as somebody acting.
fn acting(roster: &Roster) -> Option<crate::model::finding::Finding> {
    let role = |p: &&crate::model::people::Person| {
        let plain = p.role.as_ref().is_some_and(|r| r.acting);
        plain || p.employment.iter().any(|e| e.role.as_ref().is_some_and(|r| r.acting))
    };
    let people = roster.people.iter().filter(role).map(|p| p.id.clone()).collect();
    load::finding(
        FindingCode::ActingRole,
        people,
        "the role is held by somebody acting; its grade counts in full",
    )
}
