import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_browser_set_to_english_still_gets_indonesian() -> None:
    page = Client().get("/", headers={"accept-language": "en-US,en;q=0.9"})

    assert '<html lang="id">' in page.content.decode()


@pytest.mark.parametrize(("cookie", "language"), [("en", "en"), ("id", "id"), ("xx", "id"), ("", "id")])
def test_the_language_switch_counts(cookie: str, language: str) -> None:
    client = Client()
    client.cookies["django_language"] = cookie

    assert f'<html lang="{language}">' in client.get("/").content.decode()


@pytest.fixture
def written(monkeypatch) -> list[int]:
    """The sizes of the pieces of uploads that reach the disk."""
    pieces: list[int] = []
    keep = TemporaryFileUploadHandler.receive_data_chunk

    def noted(self, raw_data: bytes, start: int) -> None:
        pieces.append(len(raw_data))
        keep(self, raw_data, start)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", noted)
    return pieces


def _large() -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("foto.jpg", b"x" * 3 * 1024 * 1024)}


@pytest.mark.parametrize("address", ["/status/", "/admin/login/", "/admin/visits/capture/terima/"])
def test_a_strangers_large_upload_never_reaches_the_disk(written: list[int], address: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(address, _large())

    assert answer.status_code == 400
    assert written == []


def test_staff_may_bring_a_large_file(written: list[int], client: Client) -> None:
    client.force_login(User.objects.create_user("petugas", is_staff=True))

    assert client.post("/status/", _large()).status_code == 200
    assert sum(written) == 3 * 1024 * 1024
