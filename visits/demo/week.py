"""Today and the coming working days, planned and published through the real services.

If enough of today is left, the teams still depart today, shortly after the plan is published, so that the
demo shows a day under way. Nothing lies in the past.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from outreach.services import log
from visits.enums import PlanState, RunKind, RunState
from visits.models import Plan, Shift, Team
from visits.schedule.plans import publishing
from visits.schedule.runs import engine, plan_runs
from visits.wording import labels
from visits.workforce import calendar, team_shifts

SOON = timedelta(minutes=20)  # by then the plan is published
STEP = timedelta(minutes=30)  # teams set out on the half hour
LEAST = timedelta(hours=2)  # of today; with less the week begins on the next working day


class NoPlanError(Exception):
    """The week could not be planned; the text says why."""


@dataclass(frozen=True, kw_only=True)
class DemoWeek:
    """The published plan; `made` is False if an earlier demo made it."""

    plan: Plan
    made: bool


def publish_week(
    *,
    crews: Sequence[Team],
    days: int,
    seconds: int,
    seed: int,
    user: AbstractBaseUser,
    say: Callable[[str], object],
) -> DemoWeek:
    """Make shifts for the working days, run the planner over them, and publish its draft. Raises
    `NoPlanError`."""
    now = timezone.now()
    sets_out = today_from(now=now, seconds=seconds)
    today = timezone.localdate(now)
    following = calendar.next_working_days(after=today, count=days)
    dates = [today, *following[: days - 1]] if sets_out else following
    first, last = dates[0], dates[-1]
    before = _find_published(first)
    if before is not None:
        return DemoWeek(plan=before, made=False)
    make_week_shifts(crews=crews, first=first, last=last, sets_out=sets_out, user=user)
    run = plan_runs.start_run(first=first, last=last, seconds=seconds, seed=seed, asked_by=user)
    if not engine.is_warm():
        say("Compiling the planner's engine, once for this installation ...")
        engine.warm_engine()
    say(f"Planning {first} to {last} for {seconds} s ...")
    plan_runs.work_on_run(run_id=str(run.pk))
    run.refresh_from_db()
    if run.state != RunState.DONE:
        raise NoPlanError(f"The planning run ended as {run.state} ({run.message or 'without a reason'}).")
    plan = Plan.objects.get(run=run)
    publishing.publish_plan(plan=plan, user=user)
    plan.refresh_from_db()
    return DemoWeek(plan=plan, made=True)


def today_from(*, now: datetime, seconds: int = 0) -> datetime | None:
    """When teams can depart today if the planner first computes for `seconds`; None if too little of the
    working day is left, or today is not a working day."""
    today = timezone.localdate(now)
    if not calendar.list_working_days(first=today, last=today):
        return None
    hours = calendar.hours_on(today)
    starts, ends = (timezone.make_aware(datetime.combine(today, at)) for at in (hours.starts, hours.ends))
    midnight = timezone.make_aware(datetime.combine(today, datetime.min.time()))
    soon = now + SOON + timedelta(seconds=seconds)
    sets_out = max(starts, midnight - (midnight - soon) // STEP * STEP)
    return sets_out if sets_out + LEAST <= ends else None


def make_week_shifts(
    *, crews: Sequence[Team], first: date, last: date, sets_out: datetime | None, user: AbstractBaseUser
) -> None:
    """The teams' shifts of these days. New shifts of today begin at `sets_out`."""
    actor = log.actor_of(user)
    made = team_shifts.make_shifts(teams=crews, first=first, last=last, actor=actor)
    if sets_out is None:
        return
    local = timezone.localtime(sets_out)
    for shift in made:
        if shift.date == local.date() and shift.starts != local.time():
            shift.starts = local.time()
            shift.breaks = [part for part in shift.breaks if part[1] > f"{local:%H:%M}"]
            team_shifts.save_workforce_row(row=shift, changed=["starts", "breaks"], actor=actor)


def _find_published(day: date) -> Plan | None:
    """The published plan of an earlier demo that contains the day; None if there is none."""
    found = Plan.objects.filter(
        state=PlanState.PUBLISHED,
        run__kind=RunKind.AHEAD,
        run__first_date__lte=day,
        run__last_date__gte=day,
    )
    return found.order_by("published_at").first()


def describe_plan(plan: Plan) -> list[str]:
    """What a coordinator asks first: how many are served, and each team-day's visits and minutes of travel."""
    figures = plan.figures
    shifts = Shift.objects.select_related("team").in_bulk([int(pk) for pk in plan.based_on])
    dates = sorted({shift.date for shift in shifts.values()})
    cells = {}
    for row in figures.team_days:
        shift = shifts[row.shift]
        cells[shift.team.name, shift.date] = f"{row.visits} / {row.travel_s // 60}"
    names = sorted({shift.team.name for shift in shifts.values()})
    width = max((len(name) for name in names), default=0)
    lines = [
        f"Needs {figures.candidates}, served {figures.served}, left {figures.unserved}; "
        f"score {figures.score} in {figures.elapsed_s:.1f} s "
        f"({figures.iterations} iterations, seed {figures.seed}).",
        "Visits / minutes of travel, by team and day:",
        f"{'':{width}}  " + "  ".join(f"{labels.format_short_day(day):>10}" for day in dates),
    ]
    for name in names:
        lines.append(f"{name:{width}}  " + "  ".join(f"{cells.get((name, day), '-'):>10}" for day in dates))
    return lines
