//! Participants to a grouping problem: every rule about a pair is asked in both directions, and both must allow it.

use super::all::Rules;
use super::group_locks::{GroupLocks, person, two};
use super::locks::Pin;
use super::verdict::Row;
use super::{Barrier, Compiled, Several, findings, pairs};
use crate::model::catalogue::{Level, LockKind, RuleKey, Status, Tier, Word};
use crate::model::document::Part;
use crate::model::fault::{At, Code, Fault};
use crate::model::finding::{Finding, FindingCode};
use crate::model::grouping::{GroupSize, Grouping, GroupingParts};
use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::model::instance::{Instance, Parts};
use crate::model::quantity::Points;
use crate::model::roster::Roster;
use crate::model::rulebook::GroupRule;

/// The matching's time grows with the cube of it: 400 people take a fraction of a second, 2,000 most of a minute.
const MOST_PEOPLE: usize = 2_000;
/// The class of somebody whose priority is blank.
const USUAL_CLASS: u8 = 5;

/// A grouped programme ready to be solved, with what is needed to explain its groups.
pub struct CompiledGroups<'r> {
    pub roster: &'r Roster,
    pub grouping: Grouping,
    /// Pins refused, expired locks and waivers, unknown facts, …: sorted.
    pub findings: Vec<Finding>,
    /// The rules, in single directions; its instance is that of nobody.
    single: Compiled<'r>,
    locks: GroupLocks<'r>,
}

/// The coach that a participant is.
const fn coach(who: CoacheeIx) -> CoachIx {
    CoachIx::new(who.get())
}

/// Applies every rule to every two people. The faults are `E051`.
pub fn compile_groups(roster: &Roster) -> Result<CompiledGroups<'_>, Vec<Fault>> {
    let n = roster.coachees.len();
    if n > MOST_PEOPLE {
        return Err(vec![too_large(
            "there are more than 2,000 people to group",
            "group them in several programmes",
        )]);
    }
    if pairs::too_large(&roster.programme.rules.pairs, roster) {
        let says = "a score of pairs.csv times the weight of the rule is beyond a billion points";
        return Err(vec![too_large(says, "lower the weight or the scores")]);
    }
    let rules = Rules::new(roster);
    let locks = GroupLocks::new(roster);
    let score = scores(roster, &rules, &locks);
    let taking_part = |who: CoacheeIx| roster.coachees[who].status == Status::Active;
    let ranked = roster.programme.rules.priority != Level::Off;
    let class = |who: CoacheeIx| {
        let class = if ranked { roster.coachees[who].priority.unwrap_or(USUAL_CLASS) } else { 1 };
        (taking_part(who) && locks.out(who).is_none()).then_some(class)
    };
    let possible = |(a, b): &(CoacheeIx, CoacheeIx)| score[a.to_usize() * n + b.to_usize()].is_some();
    let mut kept: Vec<_> = roster.plan.iter().flatten().map(two).filter(possible).collect();
    kept.sort_unstable();
    let pins: Vec<_> = locks.pins.keys().copied().filter(possible).collect();
    let GroupRule { level: _, size, exactly } = roster.programme.rules.group_size;
    let mut tiers = roster.programme.rules.tiers(roster.plan.is_some());
    tiers.retain(|tier| matches!(tier, Tier::Coverage | Tier::Stability | Tier::Score));
    let class = roster.coachees.indexes().map(class).collect();
    let parts = GroupingParts { size, exactly, class, score, pins, kept, tiers };
    let grouping = Grouping::try_new(parts).expect("compiled parts keep the invariants of a grouping");
    let nobody =
        Instance::try_new(Parts { starts: vec![0], ..Parts::default() }).expect("nobody is a valid instance");
    let single = Compiled {
        roster,
        instance: nobody,
        findings: Vec::new(),
        clashes: Vec::new(),
        caps: Vec::new(),
        told: Several::default(),
        lifted: Vec::new(),
        rules,
    };
    let mut compiled = CompiledGroups { roster, grouping, findings: Vec::new(), single, locks };
    compiled.findings = findings::findings(&compiled.single);
    compiled.findings.extend(compiled.pins_refused());
    compiled.findings.extend(compiled.plan_broken());
    compiled.findings.sort_unstable();
    Ok(compiled)
}

fn too_large(says: &str, remedy: &str) -> Fault {
    Fault {
        at: At { file: "programme.toml".into(), line: 0, column: "".into() },
        code: Code::ProblemTooLarge,
        text: "".into(),
        says: says.into(),
        remedy: remedy.into(),
        source: None,
    }
}

/// The score of every two people who can be together: the sum of both directions.
fn scores(roster: &Roster, rules: &Rules<'_>, locks: &GroupLocks<'_>) -> Vec<Option<Points>> {
    let n = roster.coachees.len();
    let mut single: Vec<Option<Points>> = Vec::with_capacity(n * n);
    let mut row = Row::new(n);
    for who in roster.coachees.indexes() {
        if roster.coachees[who].status != Status::Active {
            single.extend(std::iter::repeat_n(None, n));
            continue;
        }
        rules.row(who, &mut row);
        let both = row.broken.iter().zip(&row.points);
        single.extend(both.map(|(broken, points)| (!broken.forbids()).then_some(Points(*points))));
    }
    let mut score = vec![None; n * n];
    for a in 0..n {
        for b in 0..a {
            if let (Some(one), Some(other)) = (single[a * n + b], single[b * n + a])
                && locks.forbidding(CoacheeIx::from_usize(a), CoacheeIx::from_usize(b)).is_none()
            {
                score[a * n + b] = Some(one + other);
                score[b * n + a] = score[a * n + b];
            }
        }
    }
    score
}

impl<'r> CompiledGroups<'r> {
    /// Everybody who takes part, those on hold included.
    pub fn taking_part(&self) -> impl Iterator<Item = CoacheeIx> {
        self.roster.coachees.indexes().filter(|who| self.roster.coachees[*who].status == Status::Active)
    }

    /// Why somebody is not to be grouped at all: author and reason of the hold.
    pub fn on_hold(&self, who: CoacheeIx) -> Option<(&'r str, &'r str)> {
        self.locks.out(who).map(|lock| (&*lock.author, &*lock.reason))
    }

    /// Every rule that keeps two people apart, hardest first; said of the first and of the second. Empty if they can be
    /// together.
    pub fn barriers(&self, a: CoacheeIx, b: CoacheeIx) -> Vec<Barrier> {
        let mut barriers = Vec::new();
        for (from, to) in [(a, b), (b, a)] {
            for mut barrier in self.single.barriers(to, coach(from)) {
                barrier.says = self.named(&barrier.says, from, to).into();
                if !barriers.iter().any(|known: &Barrier| known.rule == barrier.rule) {
                    barriers.push(barrier);
                }
            }
        }
        if let Some(lock) = self.locks.forbidding(a, b) {
            let what = if lock.kind == LockKind::Ban { "kept apart" } else { "one is on hold" };
            let says = format!("{what} by {} ({})", lock.author, lock.reason).into();
            barriers.push(Barrier { rule: RuleKey::Locks, level: Level::Hard, says });
        }
        barriers.sort_by_key(|barrier| barrier.level);
        barriers
    }

    /// Rules that a waiver lifts for two people, with its position in `Roster::waivers`, each rule once.
    pub fn waived(&self, a: CoacheeIx, b: CoacheeIx) -> Vec<(RuleKey, usize)> {
        let mut waived = self.single.waived(b, coach(a));
        waived.extend(self.single.waived(a, coach(b)));
        waived.sort_unstable();
        waived.dedup_by_key(|(rule, _)| *rule);
        waived
    }

    /// A sentence about a coach and a coachee, said of two people by name.
    fn named(&self, says: &str, from: CoacheeIx, to: CoacheeIx) -> String {
        let says = says.replace("the coachee", self.roster.coachee_name(to));
        says.replace("the coach", self.roster.coachee_name(from))
    }

    /// The parts of a group's score, which they add up to. What holds alike in both directions is said once.
    pub fn parts(&self, group: &[CoacheeIx]) -> Vec<Part> {
        let mut parts = Vec::new();
        for (at, a) in group.iter().enumerate() {
            for b in &group[at + 1..] {
                parts.extend(self.parts_of_two(*a, *b, group.len() > 2));
            }
        }
        parts.sort_by_key(|part| part.rule);
        if group.len() > 2 {
            halve(&mut parts);
        }
        parts
    }

    fn parts_of_two(&self, a: CoacheeIx, b: CoacheeIx, names: bool) -> Vec<Part> {
        let mut forth = self.single.parts(b, coach(a));
        let mut back = self.single.parts(a, coach(b));
        let name = |who| self.roster.coachee_name(who);
        let mut parts = Vec::new();
        for mut part in forth.drain(..) {
            let same = |other: &Part| {
                other.rule == part.rule
                    && other.points == part.points
                    && (other.says == part.says || part.rule == RuleKey::Preferences)
            };
            if let Some(at) = back.iter().position(same) {
                part.points += back.remove(at).points;
                let says = self.named(&part.says, a, b);
                part.says = if names { format!("{} and {}: {says}", name(a), name(b)) } else { says }.into();
            } else {
                part.says = format!("{} for {}: {}", name(a), name(b), self.named(&part.says, a, b)).into();
            }
            parts.push(part);
        }
        for mut part in back {
            part.says = format!("{} for {}: {}", name(b), name(a), self.named(&part.says, b, a)).into();
            parts.push(part);
        }
        parts
    }

    fn pins_refused(&self) -> Vec<Finding> {
        let refused = self.locks.pins.iter().filter_map(|((a, b), why)| {
            let barriers = self.barriers(*a, *b);
            let first = barriers.first()?;
            let what = match why {
                Pin::Started => "the started pair".to_owned(),
                Pin::Lock(at) => {
                    let lock = &self.roster.locks[*at];
                    let kind = if lock.kind == LockKind::Freeze { "freeze" } else { "pin" };
                    format!("the {kind} by {} of", lock.author)
                }
            };
            let waiver = if first.level == Level::Waivable { ", and there is no waiver" } else { "" };
            let says = format!("{what} {} is refused by the rule {}{waiver}", self.two(*a, *b), said(first));
            Some(Finding {
                code: FindingCode::PinRefused,
                people: self.single.ids(&[*a, *b], &[]),
                says: says.into(),
            })
        });
        refused.collect()
    }

    /// Pairs of the given plan that cannot be made today; people who take no part are reported by themselves.
    fn plan_broken(&self) -> Vec<Finding> {
        let active = |who: CoacheeIx| self.roster.coachees[who].status == Status::Active;
        let planned = self.roster.plan.iter().flatten().map(|p| (person(p.coach), p.coachee));
        let broken = planned.filter(|(a, b)| active(*a) && active(*b)).filter_map(|(a, b)| {
            let barriers = self.barriers(a, b);
            let says = format!(
                "the given plan has {} together, which the rule {} does not allow",
                self.two(a, b),
                said(barriers.first()?)
            );
            Some(Finding {
                code: FindingCode::PlanPairBroken,
                people: self.single.ids(&[a, b], &[]),
                says: says.into(),
            })
        });
        broken.collect()
    }

    fn two(&self, a: CoacheeIx, b: CoacheeIx) -> String {
        format!("{} and {}", self.roster.coachee_name(a), self.roster.coachee_name(b))
    }
}

/// `school (shares the school Park)`.
fn said(barrier: &Barrier) -> String {
    format!("{} ({})", barrier.rule.key(), barrier.says)
}

/// Half of every part, rounded so that together they are half of the sum, rounded down.
fn halve(parts: &mut [Part]) {
    let (mut sum, mut given) = (0, 0);
    for part in parts {
        sum += part.points.0;
        let half = sum.div_euclid(2);
        part.points = Points(half - given);
        given = half;
    }
}

pub(super) fn sentence(rule: GroupRule) -> String {
    match (rule.size, rule.exactly) {
        (GroupSize::Two, false) => "People are put together in pairs; an odd number gives one triad.",
        (GroupSize::Two, true) => "People are put together in pairs, and nothing but pairs.",
        (GroupSize::Three, false) => {
            "People are put together in triads, with a pair or two where the number asks for it."
        }
        (GroupSize::Three, true) => "People are put together in triads, and nothing but triads.",
    }
    .into()
}
