"""A visit of a draft put back where, and when, it was published, where that costs nobody else's hour."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from outreach.services import log
from visits.enums import PlanState, RunKind
from visits.lib.plan_summary import PlanSummary, TeamDayFigures
from visits.models import Plan, PlanStop, PlanUnserved, Shift
from visits.planning.fair import loads
from visits.planning.fair.loads import Balance
from visits.planning.types import Route
from visits.planning.week.keep_cost import KeepCost
from visits.schedule.plans import draft_routes, keep_costs, plan_changes
from visits.schedule.plans.draft_routes import Routes
from visits.schedule.problem import stop_joining
from visits.schedule.runs import appointment_windows, draft_rows, engine


class CannotKeepError(Exception):
    """`gone`: the plan is no draft any more, or no longer fits; `same`: there is nothing to put back; `price`: it
    would cost others their hour by now."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def keep(*, plan: Plan, need: str, user: AbstractBaseUser | None, now: datetime | None = None) -> None:
    """Change the draft so that the need, with who shares its stop, stays where and when it was published. Raises
    `CannotKeepError`, and changes nothing, where it cannot."""
    row = Plan.objects.select_for_update(of=("self",)).select_related("run").get(pk=plan.pk)
    if row.state != PlanState.DRAFT or row.run.kind != RunKind.AHEAD:
        raise CannotKeepError("gone")
    found = plan_changes.of(plan=row, now=now or timezone.now(), lock=True)
    if found.refusals:
        raise CannotKeepError("gone")
    if need not in draft_routes.changed(found):
        lost = any(str(visit.need_id) == need for visit in found.cancelled)  # nobody awaits it any more
        raise CannotKeepError("gone" if lost else "same")
    asked = draft_routes.ahead(row, found)
    price = keep_costs.of(asked, [need])[need]
    if not price.order:
        raise CannotKeepError("price")
    routes = keep_costs.after(asked, price, need)
    if routes is None:
        raise CannotKeepError("price")
    who = asked.each([asked.leader(need)])
    _rewrite(row, asked, price, who, {int(shift): route for shift, route in routes.items()})
    log.write(
        actor=log.actor_of(user),
        action="plan_visit_kept",
        subject=row,
        detail={"visits": [str(asked.changed[one].pk) for one in who if one in asked.changed]},
    )


def _worth(rows: QuerySet[PlanStop] | QuerySet[PlanUnserved]) -> dict[str, dict[str, Any]]:
    """By need: its priority and what that is made of."""
    found = rows.values_list("need", "priority", "parts")
    return {str(need): {"priority": priority, "parts": parts} for need, priority, parts in found}


def _rewrite(
    plan: Plan, asked: Routes, price: KeepCost, who: Sequence[str], routes: dict[int, Route | None]
) -> None:
    """The stops of these team-days anew, the plan's figures, and the intervals of their families."""
    old = PlanStop.objects.filter(plan=plan, shift__in=routes)
    left = PlanUnserved.objects.filter(plan=plan, need__in=[UUID(one) for one in who])
    known = _worth(old) | _worth(left)
    keys = {str(stop.need_id): stop.stop_key for stop in old}
    planned = {need for order in asked.orders.values() for need in asked.each(order)}
    stale = [need for need in map(str, old.values_list("need", flat=True)) if need not in planned]
    old.delete()
    served = left.delete()[0] - len(stale)
    PlanUnserved.objects.bulk_create(  # what changed since the plan was made has no place in a new route
        PlanUnserved(plan=plan, need_id=UUID(need), **known[need]) for need in stale
    )
    shifts = Shift.objects.in_bulk(list(routes))
    PlanStop.objects.bulk_create(
        stop
        for pk, route in routes.items()
        if route is not None
        for stop in draft_rows.stops(
            plan=plan,
            shift=shifts[pk],
            problem=asked.singles,
            route=route,
            needs=asked.needs,
            follows=stop_joining.list_followers(
                {stop.visit: keys.get(stop.visit) or stop.visit for stop in route.stops}
            ),
            more=lambda need: known.get(need, {}),
        )
    )
    summary = _summary(plan.figures, price, who, routes, served=served)
    if summary.balance is not None:
        summary = replace(summary, balance=_balance(plan, summary.balance, summary.team_days))
    draft_rows.write_summary(plan=plan, summary=summary)
    appointment_windows.tell(plan=plan, only=routes.keys(), firm=who)


def _summary(
    summary: PlanSummary,
    price: KeepCost,
    who: Sequence[str],
    routes: dict[int, Route | None],
    *,
    served: int,
) -> PlanSummary:
    """The plan's figures with these routes."""
    days = (
        *(row for row in summary.team_days if row.shift not in routes),
        *draft_rows.team_days(route for route in routes.values() if route is not None),
    )
    return replace(
        summary,
        broken=tuple(row for row in summary.broken if row.need not in who),
        guarantees=tuple(row for row in summary.guarantees if row.need not in who),
        team_days=days,
        travel_s=sum(row.travel_s for row in days),
        put_back=summary.put_back + 1,
        served=summary.served + served,
        unserved=summary.unserved - served,
        points=round(summary.points - price.points, 1),
    )


def _balance(plan: Plan, stored: Balance, team_days: Sequence[TeamDayFigures]) -> Balance:
    """How evenly the draft shares the work now; why a team could not be relieved stays as it was found."""
    travel = {row.shift: row.travel_s for row in team_days}
    busy, visits = Counter[str](), Counter[str]()
    stops = PlanStop.objects.filter(plan=plan).values_list("shift", "shift__team__code", "start", "leave")
    for shift, team, start, leave in stops:
        busy[team] += leave - start + travel.pop(shift, 0)
        visits[team] += 1
    rows = tuple(row._replace(busy_s=busy[row.team], visits=visits[row.team]) for row in stored.loads)
    return replace(stored, kept=not loads.list_overloads(rows, engine.tolerance()), loads=rows)
