"""The key ring: made once for an empty office, and never made again over what is sealed."""

from pathlib import Path

import pytest

from outreach import vault
from outreach.lib.crypto import KeyRingError

pytestmark = pytest.mark.django_db

read = vault.load_key_ring.__wrapped__  # as a process that starts now reads it


@pytest.fixture
def path(settings, tmp_path: Path) -> Path:
    path = tmp_path / "field_keys.json"
    settings.FIELD_KEYS_FILE = path
    return path


def test_an_empty_office_gets_a_ring_that_only_it_can_read(path: Path) -> None:
    made = read()

    assert read() == made
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_lost_ring_is_asked_for_and_no_new_one_takes_its_place(path: Path) -> None:
    vault.create_person_key()
    path.unlink()

    with pytest.raises(KeyRingError, match="missing: put back"):
        read()
    assert not path.exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"current": "k2", "keys": {}, "index_key": ""}',
        '{"current": "k1", "keys": {"k1": "AAAA"}, "index_key": "AAAA"}',
    ],
)
def test_a_spoilt_ring_says_so_and_stays_as_it_is(path: Path, text: str) -> None:
    path.write_text(text)

    with pytest.raises(KeyRingError, match="put back"):
        read()
    assert path.read_text() == text
