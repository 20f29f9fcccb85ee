"""What families would be told at places in the published days."""

from collections.abc import Collection, Mapping, Sequence

from outreach.models import Need
from visits.estimates import visit_durations
from visits.estimates.visit_durations import VisitEstimate
from visits.planning.types import Interval
from visits.planning.uncertainty.simulate import SimulatedDay
from visits.planning.week.slots import Slot
from visits.schedule.problem import simulation, stop_joining
from visits.schedule.problem.published_week import PublishedWeek


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
        found.append(windows_of_stops(dict(zip(order, told, strict=True)), day, behind)[asked])
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


def windows_of_stops(
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
