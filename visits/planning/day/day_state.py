"""What is known on the day of work, and what a new plan changes.

The idea: day/replan.py takes `DayState` and `Stops` and gives back a `Replan`, so that it asks neither who reports the
state of the day nor who tells the families.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from visits.planning.types import Interval, Plan, Problem, Reason, Visit
from visits.planning.week.slots import Slot

SAME, SHIFTED, MOVED, DROPPED, NEW = "same", "shifted", "moved", "dropped", "new"
SHIFTED_S = 30 * 60  # a published visit that shifts by more is news for its family


@dataclass(frozen=True, slots=True)
class TeamPosition:
    """Where a team is: free to drive on from `location` at `free_s`, an overrun of its visit counted.
    `done` visits are behind it or under way and count towards its day."""

    shift: str
    location: int
    free_s: int
    done: int = 0


@dataclass(frozen=True)
class DayState:
    """What is known at `now_s`. Teams without a row stand at their base. `gone` visits are done, under way or
    called off; `told` are the intervals of promised visits; `urgent` visits ask for a place today."""

    date: dt.date
    now_s: int
    gone: frozenset[str] = frozenset()
    teams: tuple[TeamPosition, ...] = ()
    failed: frozenset[str] = frozenset()
    told: Mapping[str, Interval] = field(default_factory=dict)
    urgent: tuple[str, ...] = ()


@dataclass(frozen=True)
class DayStopGroups:
    """Who may share a stop (groups/stop_groups.py) today: `wanted` are visits not yet begun, in the order of their stop, `follows`
    how long each takes right after another, `alone` how long by itself, wherever it is. `behind` are visits of later
    days that are published right after another of their stop: nobody is put between. `begun` are visits at stops where
    their team stands, or to which it drives."""

    wanted: tuple[tuple[str, ...], ...] = ()
    follows: Mapping[str, int] = field(default_factory=dict)
    alone: Mapping[str, int] = field(default_factory=dict)
    behind: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset()

    def by_itself(self, visit: Visit) -> Visit:
        """The visit as long as it takes where no other has set up the kit."""
        return replace(visit, service_s=self.alone.get(visit.id, visit.service_s))


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a visit is served: the shift, and the begin of its service."""

    shift: str
    start_s: int


@dataclass(frozen=True, slots=True)
class VisitChange:
    """What the new plan is for one visit. `cause`: why its promise is broken, None where it is kept or was never
    made. `offer`: the best place that is left where the day has none."""

    visit: str
    what: str
    was: Place | None = None
    now: Place | None = None
    cause: Reason | None = None
    offer: Slot | None = None


@dataclass(frozen=True)
class Replan:
    """The rest of the day: `problem` as it was planned, its plan, and what changes for every visit."""

    problem: Problem
    plan: Plan
    changes: tuple[VisitChange, ...]

    @property
    def broken_promises(self) -> tuple[VisitChange, ...]:
        """The changes that break a promise."""
        return tuple(change for change in self.changes if change.cause is not None)

    def select_changes(self, what: str) -> tuple[VisitChange, ...]:
        """The changes of one kind (`SAME`, `SHIFTED`, ...)."""
        return tuple(change for change in self.changes if change.what == what)
