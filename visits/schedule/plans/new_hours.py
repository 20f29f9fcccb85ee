"""Other hours for a home of a draft ahead whose hours are not true, or its place given up.

The planner leaves such a home out by itself, unless its family was promised these hours, or the world changed since.
Then the coordinator decides, and a promise is released with a reason. The family is listed to be told when the draft
is published: with its new hours on the same team-day, or, where no hours there would be true, as one that waits.
"""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from outreach.services import log
from visits.appointments import promises
from visits.enums import ReleaseReason
from visits.models import Plan
from visits.schedule.plans import draft_moves, version_marks
from visits.schedule.plans.draft_move_routes import MoveRefusedError
from visits.schedule.runs import appointment_windows


class PromiseStandsError(Exception):
    """The family was promised its hours, and nobody said why they shall not hold."""


@transaction.atomic
def give_new_hours(
    *,
    plan: Plan,
    need: str,
    reason: ReleaseReason | None,
    user: AbstractBaseUser,
    shown: str | None = None,
    now: datetime | None = None,
) -> bool:
    """True where the family of the need gets other hours on the team-day, False where it has to wait.

    Changes nothing, and raises `MoveRefusedError`, where the draft cannot be changed, the hours are true by now
    ("unknown"), or another family of the team-day stands in the way ("hours"); `PromiseStandsError` without a reason;
    `version_marks.OutdatedPageError` where the page of the mark `shown` is an old one.
    """
    now = now or timezone.now()
    row, found = draft_moves.read_draft(plan, now, lock=True)
    version_marks.check_mark(found, shown)
    asked = {str(untrue.stop.need_id) for untrue in found.untrue}
    change = next((change for change in found.stops if str(change.stop.need_id) == need), None)
    if change is None or need not in asked:
        raise MoveRefusedError("unknown", need)
    visit, actor = change.visit, log.actor_of(user)
    if visit is not None and visit.is_firm:
        if reason is None:
            raise PromiseStandsError
        promises.release_promise(visit=visit.pk, reason=reason, actor=actor)
    untrue = appointment_windows.assign_windows(plan=row, anew={need}, only=[change.stop.shift_id])
    if need in untrue:
        draft_moves.move_need(plan=row, need=need, shift=None, user=user, now=now)
        return False
    log.write_log(
        actor=actor,
        action="plan_visit_moved",
        subject=row,
        detail={"needs": [need], "visits": [str(visit.pk)] if visit is not None else []},
    )
    return True
