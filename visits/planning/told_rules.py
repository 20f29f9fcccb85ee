"""The rules of the hours that families are told, written once for the planner, drafts and publishing.

The idea: whoever chooses hours, writes them into a draft or publishes them asks here whether they are true. An
interval lies within the shift and outside its breaks, holds the expected arrival, and does not begin before the
one that was told to the home before it. One that is told anew is also as long as the office wants, and does not
begin before the team can be there. What a family knows already may have begun, and may be as short as it was told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from visits.planning.types import Interval

OUTSIDE_SHIFT, IN_BREAK, TOO_SOON, MISSED, SHORT, BACKWARDS = (
    "outside_shift", "in_break", "too_soon", "missed", "short", "backwards",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TeamHours:
    """When a team can be at a door, in seconds of the day: its shift, its breaks, from when on it can be anywhere
    (`earliest_s`), and the length of the shortest interval that is told."""

    start_s: int
    end_s: int
    breaks: tuple[Interval, ...] = ()
    earliest_s: int = 0
    narrowest_s: int = 0

    def find_stretch(self, at_s: int) -> Interval | None:
        """The part of the shift without a break that holds this moment; None where there is none."""
        since_s = self.start_s
        for from_s, to_s in self.breaks:
            if since_s <= at_s <= from_s:
                return since_s, min(from_s, self.end_s)
            since_s = max(since_s, to_s)
        return (since_s, self.end_s) if since_s <= at_s <= self.end_s else None


@dataclass(frozen=True, slots=True)
class ToldStop:
    """A home of a route: what its family is told, and when the team is expected. `known`: the family knows this
    interval already."""

    visit: str
    told: Interval
    expected_s: int
    known: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """A visit whose interval breaks a rule, and which."""

    visit: str
    code: str


def find_fault(stop: ToldStop, hours: TeamHours, *, since_s: int = 0) -> str | None:
    """The rule that the interval breaks; None where it keeps all. `since_s` is the begin of the one before it."""
    begin_s, end_s = stop.told
    if begin_s < hours.start_s or end_s > hours.end_s:
        return OUTSIDE_SHIFT
    if any(begin_s < to_s and end_s > from_s for from_s, to_s in hours.breaks):
        return IN_BREAK
    if not begin_s <= stop.expected_s <= end_s:
        return MISSED
    if begin_s < since_s:
        return BACKWARDS
    if not stop.known and begin_s < hours.earliest_s:
        return TOO_SOON
    if not stop.known and end_s - begin_s < hours.narrowest_s:
        return SHORT
    return None


def list_breaches(stops: Sequence[ToldStop], hours: TeamHours) -> Iterator[Breach]:
    """The breaches of a route's intervals, in its order."""
    since_s = 0
    for stop in stops:
        code = find_fault(stop, hours, since_s=since_s)
        if code is not None:
            yield Breach(stop.visit, code)
        since_s = max(since_s, stop.told[0])
