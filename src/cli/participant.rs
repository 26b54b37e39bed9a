//! What participants are shown: who with whom and what speaks for it, who changes coach, who waits. Nothing else, so that no hard
//! rule can be told from another.

use super::changing::Answer;
use super::names::{Names, count};
use super::screen::{Ink, Screen, clean, print};
use super::{Failure, Ways, pretty};
use crate::model::document::PlanDocument;
use crate::model::people::Id;
use crate::model::roster::Roster;
use crate::service::{Participants, Together, participants};
use comfy_table::Cell;
use serde_json::{Value, json};
use std::fmt::Write;

pub fn show_plan(roster: &Roster, plan: &PlanDocument, ways: Ways) -> Result<(), Failure> {
    let view = participants(plan);
    if ways.json {
        print(&pretty(&as_json(&view)))?;
    } else {
        let screen = Screen::stdout();
        let mut out = format!("\n{}\n", screen.ink(Ink::Title, &clean(&roster.programme.name)));
        draw(&mut out, &Names::new(roster), &view, screen);
        print(&out)?;
    }
    Ok(())
}

/// Every scenario: who changes coach, then the plan.
pub fn show_changes(answers: &[Answer], ways: Ways) -> Result<(), Failure> {
    if ways.json {
        let one = |answer: &Answer| {
            let mut view = as_json(&participants(&answer.found.plan));
            view["changes"] = changes(answer).iter().map(change_json).collect();
            view
        };
        let value = match answers {
            [only @ Answer { name: None, .. }] => one(only),
            several => {
                let named = |a: &Answer| json!({ "name": a.name, "answer": one(a) });
                json!({ "scenarios": several.iter().map(named).collect::<Vec<Value>>() })
            }
        };
        print(&pretty(&value))?;
        return Ok(());
    }
    let screen = Screen::stdout();
    let mut out = String::new();
    for answer in answers {
        let names = Names::new(&answer.roster);
        let title = answer.name.as_deref().unwrap_or(&answer.roster.programme.name);
        let _ = writeln!(out, "\n{}", screen.ink(Ink::Title, &clean(title)));
        let changes = changes(answer);
        if !changes.is_empty() {
            out.push_str(&screen.heading("Who changes"));
        }
        for Changed { coachee, from, to } in changes {
            let text = match (from, to) {
                (from, []) => format!("{} is no longer with {}", names.person(coachee), names.list(from, 9)),
                ([], to) => format!("{} is now with {}", names.person(coachee), names.list(to, 9)),
                (from, to) => {
                    format!(
                        "{} goes from {} to {}",
                        names.person(coachee),
                        names.list(from, 9),
                        names.list(to, 9)
                    )
                }
            };
            out.push_str(&screen.bullet("•", &text));
        }
        draw(&mut out, &names, &participants(&answer.found.plan), screen);
    }
    print(&out)?;
    Ok(())
}

struct Changed<'a> {
    coachee: &'a Id,
    from: &'a [Id],
    to: &'a [Id],
}

/// By coachee.
fn changes(answer: &Answer) -> Vec<Changed<'_>> {
    let comparison = &answer.found.comparison;
    let moved = comparison.moved.iter().map(|m| Changed { coachee: &m.coachee, from: &m.from, to: &m.to });
    let new = comparison.newly_matched.iter();
    let new = new.map(|(coach, coachee)| Changed { coachee, from: &[], to: std::slice::from_ref(coach) });
    let gone = comparison.newly_unmatched.iter();
    let gone = gone.map(|(coach, coachee)| Changed { coachee, from: std::slice::from_ref(coach), to: &[] });
    let mut all: Vec<Changed<'_>> = moved.chain(new).chain(gone).collect();
    all.sort_by_key(|change| change.coachee);
    all
}

fn change_json(Changed { coachee, from, to }: &Changed<'_>) -> Value {
    json!({ "coachee": coachee, "from": from, "to": to })
}

fn as_json(Participants { grouped, together, waiting }: &Participants) -> Value {
    let line = |Together { people, says }: &Together| match people.as_slice() {
        [coachee, coach] if !grouped => json!({ "coachee": coachee, "coach": coach, "says": says }),
        members => json!({ "members": members, "says": says }),
    };
    let lines: Vec<Value> = together.iter().map(line).collect();
    json!({ (if *grouped { "groups" } else { "pairs" }): lines, "waiting": waiting })
}

fn draw(out: &mut String, names: &Names<'_>, view: &Participants, screen: Screen) {
    let header: &[&str] = if view.grouped { &["Group", "Why"] } else { &["Coachee", "Coach", "Why"] };
    let mut table = screen.table(header);
    for Together { people, says } in &view.together {
        let why = says.iter().map(|says| clean(says)).collect::<Vec<_>>().join("\n");
        let who: Vec<String> = people.iter().map(|id| names.person(id)).collect();
        let mut cells: Vec<String> = if view.grouped { vec![who.join("\n")] } else { who };
        cells.push(why);
        table.add_row(cells.into_iter().map(Cell::new_owned).collect::<Vec<_>>());
    }
    if !view.together.is_empty() {
        let _ = writeln!(out, "\n{}", table.trim_fmt());
    }
    if !view.waiting.is_empty() {
        let people = count(view.waiting.len(), "person is", "people are");
        let says = format!("{people} still waiting: {}.", names.list(&view.waiting, usize::MAX));
        out.push('\n');
        out.push_str(&screen.paragraph(&says));
    }
}
