//! `school_quota`: how many of each school's coachees have a coach, at least and at most.

use super::Sheet;
use crate::model::catalogue::{RuleKey, Status};
use crate::model::index::{Ix, IxVec, PairIx, SchoolIx};
use crate::model::row::{About, Amount};
use crate::model::rulebook::QuotaRule;

pub(super) fn quota(sheet: &mut Sheet<'_, '_>) {
    let rule = sheet.book().school_quota;
    let Some(head) = sheet.head(RuleKey::SchoolQuota, rule.level, 1, rule.weight) else { return };
    let (facts, parts) = (&sheet.rules.facts, sheet.parts);
    let roster = facts.roster;
    // A school without anybody who takes part has no quota; one whose people nobody can coach has.
    let mut schools: IxVec<SchoolIx, Option<Vec<Vec<PairIx>>>> =
        roster.schools.iter().map(|_| None).collect();
    for (coachee, row) in roster.coachees.enumerate().filter(|(_, row)| row.status == Status::Active) {
        let Some(school) = facts.schools[row.person].first() else { continue };
        let pairs = parts.starts[coachee.to_usize()]..parts.starts[coachee.to_usize() + 1];
        let set: Vec<PairIx> = pairs.map(PairIx::from_usize).filter(|pair| !head.waives(*pair)).collect();
        let sets = schools[*school].get_or_insert_default();
        if !set.is_empty() {
            sets.push(set);
        }
    }
    let least = (rule.least > 0).then_some(i64::from(rule.least));
    let most = rule.most.map(i64::from);
    for school in roster.schools.indexes() {
        if let Some(sets) = schools[school].take().filter(|_| least.or(most).is_some()) {
            sheet.add(&head, About::School(school), Amount::Distinct(sets), least, most);
        }
    }
}

pub(super) fn sentence(rule: &QuotaRule) -> String {
    let limits = match (rule.least, rule.most) {
        (0, None) => "any number".into(),
        (0, Some(most)) => format!("at most {most}"),
        (least, None) => format!("at least {least}"),
        (least, Some(most)) if least == most => format!("exactly {least}"),
        (least, Some(most)) => format!("at least {least} and at most {most}"),
    };
    format!("Of each school's coachees {limits} have a coach.")
}
