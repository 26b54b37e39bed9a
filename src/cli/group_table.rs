//! Groups as a planner reads them: who with whom and why; in a triad, who observes when.

use super::names::{Names, count};
use super::plan_table::{MOST_PAIRS, hundredths, reasons, right};
use super::screen::{Ink, Screen, clean};
use crate::model::document::GroupLine;
use comfy_table::{Cell, ColumnConstraint, Width};
use std::fmt::Write;

pub fn draw(out: &mut String, names: &Names<'_>, groups: &[GroupLine], screen: Screen) {
    if groups.is_empty() {
        return;
    }
    let mut table = screen.table(&["Group", "Score", "Why"]);
    for group in groups.iter().take(MOST_PAIRS) {
        table.add_row(vec![
            Cell::new_owned(group.members.iter().map(|id| who(names, id)).collect::<Vec<_>>().join("\n")),
            right(hundredths(group.score)),
            Cell::new_owned(reasons(&group.parts, group.members.len(), "\n")),
        ]);
    }
    if let Some(column) = table.column_mut(0) {
        column.set_constraint(ColumnConstraint::UpperBoundary(Width::Fixed(screen.width / 2)));
    }
    let _ = writeln!(out, "\n{}", table.trim_fmt());
    if groups.len() > MOST_PAIRS {
        let more =
            format!("… and {} more groups: --out plan.csv writes them all.", groups.len() - MOST_PAIRS);
        let _ = writeln!(out, "{}", screen.ink(Ink::Faint, &more));
    }
    observers(out, names, groups, screen);
}

fn who(names: &Names<'_>, id: &str) -> String {
    match names.school(id) {
        none if none.is_empty() => names.person(id),
        school => format!("{}, {}", names.person(id), clean(&school)),
    }
}

/// In a triad one person observes while two coach each other, and the roles go round.
fn observers(out: &mut String, names: &Names<'_>, groups: &[GroupLine], screen: Screen) {
    let triads: Vec<&GroupLine> = groups.iter().filter(|group| group.members.len() == 3).collect();
    let Some(first) = triads.first() else { return };
    let members = names.list(&first.members, 3);
    let says = match triads.len() {
        1 => format!(
            "In the triad the observer rotates: first {}, then the others in turn ({members}).",
            names.person(&first.members[0])
        ),
        n => format!(
            "In the {} the observer rotates: whoever is named first observes first ({} in the first of them), then the second, then the third.",
            count(n, "triad", "triads"),
            names.person(&first.members[0])
        ),
    };
    out.push('\n');
    out.push_str(&screen.paragraph(&says));
}
