"""Anything that the OpenAPI file allows, and much that it forbids: never an error of ours, always our answers."""

import json
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode

from outreach.models import Throttle
from visits.api import throttles

FILE = Path(__file__).resolve().parents[3] / "visits" / "api" / "openapi.yaml"
SCHEMA = schemathesis.openapi.from_path(FILE)
OPERATIONS: dict[str, Any] = {}
for made in SCHEMA.get_all_operations():
    operation: Any = made
    OPERATIONS[operation.ok().label] = operation.ok()
DOCUMENT = SCHEMA.raw_schema
SECONDS_EACH = 1.0


def _send(tablet, case):
    """The case over the test client, with the tablet's token."""
    headers = {
        k: v for k, v in (case.headers or {}).items() if k.lower() not in ("authorization", "content-type")
    }
    query = "&".join(f"{k}={v}" for k, v in (case.query or {}).items() if isinstance(v, str) and v.isalnum())
    path = case.formatted_path.removeprefix("/api/v1") + (f"?{query}" if query else "")
    body = case.body
    if isinstance(body, bytes):
        raw = body
    elif isinstance(body, schemathesis.core.NotSet):
        raw = b""
    else:
        raw = json.dumps(body, default=str).encode(errors="replace")
    ascii_headers = {
        k.replace("-", "_"): v
        for k, v in headers.items()
        if isinstance(v, str) and v.isprintable() and v.isascii()
    }
    return tablet.call(
        case.method, path, raw=raw, content_type=case.media_type or "application/json", **ascii_headers
    )


def _check(case, answer):
    assert answer.status < 500, (case.method, case.path, answer.body[:300])
    responses = case.operation.definition.raw["responses"]
    assert str(answer.status) in responses or answer.status == 405, (case.path, answer.status)
    if answer.status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        problem = DOCUMENT["components"]["schemas"]["Problem"]
        jsonschema.validate(answer.json, problem)
    elif answer.body:
        content = responses[str(answer.status)]["content"]["application/json"]["schema"]
        jsonschema.validate(answer.json, {**content, "components": DOCUMENT["components"]})


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"]
)
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_no_input_makes_an_error_of_ours(tablet, visit, label, mode):
    operation = OPERATIONS[label]
    tablet.sequence = 0
    until = time.monotonic() + SECONDS_EACH
    tried: list[int] = []

    @settings(
        max_examples=60,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def fuzz(case):
        if len(tried) >= 3 and time.monotonic() > until:  # a few even on a busy machine
            return
        throttles.reset_counts()
        Throttle.objects.all().delete()
        _check(case, _send(tablet, case))
        tried.append(1)

    try:
        fuzz()
    except Exception as error:
        if type(error).__name__ not in ("Unsatisfiable", "SkipTest"):
            raise
    if mode == GenerationMode.POSITIVE:
        assert tried
