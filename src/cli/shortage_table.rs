//! The answer of `shortage`, as JSON and for people.

use super::effect_table::{change, price, tier_lines};
use super::explain_table::obstacle_json;
use super::names::{Names, count};
use super::screen::{Ink, Screen, clean, listed};
use crate::intake;
use crate::model::catalogue::{Tier, Word};
use crate::model::people::Id;
use crate::model::roster::Roster;
use crate::service::{Mend, Nearest, PlaceLine, Remedy, SetLine, ShortLine, Shortage, TierEffect};
use serde_json::{Value, json};
use std::fmt::Write;

pub fn json(found: &Shortage) -> Value {
    let Shortage { plan, short, clashes, mends, complete, places } = found;
    let place = |PlaceLine { coach, tiers }: &PlaceLine| json!({ "coach": coach, "tiers": tiers.as_ref().map(|tiers| tier_lines(tiers, "before", "after")) });
    json!({
        "matched": plan.matched,
        "coachees": plan.coachees,
        "short": short.iter().map(short_json).collect::<Vec<_>>(),
        "clashes": clashes.iter().map(set_json).collect::<Vec<_>>(),
        "repairs": mends.iter().map(mend_json).collect::<Vec<_>>(),
        "repairs_complete": complete,
        "places": places.iter().map(place).collect::<Vec<_>>(),
    })
}

fn short_json(line: &ShortLine) -> Value {
    let ShortLine { coachee, code, says, eligible, excluded, nearest, clash } = line;
    let nearest = nearest.as_ref().map(|Nearest { coach, obstacles }| {
        json!({ "coach": coach, "obstacles": obstacles.iter().map(obstacle_json).collect::<Vec<_>>() })
    });
    let excluded = excluded.iter().map(|(rule, coaches)| json!({ "rule": rule.key(), "coaches": coaches }));
    json!({
        "coachee": coachee,
        "code": intake::unmatched_word(*code),
        "says": says,
        "eligible": eligible,
        "excluded": excluded.collect::<Vec<_>>(),
        "nearest": nearest,
        "clash": clash,
    })
}

fn set_json(SetLine { coachees, coaches, wanted, places, capped, says }: &SetLine) -> Value {
    json!({ "coachees": coachees, "coaches": coaches, "wanted": wanted, "places": places, "capped": capped, "says": says })
}

fn mend_json(mend: &Mend) -> Value {
    let Mend { change: remedy, filled, helps, hurts, tiers, changes, proved } = mend;
    json!({
        "repair": remedy_json(remedy),
        "filled": i64::try_from(*filled).unwrap_or(i64::MAX),
        "helps": helps,
        "hurts": hurts,
        "tiers": tier_lines(tiers, "before", "after"),
        "changes": changes.iter().map(change).collect::<Vec<_>>(),
        "proved": proved,
    })
}

fn remedy_json(remedy: &Remedy) -> Value {
    match remedy {
        Remedy::Waive { coach, coachee, rules } => {
            let rules: Vec<&str> = rules.iter().map(|rule| rule.key()).collect();
            json!({ "kind": "waiver", "coach": coach, "coachee": coachee, "rules": rules })
        }
        Remedy::Place { coach } => json!({ "kind": "place", "coach": coach }),
        Remedy::Set { rule, setting } => json!({ "kind": "setting", "rule": rule.key(), "set": setting }),
        Remedy::Coach { like, but, places, sectors, regions, needs } => {
            let sectors: Vec<&str> = sectors.iter().map(|sector| sector.key()).collect();
            json!({
                "kind": "coach", "like": like, "but": but, "places": places,
                "sectors": sectors, "regions": regions, "needs": needs,
            })
        }
    }
}

/// So many who are short, and so many coaches, are told one by one; the others are in the JSON.
const TOLD: usize = 15;
/// How many people a line names.
const NAMED: usize = 4;

pub fn text(roster: &Roster, found: &Shortage, screen: Screen) -> String {
    let names = Names::new(roster);
    let mut out = String::from("\n");
    let title = format!("{} of {} coachees matched.", found.plan.matched, found.plan.coachees);
    out.push_str(&screen.ink(Ink::Title, &screen.paragraph(&title)));
    if found.short.is_empty() {
        out.push_str("Nobody is short of a coach.\n");
    }
    listed(
        &mut out,
        screen,
        "Who is short",
        found.short.iter().take(TOLD).map(|line| short(&names, roster, line)),
    );
    more(&mut out, found.short.len(), screen);
    let clashes =
        found.clashes.iter().map(|set| format!("{}: {}", names.list(&set.coachees, 9), clean(&set.says)));
    listed(&mut out, screen, "The smallest sets who share too few places", clashes);
    if !found.mends.is_empty() {
        out.push_str(&screen.heading("What would help, each tried as a match of its own"));
        let mut table = screen.table(&["repair", "places filled", "helps", "costs", "who moves"]);
        for mend in &found.mends {
            let moved = mend.changes.iter().filter(|m| !mend.helps.contains(&m.coachee)).count();
            table.add_row(vec![
                clean(&remedy(&names, roster, &mend.change)),
                format!("+{}", mend.filled),
                names.list(&mend.helps, NAMED),
                price(&costs(&mend.tiers)),
                if moved == 0 { "nobody else".to_owned() } else { count(moved, "coachee", "coachees") },
            ]);
        }
        let _ = writeln!(out, "{}", table.trim_fmt());
    } else if !found.short.is_empty() {
        out.push_str("\nNothing that was tried helps: not a place, not a waiver, not a softer rule, not one more coach.\n");
    }
    if !found.complete {
        let says = "Not everything was tried: the most promising of each kind were.";
        out.push_str(&screen.ink(Ink::Faint, &screen.paragraph(says)));
    }
    places(&mut out, &names, found, screen);
    out
}

/// Everything but coverage, which has a column of its own.
fn costs(tiers: &[TierEffect]) -> Vec<TierEffect> {
    tiers.iter().copied().filter(|tier| tier.tier != Tier::Coverage).collect()
}

fn more(out: &mut String, all: usize, screen: Screen) {
    if all > TOLD {
        let says = format!("{} more: --format json.", all - TOLD);
        out.push_str(&screen.ink(Ink::Faint, &screen.paragraph(&says)));
    }
}

fn short(names: &Names<'_>, roster: &Roster, line: &ShortLine) -> String {
    let mut says = format!("{}: {}", names.person(&line.coachee), clean(&line.says));
    if line.eligible == 0
        && let Some(Nearest { coach, obstacles }) = &line.nearest
    {
        let who = names.person(coach);
        let why: Vec<String> = obstacles
            .iter()
            .map(|o| {
                let lifts = if o.lifts() { ", could be waived" } else { "" };
                format!("{} [{}{lifts}]", clean(&o.says), o.rule.key())
            })
            .collect();
        let subject = if roster.grouped() { "" } else { "who " };
        let _ = write!(says, ". Nearest: {who}, {subject}{}", why.join("; "));
    }
    says
}

fn remedy(names: &Names<'_>, roster: &Roster, remedy: &Remedy) -> String {
    match remedy {
        Remedy::Waive { coach, coachee, rules } => {
            let rules: Vec<&str> = rules.iter().map(|rule| rule.key()).collect();
            let with = if roster.grouped() { "and" } else { "with" };
            format!(
                "waive {} for {} {with} {}",
                rules.join(" and "),
                names.person(coachee),
                names.person(coach)
            )
        }
        Remedy::Place { coach } => format!("one more place with {}", names.person(coach)),
        Remedy::Set { setting, .. } => {
            let sets: Vec<String> = setting.split(' ').map(|one| format!("--set {one}")).collect();
            sets.join(" ")
        }
        Remedy::Coach { like, but, places, sectors, regions, needs } => {
            let sectors: Vec<&str> = sectors.iter().map(|sector| sector.key()).collect();
            let about = [sectors.join(" and "), regions.join(", "), needs.join(", ")];
            let about: Vec<String> = about.into_iter().filter(|text| !text.is_empty()).collect();
            let about = if about.is_empty() { String::new() } else { format!(" ({})", about.join("; ")) };
            let but = if but.is_empty() { String::new() } else { format!(", but {}", but.join(", ")) };
            let with = count(*places as usize, "place", "places");
            format!("one more coach like {}{about}{but}, with {with}", names.person(like))
        }
    }
}

fn places(out: &mut String, names: &Names<'_>, found: &Shortage, screen: Screen) {
    let worth = |line: &&PlaceLine| {
        line.tiers.as_ref().is_some_and(|tiers| tiers.iter().any(|t| t.before != t.after))
    };
    let mut lines: Vec<&PlaceLine> = found.places.iter().filter(worth).collect();
    let key = |line: &&PlaceLine| {
        let gain = |tier: &TierEffect| {
            let more = tier.after.unwrap_or(0) - tier.before.unwrap_or(0);
            if matches!(tier.tier, Tier::Coverage | Tier::Score | Tier::Floor) { -more } else { more }
        };
        (line.tiers.iter().flatten().map(gain).collect::<Vec<i128>>(), line.coach.clone())
    };
    lines.sort_by_cached_key(key);
    let told = lines.iter().take(TOLD).map(|line| {
        let coach: &Id = &line.coach;
        format!("{}: {}", names.person(coach), price(line.tiers.as_deref().unwrap_or_default()))
    });
    listed(out, screen, "What one more place is worth", told);
    more(out, lines.len(), screen);
}
