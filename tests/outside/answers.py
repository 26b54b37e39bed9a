"""Runs the real binary and checks what it says about a plan without asking anybody else."""
import json
import os
import pathlib
import subprocess
from decimal import Decimal

ROOT = pathlib.Path(__file__).resolve().parents[2]
DYAD = os.environ.get("DYAD", str(ROOT / "target/release/dyad"))
EXITS = {"complete": 0, "partial": 3, "infeasible": 4}


def dyad(*words, limit=120):
    return subprocess.run([DYAD, *map(str, words)], capture_output=True, text=True, timeout=limit, stdin=subprocess.DEVNULL)


def match(programme, *words):
    """The exit code and the answer of `dyad match`; no answer (None) if it printed no plan."""
    run = dyad("match", programme, "--format", "json", "--quiet", *words)
    try:
        answer = json.loads(run.stdout)
    except json.JSONDecodeError:
        answer = {}
    if "outcome" in answer:
        return run.returncode, answer, run.stderr
    return run.returncode, None, run.stderr + run.stdout[:600]


def same_bytes(answer):
    """An answer as text without its timing."""
    return json.dumps({k: v for k, v in answer.items() if k != "timing"})


def micro(text):
    return int(Decimal(text) * 1_000_000)


def pairs(answer):
    return [(p["coach"], p["coachee"]) for p in answer["pairs"]]


def contradictions(m, code, answer):
    """Where an answer with a plan is wrong in itself or against the definitions; `m` is the programme's meaning."""
    plan = pairs(answer)
    said = m.faults(plan) + sums(m, answer)
    got = {e: sum(pair[1] == e for pair in plan) for e in m.coachee}
    short = {e for e, n in got.items() if n < m.wanted[e]}
    if {u["coachee"] for u in answer["unmatched"]} != short:
        said.append(f"unmatched should be {sorted(short)}")
    if answer["matched"] != len(m.coachee) - len(short) or answer["coachees"] != len(m.coachee):
        said.append(f"matched {answer['matched']} of {answer['coachees']}")
    if m.p.plan is not None and answer["changes"] != len(m.plan - set(plan)):
        said.append(f"changes {answer['changes']}, not {len(m.plan - set(plan))}")
    free = {c: m.most[c] - sum(pair[0] == c for pair in plan) for c in m.coach}
    if code != (EXITS["partial"] if short else EXITS["complete"]):
        said.append(f"exit code {code}")
    if {u["coach"]: u["free"] for u in answer["unused"]} != {c: n for c, n in free.items() if n > 0 and n == m.most[c]} and m.level("capacity", "hard") != "off":
        said.append("unused coaches are wrong")
    return said + reported(m, plan, answer)


def sums(m, answer):
    """Where pairs are out of order, or their scores are not what the definitions give and add up to."""
    said, plan = [], pairs(answer)
    by_id = [(e.encode(), c.encode()) for c, e in plan]
    if by_id != sorted(by_id):
        said.append("pairs are not in order of coachee id")
    off = m.charges(set(plan))
    for p in answer["pairs"]:
        pair = p["coach"], p["coachee"]
        if micro(p["score"]) != sum(micro(part["points"]) for part in p["parts"]):
            said.append(f"the parts of {pair} do not add up")
        if pair in m.own and micro(p["score"]) != m.own[pair] - off[pair]:
            said.append(f"{pair} scores {p['score']}, not {m.own[pair] - off[pair]} micro-points")
    if micro(answer["score"]) != sum(micro(p["score"]) for p in answer["pairs"]) - off[None]:
        said.append("pair scores do not add up to the plan's score")
    return said


def reported(m, plan, answer):
    """The tiers as the answer gives them against the plan's worth."""
    said, worth = [], dict(m.worth(plan))
    floor = worth.get("floor", (None,))[0]
    want = {
        "coverage": lambda v: int(v) == len(plan),
        "minimums": lambda v: int(v) == -worth["minimums"][0] if "minimums" in worth else int(v) == 0,
        "stability": lambda v: int(v) == len(m.keepable) - worth["stability"][0],
        "floor": lambda v: (v == "-") if floor is None else v != "-" and micro(v) == floor,
        "score": lambda v: micro(v) == worth["score"][0],
        "balance": lambda v: micro(v) == -worth["balance"][0],
    }
    for line in answer["tiers"]:
        if not want[line["name"]](line["value"]):
            said.append(f"tier {line['name']} is said to be {line['value']}, the plan is worth {worth.get(line['name'])}")
        if answer["outcome"] == "optimal" and line["value"] != line["bound"]:
            said.append(f"tier {line['name']} is optimal with value {line['value']} and bound {line['bound']}")
    names = [line["name"] for line in answer["tiers"]]
    if [n for n in names if n != "minimums"] != [t for t in m.tiers if t != "minimums"] or ("minimums" in m.tiers and "minimums" not in names):
        said.append(f"tiers {names}, not {m.tiers}")
    return said


def verified(programme, plan, answer):
    """`dyad verify` accepts the plan, and refuses it once a number in it is changed."""
    run = dyad("verify", programme, "--plan", plan, "--format", "json")
    said = [f"verify says {run.returncode}: {run.stderr[:300]}{run.stdout[:300]}"] if run.returncode != 0 else []
    if answer["pairs"]:
        forged = json.loads(plan.read_text())
        forged["pairs"] = forged["pairs"][1:]
        false = plan.with_name("forged.json")
        false.write_text(json.dumps(forged))
        run = dyad("verify", programme, "--plan", false, "--format", "json")
        if run.returncode == 0 or all(v["code"] == "hash" for v in json.loads(run.stdout).get("violations", [])):
            said.append("verify finds nothing but another hash in a plan with a pair taken out")
    return said
