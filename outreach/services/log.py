"""Writing of the log, in the transaction of the change that it records."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model

from outreach.models import LogEntry


def write_log(
    *,
    actor: str,
    action: str,
    subject: Model,
    from_state: str = "",
    to_state: str = "",
    detail: dict[str, Any] | None = None,
) -> LogEntry:
    """Add a row. `actor`: "user:<id>", "device:<uuid>", "system" or "public". No personal data in `detail`."""
    return LogEntry.objects.create(
        actor=actor,
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        from_state=from_state,
        to_state=to_state,
        detail=detail or {},
    )


def actor_of(user: AbstractBaseUser | None) -> str:
    """How the log names an account: "user:<id>"; "system" for None."""
    return "system" if user is None else f"user:{user.pk}"
