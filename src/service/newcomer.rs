//! One more coach, as like one of the programme's as can be, without that coach's ties: nobody reports to them, nobody has declared
//! anything about them. What keeps even the nearest coach from somebody is changed, and named.

use crate::explain::Obstacle;
use crate::model::catalogue::{RuleKey, Training};
use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::model::people::{Coach, Grade, Id, Named, Person};
use crate::model::roster::{PairTable, Roster};
use crate::rules::Compiled;

/// A roster with one coach more.
pub(super) struct Newcomer {
    pub roster: Roster,
    pub id: Id,
    /// In what the newcomer is not like the coach named.
    pub but: Vec<Box<str>>,
}

/// One more like `like`, with so many places, whom these obstacles do not keep from the coachee.
pub(super) fn newcomer(
    compiled: &Compiled<'_>,
    like: CoachIx,
    places: u32,
    whom: Option<(CoacheeIx, &[Obstacle])>,
) -> Newcomer {
    let mut roster = compiled.roster.clone();
    let twin = &compiled.roster.coaches[like];
    let last = roster.people.as_slice().last().map_or("", |person| &*person.id);
    // Behind everybody in byte order, so that nobody's index changes.
    let id: Id = format!("{last}+").into();
    let person = Person {
        id: id.clone(),
        name: None,
        manager: Named::Unknown,
        coach: Some(CoachIx::from_usize(roster.coaches.len())),
        coachee: None,
        ..roster.people[twin.person].clone()
    };
    let mut newcomer =
        Parts { person, coach: Coach { max: places, min: None, ..twin.clone() }, but: Vec::new() };
    newcomer.coach.preferences.clear();
    for (coachee, obstacle) in whom.into_iter().flat_map(|(e, list)| list.iter().map(move |o| (e, o))) {
        newcomer.free(compiled, coachee, obstacle.rule);
    }
    let Parts { person, mut coach, but } = newcomer;
    roster.pairs = listed(&roster, like);
    roster.people.push(person);
    coach.person = Ix::from_usize(roster.people.len() - 1);
    roster.coaches.push(coach);
    Newcomer { roster, id, but }
}

struct Parts {
    person: Person,
    coach: Coach,
    but: Vec<Box<str>>,
}

impl Parts {
    /// Changes what breaks a rule with the coachee. Ties between two people are gone with the person.
    fn free(&mut self, compiled: &Compiled<'_>, coachee: CoacheeIx, rule: RuleKey) {
        let roster = compiled.roster;
        let row = &roster.coachees[coachee];
        let own = &roster.people[row.person];
        let but = match rule {
            RuleKey::School => {
                let sectors = self.person.schools.iter().filter_map(|s| roster.schools[*s].sector).collect();
                if self.person.sectors.is_empty() {
                    self.person.sectors = sectors;
                }
                if self.person.address.place.is_none() {
                    let first = self.person.schools.first();
                    self.person.address =
                        first.map(|s| roster.schools[*s].address.clone()).unwrap_or_default();
                }
                self.person.schools.clear();
                self.person.employment.clear();
                "of another school".to_owned()
            }
            RuleKey::Seniority => {
                let rule = &roster.programme.rules.seniority;
                let Some((_, highest)) = compiled.grades_of(row.person) else { return };
                let above = if rule.absolute { 0 } else { rule.least };
                let Ok(rank) = i32::try_from(highest + i64::from(above)) else { return };
                self.person.employment.clear();
                self.person.grade = Some(Grade { text: rank.to_string().into(), rank });
                match above {
                    ..=0 => format!("of {}'s grade", roster.coachee_name(coachee)),
                    1 => format!("1 grade above {}", roster.coachee_name(coachee)),
                    n => format!("{n} grades above {}", roster.coachee_name(coachee)),
                }
            }
            RuleKey::Language => {
                let Some(language) = row.language else { return };
                self.coach.languages.push(language);
                self.coach.languages.sort_unstable();
                self.coach.languages.dedup();
                format!("who speaks {}", crate::rules::language_called(&roster.words[language]))
            }
            RuleKey::Availability => {
                self.coach.slots.clone_from(&row.slots);
                let slots: Vec<&str> = row.slots.iter().map(|slot| &*roster.words[*slot]).collect();
                format!("free at {}", slots.join(", "))
            }
            RuleKey::Travel => {
                self.person.address = own.address.clone();
                self.person.schools.clear();
                self.coach.online = Some(true);
                "nearby, or online".to_owned()
            }
            RuleKey::Region => {
                self.person.region = compiled.regions_of(row.person).first().copied();
                let Some(region) = self.person.region else { return };
                format!("of the region {}", roster.words[region])
            }
            RuleKey::Needs => {
                self.coach.strengths = row.needs.iter().map(|need| (*need, 3)).collect();
                self.coach.strengths.sort_unstable();
                let needs: Vec<&str> = row.needs.iter().map(|need| &*roster.words[*need]).collect();
                format!("strong in {}", needs.join(", "))
            }
            RuleKey::Training => {
                self.coach.training = Some(Training::Trained);
                self.coach.barred.clear();
                "trained".to_owned()
            }
            _ => return,
        };
        if !self.but.iter().any(|known| **known == *but) {
            self.but.push(but.into());
        }
    }
}

/// The table of pairs with the rows of `like` once more, for a coach behind all others.
fn listed(roster: &Roster, like: CoachIx) -> PairTable {
    let old = &roster.pairs;
    if old.is_empty() {
        return old.clone();
    }
    let newcomer = CoachIx::from_usize(roster.coaches.len());
    let (mut starts, mut coach, mut score, mut minutes) = (vec![0], Vec::new(), Vec::new(), Vec::new());
    for coachee in roster.coachees.indexes() {
        let rows = old.rows(coachee).map(|at| (old.coach[at], at));
        for (with, at) in rows.chain(old.row(coachee, like).map(|at| (newcomer, at))) {
            coach.push(with);
            score.push(old.score[at]);
            minutes.extend(old.minutes.get(at).copied());
        }
        starts.push(coach.len());
    }
    PairTable { starts, coach: coach.into(), score: score.into(), minutes }
}
