import pytest
from django.db.models import F

from outreach.enums import LocationSource
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, at
from tests.visits.planned import NOW, TUESDAY, draft
from visits.models import Plan, PlanStop, Visit
from visits.schedule.plans.publishing import publish_plan
from visits.schedule.runs.appointment_windows import assign_windows

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]


def told(plan: Plan) -> list[tuple[int, int]]:
    return [(stop.told_from or 0, stop.told_until or 0) for stop in plan.stops.order_by("shift", "sequence")]


def test_a_draft_without_a_run_gets_intervals_and_figures() -> None:
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    plan = draft({one: [NeedFactory() for _ in range(3)], two: [NeedFactory()]}, starts=460)

    assign_windows(plan=plan)

    found = told(plan)
    assert len(found) == 4
    for since, until in found:
        assert 27_000 + 600 <= since < until
    rows = PlanStop.objects.filter(expected__range=(F("told_from"), F("told_until")))
    assert rows.count() == 4
    plan.refresh_from_db()
    assert plan.summary["replays"]["runs"] == 500
    assert plan.summary["served"] == 4  # the other figures stay


def test_what_families_were_told_stays_on_its_team_day() -> None:
    shift, other = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    kept, moved, new = NeedFactory(), NeedFactory(), NeedFactory()
    first = draft({shift: [kept], other: [moved]}, starts=460)
    assign_windows(plan=first)
    before = told(first)
    publish_plan(plan=first, user=None, now=NOW)
    Visit.objects.filter(need=moved).update(told_from=at(TUESDAY, 840), told_until=at(TUESDAY, 900))

    second = draft({shift: [kept, moved, new]}, starts=460)
    assign_windows(plan=second)

    after = told(second)
    assert after[0] == before[0]
    assert after[1] != (840 * 60, 900 * 60)
    assert after[2] > after[1] > after[0]


def test_a_broken_promise_is_not_told_again_as_it_was() -> None:
    shift, need = ShiftFactory(date=TUESDAY), NeedFactory()
    publish_plan(plan=draft({shift: [need]}, starts=460), user=None, now=NOW)
    Visit.objects.update(promised=True, told_from=at(TUESDAY, 840), told_until=at(TUESDAY, 900))

    kept, new = draft({shift: [need]}, starts=460), draft({shift: [need]}, starts=460)
    assign_windows(plan=kept)
    assign_windows(plan=new, anew={str(need.pk)})

    assert told(kept) == [(840 * 60, 900 * 60)]
    assert told(new)[0][1] < 600 * 60


def test_a_team_under_way_sets_out_when_it_does() -> None:
    shift = ShiftFactory(date=TUESDAY)
    plan = draft({shift: [NeedFactory()]}, starts=620)

    assign_windows(plan=plan, leaves={shift.pk: 36_000})

    ((since, _until),) = told(plan)
    assert since == 36_600  # ten minutes of driving after ten


def test_the_queries_do_not_grow(django_assert_num_queries) -> None:
    for count in (1, 4):
        plan = draft({ShiftFactory(date=TUESDAY): [NeedFactory() for _ in range(count)]})
        with django_assert_num_queries(8):
            assign_windows(plan=plan)


def test_who_shares_a_stop_is_told_one_interval_and_who_has_one_keeps_it() -> None:
    shift = ShiftFactory(date=TUESDAY)
    house = {
        "resident__latitude": -7.61,
        "resident__longitude": 111.53,
        "resident__location_source": LocationSource.PIN,
    }
    one, two, far = NeedFactory(**house), NeedFactory(**house), NeedFactory()
    first = draft({shift: [one, two, far]}, starts=460, follows=[two])
    assign_windows(plan=first)
    both, again, alone = told(first)
    assert both == again != alone
    expected = PlanStop.objects.filter(expected__range=(F("told_from"), F("told_until")))
    assert expected.count() == 3
    publish_plan(plan=first, user=None, now=NOW)
    Visit.objects.update(promised=True)

    new = NeedFactory(**house)
    second = draft({shift: [one, two, new, far]}, starts=460, follows=[two, new])
    assign_windows(plan=second)

    after = told(second)
    assert after[:2] == [both, both]
    assert after[3] != alone  # promised, but with one more before it no longer true
    assert (
        PlanStop.objects.filter(plan=second, expected__range=(F("told_from"), F("told_until"))).count() == 4
    )
    assert after[2][0] == both[0]
    assert after[2][1] >= both[1]
