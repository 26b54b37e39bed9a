//! `two_clients` and `apart`: two coachees who must not share a coach.

use super::Sheet;
use crate::model::catalogue::{Level, RuleKey};
use crate::model::index::{CoacheeIx, Ix, PairIx, PersonIx};
use crate::model::quantity::Points;
use crate::model::roster::Against;
use crate::model::row::{About, Amount};

/// Two coachees, the lower first.
type Two = (CoacheeIx, CoacheeIx);

/// Coachees of whom one manages the other.
pub(super) fn two_clients(sheet: &mut Sheet<'_, '_>) {
    let rule = sheet.book().two_clients;
    let facts = &sheet.rules.facts;
    let roster = facts.roster;
    let managed = roster.coachees.enumerate().flat_map(|(one, row)| {
        let managers = facts.managers[row.person].iter();
        managers.filter_map(move |manager| two(one, roster.people[*manager].coachee?))
    });
    let twos = if rule.level == Level::Off { Vec::new() } else { managed.collect() };
    never_share(sheet, RuleKey::TwoClients, (rule.level, rule.weight), twos);
}

/// Coachees of whom one has declared something about the other.
pub(super) fn apart(sheet: &mut Sheet<'_, '_>) {
    let rule = sheet.book().apart;
    let roster = sheet.rules.facts.roster;
    let window = roster.programme.window();
    let coachee = |person: PersonIx| roster.people[person].coachee;
    let declared = roster.conflicts.iter().filter(|c| c.window.overlaps(window)).filter_map(|c| {
        let Against::Person(other) = c.other else { return None };
        two(coachee(c.person)?, coachee(other)?)
    });
    never_share(sheet, RuleKey::Apart, (rule.level, rule.weight), declared.collect());
}

fn two(one: CoacheeIx, other: CoacheeIx) -> Option<Two> {
    (one != other).then(|| (one.min(other), one.max(other)))
}

/// A row for each two with each coach who is possible for both.
fn never_share(
    sheet: &mut Sheet<'_, '_>,
    key: RuleKey,
    (level, weight): (Level, Points),
    mut twos: Vec<Two>,
) {
    let Some(head) = sheet.head(key, level, 1, weight) else { return };
    twos.sort_unstable();
    twos.dedup();
    let parts = sheet.parts;
    let end = |coachee: CoacheeIx| parts.starts[coachee.to_usize() + 1];
    for (one, other) in twos {
        let (mut i, mut j) = (parts.starts[one.to_usize()], parts.starts[other.to_usize()]);
        while i < end(one) && j < end(other) {
            let (a, b) = (parts.coach[i], parts.coach[j]);
            let pairs = [PairIx::from_usize(i), PairIx::from_usize(j)];
            if a == b && !pairs.iter().any(|pair| head.waives(*pair)) {
                let amount = Amount::Sum(pairs.map(|pair| (pair, 1)).to_vec());
                sheet.add(&head, About::Sharing(a, one, other), amount, None, Some(1));
            }
            i += usize::from(a <= b);
            j += usize::from(b <= a);
        }
    }
}

pub(super) const TWO_CLIENTS: &str = "One coach's coachees do not manage one another.";
pub(super) const APART: &str = "Two coachees with a declaration between them do not share a coach.";
