"""Nothing is published that tells a family hours which nobody keeps."""

import pytest

from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, at
from tests.visits.planned import NOW, TUESDAY, draft
from visits.models import Visit
from visits.schedule.plans import plan_changes
from visits.schedule.plans.publishing import PublishRefusedError, publish_plan

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]


@pytest.mark.parametrize(
    ("told", "expected", "code"),
    [
        ((1000, 1060), 1020, "outside_shift"),  # 16.40-17.40 in a shift that ends at 15.30
        ((650, 790), 700, "in_break"),  # 10.50-13.10 across lunch
        ((480, 520), 560, "missed"),
        ((480, 490), 485, "short"),
        ((440, 470), 460, "outside_shift"),
    ],
)
def test_publishing_refuses_untrue_hours_and_names_team_and_family(
    told: tuple[int, int], expected: int, code: str
) -> None:
    shift, need = ShiftFactory(date=TUESDAY), NeedFactory()
    plan = draft({shift: [need]})
    plan.stops.update(told_from=60 * told[0], told_until=60 * told[1], expected=60 * expected)

    with pytest.raises(PublishRefusedError) as error:
        publish_plan(plan=plan, user=None, now=NOW)

    assert [(row.code, row.stop.need, row.stop.shift) for row in error.value.untrue] == [(code, need, shift)]
    assert not Visit.objects.exists()


def test_hours_along_a_route_do_not_run_backwards() -> None:
    shift, first, second = ShiftFactory(date=TUESDAY), NeedFactory(), NeedFactory()
    plan = draft({shift: [first, second]})
    plan.stops.filter(need=first).update(told_from=32_400, told_until=34_800, expected=33_000)
    plan.stops.filter(need=second).update(told_from=30_000, told_until=36_000, expected=34_800)

    with pytest.raises(PublishRefusedError) as error:
        publish_plan(plan=plan, user=None, now=NOW)

    assert [(row.code, row.stop.need) for row in error.value.untrue] == [("backwards", second)]


def test_hours_that_are_true_are_published() -> None:
    shift, need = ShiftFactory(date=TUESDAY), NeedFactory()
    plan = draft({shift: [need]})
    plan.stops.update(told_from=28_800, told_until=30_600, expected=29_000)

    assert plan_changes.find_changes(plan=plan, now=NOW).untrue == []
    assert publish_plan(plan=plan, user=None, now=NOW).new == 1


@pytest.mark.parametrize("starts", [8 * 60, 11 * 60 + 40, 13 * 60, 15 * 60 + 20])
def test_hours_that_nobody_simulated_lie_in_the_shift_and_outside_its_break(starts: int) -> None:
    plan = draft({ShiftFactory(date=TUESDAY): [NeedFactory()]}, starts=starts)
    found = plan_changes.find_changes(plan=plan, now=NOW)

    assert found.untrue == []
    since, until = found.stops[0].interval
    assert since <= at(TUESDAY, starts) <= until
    assert until <= at(TUESDAY, 720) or since >= at(TUESDAY, 780)
    assert until <= at(TUESDAY, 930)
