"""What serving a visit is worth, by date.

The idea: priority is a plain number of points, and *when* counts too: every date of the horizon that passes
costs `decay` points, as in prize collecting with rewards that fall with time (Erkut and Zhang, Naval Research
Logistics 43(5), 1996). The caller gives the points (visits/schedule/problem/need_priority.py, with reasons); how they
add up is defined by the planning-case format.
"""

from __future__ import annotations

import datetime as dt

from visits.planning.types import POINT_S, Problem, Visit


def points_on(problem: Problem, visit: Visit, date: dt.date) -> float:
    """Points of serving `visit` on `date`, which must be in the problem's horizon; negative if it decays
    below zero."""
    return visit.priority - visit.decay * problem.day_index[date]


def score_plan(points_: float, travel_s: int) -> float:
    """The score by which plans are compared, POINT_S x points - seconds of travel; higher is better."""
    return POINT_S * points_ - travel_s
