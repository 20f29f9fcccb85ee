"""A database that is locked or away and a disk that is full are no faults of a page: who asks is told to try
again in a moment (503), whichever part of the request met them."""

import errno
import logging
import sys
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.views.defaults import server_error

BUSY_SECONDS = 30
NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
logger = logging.getLogger(__name__)


def is_passing(error: BaseException | None) -> bool:
    """Whether the same request may well succeed later."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return isinstance(error, OSError) and error.errno in NO_SPACE


def answer_busy(request: HttpRequest, error: BaseException) -> HttpResponse:
    page = request.resolver_match.view_name if request.resolver_match else ""
    logger.error("busy %s %s", type(error.__cause__ or error).__name__, page)
    words = render_to_string("503.html", _read_unsent(request, page))
    response = HttpResponse(words, status=503, headers={"Retry-After": str(BUSY_SECONDS)})
    add_never_cache_headers(response)
    return response


def _read_unsent(request: HttpRequest, page: str) -> dict[str, Any]:
    """What a resident's form sent in vain, for a form that sends it again; nothing of other pages."""
    if request.method != "POST" or not page.startswith("outreach:"):
        return {}
    try:
        typed = [(name, text) for name, texts in request.POST.lists() for text in texts]
    except OSError:  # the body itself could not be read
        return {}
    return {"address": request.get_full_path(), "typed": typed}


class BusyMiddleware:
    """Answers for the pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer_busy(request, error) if is_passing(error) else None


def server_error_view(request: HttpRequest) -> HttpResponse:
    """Django's handler of what nobody caught: also what failed before or after the page, in reading an upload
    or in saving a session."""
    error = sys.exception()
    return answer_busy(request, error) if error and is_passing(error) else server_error(request)
