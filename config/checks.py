"""System checks: an installation that cannot work says so before it serves, each with a number and a way out."""

import math
import os
import sqlite3
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError

from config import private
from visits.keys import missing_keys

DOORS = {"public", "admin", "tablet"}
# Older versions can lose a write-ahead log under a reader (the "WAL-reset bug").
SAFE_WAL = (3, 51, 3)
MOST_NICE = 19  # the lowest priority that the kernel knows


@register(Tags.async_support)
def queue_check(*, app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """A task must not be handed out again while its first run may still be going on or waiting in memory."""
    queue: dict[str, Any] = settings.Q_CLUSTER
    rounds = 1 + math.ceil((queue["queue_limit"] + 1) / queue["workers"])
    least = queue["timeout"] * rounds + 60
    if queue["retry"] > least:
        return []
    return [
        Error(
            f"Q_CLUSTER: retry is {queue['retry']} s; a task could be started twice.",
            hint=f"timeout * (1 + ceil((queue_limit + 1) / workers)) + 60 = {least}: make retry larger than that.",
            id="config.E001",
        )
    ]


@register(Tags.async_support)
def niceness_check(*, app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """The worker steps back for tablets and pages, never before them."""
    if 0 <= settings.WORKER_NICE <= MOST_NICE:
        return []
    return [
        Error(
            f"WORKER_NICE is {settings.WORKER_NICE}: the worker cannot step back by that.",
            hint=f"A number from 0 (not at all) to {MOST_NICE}.",
            id="config.E028",
        )
    ]


@register(Tags.urls)
def doors_check(*, app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """The tablet's keys live on an origin of their own: a hole in a public page must not reach them."""
    doors = set(settings.DOORS)
    if doors - DOORS or not doors:
        return [
            Error(
                f"DOORS names {', '.join(sorted(doors - DOORS)) or 'no door'}.",
                hint="Use public,admin or tablet.",
                id="config.E002",
            )
        ]
    if "tablet" in doors and doors != {"tablet"}:
        return [
            Error(
                "DOORS opens the tablet together with other doors on one origin.",
                hint="Start a process of its own with DOORS=tablet, on a port or host of its own.",
                id="config.E003",
            )
        ]
    return []


@register(Tags.files)
def data_dir_check(*, app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Database, files and keys need folders that we can write and that others cannot read."""
    found: list[CheckMessage] = []
    if not settings.DATA_DIR.is_dir() or not os.access(settings.DATA_DIR, os.W_OK):
        found.append(
            Error(
                "DATA_DIR is not a folder that this process can write.",
                hint="Create it or set DATA_DIR to another one.",
                id="config.E004",
            )
        )
    elif settings.DATA_DIR.stat().st_mode & (0o077 if private.shared_group_id() is None else 0o007):
        found.append(
            Warning("DATA_DIR can be read by other users.", hint="chmod 700 the folder.", id="config.W011")
        )
    keys = settings.KEYS_DIR
    if keys.is_dir() and keys.stat().st_mode & 0o077:
        found.append(
            Warning("KEYS_DIR can be read by other users.", hint="chmod 700 the folder.", id="config.W005")
        )
    return found


@register(Tags.files)
def files_group_check(*, app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """A group that shares our files has to be there, and we in it."""
    if not settings.FILES_GROUP:
        return []
    gid = private.shared_group_id()
    if gid is None:
        return [
            Warning(
                f"FILES_GROUP: there is no group {settings.FILES_GROUP} on this machine; nobody shares our files.",
                hint="groupadd it and put both users into it, or unset FILES_GROUP.",
                id="config.W022",
            )
        ]
    if os.geteuid() and gid not in {os.getegid(), *os.getgroups()}:
        return [
            Warning(
                f"FILES_GROUP: the user of this process is no member of {settings.FILES_GROUP}.",
                hint="usermod -aG it to this user, then start anew.",
                id="config.W023",
            )
        ]
    return []


@register(Tags.database)
def sqlite_check(
    *, app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """SQLite: writers take turns from the start of a transaction, and no write-ahead log on an unsafe
    version."""
    given = settings.DATABASES["default"]
    if not given["ENGINE"].endswith("sqlite3"):
        return []
    options_given = given.get("OPTIONS", {})
    found: list[CheckMessage] = []
    if options_given.get("transaction_mode") != "IMMEDIATE" or settings.DATABASES["default"].get(
        "ATOMIC_REQUESTS"
    ):
        found.append(
            Error(
                "SQLite would fail with 'database is locked' under several processes.",
                hint="Keep transaction_mode IMMEDIATE and ATOMIC_REQUESTS off (config/database.py).",
                id="config.E006",
            )
        )
    wal = "journal_mode=wal" in options_given.get("init_command", "").replace(" ", "").lower()
    if wal and sqlite3.sqlite_version_info < SAFE_WAL:
        found.append(
            Error(
                f"SQLite {sqlite3.sqlite_version} can lose data in WAL mode.",
                hint="Keep journal_mode=DELETE, or use SQLite 3.51.3 or PostgreSQL.",
                id="config.E007",
            )
        )
    return found


@register(Tags.security, deploy=True)
def deploy_check(*, app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Before an office goes live."""
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(Error("DEBUG is on.", hint="Unset DEBUG.", id="config.E008"))
    if not settings.HTTPS:
        found.append(
            Error("HTTPS is off: names and NIK would travel in the clear.", hint="HTTPS=on", id="config.E009")
        )
    if set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}:
        found.append(
            Warning(
                "ALLOWED_HOSTS names only this machine.",
                hint="Set it to the host names residents, officers and tablets use.",
                id="config.W010",
            )
        )
    if not settings.OFFICE_PHONE:
        found.append(
            Error(
                "OFFICE_PHONE is not set: residents are told to report to the office, and not how.",
                hint="Set it to the number that the office answers.",
                id="config.E021",
            )
        )
    return found


@register(Tags.security, deploy=True)
def proxy_check(*, app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """HTTPS means a proxy, behind which everybody has its address unless it says whose request it is."""
    if not settings.HTTPS:
        return []
    unset = [
        name
        for name, given in (
            ("CLIENT_ADDRESS_HEADER", settings.CLIENT_ADDRESS_HEADER),
            ("PROXIES", settings.REST_FRAMEWORK["NUM_PROXIES"]),
        )
        if not given
    ]
    return [
        Warning(
            f"{name} is not set: behind the proxy everybody has one address, and shares its limits.",
            hint="CLIENT_ADDRESS_HEADER=X-Real-IP PROXIES=1, and a proxy as in config/readme/nginx.conf.",
            id="config.W026",
        )
        for name in unset
    ]


@register(Tags.security, deploy=True)
def keys_check(*, app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Without its keys nothing that is sealed can be read, whatever the backup of the database holds."""
    try:
        missing = missing_keys.list_missing_keys()
    except DatabaseError:
        return []  # no database or no tables yet; `serve` and /readyz say so
    return [Error(f"{sentence}.", hint="See Backup in the README.", id="config.E027") for sentence in missing]
