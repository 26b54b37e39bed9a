#!/usr/bin/env python3
"""Measures the whole command: `dyad match` on a large pairs.csv, and from cold on a small programme.

    command.py [--problem slack-20000x100000x50] [--small scenarios/east-ayrshire/comfortable] [--repeats 3] [--no-page]

Reading and building (read_ms + build_ms of the answer's `timing`) are held against csv_pass.rs, a program that only splits and parses the same file.
"""
import argparse
import datetime
import json
import os
import statistics
import sys

from report import DATA, ROOT, Run, machine, put, table

DYAD = os.environ.get("DYAD", ROOT / "target/release/dyad")
CSV_PASS = ROOT / "target/release/examples/csv_pass"
FINE = (0, 3)  # everyone matched; somebody is unmatched
READING, MEMORY, COLD = 2.0, 120, 50  # targets: times csv_pass, bytes for each pair, processor milliseconds


def ran(command, fine):
    run = Run(command, 600)
    if run.code not in fine:
        sys.exit(f"{' '.join(map(str, command))}: exit {run.code}\n{run.err}")
    return run


def large(name, repeats):
    """Rows of the table about one large programme."""
    stem = DATA / name
    ran([sys.executable, ROOT / "benches/peers/instances.py", name, "--out", DATA, "--folder"], (0,))
    with open(f"{stem}.dyi", "rb") as f:
        pairs = int.from_bytes(f.read(20)[12:], "little")
    ran(["sh", "-c", f"cat '{stem}/pairs.csv' > /dev/null"], (0,))  # both sides find the file in memory
    passes, reads, solves, walls, peaks = [], [], [], [], []
    for _ in range(repeats):
        passes.append(float(ran([CSV_PASS, stem / "pairs.csv"], (0,)).out))
        run = ran([DYAD, "match", stem, "--format", "json", "--quiet"], FINE)
        timing = json.loads(run.out)["timing"]
        reads.append((timing["read_ms"] + timing["build_ms"]) / 1000)
        solves.append(timing["solve_ms"] / 1000)
        walls.append(run.wall)
        peaks.append(run.peak_mb)
        print(f"{name}: csv_pass {passes[-1]:.3f} s, read + build {reads[-1]:.3f} s, solve {solves[-1]:.3f} s, whole {run.wall:.3f} s, {run.peak_mb:.0f} MB", flush=True)
    once, read, peak = statistics.median(passes), statistics.median(reads), max(peaks)
    each = peak * 2**20 / pairs
    return [[f"{name}: read and build", f"{read:.2f} s", f"{read / once:.2f} x csv_pass ({once:.2f} s)", f"at most {READING:g}"],
            [f"{name}: peak memory", f"{peak:.0f} MB", f"{each:.0f} bytes a pair ({pairs:,} pairs)", f"at most {MEMORY}"],
            [f"{name}: whole command", f"{statistics.median(walls):.2f} s", f"of which solving {statistics.median(solves):.2f} s", ""]], read / once <= READING and each <= MEMORY


def cold(programme, repeats):
    """The row about a small programme: processor time of the whole process."""
    cpu = statistics.median(ran([DYAD, "match", programme, "--format", "json", "--quiet"], FINE).cpu for _ in range(max(10, repeats))) * 1000
    print(f"{programme}: {cpu:.1f} ms of processor time from cold")
    return [[f"{programme}: from cold", f"{cpu:.1f} ms", "processor time of the process", f"under {COLD} ms"]], cpu < COLD


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problem", default="slack-20000x100000x50")
    parser.add_argument("--small", default="scenarios/east-ayrshire/comfortable")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--no-page", action="store_true", help="leave docs/benchmarks.md alone")
    options = parser.parse_args()
    small, quick = cold(options.small, options.repeats)
    big, lean = large(options.problem, options.repeats)
    if not options.no_page:
        put("command", [f"{datetime.date.today().isoformat()}, {machine()}.", "", *table(["work", "measured", "which is", "target"], small + big)])
    return 0 if quick and lean else 1


if __name__ == "__main__":
    sys.exit(main())
