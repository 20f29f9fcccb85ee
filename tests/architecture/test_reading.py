"""A newcomer can read the planner: every file says its idea first, every guide names its files."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, name, ours

PACKAGES = (
    "visits/planning",
    *(
        f"visits/planning/{room}"
        for room in ("start", "engine", "why", "week", "groups", "fair", "day", "uncertainty")
    ),
    *("visits/roads", "visits/roads/extract"),
)


def files(package: str) -> list[Path]:
    found = [path for path in ours(".py") if path.parent == ROOT / package and path.stem != "__init__"]
    assert found, "no file was looked at"
    return found


def first_lines(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text())) or ""


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_opens_with_its_idea(package: str):
    assert [name(path) for path in files(package) if "he idea" not in first_lines(path)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_the_reading_guide_names_every_file(package: str):
    guide = first_lines(ROOT / package / "__init__.py")
    assert [path.stem for path in files(package) if not re.search(rf"\b{path.stem}\b", guide)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_what_others_may_call_says_what_it_is(package: str):
    silent = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in files(package)
        for node in public(ast.parse(path.read_text()).body)
        if not ast.get_docstring(node)
    ]
    assert silent == []


def public(body: list[ast.stmt]) -> list[ast.FunctionDef | ast.ClassDef]:
    """Functions, classes and methods whose names are for others."""
    found: list[ast.FunctionDef | ast.ClassDef] = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            found.append(node)
            if isinstance(node, ast.ClassDef):
                found += public(node.body)
    return found
