"""Publishing: a draft becomes the teams' days, in one transaction, once.

Each team-day gets a version that never changes, with its hash, and the pointer to the live version moves.
Visits are made, moved or cancelled, and needs and families' progress follow. Team-days that have begun are
never changed. If two plans are for the same team-day, the shifts' rows are locked first, so the second one
sees the first one's version and is refused.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from outreach.services import log
from outreach.services.transitions import transition
from visits.appointments import arrival_intervals, lifecycle
from visits.enums import PlanState
from visits.lib import strict_json
from visits.models import DayVersion, Plan, Shift, TeamDay, Visit
from visits.schedule.plans import day_versions, placing, plan_changes, version_marks
from visits.schedule.plans.outdated_stops import OutdatedStop
from visits.schedule.plans.plan_changes import ChangeKind, PlanChanges, PublishRefusal
from visits.schedule.plans.told_checks import UntrueHours


class PublishRefusedError(Exception):
    """The draft no longer fits the world or what families asked for, breaks promises that nobody released, or would
    tell families hours that are not true; nothing was changed. `refusals`, `unreleased`, `untrue` and `outdated` say
    where."""

    def __init__(
        self,
        refusals: list[PublishRefusal],
        unreleased: list[Visit] | None = None,
        untrue: list[UntrueHours] | None = None,
        outdated: list[OutdatedStop] | None = None,
    ) -> None:
        self.refusals, self.unreleased = refusals, unreleased or []
        self.untrue, self.outdated = untrue or [], outdated or []
        told = [f"{refusal.code} {refusal.shift.pk}" for refusal in refusals]
        told += [f"promised {visit.pk}" for visit in self.unreleased]
        told += [f"{row.code} {row.stop.need_id}" for row in self.untrue]
        told += [f"{row.code} {row.stop.need_id}" for row in self.outdated]
        super().__init__(", ".join(told))


class NothingNewError(PublishRefusedError):
    """The draft is what is published already: a version, and news to families, would say nothing."""

    def __init__(self) -> None:
        super().__init__([])


class DiscardedError(Exception):
    """The draft was thrown away."""


@dataclass(frozen=True, kw_only=True)
class PublishResult:
    """What was done; `already` where the plan had been published before and nothing was done now."""

    versions: int = 0
    new: int = 0
    moved: int = 0
    shifted: int = 0
    cancelled: int = 0
    dropped: int = 0
    already: bool = False


@transaction.atomic
def publish_plan(
    *, plan: Plan, user: AbstractBaseUser | None, shown: str | None = None, now: datetime | None = None
) -> PublishResult:
    """Publish a draft, as the page of the mark `shown` had it. Safe to repeat; raises `PublishRefusedError`,
    `NothingNewError`, `DiscardedError` or `version_marks.OutdatedPageError`."""
    now = now or timezone.now()
    # locked: whoever publishes or discards it in the same moment waits, and reads what came of it
    plan.refresh_from_db(from_queryset=Plan.objects.select_for_update(no_key=True))
    if plan.state == PlanState.DISCARDED:
        raise DiscardedError
    if plan.state == PlanState.PUBLISHED:
        return PublishResult(already=True, versions=plan.day_versions.count())
    found = plan_changes.find_changes(plan=plan, now=now, lock=True)
    version_marks.check_mark(found, shown)
    if found.refusals or found.unreleased or found.untrue or found.outdated:
        raise PublishRefusedError(found.refusals, found.unreleased, found.untrue, found.outdated)
    if day_versions.has_no_news(found):
        raise NothingNewError
    actor = log.actor_of(user)
    for visit in found.cancelled:
        lifecycle.cancel_visit(visit=visit, at=now, actor=actor, source=f"plan:{plan.pk}")
    placed = placing.place_visits(found, plan=plan, now=now, actor=actor)
    done = PublishResult(
        versions=_write_versions(found, placed, plan=plan, now=now, user=user),
        new=len(found.having(ChangeKind.NEW)),
        moved=len(found.having(ChangeKind.MOVED)),
        shifted=len(found.having(ChangeKind.SHIFTED)),
        cancelled=len(found.newly_cancelled),
        dropped=len(found.dropped),
    )
    if not transition(
        row=plan,
        to=PlanState.PUBLISHED,
        actor=actor,
        reason={name: count for name, count in asdict(done).items() if name != "already"},
        published_at=now,
        published_by=user,
        changes=_families_changed(found),
    ):
        raise RuntimeError(f"plan {plan.pk} changed under its lock")
    return done


@transaction.atomic
def discard_plan(*, plan: Plan, actor: str, shown: str | None = None) -> bool:
    """Throw a draft away, as the page of the mark `shown` had it; False where it was published or thrown away
    before. Raises `version_marks.OutdatedPageError`."""
    plan.refresh_from_db(from_queryset=Plan.objects.select_for_update(no_key=True))
    if plan.state == PlanState.DRAFT and shown is not None and shown != version_marks.mark_draft(plan):
        raise version_marks.OutdatedPageError
    return transition(row=plan, to=PlanState.DISCARDED, actor=actor, action="plan_discarded")


def _families_changed(found: PlanChanges) -> dict[str, Any]:
    """For whom it changed what they had been told: kept with the plan, for the calls that follow."""
    return {
        **{
            str(what): [
                {
                    "need": str(change.stop.need_id),
                    "from": change.visit.shift_id,
                    "was": _interval_as_iso(arrival_intervals.interval_told(change.visit)),
                    "to": change.stop.shift_id,
                    "now": _interval_as_iso(change.interval),
                }
                for change in found.having(what)
                if change.visit is not None
            ]
            for what in (ChangeKind.MOVED, ChangeKind.SHIFTED)
        },
        "cancelled": [
            {
                "need": str(visit.need_id),
                "from": visit.shift_id,
                "was": _interval_as_iso(arrival_intervals.interval_told(visit)),
            }
            for visit in found.newly_cancelled
        ],
        "dropped": [{"need": str(row.stop.need_id), "code": row.code} for row in found.dropped],
    }


def _interval_as_iso(told: tuple[datetime, datetime]) -> list[str]:
    return [at.isoformat() for at in told]


def _write_versions(
    found: PlanChanges,
    placed: placing.Placed,
    *,
    plan: Plan,
    now: datetime,
    user: AbstractBaseUser | None,
) -> int:
    """A new version for each team-day whose content is another one than is live; how many."""
    made: list[tuple[Shift, DayVersion]] = []
    for shift in found.shifts:
        live = found.live[shift.pk]
        rows = placed.get(shift.pk, [])
        if day_versions.is_unchanged(found, shift, rows):
            continue
        content = day_versions.build_content(found, shift, rows)
        version = DayVersion(
            team=shift.team,
            date=shift.date,
            number=live.number + 1 if live else 1,
            plan=plan,
            content=content,
            content_sha256=strict_json.content_sha256(content),
            published_at=now,
            published_by_id=None if user is None else user.pk,
        )
        made.append((shift, version))
    DayVersion.objects.bulk_create([version for _shift, version in made], batch_size=200)
    first = [
        TeamDay(team=shift.team, date=shift.date, live=version)
        for shift, version in made
        if found.live[shift.pk] is None
    ]
    TeamDay.objects.bulk_create(first, batch_size=200)
    for shift, version in made:
        _replace_version(shift, version, found.live[shift.pk])
    return len(made)


def _replace_version(shift: Shift, version: DayVersion, live: DayVersion | None) -> None:
    """Move the pointer, if it still points where we read it; there is none to move for a first version."""
    if live is None:
        return
    if not TeamDay.objects.filter(team=shift.team, date=shift.date, live=live).update(live=version):
        raise RuntimeError(f"team-day {shift.pk} changed under its lock")
