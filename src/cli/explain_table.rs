//! The answer of `explain`, as JSON and for people.

use super::effect_table::{effect_json, moves, price, tier_lines};
use super::names::{Names, points};
use super::screen::{Ink, Screen, clean, listed};
use crate::intake;
use crate::model::catalogue::{Level, Word};
use crate::model::document::{Part, UnmatchedLine, WaiverLine};
use crate::model::people::Id;
use crate::model::quantity::micro_decimal;
use crate::model::roster::Roster;
use crate::service::{Effect, Explained, Firmness, Obstacle, PairAnswer, Ranked, Ranking};
use serde_json::{Value, json};
use std::fmt::Write;

/// How many who move a line names.
const NAMED: usize = 6;

pub fn json(found: &Explained) -> Value {
    let Explained { optimal, tiers, broken, pairs, unmatched, ranking: Ranking { lines, complete } } = found;
    let ranked = |Ranked { coach, coachee, effect }: &Ranked| json!({ "coach": coach, "coachee": coachee, "effect": effect_json(effect) });
    let broken = broken.iter().map(
        |(coach, coachee, says): &(Id, Id, Box<str>)| json!({ "coach": coach, "coachee": coachee, "says": says }),
    );
    let unmatched = unmatched.as_ref().map(|UnmatchedLine { coachee, code, says, eligible }| json!({ "coachee": coachee, "code": intake::unmatched_word(*code), "says": says, "eligible": eligible }));
    json!({
        "optimal": optimal,
        "tiers": tier_lines(tiers, "plan", "best"),
        "broken": broken.collect::<Vec<_>>(),
        "pairs": pairs.iter().map(pair_json).collect::<Vec<_>>(),
        "unmatched": unmatched,
        "best": lines.iter().map(ranked).collect::<Vec<_>>(),
        "best_complete": complete,
    })
}

fn pair_json(answer: &PairAnswer) -> Value {
    let PairAnswer {
        coach,
        coachee,
        made,
        best,
        score,
        minutes,
        parts,
        obstacles,
        waivers,
        pinned,
        effect,
        firmness,
    } = answer;
    let part = |Part { rule, points, says }: &Part| json!({ "rule": rule.key(), "points": points.to_string(), "says": says });
    let waiver = |WaiverLine { rule, author, reason, coach: _, coachee: _ }: &WaiverLine| json!({ "rule": rule.key(), "author": author, "reason": reason });
    let firmness = firmness.map(|firm| match firm {
        Firmness::Points(points) => micro_decimal(points),
        Firmness::Whatever => "any".to_owned(),
    });
    json!({
        "coach": coach,
        "coachee": coachee,
        "made": made,
        "best": best,
        "score": score.map(|s| s.to_string()),
        "minutes": minutes.map(|m| m.0),
        "parts": parts.iter().map(part).collect::<Vec<_>>(),
        "obstacles": obstacles.iter().map(obstacle_json).collect::<Vec<_>>(),
        "waivers": waivers.iter().map(waiver).collect::<Vec<_>>(),
        "pinned": pinned,
        "effect": effect.as_ref().map(effect_json),
        "firmness": firmness,
    })
}

pub fn obstacle_json(Obstacle { rule, level, says }: &Obstacle) -> Value {
    json!({ "rule": rule.key(), "level": level.map(Level::key), "says": says })
}

pub fn text(roster: &Roster, found: &Explained, screen: Screen) -> String {
    let names = Names::new(roster);
    let mut out = String::from("\n");
    if !found.optimal {
        let says = format!(
            "The plan is not the best of this programme: the best has, against it, {}. Effects are counted from the best.",
            price(&found.tiers)
        );
        out.push_str(&screen.paragraph(&says));
    }
    let broken = found.broken.iter().map(|(coach, coachee, says)| {
        format!("{} with {}: the coach {}", names.person(coachee), names.person(coach), clean(says))
    });
    listed(&mut out, screen, "The plan breaks rules today", broken);
    for answer in &found.pairs {
        pair(&mut out, &names, roster.grouped(), answer, screen);
    }
    if let Some(line) = &found.unmatched {
        let says = format!("{} lacks a coach: {}.", names.person(&line.coachee), clean(&line.says));
        out.push_str(&screen.paragraph(&says));
    }
    ranking(&mut out, &names, found, screen);
    out
}

fn pair(out: &mut String, names: &Names<'_>, grouped: bool, answer: &PairAnswer, screen: Screen) {
    let (coach, coachee) = (names.person(&answer.coach), names.person(&answer.coachee));
    let title = match (grouped, answer.made) {
        (true, true) => format!("Why {coachee} and {coach} are together"),
        (true, false) => format!("Why {coachee} and {coach} are not together"),
        (false, true) => format!("Why {coach} coaches {coachee}"),
        (false, false) => format!("Why {coach} does not coach {coachee}"),
    };
    out.push_str(&screen.heading(&title));
    for Obstacle { rule, level, says } in &answer.obstacles {
        let level = level.map_or(String::new(), |level| format!(", {}", level.key()));
        let says = if grouped { clean(says) } else { format!("{coach} {}", clean(says)) };
        let rule = screen.ink(Ink::Faint, &format!("[{}{level}]", rule.key()));
        out.push_str(&screen.bullet("✗", &format!("{says} {rule}")));
    }
    for Part { rule, points: earned, says } in &answer.parts {
        let rule = screen.ink(Ink::Faint, &format!("[{}]", rule.key()));
        out.push_str(
            &screen.bullet("•", &format!("{}: {} {rule}", points(i128::from(earned.0)), clean(says))),
        );
    }
    for WaiverLine { rule, author, reason, .. } in &answer.waivers {
        out.push_str(
            &screen.bullet("•", &format!("{} waived by {}: {}", rule.key(), clean(author), clean(reason))),
        );
    }
    if let Some(score) = answer.score {
        let minutes = answer.minutes.map_or(String::new(), |m| format!(", {} minutes apart", m.0));
        let _ = writeln!(out, "Score {}{minutes}.", points(i128::from(score.0)));
    }
    if let Some(pinned) = &answer.pinned {
        out.push_str(&screen.paragraph(&format!("It comes before everything else: {}.", clean(pinned))));
    }
    if let Some(effect) = &answer.effect {
        out.push_str(&screen.paragraph(&effect_text(names, answer, effect)));
    }
    match answer.firmness {
        Some(Firmness::Points(0)) => out.push_str("Another plan is as good, so the pair stands by a tie.\n"),
        Some(Firmness::Points(firm)) => {
            let _ = writeln!(out, "It stands until it loses {} points.", points(firm));
        }
        Some(Firmness::Whatever) => out.push_str("It stands however few points it has.\n"),
        None => {}
    }
}

fn effect_text(names: &Names<'_>, answer: &PairAnswer, effect: &Effect) -> String {
    let what = match (answer.best, answer.made) {
        (true, true) => "Without it",
        (true, false) => "The best plan makes this pair; without it",
        (false, true) => "The best plan does without it; to make it costs",
        (false, false) => "To make it costs",
    };
    let price = price(&effect.tiers);
    let price = if answer.best { format!("{what}: {price}") } else { format!("{what} {price}") };
    let moves = if effect.changes.is_empty() {
        String::new()
    } else {
        format!(" {}.", moves(names, &effect.changes, NAMED))
    };
    let proved = if effect.proved { "" } else { " This is not proved." };
    format!("{price}.{moves}{proved}")
}

fn ranking(out: &mut String, names: &Names<'_>, found: &Explained, screen: Screen) {
    let Ranking { lines, complete } = &found.ranking;
    if lines.is_empty() {
        return;
    }
    out.push_str(&screen.heading("The best others, by what they do to the whole plan"));
    let mut table = screen.table(&["coach", "coachee", "costs", "who moves"]);
    for Ranked { coach, coachee, effect } in lines {
        table.add_row(vec![
            names.person(coach),
            names.person(coachee),
            price(&effect.tiers),
            moves(names, &effect.changes, NAMED),
        ]);
    }
    let _ = writeln!(out, "{}", table.trim_fmt());
    if !complete {
        let says = "Not all others were tried, for each takes a match of its own here.";
        out.push_str(&screen.ink(Ink::Faint, &screen.paragraph(says)));
    }
}
