from typing import Any

import pytest
from django.db import connection

from config.database import complete_database_settings


def test_sqlite_takes_its_lock_first_and_waits_half_a_minute():
    options = complete_database_settings({"ENGINE": "django.db.backends.sqlite3", "NAME": "x"})["OPTIONS"]
    assert (options["transaction_mode"], options["timeout"]) == ("IMMEDIATE", 30)


def test_postgres_waits_no_longer_than_sqlite_for_a_lock():
    parsed: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "NAME": "x"}
    assert complete_database_settings(parsed)["OPTIONS"]["options"].startswith("-c lock_timeout=30s ")


def test_postgres_gets_values_apart_from_statements_and_a_dead_server_is_given_up():
    parsed: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "NAME": "x"}
    options = complete_database_settings(parsed)["OPTIONS"]
    assert options["server_side_binding"] is True
    assert "log_parameter_max_length_on_error=0" in options["options"]
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == (10, 30_000)


def test_what_the_url_says_about_options_stands():
    parsed = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {"options": "-c lock_timeout=5s"}}
    assert complete_database_settings(parsed)["OPTIONS"]["options"] == "-c lock_timeout=5s"


LIMITS: dict[str, dict[str, Any]] = {
    "postgresql": {
        "SHOW lock_timeout": "30s",
        "SHOW idle_in_transaction_session_timeout": "5min",
        "SHOW log_parameter_max_length_on_error": "0",
        "SHOW jit": "off",
    },
    "sqlite": {"PRAGMA busy_timeout": 30_000, "PRAGMA secure_delete": 1},
}


@pytest.mark.django_db
def test_the_connection_has_these_limits():
    limits = LIMITS[connection.vendor]
    found = {}
    with connection.cursor() as cursor:
        for question in limits:
            cursor.execute(question)
            found[question] = cursor.fetchone()[0]
    assert found == limits
