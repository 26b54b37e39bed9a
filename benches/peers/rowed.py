#!/usr/bin/env python3
"""Dyad against HiGHS and CP-SAT on problems whose rules tie pairs together, the same model given to each directly.

    rowed.py [NAME...] [--quick | --full] [--time-limit 10] [--peer-limit 150] [--threads 2] [--no-page]
    rowed.py --solver highs|cpsat NAME.dyr --time-limit S --threads N

Every run is a fresh process, one after another. Shown are the cost of the plan, what the solver proved that no plan costs less
than, the gap between the two, seconds and peak memory. A plan that costs less than another's bound ends with exit code 1.
Results are kept in bench-data/rows.json, and the table in docs/benchmarks.md shows the latest of every problem.
"""
import argparse
import datetime
import json
import resource
import sys
import time
from collections import defaultdict

from report import DATA, ROOT, Run, machine, put, table
from rowed_instances import Rowed, ensure

QUICK = ["side-24x60", "sidex-24x60"] + [f"gap-{kind}-5x100" for kind in "cde"]
FULL = [f"gap-{kind}-{size}" for size in ("10x200", "40x400") for kind in "cde"] + [f"{f}-{s}" for s in ("200x800", "1000x4000") for f in ("side", "sidex")]
TITLES = {"dyad": "Dyad", "highs": "HiGHS", "cpsat": "CP-SAT"}
KEPT = DATA / "rows.json"
BUILDING = 120  # seconds on top of the time limit, for reading and building
SMALL = 1e-9


def rows_of(p):
    """Everything that limits a sum of pairs: (least, {pair: weight}, most); pairs are positions of edges, sectors follow them."""
    found, of_coach, of_coachee = [], defaultdict(list), defaultdict(list)
    for at, (coachee, coach, *_) in enumerate(p.edges.tolist()):
        of_coachee[coachee].append(at)
        of_coach[coach].append(at)
    found += [(1, dict.fromkeys(pairs, 1), 1) for pairs in of_coachee.values()]
    share, spread, cap = p.limits
    extra = len(p.edges)
    amount, across = p.edges[:, 3], p.edges[:, 4]
    for coach, pairs in of_coach.items():
        found.append((None, dict.fromkeys(pairs, 1), int(p.most[coach])))
        if p.budget[coach] >= 0:
            found.append((None, {at: int(amount[at]) for at in pairs}, int(p.budget[coach])))
        by_school, by_sector, by_coachee = defaultdict(list), defaultdict(list), {int(p.edges[at, 0]): at for at in pairs}
        for at in pairs:
            by_school[int(p.school[p.edges[at, 0]])].append(at)
            by_sector[int(p.sector[p.edges[at, 0]])].append(at)
        if cap >= 0:
            found += [(None, dict.fromkeys(group, 1), cap) for school, group in by_school.items() if school >= 0 and len(group) > cap]
        if spread >= 0 and len(by_sector) > spread:
            found += [(None, {at: 1, extra + i: -1}, 0) for i, group in enumerate(by_sector.values()) for at in group]
            found.append((None, {extra + i: 1 for i in range(len(by_sector))}, spread))
            extra += len(by_sector)
        found += [(None, {by_coachee[a]: 1, by_coachee[b]: 1}, 1) for a, b in p.apart if a in by_coachee and b in by_coachee]
    if share >= 0:
        found.append((-(-share * len(of_coachee) // 1000), {at: 1 for at in range(len(p.edges)) if across[at]}, None))
    return found, extra


def highs(p, seconds, threads):
    import highspy
    import numpy as np

    rows, columns = rows_of(p)
    cost = np.zeros(columns)
    cost[: len(p.edges)] = p.edges[:, 2]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_, lp.col_cost_ = columns, len(rows), cost
    lp.col_lower_, lp.col_upper_ = np.zeros(columns), np.ones(columns)
    lp.row_lower_ = np.array([-np.inf if low is None else low for low, _, _ in rows], float)
    lp.row_upper_ = np.array([np.inf if high is None else high for _, _, high in rows], float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0] + [len(terms) for _, terms, _ in rows]).astype(np.int32)
    lp.a_matrix_.index_ = np.array([i for _, terms, _ in rows for i in terms], np.int32)
    lp.a_matrix_.value_ = np.array([v for _, terms, _ in rows for v in terms.values()], float)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * columns
    solver = highspy.Highs()
    for key, value in (("output_flag", False), ("threads", threads), ("time_limit", seconds), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.5)):
        solver.setOptionValue(key, value)
    solver.passModel(lp)
    began = time.perf_counter()
    solver.run()
    took, info = time.perf_counter() - began, solver.getInfo()
    found = info.primal_solution_status == 2
    bound = info.mip_dual_bound
    return {"objective": round(info.objective_function_value) if found else None,
            "bound": None if not np.isfinite(bound) else int(np.ceil(bound - SMALL * max(1, abs(bound)))),
            "solve_s": took, "version": f"{solver.version()}"}


def cpsat(p, seconds, threads):
    import ortools
    from ortools.sat.python import cp_model

    rows, columns = rows_of(p)
    model = cp_model.CpModel()
    x = [model.new_bool_var("") for _ in range(columns)]
    for low, terms, high in rows:
        total = sum(v * x[i] for i, v in terms.items())
        if low == high == 1:
            model.add_exactly_one(x[i] for i in terms)
        else:
            if low is not None:
                model.add(total >= low)
            if high is not None:
                model.add(total <= high)
    model.minimize(sum(c * x[i] for i, c in enumerate(p.edges[:, 2].tolist())))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.max_time_in_seconds = threads, seconds
    began = time.perf_counter()
    status = solver.solve(model)
    took, found = time.perf_counter() - began, status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return {"objective": round(solver.objective_value) if found else None, "bound": round(solver.best_objective_bound), "solve_s": took,
            "version": ortools.__version__}


def run(solver, path, seconds, threads):
    """One fresh process; its answer as a dict, or why there is none."""
    if solver == "dyad":
        command = [ROOT / "target/release/examples/rows", path, "--time-limit", seconds, "--threads", threads, "--dyad", ROOT / "target/release/dyad"]
    else:
        command = [sys.executable, ROOT / "benches/peers/rowed.py", "--solver", solver, path, "--time-limit", seconds, "--threads", threads]
    done = Run(command, seconds + BUILDING)
    if done.code != 0:
        print(done.err.strip(), file=sys.stderr)
        return {"failed": f"> {seconds:g} s" if done.code is None else f"exit {done.code}"}
    answer = json.loads(done.out.splitlines()[-1])
    whole = answer.get("matched", 0) == answer.get("coachees", 0)
    if answer["objective"] is None or not whole:
        answer.update(objective=None, missing=answer.get("coachees", 0) - answer.get("matched", 0))
    return answer


def compare(name, options):
    path = ensure(name, DATA)
    result = {"date": datetime.date.today().isoformat(), "machine": machine(), "threads": options.threads, "solvers": {}}
    for solver in TITLES:
        limit = options.time_limit if solver == "dyad" else options.peer_limit
        result["solvers"][solver] = answer = {"limit": limit, **run(solver, path, limit, options.threads)}
        print(f"{name:20} {solver:6}", " ".join(f"{k}={v}" for k, v in answer.items()), flush=True)
    return result


def contradiction(result):
    """Whether a plan costs less than what another proved to be the least."""
    answers = [r for r in result["solvers"].values() if "failed" not in r]
    least = min((r["objective"] for r in answers if r["objective"] is not None), default=None)
    return least is not None and any(r["bound"] is not None and r["bound"] > least for r in answers if not r.get("missing"))


def cell(r):
    if "failed" in r:
        return [r["failed"], "", ""]
    seconds = f"{r['solve_s']:.2f}" if r["solve_s"] < r["limit"] * 0.99 else f"{r['limit']:g} (limit)"
    if r["objective"] is None:
        missing = f", {r['missing']} left out" if r.get("missing") else ""
        return [f"no plan{missing}", "", f"{seconds}, {r['peak_mb']:.0f} MB"]
    gap = None if r["bound"] is None else (r["objective"] - r["bound"]) / max(1, abs(r["objective"]))
    proof = {"certified": " (certified)", "claimed": " (claimed)"}.get(r.get("proof"), "")
    return [f"{r['objective']:,}", "none" if gap is None else f"0{proof}" if gap <= 0 else f"{100 * gap:.3f} %", f"{seconds}, {r['peak_mb']:.0f} MB"]


def page(kept):
    here = {n: r for n, r in kept.items() if r["machine"] == machine()}
    names = [n for n in QUICK + FULL if n in here] + sorted(n for n in here if n not in QUICK + FULL)
    rows = [[n] + [text for s in TITLES for text in cell(here[n]["solvers"][s])] + [here[n]["date"]] for n in names]
    versions = sorted({f"{TITLES[s]} {r['version']}" for n in names for s, r in here[n]["solvers"].items() if r.get("version")})
    head = [f"{t}: {what}" if what != "cost" else t for t in TITLES.values() for what in ("cost", "gap", "seconds, memory")]
    return [f"Machine: {machine()}. {here[names[0]]['threads'] if names else 2} threads for each. Versions: " + ", ".join(versions) + ".", "",
            "Cost of the plan, by how much the solver's own bound leaves it open, seconds of solving with peak memory (Dyad's without its workers').", "",
            *table(["problem", *head, "date"], rows)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="problems of rowed_instances.py")
    parser.add_argument("--quick", action="store_true", help="24 x 60 and 5 x 100 (the default)")
    parser.add_argument("--full", action="store_true", help="10 x 200, 40 x 400, 200 x 800 and 1,000 x 4,000 as well")
    parser.add_argument("--time-limit", type=float, default=10.0, help="Dyad's seconds")
    parser.add_argument("--peer-limit", type=float, default=150.0, help="the others' seconds")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-page", action="store_true", help="keep nothing and leave docs/benchmarks.md alone")
    parser.add_argument("--solver", choices=["highs", "cpsat"], help="one run of a peer")
    options = parser.parse_args()
    if options.solver:
        answer = {"highs": highs, "cpsat": cpsat}[options.solver](Rowed.load(options.names[0]), options.time_limit, options.threads)
        print(json.dumps({**answer, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
        return 0
    names = options.names + (QUICK if options.quick or options.full or not options.names else []) + (FULL if options.full else [])
    kept, bad = json.loads(KEPT.read_text()) if KEPT.exists() else {}, 0
    for name in names:
        kept[name] = compare(name, options)
        if contradiction(kept[name]):
            print(f"{name:20} A PLAN COSTS LESS THAN ANOTHER'S BOUND")
            bad += 1
        if not options.no_page:
            KEPT.write_text(json.dumps(kept, indent=1))
    if not options.no_page:
        put("rows", page({n: r for n, r in kept.items() if not contradiction(r)}))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
