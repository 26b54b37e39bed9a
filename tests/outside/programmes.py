"""Random programmes with many ties: made, changed and written as a folder or as one TOML file.

Every amount of points is a whole number of micro-points. Nothing here knows how Dyad works inside: the columns and words are
those of docs/, and what a programme means is worked out in meaning.py.
"""
import copy
import csv
import json
import random
from dataclasses import dataclass, field

ONE = 1_000_000
SECTORS = ["early-learning", "primary", "secondary", "special", "all-through", "central", "external"]
COLUMNS = {
    "coaches": ["id", "school", "sectors", "min", "max", "minutes_budget", "hours", "cost", "status"],
    "coachees": ["id", "school", "sectors", "manager", "priority", "wanted", "status"],
    "schools": ["id", "name", "sector"],
    "conflicts": ["person", "other", "kind", "from", "to"],
    "history": ["coach", "coachee", "programme", "from", "to", "outcome"],
    "pairs": ["coach", "coachee", "score", "minutes"],
    "locks": ["kind", "coach", "coachee", "author", "reason", "expires"],
    "waivers": ["rule", "coach", "coachee", "author", "reason"],
    "plan": ["coach", "coachee", "state"],
}


@dataclass
class Programme:
    """Rows are dicts of text by column (scores and weights are micro-points); `plan` is None where no plan is given."""

    rules: dict = field(default_factory=dict)
    objective: list | None = None
    coaches: list = field(default_factory=list)
    coachees: list = field(default_factory=list)
    schools: list = field(default_factory=list)
    conflicts: list = field(default_factory=list)
    history: list = field(default_factory=list)
    pairs: list = field(default_factory=list)
    locks: list = field(default_factory=list)
    waivers: list = field(default_factory=list)
    plan: list | None = None

    def copy(self):
        return copy.deepcopy(self)

    def tables(self):
        """The tables to write: those with rows, and those that must be there."""
        for name in COLUMNS:
            rows = getattr(self, name)
            if rows or name in ("coaches", "coachees", "pairs") or (name == "plan" and rows is not None):
                yield name, rows


def decimal(micro):
    """Micro-points as a decimal without needless zeros."""
    sign, micro = ("-" if micro < 0 else ""), abs(micro)
    text = f"{sign}{micro // ONE}.{micro % ONE:06}"
    return text.rstrip("0").rstrip(".")


def cell(column, value):
    return decimal(value) if column == "score" else str(value)


def head(programme):
    """programme.toml, or the top of a single file."""
    def value(key, v):
        if key == "weight":
            return decimal(v)
        return json.dumps(v)  # TOML writes these strings, whole numbers and truth values alike

    lines = ['name = "outside"', 'preset = "bare"', "starts = 2026-08-24"]
    if programme.objective:
        lines.append("objective = " + json.dumps(programme.objective))
    lines += ["", "[rules]"]
    for rule, settings in programme.rules.items():
        lines.append(f"{rule} = " + (json.dumps(settings) if isinstance(settings, str) else
                                     "{ " + ", ".join(f"{k} = {value(k, v)}" for k, v in settings.items()) + " }"))
    return "\n".join(lines) + "\n"


def write_folder(programme, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "programme.toml").write_text(head(programme))
    for name, rows in programme.tables():
        with open(folder / f"{name}.csv", "w", newline="") as f:
            out = csv.writer(f)
            out.writerow(COLUMNS[name])
            out.writerows([cell(c, row.get(c, "")) for c in COLUMNS[name]] for row in rows)
    return folder


def write_toml(programme, path):
    """One file, the tables inline."""
    def value(column, v):
        if column in ("min", "max", "priority", "wanted", "minutes_budget", "minutes", "hours", "cost"):
            return str(v)
        if column in ("school", "sectors"):
            return json.dumps(str(v).split(";"))
        return decimal(v) if column == "score" else json.dumps(str(v))

    lines = [head(programme)]
    for name, rows in programme.tables():
        if not rows:
            lines.insert(0, f"{name} = []\n")
        for row in rows:
            lines.append(f"[[{name}]]\n" + "".join(f"{c} = {value(c, row[c])}\n" for c in COLUMNS[name] if row.get(c, "") != ""))
    path.write_text("\n".join(lines))
    return path


# ---------------------------------------------------------------- random programmes
def size(rng, most):
    """Coaches, coachees, and how many pairs a coachee has: mostly a handful, now and then hundreds."""
    kind = rng.random()
    if kind < 0.55:
        coaches, coachees = rng.randint(2, 6), rng.randint(3, 9)
    elif kind < 0.85:
        coaches, coachees = rng.randint(5, 16), rng.randint(10, 40)
    elif kind < 0.97:
        coaches, coachees = rng.randint(20, 60), rng.randint(60, 200)
    else:
        coaches, coachees = rng.randint(80, 200), rng.randint(300, 800)
    coachees = min(coachees, most)
    coaches = min(coaches, max(2, coachees))
    return coaches, coachees, rng.randint(1, min(coaches, 16))


def identifiers(rng, letter, count):
    """Ids whose byte order is not their numbers' order, in random order."""
    ids = [f"{letter}{i}" for i in range(1, count + 1)]
    rng.shuffle(ids)
    return ids


def scores(rng):
    """A source of scores: few different values, so that ties abound."""
    kind = rng.random()
    if kind < 0.4:
        return lambda: rng.randint(-3, 5) * ONE
    if kind < 0.6:
        return lambda: rng.choice([0, ONE])
    if kind < 0.7:
        return lambda: rng.choice([-2 * ONE, 0, 7 * ONE])
    if kind < 0.85:
        return lambda: rng.randint(0, 40) * ONE // 4
    if kind < 0.93:
        return lambda: rng.randint(-100, 1000) * ONE
    return lambda: rng.randint(-9, 9) * 333_333 + rng.randint(0, 1)


def plain(rng, most):
    """Coverage and score, nothing else: what a minimum cost flow library can do."""
    coaches, coachees, degree = size(rng, most)
    p = Programme(rules={"pairs": {"level": "soft", "weight": ONE, "only_listed": True}}, objective=rng.choice([None, ["coverage", "score"]]))
    share = coachees / coaches
    p.coaches = [{"id": i, "max": max(0, round(rng.uniform(0.3, 2.0) * share) + rng.randint(0, 1))} for i in identifiers(rng, "C", coaches)]
    p.coachees = [{"id": i} for i in identifiers(rng, "E", coachees)]
    score = scores(rng)
    for e in p.coachees:
        for c in rng.sample(p.coaches, min(coaches, max(0, degree + rng.randint(-2, 2)))):
            p.pairs.append({"coach": c["id"], "coachee": e["id"], "score": score()})
    rng.shuffle(p.pairs)
    return p


def mixed(rng, most):
    """Any of the rules that a bare programme can switch on."""
    p = plain(rng, most)
    p.rules["pairs"]["weight"] = rng.choice([ONE, ONE, ONE, 2 * ONE, ONE // 2, 1_500_000])
    if len(p.coachees) < 10 and rng.random() < 0.15:
        p.rules["pairs"]["only_listed"] = False
    tiers = ["coverage", "score"]
    if rng.random() < 0.5:
        minimums(rng, p)
    if rng.random() < 0.5:
        for e in p.coachees:
            if rng.random() < 0.6:
                e["priority"] = rng.choice([1, 2, 5, 9, rng.randint(1, 9)])
        if rng.random() < 0.2:
            p.rules["priority"] = "off"
    if rng.random() < 0.3:
        for e in p.coachees:
            if rng.random() < 0.5:
                e["wanted"] = rng.choice([1, 2, 2, 3])
    if rng.random() < 0.45:
        caps(rng, p)
    if rng.random() < 0.4:
        given_plan(rng, p)
        tiers.insert(1, "stability")
    if rng.random() < 0.5:
        locks(rng, p)
    if rng.random() < 0.35:
        p.rules["floor"] = "soft"
        tiers.insert(tiers.index("score"), "floor")
    if rng.random() < 0.35:
        p.rules["balance"] = {"level": "soft", "weight": rng.choice([ONE, 5 * ONE, 700_000])}
        tiers.append("balance")
    if rng.random() < 0.25:
        rest = tiers[1:]
        rng.shuffle(rest)
        tiers = tiers[:1] + rest
    if rng.random() < 0.1 and "floor" not in tiers:
        tiers.remove("coverage")
    p.objective = tiers
    if rng.random() < 0.15:
        for person in rng.sample(p.coaches, 1) + rng.sample(p.coachees, 1):
            if not any(person["id"] in (k.get("coach"), k.get("coachee")) for k in p.locks):
                person["status"] = rng.choice(["withdrawn", "absent"])
    if rng.random() < 0.04:
        p.rules["capacity"] = "off"
        p.coaches = [{**c, "max": max(1, c["max"])} for c in p.coaches]
    return p


def minimums(rng, p):
    level, share = rng.choice(["hard", "hard", "soft", "soft", None, "off"]), rng.random()
    for c in p.coaches:
        if c["max"] and rng.random() < share:
            c["min"] = rng.randint(0, min(c["max"], 2)) if level == "hard" else rng.randint(0, c["max"])
    if level:
        p.rules["capacity"] = {"level": "hard", "min": level}


def caps(rng, p):
    """Schools and sectors, and a cap on one or both; with both, a school's coachees are all of one sector."""
    p.schools = [{"id": f"S{i}", "name": f"School {i}", "sector": rng.choice(SECTORS[:4])} for i in range(rng.randint(1, 5))]
    kinds = rng.choice([["school_cap"], ["sector_cap"], ["school_cap", "sector_cap"]])
    for e in p.coachees:
        if rng.random() < 0.9:
            schools = [s["id"] for s in p.schools]
            several = len(kinds) == 1 and len(schools) > 1 and rng.random() < 0.15
            e["school"] = ";".join(rng.sample(schools, 2 if several else 1))
        if kinds == ["sector_cap"] and rng.random() < 0.3:
            e["sectors"] = ";".join(rng.sample(SECTORS, rng.randint(1, 2)))
    for kind in kinds:
        level = rng.choice(["hard", "soft", "soft", "waivable", "info"])
        p.rules[kind] = {"level": level, "weight": rng.choice([ONE, 2 * ONE, ONE // 2, 0]), "k": rng.choice([1, 1, 2, 3])}
        if level == "waivable":
            # A pair waived from the outer cap alone would make the two cross.
            inner = p.rules.get("school_cap", {}).get("level", "info") if kind == "sector_cap" else "info"
            waived = {(w["coach"], w["coachee"]) for w in p.waivers if w["rule"] == "school_cap"}
            rows = [r for r in p.pairs if inner == "info" or (r["coach"], r["coachee"]) in waived]
            for row in rng.sample(rows, min(len(rows), rng.randint(0, 5))):
                p.waivers.append({"rule": kind, "coach": row["coach"], "coachee": row["coachee"], "author": "head", "reason": "agreed"})


def given_plan(rng, p):
    """A plan that mostly keeps the rules, with some pairs that are not listed any more."""
    p.plan, load, taken = [], {c["id"]: c["max"] for c in p.coaches}, set()
    for row in rng.sample(p.pairs, len(p.pairs)):
        if load[row["coach"]] > 0 and row["coachee"] not in taken and rng.random() < 0.8:
            load[row["coach"]] -= 1
            taken.add(row["coachee"])
            state = rng.choices(["draft", "live", "started"], [6, 3, 1])[0]
            p.plan.append({"coach": row["coach"], "coachee": row["coachee"], "state": state})
    for e in p.coachees:
        if e["id"] not in taken and rng.random() < 0.1:
            p.plan.append({"coach": rng.choice(p.coaches)["id"], "coachee": e["id"], "state": "draft"})


def locks(rng, p):
    """Pins, bans, holds and freezes; never a pin and a ban of one pair, and at most one hold of a coach."""
    signed = {"author": "head", "reason": "as agreed"}
    seats = {c["id"]: c["max"] for c in p.coaches}
    freeze = bool(p.plan) and rng.random() < 0.3
    fixed = {(k["coach"], k["coachee"]) for k in p.plan or [] if freeze or k["state"] == "started"}
    for row in rng.sample(p.pairs, min(len(p.pairs), rng.randint(0, 3))):
        pair = row["coach"], row["coachee"]
        if seats[row["coach"]] and pair not in fixed:
            fixed.add(pair)
            kind = rng.choice(["pin", "pin", "ban"])
            p.locks.append({"kind": kind, "coach": pair[0], "coachee": pair[1], **signed})
            if rng.random() < 0.1:
                p.locks[-1]["expires"] = "2026-01-31"  # before the programme starts: it does nothing
    for row in rng.sample(p.pairs, min(len(p.pairs), rng.randint(0, len(p.pairs) // 8))):
        pair = row["coach"], row["coachee"]
        if pair not in fixed:
            fixed.add(pair)
            p.locks.append({"kind": "ban", "coach": pair[0], "coachee": pair[1], **signed})
    if rng.random() < 0.3:
        hold = {"kind": "hold", "coach": rng.choice(p.coaches)["id"], **signed}
        mine = [r["coachee"] for r in p.pairs if r["coach"] == hold["coach"]]
        if mine and rng.random() < 0.5:
            hold["coachee"] = rng.choice(mine)
        p.locks.append(hold)
    if freeze:
        row = rng.choice(p.plan)
        only = rng.choice([("coach",), ("coachee",), ("coach", "coachee")])
        p.locks.append({"kind": "freeze", **{k: row[k] for k in only}, **signed})


def make(seed, most):
    """The programme of a seed, and whether it is plain."""
    rng = random.Random(seed)
    if rng.random() < 0.3:
        return plain(rng, most), True
    return mixed(rng, most), False
