import pytest
from django.test import Client

from outreach import vault
from outreach.models import LogEntry, Resident
from tests.factories.outreach import NeedFactory, ResidentFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/outreach/resident/"
NIK = "3519015705500001"


def _resident(**options) -> Resident:
    row = ResidentFactory(nik_index=vault.blind_index("nik", NIK), **options)
    vault.seal_field(row, "nik", NIK)
    row.save()
    return row


def test_nothing_is_for_the_anonymous(client: Client) -> None:
    row = _resident()
    for path in (LIST, f"{LIST}{row.pk}/"):
        assert client.get(path).headers["Location"].startswith("/admin/login/")
    for path in ("lokasi/", "buka/"):
        assert client.post(f"{LIST}{row.pk}/{path}").headers["Location"].startswith("/admin/login/")


def test_looking_locating_and_opening_are_permissions_apart(login) -> None:
    client, row = login("view_resident"), _resident()
    page = client.get(f"{LIST}{row.pk}/").content.decode()
    assert "Simpan lokasi" not in page
    assert "Buka data terkunci" not in page
    for path in ("lokasi/", "buka/"):
        assert client.post(f"{LIST}{row.pk}/{path}").status_code == 403


def test_the_list_takes_the_same_queries_for_one_and_three_rows(
    coordinator: Client, django_assert_num_queries
) -> None:
    for _ in (1, 2):
        NeedFactory()
        with django_assert_num_queries(7):
            coordinator.get(LIST)
        NeedFactory()


@pytest.mark.parametrize("typed", ["sulas", NIK])
def test_a_search_finds_by_name_or_nik(coordinator: Client, typed: str) -> None:
    _resident(name="Sulastri")
    ResidentFactory(name="Bambang")

    page = coordinator.post(LIST, {"cari": typed}).content.decode()

    assert ("<strong>Sulastri</strong>" in page, "<strong>Bambang</strong>" in page) == (True, False)


def test_numbers_are_masked_until_they_are_opened(coordinator: Client) -> None:
    row = _resident()
    assert NIK not in coordinator.get(f"{LIST}{row.pk}/").content.decode()

    assert NIK in coordinator.post(f"{LIST}{row.pk}/buka/").content.decode()
    assert LogEntry.objects.filter(action="sealed_revealed", subject_id=str(row.pk)).count() == 1


def test_a_home_is_put_on_the_map(coordinator: Client) -> None:
    row = _resident()

    answer = coordinator.post(f"{LIST}{row.pk}/lokasi/", {"latitude": "-7,61", "longitude": "111.52"})

    assert answer.headers["Location"] == f"{LIST}{row.pk}/"
    row.refresh_from_db()
    assert (row.latitude, row.longitude, row.location_source) == (-7.61, 111.52, "pin")


@pytest.mark.parametrize(
    ("latitude", "longitude", "message"),
    [
        ("", "", "Isi lintang dan bujur, atau pilih di peta."),
        ("utara", "111", "Tulis angka"),
        ("111", "-7", "lintang dan bujur tertukar"),
        ("nan", "111", "Tulis angka"),
    ],
)
def test_a_bad_point_is_told_and_kept_for_correction(
    coordinator: Client, latitude: str, longitude: str, message: str
) -> None:
    row = _resident()

    answer = coordinator.post(f"{LIST}{row.pk}/lokasi/", {"latitude": latitude, "longitude": longitude})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    assert not latitude or f'value="{latitude}"' in page
    row.refresh_from_db()
    assert row.location_source == "village"


def test_the_map_starts_at_plain_numbers(coordinator: Client) -> None:
    row = _resident()
    assert (
        f'data-start="{row.latitude},{row.longitude}"' in coordinator.get(f"{LIST}{row.pk}/").content.decode()
    )
