//! `language`: the language a coachee asks for.

use super::facts::Facts;
use super::verdict::{Kinds, PairRule, Row, Verdict, edge};
use crate::model::catalogue::{LanguageLevel, Level, RuleKey};
use crate::model::index::{CoachIx, CoacheeIx, WordIx};
use crate::model::people::Coachee;
use crate::model::roster::Roster;
use crate::model::rulebook::LanguageRule;

pub(super) struct Language<'r> {
    rule: LanguageRule,
    roster: &'r Roster,
    coaches: Kinds<CoachIx, Vec<WordIx>>,
}

/// The language without which the coachee cannot be coached; a blank level means required.
pub(crate) fn required(coachee: &Coachee) -> Option<WordIx> {
    coachee.language.filter(|_| coachee.language_level != Some(LanguageLevel::Preferred))
}

impl<'r> Language<'r> {
    pub fn new(rule: LanguageRule, facts: &Facts<'r>) -> Self {
        let roster = facts.roster;
        Self { rule, roster, coaches: Kinds::sort(roster.coaches.iter().map(|c| c.languages.clone())) }
    }

    fn verdict(&self, coachee: &Coachee, languages: &[WordIx]) -> Verdict {
        let Some(language) = coachee.language else { return Verdict::SILENT };
        if languages.contains(&language) {
            Verdict::earns(self.rule.level, self.rule.weight)
        } else if required(coachee).is_some() && !languages.is_empty() {
            Verdict::broken(edge(self.rule.level, self.rule.required))
        } else {
            Verdict::SILENT
        }
    }

    fn name(&self, coachee: CoacheeIx) -> Option<&str> {
        self.roster.coachees[coachee].language.map(|w| called(&self.roster.words[w]))
    }
}

impl PairRule for Language<'_> {
    fn key(&self) -> RuleKey {
        RuleKey::Language
    }
    fn level(&self) -> Level {
        self.rule.level
    }
    fn judge(&self, coachee: CoacheeIx, coach: CoachIx) -> Verdict {
        self.verdict(&self.roster.coachees[coachee], self.coaches.kind(coach))
    }
    fn row(&self, coachee: CoacheeIx, row: &mut Row) {
        let coachee = &self.roster.coachees[coachee];
        if coachee.language.is_some() {
            row.add_kinds(&self.coaches, |languages| self.verdict(coachee, languages));
        }
    }
    fn part(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<String> {
        let (name, languages) = (self.name(coachee)?, self.coaches.kind(coach));
        let has = self.roster.coachees[coachee].language.is_some_and(|l| languages.contains(&l));
        if has {
            return Some(format!("speaks {name}"));
        }
        (!languages.is_empty()).then(|| format!("does not speak {name}"))
    }
    fn barrier(&self, coachee: CoacheeIx, _: CoachIx) -> String {
        format!("does not speak {}", self.name(coachee).unwrap_or_default())
    }
}

/// What sentences call a language: by its name where a list gives the code of ISO 639, else as it is written.
pub(crate) fn called(word: &str) -> &str {
    let named = NAMES.iter().find(|(code, _)| code.eq_ignore_ascii_case(word));
    named.map_or(word, |(_, name)| name)
}

/// Languages of Scotland's schools: its own, and those that most of their other speakers have.
const NAMES: [(&str, &str); 16] = [
    ("ar", "Arabic"),
    ("bfi", "British Sign Language"),
    ("cy", "Welsh"),
    ("de", "German"),
    ("en", "English"),
    ("es", "Spanish"),
    ("fr", "French"),
    ("ga", "Irish"),
    ("gd", "Gaelic"),
    ("pa", "Punjabi"),
    ("pl", "Polish"),
    ("ro", "Romanian"),
    ("sco", "Scots"),
    ("uk", "Ukrainian"),
    ("ur", "Urdu"),
    ("zh", "Chinese"),
];

pub(super) fn sentence(rule: &LanguageRule) -> String {
    match edge(rule.level, rule.required) {
        Level::Hard | Level::Waivable => {
            "The coach speaks the language the coachee asks for; a required one must be spoken.".into()
        }
        _ => "The coach speaks the language the coachee asks for.".into(),
    }
}
