//! The solver's tiers and certificate with ids and names instead of indexes: what a document can carry.

use crate::model::catalogue::Tier;
use crate::model::certificate::{Case, Certificate, GroupPrices, Groups, NestPrice, RowPrice, Stage};
use crate::model::document::{
    CaseLine, GroupPricesLine, GroupsLine, NestPriceLine, RowPriceLine, StageLine, TierLine,
};
use crate::model::index::{CoacheeIx, Ix, PairIx};
use crate::model::outcome::TierValue;
use crate::model::people::Id;
use crate::model::quantity::micro_decimal;
use crate::model::row::About;
use crate::rules::Compiled;

/// The stages in the solver's order.
pub fn stages(compiled: &Compiled<'_>, certificate: &Certificate) -> Vec<StageLine> {
    certificate.stages.iter().map(|stage| line(compiled, stage)).collect()
}

fn line(compiled: &Compiled<'_>, stage: &Stage) -> StageLine {
    let Stage { claim, multipliers, prices, nests, groups, bound } = stage;
    let id = |coach| compiled.roster.coach_id(coach).into();
    let nest = |&NestPrice { coach, family, group, price }: &NestPrice| NestPriceLine {
        coach: id(coach),
        kind: compiled.instance.parts().nests[family].kind,
        group: compiled.group_name(family, group).into(),
        price,
    };
    StageLine {
        claim: *claim,
        multipliers: *multipliers,
        prices: prices.iter().map(|(coach, price)| (id(*coach), *price)).collect(),
        nests: nests.iter().map(nest).collect(),
        groups: groups.as_ref().map(|groups| self::groups(compiled, groups)),
        bound: *bound,
    }
}

fn groups(compiled: &Compiled<'_>, groups: &Groups) -> GroupsLine {
    let roster = compiled.roster;
    let parts = compiled.instance.parts();
    let coachee = |coachee: CoacheeIx| roster.coachee_id(coachee).into();
    let list = |GroupPrices { coachees, rows }: &GroupPrices| GroupPricesLine {
        coachees: coachees.iter().map(|(e, price)| (coachee(*e), *price)).collect(),
        rows: rows
            .iter()
            .map(|&RowPrice { row, price, per }| RowPriceLine {
                rule: parts.rows[row].rule,
                about: about(compiled, parts.rows[row].about),
                price,
                per,
            })
            .collect(),
    };
    let case = |case: &Case| match case {
        Case::Split(pair) => {
            let [coach, coachee] = pair_ids(compiled, *pair);
            CaseLine::Split { coach, coachee }
        }
        Case::Bound(prices) => CaseLine::Bound(*prices),
    };
    GroupsLine {
        prices: groups.prices.iter().map(list).collect(),
        cases: groups.cases.iter().map(case).collect(),
    }
}

/// Coach and coachee.
fn pair_ids(compiled: &Compiled<'_>, pair: PairIx) -> [Id; 2] {
    let coach = compiled.instance.parts().coach[pair.to_usize()];
    let coachee = compiled.instance.coachee_of(pair);
    [compiled.roster.coach_id(coach).into(), compiled.roster.coachee_id(coachee).into()]
}

/// Whom or what a row is about.
fn about(compiled: &Compiled<'_>, about: About) -> Vec<Id> {
    let roster = compiled.roster;
    match about {
        About::Programme => Vec::new(),
        About::Coach(coach) => vec![roster.coach_id(coach).into()],
        About::School(school) => vec![roster.schools[school].id.clone()],
        About::Sharing(coach, one, other) => {
            vec![
                roster.coach_id(coach).into(),
                roster.coachee_id(one).into(),
                roster.coachee_id(other).into(),
            ]
        }
        About::Mutual(one, other) => [pair_ids(compiled, one), pair_ids(compiled, other)].concat(),
    }
}

/// Values and bounds as text: counts whole, points with six places, `-` where there is none.
pub fn tiers(values: &[TierValue]) -> Vec<TierLine> {
    let text = |tier, number: Option<i128>| -> Box<str> {
        let Some(number) = number else { return "-".into() };
        match tier {
            Tier::Coverage | Tier::Minimums | Tier::Stability => number.to_string().into(),
            Tier::Floor | Tier::Score | Tier::Balance => micro_decimal(number).into(),
        }
    };
    let line = |&TierValue { tier, value, bound }: &TierValue| TierLine {
        tier,
        value: text(tier, value),
        bound: text(tier, bound),
    };
    values.iter().map(line).collect()
}
