//! Every plan of a tiny instance with rows, with its worth, from the definitions.

use super::{row_worth, worth};
use dyad::model::catalogue::Tier;
use dyad::model::index::PairIx;
use dyad::model::instance::Instance;

/// How many choices there are, coachee by coachee.
pub fn choices(instance: &Instance) -> usize {
    let parts = instance.parts();
    parts.demand.enumerate().fold(1, |all, (coachee, demand)| {
        let own = (instance.rows(coachee).len() + 1).saturating_pow(u32::from(demand.wanted));
        all.saturating_mul(own)
    })
}

/// The best first.
pub struct Plans<'i> {
    pub instance: &'i Instance,
    pub all: Vec<(Vec<i128>, Vec<PairIx>)>,
}

impl<'i> Plans<'i> {
    pub fn of(instance: &'i Instance) -> Self {
        let mut all = Vec::new();
        row_worth::plans(instance, &mut |plan| {
            if row_worth::keeps(instance, plan) {
                all.push((row_worth::worth(instance, plan), plan.to_vec()));
            }
            false
        });
        all.sort();
        Self { instance, all }
    }

    /// The values of the tiers.
    pub fn values(&self, plan: &[PairIx]) -> Vec<Option<i128>> {
        let charges = |tier| if tier == Tier::Score { row_worth::charges(self.instance, plan) } else { 0 };
        let value = |tier: &Tier| worth::value(self.instance, plan, *tier).map(|v| v - charges(*tier));
        self.instance.parts().tiers.iter().map(value).collect()
    }
}
