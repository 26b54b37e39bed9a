//! What a participant may read of a plan: who with whom, and what speaks for it. Nothing that tells why somebody is not with
//! somebody else: no rule, no score, no bound, no hash, no finding. Two programmes that differ only in which hard rule excludes a
//! pair give the same view.

use crate::model::catalogue::RuleKey;
use crate::model::document::{Part, PlanDocument};
use crate::model::people::Id;

/// People who are together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Together {
    /// The coachee, then the coach; or a group.
    pub people: Vec<Id>,
    /// What speaks for it, the strongest first.
    pub says: Vec<Box<str>>,
}

/// The participants' view of a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Participants {
    pub grouped: bool,
    /// In the order of the plan.
    pub together: Vec<Together>,
    /// Who is still without all the coaches, or the group, that they want; nothing is said of why.
    pub waiting: Vec<Id>,
}

/// The view of a plan.
pub fn participants(plan: &PlanDocument) -> Participants {
    let pairs = plan.pairs.iter().map(|line| Together {
        people: vec![line.coachee.clone(), line.coach.clone()],
        says: positive(&line.parts),
    });
    let groups = plan
        .groups
        .iter()
        .flatten()
        .map(|line| Together { people: line.members.clone(), says: positive(&line.parts) });
    Participants {
        grouped: plan.groups.is_some(),
        together: pairs.chain(groups).collect(),
        waiting: plan.unmatched.iter().map(|line| line.coachee.clone()).collect(),
    }
}

/// The sentences of those parts of a score that earn something, most points first, then in the order of the catalogue. A score
/// that the planner gave by hand is the planner's.
pub fn positive(parts: &[Part]) -> Vec<Box<str>> {
    let mut earning: Vec<&Part> =
        parts.iter().filter(|part| part.points.0 > 0 && part.rule != RuleKey::Pairs).collect();
    earning.sort_by_key(|part| std::cmp::Reverse(part.points));
    earning.into_iter().map(|part| part.says.clone()).collect()
}
