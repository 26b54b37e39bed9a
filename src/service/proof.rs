//! The solver's tiers and certificate with ids and names instead of indexes: what a document can carry.

use crate::model::catalogue::Tier;
use crate::model::certificate::{Certificate, NestPrice, Stage};
use crate::model::document::{NestPriceLine, StageLine, TierLine};
use crate::model::outcome::TierValue;
use crate::model::quantity::micro_decimal;
use crate::rules::Compiled;

/// The stages in the solver's order.
pub fn stages(compiled: &Compiled<'_>, certificate: &Certificate) -> Vec<StageLine> {
    certificate.stages.iter().map(|stage| line(compiled, stage)).collect()
}

fn line(compiled: &Compiled<'_>, stage: &Stage) -> StageLine {
    // The bound by groups has no words in a document yet.
    let Stage { claim, multipliers, prices, nests, groups: _, bound } = stage;
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
        bound: *bound,
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
