//! What a pair or a repair does to a plan, as JSON and in words.

use super::names::{Names, count, points};
use crate::model::catalogue::{Tier, Word};
use crate::model::quantity::micro_decimal;
use crate::service::{Effect, Moved, TierEffect};
use serde_json::{Value, json};

pub fn effect_json(Effect { tiers, changes, proved }: &Effect) -> Value {
    json!({
        "tiers": tier_lines(tiers, "before", "after"),
        "changes": changes.iter().map(change).collect::<Vec<_>>(),
        "proved": proved,
    })
}

pub fn change(Moved { coachee, from, to }: &Moved) -> Value {
    json!({ "coachee": coachee, "from": from, "to": to })
}

/// The tiers with their two values under these names, and the difference.
pub fn tier_lines(tiers: &[TierEffect], before: &str, after: &str) -> Vec<Value> {
    let line = |effect: &TierEffect| {
        let TierEffect { tier, before: old, after: new } = effect;
        let text = |value: i128| if counts(*tier) { value.to_string() } else { micro_decimal(value) };
        json!({
            "name": tier.key(),
            before: old.map(text),
            after: new.map(text),
            "change": change_of(effect).map(text),
        })
    };
    tiers.iter().map(line).collect()
}

/// Whether a tier counts pairs or places, and not points.
const fn counts(tier: Tier) -> bool {
    matches!(tier, Tier::Coverage | Tier::Minimums | Tier::Stability)
}

fn change_of(effect: &TierEffect) -> Option<i128> {
    Some(effect.after? - effect.before?)
}

/// `1 place fewer filled, 4.5 points less`, in the order of the objective; `nothing` where no tier changes.
pub fn price(tiers: &[TierEffect]) -> String {
    let says: Vec<String> = tiers.iter().filter_map(tier).collect();
    if says.is_empty() { "nothing".to_owned() } else { says.join(", ") }
}

fn tier(effect: &TierEffect) -> Option<String> {
    let change = change_of(effect).filter(|change| *change != 0)?;
    let size = usize::try_from(change.unsigned_abs()).unwrap_or(usize::MAX);
    let short = points(change.abs());
    let less = change < 0;
    Some(match effect.tier {
        Tier::Coverage => {
            format!("{} {} filled", count(size, "place", "places"), if less { "fewer" } else { "more" })
        }
        Tier::Minimums => {
            format!("{size} {} missing to least loads", if less { "fewer" } else { "more" })
        }
        Tier::Stability => format!(
            "{} of the plan to stay close to {}",
            count(size, "pair", "pairs"),
            if less { "kept as well" } else { "given up" }
        ),
        Tier::Floor => format!("the weakest pair {short} {}", if less { "lower" } else { "higher" }),
        Tier::Score => format!("{short} points {}", if less { "less" } else { "more" }),
        Tier::Balance => format!("loads {} even by {short}", if less { "more" } else { "less" }),
    })
}

/// `Eve from Ann to Bob; Fay loses Bob`.
pub fn moves(names: &Names<'_>, changes: &[Moved], most: usize) -> String {
    let mut says: Vec<String> = changes
        .iter()
        .take(most)
        .map(|m| format!("{} {}", names.person(&m.coachee), names.way(&m.from, &m.to)))
        .collect();
    if changes.len() > most {
        says.push(format!("{} more", changes.len() - most));
    }
    says.join("; ")
}
