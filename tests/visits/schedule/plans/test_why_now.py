from datetime import date, timedelta

import pytest

from outreach.enums import NeedState, Skill
from outreach.models import Need
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import promises
from visits.models import Shift, Visit
from visits.planning import Unserved, walk_route
from visits.planning.types import Reason, Route
from visits.planning.why import explain
from visits.schedule.plans import slot_offers, why_now
from visits.schedule.plans.publishing import publish_plan
from visits.schedule.problem import published_week

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


def _full(*needs: Need, on: date = TUESDAY) -> Shift:
    """A published team-day that may take nobody more."""
    shift = ShiftFactory(date=on, max_visits=len(needs))
    publish_plan(plan=draft({shift: list(needs)}, first=on), user=None, now=NOW)
    return shift


def test_a_free_place_is_the_best_one_that_is_offered() -> None:
    shift = ShiftFactory(date=TUESDAY)
    publish_plan(plan=draft({shift: [NeedFactory(), NeedFactory()]}), user=None, now=NOW)
    need = NeedFactory()

    answer = why_now.explain_waiting_now(need=need)

    assert (answer.at, answer.reason, answer.trouble) == (NOW, {}, "")
    assert answer.place == slot_offers.list_slot_offers(need=need, now=NOW)[0]


def test_a_full_week_names_who_is_worth_least_and_is_not_promised() -> None:
    waited = [NOW - timedelta(days=days) for days in (30, 2, 9)]
    shift = _full(*(NeedFactory(waiting_since=since) for since in waited))
    visits = list(Visit.objects.order_by("need__waiting_since"))

    answer = why_now.explain_waiting_now(need=NeedFactory())
    assert answer.place is None
    assert (answer.reason["code"], answer.reason["shift"]) == ("pushes", str(shift.pk))
    assert answer.reason["needs"] == [str(visits[-1].need_id)]
    assert answer.reason["points"] > 2, "with what it costs to move a family"

    promises.make_promises(visits=[visits[-1].pk], actor="user:1")
    assert why_now.explain_waiting_now(need=NeedFactory()).reason["needs"] == [str(visits[1].need_id)]


def test_what_is_said_survives_relaxing_and_inserting() -> None:
    for day in range(3):
        _full(NeedFactory(), NeedFactory(windows=[["07:30", "11:00"]]), on=TUESDAY + timedelta(days=day))
    for need in (
        NeedFactory(),
        NeedFactory(skills=[Skill.IRIS]),
        NeedFactory(weekdays=[5]),
        NeedFactory(windows=[["12:05", "12:30"]]),
    ):
        answer = why_now.explain_waiting_now(need=need)
        there = published_week.load_published_week(
            first=NOW.date(), days=slot_offers.DAYS, asked=need, now=NOW, weighed=True
        )
        problem = there.problem
        routes = []
        for shift in problem.shifts:
            stops = [problem.visit_by_id[one] for one in there.orders.get(shift.id, ())]
            routes.append(Route(shift.id, walk_route(problem, shift, stops).stops, 0, 0))
        reason = explain.explain_visit(problem, there.orders, problem.visit_by_id[str(need.pk)])
        assert answer.reason["code"] == reason.code
        assert explain.verify_reasons(problem, routes, Unserved(str(need.pk), (reason,))) == []


def test_hard_blocks_come_first_and_say_which_on_every_team_day() -> None:
    shift = _full(NeedFactory())
    answer = why_now.explain_waiting_now(need=NeedFactory(skills=[Skill.IRIS]))
    assert (answer.reason["code"], answer.reason["relax"]) == ("skill", ["skill"])
    assert answer.reason["each"] == [{"codes": ("skill",), "shifts": [str(shift.pk)]}]
    assert list(answer.shifts) == [shift.pk]


def test_without_any_team_that_is_said() -> None:
    assert why_now.explain_waiting_now(need=NeedFactory()).reason["code"] == Reason("no_shift").code


@pytest.mark.parametrize(
    ("given", "code"), [({"resident__away": True}, "away"), ({"state": NeedState.REVIEW}, "state")]
)
def test_who_cannot_be_visited_is_not_asked_about(given: dict[str, object], code: str) -> None:
    assert why_now.explain_waiting_now(need=NeedFactory(**given)).trouble == code


def test_the_queries_do_not_grow(django_assert_num_queries) -> None:
    need = NeedFactory()
    for day in range(3):
        _full(NeedFactory(), NeedFactory(), on=TUESDAY + timedelta(days=day))
        if day != 1:
            why_now.explain_waiting_now(need=need)  # which villages are behind is recalled for a minute
            with django_assert_num_queries(18):
                assert why_now.explain_waiting_now(need=need).reason["code"] == "pushes"
