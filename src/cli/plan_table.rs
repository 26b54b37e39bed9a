//! A plan as a planner reads it: who with whom and why, who waits and why, what to look at, what is proved.

use super::group_table;
use super::names::{Names, count, points};
use super::screen::{Ink, Screen, clean};
use crate::model::catalogue::{Tier, Word};
use crate::model::certificate::Claim;
use crate::model::document::{OutcomeKind, PairLine, Part, PlanDocument, Proof};
use crate::model::finding::Finding;
use crate::model::outcome::Stop;
use crate::model::quantity::Points;
use crate::model::roster::Roster;
use comfy_table::{Cell, CellAlignment, Color, ColumnConstraint, Width};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Longer lists belong in a spreadsheet; the table says where to get one.
pub const MOST_PAIRS: usize = 400;
/// Of everything else, a screenful.
const MOST_LINES: usize = 25;
/// How many of the weakest pairs to sound-check.
const WEAKEST: usize = 5;

/// The whole answer to `dyad match`.
pub fn draw(roster: &Roster, plan: &PlanDocument, screen: Screen) -> String {
    let names = Names::new(roster);
    let mut out = String::from("\n");
    let _ = writeln!(out, "{}", screen.ink(Ink::Title, &clean(&roster.programme.name)));
    out.push_str(&screen.paragraph(&result(plan, screen)));
    if let Some(groups) = &plan.groups {
        group_table::draw(&mut out, &names, groups, screen);
    }
    pairs(&mut out, &names, plan, screen);
    unmatched(&mut out, &names, plan, screen);
    clashes(&mut out, &names, plan, screen);
    unused(&mut out, &names, plan, screen);
    blocking(&mut out, &names, plan, screen);
    weakest(&mut out, &names, plan, screen);
    waivers(&mut out, &names, plan, screen);
    findings(&mut out, &names, &plan.findings, screen);
    out.push_str(&screen.heading("Proof"));
    out.push_str(&screen.paragraph(&proof(plan)));
    out
}

/// The plan in one line: `60 of 60 matched · score 4321.12 · weakest pair 41.5 · optimal, proof certified`.
fn result(plan: &PlanDocument, screen: Screen) -> String {
    let ink = if plan.matched == plan.coachees { Ink::Good } else { Ink::Warn };
    let mut parts = vec![screen.ink(ink, &format!("{} of {} matched", plan.matched, plan.coachees))];
    if !plan.pairs.is_empty() || plan.groups.as_ref().is_some_and(|groups| !groups.is_empty()) {
        parts.push(format!("score {}", points(plan.score)));
    }
    if let Some(floor) = plan.floor {
        let what = if plan.groups.is_some() { "weakest group" } else { "weakest pair" };
        parts.push(format!("{what} {}", points(i128::from(floor.0))));
    }
    if plan.tiers.iter().any(|t| t.tier == Tier::Stability) {
        parts.push(count(
            plan.changes as usize,
            "pair of the given plan changed",
            "pairs of the given plan changed",
        ));
    }
    parts.push(match (plan.outcome, plan.proof) {
        (OutcomeKind::Optimal, Proof::Certified) if is_stable(plan) => {
            screen.ink(Ink::Good, "stable, proved")
        }
        (OutcomeKind::Optimal, Proof::Certified) => screen.ink(Ink::Good, "optimal, proved"),
        (OutcomeKind::Optimal, _) => "optimal".to_owned(),
        (OutcomeKind::Feasible, _) => screen.ink(Ink::Warn, "not proved optimal"),
        (OutcomeKind::Infeasible, _) => screen.ink(Ink::Bad, "the hard rules contradict each other"),
        (OutcomeKind::Unknown, _) => screen.ink(Ink::Bad, "stopped before a plan was found"),
    });
    parts.join(" · ")
}

/// From this width on schools have columns of their own; below, they stand under the names.
const WIDE: u16 = 150;

fn pairs(out: &mut String, names: &Names<'_>, plan: &PlanDocument, screen: Screen) {
    if plan.pairs.is_empty() {
        return;
    }
    let columns = Columns {
        schools: names.has_schools() && screen.width >= WIDE,
        under: names.has_schools() && screen.width < WIDE,
        minutes: plan.pairs.iter().any(|p| p.minutes.is_some()),
    };
    let header = columns.pick(["Coachee", "School", "Coach", "School", "min", "Score", "Why"]);
    let mut table = screen.table(&header);
    for pair in plan.pairs.iter().take(MOST_PAIRS) {
        let who = |id: &str| match names.school(id) {
            school if columns.under => Cell::new_owned(format!("{}\n{school}", names.person(id))),
            _ => Cell::new_owned(names.person(id)),
        };
        table.add_row(columns.pick([
            who(&pair.coachee),
            Cell::new_owned(names.school(&pair.coachee)),
            who(&pair.coach),
            Cell::new_owned(names.school(&pair.coach)),
            right(pair.minutes.map_or_else(String::new, |m| m.to_string())),
            right(hundredths(pair.score)),
            Cell::new_owned(reasons(&pair.parts, 2, "\n")),
        ]));
    }
    for title in ["min", "Score"] {
        if let Some(column) = header.iter().position(|h| *h == title).and_then(|at| table.column_mut(at)) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    // The reasons take what the names leave, so names get a share each and no more.
    let share = Width::Fixed(screen.width / if columns.schools { 7 } else { 4 });
    let last = header.len() - 1;
    for column in table.column_iter_mut().take(last) {
        column.set_constraint(ColumnConstraint::UpperBoundary(share));
    }
    let _ = writeln!(out, "\n{}", table.trim_fmt());
    if plan.pairs.len() > MOST_PAIRS {
        let more =
            format!("… and {} more pairs: --out plan.csv writes them all.", plan.pairs.len() - MOST_PAIRS);
        let _ = writeln!(out, "{}", screen.ink(Ink::Faint, &more));
    }
}

/// Which columns of the pairs are worth showing.
#[derive(Clone, Copy)]
struct Columns {
    schools: bool,
    under: bool,
    minutes: bool,
}

impl Columns {
    fn pick<T>(self, cells: [T; 7]) -> Vec<T> {
        let shown = [true, self.schools, true, self.schools, self.minutes, true, true];
        cells.into_iter().zip(shown).filter(|(_, shown)| *shown).map(|(cell, _)| cell).collect()
    }
}

pub fn right(text: String) -> Cell {
    Cell::new_owned(text).set_alignment(CellAlignment::Right)
}

/// Points with two places, cut off rather than rounded up, so that a column of them lines up.
pub fn hundredths(points: Points) -> String {
    let hundredths = points.0 / 10_000;
    let sign = if hundredths < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100)
}

/// The best reasons of a pair, most points first, ties in the order of the catalogue; where nothing earns points, what
/// costs the least.
pub fn reasons(of: &[Part], most: usize, between: &str) -> String {
    let mut parts: Vec<_> = of.iter().filter(|p| p.points.0 > 0).collect();
    if parts.is_empty() {
        parts.extend(of.iter().filter(|p| p.points.0 < 0));
    }
    parts.sort_by_key(|p| std::cmp::Reverse(p.points));
    let says: Vec<String> = parts.iter().take(most).map(|p| clean(&p.says)).collect();
    says.join(between)
}

fn unmatched(out: &mut String, names: &Names<'_>, plan: &PlanDocument, screen: Screen) {
    if plan.unmatched.is_empty() {
        return;
    }
    let what = if plan.groups.is_some() { "group" } else { "coach" };
    out.push_str(&screen.heading(&format!("Without a {what}: {}", plan.unmatched.len())));
    let lines = alike(plan.unmatched.iter().map(|line| (&*line.coachee, &*line.says)));
    for (says, people) in lines.iter().take(MOST_LINES) {
        let who = screen.ink(Ink::Warn, &names.list(people, MOST_LINES));
        out.push_str(&screen.bullet("•", &format!("{who}: {}", clean(says))));
    }
    more(out, lines.len(), screen);
}

fn clashes(out: &mut String, names: &Names<'_>, plan: &PlanDocument, screen: Screen) {
    if plan.clashes.is_empty() {
        return;
    }
    let contradiction = plan.outcome == OutcomeKind::Infeasible;
    out.push_str(&screen.heading(if contradiction { "What contradicts" } else { "Where places are short" }));
    for line in plan.clashes.iter().take(MOST_LINES) {
        let who = names.list(&line.coachees, 8);
        out.push_str(&screen.bullet("•", &format!("{}: {who}", clean(&line.says))));
    }
    more(out, plan.clashes.len(), screen);
}

fn unused(out: &mut String, names: &Names<'_>, plan: &PlanDocument, screen: Screen) {
    if plan.unused.is_empty() {
        return;
    }
    let free: usize = plan.unused.iter().map(|u| u.free as usize).sum();
    let title =
        format!("Coaches without a coachee: {} ({} free)", plan.unused.len(), count(free, "place", "places"));
    out.push_str(&screen.heading(&title));
    let lines = alike(plan.unused.iter().map(|line| (&*line.coach, &*line.says)));
    for (says, people) in lines.iter().take(MOST_LINES) {
        out.push_str(&screen.bullet("•", &format!("{}: {}", names.list(people, MOST_LINES), clean(says))));
    }
    more(out, lines.len(), screen);
}

/// Every sentence once, in order of the first of those it is about, with all of them.
fn alike<'p>(lines: impl Iterator<Item = (&'p str, &'p str)>) -> Vec<(&'p str, Vec<&'p str>)> {
    let mut all: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for (id, says) in lines {
        let at = *known.entry(says).or_insert(all.len());
        if at == all.len() {
            all.push((says, Vec::new()));
        }
        all[at].1.push(id);
    }
    all
}

/// Whether the proof is that the plan is stable.
fn is_stable(plan: &PlanDocument) -> bool {
    plan.certificate.iter().any(|stage| stage.claim == Claim::Stable)
}

/// Coaches and coachees who would both rather have each other than what the plan gives them.
fn blocking(out: &mut String, names: &Names<'_>, plan: &PlanDocument, screen: Screen) {
    if plan.blocking.is_empty() {
        return;
    }
    let title = format!("Who would both rather be paired, by their choices: {}", plan.blocking.len());
    out.push_str(&screen.heading(&title));
    for line in plan.blocking.iter().take(MOST_LINES) {
        let who = format!("{} with {}", names.person(&line.coachee), names.person(&line.coach));
        out.push_str(&screen.bullet("•", &format!("{who}: {}", clean(&line.says))));
    }
    more(out, plan.blocking.len(), screen);
}

/// The pairs to sound-check before anybody announces them: the lowest scores, with what there is to say for them.
fn weakest(out: &mut String, names: &Names<'_>, plan: &PlanDocument, screen: Screen) {
    if plan.pairs.len() <= WEAKEST {
        return;
    }
    let mut pairs: Vec<&PairLine> = plan.pairs.iter().collect();
    pairs.sort_by_key(|p| p.score);
    out.push_str(&screen.heading("The weakest pairs, to look at first"));
    let mut table = screen.table(&["Coachee", "Coach", "Score", "What there is"]);
    for pair in pairs.into_iter().take(WEAKEST) {
        let why = match reasons(&pair.parts, 3, " · ") {
            none if none.is_empty() => "nothing that earns points".to_owned(),
            some => some,
        };
        let score = hundredths(pair.score);
        let score = if screen.colour { right(score).fg(Color::Yellow) } else { right(score) };
        table.add_row(vec![
            Cell::new_owned(names.person(&pair.coachee)),
            Cell::new_owned(names.person(&pair.coach)),
            score,
            Cell::new_owned(why),
        ]);
    }
    let _ = writeln!(out, "{}", table.trim_fmt());
}

fn waivers(out: &mut String, names: &Names<'_>, plan: &PlanDocument, screen: Screen) {
    if plan.waivers.is_empty() {
        return;
    }
    out.push_str(&screen.heading("Pairs that rest on a waiver"));
    for line in plan.waivers.iter().take(MOST_LINES) {
        let text = format!(
            "{} with {}: {} lifted by {} ({})",
            names.person(&line.coachee),
            names.person(&line.coach),
            line.rule.key(),
            clean(&line.author),
            clean(&line.reason)
        );
        out.push_str(&screen.bullet("•", &text));
    }
    more(out, plan.waivers.len(), screen);
}

/// The gap check and everything else worth knowing; with the people it is about, where the sentence only counts them.
pub fn findings(out: &mut String, names: &Names<'_>, findings: &[Finding], screen: Screen) {
    if findings.is_empty() {
        return;
    }
    out.push_str(&screen.heading("Worth knowing"));
    for finding in findings.iter().take(MOST_LINES) {
        let code = screen.ink(Ink::Faint, &format!("[{}]", finding.code.key()));
        let told = finding.people.is_empty()
            || finding.people.iter().any(|id| finding.says.contains(names.plain(id)));
        let who = if told { String::new() } else { format!(": {}", names.list(&finding.people, 5)) };
        out.push_str(&screen.bullet("•", &format!("{}{who} {code}", clean(&finding.says))));
    }
    more(out, findings.len(), screen);
}

fn more(out: &mut String, all: usize, screen: Screen) {
    if all > MOST_LINES {
        let text = format!("… and {} more: --format json gives them all.", all - MOST_LINES);
        let _ = writeln!(out, "    {}", screen.ink(Ink::Faint, &text));
    }
}

/// What is proved, in one plain sentence, and nothing that is not.
pub fn proof(plan: &PlanDocument) -> String {
    let certified = plan.proof == Proof::Certified;
    match plan.outcome {
        OutcomeKind::Optimal if certified && is_stable(plan) => {
            "Proved: the plan is stable (no coach and coachee would both rather have each other), and in no stable plan \
            does any coachee have a coach they would rather have; checked again without the solver."
                .to_owned()
        }
        OutcomeKind::Optimal if certified => {
            format!("Proved: no plan the rules allow {}; checked again without the solver.", better(plan))
        }
        OutcomeKind::Infeasible if certified => {
            "Proved: no plan keeps all the hard demands named above; this one \
            keeps as many as can be kept, and was checked again without the solver."
                .to_owned()
        }
        OutcomeKind::Optimal => "Not proved: a solver says that there is no better plan.".to_owned(),
        OutcomeKind::Infeasible => {
            "Not proved: the hard demands named above could not be kept together.".to_owned()
        }
        OutcomeKind::Feasible => format!(
            "Not proved: the search {} before it could show that there is no better plan. No rule is broken: that \
             was checked without the solver.",
            stopped(plan.stop)
        ),
        OutcomeKind::Unknown => {
            format!("There is no plan to prove anything about: the search {}.", stopped(plan.stop))
        }
    }
}

const fn stopped(stop: Stop) -> &'static str {
    match stop {
        Stop::Finished => "ended",
        Stop::TimeLimit => "reached its time limit",
        Stop::Cancelled => "was cancelled",
    }
}

/// `matches more people or, with as many, has a better weakest pair or, with one as good, scores higher`.
fn better(plan: &PlanDocument) -> String {
    let mut text = String::new();
    let mut equal_so_far = "";
    for line in &plan.tiers {
        // A tier in which nothing is at stake (no least load missing, nobody matched) would only be in the way.
        if line.tier == Tier::Minimums && &*line.value == "0" || &*line.value == "-" {
            continue;
        }
        let (does, equal) = match line.tier {
            Tier::Coverage => ("matches more people", "with as many"),
            Tier::Minimums => ("fills more of the least loads", "with as many filled"),
            Tier::Stability => ("changes fewer pairs", "with as few changes"),
            Tier::Floor => ("has a better weakest pair", "with one as good"),
            Tier::Score => ("scores higher", "with the same score"),
            Tier::Balance => ("spreads the load better", "with the same spread"),
        };
        if text.is_empty() {
            text.push_str(does);
        } else {
            let _ = write!(text, " or, {equal_so_far}, {does}");
        }
        equal_so_far = equal;
    }
    if text.is_empty() { "is better".to_owned() } else { text }
}
