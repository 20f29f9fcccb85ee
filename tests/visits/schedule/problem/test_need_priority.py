from datetime import date, timedelta

import pytest

from outreach.enums import NeedKind, ResidentKind, Urgency
from outreach.models import Need
from tests.factories.outreach import NeedFactory
from tests.factories.visits import at
from visits.schedule.problem import need_priority
from visits.schedule.problem.need_priority import PriorityPart

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-12-01T08:00")]

TODAY = date(2026, 12, 1)


def _need(**fields) -> Need:
    fields.setdefault("waiting_since", at(TODAY - timedelta(days=20), 600))
    return NeedFactory(**fields)


def test_the_parts_add_up_to_what_the_planner_is_told() -> None:
    need = _need(resident__kind=ResidentKind.SICK, urgency=Urgency.HOSPITAL, attempts=1)

    parts = need_priority.priority_parts(need, on=TODAY, behind={})

    assert parts == [
        PriorityPart("sick", 25),
        PriorityPart("hospital", 30),
        PriorityPart("waiting", 20, 20),
        PriorityPart("attempt", 5, 1),
    ]
    assert need_priority.sum_points(parts) == 80
    assert parts[2].as_json() == {"code": "waiting", "points": 20, "count": 20}


def test_waiting_grows_without_a_cap() -> None:
    need = _need()

    assert (
        need_priority.sum_points(
            need_priority.priority_parts(need, on=TODAY + timedelta(days=1000), behind={})
        )
        == 20 + 1020
    )


def test_past_the_longest_wait_a_need_is_guaranteed() -> None:
    need, limit = _need(), TODAY + timedelta(days=70)

    assert need_priority.find_guarantee(need, on=limit, last=limit) is None
    after = limit + timedelta(days=1)
    assert need_priority.find_guarantee(need, on=after, last=after) == PriorityPart("longest_wait", 0, 91)


def test_a_deadline_within_the_plan_is_a_guarantee() -> None:
    need = _need(deadline=TODAY + timedelta(days=4))

    assert need_priority.find_guarantee(need, on=TODAY, last=TODAY + timedelta(days=3)) is None
    assert need_priority.find_guarantee(need, on=TODAY, last=TODAY + timedelta(days=4)) == PriorityPart(
        "due", 0, 4
    )
    later = TODAY + timedelta(days=9)
    assert need_priority.find_guarantee(need, on=later, last=later) == PriorityPart("due", 0, -5)


def test_a_deadline_counts_more_as_it_comes_near() -> None:
    need = _need(deadline=TODAY + timedelta(days=14))

    points = [
        next(
            (
                part.points
                for part in need_priority.priority_parts(need, on=day, behind={})
                if part.code == "deadline"
            ),
            0,
        )
        for day in (TODAY, TODAY + timedelta(days=7), TODAY + timedelta(days=14), TODAY + timedelta(days=20))
    ]

    assert points == [0, 10, 20, 20]


def test_a_delivery_has_its_own_points_and_no_kind() -> None:
    parts = need_priority.priority_parts(_need(kind=NeedKind.DELIVERY), on=TODAY, behind={})

    assert [part.code for part in parts] == ["delivery", "waiting"]


def test_urgent_needs_lose_more_by_waiting() -> None:
    assert [need_priority.points_per_day(Need(urgency=urgency)) for urgency in Urgency] == [1, 2, 4]
