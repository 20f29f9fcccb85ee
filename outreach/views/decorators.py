"""Decorators of the public views."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

PublicView = Callable[[HttpRequest], HttpResponse]


def post_only(view: PublicView) -> PublicView:
    """Only POST. A reload, or the Back key, is redirected to the home page instead of refused."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        return view(request) if request.method == "POST" else redirect("outreach:home")

    return guarded
