//! Prices of groups and cases of a certificate's stage, as JSON and back.

use crate::model::catalogue::{RuleKey, Word};
use crate::model::document::{CaseLine, GroupPricesLine, GroupsLine, RowPriceLine};

use super::json_out::Json;
use super::plan_json::texts;
use super::plan_read::{Reader, big};
use super::value::{Kind, Value};

/// `groups` of a stage.
pub fn write(json: &mut Json, groups: &GroupsLine) {
    let GroupsLine { prices, cases } = groups;
    json.key("groups");
    json.open('{', false);
    json.key("prices");
    json.open('[', false);
    for GroupPricesLine { coachees, rows } in prices {
        json.open('{', false);
        objects(json, "coachees", coachees, |json, (coachee, price)| {
            texts(json, [("coachee", coachee), ("price", &price.to_string())]);
        });
        objects(json, "rows", rows, |json, RowPriceLine { rule, about, price, per }| {
            texts(json, [("rule", rule.key())]);
            json.key("about");
            json.texts(about);
            texts(json, [("price", &price.to_string()), ("per", &per.to_string())]);
        });
        json.close('}');
    }
    json.close(']');
    objects(json, "cases", cases, |json, case| match case {
        CaseLine::Split { coach, coachee } => texts(json, [("coach", coach), ("coachee", coachee)]),
        CaseLine::Bound(prices) => {
            json.key("prices");
            json.plain(prices);
        }
    });
    json.close('}');
}

/// A list of objects on one line.
fn objects<T>(json: &mut Json, key: &str, items: &[T], one: impl Fn(&mut Json, &T)) {
    json.key(key);
    json.open('[', false);
    for item in items {
        json.open('{', false);
        one(json, item);
        json.close('}');
    }
    json.close(']');
}

impl<'s> Reader<'s> {
    /// `None` where the stage has none.
    pub(super) fn cases(&mut self, stage: &Value<'s>) -> Option<GroupsLine> {
        let v = stage.get("groups").filter(|v| v.kind != Kind::Null)?;
        let prices = self.list(v, "prices", |reader, list| {
            let coachees = reader.list(list, "coachees", |reader, row| {
                let (coachee, price) = (reader.text(row, "coachee"), reader.parsed(row, "price", big));
                Some((coachee?, price?))
            });
            let rows = reader.list(list, "rows", |reader, row| {
                let rule = reader.parsed(row, "rule", RuleKey::from_key);
                let about = reader.ids(row, "about");
                let price = reader.parsed(row, "price", big);
                let per = reader.parsed(row, "per", |text| text.parse().ok());
                Some(RowPriceLine { rule: rule?, about, price: price?, per: per? })
            });
            Some(GroupPricesLine { coachees, rows })
        });
        let cases = self.list(v, "cases", |reader, case| {
            if case.get("prices").is_some() {
                return reader.parsed(case, "prices", |text| text.parse().ok()).map(CaseLine::Bound);
            }
            let (coach, coachee) = (reader.text(case, "coach"), reader.text(case, "coachee"));
            Some(CaseLine::Split { coach: coach?, coachee: coachee? })
        });
        Some(GroupsLine { prices, cases })
    }
}
