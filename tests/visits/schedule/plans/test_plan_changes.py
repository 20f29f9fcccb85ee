from datetime import timedelta

import pytest

from outreach.enums import NeedState
from outreach.models import Need
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, VisitFactory, at
from tests.visits.planned import NOW, TUESDAY, draft
from visits.enums import VisitState
from visits.models import CalendarDay, Shift
from visits.schedule.plans import plan_changes
from visits.schedule.plans.plan_changes import ChangeKind
from visits.schedule.plans.publishing import publish_plan

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]


def test_every_change_of_the_told_hours_is_a_shift_and_the_plans_own_clock_is_none() -> None:
    shift, one, two = ShiftFactory(date=TUESDAY), NeedFactory(), NeedFactory()
    first = draft({shift: [one, two]})
    first.stops.filter(need=one).update(told_from=28_200, told_until=30_600)
    publish_plan(plan=first, user=None, now=NOW)

    again = draft({shift: [one, two]}, starts=8 * 60 + 20)
    again.stops.filter(need=one).update(told_from=28_200, told_until=30_600)

    assert [change.what for change in plan_changes.find_changes(plan=again, now=NOW).stops] == [
        ChangeKind.SAME,
        ChangeKind.SHIFTED,
    ]


def test_the_queries_do_not_grow(django_assert_num_queries) -> None:
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    small = draft({one: [NeedFactory()]})
    with django_assert_num_queries(10):
        _touch(plan_changes.find_changes(plan=small, now=NOW))
    publish_plan(plan=draft({one: [NeedFactory() for _ in range(3)]}), user=None, now=NOW)
    big = draft({one: [NeedFactory() for _ in range(4)], two: [NeedFactory() for _ in range(4)]})
    with django_assert_num_queries(10):
        _touch(plan_changes.find_changes(plan=big, now=NOW))


def _touch(found: plan_changes.PlanChanges) -> None:
    """What the page reads of it."""
    for change in found.stops:
        assert change.stop.need.resident.village.name
        assert change.stop.shift.team.name
        assert change.told
    for visit in found.cancelled:
        assert visit.need.resident.village.name


def test_what_changed_since_is_left_out_with_its_reason() -> None:
    shift: Shift = ShiftFactory(date=TUESDAY)
    needs: list[Need] = [NeedFactory() for _ in range(4)]
    closed, review, away, elsewhere = needs
    plan = draft({shift: needs})
    closed.state = NeedState.CLOSED
    review.state = NeedState.REVIEW
    elsewhere.state = NeedState.PLANNED
    for need in (closed, review, elsewhere):
        need.save()
    away.resident.away = True
    away.resident.save()
    VisitFactory(need=elsewhere, shift=ShiftFactory(date=TUESDAY + timedelta(days=9)))

    found = plan_changes.find_changes(plan=plan, now=NOW)

    assert [row.code for row in found.dropped] == ["closed", "review", "away", "elsewhere"]
    assert found.stops == []


def test_a_day_closed_since_refuses_the_plan() -> None:
    shift = ShiftFactory(date=TUESDAY)
    plan = draft({shift: [NeedFactory()]})
    CalendarDay.objects.create(date=TUESDAY, is_open=False, reason="Rapat", set_by="user:1")

    assert [(row.code, row.shift) for row in plan_changes.find_changes(plan=plan, now=NOW).refusals] == [
        ("cancelled", shift)
    ]


def test_visits_on_the_road_are_never_cancelled() -> None:
    shift, other = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    plan = draft({other: [NeedFactory()]})
    VisitFactory(shift=shift, state=VisitState.TRAVELLING, need=NeedFactory(state=NeedState.PLANNED))

    found = plan_changes.find_changes(plan=plan, now=NOW)

    assert found.cancelled == []
    assert [row.code for row in found.refusals] == ["begun"]


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ((480, 540), ChangeKind.SAME),
        ((490, 550), ChangeKind.SHIFTED),
        ((480, 580), ChangeKind.SHIFTED),
        ((440, 500), ChangeKind.SHIFTED),
    ],
)
def test_a_shift_is_one_of_the_hours_that_the_family_was_told(
    told: tuple[int, int], what: ChangeKind
) -> None:
    shift = ShiftFactory(date=TUESDAY)
    visit = VisitFactory(
        shift=shift,
        need=NeedFactory(state=NeedState.PLANNED),
        planned_arrive=at(TUESDAY, 900),  # the plan's own clock does not matter to the family
        told_from=at(TUESDAY, 480),
        told_until=at(TUESDAY, 540),
    )
    plan = draft({shift: [visit.need]})
    plan.stops.update(told_from=60 * told[0], told_until=60 * told[1])

    (change,) = plan_changes.find_changes(plan=plan, now=NOW).stops

    assert change.what == what
