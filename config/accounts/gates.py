"""What stands before the office's pages: their own host, if they have one, and the second step."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.urls import reverse

from config.accounts import two_factor

OFFICE = "/admin/"
SHARED = ("/bahasa/", f"/{settings.STATIC_URL.strip('/')}/")
OPEN = {"login", "logout", "jsi18n", "two_factor_verify", "two_factor_enrol"}


class OfficeHostMiddleware:
    """With ADMIN_URL the office's pages answer at its host alone, and nothing else does there: what might go
    wrong on a public page then reaches no cookie of the office."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = urlsplit(settings.ADMIN_URL).hostname
        if host and not request.path_info.startswith(SHARED):
            at_office = split_domain_port(request.get_host())[0] == host
            if at_office and request.path_info == "/":
                return HttpResponseRedirect(OFFICE)
            if at_office != f"{request.path_info}/".startswith(OFFICE):
                raise Http404
        return self.get_response(request)


class SecondStepMiddleware:
    """Leads staff who owe the second step to it, whichever page of the office they ask for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or "admin" not in match.app_names or match.url_name in OPEN:
            return None
        if not (request.user.is_authenticated and request.user.is_staff):
            return None  # the page itself asks for the password
        step = two_factor.next_step(request)
        if not step:
            return None
        back = request.get_full_path() if request.method == "GET" else reverse("admin:index")
        return HttpResponseRedirect(f"{reverse(step)}?{urlencode({'next': back})}")
