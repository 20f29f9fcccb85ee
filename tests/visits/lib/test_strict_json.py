"""What comes from outside is JSON by a strict reading, and the same content gives the same bytes."""

import pytest

from visits.lib import strict_json


def test_plain_json_is_read():
    assert strict_json.parse_json(b'{"a": [1, 2.5, null, true, "\xc3\xa9"]}') == {
        "a": [1, 2.5, None, True, "é"]
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"NaN",
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": 1, "a": 2}',
        b'"\\ud800"',
        b'{"\\u0000": 1}',
        b'["\\u0000"]',
        b"[" * 40 + b"]" * 40,
        b"[" * 500_000,
        b'{"a":' * 100_000,
    ],
)
def test_everything_else_is_refused_in_our_words(raw):
    with pytest.raises(strict_json.JsonError) as refused:
        strict_json.parse_json(raw)
    assert len(str(refused.value)) < 60


def test_canonical_bytes_do_not_depend_on_the_order_of_names():
    assert strict_json.canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    assert strict_json.content_sha256({"b": 1, "a": 2}) == strict_json.content_sha256({"a": 2, "b": 1})


def test_canonical_refuses_what_is_not_json():
    with pytest.raises(ValueError, match="JSON"):
        strict_json.canonical_json({"a": float("nan")})
