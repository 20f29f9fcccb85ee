from datetime import date, time

import pytest

from outreach.models import LogEntry
from tests.factories.visits import ShiftFactory, TeamFactory
from visits.models import Shift, Team
from visits.workforce import calendar_exceptions, team_shifts, team_skills

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]

TUESDAY, MONDAY = date(2026, 12, 1), date(2026, 12, 7)


def test_shifts_are_made_for_working_days_only() -> None:
    team = TeamFactory(max_visits=6)
    calendar_exceptions.set_day(date=date(2026, 12, 3), is_open=False, reason="Rapat", actor="user:1")

    made = team_shifts.make_shifts(teams=[team], first=TUESDAY, last=MONDAY, actor="user:1")

    assert [shift.date.day for shift in made] == [1, 2, 4, 7]
    friday = made[2]
    assert (friday.starts, friday.ends, friday.breaks) == (time(7, 30), time(15, 30), [["11:30", "13:00"]])
    assert (friday.max_visits, friday.start_latitude, friday.skills) == (
        6,
        team.latitude,
        sorted(team.skills),
    )


def test_a_repeat_makes_nothing_and_keeps_what_was_changed() -> None:
    team = TeamFactory()
    ShiftFactory(team=team, date=TUESDAY, max_visits=3)

    first = team_shifts.make_shifts(teams=[team], first=TUESDAY, last=MONDAY, actor="user:1")
    second = team_shifts.make_shifts(teams=[team], first=TUESDAY, last=MONDAY, actor="user:1")

    assert (len(first), second) == (4, [])
    assert Shift.objects.get(date=TUESDAY).max_visits == 3
    assert LogEntry.objects.filter(action="shift_made").count() == 4


def test_a_team_at_rest_gets_no_shift() -> None:
    assert (
        team_shifts.make_shifts(
            teams=[TeamFactory(is_active=False)], first=TUESDAY, last=MONDAY, actor="user:1"
        )
        == []
    )


def test_a_shift_is_cancelled_once() -> None:
    shift = ShiftFactory()

    assert team_shifts.set_cancelled(shift=shift, cancelled=True, actor="user:1") is True
    assert team_shifts.set_cancelled(shift=shift, cancelled=True, actor="user:1") is False
    assert Shift.objects.get().is_cancelled
    assert team_shifts.set_cancelled(shift=shift, cancelled=False, actor="user:1") is True
    assert [row.action for row in LogEntry.objects.all()] == ["shift_cancelled", "shift_taken_up"]


def test_shifts_follow_what_their_team_gains_and_loses() -> None:
    team = TeamFactory(skills=["camera", "iris"])
    past, coming = (ShiftFactory(team=team, date=on, skills=["iris", "ramp"]) for on in (TUESDAY, MONDAY))
    before = team_skills.list_team_skills()
    Team.objects.update(skills=["camera", "power"])

    team_shifts.follow_team_skills(before=before, first=MONDAY, actor="user:1")

    past.refresh_from_db(), coming.refresh_from_db()
    assert (past.skills, coming.skills) == (["iris", "ramp"], ["power", "ramp"])
    assert LogEntry.objects.get().detail == {"fields": ["skills"]}
