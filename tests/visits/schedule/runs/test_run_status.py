from datetime import UTC, datetime, timedelta

import pytest

from visits.enums import RunState
from visits.models import PlanRun
from visits.schedule.runs.run_status import read_run_state

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize("state", RunState.values)
@pytest.mark.parametrize(("left", "gone"), [(-1, True), (0, False), (1, False), (None, False)])
def test_only_a_running_run_with_a_lease_that_ran_out_is_interrupted(
    state: str, left: int | None, gone: bool
) -> None:
    until = None if left is None else NOW + timedelta(seconds=left)
    run = PlanRun(state=state, lease_until=until)

    expected = RunState.INTERRUPTED if gone and state == RunState.RUNNING else state
    assert read_run_state(run, now=NOW) == expected
    assert run.state == state
