#!/usr/bin/env python3
"""Random programmes through the real binary, against OR-tools and HiGHS and against its own answers to changed programmes.

    differential.py [--rows] [--count 300] [--seed 1] [--max-size 800] [--workers 2] [--only SEED]
                    [--shapes json,toml,xlsx] [--save DIR] [--references]

With --rows: programmes with rules about several pairs, of at most 24 coaches and 60 coachees, against CP-SAT and HiGHS.
With --references the two outside solvers are only held against each other.

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
import rowed
from meaning import Meaning

LARGE = 60  # coachees; changed programmes are tried on smaller ones


@dataclasses.dataclass
class Task:
    seed: int
    most: int
    save: str
    shapes: list
    rows: bool = False
    references: bool = False  # only these against each other
    flow: list | None = None  # OR-tools' plan, where the programme is plain or has rows
    contradictory: bool = False  # by CP-SAT, where it has rows
    failure: str = ""  # why there is no plan of OR-tools

    def programme(self):
        return rowed.make(self.seed, min(self.most, LARGE)) if self.rows else programmes.make(self.seed, self.most)[0]


def with_flow(task):
    """Adds OR-tools' plan of a plain programme, or CP-SAT's. Runs in a process of its own, see by_ortools.py."""
    if task.rows:
        import by_cpsat

        try:  # an exception of that module must not travel to a process with highspy
            contradictory, plan = by_cpsat.best_plan(Meaning(task.programme()))
        except Exception:
            return dataclasses.replace(task, failure=traceback.format_exc())
        return dataclasses.replace(task, flow=plan, contradictory=contradictory)
    p, plain = programmes.make(task.seed, task.most)
    if not plain:
        return task
    import by_ortools

    return dataclasses.replace(task, flow=by_ortools.best_plan(Meaning(p)))


def reference(m, task):
    """The best worth by the outside solvers, None for a contradiction."""
    import by_highs

    flow, plan = task.flow, by_highs.best_plan(m)
    if plan is None and not task.rows:
        return None
    if task.contradictory != (plan is None):
        raise AssertionError(f"the references differ: a contradiction for {'CP-SAT' if plan else 'HiGHS'} only")
    if plan is None:
        return None
    if faults := m.faults(plan):
        raise AssertionError(f"the reference's own plan is wrong: {faults}")
    worth = m.worth(plan)
    if flow is not None and m.worth(flow) != worth:
        raise AssertionError(f"the references differ: HiGHS {worth}, OR-tools {m.worth(flow)}")
    if task.rows and (faults := m.faults(flow)):
        raise AssertionError(f"CP-SAT's own plan is wrong: {faults}")
    return worth


def examine(task, folder):
    """Everything that is wrong with the answer to one seed's programme."""
    p = task.programme()
    m = Meaning(p)
    if task.failure:
        return [task.failure]
    best = reference(m, task)
    if task.references:
        return []
    source = programmes.write_folder(p, folder / "programme") if task.seed % 3 else programmes.write_toml(p, folder / "programme.toml")
    plan = folder / "plan.json"
    code, answer, error = answers.match(source, "--out", plan)
    if answer is None:
        return [f"no answer, exit {code}: {error}"]
    if best is None and task.rows:
        return contradicted(m, task, code, answer) + answers.verified(source, plan, answer)
    if best is None:
        return [] if answer["outcome"] == "infeasible" and code == 4 else [f"a contradiction, but the outcome is {answer['outcome']}, exit {code}"]
    if answer["outcome"] != "optimal" or answer["proof"] not in (("certified", "claimed") if task.rows else ("certified",)):
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


def contradicted(m, task, code, answer):
    """Where hard rules contradict each other, the answer says so and gives the plan that misses the least."""
    said = []
    if answer["outcome"] != "infeasible" or code != answers.EXITS["infeasible"]:
        said.append(f"a contradiction, but the outcome is {answer['outcome']}, exit {code}")
    plan = answers.pairs(answer)
    said += m.faults(plan, contradictory=True) + answers.sums(m, answer)
    if (worth := m.missing(plan) + m.worth(plan)) != (best := m.missing(task.flow) + m.worth(task.flow)):
        said.append(f"worth {worth}, the best is {best}")
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
    parser.add_argument("--rows", action="store_true", help="programmes with rules about several pairs")
    parser.add_argument("--references", action="store_true", help="the outside solvers against each other, without the binary")
    parser.add_argument("--shapes", type=lambda s: s.split(","), default=[], help="also through `dyad convert` into these: json,toml,xlsx")
    parser.add_argument("--save", default=str(answers.ROOT / "target/outside"))
    options = parser.parse_args()
    began, passed, failed = time.monotonic(), 0, 0
    seeds = [options.only] if options.only is not None else range(options.seed, options.seed + options.count)
    tasks = [Task(seed, options.max_size, options.save, options.shapes, options.rows, options.references) for seed in seeds]
    with multiprocessing.Pool(options.workers if options.rows else 1) as flows, multiprocessing.Pool(options.workers) as pool:
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
