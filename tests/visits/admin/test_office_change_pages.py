"""Every door through which the office changes a day, shift, team, officer, kit or break: asked before, marked
after, and taken back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from outreach.enums import Milestone, NeedState
from outreach.models import LogEntry, Progress
from tests.factories.outreach import NeedFactory
from tests.factories.visits import OfficerFactory, ShiftFactory, VisitFactory, at
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, TUESDAY
from visits.admin.office_change_pages import AsksFirst
from visits.models import CalendarDay, Officer, Shift, Team, Visit, WorkingHours
from visits.schedule.dispatch.touched_visits import Obstacle

MODELS = ("calendarday", "workinghours", "shift", "team", "officer")


@pytest.fixture(autouse=True)
def _monday_noon(clock) -> None:
    clock.move_to(NOW, tick=False)


@pytest.fixture
def office(db) -> Client:
    names = [f"visits.{what}_{model}" for what in ("view", "add", "change", "delete") for model in MODELS]
    return staff(*names, "visits.view_teamday", "visits.publish_plan", "visits.add_plan")


@pytest.fixture
def day(db) -> "Day":
    """Two visits of one team on Tuesday, at 08.40 and 13.20; the second one needs a woman officer."""
    shift = ShiftFactory(date=TUESDAY, skills=["camera", "fingerprint", "signature", "woman_officer"])
    officer = OfficerFactory(team=shift.team, woman=True)
    rows: list[Visit] = []
    for number, (minutes, skills) in enumerate([(520, []), (800, ["woman_officer"])], start=1):
        start = at(TUESDAY, minutes)
        need = NeedFactory(state=NeedState.PLANNED, skills=skills)
        rows.append(
            VisitFactory(
                shift=shift,
                sequence=number,
                need=need,
                planned_arrive=start,
                planned_leave=start + timedelta(minutes=30),
                told_from=start - timedelta(minutes=10),
                told_until=start + timedelta(minutes=20),
            )
        )
    return Day(shift=shift, team=shift.team, officer=officer, visits=rows)


@dataclass(frozen=True, kw_only=True)
class Day:
    shift: Shift
    team: Team
    officer: Officer
    visits: list[Visit]


Door = tuple[str, dict[str, Any]]  # address and what is posted


def _shift_form(day: Day, **changed: Any) -> Door:
    shift = day.shift
    fields = {
        "starts": "07:30",
        "ends": "15:30",
        "breaks": "12.00-13.00",
        "max_visits": "8",
        "skills": shift.skills,
        **{name: getattr(shift, name) for name in ("start_latitude", "start_longitude")},
        **{name: getattr(shift, name) for name in ("end_latitude", "end_longitude")},
    }
    return reverse("admin:visits_shift_change", args=[shift.pk]), {**fields, **changed}


def _team_form(day: Day, *, officer: dict[str, Any] | None = None, **changed: Any) -> Door:
    team = day.team
    row = {
        "id": day.officer.pk,
        "team": team.pk,
        "name": day.officer.name,
        "employee_number": day.officer.employee_number,
        "woman": "on",
        "is_active": "on",
    } | (officer or {})
    fields = {
        **{name: getattr(team, name) for name in ("code", "name", "skills", "latitude", "longitude")},
        "vehicle": "car",
        "recording_way": "official_kit",
        "max_visits": "8",
        "setup_minutes": "10",
        "base_name": "",
        "is_active": "on",
        "officers-TOTAL_FORMS": "1",
        "officers-INITIAL_FORMS": "1",
        **{f"officers-0-{name}": value for name, value in row.items() if value is not None},
    } | changed
    return reverse("admin:visits_team_change", args=[team.pk]), {
        name: value for name, value in fields.items() if value is not None
    }


def _officer_form(day: Day, **changed: Any) -> Door:
    row = day.officer
    fields = {"team": row.team_id, "name": row.name, "employee_number": row.employee_number}
    fields |= {"woman": "on", "is_active": "on"} | changed
    return reverse("admin:visits_officer_change", args=[row.pk]), {
        name: value for name, value in fields.items() if value is not None
    }


def _close_day(day: Day) -> Door:
    return reverse("admin:visits_calendarday_add"), {
        "date": TUESDAY.isoformat(),
        "is_open": "0",
        "reason": "Rapat",
    }


def _load_holidays(day: Day) -> Door:
    lines = "2026-12-01 Pilkades serentak\n24/12/2026, Cuti bersama"
    return reverse("admin:visits_calendarday_load"), {"lines": lines}


def _hours_form(day: Day) -> Door:
    hours = {"starts": "08:00", "ends": "13:00", "breaks": "12.00-12.30"}
    days = {"first": "2026-12-01", "last": "2026-12-03", "weekdays": ["1", "2"]}
    return reverse("admin:visits_workinghours_add"), {"name": "Ramadan", **days, **hours}


def _cancel_action(day: Day) -> Door:
    chosen = {"action": "cancel", "_selected_action": [day.shift.pk], "index": "0"}
    return reverse("admin:visits_shift_changelist"), chosen


BOTH, FIRST, SECOND = {0, 1}, {0}, {1}
KIT = ["camera", "fingerprint"]  # no visit goes without a signature pad

DOORS: dict[str, tuple[Callable[[Day], Door], set[int], Obstacle]] = {
    "a day is closed": (_close_day, BOTH, Obstacle.CLOSED),
    "holidays are loaded": (_load_holidays, BOTH, Obstacle.CLOSED),
    "the hours of a period are set": (_hours_form, SECOND, Obstacle.LATE),
    "shifts are cancelled from the list": (_cancel_action, BOTH, Obstacle.CANCELLED),
    "a shift ends earlier": (lambda day: _shift_form(day, ends="12:00"), SECOND, Obstacle.LATE),
    "a shift begins later": (lambda day: _shift_form(day, starts="10:00"), FIRST, Obstacle.EARLY),
    "a break is moved": (lambda day: _shift_form(day, breaks="13.00-14.00"), SECOND, Obstacle.BREAK),
    "a shift makes fewer visits": (lambda day: _shift_form(day, max_visits="1"), SECOND, Obstacle.ROOM),
    "a shift goes without part of its kit": (
        lambda day: _shift_form(day, skills=KIT),
        BOTH,
        Obstacle.SKILL,
    ),
    "a team is taken out of service": (
        lambda day: _team_form(day, is_active=None),
        BOTH,
        Obstacle.INACTIVE,
    ),
    "a team loses part of its kit": (lambda day: _team_form(day, skills=KIT), BOTH, Obstacle.SKILL),
    "a team makes fewer visits a day": (lambda day: _team_form(day, max_visits="1"), SECOND, Obstacle.ROOM),
    "a team's page takes the last officer out": (
        lambda day: _team_form(day, officer={"is_active": None}),
        BOTH,
        Obstacle.UNMANNED,
    ),
    "an officer's page takes the last one out": (
        lambda day: _officer_form(day, is_active=None),
        BOTH,
        Obstacle.UNMANNED,
    ),
    "a shift sets out from far away": (
        lambda day: _shift_form(day, start_latitude="-8.05", start_longitude="111.52"),
        FIRST,
        Obstacle.DELAYED,
    ),
    "a team moves to a base far away": (
        lambda day: _team_form(day, latitude="-8.05"),
        FIRST,
        Obstacle.DELAYED,
    ),
    "no woman is left in the team": (lambda day: _officer_form(day, woman=None), SECOND, Obstacle.SKILL),
}


@pytest.fixture(params=DOORS.values(), ids=list(DOORS))
def door(request: pytest.FixtureRequest, day: Day) -> Iterator[tuple[Door, list[Visit], Obstacle]]:
    make, touched, obstacle = request.param
    yield make(day), [day.visits[number] for number in sorted(touched)], obstacle


def _snapshot() -> list[str]:
    models = (CalendarDay, WorkingHours, Shift, Officer, Team, Visit)
    return [str(list(model._default_manager.order_by("pk").values())) for model in models]


def _mark(page: str) -> str:
    return page.split('name="dampak" value="')[1].split('"')[0]


def _save(client: Client, address: str, posted: dict[str, Any]) -> Any:
    """The answer to the change, confirmed where it asks first."""
    answer = client.post(address, posted)
    if answer.status_code != 409:
        return answer
    mark = _mark(answer.content.decode())
    return client.post(address, {**posted, "dampak": mark, "alasan_batal": "other"})


def test_nothing_is_saved_before_the_families_were_shown(office: Client, door) -> None:
    (address, posted), touched, _obstacle = door
    before, logged = _snapshot(), LogEntry.objects.count()

    answer = office.post(address, posted)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert (_snapshot(), LogEntry.objects.count()) == (before, logged)
    assert f"<strong>{len(touched)} kunjungan yang sudah terbit</strong>" in page
    for visit in Visit.objects.all():
        assert (visit.need.resident.name in page) == (visit in touched)
    assert "berhasil" not in page, "it does not say that anything was saved"


def test_it_is_saved_with_a_reason_and_the_visits_are_called_off(office: Client, door) -> None:
    (address, posted), touched, obstacle = door
    mark = _mark(office.post(address, posted).content.decode())

    answer = office.post(address, {**posted, "dampak": mark, "alasan_batal": "other"})

    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:visits_teamday_called_off"))
    assert [visit for visit in Visit.objects.order_by("sequence") if visit.is_called_off] == touched
    assert all(obstacle in visit.obstacles for visit in Visit.objects.exclude(called_off=""))
    marked = LogEntry.objects.filter(action="visit_called_off", detail__reason="other")
    assert sorted(marked.values_list("subject_id", flat=True)) == sorted(str(visit.pk) for visit in touched)
    told = Progress.objects.filter(milestone=Milestone.CALLED_OFF).values_list("need_id", flat=True)
    assert set(told) == {visit.need_id for visit in touched}


def test_without_a_reason_it_asks_again_and_keeps_what_was_posted(office: Client, door) -> None:
    (address, posted), _touched, _obstacle = door
    mark = _mark(office.post(address, posted).content.decode())
    before = _snapshot()

    answer = office.post(address, {**posted, "dampak": mark, "alasan_batal": ""})

    page = answer.content.decode()
    assert (answer.status_code, _snapshot()) == (409, before)
    assert "Pilih sebabnya, supaya rekan kerja mengerti." in page
    for name, value in posted.items():
        for one in value if isinstance(value, list) else [value]:
            assert f'<input type="hidden" name="{name}" value="{one}">' in page


def test_a_page_that_was_shown_other_families_is_shown_again(office: Client, day: Day) -> None:
    address, posted = _close_day(day)
    mark = _mark(office.post(address, posted).content.decode())
    need = NeedFactory(state=NeedState.PLANNED)
    VisitFactory(shift=day.shift, sequence=3, need=need)

    answer = office.post(address, {**posted, "dampak": mark, "alasan_batal": "closed"})

    assert answer.status_code == 409
    assert need.resident.name in answer.content.decode()
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize(
    ("name", "back"),
    [
        ("a day is closed", lambda day: (_delete_day(), {"post": "yes"})),
        ("shifts are cancelled from the list", lambda day: _take_up_action(day)),
        ("the hours of a period are set", lambda day: _delete_hours()),
        ("a shift ends earlier", lambda day: _shift_form(day)),
        ("a team is taken out of service", lambda day: _team_form(day)),
        ("a team loses part of its kit", lambda day: _team_form(day, skills=[*KIT, "signature"])),
        ("no woman is left in the team", lambda day: _officer_form(day)),
        ("a team makes fewer visits a day", lambda day: _team_form(day)),
        ("a shift sets out from far away", lambda day: _shift_form(day)),
        ("a team moves to a base far away", lambda day: _team_form(day, latitude="-7.62")),
    ],
)
def test_taken_back_the_visits_stand_again_with_a_log_row(office: Client, day: Day, name, back) -> None:
    _save(office, *DOORS[name][0](day))
    count = Visit.objects.exclude(called_off="").count()
    day.team.refresh_from_db()

    answer = _save(office, *back(day))

    assert answer.status_code == 302
    assert count > 0
    assert not Visit.objects.exclude(called_off="").exists()
    assert LogEntry.objects.filter(action="visit_reinstated", detail__why="restored").count() == count
    for visit in Visit.objects.all():
        last = Progress.objects.filter(need=visit.need_id).order_by("at", "pk").last()
        assert last is None or last.milestone == Milestone.PLANNED


def _delete_day() -> str:
    return reverse("admin:visits_calendarday_delete", args=[CalendarDay.objects.get().pk])


def _delete_hours() -> Door:
    return reverse("admin:visits_workinghours_delete", args=[WorkingHours.objects.get().pk]), {"post": "yes"}


def _take_up_action(day: Day) -> Door:
    chosen = {"action": "take_up", "_selected_action": [day.shift.pk], "index": "0"}
    return reverse("admin:visits_shift_changelist"), chosen


def test_what_touches_nobody_is_saved_at_once(office: Client, day: Day) -> None:
    address, posted = _shift_form(day, ends="15:00")

    assert office.post(address, posted).status_code == 302

    day.shift.refresh_from_db()
    assert day.shift.ends == time(15, 0)
    assert not Visit.objects.exclude(called_off="").exists()


def test_a_mistake_in_the_form_is_told_before_anything_else(office: Client, day: Day) -> None:
    address, posted = _shift_form(day, ends="25:00")

    answer = office.post(address, posted)

    assert answer.status_code == 200
    assert "Jam tidak terbaca" in answer.content.decode()


def test_what_was_amiss_before_is_blamed_on_no_change(office: Client, day: Day) -> None:
    Visit.objects.filter(pk=day.visits[1].pk).update(told_until=at(TUESDAY, 16 * 60))  # after the shift

    address, posted = _shift_form(day, max_visits="5")

    assert office.post(address, posted).status_code == 302


def test_a_day_under_way_and_visits_that_ended_are_left_alone(office: Client, day: Day) -> None:
    Visit.objects.filter(pk=day.visits[0].pk).update(state="finished", outcome="recorded", outcome_at=NOW)

    page = office.post(*_close_day(day)).content.decode()

    assert "<strong>1 kunjungan yang sudah terbit</strong>" in page


def test_the_way_on_leads_to_a_plan_of_these_days(office: Client, day: Day) -> None:
    address, posted = _close_day(day)
    mark = _mark(office.post(address, posted).content.decode())

    answer = office.post(
        address, {**posted, "dampak": mark, "alasan_batal": "closed", "lalu_rencanakan": "1"}
    )
    page = office.get(answer["Location"]).content.decode()

    assert 'name="first_date" value="2026-12-01"' in page
    assert 'name="last_date" value="2026-12-08"' in page, "with five working days behind them"


def test_kit_and_people_of_a_team_follow_into_its_coming_shifts(office: Client, day: Day) -> None:
    later = ShiftFactory(team=day.team, date=TUESDAY + timedelta(days=1), skills=["camera", "ramp"])
    address, posted = _team_form(day, skills=[*KIT, "signature", "iris"])

    assert office.post(address, posted).status_code == 302

    later.refresh_from_db()
    assert later.skills == ["camera", "iris", "ramp"], "what is the day's own stays"


def test_a_teams_new_base_follows_into_its_coming_shifts(office: Client, day: Day, clock) -> None:
    own = ShiftFactory(team=day.team, date=TUESDAY + timedelta(days=1), end_latitude=-7.7)
    under_way = ShiftFactory(team=day.team, date=TUESDAY - timedelta(days=1))
    address, posted = _team_form(day, latitude="-7.63", longitude="111.53")

    assert office.post(address, posted).status_code == 302

    bases = {}
    for shift in (day.shift, own, under_way):
        shift.refresh_from_db()
        start, end = (shift.start_latitude, shift.start_longitude), (shift.end_latitude, shift.end_longitude)
        bases[shift.pk] = (start, end)
    old, new = (-7.62, 111.52), (-7.63, 111.53)
    assert bases == {day.shift.pk: (new, new), own.pk: (new, (-7.7, 111.52)), under_way.pk: (old, old)}


def test_a_teams_new_limit_follows_into_its_coming_shifts(office: Client, day: Day) -> None:
    own = ShiftFactory(team=day.team, date=TUESDAY + timedelta(days=1), max_visits=5)
    over = ShiftFactory(team=day.team, date=TUESDAY - timedelta(days=4))

    assert office.post(*_team_form(day, max_visits="6")).status_code == 302

    limits = dict(Shift.objects.values_list("pk", "max_visits"))
    assert limits == {day.shift.pk: 6, own.pk: 5, over.pk: 8}


def test_a_base_that_keeps_the_hours_touches_nobody(office: Client, day: Day) -> None:
    assert office.post(*_shift_form(day, start_latitude="-7.65")).status_code == 302
    assert not Visit.objects.exclude(called_off="").exists()


def test_a_team_that_goes_by_a_slower_vehicle_asks_first(office: Client, day: Day, settings) -> None:
    Shift.objects.update(start_latitude=-7.7)  # 6 km from the first home
    settings.TRAVEL_SPEED_KMH, settings.TRAVEL_MOTORCYCLE_SPEED_KMH = 30.0, 4.0

    answer = office.post(*_team_form(day, vehicle="motorcycle"))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert [visit.need.resident.name in page for visit in day.visits] == [True, False]
    settings.TRAVEL_MOTORCYCLE_SPEED_KMH = 32.0
    assert office.post(*_team_form(day, vehicle="motorcycle")).status_code == 302


def test_an_officer_changed_on_the_teams_page_leaves_a_log_row(office: Client, day: Day) -> None:
    address, posted = _team_form(day, officer={"name": "Petugas Lain"})

    assert office.post(address, posted).status_code == 302

    row = LogEntry.objects.get(action="officer_changed")
    assert (row.subject_id, row.detail) == (str(day.officer.pk), {"fields": ["name"]})


def test_every_admin_page_that_changes_the_office_asks_first() -> None:
    for model in (CalendarDay, WorkingHours, Shift, Team, Officer):
        assert isinstance(admin.site._registry[model], AsksFirst), model


def test_a_shift_with_visits_is_deleted_by_nobody(office: Client, day: Day) -> None:
    assert office.post(reverse("admin:visits_shift_delete", args=[day.shift.pk])).status_code == 403
    with pytest.raises(ProtectedError):
        day.shift.delete()


def test_past_days_are_nobodys_news(office: Client, day: Day, clock) -> None:
    clock.move_to("2026-12-02T09:00", tick=False)

    address, posted = _team_form(day, is_active=None)

    assert office.post(address, posted).status_code == 302
    assert date(2026, 12, 2) > TUESDAY
