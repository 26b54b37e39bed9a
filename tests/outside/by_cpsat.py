"""The best plan of any programme by CP-SAT, from the definitions alone: one tier after another. Where the hard rules contradict each
other: the plan that keeps as many pins as can be, then misses the least quotas by as few as can be, then as ever.

Not in one process with highspy: each brings a HiGHS of its own under the same names.
"""
import math

from ortools.sat.python import cp_model

LIMIT = 30  # seconds for one tier


class GaveUp(Exception):
    """No proof in time."""


class Model:
    def __init__(self, m, contradictory):
        self.m, self.cp = m, cp_model.CpModel()
        self.x = {pair: self.cp.new_bool_var(f"{pair}") for pair in sorted(m.own)}
        self.kept = [self.x[pair] for pair in (m.reserved if contradictory else m.pins) if pair in self.x]
        self.short, self.lack, self.fines, self.place, self.filled = [], [], [], {}, {}
        if not contradictory:
            for pin in self.kept:
                self.cp.add(pin == 1)
        self.people(contradictory)
        self.nests()
        for limit in m.limits:
            self.limit(limit, contradictory)

    def people(self, contradictory):
        m, cp = self.m, self.cp
        self.load = {c: sum(x for (a, _), x in self.x.items() if a == c) for c in m.coach}
        for e in m.coachee:
            # Where pins give way their places stay empty.
            first = m.taken[e] if contradictory else 0
            places = [cp.new_bool_var(f"{e} {k}") for k in range(first, m.wanted[e])]
            cp.add(sum(x for pair, x in self.x.items() if pair[1] == e and not (contradictory and pair in m.reserved)) == sum(places))
            for one, next_one in zip(places, places[1:]):
                cp.add_implication(next_one, one)
            self.filled.update({(e, k + 1): x for k, x in enumerate(places, first)})
        for c, load in self.load.items():
            cp.add(load <= m.most[c])
            if m.least[c] and m.min_level == "hard" and not contradictory:
                cp.add(load >= m.least[c])
            elif m.least[c]:
                self.lack.append(cp.new_int_var(0, m.least[c], f"lack {c}"))
                cp.add(load + self.lack[-1] >= m.least[c])
            if "balance" in m.tiers:
                most = min(m.most[c], sum(a == c for a, _ in self.x))
                places = [cp.new_bool_var(f"{c} {k}") for k in range(most)]
                cp.add(load == sum(places))
                for one, next_one in zip(places, places[1:]):
                    cp.add_implication(next_one, one)
                self.place.update({(c, k + 1): x for k, x in enumerate(places)})

    def nests(self):
        for (rule, c, group), members in self.m.nest.items():
            settings = self.m.cap[rule]
            over = 0
            if settings["level"] == "soft":
                over = self.cp.new_int_var(0, len(members), f"{rule} {c} {group}")
                self.fines.append((over, settings["weight"]))
            self.cp.add(sum(self.x[pair] for pair in members) <= settings["k"] + over)

    def limit(self, limit, contradictory):
        cp = self.cp
        if limit.sets is None:
            amount = sum(v * self.x[pair] for pair, v in limit.terms.items())
            reach = sum(map(abs, limit.terms.values()))
        else:
            amount, reach = 0, len(limit.sets)
            for at, members in enumerate(limit.sets):
                met = cp.new_bool_var(f"{limit.rule} {limit.who} {at}")
                cp.add_max_equality(met, [self.x[pair] for pair in members])
                amount += met
        outside = 0
        if limit.weight is not None or contradictory and not limit.holds_empty():
            furthest = reach + max(abs(limit.least or 0), abs(limit.most or 0))
            steps = cp.new_int_var(0, furthest // limit.step + 1, f"{limit.rule} {limit.who}")
            outside = steps * limit.step
            if limit.weight is None:
                self.short.append(steps)
            else:
                self.fines.append((steps, limit.weight))
        if limit.least is not None:
            cp.add(amount + outside >= limit.least)
        if limit.most is not None:
            cp.add(amount - outside <= limit.most)

    def best(self, terms):
        """The largest value of a sum of (variable, whole number), which then stays; None where there is no plan at all."""
        unit = math.gcd(*(v for _, v in terms)) or 1
        goal = sum(v // unit * x for x, v in terms)
        self.cp.maximize(goal)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers, solver.parameters.max_time_in_seconds = 1, LIMIT
        solver.parameters.linearization_level = 2  # knapsacks of many places need the linear relaxation
        status = solver.solve(self.cp)
        # Seen a few times in thousands of runs, of a model that is valid and that the next run solves.
        for _ in range(2):
            if status == cp_model.MODEL_INVALID and not self.cp.validate():
                status = solver.solve(self.cp)
        if status == cp_model.INFEASIBLE:
            return None
        if status != cp_model.OPTIMAL:
            raise GaveUp(f"{solver.status_name(status)} {self.cp.validate()}".strip())
        self.plan = [pair for pair, x in self.x.items() if solver.value(x)]
        value = solver.value(goal)
        self.cp.add(goal >= value)
        self.cp.clear_hints()
        for at in range(len(self.cp.proto.variables)):
            x = self.cp.get_int_var_from_proto_index(at)
            self.cp.add_hint(x, solver.value(x))
        return value

    def tier(self, tier):
        m = self.m
        if tier == "coverage":
            for k, c in m.classes():
                self.best([(x, 1) for (e, n), x in self.filled.items() if n == k and m.priority[e] == c])
        elif tier == "minimums":
            self.best([(x, -1) for x in self.lack])
        elif tier == "stability":
            self.best([(self.x[pair], 1) for pair in m.keepable])
        elif tier == "floor":
            self.floor()
        elif tier == "score":
            self.best([(x, m.own[pair]) for pair, x in self.x.items()] + [(over, -weight) for over, weight in self.fines])
        elif tier == "balance":
            self.best([(x, -m.step(c, k)) for (c, k), x in self.place.items()])

    def floor(self):
        steps = sorted(set(self.m.own.values()))
        if not steps:
            return
        at = [self.cp.new_bool_var(f"floor {i}") for i in range(len(steps))]  # the floor is at least steps[i]
        for i, one in enumerate(at):
            for pair, x in self.x.items():
                if self.m.own[pair] < steps[i]:
                    self.cp.add_implication(one, ~x)
            if i:
                self.cp.add_implication(one, at[i - 1])
        self.best([(one, 1) for one in at])


def best_plan(m):
    """Whether the hard rules contradict each other, and a best plan."""
    for contradictory in (False, True):
        model = Model(m, contradictory)
        if contradictory:
            model.best([(x, 1) for x in model.kept])
            model.best([(x, -1) for x in model.short])
        if model.best([]) is None:
            continue
        for tier in m.tiers:
            model.tier(tier)
        return contradictory, model.plan
    raise AssertionError("a plan of nobody is always a plan")
