//! Roster to instance: eligible pairs, seats, demand, nests, pins, the kept pairs of the given plan.

use super::all::Rules;
use super::{Compiled, capacity, caps, findings, pairs, pins, preferences, rows, table};
use crate::model::catalogue::{RuleKey, Status, Word};
use crate::model::fault::{At, Code, Fault};
use crate::model::finding::{Finding, FindingCode};
use crate::model::index::{CoachIx, CoacheeIx, PairIx};
use crate::model::instance::{Instance, Parts};
use crate::model::roster::{Aim, Roster};

/// Applies every rule to every pair. Deterministic on any number of threads. The faults are `E042` and `E051`.
pub fn compile(roster: &Roster, threads: usize) -> Result<Compiled<'_>, Vec<Fault>> {
    let rules = Rules::new(roster);
    let caps = caps::caps(&rules.facts);
    let mut faults: Vec<Fault> = caps::crossing(&rules.facts, &caps).into_iter().collect();
    if pairs::too_large(&roster.programme.rules.pairs, roster) {
        faults
            .push(too_large("a score of pairs.csv times the weight of the rule is beyond a billion points"));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let Some(table) = table::table(&rules, threads) else {
        return Err(vec![too_large("there are more than 200,000,000 eligible pairs")]);
    };
    if let Some(fault) =
        caps::waivers_crossing(&rules, &caps, |e, c| table::find(&table.starts, &table.coach, e, c).is_some())
    {
        return Err(vec![fault]);
    }
    let seats = capacity::seats(&rules.facts);
    let tiers = capacity::tiers(roster, &seats);
    let mut parts = Parts {
        minimums: capacity::minimums(roster),
        demand: capacity::demand(roster),
        starts: table.starts,
        coach: table.coach,
        score: table.score,
        nests: Vec::new(),
        rows: Vec::new(),
        rings: None,
        balance: capacity::balance(roster, &tiers),
        pins: Vec::new(),
        kept: Vec::new(),
        seats,
        tiers,
        stable: None,
    };
    let Some(limits) = rows::limits(&rules, &parts) else {
        return Err(vec![too_large("there are more than 10,000,000 rows of rules about several pairs")]);
    };
    let rows::Limits { binding, told, lifted, findings } = limits;
    (parts.rows, parts.rings) = (binding.rows, binding.rings);
    // What follows asks about single pairs, so the answers to such questions are needed before the instance stands.
    let empty =
        Instance::try_new(Parts { starts: vec![0], ..Parts::default() }).expect("nobody is a valid instance");
    let mut compiled =
        Compiled { roster, instance: empty, findings, clashes: Vec::new(), caps, told, lifted, rules };
    compiled.finish(parts);
    Ok(compiled)
}

fn too_large(says: &str) -> Fault {
    Fault {
        at: At { file: "programme.toml".into(), line: 0, column: "".into() },
        code: Code::ProblemTooLarge,
        text: "".into(),
        says: says.into(),
        remedy: "split the programme, or list the pairs that are worth looking at in pairs.csv".into(),
        source: None,
    }
}

impl Compiled<'_> {
    fn finish(&mut self, mut parts: Parts) {
        let pair = |coachee, coach| table::find(&parts.starts, &parts.coach, coachee, coach);
        let nests = caps::nests(&self.rules, &self.caps, pair);
        let mut kept: Vec<PairIx> = Vec::new();
        for planned in self.roster.plan.iter().flatten() {
            match pair(planned.coachee, planned.coach) {
                Some(pair) => kept.push(pair),
                None => self.findings.extend(self.broken_plan_pair(planned.coachee, planned.coach)),
            }
        }
        kept.sort_unstable();
        kept.dedup();
        let pins::Pins { made: pins, findings: said, clashes } = pins::pins(self, &parts);
        self.findings.extend(said);
        self.clashes = clashes;
        let stable = self.roster.programme.aim == Aim::Stable;
        parts.stable = stable.then(|| preferences::wishes(self.roster, pair));
        (parts.nests, parts.kept, parts.pins) = (nests, kept, pins);
        self.instance = Instance::try_new(parts).expect("compiled parts keep the invariants of an instance");
        self.findings.extend(findings::findings(self));
        self.findings.sort_unstable();
    }

    /// A pair of the given plan that cannot be made today; people who take no part are reported by themselves.
    fn broken_plan_pair(&self, coachee: CoacheeIx, coach: CoachIx) -> Option<Finding> {
        let roster = self.roster;
        if roster.coachees[coachee].status != Status::Active || roster.coaches[coach].status != Status::Active
        {
            return None;
        }
        let barriers = self.barriers(coachee, coach);
        let (rule, says) = barriers.first().map_or((RuleKey::Pairs, ""), |b| (b.rule, &*b.says));
        Some(Finding {
            code: FindingCode::PlanPairBroken,
            people: self.ids(&[coachee], &[coach]),
            says: format!(
                "the given plan has {} with {}, which the rule {} does not allow: {says}",
                roster.coach_name(coach),
                roster.coachee_name(coachee),
                rule.key()
            )
            .into(),
        })
    }
}
