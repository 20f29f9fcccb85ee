"""Validation of untrusted values against JSON Schema, with Indonesian messages that never quote the value."""

from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from jsonschema import Draft202012Validator

from visits.lib.schema_checks import Check, compile_check

MOST_ERRORS = 10

_MESSAGES: dict[str, Any] = {
    "required": _("Ada isian wajib yang belum ada."),
    "type": _("Jenis isian tidak sesuai."),
    "enum": _("Pilihan tidak dikenal."),
    "const": _("Isian tidak sesuai."),
    "pattern": _("Bentuk isian tidak sesuai."),
    "maxLength": _("Isian terlalu panjang."),
    "minLength": _("Isian terlalu pendek."),
    "maximum": _("Angka terlalu besar."),
    "minimum": _("Angka terlalu kecil."),
    "maxItems": _("Terlalu banyak isi."),
    "minItems": _("Isi masih kurang."),
}

UUID = {
    "type": "string",
    "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    "maxLength": 36,
}
SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$", "maxLength": 64}
MOMENT = {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}(Z|[+-][0-9]{2}:[0-9]{2})$",
    "maxLength": 35,
}
DATE = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "maxLength": 10}
COUNT = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
NUMBER_ID = {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}
JWS = {"type": "string", "minLength": 1, "maxLength": 65536}


def text_schema(longest: int, *, shortest: int = 0) -> dict[str, Any]:
    """Schema of a string of bounded length."""
    return {"type": "string", "minLength": shortest, "maxLength": longest}


def object_schema(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """Schema of an object with these members. Further members are allowed, as newer tablets may send more."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": sorted(required),
    }


def array_schema(schema: dict[str, Any], *, most: int, least: int = 0) -> dict[str, Any]:
    """Schema of an array of bounded length."""
    return {"type": "array", "items": schema, "minItems": least, "maxItems": most}


def nullable_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Schema of the value or null."""
    return {"anyOf": [schema, {"type": "null"}]}


POSITION = object_schema(
    {
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
        "lon": {"type": "number", "minimum": -180, "maximum": 180},
        "accuracy_m": {"type": "number", "minimum": 0, "maximum": 1e7},
    }
)


@lru_cache(maxsize=64)
def _cached_validator(key: int) -> Draft202012Validator:
    return Draft202012Validator(_SCHEMAS[key])


@lru_cache(maxsize=64)
def _cached_check(key: int) -> Check:
    return compile_check(_SCHEMAS[key])


_SCHEMAS: dict[int, dict[str, Any]] = {}


def list_errors(schema: dict[str, Any], value: Any) -> list[dict[str, str]]:
    """The errors of a value as `[{"field", "message"}]`, at most `MOST_ERRORS`; empty if it is valid."""
    _SCHEMAS[id(schema)] = schema  # schemas are constants of modules, so their identity lasts
    if _cached_check(id(schema))(value):
        return []
    found = []
    for error in _cached_validator(id(schema)).iter_errors(value):
        field = ".".join(str(part) for part in error.absolute_path)
        message = _MESSAGES.get(str(error.validator), _MESSAGES["const"])
        found.append({"field": field[:80], "message": str(message)})
        if len(found) == MOST_ERRORS:
            break
    return found
