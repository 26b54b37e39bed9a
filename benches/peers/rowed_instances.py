#!/usr/bin/env python3
"""Seeded problems whose rules tie pairs together, the same on every machine, as `.dyr` files (the format is in rows.rs).

    rowed_instances.py NAME... [--out DIR]

Names
    side-CxN     C coaches, N coachees, up to 50 eligible coaches each; per coach a budget of distance, one coachee of each school,
                 two of five sectors, 5 % of the coachees in pairs who may not share a coach; 40 % of all pairs across sectors
    sidex-CxN    the same with eight sectors and budgets about half as wide: hard even to satisfy
    gap-TYPE-MxN generalised assignment of N jobs to M agents, of the classical types c, d and e (Chu & Beasley 1997)

side and sidex hold a hidden plan that keeps every rule. Costs are whole numbers, smaller is better.
"""
import argparse
import pathlib
from dataclasses import dataclass, field

import numpy as np
from instances import SIDE, TOP, TRAITS, generator, homes, places

SECTORS = {"side": 5, "sidex": 8}
WIDTH = {"side": 3.0, "sidex": 1.0}  # budget for each place, in medians of the hidden plan's distances
DEGREE = 50
SHARE, SPREAD, SCHOOL = 400, 2, 1  # thousandths across sectors; sectors and coachees of one school for each coach
TRIES = 400_000  # steps of mending the hidden plan


@dataclass
class Rowed:
    """`edges`: coachee, coach, cost, amount, across; sorted by coachee, then coach. Limits of −1 do not apply."""

    name: str
    most: np.ndarray
    budget: np.ndarray
    sector: np.ndarray
    school: np.ndarray
    edges: np.ndarray
    apart: list = field(default_factory=list)
    limits: tuple = (-1, -1, -1)

    def write(self, path):
        unfinished = path.with_suffix(".part")
        with open(unfinished, "w") as f:
            f.write(f"{len(self.most)} {len(self.sector)} {len(self.edges)} {len(self.apart)}\n{' '.join(map(str, self.limits))}\n")
            for rows in (zip(self.most, self.budget), zip(self.sector, self.school), self.edges.tolist(), self.apart):
                f.writelines(" ".join(map(str, row)) + "\n" for row in rows)
        unfinished.rename(path)

    @staticmethod
    def load(path):
        numbers = np.array(pathlib.Path(path).read_text().split(), dtype=np.int64)
        coaches, coachees, edges, apart = numbers[:4]
        at, blocks = 7, []
        for rows, width in ((coaches, 2), (coachees, 2), (edges, 5), (apart, 2)):
            blocks.append(numbers[at : at + rows * width].reshape(rows, width))
            at += rows * width
        return Rowed(pathlib.Path(path).stem, blocks[0][:, 0], blocks[0][:, 1], blocks[1][:, 0], blocks[1][:, 1], blocks[2],
                     blocks[3].tolist(), tuple(int(v) for v in numbers[4:7]))


def gap(name):
    """Types c, d and e: amounts 5–25 or 1–100 or by a logarithm, and 80 % of an even share as the budget."""
    _, kind, size = name.split("-")
    agents, jobs = map(int, size.split("x"))
    rng = generator(name)
    shape = (agents, jobs)
    if kind == "c":
        amount, cost = rng.integers(5, 26, shape), rng.integers(10, 51, shape)
    elif kind == "d":
        amount = rng.integers(1, 101, shape)
        cost = 111 - amount + rng.integers(-10, 11, shape)
    elif kind == "e":
        amount = np.maximum(1, np.floor(1 - 10 * np.log(1 - rng.random(shape)))).astype(np.int64)
        cost = np.maximum(1, np.floor(1000 / amount - 10 * rng.random(shape))).astype(np.int64)
    else:
        raise SystemExit(f"unknown type {kind!r} of generalised assignment: c, d or e")
    budget = (8 * amount.sum(1)) // (10 * agents)
    job, agent = np.divmod(np.arange(jobs * agents), agents)
    edges = np.stack([job, agent, cost[agent, job], amount[agent, job], 0 * job], 1)
    none = np.full(jobs, -1)
    return Rowed(name, np.full(agents, jobs), budget, none, none, edges)


class Hidden:
    """A plan of everybody that keeps every rule but budgets, built greedily and mended by pushing people out."""

    def __init__(self, rng, most, sector, school, foes):
        self.rng, self.most, self.sector, self.school, self.foes = rng, most, sector, school, foes
        self.at, self.group = np.full(len(sector), -1), [[] for _ in most]

    def fits(self, coachee, coach, without=-1):
        others = [k for k in self.group[coach] if k != without]
        return (len(others) < self.most[coach] and all(self.school[k] != self.school[coachee] for k in others)
                and len({int(self.sector[k]) for k in [*others, coachee]}) <= SPREAD and not self.foes[coachee].intersection(others))

    def put(self, coachee, coach):
        self.at[coachee] = coach
        self.group[coach].append(coachee)

    def fill(self, ways, across):
        """`ways`: the coaches of each coachee, nearest first; more than half prefer another sector."""
        stuck = []
        for e in self.rng.permutation(len(self.sector)).tolist():
            free = [c for c in ways[e] if self.fits(e, c)]
            if self.rng.random() < 0.6:
                free = [c for c in free if across(e, c)] or free
            self.put(e, free[0]) if free else stuck.append(e)
        for _ in range(TRIES):
            if not stuck:
                return
            e = stuck.pop(int(self.rng.integers(len(stuck))))
            free = [c for c in range(len(self.most)) if self.fits(e, c)]
            coach = free[int(self.rng.integers(len(free)))] if free else int(self.rng.integers(len(self.most)))
            out = [] if free else [k for k in self.group[coach] if self.fits(e, coach, k)]
            if free or out:
                for k in out[:1]:
                    self.group[coach].remove(k)
                    stuck.append(k)
                self.put(e, coach)
            else:
                stuck.append(e)
        raise RuntimeError("no hidden plan")


def side(name):
    from scipy.spatial import cKDTree

    family, size = name.split("-")
    coaches, coachees = map(int, size.split("x"))
    degree = coaches if coaches <= DEGREE else DEGREE
    rng = generator(name)
    count = max(4, round(coaches**0.5 / 2))
    towns, spread = rng.random((count, 2)) * SIDE, SIDE / count**0.5 * rng.uniform(0.15, 0.5, count)
    size_of = rng.uniform(0.2, 1.2, count)
    coach_at = homes(rng, towns, spread, size_of * rng.uniform(0.6, 1.4, count), coaches)
    coachee_at = homes(rng, towns, spread, size_of * rng.uniform(0.6, 1.4, count), coachees)
    most = places(rng, coaches, round(1.15 * coachees))
    of_coach, of_coachee = rng.integers(0, SECTORS[family], coaches), rng.integers(0, SECTORS[family], coachees)
    schools = max(4, coachees // 10)
    near_schools = cKDTree(coachee_at[rng.permutation(coachees)[:schools]]).query(coachee_at, k=3)[1]
    school = near_schools[np.arange(coachees), rng.integers(0, 3, coachees)]
    fellows = cKDTree(coachee_at).query(coachee_at, k=7)[1]
    apart, foes = set(), [set() for _ in range(coachees)]
    while len(apart) < max(2, round(0.05 * coachees)):
        a = int(rng.integers(coachees))
        b = int(fellows[a, rng.integers(7)])
        if a != b:
            apart.add((min(a, b), max(a, b)))
            foes[a].add(b)
            foes[b].add(a)
    near = cKDTree(coach_at).query(coachee_at, k=max(1, round(degree * 0.8)))[1]
    drawn = rng.integers(0, coaches, (coachees, degree - near.shape[1]))
    ways = np.arange(coaches)[None, :].repeat(coachees, 0) if degree == coaches else np.concatenate([near, drawn], 1)
    gap_of = lambda e, c: np.hypot(*(coach_at[c] - coachee_at[e]).T)
    ordered = [sorted(set(w), key=lambda c: (gap_of(e, c), c)) for e, w in enumerate(ways.tolist())]
    hidden = Hidden(rng, most, of_coachee, school, foes)
    hidden.fill(ordered, lambda e, c: of_coach[c] != of_coachee[e])
    key = np.unique(np.concatenate([(ways + np.arange(coachees)[:, None] * coaches).ravel(), np.arange(coachees) * coaches + hidden.at]))
    coachee, coach = np.divmod(key, coaches)
    gap = gap_of(coachee, coach)
    across = (of_coach[coach] != of_coachee[coachee]).astype(np.int64)
    half = SIDE / 2 * (degree / max(coaches, degree)) ** 0.5
    skill, wish = rng.random((coaches, TRAITS)), rng.random((coachees, TRAITS))
    misfit = sum(np.abs(skill[coach, t] - wish[coachee, t]) for t in range(TRAITS)) / TRAITS
    cost = np.rint(TOP * (0.45 * gap / (gap + half) + 0.4 * misfit + 0.15 * across)).astype(np.int64)
    amount = np.rint(gap / 10).astype(np.int64)
    used_by = np.rint(gap_of(np.arange(coachees), hidden.at) / 10).astype(np.int64)
    used = np.bincount(hidden.at, weights=used_by, minlength=coaches).astype(np.int64)
    budget = np.maximum(used, np.floor(most * np.median(used_by) * WIDTH[family]).astype(np.int64))
    if 1000 * int((of_coach[hidden.at] != of_coachee).sum()) < SHARE * coachees:
        raise RuntimeError(f"the hidden plan of {name} has too few pairs across sectors")
    edges = np.stack([coachee, coach, cost, amount, across], 1)
    return Rowed(name, most, budget, of_coachee, school, edges, sorted(apart), (SHARE, SPREAD, SCHOOL))


FAMILIES = {"side": side, "sidex": side, "gap": gap}


def ensure(name, out):
    """Writes what is missing; gives the path."""
    family = name.split("-")[0]
    if family not in FAMILIES:
        raise SystemExit(f"unknown family {family!r} in {name!r}: one of {', '.join(FAMILIES)}")
    path = pathlib.Path(out) / f"{name}.dyr"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        FAMILIES[family](name).write(path)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", metavar="NAME")
    parser.add_argument("--out", default="bench-data")
    options = parser.parse_args()
    for name in options.names:
        print(ensure(name, options.out))


if __name__ == "__main__":
    main()
