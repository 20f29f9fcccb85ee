"""The office's pages on a host of their own."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PUBLIC, OFFICE = "jemput.contoh.go.id", "kantor.contoh.go.id"


@pytest.fixture(autouse=True)
def _two_hosts(settings) -> None:
    settings.ALLOWED_HOSTS = [PUBLIC, OFFICE]
    settings.ADMIN_URL = f"https://{OFFICE}"


def _status(host: str, path: str) -> int:
    return Client(headers={"host": host}).get(path).status_code


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin", "/admin/login/", "/admin/visits/plan/", "/admin/tidak-ada/"]
)
def test_the_public_host_knows_no_office(path: str):
    assert _status(PUBLIC, path) == 404


@pytest.mark.parametrize("path", ["/status/", "/permohonan/mulai/", "/administrasi/"])
def test_the_offices_host_knows_no_public_page(path: str):
    assert _status(OFFICE, path) == 404


def test_each_host_serves_its_own():
    assert _status(PUBLIC, "/status/") == 200
    assert _status(OFFICE, "/admin/login/") == 200
    assert Client(headers={"host": f"{OFFICE.upper()}:443"}).get("/admin/login/").status_code == 200
    assert Client(headers={"host": OFFICE}).get("/").headers["Location"] == "/admin/"
    for host in (PUBLIC, OFFICE):
        switch = Client(headers={"host": host}).post("/bahasa/setlang/", {"language": "en"})
        assert switch.status_code == 302


def test_without_a_host_of_its_own_the_office_answers_beside_the_public_pages(settings):
    settings.ADMIN_URL = ""
    assert _status(PUBLIC, "/admin/login/") == 200
