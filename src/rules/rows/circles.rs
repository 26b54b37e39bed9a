//! `reciprocity` and `rings`: people on both lists who would coach one another, two by two or in a circle.

use super::Sheet;
use crate::model::catalogue::{Level, RuleKey};
use crate::model::index::{CoachIx, CoacheeIx, IxVec, PairIx, PersonIx};
use crate::model::instance::Parts;
use crate::model::row::{About, Amount, Outside, Rings};
use crate::model::rulebook::RingsRule;
use crate::rules::all::Rules;
use crate::rules::facts::is_live;

/// Fewer people than this on both lists form no ring.
const SMALLEST: usize = 3;

pub(super) fn reciprocity(sheet: &mut Sheet<'_, '_>) {
    let rule = sheet.book().reciprocity;
    let Some(head) = sheet.head(RuleKey::Reciprocity, rule.level, 1, rule.weight) else { return };
    let (facts, parts) = (&sheet.rules.facts, sheet.parts);
    let roster = facts.roster;
    let window = roster.programme.window();
    let rows = roster.history.iter().filter(|row| is_live(row, window));
    let mut live: Vec<(PersonIx, PersonIx)> = rows.map(|row| (row.coach, row.coachee)).collect();
    live.sort_unstable();
    let is_live = |coach, coachee| live.binary_search(&(coach, coachee)).is_ok();
    let find = |e, c| crate::rules::table::find(&parts.starts, &parts.coach, e, c);
    for (pair, coachee, coach) in sheet.pairs().filter(|(pair, ..)| !head.waives(*pair)) {
        let (a, b) = (facts.coach(coach), facts.coachee(coachee));
        if is_live(b, a) {
            let amount = Amount::Sum(vec![(pair, 1)]);
            sheet.add(&head, About::Mutual(pair, pair), amount, None, Some(0));
            continue;
        }
        let reverse = roster.people[a].coachee.zip(roster.people[b].coach).and_then(|(e, c)| find(e, c));
        if let Some(other) = reverse.filter(|other| pair < *other && !head.waives(*other))
            && !is_live(a, b)
        {
            let amount = Amount::Sum(vec![(pair, 1), (other, 1)]);
            sheet.add(&head, About::Mutual(pair, other), amount, None, Some(1));
        }
    }
}

pub(super) fn rings(sheet: &mut Sheet<'_, '_>) {
    let rule = sheet.book().rings;
    let Some(head) = sheet.head(RuleKey::Rings, rule.level, 1, rule.weight) else { return };
    let roster = sheet.rules.facts.roster;
    let same: IxVec<CoachIx, Option<CoacheeIx>> =
        roster.coaches.iter().map(|coach| roster.people[coach.person].coachee).collect();
    if same.iter().flatten().count() >= SMALLEST {
        let outside = match head.outside {
            // What is only told has no price, and may be about rings of any length.
            Outside::Costs { .. } if head.level == Level::Info => Outside::Forbidden,
            outside => outside,
        };
        let rings = Rings { same, longest: rule.longest, outside, exempt: head.exempt };
        sheet.side(head.level).rings = Some(rings);
    }
}

/// The pairs between people on both lists.
pub(super) fn inside(rules: &Rules<'_>, parts: &Parts, rings: &Rings) -> Vec<PairIx> {
    let roster = rules.facts.roster;
    let sheet = Sheet::new(rules, parts, super::Waivers::Ignored);
    let both = |e: CoacheeIx, c: CoachIx| {
        rings.same[c].is_some() && roster.people[roster.coachees[e].person].coach.is_some()
    };
    sheet.pairs().filter(|(_, coachee, coach)| both(*coachee, *coach)).map(|(pair, ..)| pair).collect()
}

pub(super) const RECIPROCITY: &str = "Nobody coaches their own coach.";

pub(super) fn rings_sentence(rule: &RingsRule) -> String {
    match rule.longest {
        Some(3) => "No three people coach one another in a ring.".into(),
        Some(longest) => format!("No three to {longest} people coach one another in a ring."),
        None => "No people coach one another in a ring, however long.".into(),
    }
}
