//! What a scenario expects, and whether a plan is like that. An expectation nobody knows is an error.

use dyad::intake::Reading;
use dyad::model::catalogue::Word;
use dyad::model::document::{ClashLine, OutcomeKind, PlanDocument, Proof, UnmatchedCode};
use dyad::model::index::{CoachIx, CoacheeIx};
use dyad::model::quantity::micro_decimal;
use dyad::model::roster::Roster;
use dyad::rules;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    pub outcome: Option<String>,
    pub proof: Option<String>,
    pub matched: Option<u32>,
    pub coachees: Option<u32>,
    /// Ids, all of them.
    pub unmatched: Option<BTreeSet<String>>,
    /// Id and code.
    pub unmatched_codes: Option<BTreeMap<String, String>>,
    /// Ids of idle coaches, all of them.
    pub unused: Option<BTreeSet<String>>,
    /// [coach, coachee]: pairs that block the plan by stated preferences, all of them.
    pub blocking: Option<BTreeSet<(String, String)>>,
    pub score: Option<String>,
    pub bound: Option<String>,
    pub floor: Option<String>,
    pub changes: Option<u32>,
    /// The members of every group, where people are grouped: all of them.
    pub groups: Option<BTreeSet<BTreeSet<String>>>,
    /// How many groups there are of two, and of three.
    pub sizes: Option<(usize, usize)>,
    /// [coach, coachee]; in groups, two people in either order
    #[serde(default)]
    pub must_pair: Vec<(String, String)>,
    #[serde(default)]
    pub must_not_pair: Vec<(String, String)>,
    /// Lists of pairs that must not all be made: two who would coach each other, a ring.
    #[serde(default)]
    pub not_all: Vec<Vec<(String, String)>>,
    /// Valid programmes: findings that must be there. Rejected ones: `E012 @ coaches.csv:3:max`, all of them.
    pub codes: Option<Vec<String>>,
    /// Findings that must be there, as a code or as a code and the people.
    #[serde(default)]
    pub findings: Vec<FindingLike>,
    /// Findings that must not be there.
    #[serde(default)]
    pub no_findings: Vec<String>,
    /// [coach, coachee, rule, level]: why the pair cannot be made; all that stand in its way.
    #[serde(default)]
    pub barriers: Vec<(String, String, String, String)>,
    /// [coach, coachee, rule, points], whether the pair is in the plan or not.
    #[serde(default)]
    pub parts: Vec<(String, String, String, String)>,
    /// [coach, coachee, minutes]
    #[serde(default)]
    pub minutes: Vec<(String, String, u32)>,
    /// One clash, or several.
    pub clash: Option<OneOrMore>,
    /// Words that a clash, a finding or the reason of somebody unmatched must have, each in one of them.
    #[serde(default)]
    pub says: Vec<String>,
    /// [coach, coachee, rule, points]: parts of pairs of the plan, what they pay included.
    #[serde(default)]
    pub pays: Vec<(String, String, String, String)>,
    /// Name and value.
    #[serde(default)]
    pub tiers: BTreeMap<String, String>,
    /// Waived pairs: [coach, coachee, rule], all of them.
    pub waivers: Option<BTreeSet<(String, String, String)>>,
    /// The exit code of `dyad match`.
    pub exit: Option<i32>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum FindingLike {
    Code(String),
    People(String, BTreeSet<String>),
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum OneOrMore {
    One(ClashLike),
    More(Vec<ClashLike>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClashLike {
    coachees: BTreeSet<String>,
    coaches: BTreeSet<String>,
    places: u64,
}

/// Everything that is not as expected, at once.
pub fn plan(expect: &Expect, reading: &Reading, plan: &PlanDocument) -> Result<(), String> {
    let mut wrong = Vec::new();
    let limited = rules::compile(&reading.roster, 1).is_ok_and(|compiled| {
        let parts = compiled.instance.parts();
        !parts.rows.is_empty() || parts.rings.is_some()
    });
    numbers(expect, plan, limited, &mut wrong);
    people(expect, plan, &mut wrong);
    findings(expect, plan, &mut wrong);
    clashes(expect, plan, &mut wrong);
    words(expect, plan, &mut wrong);
    if !(expect.barriers.is_empty() && expect.parts.is_empty() && expect.minutes.is_empty()) {
        pairs(expect, &reading.roster, &mut wrong);
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// What is said, and what is paid.
fn words(expect: &Expect, plan: &PlanDocument, wrong: &mut Vec<String>) {
    let clashes = plan.clashes.iter().map(|c| &*c.says);
    let unmatched = plan.unmatched.iter().map(|u| &*u.says);
    let said: Vec<&str> = clashes.chain(unmatched).chain(plan.findings.iter().map(|f| &*f.says)).collect();
    for words in expect.says.iter().filter(|words| !said.iter().any(|s| s.contains(words.as_str()))) {
        wrong.push(format!("says: nobody says \"{words}\" in {said:#?}"));
    }
    for (coach, coachee, rule, points) in &expect.pays {
        let pair = plan.pairs.iter().find(|p| *p.coach == **coach && *p.coachee == **coachee);
        let parts = pair.iter().flat_map(|p| &p.parts).filter(|part| part.rule.key() == rule);
        let found: Vec<String> = parts.map(|part| part.points.to_string()).collect();
        if !found.contains(points) {
            wrong.push(format!("pays: {coach} with {coachee} pays {found:?} by {rule}, not {points}"));
        }
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, wanted: Option<&T>, found: &T, wrong: &mut Vec<String>) {
    if let Some(wanted) = wanted
        && wanted != found
    {
        wrong.push(format!("{what}: expected {wanted:?}, found {found:?}"));
    }
}

/// `limited`: rules about several pairs may leave the proof to the word of a solver.
fn numbers(expect: &Expect, plan: &PlanDocument, limited: bool, wrong: &mut Vec<String>) {
    let outcome = match plan.outcome {
        OutcomeKind::Optimal => "optimal",
        OutcomeKind::Feasible => "feasible",
        OutcomeKind::Infeasible => "infeasible",
        OutcomeKind::Unknown => "unknown",
    };
    let proof = match plan.proof {
        Proof::Certified => "certified",
        Proof::Claimed => "claimed",
        Proof::None => "none",
    };
    same("outcome", expect.outcome.as_ref(), &outcome.to_owned(), wrong);
    same("proof", expect.proof.as_ref(), &proof.to_owned(), wrong);
    if plan.outcome == OutcomeKind::Optimal
        && (plan.proof == Proof::None || !limited && plan.proof != Proof::Certified)
    {
        wrong.push("an optimum without a certificate".to_owned());
    }
    same("matched", expect.matched.as_ref(), &plan.matched, wrong);
    same("coachees", expect.coachees.as_ref(), &plan.coachees, wrong);
    same("score", expect.score.as_ref(), &micro_decimal(plan.score), wrong);
    same("bound", expect.bound.as_ref(), &micro_decimal(plan.bound), wrong);
    let floor = plan.floor.map_or_else(|| "-".to_owned(), |f| f.to_string());
    same("floor", expect.floor.as_ref(), &floor, wrong);
    same("changes", expect.changes.as_ref(), &plan.changes, wrong);
    for (name, value) in &expect.tiers {
        let found = plan.tiers.iter().find(|t| t.tier.key() == name).map(|t| t.value.to_string());
        same(&format!("tier {name}"), Some(&Some(value.clone())), &found, wrong);
    }
}

fn people(expect: &Expect, plan: &PlanDocument, wrong: &mut Vec<String>) {
    let unmatched = plan.unmatched.iter().map(|u| u.coachee.to_string()).collect();
    same("unmatched", expect.unmatched.as_ref(), &unmatched, wrong);
    let codes = plan.unmatched.iter().map(|u| (u.coachee.to_string(), key(u.code).to_owned())).collect();
    same("unmatched_codes", expect.unmatched_codes.as_ref(), &codes, wrong);
    let unused = plan.unused.iter().map(|u| u.coach.to_string()).collect();
    same("unused", expect.unused.as_ref(), &unused, wrong);
    let blocking = plan.blocking.iter().map(|b| (b.coach.to_string(), b.coachee.to_string())).collect();
    same("blocking", expect.blocking.as_ref(), &blocking, wrong);
    let waivers =
        plan.waivers.iter().map(|w| (w.coach.to_string(), w.coachee.to_string(), w.rule.key().to_owned()));
    same("waivers", expect.waivers.as_ref(), &waivers.collect(), wrong);
    let paired = |(coach, coachee): &(String, String)| {
        let among = |ids: &[Box<str>], id: &String| ids.iter().any(|i| **i == **id);
        plan.pairs.iter().any(|p| *p.coach == **coach && *p.coachee == **coachee)
            || plan.groups.iter().flatten().any(|g| among(&g.members, coach) && among(&g.members, coachee))
    };
    let groups = plan.groups.iter().flatten();
    let members = groups.clone().map(|g| g.members.iter().map(ToString::to_string).collect());
    same("groups", expect.groups.as_ref(), &members.collect(), wrong);
    let of = |size| groups.clone().filter(|g| g.members.len() == size).count();
    same("sizes", expect.sizes.as_ref(), &(of(2), of(3)), wrong);
    for pair in expect.must_pair.iter().filter(|p| !paired(p)) {
        wrong.push(format!("must_pair: {pair:?} is not made"));
    }
    for pairs in expect.not_all.iter().filter(|pairs| pairs.iter().all(paired)) {
        wrong.push(format!("not_all: {pairs:?} are all made"));
    }
    for pair in expect.must_not_pair.iter().filter(|p| paired(p)) {
        wrong.push(format!("must_not_pair: {pair:?} is made"));
    }
}

const fn key(code: UnmatchedCode) -> &'static str {
    match code {
        UnmatchedCode::NobodyEligible => "nobody-eligible",
        UnmatchedCode::LostToOthers => "lost-to-others",
        UnmatchedCode::Partly => "partly",
        UnmatchedCode::NotWorthIt => "not-worth-it",
        UnmatchedCode::Stopped => "stopped",
    }
}

fn findings(expect: &Expect, plan: &PlanDocument, wrong: &mut Vec<String>) {
    let found: Vec<(&str, BTreeSet<String>)> = plan
        .findings
        .iter()
        .map(|f| (f.code.key(), f.people.iter().map(ToString::to_string).collect()))
        .collect();
    let has = |code: &str| found.iter().any(|(c, _)| *c == code);
    for code in expect.codes.iter().flatten().filter(|code| !has(code)) {
        wrong.push(format!("codes: no {code} in {found:?}"));
    }
    for finding in &expect.findings {
        let (there, what) = match finding {
            FindingLike::Code(code) => (has(code), code.clone()),
            FindingLike::People(code, people) => {
                (found.iter().any(|(c, p)| c == code && p == people), format!("{code} {people:?}"))
            }
        };
        if !there {
            wrong.push(format!("findings: no {what} in {found:?}"));
        }
    }
    for code in expect.no_findings.iter().filter(|code| has(code)) {
        wrong.push(format!("no_findings: there is {code} in {found:?}"));
    }
}

fn clashes(expect: &Expect, plan: &PlanDocument, wrong: &mut Vec<String>) {
    let wanted: &[ClashLike] = match &expect.clash {
        None => &[],
        Some(OneOrMore::One(one)) => std::slice::from_ref(one),
        Some(OneOrMore::More(more)) => more,
    };
    let ids = |ids: &[Box<str>]| -> BTreeSet<String> { ids.iter().map(ToString::to_string).collect() };
    let like = |found: &ClashLine, wanted: &ClashLike| {
        ids(&found.coachees) == wanted.coachees
            && ids(&found.coaches) == wanted.coaches
            && found.places == wanted.places
    };
    for clash in wanted {
        if !plan.clashes.iter().any(|found| like(found, clash)) {
            let ClashLike { coachees, coaches, places } = clash;
            wrong.push(format!(
                "clash: no {coachees:?} at {coaches:?} with {places} places in {:#?}",
                plan.clashes
            ));
        }
    }
}

fn pairs(expect: &Expect, roster: &Roster, wrong: &mut Vec<String>) {
    let compiled = match rules::compile(roster, 1) {
        Ok(compiled) => compiled,
        Err(faults) => return wrong.push(format!("refused: {faults:#?}")),
    };
    let find = |coach: &str, coachee: &str| -> Result<(CoacheeIx, CoachIx), String> {
        let c = roster.coaches.indexes().find(|c| roster.coach_id(*c) == coach);
        let e = roster.coachees.indexes().find(|e| roster.coachee_id(*e) == coachee);
        e.zip(c).ok_or_else(|| format!("the scenario has no pair of {coach} and {coachee}"))
    };
    let mut named: BTreeMap<(&str, &str), BTreeSet<(String, String)>> = BTreeMap::new();
    for (coach, coachee, rule, level) in &expect.barriers {
        let set = named.entry((coach, coachee)).or_default();
        // A pair that is possible is written with the rule "none".
        if rule != "none" {
            set.insert((rule.clone(), level.clone()));
        }
    }
    for ((coach, coachee), wanted) in named {
        match find(coach, coachee) {
            Err(error) => wrong.push(error),
            Ok((e, c)) => {
                let found = compiled.barriers(e, c);
                let found =
                    found.iter().map(|b| (b.rule.key().to_owned(), b.level.key().to_owned())).collect();
                same(&format!("barriers of {coach} and {coachee}"), Some(&wanted), &found, wrong);
            }
        }
    }
    for (coach, coachee, rule, points) in &expect.parts {
        match find(coach, coachee) {
            Err(error) => wrong.push(error),
            Ok((e, c)) => {
                let parts = compiled.parts(e, c);
                let found = parts.iter().find(|p| p.rule.key() == rule).map(|p| p.points.to_string());
                let wanted = (points != "none").then(|| points.clone());
                same(&format!("part {rule} of {coach} and {coachee}"), Some(&wanted), &found, wrong);
            }
        }
    }
    for (coach, coachee, minutes) in &expect.minutes {
        match find(coach, coachee) {
            Err(error) => wrong.push(error),
            Ok((e, c)) => {
                let found = compiled.minutes(e, c).map(|m| m.0);
                same(&format!("minutes of {coach} and {coachee}"), Some(&Some(*minutes)), &found, wrong);
            }
        }
    }
}
