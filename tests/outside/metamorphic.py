"""Programmes changed in ways whose effect on the best plan is known without solving anything."""
import random

from answers import dyad, match, pairs, same_bytes
from limits import MAKERS
from meaning import Meaning
from programmes import write_folder

TABLES = ("coaches", "coachees", "schools", "pairs", "locks", "waivers")
LOWEST = -(10**30)


def solved(p, folder):
    """The answer to a programme, and the worth of its plan; both None where its hard rules contradict each other."""
    code, answer, error = match(write_folder(p, folder))
    if answer is None or (answer["outcome"] != "optimal" and code != 4):
        raise AssertionError(f"no answer, exit {code}: {error}")
    return (answer, None) if code == 4 else (answer, Meaning(p).worth(pairs(answer)))


def ladder(worth):
    """A worth as something to compare; nobody matched has no floor, which is below every floor."""
    return [tuple(LOWEST if v is None else v for v in parts) for _, parts in worth]


def shuffled(p, rng, folder, answer, worth):
    q = p.copy()
    for name in TABLES:
        rng.shuffle(getattr(q, name))
    rng.shuffle(q.plan or [])
    other, _ = solved(q, folder)
    return [] if same_bytes(other) == same_bytes(answer) else ["another order of rows gives another answer"]


def roomier(p, rng, folder, answer, worth):
    q, room = p.copy(), Meaning(p).most
    # Who has live pairs elsewhere owes no more than the room they leave: with more room that may be more.
    coaches = [c for c in q.coaches if int(c.get("min") or 0) <= room.get(c["id"], c["max"])]
    if not coaches:
        return []
    rng.choice(coaches)["max"] += 1
    _, other = solved(q, folder)
    return [] if other and ladder(other) >= ladder(worth) else [f"one more place makes it worse: {worth} then {other}"]


def forbidden(p, rng, folder, answer, worth):
    m = Meaning(p)
    used = [pair for pair in pairs(answer) if pair not in m.pins]
    if not used:
        return []
    coach, coachee = rng.choice(used)
    q = p.copy()
    q.locks = [lock for lock in q.locks if (lock["kind"], lock.get("coach"), lock.get("coachee")) != ("ban", coach, coachee)]
    q.locks.append({"kind": "ban", "coach": coach, "coachee": coachee, "author": "head", "reason": "test"})
    _, other = solved(q, folder)
    return [] if other is None or ladder(other) <= ladder(worth) else [f"a ban on {coach}, {coachee} makes it better: {worth} then {other}"]


def dominated(p, rng, folder, answer, worth):
    q = p.copy()
    like = rng.choice(q.coaches)["id"]
    q.coaches.append({"id": like + "x", "max": 1})
    q.pairs += [{**row, "coach": like + "x", "score": row["score"] - 1_000_000} for row in p.pairs if row["coach"] == like]
    _, other = solved(q, folder)
    return [] if other and ladder(other) >= ladder(worth) else [f"one more coach makes it worse: {worth} then {other}"]


def doubled(p, rng, folder, answer, worth):
    """Two copies that share nobody."""
    q = p.copy()
    who = {"id", "coach", "coachee"}
    for name in ("coaches", "coachees", "pairs", "locks", "waivers", "plan"):
        rows = getattr(p, name)
        if rows is not None:
            setattr(q, name, [{k: f"{copy}{v}" if k in who else v for k, v in row.items()} for copy in ("a", "b") for row in rows])
    _, other = solved(q, folder)
    twice = [(t, parts if t == "floor" else tuple(2 * v for v in parts)) for t, parts in worth]
    return [] if other == twice else [f"two copies are worth {other}, not {twice}"]


CHANGES = (shuffled, roomier, forbidden, dominated, doubled)


def broken(p, seed, folder, answer, worth):
    """What fails of the changes that fit the programme."""
    said, rng = [], random.Random(seed)
    for change in CHANGES:
        if change in (doubled, dominated) and p.rules.keys() & set(MAKERS):
            continue  # rules about several pairs tie the copies together, and a copied coach may break them
        if change is doubled and not p.rules["pairs"]["only_listed"]:
            continue  # every coach could have every coachee: the copies would meet
        if change is doubled and p.rules.get("capacity") == "off":
            continue  # balance measures against the number of coachees, which doubles
        if change is dominated and not p.rules["pairs"]["only_listed"]:
            continue  # the new coach would not be dominated
        said += [f"{change.__name__}: {line}" for line in change(p, rng, folder / change.__name__, answer, worth)]
    return said


def converted(source, path, answer):
    """The same programme in another shape has the same answer."""
    run = dyad("convert", source, path)
    if run.returncode != 0:
        return [f"convert to {path.suffix}: exit {run.returncode}: {run.stderr[:300]}"]
    _, other, error = match(path)
    return [] if other and same_bytes(other) == same_bytes(answer) else [f"as {path.suffix} it has another answer {error}"]
