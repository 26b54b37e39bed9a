#!/usr/bin/env python3
"""Random grouped programmes through the real binary, against networkx (pairs) and CP-SAT (triads, one triad of an odd number).

    groups.py [--count 150] [--seed 1] [--only SEED]

Every tenth programme is also converted to other shapes and compared with itself, and every field of its plan and its proof is
changed, one at a time: `dyad verify` must find each change by more than the plan's hash.

The definitions are those of docs/rules.md, "Groups". Scores are whole numbers of points, so that halves are exact in half points.
"""
import argparse
import copy
import itertools
import json
import pathlib
import random
import sys
import tempfile
import time

import networkx
from ortools.sat.python import cp_model

import answers


def make(seed):
    """People, allowed pairs with their scores, size, exactly, and the given plan's pairs (None: no plan)."""
    rng = random.Random(seed)
    size, exactly = rng.choice([2, 2, 2, 3]), rng.random() < 0.15
    people = [f"p{i:02}" for i in range(rng.randint(2, rng.choice([8, 9, 24] if size == 3 else [8, 21, 60])))]
    density, low, high = rng.choice([0.2, 0.5, 0.8, 1.0]), rng.choice([0, -3]), rng.choice([1, 5, 100])
    scores = {p: rng.randint(low, high) for p in itertools.combinations(people, 2) if rng.random() < density}
    plan = None
    if rng.random() < 0.4:
        order = rng.sample(people, len(people))
        plan = {tuple(sorted(p)) for p in zip(order[::2], order[1::2])}
    return people, scores, size, exactly, plan


def write(folder, people, scores, size, exactly, plan):
    rng = random.Random(len(people))
    (folder / "programme.toml").write_text(
        'name = "groups"\npreset = "bare"\nstarts = 2026-08-24\n[rules]\npairs = { level = "soft", weight = 1, only_listed = true }\n'
        f'group_size = {{ level = "hard", size = {size}, exactly = {str(exactly).lower()} }}\n')
    (folder / "participants.csv").write_text("id\n" + "".join(f"{p}\n" for p in rng.sample(people, len(people))))
    rows = [(*(pair if rng.random() < 0.5 else pair[::-1]), score) for pair, score in scores.items()]
    (folder / "pairs.csv").write_text("coach,coachee,score\n" + "".join(f"{a},{b},{s}\n" for a, b, s in rows))
    if plan is not None:
        (folder / "plan.csv").write_text("coach,coachee\n" + "".join(f"{a},{b}\n" for a, b in sorted(plan)))


def inside(group):
    return [tuple(sorted(p)) for p in itertools.combinations(group, 2)]


def worth(groups, scores, size, plan):
    """Coverage, fewest pairs beside triads, kept pairs, score in half points."""
    kept = sum(p in (plan or ()) for g in groups for p in inside(g))
    # A triad's half is rounded down to micro-points; whole points leave halves at most.
    score = sum((2 if len(g) == 2 else 1) * sum(scores[p] for p in inside(g)) for g in groups)
    return sum(map(len, groups)), -sum(len(g) == 2 for g in groups) if size == 3 else 0, kept, score


def by_networkx(people, scores, plan):
    """Coverage, then kept pairs, then score as one weight; no triads."""
    span = 2 * sum(abs(s) for s in scores.values()) + 1
    big = span * (len(people) + 1)
    graph = networkx.Graph()
    for pair, score in scores.items():
        graph.add_edge(*pair, weight=big + span * (pair in (plan or ())) + score)
    return [tuple(sorted(p)) for p in networkx.max_weight_matching(graph)]


def by_cp_sat(people, scores, size, exactly, plan):
    """Every possible group is a variable; one tier after another."""
    triads = [g for g in itertools.combinations(people, 3) if all(p in scores for p in inside(g))]
    groups = ([] if size == 3 and exactly else list(scores)) + ([] if size == 2 and (exactly or len(people) % 2 == 0) else triads)
    model = cp_model.CpModel()
    take = {g: model.new_bool_var("") for g in groups}
    for person in people:
        model.add_at_most_one(take[g] for g in groups if person in g)
    if size == 2:
        model.add(sum(take[g] for g in groups if len(g) == 3) <= len(people) % 2)
    tiers = list(zip(*[worth([g], scores, size, plan) for g in groups]))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    for values in tiers:
        goal = sum(v * take[g] for v, g in zip(values, groups))
        model.maximize(goal)
        if solver.solve(model) != cp_model.OPTIMAL:
            raise AssertionError("the reference has no optimum")
        model.add(goal == round(solver.objective_value))
    return [g for g in groups if solver.value(take[g])]


def examine(seed, folder):
    people, scores, size, exactly, plan = make(seed)
    write(folder, people, scores, size, exactly, plan)
    out = folder.parent / f"{folder.name}.json"
    code, answer, error = answers.match(folder, "--out", out)
    if answer is None:
        return [f"no answer, exit {code}: {error}"]
    groups = [tuple(g["members"]) for g in answer["groups"]]
    placed = [p for g in groups for p in g]
    said = []
    if len(placed) != len(set(placed)) or any(p not in scores for g in groups for p in inside(g)):
        return [f"no grouping: {groups}"]
    simple = size == 2 and (exactly or len(people) % 2 == 0)
    reference = by_networkx(people, scores, plan) if simple else by_cp_sat(people, scores, size, exactly, plan)
    ours, best = worth(groups, scores, size, plan), worth(reference, scores, size, plan)
    if ours != best:
        said.append(f"worth {ours}, the best is {best}")
    left = len(people) % size if exactly else 0
    expected = ("infeasible", 4) if left else ("optimal", 0 if len(placed) == len(people) else 3)
    if (answer["outcome"], code) != expected or answer["proof"] != "certified":
        said.append(f"outcome {answer['outcome']}, proof {answer['proof']}, exit {code}; expected {expected}")
    if answers.micro(answer["score"]) * 2 != ours[3] * 1_000_000:
        said.append(f"the score says {answer['score']}, in half points it is {ours[3]}")
    run = answers.dyad("verify", folder, "--plan", out)
    if run.returncode != 0:
        said.append(f"verify ends with {run.returncode}: {run.stdout}")
    if seed % 10 == 0:
        said += changed_shapes(folder, out, answer) + unfound(folder, answer)
    return said


def changed_shapes(folder, out, answer):
    """The same programme in other shapes has the same answer, and its plan differs in nothing from itself."""
    said = []
    for shape in ("toml", "json"):
        path = folder.with_name(f"converted.{shape}")
        run = answers.dyad("convert", folder, path)
        _, other, error = answers.match(path)
        if run.returncode != 0 or other is None or answers.same_bytes(other) != answers.same_bytes(answer):
            said.append(f"as {shape} it has another answer: {run.stderr}{error}")
    run = answers.dyad("compare", folder, "--plan", out, "--plan", out, "--format", "json")
    if run.returncode != 0:
        said.append(f"compare ends with {run.returncode}: {run.stderr}")
    return said


def forgeries(answer):
    """Copies of a grouped plan with one thing changed in each, and what it is."""
    def forged(change):
        other = copy.deepcopy(answer)
        change(other)
        return other

    def put(key, value):
        return lambda a: a.update({key: value})

    proof = lambda a: a["certificate"]["groups"]
    yield "outcome", forged(put("outcome", "feasible"))
    yield "proof", forged(put("proof", "claimed"))
    yield "stop", forged(put("stop", "time-limit"))
    for key in ("matched", "coachees", "changes"):
        yield key, forged(put(key, answer[key] + 1))
    for key in ("score", "bound"):
        yield key, forged(put(key, f"{answers.micro(answer[key]) / 1e6 + 1:.6f}"))
    for at in range(len(answer["tiers"])):
        yield "tier value", forged(lambda a: a["tiers"][at].update(value="777777"))
        yield "tier bound", forged(lambda a: a["tiers"][at].update(bound="777777"))
        yield "tier missing", forged(lambda a: a["tiers"].pop(at))
    for at, group in enumerate(answer["groups"]):
        yield "group missing", forged(lambda a: a["groups"].pop(at))
        yield "group twice", forged(lambda a: a["groups"].insert(at, a["groups"][at]))
        yield "members' order", forged(lambda a: a["groups"][at]["members"].reverse())
        yield "member of nobody", forged(lambda a: a["groups"][at]["members"].append("zz"))
        yield "group's score", forged(lambda a: a["groups"][at].update(score="12345.000000"))
        yield "group's state", forged(lambda a: a["groups"][at].update(state="started"))
        for part in range(len(group["parts"])):
            yield "part's points", forged(lambda a: a["groups"][at]["parts"][part].update(points="12345.000000"))
            yield "part's rule", forged(lambda a: a["groups"][at]["parts"][part].update(rule="needs"))
            yield "part says nothing", forged(lambda a: a["groups"][at]["parts"][part].update(says=""))
    yield "groups' order", forged(lambda a: a["groups"].reverse())
    for at in range(len(answer["unmatched"])):
        yield "unmatched missing", forged(lambda a: a["unmatched"].pop(at))
        yield "unmatched stranger", forged(lambda a: a["unmatched"][at].update(coachee="zz"))
    for key in proof(answer)["multipliers"]:
        yield f"multiplier of {key}", forged(lambda a: proof(a)["multipliers"].update({key: "-1"}))
    yield "proof missing", forged(lambda a: a["certificate"].pop("groups"))
    if "scale" in proof(answer):
        yield "scale", forged(lambda a: proof(a).update(scale="0"))
    for kind in ("lists", "nodes"):
        for at, case in list(enumerate(proof(answer).get(kind, [])))[:4]:
            if kind == "nodes":
                yield "case twice", forged(lambda a: proof(a)[kind].append(proof(a)[kind][at]))
            yield "price", forged(lambda a: proof(a)[kind][at]["prices"][0].update(price="-" + "9" * 24))
            yield "price of a stranger", forged(lambda a: proof(a)[kind][at]["prices"][0].update(person="zz"))
            yield "price missing", forged(lambda a: proof(a)[kind][at]["prices"].pop())
            for name in ("sets", "cuts"):
                for one in range(len(case.get(name, []))):
                    yield f"{name}: price", forged(lambda a: proof(a)[kind][at][name][one].update(price="-1"))
                    yield f"{name}: member", forged(lambda a: proof(a)[kind][at][name][one]["members"].append("zz"))
                    if name == "cuts":
                        yield "cuts: part", forged(lambda a: proof(a)[kind][at][name][one].update(by="3"))
                        yield "cuts: whole", forged(lambda a: proof(a)[kind][at][name][one].update(of="4"))
    if "nodes" in proof(answer):
        yield "first case missing", forged(lambda a: proof(a)["nodes"].pop(0))


def unfound(folder, answer):
    """The changes of a plan that `dyad verify` does not find."""
    said, path = [], folder.with_name("forged.json")
    if answer["proof"] != "certified" or not answer["groups"] or answer["outcome"] != "optimal":
        return said
    for what, forged in forgeries(answer):
        if forged == answer:
            continue
        path.write_text(json.dumps(forged))
        run = answers.dyad("verify", folder, "--plan", path, "--format", "json")
        refused = run.returncode == 2  # it cannot even be read
        if not refused and (run.returncode != 3 or {v["code"] for v in json.loads(run.stdout)["violations"]} <= {"hash"}):
            said.append(f"a changed {what} is not found, exit {run.returncode}")
    return said


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    options = parser.parse_args()
    began, failed = time.monotonic(), 0
    seeds = [options.only] if options.only is not None else range(options.seed, options.seed + options.count)
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            programme = pathlib.Path(folder) / "programme"
            programme.mkdir()
            if said := examine(seed, programme):
                failed += 1
                print(f"seed {seed}: " + "\n    ".join(said), flush=True)
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    print(f"{len(seeds) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
