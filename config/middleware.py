"""Middleware of our own."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from config.bodies import is_utf8
from outreach.lib.text import clean_text


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


def _clean_fields(typed: QueryDict) -> QueryDict:
    """The fields with their texts cleaned. A password stays as it was typed: it is compared, never read."""
    cleaned = QueryDict(mutable=True, encoding=typed.encoding)
    for name, values in typed.lists():
        cleaned.setlist(name, values if "password" in name else [clean_text(value) for value in values])
    cleaned._mutable = False
    return cleaned


class CleanTextMiddleware:
    """The one door for what browsers send: every field of every form, search and address is cleaned before a
    view reads it. The tablets' API is left alone: it answers what was signed as it came, and cleans the texts of
    its JSON where it reads them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        # not earlier: the body may be read only once its size and charset have been looked at
        if request.path_info.startswith("/api/"):
            return
        if request.GET:
            request.GET = _clean_fields(request.GET)  # type: ignore[assignment]
        if request.method == "POST" and request.POST:
            request.POST = _clean_fields(request.POST)  # type: ignore[assignment]
