"""Today and the coming working days planned and published, as a coordinator would.

Whoever looks at the demo wants to see a day of work, not an empty one: while enough of today is left the teams
still set out today, a little after the plan is published. Nothing lies in the past and nothing is pretended.
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
class Week:
    """The published plan of the days; `made` is False where it was there from an earlier demo."""

    plan: Plan
    made: bool


def publish(
    *,
    crews: Sequence[Team],
    days: int,
    seconds: int,
    seed: int,
    user: AbstractBaseUser,
    say: Callable[[str], object],
) -> Week:
    """Shifts for the working days, one planning run over them, its draft published."""
    now = timezone.now()
    sets_out = today_from(now=now, seconds=seconds)
    today = timezone.localdate(now)
    following = calendar.next_working_days(after=today, count=days)
    dates = [today, *following[: days - 1]] if sets_out else following
    first, last = dates[0], dates[-1]
    before = _published(first)
    if before is not None:
        return Week(plan=before, made=False)
    make_shifts(crews=crews, first=first, last=last, sets_out=sets_out, user=user)
    run = plan_runs.start_run(first=first, last=last, seconds=seconds, seed=seed, asked_by=user)
    if not engine.is_warm():
        say("Compiling the planner's engine, once for this installation ...")
        engine.warm()
    say(f"Planning {first} to {last} for {seconds} s ...")
    plan_runs.run(run_id=str(run.pk))
    run.refresh_from_db()
    if run.state != RunState.DONE:
        raise NoPlanError(f"The planning run ended as {run.state} ({run.message or 'without a reason'}).")
    plan = Plan.objects.get(run=run)
    publishing.publish(plan=plan, user=user)
    plan.refresh_from_db()
    return Week(plan=plan, made=True)


def today_from(*, now: datetime, seconds: int = 0) -> datetime | None:
    """When teams can set out today if the planner computes for `seconds` first; None where too little of the working
    day would be left, or today is none."""
    today = timezone.localdate(now)
    if not calendar.working_days(first=today, last=today):
        return None
    starts, ends = (timezone.make_aware(datetime.combine(today, at)) for at in calendar.hours())
    midnight = timezone.make_aware(datetime.combine(today, datetime.min.time()))
    soon = now + SOON + timedelta(seconds=seconds)
    sets_out = max(starts, midnight - (midnight - soon) // STEP * STEP)
    return sets_out if sets_out + LEAST <= ends else None


def make_shifts(
    *, crews: Sequence[Team], first: date, last: date, sets_out: datetime | None, user: AbstractBaseUser
) -> None:
    """The teams' shifts of these days; those of today that are new begin when the teams can set out."""
    actor = log.actor_of(user)
    made = team_shifts.make_shifts(teams=crews, first=first, last=last, actor=actor)
    if sets_out is None:
        return
    local = timezone.localtime(sets_out)
    for shift in made:
        if shift.date == local.date() and shift.starts != local.time():
            shift.starts = local.time()
            shift.breaks = [part for part in shift.breaks if part[1] > f"{local:%H:%M}"]
            team_shifts.save(row=shift, changed=["starts", "breaks"], actor=actor)


def _published(day: date) -> Plan | None:
    """The plan of an earlier demo that is published and has the day in it."""
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
        f"{'':{width}}  " + "  ".join(f"{labels.short_day(day):>10}" for day in dates),
    ]
    for name in names:
        lines.append(f"{name:{width}}  " + "  ".join(f"{cells.get((name, day), '-'):>10}" for day in dates))
    return lines
