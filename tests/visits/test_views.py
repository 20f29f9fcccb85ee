"""The tablet's page, its service worker and its map, as any visitor of that origin gets them."""

import gzip
import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from outreach.services import region
from visits import shell, views

pytestmark = pytest.mark.urls("visits.urls")


@pytest.fixture
def client() -> Client:
    return Client()


def _listing(client: Client) -> dict[str, object]:
    first = client.get("/sw.js").content.decode().splitlines()[0]
    assert first.startswith("const SHELL = ")
    listing: dict[str, object] = json.loads(first.removeprefix("const SHELL = ").removesuffix(";"))
    return listing


def test_the_page_holds_no_data_and_sets_no_cookie(client: Client):
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-cache"
    assert not answer.cookies
    assert b'<html lang="id" data-theme="sun" data-time-zone="Asia/Jakarta"' in answer.content


@pytest.mark.parametrize("public", ["https://jemput.example.go.id", "https://jemput.example.go.id/"])
def test_the_page_knows_where_families_read_their_status(client: Client, settings, public: str):
    settings.PUBLIC_URL = public
    told = re.search(r'data-status-url="([^"]+)"', client.get("/").content.decode())
    assert told
    path = reverse("outreach:status", urlconf="tests.support.every_door_urls")
    assert told[1] == public.rstrip("/") + path


@pytest.mark.parametrize("address", ["/", "/alat", "/sw.js", "/peta.json"])
def test_the_shell_is_only_read(client: Client, address: str):
    assert client.post(address).status_code == 405


def test_the_worker_keeps_every_file_of_the_app_and_they_are_all_there(client: Client):
    answer = client.get("/sw.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    files = _listing(client)["files"]
    assert isinstance(files, list)
    assert files[:2] == ["/", "/alat"]
    assert {"/static/visits/tablet/app.js", "/static/visits/tablet/screens/capture.js"} < set(files)
    assert "/static/outreach/tokens.css" in files
    assert [file for file in files[2:] if not finders.find(file.removeprefix("/static/"))] == []
    assert not [file for file in files if file.startswith("/api/") or file.endswith("/sw.js")]


def test_every_module_that_ours_import_is_in_the_shell(client: Client, settings):

    folder = settings.BASE_DIR / "visits" / "static" / "visits" / "tablet"
    files = _listing(client)["files"]
    assert isinstance(files, list)
    imports = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")
    wanted = {
        "/static/" + (path.parent / found).resolve().relative_to(folder.parent.parent).as_posix()
        for path in folder.rglob("*.js")
        for found in imports.findall(path.read_text())
    }
    ours = {address for address in wanted if not address.startswith("/static/npm/")}
    assert len(ours) > 20
    assert ours - set(files) == set()
    installed = {address for address in files if address.startswith("/static/npm/")}
    if installed:  # `manage.py assets` has run
        assert wanted - ours - installed == set()


def test_a_changed_page_is_a_new_version():
    def version(*pages: str) -> str:
        return shell.load_shell(tuple(zip(("/", "/alat"), pages, strict=True)), policies="").version

    shell.load_shell.cache_clear()
    assert len({version("one", "two"), version("one", "three"), version("two", "two")}) == 3
    assert version("one", "two") == version("one", "two")


def test_a_tightened_policy_reaches_the_tablets_that_have_the_app(client: Client, settings, monkeypatch):
    """The worker answers with the headers of the day on which it fetched the pages."""
    versions = [_listing(client)["version"]]
    monkeypatch.setitem(views.SCANNER_POLICY, "connect-src", ["http://127.0.0.1:4501"])
    versions.append(_listing(client)["version"])
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"] | {"img-src": ["'self'"]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
    versions.append(_listing(client)["version"])
    assert len(set(versions)) == 3


def test_only_the_frame_of_devices_may_reach_their_ports_and_nothing_else(client: Client):
    told = client.get("/alat")
    policy = dict(part.split(" ", 1) for part in told["Content-Security-Policy"].split("; "))
    assert policy["connect-src"].split() == [f"http://127.0.0.1:{port}" for port in range(4501, 4601)]
    assert (policy["default-src"], policy["script-src"], policy["frame-ancestors"]) == (
        "'none'",
        "'self'",
        "'self'",
    )
    assert told["X-Frame-Options"] == "SAMEORIGIN"
    assert 'data-ports="4501-4600"' in told.content.decode()
    for address in ("/", "/sw.js"):
        assert "127.0.0.1" not in client.get(address)["Content-Security-Policy"]


@pytest.mark.django_db
def test_the_map_is_empty_before_the_region_is_loaded(client: Client):
    assert client.get("/peta.json").json() == {"type": "FeatureCollection", "features": [], "attribution": ""}


@pytest.mark.django_db
def test_the_map_comes_once_and_is_small(client: Client):
    region.load_region(folder=region.SHIPPED)
    answer = client.get("/peta.json")
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < 400_000
    features = json.loads(gzip.decompress(answer.content))["features"]
    assert sum(feature["properties"]["level"] == "village" for feature in features) == 206
    again = client.get("/peta.json", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
