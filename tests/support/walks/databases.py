"""Databases of walks: a copy of the template each, which can be put back to what it was at an earlier moment."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import environ
from django.db import connections
from django.test import override_settings

from config.database import complete_database_settings
from outreach import vault
from tests.support.databases import Template


class WalkDatabase:
    """A SQLite file that only one walk works on."""

    def __init__(self, folder: Path, *, template: Template) -> None:
        self.folder = folder
        self._url = template.copy(folder)
        self._file = folder / "jemput-bola.sqlite3"

    @contextmanager
    def opened(self, unblocked: Callable[[], AbstractContextManager[Any]]) -> Iterator[None]:
        """Within, models and services work on it, with keys of its own."""
        ours, our_settings = connections["default"], connections.settings["default"]
        parsed: dict[str, Any] = dict(environ.Env.db_url_config(self._url))
        connections.settings["default"] = {**our_settings, **complete_database_settings(parsed)}
        theirs = connections["default"] = connections.create_connection("default")
        vault.load_key_ring.cache_clear()
        keys = self.folder / "keys"
        paths = {
            "KEYS_DIR": keys,
            "FIELD_KEYS_FILE": keys / "field_keys.json",
            "RECORDS_DIR": self.folder / "records",
        }
        try:
            with unblocked(), override_settings(**paths):
                yield
        finally:
            theirs.close()
            connections["default"], connections.settings["default"] = ours, our_settings
            vault.load_key_ring.cache_clear()

    def dump(self) -> Path:
        """A copy of what it holds now."""
        connections["default"].close()
        return Path(shutil.copy(self._file, self.folder / "dump.sqlite3"))

    def restore(self, dump: Path) -> None:
        """What was written since the dump is gone."""
        connections["default"].close()
        shutil.copy(dump, self._file)
