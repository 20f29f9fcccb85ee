"""Walks through the request form as a browser does, for the tests of its views."""

import re
from typing import Any

from django.test import Client

from outreach.models import Village

NIK = "3519015705500001"


def answers(*, district: str, village: str) -> dict[str, dict[str, Any]]:
    """A right answer to every page, in their order."""
    return {
        "pemohon": {"relation": "family"},
        "warga": {
            "name": "Warga Contoh",
            "nik": "3519 0157 0550 0001",
            "birth_date_hari": "17",
            "birth_date_bulan": "Mei",
            "birth_date_tahun": "1950",
        },
        "keadaan": {"kind": "elderly", "skills": ["ramp"], "health": "Asma", "infectious": "on"},
        "kecamatan": {"district": district},
        "alamat": {"village": village, "address": "Jl. Contoh 1", "rt": "04", "rw": ""},
        "waktu": {"weekdays": ["0", "2"], "windows": ["pagi", "siang"]},
        "kontak": {"phone": "0812-3456-7890", "applicant_name": "Pemohon Contoh"},
    }


def of(village: Village) -> dict[str, dict[str, Any]]:
    """The answers for a home in this village."""
    return answers(district=village.district_id, village=village.code)


def begin(client: Client) -> str:
    """Begin a form; the address under which its pages are."""
    answer = client.post("/permohonan/mulai/")
    assert answer.status_code == 302
    return answer.headers["Location"].removesuffix("pemohon/")


def fill(client: Client, village: Village, *, until: str = "", **changes: dict[str, Any]) -> str:
    """Begin, and answer the pages before `until` (all by default), with changed answers for some; the address
    under which the form's pages are."""
    way = begin(client)
    for slug, given in of(village).items():
        if slug == until:
            break
        answer = client.post(f"{way}{slug}/", changes.get(slug, given))
        assert answer.status_code == 302, answer.content.decode()
    return way


def version_shown(page: str) -> str:
    """By which the check page's form tells what it showed."""
    found = re.search(r'name="versi" value="([^"]+)"', page)
    return found[1] if found else ""


def send(client: Client, way: str, given: dict[str, str] | None = None, **options: Any) -> Any:
    """Look at the check page and press its button."""
    shown = version_shown(client.get(f"{way}periksa/").content.decode())
    return client.post(f"{way}periksa/", {"versi": shown} | (given or {}), **options)
