import pytest

from visits.enums import CAPTURE_MOVES, RUN_MOVES
from visits.models.job import LeasedJob
from visits.ops import job_kinds
from visits.ops.job_kinds import JobKind

MOVES = {job_kinds.PLAN_RUN.model: RUN_MOVES, job_kinds.VERIFICATION.model: CAPTURE_MOVES}


def test_every_table_of_leased_jobs_is_a_declared_kind() -> None:
    assert {kind.model for kind in job_kinds.ALL} == set(LeasedJob.__subclasses__())


@pytest.mark.parametrize("kind", job_kinds.ALL, ids=lambda kind: kind.model.__name__)
def test_a_kind_names_columns_and_moves_of_its_table(kind: JobKind) -> None:
    columns = {field.name: field for field in kind.model._meta.get_fields()}
    assert {kind.model.state_table.field, kind.since, kind.stop or kind.since} <= columns.keys()
    moves = MOVES[kind.model]
    steps = [(kind.waiting, kind.at_work), (kind.at_work, kind.lost), (kind.lost, kind.waiting)]
    assert [step for step in steps if step[0] != step[1] and step[1] not in moves[step[0]]] == []
