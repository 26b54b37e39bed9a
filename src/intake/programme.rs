//! The programme's keys and `--set` texts to its name, window, preset and rules.

use crate::model::catalogue::{ConflictKind, Level, Preset, RuleKey, Shape, Tier, Word};
use crate::model::date::Date;
use crate::model::fault::Code;
use crate::model::roster::{Aim, Programme};
use crate::model::rulebook::RuleBook;

use super::cells;
use super::faults::Faults;
use super::raw::{Entry, KEYS};
use super::settings::{self, Setting};
use super::source::{Source, SourceKind, Span};
use super::tables::{Field, folded};
use super::value::{Kind, Value};

/// Reads the programme. `None` after a fault; `file` names the programme file where a key is missing.
pub fn read<'s>(
    keys: &'s [Entry<'s>],
    sources: &'s [Source],
    file: &str,
    faults: &mut Faults<'_>,
) -> Option<Programme> {
    let before = faults.count();
    let added = |entry: &&Entry<'_>| matches!(sources[entry.file].kind, SourceKind::Added(_));
    let [name, preset, starts, ends, objective, rules, stable] = KEYS.map(|known| {
        let mut found = keys.iter().filter(|e| folded(&e.key.name) == folded(known) && !added(e));
        let first = found.next();
        if let Some(second) = found.next() {
            let says = format!("the key {known} stands twice");
            faults.span(
                second.file,
                second.key.span,
                known,
                Code::UnknownKey,
                known,
                &says,
                "remove one of the two",
            );
        }
        first
    });
    let required = |entry: Option<&'s Entry<'s>>, key: &'static str, faults: &mut Faults<'_>| {
        let Some(entry) = entry else {
            let says = format!("the programme does not say its {key}");
            faults.whole(file, key, Code::MissingKey, &says, &format!("add {key} = … to the programme"));
            return None;
        };
        let field = single(entry, key, faults)?;
        cells::needed(&field, faults).then_some(field)
    };
    let name = required(name, "name", faults);
    let preset = required(preset, "preset", faults);
    let starts = required(starts, "starts", faults);
    let name = name.and_then(|field| cells::text(&field, faults));
    let preset = preset.and_then(|field| preset_of(&field, faults));
    let starts = starts.and_then(|field| cells::date(&field, faults));
    let ends = match ends {
        Some(entry) => single(entry, "ends", faults)
            .and_then(|field| ends_of(&field, starts, faults))
            .or_else(|| starts.map(a_year_less_a_day)),
        None => starts.map(a_year_less_a_day),
    };
    let mut book = RuleBook::preset(preset.unwrap_or(Preset::Bare));
    let mut settings = Vec::new();
    if let Some(entry) = rules {
        settings::from_rules(&entry.value, entry.file, &mut settings, faults);
    }
    // Added files hold no other key of a programme.
    for entry in keys.iter().filter(added) {
        settings::from_rules(&entry.value, entry.file, &mut settings, faults);
    }
    let mut tiers = objective.and_then(|e| objective_of(&values(&e.value, e.file, "objective"), e, faults));
    for (file, source) in sources.iter().enumerate().filter(|(_, s)| s.kind == SourceKind::Setting) {
        if let Some(list) = settings::from_set(&source.text, file, &mut settings, faults) {
            tiers = tiers_of(&list, faults).or(tiers);
        }
    }
    // Without the preset nobody can say which levels the programme changes.
    if preset.is_some() {
        settings::apply(&mut book, &settings, faults);
    }
    let stable = stable.and_then(|entry| single(entry, "stable", faults));
    let aim = stable.map_or(Aim::Best, |field| aim_of(&field, &book, tiers.is_some(), faults));
    if let Some(tiers) = tiers {
        switch_on(&mut book, &tiers, &settings);
        book.objective = tiers;
        if book.grouped() {
            groups_objective(&book.objective, objective, file, faults);
        }
    } else if book.grouped() {
        // What the preset says beyond that says nothing about groups, and would be refused where it is written down.
        book.objective.retain(|tier| is_of_groups(*tier));
    }
    settings::fit_groups(&book, &settings, faults);
    let programme =
        Programme { name: name?, preset: preset?, starts: starts?, ends: ends?, aim, rules: book };
    (faults.count() == before).then_some(programme)
}

/// `stable = true`, unless something stands beside it that a stable plan cannot promise.
fn aim_of(field: &Field<'_>, book: &RuleBook, objective: bool, faults: &mut Faults<'_>) -> Aim {
    if cells::yes_no(field, faults) != Some(true) {
        return Aim::Best;
    }
    let on = |rule: RuleKey| !matches!(book.level(rule), Level::Info | Level::Off);
    let mut against: Vec<&str> = if objective { vec!["objective"] } else { Vec::new() };
    if book.capacity.level != Level::Off && book.capacity.min == Level::Hard {
        against.push("capacity.min = hard");
    }
    let rows = RuleKey::ALL.iter().copied().filter(|rule| rule.shape() == Shape::Row && on(*rule));
    against.extend(rows.map(Word::key));
    if !matches!(book.budget_level(), Level::Info | Level::Off) {
        against.push("external.budget");
    }
    if book.grouped() {
        against.push(RuleKey::GroupSize.key());
    }
    if !against.is_empty() {
        let says = format!("a stable plan cannot go with {}", against.join(", "));
        faults.at(field, Code::NotWithStable, &says, "leave stable out, or switch off what is named");
    }
    Aim::Stable
}

/// A tier that the programme names itself is wanted, even where the preset leaves its rule off.
fn switch_on(book: &mut RuleBook, tiers: &[Tier], settings: &[Setting<'_>]) {
    let set = |rule| settings.iter().any(|s| s.rule == rule);
    if tiers.contains(&Tier::Floor) && !set(RuleKey::Floor) {
        book.floor = Level::Soft;
    }
    if tiers.contains(&Tier::Balance) && !set(RuleKey::Balance) {
        book.balance.level = Level::Soft;
    }
}

/// The day before the same day of the next year; 29 February has none and ends on the 28th.
fn a_year_less_a_day(starts: Date) -> Date {
    let (year, month, day) = starts.civil();
    let (month, day) = (u32::try_from(month).unwrap_or(1), u32::try_from(day).unwrap_or(1));
    let same = Date::new(year + 1, month, day).or_else(|| Date::new(year + 1, 3, 1));
    same.map_or(starts.plus_days(364), |day| day.plus_days(-1))
}

fn ends_of(field: &Field<'_>, starts: Option<Date>, faults: &mut Faults<'_>) -> Option<Date> {
    let ends = cells::date(field, faults)?;
    if starts.is_some_and(|starts| ends < starts) {
        faults.at(
            field,
            Code::DatesReversed,
            "the programme ends before it starts",
            "correct starts or ends",
        );
    }
    Some(ends)
}

fn preset_of(field: &Field<'_>, faults: &mut Faults<'_>) -> Option<Preset> {
    let plain = folded(field.text);
    let Some(preset) = Preset::ALL.iter().copied().find(|p| folded(p.key()) == plain) else {
        cells::unknown_word(field, Code::UnknownPreset, Preset::ALL.iter().map(|p| p.key()), faults);
        return None;
    };
    Some(preset)
}

/// A key's value as one text.
fn single<'s>(entry: &'s Entry<'s>, key: &'static str, faults: &mut Faults<'_>) -> Option<Field<'s>> {
    let field = field_of(&entry.value, entry.file, key);
    if field.is_none() {
        let says = format!("{key} is no single value");
        faults.span(
            entry.file,
            entry.key.span,
            key,
            Code::BadParameter,
            key,
            &says,
            "write one text or number",
        );
    }
    field
}

/// A single value as a field.
pub fn field_of<'v>(value: &'v Value<'_>, file: usize, column: &'v str) -> Option<Field<'v>> {
    Some(Field { text: value.scalar()?.trim(), span: value.span, column, file })
}

/// The values of a list, or of a text with `;` or `,` between them. Empty if it is neither.
pub fn values<'v>(value: &'v Value<'_>, file: usize, column: &'v str) -> Vec<Field<'v>> {
    match &value.kind {
        Kind::List(items) => items.iter().filter_map(|item| field_of(item, file, column)).collect(),
        _ => field_of(value, file, column).map_or_else(Vec::new, |field| split(field)),
    }
}

/// The parts of a text with `;` or `,` between them.
pub fn split(field: Field<'_>) -> Vec<Field<'_>> {
    let parts = field.text.split([';', ',']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(|text| Field { text, ..field }).collect()
}

fn objective_of(list: &[Field<'_>], entry: &Entry<'_>, faults: &mut Faults<'_>) -> Option<Vec<Tier>> {
    let scalars = match &entry.value.kind {
        Kind::List(items) => items.len() == list.len(),
        Kind::Text(_) => true,
        _ => false,
    };
    if list.is_empty() || !scalars {
        let says = "the objective is no list of tiers";
        let remedy = "write objective = [\"coverage\", \"stability\", \"floor\", \"score\", \"balance\"], or leave it out";
        faults.span(entry.file, entry.key.span, "objective", Code::BadObjective, "objective", says, remedy);
        return None;
    }
    tiers_of(list, faults)
}

const fn is_of_groups(tier: Tier) -> bool {
    matches!(tier, Tier::Coverage | Tier::Stability | Tier::Score)
}

/// Groups know three tiers, coverage first.
fn groups_objective(tiers: &[Tier], entry: Option<&Entry<'_>>, name: &str, faults: &mut Faults<'_>) {
    let known = tiers.iter().copied().all(is_of_groups);
    if known && tiers.first() == Some(&Tier::Coverage) {
        return;
    }
    let says = "where people are grouped the objective begins with coverage, and has no other tiers than stability and score";
    let remedy = "write objective = [\"coverage\", \"stability\", \"score\"], or leave it out";
    match entry {
        Some(entry) => {
            let key = "objective";
            faults.span(entry.file, entry.key.span, key, Code::BadObjective, key, says, remedy);
        }
        None => faults.whole(name, "objective", Code::BadObjective, says, remedy),
    }
}

/// Different tiers, in order. `minimums` has a place of its own and is not listed.
fn tiers_of(list: &[Field<'_>], faults: &mut Faults<'_>) -> Option<Vec<Tier>> {
    let known = [Tier::Coverage, Tier::Stability, Tier::Floor, Tier::Score, Tier::Balance];
    let mut tiers = Vec::new();
    let before = faults.count();
    for field in list {
        match known.into_iter().find(|t| t.key() == field.text.to_lowercase()) {
            None if field.text == Tier::Minimums.key() => {
                let remedy = "leave it out: it comes right after coverage where capacity.min is on";
                faults.at(field, Code::BadObjective, "minimums is not listed", remedy);
            }
            None => cells::unknown_word(field, Code::BadObjective, known.iter().map(|t| t.key()), faults),
            Some(tier) if tiers.contains(&tier) => {
                let says = format!("the tier {} stands twice", tier.key());
                faults.at(field, Code::BadObjective, &says, "remove one of the two");
            }
            Some(tier) => tiers.push(tier),
        }
    }
    (faults.count() == before && !tiers.is_empty()).then_some(tiers)
}

/// The kinds of `declared` take the rule's level where the programme changes it and does not name them.
pub fn spread_declared(book: &mut RuleBook, settings: &[Setting<'_>], preset_level: Level) {
    let named = |kind: &ConflictKind| {
        settings.iter().any(|s| s.rule == RuleKey::Declared && folded(&s.key) == kind.key())
    };
    let level = book.declared.level;
    if level == preset_level || level == Level::Off {
        return;
    }
    for (at, kind) in ConflictKind::ALL.iter().enumerate() {
        if !named(kind) {
            book.declared.kinds[at] = level;
        }
    }
}

/// The place of a text within the source of a `--set`.
pub fn set_field<'v>(file: usize, text: &'v str, column: &'v str) -> Field<'v> {
    Field { text: text.trim(), span: Span::default(), column, file }
}

#[cfg(test)]
mod tests {
    use super::a_year_less_a_day;
    use crate::model::date::Date;

    #[test]
    fn a_year_less_a_day_ends_before_the_same_day() {
        for (starts, ends) in [
            ("2026-08-24", "2027-08-23"),
            ("2023-08-24", "2024-08-23"),
            ("2024-02-29", "2025-02-28"),
            ("2024-03-01", "2025-02-28"),
            ("2026-01-01", "2026-12-31"),
        ] {
            let day = Date::parse_iso(starts).expect("a day");
            assert_eq!(a_year_less_a_day(day).to_string(), ends, "{starts}");
        }
    }
}
