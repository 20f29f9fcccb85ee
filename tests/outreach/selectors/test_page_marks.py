"""A page opened before a change is told who changed what; a page that shows everything is not."""

import pytest
from django.contrib.auth import get_user_model

from outreach.enums import NeedState
from outreach.models import LogEntry, Need
from outreach.selectors import page_marks
from outreach.selectors.page_marks import PageSeen, StalePageError, page_mark
from outreach.services import log
from outreach.services.transitions import transition
from tests.factories.outreach import NeedFactory

pytestmark = pytest.mark.django_db


def _seen(need: Need, mark: str | None = None) -> PageSeen:
    rows = (need, need.resident, None)
    return PageSeen(mark=page_mark(rows) if mark is None else mark, subjects=rows, actor="user:2")


def test_the_second_is_told_who_did_what_from_which_state_and_when() -> None:
    user = get_user_model().objects.create_user("sari", first_name="Sari", last_name="Contoh")
    need = NeedFactory()
    seen = _seen(need)
    transition(row=need, to=NeedState.PLANNED, actor=f"user:{user.pk}")
    log.write_log(
        actor=f"user:{user.pk}", action="need_changed", subject=need, detail={"changed": ["deadline"]}
    )

    with pytest.raises(StalePageError) as stale:
        seen.require_fresh()

    assert [(line.actor, line.action, line.change) for line in stale.value.news] == [
        ("Sari Contoh", "Antrean berubah", "Menunggu jadwal → Sudah dijadwalkan"),
        ("Sari Contoh", "Syarat kunjungan diubah", "paling lambat"),
    ]
    assert [line.at for line in stale.value.news] == list(LogEntry.objects.values_list("at", flat=True))
    _seen(need).require_fresh()  # the page opened now


def test_a_related_row_counts_and_a_stranger_s_does_not() -> None:
    need, other = NeedFactory(), NeedFactory()
    seen = _seen(need)
    log.write_log(actor="user:1", action="resident_located", subject=other.resident)
    seen.require_fresh()
    log.write_log(actor="user:1", action="resident_located", subject=need.resident)
    with pytest.raises(StalePageError):
        seen.require_fresh()


def test_looking_changes_nothing_and_what_one_did_oneself_is_no_news() -> None:
    need = NeedFactory()
    seen = _seen(need)
    log.write_log(actor="user:1", action="sealed_revealed", subject=need)
    log.write_log(actor="user:2", action="need_changed", subject=need)
    seen.require_fresh()


@pytest.mark.parametrize("before", [3, page_marks.KNOWN, page_marks.KNOWN + 5])
def test_a_row_that_was_committed_late_with_a_lower_id_is_news(before: int) -> None:
    need = NeedFactory()
    fields = {"actor": "user:1", "subject_type": "outreach.need", "subject_id": str(need.pk)}
    for number in range(before):
        LogEntry.objects.create(id=2 * number + 2, action="need_moved", **fields)
    seen = _seen(need)
    LogEntry.objects.create(id=2 * before - 1, action="need_changed", **fields)

    assert [line.action for line in seen.list_news()] == ["Syarat kunjungan diubah"]


@pytest.mark.parametrize("mark", ["", "x", "1.x", "9" * 40, "-1", "٣"])
def test_a_mark_that_no_page_made_refuses_nothing(mark: str) -> None:
    need = NeedFactory()
    log.write_log(actor="user:1", action="need_changed", subject=need)
    assert _seen(need, mark).list_news() == []


def test_a_row_without_a_log_has_a_mark_too() -> None:
    need = NeedFactory()
    assert page_mark([need]) == "0"
    log.write_log(actor="user:1", action="need_changed", subject=need)
    assert len(_seen(need, "0").list_news()) == 1
