"""What a programme of programmes.py means, straight from docs/rules.md: which pairs can be made, which must, and what a plan is worth."""
from collections import defaultdict

import limits
from programmes import ONE, SECTORS

NO_FLOOR = None


class Meaning:
    """A programme read by its definitions. Pairs are (coach id, coachee id); points are micro-points."""

    def __init__(self, p):
        self.p = p
        active = lambda row: row.get("status", "active") == "active"
        self.coach = {c["id"]: c for c in p.coaches if active(c)}
        self.coachee = {e["id"]: e for e in p.coachees if active(e)}
        self.wanted = {e: int(row.get("wanted", 1)) for e, row in self.coachee.items()}
        ranked = self.level("priority", "hard") != "off"
        self.priority = {e: int(row.get("priority", 5)) if ranked else 5 for e, row in self.coachee.items()}
        self.facts = limits.Facts(p)
        self.bounds()
        self.eligibility()
        self.nests()
        self.limits = limits.limits(self)
        tiers = [t for t in p.objective or ["coverage", "stability", "floor", "score", "balance"]
                 if not (t == "stability" and p.plan is None) and not (t in ("floor", "balance") and self.level(t, "off") == "off")]
        if any(self.least.values()) and self.min_level != "off":
            after = "coverage" in tiers and (tiers[0] == "coverage" or self.min_level != "hard")
            tiers.insert(tiers.index("coverage") + 1 if after else 0, "minimums")
        self.tiers = tiers

    def level(self, rule, otherwise):
        settings = self.p.rules.get(rule, otherwise)
        return settings if isinstance(settings, str) else settings.get("level", otherwise)

    def bounds(self):
        capacity = self.p.rules.get("capacity", {})
        bounded = self.level("capacity", "hard") != "off"
        self.min_level = "off" if not bounded else capacity.get("min", "soft")
        busy = [r["coach"] for r in self.p.history if (r["coach"], r["coachee"]) in self.facts.live and r.get("programme") != "outside"]
        self.most = {c: max(0, int(row["max"]) - busy.count(c)) if bounded else len(self.p.coachees) for c, row in self.coach.items()}
        self.least = {c: min(self.most[c], int(row.get("min") or 0)) if self.min_level != "off" else 0 for c, row in self.coach.items()}

    def eligibility(self):
        """Own scores of the pairs that can be made, and the pairs that must be."""
        p, rule = self.p, self.p.rules["pairs"]
        own = {(r["coach"], r["coachee"]): rule["weight"] * r["score"] // ONE for r in p.pairs}
        if not rule["only_listed"]:
            own = {(c, e): own.get((c, e), 0) for c in self.coach for e in self.coachee}
        own = {pair: v for pair, v in own.items() if pair[0] in self.coach and pair[1] in self.coachee and pair[0] != pair[1]}
        own = self.external(own)
        locks = [k for k in p.locks if k.get("expires", "9999") >= "2026-08-24"]
        plan = {(r["coach"], r["coachee"]): r["state"] for r in p.plan or []}
        matches = lambda k, pair: k.get("coach", pair[0]) == pair[0] and k.get("coachee", pair[1]) == pair[1]
        bans = {(k["coach"], k["coachee"]) for k in locks if k["kind"] == "ban"}
        pins = {(k["coach"], k["coachee"]) for k in locks if k["kind"] == "pin"} | {pair for pair, state in plan.items() if state == "started"}
        pins |= {pair for pair in plan for k in locks if k["kind"] == "freeze" and matches(k, pair)}
        self.pins = {pair for pair in pins if pair in own}  # the others break a hard rule and are refused
        pinned = {e: sorted((c for c, other in self.pins if other == e), key=str.encode) for e in self.coachee}
        self.reserved = {(c, e) for e, coaches in pinned.items() for c in coaches[: self.wanted[e]]}  # the others are set aside
        self.taken = {e: min(len(coaches), self.wanted[e]) for e, coaches in pinned.items()}  # places that are for pinned coaches
        holds = {k["coach"]: k.get("coachee") for k in locks if k["kind"] == "hold"}
        self.own = {pair: v for pair, v in own.items()
                    if pair not in bans and (pair in self.pins or pair[0] not in holds or holds[pair[0]] == pair[1])}
        self.plan = set(plan)
        self.keepable = self.plan & self.own.keys()

    def external(self, own):
        """The rule about pairs of external coaches; its budget is in limits.py."""
        settings = self.p.rules.get("external")
        level = settings["level"] if settings else "off"
        from_inside = lambda c: "external" not in self.facts.sectors[c]
        if level == "soft":
            return {(c, e): v + (settings["weight"] if from_inside(c) else 0) for (c, e), v in own.items()}
        waived = {(w["coach"], w["coachee"]) for w in self.p.waivers if w["rule"] == "external" and level == "waivable"}
        return {(c, e): v for (c, e), v in own.items() if level not in ("hard", "waivable") or from_inside(c) or (c, e) in waived}

    def nests(self):
        """(rule, coach, group) -> its pairs; and level, k and weight of each rule."""
        sector_of = {s["id"]: s["sector"] for s in self.p.schools}
        group = {"school_cap": {}, "sector_cap": {}}
        for e, row in self.coachee.items():
            schools = sorted(filter(None, row.get("school", "").split(";")))
            sectors = list(filter(None, row.get("sectors", "").split(";"))) or [sector_of[s] for s in schools]
            if schools:
                group["school_cap"][e] = schools[0]
            if sectors:
                group["sector_cap"][e] = min(sectors, key=SECTORS.index)
        self.cap = {r: s for r in group if (s := self.p.rules.get(r)) and s["level"] not in ("off", "info")}
        waived = {(w["rule"], w["coach"], w["coachee"]) for w in self.p.waivers}
        self.nest = defaultdict(list)
        for c, e in sorted(self.own):
            for rule, settings in self.cap.items():
                if e in group[rule] and not (settings["level"] == "waivable" and (rule, c, e) in waived):
                    self.nest[rule, c, group[rule][e]].append((c, e))

    def step(self, coach, place):
        """The load cost of a coach's place (1, 2, …)."""
        return self.p.rules["balance"]["weight"] * (2 * place - 1) // self.most[coach]

    def charges(self, plan):
        """What soft rules take off each pair: of caps the pairs above k, highest own score first, ties to the lower coachee id; of limits
        the best pair that counts."""
        off = defaultdict(int)
        for (rule, _, _), members in self.nest.items():
            settings = self.cap[rule]
            made = sorted((pair for pair in members if pair in plan), key=lambda pair: (-self.own[pair], pair[1].encode()))
            if settings["level"] == "soft":
                for pair in made[: max(0, len(made) - settings["k"])]:
                    off[pair] += settings["weight"]
        for limit in self.limits:
            if limit.weight and (steps := limit.steps(plan)):
                pays = min(limit.counting(plan), key=lambda pair: (-self.own[pair], pair[1].encode(), pair[0].encode()), default=None)
                off[pays] += steps * limit.weight  # nobody pays (None) where no pair counts: only the plan's score falls
        return off

    def faults(self, plan, contradictory=False):
        """What makes a list of pairs no plan at all; where hard demands contradict each other they may be missed."""
        said = [f"{pair} twice" for pair in set(plan) if plan.count(pair) > 1]
        said += [f"{pair} cannot be made" for pair in plan if pair not in self.own]
        said += [f"{pair} is pinned" for pair in self.pins if pair not in plan and not contradictory]
        for c in self.coach:
            load = sum(pair[0] == c for pair in plan)
            if load > self.most[c] or (self.min_level == "hard" and load < self.least[c] and not contradictory):
                said.append(f"load {load} of {c}")
        said += [f"{e} has too many coaches" for e in self.coachee if sum(pair[1] == e for pair in plan) > self.wanted[e]]
        said += [f"{e} has somebody in the place of a pin" for e in self.coachee
                 if sum(pair[1] == e and pair not in self.reserved for pair in plan) > self.wanted[e] - self.taken[e]]
        for (rule, c, group), members in self.nest.items():
            if self.cap[rule]["level"] != "soft" and sum(pair in plan for pair in members) > self.cap[rule]["k"]:
                said.append(f"{rule} of {c} for {group}")
        hard = [limit for limit in self.limits if limit.weight is None and not (contradictory and not limit.holds_empty())]
        return said + [f"{limit.rule} of {limit.who} is outside" for limit in hard if limit.steps(set(plan))]

    def missing(self, plan):
        """What a plan misses of pins and of limits that do not hold when nobody is matched; larger is better, and comes first."""
        hard = [limit for limit in self.limits if limit.weight is None and not limit.holds_empty()]
        return [("pins", (len(self.reserved & set(plan)),)), ("quotas", (-sum(limit.steps(set(plan)) for limit in hard),))]

    def classes(self):
        """Coverage in order of importance: (how many coaches already, priority class)."""
        rounds = range(1, max(self.wanted.values(), default=1) + 1)
        return [(k, c) for k in rounds for c in sorted(set(self.priority.values()))]

    def worth(self, plan):
        """The value of a plan in every tier, as (tier, parts); larger is always better."""
        plan, load, got = set(plan), defaultdict(int), dict(self.taken)  # a pinned place is never anybody else's
        for c, e in plan:
            load[c] += 1
            got[e] += (c, e) not in self.reserved
        value = {
            "coverage": lambda: tuple(sum(got[e] >= k for e in self.coachee if self.priority[e] == c) for k, c in self.classes()),
            "minimums": lambda: (-sum(max(0, least - load[c]) for c, least in self.least.items()),),
            "stability": lambda: (len(plan & self.keepable),),
            "floor": lambda: (min((self.own[pair] for pair in plan), default=NO_FLOOR),),
            "score": lambda: (sum(self.own[pair] for pair in plan) - sum(self.charges(plan).values()),),
            "balance": lambda: (-sum(self.step(c, k) for c in load for k in range(1, load[c] + 1)),),
        }
        return [(tier, value[tier]()) for tier in self.tiers]
