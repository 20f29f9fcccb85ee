"""New rows of several tables in one go, for what many send in the same minutes: the ORM would compile and send a
statement for each."""

from collections.abc import Sequence
from functools import lru_cache, partial
from itertools import chain, groupby
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, Model

from outreach.services.shared_commits import commit_together

Row = tuple[Any, ...]


def insert_rows(rows: Sequence[Model]) -> None:
    """Insert these new rows in the given order, all or none, as by `save`, but without signals and without the ids
    that the database gives. Raises `IntegrityError`.

    One statement where the database can insert into several tables at once: it needs no transaction of its own.
    """
    if not rows:
        return
    database = connections[DEFAULT_DB_ALIAS]  # `connection` looks for it again at every word
    groups = [(model, [_read_values(row, database) for row in same]) for model, same in groupby(rows, type)]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            values = chain.from_iterable(chain.from_iterable(same) for _model, same in groups)
            cursor.execute(_chain_inserts(tuple((model, len(same)) for model, same in groups)), list(values))
    else:
        commit_together(partial(_insert_each, groups))


def _insert_each(groups: list[tuple[type[Model], list[Row]]]) -> None:
    with connection.cursor() as cursor:
        for model, rows in groups:
            cursor.executemany(_insert_statement(model, 1), rows)


@lru_cache(maxsize=64)
def _list_fields(model: type[Model]) -> list[Any]:
    """The fields that are written; the database numbers the rows, and computes what is generated."""
    fields = model._meta.concrete_fields
    return [field for field in fields if not isinstance(field, AutoField) and not field.generated]


def _read_values(row: Model, database: BaseDatabaseWrapper) -> Row:
    return tuple(
        field.get_db_prep_save(field.pre_save(row, True), database) for field in _list_fields(type(row))
    )


@lru_cache(maxsize=256)
def _insert_statement(model: type[Model], rows: int) -> str:
    quote = connection.ops.quote_name
    fields = _list_fields(model)
    columns = ", ".join(quote(field.column) for field in fields)
    places = f"({', '.join(['%s'] * len(fields))})"
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {', '.join([places] * rows)}"  # noqa: S608  # names of ours alone


@lru_cache(maxsize=256)
def _chain_inserts(groups: tuple[tuple[type[Model], int], ...]) -> str:
    """One statement for all: each insert but the last is a part of the last one's WITH."""
    *first, last = [_insert_statement(model, rows) for model, rows in groups]
    parts = ", ".join(f"part{number} AS ({statement})" for number, statement in enumerate(first))
    return f"WITH {parts} {last}" if parts else last
