"""The next ten days planned anew over a published week with its places loosened: hours are true, changes are listed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outreach.enums import Milestone
from outreach.formats import format_interval
from outreach.models import Progress
from tests.support import clock
from tests.support.stack import Stack
from visits.appointments import promises
from visits.demo import requests, teams, week
from visits.enums import CallOffReason, RunState, VisitState
from visits.models import Plan, Shift, Team, Visit
from visits.planning.fair.fairness import plan_fairly
from visits.schedule.dispatch import office_changes
from visits.schedule.plans.families_to_tell import FamilyNews
from visits.schedule.runs import engine, plan_runs
from visits.workforce import calendar, team_shifts

Told = tuple[int, datetime, datetime]  # the team-day, and the interval that the family knows
NARROWEST = timedelta(minutes=settings.ARRIVAL_NARROWEST)


@dataclass
class Office:
    """An office with the demo's people and a published week; some families were told, and one team falls out."""

    user: User
    crews: list[Team]
    dates: list[date]


@pytest.fixture
def office(make_stack: Callable[[], Stack]) -> Iterator[Office]:
    with make_stack().orm():
        user = User.objects.create_superuser("koordinator")
        dates = calendar.next_working_days(after=clock.today(), count=10)
        requests.ask_for_visits(needs=70, seed=1, user=user)
        crews = teams.make_teams(count=3)
        week.publish_week(crews=crews, days=4, seconds=2, seed=1, user=user, say=lambda _text: None)
        told = Visit.objects.filter(shift__date=dates[1]).values_list("pk", flat=True)
        assert promises.make_promises(visits=told, actor="user:1") > 9
        _cancel_day(crews[0], dates[1])
        requests.ask_for_visits(needs=40, seed=2, user=user)  # newcomers, some of them more urgent
        yield Office(user, crews, dates)


def _cancel_day(team: Team, on: date) -> None:
    """Call a team's day off by the office's own way."""
    shift = Shift.objects.get(team=team, date=on)
    office_changes.carry_out(
        lambda: team_shifts.set_cancelled(shift=shift, cancelled=True, actor="user:1"),
        consent=CallOffReason.STAFF,
        actor="user:1",
    )


def _plan_anew(office: Office, patch: pytest.MonkeyPatch) -> Plan:
    """A draft of the next ten working days of all teams, for which published visits need not stay ("tetap" unticked)."""
    first, last = office.dates[0], office.dates[-1]
    team_shifts.make_shifts(teams=office.crews, first=first, last=last, actor="user:1")
    run = plan_runs.start_run(first=first, last=last, seconds=3, asked_by=office.user, keep_published=False)
    # as many steps on a busy machine as on an idle one
    patch.setattr(
        engine, "plan_fairly", lambda *given, seconds, **more: plan_fairly(*given, iterations=20_000, **more)
    )
    plan_runs.work_on_run(run_id=str(run.pk))
    run.refresh_from_db()
    assert run.state == RunState.DONE
    return Plan.objects.get(run=run)


def _read_told(office: Office) -> dict[str, Told]:
    """What families know of the coming days, by need. One that was called off knows that nobody comes."""
    rows = Visit.objects.filter(state=VisitState.PUBLISHED, called_off="", shift__date__in=office.dates)
    found = {}
    for visit in rows:
        assert visit.told_from is not None
        assert visit.told_until is not None
        found[str(visit.need_id)] = (visit.shift_id, visit.told_from, visit.told_until)
    return found


def _moment(on: date, clock: time | str) -> datetime:
    at = clock if isinstance(clock, time) else time.fromisoformat(clock)
    return timezone.make_aware(datetime.combine(on, at))


def _find_faults(told: dict[str, Told], before: dict[str, Told]) -> list[str]:
    """Hours that are not true, by the issue's own words and without the product's rules for them."""
    rows = Visit.objects.filter(state=VisitState.PUBLISHED, need__in=list(told)).select_related("shift")
    faults = []
    for _shift, route in groupby(rows.order_by("shift", "sequence"), key=lambda visit: visit.shift_id):
        last = None
        for visit in route:
            shift, (_pk, begin, end) = visit.shift, told[str(visit.need_id)]
            pauses = [[_moment(shift.date, at) for at in pause] for pause in shift.breaks]
            wrong = {
                "outside": begin < _moment(shift.date, shift.starts) or end > _moment(shift.date, shift.ends),
                "break": any(begin < until and end > since for since, until in pauses),
                "backwards": last is not None and begin < last,
                "short": before.get(str(visit.need_id)) != told[str(visit.need_id)]
                and end - begin < NARROWEST,
            }
            faults += [f"{name} {visit.pk}" for name, is_so in wrong.items() if is_so]
            last = begin
    return faults


def _read_list(families: list[FamilyNews]) -> dict[str, tuple[str, str]]:
    """Old and new hours as the page lists them, by need."""
    return {row.need: (row.was, row.now) for row in families}


def test_a_loosened_week_over_ten_days_tells_true_hours_and_lists_every_change(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _read_told(office)
    off = {
        str(visit.need_id): format_interval(visit.told_from, visit.told_until)
        for visit in Visit.objects.filter(state=VisitState.PUBLISHED).exclude(called_off="")
        if visit.told_from and visit.told_until
    }
    assert len(before) > 30
    assert len(off) > 3
    plan = _plan_anew(office, monkeypatch)
    client = Client()
    client.force_login(office.user)
    address = reverse("admin:visits_plan_publish", args=[plan.pk])
    page = client.get(address)
    assert (page.context["refusals"], page.context["untrue"], page.context["unreleased"]) == ([], [], [])
    listed = _read_list(page.context["families"])

    answer = client.post(address, {"tanda": page.context["mark"]})

    plan.refresh_from_db()
    assert (answer.status_code, plan.state) == (302, "published")
    after = _read_told(office)
    assert _find_faults(after, before) == []
    changed = {need for need in before if before[need] != after.get(need)} | set(off)
    assert changed > set(off), "the places were loosened"
    assert listed == {
        need: (
            format_interval(*before[need][1:]) if need in before else off[need],
            format_interval(*after[need][1:]) if need in after else "",
        )
        for need in changed
    }
    afterwards = client.get(reverse("admin:visits_plan_told", args=[plan.pk])).context["families"]
    assert _read_list(afterwards) == listed
    assert not Visit.objects.filter(
        state=VisitState.PUBLISHED, need__in=[UUID(need) for need in changed], promised=True
    ).exists()
    assert Visit.objects.filter(state=VisitState.PUBLISHED, promised=True).exists(), "promises stay"
    for need, (_shift, begin, end) in after.items():
        row = (
            Progress.objects.filter(need=UUID(need), milestone=Milestone.PLANNED).order_by("at", "pk").last()
        )
        assert row is not None
        assert (row.earliest, row.latest) == (begin, end), "the family's own page"
