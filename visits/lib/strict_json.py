"""Strict JSON parsing, and a canonical serialisation that always gives the same bytes."""

import json
import math
import re
from hashlib import sha256
from typing import Any

MAX_DEPTH = 16
_NOT_STORED = re.compile("[\x00\ud800-\udfff]")  # NUL and lone surrogates


class JsonError(ValueError):
    """The bytes are not accepted as JSON. The message names the rule and quotes no content."""


def _check_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise JsonError("a name appears twice in one object")
    return result


def _refuse_constant(_: str) -> Any:
    raise JsonError("NaN and Infinity are not JSON")


def _parse_number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise JsonError("a number is out of range")
    return number


def _parse_integer(text: str) -> int:
    if len(text) > 19:
        raise JsonError("a number is out of range")
    return int(text)


def _check_value(value: Any, depth: int) -> None:
    """Check depth, and characters that the database cannot store."""
    if depth > MAX_DEPTH:
        raise JsonError("nested too deep")
    if isinstance(value, str):
        if _NOT_STORED.search(value):
            raise JsonError("a text holds a character that is not allowed")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_value(key, depth)
            _check_value(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check_value(item, depth + 1)


def parse_json(raw: bytes) -> Any:
    """Parse UTF-8 JSON. Raises `JsonError` for NaN, repeated names, huge numbers, lone surrogates, NUL, and
    depth over `MAX_DEPTH`."""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_check_pairs,
            parse_constant=_refuse_constant,
            parse_float=_parse_number,
            parse_int=_parse_integer,
        )
    except JsonError:
        raise
    except RecursionError:
        raise JsonError("nested too deep") from None
    except ValueError:
        raise JsonError("not JSON in UTF-8") from None
    _check_value(value, 0)
    return value


def canonical_json(value: Any) -> bytes:
    """Canonical bytes: names sorted, no white space, UTF-8."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def content_sha256(value: Any) -> str:
    """SHA-256 of the canonical bytes, hexadecimal."""
    return sha256(canonical_json(value)).hexdigest()
