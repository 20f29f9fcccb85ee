"""The list of writing modules in pyproject.toml (contract "readers") is what the code does."""

import ast
import tomllib
from pathlib import Path

import pytest
from grimp import ImportGraph

from tests.architecture.contracts import ReadersContract
from tests.architecture.tree import ROOT, name, ours

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
(CONTRACT,) = [row for row in CONTRACTS if row["type"] == "readers"]
WRITERS = set(CONTRACT["writers"])
ROWS = {
    "create",
    "bulk_create",
    "update",
    "bulk_update",
    "delete",
    "save",
    "get_or_create",
    "update_or_create",
    "executemany",
}


def _module(path: Path) -> str:
    return name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


FILES = {
    _module(path): path
    for path in ours(".py")
    if any(f"{_module(path)}.".startswith(f"{room}.") for room in CONTRACT["rooms"])
}


def _writes(path: Path) -> list[str]:
    """Calls that write rows: `rows.update(state=...)`, `row.save()`, `log.write_log(...)`; a dict's `update({...})` is none."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = node.func.attr
            rows = called in ROWS and not (called == "update" and not node.keywords)
            if rows or ast.unparse(node.func) in ("log.write_log", "os.open"):
                found.append(f"{name(path)}:{node.lineno} {ast.unparse(node.func)}")
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("transition", "insert_rows"):
            found.append(f"{name(path)}:{node.lineno} {ast.unparse(node.func)}")
    return found


def _imported(path: Path) -> set[str]:
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    names = {f"{node.module}.{alias.name}" for node in nodes for alias in node.names}
    return names | {str(node.module) for node in nodes}


def test_rooms_were_looked_at() -> None:
    assert len(FILES) > 80
    assert set(FILES) >= WRITERS


@pytest.mark.parametrize("module", sorted(set(FILES) - WRITERS))
def test_a_module_that_only_reads_holds_no_write(module: str) -> None:
    assert _writes(FILES[module]) == []


@pytest.mark.parametrize("module", sorted(WRITERS))
def test_a_module_listed_as_writing_writes_or_calls_one_that_does(module: str) -> None:
    assert _writes(FILES[module]) or _imported(FILES[module]) & WRITERS


@pytest.mark.parametrize(("reader", "kept"), [("room.reads", False), ("room.writes_too", True)])
def test_the_contract_breaks_where_a_reader_imports_a_writer(reader: str, kept: bool) -> None:
    graph = ImportGraph()
    for module in ("room", "room.writes", "room.reads", "room.writes_too"):
        graph.add_module(module)
    graph.add_import(importer=reader, imported="room.writes")
    options = {"rooms": ["room"], "writers": ["room.writes", "room.writes_too"]}
    contract = ReadersContract(name="readers", session_options={}, contract_options=options)

    assert contract.check(graph, verbose=False).kept is kept
