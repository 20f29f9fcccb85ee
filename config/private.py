"""Permissions of our files: names and addresses are in the database in the clear, so others must not read it.

With FILES_GROUP the members of that group share everything but the keys, so that a worker under another
system user can read the records. Folders then pass the group on to new files (setgid).
"""

import grp
import logging
import os
import stat
from contextlib import suppress
from pathlib import Path

from django.conf import settings

OTHERS, STRANGERS = 0o077, 0o007
SHARED_FOLDER = 0o2770
logger = logging.getLogger(__name__)


def shared_group_id() -> int | None:
    """The id of the group that shares our files; None if there is none."""
    with suppress(KeyError):
        return grp.getgrnam(settings.FILES_GROUP).gr_gid if settings.FILES_GROUP else None
    return None


def list_private_paths() -> list[Path]:
    """Our folders, and the SQLite file with the files beside it."""
    folders = [settings.DATA_DIR, settings.KEYS_DIR, settings.RECORDS_DIR]
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        return folders
    return [*folders, *(Path(f"{database['NAME']}{end}") for end in ("", "-journal", "-wal", "-shm"))]


def _is_open(status: os.stat_result, shut: int) -> bool:
    # a folder with the sticky bit, as /tmp, is everybody's: to shut it would harm others
    return bool(status.st_mode & shut) and not status.st_mode & stat.S_ISVTX


def remove_others_access(places: list[Path], *, shut: int = OTHERS) -> list[Path]:
    """Remove others' access from our files. Returns the places that are open and belong to somebody else."""
    left: list[Path] = []
    for place in places:
        try:
            status = place.stat()
            if not _is_open(status, shut):
                continue
            if status.st_uid != os.geteuid():
                left.append(place)
                continue
            place.chmod(stat.S_IMODE(status.st_mode) & ~shut)
        except FileNotFoundError:  # not made yet, or a journal that is gone again
            continue
    return left


def share_with_group(places: list[Path], gid: int) -> list[Path]:
    """Give the group read and write access. Returns the places whose group we may not change."""
    left: list[Path] = []
    for place in places:
        try:
            status = place.stat()
            if status.st_uid != os.geteuid() or status.st_mode & stat.S_ISVTX:
                continue
            if status.st_gid != gid:
                os.chown(place, -1, gid)
            place.chmod(SHARED_FOLDER if stat.S_ISDIR(status.st_mode) else 0o660)
        except FileNotFoundError:
            continue
        except PermissionError:  # we are no member of the group
            left.append(place)
    return left


def secure_process_files() -> None:
    """Called at the start of every process: set the umask, close open files, share with the group, log what
    stays open."""
    gid = shared_group_id()
    if gid is None:
        os.umask(OTHERS)
        left = remove_others_access(list_private_paths())
    else:
        os.umask(STRANGERS)
        with suppress(OSError):  # a disk that is not there is said by the checks
            settings.RECORDS_DIR.mkdir(parents=True, exist_ok=True)
        shared = [place for place in list_private_paths() if place != settings.KEYS_DIR]
        left = remove_others_access(shared, shut=STRANGERS) + remove_others_access([settings.KEYS_DIR])
        for place in share_with_group(shared, gid):
            logger.warning("%s cannot be given to the group of FILES_GROUP", place.name or place)
    for place in left:
        logger.warning(
            "%s can be read by others and belongs to another user: chmod go= it", place.name or place
        )
