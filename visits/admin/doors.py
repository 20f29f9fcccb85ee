"""What every page of ours in the admin has (`outreach.admin.doors`), and who of the staff is there."""

from collections.abc import Callable

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from outreach.admin.doors import Pages, Titled, needs, number, page, text

Guard = Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]

__all__ = ["Guard", "Pages", "Titled", "needs", "number", "page", "text", "who"]


def who(request: HttpRequest) -> AbstractBaseUser:
    """The member of staff; `admin_view` has let nobody else in."""
    assert isinstance(request.user, AbstractBaseUser)
    return request.user
