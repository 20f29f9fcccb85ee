"""The committed OpenAPI file is what the code does, and no input of its shapes makes an error of ours."""

from pathlib import Path

import yaml
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

FILE = Path(__file__).resolve().parents[3] / "visits" / "api" / "openapi.yaml"


def _generated() -> bytes:
    schema = SchemaGenerator(urlconf="visits.api.urls").get_schema(request=None, public=True)
    rendered = OpenApiYamlRenderer().render(schema, renderer_context={})
    assert isinstance(rendered, bytes)
    return rendered


def test_the_committed_file_is_what_the_code_says():
    """If this fails: manage.py spectacular --urlconf visits.api.urls --file visits/api/openapi.yaml"""
    assert FILE.read_bytes() == _generated()


def test_the_file_is_valid_openapi():
    validate_schema(yaml.safe_load(FILE.read_text()))


def test_every_call_names_its_problems():
    for path, calls in yaml.safe_load(FILE.read_text())["paths"].items():
        for verb, call in calls.items():
            problems = [answer for status, answer in call["responses"].items() if int(status) >= 400]
            assert problems, (path, verb)
            assert all(list(answer["content"]) == ["application/problem+json"] for answer in problems)
