//! From the generic form to the roster: every part read, all faults kept, then put in canonical order.

use crate::model::catalogue::{Level, Tier};
use crate::model::fault::{Code, Fault};
use crate::model::finding::FindingCode;
use crate::model::quantity::Points;
use crate::model::roster::{Aim, PairTable, Programme, Roster};

use super::directory::Directory;
use super::faults::Faults;
use super::load::{self, Loaded};
use super::people::{self, Desk};
use super::raw::{self, Raw};
use super::source::Charset;
use super::tables::TableKind;
use super::words::Words;
use super::{Reading, chains, lists, pairs, programme, schools};

/// Reads what was loaded.
pub fn build(mut loaded: Loaded) -> Result<Reading, Vec<Fault>> {
    let lost = std::mem::take(&mut loaded.lost);
    let found = std::mem::take(&mut loaded.faults);
    let mut findings = std::mem::take(&mut loaded.findings);
    let mut faults = Faults::new(&loaded.sources, found);
    let raw = raw::raw(&loaded.sources, lost, &mut faults);
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
    missing_lists(loaded, raw, &name, faults);
    let directory = Directory::read(raw, faults);
    let mut words = Words::default();
    let grades = programme.as_ref().map_or(&[][..], |p| &p.rules.seniority.grades);
    // Points go to the first three choices; only a stable plan looks at more.
    let stable = programme.as_ref().is_some_and(|p| p.aim == Aim::Stable);
    let choices = if stable { None } else { Some(3) };
    let mut desk = Desk { directory: &directory, grades, choices, words: &mut words, faults: &mut *faults };
    let mut schools = schools::read(raw, &mut desk);
    let mut all = people::read(raw, &mut desk);
    people::participants(raw, &mut desk);
    let jobs = lists::employment(raw, &mut desk);
    chains::check(raw, &all.all, &directory.rows, faults);
    for (person, job) in jobs {
        all.all[person].employment.push(job);
    }
    let book = programme.as_ref().map(|p| &p.rules);
    let conflicts = lists::conflicts(raw, &directory, faults);
    let history = lists::history(raw, &directory, faults);
    let locks = lists::locks(raw, &directory, faults);
    let waivers = lists::waivers(raw, &directory, book, faults);
    let travel = lists::travel(raw, &directory, faults);
    let plan = lists::plan(raw, &directory, faults);
    let (pairs, charset) = pairs_of(loaded, raw, &directory, faults);
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

/// Coaches and coachees must be listed, be it with nobody in them.
fn missing_lists(loaded: &Loaded, raw: &Raw<'_>, name: &str, faults: &mut Faults<'_>) {
    let grouped = raw.table(TableKind::Participants).is_some() || raw.lost.contains(&TableKind::Participants);
    let unread = !loaded.is_folder() && !raw.has_keys;
    for kind in [TableKind::Coaches, TableKind::Coachees] {
        if grouped || unread || raw.table(kind).is_some() || raw.lost.contains(&kind) {
            continue;
        }
        let says = format!("the programme lists no {}", kind.key());
        if loaded.is_folder() {
            let file = format!("{}.csv", kind.key());
            faults.whole(
                &file,
                "",
                Code::MissingList,
                &says,
                "add the file, with its header alone if nobody is in it",
            );
        } else {
            faults.whole(
                name,
                kind.key(),
                Code::MissingList,
                &says,
                "add the list, empty if nobody is in it",
            );
        }
    }
    if let Some(table) = raw.table(TableKind::Participants) {
        let says = "no preset of this version groups people from one list";
        let remedy = "list coaches and coachees instead";
        let column = if loaded.is_folder() { "" } else { TableKind::Participants.key() };
        faults.whole(faults.file_name(table.file), column, Code::PresetNotBuilt, says, remedy);
    }
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
