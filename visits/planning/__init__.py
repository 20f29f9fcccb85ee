"""The planner: who is visited, on which day, by which team, in which order. Plain Python, no Django.

    problem = Problem(locations=..., shifts=..., visits=...)
    result = plan(problem, seconds=20, seed=1)

The field calls it a team orienteering problem with time windows (a survey: Vansteenwegen, Souffriau and Van
Oudheusden, European Journal of Operational Research 209(1), 2011), here over several days and depots, with breaks,
skills and promises. Importing this package does not import numba; calling `plan` or `warm` does. Every file opens
with its idea and, where there is one, its source. An hour's reading: the first lines of all files in this order,
and whole types, rules, planner, engine/route, engine/anneal and explain; the others when you need them.

- The problem: types (what goes in and comes out), travel, priority (what a visit is worth when), rules (the walk
  of a route, which judges everything).
- One plan: planner (`plan`), locks (promises first), opening (an earlier plan, as far as it holds), engine/ (the
  search: ruin and recreate, its own order in engine/__init__.py), result (from orders back to routes).
- Why somebody is not served: blocks (hard rules), price (who would have to go), explain (the reason, and its proof).
- Around a plan: loads and fairness (what every team does; the work shared), shared (homes that share a stop),
  sessions (village sessions).
- The published week: slots (places for one more and their price), keeping (the price of leaving a visit where it
  was), facts, rest, replan and outcome (the day of work).
- What becomes of it on the road: durations (how long visits take), arrival (what families are told), simulate.
- case reads and writes the files of planning cases.
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
