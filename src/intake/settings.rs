//! `[rules]` and `--set`: settings of rule parameters, checked and applied over a preset.

use crate::model::catalogue::{Level, RuleKey, Shape, Word};
use crate::model::fault::Code;
use crate::model::grouping::GroupSize;
use crate::model::quantity::{Points, short_decimal};
use crate::model::rulebook::RuleBook;

use super::cells;
use super::faults::Faults;
use super::programme::{field_of, set_field, split, spread_declared};
use super::rulebook::{Slot, slots};
use super::tables::{Field, folded};
use super::value::{Kind, Value};

/// A billion, in hundredths.
const MOST_MONEY: u64 = 100_000_000_000;

/// One parameter that the programme or a `--set` names.
pub struct Setting<'v> {
    pub rule: RuleKey,
    /// The parameter's own name, as far as it is known.
    pub key: String,
    /// Several where the value is a list; the column is `rule.key`, or `rule` for a level alone.
    pub fields: Vec<Field<'v>>,
    list: bool,
    column: String,
}

/// Reads the `rules` table.
pub fn from_rules<'v>(
    value: &'v Value<'_>,
    file: usize,
    out: &mut Vec<Setting<'v>>,
    faults: &mut Faults<'_>,
) {
    let Kind::Table(entries) = &value.kind else {
        let remedy = "write a table such as [rules]";
        faults.span(file, value.span, "rules", Code::BadParameter, "", "rules is no table", remedy);
        return;
    };
    for (key, value) in entries {
        let at = Field { text: &key.name, span: key.span, column: &key.name, file };
        let Some(rule) = rule_of(&at, faults) else { continue };
        if !matches!(value.kind, Kind::Table(_)) {
            push(out, rule, "level", value, file, &at, faults);
            continue;
        }
        let Kind::Table(params) = &value.kind else { continue };
        for (name, value) in params {
            let at = Field { text: &name.name, span: name.span, column: &key.name, file };
            push(out, rule, &name.name, value, file, &at, faults);
        }
    }
}

fn push<'v>(
    out: &mut Vec<Setting<'v>>,
    rule: RuleKey,
    key: &str,
    value: &'v Value<'_>,
    file: usize,
    at: &Field<'_>,
    faults: &mut Faults<'_>,
) {
    let column = if key == "level" { rule.key().to_owned() } else { format!("{}.{key}", rule.key()) };
    let (fields, list) = match &value.kind {
        Kind::List(items) => (items.iter().map(|item| field_of(item, file, "")).collect(), true),
        _ => (field_of(value, file, "").map(|f| vec![f]), false),
    };
    if let Some(fields) = fields {
        out.push(Setting { rule, key: key.to_owned(), fields, list, column });
    } else {
        let at = Field { column: &column, ..*at };
        let remedy = "write one text or number";
        faults.at(&at, Code::BadParameter, "the parameter is no single value", remedy);
    }
}

fn rule_of(at: &Field<'_>, faults: &mut Faults<'_>) -> Option<RuleKey> {
    let plain = folded(at.text);
    let rule = RuleKey::ALL.iter().copied().find(|r| folded(r.key()) == plain);
    if rule.is_none() {
        let says = format!("there is no rule \"{}\"", at.text);
        let known = RuleKey::ALL.iter().map(|r| r.key());
        let remedy = faults.suggest(at.text, known, "look the rule up in the catalogue");
        faults.at(at, Code::UnknownRule, &says, &remedy);
    }
    rule
}

/// Reads `rule.key=value` or `rule=level`; answers the tiers of `objective=a,b`.
pub fn from_set<'v>(
    text: &'v str,
    file: usize,
    out: &mut Vec<Setting<'v>>,
    faults: &mut Faults<'_>,
) -> Option<Vec<Field<'v>>> {
    let parts =
        text.split_once('=').map(|(name, value)| (name.trim().trim_start_matches("rules."), value.trim()));
    let (name, value) = match parts {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => (name, value),
        _ => {
            let remedy = "write --set rule.key=value, --set rule=level or --set objective=coverage,score";
            faults.at(
                &set_field(file, text, ""),
                Code::BadSetting,
                "the setting is not rule.key=value",
                remedy,
            );
            return None;
        }
    };
    if name == "objective" {
        return Some(split(set_field(file, value, "objective")));
    }
    let (rule, key) = name.split_once('.').unwrap_or((name, "level"));
    let rule = rule_of(&set_field(file, rule, rule), faults)?;
    let column = if key == "level" { rule.key().to_owned() } else { format!("{}.{key}", rule.key()) };
    let fields = vec![set_field(file, value, "")];
    out.push(Setting { rule, key: key.to_owned(), fields, list: false, column });
    None
}

/// Applies settings in order over the preset's rules.
pub fn apply(book: &mut RuleBook, settings: &[Setting<'_>], faults: &mut Faults<'_>) {
    let declared = book.declared.level;
    let before = faults.count();
    for setting in settings {
        let Some(first) = setting.fields.first() else {
            if setting.list && setting.key == "grades" {
                book.seniority.grades.clear();
            }
            continue;
        };
        let field = Field { column: &setting.column, ..*first };
        let plain = folded(&setting.key);
        let mut slots = slots(book, setting.rule);
        if let Some(at) = slots.iter().position(|(name, _)| folded(name) == plain) {
            fill(&mut slots[at].1, setting, &field, faults);
            continue;
        }
        let names: Vec<&str> = slots.iter().map(|(name, _)| *name).collect();
        let says = format!("the rule {} has no parameter \"{}\"", setting.rule.key(), setting.key);
        let all = format!("it takes {}", names.join(", "));
        let remedy = faults.suggest(&setting.key, names.into_iter(), &all);
        faults.at(&field, Code::BadParameter, &says, &remedy);
    }
    spread_declared(book, settings, declared);
    if faults.count() == before {
        agree(book, settings, faults);
    }
}

/// Rules about a coach with several coachees mean nothing where people are grouped from one list.
pub fn fit_groups(book: &RuleBook, settings: &[Setting<'_>], faults: &mut Faults<'_>) {
    let about_coaches = |rule: RuleKey| {
        matches!(rule.shape(), Shape::Nest | Shape::Row | Shape::Tier) || rule == RuleKey::Balance
    };
    let mut told: Vec<RuleKey> = Vec::new();
    for setting in settings.iter().rev().filter(|s| book.grouped() && about_coaches(s.rule)) {
        let Some(first) = setting.fields.first() else { continue };
        if book.level(setting.rule) != Level::Off && !told.contains(&setting.rule) {
            told.push(setting.rule);
            let field = Field { column: &setting.column, ..*first };
            let says = format!(
                "the rule {} means nothing where people are grouped from one list",
                setting.rule.key()
            );
            faults.at(&field, Code::NotForGroups, &says, "leave the rule out, or set it to off");
        }
    }
}

fn fill(slot: &mut Slot<'_>, setting: &Setting<'_>, field: &Field<'_>, faults: &mut Faults<'_>) {
    if let Slot::Names(names) = slot {
        return fill_names(names, setting, field, faults);
    }
    if setting.list {
        faults.at(field, Code::BadParameter, "the parameter is no list", "write one text or number");
        return;
    }
    let wrong = |faults: &mut Faults<'_>, remedy: &str| {
        let says = format!("{} cannot be \"{}\"", field.column, field.text);
        faults.at(field, Code::BadParameter, &says, remedy);
    };
    let text = field.text.to_lowercase();
    match slot {
        Slot::Level(level, allowed) => match allowed.iter().find(|l| l.key() == text) {
            Some(&found) => {
                **level = if setting.is_switch() && found != Level::Off { Level::Hard } else { found }
            }
            None => cells::unknown_word(field, Code::BadLevel, allowed.iter().map(|l| l.key()), faults),
        },
        Slot::Must(must, allowed) => match allowed.iter().find(|m| m.key() == text) {
            Some(&found) => **must = found,
            None => cells::unknown_word(field, Code::BadParameter, allowed.iter().map(|m| m.key()), faults),
        },
        Slot::Cover(cover) => set_word(*cover, field, faults),
        Slot::Repeat(repeat) => set_word(*repeat, field, faults),
        Slot::Flag(flag) => match text.as_str() {
            "true" | "yes" => **flag = true,
            "false" | "no" => **flag = false,
            _ => wrong(faults, "write true or false"),
        },
        Slot::Weight(weight) => match Points::parse(field.text) {
            Some(p) if p >= Points::ZERO && p.0 <= cells::MOST * Points::ONE.0 => **weight = p,
            _ => wrong(faults, "write a number from 0 to 1000000 with at most six places"),
        },
        Slot::Decimal(n, places, low, high) => match in_units(field.text, *places) {
            Some(m) if (i64::from(*low)..=i64::from(*high)).contains(&m) => {
                **n = u32::try_from(m).unwrap_or(**n);
            }
            _ => {
                let (low, high) =
                    (short_decimal(u64::from(*low), *places), short_decimal(u64::from(*high), *places));
                let remedy = format!("write a number from {low} to {high} with at most {places} places");
                wrong(faults, &remedy);
            }
        },
        Slot::Money(sum) => match in_units(field.text, 2).map(u64::try_from) {
            Some(Ok(s)) if s <= MOST_MONEY => **sum = Some(s),
            _ => wrong(faults, "write a number from 0 to 1000000000 with at most 2 places"),
        },
        Slot::Longest(longest) => match (text.as_str(), whole(field.text).map(u32::try_from)) {
            ("any", _) => **longest = None,
            (_, Some(Ok(n))) if (3..=1_000_000).contains(&n) => **longest = Some(n),
            _ => wrong(faults, "write a whole number from 3, or any"),
        },
        Slot::Whole(n, low, high) => match whole(field.text) {
            Some(w) if (i64::from(*low)..=i64::from(*high)).contains(&w) => {
                **n = u32::try_from(w).unwrap_or(**n);
            }
            _ => wrong(faults, &format!("write a whole number from {low} to {high}")),
        },
        Slot::Limit(n) => match whole(field.text) {
            Some(w) if (0..=cells::MOST).contains(&w) => **n = u32::try_from(w).ok(),
            _ => wrong(faults, "write a whole number from 0 to 1000000"),
        },
        Slot::Signed(n) => match whole(field.text) {
            Some(w) if (-1000..=1000).contains(&w) => **n = i32::try_from(w).unwrap_or(**n),
            _ => wrong(faults, "write a whole number from -1000 to 1000"),
        },
        Slot::Size(size) => match whole(field.text) {
            Some(2) => **size = GroupSize::Two,
            Some(3) => **size = GroupSize::Three,
            _ => wrong(faults, "write 2 for pairs or 3 for triads"),
        },
        Slot::Names(_) => {}
    }
}

impl Setting<'_> {
    /// `priority` and `locks` are on or off; any other word for on is `hard`.
    fn is_switch(&self) -> bool {
        matches!(self.rule, RuleKey::Priority | RuleKey::Locks)
    }
}

fn set_word<W: Word>(slot: &mut W, field: &Field<'_>, faults: &mut Faults<'_>) {
    match W::ALL.iter().find(|w| w.key() == field.text.to_lowercase()) {
        Some(&found) => *slot = found,
        None => cells::unknown_word(field, Code::BadParameter, W::ALL.iter().map(|w| w.key()), faults),
    }
}

/// A whole number; `2.0` counts as 2.
fn whole(text: &str) -> Option<i64> {
    Points::parse(text).filter(|p| p.0 % Points::ONE.0 == 0).map(|p| p.0 / Points::ONE.0)
}

/// A decimal in units of its last place; none with more places, or beyond a billion.
fn in_units(text: &str, places: u8) -> Option<i64> {
    let unit = 10_i64.pow(6 - u32::from(places));
    Points::parse(text).filter(|p| p.0 % unit == 0).map(|p| p.0 / unit)
}

fn fill_names(names: &mut Vec<Box<str>>, setting: &Setting<'_>, field: &Field<'_>, faults: &mut Faults<'_>) {
    let parts: Vec<Field<'_>> = if setting.list {
        setting.fields.clone()
    } else {
        setting.fields.iter().flat_map(|f| split(*f)).collect()
    };
    names.clear();
    for part in parts {
        let at = Field { column: field.column, ..part };
        let plain = part.text.to_lowercase();
        if part.is_blank() || names.iter().any(|n| n.to_lowercase() == plain) {
            faults.at(
                &at,
                Code::BadParameter,
                "a grade is blank or stands twice",
                "name every grade once, low to high",
            );
        } else {
            names.push(part.text.into());
        }
    }
}

/// Parameters that must fit each other.
fn agree(book: &RuleBook, settings: &[Setting<'_>], faults: &mut Faults<'_>) {
    let mut check = |rule: RuleKey, keys: &[&str], fits: bool, says: &str| {
        let named = settings
            .iter()
            .rev()
            .find(|s| s.rule == rule && keys.iter().any(|k| folded(k) == folded(&s.key)));
        if let Some(setting) = named.filter(|_| !fits)
            && let Some(first) = setting.fields.first()
        {
            let field = Field { column: &setting.column, ..*first };
            faults.at(&field, Code::BadParameter, says, &format!("change {}", keys.join(" or ")));
        }
    };
    let (travel, seniority) = (&book.travel, &book.seniority);
    let fits = travel.full_minutes > travel.free_minutes;
    check(
        RuleKey::Travel,
        &["free_minutes", "full_minutes"],
        fits,
        "full_minutes is not more than free_minutes",
    );
    let fits = seniority.best_from <= seniority.best_to;
    check(RuleKey::Seniority, &["best_from", "best_to"], fits, "best_to is less than best_from");
    let fits = seniority.worst > seniority.best_to;
    check(RuleKey::Seniority, &["best_to", "worst"], fits, "worst is not more than best_to");
    check(RuleKey::Seniority, &["most"], seniority.most >= 0, "most is negative");
    let (quota, rings) = (&book.school_quota, &book.rings);
    let fits = quota.most.is_none_or(|most| quota.least <= most);
    check(RuleKey::SchoolQuota, &["least", "most"], fits, "least is more than most");
    let fits = rings.level != Level::Soft || rings.longest == Some(3);
    check(RuleKey::Rings, &["longest", "level"], fits, "a soft rule is about rings of 3 only");
}
