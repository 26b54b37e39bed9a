"""One run of a Python solver on one problem, in a process of its own: solvers.py SOLVER FILE.npz

Prints one JSON line: solve_s (the call of the solver alone), objective (summed here from the plan, which is checked first), base_mb
and peak_mb (peak resident memory of the process after loading, and at the end), version.
"""
import importlib.metadata
import json
import pathlib
import sys
import time

import numpy as np

from instances import Problem


def timed(call):
    began = time.perf_counter()
    answer = call()
    return time.perf_counter() - began, answer


def ortools(p):
    """OR-tools minimum cost flow: coachee -> coach -> sink. A least load becomes a supply that skips the coach's arc."""
    from ortools.graph.python import min_cost_flow

    flow = min_cost_flow.SimpleMinCostFlow()
    sink = p.coachees + p.coaches
    coach_node = p.coachees + np.arange(p.coaches)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(p.coachee, p.coachees + p.coach.astype(np.int64), np.ones(p.pairs, np.int64), p.cost)
    room = p.most.astype(np.int64) - p.least
    flow.add_arcs_with_capacity_and_unit_cost(coach_node, np.full(p.coaches, sink), room, np.zeros(p.coaches, np.int64))
    supplies = np.concatenate([np.ones(p.coachees), -p.least.astype(np.float64), [int(p.least.sum()) - p.coachees]]).astype(np.int64)
    flow.set_nodes_supplies(np.arange(sink + 1), supplies)
    seconds, status = timed(flow.solve)
    if status != flow.OPTIMAL:
        raise SystemExit(f"OR-tools: {status}")
    used = np.flatnonzero(flow.flows(arcs))
    chosen = np.full(p.coachees, -1)
    chosen[p.coachee[used]] = p.coach[used]
    return seconds, chosen


def scipy_dense(p):
    from scipy.optimize import linear_sum_assignment

    matrix = p.cost.reshape(p.coachees, p.coaches).astype(np.float64)
    seconds, (_, chosen) = timed(lambda: linear_sum_assignment(matrix))
    return seconds, chosen


def scipy_sparse(p):
    """A coach becomes as many columns as it has places; 1 is added to every cost because scipy drops zeros."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    most = p.most.astype(np.int64)
    owner = np.repeat(np.arange(p.coaches), most)
    first = np.concatenate([[0], np.cumsum(most)])
    copies = most[p.coach]
    step = np.arange(copies.sum()) - np.repeat(np.cumsum(copies) - copies, copies)
    columns = np.repeat(first[p.coach], copies) + step
    weights = np.repeat(p.cost + 1, copies).astype(np.float64)
    matrix = csr_matrix((weights, (np.repeat(p.coachee, copies), columns)), shape=(p.coachees, len(owner)))
    seconds, (_, place) = timed(lambda: min_weight_full_bipartite_matching(matrix))
    return seconds, owner[place]


def lap_dense(p):
    import lap

    matrix = p.cost.reshape(p.coachees, p.coaches).astype(np.float64)
    seconds, (_, chosen, _) = timed(lambda: lap.lapjv(matrix))
    return seconds, chosen


SOLVERS = {"ortools": (ortools, "ortools"), "scipy-dense": (scipy_dense, "scipy"), "scipy-sparse": (scipy_sparse, "scipy"), "lap": (lap_dense, "lap")}


def objective(p, chosen):
    """The cost of a plan, after checking that it is one."""
    key = p.coachee * p.coaches + p.coach
    wanted = np.arange(p.coachees) * p.coaches + chosen
    at = np.searchsorted(key, wanted)
    if (chosen < 0).any() or (at >= p.pairs).any() or (key[at] != wanted).any():
        raise SystemExit("somebody has no eligible coach")
    load = np.bincount(chosen, minlength=p.coaches)
    if (load < p.least).any() or (load > p.most).any():
        raise SystemExit("a load is out of bounds")
    return int(p.cost[at].sum())


def peak_mb():
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def main():
    solve, package = SOLVERS[sys.argv[1]]
    p = Problem.load(sys.argv[2])
    base = peak_mb()
    seconds, chosen = solve(p)
    peak = peak_mb()
    print(json.dumps({"solve_s": seconds, "objective": objective(p, np.asarray(chosen)), "base_mb": base, "peak_mb": peak,
                      "version": importlib.metadata.version(package)}))


if __name__ == "__main__":
    main()
