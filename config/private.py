"""Files that others on this machine cannot read: names and addresses lie in the database in the clear."""

import logging
import os
import stat
from pathlib import Path

from django.conf import settings

OTHERS = 0o077
logger = logging.getLogger(__name__)


def places() -> list[Path]:
    """Our folders, and the SQLite file with what SQLite writes beside it."""
    folders = [settings.DATA_DIR, settings.KEYS_DIR, settings.RECORDS_DIR]
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        return folders
    return [*folders, *(Path(f"{database['NAME']}{end}") for end in ("", "-journal", "-wal", "-shm"))]


def _is_open(status: os.stat_result) -> bool:
    # a folder with the sticky bit, as /tmp, is everybody's: to shut it would harm others
    return bool(status.st_mode & OTHERS) and not status.st_mode & stat.S_ISVTX


def tighten(places: list[Path]) -> list[Path]:
    """Shut for others what exists and is ours; those places that are open and belong to somebody else."""
    left: list[Path] = []
    for place in places:
        try:
            status = place.stat()
            if not _is_open(status):
                continue
            if status.st_uid != os.geteuid():
                left.append(place)
                continue
            place.chmod(stat.S_IMODE(status.st_mode) & ~OTHERS)
        except FileNotFoundError:  # not made yet, or a journal that is gone again
            continue
    return left


def keep() -> None:
    """At the start of every process: what it makes is its user's alone, what lies open is shut or named."""
    os.umask(OTHERS)
    for place in tighten(places()):
        logger.warning(
            "%s can be read by others and belongs to another user: chmod go= it", place.name or place
        )
