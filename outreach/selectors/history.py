"""The log of a request, its resident and its need, with the names of the actors."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from outreach import vault
from outreach.enums import CorrectionReason, NikException
from outreach.models import LogEntry, SealedDetail
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


def describe_kind(subject_type: str) -> str:
    """The label of a kind of row; the code as it is where no such model exists any more."""
    try:
        return str(apps.get_model(subject_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return subject_type


def _field_label(subject_type: str, name: str) -> str:
    """The label of a field of a row, sealed or not."""
    sealed = {
        "nik": "NIK",
        "family_card": "KK",
        "phone": _("telepon"),
        "carer_name": _("perawat/pemohon"),
        "health": _("catatan kesehatan"),
    }
    if name in sealed:
        return sealed[name]
    try:
        return str(getattr(apps.get_model(subject_type)._meta.get_field(name), "verbose_name", name))
    except (LookupError, ValueError, FieldDoesNotExist):
        return name


def describe_change(row: LogEntry) -> str:
    """The state change in words, "Menunggu jadwal → Sudah dijadwalkan", the fields that changed, and why."""
    names = _state_labels(row.subject_type)
    moved = " → ".join(names.get(state, state) for state in (row.from_state, row.to_state) if state)
    fields = row.detail.get("changed") or row.detail.get("added") or []
    changed = ", ".join(_field_label(row.subject_type, str(name)) for name in fields)
    whys = dict(CorrectionReason.choices) | dict(NikException.choices) | names
    reasons = (whys.get(str(row.detail.get(name)), "") for name in ("reason", "nik_exception"))
    return "; ".join(str(text) for text in (moved, changed, *reasons) if text)


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


def log_of(subjects: Iterable[Model | None]) -> QuerySet[LogEntry]:
    """The log rows about these rows."""
    wanted = Q(pk__in=[])
    for subject in subjects:
        if subject is not None:
            wanted |= Q(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
    return LogEntry.objects.filter(wanted)


def describe_rows(rows: list[LogEntry]) -> list[HistoryLine]:
    """Rows of the log in words, with one query for the names of accounts."""
    actors, names = _actor_names(rows), actions.action_labels()
    return [
        HistoryLine(
            at=row.at,
            actor=actors.get(row.actor, row.actor),
            action=names.get(row.action, row.action),
            subject=describe_kind(row.subject_type),
            change=describe_change(row),
        )
        for row in rows
    ]


def list_history(subjects: Iterable[Model | None]) -> list[HistoryLine]:
    """The log of these rows, oldest first, in two queries."""
    return describe_rows(list(log_of(subjects).order_by("-id")[:MOST])[::-1])


def list_sealed(subjects: Iterable[Model | None]) -> list[tuple[HistoryLine, list[tuple[str, str]]]]:
    """What the log of these rows keeps sealed, oldest first: for who may open sealed data, and is logged for
    it. Each line with labels and the texts of before."""
    rows = SealedDetail.objects.filter(entry__in=log_of(subjects)).select_related("entry", "key")
    found = list(rows.order_by("entry_id"))
    lines = describe_rows([row.entry for row in found])
    return [
        (
            line,
            [
                (_("keterangan") if name == "note" else _field_label(row.entry.subject_type, name), text)
                for name, text in vault.unseal_detail(row).items()
            ],
        )
        for line, row in zip(lines, found, strict=True)
    ]
