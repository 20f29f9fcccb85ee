"""Arrival intervals of drafts that no planning run made: a slot that was taken, a visit moved back to where
it was published, a day that was re-optimised.

They are simulated like planned weeks (simulation.py), from the stops as stored.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import groupby
from uuid import UUID

from django.db import transaction

from visits.enums import OPEN_VISITS
from visits.estimates import visit_durations
from visits.estimates.visit_durations import VisitEstimate
from visits.models import Plan, PlanStop, Visit
from visits.planning.rules import count_active_s
from visits.planning.uncertainty.simulate import Home, SimulatedDay
from visits.schedule.problem import problem_builder, simulation, stop_joining
from visits.schedule.problem.problem_builder import LocationTable
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
    begun: Collection[str] = frozenset(),
    now_s: int = 0,
) -> Mapping[str, str]:
    """Write the draft's intervals and the figures of its replays, in a constant number of queries. Gives those whom
    no true hours can be told, by need, and the rule that these break.

    Of a day under way, at `now_s`, `leaves` says for a shift when its team sets out for the first of these stops
    (seconds of the day); what it has begun, or is believed to have (the needs `begun`), stays as it is. The families of the needs
    `anew` are told hours that do not look at what they were told before, those of `firm` what they were told
    while the team can come then at all. `only` the intervals of these shifts are written, where said. The drive
    home is what the plan's summary leaves for it.
    """
    stops = list(
        PlanStop.objects.filter(plan=plan)
        .exclude(need__in=[UUID(need) for need in begun])
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
        behind |= stop_joining.list_stop_followers({str(stop.need_id): stop.stop_key for stop in there})
        homes = [
            _build_home(
                stop,
                visits.get((stop.need_id, shift_id)),
                learned,
                behind=behind,
                firm=firm,
            )
            for stop in there
        ]
        leaves_s = (leaves or {}).get(shift_id)
        days.append(_build_day(there, homes, leaves_s=leaves_s, back_s=back.get(shift_id), now_s=now_s))
        ids.append([str(stop.need_id) for stop in there])
    simulated = simulation.simulate_days(days, ids, learned, follows=behind)
    written = [stop for stop in stops if only is None or stop.shift_id in only]
    _write_windows(plan, written, simulated)
    mine = {str(stop.need_id) for stop in written}
    return {need: code for need, code in simulated.untrue.items() if need in mine}


def _build_day(
    stops: list[PlanStop], homes: list[Home], *, leaves_s: int | None, back_s: int | None, now_s: int
) -> SimulatedDay:
    """The team-day of these stops; the team is back at `back_s`."""
    shift = problem_builder.build_shift(stops[0].shift, LocationTable())
    leave_s = stops[-1].leave
    home_s = 0 if back_s is None else max(0, count_active_s(leave_s, back_s, shift.breaks))
    return replace(
        simulation.build_simulated_day(shift, homes, home_s=home_s),
        start_s=shift.start_s if leaves_s is None else leaves_s,
        opened_s=shift.start_s,
        now_s=now_s,
    )


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
        planned_s=stop.start,
    )


def _write_windows(plan: Plan, stops: list[PlanStop], simulated: SimulatedPlan) -> None:
    for stop in stops:
        for name, value in simulated.stops[str(stop.need_id)].as_fields().items():
            setattr(stop, name, value)
    PlanStop.objects.bulk_update(stops, ["expected", "told_from", "told_until"], batch_size=500)
    draft_rows.write_summary(plan=plan, summary=replace(plan.figures, replays=simulated.replays))
