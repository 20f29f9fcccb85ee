"""Slots for a need in the published days: the best place of each team-day, with its price and what families
would be told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from outreach.enums import NeedState
from outreach.models import Need, Village
from visits.appointments import arrival_intervals, placement
from visits.appointments.published_visits import departure_time
from visits.enums import VisitState
from visits.models import Shift, Visit
from visits.planning.news import is_news
from visits.planning.rules import walk_route
from visits.planning.types import Interval
from visits.planning.week import slots
from visits.planning.week.slots import Slot
from visits.schedule.plans import version_marks
from visits.schedule.problem import published_week, stop_joining
from visits.schedule.problem.published_week import PublishedWeek
from visits.schedule.problem.stop_joining import StopJoins
from visits.schedule.runs import place_windows
from visits.schedule.runs.place_windows import Place

DAYS = 14


class NoPlaceError(Exception):
    """`gone`: the place is another one by now; `hours`: somebody could be told no true hours there; `state`: the need waits for no visit; `away`: nobody is at
    home; `begun`: its team is on the way already; `placed`: somebody placed it meanwhile (`visit` says
    where), `released`: somebody took it out of its day."""

    def __init__(self, code: str, visit: Visit | None = None) -> None:
        super().__init__(code)
        self.code, self.visit = code, visit


Told = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class SlotOffer:
    """A place on a team-day. `moved` are the other families whose hours change, and their new ones; `mark` is that
    of all that the offer says."""

    shift: Shift
    slot: Slot
    moved: list[tuple[Visit, Told]]
    told: Told  # what the family would be told
    mark: str


def list_slot_offers(*, need: Need, now: datetime | None = None, limit: int = 12) -> list[SlotOffer]:
    """The best place of each team-day of the next two weeks, the best first."""
    visit = placement.find_open_visit(need)
    check_need_waits(need, visit, now=now or timezone.now())
    there = published_week.load_published_week(first=timezone.localdate(now), days=DAYS, asked=need, now=now)
    best: dict[str, Slot] = {}
    joins, found = find_need_slots(there, need)
    for slot in found:
        best.setdefault(slot.shift, slot)
    weeks = {
        shift: stop_joining.join_at(there=there, need=need, slot=slot, joins=joins)
        for shift, slot in best.items()
    }
    priced = [_price_slot(weeks[shift], need, slot) for shift, slot in best.items()]
    shown = sorted(priced, key=lambda slot: (slot.price_s, slot.shift))[:limit]
    return _build_offers(there, need, visit, [(weeks[slot.shift], slot) for slot in shown])


def _build_offers(
    there: PublishedWeek, need: Need, visit: Visit | None, places: list[Place]
) -> list[SlotOffer]:
    """The places with the hours that families would be told, in a constant number of queries."""
    had = "" if visit is None else str(visit.shift_id)
    left = [(there, had)] if had in there.shifts else []
    told = place_windows.windows_of_places(need=need, places=places, left=left)
    rest = told[len(places)] if left else {}
    numbers = published_week.live_version_numbers([there.shifts[slot.shift] for _, slot in places])
    offers = []
    for (_, slot), hours in zip(places, told, strict=False):
        shift = there.shifts[slot.shift]
        moved = _list_moved(there, shift, hours, asked=need)
        if visit is not None and slot.shift != had:
            moved += _list_moved(there, visit.shift, rest, asked=need)
        own = _as_moments(shift, hours[str(need.pk)])
        mark = version_marks.mark_place(number=numbers[shift.pk], told=own, moved=moved)
        offers.append(SlotOffer(shift=shift, slot=slot, moved=moved, told=own, mark=mark))
    named = [other.need.resident for offer in offers for other, _ in offer.moved]
    prefetch_related_objects(named, Prefetch("village", Village.objects.only("name")))
    return offers


def _list_moved(
    there: PublishedWeek, shift: Shift, hours: Mapping[str, Interval], *, asked: Need
) -> list[tuple[Visit, Told]]:
    """Whose hours on a team-day would be other ones than the family knows, with these."""
    others = (
        (there.visits[one], _as_moments(shift, told)) for one, told in hours.items() if one != str(asked.pk)
    )
    return [(other, now) for other, now in others if arrival_intervals.interval_told(other) != now]


def _as_moments(shift: Shift, told: Interval) -> Told:
    since, until = (arrival_intervals.moment_of_day(shift.date, at) for at in told)
    return since, until


def _price_slot(there: PublishedWeek, need: Need, slot: Slot) -> Slot:
    """The place with the shifts as families would see them: against the published times, which the roads of
    today may not keep even without it."""
    team = there.problem.shift_by_id[slot.shift]
    order = [visit for visit in there.orders.get(slot.shift, ()) if visit != str(need.pk)]
    order.insert(slot.position, str(need.pk))
    later_s, moved = 0, []
    for stop in walk_route(there.problem, team, [there.problem.visit_by_id[visit] for visit in order]).stops:
        if stop.visit != str(need.pk):
            by_s = stop.start_s - published_week.published_stop(there.visits[stop.visit]).start_s
            later_s = max(later_s, by_s)
            if is_news((stop.start_s - by_s,), (stop.start_s,), news_s=there.problem.news_s):
                moved.append((stop.visit, by_s))
    more = slots.CALL_S * (len(moved) - len(slot.moved))
    return replace(slot, later_s=later_s, moved=tuple(moved), price_s=slot.price_s + more)


def check_need_waits(need: Need, visit: Visit | None, *, now: datetime) -> None:
    if need.state not in (NeedState.OPEN, NeedState.PLANNED):
        raise NoPlaceError("state")
    if need.resident.away:
        raise NoPlaceError("away")
    if visit is not None and (visit.state != VisitState.PUBLISHED or departure_time(visit.shift) <= now):
        raise NoPlaceError("begun")


def find_need_slots(there: PublishedWeek, need: Need) -> tuple[StopJoins, list[Slot]]:
    """Every place, and what the visit is where it joins a stop."""
    if not there.shifts:
        return StopJoins(), []
    asked, joins = there.problem.visit_by_id[str(need.pk)], stop_joining.find_joins(there=there, need=need)
    ready = slots.prepare_lines(there.problem, there.orders)
    return joins, slots.find_slots(ready, asked, joined=joins.visits, follows=joins.follows)
