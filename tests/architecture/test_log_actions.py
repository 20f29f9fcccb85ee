import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from outreach.selectors import actions

_WRITERS = {"log.build_entry", "build_entry", "log.write_log", "write_log", "transition", "StateTable"}


def _strings(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _strings(node.body)
        yield from _strings(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _written() -> set[str]:
    """The actions that calls of `log.write_log` and `transition`, and the tables of states, name in the source."""
    found: set[str] = set()
    for path in (
        path for room in ("outreach", "visits") for path in Path(settings.BASE_DIR, room).rglob("*.py")
    ):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in _WRITERS:
                for keyword in node.keywords:
                    if keyword.arg == "action":
                        found.update(_strings(keyword.value))
    return found


def test_every_action_that_is_written_has_words() -> None:
    written = _written()
    assert len(written) > 40
    assert written - set(actions.action_labels()) == set()
