"""Planning runs: started, worked on by one worker at a time, stopped, found interrupted, retried.

The row of the run is the memory; a django-q2 task is only the doorbell, carries the run's id and may ring
twice or never. How a run is held says `ops.leased_jobs`, what is written in the end says `run_results`.
"""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from outreach.services import log
from outreach.services.transitions import transition
from visits.enums import ACTIVE_RUNS, RunKind, RunState
from visits.models import PlanRun
from visits.ops import job_kinds, leased_jobs
from visits.ops.job_kinds import PLAN_RUN
from visits.ops.leased_jobs import LeaseHolder
from visits.planning import Progress
from visits.planning.day.replan import replan_day
from visits.planning.groups import stop_groups
from visits.schedule.problem import problem_builder, reoptimise
from visits.schedule.runs import engine, reoptimised_draft, run_results, true_hours
from visits.schedule.runs.run_time import RunTime

logger = logging.getLogger(__name__)

RING_AGAIN = timedelta(seconds=60)


class OverlapError(Exception):
    """Another run is at work on some of these days; `run` is it."""

    def __init__(self, run: PlanRun) -> None:
        super().__init__("overlap")
        self.run = run


def _enqueue_run(run: PlanRun) -> None:
    """With the database as broker the task joins the transaction of the row that it is about."""
    async_task("visits.tasks.run_plan", str(run.pk), task_name=f"plan {run.first_date}", save=False)


def _overlapping_runs(first: date, last: date) -> QuerySet[PlanRun]:
    return PlanRun.objects.filter(state__in=ACTIVE_RUNS, first_date__lte=last, last_date__gte=first)


@transaction.atomic
def start_run(
    *,
    first: date,
    last: date,
    seconds: int,
    asked_by: AbstractBaseUser | None = None,
    keep_published: bool = True,
    seed: int = 1,
    kind: RunKind = RunKind.AHEAD,
    facts: dict[str, Any] | None = None,
) -> PlanRun:
    """Ask for a plan of the days from `first` to `last`. Asked twice while the first is at work, it is the
    same run; raises `OverlapError` where a run for other, overlapping days, or upon other facts, is at work.
    """
    asked = (first, last, kind, facts or {})
    at_work = _overlapping_runs(first, last).select_for_update().first()
    if at_work is not None:
        return _same_run(at_work, asked)
    try:
        with transaction.atomic():
            run = PlanRun.objects.create(
                first_date=first,
                last_date=last,
                seconds=seconds,
                seed=seed,
                keep_published=keep_published,
                kind=kind,
                facts=facts or {},
                asked_by_id=None if asked_by is None else asked_by.pk,
            )
    except IntegrityError:  # somebody asked in the same moment
        return _same_run(_overlapping_runs(first, last).get(first_date=first, last_date=last), asked)
    log.write_log(
        actor=log.actor_of(asked_by),
        action="plan_asked",
        subject=run,
        to_state=run.state,
        detail={"first": first.isoformat(), "last": last.isoformat(), "seconds": seconds},
    )
    _enqueue_run(run)
    return run


def _same_run(run: PlanRun, asked: tuple[date, date, RunKind, dict[str, Any]]) -> PlanRun:
    """The run that is at work, where it is what was asked for."""
    if (run.first_date, run.last_date, run.kind, run.facts) != asked:
        raise OverlapError(run)
    return run


@transaction.atomic
def stop_run(*, run: PlanRun, actor: str) -> bool:
    """Stop: one that has begun keeps its best plan so far, one that has not ends at once. False where it had
    ended or was told before."""
    if PlanRun.objects.filter(pk=run.pk, state=RunState.RUNNING, stop_requested=False).update(
        stop_requested=True
    ):
        log.write_log(actor=actor, action="plan_stop_asked", subject=run, from_state=RunState.RUNNING)
        return True
    waiting = (RunState.QUEUED, RunState.INTERRUPTED)
    return transition(row=run, to=RunState.STOPPED, actor=actor, sources=waiting, finished_at=timezone.now())


@transaction.atomic
def restart_run(*, run: PlanRun, actor: str) -> bool:
    """A person wants an interrupted or failed run tried again, with all its attempts. False where nothing
    changed; raises `OverlapError` where another run is at work on its days by now."""
    other = _overlapping_runs(run.first_date, run.last_date).exclude(pk=run.pk).first()
    if other is not None:
        raise OverlapError(other)
    if not transition(
        row=run,
        to=RunState.QUEUED,
        actor=actor,
        sources=(RunState.INTERRUPTED, RunState.FAILED),
        attempts=0,
        lease_until=None,
        try_after=None,
        error="",
        stop_requested=False,
        progress=0,
        served=0,
        message="",
        finished_at=None,
    ):
        return False
    _enqueue_run(run)
    return True


def mark_interrupted(*, now: datetime | None = None) -> list[PlanRun]:
    """Runs whose lease has run out are interrupted: their worker is gone. Anybody who looks may call this."""
    found = []
    for run in job_kinds.find_lost(PLAN_RUN, now=now):
        if transition(
            row=run,
            to=RunState.INTERRUPTED,
            actor="system",
            reason={"attempt": run.attempts},
            among=job_kinds.find_lost(PLAN_RUN, now=now).filter(worker=run.worker),
            message="interrupted",
        ):
            found.append(run)
    return found


def requeue_stale(*, now: datetime | None = None) -> int:
    """Every minute: interrupted runs are tried again, those tried too often fail, and the bell is rung again
    for those that wait (the queue may have lost it). Returns how many bells were rung."""
    now = now or timezone.now()
    mark_interrupted(now=now)
    for run in PlanRun.objects.filter(state=RunState.INTERRUPTED, stop_requested=True):
        interrupted = (RunState.INTERRUPTED,)
        transition(row=run, to=RunState.STOPPED, actor="system", sources=interrupted, finished_at=now)
    leased_jobs.give_up(PLAN_RUN, hand_over=_fail_too_often, now=now)
    rung = 0
    for run in PlanRun.objects.filter(state=RunState.INTERRUPTED):
        with transaction.atomic():
            again = leased_jobs.retry_at(PLAN_RUN, attempts=run.attempts)
            interrupted = (RunState.INTERRUPTED,)
            if transition(row=run, to=RunState.QUEUED, actor="system", sources=interrupted, try_after=again):
                _enqueue_run(run)
                rung += 1
    for run in PlanRun.objects.filter(state=RunState.QUEUED, asked_at__lt=now - RING_AGAIN):
        _enqueue_run(run)
        rung += 1
    return rung


def _fail_too_often(run: PlanRun, rows: QuerySet[PlanRun]) -> bool:
    return _fail_run(run, message="too_often", rows=rows)


def _fail_run(run: PlanRun, *, message: str, rows: QuerySet[PlanRun], error: str = "") -> bool:
    return transition(
        row=run,
        to=RunState.FAILED,
        actor="system",
        among=rows,
        finished_at=timezone.now(),
        lease_until=None,
        message=message,
        error=error,
    )


def claim_run(*, run_id: str) -> str | None:
    """Take a run in a worker. The token names this claim; None where it is not to be had, see
    `leased_jobs.claim_job`."""
    return leased_jobs.claim_job(
        PLAN_RUN, pk=run_id, started_at=timezone.now(), finished_at=None, progress=0, message="", error=""
    )


def work_on_run(*, run_id: str, now: datetime | None = None) -> bool:
    """Do the work of a run, in a worker. False where it is not ours to do: taken, finished, tried too often.

    A worker killed in here leaves a lease that runs out; nothing else is written before the end.
    """
    token = claim_run(run_id=run_id)
    if token is None:
        return False
    row = PlanRun.objects.get(pk=run_id)
    budget = RunTime(row.seconds)
    mine = job_kinds.find_held(PLAN_RUN, pk=run_id, token=token)
    try:
        with LeaseHolder(PLAN_RUN, pk=run_id, token=token) as held:
            if row.kind == RunKind.TODAY:
                return _work_on_today(row, token, held, now)
            built = problem_builder.build_problem(run=row, now=now)
            budget.note_problem(built.problem, roads_s=built.roads_s)
            _set_message(
                row,
                token,
                candidates=len(built.needs),
                message=_road_message(built) if engine.is_warm() else "compiling",
            )
            if engine.warm_engine(budget.wait_for):
                _set_message(row, token, message=_road_message(built))
            found, balance = engine.compute_plan(
                built.merged,
                budget,
                seed=row.seed,
                start=built.start,
                on_progress=lambda told: _report_progress(held, told),
                should_stop=held.should_stop,
            )
            plan = stop_groups.expand_groups(
                built.problem, built.groups, found, budget.has_until(budget.write_from)
            )
            plan, simulated = true_hours.simulate_true_plan(built=built, plan=plan)
        return run_results.write_draft(
            run=row,
            token=token,
            built=built,
            plan=plan,
            simulated=simulated,
            balance=balance,
            has_time=budget.has_until(budget.ends),
        )
    except problem_builder.NothingToPlanError as nothing:
        _fail_run(row, message=str(nothing), rows=mine)
    except Exception as error:
        logger.exception("a planning run failed")
        kind = type(error).__name__[:80]
        _fail_run(row, message="error", rows=mine, error=kind)
    return False


def _work_on_today(row: PlanRun, token: str, held: LeaseHolder, now: datetime | None) -> bool:
    """The rest of a day that is under way; computed anew as often as a breakdown is reported meanwhile."""
    while True:
        try:
            return _compute_rest_of_day(row, token, held, now)
        except reoptimised_draft.OutdatedError:
            logger.info("a team's breakdown was reported during a planning run, computed anew")


def _compute_rest_of_day(row: PlanRun, token: str, held: LeaseHolder, now: datetime | None) -> bool:
    day = reoptimise.build_day_problem(run=row, now=now)
    _set_message(row, token, candidates=len(day.needs), message="" if engine.is_warm() else "compiling")
    engine.warm_engine()
    result = replan_day(
        day.problem,
        day.published,
        day.facts,
        stops=day.stops,
        seconds=row.seconds,
        seed=row.seed,
        on_progress=lambda told: _report_progress(held, told),
        should_stop=held.should_stop,
    )
    held.end()
    return reoptimised_draft.write_reoptimised_draft(run=row, token=token, day=day, result=result)


def _road_message(built: problem_builder.PlanningProblem) -> str:
    """The run's message where the roads are not those that the settings ask for."""
    return "roads" if built.roads.trouble else ""


def _set_message(row: PlanRun, token: str, **fields: Any) -> None:
    job_kinds.find_held(PLAN_RUN, pk=row.pk, token=token).update(**fields)


def _report_progress(held: LeaseHolder, told: Progress) -> None:
    held.report(progress=min(99, int(told.share * 100)), served=told.served, score=int(told.score))
