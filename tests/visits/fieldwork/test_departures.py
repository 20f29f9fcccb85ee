"""What the tap "Berangkat dari kantor" tells of a team's day before it has come to anybody's home."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from outreach import vault
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, at
from tests.visits.planned import NOW, TUESDAY, draft
from visits.enums import EventKind, EventState, Outcome, VisitState
from visits.fieldwork import departures, road_times, team_status
from visits.models import Device, Event, EventStatus, Shift, Visit
from visits.schedule.dispatch import day_page
from visits.schedule.plans.publishing import publish_plan

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]

MORNING = 7 * 60 + 42


def clock(minutes: float) -> datetime:
    return at(TUESDAY, 0) + timedelta(minutes=minutes)


@pytest.fixture
def shift() -> Shift:
    """Works from 07.30; its homes, a straight drive of some minutes away, are planned for 08.10, 08.50 and 09.30."""
    shift: Shift = ShiftFactory(date=TUESDAY)
    near = {"resident__latitude": -7.65, "resident__longitude": 111.55}
    publish_plan(plan=draft({shift: [NeedFactory(**near) for _ in range(3)]}, starts=490), user=None, now=NOW)
    return shift


@pytest.fixture
def tablet(shift: Shift) -> Device:
    return _tablet(shift, heard=MORNING)


def _tablet(shift: Shift, *, heard: float) -> Device:
    row: Device = Device.objects.create(
        team=shift.team, name="Tablet", jwk={}, thumbprint=str(uuid4()), last_seen_at=clock(heard)
    )
    Device.objects.filter(pk=row.pk).update(paired_at=NOW)
    return row


def _left(device: Device, minutes: float, *, state: str = EventState.APPLIED, **more: object) -> Event:
    """As `events.receive_events` keeps it."""
    values = {
        "id": uuid4(),
        "device": device,
        "sequence": device.events.count() + 1,
        "kind": EventKind.DEPARTED,
        "at": clock(minutes),
        "key": vault.create_person_key(),
        "sealed": b"",
        "sha256": "0" * 64,
        "received_at": clock(minutes + 1),
    }
    row: Event = Event.objects.create(**{**values, **more})
    EventStatus.objects.create(event=row, state=state)
    return row


def _homes(shift: Shift) -> list[Visit]:
    return list(Visit.objects.filter(shift=shift).order_by("sequence"))


def _now(minutes: float) -> team_status.TeamStatus:
    (team,) = team_status.list_team_statuses(now=clock(minutes))
    return team


def _numbers(visits: list[Visit]) -> list[int]:
    return [visit.sequence for visit in visits]


def test_a_team_that_set_out_drives_to_its_first_home(shift: Shift, tablet: Device) -> None:
    before = _now(MORNING + 3)
    assert (before.departed_at, before.heading, _numbers(before.left)) == (None, False, [1, 2, 3])

    _left(tablet, MORNING)
    team = _now(MORNING + 3)

    assert (team.departed_at, team.heading) == (clock(MORNING), True)
    assert (_numbers(team.assumed), _numbers(team.left), team.gone) == ([1], [2, 3], 1)
    home = _homes(shift)[0]
    resident = home.need.resident
    assert (team.latitude, team.longitude) == (resident.latitude, resident.longitude)
    there = clock(MORNING) + timedelta(
        seconds=road_times.straight_line_seconds(
            shift, (shift.start_latitude, shift.start_longitude), (resident.latitude, resident.longitude)
        )
    )
    assert team.there_at is not None
    assert abs(team.there_at - there) < timedelta(seconds=1)
    assert clock(MORNING) < there < home.planned_start
    assert team.free_at == home.planned_leave, "it does not begin before the family was told"
    assert Visit.objects.get(pk=home.pk).state == VisitState.PUBLISHED, "assumed, never written"


def test_who_set_out_late_is_late_at_the_first_home_and_after_it(shift: Shift, tablet: Device) -> None:
    _left(tablet, 9 * 60 + 30)
    team = _now(9 * 60 + 35)
    home = _homes(shift)[0]

    assert team.there_at is not None
    assert team.there_at > clock(9 * 60 + 35)
    assert _numbers(team.assumed) == [1], "by its schedule it would have begun the second"
    assert team.free_at == team.there_at + (home.planned_leave - home.planned_start)
    (lane,) = day_page.list_team_rows(now=clock(9 * 60 + 35))
    assert lane.course.under_way is not None
    assert lane.course.under_way.begins == team.there_at
    assert [row.visit.sequence for row in day_page.list_late_homes([lane])][:1] == [1]
    assert (lane.departed, lane.place.startswith("menuju rumah ke-1")) == ("09.30", True)


def test_who_set_out_long_ago_and_has_not_come_yet_does_not_begin_in_the_past(
    shift: Shift, tablet: Device
) -> None:
    _left(tablet, MORNING)
    Device.objects.update(last_seen_at=clock(9 * 60))
    team = _now(9 * 60)

    assert team.heading
    assert team.free_at == clock(9 * 60 + 30)
    (lane,) = day_page.list_team_rows(now=clock(9 * 60))
    assert lane.course.under_way is not None
    assert lane.course.under_way.begins == clock(9 * 60)


def test_a_silent_team_goes_on_by_its_schedule_later_where_it_set_out_later(
    shift: Shift, tablet: Device
) -> None:
    as_published = _now(9 * 60)
    assert as_published.silent
    assert _numbers(as_published.assumed) == [1, 2]
    assert as_published.free_at == _homes(shift)[1].planned_leave

    _left(tablet, 8 * 60 + 10)
    late = _now(9 * 60)

    assert (_numbers(late.assumed), _numbers(late.left), late.heading) == ([1, 2], [3], False)
    assert late.there_at is not None
    assert late.free_at - as_published.free_at == late.there_at - _homes(shift)[0].planned_start
    assert late.free_at > as_published.free_at


def test_once_it_is_at_a_home_the_tap_says_only_when_it_left(shift: Shift, tablet: Device) -> None:
    """Also at another home than the first: that one is still to be met."""
    _left(tablet, MORNING)
    second = _homes(shift)[1]
    Visit.objects.filter(pk=second.pk).update(state=VisitState.ARRIVED, arrived_at=clock(8 * 60 + 5))
    team = _now(8 * 60 + 6)

    assert (team.heading, team.under_way, _numbers(team.left)) == (False, second, [1, 3])
    assert team.departed_at == clock(MORNING)


def test_an_outcome_by_telephone_before_it_left_is_no_visit(shift: Shift, tablet: Device) -> None:
    Visit.objects.filter(pk=_homes(shift)[0].pk).update(
        state=VisitState.FINISHED, outcome=Outcome.MOVED, outcome_at=clock(7 * 60 + 20)
    )
    _left(tablet, MORNING)
    team = _now(MORNING + 3)
    assert (team.heading, _numbers(team.assumed), _numbers(team.left)) == (True, [2], [3])

    Visit.objects.filter(pk=_homes(shift)[0].pk).update(outcome_at=clock(MORNING + 2))
    assert not _now(MORNING + 3).heading


def test_a_team_that_cannot_go_on_leaves_all_its_homes(shift: Shift, tablet: Device) -> None:
    _left(tablet, MORNING)
    Shift.objects.update(is_cancelled=True)
    team = _now(MORNING + 3)

    assert (team.heading, _numbers(team.left)) == (False, [1, 2, 3])


def test_a_tap_that_came_after_the_first_arrival_or_lies_ahead_is_no_departure(
    shift: Shift, tablet: Device
) -> None:
    _left(tablet, 9 * 60)
    assert _now(8 * 60 + 30).departed_at is None
    Visit.objects.filter(pk=_homes(shift)[0].pk).update(
        state=VisitState.ARRIVED, arrived_at=clock(8 * 60 + 12)
    )
    assert _now(9 * 60 + 5).departed_at is None


def test_only_what_counts_counts_and_the_first_word_of_several_tablets_holds(
    shift: Shift, tablet: Device
) -> None:
    def read() -> dict[int, datetime]:
        return departures.departures_on(on=TUESDAY, teams=[shift.team_id])

    _left(tablet, 440, state=EventState.REVIEW)
    _left(tablet, 441, state=EventState.REVIEWED)
    _left(tablet, 442, kind=EventKind.NOTE)
    _left(tablet, 443, visit=_homes(shift)[0], visit_named=_homes(shift)[0].pk)
    _left(tablet, 444, visit_named=uuid4())  # to a home of another team
    _left(tablet, 445 - 24 * 60, received_at=clock(445))  # yesterday's, heard today
    assert read() == {}

    _left(tablet, MORNING + 4)
    _left(_tablet(shift, heard=MORNING), MORNING)
    assert read() == {shift.team_id: clock(MORNING)}

    _left(_tablet(ShiftFactory(date=TUESDAY), heard=MORNING), 440)
    assert read() == {shift.team_id: clock(MORNING)}


def test_a_team_that_closed_its_day_is_not_silent_and_goes_on_nowhere(shift: Shift, tablet: Device) -> None:
    silent = _now(9 * 60)
    assert (silent.silent, _numbers(silent.assumed), silent.closed_at) == (True, [1, 2], None)

    _left(tablet, 8 * 60 + 20, kind=EventKind.DAY_CLOSED)
    _left(tablet, 8 * 60 + 30, kind=EventKind.DAY_CLOSED)  # after one more home
    _left(tablet, 8 * 60 + 40, kind=EventKind.DAY_CLOSED, state=EventState.REVIEW)
    team = _now(9 * 60)

    assert (team.closed_at, team.silent) == (clock(8 * 60 + 30), False)
    assert (_numbers(team.assumed), _numbers(team.left)) == ([], [1, 2, 3])
    (lane,) = day_page.list_team_rows(now=clock(9 * 60))
    assert lane.closed == "08.30"
    assert (lane.course.left, team.takes_no_more, team.fails) == ([], True, False)


def test_a_team_that_set_out_and_closed_its_day_is_on_its_way_to_nobody(shift: Shift, tablet: Device) -> None:
    _left(tablet, MORNING)
    _left(tablet, MORNING + 2, kind=EventKind.DAY_CLOSED)
    team = _now(MORNING + 3)

    assert (team.heading, team.assumed, _numbers(team.left)) == (False, [], [1, 2, 3])


@pytest.mark.parametrize(
    "state", [VisitState.TRAVELLING, VisitState.ARRIVED, VisitState.FINISHED], ids=lambda state: state.value
)
def test_a_team_that_goes_on_after_it_closed_its_day_has_not_closed_it(
    shift: Shift, tablet: Device, state: VisitState
) -> None:
    _left(tablet, 8 * 60 + 30, kind=EventKind.DAY_CLOSED)
    came = None if state == VisitState.TRAVELLING else clock(9 * 60)
    done = (
        {"outcome": Outcome.RECORDED, "outcome_at": clock(9 * 60 + 1)} if state == VisitState.FINISHED else {}
    )
    Visit.objects.filter(pk=_homes(shift)[0].pk).update(state=state, arrived_at=came, **done)
    team = _now(9 * 60 + 2)

    assert (team.closed_at, team.takes_no_more, team.silent) == (None, False, True)
    (lane,) = day_page.list_team_rows(now=clock(9 * 60 + 2))
    assert lane.closed == ""


def test_a_home_before_the_end_of_the_day_does_not_open_it_again(shift: Shift, tablet: Device) -> None:
    _left(tablet, 9 * 60, kind=EventKind.DAY_CLOSED)
    Visit.objects.filter(pk=_homes(shift)[0].pk).update(
        state=VisitState.FINISHED,
        arrived_at=clock(8 * 60 + 10),
        outcome=Outcome.RECORDED,
        outcome_at=clock(8 * 60 + 40),
    )

    assert _now(9 * 60 + 30).closed_at == clock(9 * 60)


@pytest.mark.parametrize("teams", [1, 3])
def test_the_queries_do_not_grow_with_the_teams(teams: int, django_assert_num_queries) -> None:
    for _ in range(teams):
        shift = ShiftFactory(date=TUESDAY)
        publish_plan(plan=draft({shift: [NeedFactory()]}, starts=490), user=None, now=NOW)
        _left(_tablet(shift, heard=MORNING), MORNING)
    teams_of = list(Shift.objects.values_list("team", flat=True))
    with django_assert_num_queries(1):
        assert len(departures.departures_on(on=TUESDAY, teams=teams_of)) == teams
