//! People who can only be coached by one another, where no rings are allowed.
//!
//! A closed set is a set of coachees each of whom has a possible coach, and all of whose possible coaches are members. If
//! every member is coached, following "coach of" inside it must return: two people coach one another, or there is a ring.
//! Method: the largest closed set, by taking out whoever has a possible coach outside until nobody is left to take
//! out; then its connected components, each closed by itself. O(pairs).

use super::placed::count;
use crate::model::catalogue::{Level, RuleKey};
use crate::model::finding::{Finding, FindingCode};
use crate::model::index::{CoachIx, CoacheeIx, IxVec};
use crate::model::row::Outside;
use crate::rules::Compiled;
use pathfinding::undirected::connected_components::components;

/// One finding for each closed set, where neither rings nor two people who coach one another are allowed.
pub(super) fn closed_sets(compiled: &Compiled<'_>) -> Vec<Finding> {
    let parts = compiled.instance.parts();
    let forbidden = |level: Level| matches!(level, Level::Hard | Level::Waivable);
    let book = &compiled.roster.programme.rules;
    let Some(rings) = &parts.rings else { return Vec::new() };
    if rings.outside != Outside::Forbidden || rings.longest.is_some() || !forbidden(book.reciprocity.level) {
        return Vec::new();
    }
    let inside = largest(compiled, &rings.same);
    let lists: Vec<Vec<CoacheeIx>> = (parts.demand.indexes())
        .filter(|e| inside[*e])
        .map(|e| coaches(compiled, e).iter().filter_map(|c| rings.same[*c]).chain([e]).collect())
        .collect();
    let mut sets: Vec<Vec<CoacheeIx>> = components(&lists).into_iter().map(Vec::from_iter).collect();
    for set in &mut sets {
        set.sort_unstable();
    }
    sets.sort_unstable();
    sets.iter().map(|set| finding(compiled, set)).collect()
}

fn coaches<'c>(compiled: &'c Compiled<'_>, coachee: CoacheeIx) -> &'c [CoachIx] {
    &compiled.instance.parts().coach[compiled.instance.rows(coachee)]
}

/// The largest closed set. A waived pair is a way out, as an external coach is.
fn largest(compiled: &Compiled<'_>, same: &IxVec<CoachIx, Option<CoacheeIx>>) -> IxVec<CoacheeIx, bool> {
    let parts = compiled.instance.parts();
    let waived = |e: CoacheeIx, c: CoachIx| {
        let lifts = |rule: RuleKey| matches!(rule, RuleKey::Rings | RuleKey::Reciprocity);
        compiled.waived(e, c).iter().any(|(rule, _)| lifts(*rule))
    };
    let any = compiled.roster.waivers.iter().any(|w| matches!(w.rule, RuleKey::Rings | RuleKey::Reciprocity));
    let stays = |e: CoacheeIx, inside: &IxVec<CoacheeIx, bool>| {
        let own = coaches(compiled, e);
        parts.demand[e].wanted > 0
            && !own.is_empty()
            && own.iter().all(|c| same[*c].is_some_and(|o| inside[o]) && !(any && waived(e, *c)))
    };
    // Whom each person could coach, to look at again once that person is out.
    let mut could: IxVec<CoacheeIx, Vec<CoacheeIx>> = parts.demand.iter().map(|_| Vec::new()).collect();
    for coachee in parts.demand.indexes() {
        for other in coaches(compiled, coachee).iter().filter_map(|c| same[*c]) {
            could[other].push(coachee);
        }
    }
    let mut inside: IxVec<CoacheeIx, bool> = parts.demand.iter().map(|_| true).collect();
    let mut queue: Vec<CoacheeIx> = parts.demand.indexes().collect();
    while let Some(coachee) = queue.pop() {
        if inside[coachee] && !stays(coachee, &inside) {
            inside[coachee] = false;
            queue.append(&mut could[coachee]);
        }
    }
    inside
}

fn finding(compiled: &Compiled<'_>, set: &[CoacheeIx]) -> Finding {
    let who = count(set.len() as u64, "person", "people");
    Finding {
        code: FindingCode::Ring,
        people: compiled.ids(set, &[]),
        says: format!(
            "everyone coached inside, no rings at all: that cannot hold for {who} who can only be coached by one another, \
             since following \"coach of\" must return. Two ways out: an external coach for one of them, or an exemption for \
             one person"
        )
        .into(),
    }
}
