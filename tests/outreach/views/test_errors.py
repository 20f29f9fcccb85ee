"""What goes wrong is said in plain words, never as a stack trace."""

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import path

from outreach import urls
from outreach.models import VisitRequest
from tests.factories.outreach import VillageFactory
from tests.outreach.views.walk import fill

pytestmark = pytest.mark.django_db


def _break(request):
    raise RuntimeError("3519015705500001")


def _locked(request):
    with connection.execute_wrapper(_refuse):
        VisitRequest.objects.count()


def _refuse(execute, sql, params, many, context):
    raise OperationalError("database is locked: 3519015705500001")


class _Broken:
    urlpatterns = [path("rusak/", _break), path("terkunci/", _locked), *urls.urlpatterns]
    app_name = "outreach"


def test_an_unknown_address_leads_home() -> None:
    answer = Client().get("/tidak-ada/")
    assert answer.status_code == 404
    assert "Halaman ini tidak ada" in answer.content.decode()


def test_a_page_without_its_cookie_says_what_to_do() -> None:
    answer = Client(enforce_csrf_checks=True).post("/permohonan/mulai/")
    assert answer.status_code == 403
    assert "izinkan cookie" in answer.content.decode()


def test_too_much_data_is_refused_in_plain_words(client: Client) -> None:
    way = fill(client, VillageFactory(), until="keadaan")
    answer = client.post(f"{way}keadaan/", {"kind": "sick", "health": "x" * 3_000_000})
    assert answer.status_code == 400
    assert "Kiriman ini tidak terbaca" in answer.content.decode()
    assert client.get(f"{way}keadaan/").status_code == 200


def test_a_fault_of_ours_shows_no_trace(settings) -> None:
    settings.ROOT_URLCONF = _Broken
    answer = Client(raise_request_exception=False).get("/rusak/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Ada gangguan di sistem kami" in page
    assert "Traceback" not in page
    assert "3519" not in page


def test_a_locked_database_is_told_as_busy(settings, caplog) -> None:
    settings.ROOT_URLCONF = _Broken
    caplog.set_level("ERROR", logger="config.busy")
    answer = Client(raise_request_exception=False).post("/terkunci/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Sistem kami sedang sibuk" in answer.content.decode()
    assert "3519" not in caplog.text


@pytest.mark.parametrize("text", ["\x00", "'; --", "🙂" * 50, "\ud83d".encode("utf-8", "replace").decode()])
def test_odd_characters_are_answered_like_others(client: Client, text: str) -> None:
    answer = client.post("/status/", {"reference": text, "secret": text}, follow=True)
    assert answer.status_code == 200
    way = fill(client, VillageFactory(), until="warga")
    assert client.post(f"{way}warga/", {"name": text, "nik": text}).status_code == 302
    assert client.get(f"{way}warga/").status_code == 200
