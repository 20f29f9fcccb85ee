"""Runs with the real engine, on a real lease. Each test that computes takes a second or two."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django_q.models import OrmQ

from outreach.enums import Urgency
from outreach.models import LogEntry, Village
from tests.factories.outreach import NeedFactory
from tests.factories.visits import PlanRunFactory, ShiftFactory
from tests.support.clock import now, today
from tests.support.wait import wait_until
from visits.enums import MAX_RUN_ATTEMPTS, RunKind, RunState
from visits.models import Plan, PlanRun, PlanStop, PlanUnserved, Visit
from visits.planning import rules
from visits.schedule.plans import plan_changes
from visits.schedule.plans.publishing import publish_plan
from visits.schedule.problem import problem_builder
from visits.schedule.runs import plan_runs
from visits.workforce import calendar

if TYPE_CHECKING:
    from tests.support.stack import Stack


def _day() -> date:
    """A day that live processes still have before them."""
    return calendar.next_working_days(after=today(), count=1)[0]


def _ask(**fields) -> PlanRun:
    return plan_runs.start_run(first=_day(), last=_day(), seconds=1, **fields)


def _expire(run: PlanRun) -> None:
    PlanRun.objects.filter(pk=run.pk).update(lease_until=now() - timedelta(seconds=1))


@pytest.mark.django_db
class TestAsking:
    def test_a_run_is_asked_for_logged_and_rung(self) -> None:
        user = User.objects.create_user("koordinator")

        run = _ask(asked_by=user)

        assert (run.state, run.attempts, run.asked_by_id) == (RunState.QUEUED, 0, user.pk)
        row = LogEntry.objects.get()
        assert (row.action, row.actor, row.to_state) == ("plan_asked", f"user:{user.pk}", "queued")
        task = OrmQ.objects.get().task
        assert (task["func"], task["args"]) == ("visits.tasks.run_plan", (str(run.pk),))

    def test_asked_twice_it_is_one_run(self) -> None:
        assert _ask().pk == _ask().pk
        assert (PlanRun.objects.count(), OrmQ.objects.count()) == (1, 1)

    def test_days_that_are_being_planned_are_not_planned_beside(self) -> None:
        run = _ask()

        with pytest.raises(plan_runs.OverlapError) as overlap:
            plan_runs.start_run(first=_day() - timedelta(days=1), last=_day(), seconds=1)

        assert overlap.value.run == run

    def test_the_same_days_upon_other_facts_are_another_run(self) -> None:
        def ask(need: str) -> PlanRun:
            return plan_runs.start_run(
                first=_day(), last=_day(), seconds=1, kind=RunKind.TODAY, facts={"urgent": [need]}
            )

        assert ask("1") == ask("1")
        with pytest.raises(plan_runs.OverlapError):
            ask("2")

    def test_a_run_that_has_not_begun_stops_at_once(self) -> None:
        run = _ask()

        assert plan_runs.stop_run(run=run, actor="user:1") is True
        assert plan_runs.stop_run(run=run, actor="user:1") is False

        assert PlanRun.objects.get().state == RunState.STOPPED
        assert plan_runs.work_on_run(run_id=str(run.pk)) is False

    def test_a_running_one_is_told_once(self) -> None:
        run = PlanRunFactory(state=RunState.RUNNING)

        assert plan_runs.stop_run(run=run, actor="user:1") is True
        assert PlanRun.objects.get().stop_requested
        assert plan_runs.stop_run(run=run, actor="user:1") is False


@pytest.mark.django_db
class TestClaims:
    def test_one_worker_has_a_run(self) -> None:
        run = _ask()

        token = plan_runs.claim_run(run_id=str(run.pk))

        assert token is not None
        assert plan_runs.claim_run(run_id=str(run.pk)) is None
        row = PlanRun.objects.get()
        assert (row.state, row.attempts, row.worker) == (RunState.RUNNING, 1, token)
        assert row.lease_until is not None
        assert timedelta(seconds=15) < row.lease_until - now() <= timedelta(seconds=20)
        moved = LogEntry.objects.filter(action="plan_run_moved").values_list("from_state", "to_state")
        assert list(moved) == [(RunState.QUEUED, RunState.RUNNING)]

    def test_a_lease_that_ran_out_is_seen_as_interrupted(self) -> None:
        run = _ask()
        plan_runs.claim_run(run_id=str(run.pk))
        assert plan_runs.mark_interrupted() == []

        _expire(run)

        assert plan_runs.mark_interrupted() == [run]
        assert plan_runs.mark_interrupted() == []
        row = PlanRun.objects.get()
        assert (row.state, row.message, row.attempts) == (RunState.INTERRUPTED, "interrupted", 1)

    def test_an_interrupted_run_is_tried_again_three_times_at_most(self) -> None:
        run = _ask()
        for attempt in range(1, MAX_RUN_ATTEMPTS + 1):
            assert plan_runs.claim_run(run_id=str(run.pk)) is not None
            assert PlanRun.objects.get().attempts == attempt
            _expire(run)
            plan_runs.requeue_stale()

        row = PlanRun.objects.get()
        assert (row.state, row.message) == (RunState.FAILED, "too_often")
        assert OrmQ.objects.count() == MAX_RUN_ATTEMPTS  # the first bell and two more

    def test_a_person_may_start_it_again_with_all_attempts(self) -> None:
        run = PlanRunFactory(state=RunState.FAILED, attempts=3, message="too_often")

        assert plan_runs.restart_run(run=run, actor="user:1") is True
        assert plan_runs.restart_run(run=run, actor="user:1") is False

        row = PlanRun.objects.get()
        assert (row.state, row.attempts, row.message) == (RunState.QUEUED, 0, "")
        assert OrmQ.objects.count() == 1

    def test_a_run_at_work_is_not_started_again(self) -> None:
        run = _ask()
        token = plan_runs.claim_run(run_id=str(run.pk))

        assert plan_runs.restart_run(run=PlanRun.objects.get(), actor="user:1") is False

        row = PlanRun.objects.get()
        assert (row.state, row.worker, row.attempts) == (RunState.RUNNING, token, 1)

    def test_an_interrupted_run_that_was_told_to_stop_stops(self) -> None:
        PlanRunFactory(state=RunState.INTERRUPTED, attempts=1, stop_requested=True)

        assert plan_runs.requeue_stale() == 0
        assert PlanRun.objects.get().state == RunState.STOPPED

    def test_a_lost_bell_is_rung_again(self) -> None:
        run = PlanRunFactory(state=RunState.QUEUED)
        assert plan_runs.requeue_stale() == 0

        assert plan_runs.requeue_stale(now=run.asked_at + timedelta(seconds=61)) == 1
        assert OrmQ.objects.get().task["args"] == (str(run.pk),)

    def test_without_shifts_the_run_fails_with_words(self) -> None:
        run = _ask()

        assert plan_runs.work_on_run(run_id=str(run.pk)) is False

        row = PlanRun.objects.get()
        assert (row.state, row.message) == (RunState.FAILED, "no_shifts")


Stacks = Callable[[], "Stack"]


@pytest.mark.journey
class TestComputing:
    """In a process of its own on a database of its own: the lease's thread has a connection of its own."""

    @pytest.fixture
    def stack(self, make_stack: Stacks) -> "Stack":
        return make_stack()

    def test_the_result_is_a_feasible_draft_with_all_candidates(self, stack: "Stack") -> None:
        with stack.orm():
            shift = ShiftFactory(date=_day(), max_visits=3)
            for _ in range(5):
                NeedFactory(resident__latitude=-7.61, resident__longitude=111.53)
            blocked = NeedFactory(skills=["iris"])
            run = _ask()
            built = problem_builder.build_problem(run=run)

        assert stack.run("run_plan", str(run.pk)).strip() == "done: 3 of 6 served"

        with stack.orm():
            run.refresh_from_db()
            plan = Plan.objects.get()
            stops = list(PlanStop.objects.all())
            left = {row.need_id: row for row in PlanUnserved.objects.all()}
        assert (run.state, run.progress, run.attempts, run.lease_until) == (RunState.DONE, 100, 1, None)
        assert [stop.sequence for stop in stops] == [1, 2, 3]
        visits = [built.problem.visit_by_id[str(stop.need_id)] for stop in stops]
        walked = rules.walk_route(built.problem, built.problem.shifts[0], visits)
        assert walked.faults == ()
        assert [stop.arrive for stop in stops] == [stop.arrive_s for stop in walked.stops]
        assert sum(stop.travel_seconds for stop in stops) < plan.summary["travel_s"] == walked.travel_s
        assert len(left) == 3
        assert [row["visits"] for row in plan.summary["balance"]["teams"]] == [3]
        (reason,) = left[blocked.pk].reasons
        assert (reason["code"], reason["relax"], reason["detail"]) == ("skill", ["skill"], "iris")
        assert len(reason["needs"]) == 1  # the day is full too
        assert left[blocked.pk].priority == sum(part["points"] for part in left[blocked.pk].parts)
        assert (plan.summary["served"], plan.summary["unserved"]) == (3, 3)
        assert plan.based_on == {str(shift.pk): 0}

    def test_what_is_published_is_kept_when_more_people_ask(self, stack: "Stack") -> None:
        with stack.orm():
            ShiftFactory(date=_day(), max_visits=8)
            ShiftFactory(date=_day(), max_visits=8)
            for village in Village.objects.order_by("pk")[:14]:
                NeedFactory(resident__village=village)
            first = _ask()
        stack.run("run_plan", str(first.pk))
        with stack.orm():
            publish_plan(plan=Plan.objects.get(), user=None)
            published = Visit.objects.count()
            for village in Village.objects.order_by("pk")[:14]:
                NeedFactory(resident__village=village, urgency=Urgency.HOSPITAL)
            second = _ask()
        stack.run("run_plan", str(second.pk))

        with stack.orm():
            plan = Plan.objects.get(run=second)
            found = plan_changes.find_changes(plan=plan)
        assert plan.summary["broken"] == []
        assert found.cancelled == []
        assert len(found.having(plan_changes.ChangeKind.SAME, plan_changes.ChangeKind.SHIFTED)) == published
        assert found.having(plan_changes.ChangeKind.MOVED) == []

    def test_a_second_bell_does_nothing(self, stack: "Stack") -> None:
        with stack.orm():
            ShiftFactory(date=_day())
            NeedFactory()
            run = _ask()

        stack.run("run_plan", str(run.pk))
        with pytest.raises(AssertionError, match="Nothing was planned"):
            stack.run("run_plan", str(run.pk))

        with stack.orm():
            assert Plan.objects.count() == 1

    def test_told_to_stop_it_keeps_the_best_plan_so_far(self, stack: "Stack") -> None:
        run = _long_run(stack)
        with ThreadPoolExecutor() as threads:
            working = threads.submit(stack.run, "run_plan", str(run.pk))
            with stack.orm():
                wait_until(lambda: PlanRun.objects.get().served == 3, seconds=90, what="a plan is there")
                assert plan_runs.stop_run(run=run, actor="user:1") is True
                told = now()
            assert working.result().strip() == "stopped: 3 of 4 served"

        with stack.orm():
            run.refresh_from_db()
            assert run.finished_at is not None
            assert run.finished_at - told < timedelta(seconds=6)
            assert Plan.objects.get().summary["stopped"] is True
            assert PlanStop.objects.count() == 3

    def test_a_worker_that_lost_its_lease_writes_nothing(self, stack: "Stack") -> None:
        run = _long_run(stack)
        with ThreadPoolExecutor() as threads:
            working = threads.submit(stack.run, "run_plan", str(run.pk))
            with stack.orm():
                wait_until(lambda: PlanRun.objects.get().served == 3, seconds=90, what="a plan is there")
                PlanRun.objects.update(worker="another")
            with pytest.raises(AssertionError, match="Nothing was planned"):
                working.result()

        with stack.orm():
            run.refresh_from_db()
            assert (run.state, run.worker) == (RunState.RUNNING, "another")
            assert not Plan.objects.exists()


def _long_run(stack: "Stack") -> PlanRun:
    with stack.orm():
        ShiftFactory(date=_day(), max_visits=3)
        for _ in range(4):
            NeedFactory()
        return plan_runs.start_run(first=_day(), last=_day(), seconds=120)
