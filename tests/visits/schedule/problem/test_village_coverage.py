from datetime import date, timedelta

import pytest

from outreach.enums import NeedState
from tests.factories.outreach import NeedFactory, VillageFactory
from tests.factories.visits import ShiftFactory, VisitFactory
from visits.enums import Outcome, VisitState
from visits.schedule.problem import need_priority, village_coverage
from visits.schedule.problem.need_priority import PriorityPart

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-12-01T08:00")]

TODAY = date(2026, 12, 1)


def _served(village, *, days_ago: int, count: int) -> None:
    shift = ShiftFactory(date=TODAY - timedelta(days=days_ago))
    for _ in range(count):
        need = NeedFactory(resident__village=village, state=NeedState.RECORDED)
        VisitFactory(need=need, shift=shift, state=VisitState.FINISHED, outcome=Outcome.RECORDED)


def test_a_village_that_nobody_went_to_is_behind_by_all_of_its_share() -> None:
    near, far = VillageFactory(), VillageFactory()
    _served(near, days_ago=7, count=6)
    for _ in range(6):
        NeedFactory(resident__village=far)

    assert village_coverage.find_coverage_gaps(on=TODAY, weeks=4) == {far.pk: 1.0}


def test_only_the_last_weeks_count_and_a_share_below_one_is_chance() -> None:
    near, far, small = VillageFactory(), VillageFactory(), VillageFactory()
    _served(near, days_ago=7, count=3)
    _served(far, days_ago=14, count=1)
    _served(far, days_ago=29, count=9)
    for _ in range(3):
        NeedFactory(resident__village=far)
    NeedFactory(resident__village=small)

    # Shares of the 4 visits: near 3 of 8 asked, far 4 of 8, small 1 of 8.
    assert village_coverage.find_coverage_gaps(on=TODAY, weeks=4) == {far.pk: pytest.approx(0.5)}


def test_without_any_visit_nobody_is_behind() -> None:
    NeedFactory()
    assert village_coverage.find_coverage_gaps(on=TODAY, weeks=4) == {}


def test_a_village_behind_adds_a_part_of_its_own() -> None:
    need = NeedFactory()
    parts = need_priority.priority_parts(need, on=TODAY, behind={need.resident.village_id: 0.64})
    assert parts[-1] == PriorityPart("village", 6, 4)
    assert all(part.code != "village" for part in need_priority.priority_parts(need, on=TODAY, behind={}))
