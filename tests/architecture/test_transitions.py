"""Every table of moves belongs to one model, and only `transition` changes the column that it is about."""

import ast
from collections.abc import Mapping
from types import ModuleType

import pytest
from django.apps import apps
from django.db.models import Model

import outreach.enums
import visits.enums
from outreach.models import Stateful
from tests.architecture.tree import name, ours

MODELS = [model for model in apps.get_models() if issubclass(model, Stateful)]
COLUMNS = {model.state_table.field for model in MODELS}
THE_ONE = "outreach/services/transitions.py"
PLAIN_PYTHON = "visits/planning/"  # knows no rows; a search's state is none


def _tables(*modules: ModuleType) -> dict[str, Mapping[str, frozenset[str]]]:
    return {
        name: value for module in modules for name, value in vars(module).items() if name.endswith("_MOVES")
    }


def test_every_table_of_moves_belongs_to_one_model() -> None:
    tables = _tables(outreach.enums, visits.enums)

    read = sorted(
        name for model in MODELS for name, moves in tables.items() if moves is model.state_table.moves
    )

    assert read == sorted(tables)
    assert len(read) == len(MODELS) == 11


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_table_has_the_states_of_its_column(model: type[Stateful]) -> None:
    table = model.state_table
    column = next(field for field in model._meta.fields if field.name == table.field)
    states = {value for value, _label in column.choices or ()}

    assert set(table.moves) == states
    assert {state for targets in table.moves.values() for state in targets} <= states
    assert not any(state in targets for state, targets in table.moves.items())


def test_every_model_with_several_states_has_a_table() -> None:
    def has_states(model: type[Model]) -> bool:
        fields = [field for field in model._meta.fields if field.name in COLUMNS]
        return any(len(list(field.choices or ())) > 1 for field in fields)

    ours = [model for model in apps.get_models() if model._meta.app_label in ("outreach", "visits")]
    assert {model for model in ours if has_states(model)} <= set(MODELS)


def _calls(node: ast.AST, *names: str) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return (node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)) in names


def _column_inside(node: ast.AST) -> bool:
    """Whether a column of states is named within by a text."""
    return any(isinstance(part, ast.Constant) and part.value in COLUMNS for part in ast.walk(node))


def _column_as_key(node: ast.AST) -> bool:
    return isinstance(node, ast.Dict) and any(key is not None and _column_inside(key) for key in node.keys)


def _assigns(node: ast.AST) -> bool:
    """Whether the node sets an attribute, or writes a column, that is a state."""
    if isinstance(node, ast.Attribute):
        return isinstance(node.ctx, ast.Store) and node.attr in COLUMNS
    if not isinstance(node, ast.Call):
        return False
    if _calls(node, "update", "aupdate", "update_or_create"):
        return any(
            keyword.arg in COLUMNS or any(map(_column_as_key, ast.walk(keyword.value)))
            for keyword in node.keywords
        )
    if _calls(node, "setattr", "bulk_update"):
        return any(map(_column_inside, node.args))
    return any(keyword.arg == "update_fields" and _column_inside(keyword.value) for keyword in node.keywords)


def _hands_on(node: ast.AST) -> bool:
    """Whether the node may hand a state to a function, or a dict, whose fields another line writes."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id != "transition":
        return any(keyword.arg in COLUMNS for keyword in node.keywords)
    return _column_as_key(node)


def _assignments(source: str) -> list[int]:
    """The lines in which the state of a row may change."""
    nodes = list(ast.walk(ast.parse(source)))
    by_name = any(
        isinstance(node, ast.Call)
        and _calls(node, "update")
        and any(keyword.arg is None for keyword in node.keywords)
        for node in nodes
    )
    found = [node for node in nodes if _assigns(node) or (by_name and _hands_on(node))]
    return sorted({node.lineno for node in found if isinstance(node, ast.expr)})


@pytest.mark.parametrize(
    "source",
    [
        "row.state = 'open'",
        "row.name, row.state = 'x', 'open'",
        "with f() as row.stage: pass",
        "Need.objects.filter(pk=1).update(x=1, state=to)",
        "rows.update(**{'state': to})",
        "rows.update_or_create(pk=1, defaults={'stage': to})",
        "setattr(row, 'state', to)",
        "rows.bulk_update(found, ['x', 'state'])",
        "row.save(update_fields=['stage'])",
        "def change(**fields): rows.update(**fields)\nchange(state=to)",
        "fields = {'state': to}; rows.update(**fields)",
    ],
)
def test_an_assignment_is_seen(source: str) -> None:
    assert _assignments(source)


@pytest.mark.parametrize(
    "source",
    [
        "Need.objects.create(state='open')",
        "rows.filter(state='open').update(x=1)",
        "answer = {'state': row.state}",
        "transition(row=row, to='open', actor='system')",
    ],
)
def test_reading_and_making_is_no_assignment(source: str) -> None:
    assert not _assignments(source)


def test_no_other_code_assigns_a_state() -> None:
    sources = [path for path in ours(".py") if name(path).startswith(("outreach/", "visits/", "config/"))]
    found = {
        name(path): lines
        for path in sources
        if not name(path).startswith((THE_ONE, PLAIN_PYTHON)) and (lines := _assignments(path.read_text()))
    }

    assert found == {}
    assert len(sources) > 200
