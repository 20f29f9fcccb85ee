"""The visits of a plan that is published: new ones made, others moved to their place, with log and progress rows, in a
few statements for some hundred of them. Called under the locks of `plan_changes.find_changes`."""

from datetime import datetime
from typing import Any

from outreach.enums import Milestone, NeedState
from outreach.services import log, progress
from outreach.services.transitions import transition_all
from visits.appointments import arrival_intervals, call_offs
from visits.enums import VisitState
from visits.models import Plan, Visit
from visits.schedule.plans import day_versions
from visits.schedule.plans.plan_changes import ChangeKind, PlanChanges, StopChange

Placed = dict[int, list[tuple[Visit, StopChange]]]  # by shift, in order


def place_visits(found: PlanChanges, *, plan: Plan, now: datetime, actor: str) -> Placed:
    """Every stop's visit, new or moved to its place."""
    placed: Placed = {}
    made: list[Visit] = []
    moved: list[tuple[Visit, StopChange, dict[str, Any]]] = []
    for change in found.stops:
        row = placed.setdefault(change.stop.shift_id, [])
        last = day_versions.last_fixed_sequence(found, change.stop.shift_id)
        fields = _visit_fields(change, sequence=last + len(row) + 1)
        visit = change.visit
        if visit is None:
            need = change.stop.need
            visit = Visit(need=need, attempt=need.attempts + 1, **fields)
            made.append(visit)
        else:
            moved.append((visit, change, fields))
        row.append((visit, change))
    _make_visits(made, actor)
    _move_visits(moved, actor)
    progress.record_intervals(
        milestone=Milestone.PLANNED,
        at=now,
        source=f"plan:{plan.pk}",
        told=[(change.stop.need_id, change.interval) for change in found.stops if not change.keeps_interval],
    )
    return placed


def _visit_fields(change: StopChange, *, sequence: int) -> dict[str, Any]:
    day, stop = change.stop.shift.date, change.stop
    return {
        "shift_id": stop.shift_id,
        "sequence": sequence,
        "stop_leader_id": stop.stop_leader_id,
        "planned_arrive": arrival_intervals.moment_of_day(day, stop.arrive),
        "planned_start": arrival_intervals.moment_of_day(day, stop.start),
        "planned_leave": arrival_intervals.moment_of_day(day, stop.leave),
        "told_from": change.interval[0],
        "told_until": change.interval[1],
        "told_stretch": change.stretch,
    }


def _make_visits(made: list[Visit], actor: str) -> None:
    """New visits, and their needs planned."""
    Visit.objects.bulk_create(made, batch_size=200)
    reasons = {visit.need_id: {"visit": str(visit.pk)} for visit in made}
    transition_all(rows=[visit.need for visit in made], to=NeedState.PLANNED, actor=actor, reasons=reasons)


def _move_visits(moved: list[tuple[Visit, StopChange, dict[str, Any]]], actor: str) -> None:
    """The visits were locked and are still PUBLISHED; the condition is the last word on that."""
    if not moved:
        return
    rows = {visit.pk: (visit, fields) for visit, _change, fields in moved if _differs(visit, fields)}
    others = [visit.pk for visit, _change, _fields in moved if visit.pk not in rows]
    standing = Visit.objects.filter(state=VisitState.PUBLISHED)
    fresh = [Visit(pk=pk, **fields) for pk, (_visit, fields) in rows.items()]
    names = [name.removesuffix("_id") for name in moved[0][2]]
    if standing.bulk_update(fresh, names, batch_size=200) != len(fresh) or _count(standing, others) != len(
        others
    ):
        raise RuntimeError("visits changed under their lock")
    told = []
    for visit, change, _fields in moved:
        if visit.called_off:
            call_offs.lift_call_off(visit=visit, why="planned", actor=actor)
        if (
            visit.promised and not change.keeps_interval
        ):  # its team-day failed: the family knows of no new one
            Visit.objects.filter(pk=visit.pk).update(promised=False)
        if change.what != ChangeKind.SAME:
            detail = {"from": visit.shift_id, "to": change.stop.shift_id, "what": str(change.what)}
            told.append(
                log.build_entry(actor=actor, action="visit_rescheduled", subject=visit, detail=detail)
            )
    log.write_logs(told)


def _differs(visit: Visit, fields: dict[str, Any]) -> bool:
    return any(getattr(visit, name) != value for name, value in fields.items())


def _count(rows: Any, keys: list[Any]) -> int:
    """How many of these rows there are."""
    return sum(rows.filter(pk__in=keys[at : at + 500]).count() for at in range(0, len(keys), 500))
