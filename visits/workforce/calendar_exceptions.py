"""Exceptions of the working calendar: days that the coordinator opens or closes, and hours of a period."""

from datetime import date

from django.db import transaction

from outreach.services import log
from visits.models import CalendarDay, WorkingHours


@transaction.atomic
def set_day(*, date: date, is_open: bool, reason: str, actor: str) -> CalendarDay:
    """Open or close a day. A repeat replaces the reason. Shifts stay as they are; the next plan leaves a closed
    day out and moves its visits."""
    before = CalendarDay.objects.select_for_update().filter(date=date).first()
    day, _made = CalendarDay.objects.update_or_create(
        date=date, defaults={"is_open": is_open, "reason": reason, "set_by": actor}
    )
    if before is None or before.is_open != is_open or before.reason != reason:
        log.write_log(
            actor=actor,
            action="day_set",
            subject=day,
            from_state="" if before is None else _state_word(before.is_open),
            to_state=_state_word(is_open),
            detail={"date": date.isoformat()},
        )
    return day


@transaction.atomic
def clear_day(*, day: CalendarDay, actor: str) -> bool:
    """Delete the exception of a day. False if that was done before."""
    deleted, _rows = CalendarDay.objects.filter(pk=day.pk).delete()
    if deleted:
        log.write_log(
            actor=actor,
            action="day_cleared",
            subject=day,
            from_state=_state_word(day.is_open),
            detail={"date": day.date.isoformat()},
        )
    return bool(deleted)


@transaction.atomic
def save_hours(*, row: WorkingHours, changed: list[str], actor: str) -> None:
    """Save the hours of a period, with a log row that names the changed fields."""
    made = row.pk is None
    row.save()
    if made or changed:
        log.write_log(actor=actor, action="hours_set", subject=row, detail={"fields": sorted(changed)})


@transaction.atomic
def clear_hours(*, row: WorkingHours, actor: str) -> bool:
    """Delete the hours of a period, so that the usual ones hold. False if that was done before."""
    deleted, _rows = WorkingHours.objects.filter(pk=row.pk).delete()
    if deleted:
        detail = {"first": row.first.isoformat(), "last": row.last.isoformat()}
        log.write_log(actor=actor, action="hours_cleared", subject=row, detail=detail)
    return bool(deleted)


def _state_word(is_open: bool) -> str:
    return "open" if is_open else "closed"
