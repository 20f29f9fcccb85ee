"""What is known on the day of work, and what a new plan of its rest changes: the data of this sub-package.

The idea: day/replan.py takes a `DayState` and `DayStopGroups` and returns a `Replan`, so that it depends
neither on who reports the state of the day nor on who tells the families.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from visits.planning.types import Interval, Plan, Problem, Reason, Visit
from visits.planning.week.slots import Slot

SAME, SHIFTED, MOVED, DROPPED, NEW = "same", "shifted", "moved", "dropped", "new"


@dataclass(frozen=True, slots=True)
class TeamPosition:
    """Where a team is and when it can go on: it leaves `location` (index of a place) at `free_s` (seconds
    since midnight, an overrun of its present visit included).

    `done` counts its finished and current visits; they use up its `max_visits`.
    """

    shift: str
    location: int
    free_s: int
    done: int = 0


@dataclass(frozen=True)
class DayState:
    """The day at `now_s` (seconds since midnight).

    - `gone`: ids of visits that are done, under way or cancelled; they are not planned again.
    - `teams`: positions of teams that have left their base; a team without a row is still there.
    - `failed`: ids of shifts that cannot go on, or whose day is over.
    - `told`: by visit id, the interval that the family of a promised visit was told.
    - `urgent`: ids of visits that were not published for today and ask for a place today.
    """

    date: dt.date
    now_s: int
    gone: frozenset[str] = frozenset()
    teams: tuple[TeamPosition, ...] = ()
    failed: frozenset[str] = frozenset()
    told: Mapping[str, Interval] = field(default_factory=dict)
    urgent: tuple[str, ...] = ()


@dataclass(frozen=True)
class DayStopGroups:
    """Which visits may share a stop today (groups/stop_groups.py), and how long each takes with and without
    the others.

    - `wanted`: groups of ids of visits not yet begun, in the order of service.
    - `follows`: seconds of service of a visit right after another of its group (the kit is set up already).
    - `alone`: seconds of service of a visit by itself.
    - `behind`: ids of visits of later days published right after another of their group; no visit goes in
      between.
    - `begun`: ids of visits at stops where their team stands, or to which it is driving.
    """

    wanted: tuple[tuple[str, ...], ...] = ()
    follows: Mapping[str, int] = field(default_factory=dict)
    alone: Mapping[str, int] = field(default_factory=dict)
    behind: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset()

    def by_itself(self, visit: Visit) -> Visit:
        """The visit with the service time it has where no other visit has set up the kit."""
        return replace(visit, service_s=self.alone.get(visit.id, visit.service_s))


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a visit is served: the id of the shift, and the start of service (seconds since
    midnight)."""

    shift: str
    start_s: int


@dataclass(frozen=True, slots=True)
class VisitChange:
    """The old and the new place of one visit; `what` is SAME, SHIFTED, MOVED, DROPPED or NEW.

    `cause` is why a promise is broken, None if it is kept or none was made. `offer` is the best slot that is
    left for a dropped visit, today or later.
    """

    visit: str
    what: str
    was: Place | None = None
    now: Place | None = None
    cause: Reason | None = None
    offer: Slot | None = None


@dataclass(frozen=True)
class Replan:
    """A plan of the rest of the day: `problem` as the search had it, its `plan`, and a change for each of its
    visits. `followers` are served right after another at its stop, with the kit that stands there."""

    problem: Problem
    plan: Plan
    changes: tuple[VisitChange, ...]
    followers: frozenset[str] = frozenset()

    @property
    def broken_promises(self) -> tuple[VisitChange, ...]:
        """The changes that break a promise."""
        return tuple(change for change in self.changes if change.cause is not None)

    def select_changes(self, what: str) -> tuple[VisitChange, ...]:
        """The changes whose `what` is the given one (SAME, SHIFTED, ...)."""
        return tuple(change for change in self.changes if change.what == what)
