import pydoc

import pytest
from django_q.models import Schedule

from visits.ops import schedules

pytestmark = pytest.mark.django_db


def _rows() -> list[tuple[str | None, str, int | None]]:
    return list(Schedule.objects.order_by("name").values_list("name", "func", "minutes"))


def test_the_table_says_what_is_declared() -> None:
    assert schedules.sync_schedules() == len(schedules.DECLARED)

    assert ("jb:look again", "visits.tasks.look_again", 1) in _rows()
    assert len(_rows()) == len(schedules.DECLARED)


def test_a_second_time_changes_nothing() -> None:
    schedules.sync_schedules()
    before = _rows()

    assert schedules.sync_schedules() == 0
    assert _rows() == before


def test_what_differs_is_put_right_and_what_is_too_much_goes_away() -> None:
    schedules.sync_schedules()
    Schedule.objects.update(minutes=7)
    Schedule.objects.create(
        name="jb:look again", func="visits.tasks.look_again", schedule_type="I", minutes=1
    )
    Schedule.objects.create(name="jb:gone", func="visits.tasks.gone")
    other = Schedule.objects.create(name="somebody else's", func="visits.tasks.beat")

    schedules.sync_schedules()

    wanted = {("jb:" + job.name, f"visits.tasks.{job.task}", job.minutes) for job in schedules.DECLARED}
    assert set(Schedule.objects.exclude(pk=other.pk).values_list("name", "func", "minutes")) == wanted
    assert Schedule.objects.count() == len(schedules.DECLARED) + 1


@pytest.mark.parametrize("job", schedules.DECLARED, ids=lambda job: job.name)
def test_every_declared_task_is_there(job: schedules.PeriodicJob) -> None:
    assert callable(pydoc.locate(f"visits.tasks.{job.task}"))
