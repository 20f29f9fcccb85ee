"""The planner: who is visited, on which day, by which team, in which order. Plain Python, no Django.

    problem = Problem(locations=..., shifts=..., visits=...)
    result = plan(problem, seconds=20, seed=1)

Importing this package does not import numba; calling `plan` or `warm` does. Read in this order:
types, travel, priority, rules, planner, engine/, blocks, price, explain, fairness, shared, sessions, slots, facts, replan,
case; then what really happens to a plan: durations, arrival, simulate.
"""

from visits.planning.planner import plan, warm
from visits.planning.priority import points, score
from visits.planning.rules import Fault, Walk, check, walk
from visits.planning.travel import GreatCircle, Table, Travel
from visits.planning.types import (
    BrokenLock,
    Plan,
    Problem,
    Progress,
    Reason,
    Route,
    Shift,
    Statistics,
    Stop,
    Unserved,
    Visit,
)

__all__ = [
    "BrokenLock",
    "Fault",
    "GreatCircle",
    "Plan",
    "Problem",
    "Progress",
    "Reason",
    "Route",
    "Shift",
    "Statistics",
    "Stop",
    "Table",
    "Travel",
    "Unserved",
    "Visit",
    "Walk",
    "check",
    "plan",
    "points",
    "score",
    "walk",
    "warm",
]
