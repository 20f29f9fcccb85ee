"""What `serve` sees to before anything starts."""

import pytest

from config.processes import make_capture_keys
from visits.enums import KeyRole
from visits.keys import key_files, office_keys
from visits.models import PublicKey

pytestmark = pytest.mark.django_db


def test_a_fresh_office_gets_the_keys_that_open_records_once(settings):
    said: list[str] = []
    for _ in range(2):
        make_capture_keys(say=said.append)

    assert sorted(PublicKey.objects.values_list("role", flat=True)) == [KeyRole.CAPTURE, KeyRole.WORKER]
    assert said == [
        f"Made the keys that open records: {settings.KEYS_DIR / 'worker'}. Keep a copy apart from this machine."
    ]
    assert key_files.load_private_key(KeyRole.CAPTURE, office_keys.current_key(KeyRole.CAPTURE).kid)


def test_where_another_user_holds_the_keys_the_command_is_named(settings, tmp_path):
    settings.CAPTURE_PRIVATE_KEYS_DIR = str(tmp_path / "worker")
    said: list[str] = []
    make_capture_keys(say=said.append)

    assert not PublicKey.objects.exists()
    assert "manage.py capture_keys create" in said[0]
