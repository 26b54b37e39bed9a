//! A plan document from JSON, and a baseline from JSON or CSV.

use std::path::Path;

use crate::model::catalogue::{PairState, RuleKey, Tier, Word};
use crate::model::certificate::{Claim, Multipliers};
use crate::model::document::{
    BlockingLine, ClashLine, NestPriceLine, PairLine, Part, PlanDocument, StageLine, TierLine, Timing,
    UnmatchedLine, UnusedLine, WaiverLine,
};
use crate::model::fault::{Code, Fault};
use crate::model::finding::{Finding, FindingCode};
use crate::model::quantity::{Minutes, Points, parse_micro};

use super::faults::Faults;
use super::json_value;
use super::plan_words::{NESTS, OUTCOMES, PROOFS, STOPS, UNMATCHED, member};
use super::source::{self, Source, SourceKind, Span};
use super::value::{Kind, Value};

/// Reads a plan document.
pub fn read(path: &Path) -> Result<PlanDocument, Vec<Fault>> {
    let name = path.file_name().map_or_else(|| path.to_string_lossy(), |n| n.to_string_lossy());
    let text = source::read_bytes(path, &name, false)
        .and_then(|bytes| source::decode(bytes).map_err(|line| source::not_text(&name, line)))
        .map_err(|fault| vec![fault])?
        .0;
    of_text(&name, text)
}

/// A plan document from its text; `name` stands for it in faults.
pub fn of_text(name: &str, text: String) -> Result<PlanDocument, Vec<Fault>> {
    let sources = [Source::new(name, SourceKind::Json, text)];
    let mut reader = Reader { faults: Faults::new(&sources, Vec::new()) };
    let plan = match json_value::read(&sources[0].text) {
        Ok(value) => reader.plan(&value),
        Err(error) => {
            let remedy = "correct the JSON at this place";
            reader.faults.span(0, error.span, "", Code::BadJson, "", &error.says, remedy);
            None
        }
    };
    let faults = reader.faults.into_sorted();
    plan.filter(|_| faults.is_empty()).ok_or(faults)
}

pub(super) struct Reader<'s> {
    faults: Faults<'s>,
}

impl<'s> Reader<'s> {
    fn wrong(&mut self, span: Span, key: &str, says: &str) {
        let remedy = "use a plan that dyad match wrote";
        self.faults.span(0, span, key, Code::BadPlan, "", says, remedy);
    }

    /// The value under a key; null counts as missing.
    pub(super) fn value<'v>(&mut self, table: &'v Value<'s>, key: &str) -> Option<&'v Value<'s>> {
        let found = table.get(key).filter(|v| v.kind != Kind::Null);
        if found.is_none() {
            self.wrong(table.span, key, &format!("the plan does not say {key}"));
        }
        found
    }

    pub(super) fn parsed<T>(
        &mut self,
        table: &Value<'s>,
        key: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.value(table, key)?;
        let found = value.scalar().and_then(parse);
        if found.is_none() {
            self.wrong(value.span, key, &format!("{key} does not have a value that a plan can have"));
        }
        found
    }

    pub(super) fn optional<T>(
        &mut self,
        table: &Value<'s>,
        key: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        match table.get(key) {
            None => None,
            Some(value) if value.kind == Kind::Null => None,
            Some(_) => self.parsed(table, key, parse),
        }
    }

    pub(super) fn text(&mut self, table: &Value<'s>, key: &str) -> Option<Box<str>> {
        self.parsed(table, key, |text| Some(text.into()))
    }

    /// The rows of a list; those with a fault are left out.
    pub(super) fn list<T>(
        &mut self,
        table: &Value<'s>,
        key: &str,
        one: impl Fn(&mut Self, &Value<'s>) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.value(table, key) else { return Vec::new() };
        let Kind::List(items) = &value.kind else {
            self.wrong(value.span, key, &format!("{key} is no list"));
            return Vec::new();
        };
        items.iter().filter_map(|item| one(self, item)).collect()
    }

    pub(super) fn ids(&mut self, table: &Value<'s>, key: &str) -> Vec<Box<str>> {
        self.list(table, key, |reader, item| {
            let text = item.scalar().map(Into::into);
            if text.is_none() {
                reader.wrong(item.span, key, "an id is no text");
            }
            text
        })
    }

    fn plan(&mut self, v: &Value<'s>) -> Option<PlanDocument> {
        if !matches!(v.kind, Kind::Table(_)) {
            self.wrong(v.span, "", "the plan is no object");
            return None;
        }
        let number = |text: &str| text.parse::<u32>().ok();
        let outcome = self.parsed(v, "outcome", |w| member(&OUTCOMES, w));
        let proof = self.parsed(v, "proof", |w| member(&PROOFS, w));
        let stop = self.parsed(v, "stop", |w| member(&STOPS, w));
        let [matched, coachees, changes] =
            ["matched", "coachees", "changes"].map(|key| self.parsed(v, key, number));
        let [score, bound] = ["score", "bound"].map(|key| self.parsed(v, key, parse_micro));
        let floor = self.optional(v, "floor", Points::parse);
        let tiers = self.list(v, "tiers", Self::tier);
        let groups = self.groups(v);
        let pairs = if groups.is_some() { Vec::new() } else { self.list(v, "pairs", Self::pair) };
        let unmatched = self.list(v, "unmatched", Self::unmatched);
        let unused = self.list(v, "unused", Self::unused);
        // Older plans have no such key; what they should have said is the verifier's business.
        let told = v.get("blocking").is_some();
        let blocking = if told { self.list(v, "blocking", Self::blocking) } else { Vec::new() };
        let clashes = self.list(v, "clashes", Self::clash);
        let waivers = self.list(v, "waivers", Self::waiver);
        let findings = self.list(v, "findings", Self::finding);
        let certificate = self.value(v, "certificate").map(|table| self.list(table, "stages", Self::stage));
        let group_proof = v.get("certificate").and_then(|table| self.group_proof(table));
        let [instance, plan, version] = ["instance", "plan", "version"].map(|key| self.text(v, key));
        let timing = self.value(v, "timing").and_then(|table| self.timing(table));
        Some(PlanDocument {
            outcome: outcome?,
            proof: proof?,
            stop: stop?,
            matched: matched?,
            coachees: coachees?,
            changes: changes?,
            score: score?,
            bound: bound?,
            floor,
            tiers,
            pairs,
            groups,
            unmatched,
            unused,
            blocking,
            clashes,
            waivers,
            findings,
            certificate: certificate?,
            group_proof,
            instance: instance?,
            plan: plan?,
            timing: timing?,
            version: version?,
        })
    }

    fn tier(&mut self, v: &Value<'s>) -> Option<TierLine> {
        let tier = self.parsed(v, "name", Tier::from_key);
        let (value, bound) = (self.text(v, "value"), self.text(v, "bound"));
        Some(TierLine { tier: tier?, value: value?, bound: bound? })
    }

    fn pair(&mut self, v: &Value<'s>) -> Option<PairLine> {
        let (coach, coachee) = (self.text(v, "coach"), self.text(v, "coachee"));
        let score = self.parsed(v, "score", Points::parse);
        let minutes = self.optional(v, "minutes", |text| text.parse().ok().map(Minutes));
        let state = self.parsed(v, "state", PairState::from_key);
        let parts = self.parts(v);
        Some(PairLine { coach: coach?, coachee: coachee?, score: score?, minutes, state: state?, parts })
    }

    pub(super) fn parts(&mut self, v: &Value<'s>) -> Vec<Part> {
        self.list(v, "parts", |reader, part| {
            let rule = reader.parsed(part, "rule", RuleKey::from_key);
            let points = reader.parsed(part, "points", Points::parse);
            let says = reader.text(part, "says");
            Some(Part { rule: rule?, points: points?, says: says? })
        })
    }

    fn unmatched(&mut self, v: &Value<'s>) -> Option<UnmatchedLine> {
        let (coachee, says) = (self.text(v, "coachee"), self.text(v, "says"));
        let code = self.parsed(v, "code", |w| member(&UNMATCHED, w));
        let eligible = self.parsed(v, "eligible", |text| text.parse().ok());
        Some(UnmatchedLine { coachee: coachee?, code: code?, says: says?, eligible: eligible? })
    }

    fn unused(&mut self, v: &Value<'s>) -> Option<UnusedLine> {
        let (coach, says) = (self.text(v, "coach"), self.text(v, "says"));
        let free = self.parsed(v, "free", |text| text.parse().ok());
        Some(UnusedLine { coach: coach?, free: free?, says: says? })
    }

    fn blocking(&mut self, v: &Value<'s>) -> Option<BlockingLine> {
        let (coach, coachee) = (self.text(v, "coach"), self.text(v, "coachee"));
        Some(BlockingLine { coach: coach?, coachee: coachee?, says: self.text(v, "says")? })
    }

    fn clash(&mut self, v: &Value<'s>) -> Option<ClashLine> {
        let (coachees, coaches) = (self.ids(v, "coachees"), self.ids(v, "coaches"));
        let places = self.parsed(v, "places", |text| text.parse().ok());
        Some(ClashLine { coachees, coaches, places: places?, says: self.text(v, "says")? })
    }

    fn waiver(&mut self, v: &Value<'s>) -> Option<WaiverLine> {
        let rule = self.parsed(v, "rule", RuleKey::from_key);
        let [coach, coachee, author, reason] =
            ["coach", "coachee", "author", "reason"].map(|key| self.text(v, key));
        Some(WaiverLine { rule: rule?, coach: coach?, coachee: coachee?, author: author?, reason: reason? })
    }

    fn finding(&mut self, v: &Value<'s>) -> Option<Finding> {
        let code = self.parsed(v, "code", FindingCode::from_key);
        let people = self.ids(v, "people");
        Some(Finding { code: code?, people, says: self.text(v, "says")? })
    }

    fn stage(&mut self, v: &Value<'s>) -> Option<StageLine> {
        let name = self.text(v, "claim");
        let floor = self.optional(v, "floor", Points::parse);
        let claim = match (name.as_deref(), floor) {
            (Some("best"), floor) => Some(Claim::Best { floor }),
            (Some("best-before-floor"), None) => Some(Claim::BestBeforeFloor),
            (Some("stable"), None) => Some(Claim::Stable),
            (Some("floor-is-highest"), Some(floor)) => Some(Claim::FloorIsHighest { floor }),
            _ => {
                self.wrong(v.span, "claim", "the stage claims nothing that a certificate can claim");
                None
            }
        };
        let multipliers = self.value(v, "multipliers").and_then(|table| {
            let of = |reader: &mut Self, key: &str| reader.parsed(table, key, big);
            let (pins, quotas) = (of(self, "pins"), of(self, "quotas"));
            let (coverage, minimums) = (of(self, "coverage"), of(self, "minimums"));
            let (stability, score, balance) = (of(self, "stability"), of(self, "score"), of(self, "balance"));
            Some(Multipliers {
                pins: pins?,
                quotas: quotas?,
                coverage: coverage?,
                minimums: minimums?,
                stability: stability?,
                score: score?,
                balance: balance?,
            })
        });
        let prices = self.list(v, "prices", |reader, row| {
            let (coach, price) = (reader.text(row, "coach"), reader.parsed(row, "price", big));
            Some((coach?, price?))
        });
        let nests = self.list(v, "nests", |reader, row| {
            let (coach, group) = (reader.text(row, "coach"), reader.text(row, "group"));
            let kind = reader.parsed(row, "kind", |w| member(&NESTS, w));
            let price = reader.parsed(row, "price", big);
            Some(NestPriceLine { coach: coach?, kind: kind?, group: group?, price: price? })
        });
        let groups = self.cases(v);
        let bound = self.parsed(v, "bound", big);
        Some(StageLine { claim: claim?, multipliers: multipliers?, prices, nests, groups, bound: bound? })
    }

    fn timing(&mut self, v: &Value<'s>) -> Option<Timing> {
        let ms = |text: &str| text.parse::<f64>().ok().filter(|ms| ms.is_finite() && *ms >= 0.0);
        let [read_ms, build_ms, solve_ms, verify_ms] =
            ["read_ms", "build_ms", "solve_ms", "verify_ms"].map(|key| self.parsed(v, key, ms));
        Some(Timing { read_ms: read_ms?, build_ms: build_ms?, solve_ms: solve_ms?, verify_ms: verify_ms? })
    }
}

pub(super) fn big(text: &str) -> Option<i128> {
    text.parse().ok()
}
