"""A plan on the roads of an OSRM server, and one while it is away: real processes, real HTTP, the real engine."""

import math
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory
from tests.support import clock
from tests.support.osrm import SNAP_M, serving, truth
from visits.models import Plan, PlanRun, PlanStop
from visits.schedule.runs import plan_runs
from visits.workforce import calendar

if TYPE_CHECKING:
    from tests.support.stack import Stack

HOMES = [(-7.61, 111.53), (-7.64, 111.50), (-7.66, 111.55), (-7.59, 111.49)]
DOOR_S = 2 * SNAP_M / (8 / 3.6)


def _run(stack: "Stack", day: date) -> Plan:
    with stack.orm():
        run: PlanRun = plan_runs.start_run(first=day, last=day, seconds=1)
    stack.run("run_plan", str(run.pk))
    with stack.orm():
        return Plan.objects.select_related("run").get(run=run)


@pytest.mark.journey
def test_a_plan_drives_on_the_servers_roads_and_says_when_it_could_not(
    make_stack: Callable[[], "Stack"],
) -> None:
    stack = make_stack()
    with serving() as osrm:
        stack.environment |= {"TRAVEL_SOURCE": "osrm", "OSRM_URL": osrm.base}
        with stack.orm():
            first, second = calendar.next_working_days(after=clock.today(), count=2)
            base = ShiftFactory(date=first)
            ShiftFactory(date=second, team=base.team)
            for lat, lon in HOMES:
                NeedFactory(resident__latitude=lat, resident__longitude=lon)

        plan = _run(stack, first)

        note = plan.summary["roads"]
        assert (note["source"], note["wanted"], note.get("trouble")) == ("osrm", "osrm", None)
        assert osrm.asked == 25
        with stack.orm():
            stops = list(PlanStop.objects.filter(plan=plan).select_related("need__resident"))
        assert len(stops) == len(HOMES)
        places = [(base.start_latitude, base.start_longitude)]
        places += [(stop.need.resident.latitude, stop.need.resident.longitude) for stop in stops]
        drives = [math.ceil(truth(places, a, a + 1)) + DOOR_S for a in range(len(stops))]
        assert [stop.travel_seconds for stop in stops] == pytest.approx(drives, abs=1)

    # the server is gone; what it said is stored, so a new home is all that is missing
    with stack.orm():
        NeedFactory(resident__latitude=-7.63, resident__longitude=111.56)
    plan = _run(stack, second)
    note = plan.summary["roads"]
    assert (note["source"], note["trouble"]) == ("osrm", "unreachable")
    assert note["estimated"] == pytest.approx(10 / 30, abs=1e-3)
    assert plan.run.message == "roads"
