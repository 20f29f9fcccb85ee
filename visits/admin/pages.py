"""Helpers of all pages (from `outreach.admin.pages`), and the member of staff of a request."""

from collections.abc import Callable
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from outreach.admin.pages import Pages, Titled, page_number, read_text, render_page, require_permissions

Guard = Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]

__all__ = [
    "Guard",
    "Pages",
    "Titled",
    "page_number",
    "parse_day",
    "read_text",
    "render_page",
    "require_permissions",
    "staff_user",
]


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
