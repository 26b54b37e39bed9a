//! The stages of a match, each alone: reading, rules, flow, verification. `make bench`.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use dyad::service::{Options, match_programme};
use dyad::{intake, rules, solver, verify};
use std::hint::black_box;
use std::path::Path;

const PROGRAMMES: [&str; 3] = ["east-ayrshire/comfortable", "outwood", "mentor-match"];

fn stages(bench: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for name in PROGRAMMES {
        let path = root.join(name);
        let mut group = bench.benchmark_group(name);
        let reading = intake::read(&path, &[]).unwrap_or_else(|_| panic!("{name} is a valid programme"));
        let compiled = rules::compile(&reading.roster, 1).unwrap_or_else(|_| panic!("{name} compiles"));
        let whole = Options {
            threads: 1,
            time_limit: None,
            cancel: None,
            progress: None,
            workers: None,
            read: std::time::Duration::ZERO,
        };
        let plan = match_programme(&reading, &whole).unwrap_or_else(|_| panic!("{name} has a plan"));
        group.bench_function(BenchmarkId::from_parameter("intake"), |b| {
            b.iter(|| intake::read(black_box(&path), &[]));
        });
        group.bench_function(BenchmarkId::from_parameter("rules"), |b| {
            b.iter(|| rules::compile(black_box(&reading.roster), 1).map(|c| c.instance.pairs()));
        });
        let options =
            solver::Options { threads: 1, deadline: None, cancel: None, progress: None, workers: None };
        group.bench_function(BenchmarkId::from_parameter("flow"), |b| {
            b.iter(|| solver::solve(black_box(&compiled.instance), &options));
        });
        group.bench_function(BenchmarkId::from_parameter("verify"), |b| {
            b.iter(|| verify::verify(black_box(&reading.roster), &plan));
        });
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
