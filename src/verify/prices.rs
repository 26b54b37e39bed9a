//! The certificate of a plan document: ids to indexes, then [`super::proof`].

use super::Report;
use super::chosen::{Chosen, coach_by_id, coachee_by_id};
use super::groups::name;
use super::problem::Problem;
use super::proof;
use super::rows::coachee_of;
use crate::model::catalogue::{RuleKey, Word};
use crate::model::certificate::{self as model, Case, Certificate, GroupPrices, NestPrice, RowPrice, Stage};
use crate::model::document::{
    CaseLine, GroupPricesLine, GroupsLine, NestPriceLine, PlanDocument, Proof, RowPriceLine, StageLine,
};
use crate::model::index::{GroupIx, Ix, PairIx};
use crate::model::row::About;
use std::collections::BTreeMap;

pub(super) fn check(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    if plan.proof != Proof::Certified {
        return;
    }
    let groups = group_names(problem);
    let mut certificate = Certificate::default();
    for line in &plan.certificate {
        match stage(problem, &groups, line) {
            Ok(stage) => certificate.stages.push(stage),
            Err(who) => {
                report.add("unknown-id", &[who], "the certificate has a price of nobody, or of no group");
                return;
            }
        }
    }
    proof::check(&problem.parts, &chosen.possible(), &certificate, report);
}

type Groups<'p> = BTreeMap<(usize, &'p str), GroupIx>;

/// The groups of each family that have members, by name.
fn group_names<'p>(problem: &Problem<'p>) -> Groups<'p> {
    let mut groups = BTreeMap::new();
    for (at, family) in problem.parts.nests.iter().enumerate() {
        for group in family.group.iter().flatten() {
            if let Some(name) = name(problem.roster, family.kind, *group) {
                groups.insert((at, name), *group);
            }
        }
    }
    groups
}

fn stage<'l>(problem: &Problem<'_>, groups: &Groups<'_>, line: &'l StageLine) -> Result<Stage, &'l str> {
    let coach = |id: &'l str| coach_by_id(problem.roster, id).ok_or(id);
    let nest = |n: &'l NestPriceLine| {
        let family = problem.parts.nests.iter().position(|f| f.kind == n.kind).ok_or(&*n.group)?;
        let group = *groups.get(&(family, &*n.group)).ok_or(&*n.group)?;
        Ok(NestPrice { coach: coach(&n.coach)?, family, group, price: n.price })
    };
    let mut nests = line.nests.iter().map(nest).collect::<Result<Vec<_>, &str>>()?;
    // A document need not know how groups are numbered; that each stands once is what counts.
    nests.sort_by_key(|n| (n.coach, n.family, n.group));
    let prices = line.prices.iter().map(|(id, price)| Ok((coach(id)?, *price)));
    Ok(Stage {
        claim: line.claim,
        multipliers: line.multipliers,
        prices: prices.collect::<Result<Vec<_>, &str>>()?,
        nests,
        groups: line.groups.as_ref().map(|groups| self::groups(problem, groups)).transpose()?,
        bound: line.bound,
    })
}

/// Prices and cases with indexes; who is not there otherwise.
fn groups<'l>(problem: &Problem<'_>, line: &'l GroupsLine) -> Result<model::Groups, &'l str> {
    let (roster, parts) = (problem.roster, &problem.parts);
    let coachee = |id: &'l str| coachee_by_id(roster, id).ok_or(id);
    // Rows are named only by prices, and there may be many more rows than prices.
    let priced = line.prices.iter().any(|list| !list.rows.is_empty());
    let named: BTreeMap<(RuleKey, Vec<&str>), usize> = (0..parts.rows.len())
        .filter(|_| priced)
        .map(|at| ((parts.rows[at].rule, about(problem, parts.rows[at].about)), at))
        .collect();
    let row = |line: &'l RowPriceLine| {
        let about = line.about.iter().map(|id| &**id).collect();
        let row = *named.get(&(line.rule, about)).ok_or_else(|| line.rule.key())?;
        Ok(RowPrice { row, price: line.price, per: line.per })
    };
    let list = |line: &'l GroupPricesLine| {
        let coachees = line.coachees.iter().map(|(id, price)| Ok((coachee(id)?, *price)));
        let rows = line.rows.iter().map(row);
        let coachees = coachees.collect::<Result<Vec<_>, &str>>()?;
        Ok(GroupPrices { coachees, rows: rows.collect::<Result<Vec<_>, &str>>()? })
    };
    let case = |line: &'l CaseLine| match line {
        CaseLine::Split { coach, coachee: id } => {
            let coach_ix = coach_by_id(roster, coach).ok_or(&**coach)?;
            Ok(Case::Split(problem.pair(coachee(id)?, coach_ix).ok_or(&**id)?))
        }
        CaseLine::Bound(prices) => Ok(Case::Bound(*prices)),
    };
    let prices = line.prices.iter().map(list).collect::<Result<Vec<_>, &str>>()?;
    let cases = line.cases.iter().map(case).collect::<Result<Vec<_>, &str>>()?;
    Ok(model::Groups { prices, cases })
}

/// Whom or what a row is about, as `model::document` says it.
fn about<'w>(problem: &Problem<'w>, about: About) -> Vec<&'w str> {
    let roster = problem.roster;
    let pair = |pair: PairIx| {
        let coach = problem.parts.coach[pair.to_usize()];
        [roster.coach_id(coach), roster.coachee_id(coachee_of(&problem.parts, pair))]
    };
    match about {
        About::Programme => Vec::new(),
        About::Coach(coach) => vec![roster.coach_id(coach)],
        About::School(school) => vec![&*roster.schools[school].id],
        About::Sharing(coach, one, other) => {
            vec![roster.coach_id(coach), roster.coachee_id(one), roster.coachee_id(other)]
        }
        About::Mutual(one, other) => [pair(one), pair(other)].concat(),
    }
}
