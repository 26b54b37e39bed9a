#!/usr/bin/env python3
"""Times Dyad's flow core and the solvers it is measured against on the same problems, side by side.

    peers.py [NAME...] [--quick | --full] [--repeats 3] [--threads T] [--timeout 150] [--only a,b] [--without a,b] [--no-page]

Every run is a fresh process; the solvers take turns, so that a busy minute hits them all; medians are shown. Counted is the
solver's own work: reading and building its model are left out, and Dyad's proof of its answer is counted in. The objectives of one
problem must be equal, else the exit code is 1. Results are kept in bench-data/flow.json, and the table in docs/benchmarks.md shows
the latest of every problem that was measured on this machine.
"""
import argparse
import datetime
import json
import os
import statistics
import sys

from instances import Problem, ensure
from report import DATA, ROOT, Run, machine, put, table

QUICK = ["slack-2000x8000x50", "tight-2000x8000x50", "least-2000x8000x50"] + [f"dense-{k}-{n}" for k in ("uniform", "geo") for n in (500, 1000, 2000)]
FULL = ["slack-20000x100000x50", "tight-20000x100000x50", "slack-50000x250000x40", "tight-50000x250000x40", "regions-8x2500x12500x40"]
TITLES = {"dyad": "Dyad", "dyad-1": "Dyad, one thread", "ortools": "OR-tools flow", "lemon-ns": "LEMON network simplex",
          "lemon-cs": "LEMON cost scaling", "scipy": "scipy", "lap": "lap"}
TARGETS = {"slack": 0.2, "regions": 0.2, "least": 0.2, "tight": 0.4, "dense": 0.7}
OURS = ("dyad", "dyad-1")
KEPT = DATA / "flow.json"
SPARSE_SCIPY = 2_000_000  # scipy sees one edge for each place of a coach; beyond this it takes minutes
BUILDING = 60  # seconds on top of the time limit, for reading and building


def commands(problem, stem, threads):
    """What runs on this problem: solver -> command line."""
    npz, dyi = f"{stem}.npz", f"{stem}.dyi"
    python = [sys.executable, ROOT / "benches/peers/solvers.py"]
    core, lemon = ROOT / "target/release/examples/core", DATA / "lemon"
    runs = {
        "dyad": [core, dyi, "--threads", threads],
        "dyad-1": [core, dyi, "--threads", 1],
        "ortools": [*python, "ortools", npz],
        "lemon-ns": [lemon, dyi, "network-simplex"],
        "lemon-cs": [lemon, dyi, "cost-scaling"],
    }
    if problem.one_to_one:
        runs["scipy"] = [*python, "scipy-dense", npz]
        runs["lap"] = [*python, "lap", npz]
    elif not problem.least.any() and int(problem.most[problem.coach].sum()) <= SPARSE_SCIPY:
        runs["scipy"] = [*python, "scipy-sparse", npz]
    return runs


def measure(command, timeout):
    """One run as a dict: solve_s (proof included), objective, memory; or why there is none."""
    try:
        run = Run(command, timeout + BUILDING)
    except FileNotFoundError:
        return {"failed": "not built"}
    if run.code is None:
        return {"failed": f"> {timeout:g}"}
    if run.code != 0:
        print(run.err.strip(), file=sys.stderr)
        return {"failed": f"exit {run.code}"}
    answer = json.loads(run.out.splitlines()[-1])
    answer["solve_s"] += answer.pop("proof_s", 0.0)
    if answer["solve_s"] > timeout:
        return {"failed": f"> {timeout:g}"}
    answer["own_mb"] = answer["peak_mb"] - answer.pop("base_mb")
    return answer


def compare(name, options):
    """All solvers on one problem, in turns."""
    stem = ensure(name, DATA)
    problem = Problem.load(f"{stem}.npz")
    runs = {s: c for s, c in commands(problem, stem, options.threads).items() if (not options.only or s in options.only) and s not in options.without}
    seen, failed = {s: [] for s in runs}, {}
    for turn in range(options.repeats):
        for solver, command in runs.items():
            if solver in failed:
                continue
            answer = measure(command, options.timeout)
            if "failed" in answer:
                failed[solver] = answer["failed"]
            else:
                seen[solver].append(answer)
            print(f"{name:26} {turn + 1} {solver:10}", " ".join(f"{k}={v:.6g}" if isinstance(v, float) else f"{k}={v}" for k, v in answer.items()), flush=True)
    result = {"pairs": problem.pairs, "date": datetime.date.today().isoformat(), "machine": machine(), "threads": options.threads, "solvers": {}}
    for solver in runs:
        if solver in failed:
            result["solvers"][solver] = {"failed": failed[solver]}
        else:
            median = {k: statistics.median(a[k] for a in seen[solver]) for k in ("solve_s", "peak_mb", "own_mb")}
            result["solvers"][solver] = {**median, "objectives": sorted({a["objective"] for a in seen[solver]}), "version": seen[solver][0].get("version")}
    return result


def best_peer(result):
    times = [(r["solve_s"], s) for s, r in result["solvers"].items() if s not in OURS and "solve_s" in r]
    return min(times, default=(None, None))


def disagreement(result):
    values = {o for r in result["solvers"].values() for o in r.get("objectives", [])}
    return sorted(values) if len(values) > 1 else None


def number(value):
    return f"{value:.2g}" if value < 0.0995 else f"{value:.3g}" if value < 100 else f"{value:.0f}"


def page(kept):
    """The two tables: seconds and memory."""
    here = {n: r for n, r in kept.items() if r["machine"] == machine()}
    names = [n for n in QUICK + FULL if n in here] + sorted(n for n in here if n not in QUICK + FULL)
    columns = [s for s in TITLES if any(s in here[n]["solvers"] for n in names)]
    seconds, memory = [], []
    for name in names:
        solvers = here[name]["solvers"]
        best, who = best_peer(here[name])
        ours = solvers.get("dyad", {}).get("solve_s")
        ratio = f"**{ours / best:.2f}** (at most {TARGETS[name.split('-')[0]]})" if ours and best else ""
        bold = {s: f"**{number(r['solve_s'])}**" if s == who else number(r["solve_s"]) for s, r in solvers.items() if "solve_s" in r}
        seconds.append([name] + [bold.get(s, solvers.get(s, {}).get("failed", "")) for s in columns] + [ratio, here[name]["date"]])
        memory.append([name, f"{here[name]['pairs']:,}"] + [f"{r['peak_mb']:.0f} ({r['own_mb']:.0f})" if "peak_mb" in (r := solvers.get(s, {})) else "" for s in columns]
                      + [" / ".join(f"{o:,}" for o in sorted({o for r in solvers.values() for o in r.get("objectives", [])}))])
    versions = {TITLES[s].split(",")[0].split()[0]: r["version"] for n in names for s, r in here[n]["solvers"].items() if r.get("version")}
    threads = " or ".join(sorted({str(here[n]["threads"]) for n in names}))
    titles = [TITLES[s] for s in columns]
    return [f"Machine: {machine()}. Dyad on {threads} threads unless said; the others use one. Versions: " + ", ".join(f"{k} {v}" for k, v in sorted(versions.items())) + ".",
            "", "Seconds of solving, medians; the best peer in bold.", "",
            *table(["problem", *titles, "Dyad / best peer", "date"], seconds),
            "", "Peak memory of the process in MB (in brackets: above what it took after loading), and the objective that all agree on.", "",
            *table(["problem", "pairs", *titles, "objective"], memory)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="problems of instances.py")
    parser.add_argument("--quick", action="store_true", help="2,000 x 8,000 and dense up to 2,000 (the default)")
    parser.add_argument("--full", action="store_true", help="20,000 x 100,000 and 50,000 x 250,000")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--timeout", type=float, default=150.0)
    parser.add_argument("--only", type=lambda s: s.split(","), default=[], help="solvers to run: " + ",".join(TITLES))
    parser.add_argument("--without", type=lambda s: s.split(","), default=[], help="solvers to leave out")
    parser.add_argument("--no-page", action="store_true", help="keep nothing and leave docs/benchmarks.md alone")
    options = parser.parse_args()
    names = options.names + (QUICK if options.quick or not (options.names or options.full) else []) + (FULL if options.full else [])
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    bad = 0
    for name in names:
        result = compare(name, options)
        best, who = best_peer(result)
        ours = result["solvers"].get("dyad", {}).get("solve_s")
        if ours and best:
            print(f"{name:26} ratio to {who}: {ours / best:.3f}")
        if values := disagreement(result):
            print(f"{name:26} OBJECTIVES DIFFER: {values}")
            bad += 1
        broken = [s for s in OURS if s in result["solvers"] and "failed" in result["solvers"][s]]
        if broken:
            print(f"{name:26} no answer from {', '.join(broken)}")
            bad += 1
        kept[name] = result
        if not options.no_page:
            KEPT.write_text(json.dumps(kept, indent=1))
    if not options.no_page:
        put("flow", page({n: r for n, r in kept.items() if not disagreement(r)}))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
