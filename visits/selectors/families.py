"""Whom to tell: families whose announced visit moves, shifts by more than half an hour, or is taken away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach import vault
from outreach.models import Need, Resident
from outreach.words import interval
from visits.models import Plan, Shift
from visits.selectors import arrival
from visits.selectors.changes import Changes, What


@dataclass(frozen=True, kw_only=True)
class Family:
    """`what` is moved, shifted or cancelled; `was` and `now` are intervals as families read them."""

    what: str
    name: str
    village: str
    phone: str
    was: str
    now: str
    was_team: str
    now_team: str


def before(changes: Changes) -> list[Family]:
    """As it would be if the plan were published now."""
    rows = [
        {
            "what": str(change.what),
            "need": change.stop.need_id,
            "was": arrival.told(change.visit),
            "from": change.visit.shift_id,
            "now": change.interval,
            "to": change.stop.shift_id,
        }
        for change in changes.having(What.MOVED, What.SHIFTED)
        if change.visit is not None
    ]
    rows += [
        {"what": "cancelled", "need": visit.need_id, "was": arrival.told(visit), "from": visit.shift_id}
        for visit in changes.cancelled
    ]
    return _families(rows)


def after(plan: Plan) -> list[Family]:
    """As it was when the plan was published."""
    rows = [
        {
            "what": what,
            "need": row["need"],
            "was": _read(row["was"]),
            "from": row["from"],
            "now": _read(row["now"]) if "now" in row else None,
            "to": row.get("to"),
        }
        for what in ("moved", "shifted", "cancelled")
        for row in plan.changes.get(what, [])
    ]
    return _families(rows)


def _families(rows: list[dict[str, Any]]) -> list[Family]:
    """In two queries, however many; who would wait in vain comes first."""
    rows = sorted(rows, key=lambda row: (row["what"], row["was"]))
    needs = {
        str(need.pk): need
        for need in Need.objects.filter(pk__in=[row["need"] for row in rows])
        .select_related("resident__village", "resident__key")
        .defer("resident__village__boundary")
    }
    shifts = _shifts(pk for row in rows for pk in (row["from"], row.get("to")) if pk)
    return [
        Family(
            what=row["what"],
            name=needs[str(row["need"])].resident.name,
            village=needs[str(row["need"])].resident.village.name,
            phone=_phone(needs[str(row["need"])].resident),
            was=interval(*row["was"]),
            now=interval(*row["now"]) if row.get("now") else "",
            was_team=shifts[row["from"]].team.name,
            now_team=shifts[row["to"]].team.name if row.get("to") else "",
        )
        for row in rows
    ]


def _shifts(ids: Iterable[int]) -> dict[int, Shift]:
    return {shift.pk: shift for shift in Shift.objects.filter(pk__in=set(ids)).select_related("team")}


def _phone(resident: Resident) -> str:
    return vault.get(resident, "phone")


def _read(told: str | list[str]) -> tuple[datetime, datetime]:
    """An interval as a plan's `changes` keep it; older ones have the planned start."""
    if isinstance(told, str):
        return arrival.interval(datetime.fromisoformat(told))
    since, until = (datetime.fromisoformat(at) for at in told)
    return since, until
