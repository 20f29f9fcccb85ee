"""One planned time of a visit, whoever asks: plan, publish page, team's day, tablet, family."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outreach.enums import Milestone
from outreach.models import Need, Progress
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, TUESDAY, draft
from visits.models import Shift, Visit
from visits.schedule.plans.publishing import publish_plan
from visits.schedule.runs import appointment_windows
from visits.sync import days
from visits.wording import labels

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


def test_every_door_shows_the_told_hours_and_no_other_time() -> None:
    shift: Shift = ShiftFactory(date=TUESDAY)
    needs: list[Need] = [NeedFactory() for _ in range(3)]
    client: Client = staff(
        "visits.view_plan", "visits.publish_plan", "visits.view_teamday", "outreach.view_need"
    )
    plan = draft({shift: needs})
    appointment_windows.assign_windows(plan=plan)
    before = client.get(reverse("admin:visits_plan_change", args=[plan.pk])).context["routes"][0].stops
    new = client.get(reverse("admin:visits_plan_publish", args=[plan.pk])).context["new"]
    publish_plan(plan=plan, user=None, now=NOW)
    page = reverse("admin:visits_teamday_page", args=[shift.team_id, TUESDAY.isoformat()])
    after = client.get(reverse("admin:visits_plan_change", args=[plan.pk])).context["routes"][0].stops
    day = client.get(page).context["homes"]

    for place, need in enumerate(needs):
        visit = Visit.objects.select_related("need__resident__village__district").get(need=need)
        assert visit.told_from is not None and visit.told_until is not None
        told = labels.format_clocks(visit.told_from, visit.told_until)
        family = Progress.objects.get(need=need, milestone=Milestone.PLANNED)
        tablet = days._describe_stop(visit)["told"]
        assert family.earliest is not None and family.latest is not None
        assert [
            before[place].told,
            after[place].told,
            labels.format_clocks(*new[place].interval),
            day[place].told,
            labels.format_clocks(family.earliest, family.latest),
        ] == [told] * 5
        assert [at[11:16].replace(":", ".") for at in tablet] == told.split("–")
        assert (before[place].expected, after[place].expected, day[place].expected) == ("", "", "")
        assert visit.told_until - visit.told_from >= timedelta(minutes=20)


LOOKS = ("visits.view_plan", "visits.publish_plan", "visits.view_teamday", "outreach.view_need")
LATEST = re.compile(r"paling lambat (\d\d\.\d\d)")


def test_the_latest_begin_is_a_detail_of_the_teams_page_alone() -> None:
    shift: Shift = ShiftFactory(date=TUESDAY)
    client = staff(*LOOKS)
    plan = draft({shift: [NeedFactory(), NeedFactory()]})
    appointment_windows.assign_windows(plan=plan)
    publish_plan(plan=plan, user=None, now=NOW)
    day = client.get(reverse("admin:visits_teamday_page", args=[shift.team_id, TUESDAY.isoformat()]))

    homes = day.context["homes"]
    assert LATEST.findall(day.content.decode()) == [home.latest for home in homes]
    for home in homes:
        since, until = home.told.split("–")
        assert since <= home.latest <= until
    others = [
        reverse("admin:visits_plan_change", args=[plan.pk]),
        reverse("admin:visits_today"),
        *(reverse("admin:outreach_need_change", args=[home.need.pk]) for home in homes),
    ]
    for address in others:
        assert not LATEST.findall(client.get(address).content.decode()), address


def test_the_planners_own_clock_stands_on_no_page(clock) -> None:
    shift: Shift = ShiftFactory(date=TUESDAY)
    plan = draft({shift: [NeedFactory(), NeedFactory()]}, starts=8 * 60 + 7)
    appointment_windows.assign_windows(plan=plan)
    publish_plan(plan=plan, user=None, now=NOW)
    own = {timezone.localtime(visit.planned_start).strftime("%H.%M") for visit in Visit.objects.all()}
    assert own == {"08.07", "08.47"}
    pages = [
        reverse("admin:visits_plan_change", args=[plan.pk]),
        reverse("admin:visits_teamday_page", args=[shift.team_id, TUESDAY.isoformat()]),
        reverse("admin:visits_today"),
        *(reverse("admin:outreach_need_change", args=[visit.need_id]) for visit in Visit.objects.all()),
    ]
    Shift.objects.update(is_cancelled=True)  # a lane of the timeline for a team that stopped
    for moment in ("2026-11-30T13:00", "2026-12-01T07:00", "2026-12-01T11:30"):
        clock.move_to(moment, tick=False)
        client = staff(*LOOKS)
        for address in pages:
            answer = client.get(address)
            assert answer.status_code == 200
            told = set(re.findall(r"\b\d\d\.\d\d\b", answer.content.decode()))
            assert not told & own, (moment, address)
