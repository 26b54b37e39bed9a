"""The rules about several pairs, straight from docs/rules.md: which amounts of which pairs each of them bounds."""
import dataclasses
import itertools
from collections import defaultdict
from decimal import Decimal

from programmes import ONE, SECTORS

STARTS, ENDS = "2026-08-24", "2027-08-23"


@dataclasses.dataclass
class Limit:
    """What one rule says about one coach, school, two people, ring or the programme. Amounts are whole numbers."""

    rule: str
    who: tuple
    least: int | None = None
    most: int | None = None
    step: int = 1
    weight: int | None = None  # points for each started step outside; None: never outside
    terms: dict = dataclasses.field(default_factory=dict)  # pair -> amount
    sets: list | None = None  # instead: each set counts 1 where one of its pairs is made

    def amount(self, plan):
        if self.sets is not None:
            return sum(any(pair in plan for pair in s) for s in self.sets)
        return sum(v for pair, v in self.terms.items() if pair in plan)

    def steps(self, plan):
        """How many steps outside a plan is."""
        a = self.amount(plan)
        below = 0 if self.least is None else self.least - a
        above = 0 if self.most is None else a - self.most
        return -(-max(0, below, above) // self.step)

    def counting(self, plan):
        pairs = self.terms if self.sets is None else [pair for s in self.sets for pair in s]
        return [pair for pair in pairs if pair in plan]

    def holds_empty(self):
        return self.steps(()) == 0


def hundredths(value):
    return int(Decimal(str(value)) * 100)


def overlaps(row):
    return row.get("from", STARTS) <= ENDS and row.get("to", ENDS) >= STARTS


class Facts:
    """Of people: schools, sectors; of pairs: minutes, and whether they are live in the history."""

    def __init__(self, p):
        people = defaultdict(dict)
        for row in [*p.coachees, *p.coaches]:
            people[row["id"]].update({k: v for k, v in row.items() if v not in ("", None)})
        split = lambda text: [x for x in text.split(";") if x]
        sector_of = {s["id"]: s["sector"] for s in p.schools}
        self.schools = {i: sorted(split(row.get("school", "")), key=str.encode) for i, row in people.items()}
        self.sectors = {i: split(row.get("sectors", "")) or [sector_of[s] for s in self.schools[i]] for i, row in people.items()}
        self.manager = {i: row["manager"] for i, row in people.items() if "manager" in row}
        self.minutes = {(r["coach"], r["coachee"]): r["minutes"] for r in p.pairs if r.get("minutes", "") != ""}
        self.live = {(r["coach"], r["coachee"]) for r in p.history if overlaps(r) and r.get("outcome", "") in ("", "live")}

    def first_sector(self, person):
        return min(self.sectors[person], key=SECTORS.index, default=None)

    def travel(self, coach, coachee):
        """Minutes; unknown is 0, and so is one school."""
        return self.minutes.get((coach, coachee), 0)

    def crosses(self, coach, coachee):
        a, b = set(self.sectors[coach]), set(self.sectors[coachee])
        return bool(a) and bool(b) and not a & b


def limits(m):
    """Every limit of a programme's meaning `m` that its rules make hard, waivable or soft."""
    p, facts, found = m.p, m.facts, []
    waived = {(w["rule"], w["coach"], w["coachee"]) for w in p.waivers}
    for rule, make in MAKERS.items():
        settings = p.rules.get(rule)
        if settings is None:
            continue
        level = settings["level"]
        if rule == "external" and level in ("soft", "info"):
            level = settings["limit"]
        if level in ("info", "off"):
            continue
        own = [pair for pair in sorted(m.own) if not (level == "waivable" and (rule, *pair) in waived)]
        for limit in make(m, facts, settings, own):
            limit.rule, limit.weight = rule, settings["weight"] if level == "soft" else None
            if limit.weight is None and limit.least and limit.most is not None:
                # The most always holds; the least may be missed where hard demands contradict each other.
                found.append(dataclasses.replace(limit, most=None))
                limit = dataclasses.replace(limit, least=None)
            found.append(limit)
    return found


def of_coach(m, own):
    pairs = {c: [] for c in m.coach}
    for c, e in own:
        pairs[c].append((c, e))
    return pairs


def travel_budget(m, facts, settings, own):
    for c, pairs in of_coach(m, own).items():
        if m.coach[c].get("minutes_budget", "") != "":
            terms = {pair: v for pair in pairs if (v := facts.travel(*pair))}
            yield Limit("", (c,), most=m.coach[c]["minutes_budget"], step=60, terms=terms)


def hours(m, facts, settings, own):
    for c, pairs in of_coach(m, own).items():
        if m.coach[c].get("hours", "") != "":
            yield Limit("", (c,), most=hundredths(m.coach[c]["hours"]), step=100, terms=dict.fromkeys(pairs, hundredths(settings["per_pair"])))


def external(m, facts, settings, own):
    cost = {c: hundredths(row.get("cost", 0)) * hundredths(settings["days"]) for c, row in m.coach.items() if "external" in facts.sectors[c]}
    yield Limit("", (), most=hundredths(settings["budget"]) * 100, terms={pair: v for pair in own if (v := cost.get(pair[0], 0))})


def sharing(m, own, twos):
    own = set(own)
    for a, b in sorted(twos):
        for c in m.coach:
            if (c, a) in own and (c, b) in own:
                yield Limit("", (c, a, b), most=1, terms={(c, a): 1, (c, b): 1})


def two_clients(m, facts, settings, own):
    twos = {tuple(sorted((e, facts.manager[e]))) for e in m.coachee if facts.manager.get(e) in m.coachee}
    return sharing(m, own, {two for two in twos if two[0] != two[1]})


def apart(m, facts, settings, own):
    twos = {tuple(sorted((r["person"], r["other"]))) for r in m.p.conflicts if overlaps(r)}
    return sharing(m, own, {two for two in twos if set(two) <= m.coachee.keys()})


def sector_spread(m, facts, settings, own):
    for c, pairs in of_coach(m, own).items():
        kinds = defaultdict(list)
        for pair in pairs:
            if (sector := facts.first_sector(pair[1])) is not None:
                kinds[sector].append(pair)
        yield Limit("", (c,), most=settings["k"], sets=list(kinds.values()))


def sector_mix(m, facts, settings, own):
    share = int(Decimal(str(settings["share"])) * ONE)
    terms = {pair: v for pair in own if (v := (ONE if facts.crosses(*pair) else 0) - share)}
    yield Limit("", (), least=0, step=ONE, terms=terms)


def school_quota(m, facts, settings, own):
    members = defaultdict(list)
    for e in m.coachee:
        if facts.schools[e]:
            members[facts.schools[e][0]].append(e)
    for school, people in members.items():
        sets = [[pair for pair in own if pair[1] == e] for e in people]
        yield Limit("", (school,), least=settings["least"], most=settings.get("most"), sets=[s for s in sets if s])


def reciprocity(m, facts, settings, own):
    own = set(own)
    for a, b in sorted(own):
        if (b, a) in facts.live:
            yield Limit("", (a, b), most=0, terms={(a, b): 1})
        elif a < b and (b, a) in own and (a, b) not in facts.live:
            yield Limit("", (a, b), most=1, terms={(a, b): 1, (b, a): 1})


def rings(m, facts, settings, own):
    both = sorted(m.coach.keys() & m.coachee.keys())
    longest = len(both) if settings["longest"] == "any" else min(settings["longest"], len(both))
    own = set(own)
    for n in range(3, longest + 1):
        for first, *rest in itertools.combinations(both, n):  # a ring begins with its lowest id
            for way in itertools.permutations(rest):
                ring = list(zip((first, *way), (*way, first)))
                if all(pair in own for pair in ring):
                    yield Limit("", tuple(first for first, _ in ring), most=n - 1, terms=dict.fromkeys(ring, 1))


MAKERS = {make.__name__: make for make in (travel_budget, hours, external, two_clients, apart, sector_spread, sector_mix, school_quota, reciprocity, rings)}
