"""A draft in which visits are moved by hand, and what must be true of its rows whatever is moved."""

import random
from dataclasses import replace
from typing import Any

from outreach.models import LogEntry, Need
from tests.factories.outreach import NeedFactory
from tests.support.planning_case import as_case
from tests.support.referee import judge
from tests.visits.planned import NOW
from visits.models import Plan, PlanStop, PlanUnserved, Shift
from visits.planning.case import plan_as_json
from visits.planning.rules import walk_route
from visits.planning.types import Route, Stop, Unserved, plan_from_routes
from visits.schedule.plans import draft_moves, draft_routes, plan_changes
from visits.schedule.plans.draft_move_routes import MoveRefusedError
from visits.schedule.plans.draft_routes import DraftRoutes


def make_needs(rng: random.Random, count: int) -> list[Need]:
    """Homes around the teams' base, some of them next door to the one before; some with hours, days or infection."""
    found: list[Need] = []
    for _ in range(count):
        at = {
            "resident__latitude": -7.63 + rng.uniform(-0.06, 0.06),
            "resident__longitude": 111.52 + rng.uniform(-0.06, 0.06),
            "resident__location_source": "officer",
        }
        if found and rng.random() < 0.3:
            home = found[-1].resident
            at |= {"resident__latitude": home.latitude, "resident__longitude": home.longitude}
        found.append(
            NeedFactory(
                **at,
                windows=rng.choice([[], [], [["08:00", "10:30"]], [["09:00", "11:00"], ["13:00", "15:00"]]]),
                weekdays=rng.choice([[], [], [1], [2]]),
                resident__infectious=rng.random() < 0.15,
            )
        )
    return found


def read_rows(plan: Plan) -> dict[str, Any]:
    """Everything that a move may change."""
    plan.refresh_from_db()
    stops = PlanStop.objects.filter(plan=plan).order_by("shift", "sequence")
    return {
        "stops": [{**row, "id": 0} for row in stops.values()],
        "left": sorted(PlanUnserved.objects.filter(plan=plan).values_list("need", "priority")),
        "summary": plan.summary,
        "log": LogEntry.objects.filter(subject_id=str(plan.pk)).count(),
    }


def read_routes(plan: Plan) -> DraftRoutes:
    found = plan_changes.find_changes(plan=plan, now=NOW)
    return draft_routes.build_routes_ahead(plan, found, shifts=[shift.pk for shift in found.shifts])


def check_rows(plan: Plan, needs: list[Need]) -> None:
    """Every need once; numbers without a gap; routes and figures as the rules walk them."""
    plan.refresh_from_db()
    stops = list(PlanStop.objects.filter(plan=plan).order_by("shift", "sequence"))
    left = list(PlanUnserved.objects.filter(plan=plan).values_list("need", flat=True))
    assert sorted([stop.need_id for stop in stops] + left) == sorted(need.pk for need in needs)
    assert all(stop.told_from is not None for stop in stops)
    routes, days = read_routes(plan), []
    planned: list[Route] = []
    for shift in Shift.objects.in_bulk([stop.shift_id for stop in stops]).values():
        mine = [stop for stop in stops if stop.shift_id == shift.pk]
        assert [stop.sequence for stop in mine] == list(range(1, len(mine) + 1))
        team = routes.singles.shift_by_id[str(shift.pk)]
        visits = [routes.singles.visit_by_id[str(stop.need_id)] for stop in mine]
        walked = walk_route(routes.singles, team, visits)
        rows = [Stop(str(stop.need_id), stop.arrive, stop.start, stop.leave) for stop in mine]
        planned.append(Route(team.id, tuple(rows), walked.end_s, walked.travel_s))
        assert sum(stop.travel_seconds for stop in mine) <= walked.travel_s
        days.append((shift.pk, len(mine), walked.travel_s, walked.end_s))
    last = frozenset(visit.id for visit in routes.singles.visits if visit.infectious_last)
    assert judge(as_case(routes.singles), _as_json(routes, planned), last=last)["faults"] == []
    kept = [row for row in plan.summary["team_days"] if row["visits"]]
    assert sorted((row["shift"], row["visits"], row["travel_s"], row["end_s"]) for row in kept) == sorted(
        days
    )
    assert plan.summary["travel_s"] == sum(day[2] for day in days)
    assert (plan.summary["served"], plan.summary["unserved"]) == (len(stops), len(left))


def _as_json(routes: DraftRoutes, planned: list[Route]) -> dict[str, Any]:
    """These routes as the referee reads a plan: who is on none of them is listed."""
    served = {stop.visit for route in planned for stop in route.stops}
    rest = [Unserved(visit.id) for visit in routes.singles.visits if visit.id not in served]
    return plan_as_json(replace(plan_from_routes(planned), unserved=tuple(rest)))


def move_at_random(rng: random.Random, plan: Plan, needs: list[Need], shifts: list[Shift]) -> str:
    """One move; its code where it was refused, and then nothing has changed. A move that is repeated is harmless."""
    shift = rng.choice([None, *(shift.pk for shift in shifts for _ in range(2))])
    position = rng.choice([None, None, 0, 1, 2, 5])
    before = read_rows(plan)

    def move() -> None:
        draft_moves.move_need(plan=plan, need=need, shift=shift, position=position, user=None, now=NOW)

    need = str(rng.choice(needs).pk)
    try:
        move()
    except MoveRefusedError as error:
        assert read_rows(plan) == before
        return error.code
    after = read_rows(plan)
    move()
    assert read_rows(plan) == after
    return ""
