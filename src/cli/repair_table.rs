//! The answers of `what-if` and `contingencies`, as JSON and for people.

use super::Failure;
use super::names::{Names, count, points};
use super::plan_table;
use super::screen::{Ink, Screen, clean, listed};
use crate::intake;
use crate::model::catalogue::{Tier, Word};
use crate::model::finding::Finding;
use crate::model::people::Id;
use crate::model::quantity::micro_decimal;
use crate::model::roster::Roster;
use crate::service::{
    Change, Contingencies, FrontierLine, Gained, LossLine, Move, ROOM, RepairLine, ReserveLine, WhatIf,
};
use serde_json::{Value, json};
use std::fmt::Write;

pub fn what_if_json(found: &WhatIf, misfits: &[(Id, Id)]) -> Result<Value, Failure> {
    let WhatIf { plan, comparison, moved, broken, released, frontier, reached, ended, traced, free } = found;
    let whole: Value =
        serde_json::from_str(&intake::plan_to_json(plan)).map_err(|e| Failure::Output(e.into()))?;
    let move_line = |Move { coachee, from, to, why }: &Move| json!({ "coachee": coachee, "from": from, "to": to, "why": why });
    let findings = |list: &[Finding]| -> Vec<Value> {
        list.iter().map(|f| json!({ "code": f.code.key(), "people": f.people, "says": f.says })).collect()
    };
    Ok(json!({
        "kept": pairs(&comparison.kept),
        "moved": moved.iter().map(move_line).collect::<Vec<_>>(),
        "newly_matched": pairs(&comparison.newly_matched),
        "newly_unmatched": newly_unmatched(found),
        "score": {
            "before": micro_decimal(comparison.score_before),
            "after": micro_decimal(comparison.score_after),
            "difference": micro_decimal(comparison.score_after - comparison.score_before),
        },
        "frontier": frontier.iter().map(point).collect::<Vec<_>>(),
        "frontier_reached": reached,
        "frontier_ended": ended,
        "frontier_traced": traced,
        "free": point(free),
        "broken": findings(broken),
        "released": findings(released),
        "misfits": pairs(misfits),
        "plan": whole,
    }))
}

fn newly_unmatched(found: &WhatIf) -> Vec<Value> {
    let why = |coachee: &Id| {
        found.plan.unmatched.iter().find(|line| line.coachee == *coachee).map(|line| &line.says)
    };
    let lines = found.comparison.newly_unmatched.iter();
    lines.map(|(coach, coachee)| json!({ "coachee": coachee, "had": coach, "why": why(coachee) })).collect()
}

fn pairs(pairs: &[(Id, Id)]) -> Vec<Value> {
    pairs.iter().map(|(coach, coachee)| json!({ "coach": coach, "coachee": coachee })).collect()
}

fn point(line: &FrontierLine) -> Value {
    let FrontierLine { further, gains, filled, score, proved, moved } = line;
    let moved = moved.iter().map(|(coachee, to)| json!({ "coachee": coachee, "to": to }));
    json!({
        "further": further,
        "filled": i64::try_from(*filled).unwrap_or(i64::MAX),
        "score": micro_decimal(*score),
        "gains": gains.iter().map(gain).collect::<Vec<_>>(),
        "proved": proved,
        "moved": moved.collect::<Vec<_>>(),
    })
}

fn gain((what, by): &(Gained, i128)) -> Value {
    match what {
        Gained::Filled { nth, class } => {
            json!({ "name": "coverage", "class": class, "nth": nth, "by": by.to_string() })
        }
        Gained::Tier(tier @ (Tier::Score | Tier::Balance | Tier::Floor)) => {
            json!({ "name": tier.key(), "by": micro_decimal(*by) })
        }
        Gained::Tier(tier @ (Tier::Coverage | Tier::Minimums | Tier::Stability)) => {
            json!({ "name": tier.key(), "by": by.to_string() })
        }
    }
}

/// The changes in words, for a title.
pub fn asked(names: &Names<'_>, changes: &[Change], others: &[String]) -> String {
    let said = changes.iter().map(|change| match change {
        Change::Drop(id) => format!("{} leaves", names.person(id)),
        Change::Places(id, n) => format!("{} takes {n}", names.person(id)),
    });
    said.chain(others.iter().map(|other| clean(other))).collect::<Vec<_>>().join(", ")
}

pub fn what_if_text(
    roster: &Roster,
    asked: &str,
    found: &WhatIf,
    misfits: &[(Id, Id)],
    screen: Screen,
) -> String {
    let names = Names::new(roster);
    let mut out = String::from("\n");
    if !asked.is_empty() {
        out.push_str(&screen.ink(Ink::Title, &screen.paragraph(&format!("What if {asked}?"))));
    }
    let comparison = &found.comparison;
    let difference = comparison.score_after - comparison.score_before;
    out.push_str(&screen.paragraph(&format!(
        "{} of {} coachees matched. {} kept, {}, {} newly without a coach. Score {} to {} ({}{}).",
        found.plan.matched,
        found.plan.coachees,
        count(comparison.kept.len(), "pair", "pairs"),
        count(found.moved.len(), "coachee moves", "coachees move"),
        comparison.newly_unmatched.len(),
        points(comparison.score_before),
        points(comparison.score_after),
        if difference < 0 { "" } else { "+" },
        points(difference),
    )));
    let title = "Pairs of the plan whose people are no longer there";
    listed(&mut out, screen, title, misfits.iter().map(|(coach, coachee)| format!("{coachee} with {coach}")));
    listed(&mut out, screen, "The plan breaks rules today", found.broken.iter().map(|f| clean(&f.says)));
    listed(&mut out, screen, "Pins that the change breaks", found.released.iter().map(|f| clean(&f.says)));
    let moved = found.moved.iter().map(|Move { coachee, from, to, why }| {
        let why = in_names(&names, why);
        format!("{}: {}: {why}", names.person(coachee), names.way(from, to))
    });
    listed(&mut out, screen, "Who moves", moved);
    let new = comparison.newly_matched.iter();
    let new = new.map(|(coach, coachee)| format!("{} with {}", names.person(coachee), names.person(coach)));
    listed(&mut out, screen, "Newly matched", new);
    let stranded = comparison.newly_unmatched.iter().map(|(coach, coachee)| {
        let line = found.plan.unmatched.iter().find(|line| line.coachee == *coachee);
        let why = line.map_or("takes no part any more", |line| &*line.says);
        format!("{} (had {}): {}", names.person(coachee), names.person(coach), clean(why))
    });
    listed(&mut out, screen, "Newly without a coach", stranded);
    frontier(&mut out, &names, found, screen);
    out.push('\n');
    out.push_str(&screen.paragraph(&plan_table::proof(&found.plan)));
    out
}

/// The service's reasons name people by id where they name them.
fn in_names(names: &Names<'_>, why: &str) -> String {
    if let Some(coach) = why.strip_suffix(" leaves") {
        return format!("{} leaves", names.person(coach));
    }
    match why.strip_prefix(ROOM) {
        Some(ids) => format!("{ROOM}{}", names.list(&ids.split(", ").collect::<Vec<_>>(), 9)),
        None => clean(why),
    }
}

fn frontier(out: &mut String, names: &Names<'_>, found: &WhatIf, screen: Screen) {
    let Some(first) = found.frontier.first() else { return };
    let gains = |line: &FrontierLine| line.gains.iter().any(|gain| gain.1 != 0);
    let more = found.frontier.len() > 1 || gains(&found.free);
    if !more {
        let says = if found.ended || !gains(&found.free) {
            "No further move would gain anything: proved."
        } else {
            "No further move looked at would gain anything."
        };
        let _ = writeln!(out, "\n{says}");
        return;
    }
    out.push_str(&screen.heading("What further moves would gain"));
    let mut table =
        screen.table(&["further moves", "gained", "places filled", "score", "proved", "who changes coach"]);
    let last = found.frontier.last().unwrap_or(first);
    // The best of all plans stands in the list where the list was followed to its end.
    let best = Some(&found.free).filter(|free| gains(free) && free.gains != last.gains);
    for line in found.frontier.iter().chain(best) {
        let who: Vec<&Id> = line.moved.iter().map(|(coachee, _)| coachee).collect();
        table.add_row(vec![
            line.further.to_string(),
            gained(line),
            line.filled.to_string(),
            points(line.score),
            if line.proved { "yes" } else { "not yet" }.to_owned(),
            names.list(&who, 3),
        ]);
    }
    let _ = writeln!(out, "{}", table.trim_fmt());
    let says = if !found.traced {
        "Numbers of moves are left out where rules tie several pairs together, or people are grouped."
    } else if !found.ended {
        "The work ends here, not what could be gained: the last line is the best of all plans, and between it and the line above there \
         may be further steps."
    } else {
        "Numbers of moves that are not listed gain nothing on the line above; nothing is gained beyond the last."
    };
    out.push_str(&screen.ink(Ink::Faint, &screen.paragraph(says)));
}

/// What a line of the frontier gains on the first, and what it pays for that, tier by tier.
fn gained(line: &FrontierLine) -> String {
    let number = |by: i128| usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX);
    let mut classes: Vec<u8> = line.gains.iter().filter_map(|(what, _)| filled_class(*what)).collect();
    classes.dedup();
    let told = line.gains.iter().filter(|gain| gain.1 != 0).map(|(what, by)| {
        let more = *by > 0;
        match what {
            Gained::Filled { nth, class } => {
                let people = count(number(*by), "coachee", "coachees");
                let people = if classes.len() > 1 { format!("{people} of priority {class}") } else { people };
                let what = match nth {
                    1 => "matched".to_owned(),
                    nth => format!("with {nth} coaches"),
                };
                format!("{people} {} {what}", if more { "more" } else { "fewer" })
            }
            Gained::Tier(Tier::Minimums) => {
                let places = count(number(*by), "place", "places");
                format!("{places} {} missing to least loads", if more { "fewer" } else { "more" })
            }
            Gained::Tier(Tier::Balance) => if more { "spread better" } else { "spread less well" }.to_owned(),
            Gained::Tier(_) => format!("{}{} points", if more { "+" } else { "" }, points(*by)),
        }
    });
    told.collect::<Vec<_>>().join(", ")
}

const fn filled_class(what: Gained) -> Option<u8> {
    match what {
        Gained::Filled { class, .. } => Some(class),
        Gained::Tier(_) => None,
    }
}

pub fn contingencies_json(found: &Contingencies, misfits: &[(Id, Id)]) -> Value {
    let Contingencies { losses, together, reserves, pairs: held, changes, alone } = found;
    let reserve = |ReserveLine { like, sectors, regions, needs, losses, coachees }: &ReserveLine| {
        let sectors: Vec<&str> = sectors.iter().map(|s| s.key()).collect();
        json!({ "like": like, "sectors": sectors, "regions": regions, "needs": needs, "losses": losses, "coachees": coachees })
    };
    json!({
        "losses": losses.iter().map(loss).collect::<Vec<_>>(),
        "together": together.iter().map(loss).collect::<Vec<_>>(),
        "reserves": reserves.iter().map(reserve).collect::<Vec<_>>(),
        "pairs": held,
        "changes": changes,
        "matched_by_themselves": alone,
        "misfits": pairs(misfits),
    })
}

fn loss(LossLine { coaches, bereft, staying, moving }: &LossLine) -> Value {
    let repair = |RepairLine { changes, stranded, moves, score }: &RepairLine| {
        let change = |(coachee, from, to): &(Id, Vec<Id>, Vec<Id>)| json!({ "coachee": coachee, "from": from, "to": to });
        json!({
            "changes": changes.iter().map(change).collect::<Vec<_>>(),
            "stranded": stranded,
            "moves": moves,
            "score": micro_decimal(*score),
        })
    };
    json!({ "coaches": coaches, "coachees": bereft, "staying": repair(staying), "moving": repair(moving) })
}

/// Losses told one by one; the others are in the JSON.
const TOLD: usize = 12;

pub fn contingencies_text(
    roster: &Roster,
    found: &Contingencies,
    misfits: &[(Id, Id)],
    screen: Screen,
) -> String {
    let names = Names::new(roster);
    let mut out = String::from("\n");
    let stranding = found.losses.iter().filter(|l| !l.staying.stranded.is_empty()).count();
    let beyond = found.losses.iter().filter(|l| !l.moving.stranded.is_empty()).count();
    out.push_str(&screen.ink(
        Ink::Title,
        &screen.paragraph(&format!(
            "{} could be lost. {} would leave somebody stranded if nobody else moved; {} even with moves.",
            count(found.losses.len(), "coach", "coaches"),
            stranding,
            beyond,
        )),
    ));
    let title = "Pairs of the plan whose people are no longer there";
    listed(&mut out, screen, title, misfits.iter().map(|(coach, coachee)| format!("{coachee} with {coach}")));
    if found.changes > 0 {
        let says = format!(
            "Counted from the plan repaired first: {} of its pairs cannot stay, or give way so that more are matched.",
            found.changes
        );
        out.push_str(&screen.paragraph(&says));
    }
    out.push_str(&screen.heading("On whom most hangs"));
    losses(&mut out, &names, found.losses.iter().take(TOLD), screen);
    if found.losses.len() > TOLD {
        let more = format!("{} more, on whom less hangs: --format json.", found.losses.len() - TOLD);
        out.push_str(&screen.ink(Ink::Faint, &screen.paragraph(&more)));
    }
    if !found.together.is_empty() {
        out.push_str(&screen.heading("Lost together"));
        losses(&mut out, &names, found.together.iter(), screen);
    }
    let reserve = |line: &ReserveLine| {
        let sectors: Vec<&str> = line.sectors.iter().map(|s| s.key()).collect();
        let about: Vec<String> =
            [sectors.join(" and "), line.regions.join(", ")].into_iter().filter(|t| !t.is_empty()).collect();
        let about = if about.is_empty() { String::new() } else { format!(" ({})", about.join("; ")) };
        let needs = if line.needs.is_empty() {
            String::new()
        } else {
            format!("; of use: {}", line.needs.join(", "))
        };
        format!(
            "one more like {}{about}: {} then strands nobody, {} taken in all{needs}",
            names.person(&line.like),
            count(line.losses as usize, "loss", "losses"),
            count(line.coachees as usize, "coachee", "coachees"),
        )
    };
    listed(
        &mut out,
        screen,
        "Reserves worth recruiting",
        found.reserves.iter().map(|line| clean(&reserve(line))),
    );
    if found.alone > 0 {
        let losses = count(found.alone as usize, "loss was", "losses were");
        let says = format!(
            "{losses} matched afresh: rules tie several pairs together there, or people are grouped."
        );
        out.push_str(&screen.ink(Ink::Faint, &screen.paragraph(&says)));
    }
    out
}

fn losses<'l>(
    out: &mut String,
    names: &Names<'_>,
    lines: impl Iterator<Item = &'l LossLine>,
    screen: Screen,
) {
    let mut table = screen.table(&[
        "lost",
        "coachees",
        "stranded, nobody moving",
        "score",
        "moves to rescue",
        "still stranded",
        "score",
    ]);
    for LossLine { coaches, bereft, staying, moving } in lines {
        table.add_row(vec![
            names.list(coaches, 4),
            bereft.len().to_string(),
            if staying.stranded.is_empty() { "nobody".to_owned() } else { names.list(&staying.stranded, 3) },
            points(staying.score),
            moving.moves.to_string(),
            if moving.stranded.is_empty() { "nobody".to_owned() } else { names.list(&moving.stranded, 3) },
            points(moving.score),
        ]);
    }
    let _ = writeln!(out, "{}", table.trim_fmt());
}
