"""Whom to tell: families whose announced visit moves, shifts by so much that it is news, or is taken away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from outreach import vault
from outreach.formats import format_interval
from outreach.models import Need
from visits.appointments import arrival_intervals
from visits.lib.plan_summary import Replacement
from visits.models import Plan, Shift, Visit
from visits.planning.week.keep_cost import KeepCost
from visits.schedule.plans import keep_cost_labels, unassigned
from visits.schedule.plans.keep_cost_labels import KeepCostLabel
from visits.schedule.plans.plan_changes import ChangeKind, PlanChanges, StopChange
from visits.wording import labels


@dataclass(frozen=True, kw_only=True)
class FamilyNews:
    """`what` is moved, shifted or cancelled; `was` and `now` are intervals as families read them."""

    need: str
    what: str
    name: str
    village: str
    phone: str
    was: str
    now: str
    was_team: str
    now_team: str
    offer: str = ""  # for who has no place now: the best one that is left
    price: KeepCostLabel | None = field(default=None, compare=False)  # of leaving it where it was


def list_news_before(changes: PlanChanges, prices: Mapping[str, KeepCost] | None = None) -> list[FamilyNews]:
    """As it would be if the plan were published now; with what it would cost to leave each where it was, by
    need."""
    moving = changes.having(ChangeKind.MOVED, ChangeKind.SHIFTED)
    rows = _build_news(_change_rows(moving, changes.newly_cancelled), changes.instead)
    known = prices or {}
    names = unassigned.name_visits({"needs": [*kept.shifted, *kept.out]} for kept in known.values())
    return [
        replace(row, price=keep_cost_labels.describe_keep_cost(known[row.need], row.what, names))
        if row.need in known
        else row
        for row in rows
    ]


@dataclass(frozen=True, kw_only=True)
class StandingPromise:
    """A promise that stands against a plan, and what the plan would make of it."""

    visit: Visit
    family: FamilyNews


def list_standing_promises(changes: PlanChanges) -> list[StandingPromise]:
    """Promises of working teams that publishing would break, in as many queries for one as for many."""
    moving = {change.visit.pk: change for change in changes.stops if change.visit is not None}
    found = []
    for visit in changes.unreleased:
        change = moving.get(visit.pk)
        found.append((visit, _change_rows([change] if change else [], [] if change else [visit])[0]))
    told = {family.need: family for family in _build_news([row for _, row in found])}
    return [StandingPromise(visit=visit, family=told[str(visit.need_id)]) for visit, _ in found]


def _change_rows(moving: list[StopChange], cancelled: list[Visit]) -> list[dict[str, Any]]:
    rows = [
        {
            "what": str(change.what),
            "need": change.stop.need_id,
            "was": arrival_intervals.interval_told(change.visit),
            "from": change.visit.shift_id,
            "now": change.interval,
            "to": change.stop.shift_id,
        }
        for change in moving
        if change.visit is not None
    ]
    return rows + [
        {
            "what": "cancelled",
            "need": visit.need_id,
            "was": arrival_intervals.interval_told(visit),
            "from": visit.shift_id,
        }
        for visit in cancelled
    ]


def list_news_after(plan: Plan) -> list[FamilyNews]:
    """As it was when the plan was published."""
    rows = [
        {
            "what": what,
            "need": row["need"],
            "was": _parse_interval(row["was"]),
            "from": row["from"],
            "now": _parse_interval(row["now"]) if "now" in row else None,
            "to": row.get("to"),
        }
        for what in ("moved", "shifted", "cancelled")
        for row in plan.changes.get(what, [])
    ]
    return _build_news(rows, plan.figures.instead)


def _build_news(
    rows: list[dict[str, Any]], instead: Mapping[str, Replacement] | None = None
) -> list[FamilyNews]:
    """In two queries, however many; who would wait in vain comes first."""
    rows = sorted(rows, key=lambda row: (row["what"], row["was"]))
    needs = {
        str(need.pk): need
        for need in Need.objects.filter(pk__in=[row["need"] for row in rows])
        .select_related("resident__village", "resident__key")
        .defer("resident__village__boundary")
    }
    offers = {need: place for need, place in (instead or {}).items() if need in needs}
    shifts = _load_shifts(
        pk
        for pk in [
            *(pk for row in rows for pk in (row["from"], row.get("to"))),
            *(place.shift for place in offers.values()),
        ]
        if pk
    )
    return [
        FamilyNews(
            need=str(row["need"]),
            what=row["what"],
            name=needs[str(row["need"])].resident.name,
            village=needs[str(row["need"])].resident.village.name,
            phone=vault.unseal_field(needs[str(row["need"])].resident, "phone"),
            was=format_interval(*row["was"]),
            now=format_interval(*row["now"]) if row.get("now") else "",
            was_team=shifts[row["from"]].team.name,
            now_team=shifts[row["to"]].team.name if row.get("to") else "",
            offer=_describe_offer(offers.get(str(row["need"])), shifts) if not row.get("now") else "",
        )
        for row in rows
    ]


def _describe_offer(place: Replacement | None, shifts: dict[int, Shift]) -> str:
    if place is None or place.shift not in shifts:
        return ""
    return labels.describe_team_day(place.shift, shifts)  # its hours are told once the place is taken


def _load_shifts(ids: Iterable[int]) -> dict[int, Shift]:
    return {shift.pk: shift for shift in Shift.objects.filter(pk__in=set(ids)).select_related("team")}


def _parse_interval(told: str | list[str]) -> tuple[datetime, datetime]:
    """An interval as a plan's `changes` keep it; older ones have the planned start."""
    if isinstance(told, str):
        return arrival_intervals.widen_to_interval(datetime.fromisoformat(told))
    since, until = (datetime.fromisoformat(at) for at in told)
    return since, until
