from typing import Any

import pytest
from django.db import connection

from config.database import database


def test_sqlite_takes_its_lock_first_and_waits_half_a_minute():
    options = database({"ENGINE": "django.db.backends.sqlite3", "NAME": "x"})["OPTIONS"]
    assert (options["transaction_mode"], options["timeout"]) == ("IMMEDIATE", 30)


def test_postgres_waits_no_longer_than_sqlite_for_a_lock():
    parsed: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "NAME": "x"}
    assert database(parsed)["OPTIONS"]["options"].startswith("-c lock_timeout=30s ")


def test_what_the_url_says_about_options_stands():
    parsed = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {"options": "-c lock_timeout=5s"}}
    assert database(parsed)["OPTIONS"]["options"] == "-c lock_timeout=5s"


@pytest.mark.django_db
def test_the_connection_has_these_limits():
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    with connection.cursor() as cursor:
        found = []
        for name in ("lock_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SHOW {name}")
            found.append(cursor.fetchone()[0])
    assert found == ["30s", "5min"]
