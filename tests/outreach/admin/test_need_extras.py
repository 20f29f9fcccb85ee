import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from outreach.admin import need_extras
from outreach.admin.need_extras import PagePlace, add_extra, render_extras
from outreach.models import Need


@pytest.fixture
def request_of_nobody(monkeypatch: pytest.MonkeyPatch) -> HttpRequest:
    monkeypatch.setattr(need_extras, "_renders", {place: [] for place in PagePlace})
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return request


def test_what_is_added_is_shown_once_and_text_is_escaped(request_of_nobody: HttpRequest) -> None:
    def first(request: HttpRequest, need: Need) -> str:
        return f"<b>{need.attempts}</b>"

    def second(request: HttpRequest, need: Need) -> str:
        return ""

    for render in (first, second, first):
        add_extra(PagePlace.ACTIONS, render)

    assert render_extras(PagePlace.ACTIONS, request_of_nobody, Need(attempts=2)) == "&lt;b&gt;2&lt;/b&gt;"
    assert render_extras(PagePlace.REASONS, request_of_nobody, Need(attempts=2)) == ""
