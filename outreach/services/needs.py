"""Changes of a need's state: by the table of allowed moves, one conditional UPDATE, one log row."""

from typing import Any

from django.db import transaction

from outreach.enums import NEED_MOVES, ClosedReason, NeedState
from outreach.models import Need
from outreach.services import log


@transaction.atomic
def move(
    *,
    need: Need,
    to: NeedState,
    actor: str,
    reason: ClosedReason | None = None,
    attempted: bool = False,
    detail: dict[str, Any] | None = None,
) -> bool:
    """Move a need; False where its state in the database allows no such move (nothing is changed then).

    `attempted` counts a visit that was made in vain. `reason` goes with CLOSED.
    """
    allowed = [state for state, targets in NEED_MOVES.items() if to in targets]
    before = (
        Need.objects.select_for_update()
        .filter(pk=need.pk, state__in=allowed)
        .values_list("state", "attempts")
    )
    for state, attempts in before:
        changed = Need.objects.filter(pk=need.pk, state=state, attempts=attempts).update(
            state=to, closed_reason=reason or "", attempts=attempts + attempted
        )
        if changed:
            log.write(
                actor=actor,
                action="need_moved",
                subject=need,
                from_state=state,
                to_state=to,
                detail=detail or {},
            )
            need.state, need.attempts = to, attempts + attempted
            return True
    return False
