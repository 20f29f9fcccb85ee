"""A slice of `python -m tests.bench.promises.doors`: walks through every door of an office, with fixed seeds."""

from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.support.databases import Template, is_postgres
from tests.support.walks.walk import walk

STEPS = 25


@pytest.mark.skipif(is_postgres(), reason="walks put copies of SQLite files back")
@pytest.mark.parametrize("seed", [1, 40, 120])
def test_whatever_is_done_every_family_is_told_true_hours_and_hears_of_each_change(
    seed: int, template: Template, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> None:
    done = walk(
        seed,
        steps=STEPS,
        folder=tmp_path / "walk",
        template=template,
        unblocked=django_db_blocker.unblock,
    )

    assert done.breaches == [], "\n".join(done.trace)
    assert done.counts["steps"] == STEPS
    assert done.counts["drafts"] + done.counts["re-plans"] > 0
