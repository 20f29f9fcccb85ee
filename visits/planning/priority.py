"""What serving a visit is worth, by date.

The idea: priority is a plain number of points, and *when* counts too: every date of the horizon that
is let pass costs `decay` points, as rewards that fall with time do for a collector of prizes (Erkut and Zhang,
Naval Research Logistics 43(5), 1996). The points themselves are the caller's (visits/schedule/problem/need_priority.py gives
each with its reasons); how they add up is the planning-case format's.
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
