"""A week planned by the real engine on a database of its own (the run's lease is renewed by a thread)."""

import re
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from outreach.enums import NeedState
from outreach.models import Need, Village
from tests.factories.outreach import NeedFactory
from tests.factories.visits import at
from tests.support.stack import Stack
from visits.demo import teams, week
from visits.models import PlanRun, Shift, Visit


@pytest.fixture(scope="module")
def laid(make_stack: Callable[[], Stack]) -> Stack:
    return make_stack()


@pytest.fixture
def database(laid: Stack) -> Iterator[None]:
    with laid.orm():
        yield


def _publish(seconds: int = 2) -> tuple[week.DemoWeek, list[str]]:
    said: list[str] = []
    crews = teams.make_teams(count=2)
    user, _made = User.objects.get_or_create(username="koordinator")
    return week.publish_week(crews=crews, days=3, seconds=seconds, seed=1, user=user, say=said.append), said


def test_a_week_without_needs_says_why(database: None):
    with pytest.raises(week.NoPlanError, match=re.escape("ended as failed (no_needs)")):
        _publish()


def test_a_week_is_planned_and_published_once(database: None):
    for village in Village.objects.all()[:204:17]:
        NeedFactory(resident__village=village)
    made, said = _publish()
    assert made.made
    assert said[-1].endswith("for 2 s ...")
    assert Shift.objects.count() == 6, "two teams, three working days"
    served = Need.objects.filter(state=NeedState.PLANNED).count()
    assert served == Visit.objects.count() == made.plan.summary["served"] == 12
    again, _said = _publish()
    assert (again.made, again.plan.pk) == (False, made.plan.pk)
    assert PlanRun.objects.filter(state="done").count() == 1


def test_the_summary_has_a_row_a_team_and_a_column_a_day(database: None):
    made, _said = _publish()
    lines = week.describe_plan(made.plan)
    assert lines[0].startswith("Needs 12, served 12, left 0; score ")
    rows = lines[3:]
    assert [row.split("(contoh)")[0].split()[:2] for row in rows] == [["Tim", "1"], ["Tim", "2"]]
    cells = [re.findall(r"(\d+) / (\d+)|(-)(?:\s|$)", row.split("(contoh)")[1]) for row in rows]
    assert all(len(row) == 3 for row in cells)
    assert sum(int(visits or 0) for row in cells for visits, _travel, _none in row) == 12


TUESDAY = date(2026, 12, 1)


@pytest.mark.clock("2026-12-01T05:00")
@pytest.mark.parametrize(
    ("day", "minutes", "sets_out"),
    [
        (TUESDAY, 5 * 60, time(7, 30)),  # before the office opens: the whole day
        (TUESDAY, 10 * 60 + 5, time(10, 30)),
        (TUESDAY, 10 * 60 + 10, time(10, 30)),
        (TUESDAY, 10 * 60 + 11, time(11)),
        (TUESDAY, 13 * 60 + 10, time(13, 30)),  # two hours are left
        (TUESDAY, 13 * 60 + 11, None),
        (TUESDAY, 22 * 60, None),
        (TUESDAY + timedelta(days=4), 9 * 60, None),  # Saturday
    ],
)
def test_teams_set_out_today_while_enough_of_the_day_is_left(
    db, day: date, minutes: int, sets_out: time | None
) -> None:
    found = week.today_from(now=at(day, minutes))
    assert (timezone.localtime(found).time() if found else None) == sets_out


@pytest.mark.clock("2026-12-01T05:00")
def test_the_planners_time_is_waited_for(db) -> None:
    assert week.today_from(now=at(TUESDAY, 10 * 60 + 5), seconds=1200) == at(TUESDAY, 11 * 60)


@pytest.mark.clock("2026-12-01T05:00")
def test_todays_shifts_begin_when_the_teams_can_set_out_and_a_repeat_leaves_them(db) -> None:
    user = User.objects.create_user("koordinator")
    for village in range(2):
        NeedFactory(resident__village__latitude=-7.6 - village / 10)
    crews = teams.make_teams(count=2)
    for minutes in (12 * 60 + 30, 13 * 60):
        week.make_week_shifts(
            crews=crews,
            first=TUESDAY,
            last=TUESDAY + timedelta(days=1),
            sets_out=at(TUESDAY, minutes),
            user=user,
        )
    rows = set(Shift.objects.values_list("date", "starts", "breaks__0__1"))
    assert rows == {
        (TUESDAY, time(12, 30), "13:00"),
        (TUESDAY + timedelta(days=1), time(7, 30), "13:00"),
    }
    Shift.objects.all().delete()
    week.make_week_shifts(crews=crews, first=TUESDAY, last=TUESDAY, sets_out=at(TUESDAY, 13 * 60), user=user)
    assert set(Shift.objects.values_list("starts", "breaks__0")) == {(time(13), None)}
