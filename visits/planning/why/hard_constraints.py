"""Which rules exclude a visit before any other visit is considered: date, skills, capacity, hours, distance.

The idea: walk the visit alone on every shift, with ever more of the rules relaxed, and keep the shifts where
the fewest are in the way. A place that no team could reach within a day whatever is relaxed is `far`, without
a shift. Codes of the rules that must be relaxed:

  skill     the shift gets the skills it lacks     full    one visit more than `max_visits`
  window    any hour will do                       far     the team may be back `over_s` late
  no_shift  another date
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from visits.planning.rules import walk_route
from visits.planning.types import DAY_S, Problem, Shift, Visit

CODES = ("skill", "full", "window", "far", "no_shift")  # the easier to remedy first


class Offer(NamedTuple):
    """A shift and a visit after relaxing some rules."""

    shift: Shift
    visit: Visit
    over_s: int = 0  # seconds that the team may be back late


class HardConstraints(NamedTuple):
    """The fewest rules that exclude a visit, and the shifts where only these do."""

    codes: tuple[str, ...]  # empty: some shift could serve the visit alone
    offers: tuple[Offer, ...]


def relax_offer(shift: Shift, visit: Visit, codes: Sequence[str], over_s: int = 0) -> Offer:
    """The shift and the visit without the rules that `codes` name; locks are always removed."""
    if "skill" in codes:
        shift = replace(shift, skills=shift.skills | visit.skills)
    if "full" in codes:
        shift = replace(shift, max_visits=shift.max_visits + 1)
    dates = None if "no_shift" in codes else visit.dates
    windows = ((0, DAY_S),) if "window" in codes else visit.windows
    return Offer(
        shift, replace(visit, dates=dates, windows=windows, locked=None), over_s if "far" in codes else 0
    )


def free_shifts(problem: Problem, visit: Visit) -> Iterator[Shift]:
    """The shifts that could serve the visit if they served nobody else."""
    return (shift for shift in problem.shifts if not walk_route(problem, shift, [visit]).faults)


def find_hard_constraints(problem: Problem, visit: Visit) -> HardConstraints:
    """The fewest rules to relax for the visit, and the shifts where relaxing them is enough."""
    free = list(free_shifts(problem, visit))
    if free:
        return HardConstraints((), tuple(relax_offer(shift, visit, ()) for shift in free))
    best: tuple[int, list[int], int, int] | None = None
    codes: tuple[str, ...] = ()
    offers: list[Offer] = []
    for shift in problem.shifts:
        alone = _find_constraints_alone(problem, shift, visit)
        if alone is None:
            continue
        found, over_s = alone
        lacking = len(visit.skills - shift.skills) if "skill" in found else 0
        rank = (len(found), [CODES.index(code) for code in found], lacking, over_s)
        if best is None or rank < best:
            best, codes, offers = rank, found, []
        if rank == best:
            offers.append(relax_offer(shift, visit, found, over_s))
    if not offers and problem.shifts:
        codes = ("far",)
    return HardConstraints(codes, tuple(offers))


def group_shifts_by_constraints(problem: Problem, visit: Visit) -> dict[tuple[str, ...], list[str]]:
    """Codes of the rules to relax -> ids of the shifts where they are needed; () if the shift could serve the
    visit alone."""
    found: dict[tuple[str, ...], list[str]] = {}
    for shift in problem.shifts:
        alone = _find_constraints_alone(problem, shift, visit)
        found.setdefault(("far",) if alone is None else alone[0], []).append(shift.id)
    return found


def _find_constraints_alone(
    problem: Problem, shift: Shift, visit: Visit
) -> tuple[tuple[str, ...], int] | None:
    """The codes to relax for the shift to serve this visit alone, and how many seconds late it is then back.

    None if nobody could be at the door before midnight.
    """
    codes = []
    if not visit.skills <= shift.skills:
        codes.append("skill")
    if shift.max_visits == 0:
        codes.append("full")
    if visit.dates is not None and shift.date not in visit.dates:
        codes.append("no_shift")
    for clock in ((), ("window",), ("far",), ("window", "far")):
        offer = relax_offer(shift, visit, (*codes, *clock))
        faults = walk_route(problem, offer.shift, [offer.visit]).faults
        late = max((fault.seconds for fault in faults), default=0)
        if not faults or ("far" in clock and all(fault.code == "end" for fault in faults)):
            return tuple(sorted((*codes, *clock), key=CODES.index)), late
    return None
