"""The coming working days planned and published, as a coordinator would."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from outreach.services import log
from visits.enums import PlanState, RunState
from visits.models import Plan, Shift, Team
from visits.selectors import calendar, words
from visits.services import engine, plans, publishing, teams


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
    """Shifts for the next working days, one planning run over them, its draft published."""
    dates = calendar.next_working_days(after=timezone.localdate(), count=days)
    first, last = dates[0], dates[-1]
    teams.make_shifts(teams=crews, first=first, last=last, actor=log.actor_of(user))
    before = _published(first, last)
    if before is not None:
        return Week(plan=before, made=False)
    run = plans.start_run(first=first, last=last, seconds=seconds, seed=seed, asked_by=user)
    if not engine.is_warm():
        say("Compiling the planner's engine, once for this installation ...")
        engine.warm()
    say(f"Planning {first} to {last} for {seconds} s ...")
    plans.run(run_id=str(run.pk))
    run.refresh_from_db()
    if run.state != RunState.DONE:
        raise NoPlanError(f"The planning run ended as {run.state} ({run.message or 'without a reason'}).")
    plan = Plan.objects.get(run=run)
    publishing.publish(plan=plan, user=user)
    plan.refresh_from_db()
    return Week(plan=plan, made=True)


def _published(first: date, last: date) -> Plan | None:
    """A plan of exactly these days that is published already."""
    plans_of_the_days = Plan.objects.filter(
        state=PlanState.PUBLISHED, run__first_date=first, run__last_date=last
    )
    return plans_of_the_days.order_by("-published_at").first()


def summary(plan: Plan) -> list[str]:
    """What a coordinator asks first: how many are served, and each team-day's visits and minutes of travel."""
    figures = plan.summary
    shifts = Shift.objects.select_related("team").in_bulk([int(pk) for pk in plan.based_on])
    dates = sorted({shift.date for shift in shifts.values()})
    cells = {}
    for row in figures["team_days"]:
        shift = shifts[row["shift"]]
        cells[shift.team.name, shift.date] = f"{row['visits']} / {row['travel_s'] // 60}"
    names = sorted({shift.team.name for shift in shifts.values()})
    width = max((len(name) for name in names), default=0)
    lines = [
        f"Needs {figures['candidates']}, served {figures['served']}, left {figures['unserved']}; "
        f"score {figures['score']} in {figures['elapsed_s']:.1f} s "
        f"({figures['iterations']} iterations, seed {figures['seed']}).",
        "Visits / minutes of travel, by team and day:",
        f"{'':{width}}  " + "  ".join(f"{words.short_day(day):>10}" for day in dates),
    ]
    for name in names:
        lines.append(f"{name:{width}}  " + "  ".join(f"{cells.get((name, day), '-'):>10}" for day in dates))
    return lines
