"""Helpers of all pages (from `outreach.admin.pages`), and the member of staff of a request."""

from collections.abc import Callable
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from outreach.admin.pages import (
    Pages,
    Titled,
    page_number,
    page_seen,
    read_text,
    render_page,
    require_permissions,
)

Guard = Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]

__all__ = [
    "Guard",
    "Pages",
    "Titled",
    "page_number",
    "page_seen",
    "parse_day",
    "read_date",
    "read_text",
    "render_page",
    "require_permissions",
    "staff_user",
]


def read_date(text: str | None) -> date | None:
    """The date that a query string names; None where it names none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def parse_day(text: str) -> date:
    """The date in an address (2026-12-01). Raises 404 for any other text."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def staff_user(request: HttpRequest) -> AbstractBaseUser:
    """The member of staff; `admin_view` lets nobody else in."""
    assert isinstance(request.user, AbstractBaseUser)
    return request.user
