"""Bodies as they come over the wire."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.contrib.sessions.models import Session
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from config import bodies
from config.wsgi import application
from tests.factories.outreach import VillageFactory


@pytest.mark.parametrize(
    ("told", "passed_on"),
    [
        ("text/plain", "text/plain"),
        ("text/plain; charset=utf8", "text/plain; charset=utf8"),
        ("text/plain; charset=hex", "text/plain; charset=other"),
        ("multipart/form-data; charset=undefined; boundary=x", "multipart/form-data; charset=other"),
        ("text/plain; charset=", "text/plain; charset=other"),
        ("", ""),
    ],
)
def test_a_charset_that_is_not_utf_8_is_named_so_that_nothing_breaks(told: str, passed_on: str):
    assert bodies.neutralise_charset(told) == passed_on


def test_a_whole_body_is_read_as_it_is():
    body = bodies.WholeBody(BytesIO(b"satu\ndua\ntiga"), length=13)
    assert [body.readline(), body.read(2), body.read(), body.read(), body.readline()] == [
        b"satu\n",
        b"du",
        b"a\ntiga",
        b"",
        b"",
    ]


def test_nothing_is_read_past_the_end():
    assert bodies.WholeBody(BytesIO(b"satu dan lain"), length=4).read() == b"satu"


def test_a_body_that_ends_early_is_an_error():
    body = bodies.WholeBody(BytesIO(b"satu"), length=5)
    with pytest.raises(bodies.CutOffError):
        body.read()
    with pytest.raises(bodies.CutOffError):
        body.readline()


@pytest.fixture
def _open_database() -> Iterator[None]:
    """A request ends the connections of its thread, which is the test's own: leave that out, as Django's client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _ask(
    method: str, path: str, *, body: bytes = b"", length: int | None = None, **more: Any
) -> tuple[str, str, dict[str, str]]:
    """A request as gunicorn makes it: status, page and headers."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(body) if length is None else length),
        "wsgi.input": BytesIO(body),
        **more,
    }
    setup_testing_defaults(environ)
    environ["HTTP_HOST"] = "localhost"
    said: list[Any] = []
    page = b"".join(application(environ, lambda status, headers: said.append((status, dict(headers)))))
    return said[0][0], page.decode(), said[0][1]


@pytest.mark.django_db
@pytest.mark.usefixtures("_open_database")
@pytest.mark.parametrize("charset", ["hex", "undefined", "rot13", "utf-7"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_with_a_question_in_an_odd_charset_is_answered_in_words(method: str, charset: str):
    status, page, _headers = _ask(
        method, "/status/", QUERY_STRING="a=%ff", CONTENT_TYPE=f"text/plain; charset={charset}"
    )
    assert status.startswith("400")
    assert "Kiriman ini tidak terbaca" in page


@pytest.mark.django_db
@pytest.mark.usefixtures("_open_database")
def test_half_a_form_is_not_taken_for_what_somebody_wrote():
    VillageFactory()
    _status, page, headers = _ask("GET", "/")
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    cookie = headers["Set-Cookie"].split(";")[0]
    body = f"csrfmiddlewaretoken={token}&x=1".encode()
    form: dict[str, Any] = {"HTTP_COOKIE": cookie, "CONTENT_TYPE": "application/x-www-form-urlencoded"}

    cut, _page, _headers = _ask("POST", "/permohonan/mulai/", body=body, length=len(body) + 1, **form)
    assert cut.startswith("403")
    assert Session.objects.count() == 0

    whole, _page, _headers = _ask("POST", "/permohonan/mulai/", body=body, **form)
    assert whole.startswith("302")
    assert Session.objects.count() == 1
