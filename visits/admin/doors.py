"""What every page of ours in the admin has (`outreach.admin.doors`), and who of the staff is there."""

from collections.abc import Callable
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from outreach.admin.doors import Pages, Titled, needs, number, page, text

Guard = Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]

__all__ = ["Guard", "Pages", "Titled", "day", "needs", "number", "page", "text", "who"]


def day(text: str) -> date:
    """The date in an address (2026-12-01); what is none is not found."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def who(request: HttpRequest) -> AbstractBaseUser:
    """The member of staff; `admin_view` has let nobody else in."""
    assert isinstance(request.user, AbstractBaseUser)
    return request.user
