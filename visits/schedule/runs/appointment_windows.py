"""Arrival intervals of drafts that no planning run made: a slot that was taken, a visit moved back to where
it was published, a day that was re-optimised.

They are simulated like planned weeks (simulation.py), from the stops as stored.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from django.db import transaction

from outreach.models import Need
from visits.enums import OPEN_VISITS
from visits.estimates import visit_durations
from visits.estimates.visit_durations import VisitEstimate
from visits.models import Plan, PlanStop, Visit
from visits.planning.rules import count_active_s
from visits.planning.types import Interval
from visits.planning.uncertainty.simulate import Home, SimulatedDay
from visits.planning.week.slots import Slot
from visits.schedule.problem import problem_builder, simulation, stop_joining
from visits.schedule.problem.problem_builder import LocationTable
from visits.schedule.problem.published_week import PublishedWeek
from visits.schedule.problem.simulation import SimulatedPlan
from visits.schedule.runs import draft_rows


@transaction.atomic
def assign_windows(
    *,
    plan: Plan,
    leaves: dict[int, int] | None = None,
    anew: Collection[str] = frozenset(),
    only: Collection[int] | None = None,
    firm: Collection[str] = frozenset(),
) -> None:
    """Write the draft's intervals and the figures of its replays, in a constant number of queries.

    `leaves` says for a shift that is under way when its team sets out for the first of these stops (seconds
    of the day); the families of the needs `anew` are told hours that do not look at what they were told
    before, those of `firm` what they were told whatever the replays say. `only` the intervals of these shifts
    are written, where said. The drive home is what the plan's summary leaves for it.
    """
    stops = list(
        PlanStop.objects.filter(plan=plan)
        .select_related("shift__team", "need__resident")
        .order_by("shift", "sequence")
    )
    needs = [stop.need_id for stop in stops]
    visits = {
        (visit.need_id, visit.shift_id): visit
        for visit in Visit.objects.filter(need__in=needs, state__in=OPEN_VISITS)
        if str(visit.need_id) not in anew
    }
    back = {row.shift: row.end_s for row in plan.figures.team_days}
    learned = visit_durations.load_estimates()
    days: list[SimulatedDay] = []
    ids: list[list[str]] = []
    behind: set[str] = set()
    for shift_id, rows in groupby(stops, key=lambda stop: stop.shift_id):
        there = list(rows)
        shift = problem_builder.build_shift(there[0].shift, LocationTable())
        behind |= stop_joining.list_stop_followers({str(stop.need_id): stop.stop_key for stop in there})
        homes = tuple(
            _build_home(stop, visits.get((stop.need_id, shift_id)), learned, behind=behind, firm=firm)
            for stop in there
        )
        start_s, leave_s = (leaves or {}).get(shift_id, shift.start_s), there[-1].leave
        home_s = max(0, count_active_s(leave_s, back.get(shift_id, leave_s), shift.breaks))
        days.append(SimulatedDay(start_s, shift.end_s, shift.breaks, homes, home_s))
        ids.append([str(stop.need_id) for stop in there])
    rehearsed = simulation.simulate_days(days, ids, learned)
    for day, row in zip(days, ids, strict=True):
        told = {need: rehearsed.stops[need].interval for need in row}
        for need, interval in _windows_of_stops(told, day, behind).items():
            rehearsed.stops[need] = replace(rehearsed.stops[need], interval=interval)
    _write_windows(plan, [stop for stop in stops if only is None or stop.shift_id in only], rehearsed)


def _build_home(
    stop: PlanStop,
    before: Visit | None,
    learned: Mapping[str, VisitEstimate],
    *,
    behind: Collection[str],
    firm: Collection[str],
) -> Home:
    """A stop as it is written; `before` is its family's visit on this team-day so far."""
    need = str(stop.need_id)
    return simulation.build_simulated_home(
        stop.need,
        drive_s=stop.travel_seconds,
        setup_minutes=stop.shift.team.setup_minutes,
        learned=learned,
        before=before,
        follows=need in behind,
        firm=True if need in firm else None,
    )


def _write_windows(plan: Plan, stops: list[PlanStop], rehearsed: SimulatedPlan) -> None:
    for stop in stops:
        for name, value in rehearsed.stops[str(stop.need_id)].as_fields().items():
            setattr(stop, name, value)
    PlanStop.objects.bulk_update(stops, ["expected", "told_from", "told_until"], batch_size=500)
    draft_rows.write_summary(plan=plan, summary=replace(plan.figures, replays=rehearsed.replays))


def _windows_of_stops(
    told: Mapping[str, Interval], day: SimulatedDay, behind: Collection[str]
) -> dict[str, Interval]:
    """What families are told, by need in the order of the day: those of one stop one interval, wide enough
    for all. Who keeps the interval that it has, keeps it."""
    stops: list[list[str]] = []
    for need in told:
        if need in behind:
            stops[-1].append(need)
        else:
            stops.append([need])
    wide = {
        need: (min(told[one][0] for one in stop), max(told[one][1] for one in stop))
        for stop in stops
        for need in stop
    }
    has = dict(zip(told, (home.told for home in day.homes), strict=True))
    return {need: own if has[need] == own else wide[need] for need, own in told.items()}


def windows_of_places(*, there: PublishedWeek, need: Need, places: Sequence[Slot]) -> list[Interval]:
    """What the need's family would be told at each of these places of the published days, as `assign_windows`
    would have it once the place is taken."""
    learned = visit_durations.load_estimates()
    asked = str(need.pk)
    days, rows = [], []
    for place in places:
        order = [one for one in there.orders.get(place.shift, ()) if one != asked]
        order.insert(place.position, asked)
        mine = asked if place.joins is None else there.visits[place.joins].stop_key
        keys = {one: mine if one == asked else there.visits[one].stop_key for one in order}
        behind = stop_joining.list_stop_followers(keys)
        days.append(_build_day(there, place, order, need, learned, behind))
        rows.append((order, behind))
    found = []
    for day, (order, behind), told in zip(
        days, rows, simulation.simulate_intervals(days, learned), strict=True
    ):
        found.append(_windows_of_stops(dict(zip(order, told, strict=True)), day, behind)[asked])
    return found


def _build_day(
    there: PublishedWeek,
    place: Slot,
    order: Sequence[str],
    asked: Need,
    learned: Mapping[str, VisitEstimate],
    behind: Collection[str],
) -> SimulatedDay:
    """The team-day in this order, with the visit of the one who asks at this place."""
    problem, row = there.problem, there.shifts[place.shift]
    shift = problem.shift_by_id[place.shift]
    at = {str(asked.pk): place.joins} if place.joins is not None else {}
    *drives, home_s = simulation.drive_seconds(
        problem, shift, [problem.visit_by_id[at.get(one, one)] for one in order]
    )
    homes = []
    for one, drive_s in zip(order, drives, strict=True):
        published, mine = there.visits.get(one), one == str(asked.pk)
        before = published if published is not None and published.shift_id == row.pk else None
        homes.append(
            simulation.build_simulated_home(
                asked if mine or published is None else published.need,
                drive_s=drive_s,
                setup_minutes=row.team.setup_minutes,
                learned=learned,
                before=before,
                firm=before is not None and before.promised and not mine,
                follows=one in behind,
            )
        )
    return simulation.build_simulated_day(shift, homes, home_s=home_s)
