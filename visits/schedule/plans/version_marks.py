"""Marks of what a page showed: a page that was opened before a change cannot publish, put back or take a place.

Every page that writes to a plan sends its mark back in its form. The write computes the mark again, under its locks,
and is refused where it is another one, or none: nothing is lost, and the page is shown as things are now.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from visits.fieldwork.team_status import TeamStatus
from visits.models import Plan, Visit
from visits.schedule.plans.plan_changes import ChangeKind, PlanChanges


class OutdatedPageError(Exception):
    """What the page showed has changed since it was opened; nothing was done."""


def mark_changes(found: PlanChanges) -> str:
    """The mark of what publishing a draft would change for families: who is listed, with which hours."""
    rows = [
        (
            str(change.stop.need_id),
            change.stop.shift_id,
            str(change.what),
            *_read_clock(change.interval),
            *(_read_visit(change.visit) if change.visit is not None else ()),
        )
        for change in found.stops
        if change.what != ChangeKind.SAME
    ]
    rows += [(str(visit.need_id), "cancelled", *_read_visit(visit)) for visit in found.cancelled]
    rows += [(str(row.stop.need_id), row.code) for row in found.dropped]
    return _hash_rows(rows)


def check_mark(found: PlanChanges, shown: str | None) -> None:
    """Raises `OutdatedPageError` where the page showed something else, or sent no mark; None: no page asks."""
    if shown is not None and shown != mark_changes(found):
        raise OutdatedPageError


def mark_draft(plan: Plan) -> str:
    """The mark of a draft as it is read and thrown away: who is visited where, and told what."""
    rows = plan.stops.values_list("need", "shift", "sequence", "told_from", "told_until")
    return _hash_rows(rows)


def mark_day(teams: Iterable[TeamStatus], *, draft: Plan | None) -> str:
    """The mark of a day under way as the coordinator sees it: who works, whom they visit, what is proposed."""
    rows: list[Sequence[object]] = [("draft", draft.pk if draft is not None else "")]
    for team in teams:
        rows.append((team.shift.pk, team.takes_no_more))
        rows += [(visit.pk, *_read_visit(visit)) for visit in (*team.reported, *team.assumed, *team.left)]
    return _hash_rows(rows)


def mark_place(
    *, number: int, told: Sequence[datetime], moved: Iterable[tuple[Visit, Sequence[datetime]]]
) -> str:
    """The mark of an offered place: the version of its team-day, what the family would be told, and whose hours
    change with it."""
    others = sorted((str(visit.need_id), *_read_clock(now)) for visit, now in moved)
    return _hash_rows([(number, *_read_clock(told)), *others])


def _read_visit(visit: Visit) -> tuple[object, ...]:
    told = (visit.told_from, visit.told_until)
    return visit.shift_id, visit.promised, *_read_clock([at for at in told if at is not None])


def _read_clock(told: Sequence[datetime]) -> list[float]:
    return [at.timestamp() for at in told]


def _hash_rows(rows: Iterable[Sequence[object]]) -> str:
    text = json.dumps(sorted(json.dumps(list(row), default=str) for row in rows))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
