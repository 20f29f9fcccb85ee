"""What PostgreSQL writes about statements that failed holds no value of a person."""

import pytest

from tests.support.server_log import find_values

CLEAN = [
    "2026-12-04 11:45:00.123 UTC [4711] LOG:  database system is ready to accept connections",
    'ERROR:  duplicate key value violates unique constraint "outreach_visitrequest_form_token_key"',
    "DETAIL:  Key (form_token)=(0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0) already exists.",
    'STATEMENT:  INSERT INTO "outreach_resident" ("name", "nik_index") VALUES ($1, $2)',
]


def test_a_log_with_statements_alone_is_clean():
    assert find_values(CLEAN) == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("STATEMENT:  INSERT INTO t VALUES ('3519015705500001')", "a NIK or family card"),
        ("STATEMENT:  SELECT 1 WHERE phone = '081234567890'", "a phone"),
        ("STATEMENT:  UPDATE t SET phone = '+6281234567890'", "a phone"),
        ("STATEMENT:  INSERT INTO t VALUES ('Warga Contoh 12')", "a name"),
        ("DETAIL:  Failing row contains (1, null, x).", "a row"),
        ("CONTEXT:  unnamed portal with parameters: $1 = 'x'", "parameters"),
    ],
)
def test_a_value_is_seen(line: str, what: str):
    assert find_values([*CLEAN, line]) == [f"line 5: {what}"]
