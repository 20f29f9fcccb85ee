"""The planner: which visits are served, on which day, by which team, in which order. Plain Python, no Django.

    problem = Problem(locations=..., shifts=..., visits=...)
    result = plan(problem, seconds=20, seed=1)

The field calls this a team orienteering problem with time windows (a survey: Vansteenwegen, Souffriau and Van
Oudheusden, European Journal of Operational Research 209(1), 2011), here over several days and depots, with
breaks, skills and promises. Importing this package does not import numba; calling `plan` or `warm` does.
Every file begins with its idea and, where there is one, its source. An hour's reading: the first lines of all
files in this order, and whole types, rules, planner, engine/route, engine/anneal and why/explain; the others
when you need them.

- The problem: types (what goes in and comes out), errors, travel, priority (what a visit is worth when), news
  (when another time is news to a family), told_rules (what holds the hours that families are told), rules (the walk of a route, which judges everything), case (reads and
  writes the files of planning cases).
- One plan: planner (`plan`), start/ (promises first; an earlier plan, as far as it holds), engine/ (the
  search: ruin and recreate), result (from orders back to routes).
- why/: why a visit is not served: hard constraints, ejections, and the explanation made of both.
- week/: the published week: slots for one more visit, and the cost of keeping a visit in place.
- groups/: visits that share a stop, and village sessions.
- fair/: what every team does, and work shared evenly.
- day/: the rest of a day under way, planned again from where the teams are.
- uncertainty/: how long visits take, what families are told, what becomes of a plan on the road.

Every sub-package lists its files in its `__init__.py`; pyproject.toml holds the order in which they import
each other.
"""

from visits.planning.planner import plan, warm
from visits.planning.priority import points_on, score_plan
from visits.planning.rules import Fault, Walk, check_plan, walk_route
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
    "check_plan",
    "plan",
    "points_on",
    "score_plan",
    "walk_route",
    "warm",
]
