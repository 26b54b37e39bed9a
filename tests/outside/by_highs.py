"""The best plan of any programme by HiGHS, from the definitions alone: one tier after another, each fixing the value of those before it."""
import math

import highspy
import numpy as np


class Linear:
    """A HiGHS model: columns first, then rows; solved again and again with another objective and one more row."""

    def __init__(self):
        self.low, self.high, self.rows = [], [], []

    def column(self, low, high):
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def row(self, low, terms, high):
        self.rows.append((low, terms, high))

    def load(self, whole):
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.low), len(self.rows)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(len(self.low)), np.array(self.low, float), np.array(self.high, float)
        lp.row_lower_, lp.row_upper_ = np.array([r[0] for r in self.rows], float), np.array([r[2] for r in self.rows], float)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0] + [len(r[1]) for r in self.rows]).astype(np.int32)
        lp.a_matrix_.index_ = np.array([i for r in self.rows for i in r[1]], np.int32)
        lp.a_matrix_.value_ = np.array([v for r in self.rows for v in r[1].values()], float)
        if whole:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * len(self.low)
        highs = highspy.Highs()
        for key, value in (("output_flag", False), ("threads", 1), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.0)):
            highs.setOptionValue(key, value)
        if whole:
            highs.setOptionValue("presolve", "off")  # its presolve of small whole-number models has been seen to err
        highs.passModel(lp)
        return highs


class Fractional(Exception):
    """The linear optimum is not in whole numbers; the model must be solved as an integer programme."""


class Model:
    """Columns: made pairs, filled places of coachees by order, places missing to minimums, coachees over soft caps, loads by place."""

    def __init__(self, m, whole):
        self.m, lin = m, Linear()
        self.x = {pair: lin.column(1.0 if pair in m.pins else 0.0, 1.0) for pair in sorted(m.own)}
        of_coach, of_coachee = {c: {} for c in m.coach}, {e: {} for e in m.coachee}
        for (c, e), i in self.x.items():
            of_coach[c][i] = of_coachee[e][i] = 1.0
        self.filled = {(e, k): lin.column(0.0, 1.0) for e in m.coachee for k in range(1, m.wanted[e] + 1)}
        for e, terms in of_coachee.items():
            lin.row(0.0, {**terms, **{self.filled[e, k]: -1.0 for k in range(1, m.wanted[e] + 1)}}, 0.0)
        self.missing = {}
        for c, terms in of_coach.items():
            hard = m.min_level == "hard"
            lin.row(float(m.least[c]) if hard else 0.0, terms, float(m.most[c]))
            if m.least[c] and not hard:
                self.missing[c] = lin.column(0.0, float(m.least[c]))
                lin.row(float(m.least[c]), {**terms, self.missing[c]: 1.0}, math.inf)
        self.over = {}
        for key, members in m.nest.items():
            settings = m.cap[key[0]]
            terms = {self.x[pair]: 1.0 for pair in members}
            if settings["level"] == "soft":
                self.over[key] = lin.column(0.0, float(len(members)))
                terms[self.over[key]] = -1.0
            lin.row(-math.inf, terms, float(settings["k"]))
        self.fines = {}  # steps outside soft limits, with what a step costs
        for limit in m.limits:
            self.limit(lin, limit)
        self.place = {}
        if "balance" in m.tiers:
            for c, terms in of_coach.items():
                self.place.update({(c, k): lin.column(0.0, 1.0) for k in range(1, min(m.most[c], len(terms)) + 1)})
                lin.row(0.0, {**terms, **{self.place[c, k]: -1.0 for k in range(1, min(m.most[c], len(terms)) + 1)}}, 0.0)
        self.columns = len(lin.low)
        self.impossible = False  # a pin below the floor that is tried
        self.settled = []  # what the tiers before must keep: (value, columns, coefficients)
        self.highs = lin.load(whole)

    def limit(self, lin, limit):
        terms = {self.x[pair]: float(v) for pair, v in limit.terms.items()}
        for members in limit.sets or ():
            met = lin.column(0.0, 1.0)
            terms[met] = 1.0
            lin.row(-math.inf, {met: 1.0, **{self.x[pair]: -1.0 for pair in members}}, 0.0)
            for pair in members:
                lin.row(-math.inf, {self.x[pair]: 1.0, met: -1.0}, 0.0)
        steps = {}
        if limit.weight is not None:
            steps = {lin.column(0.0, math.inf): float(limit.step)}
            self.fines.update(dict.fromkeys(steps, limit.weight))
        if limit.least is not None:
            lin.row(float(limit.least), {**terms, **steps}, math.inf)
        if limit.most is not None:
            lin.row(-math.inf, {**terms, **{i: -v for i, v in steps.items()}}, float(limit.most))

    def best(self, terms):
        """The largest value of a sum with whole coefficients, which then stays fixed; None where there is no plan at all."""
        unit = math.gcd(*terms.values()) or 1
        cost = np.zeros(self.columns)  # the model minimises
        for i, v in terms.items():
            cost[i] = -v // unit
        self.highs.changeColsCost(self.columns, np.arange(self.columns, dtype=np.int32), cost)
        if not self.solve():
            return None
        value = -sum(round(x) * c for x, c in zip(self.solution(), cost))
        if unit and any(cost):
            used = np.flatnonzero(cost)
            self.highs.addRow(value, math.inf, len(used), used.astype(np.int32), -cost[used])
            self.settled.append((value, used, -cost[used]))
        return round(value) * unit

    def solve(self):
        if self.impossible:
            return False
        self.highs.run()
        status = self.highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            # It has called feasible models infeasible, or unknown, after presolve: a second opinion without.
            self.highs.clearSolver()
            self.highs.setOptionValue("presolve", "off")
            self.highs.run()
            status = self.highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return False
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"HiGHS: {status}")
        return True

    def solution(self):
        x = np.array(self.highs.getSolution().col_value)
        if np.abs(x - np.round(x)).max(initial=0.0) > 1e-6:
            raise Fractional
        return x

    def highest_floor(self):
        """Forbids every pair below the highest floor that the tiers so far allow."""
        steps = sorted(set(self.m.own.values()))
        low, high = 0, len(steps) - 1  # steps[low] is possible
        self.best({})
        while low < high:
            middle = (low + high + 1) // 2
            self.forbid_below(steps[middle])
            if self.solve():
                low = middle
            else:
                high = middle - 1
        if steps:
            self.forbid_below(steps[low])

    def forbid_below(self, floor):
        for pair, i in self.x.items():
            low = 1.0 if pair in self.m.pins else 0.0
            high = 1.0 if self.m.own[pair] >= floor else 0.0
            self.highs.changeColBounds(i, low, max(low, high))
        self.impossible = any(self.m.own[pair] < floor for pair in self.m.pins if pair in self.x)

    def plan(self):
        x = np.round(self.solution())
        if any(x[used] @ coefficients < value for value, used, coefficients in self.settled):
            raise Fractional  # within its tolerances, but not in whole numbers
        return [pair for pair, i in self.x.items() if x[i] > 0.5]


def tiers_by_highs(m, whole):
    model = Model(m, whole)
    if model.best({}) is None:
        return None
    for tier in m.tiers:
        if tier == "coverage":
            for k, c in m.classes():
                model.best({i: 1 for (e, n), i in model.filled.items() if n == k and m.priority[e] == c})
        elif tier == "minimums":
            model.best({i: -1 for i in model.missing.values()})
        elif tier == "stability":
            model.best({model.x[pair]: 1 for pair in m.keepable})
        elif tier == "floor":
            model.highest_floor()
        elif tier == "score":
            terms = {i: m.own[pair] for pair, i in model.x.items()}
            fines = {**{i: m.cap[key[0]]["weight"] for key, i in model.over.items()}, **model.fines}
            model.best({**terms, **{i: -weight for i, weight in fines.items()}})
        elif tier == "balance":
            model.best({i: -m.step(c, k) for (c, k), i in model.place.items()})
    model.best({})
    return model.plan()


def best_plan(m):
    """A best plan, or None where its hard rules contradict each other."""
    try:
        return tiers_by_highs(m, whole=False)
    except Fractional:
        return tiers_by_highs(m, whole=True)
