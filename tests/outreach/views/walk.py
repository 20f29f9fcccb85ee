"""Walks through the request form as a browser does, for the tests of its views."""

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


def fill(client: Client, village: Village, *, until: str = "", **changes: dict[str, Any]) -> None:
    """Begin, and answer the pages before `until` (all by default), with changed answers for some."""
    assert client.post("/permohonan/mulai/").status_code == 302
    for slug, given in of(village).items():
        if slug == until:
            return
        answer = client.post(f"/permohonan/{slug}/", changes.get(slug, given))
        assert answer.status_code == 302, answer.content.decode()
