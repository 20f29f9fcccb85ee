"""Writing of the log, in the transaction of the change that it records."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model

from outreach import vault
from outreach.models import LogEntry, PersonKey, SealedDetail


def write_log(
    *,
    actor: str,
    action: str,
    subject: Model,
    from_state: str = "",
    to_state: str = "",
    detail: dict[str, Any] | None = None,
    secret: dict[str, str] | None = None,
    key: PersonKey | None = None,
) -> LogEntry:
    """Add a row. `actor`: "user:<id>", "device:<uuid>", "system" or "public". No personal data in `detail`:
    that goes into `secret`, sealed under the person's `key`."""
    entry = build_entry(
        actor=actor,
        action=action,
        subject=subject,
        from_state=from_state,
        to_state=to_state,
        detail=detail,
    )
    entry.save(force_insert=True)
    if secret and key and not key.destroyed_at:
        sealed = SealedDetail(entry=entry, key=key)
        vault.seal_detail(sealed, secret)
        sealed.save(force_insert=True)
    return entry


def build_entry(
    *,
    actor: str,
    action: str,
    subject: Model,
    from_state: str = "",
    to_state: str = "",
    detail: dict[str, Any] | None = None,
) -> LogEntry:
    """The row of `write_log`, not saved: for those who insert it together with others."""
    return LogEntry(
        actor=actor,
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        from_state=from_state,
        to_state=to_state,
        detail=detail or {},
    )


def write_logs(entries: Iterable[LogEntry]) -> None:
    """Add the rows of `build_entry` in few statements."""
    LogEntry.objects.bulk_create(entries, batch_size=500)


def as_json(value: Any) -> Any:
    """A value as a row's `detail` keeps it: dates and moments as ISO texts."""
    return value.isoformat() if isinstance(value, date) else value


def actor_of(user: AbstractBaseUser | None) -> str:
    """How the log names an account: "user:<id>"; "system" for None."""
    return "system" if user is None else f"user:{user.pk}"
