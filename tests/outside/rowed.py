"""Random programmes with rules about several pairs: those of programmes.py, with facts for the rows and some of the rules switched on."""
import random

from programmes import ONE, SECTORS, mixed

RULES = ["travel_budget", "hours", "external", "two_clients", "apart", "sector_spread", "sector_mix", "school_quota", "reciprocity", "rings"]
MOST_COACHES = 24


def make(seed, most):
    """The programme of a seed, of at most 24 coaches and `most` coachees."""
    rng = random.Random(f"rows {seed}")
    while True:
        p = mixed(rng, most)
        if len(p.coaches) <= MOST_COACHES and p.pairs:
            break
    rules = rng.sample(RULES, rng.choice([1, 1, 1, 2, 2, 3, 4, 6]))
    if rng.random() < 0.8:
        rules += [r for r in ("reciprocity", "rings") if r not in rules and rng.random() < 0.1]
    if {"reciprocity", "rings"} & set(rules) or rng.random() < 0.2:
        on_both_lists(rng, p)
    facts(rng, p)
    for rule in rules:
        p.rules[rule] = settings(rng, p, rule)
        if "waivable" in (p.rules[rule]["level"], p.rules[rule].get("limit")):  # a waiver of any other rule is refused
            waive(rng, p, rule)
    return p


def on_both_lists(rng, p):
    """Gives some coaches the ids of coachees, and pairs between them."""
    count = rng.randint(2, min(6, len(p.coaches), len(p.coachees)))
    now = dict(zip([c["id"] for c in rng.sample(p.coaches, count)], [e["id"] for e in rng.sample(p.coachees, count)]))
    for name in ("coaches", "pairs", "locks", "waivers", "plan"):
        for row in getattr(p, name) or []:
            key = "id" if name == "coaches" else "coach"
            row[key] = now.get(row.get(key), row.get(key))
    for name in ("pairs", "locks", "waivers", "plan"):  # nobody coaches themselves, and a row that says so is no pair
        rows = getattr(p, name)
        if rows is not None:
            setattr(p, name, [{k: v for k, v in r.items() if v is not None} for r in rows if r.get("coach") != r.get("coachee")])
    both, listed = sorted(now.values()), {(r["coach"], r["coachee"]) for r in p.pairs}
    for a in both:
        for b in both:
            if a != b and (a, b) not in listed and rng.random() < 0.6:
                p.pairs.append({"coach": a, "coachee": b, "score": rng.randint(-1, 4) * ONE})
    for row in p.coaches:
        if row["id"] in both and rng.random() < 0.7:
            row["max"] = max(row["max"], 1)
    for row in p.coachees:  # a status that the two lists do not share would contradict itself
        if row["id"] in both:
            row.pop("status", None)
    for row in p.coaches:
        if row["id"] in both:
            row.pop("status", None)


def facts(rng, p):
    both = {c["id"] for c in p.coaches} & {e["id"] for e in p.coachees}
    if not p.schools:
        p.schools = [{"id": f"S{i}", "name": f"School {i}", "sector": rng.choice(SECTORS[:4])} for i in range(rng.randint(1, 6))]
        for e in p.coachees:
            if rng.random() < 0.9:
                e["school"] = ";".join(rng.sample([s["id"] for s in p.schools], 2 if len(p.schools) > 1 and rng.random() < 0.15 else 1))
            if rng.random() < 0.15:
                e["sectors"] = ";".join(rng.sample(SECTORS[:6], rng.randint(1, 2)))
    tight = rng.choice([30, 80, 150])
    for c in p.coaches:
        if rng.random() < 0.75:
            c["minutes_budget"] = rng.choice([0, rng.randint(0, tight), rng.randint(0, 2 * tight), 3 * tight])
        if rng.random() < 0.75:
            c["hours"] = rng.choice([6, 12, 18, rng.randint(0, 30), 12.5, 17.25])
        if c["id"] in both:
            continue
        if rng.random() < 0.5:
            c["sectors"] = ";".join(rng.sample(SECTORS, rng.choice([1, 1, 2])))
        elif rng.random() < 0.5:
            c["school"] = rng.choice(p.schools)["id"]
        if "external" in c.get("sectors", "") and rng.random() < 0.9:
            c["cost"] = rng.choice([100, 250, 99.5, 0, 410.75])
    if rng.random() < 0.8:
        for row in p.pairs:
            if rng.random() < 0.9:
                row["minutes"] = rng.choice([0, 10, 20, 30, rng.randint(0, 90)])
    order = rng.sample(p.coachees, len(p.coachees))
    for at, e in enumerate(order[:-1]):  # whoever manages comes later, so nobody manages themselves in the end
        if rng.random() < 0.5:
            e["manager"] = rng.choice(order[at + 1 :])["id"]
    people = [e["id"] for e in p.coachees]
    for _ in range(rng.randint(0, len(people))):
        one, other = rng.choice(people), rng.choice([*people, *(s["id"] for s in p.schools)])
        row = {"person": one, "other": other, "kind": rng.choice(["personal", "dispute", "rival", "other"])}
        window(rng, row)
        if one != other and not any((r["person"], r["other"]) == (one, other) for r in p.conflicts):
            p.conflicts.append(row)
    for _ in range(rng.randint(0, 3) if both else 0):
        a, b = rng.sample(sorted(both), 2)
        row = {"coach": a, "coachee": b, "programme": rng.choice(["outside", "outside", "elsewhere"]), "outcome": rng.choice(["", "live", "completed"])}
        window(rng, row)
        if not any((r["coach"], r["coachee"]) == (a, b) for r in p.history):
            p.history.append(row)


def window(rng, row):
    """Mostly during the programme, which is from 2026-08-24 for a year."""
    kind = rng.random()
    if kind < 0.2:
        row["from"], row["to"] = "2025-01-01", "2026-08-23"
    elif kind < 0.4:
        row["from"], row["to"] = "2025-01-01", "2026-08-24"
    elif kind < 0.5:
        row["from"] = "2027-08-24"


def settings(rng, p, rule):
    level = rng.choices(["hard", "waivable", "soft", "info"], [30, 25, 40, 5])[0]
    weight = rng.choice([ONE, 2 * ONE, 5 * ONE, ONE // 2, 333_333, 0])
    own = {"level": level, "weight": weight}
    if rule == "hours":
        own["per_pair"] = rng.choice([6, 6, 2.5, 7.25, 1])
    elif rule == "external":
        own["level"] = rng.choice(["soft", "soft", "soft", "info", "waivable"])
        own["limit"] = rng.choice(["hard", "waivable", "info", "off"]) if rng.random() < 0.8 else "hard"
        own["budget"] = rng.choice([0, 100, 250, 500.25, 1000])
        own["days"] = rng.choice([1, 1, 2, 0.5])
    elif rule == "sector_spread":
        own["k"] = rng.choice([1, 1, 2])
    elif rule == "sector_mix":
        own["share"] = rng.choice([0, 0.25, 0.4, 0.5, 0.333333, 0.75, 1])
    elif rule == "school_quota":
        own["least"] = rng.choice([0, 0, 1, 2, 3])
        if own["least"] == 0 or rng.random() < 0.5:
            own["most"] = own["least"] + rng.randint(0, 4)
    elif rule == "rings":
        own["longest"] = 3 if level == "soft" else rng.choice([3, 3, 4, 5, "any"])
    return own


def waive(rng, p, rule):
    signed = {"author": "head", "reason": "agreed"}
    for row in rng.sample(p.pairs, min(len(p.pairs), rng.randint(0, 6))):
        p.waivers.append({"rule": rule, "coach": row["coach"], "coachee": row["coachee"], **signed})
