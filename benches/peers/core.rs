//! Solves a `.dyi` instance with the flow core alone and prints one line of JSON: seconds of building the network from
//! the instance in memory (`build_s`; the other solvers' model building is not counted either), seconds from there to the
//! answer with its proof (`solve_s`), the objective as a cost, and peak memory.
//!
//! Usage: `core FILE.dyi [--threads T]`

#[path = "dyi.rs"]
mod dyi;

use dyad::model::outcome::Outcome;
use dyad::model::quantity::Points;
use dyad::solver::{Options, solve};
use std::time::Instant;

fn main() -> anyhow::Result<()> {
    let mut path = None;
    let mut threads = 2;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        if arg == "--threads" {
            threads = args.next().unwrap_or_default().parse()?;
        } else {
            path = Some(arg);
        }
    }
    let path = path.ok_or_else(|| anyhow::anyhow!("usage: core FILE.dyi [--threads T]"))?;
    let instance = dyi::load(&path)?;
    let base = peak_mb()?;
    println!("{{\"event\":\"solve_start\"}}");
    let built = std::sync::OnceLock::new();
    let note = |_: u64, _: u64| {
        built.get_or_init(Instant::now);
    };
    let options = Options { threads, deadline: None, cancel: None, progress: Some(&note), workers: None };
    let begun = Instant::now();
    let outcome = solve(&instance, &options).expect("an outcome");
    let built = *built.get().unwrap_or(&begun);
    let (build_s, solve_s) = ((built - begun).as_secs_f64(), built.elapsed().as_secs_f64());
    let (optimal, assignment) = match &outcome {
        Outcome::Optimal { assignment, .. } => (true, assignment),
        Outcome::Infeasible { assignment, .. } | Outcome::Feasible { assignment, .. } => (false, assignment),
        Outcome::Unknown { .. } => anyhow::bail!("no plan"),
    };
    let own = |(coachee, coach): &(_, _)| {
        let pair = instance.pair(*coachee, *coach).expect("a chosen pair is eligible");
        i128::from(instance.parts().score[dyad::model::index::Ix::to_usize(pair)].0)
    };
    let objective = -assignment.pairs.iter().map(own).sum::<i128>() / i128::from(Points::ONE.0);
    println!(
        "{{\"build_s\":{build_s:.6},\"solve_s\":{solve_s:.6},\"proof_s\":0.0,\"objective\":{objective},\"optimal\":{optimal},\"matched\":{},\"peak_mb\":{:.1},\"base_mb\":{base:.1}}}",
        assignment.pairs.len(),
        peak_mb()?,
    );
    Ok(())
}

/// Peak resident memory of this process in MiB.
fn peak_mb() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap_or("VmHWM: 0 kB");
    let kib: f64 = line.split_whitespace().nth(1).unwrap_or("0").parse()?;
    Ok(kib / 1024.0)
}
