"""Outreach knows nothing of the visits app: what import contracts cannot see, names in strings and templates."""

import ast
import re

from tests.architecture.tree import ROOT, name, ours

OF_VISITS = re.compile(r"\bvisits[._:/][a-z]|\bvisits_")


def test_no_code_of_outreach_names_the_visits_app() -> None:
    files = [path for path in ours(".py") if path.is_relative_to(ROOT / "outreach")]
    assert len(files) > 40
    named = [
        f"{name(path)}:{node.lineno} {node.value}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and OF_VISITS.search(node.value)
    ]
    assert named == []


def test_no_template_of_outreach_names_the_visits_app() -> None:
    rooms = (ROOT / "templates" / "outreach", ROOT / "templates" / "admin" / "outreach")
    files = [path for path in ours(".html") if any(path.is_relative_to(room) for room in rooms)]
    assert len(files) > 20
    assert [name(path) for path in files if OF_VISITS.search(path.read_text())] == []
