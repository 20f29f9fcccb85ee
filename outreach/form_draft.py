"""A half-filled request form, stored encrypted in the session; the phone has only a cookie.

Answers are stored as typed, page by page, so that nothing is lost by an error, a break or the Back key.
"""

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict

from outreach import vault
from outreach.forms.base import PageForm
from outreach.forms.pages import BY_SLUG, PAGES
from outreach.lib.crypto import SealError

KEY, PLACE = "permohonan", "draft"
LONGEST = 1000  # characters of one answer; forms say their own, shorter limits


def _field_names(page: type[PageForm]) -> set[str]:
    """The field names of a page. Only these are stored, so that nobody can fill the disk with other data."""
    boxes = {name: getattr(field.widget, "widgets_names", [""]) for name, field in page.base_fields.items()}
    return {name + part for name, parts in boxes.items() for part in parts}


@dataclass
class Draft:
    """The draft of a form. `token` becomes the request's `form_token`; `answers` = {slug: {name: [texts]}}."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    started: float = field(default_factory=time.time)
    answers: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def keep(self, slug: str, data: QueryDict) -> None:
        asked = _field_names(BY_SLUG[slug])
        self.answers[slug] = {
            name: [text[:LONGEST] for text in values[:20]] for name, values in data.lists() if name in asked
        }

    def data(self, slug: str) -> QueryDict | None:
        """What was typed on a page, as the browser sent it; None if the page was not filled."""
        if slug not in self.answers:
            return None
        data = QueryDict(mutable=True)
        for name, values in self.answers[slug].items():
            data.setlist(name, values)
        return data


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


def load_draft(request: HttpRequest) -> Draft | None:
    """The draft of this session; None if there is none or it cannot be decrypted."""
    sealed = request.session.get(KEY)
    if not sealed:
        return None
    try:
        return Draft(**json.loads(vault.unseal_draft(sealed, place=PLACE)))
    except (SealError, ValueError, TypeError):
        del request.session[KEY]
        return None


def save_draft(request: HttpRequest, draft: Draft) -> None:
    request.session[KEY] = vault.seal_draft(json.dumps(draft.__dict__), place=PLACE)


def drop_draft(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
