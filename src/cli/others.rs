//! `alternatives` and `trade-off`: other plans than the best one, and what they cost.

use super::answers::compare_json;
use super::args::{AlternativesArgs, TradeOffArgs};
use super::commands::{take_baseline, workers};
use super::names::{Names, count, points};
use super::screen::{Ink, Screen, clean, print};
use super::{End, Failure, Ways, interrupt, pretty};
use crate::intake;
use crate::model::catalogue::{RuleKey, Word};
use crate::model::document::{PlanDocument, Proof};
use crate::model::fault::{At, Code, Fault};
use crate::model::quantity::micro_decimal;
use crate::model::roster::Roster;
use crate::service::{
    self, Alternative, Alternatives, Between, Comparison, CornerLine, Options, ServiceError, TradeOff,
};
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Instant;

pub fn alternatives(args: &AlternativesArgs, ways: Ways) -> Result<End, Failure> {
    let begun = Instant::now();
    let mut reading = intake::read(&args.programme, &args.sets.set)?;
    take_baseline(&mut reading, args.plan.as_deref())?;
    if args.plan.is_none() {
        reading.roster.plan = None;
    }
    let workers = workers();
    let options = Options {
        threads: ways.threads,
        time_limit: args.time_limit,
        cancel: Some(interrupt::watch()),
        progress: None,
        workers: workers.as_ref(),
        read: begun.elapsed(),
    };
    let found = service::alternatives(&reading, args.differ, args.count, &options)?;
    if ways.json {
        print(&pretty(&alternatives_json(&found)))?;
    } else {
        print(&alternatives_text(&reading.roster, args.differ, &found, Screen::stdout()))?;
    }
    let proved = found.found.iter().all(|alternative| alternative.proof != Proof::None);
    let whole = found.all || found.found.len() == args.count as usize;
    Ok(if proved && whole { End::Fine } else { End::Wanting })
}

const fn proof_key(proof: Proof) -> &'static str {
    match proof {
        Proof::Certified => "certified",
        Proof::Claimed => "claimed",
        Proof::None => "none",
    }
}

const fn proof_words(proof: Proof) -> &'static str {
    match proof {
        Proof::Certified => "proved",
        Proof::Claimed => "by an integer-programming solver's word",
        Proof::None => "not proved: the search was stopped",
    }
}

fn tiers_json(plan: &PlanDocument) -> Vec<Value> {
    plan.tiers.iter().map(|line| json!({ "name": line.tier.key(), "value": line.value })).collect()
}

fn pairs_json(plan: &PlanDocument) -> Vec<Value> {
    let pair = |p: &crate::model::document::PairLine| json!({ "coach": p.coach, "coachee": p.coachee, "score": p.score.to_string() });
    plan.pairs.iter().map(pair).collect()
}

fn plan_json(plan: &PlanDocument, comparison: &Comparison, proof: Proof) -> Value {
    json!({
        "proof": proof_key(proof),
        "matched": plan.matched,
        "score": micro_decimal(plan.score),
        "tiers": tiers_json(plan),
        "comparison": compare_json(comparison),
        "pairs": pairs_json(plan),
    })
}

fn alternatives_json(Alternatives { plan, found, all }: &Alternatives) -> Value {
    let line = |Alternative { plan, comparison, proof }: &Alternative| plan_json(plan, comparison, *proof);
    json!({
        "plan": {
            "matched": plan.matched, "score": micro_decimal(plan.score), "tiers": tiers_json(plan), "pairs": pairs_json(plan),
        },
        "alternatives": found.iter().map(line).collect::<Vec<_>>(),
        "all": all,
    })
}

/// `+2.5`, `-3`, `0`.
fn signed(by: i128) -> String {
    format!("{}{}", if by > 0 { "+" } else { "" }, points(by))
}

fn alternatives_text(roster: &Roster, differ: u32, found: &Alternatives, screen: Screen) -> String {
    let names = Names::new(roster);
    let mut out = String::from("\n");
    let plan = &found.plan;
    let title = format!(
        "The plan at hand: {} of {} matched, score {}.",
        plan.matched,
        plan.coachees,
        points(plan.score)
    );
    out.push_str(&screen.ink(Ink::Title, &screen.paragraph(&title)));
    if found.found.is_empty() {
        let says = format!("No other plan differs in {} or more.", count(differ as usize, "pair", "pairs"));
        out.push_str(&screen.paragraph(&says));
        return out;
    }
    out.push_str(&screen.heading(&format!(
        "The next best that differ in {} or more",
        count(differ as usize, "pair", "pairs")
    )));
    let mut table =
        screen.table(&["", "matched", "score", "difference", "no better one", "who changes coach"]);
    for (number, Alternative { plan: other, comparison, proof }) in (1..).zip(&found.found) {
        table.add_row(vec![
            number.to_string(),
            other.matched.to_string(),
            points(other.score),
            signed(other.score - plan.score),
            proof_words(*proof).to_owned(),
            changes(&names, comparison),
        ]);
    }
    let _ = writeln!(out, "{}", table.trim_fmt());
    if found.all {
        out.push_str(&screen.ink(Ink::Faint, &screen.paragraph("There are no others that differ so far.")));
    }
    out
}

/// Who has another coach, and whom.
fn changes(names: &Names<'_>, comparison: &Comparison) -> String {
    let moved =
        comparison.moved.iter().map(|m| format!("{} → {}", names.person(&m.coachee), names.list(&m.to, 3)));
    let new = comparison.newly_matched.iter();
    let new = new.map(|(coach, coachee)| format!("{} → {}", names.person(coachee), names.person(coach)));
    let gone =
        comparison.newly_unmatched.iter().map(|(_, coachee)| format!("{} waits", names.person(coachee)));
    let all: Vec<String> = moved.chain(new).chain(gone).collect();
    let more = all.len().saturating_sub(MOST);
    let mut lines: Vec<String> = all.into_iter().take(MOST).collect();
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.join("\n")
}

/// Changes told of one plan; the others are in the JSON.
const MOST: usize = 6;

pub fn trade_off(args: &TradeOffArgs, ways: Ways) -> Result<End, Failure> {
    let begun = Instant::now();
    let mut reading = intake::read(&args.programme, &args.sets.set)?;
    reading.roster.plan = None;
    let between = between(&args.between)?;
    let mut without = Vec::new();
    if let Between::Rules(first, second) = between {
        for rule in [first, second] {
            service::tradeable(&reading.roster, rule)?;
            let mut sets = args.sets.set.clone();
            sets.push(format!("{}.weight=0", rule.key()));
            let mut roster = intake::read(&args.programme, &sets)?.roster;
            roster.plan = None;
            without.push(roster);
        }
    }
    let without = match without.as_slice() {
        [first, second] => Some([first, second]),
        _ => None,
    };
    let workers = workers();
    let options = Options {
        threads: ways.threads,
        time_limit: args.time_limit,
        cancel: Some(interrupt::watch()),
        progress: None,
        workers: workers.as_ref(),
        read: begun.elapsed(),
    };
    let found = service::trade_off(&reading, between, without, &options)?;
    if ways.json {
        print(&pretty(&trade_off_json(between, &found)))?;
    } else {
        print(&trade_off_text(&reading.roster, between, &found, Screen::stdout()))?;
    }
    Ok(if found.whole { End::Fine } else { End::Wanting })
}

fn between(text: &str) -> Result<Between, Failure> {
    let names: Vec<&str> = text.split(',').map(str::trim).collect();
    let rule = |name: &str| RuleKey::ALL.iter().copied().find(|rule| rule.key() == name);
    let fault = |code, word: &str, says: String, remedy: &str| {
        let at = At { file: "--between".into(), line: 0, column: "".into() };
        ServiceError::Faults(vec![Fault {
            at,
            code,
            text: word.into(),
            says: says.into(),
            remedy: remedy.into(),
            source: None,
        }])
    };
    match names.as_slice() {
        ["coverage", "score"] | ["score", "coverage"] => Ok(Between::CoverageAndScore),
        [first, second] if first != second => match (rule(first), rule(second)) {
            (Some(first), Some(second)) => Ok(Between::Rules(first, second)),
            (found, _) => {
                let word = if found.is_none() { first } else { second };
                let near = intake::nearest(word, RuleKey::ALL.iter().map(|rule| rule.key()));
                let remedy = near.map_or_else(
                    || "name two soft rules about pairs, or coverage,score".to_owned(),
                    |near| format!("did you mean \"{near}\"?"),
                );
                Err(fault(Code::UnknownRule, word, format!("there is no rule \"{word}\""), &remedy).into())
            }
        },
        _ => {
            let says = "a trade-off is between two things".to_owned();
            Err(fault(Code::BadParameter, text, says, "write --between needs,travel or coverage,score")
                .into())
        }
    }
}

fn trade_off_json(between: Between, TradeOff { corners, whole }: &TradeOff) -> Value {
    let names = match between {
        Between::Rules(first, second) => [first.key(), second.key()],
        Between::CoverageAndScore => ["coverage", "score"],
    };
    let line = |CornerLine { plan, comparison, worth, from, proof }: &CornerLine| {
        let mut value = plan_json(plan, comparison, *proof);
        value["worth"] = json!({ (names[0]): micro_decimal(worth[0]), (names[1]): micro_decimal(worth[1]) });
        value["from"] = match from {
            Some([a, b]) => json!({ (names[0]): a.to_string(), (names[1]): b.to_string() }),
            None => Value::Null,
        };
        value
    };
    json!({ "between": names, "corners": corners.iter().map(line).collect::<Vec<_>>(), "whole": whole })
}

fn trade_off_text(roster: &Roster, between: Between, found: &TradeOff, screen: Screen) -> String {
    let mut out = String::from("\n");
    let (names, about) = match between {
        Between::Rules(a, b) => (
            [a.key(), b.key()],
            format!(
                "How {} and {} pay for each other, as weight goes from the one to the other.",
                a.key(),
                b.key()
            ),
        ),
        Between::CoverageAndScore => {
            (["places filled", "points"], "How places filled and points pay for each other.".to_owned())
        }
    };
    out.push_str(
        &screen.ink(Ink::Title, &screen.paragraph(&format!("{}: {about}", clean(&roster.programme.name)))),
    );
    let rules = matches!(between, Between::Rules(..));
    let from = if rules { "best from these weights on" } else { "best where a place is worth less than" };
    let mut header = vec!["", names[0], names[1]];
    if rules {
        header.extend(["score as it is", "matched"]);
    }
    header.extend([from, "coachees with another coach", "no better one"]);
    let mut table = screen.table(&header);
    for (number, corner) in (1..).zip(&found.corners) {
        let CornerLine { plan, comparison, worth, from, proof } = corner;
        let moved =
            comparison.moved.len() + comparison.newly_matched.len() + comparison.newly_unmatched.len();
        let from = match (from, rules) {
            (None, true) => format!("{} × 2, {} × 0", names[0], names[1]),
            (None, false) => "any worth above".to_owned(),
            (Some([a, b]), true) => {
                format!("{} × {}, {} × {}", names[0], share(*a, *b), names[1], share(*b, *a))
            }
            (Some([a, b]), false) => format!("{} points", points(a.saturating_mul(1_000_000) / b.max(&1))),
        };
        let mut row = vec![number.to_string(), points(worth[0]), points(worth[1])];
        if rules {
            row.extend([points(plan.score), plan.matched.to_string()]);
        }
        row.extend([from, moved.to_string(), proof_words(*proof).to_owned()]);
        table.add_row(row);
    }
    let _ = writeln!(out, "{}", table.trim_fmt());
    let says = if found.whole {
        "Every corner of the curve: no weights in between have another best plan that is worth more."
    } else {
        "Not every corner: the numbers are too long for some weights in between, or the search was stopped."
    };
    out.push_str(&screen.ink(Ink::Faint, &screen.paragraph(says)));
    out
}

/// `2a / (a + b)`, with two places, cut off.
fn share(a: i128, b: i128) -> String {
    points(a.saturating_mul(2_000_000) / (a + b).max(1))
}
