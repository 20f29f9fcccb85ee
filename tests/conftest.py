"""Fixtures for every test: a database with the schema, keys in a folder of the run."""

from pathlib import Path

import pytest

from outreach import vault


@pytest.fixture(autouse=True)
def _own_keys(tmp_path: Path, settings) -> None:
    settings.FIELD_KEYS_FILE = tmp_path / "keys" / "field_keys.json"
    vault.ring.cache_clear()
