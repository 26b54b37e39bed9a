//! Several what-ifs of one plan, side by side: one line each, then each in full.

use super::Failure;
use super::changing::Answer;
use super::names::{Names, points};
use super::repair_table::{asked, what_if_json, what_if_text};
use super::screen::{Ink, Screen, clean};
use serde_json::{Value, json};
use std::fmt::Write;

/// One answer as it is, several in a list with their names.
pub fn as_json(answers: &[Answer]) -> Result<Value, Failure> {
    if let [Answer { name: None, found, misfits, .. }] = answers {
        return what_if_json(found, misfits);
    }
    let one = |answer: &Answer| -> Result<Value, Failure> {
        Ok(json!({ "name": answer.name, "answer": what_if_json(&answer.found, &answer.misfits)? }))
    };
    let all = answers.iter().map(one).collect::<Result<Vec<Value>, Failure>>()?;
    Ok(json!({ "scenarios": all }))
}

pub fn as_text(answers: &[Answer], screen: Screen) -> String {
    let mut out = String::new();
    let several = !matches!(answers, [Answer { name: None, .. }]);
    if several {
        table(&mut out, answers, screen);
    }
    for answer in answers {
        if let Some(name) = &answer.name {
            let rule = "─".repeat(usize::from(screen.width).saturating_sub(name.chars().count() + 4));
            let _ = writeln!(out, "\n{}", screen.ink(Ink::Title, &format!("── {} {rule}", clean(name))));
        }
        let words = asked(&Names::new(&answer.roster), &answer.changes, &answer.others);
        out.push_str(&what_if_text(&answer.roster, &words, &answer.found, &answer.misfits, screen));
    }
    out
}

fn table(out: &mut String, answers: &[Answer], screen: Screen) {
    out.push_str(&screen.heading("Side by side"));
    let mut table = screen.table(&[
        "scenario",
        "matched",
        "pairs kept",
        "who moves",
        "newly without a coach",
        "score",
        "difference",
        "best of all plans",
    ]);
    for Answer { name, found, .. } in answers {
        let comparison = &found.comparison;
        let difference = comparison.score_after - comparison.score_before;
        table.add_row(vec![
            name.as_deref().map(clean).unwrap_or_default(),
            format!("{} of {}", found.plan.matched, found.plan.coachees),
            comparison.kept.len().to_string(),
            found.moved.len().to_string(),
            comparison.newly_unmatched.len().to_string(),
            points(comparison.score_after),
            format!("{}{}", if difference > 0 { "+" } else { "" }, points(difference)),
            format!("{} ({} filled)", points(found.free.score), found.free.filled),
        ]);
    }
    let _ = writeln!(out, "{}", table.trim_fmt());
}
