//! The answers that are no plan: a check, a verification, a comparison; each as JSON and as text.

use super::names::{Names, count, points};
use super::plan_table;
use super::screen::{Ink, Screen, clean};
use crate::model::catalogue::{Level, Tier, Word};
use crate::model::document::PlanDocument;
use crate::model::finding::Finding;
use crate::model::people::Id;
use crate::model::quantity::micro_decimal;
use crate::model::roster::Roster;
use crate::service::{CheckReport, Comparison, Counts, Moved, RuleLine, TierChange};
use crate::verify::Violation;
use comfy_table::Cell;
use serde_json::{Value, json};
use std::fmt::Write;

fn findings_json(findings: &[Finding]) -> Vec<Value> {
    let finding = |Finding { code, people, says }: &Finding| json!({ "code": code.key(), "people": people, "says": says });
    findings.iter().map(finding).collect()
}

pub fn check_json(report: &CheckReport) -> Value {
    let CheckReport { name, preset, starts, ends, counts, rules, findings } = report;
    let Counts { coachees, wanted, coaches, places, pairs, people, schools } = counts;
    let rule = |RuleLine { rule, level, says }: &RuleLine| json!({ "rule": rule.key(), "level": level.key(), "says": says });
    json!({
        "programme": name,
        "preset": preset.key(),
        "starts": starts.to_string(),
        "ends": ends.to_string(),
        "counts": {
            "coachees": coachees, "wanted": wanted, "coaches": coaches, "places": places, "pairs": pairs,
            "people": people, "schools": schools,
        },
        "rules": rules.iter().map(rule).collect::<Vec<_>>(),
        "findings": findings_json(findings),
    })
}

pub fn check_text(roster: &Roster, report: &CheckReport, screen: Screen) -> String {
    let mut out = format!("\n{}\n", screen.ink(Ink::Title, &clean(&report.name)));
    let Counts { coachees, coaches, places, pairs, .. } = report.counts;
    let people = if roster.grouped() {
        format!("{} to group", count(coachees, "person", "people"))
    } else {
        format!(
            "{}, {} with {}",
            count(coachees, "coachee", "coachees"),
            count(coaches, "coach", "coaches"),
            count(places, "place", "places"),
        )
    };
    let line = format!(
        "{} · {} to {} · {people} · {} possible",
        report.preset.key(),
        report.starts,
        report.ends,
        count(pairs, "pair", "pairs"),
    );
    out.push_str(&screen.paragraph(&line));
    out.push_str(&screen.heading("The rules"));
    let mut table = screen.table(&["Rule", "Level", "What it says"]);
    for rule in report.rules.iter().filter(|r| r.level != Level::Off) {
        table.add_row(vec![
            Cell::new(rule.rule.key()),
            Cell::new(rule.level.key()),
            Cell::new_owned(clean(&rule.says)),
        ]);
    }
    let _ = writeln!(out, "{}", table.trim_fmt());
    let off: Vec<&str> =
        report.rules.iter().filter(|r| r.level == Level::Off).map(|r| r.rule.key()).collect();
    if !off.is_empty() {
        out.push_str(&screen.ink(Ink::Faint, &screen.paragraph(&format!("Off: {}.", off.join(", ")))));
    }
    if report.findings.is_empty() {
        let _ = writeln!(
            out,
            "\n{}",
            screen.ink(Ink::Good, "No faults, and nothing in the way of everyone's match.")
        );
    } else {
        plan_table::findings(&mut out, &Names::new(roster), &report.findings, screen);
        let found = count(report.findings.len(), "finding", "findings");
        let _ = writeln!(out, "\n{}", screen.ink(Ink::Warn, &format!("No faults; {found}.")));
    }
    out
}

pub fn verify_json(plan: &PlanDocument, violations: &[Violation]) -> Value {
    let violation = |Violation { code, people, says }: &Violation| json!({ "code": code, "people": people, "says": says });
    json!({
        "clean": violations.is_empty(),
        "violations": violations.iter().map(violation).collect::<Vec<_>>(),
        "instance": plan.instance,
        "plan": plan.plan,
    })
}

pub fn verify_text(plan: &PlanDocument, violations: &[Violation], screen: Screen) -> String {
    let mut out = String::from("\n");
    if violations.is_empty() {
        let _ = writeln!(
            out,
            "{}",
            screen.ink(Ink::Good, "Clean: the plan keeps every rule, and its numbers add up.")
        );
        out.push_str(&screen.paragraph(&plan_table::proof(plan)));
        return out;
    }
    let title = format!("Not to be used: {}", count(violations.len(), "violation", "violations"));
    let _ = writeln!(out, "{}", screen.ink(Ink::Bad, &title));
    for violation in violations {
        let code = screen.ink(Ink::Faint, &format!("[{}]", violation.code));
        out.push_str(&screen.bullet("•", &format!("{} {code}", clean(&violation.says))));
    }
    out
}

pub fn compare_json(found: &Comparison) -> Value {
    let Comparison {
        kept,
        moved,
        newly_matched,
        newly_unmatched,
        score_before,
        score_after,
        tiers,
        same_instance,
    } = found;
    let pairs = |pairs: &[(Id, Id)]| -> Vec<Value> {
        pairs.iter().map(|(coach, coachee)| json!({ "coach": coach, "coachee": coachee })).collect()
    };
    let moved =
        moved.iter().map(|Moved { coachee, from, to }| json!({ "coachee": coachee, "from": from, "to": to }));
    let tiers = tiers.iter().map(
        |TierChange { tier, before, after }| json!({ "name": tier.key(), "before": before, "after": after }),
    );
    json!({
        "same_instance": same_instance,
        "kept": pairs(kept),
        "moved": moved.collect::<Vec<_>>(),
        "newly_matched": pairs(newly_matched),
        "newly_unmatched": pairs(newly_unmatched),
        "score": {
            "before": micro_decimal(*score_before),
            "after": micro_decimal(*score_after),
            "difference": micro_decimal(score_after - score_before),
        },
        "tiers": tiers.collect::<Vec<_>>(),
    })
}

pub fn compare_text(roster: &Roster, found: &Comparison, screen: Screen) -> String {
    let mut out = differences(roster, found, screen);
    if !found.same_instance {
        out.push_str(
            &screen.paragraph("The two plans were made for different programmes, or for different rules."),
        );
    }
    out
}

/// Who stays, who moves, who is stranded, and what it is worth.
pub fn differences(roster: &Roster, found: &Comparison, screen: Screen) -> String {
    let names = Names::new(roster);
    let mut out = String::from("\n");
    let line = format!(
        "{} kept · {} · {} newly matched · {} newly unmatched · score {} to {}",
        count(found.kept.len(), "pair", "pairs"),
        count(found.moved.len(), "coachee moves", "coachees move"),
        found.newly_matched.len(),
        found.newly_unmatched.len(),
        points(found.score_before),
        points(found.score_after),
    );
    out.push_str(&screen.ink(Ink::Title, &screen.paragraph(&line)));
    if !found.moved.is_empty() {
        out.push_str(&screen.heading("Who moves"));
        for Moved { coachee, from, to } in &found.moved {
            let text = match (from.as_slice(), to.as_slice()) {
                (from, []) => format!("{} loses {}", names.person(coachee), names.list(from, 9)),
                ([], to) => format!("{} gains {}", names.person(coachee), names.list(to, 9)),
                (from, to) => {
                    format!("{} from {} to {}", names.person(coachee), names.list(from, 9), names.list(to, 9))
                }
            };
            out.push_str(&screen.bullet("•", &text));
        }
    }
    let pairs = |out: &mut String, title: &str, pairs: &[(Id, Id)], word: &str| {
        if !pairs.is_empty() {
            out.push_str(&screen.heading(title));
        }
        for (coach, coachee) in pairs {
            let text = format!("{} ({word} {})", names.person(coachee), names.person(coach));
            out.push_str(&screen.bullet("•", &text));
        }
    };
    pairs(&mut out, "Newly matched", &found.newly_matched, "with");
    pairs(&mut out, "Newly without a coach", &found.newly_unmatched, "had");
    tiers(&mut out, &found.tiers, screen);
    out
}

fn tiers(out: &mut String, changes: &[TierChange], screen: Screen) {
    if changes.is_empty() {
        return;
    }
    out.push_str(&screen.heading("What it is worth"));
    let mut table = screen.table(&["", "before", "after"]);
    for TierChange { tier, before, after } in changes {
        let value = |text: &Option<Box<str>>| text.as_deref().unwrap_or("-").to_owned();
        table.add_row(vec![tier_words(*tier).to_owned(), value(before), value(after)]);
    }
    let _ = writeln!(out, "{}", table.trim_fmt());
}

const fn tier_words(tier: Tier) -> &'static str {
    match tier {
        Tier::Coverage => "places filled",
        Tier::Minimums => "least loads missing",
        Tier::Stability => "pairs not kept",
        Tier::Floor => "weakest pair",
        Tier::Score => "score",
        Tier::Balance => "uneven load (less is better)",
    }
}
