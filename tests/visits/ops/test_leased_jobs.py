"""A job under a lease: of many workers one has it, none has it twice, and none for ever."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F, QuerySet

from tests.factories.visits import PlanRunFactory, at
from tests.support.wait import wait_until
from tests.visits.planned import TUESDAY
from visits.enums import RunState
from visits.models import PlanRun
from visits.ops import job_kinds, leased_jobs
from visits.ops.job_kinds import PLAN_RUN, VERIFICATION

if TYPE_CHECKING:
    from tests.support.stack import Stack

NINE = at(TUESDAY, 9 * 60)
JITTERED = replace(PLAN_RUN, retry_base=timedelta(minutes=1), retry_most=timedelta(minutes=15))


def _claim(job: PlanRun, **fields: object) -> str:
    token = leased_jobs.claim_job(PLAN_RUN, pk=job.pk, **fields)
    assert token is not None
    return token


def _fail_for_a_person(job: PlanRun, rows: QuerySet[PlanRun]) -> bool:
    return bool(rows.update(state=RunState.FAILED, message="too_often"))


@pytest.mark.django_db
class TestClaim:
    @pytest.mark.clock(NINE, tick=False)
    def test_the_attempt_is_counted_before_the_work(self) -> None:
        job = PlanRunFactory()

        token = _claim(job, progress=7)

        job.refresh_from_db()
        assert (job.state, job.worker, job.attempts, job.progress) == (RunState.RUNNING, token, 1, 7)
        assert job.lease_until == NINE + timedelta(seconds=20)

    def test_a_second_worker_gets_nothing(self) -> None:
        job = PlanRunFactory()
        token = _claim(job)

        assert leased_jobs.claim_job(PLAN_RUN, pk=job.pk) is None

        job.refresh_from_db()
        assert (job.worker, job.attempts) == (token, 1)

    @pytest.mark.parametrize("state", [RunState.DONE, RunState.STOPPED, RunState.FAILED, RunState.RUNNING])
    def test_what_does_not_wait_is_not_taken(self, state: RunState) -> None:
        job = PlanRunFactory(state=state)

        assert leased_jobs.claim_job(PLAN_RUN, pk=job.pk) is None

        job.refresh_from_db()
        assert (job.state, job.attempts) == (state, 0)

    def test_a_job_that_is_not_there_is_not_taken(self) -> None:
        assert leased_jobs.claim_job(PLAN_RUN, pk=uuid4()) is None

    def test_a_waiting_job_that_somebody_still_holds_is_left_to_them(self, clock) -> None:
        """Where the state does not tell a job at work from one that waits, the lease does."""
        with clock.at(NINE, tick=False):
            job = PlanRunFactory(lease_until=NINE)
            assert leased_jobs.claim_job(PLAN_RUN, pk=job.pk) is None
        with clock.at(NINE + timedelta(seconds=1), tick=False):
            assert leased_jobs.claim_job(PLAN_RUN, pk=job.pk) is not None


@pytest.mark.django_db
class TestLostLease:
    def test_a_killed_workers_job_is_found_and_its_attempt_stays_counted(self, clock) -> None:
        with clock.at(NINE, tick=False) as moved:
            job = PlanRunFactory()
            first = _claim(job)
            moved.shift(20)
            assert list(job_kinds.find_lost(PLAN_RUN)) == []
            moved.shift(1)
            assert list(job_kinds.find_lost(PLAN_RUN)) == [job]

            job_kinds.find_lost(PLAN_RUN).update(state=RunState.INTERRUPTED)
            assert list(job_kinds.find_lost(PLAN_RUN)) == []
            second = _claim(job)

        job.refresh_from_db()
        assert (job.worker, job.attempts) == (second, 2)
        assert not job_kinds.find_held(PLAN_RUN, pk=job.pk, token=first).exists()
        assert job_kinds.find_held(PLAN_RUN, pk=job.pk, token=second).exists()

    @pytest.mark.clock(NINE, tick=False)
    def test_a_renewed_lease_lasts_from_now_on(self) -> None:
        job = PlanRunFactory()
        held = job_kinds.find_held(PLAN_RUN, pk=job.pk, token=_claim(job))

        assert leased_jobs.renew_lease(held, lease=timedelta(seconds=90), served=3) is True

        job.refresh_from_db()
        assert (job.lease_until, job.served) == (NINE + timedelta(seconds=90), 3)

    def test_who_lost_a_job_renews_and_releases_nothing(self) -> None:
        job = PlanRunFactory()
        token = _claim(job)
        PlanRun.objects.update(worker="another")
        before = PlanRun.objects.values().get()

        held = job_kinds.find_held(PLAN_RUN, pk=job.pk, token=token)
        assert leased_jobs.renew_lease(held, lease=timedelta(seconds=90)) is False
        assert _release(job, token) is False

        assert PlanRun.objects.values().get() == before


@pytest.mark.django_db
class TestAttempts:
    def test_without_an_attempt_left_it_is_given_to_a_person_and_never_taken_again(self, clock) -> None:
        with clock.at(NINE, tick=False) as moved:
            job, other = (PlanRunFactory(first_date=day) for day in _days(2))
            for attempt in (1, 2, 3):
                assert leased_jobs.give_up(PLAN_RUN, hand_over=_fail_for_a_person) == 0
                _claim(job)
                job.refresh_from_db()
                assert job.attempts == attempt
                moved.shift(21)
                job_kinds.find_lost(PLAN_RUN).update(state=RunState.INTERRUPTED)

            assert leased_jobs.claim_job(PLAN_RUN, pk=job.pk) is None
            assert list(job_kinds.find_spent(PLAN_RUN)) == [job]
            assert leased_jobs.give_up(PLAN_RUN, hand_over=_fail_for_a_person) == 1
            assert leased_jobs.give_up(PLAN_RUN, hand_over=_fail_for_a_person) == 0
            assert leased_jobs.claim_job(PLAN_RUN, pk=job.pk) is None

        rows = PlanRun.objects.order_by("first_date").values_list("pk", "state", "message", "attempts")
        assert list(rows) == [
            (job.pk, RunState.FAILED, "too_often", 3),
            (other.pk, RunState.QUEUED, "", 0),
        ]

    def test_one_job_alone_is_given_up(self) -> None:
        spent = [PlanRunFactory(first_date=TUESDAY, last_date=day, attempts=3) for day in _days(2)]

        assert leased_jobs.give_up(PLAN_RUN, pk=spent[1].pk, hand_over=_fail_for_a_person) == 1

        states = PlanRun.objects.order_by("last_date").values_list("state", flat=True)
        assert list(states) == [RunState.QUEUED, RunState.FAILED]

    @pytest.mark.parametrize(("at_fault", "attempts"), [(True, 1), (False, 0)])
    def test_an_attempt_that_failed_for_another_reason_is_given_back(
        self, at_fault: bool, attempts: int
    ) -> None:
        job = PlanRunFactory()

        assert _release(job, _claim(job), at_fault=at_fault) is True

        job.refresh_from_db()
        assert (job.state, job.worker, job.lease_until) == (RunState.QUEUED, "", None)
        assert (job.attempts, job.error) == (attempts, "OSError")


def _days(count: int) -> list[object]:
    return [TUESDAY + timedelta(days=number) for number in range(count)]


def _release(job: PlanRun, token: str, *, at_fault: bool = True, seed: int = 1) -> bool:
    return leased_jobs.release_for_retry(
        JITTERED,
        pk=job.pk,
        token=token,
        attempts=1,
        error=OSError("/srv/records/name-of-somebody"),
        at_fault=at_fault,
        chance=random.Random(seed),
    )


@pytest.mark.django_db
class TestRetry:
    def test_a_released_job_is_taken_when_its_time_has_come(self, clock) -> None:
        wait = random.Random(1).uniform(0, 1) * timedelta(minutes=2)
        with clock.at(NINE, tick=False):
            job = PlanRunFactory()
            _release(job, _claim(job), seed=1)
            job.refresh_from_db()
            assert job.try_after == NINE + wait
            assert leased_jobs.claim_job(PLAN_RUN, pk=job.pk) is None
            assert not job_kinds.find_free(PLAN_RUN).exists()
        with clock.at(NINE + wait + timedelta(milliseconds=1), tick=False):
            assert list(job_kinds.find_free(PLAN_RUN)) == [job]
            assert leased_jobs.claim_job(PLAN_RUN, pk=job.pk) is not None

    def test_the_text_of_an_error_is_written_nowhere(self, caplog: pytest.LogCaptureFixture) -> None:
        job = PlanRunFactory()

        _release(job, _claim(job))

        assert [record.getMessage() for record in caplog.records] == [
            f"job_failed table=visits_planrun id={job.pk} error=OSError"
        ]
        assert "somebody" not in str(PlanRun.objects.values().get())

    @pytest.mark.parametrize(
        ("attempts", "most"), [(0, 60), (1, 120), (2, 240), (3, 480), (4, 900), (5, 900), (60, 900)]
    )
    @pytest.mark.clock(NINE, tick=False)
    def test_waits_are_drawn_between_nothing_and_a_bound_that_doubles(self, attempts: int, most: int) -> None:
        chance = random.Random(20261201)
        waits = []
        for _ in range(400):
            moment = leased_jobs.retry_at(JITTERED, attempts=attempts, chance=chance)
            assert moment is not None
            waits.append((moment - NINE).total_seconds())

        assert 0 <= min(waits) < 0.02 * most
        assert 0.98 * most < max(waits) <= most
        assert abs(sum(waits) / len(waits) - most / 2) < 0.06 * most

    def test_a_plan_that_a_coordinator_waits_for_is_tried_again_at_once(self) -> None:
        assert leased_jobs.retry_at(PLAN_RUN, attempts=1) is None
        assert leased_jobs.retry_at(VERIFICATION, attempts=1) is not None


@pytest.mark.django_db
def test_the_oldest_that_waits_is_told_of_each_kind() -> None:
    assert [job_kinds.oldest_waiting(kind) for kind in job_kinds.ALL] == [None, None]
    jobs = [PlanRunFactory(first_date=TUESDAY, last_date=day) for day in _days(3)]
    PlanRun.objects.filter(pk=jobs[0].pk).update(asked_at=NINE, state=RunState.DONE)
    PlanRun.objects.filter(pk=jobs[1].pk).update(asked_at=NINE + timedelta(hours=2))
    PlanRun.objects.filter(pk=jobs[2].pk).update(asked_at=NINE + timedelta(hours=1))
    assert job_kinds.oldest_waiting(PLAN_RUN) == NINE + timedelta(hours=1)
    assert job_kinds.oldest_waiting(VERIFICATION) is None


@pytest.mark.journey
class TestThreads:
    """On a database of its own, where every thread has a connection of its own."""

    @pytest.fixture
    def stack(self, make_stack: "Callable[[], Stack]") -> "Stack":
        return make_stack()

    def test_of_workers_that_claim_at_once_one_wins(self, stack: "Stack") -> None:
        gate = threading.Barrier(8)

        def race(job: PlanRun) -> str | None:
            gate.wait()
            try:
                return leased_jobs.claim_job(PLAN_RUN, pk=job.pk)
            finally:
                connection.close()

        with stack.orm():
            for day in _days(5):
                job = PlanRunFactory(first_date=TUESDAY, last_date=day)
                with ThreadPoolExecutor(8) as workers:
                    tokens = list(workers.map(race, [job] * 8))
                (winner,) = filter(None, tokens)
                job.refresh_from_db()
                assert (job.worker, job.attempts) == (winner, 1)

    def test_a_lease_is_kept_with_progress_until_the_block_ends(self, stack: "Stack", clock) -> None:
        kind = replace(PLAN_RUN, lease=lambda: timedelta(seconds=8), closing=timedelta(minutes=5))
        with stack.orm():
            job = PlanRunFactory()
            token = leased_jobs.claim_job(kind, pk=job.pk)
            assert token is not None
            job.refresh_from_db()
            first = job.lease_until
            with leased_jobs.LeaseHolder(kind, pk=job.pk, token=token) as held:
                held.report(progress=40, served=2)
                wait_until(
                    lambda: PlanRun.objects.get().progress == 40, seconds=60, what="progress is written"
                )
                wait_until(
                    lambda: PlanRun.objects.filter(lease_until__gt=first + timedelta(seconds=3)).exists(),
                    seconds=60,
                    what="the lease is renewed again",
                )
                assert (held.lost, held.should_stop()) == (False, False)
                assert list(job_kinds.find_lost(kind)) == []
            ended = clock.now()
            job.refresh_from_db()
            assert job.lease_until is not None
            assert timedelta(minutes=4) < job.lease_until - ended <= timedelta(minutes=5)
            assert (job.state, job.worker, job.served) == (RunState.RUNNING, token, 2)

    def test_a_worker_hears_that_its_job_is_anothers(self, stack: "Stack") -> None:
        with stack.orm():
            job = PlanRunFactory()
            token = _claim(job)
            with leased_jobs.LeaseHolder(PLAN_RUN, pk=job.pk, token=token) as held:
                PlanRun.objects.update(worker="another", attempts=F("attempts") + 1)
                held.report(progress=50)
                wait_until(lambda: held.lost, seconds=60, what="the thread has lost the lease")
                assert held.should_stop() is True
                before = PlanRun.objects.values().get()
            assert PlanRun.objects.values().get() == before
            assert (before["worker"], before["progress"]) == ("another", 0)

    def test_a_worker_hears_that_it_is_to_stop(self, stack: "Stack") -> None:
        with stack.orm():
            job = PlanRunFactory()
            with leased_jobs.LeaseHolder(PLAN_RUN, pk=job.pk, token=_claim(job)) as held:
                assert held.should_stop() is False
                PlanRun.objects.update(stop_requested=True)
                wait_until(held.should_stop, seconds=60, what="the thread has seen the request")
                assert (held.stop_requested, held.lost) == (True, False)

    def test_a_lease_that_could_not_be_renewed_is_not_relied_on(self, stack: "Stack") -> None:
        """Without an answer of the database the worker knows from its own clock that it is late."""
        kind = replace(PLAN_RUN, lease=lambda: timedelta(seconds=0), stop="")
        with stack.orm():
            job = PlanRunFactory()
            token = leased_jobs.claim_job(kind, pk=job.pk)
            assert token is not None
            holder = leased_jobs.LeaseHolder(kind, pk=job.pk, token=token)
            assert holder.should_stop() is True
