#!/usr/bin/env python3
"""Times repairs on a solved programme of 2,000 x 8,000 x 50: all losses of one coach, one drop-out, and the whole frontier of a drop-out.

    repairs.py [NAME...] [--repeats 3] [--no-page]

The example `contingencies` and OR-tools' minimum cost flow take turns, each run a fresh process; ratios are taken within a turn, and their
medians shown. Held against 5 solves by OR-tools (all losses), 2 % of a fresh solve of our own (one drop-out) and 2 of them (the frontier).
"""
import argparse
import datetime
import json
import statistics
import sys

from instances import ensure
from report import DATA, ROOT, Run, machine, put, table

NAMES = ["slack-2000x8000x50", "tight-2000x8000x50", "least-2000x8000x50"]
LIMIT = 300  # seconds for one run


def ran(command):
    run = Run(command, LIMIT)
    if run.code != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit {run.code}\n{run.err}")
    return json.loads(run.out.strip().splitlines()[-1])


def measure(name, repeats):
    """The row of one problem."""
    stem = ensure(name, DATA)
    turns = []
    for turn in range(repeats):
        ours = ran([ROOT / "target/release/examples/contingencies", f"{stem}.dyi"])
        peer = ran([sys.executable, ROOT / "benches/peers/solvers.py", "ortools", f"{stem}.npz"])["solve_s"]
        turns.append({**ours, "peer_s": peer})
        print(name, turn + 1, turns[-1], flush=True)
    middle = lambda of: statistics.median(of(turn) for turn in turns)
    last = turns[-1]
    steps = f"{last['points']} of {last['moves_to_the_best'] + 1} numbers of moves, {last['proved']} proved"
    return [name, f"{middle(lambda t: t['fresh_s']):.3f}", f"{middle(lambda t: t['peer_s']):.3f}",
            f"{middle(lambda t: t['all_losses_s']):.3f}", f"**{middle(lambda t: (t['state_s'] + t['all_losses_s']) / t['peer_s']):.2f}** (at most 5)",
            f"{middle(lambda t: t['one_loss_s']) * 1e6:.1f} µs", f"**{middle(lambda t: 100 * t['one_loss_s'] / t['fresh_s']):.3f} %** (under 2 %)",
            f"{middle(lambda t: t['frontier_s']):.3f}", f"**{middle(lambda t: t['frontier_s'] / t['fresh_s']):.1f}** (at most 2)", steps]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--no-page", action="store_true", help="leave docs/benchmarks.md alone")
    options = parser.parse_args()
    rows = [measure(name, options.repeats) for name in options.names or NAMES]
    head = ["problem", "fresh solve", "OR-tools", "all losses", "state and losses / OR-tools solve", "one drop-out", "of a fresh solve",
            "frontier", "frontier / fresh solve", "of which"]
    lines = [f"{datetime.date.today().isoformat()}, {machine()}, one thread. Seconds, medians of {options.repeats}.", "", *table(head, rows)]
    print("\n".join(lines))
    if not options.no_page:
        put("repairs", lines)


if __name__ == "__main__":
    sys.exit(main())
