from datetime import date
from typing import Any

import pytest

from outreach.enums import LocationSource, NeedKind, NeedState
from outreach.models import Need
from tests.factories.outreach import NeedFactory, VillageFactory
from tests.factories.visits import PlanRunFactory, ShiftFactory, VisitFactory, at
from visits import planning
from visits.enums import RunState
from visits.models import PlanRun, PlanStop
from visits.planning.groups import stop_groups
from visits.schedule.problem import candidates, need_groups, problem_builder, simulation
from visits.schedule.runs import run_results

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]

TUESDAY = date(2026, 12, 1)
NOW = at(date(2026, 11, 30), 720)
HOUSE = {
    "resident__latitude": -7.61,
    "resident__longitude": 111.53,
    "resident__location_source": LocationSource.PIN,
}


@pytest.fixture
def run() -> PlanRun:
    ShiftFactory(date=TUESDAY)
    return PlanRunFactory(first_date=TUESDAY, last_date=TUESDAY, state=RunState.RUNNING, worker="mine")


def _groups() -> list[set[Need]]:
    found, published, _ = candidates.list_competing_needs(
        scope=candidates.find_team_days(first=TUESDAY, last=TUESDAY, now=NOW).scope
    )
    return [set(group) for group in need_groups.group_needs(found, published)]


def _need(metres: float = 0.0, **fields) -> Need:
    return NeedFactory(**{**HOUSE, "resident__latitude": -7.61 + metres / 111_195, **fields})


def test_homes_of_one_house_or_corner_share_a_stop_and_others_do_not(run: PlanRun) -> None:
    one, two = _need(), _need(20)
    _need(200)
    assert _groups() == [{one, two}]


def test_no_more_than_allowed_share_one(run: PlanRun, settings) -> None:
    settings.SHARED_STOP_MOST = 2
    rows = [_need() for _ in range(4)]
    assert [len(group) for group in _groups()] == [2, 2]
    assert set.union(*_groups()) == set(rows)
    settings.SHARED_STOP_MOST = 1
    assert _groups() == []


@pytest.mark.parametrize("address", ["", "Jalan Contoh 5"])
def test_a_home_known_by_its_village_shares_only_with_its_own_address(run: PlanRun, address: str) -> None:
    village = VillageFactory()
    known: dict[str, Any] = {
        "resident__location_source": LocationSource.VILLAGE,
        "resident__village": village,
    }
    one = _need(resident__address=address, resident__rt="01", **known)
    two = _need(resident__address=address.upper() + "  ", resident__rt="1", **known)
    _need(resident__address="Jalan Lain 7", **known)
    assert _groups() == ([{one, two}] if address else [])


def test_who_is_infectious_or_was_told_another_time_does_not_share(run: PlanRun) -> None:
    shift = ShiftFactory(date=TUESDAY)
    _need(), _need(resident__infectious=True)
    VisitFactory(need=_need(state=NeedState.PLANNED), shift=shift, told_from=NOW, told_until=NOW)
    assert _groups() == []


def test_the_kit_is_set_up_once_and_recordings_come_first(run: PlanRun) -> None:
    card, first = _need(kind=NeedKind.DELIVERY), _need()
    second = _need()

    built = problem_builder.build_problem(run=run, now=NOW)

    assert built.groups == {str(first.pk): (str(first.pk), str(second.pk), str(card.pk))}
    visits = built.problem.visit_by_id
    setup = 60 * ShiftFactory.build().team.setup_minutes
    assert visits[str(first.pk)].service_s - visits[str(second.pk)].service_s == setup
    assert len({visit.location for visit in built.problem.visits}) == 1
    (one,) = built.merged.visits
    assert one.service_s == sum(visit.service_s for visit in built.problem.visits)


def test_a_skill_that_only_one_team_of_another_day_has_keeps_them_apart(run: PlanRun) -> None:
    _need(), _need(skills=["interpreter"])
    assert problem_builder.build_problem(run=run, now=NOW).groups == {}


def test_they_are_planned_one_after_the_other_with_one_interval(run: PlanRun) -> None:
    pair = [_need(), _need()]
    NeedFactory(resident__latitude=-7.66, resident__longitude=111.55)
    built = problem_builder.build_problem(run=run, now=NOW)

    found = stop_groups.expand_groups(built.problem, built.groups, planning.plan(built.merged, iterations=50))
    told = simulation.simulate_plan(built=built, plan=found)
    run_results.write_draft(run=run, token="mine", built=built, plan=found, simulated=told)

    assert found.statistics.served == 3
    assert planning.check_plan(built.problem, found) == []
    stops = {stop.need_id: stop for stop in PlanStop.objects.all()}
    one, two = (stops[need.pk] for need in pair)
    assert two.sequence == one.sequence + 1
    assert (two.travel_seconds, two.arrive) == (0, one.leave)
    assert (one.stop_leader, two.stop_leader) == (None, pair[0])
    assert PlanStop.objects.filter(stop_leader__isnull=False).count() == 1
    assert (one.told_from, one.told_until) == (two.told_from, two.told_until)
    assert (one.told_from or 0) <= (one.expected or 0) < (two.expected or 0) <= (two.told_until or 0)
