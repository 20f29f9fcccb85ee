"""A full disk is told as busy wherever a request meets it: in a session, in an upload, in a page."""

import errno
import os
import tempfile

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from config.busy import is_passing
from tests.factories.outreach import VillageFactory
from tests.outreach.views.walk import fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    """Sees what a browser would see."""
    return Client(raise_request_exception=False)


@pytest.fixture
def full_disk(monkeypatch):
    """Of the database, for as long as the block lasts: SQLite as it is, PostgreSQL by its own error."""

    def refuse(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE")):
            raise OperationalError("could not extend file: No space left on device")
        return execute(sql, params, many, context)

    return lambda: connection.execute_wrapper(refuse)


def test_the_first_press_of_a_family_on_a_full_disk_is_told_as_busy(browser: Client, full_disk):
    with full_disk():
        assert browser.get("/").status_code == 200
        answer = browser.post("/permohonan/mulai/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Sistem kami sedang sibuk" in answer.content.decode()


def test_a_session_that_cannot_be_saved_is_told_as_busy_and_the_form_goes_on_later(
    browser: Client, full_disk
):
    way = fill(browser, VillageFactory(), until="keadaan")
    with full_disk():
        assert browser.post(f"{way}keadaan/", {"kind": "sick"}).status_code == 503
    assert browser.post(f"{way}keadaan/", {"kind": "sick"}).status_code == 302


def test_a_login_on_a_full_disk_is_told_as_busy(browser: Client, full_disk):
    User.objects.create_user("koordinator", password="rahasia-uji-9", is_staff=True)
    with full_disk():
        answer = browser.post("/admin/login/", {"username": "koordinator", "password": "rahasia-uji-9"})
    assert answer.status_code == 503


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_an_upload_that_finds_no_room_is_told_as_busy(browser: Client, monkeypatch, code: int):
    browser.force_login(User.objects.create_user("petugas", is_staff=True))

    def refuse(*args, **kwargs):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(tempfile, "_TemporaryFileWrapper", refuse)
    monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", refuse)
    answer = browser.post("/status/", {"file": SimpleUploadedFile("foto.jpg", b"x" * 3 * 1024 * 1024)})
    assert answer.status_code == 503


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (OperationalError(), True),
        (InterfaceError(), True),
        (OSError(errno.ENOSPC, ""), True),
        (FileNotFoundError(errno.ENOENT, ""), False),
        (ValueError(), False),
        (None, False),
    ],
)
def test_only_what_passes_is_busy(error: Exception | None, passing: bool):
    assert is_passing(error) is passing
