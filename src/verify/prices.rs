//! The certificate of a plan document: ids to indexes, then [`super::proof`].

use super::Report;
use super::chosen::{Chosen, coach_by_id};
use super::groups::name;
use super::problem::Problem;
use super::proof;
use crate::model::certificate::{Certificate, NestPrice, Stage};
use crate::model::document::{NestPriceLine, PlanDocument, Proof, StageLine};
use crate::model::index::GroupIx;
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
        groups: None,
        bound: line.bound,
    })
}
