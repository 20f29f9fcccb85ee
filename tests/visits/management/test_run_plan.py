import pytest
from django.core.management import CommandError, call_command

from tests.factories.visits import PlanRunFactory
from visits.enums import RunState
from visits.models import PlanRun

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]


def test_a_run_that_cannot_be_done_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    run = PlanRunFactory(first_date="2026-12-01")

    with pytest.raises(CommandError, match="Nothing was planned"):
        call_command("run_plan", str(run.pk))

    assert capsys.readouterr().out.strip() == "failed: 0 of 0 served no_shifts"


def test_a_run_that_a_worker_holds_is_left_to_it() -> None:
    run = PlanRunFactory(state=RunState.RUNNING, worker="another")

    with pytest.raises(CommandError, match="Nothing was planned"):
        call_command("run_plan", str(run.pk))

    assert PlanRun.objects.get().worker == "another"


@pytest.mark.parametrize(
    ("identifier", "message"),
    [
        ("01a20bfc-3689-7b7e-8636-b12a8de9e758", "There is no such run"),
        ("bukan-uuid", "invalid UUID value: 'bukan-uuid'"),
    ],
)
def test_an_id_that_is_none_is_told(identifier: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("run_plan", identifier)
