"""JSON Schema as plain functions: whether a value is valid, without saying why. Some ten times as fast as jsonschema,
which stays the judge of whatever is not found valid here.

Of the keywords, those that our schemas use; a schema with any other one is valid for nothing here.
"""

import re
from collections.abc import Callable
from typing import Any

Check = Callable[[Any], bool]

_TYPES: dict[str, Check] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
_is_number = _TYPES["number"]


def compile_check(schema: dict[str, Any]) -> Check:
    """A function that is True for a value only if it has this schema."""
    checks = [_KEYWORDS[word](limit) if word in _KEYWORDS else _refuse for word, limit in schema.items()]
    if schema.keys() & {"properties", "additionalProperties"}:
        checks.append(_check_members(schema))

    def is_valid(value: Any) -> bool:
        for check in checks:  # noqa: SIM110  # a generator would cost as much again
            if not check(value):
                return False
        return True

    return is_valid


def _refuse(value: Any) -> bool:
    return False


def _accept(_limit: Any) -> Check:
    return lambda value: True


def _check_members(schema: dict[str, Any]) -> Check:
    known = {name: compile_check(inner) for name, inner in schema.get("properties", {}).items()}
    others = compile_check(schema.get("additionalProperties", {}))

    def has_valid_members(value: Any) -> bool:
        if isinstance(value, dict):
            for name, member in value.items():
                if not known.get(name, others)(member):
                    return False
        return True

    return has_valid_members


def _check_type(names: str | list[str]) -> Check:
    if isinstance(names, str):
        return _TYPES[names]
    checks = [_TYPES[name] for name in names]
    return lambda value: any(check(value) for check in checks)


def _check_items(schema: dict[str, Any]) -> Check:
    check = compile_check(schema)
    return lambda value: not isinstance(value, list) or all(map(check, value))


def _check_any(schemas: list[dict[str, Any]]) -> Check:
    checks = [compile_check(schema) for schema in schemas]
    return lambda value: any(check(value) for check in checks)


def _check_enum(allowed: list[Any]) -> Check:
    # True equals 1 in Python, and not in JSON
    kinds = {(type(item), item) for item in allowed if isinstance(item, str | bool | int | None)}
    return lambda value: isinstance(value, str | bool | int | None) and (type(value), value) in kinds


def _check_pattern(pattern: str) -> Check:
    search = re.compile(pattern).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _check_names(names: list[str]) -> Check:
    wanted = set(names)
    return lambda value: not isinstance(value, dict) or wanted <= value.keys()


_KEYWORDS: dict[str, Callable[[Any], Check]] = {
    "type": _check_type,
    "properties": _accept,  # see `_check_members`
    "additionalProperties": _accept,
    "items": _check_items,
    "anyOf": _check_any,
    "enum": _check_enum,
    "const": lambda value: _check_enum([value]),
    "pattern": _check_pattern,
    "required": _check_names,
    "maxProperties": lambda most: lambda value: not isinstance(value, dict) or len(value) <= most,
    "minItems": lambda least: lambda value: not isinstance(value, list) or len(value) >= least,
    "maxItems": lambda most: lambda value: not isinstance(value, list) or len(value) <= most,
    "minLength": lambda least: lambda value: not isinstance(value, str) or len(value) >= least,
    "maxLength": lambda most: lambda value: not isinstance(value, str) or len(value) <= most,
    "minimum": lambda least: lambda value: not _is_number(value) or value >= least,
    "maximum": lambda most: lambda value: not _is_number(value) or value <= most,
}
