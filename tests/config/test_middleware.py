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

    assert client.post("/status/", _large()).status_code == 302
    assert sum(written) == 3 * 1024 * 1024


CHARSETS = ["utf-7", "utf-16", "hex", "rot13", "undefined", "idna", "tidak-ada", "a" * 3000, ""]
BODIES = {
    "application/x-www-form-urlencoded": b"reference=a&secret=b",
    "multipart/form-data; boundary=x": b'--x\r\nContent-Disposition: form-data; name="secret"\r\n\r\na\r\n--x--\r\n',
    "application/json": b"{}",
}


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("charset", CHARSETS)
def test_a_body_in_an_odd_charset_is_refused_in_words(kind: str, charset: str) -> None:
    client = Client(enforce_csrf_checks=True)
    for address in ("/status/", "/permohonan/mulai/", "/admin/login/", "/bahasa/setlang/"):
        answer = client.generic("POST", address, BODIES[kind], content_type=f"{kind}; charset={charset}")

        assert answer.status_code == 400
        assert "Kiriman ini tidak terbaca" in answer.content.decode()


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8", '"utf-8"'])
def test_utf_8_by_any_of_its_names_is_read(charset: str) -> None:
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    client = Client()
    client.get("/status/")

    answer = client.generic("POST", "/status/", "reference=Ä&secret=b".encode(), content_type=kind)

    assert answer.status_code == 302
    assert "Ä" in client.get("/status/").content.decode()


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_charset_says_nothing_to_the_tablets_api(settings, charset: str) -> None:
    settings.ROOT_URLCONF = "tests.support.tablet_urls"
    for kind in ("application/json", "application/octet-stream"):
        answer = Client().generic(
            "PUT", f"/api/v1/devices/me/blobs/{'0' * 64}", b"{}", content_type=f"{kind}; charset={charset}"
        )
        assert answer.json()["code"] == "unauthenticated"
