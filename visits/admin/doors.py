"""What every page of ours in the admin has: the site's frame, its permission, its title."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def needs(*permissions: str) -> Callable[[View[P]], View[P]]:
    """The view answers 403 to staff without every one of these permissions ("visits.view_plan")."""

    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not all(request.user.has_perm(name) for name in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded  # type: ignore[return-value]  # the positional request

    return wrap


def page(
    request: HttpRequest, template: str, *, model: type[Model], title: str, status: int = 200, **context: Any
) -> HttpResponse:
    """A page in the admin's frame; `opts` lets its breadcrumbs lead back to the model's list."""
    frame = admin.site.each_context(request)
    return render(request, template, {**frame, "opts": model._meta, "title": title, **context}, status=status)


def who(request: HttpRequest) -> AbstractBaseUser:
    """The member of staff; `admin_view` has let nobody else in."""
    assert isinstance(request.user, AbstractBaseUser)
    return request.user
