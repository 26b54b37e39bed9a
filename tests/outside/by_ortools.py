"""The best plan of a plain programme (coverage, then score) by OR-tools' minimum cost flow.

Not in one process with highspy: each brings a HiGHS of its own under the same names.
"""
import math

from ortools.graph.python import min_cost_flow


def best_plan(m):
    """A best plan."""
    flow = min_cost_flow.SimpleMinCostFlow()
    node = {who: i for i, who in enumerate([*m.coach, *m.coachee])}
    sink = len(node)
    unit = math.gcd(*m.own.values()) or 1
    skip = 1 + 2 * sum(abs(v) // unit for v in m.own.values())  # more than any score can make up for
    arc = {pair: flow.add_arc_with_capacity_and_unit_cost(node[pair[1]], node[pair[0]], 1, -v // unit) for pair, v in m.own.items()}
    for c, most in m.most.items():
        flow.add_arc_with_capacity_and_unit_cost(node[c], sink, most, 0)
    for e in m.coachee:
        flow.add_arc_with_capacity_and_unit_cost(node[e], sink, 1, skip)
        flow.set_node_supply(node[e], 1)
    flow.set_node_supply(sink, -len(m.coachee))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"OR-tools: {status}")
    return [pair for pair, a in arc.items() if flow.flow(a)]
