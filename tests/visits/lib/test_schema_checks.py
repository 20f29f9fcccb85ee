"""The fast checks of JSON Schema against jsonschema: never valid where that finds an error."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from visits.enums import EventKind
from visits.lib import shapes as words
from visits.lib.schema_checks import compile_check
from visits.sync import shapes

SCHEMAS: list[dict[str, Any]] = [
    *shapes.EVENT_OF.values(),
    *(shapes.EVENTS, shapes.OFFER, shapes.STATUS, shapes.MANIFEST, shapes.FORM, shapes.EVENT_NUMBER),
    {"enum": [1, "1", None, False]},
    {"const": 1},
    {"type": ["integer", "null"], "minimum": 2, "maximum": 5},
    {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": 3},
    {"properties": {"a": {"type": "boolean"}}, "additionalProperties": words.COUNT, "maxProperties": 2},
]
_PLAIN = st.none() | st.booleans() | st.integers(-3, 6) | st.floats(allow_nan=False) | st.text(max_size=5)
_ANY = st.recursive(
    _PLAIN | st.sampled_from(["2026-01-01", "0" * 64, "note", "2026-01-01T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


def _fill(draw: st.DrawFn, schema: dict[str, Any]) -> Any:
    """A value that is near to this schema."""
    if draw(st.integers(0, 30)) == 0:
        return draw(_ANY)
    if "anyOf" in schema:
        return _fill(draw, draw(st.sampled_from(schema["anyOf"])))
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    if "properties" in schema:
        names = [name for name in schema["properties"] if draw(st.integers(0, 20))]
        return {name: _fill(draw, schema["properties"][name]) for name in names}
    if schema.get("type") == "array":
        return [_fill(draw, schema["items"]) for _ in range(draw(st.integers(0, 3)))]
    if "pattern" in schema:
        return draw(st.from_regex(schema["pattern"]))
    kinds = {"string": st.text(max_size=3), "integer": st.integers(0, 9), "number": st.floats(-9, 9)}
    return draw(kinds.get(str(schema.get("type")), _ANY))


@st.composite
def values(draw: st.DrawFn, schema: dict[str, Any]) -> Any:
    return _fill(draw, schema)


@pytest.mark.parametrize("number", range(len(SCHEMAS)))
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_valid_here_is_valid_by_jsonschema_too(number, data):
    schema = SCHEMAS[number]
    value = data.draw(values(schema) | _ANY)
    if compile_check(schema)(value):
        assert Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize(
    ("schema", "value", "valid"),
    [
        ({"enum": [1]}, True, False),
        ({"const": True}, 1, False),
        ({"const": True}, True, True),
        ({"type": "integer"}, True, False),
        ({"type": "number"}, 1.5, True),
        ({"type": "string", "pattern": "^a$"}, "b", False),
        ({"type": "object", "required": ["a"]}, {"b": 1}, False),
        ({"additionalProperties": {"type": "null"}}, {"a": None}, True),
        ({"additionalProperties": {"type": "null"}}, {"a": 1}, False),
        ({"type": "object", "maxProperties": 1}, {"a": 1, "b": 1}, False),
        ({"type": "array", "items": words.COUNT, "maxItems": 1}, [1, 2], False),
        ({"unknown": 1}, 1, False),
    ],
)
def test_a_value_and_whether_it_is_valid(schema, value, valid):
    assert compile_check(schema)(value) is valid


def test_what_tablets_send_needs_no_second_judge(tablet, sealed, visit, officer):
    event = tablet.event("arrived", visit=str(visit.pk), officer=officer.pk)
    for schema, value in (
        (shapes.MANIFEST, sealed.payload),
        (shapes.OFFER, {"manifest": sealed.manifest}),
        (shapes.EVENTS, {"events": [event]}),
        (shapes.EVENT_NUMBER, event),
        (shapes.EVENT_OF[EventKind.ARRIVED], event),
    ):
        assert compile_check(schema)(value)
