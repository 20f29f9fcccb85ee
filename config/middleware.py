"""Middleware of our own."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.template.loader import render_to_string
from django.utils import translation

from config.bodies import is_utf8

BUSY_SECONDS = 30
logger = logging.getLogger(__name__)


class ChosenLanguageMiddleware(LocaleMiddleware):
    """Indonesian, unless somebody pressed the language switch.

    What the browser says is not asked: cheap phones are often set to English without their owner's wish.
    """

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = chosen in dict(settings.LANGUAGES)
        translation.activate(chosen if known else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE


class CharsetMiddleware:
    """Everything here is UTF-8: what says that it is something else is refused, not guessed at.

    The tablets' API reads bytes, so a charset says nothing there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset")
        if charset is not None:
            if not is_utf8(charset) and not request.path_info.startswith("/api/"):
                raise BadRequest("the charset of the body is not UTF-8")
            request.encoding = "utf-8"
        return self.get_response(request)


class BodySizeMiddleware:
    """Refuses a stranger's large body before anything reads it; without this, uploads go to the disk first.

    Staff may bring large files. The tablet's origin has limits of its own for each call.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = request.META.get("CONTENT_LENGTH") or "0"
        size = int(told) if told.isascii() and told.isdigit() and len(told) < 16 else 0
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if size > most and not getattr(request.user, "is_staff", False):
            raise RequestDataTooBig("the body is larger than DATA_UPLOAD_MAX_MEMORY_SIZE")
        return self.get_response(request)


class BusyMiddleware:
    """A database that is locked or away is no fault in the page: who asks is told to try again in a moment."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OperationalError):
            return None
        page = request.resolver_match.view_name if request.resolver_match else ""
        logger.error("busy %s %s", type(error.__cause__ or error).__name__, page)
        words = render_to_string("503.html")
        return HttpResponse(words, status=503, headers={"Retry-After": str(BUSY_SECONDS)})
