#!/usr/bin/env python3
"""Random programmes through the real binary, against OR-tools and HiGHS and against its own answers to changed programmes.

    differential.py [--count 300] [--seed 1] [--max-size 800] [--workers 2] [--only SEED]
                    [--shapes json,toml,xlsx] [--save DIR]

The binary is target/release/dyad, or $DYAD. A programme that fails is written to DIR (default target/outside) with what went wrong.
Needs the packages of benches/peers/requirements.txt.
"""
import argparse
import dataclasses
import multiprocessing
import pathlib
import shutil
import sys
import tempfile
import time
import traceback

import answers
import metamorphic
import programmes
from meaning import Meaning

LARGE = 60  # coachees; changed programmes are tried on smaller ones


@dataclasses.dataclass
class Task:
    seed: int
    most: int
    save: str
    shapes: list
    flow: list | None = None  # OR-tools' plan, where the programme is plain


def with_flow(task):
    """Adds OR-tools' plan of a plain programme. Runs in a process of its own, see by_ortools.py."""
    p, plain = programmes.make(task.seed, task.most)
    if not plain:
        return task
    import by_ortools

    return dataclasses.replace(task, flow=by_ortools.best_plan(Meaning(p)))


def reference(m, flow):
    """The best worth by the outside solvers, None for a contradiction."""
    import by_highs

    plan = by_highs.best_plan(m)
    if plan is None:
        return None
    if faults := m.faults(plan):
        raise AssertionError(f"the reference's own plan is wrong: {faults}")
    worth = m.worth(plan)
    if flow is not None and m.worth(flow) != worth:
        raise AssertionError(f"the references differ: HiGHS {worth}, OR-tools {m.worth(flow)}")
    return worth


def examine(task, folder):
    """Everything that is wrong with the answer to one seed's programme."""
    p, _ = programmes.make(task.seed, task.most)
    m = Meaning(p)
    best = reference(m, task.flow)
    source = programmes.write_folder(p, folder / "programme") if task.seed % 3 else programmes.write_toml(p, folder / "programme.toml")
    plan = folder / "plan.json"
    code, answer, error = answers.match(source, "--out", plan)
    if answer is None:
        return [f"no answer, exit {code}: {error}"]
    if best is None:
        return [] if answer["outcome"] == "infeasible" and code == 4 else [f"a contradiction, but the outcome is {answer['outcome']}, exit {code}"]
    if answer["outcome"] != "optimal" or answer["proof"] != "certified":
        return [f"outcome {answer['outcome']}, proof {answer['proof']}, exit {code}: {error}"]
    said = answers.contradictions(m, code, answer)
    worth = m.worth(answers.pairs(answer))
    if worth != best:
        said.append(f"worth {worth}, the best is {best}")
    said += answers.verified(source, plan, answer)
    if not said and len(p.coachees) <= LARGE:
        said += metamorphic.broken(p, task.seed, folder, answer, worth)
        for shape in task.shapes:
            said += metamorphic.converted(source, folder / f"converted.{shape}", answer)
    return said


def one(task):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        try:
            said = examine(task, folder)
        except Exception:  # a failure of the test itself is a failure too, with its place
            said = [traceback.format_exc()]
        if said:
            kept = pathlib.Path(task.save) / f"seed-{task.seed}"
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(folder, kept)
            (kept / "wrong.txt").write_text("\n".join(said) + "\n")
    return task.seed, said


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--max-size", type=int, default=800, help="most coachees")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", type=int, help="one seed")
    parser.add_argument("--shapes", type=lambda s: s.split(","), default=[], help="also through `dyad convert` into these: json,toml,xlsx")
    parser.add_argument("--save", default=str(answers.ROOT / "target/outside"))
    options = parser.parse_args()
    began, passed, failed = time.monotonic(), 0, 0
    seeds = [options.only] if options.only is not None else range(options.seed, options.seed + options.count)
    tasks = [Task(seed, options.max_size, options.save, options.shapes) for seed in seeds]
    with multiprocessing.Pool(1) as flows, multiprocessing.Pool(options.workers) as pool:
        for seed, said in pool.imap_unordered(one, flows.imap(with_flow, tasks)):
            if said:
                failed += 1
                print(f"seed {seed}: " + "\n    ".join(said) + f"\n    saved in {options.save}/seed-{seed}", flush=True)
            else:
                passed += 1
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
