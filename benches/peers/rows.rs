//! Solves a `.dyr` instance (a programme whose rules tie pairs together) and prints one line of JSON: the cost of the plan
//! (`objective`), what no plan costs less than (`bound`), who vouches for it (`proof`), coachees matched, seconds, peak memory.
//!
//! Usage: `rows FILE.dyr [--time-limit S] [--threads N] [--dyad PROGRAM]`
//!
//! `proof` is `certified` (prices prove the optimum), `claimed` (an integer-programming solver says so), `bound` (the plan is
//! not proved best; `bound` holds) or `none` (no plan). With `--dyad` integer programmes are solved in worker processes of that
//! program, as `dyad match` does it; without, in this process, and then a time limit is only kept as punctually as the solver keeps it.
//!
//! A `.dyr` file is text, numbers between blanks, −1 where there is none of a kind:
//! - `C N E K`: coaches, coachees, eligible pairs, pairs apart;
//! - `share spread cap`: the least share of pairs across sectors (in thousandths), the most sectors for each coach, the most
//!   coachees of one school for each coach;
//! - C × `max budget`: places, and the most of its pairs' amounts together;
//! - N × `sector school`;
//! - E × `coachee coach cost amount across`, by coachee and coach; `across` is 1 where the two are of different sectors;
//! - K × `a b`: two coachees who may not have one coach.
//!
//! Everybody wants one coach; as many as can be are matched, and among such plans the sum of costs is least. Generalised
//! assignment is the case of budgets alone.

use dyad::model::catalogue::{RuleKey, Tier};
use dyad::model::certificate::Surety;
use dyad::model::index::{CoachIx, CoacheeIx, GroupIx, IxVec, PairIx};
use dyad::model::instance::{Demand, Excess, Instance, NestFamily, NestKind, Parts, Seats};
use dyad::model::outcome::{Outcome, TierValue};
use dyad::model::quantity::Points;
use dyad::model::row::{About, Amount, Outside, Row};
use dyad::solver::{MEMORY, Options, Workers, solve};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

fn main() -> anyhow::Result<()> {
    let (mut path, mut workers) = (None, None);
    let (mut threads, mut seconds) = (2, 10.0);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--threads" => threads = args.next().unwrap_or_default().parse()?,
            "--time-limit" => seconds = args.next().unwrap_or_default().parse()?,
            "--dyad" => workers = Some(Workers::new(args.next().unwrap_or_default().into(), MEMORY)),
            _ => path = Some(arg),
        }
    }
    let path = path.ok_or_else(|| {
        anyhow::anyhow!("usage: rows FILE.dyr [--time-limit S] [--threads N] [--dyad PROGRAM]")
    })?;
    let instance = load(&std::fs::read_to_string(path)?)?;
    println!("{{\"event\":\"solve_start\"}}");
    let begun = Instant::now();
    let deadline = Some(begun + Duration::from_secs_f64(seconds));
    let options = Options { threads, deadline, cancel: None, progress: None, workers: workers.as_ref() };
    let outcome = solve(&instance, &options)?;
    let seconds = begun.elapsed().as_secs_f64();
    let (proof, matched, tiers) = match &outcome {
        Outcome::Optimal { assignment, tiers, certificate } => {
            let proof = match certificate.surety {
                Surety::Certified => "certified",
                Surety::Claimed => "claimed",
            };
            (proof, assignment.pairs.len(), tiers.as_slice())
        }
        Outcome::Infeasible { assignment, tiers, .. } | Outcome::Feasible { assignment, tiers, .. } => {
            ("bound", assignment.pairs.len(), tiers.as_slice())
        }
        Outcome::Unknown { .. } => ("none", 0, [].as_slice()),
    };
    let begun = Instant::now();
    if let Outcome::Optimal { assignment, certificate, .. } = &outcome
        && certificate.surety == Surety::Certified
    {
        let wrong = dyad::verify::proof(instance.parts(), assignment, certificate);
        anyhow::ensure!(wrong.is_empty(), "the verifier refuses the proof: {wrong:?}");
    }
    let checked = begun.elapsed().as_secs_f64();
    let score = tiers.iter().find(|t: &&TierValue| t.tier == Tier::Score);
    let cost = |value: Option<i128>| value.map_or_else(|| "null".to_owned(), |v| (-v).to_string());
    println!(
        "{{\"objective\":{},\"bound\":{},\"proof\":\"{proof}\",\"matched\":{matched},\"coachees\":{},\"solve_s\":{seconds:.3},\"verify_s\":{checked:.3},\"peak_mb\":{:.1}}}",
        cost(score.and_then(|t| t.value)),
        cost(score.and_then(|t| t.bound)),
        instance.coachees(),
        peak_mb()?,
    );
    Ok(())
}

/// Peak resident memory of this process in MiB; workers are processes of their own.
fn peak_mb() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap_or("VmHWM: 0 kB");
    let kib: f64 = line.split_whitespace().nth(1).unwrap_or("0").parse()?;
    Ok(kib / 1024.0)
}

struct Numbers<'t>(std::str::SplitAsciiWhitespace<'t>);

impl Numbers<'_> {
    fn next<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
        &mut self,
    ) -> anyhow::Result<T> {
        Ok(self.0.next().ok_or_else(|| anyhow::anyhow!("the file ends early"))?.parse()?)
    }
}

/// What a file says beside the parts that the instance has anyway.
struct File {
    parts: Parts,
    /// In thousandths.
    share: i64,
    spread: i64,
    school_cap: i64,
    budgets: Vec<i64>,
    sectors: Vec<i64>,
    schools: IxVec<CoacheeIx, Option<GroupIx>>,
    /// By coach, with the coachee: pairs.
    of_coach: Vec<Vec<(u32, PairIx)>>,
    /// By coach: what its pairs use of its budget.
    amounts: Vec<Vec<(PairIx, i64)>>,
    across: Vec<(PairIx, bool)>,
    apart: Vec<(u32, u32)>,
}

fn load(text: &str) -> anyhow::Result<Instance> {
    let mut file = read(&mut Numbers(text.split_ascii_whitespace()))?;
    let mut rows = own_rows(&file);
    if file.share >= 0 {
        let weight = |across: bool| if across { 1_000 - file.share } else { -file.share };
        let terms = file.across.iter().map(|(pair, across)| (*pair, weight(*across)));
        let amount = Amount::Sum(terms.filter(|t| t.1 != 0).collect());
        rows.push(row(RuleKey::SectorMix, About::Programme, amount, Some(0), None));
    }
    rows.sort_by_key(|r| (r.rule, r.about));
    file.parts.rows = rows;
    if let Ok(cap) = u32::try_from(file.school_cap) {
        let (kind, excess, group) = (NestKind::School, Excess::Forbidden, file.schools);
        file.parts.nests.push(NestFamily { kind, cap, excess, group, exempt: Vec::new() });
    }
    Instance::try_new(file.parts).map_err(|misfits| anyhow::anyhow!("{misfits:?}"))
}

fn read(n: &mut Numbers<'_>) -> anyhow::Result<File> {
    let (coaches, coachees): (usize, usize) = (n.next()?, n.next()?);
    let (pairs, apart): (u32, usize) = (n.next()?, n.next()?);
    let mut file = File {
        parts: Parts { tiers: vec![Tier::Coverage, Tier::Score], ..Parts::default() },
        share: n.next()?,
        spread: n.next()?,
        school_cap: n.next()?,
        budgets: Vec::new(),
        sectors: Vec::new(),
        schools: IxVec::new(),
        of_coach: vec![Vec::new(); coaches],
        amounts: vec![Vec::new(); coaches],
        across: Vec::new(),
        apart: Vec::new(),
    };
    for _ in 0..coaches {
        let _: CoachIx = file.parts.seats.push(Seats { min: 0, max: n.next()? });
        file.budgets.push(n.next()?);
    }
    for _ in 0..coachees {
        file.sectors.push(n.next()?);
        file.schools.push(u32::try_from(n.next::<i64>()?).ok().map(GroupIx::new));
        file.parts.demand.push(Demand { wanted: 1, class: 1 });
    }
    let (mut coach_of, mut score) = (Vec::new(), Vec::new());
    for pair in (0..pairs).map(PairIx::new) {
        let (coachee, coach): (u32, u32) = (n.next()?, n.next()?);
        while file.parts.starts.len() <= coachee as usize {
            file.parts.starts.push(coach_of.len());
        }
        coach_of.push(CoachIx::new(coach));
        score.push(Points(-n.next::<i64>()?));
        let amount: i64 = n.next()?;
        if amount > 0 {
            file.amounts[coach as usize].push((pair, amount));
        }
        file.across.push((pair, n.next::<u8>()? == 1));
        file.of_coach[coach as usize].push((coachee, pair));
    }
    while file.parts.starts.len() <= coachees {
        file.parts.starts.push(coach_of.len());
    }
    (file.parts.coach, file.parts.score) = (coach_of.into(), score.into());
    for _ in 0..apart {
        file.apart.push((n.next()?, n.next()?));
    }
    Ok(file)
}

/// The rows that count pairs of one coach: budgets, pairs apart, sectors.
fn own_rows(file: &File) -> Vec<Row> {
    let mut rows = Vec::new();
    for (at, list) in file.of_coach.iter().enumerate() {
        let coach = CoachIx::new(u32::try_from(at).expect("few"));
        let (terms, budget) = (&file.amounts[at], file.budgets[at]);
        if budget >= 0 && terms.iter().map(|t| t.1).sum::<i64>() > budget {
            let amount = Amount::Sum(terms.clone());
            rows.push(row(RuleKey::TravelBudget, About::Coach(coach), amount, None, Some(budget)));
        }
        let find = |who: u32| list.binary_search_by_key(&who, |p| p.0).ok().map(|i| list[i].1);
        for (a, b) in &file.apart {
            if let (Some(first), Some(second)) = (find(*a), find(*b)) {
                let about = About::Sharing(coach, CoacheeIx::new(*a), CoacheeIx::new(*b));
                let amount = Amount::Sum(vec![(first, 1), (second, 1)]);
                rows.push(row(RuleKey::Apart, about, amount, None, Some(1)));
            }
        }
        let mut sets: BTreeMap<i64, Vec<PairIx>> = BTreeMap::new();
        for (coachee, pair) in list {
            sets.entry(file.sectors[*coachee as usize]).or_default().push(*pair);
        }
        if file.spread >= 0 && !sets.is_empty() {
            let amount = Amount::Distinct(sets.into_values().collect());
            rows.push(row(RuleKey::SectorSpread, About::Coach(coach), amount, None, Some(file.spread)));
        }
    }
    rows
}

fn row(rule: RuleKey, about: About, amount: Amount, least: Option<i64>, most: Option<i64>) -> Row {
    Row { rule, about, amount, least, most, outside: Outside::Forbidden }
}
