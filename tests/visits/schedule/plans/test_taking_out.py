"""A need is taken out of its day, or closed, wherever it stands; nobody else's hours change."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser

from outreach import vault
from outreach.enums import ClosedReason, Milestone, NeedState
from outreach.models import LogEntry, Need, SealedDetail
from outreach.services.triage import TriageError
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import call_offs
from visits.enums import CallOffReason, PlanState, ReleaseReason, VisitState
from visits.models import DayVersion, Device, Plan, PlanStop, Shift, TeamMessage, Visit
from visits.schedule.plans import families_to_tell, taking_out
from visits.schedule.plans.publishing import publish_plan
from visits.schedule.plans.taking_out import TeamIsThereError
from visits.sync import days

pytestmark = [pytest.mark.django_db, pytest.mark.clock(NOW, tick=False)]


@pytest.fixture
def user(db) -> AbstractBaseUser:
    return get_user_model().objects.create_user("sari")


@pytest.fixture
def shift(db) -> Shift:
    shift: Shift = ShiftFactory(date=TUESDAY)
    return shift


def _publish(shift: Shift, *needs: Need) -> Plan:
    plan = draft({shift: list(needs)}, first=shift.date)
    publish_plan(plan=plan, user=None, now=NOW)
    for need in needs:
        need.refresh_from_db()
    return plan


def _close(need: Need, user: AbstractBaseUser, reason: str = "deceased", note: str = "") -> bool:
    return taking_out.close_need(need=need, reason=ClosedReason(reason), note=note, user=user, now=NOW)


def test_a_visit_is_taken_out_and_nobody_else_moves(shift: Shift, user: AbstractBaseUser) -> None:
    first, second = NeedFactory(), NeedFactory()
    plan = _publish(shift, first, second)
    before = Visit.objects.filter(need=second).values().get()

    visit = taking_out.take_out(need=first, reason=ReleaseReason.FAMILY, user=user, now=NOW)

    first.refresh_from_db()
    assert visit is not None
    assert (Visit.objects.get(need=first).state, first.state) == (VisitState.CANCELLED, NeedState.OPEN)
    assert Visit.objects.filter(need=second).values().get() == before
    assert [row.milestone for row in first.progress.all()][-1] == Milestone.UNPLANNED
    plan.refresh_from_db()
    (news,) = families_to_tell.list_news_after(plan)
    assert (news.need, news.what, news.now) == (str(first.pk), "cancelled", "")
    entry = LogEntry.objects.get(action="visit_taken_out")
    assert (entry.actor, entry.detail) == (f"user:{user.pk}", {"reason": "family", "shift": shift.pk})


def test_taking_out_twice_does_it_once(shift: Shift, user: AbstractBaseUser) -> None:
    need = NeedFactory()
    plan = _publish(shift, need)
    for expected in (True, False):
        done = taking_out.take_out(need=need, reason=ReleaseReason.TEAM, user=user, now=NOW)
        assert bool(done) is expected
    plan.refresh_from_db()
    assert len(plan.changes["cancelled"]) == 1


def test_the_team_s_tablet_is_told(shift: Shift, user: AbstractBaseUser) -> None:
    need, other = NeedFactory(), NeedFactory()
    _publish(shift, need, other)
    device = Device(team=shift.team)
    before = days.list_day_versions(device=device, today=TUESDAY)["days"][TUESDAY.isoformat()]

    later = NOW + timedelta(hours=20)  # the day itself, before the team leaves
    taking_out.take_out(need=need, reason=ReleaseReason.TEAM, user=user, now=later)

    day = days.load_day(device=device, wanted=TUESDAY, today=TUESDAY)
    assert day is not None
    assert day["version"] != before
    assert [stop["state"] for stop in day["content"]["stops"]] == ["cancelled", "published"]
    message = TeamMessage.objects.get()
    assert message.text == "Kunjungan nomor 1 hari ini dibatalkan kantor. Lanjutkan ke rumah berikutnya."
    assert need.resident.name not in message.text


@pytest.mark.parametrize("state", [VisitState.PUBLISHED, VisitState.TRAVELLING])
def test_bapak_has_died_while_a_visit_is_published(
    shift: Shift, user: AbstractBaseUser, state: VisitState
) -> None:
    need, other = NeedFactory(), NeedFactory()
    plan = _publish(shift, need, other)
    Visit.objects.filter(need=need).update(state=state, promised=True)

    assert _close(need, user) is True

    need.refresh_from_db()
    assert (need.state, need.closed_reason) == (NeedState.CLOSED, ClosedReason.DECEASED)
    assert [visit.state for visit in Visit.objects.order_by("sequence")] == ["cancelled", "published"]
    assert [row.milestone for row in need.progress.all()][-1] == Milestone.CLOSED
    assert Milestone.UNPLANNED not in {row.milestone for row in need.progress.all()}
    plan.refresh_from_db()
    assert not plan.changes.get("cancelled")  # nobody rings a mourning family
    assert _close(need, user) is False


def test_who_moved_away_is_listed_to_be_told(shift: Shift, user: AbstractBaseUser) -> None:
    need = NeedFactory()
    plan = _publish(shift, need)
    _close(need, user, "moved")
    plan.refresh_from_db()
    assert [row["need"] for row in plan.changes["cancelled"]] == [str(need.pk)]


@pytest.mark.parametrize("told", [True, False])
def test_who_was_told_that_nobody_comes_is_not_to_be_told_again_when_its_need_is_closed(
    shift: Shift, user: AbstractBaseUser, told: bool
) -> None:
    need = NeedFactory()
    plan = _publish(shift, need)
    visit = Visit.objects.get(need=need)
    call_offs.call_off_visit(visit=visit, reason=CallOffReason.KIT, obstacles={}, at=NOW, actor="user:1")
    if told:
        call_offs.note_told(visit=visit, actor="user:1")

    _close(need, user, "moved")

    plan.refresh_from_db()
    assert [row["need"] for row in plan.changes["cancelled"]] == ([] if told else [str(need.pk)])


def test_at_the_home_the_officer_decides(shift: Shift, user: AbstractBaseUser) -> None:
    need = NeedFactory()
    _publish(shift, need)
    Visit.objects.update(state=VisitState.ARRIVED)
    with pytest.raises(TeamIsThereError):
        _close(need, user)
    with pytest.raises(TeamIsThereError):
        taking_out.take_out(need=need, reason=ReleaseReason.TEAM, user=user, now=NOW)
    need.refresh_from_db()
    assert need.state == NeedState.PLANNED


@pytest.mark.parametrize("state", [NeedState.OPEN, NeedState.REVIEW, NeedState.CAPTURED, NeedState.RECORDED])
def test_a_need_is_closed_in_every_other_state(user: AbstractBaseUser, state: NeedState) -> None:
    need = NeedFactory(state=state)
    assert _close(need, user) is True
    need.refresh_from_db()
    assert need.state == NeedState.CLOSED


def test_another_reason_is_written_and_sealed(user: AbstractBaseUser) -> None:
    need = NeedFactory()
    with pytest.raises(TriageError):
        _close(need, user, "other")
    _close(need, user, "other", note="Anaknya, Budi, minta berhenti")

    detail = SealedDetail.objects.get()
    assert vault.unseal_detail(detail) == {"note": "Anaknya, Budi, minta berhenti"}
    assert b"Budi" not in bytes(detail.sealed)
    assert "Budi" not in str(list(LogEntry.objects.values()))
    vault.destroy_key(need.resident.key)
    assert vault.unseal_detail(SealedDetail.objects.get()) == {}


def test_a_draft_loses_it_and_its_other_homes_stay_in_order(shift: Shift, user: AbstractBaseUser) -> None:
    needs: list[Need] = [NeedFactory() for _ in range(3)]
    plan = draft({shift: needs}, first=shift.date)

    for _ in range(2):
        taking_out.take_out_of_draft(plan=plan, need=needs[1], user=user)

    stops = PlanStop.objects.filter(plan=plan).order_by("sequence")
    assert [stop.need for stop in stops] == [needs[0], needs[2]]
    assert plan.unserved.get().need == needs[1]


def test_who_was_closed_is_not_published_from_an_older_draft(shift: Shift, user: AbstractBaseUser) -> None:
    need, other = NeedFactory(), NeedFactory()
    plan = draft({shift: [need, other]}, first=shift.date)
    assert taking_out.find_in_plans(need).drafts == [plan]
    _close(need, user)

    publish_plan(plan=plan, user=None, now=NOW)

    assert Plan.objects.get().state == PlanState.PUBLISHED
    assert [visit.need for visit in Visit.objects.all()] == [other]
    assert DayVersion.objects.count() == 1
