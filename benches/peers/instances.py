#!/usr/bin/env python3
"""Seeded matching problems for measuring, the same on every machine.

    instances.py NAME... [--out DIR] [--folder]

writes for every name DIR/NAME.npz and DIR/NAME.dyi, and with --folder the programme DIR/NAME/ as well (programme.toml,
coaches.csv, coachees.csv, pairs.csv). A file that is already there is left alone.

Names
    slack-CxNxD        C coaches, N coachees, about D eligible pairs for each coachee, 1 to 6 places for each coach, 1.15 N together
    tight-CxNxD        the same with exactly N places; a hidden plan that fills all of them makes it solvable
    least-CxNxD        as slack, and every coach must have at least one coachee
    regions-RxCxNxD    R slack problems of C coaches and N coachees that share nobody, everybody in random order
    dense-uniform-N    N x N, one to one, every pair eligible, costs drawn evenly
    dense-geo-N        N x N, one to one, cost is the distance between two random points

Of the D coaches of a coachee four fifths are the nearest, the others are drawn from everywhere, one of them from the hidden plan.
Costs are whole numbers from 0 to 1,000,000; the programme's scores are the costs with the sign turned.

NAME.dyi, little endian: "DYI1"; u32 C; u32 N; u64 E; C x u32 least load; C x u32 most load; (N + 1) x u64 first pair of each
coachee; E x u32 coach (rising within a coachee); E x i64 cost, smaller is better.
"""
import argparse
import pathlib
import zlib

import numpy as np

SEED = 7_041_776
TOP = 1_000_000  # the highest cost
SIDE = 100_000  # people live in a square of this many metres
TRAITS = 5


class Problem:
    """Arrays of one problem; pairs are sorted by coachee, then coach."""

    def __init__(self, name, least, most, start, coach, cost):
        self.name = name
        self.least = np.ascontiguousarray(least, dtype=np.uint32)
        self.most = np.ascontiguousarray(most, dtype=np.uint32)
        self.start = np.ascontiguousarray(start, dtype=np.uint64)
        self.coach = np.ascontiguousarray(coach, dtype=np.uint32)
        self.cost = np.ascontiguousarray(cost, dtype=np.int64)

    @property
    def coaches(self):
        return len(self.most)

    @property
    def coachees(self):
        return len(self.start) - 1

    @property
    def pairs(self):
        return len(self.coach)

    @property
    def coachee(self):
        """The coachee of every pair."""
        return np.repeat(np.arange(self.coachees), np.diff(self.start.astype(np.int64)))

    @property
    def one_to_one(self):
        return self.coaches == self.coachees and self.pairs == self.coaches**2 and bool((self.most == 1).all())

    def save(self, path):
        np.savez(path, least=self.least, most=self.most, start=self.start, coach=self.coach, cost=self.cost)

    @staticmethod
    def load(path):
        with np.load(path) as z:
            return Problem(pathlib.Path(path).stem, **{k: z[k] for k in z.files})

    def write_dyi(self, path):
        with open(path, "wb") as f:
            f.write(b"DYI1")
            f.write(np.array([self.coaches, self.coachees], dtype="<u4").tobytes())
            f.write(np.array([self.pairs], dtype="<u8").tobytes())
            for array, kind in ((self.least, "<u4"), (self.most, "<u4"), (self.start, "<u8"), (self.coach, "<u4"), (self.cost, "<i8")):
                array.astype(kind, copy=False).tofile(f)

    def write_folder(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "programme.toml").write_text(
            f'name = "{self.name}"\npreset = "bare"\nstarts = 2026-08-24\n\n[rules]\ncapacity = {{ level = "hard", min = "hard" }}\n'
            'pairs = { level = "soft", weight = 1, only_listed = true }\n')
        coach = [f"C{i:06}" for i in range(self.coaches)]
        with open(folder / "coaches.csv", "w") as f:
            f.write("id,min,max\n")
            f.writelines(f"{c},{a},{b}\n" for c, a, b in zip(coach, self.least, self.most))
        with open(folder / "coachees.csv", "w") as f:
            f.write("id\n")
            f.writelines(f"E{e:06}\n" for e in range(self.coachees))
        first = self.start.tolist()
        unfinished = folder / "pairs.csv.part"  # renamed at the end, so that a run that was stopped leaves no half file behind
        with open(unfinished, "w") as f:
            f.write("coach,coachee,score\n")
            for e in range(self.coachees):
                a, b = first[e], first[e + 1]
                f.writelines(f"{coach[c]},E{e:06},{-v}\n" for c, v in zip(self.coach[a:b].tolist(), self.cost[a:b].tolist()))
        unfinished.rename(folder / "pairs.csv")


def generator(key):
    return np.random.Generator(np.random.PCG64([SEED, zlib.crc32(key.encode())]))


def places(rng, coaches, total):
    """1 to 6 places for each coach, `total` together."""
    if not coaches <= total <= 6 * coaches:
        raise SystemExit(f"{coaches} coaches cannot have {total} places of 1 to 6")
    most = rng.integers(1, 7, coaches)
    while (missing := total - int(most.sum())) != 0:
        room = np.flatnonzero(most < 6 if missing > 0 else most > 1)
        most[rng.permutation(room)[: abs(missing)]] += np.sign(missing)
    return most


def homes(rng, towns, spread, share, count):
    """Whole-metre points round towns, one in ten anywhere in the country."""
    town = rng.choice(len(towns), size=count, p=share / share.sum())
    at = towns[town] + rng.normal(size=(count, 2)) * spread[town, None]
    rural = rng.random(count) < 0.1
    at[rural] = rng.random((int(rural.sum()), 2)) * SIDE
    return np.rint(np.clip(at, 0, SIDE))


def sparse(name, key=None):
    """Families slack, tight and least; another key draws another problem of the same family and size."""
    from scipy.spatial import cKDTree

    family, size = name.split("-")
    coaches, coachees, degree = map(int, size.split("x"))
    rng = generator(key or ("slack" if family == "least" else family) + size)
    count = max(4, round(coaches**0.5 / 2))
    towns = rng.random((count, 2)) * SIDE
    spread = SIDE / count**0.5 * rng.uniform(0.15, 0.5, count)
    size_of = rng.uniform(0.2, 1.2, count)
    coach_at = homes(rng, towns, spread, size_of * rng.uniform(0.6, 1.4, count), coaches)
    coachee_at = homes(rng, towns, spread, size_of * rng.uniform(0.6, 1.4, count), coachees)
    most = places(rng, coaches, coachees if family == "tight" else round(1.15 * coachees))
    hidden = np.concatenate([np.arange(coaches), rng.permutation(np.repeat(np.arange(coaches), most - 1))])[:coachees]
    hidden = rng.permutation(hidden)  # everybody's coach in the hidden plan, in which every coach is used
    near = min(coaches, round(degree * 0.8))
    nearest = cKDTree(coach_at).query(coachee_at, k=near)[1].reshape(coachees, near)
    drawn = rng.integers(0, coaches, (coachees, max(0, degree - near - 1)))
    key = np.concatenate([nearest, drawn, hidden[:, None]], axis=1) + np.arange(coachees)[:, None] * coaches
    key = np.unique(key)
    coachee, coach = key // coaches, key % coaches
    gap = np.hypot(*(coach_at[coach] - coachee_at[coachee]).T)
    half = SIDE / 2 * (degree / max(coaches, degree)) ** 0.5  # where distance costs half of what it can
    skill, wish = rng.random((coaches, TRAITS)), rng.random((coachees, TRAITS))
    misfit = sum(np.abs(skill[coach, t] - wish[coachee, t]) for t in range(TRAITS)) / TRAITS
    cost = np.rint(TOP * (0.5 * gap / (gap + half) + 0.5 * misfit))
    least = np.full(coaches, 1 if family == "least" else 0)
    start = np.searchsorted(coachee, np.arange(coachees + 1))
    return Problem(name, least, most, start, coach, cost)


def regions(name):
    """Family regions: like a country whose regions match for themselves."""
    count, coaches, coachees, degree = map(int, name.split("-")[1].split("x"))
    size = f"{coaches}x{coachees}x{degree}"
    parts = [sparse(f"slack-{size}", f"regions{at}-{size}") for at in range(count)]
    rng = generator(name)
    who, whom = rng.permutation(count * coaches), rng.permutation(count * coachees)
    coach = np.concatenate([who[p.coach + at * coaches] for at, p in enumerate(parts)])
    coachee = np.concatenate([whom[p.coachee + at * coachees] for at, p in enumerate(parts)])
    cost = np.concatenate([p.cost for p in parts])
    most = np.empty(count * coaches, dtype=np.int64)
    most[who] = np.concatenate([p.most for p in parts])
    order = np.lexsort((coach, coachee))
    start = np.searchsorted(coachee[order], np.arange(count * coachees + 1))
    return Problem(name, most * 0, most, start, coach[order], cost[order])


def dense(name):
    """Families dense-uniform and dense-geo."""
    _, kind, n = name.split("-")
    n = int(n)
    rng = generator(name)
    if kind == "uniform":
        cost = rng.integers(0, TOP + 1, (n, n))
    else:
        a, b = rng.random((n, 2)), rng.random((n, 2))
        cost = np.rint(np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1]) * (TOP / 2**0.5))
    ones = np.ones(n)
    return Problem(name, ones * 0, ones, np.arange(n + 1) * n, np.tile(np.arange(n), n), cost.ravel())


FAMILIES = {"slack": sparse, "tight": sparse, "least": sparse, "regions": regions, "dense": dense}


def make(name):
    family = name.split("-")[0]
    if family not in FAMILIES:
        raise SystemExit(f"unknown family {family!r} in {name!r}: one of {', '.join(FAMILIES)}")
    return FAMILIES[family](name)


def ensure(name, out, folder=False):
    """Writes what is missing of one problem; gives the path without its ending."""
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    stem = out / name
    npz, dyi = stem.with_suffix(".npz"), stem.with_suffix(".dyi")
    wanted = [npz, dyi] + ([stem / "pairs.csv"] if folder else [])
    if not all(p.exists() for p in wanted):
        problem = Problem.load(npz) if npz.exists() else make(name)
        if folder:
            problem.write_folder(stem)
        problem.write_dyi(dyi)
        problem.save(npz)
    return stem


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", metavar="NAME")
    parser.add_argument("--out", default="bench-data")
    parser.add_argument("--folder", action="store_true", help="write the programme folder too")
    options = parser.parse_args()
    for name in options.names:
        print(ensure(name, options.out, options.folder))


if __name__ == "__main__":
    main()
