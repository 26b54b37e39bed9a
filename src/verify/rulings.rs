//! The rules about one pair, a function each, in the words of the table in `docs/rules.md`.

use super::facts::bit;
use super::judge::{Bar, Ruling, World, bar, rank_points, yes};
use crate::model::catalogue::{Cover, LanguageLevel, Level, Must, Repeat, RuleKey, Sector, Training};
use crate::model::index::{CoachIx, CoacheeIx, Ix, PersonIx};

type Pair = (CoachIx, CoacheeIx);

/// Whether the sorted list has a row whose key is this.
fn has<T, K: Ord>(sorted: &[T], key: &K, of: impl Fn(&T) -> K) -> bool {
    let at = sorted.partition_point(|row| of(row) < *key);
    sorted.get(at).is_some_and(|row| of(row) == *key)
}

impl World<'_> {
    pub(super) fn ruling(&self, key: RuleKey, level: Level, pair: Pair, row: Option<usize>) -> Ruling {
        match key {
            RuleKey::Pairs => self.pairs(row),
            RuleKey::School => self.school(level, pair),
            RuleKey::Sector => {
                let (a, b) = self.facts(pair);
                let rule = &self.rules.sector;
                let known = a.sectors != 0 && b.sectors != 0;
                kind(level, rule.weight, rule.must, known, a.sectors & b.sectors != 0)
            }
            RuleKey::Region => {
                let (a, b) = self.facts(pair);
                let rule = &self.rules.region;
                let known = !a.regions.is_empty() && !b.regions.is_empty();
                kind(level, rule.weight, rule.must, known, a.regions.iter().any(|r| b.regions.contains(r)))
            }
            RuleKey::Travel => self.travelling(level, pair, row),
            RuleKey::Line => self.line(level, pair),
            RuleKey::SharedManager => {
                let (a, b) = self.facts(pair);
                let shared = a.managers.iter().any(|m| b.managers.contains(m));
                let clear = a.managers_known && b.managers_known && !shared;
                Ruling::at(level, shared, self.rules.shared_manager.weight, yes(clear))
            }
            RuleKey::Sponsor => {
                let (coach, _) = self.persons(pair);
                let sponsor = self.roster.coachees[pair.1].sponsor.person();
                let other = sponsor.is_some_and(|s| s != coach);
                Ruling::at(level, sponsor == Some(coach), self.rules.sponsor.weight, yes(other))
            }
            RuleKey::SponsorTie => self.sponsor_tie(level, pair),
            RuleKey::Declared => self.declared(level, pair),
            RuleKey::Seniority => self.seniority(level, pair),
            RuleKey::Needs => self.needs(level, pair),
            RuleKey::Preferences => {
                let (a, b) =
                    (&self.roster.coaches[pair.0].preferences, &self.roster.coachees[pair.1].preferences);
                let missed = |named: bool, found: bool| named && !found;
                let broken =
                    missed(!a.is_empty(), a.contains(&pair.1)) || missed(!b.is_empty(), b.contains(&pair.0));
                let sum = rank_points(a, &pair.1) + rank_points(b, &pair.0);
                Ruling::at(level, broken, self.rules.preferences.weight, (sum, 6))
            }
            RuleKey::Availability => self.availability(level, pair),
            RuleKey::Language => self.language(level, pair),
            RuleKey::History => self.history(level, pair),
            RuleKey::Training => self.training(level, pair),
            RuleKey::External => {
                let external = self.facts(pair).0.sectors & bit(Sector::External) != 0;
                Ruling::at(level, external, self.rules.external.weight, yes(!external))
            }
            _ => Ruling::default(),
        }
    }

    fn persons(&self, pair: Pair) -> (PersonIx, PersonIx) {
        (self.roster.coaches[pair.0].person, self.roster.coachees[pair.1].person)
    }

    fn facts(&self, pair: Pair) -> (&super::facts::Facts<'_>, &super::facts::Facts<'_>) {
        let (coach, coachee) = self.persons(pair);
        (self.person(coach), self.person(coachee))
    }

    fn pairs(&self, row: Option<usize>) -> Ruling {
        let rule = &self.rules.pairs;
        let score = row.map_or(0, |row| i128::from(self.roster.pairs.score[row].0));
        let points = match rule.level {
            Level::Soft => (i128::from(rule.weight.0) * score).div_euclid(1_000_000),
            _ => 0,
        };
        Ruling { bar: (rule.only_listed && row.is_none()).then_some(Bar::Hard), points }
    }

    fn school(&self, level: Level, pair: Pair) -> Ruling {
        let (a, b) = self.facts(pair);
        let rule = &self.rules.school;
        let known = !a.schools.is_empty() && !b.schools.is_empty();
        let broken = match rule.must {
            Must::Differ | Must::Cross => b.schools.iter().any(|s| a.near.contains(s)),
            Must::Same => known && !b.schools.iter().any(|s| a.schools.contains(s)),
            Must::Any => false,
        };
        Ruling::at(level, broken, rule.weight, yes(known && !broken))
    }

    fn travelling(&self, level: Level, pair: Pair, row: Option<usize>) -> Ruling {
        let rule = &self.rules.travel;
        let Some(minutes) = self.minutes(pair.0, pair.1, row).map(|m| m.0) else {
            return Ruling::default();
        };
        let (coach, coachee) = (&self.roster.coaches[pair.0], &self.roster.coachees[pair.1]);
        let limits = [coach.max_minutes, coachee.max_minutes, rule.max_minutes];
        let no_car =
            [coach.person, coachee.person].iter().any(|p| self.roster.people[*p].drives == Some(false));
        let broken =
            limits.iter().flatten().any(|limit| minutes > *limit) || no_car && minutes > rule.no_car_minutes;
        let (free, full) = (i64::from(rule.free_minutes), i64::from(rule.full_minutes));
        let value = match i64::from(minutes) {
            m if m <= free => (1, 1),
            m if m >= full => (0, 1),
            m => (full - m, full - free),
        };
        Ruling::at(level, false, rule.weight, value).with_limit(level, rule.limit, broken)
    }

    fn line(&self, level: Level, pair: Pair) -> Ruling {
        let rule = &self.rules.line;
        let (coach, coachee) = self.persons(pair);
        let (a, b) = (&self.lines[coach.to_usize()], &self.lines[coachee.to_usize()]);
        let steps = [a.steps_to(coachee), b.steps_to(coach)].into_iter().flatten().min();
        let value = yes(a.known && b.known && steps.is_none());
        let mut ruling = Ruling::at(level, steps.is_some(), rule.weight, value);
        if level == Level::Hard && steps.is_some_and(|s| s > rule.steps) {
            ruling.bar = Some(Bar::Waivable);
        }
        ruling
    }

    fn sponsor_tie(&self, level: Level, pair: Pair) -> Ruling {
        let (coach, _) = self.persons(pair);
        let sponsor = self.roster.coachees[pair.1].sponsor.person();
        let tied = sponsor.is_some_and(|s| {
            let live = |a, b| self.ties.live.binary_search(&(a, b)).is_ok();
            s != coach && (live(coach, s) || live(s, coach))
        });
        Ruling::at(level, tied, self.rules.sponsor_tie.weight, yes(sponsor.is_some() && !tied))
    }

    fn declared(&self, level: Level, pair: Pair) -> Ruling {
        let (coach, coachee) = self.persons(pair);
        let (mut any, mut worst) = (false, None);
        let mut found = |kind: Level| {
            any = true;
            worst = worst.max(bar(kind));
        };
        let people = &self.ties.declared;
        let from = people.partition_point(|(a, b, _)| (*a, *b) < (coach, coachee));
        people[from..].iter().take_while(|(a, b, _)| (*a, *b) == (coach, coachee)).for_each(|d| found(d.2));
        let schools = &self.ties.declared_school;
        for (who, other) in [(coach, coachee), (coachee, coach)] {
            let from = schools.partition_point(|(a, ..)| *a < who);
            let own = schools[from..].iter().take_while(|(a, ..)| *a == who);
            let theirs = &self.person(other).schools;
            own.filter(|(_, school, _)| theirs.contains(school)).for_each(|d| found(d.2));
        }
        let mut ruling = Ruling::at(level, false, self.rules.declared.weight, yes(!any));
        ruling.bar = worst;
        ruling
    }

    fn seniority(&self, level: Level, pair: Pair) -> Ruling {
        let rule = &self.rules.seniority;
        let (a, b) = self.facts(pair);
        let (Some(coach), Some(coachee)) = (a.grades, b.grades) else { return Ruling::default() };
        let smallest = i64::from(coach.0) - i64::from(coachee.1);
        if rule.absolute {
            let largest = i64::from(coach.1) - i64::from(coachee.0);
            let within = smallest.abs().max(largest.abs()) <= i64::from(rule.most);
            return Ruling::at(level, false, rule.weight, yes(within)).with_limit(level, rule.limit, !within);
        }
        let (from, to, worst) = (i64::from(rule.best_from), i64::from(rule.best_to), i64::from(rule.worst));
        let value = match smallest {
            gap if gap < from || gap >= worst => (0, 1),
            gap if gap <= to => (1, 1),
            gap => (worst - gap, worst - to),
        };
        let broken = smallest < i64::from(rule.least);
        Ruling::at(level, false, rule.weight, value).with_limit(level, rule.limit, broken)
    }

    fn needs(&self, level: Level, pair: Pair) -> Ruling {
        let rule = &self.rules.needs;
        let needs = &self.roster.coachees[pair.1].needs;
        let strengths = &self.roster.coaches[pair.0].strengths;
        let reach = |need| strengths.iter().find(|(tag, _)| *tag == need).map_or(0, |(_, l)| i64::from(*l));
        let (mut earned, mut most, mut covered) = (0, 0, 0_usize);
        for (need, weight) in needs.iter().zip([3, 2, 1]) {
            let reached = reach(*need);
            covered += usize::from(reached >= 1);
            earned += weight * reached;
            most += 3 * weight;
        }
        let broken = match rule.cover {
            Cover::Any => covered == 0,
            Cover::First => needs.first().is_some_and(|need| reach(*need) == 0),
            Cover::All => covered < needs.len(),
        };
        // A coach who has named no strengths is unknown, and unknown facts exclude nobody.
        let known = !needs.is_empty() && !strengths.is_empty();
        Ruling::at(level, broken && known, rule.weight, (earned, most))
    }

    fn availability(&self, level: Level, pair: Pair) -> Ruling {
        let rule = &self.rules.availability;
        let (a, b) = (&self.coach_slots[pair.0.to_usize()], &self.coachee_slots[pair.1.to_usize()]);
        let shared = a.iter().filter(|slot| b.binary_search(slot).is_ok()).count();
        let shared = u32::try_from(shared).unwrap_or(u32::MAX).min(rule.full);
        let value = (i64::from(shared), i64::from(rule.full));
        let broken = !a.is_empty() && !b.is_empty() && shared == 0;
        Ruling::at(level, false, rule.weight, value).with_limit(level, rule.none, broken)
    }

    fn language(&self, level: Level, pair: Pair) -> Ruling {
        let rule = &self.rules.language;
        let coachee = &self.roster.coachees[pair.1];
        let spoken = &self.roster.coaches[pair.0].languages;
        let Some(asked) = coachee.language else { return Ruling::default() };
        let has = spoken.contains(&asked);
        let required = coachee.language_level.unwrap_or(LanguageLevel::Required) == LanguageLevel::Required;
        let broken = required && !spoken.is_empty() && !has;
        Ruling::at(level, false, rule.weight, yes(has)).with_limit(level, rule.required, broken)
    }

    fn history(&self, level: Level, pair: Pair) -> Ruling {
        let rule = &self.rules.history;
        let (coach, coachee) = self.persons(pair);
        let before = has(&self.ties.past, &(coach, coachee), |p| (p.0, p.1));
        let early = has(&self.ties.past, &(coach, coachee, true), |p| *p);
        let managed = |a, b| has(&self.ties.former, &(a, b), |p| *p);
        let holds = match rule.repeat {
            Repeat::Avoid => !before,
            Repeat::Prefer => before,
            Repeat::Any => true,
        };
        let value = yes(holds && rule.repeat != Repeat::Any);
        Ruling::at(level, !holds, rule.weight, value).with_limit(level, rule.early, early).with_limit(
            level,
            rule.former_manager,
            managed(coach, coachee) || managed(coachee, coach),
        )
    }

    fn training(&self, level: Level, pair: Pair) -> Ruling {
        let coach = &self.roster.coaches[pair.0];
        let training = coach.training.unwrap_or(Training::Trained);
        let fitting = &self.fitting[pair.1.to_usize()];
        let barred = coach.barred.iter().any(|word| fitting.binary_search(word).is_ok());
        let broken = training == Training::None || barred;
        Ruling::at(level, broken, self.rules.training.weight, yes(training == Training::Trained && !barred))
    }
}

/// `sector` and `region`.
fn kind(
    level: Level,
    weight: crate::model::quantity::Points,
    must: Must,
    known: bool,
    shared: bool,
) -> Ruling {
    let broken = known
        && match must {
            Must::Cross | Must::Differ => shared,
            Must::Same => !shared,
            Must::Any => false,
        };
    Ruling::at(level, broken, weight, yes(known && !broken))
}
