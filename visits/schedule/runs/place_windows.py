"""What families would be told at places in the published days."""

from collections.abc import Collection, Mapping, Sequence

from outreach.models import Need
from visits.estimates import visit_durations
from visits.estimates.visit_durations import VisitEstimate
from visits.planning.rules import walk_route
from visits.planning.types import Interval
from visits.planning.uncertainty.simulate import SimulatedDay
from visits.planning.week.slots import Slot
from visits.schedule.problem import simulation, stop_joining
from visits.schedule.problem.published_week import PublishedWeek

Place = tuple[PublishedWeek, Slot]  # the week has the visit as it is at this place


def windows_of_places(
    *, need: Need, places: Sequence[Place], left: Sequence[tuple[PublishedWeek, str]] = ()
) -> list[dict[str, Interval]]:
    """What the families of the team-day of each of these places would be told with the need's visit there, by need,
    as `assign_windows` would have it once the place is taken; then those of the team-days that it has `left`."""
    learned = visit_durations.load_estimates()
    asked = str(need.pk)
    days, rows = [], []
    for there, shift, slot in [
        *((there, slot.shift, slot) for there, slot in places),
        *((there, shift, None) for there, shift in left),
    ]:
        order = [one for one in there.orders.get(shift, ()) if one != asked]
        keys: dict[str, object] = {one: there.visits[one].stop_key for one in order}
        if slot is not None:
            order.insert(slot.position, asked)
            keys[asked] = asked if slot.joins is None else there.visits[slot.joins].stop_key
        behind = stop_joining.list_stop_followers({one: keys[one] for one in order})
        days.append(_build_day(there, shift, order, need, learned, behind))
        rows.append((order, behind))
    replayed = simulation.simulate_intervals(days, learned) if days else []
    return [
        simulation.share_stop_hours(dict(zip(order, told, strict=True)), day, behind)
        for day, (order, behind), told in zip(days, rows, replayed, strict=True)
    ]


def _build_day(
    there: PublishedWeek,
    shift_id: str,
    order: Sequence[str],
    asked: Need,
    learned: Mapping[str, VisitEstimate],
    behind: Collection[str],
) -> SimulatedDay:
    """The team-day in this order, with the visit of the one who asks where it is in it."""
    problem, row = there.problem, there.shifts[shift_id]
    shift, visits = problem.shift_by_id[shift_id], [problem.visit_by_id[one] for one in order]
    *drives, home_s = simulation.drive_seconds(problem, shift, visits)
    planned = [stop.start_s for stop in walk_route(problem, shift, visits).stops]
    homes = []
    for one, drive_s, planned_s in zip(order, drives, planned, strict=True):
        published, mine = there.visits.get(one), one == str(asked.pk)
        before = published if published is not None and published.shift_id == row.pk else None
        homes.append(
            simulation.build_simulated_home(
                asked if mine or published is None else published.need,
                drive_s=drive_s,
                setup_minutes=row.team.setup_minutes,
                learned=learned,
                before=before,
                firm=before is not None and before.is_firm and not mine,
                follows=one in behind,
                planned_s=planned_s,
            )
        )
    return simulation.build_simulated_day(shift, homes, home_s=home_s)
