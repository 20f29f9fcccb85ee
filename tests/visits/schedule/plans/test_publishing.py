from datetime import timedelta

import pytest
from django.utils import timezone

from outreach.enums import ClosedReason, Milestone, NeedState
from outreach.lib.ids import uuid7
from outreach.models import LogEntry, Need, Progress
from outreach.services.transitions import transition
from tests.factories.outreach import NeedFactory
from tests.factories.visits import OfficerFactory, ShiftFactory, at
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import call_offs, lifecycle, promises
from visits.enums import OPEN_VISITS, CallOffReason, Outcome, PlanState, VisitState
from visits.fieldwork import events
from visits.lib import strict_json
from visits.models import DayVersion, Device, Team, TeamDay, Visit
from visits.schedule.plans import families_to_tell, plan_changes
from visits.schedule.plans.publishing import (
    DiscardedError,
    NothingNewError,
    PublishRefusedError,
    discard_plan,
    publish_plan,
)

pytestmark = pytest.mark.django_db


def _codes(refused: pytest.ExceptionInfo[PublishRefusedError]) -> list[str]:
    return [refusal.code for refusal in refused.value.refusals]


def _planned_without_visit() -> int:
    return Need.objects.filter(state=NeedState.PLANNED).exclude(visits__state__in=OPEN_VISITS).count()


def test_a_draft_becomes_days_visits_and_news_for_the_families() -> None:
    shift, (first, second) = ShiftFactory(date=TUESDAY), (NeedFactory(), NeedFactory(attempts=1))
    plan = draft({shift: [first, second]})

    done = publish_plan(plan=plan, user=None, now=NOW)

    assert (done.versions, done.new, done.already) == (1, 2, False)
    assert (plan.state, plan.published_at) == (PlanState.PUBLISHED, NOW)
    rows = list(Visit.objects.order_by("sequence"))
    assert [(row.need_id, row.attempt, row.sequence) for row in rows] == [(first.pk, 1, 1), (second.pk, 2, 2)]
    assert rows[1].planned_arrive == at(TUESDAY, 8 * 60 + 40)
    assert set(Need.objects.values_list("state", flat=True)) == {NeedState.PLANNED}
    told = Progress.objects.get(need=first)
    assert told.milestone == Milestone.PLANNED
    assert [timezone.localtime(moment).strftime("%H:%M") for moment in (told.earliest, told.latest)] == [
        "07:40",
        "08:40",
    ]


def test_a_published_day_carries_its_hash_and_number() -> None:
    shift, need = ShiftFactory(date=TUESDAY), NeedFactory()
    publish_plan(plan=draft({shift: [need]}), user=None, now=NOW)

    version = TeamDay.objects.get(team=shift.team, date=TUESDAY).live

    visit = Visit.objects.get()
    assert version.number == 1
    assert version.content == {
        "shift": shift.pk,
        "stops": [
            {
                "visit": str(visit.pk),
                "need": str(need.pk),
                "sequence": 1,
                "travel_seconds": 600,
                "arrive": 28_800,
                "start": 28_800,
                "leave": 30_600,
            }
        ],
    }
    assert version.content_sha256 == strict_json.content_sha256(version.content)


def test_publishing_twice_changes_nothing() -> None:
    plan = draft({ShiftFactory(date=TUESDAY): [NeedFactory()]})
    publish_plan(plan=plan, user=None, now=NOW)
    before = LogEntry.objects.count()

    again = publish_plan(plan=plan, user=None, now=NOW)

    assert (again.already, again.versions) == (True, 1)
    assert (Visit.objects.count(), DayVersion.objects.count(), LogEntry.objects.count()) == (1, 1, before)


def test_a_team_without_visits_gets_no_version() -> None:
    ShiftFactory(date=TUESDAY)
    shift = ShiftFactory(date=TUESDAY)

    publish_plan(plan=draft({shift: [NeedFactory()]}), user=None, now=NOW)

    assert [day.team_id for day in TeamDay.objects.all()] == [shift.team_id]


def test_a_new_plan_moves_shifts_keeps_and_cancels() -> None:
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    moved, kept, dropped = NeedFactory(), NeedFactory(), NeedFactory()
    publish_plan(plan=draft({one: [kept, moved, dropped]}), user=None, now=NOW)
    ids = dict(Visit.objects.values_list("need_id", "pk"))

    done = publish_plan(plan=draft({one: [kept], two: [moved]}), user=None, now=NOW + timedelta(hours=1))

    assert (done.versions, done.new, done.moved, done.shifted, done.cancelled) == (2, 0, 1, 0, 1)
    rows = {row.need_id: row for row in Visit.objects.all()}
    assert {need: row.pk for need, row in rows.items()} == ids
    assert rows[moved.pk].shift_id == two.pk
    assert rows[dropped.pk].state == VisitState.CANCELLED
    assert Need.objects.get(pk=dropped.pk).state == NeedState.OPEN
    assert [(day.live.number, len(day.live.content["stops"])) for day in TeamDay.objects.order_by("pk")] == [
        (2, 1),
        (1, 1),
    ]
    assert list(dropped.progress.values_list("milestone", flat=True)) == ["planned", "unplanned"]
    assert kept.progress.count() == 1  # same team, same hour: no news
    assert moved.progress.count() == 2


def test_an_unchanged_day_keeps_its_version() -> None:
    shift, other = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    need = NeedFactory()
    publish_plan(plan=draft({shift: [need]}), user=None, now=NOW)

    done = publish_plan(plan=draft({shift: [need], other: [NeedFactory()]}), user=None, now=NOW)

    assert (done.versions, done.new, DayVersion.objects.filter(team=shift.team).count()) == (1, 1, 1)


def test_a_draft_that_says_what_is_published_stays_a_draft() -> None:
    shift, need = ShiftFactory(date=TUESDAY), NeedFactory()
    publish_plan(plan=draft({shift: [need]}), user=None, now=NOW)
    plan, written = draft({shift: [need]}), LogEntry.objects.count()

    for _ in range(2):
        with pytest.raises(NothingNewError):
            publish_plan(plan=plan, user=None, now=NOW)

    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT
    assert (DayVersion.objects.count(), LogEntry.objects.count()) == (1, written)


def test_one_minute_more_is_something_new() -> None:
    shift, need = ShiftFactory(date=TUESDAY), NeedFactory()
    publish_plan(plan=draft({shift: [need]}), user=None, now=NOW)

    done = publish_plan(plan=draft({shift: [need]}, starts=8 * 60 + 1), user=None, now=NOW)

    assert (done.versions, done.new, done.moved, done.shifted) == (1, 0, 0, 1)


def test_an_emptied_day_gets_an_empty_version() -> None:
    shift = ShiftFactory(date=TUESDAY)
    publish_plan(plan=draft({shift: [NeedFactory()]}), user=None, now=NOW)
    shift.is_cancelled = True
    shift.save()

    done = publish_plan(plan=draft({}, last=TUESDAY), user=None, now=NOW)

    assert (done.versions, done.cancelled) == (1, 1)
    assert TeamDay.objects.get().live.content["stops"] == []


def test_a_need_that_was_closed_meanwhile_is_left_out() -> None:
    shift, gone, stays = ShiftFactory(date=TUESDAY), NeedFactory(), NeedFactory()
    plan = draft({shift: [gone, stays]})
    transition(row=gone, to=NeedState.CLOSED, actor="user:1", closed_reason=ClosedReason.MOVED)

    done = publish_plan(plan=plan, user=None, now=NOW)

    assert (done.new, done.dropped) == (1, 1)
    assert [(row.need_id, row.sequence) for row in Visit.objects.all()] == [(stays.pk, 1)]
    assert Need.objects.get(pk=gone.pk).state == NeedState.CLOSED


def test_a_need_planned_elsewhere_meanwhile_is_served_once() -> None:
    near, far = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY + timedelta(days=7))
    need, other = NeedFactory(), NeedFactory()
    plan = draft({near: [need, other]})
    publish_plan(plan=draft({far: [need]}, first=far.date), user=None, now=NOW)

    done = publish_plan(plan=plan, user=None, now=NOW)

    assert (done.new, done.dropped) == (1, 1)
    assert Visit.objects.get(need=need).shift_id == far.pk


def test_a_plan_behind_a_newer_version_is_refused_whole() -> None:
    shift, other = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    stale = draft({shift: [NeedFactory()], other: [NeedFactory()]})
    publish_plan(plan=draft({shift: [NeedFactory()]}), user=None, now=NOW)

    with pytest.raises(PublishRefusedError) as refused:
        publish_plan(plan=stale, user=None, now=NOW)

    assert _codes(refused) == ["newer"]
    stale.refresh_from_db()
    assert (stale.state, Visit.objects.count()) == (PlanState.DRAFT, 1)


def test_a_plan_for_a_cancelled_shift_is_refused() -> None:
    shift = ShiftFactory(date=TUESDAY)
    plan = draft({shift: [NeedFactory()]})
    shift.is_cancelled = True
    shift.save()

    with pytest.raises(PublishRefusedError) as refused:
        publish_plan(plan=plan, user=None, now=NOW)

    assert _codes(refused) == ["cancelled"]


def test_a_day_that_has_begun_is_never_touched() -> None:
    shift, need = ShiftFactory(date=TUESDAY), NeedFactory()
    publish_plan(plan=draft({shift: [need]}), user=None, now=NOW)
    plan = draft({shift: [NeedFactory(), need]})
    lifecycle.apply_outcome(visit=Visit.objects.get(), outcome=Outcome.NOT_HOME, at=NOW, actor="device:1")

    with pytest.raises(PublishRefusedError) as refused:
        publish_plan(plan=plan, user=None, now=NOW)
    assert _codes(refused) == ["begun"]

    with pytest.raises(PublishRefusedError) as refused:
        publish_plan(plan=draft({ShiftFactory(date=TUESDAY): []}), user=None, now=at(TUESDAY, 450))
    assert _codes(refused) == ["begun"]


def test_a_day_on_which_a_team_has_left_early_has_begun(clock) -> None:
    shift, early = ShiftFactory(date=TUESDAY), at(TUESDAY, 7 * 60)
    tablet = Device.objects.create(team=shift.team, name="Tablet", jwk={}, thumbprint="made-up")
    Device.objects.update(paired_at=NOW)
    plan = draft({shift: [NeedFactory()]})
    assert plan_changes.find_changes(plan=plan, now=early).refusals == []
    item = {
        "id": str(uuid7()),
        "sequence": 1,
        "kind": "departed",
        "at": early.isoformat(),
        "since_ms": 0,
        "officer": OfficerFactory(team=shift.team).pk,
        "visit": None,
        "data": {"day": TUESDAY.isoformat()},
    }
    with clock.at(early):
        assert [result.result for result in events.receive_events(device=tablet, items=[item])] == ["applied"]

    with pytest.raises(PublishRefusedError) as refused:
        publish_plan(plan=plan, user=None, now=early + timedelta(minutes=1))
    assert _codes(refused) == ["begun"]


def test_a_discarded_draft_cannot_be_published() -> None:
    plan = draft({ShiftFactory(date=TUESDAY): [NeedFactory()]})

    assert discard_plan(plan=plan, actor="user:1") is True
    assert discard_plan(plan=plan, actor="user:1") is False
    with pytest.raises(DiscardedError):
        publish_plan(plan=plan, user=None, now=NOW)


def test_no_planned_need_is_without_a_visit() -> None:
    shift = ShiftFactory(date=TUESDAY)
    publish_plan(plan=draft({shift: [NeedFactory(), NeedFactory()]}), user=None, now=NOW)
    assert _planned_without_visit() == 0

    publish_plan(plan=draft({}, last=TUESDAY), user=None, now=NOW)
    assert _planned_without_visit() == 0


def test_families_hear_of_another_interval_even_where_the_plan_stays() -> None:
    shift, need = ShiftFactory(date=TUESDAY), NeedFactory()
    first = draft({shift: [need]})
    first.stops.update(told_from=29_400, told_until=32_400)
    publish_plan(plan=first, user=None, now=NOW)
    again = draft({shift: [need]})
    again.stops.update(told_from=29_400, told_until=33_000)

    done = publish_plan(plan=again, user=None, now=NOW + timedelta(hours=1))

    assert (done.new, done.moved, done.shifted) == (0, 0, 1)
    again.refresh_from_db()
    assert [row["need"] for row in again.changes["shifted"]] == [str(need.pk)]
    told = [(row.earliest, row.latest) for row in need.progress.order_by("at")]
    assert told == [(at(TUESDAY, 490), at(TUESDAY, 540)), (at(TUESDAY, 490), at(TUESDAY, 550))]


def test_the_intervals_of_moved_families_are_kept_with_the_plan() -> None:
    one, two, need = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY), NeedFactory()
    first = draft({one: [need]})
    first.stops.update(told_from=29_400, told_until=32_400)
    publish_plan(plan=first, user=None, now=NOW)
    second = draft({two: [need]}, starts=600)
    second.stops.update(told_from=35_400, told_until=38_400)
    publish_plan(plan=second, user=None, now=NOW)
    second.refresh_from_db()

    (family,) = families_to_tell.list_news_after(second)
    assert (family.was, family.now) == (
        "Selasa, 1 Desember 2026, antara 08.10 dan 09.00",
        "Selasa, 1 Desember 2026, antara 09.50 dan 10.40",
    )


def test_a_plan_with_a_team_that_is_no_longer_active_is_refused() -> None:
    shift, need = ShiftFactory(date=TUESDAY), NeedFactory()
    plan = draft({shift: [need]})
    Team.objects.update(is_active=False)

    with pytest.raises(PublishRefusedError) as error:
        publish_plan(plan=plan, user=None, now=NOW)

    assert _codes(error) == ["cancelled"]


@pytest.fixture
def called_off() -> Visit:
    """A promised visit at 08.00 on Tuesday that the office called off."""
    shift = ShiftFactory(date=TUESDAY)
    publish_plan(plan=draft({shift: [NeedFactory()]}), user=None, now=NOW)
    visit = Visit.objects.get()
    promises.make_promises(visits=[visit.pk], actor="user:1")
    call_offs.call_off_visit(
        visit=visit, reason=CallOffReason.KIT, obstacles={"skill": 0}, at=NOW, actor="user:1"
    )
    return visit


def test_planned_again_at_its_old_hour_the_mark_goes_and_the_family_is_told(called_off: Visit) -> None:
    plan = draft({called_off.shift: [called_off.need]})
    (news,) = families_to_tell.list_news_before(plan_changes.find_changes(plan=plan, now=NOW))

    done = publish_plan(plan=plan, user=None, now=NOW + timedelta(minutes=1))

    called_off.refresh_from_db()
    assert (news.what, done.shifted) == ("shifted", 1), "whoever heard that nobody comes is to be told"
    assert (called_off.called_off, called_off.hear_by, called_off.promised) == ("", None, False)
    assert LogEntry.objects.get(action="visit_reinstated").detail == {"why": "planned"}
    assert list(Progress.objects.values_list("milestone", flat=True)) == ["planned", "called_off", "planned"]


def test_planned_again_with_another_team_no_promise_stands_in_the_way(called_off: Visit) -> None:
    plan = draft({ShiftFactory(date=TUESDAY): [called_off.need]})

    done = publish_plan(plan=plan, user=None, now=NOW)

    called_off.refresh_from_db()
    assert (done.moved, called_off.called_off) == (1, "")


def test_without_a_place_in_the_next_plan_its_family_waits_like_others(called_off: Visit) -> None:
    publish_plan(plan=draft({called_off.shift: [NeedFactory()]}), user=None, now=NOW)

    called_off.refresh_from_db()
    assert (called_off.state, called_off.is_called_off) == (VisitState.CANCELLED, False)
    assert Need.objects.get(pk=called_off.need_id).state == NeedState.OPEN


@pytest.mark.parametrize("told", [True, False])
def test_who_knows_that_nobody_comes_is_not_to_be_told_again_by_a_plan_without_a_place(
    called_off: Visit, told: bool
) -> None:
    if told:
        call_offs.note_told(visit=called_off, actor="user:1")
    plan = draft({called_off.shift: [NeedFactory()]})
    before = families_to_tell.list_news_before(plan_changes.find_changes(plan=plan, now=NOW))

    done = publish_plan(plan=plan, user=None, now=NOW)

    after = families_to_tell.list_news_after(plan)
    to_tell = [] if told else [str(called_off.need_id)]
    assert [row.need for row in before] == [row.need for row in after] == to_tell
    assert (done.cancelled, done.new) == (len(to_tell), 1)
