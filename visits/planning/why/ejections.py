"""Which stops must leave a route so that one more visit fits, and the cheapest such set (an ejection set).

The idea: dynamic programming over the stops of one route in their order. A label says how many stops were
ejected so far, whether the visit is inserted, where the team is and when it leaves; of two labels equal in
the rest, the earlier one whose visits vary less wins, because leaving earlier and keeping less in reserve is
never worse (dominance of labels, as in shortest paths with resources: Feillet et al., Networks 44(3), 2004). That gives the smallest number of ejections on
every shift. On the shifts where it is smallest a second pass also keeps labels that are later but have lost
fewer points, and finds the set worth least. Protected stops (promises, longest waits) are ejected only if no
shift has room otherwise. Plain Python: one question takes some milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from visits.planning.priority import points_on
from visits.planning.rules import count_reserve_s, find_service_start, finish_drive
from visits.planning.types import Problem, Shift, Visit
from visits.planning.why.hard_constraints import Offer


class EjectionSet(NamedTuple):
    """If the stops `out` leave `shift`, it can serve the visit after `gap` of the remaining ones. `protected`
    of them are protected, together they are worth `points`."""

    shift: str
    out: tuple[str, ...]
    gap: int
    protected: int
    points: float  # of the stops in `out`


class _Label(NamedTuple):
    """A partial route that was extended stop by stop; compared with others of the same place and counts."""

    here: int  # number of the place, see _RouteSearch
    out: int  # ejected stops
    protected: int  # protected ones among them
    gap: int  # -1 until the visit is inserted
    leave_s: int
    variance_s2: int = 0
    loose: bool = False  # whether one of its visits is not locked to the shift
    lost: float = 0.0  # points of the ejected
    travel_s: int = 0
    who: tuple[int, ...] = ()  # indices of the ejected stops


_Key = tuple[int, int, int, bool, bool]  # labels that are compared: place, counts, inserted, loose


def points_lost(problem: Problem, visit: Visit, shift: Shift) -> float:
    """Points that the plan loses if the shift no longer serves the visit, its `move_points` included."""
    return points_on(problem, visit, shift.date) + (visit.move_points if visit.published == shift.id else 0.0)


def is_protected(visit: Visit, shift: Shift) -> bool:
    """Whether the visit is ejected only if nothing else helps: it is promised here, or of tier 1."""
    return visit.locked == shift.id or visit.tier > 0


def cheapest_ejection_set(
    problem: Problem, orders: Mapping[str, Sequence[str]], offers: Iterable[Offer]
) -> EjectionSet | None:
    """The ejection set worth least among those with the fewest protected, then the fewest stops, over all
    offers.

    `orders` is by shift id the visit ids in their order. None if not even an empty route would have room.
    """
    asked = [_RouteSearch(problem, offer, orders.get(offer.shift.id, ())) for offer in offers]
    for protected in range(max((sum(one.protected) for one in asked), default=-1) + 1):
        fewest = 1 << 30
        hopeful: list[_RouteSearch] = []
        for one in asked:
            out = one.fewest_ejections(protected, fewest)
            if out is not None:
                hopeful = [one] if out < fewest else [*hopeful, one]
                fewest = out
        rooms = [one.cheapest_set(protected, fewest) for one in hopeful]
        if rooms:
            return min(rooms, key=lambda room: (room[0].points, room[1]))[0]
    return None


class _RouteSearch:
    """The search on one route. Places are numbered: 0 the start, 1..n the stops, n + 1 the new visit, n + 2
    the end.

    `at[i - 1]` is the visit at place i; `legs` caches the travel between two places.
    """

    def __init__(self, problem: Problem, offer: Offer, order: Sequence[str]) -> None:
        self.shift, self.over_s = offer.shift, offer.over_s
        self.stops = [problem.visit_by_id[i] for i in order]
        self.at = [*self.stops, offer.visit]
        self.protected = [is_protected(stop, offer.shift) for stop in self.stops]
        self.worth = [points_lost(problem, stop, offer.shift) for stop in self.stops]
        self.needed = max(0, len(order) + 1 - offer.shift.max_visits)
        self.problem = problem
        self.places = [
            offer.shift.start_location,
            *(visit.location for visit in self.at),
            offer.shift.end_location,
        ]
        self.legs: dict[tuple[int, int], int] = {}

    def leg_seconds(self, a: int, b: int) -> int:
        """Seconds of travel from place `a` to place `b`."""
        known = self.legs.get((a, b))
        if known is None:
            known = self.problem.seconds(self.shift.vehicle, self.places[a], self.places[b])
            self.legs[a, b] = known
        return known

    def fewest_ejections(self, protected: int, most: int) -> int | None:
        """The smallest number of ejections, at most `most` and `protected` of them protected; None if there
        is no room."""
        return min(
            (label.out for label, _ in self._complete_labels(protected, most, frugal=False)), default=None
        )

    def cheapest_set(self, protected: int, most: int) -> tuple[EjectionSet, int]:
        """The set worth least of those with at most `most` stops, and the travel of the route in seconds with
        it.

        Only called where `fewest_ejections` found a set.
        """
        label, travel_s = min(
            self._complete_labels(protected, most, frugal=True),
            key=lambda end: (end[0].lost, end[1], end[0].who),
        )
        who = tuple(self.stops[i].id for i in label.who)
        return EjectionSet(self.shift.id, who, label.gap, label.protected, label.lost), travel_s

    def _complete_labels(self, protected: int, most: int, *, frugal: bool) -> list[tuple[_Label, int]]:
        """The labels of complete routes that serve the visit and are back in time, with their travel in
        seconds.

        `frugal` also keeps labels that are later but cheaper.
        """
        labels = [_Label(0, 0, 0, -1, self.shift.start_s)]
        for index in range(len(self.stops)):
            rows: dict[_Key, list[_Label]] = {}
            for label in self._with_visit(labels, index):
                kept = self._extend_label(label, index + 1, label.gap)
                if kept is not None:
                    _add_label(rows, kept, frugal=frugal)
                gone = label.protected + self.protected[index]
                if label.out < most and gone <= protected:
                    _add_label(rows, self._eject_stop(label, index, gone), frugal=frugal)
            labels = [label for row in rows.values() for label in row]
        ends = []
        for label in self._with_visit(labels, len(self.stops)):
            if label.gap >= 0 and label.out >= self.needed:
                leg_s = self.leg_seconds(label.here, len(self.places) - 1)
                served = (visit for index, visit in enumerate(self.at) if index not in label.who)
                until_s = self.shift.end_s + self.over_s - count_reserve_s(self.shift, served)
                if finish_drive(label.leave_s, leg_s, self.shift.breaks) <= until_s:
                    ends.append((label, label.travel_s + leg_s))
        return ends

    def _with_visit(self, labels: list[_Label], index: int) -> list[_Label]:
        """The labels, and those extended by the new visit in front of the stop `index`."""
        door = len(self.stops) + 1
        more = (self._extend_label(label, door, index - label.out) for label in labels if label.gap < 0)
        return labels + [label for label in more if label is not None]

    def _extend_label(self, label: _Label, to: int, gap: int) -> _Label | None:
        """The label after serving place `to` next, or None if a rule forbids it."""
        here, out, protected, _, leave_s, variance_s2, loose, lost, travel_s, who = label
        visit = self.at[to - 1]
        if here and not visit.infectious_last and self.at[here - 1].infectious_last:
            return None
        leg_s = self.leg_seconds(here, to)
        arrive_s = finish_drive(leave_s, leg_s, self.shift.breaks)
        start_s = find_service_start(arrive_s, visit.service_s, visit.windows, self.shift.breaks)
        if start_s is None or start_s + visit.service_s > self.shift.end_s + self.over_s:
            return None
        leave_s, variance_s2 = start_s + visit.service_s, variance_s2 + visit.variance_s2
        loose = loose or visit.locked != self.shift.id
        return _Label(to, out, protected, gap, leave_s, variance_s2, loose, lost, travel_s + leg_s, who)

    def _eject_stop(self, label: _Label, index: int, protected: int) -> _Label:
        """The label after leaving the stop `index` out."""
        return label._replace(
            out=label.out + 1,
            protected=protected,
            lost=label.lost + self.worth[index],
            who=(*label.who, index),
        )


def _add_label(rows: dict[_Key, list[_Label]], label: _Label, *, frugal: bool) -> None:
    """Add the label unless another dominates it; remove those that it dominates."""
    row = rows.setdefault((label.here, label.out, label.protected, label.gap >= 0, label.loose), [])
    if any(_dominates(other, label, frugal=frugal) for other in row):
        return
    row[:] = [other for other in row if not _dominates(label, other, frugal=frugal)]
    row.append(label)


def _dominates(one: _Label, other: _Label, *, frugal: bool) -> bool:
    """Whether `one` can be continued to an end at least as good wherever `other` can."""
    return (
        one.leave_s <= other.leave_s
        and one.variance_s2 <= other.variance_s2
        and (not frugal or (one.lost <= other.lost and one.travel_s <= other.travel_s))
    )
