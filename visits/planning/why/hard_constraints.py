"""Which rules exclude a visit before any other visit is considered: date, skills, capacity, hours, distance.

The idea: walk the visit alone on every shift, with ever more of the rules relaxed, and keep the shifts where
the fewest are in the way. A place that no team could reach within a day whatever is relaxed is `far`, without
a shift. Codes of the rules that must be relaxed:

  skill         the shift gets the skills it lacks
  full          one visit more than `max_visits`
  window        any hour will do
  window_break  any hour will do: the visit's own hours would do if the team had its break at another time
  break         the team has its break after all visits: before and after the break there is not time enough
  reserve       the shift ends `over_s` later: nothing of it is left for a visit longer than expected
  far           the shift ends `over_s` later: the way is longer than the visit, which alone would fit
  long          the shift ends `over_s` later: the visit is longer than the shift, or than the way
  midnight      the shift begins `over_s` earlier: after its start the day is over too soon
  no_shift      another date

Rules that are relaxed alike differ in what is to blame; `list_false_causes` proves that, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from visits.planning.rules import TOO_LATE, count_working_s, walk_route
from visits.planning.types import DAY_S, Problem, Shift, Visit

LATE = ("reserve", "far", "long")  # the shift would have to end later
ANY_HOUR = frozenset({"window", "window_break"})
CODES = (
    "skill",
    "full",
    "window_break",
    "window",
    "break",
    *LATE,
    "midnight",
    "no_shift",
)  # easier ones first
CLOCK = (  # rules of the clock that are relaxed together, the fewest first; `late` is one of LATE or midnight
    *((), ("window",), ("break",), ("late",)),
    *(("window", "break"), ("window", "late"), ("break", "late"), ("window", "break", "late")),
)

Found = tuple[tuple[str, ...], int]  # the codes to relax, and by how many seconds the shift is then too short


class Offer(NamedTuple):
    """A shift and a visit after relaxing some rules."""

    shift: Shift
    visit: Visit
    over_s: int = 0  # by how many seconds the shift is longer


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
    if "break" in codes:
        shift = replace(shift, breaks=(), end_s=shift.start_s + count_working_s(shift))
    if "midnight" in codes:
        shift = replace(shift, start_s=max(0, shift.start_s - over_s))
    dates = None if "no_shift" in codes else visit.dates
    windows = visit.windows if ANY_HOUR.isdisjoint(codes) else ((0, DAY_S),)
    later_s = 0 if set(LATE).isdisjoint(codes) else over_s
    return Offer(shift, replace(visit, dates=dates, windows=windows, locked=None), later_s)


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
        alone = find_constraints_alone(problem, shift, visit)
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
        alone = find_constraints_alone(problem, shift, visit)
        found.setdefault(("far",) if alone is None else alone[0], []).append(shift.id)
    return found


def find_constraints_alone(problem: Problem, shift: Shift, visit: Visit) -> Found | None:
    """The rules to relax for the shift to serve this visit alone; None if nobody could be at the door before
    midnight."""
    codes = []
    if not visit.skills <= shift.skills:
        codes.append("skill")
    if shift.max_visits == 0:
        codes.append("full")
    if visit.dates is not None and shift.date not in visit.dates:
        codes.append("no_shift")
    open_, asked, _ = relax_offer(shift, visit, codes)
    for rules in CLOCK:
        found = _relax_clock(problem, open_, asked, rules)
        if found is not None:
            return tuple(sorted((*codes, *found[0]), key=CODES.index)), found[1]
    return None


def _relax_clock(problem: Problem, shift: Shift, visit: Visit, rules: Sequence[str]) -> Found | None:
    """The codes if relaxing these rules of the clock is enough, or None."""
    rest = tuple(rule for rule in rules if rule != "late")
    if "break" in rules and not shift.breaks:
        return None
    if "late" in rules:
        late = _explain_late(problem, relax_offer(shift, visit, rest), shift, visit)
        if late is None:
            return None
        code, over_s = late
        codes: tuple[str, ...] = (*rest, code)
    elif _is_feasible(problem, relax_offer(shift, visit, rest)):
        codes, over_s = rest, 0
    else:
        return None
    if _is_blamed_on_break(problem, shift, visit, codes, over_s):
        codes = tuple("window_break" if code == "window" else code for code in codes)
    return codes, over_s


def _is_blamed_on_break(
    problem: Problem, shift: Shift, visit: Visit, codes: Sequence[str], over_s: int
) -> bool:
    """Whether a break at another time does as much as any other hour for the visit."""
    if ANY_HOUR.isdisjoint(codes) or "break" in codes or not shift.breaks:
        return False
    moved = ("break", *(code for code in codes if code not in ANY_HOUR))
    return _is_feasible(problem, relax_offer(shift, visit, moved, over_s))


def _explain_late(problem: Problem, open_: Offer, shift: Shift, visit: Visit) -> tuple[str, int] | None:
    """Why the shift is too short for the visit of `open_`, and by how much; None if hours or a break are to
    blame as well."""
    walked = walk_route(problem, open_.shift, [open_.visit])
    over_s = max((fault.seconds for fault in walked.faults), default=0)
    there = all(fault.code in TOO_LATE for fault in walked.faults)
    if there and _is_feasible(problem, _drop_reserve(open_)):
        return "reserve", over_s
    if not there or open_.shift.end_s + over_s > DAY_S:
        early_s = _count_early_s(problem, open_) if _ends_after_midnight(problem, open_) else None
        if early_s is not None:
            return "midnight", early_s
        if not there:
            return None
    if _is_far(problem, open_):
        return "far", over_s
    freed = relax_offer(shift, visit, ("window", "break"))
    near = not _is_feasible(problem, _drop_distance(open_)) and _is_feasible(problem, _drop_distance(freed))
    return None if near else ("long", over_s)


def _is_feasible(problem: Problem, offer: Offer) -> bool:
    """Whether the shift serves the visit alone."""
    faults = walk_route(problem, offer.shift, [offer.visit]).faults
    return all(fault.code in TOO_LATE and fault.seconds <= offer.over_s for fault in faults)


def _drop_reserve(offer: Offer) -> Offer:
    return offer._replace(shift=replace(offer.shift, reserve=0.0))


def _drop_distance(offer: Offer) -> Offer:
    """The offer as if the team set out from the home, and ended there."""
    door = offer.visit.location
    return offer._replace(shift=replace(offer.shift, start_location=door, end_location=door))


def _is_far(problem: Problem, offer: Offer) -> bool:
    """Whether the way is to blame: it is longer than the visit, which would fit without it."""
    travel_s = walk_route(problem, offer.shift, [offer.visit]).travel_s
    return travel_s > offer.visit.service_s and _is_feasible(problem, _drop_distance(offer))


def _ends_after_midnight(problem: Problem, offer: Offer) -> bool:
    """Whether the team, at any hour of the visit, could be back only on the next day."""
    walked = walk_route(problem, offer.shift, [replace(offer.visit, windows=((0, DAY_S),))])
    over_s = max((fault.seconds for fault in walked.faults), default=0)
    return offer.shift.end_s + over_s > DAY_S or any(f.code not in TOO_LATE for f in walked.faults)


def _count_early_s(problem: Problem, offer: Offer) -> int | None:
    """By how many seconds the shift would have to begin earlier, on its own date; None if that is not
    enough."""
    if not _is_feasible(problem, relax_offer(*offer[:2], ("midnight",), offer.shift.start_s)):
        return None
    low, high = 0, offer.shift.start_s  # too little, enough
    while high - low > 1:
        early_s = (low + high) // 2
        if _is_feasible(problem, relax_offer(*offer[:2], ("midnight",), early_s)):
            high = early_s
        else:
            low = early_s
    return high


def list_false_causes(
    problem: Problem, shift: Shift, visit: Visit, codes: Sequence[str], over_s: int
) -> list[str]:
    """The codes that put the blame on a wrong cause, though relaxing them helps: found by relaxing the cause
    itself."""
    open_ = relax_offer(shift, visit, [code for code in codes if code not in (*LATE, "midnight")])
    near = _is_feasible(problem, _drop_distance(open_))
    far = walk_route(problem, open_.shift, [open_.visit]).travel_s > visit.service_s
    by_break = _is_blamed_on_break(problem, shift, visit, codes, over_s)
    true = {
        "far": near and far,
        "long": not (near and far),
        "reserve": _is_feasible(problem, _drop_reserve(open_)),
        "midnight": _ends_after_midnight(problem, open_),
        "window_break": by_break,
        "window": not by_break,
    }
    return [code for code in codes if not true.get(code, True)]
