"""Agreement on a village session: a log row with the figures of the proposal, and another one when it is cancelled."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from outreach.models import Village
from outreach.services import log
from visits.schedule.sessions import agreed_sessions
from visits.workforce import calendar

AHEAD = timedelta(days=366)  # a later year is a slip of the keyboard


class SessionDayError(Exception):
    """The day cannot be used; `code`: past, far, closed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def agree_on_session(*, village: Village, on: date, people: int, saved_days: float, actor: str) -> bool:
    """Note that a session is held at the village's hall; False where it was noted before. Needs keep their
    state: who came is recorded there, who did not stays in the plans."""
    if on <= timezone.localdate():
        raise SessionDayError("past")
    if on > timezone.localdate() + AHEAD:
        raise SessionDayError("far")
    if not all(day.is_open for day in calendar.list_days(first=on, last=on)):
        raise SessionDayError("closed")
    Village.objects.select_for_update().only("pk").get(pk=village.pk)
    if _is_agreed(village, on):
        return False
    detail = {"date": on.isoformat(), "people": people, "saved_days": round(saved_days, 1)}
    log.write_log(actor=actor, action="session_accepted", subject=village, detail=detail)
    return True


@transaction.atomic
def cancel_session(*, village: Village, on: date, actor: str) -> bool:
    """Note that a session is not held; False where none is agreed on for that day."""
    Village.objects.select_for_update().only("pk").get(pk=village.pk)
    if not _is_agreed(village, on):
        return False
    log.write_log(actor=actor, action="session_cancelled", subject=village, detail={"date": on.isoformat()})
    return True


def _is_agreed(village: Village, on: date) -> bool:
    return on in agreed_sessions.read_agreed_days(subject_id=village.pk).get(village.pk, {})
