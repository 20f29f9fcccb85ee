"""A computed draft without the engine: what a run would have written, for tests of what follows."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from outreach.models import Need
from tests.factories.visits import PlanFactory, PlanRunFactory, at
from visits.enums import RunState
from visits.models import Plan, PlanStop, PlanUnserved, Shift
from visits.schedule.problem import candidates

TUESDAY = date(2026, 12, 1)
NOW = at(TUESDAY - timedelta(days=1), 720)


def draft(
    routes: dict[Shift, list[Need]],
    *,
    left: list[Need] | None = None,
    follows: Collection[Need] = (),
    first: date = TUESDAY,
    last: date | None = None,
    starts: int = 8 * 60,
    now: datetime = NOW,
) -> Plan:
    """A draft with these routes: the first stop at `starts` minutes, one every 40 minutes, 30 minutes each.
    Needs that `follows` names share the stop of the one before."""
    last = last or max([shift.date for shift in routes], default=first)
    days = candidates.find_team_days(first=first, last=last, now=now)
    run = PlanRunFactory(
        first_date=first, last_date=last, state=RunState.DONE, served=sum(map(len, routes.values()))
    )
    plan = PlanFactory(
        run=run,
        based_on={str(shift.pk): days.live[shift.pk] for shift in days.scope},
        summary=_summary(routes, left or []),
    )
    for shift, needs in routes.items():
        leader: Need | None = None
        for number, need in enumerate(needs):
            arrive = (starts + 40 * number) * 60
            leader = leader if need in follows else need
            PlanStop.objects.create(
                plan=plan,
                shift=shift,
                need=need,
                stop_leader=None if leader == need else leader,
                sequence=number + 1,
                travel_seconds=600,
                arrive=arrive,
                start=arrive,
                leave=arrive + 1800,
                priority=45,
                parts=[{"code": "elderly", "points": 20}, {"code": "waiting", "points": 25, "count": 25}],
            )
    for need in left or []:
        PlanUnserved.objects.create(
            plan=plan,
            need=need,
            reasons=[_lacking_iris(next(iter(routes), None))],
            priority=30,
            parts=[{"code": "sick", "points": 25}, {"code": "waiting", "points": 5, "count": 5}],
        )
    return plan


def _summary(routes: dict[Shift, list[Need]], left: list[Need]) -> dict[str, object]:
    served = sum(map(len, routes.values()))
    return {
        "candidates": served + len(left),
        "served": served,
        "unserved": len(left),
        "travel_s": 600 * served,
        "points": 100.0,
        "elapsed_s": 2.0,
        "away": 0,
        "begun": 0,
        "team_days": [
            {"shift": shift.pk, "visits": len(needs), "travel_s": 600 * len(needs), "end_s": 50_000}
            for shift, needs in routes.items()
        ],
        "broken": [],
    }


def _lacking_iris(shift: Shift | None) -> dict[str, object]:
    reason: dict[str, object] = {"code": "skill", "relax": ["skill"], "detail": "iris"}
    return reason if shift is None else {**reason, "shift": str(shift.pk), "at": 38_400}
