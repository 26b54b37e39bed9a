//! The groups of a plan document and the proof of a grouping, as JSON and back.

use crate::model::catalogue::{PairState, Word};
use crate::model::document::GroupLine;
use crate::model::grouping::{Cut, GroupMultipliers, GroupProof, Node, Prices};
use crate::model::people::Id;
use crate::model::quantity::Points;

use super::json_out::Json;
use super::plan_json::{list, parts, texts};
use super::plan_read::{Reader, big};
use super::value::{Kind, Value};

/// `groups`, where the plan has groups.
pub fn write_groups(json: &mut Json, groups: &[GroupLine]) {
    list(json, "groups", groups, |json, group| {
        let GroupLine { members, score, state, parts: reasons } = group;
        json.key("members");
        json.texts(members);
        texts(json, [("score", &score.to_string()), ("state", state.key())]);
        parts(json, reasons);
    });
}

/// `groups` of the certificate, where there is a proof of a grouping.
pub fn write_proof(json: &mut Json, proof: Option<&GroupProof<Id>>) {
    let Some(proof) = proof else { return };
    json.key("groups");
    json.open('{', true);
    match proof {
        GroupProof::Pairs { multipliers, lists } => {
            write_multipliers(json, *multipliers);
            list(json, "lists", lists, |json, Prices { people, sets }| {
                prices(json, people);
                json.key("sets");
                json.open('[', false);
                for (members, price) in sets {
                    json.open('{', false);
                    json.key("members");
                    json.texts(members);
                    texts(json, [("price", &price.to_string())]);
                    json.close('}');
                }
                json.close(']');
            });
        }
        GroupProof::Triads { multipliers, scale, nodes } => {
            write_multipliers(json, *multipliers);
            texts(json, [("scale", &scale.to_string())]);
            list(json, "nodes", nodes, |json, Node { settled, alone, prices: of, cuts: sets, branch }| {
                json.key("settled");
                json.open('[', false);
                for members in settled {
                    json.open('{', false);
                    json.key("members");
                    json.texts(members);
                    json.close('}');
                }
                json.close(']');
                json.key("alone");
                json.texts(alone);
                prices(json, of);
                cuts(json, sets);
                if let Some(branch) = branch {
                    texts(json, [("branch", branch)]);
                }
            });
        }
    }
    json.close('}');
}

fn write_multipliers(json: &mut Json, multipliers: GroupMultipliers) {
    let GroupMultipliers { pins, coverage, shape, stability, score } = multipliers;
    json.key("multipliers");
    json.open('{', false);
    let all = [
        ("pins", pins),
        ("coverage", coverage),
        ("shape", shape),
        ("stability", stability),
        ("score", score),
    ];
    for (key, number) in all {
        texts(json, [(key, &number.to_string())]);
    }
    json.close('}');
}

fn prices(json: &mut Json, people: &[(Id, i128)]) {
    json.key("prices");
    json.open('[', false);
    for (person, price) in people {
        json.open('{', false);
        texts(json, [("person", person), ("price", &price.to_string())]);
        json.close('}');
    }
    json.close(']');
}

fn number(text: &str) -> Option<usize> {
    text.parse().ok()
}

fn cuts(json: &mut Json, cuts: &[Cut<Id>]) {
    json.key("cuts");
    json.open('[', false);
    for Cut { members, by, of, price } in cuts {
        json.open('{', false);
        json.key("members");
        json.texts(members);
        texts(json, [("by", &by.to_string()), ("of", &of.to_string()), ("price", &price.to_string())]);
        json.close('}');
    }
    json.close(']');
}

impl<'s> Reader<'s> {
    /// `None` where the plan has pairs.
    pub(super) fn groups(&mut self, plan: &Value<'s>) -> Option<Vec<GroupLine>> {
        plan.get("groups")?;
        Some(self.list(plan, "groups", |reader, v| {
            let members = reader.ids(v, "members");
            let score = reader.parsed(v, "score", Points::parse);
            let state = reader.parsed(v, "state", PairState::from_key);
            let parts = reader.parts(v);
            Some(GroupLine { members, score: score?, state: state?, parts })
        }))
    }

    /// The proof of a grouping; `None` where there is none, or after a fault.
    pub(super) fn group_proof(&mut self, certificate: &Value<'s>) -> Option<GroupProof<Id>> {
        let v = certificate.get("groups").filter(|v| v.kind != Kind::Null)?;
        let multipliers = self.value(v, "multipliers").and_then(|table| {
            let of = |reader: &mut Self, key: &str| reader.parsed(table, key, big);
            let (pins, coverage, shape) = (of(self, "pins"), of(self, "coverage"), of(self, "shape"));
            let (stability, score) = (of(self, "stability"), of(self, "score"));
            Some(GroupMultipliers {
                pins: pins?,
                coverage: coverage?,
                shape: shape?,
                stability: stability?,
                score: score?,
            })
        });
        if v.get("nodes").is_none() {
            let lists = self.list(v, "lists", |reader, v| {
                let people = reader.person_prices(v);
                let sets = reader.list(v, "sets", |reader, set| {
                    let members = reader.ids(set, "members");
                    Some((members, reader.parsed(set, "price", big)?))
                });
                Some(Prices { people, sets })
            });
            return Some(GroupProof::Pairs { multipliers: multipliers?, lists });
        }
        let scale = self.parsed(v, "scale", big);
        let nodes = self.list(v, "nodes", |reader, v| {
            let settled = reader.list(v, "settled", |reader, group| Some(reader.ids(group, "members")));
            let alone = reader.ids(v, "alone");
            let prices = reader.person_prices(v);
            let cuts = reader.list(v, "cuts", |reader, cut| {
                let members = reader.ids(cut, "members");
                let (by, of) = (reader.parsed(cut, "by", number), reader.parsed(cut, "of", number));
                Some(Cut { members, by: by?, of: of?, price: reader.parsed(cut, "price", big)? })
            });
            let branch = reader.optional(v, "branch", |text| Some(text.into()));
            Some(Node { settled, alone, prices, cuts, branch })
        });
        Some(GroupProof::Triads { multipliers: multipliers?, scale: scale?, nodes })
    }

    fn person_prices(&mut self, v: &Value<'s>) -> Vec<(Id, i128)> {
        self.list(v, "prices", |reader, row| {
            let (person, price) = (reader.text(row, "person"), reader.parsed(row, "price", big));
            Some((person?, price?))
        })
    }
}
