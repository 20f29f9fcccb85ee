"""Planning when the worker dies: kill -9 of a real qcluster in mid-plan, and two coordinators at once."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.urls import reverse

from outreach.enums import NeedState
from outreach.models import Need
from tests.factories.outreach import NeedFactory, VillageFactory
from tests.factories.visits import ShiftFactory
from tests.support import clock
from tests.support.office import Office
from tests.support.stack import Stack
from tests.support.wait import wait_until
from tests.visits.planned import draft
from visits.enums import OPEN_VISITS, RunState
from visits.models import DayVersion, Plan, PlanRun, Shift, TeamDay, Visit
from visits.workforce import calendar

pytestmark = pytest.mark.crash


def _days(count: int = 2) -> list[date]:
    return calendar.next_working_days(after=clock.today(), count=count)


@pytest.fixture
def stack(make_stack: Callable[[], Stack]) -> Stack:
    """Two teams, two days, forty residents who wait."""
    stack = make_stack()
    with stack.orm():
        for day in _days():
            ShiftFactory(date=day, max_visits=6)
            ShiftFactory(date=day, max_visits=6)
        villages = [VillageFactory(code=f"35.19.99.2{number:03d}") for number in range(8)]
        for number in range(40):
            NeedFactory(resident__village=villages[number % 8])
    stack.start()
    return stack


def test_a_plan_whose_worker_is_killed_is_shown_as_interrupted_and_finished_by_another(stack: Stack) -> None:
    office = Office(stack)
    with stack.orm():
        first, last = _days()
    asked = office.post(
        reverse("admin:visits_plan_add"),
        {
            "first_date": first.isoformat(),
            "last_date": last.isoformat(),
            "seconds": 12,
            "keep_published": "on",
        },
    )
    assert asked.status_code == 302, asked.text
    state = asked.headers["Location"] + "keadaan/"

    def told() -> dict[str, object]:
        answer: dict[str, object] = office.get(state).json()
        return answer

    wait_until(lambda: told()["served"], seconds=120, what="the plan has begun")
    stack.kill("worker")
    killed = time.monotonic()

    wait_until(lambda: told()["state"] != RunState.RUNNING, seconds=60, what="seen as interrupted")
    assert told()["state"] == RunState.INTERRUPTED
    assert time.monotonic() - killed < 30
    with stack.orm():
        assert not Plan.objects.exists()
        assert Need.objects.filter(state=NeedState.OPEN).count() == 40

    wait_until(lambda: told()["ended"], seconds=240, what="another worker has finished it")
    assert told()["state"] == RunState.DONE
    with stack.orm():
        run, plan = PlanRun.objects.get(), Plan.objects.get()
        assert (run.attempts, plan.run_id) == (2, run.pk)
        assert plan.stops.values("need").distinct().count() == plan.stops.count() == 24
        assert plan.stops.count() + plan.unserved.count() == 40
    _publish_twice_at_once(stack, office, plan)


def _publish_twice_at_once(stack: Stack, office: Office, plan: Plan) -> None:
    """No need is lost or served twice."""
    address = reverse("admin:visits_plan_publish", args=[plan.pk])
    shown = office.read_mark(address)
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _n: office.post(address, shown).status_code, range(4)))
    assert answers == [302] * 4
    with stack.orm():
        assert Visit.objects.filter(state__in=OPEN_VISITS).count() == 24
        assert Need.objects.filter(state=NeedState.PLANNED).count() == 24
        assert Need.objects.filter(state=NeedState.OPEN).count() == 16
        assert DayVersion.objects.count() == TeamDay.objects.count() == 4


def test_of_two_plans_for_one_team_day_published_at_once_one_wins(make_stack: Callable[[], Stack]) -> None:
    stack = make_stack()
    with stack.orm():
        shift = ShiftFactory(date=_days()[0])
        plans = [_plan(shift) for _ in range(4)]
    stack.start()
    office = Office(stack)

    addresses = [reverse("admin:visits_plan_publish", args=[plan.pk]) for plan in plans]
    shown = [office.read_mark(address) for address in addresses]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda *form: office.post(*form).status_code, addresses, shown))

    assert sorted(answers) == [302, 409, 409, 409]
    with stack.orm():
        assert TeamDay.objects.get().live.number == 1
        assert DayVersion.objects.count() == 1
        assert Visit.objects.count() == Need.objects.filter(state=NeedState.PLANNED).count() == 2
        assert Plan.objects.filter(state="published").count() == 1


def _plan(shift: Shift) -> Plan:
    village = VillageFactory(code="35.19.99.2001")
    needs: list[Need] = [NeedFactory(resident__village=village) for _ in range(2)]
    return draft({shift: needs}, first=shift.date, now=clock.now() - timedelta(minutes=1))
