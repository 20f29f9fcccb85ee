"""The one way in which the state of a row changes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from outreach.models import Stateful
from outreach.services import log

AT_ONCE = 500  # rows in one statement


@transaction.atomic
def transition(
    *,
    row: Stateful,
    to: str,
    actor: str,
    reason: Mapping[str, Any] | None = None,
    action: str = "",
    sources: Collection[str] | None = None,
    among: QuerySet[Any] | None = None,
    **fields: Any,
) -> bool:
    """Move `row` to the state `to` by one conditional UPDATE, with its row in the log.

    The state in the database counts, not the one that the instance remembers. False, and nothing is changed,
    where that allows no such move by the model's table, is none of `sources` (a part of what the table
    allows), or where the row is not `among` these rows of its table (a claim that is still held, say).
    `fields` are written with the state, in the database and on the instance. `reason` is kept in the log:
    ids, codes and numbers, nothing personal; `action` names the move where the table's word for it is too
    general.

    Raises `ValueError` where `to` is not a state of the table, or the table never allows the move from
    `sources`.
    """
    table = row.state_table
    allowed = table.sources(to)
    if sources is not None:
        if not allowed.issuperset(sources):
            raise ValueError(f"the table allows no move to {to} from {', '.join({*sources} - allowed)}")
        allowed = frozenset(sources)
    rows = (type(row)._default_manager.all() if among is None else among).filter(pk=row.pk)
    # no_key: whoever adds a row that refers to this one need not wait
    locked = rows.select_for_update(no_key=True).filter(**{f"{table.field}__in": allowed})
    before = locked.values_list(table.field, flat=True).first()
    if before is None or not rows.filter(**{table.field: before}).update(**{table.field: to}, **fields):
        return False
    log.write_log(
        actor=actor,
        action=action or table.action,
        subject=getattr(row, table.subject) if table.subject else row,
        from_state=before,
        to_state=to,
        detail=dict(reason or {}),
    )
    setattr(row, table.field, to)
    for name, value in fields.items():
        setattr(row, name, value)
    if computed := [name for name, value in fields.items() if hasattr(value, "resolve_expression")]:
        row.refresh_from_db(fields=computed)
    return True


@transaction.atomic
def transition_all(
    *, rows: Sequence[Stateful], to: str, actor: str, reasons: Mapping[Any, Mapping[str, Any]]
) -> set[Any]:
    """`transition` for many rows of one table, in a few statements for some hundred of them; `reasons` by primary key.
    The keys of those that were moved."""
    moved: set[Any] = set()
    for first in range(0, len(rows), AT_ONCE):
        part = {row.pk: row for row in rows[first : first + AT_ONCE]}
        model = type(rows[first])
        table = model.state_table
        there = model._default_manager.filter(pk__in=part, **{f"{table.field}__in": table.sources(to)})
        before = dict(there.select_for_update(no_key=True).order_by("pk").values_list("pk", table.field))
        states = set(before.values())
        changed = there.filter(pk__in=before, **{f"{table.field}__in": states}).update(**{table.field: to})
        if changed != len(before):
            raise RuntimeError("rows changed under their lock")
        log.write_logs(
            log.build_entry(
                actor=actor,
                action=table.action,
                subject=getattr(part[pk], table.subject) if table.subject else part[pk],
                from_state=before[pk],
                to_state=to,
                detail=dict(reasons.get(pk, {})),
            )
            for pk in part
            if pk in before
        )
        for pk in before:
            setattr(part[pk], table.field, to)
        moved |= before.keys()
    return moved
