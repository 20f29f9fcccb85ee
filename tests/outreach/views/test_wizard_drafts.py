"""Two people in two tabs, a check page that is older than the draft, a phone that is handed on, a broken way."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from outreach.models import FormDraft, VisitRequest
from tests.factories.outreach import VillageFactory
from tests.outreach.views.walk import begin, fill, of, send, version_shown

pytestmark = pytest.mark.django_db
STALE = "Jawaban di halaman ini sudah berubah, mungkin di tab lain."


@pytest.fixture(autouse=True)
def _hasty(settings) -> None:
    settings.FORM_MINIMUM_SECONDS = 0


def _person(name: str) -> dict[str, str]:
    return {"name": name, "nik_unknown": "on", "birth_unknown": "on"}


def test_two_tabs_hold_two_people(client: Client) -> None:
    village = VillageFactory(name="Kaibon")
    ways = [begin(client), begin(client)]
    names = ["Siti Contoh", "Budi Rekaan"]
    for slug, given in of(village).items():
        for way, name in zip(ways, names, strict=True):
            client.post(f"{way}{slug}/", _person(name) if slug == "warga" else given)
    for way in ways:
        send(client, way)

    assert sorted(VisitRequest.objects.values_list("name", flat=True)) == sorted(names)
    for way, initials in zip(ways, ("S. C.", "B. R."), strict=True):
        assert f"Untuk {initials}, Kaibon" in client.get(f"{way}terkirim/").content.decode()


def test_only_what_the_check_page_showed_is_sent(client: Client) -> None:
    village = VillageFactory()
    way = fill(client, village)
    shown = version_shown(client.get(f"{way}periksa/").content.decode())
    client.post(f"{way}warga/", of(village)["warga"] | {"name": "Nama Lain", "ubah": "1"})

    answer = client.post(f"{way}periksa/", {"versi": shown}, follow=True)

    page = answer.content.decode()
    assert answer.redirect_chain == [(f"{way}periksa/", 302)]
    assert STALE in page
    assert "Nama Lain" in page
    assert not VisitRequest.objects.exists()
    client.post(f"{way}periksa/", {"versi": version_shown(page)})
    assert VisitRequest.objects.get().name == "Nama Lain"


@pytest.mark.parametrize("version", [None, "", "x"])
def test_without_the_version_of_the_check_page_nothing_is_sent(client: Client, version: str | None) -> None:
    way = fill(client, VillageFactory())

    given = {} if version is None else {"versi": version}
    assert STALE in client.post(f"{way}periksa/", given, follow=True).content.decode()
    assert not VisitRequest.objects.exists()


def test_another_notice_than_the_one_shown_is_agreed_to_anew(client: Client, settings) -> None:
    way = fill(client, VillageFactory())
    shown = version_shown(client.get(f"{way}periksa/").content.decode())
    settings.OFFICE_NAME = "Kantor Lain"

    assert STALE in client.post(f"{way}periksa/", {"versi": shown}, follow=True).content.decode()


def test_the_problem_of_one_tab_is_not_told_in_another(client: Client) -> None:
    village = VillageFactory()
    one, two = fill(client, village), fill(client, village)
    client.post(f"{one}periksa/", {})

    assert STALE not in client.get(f"{two}periksa/").content.decode()


@pytest.mark.parametrize(
    ("button", "leads"),
    [
        ({"kembali": "1"}, "{way}pemohon/"),
        ({"language": "en", "next": "/bantu/"}, "/bantu/"),
    ],
)
def test_what_is_typed_stays_when_the_page_is_left_by_a_button(
    client: Client, button: dict[str, str], leads: str
) -> None:
    way = fill(client, VillageFactory(), until="warga")

    answer = client.post(f"{way}warga/", {"name": "Siti", "nik": "12"} | button)

    assert answer.headers["Location"] == leads.format(way=way)
    page = client.get(f"{way}warga/").content.decode()
    assert ('value="Siti"' in page, 'value="12"' in page) == (True, True)
    assert "error-summary" not in page, "nobody has sent it yet"
    assert client.get(f"{way}keadaan/").headers["Location"] == f"{way}warga/"


def test_what_the_script_saves_when_a_page_is_left_is_shown_there_and_no_answer(client: Client) -> None:
    village = VillageFactory()
    way = fill(client, village)

    saved = client.post(f"{way}warga/", of(village)["warga"] | {"name": "Setengah", "simpan": "1"})

    assert saved.status_code == 204
    assert 'value="Setengah"' in client.get(f"{way}warga/").content.decode()
    assert "Setengah" not in client.get(f"{way}periksa/").content.decode()


def test_enter_presses_on_and_not_back_or_the_language(client: Client) -> None:
    way = fill(client, VillageFactory(), until="warga")
    page = client.get(f"{way}warga/").content.decode()

    buttons = re.findall(r"<button ([^>]*)>", page)
    assert "name=" not in next(one for one in buttons if 'form="isian"' in one)


def test_the_script_is_told_where_to_go(client: Client) -> None:
    way = fill(client, VillageFactory(), until="warga")

    answer = client.post(f"{way}warga/", _person("Siti Contoh"), headers={"X-Isian": "1"})

    assert (answer.status_code, answer.headers["X-Isian"]) == (204, f"{way}keadaan/")
    assert "Location" not in answer.headers


def _refuse_writes(execute, sql: str, params, many, context) -> object:
    if sql.startswith("UPDATE"):
        raise OperationalError("database or disk is full")
    return execute(sql, params, many, context)


def _break(client: Client, post: Callable[[Client], Any]) -> str:
    with connection.execute_wrapper(_refuse_writes):
        answer = post(client)
    assert answer.status_code == 503
    assert "no-store" in answer.headers["Cache-Control"]
    return str(answer.content.decode())


def test_what_a_busy_office_did_not_take_is_sent_again_from_its_page(client: Client) -> None:
    way = fill(client, VillageFactory(), until="warga")
    typed = _person('Siti "Contoh"')

    page = _break(client, lambda browser: browser.post(f"{way}warga/", typed))

    assert f'<form method="post" action="{way}warga/"' in page
    again = {
        name: text.replace("&quot;", '"')
        for name, text in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    }
    assert again == typed
    assert client.post(f"{way}warga/", again).headers["Location"] == f"{way}keadaan/"


def test_a_request_that_was_not_stored_is_sent_once_with_the_next_press(client: Client) -> None:
    way = fill(client, VillageFactory())
    shown = version_shown(client.get(f"{way}periksa/").content.decode())

    _break(client, lambda browser: browser.post(f"{way}periksa/", {"versi": shown}))
    assert not VisitRequest.objects.exists()

    for _ in range(2):
        client.post(f"{way}periksa/", {"versi": shown})
    assert VisitRequest.objects.count() == 1


def test_nothing_of_a_sent_person_is_left_on_the_phone(client: Client) -> None:
    way = fill(client, VillageFactory())
    send(client, way)
    assert FormDraft.objects.get().sealed == ""

    begin(client)  # somebody else, with the button for that or from the home page

    for page in ("warga", "periksa", "terkirim"):
        answer = client.get(f"{way}{page}/")
        assert "Permohonan ini sudah terkirim" in answer.content.decode()
        assert "Contoh" not in answer.content.decode()
    assert VisitRequest.objects.get().reference not in client.get("/").content.decode()


def test_the_home_page_offers_a_half_filled_form_without_saying_whose(client: Client) -> None:
    way = fill(client, VillageFactory(), until="keadaan")

    page = client.get("/").content.decode()

    assert f'href="{way}periksa/"' in page
    assert "Mulai untuk orang lain" in page
    assert "Warga Contoh" not in page
    assert client.get(f"{way}periksa/").headers["Location"] == f"{way}keadaan/"


def test_a_stranger_with_the_address_sees_nothing(client: Client) -> None:
    way = fill(client, VillageFactory())

    stranger = Client()
    begin(stranger)
    answer = stranger.get(f"{way}warga/")

    assert (answer.status_code, "Contoh" in answer.content.decode()) == (404, False)


@pytest.mark.parametrize("page", ["warga", "kontak"])
def test_no_field_is_filled_in_from_what_the_phone_remembers(client: Client, page: str) -> None:
    way = fill(client, VillageFactory())

    shown = client.get(f"{way}{page}/").content.decode()

    assert set(re.findall(r'autocomplete="([^"]*)"', shown)) == {"off"}
