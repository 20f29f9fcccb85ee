"""Decorators of the public views."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

PublicView = Callable[..., HttpResponse]
SCRIPT = "X-Isian"  # form.js sends it, and reads where to go from the answer's header of the same name


def post_only(view: PublicView) -> PublicView:
    """Only POST. A reload, or the Back key, is redirected to the home page instead of refused."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        return view(request, **named) if request.method == "POST" else redirect("outreach:home")

    return guarded


def tell_script(view: PublicView) -> PublicView:
    """Tell the form's script where to go instead of redirecting it: a browser does not let a script see that."""

    @wraps(view)
    def told(request: HttpRequest, **named: Any) -> HttpResponse:
        response = view(request, **named)
        if SCRIPT in request.headers and response.status_code == 302:
            response.status_code, response.headers[SCRIPT] = 204, response.headers["Location"]
            del response.headers["Location"]
        return response

    return told
