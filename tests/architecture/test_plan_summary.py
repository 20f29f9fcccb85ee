"""A plan's summary has one writer and one reader; everything else uses the typed figures."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import name, ours

READS, WRITES = "visits/models/plan.py", "visits/schedule/runs/draft_rows.py"
QUERIES = {
    "create",
    "filter",
    "exclude",
    "get",
    "update",
    "values",
    "values_list",
    "only",
    "defer",
    "save",
    "Plan",
}


def _touched(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """(function, line) of every use of a column `summary`: as an attribute, or named in a query or in `save`."""
    for outer in ast.walk(tree):
        if not isinstance(outer, ast.FunctionDef):
            continue
        for node in ast.walk(outer):
            if isinstance(node, ast.Attribute) and node.attr == "summary":
                yield outer.name, node.lineno
            if isinstance(node, ast.Call) and _name(node.func) in QUERIES and _names_the_column(node):
                yield outer.name, node.lineno


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _names_the_column(call: ast.Call) -> bool:
    keywords = any((keyword.arg or "").split("__")[0] == "summary" for keyword in call.keywords)
    return keywords or any(
        isinstance(node, ast.Constant) and node.value == "summary"
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]
        for node in ast.walk(argument)
    )


def test_one_function_writes_the_summary_and_one_reads_it():
    found = {
        (name(path), function)
        for path in ours(".py")
        if name(path).split("/")[0] in ("config", "outreach", "visits")
        for function, _line in _touched(ast.parse(path.read_text()))
    }
    assert found == {(READS, "figures"), (WRITES, "write_summary")}


def test_no_template_reads_the_column():
    pages = [path for path in ours(".html") if name(path).startswith("templates/")]
    assert pages
    assert [name(path) for path in pages if re.search(r"plan\.summary\b", path.read_text())] == []
