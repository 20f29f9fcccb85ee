"""Doors of the office: days, hours, shifts, teams, officers, kit; and the moments that only the clock brings."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from tests.support import clock
from tests.support.walks.office import MONDAY, SKILLS, WalkOffice
from visits.appointments import lifecycle
from visits.enums import OPEN_VISITS, CallOffReason, VisitState
from visits.models import CalendarDay, Officer, Shift, Team, Visit, WorkingHours
from visits.schedule.dispatch import office_changes
from visits.schedule.dispatch.office_changes import Consent, ConsentNeededError
from visits.workforce import calendar_exceptions, team_shifts


def carry_out(office: WalkOffice, change: Callable[[], Any]) -> str:
    """As an admin page does: it asks first, and saves with the consent to what it showed."""
    reason = office.rng.choice(list(CallOffReason))
    try:
        office_changes.carry_out(change, consent=None, actor=office.actor)
    except ConsentNeededError as asked:
        consent = Consent(reason=reason, mark=asked.effects.mark)
        office_changes.carry_out(change, consent=consent, actor=office.actor)
        return "touched"
    return ""


def _pick_date(office: WalkOffice) -> date:
    """A day from today on: one with visits rather than without."""
    if office.rng.random() < 0.6 and (shift := _pick_shift(office)) is not None:
        return shift.date
    return clock.today() + timedelta(days=office.rng.choice([0, 1, 1, 2, 2, 3, 4]))


def _pick_shift(office: WalkOffice, *, first: date | None = None) -> Shift | None:
    """A team-day from today (or `first`) on: one with visits rather than without."""
    rows = Shift.objects.filter(date__gte=first or clock.today()).order_by("pk")
    awaited = Visit.objects.filter(shift=OuterRef("pk"), state=VisitState.PUBLISHED, called_off="")
    rather = rows.filter(Exists(awaited)) if office.rng.random() < 0.7 else rows
    found: Shift | None = office.pick(rather) or office.pick(rows)
    return found


def close_day(office: WalkOffice) -> str:
    day = _pick_date(office)
    return carry_out(
        office,
        lambda: calendar_exceptions.set_day(date=day, is_open=False, reason="Rapat", actor=office.actor),
    )


def open_day(office: WalkOffice) -> str:
    """A day that was closed is open again, or by an exception; one is closed first where none is."""
    closed = CalendarDay.objects.filter(date__gte=clock.today()).order_by("pk")
    if not closed.exists():
        close_day(office)
    row = office.pick(closed.all())
    if office.rng.random() < 0.5:
        return carry_out(office, lambda: calendar_exceptions.clear_day(day=row, actor=office.actor))
    return carry_out(
        office,
        lambda: calendar_exceptions.set_day(date=row.date, is_open=True, reason="Lembur", actor=office.actor),
    )


def load_holidays(office: WalkOffice) -> str:
    days = sorted({_pick_date(office), _pick_date(office)})

    def load() -> None:
        for day in days:
            calendar_exceptions.set_day(date=day, is_open=False, reason="Cuti bersama", actor=office.actor)

    return carry_out(office, load)


def _save(office: WalkOffice, row: Team | Officer | Shift, **fields: Any) -> str:
    def save() -> None:
        for name, value in fields.items():
            setattr(row, name, value)
        team_shifts.save_workforce_row(row=row, changed=list(fields), actor=office.actor)

    return carry_out(office, save)


def move_shift(office: WalkOffice) -> str:
    shift = _pick_shift(office)
    if shift is None:
        return "none"
    starts, ends = office.rng.choice(
        [
            (time(7, 30), time(15, 30)),
            (time(7, 30), time(12, 0)),
            (time(9, 0), time(15, 30)),
            (time(8, 0), time(13, 30)),
            (time(7, 30), time(16, 30)),
        ]
    )
    return _save(office, shift, starts=starts, ends=ends)


def move_break(office: WalkOffice) -> str:
    shift = _pick_shift(office)
    pauses = office.rng.choice(
        [[["12:00", "13:00"]], [["11:30", "13:00"]], [["10:00", "10:30"], ["12:00", "12:30"]], []]
    )
    return "none" if shift is None else _save(office, shift, breaks=pauses)


def fewer_visits(office: WalkOffice) -> str:
    shift = _pick_shift(office)
    return "none" if shift is None else _save(office, shift, max_visits=office.rng.choice([2, 4, 8]))


def cancel_shift(office: WalkOffice) -> str:
    shift = _pick_shift(office, first=clock.today() + timedelta(days=1))
    if shift is None:
        return "none"
    return carry_out(
        office,
        lambda: team_shifts.set_cancelled(shift=shift, cancelled=not shift.is_cancelled, actor=office.actor),
    )


def change_hours(office: WalkOffice) -> str:
    """Working hours of a period, or the end of them."""
    row = office.pick(WorkingHours.objects.order_by("pk"))
    if row is not None:
        return carry_out(office, lambda: calendar_exceptions.clear_hours(row=row, actor=office.actor))
    first = _pick_date(office)
    fresh: dict[str, Any] = {
        "first": first,
        "last": first + timedelta(days=office.rng.randint(0, 4)),
        "weekdays": [0, 1, 2, 3, 4],
        "starts": time(8, 0),
        "ends": time(15, 0),
        "breaks": [["12:00", "12:30"]],
    }
    return carry_out(
        office,
        lambda: calendar_exceptions.save_hours(row=WorkingHours(**fresh), changed=[], actor=office.actor),
    )


def switch_team(office: WalkOffice) -> str:
    """A team out of service, or back: rarer the first than the second."""
    row = Team.objects.filter(is_active=False).order_by("pk").first() or office.pick(
        Team.objects.order_by("pk")
    )
    return _save(office, row, is_active=not row.is_active)


def switch_officer(office: WalkOffice) -> str:
    row = Officer.objects.filter(is_active=False).order_by("pk").first()
    row = row if row and office.rng.random() < 0.6 else office.pick(Officer.objects.order_by("pk"))
    return _save(office, row, is_active=not row.is_active)


def change_kit(office: WalkOffice) -> str:
    row = office.pick(Team.objects.order_by("pk"))
    return _save(office, row, skills=office.rng.choice([list(SKILLS), [*SKILLS, "iris"], ["camera"]]))


# --- what the clock brings


def wait(office: WalkOffice) -> str:
    office.go_on(office.rng.choice([5, 15, 30, 60, 100]))
    if clock.now().astimezone(clock.OFFICE).hour >= 17:
        return next_morning(office)
    return ""


def next_morning(office: WalkOffice) -> str:
    """The night: next day's shifts are made, visits of days that are over go back to the queue, mostly."""
    _pass_night(office)
    if office.rng.random() < 0.7:
        give_back(office)
    return ""


def _pass_night(office: WalkOffice) -> None:
    on = clock.today() + timedelta(days=1)
    while on.weekday() > 4:
        on += timedelta(days=1)
    hour = office.rng.choice([6, 7, 7, 8, 9])
    office.move_to(MONDAY.replace(year=on.year, month=on.month, day=on.day, hour=hour, minute=20))
    office.make_shifts()
    office_changes.call_off_voided()


def give_back(office: WalkOffice) -> str:
    """Visits of days that are over go back to the queue; where there are none, those of today in the morning."""
    if not Visit.objects.filter(shift__date__lt=clock.today(), state__in=OPEN_VISITS).exists():
        _pass_night(office)
    now, count = clock.now(), 0
    for shift in Shift.objects.filter(date__lt=clock.today()).select_related("team").order_by("pk"):
        count += lifecycle.give_back_visits(team=shift.team, on=shift.date, now=now, actor=office.actor)
    return "" if count else "none"


def keep_dump(office: WalkOffice) -> str:
    office.keep_dump()
    return ""


def restore(office: WalkOffice) -> str:
    if office.dump is None:
        office.keep_dump()  # for the next time
        return "no dump"
    office.restore_dump()
    return ""
