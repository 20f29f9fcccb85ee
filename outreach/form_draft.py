"""Half-filled request forms: each in a row of its own, sealed, and only for the browser that began it.

Every page's address names its draft, so two tabs hold two people. Answers are stored as typed, page by page, so
that nothing is lost by an error, a break or the Back key. The phone has only a cookie.
"""

import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from outreach import vault
from outreach.forms.base import PageForm
from outreach.forms.pages import BY_SLUG, PAGES
from outreach.lib.crypto import SealError
from outreach.models import FormDraft

OWNER = "pemilik"
OFFERED = timedelta(minutes=30)  # how long the home page, which anybody with the phone sees, offers to go on
LONGEST = 1000  # characters of one answer; forms say their own, shorter limits
Typed = dict[str, list[str]]


def _field_names(page: type[PageForm]) -> set[str]:
    """The field names of a page. Only these are stored, so that nobody can fill the disk with other data."""
    boxes = {name: getattr(field.widget, "widgets_names", [""]) for name, field in page.base_fields.items()}
    return {name + part for name, parts in boxes.items() for part in parts}


def _read_typed(slug: str, data: QueryDict) -> Typed:
    asked = _field_names(BY_SLUG[slug])
    return {name: [text[:LONGEST] for text in values[:20]] for name, values in data.lists() if name in asked}


def _as_sent(typed: Typed) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    return data


@dataclass
class Draft:
    """`answers` = {slug: what was sent from that page}; `unsent`: what was typed there since and not sent."""

    id: str
    started: float = field(default_factory=time.time)
    answers: dict[str, Typed] = field(default_factory=dict)
    unsent: dict[str, Typed] = field(default_factory=dict)
    asked_again: bool = False  # it looked suspicious, and its sender is to press once more
    sent: bool = False

    def keep(self, slug: str, data: QueryDict) -> None:
        """Store the answers of a page."""
        self.answers[slug] = _read_typed(slug, data)
        self.unsent.pop(slug, None)

    def keep_unsent(self, slug: str, data: QueryDict) -> None:
        """Store what was typed on a page that is left without sending it: it is shown there again, no more."""
        self.unsent[slug] = _read_typed(slug, data)

    def data(self, slug: str) -> QueryDict | None:
        """The answers of a page, as the browser sent them; None if there are none."""
        return _as_sent(self.answers[slug]) if slug in self.answers else None

    def unsent_data(self, slug: str) -> QueryDict | None:
        """What was typed on a page and not sent; None if nothing was."""
        return _as_sent(self.unsent[slug]) if slug in self.unsent else None


@dataclass
class CheckedPages:
    """The valid pages in order, the values `found` on them, and the slug of the first page that is missing or
    invalid (None if there is none)."""

    forms: list[PageForm]
    found: dict[str, Any]
    missing: str | None


def check_pages(draft: Draft, *, until: str | None = None) -> CheckedPages:
    """Validate the draft's pages in order, up to the first missing or invalid one, or up to `until`."""
    filled = CheckedPages(forms=[], found={}, missing=None)
    for page in PAGES:
        if page.slug == until:
            break
        data = draft.data(page.slug)
        form = page(data, before=filled.found) if data is not None else None
        if form is None or not form.is_valid():
            filled.missing = page.slug
            break
        filled.forms.append(form)
        filled.found.update(form.cleaned_data)
    return filled


def _owner_digest(request: HttpRequest) -> str:
    return hashlib.sha256(request.session.get(OWNER, "").encode()).hexdigest()


def _place(row: FormDraft) -> str:
    return f"draft.{row.pk}"


def _open_row(row: FormDraft | None) -> Draft | None:
    if row is None or not row.sealed:
        return Draft(id=row.pk, sent=True) if row else None
    try:
        return Draft(**json.loads(vault.unseal_draft(row.sealed, place=_place(row))))
    except (SealError, ValueError, TypeError):
        return None


def _close_row(row: FormDraft, draft: Draft) -> None:
    row.sealed = "" if draft.sent else vault.seal_draft(json.dumps(asdict(draft)), place=_place(row))
    row.touched_at = timezone.now()


def begin_draft(request: HttpRequest) -> Draft:
    """A new draft of this browser. Confirmations of what it sent before are closed: the phone may be shared."""
    if OWNER not in request.session:
        request.session[OWNER] = secrets.token_urlsafe(24)
    close_sent(request)
    row = FormDraft(owner=_owner_digest(request))
    draft = Draft(id=row.pk)
    _close_row(row, draft)
    row.save(force_insert=True)
    return draft


def load_draft(request: HttpRequest, draft_id: str) -> Draft | None:
    """A draft of this browser; None if there is none, if it ran out, or if it cannot be decrypted."""
    return _open_row(_find_row(request, draft_id).first())


def _find_row(request: HttpRequest, draft_id: str) -> QuerySet[FormDraft]:
    """The row of a draft of this browser that has not run out."""
    since = timezone.now() - FormDraft.KEPT
    return FormDraft.objects.filter(pk=draft_id, owner=_owner_digest(request), touched_at__gte=since)


@contextmanager
def change_draft(request: HttpRequest, draft_id: str) -> Iterator[Draft | None]:
    """The draft as the database has it, locked, to be changed within; stored at the end."""
    with transaction.atomic():
        row = _find_row(request, draft_id).select_for_update().first()
        draft = _open_row(row)
        yield draft
        if row is not None and draft is not None:
            _close_row(row, draft)
            row.save(update_fields=["sealed", "touched_at"])


def drop_draft(request: HttpRequest, draft_id: str) -> None:
    FormDraft.objects.filter(pk=draft_id, owner=_owner_digest(request)).delete()


def close_sent(request: HttpRequest) -> None:
    """Close the confirmations of this browser."""
    FormDraft.objects.filter(owner=_owner_digest(request), sealed="").delete()


@dataclass(frozen=True)
class OfferedDraft:
    """A half-filled form that the home page offers to go on with; nothing in it says whose."""

    id: str
    touched_at: datetime


def list_drafts(request: HttpRequest) -> list[OfferedDraft]:
    """The half-filled forms of this browser that were touched a moment ago, the last one first."""
    rows = FormDraft.objects.filter(
        owner=_owner_digest(request), touched_at__gte=timezone.now() - OFFERED
    ).exclude(sealed="")
    return [OfferedDraft(row.pk, row.touched_at) for row in rows.order_by("-touched_at")[:5]]
