"""Intervals for drafts that no planning run made: a place that a family took, a day that was planned anew.

They are rehearsed as planned weeks are (rehearsal.py), from the stops as they are written.
"""

from itertools import groupby

from django.db import transaction

from visits import planning
from visits.enums import OPEN_VISITS
from visits.models import Plan, PlanStop, Visit
from visits.planning.simulate import Day
from visits.planning.types import Interval
from visits.services import candidates, durations, rehearsal
from visits.services.candidates import Places


@transaction.atomic
def tell(*, plan: Plan, leaves: dict[int, int] | None = None) -> None:
    """Write the draft's intervals and the figures of its replays, in a constant number of queries.

    `leaves` says for a shift that is under way when its team sets out for the first of these stops (seconds of the
    day). The drive home is what the plan's summary leaves for it.
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
    }
    back = {row["shift"]: row["end_s"] for row in plan.summary.get("team_days", [])}
    learned = durations.known()
    days: list[Day] = []
    homes: list[list[PlanStop]] = []
    for shift_id, rows in groupby(stops, key=lambda stop: stop.shift_id):
        there = list(rows)
        shift = candidates.as_shift(there[0].shift, Places())
        found = [
            rehearsal.home(
                stop.need,
                drive_s=stop.travel_seconds,
                setup_minutes=stop.shift.team.setup_minutes,
                windows=candidates.hours(stop.need),
                learned=learned,
                before=visits.get((stop.need_id, shift_id)),
            )
            for stop in there
        ]
        start_s = (leaves or {}).get(shift_id, shift.start_s)
        home_s = _drive_home(shift, there[-1].leave, back.get(shift_id, there[-1].leave))
        days.append(Day(start_s, shift.end_s, shift.breaks, tuple(found), home_s))
        homes.append(there)
    ids = [[str(stop.need_id) for stop in there] for there in homes]
    rehearsed = rehearsal.rehearse(days, ids, learned)
    for stop in stops:
        for name, value in rehearsed.stops[str(stop.need_id)].as_fields().items():
            setattr(stop, name, value)
    PlanStop.objects.bulk_update(stops, ["expected", "told_from", "told_until"], batch_size=500)
    plan.summary = {**plan.summary, "replays": rehearsed.as_json()}
    Plan.objects.filter(pk=plan.pk).update(summary=plan.summary)


def _drive_home(shift: planning.Shift, leave_s: int, end_s: int) -> int:
    """The drive between the last home and the end, without the breaks in it."""
    return max(0, end_s - leave_s - sum(_overlap(rest, (leave_s, end_s)) for rest in shift.breaks))


def _overlap(one: Interval, other: Interval) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))
