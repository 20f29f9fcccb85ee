"""The log of a request, its resident and its need, with the names of the actors."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from outreach.models import LogEntry
from outreach.selectors import actions

MOST = 200


@dataclass(frozen=True)
class HistoryLine:
    """A row of the log as the office reads it; `subject` is the kind of its row."""

    at: datetime
    actor: str
    action: str
    subject: str
    change: str


def _state_labels(subject_type: str) -> dict[str, str]:
    """The labels of a model's states, by code; if two fields share a code, the state's."""
    try:
        fields = apps.get_model(subject_type)._meta.get_fields()
    except (LookupError, ValueError):
        return {}
    found: dict[str, str] = {}
    for field in sorted(fields, key=lambda field: field.name not in ("state", "stage"), reverse=True):
        found |= {str(value): str(label) for value, label in getattr(field, "flatchoices", [])}
    return found


def describe_change(row: LogEntry) -> str:
    """The state change in words: "Menunggu jadwal → Sudah dijadwalkan"."""
    names = _state_labels(row.subject_type)
    return " → ".join(names.get(state, state) for state in (row.from_state, row.to_state) if state)


def _actor_names(rows: list[LogEntry]) -> dict[str, str]:
    """Names of actors: accounts by one query, others by what they are."""
    ids = {row.actor.partition(":")[2] for row in rows if row.actor.startswith("user:")}
    users = get_user_model().objects.filter(pk__in=[int(pk) for pk in ids if pk.isdigit()])
    names = {f"user:{user.pk}": user.get_full_name() or user.get_username() for user in users}
    return names | {row.actor: describe_actor(row.actor) for row in rows if row.actor not in names}


def describe_actor(actor: str) -> str:
    """The label of an actor that is not a known account."""
    if actor.startswith("device:"):
        return _("Tablet")
    return {"public": _("Pemohon"), "system": _("Sistem")}.get(actor, actor)


def list_history(subjects: Iterable[Model | None]) -> list[HistoryLine]:
    """The log of these rows, oldest first, in two queries."""
    wanted = Q(pk__in=[])
    for subject in subjects:
        if subject is not None:
            wanted |= Q(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
    rows = list(LogEntry.objects.filter(wanted).order_by("-id")[:MOST])[::-1]
    actors, names = _actor_names(rows), actions.action_labels()
    kinds = {"visitrequest": _("permohonan"), "resident": _("warga"), "need": _("keperluan")}
    return [
        HistoryLine(
            at=row.at,
            actor=actors.get(row.actor, row.actor),
            action=names.get(row.action, row.action),
            subject=kinds.get(row.subject_type.rpartition(".")[2], row.subject_type),
            change=describe_change(row),
        )
        for row in rows
    ]
