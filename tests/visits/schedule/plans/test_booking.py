from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from outreach.enums import Milestone, NeedState, Skill
from outreach.models import LogEntry, Need, Progress, Resident
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, TeamFactory, at
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import arrival_intervals, call_offs, lifecycle, placement, promises
from visits.enums import CallOffReason, RunKind, VisitState
from visits.models import CalendarDay, PlanRun, Shift, TeamDay, Visit
from visits.schedule.dispatch import office_changes
from visits.schedule.plans import booking, slot_offers
from visits.schedule.plans.publishing import publish_plan
from visits.schedule.problem import published_week
from visits.schedule.runs import appointment_windows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


@pytest.fixture
def shift() -> Shift:
    """Two homes at 09.00 and 09.40, 30 minutes each."""
    shift = ShiftFactory(date=TUESDAY)
    publish_plan(plan=draft({shift: [NeedFactory(), NeedFactory()]}, starts=9 * 60), user=None, now=NOW)
    return shift


def _take(need, offer, *, shown: str | None = None, user=None) -> bool:
    return booking.book_slot(
        offered=offer.mark if shown is None else None,
        need=need,
        shift=offer.shift.pk,
        position=offer.slot.position,
        start_s=offer.slot.start_s,
        shown=placement.placement_mark(placement.find_open_visit(need)) if shown is None else shown,
        user=user,
        now=NOW,
    )


def _times(shift: Shift) -> list[tuple[int, int]]:
    rows = Visit.objects.filter(shift=shift, state=VisitState.PUBLISHED).order_by("sequence")
    return [(row.sequence, published_week.published_stop(row).start_s) for row in rows]


def test_the_published_days_are_offered_and_a_place_is_taken(shift: Shift) -> None:
    need = NeedFactory()
    before = _times(shift)

    (offer, *_) = slot_offers.list_slot_offers(need=need, now=NOW)
    assert offer.shift == shift
    assert _take(need, offer)

    visit = Visit.objects.get(need=need)
    assert (visit.shift, published_week.published_stop(visit).start_s) == (shift, offer.slot.start_s)
    need.refresh_from_db()
    assert need.state == NeedState.PLANNED
    version = TeamDay.objects.get(date=TUESDAY).live
    assert (version.number, len(version.content["stops"])) == (2, 3)
    assert version.content["stops"][offer.slot.position]["need"] == str(need.pk)
    told = Progress.objects.get(need=need, milestone=Milestone.PLANNED)
    assert told.earliest is not None
    assert told.earliest <= visit.planned_start
    others = [start for (_, start) in _times(shift) if start != offer.slot.start_s]
    moved = [after - old for after, (_, old) in zip(others, before, strict=True)]
    assert max(moved) == offer.slot.later_s
    assert PlanRun.objects.filter(kind=RunKind.SLOT).count() == 1
    assert LogEntry.objects.filter(action="plan_published").count() == 2


@pytest.mark.parametrize("seed", range(4))
def test_nobodys_hours_change_but_those_that_the_offer_names(seed: int) -> None:
    needs: list[Need] = [
        NeedFactory(
            resident__latitude=-7.62 - 0.004 * ((3 * seed + 5 * number) % 7),
            resident__longitude=111.52 + 0.004 * ((2 * seed + 3 * number) % 5),
        )
        for number in range(5)
    ]
    one: Shift = ShiftFactory(date=TUESDAY)
    two: Shift = ShiftFactory(date=TUESDAY)
    plan = draft({one: needs[:3], two: needs[3:]}, starts=8 * 60)
    appointment_windows.assign_windows(plan=plan)
    publish_plan(plan=plan, user=None, now=NOW)
    asked = needs[1] if seed % 2 else NeedFactory(resident__latitude=-7.63, resident__longitude=111.53)

    for offer in slot_offers.list_slot_offers(need=asked, now=NOW)[:2]:
        others = Visit.objects.filter(state=VisitState.PUBLISHED).exclude(need=asked)
        before = {visit.need_id: arrival_intervals.interval_told(visit) for visit in others}
        told = arrival_intervals.interval_told(Visit.objects.get(need=asked)) if seed % 2 else None
        if (offer.shift.pk, offer.told) == (one.pk, told):
            continue
        (again,) = [
            one for one in slot_offers.list_slot_offers(need=asked, now=NOW) if one.shift == offer.shift
        ]
        assert _take(asked, again)
        after = {visit.need_id: arrival_intervals.interval_told(visit) for visit in others.all()}
        changed = {need: now for need, now in after.items() if now != before[need]}
        assert changed == {visit.need_id: now for visit, now in again.moved}
        assert arrival_intervals.interval_told(Visit.objects.get(need=asked)) == again.told


def test_a_place_is_taken_once(shift: Shift) -> None:
    need = NeedFactory()
    (offer, *_) = slot_offers.list_slot_offers(need=need, now=NOW)

    assert _take(need, offer, shown="") is True
    assert _take(need, offer, shown="") is False

    assert (Visit.objects.filter(need=need).count(), TeamDay.objects.get(date=TUESDAY).live.number) == (1, 2)


@pytest.fixture
def two_days(shift: Shift) -> tuple[Shift, Shift]:
    return shift, ShiftFactory(date=TUESDAY + timedelta(days=1))


def test_who_comes_second_does_not_undo_the_first(two_days: tuple[Shift, Shift]) -> None:
    """Both look at a need without a place; each picks another day."""
    need, first, second = NeedFactory(), User.objects.create_user("satu"), User.objects.create_user("dua")
    offers = {offer.shift: offer for offer in slot_offers.list_slot_offers(need=need, now=NOW)}
    assert _take(need, offers[two_days[0]], shown="", user=first)

    with pytest.raises(slot_offers.NoPlaceError, match="placed") as refused:
        _take(need, offers[two_days[1]], shown="", user=second)

    visit = Visit.objects.get(need=need)
    assert visit.shift == two_days[0]
    assert refused.value.visit == visit
    found = placement.find_placement(visit)
    assert found is not None
    assert (found.user, found.at) == (first.pk, NOW)
    assert not TeamDay.objects.filter(date=two_days[1].date).exists()


def test_a_visit_that_somebody_moved_meanwhile_stays_there(two_days: tuple[Shift, Shift]) -> None:
    third = ShiftFactory(date=TUESDAY + timedelta(days=2))
    need = Visit.objects.get(sequence=1).need
    shown = placement.placement_mark(placement.find_open_visit(need))
    offers = {offer.shift: offer for offer in slot_offers.list_slot_offers(need=need, now=NOW)}
    assert _take(need, offers[third], shown=shown)

    with pytest.raises(slot_offers.NoPlaceError, match="placed"):
        _take(need, offers[two_days[1]], shown=shown)
    assert _take(need, offers[third], shown=shown) is False

    assert Visit.objects.get(need=need).shift == third


def test_a_visit_taken_out_of_its_day_meanwhile_is_not_placed_by_an_old_page(shift: Shift) -> None:
    visit = Visit.objects.get(sequence=1)
    (offer, *_) = slot_offers.list_slot_offers(need=NeedFactory(), now=NOW)
    shown = placement.placement_mark(visit)
    lifecycle.cancel_visit(visit=visit, at=NOW, actor="user:1", source="test")

    with pytest.raises(slot_offers.NoPlaceError, match="released"):
        _take(visit.need, offer, shown=shown)


def test_who_placed_a_visit_is_not_who_published_the_day_again(shift: Shift) -> None:
    """Another visit behind it makes a new version, which leaves it where it was."""
    need, first, second = NeedFactory(), User.objects.create_user("satu"), User.objects.create_user("dua")
    assert _take(need, slot_offers.list_slot_offers(need=need, now=NOW)[0], user=first)
    visit = Visit.objects.get(need=need)
    other = NeedFactory(windows=[["13:00", "15:00"]])
    assert _take(other, slot_offers.list_slot_offers(need=other, now=NOW)[0], user=second)

    placed = [placement.find_placement(Visit.objects.get(need=one)) for one in (need, other)]
    assert [found.user for found in placed if found] == [first.pk, second.pk]
    assert TeamDay.objects.get(date=TUESDAY).live.number == 3
    assert Visit.objects.get(need=need).planned_start == visit.planned_start


def test_nobody_is_sent_to_who_went_away_meanwhile(shift: Shift) -> None:
    need = NeedFactory()
    (offer, *_) = slot_offers.list_slot_offers(need=need, now=NOW)
    Resident.objects.filter(pk=need.resident_id).update(away=True)

    with pytest.raises(slot_offers.NoPlaceError, match="away"):
        _take(need, offer)

    assert TeamDay.objects.get(date=TUESDAY).live.number == 1


def test_a_place_that_has_changed_is_not_taken(shift: Shift) -> None:
    Shift.objects.update(max_visits=3)
    first, second = NeedFactory(), NeedFactory()
    (offer, *_) = slot_offers.list_slot_offers(need=first, now=NOW)
    _take(second, slot_offers.list_slot_offers(need=second, now=NOW)[0])

    with pytest.raises(slot_offers.NoPlaceError, match="gone"):
        _take(first, offer)
    assert not Visit.objects.filter(need=first).exists()


def test_a_published_visit_moves_and_leaves_the_others_where_they_are(shift: Shift) -> None:
    other = ShiftFactory(date=TUESDAY + timedelta(days=1))
    visit = Visit.objects.get(sequence=1)
    promises.make_promises(visits=[visit.pk], actor="user:1")
    need = visit.need
    offer = next(one for one in slot_offers.list_slot_offers(need=need, now=NOW) if one.shift == other)

    assert _take(need, offer)

    visit.refresh_from_db()
    assert (visit.shift, visit.promised) == (other, False)
    assert _times(shift) == [(1, 9 * 3600 + 2400)]
    assert LogEntry.objects.get(action="promise_released").detail["reason"] == "family"
    assert sorted(TeamDay.objects.values_list("live__number", flat=True)) == [1, 2]


def test_a_promise_of_another_family_is_not_moved_out_of_its_interval(shift: Shift) -> None:
    promises.make_promises(visits=Visit.objects.values_list("pk", flat=True), actor="user:1")
    told = {row.pk: arrival_intervals.interval_told(row) for row in Visit.objects.all()}

    need = NeedFactory()
    for offer in slot_offers.list_slot_offers(need=need, now=NOW):
        assert offer.slot.later_s <= 40 * 60
    _take(need, slot_offers.list_slot_offers(need=need, now=NOW)[0])

    for row in Visit.objects.exclude(need=need):
        assert arrival_intervals.interval_told(row) == told[row.pk]
        assert told[row.pk][0] <= row.planned_start <= told[row.pk][1]
        assert row.promised


def test_a_visit_of_a_team_that_fails_finds_another_place(shift: Shift) -> None:
    Shift.objects.filter(pk=shift.pk).update(is_cancelled=True)
    other = ShiftFactory(date=TUESDAY)
    visit = Visit.objects.get(sequence=1)

    (offer,) = slot_offers.list_slot_offers(need=visit.need, now=NOW)
    assert (offer.shift, _take(visit.need, offer)) == (other, True)

    visit.refresh_from_db()
    assert visit.state == VisitState.CANCELLED
    assert Visit.objects.get(need=visit.need, state=VisitState.PUBLISHED).shift == other


def test_hard_rules_hold() -> None:
    able = TeamFactory(skills=["camera", "fingerprint", "signature", Skill.IRIS])
    ShiftFactory(date=TUESDAY)
    fits = ShiftFactory(date=TUESDAY + timedelta(days=3), team=able)
    ShiftFactory(date=TUESDAY + timedelta(days=2), team=able)
    need = NeedFactory(skills=[Skill.IRIS], weekdays=[4], windows=[["09:00", "10:00"]])

    (offer,) = slot_offers.list_slot_offers(need=need, now=NOW)

    assert offer.shift == fits
    assert 9 * 3600 <= offer.slot.start_s <= 10 * 3600


@pytest.mark.parametrize(
    ("state", "visit_state", "code"),
    [
        (NeedState.CLOSED, None, "state"),
        (NeedState.PLANNED, VisitState.ARRIVED, "begun"),
    ],
)
def test_who_waits_for_no_place_is_told_why(shift: Shift, state, visit_state, code) -> None:
    visit = Visit.objects.get(sequence=1)
    need = visit.need if visit_state else NeedFactory(state=state)
    if visit_state:
        lifecycle.set_visit_state(visit=visit, to=visit_state, at=NOW, actor="device:1")
    with pytest.raises(slot_offers.NoPlaceError, match=code):
        slot_offers.list_slot_offers(need=need, now=NOW)


def test_a_team_that_has_left_is_not_asked(shift: Shift) -> None:
    need = NeedFactory()
    assert slot_offers.list_slot_offers(need=need, now=at(TUESDAY, 8 * 60)) == []


def test_the_queries_do_not_grow(shift: Shift, django_assert_max_num_queries) -> None:
    """One query more where an offer names families that it would move: their villages, all at once."""
    need = NeedFactory()
    with django_assert_max_num_queries(14) as few:
        slot_offers.list_slot_offers(need=need, now=NOW)
    for day in (1, 2):
        later = ShiftFactory(date=TUESDAY + timedelta(days=day))
        publish_plan(
            plan=draft({later: [NeedFactory(), NeedFactory()]}, first=later.date), user=None, now=NOW
        )
    with django_assert_max_num_queries(14) as more:
        offers = slot_offers.list_slot_offers(need=need, now=NOW)
    assert len(offers) == 3
    assert len(more) - len(few) <= 1


@pytest.mark.parametrize("moving", [False, True])
def test_the_family_is_told_what_was_offered(shift: Shift, moving: bool) -> None:
    ShiftFactory(date=TUESDAY + timedelta(days=1))
    for team_day in (ShiftFactory(date=TUESDAY), shift):
        first = draft({team_day: [NeedFactory() for _ in range(4)]}, starts=8 * 60)
        appointment_windows.assign_windows(plan=first)
        publish_plan(plan=first, user=None, now=NOW)
    need = Visit.objects.filter(shift=shift, state=VisitState.PUBLISHED)[1].need if moving else NeedFactory()

    offers = slot_offers.list_slot_offers(need=need, now=NOW)
    assert len(offers) > 2
    offer = offers[-1]
    assert _take(need, offer)

    visit = Visit.objects.get(need=need)
    assert visit.shift == offer.shift
    assert arrival_intervals.interval_told(visit) == offer.told


def test_a_visit_that_was_called_off_holds_no_place(shift: Shift) -> None:
    for visit in Visit.objects.all():
        call_offs.call_off_visit(
            visit=visit, reason=CallOffReason.HOURS, obstacles={"late": 0}, at=NOW, actor="user:1"
        )

    week = published_week.load_published_week(first=TUESDAY, days=1, now=NOW)

    assert (week.orders, week.visits) == ({}, {})


def test_no_place_is_offered_on_a_day_that_was_closed(shift: Shift) -> None:
    need = NeedFactory()
    assert [offer.shift for offer in slot_offers.list_slot_offers(need=need, now=NOW)] == [shift]

    CalendarDay.objects.create(date=TUESDAY, is_open=False, reason="Rapat", set_by="user:1")

    assert slot_offers.list_slot_offers(need=need, now=NOW) == []


def test_a_family_whose_visit_was_called_off_takes_a_place_on_another_day(shift: Shift) -> None:
    visit, stays = Visit.objects.order_by("sequence")
    told = arrival_intervals.interval_told(stays)
    other = ShiftFactory(date=TUESDAY + timedelta(days=1))
    call_offs.call_off_visit(
        visit=visit, reason=CallOffReason.KIT, obstacles={"skill": 0}, at=NOW, actor="user:1"
    )
    offers = slot_offers.list_slot_offers(need=visit.need, now=NOW)
    (offer,) = (offer for offer in offers if offer.shift == other)

    assert _take(visit.need, offer)

    visit.refresh_from_db()
    assert (visit.shift, visit.called_off) == (other, "")
    stays.refresh_from_db()
    assert (stays.state, arrival_intervals.interval_told(stays)) == (VisitState.PUBLISHED, told)
    content = TeamDay.objects.get(date=TUESDAY).live.content
    assert [stop["visit"] for stop in content["stops"]] == [str(stays.pk)]


def test_a_place_that_is_taken_decides_nothing_about_others_who_were_called_off(shift: Shift) -> None:
    """They wait for a plan, as they were told; as somebody else has their hour now, they do not stand again."""
    first, last = Visit.objects.order_by("sequence")
    call_offs.call_off_visit(
        visit=last, reason=CallOffReason.KIT, obstacles={"skill": 0}, at=NOW, actor="user:1"
    )
    need = NeedFactory()
    (offer, *_) = slot_offers.list_slot_offers(need=need, now=NOW)

    assert _take(need, offer)

    last.refresh_from_db()
    assert (last.state, last.called_off) == (VisitState.PUBLISHED, "kit")
    assert Progress.objects.filter(need=last.need).latest("pk").milestone == Milestone.CALLED_OFF
    restored = office_changes.carry_out(
        lambda: Shift.objects.update(max_visits=9), consent=None, actor="user:1", now=NOW
    ).effects.restored
    assert restored == []
    assert Visit.objects.get(pk=first.pk).called_off == ""
