"""Referee of walks: the issue's words about promises, read anew from the tables; no line of the product's rules.

After each step it names every breach: hours that are not true, families whose hours changed unlisted, needs that are
in two books or none, states that changed without a row in the log, drafts that would tell untrue hours.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.utils import timezone

from outreach.models import LogEntry, Progress
from tests.support import clock
from tests.support.walks.books import OPEN, Books, VisitRow
from visits.models import Device, Event, Officer, Plan, PlanStop, Shift, Visit
from visits.workforce import calendar

STEP = timedelta(minutes=10)  # hours are told in steps: the first door may lie within the one that is told
SILENT = timedelta(minutes=15)


def list_breaches(before: Books, after: Books) -> Iterator[str]:
    """Every breach between two moments, as words that begin with its kind."""
    yield from _check_balance(after)
    yield from _check_hours(before, after)
    yield from _check_news(before, after)
    yield from _check_log(before, after)
    yield from _check_drafts(before, after)


# --- books


def _check_balance(after: Books) -> Iterator[str]:
    open_of: dict[Any, int] = {}
    for row in after.visits.values():
        open_of[row.need] = open_of.get(row.need, 0) + (row.state in OPEN)
    for need, state in after.needs.items():
        count = open_of.get(need, 0)
        if count > 1:
            yield f"twice live: need {need} has {count} open visits"
        if (state == "planned") != (count == 1):
            yield f"books: need {need} is {state} with {count} open visits"


# --- hours


def _clock(at: datetime | time | str, on: date) -> datetime:
    if isinstance(at, datetime):
        return at
    at = time.fromisoformat(at) if isinstance(at, str) else at
    return timezone.make_aware(datetime.combine(on, at))


def _find_fault(since: datetime, until: datetime, shift: Shift) -> str:
    if since < _clock(shift.starts, shift.date) or until > _clock(shift.ends, shift.date):
        return "outside the shift"
    for pause_from, pause_to in shift.breaks:
        if since < _clock(pause_to, shift.date) and until > _clock(pause_from, shift.date):
            return "in the break"
    return ""


def _load_shifts() -> dict[int, Shift]:
    today = clock.today()
    return {row.pk: row for row in Shift.objects.filter(date__gte=today).select_related("team")}


def _list_working_shifts() -> set[int]:
    """Those from today on of teams in service that somebody is in, on open days."""
    shifts = _load_shifts()
    dates = {shift.date for shift in shifts.values()}
    days = calendar.list_days(first=min(dates), last=max(dates)) if dates else []
    closed = {day.date for day in days if not day.is_open}
    manned = set(Officer.objects.filter(is_active=True).values_list("team", flat=True))
    return {
        pk
        for pk, shift in shifts.items()
        if not shift.is_cancelled
        and shift.date not in closed
        and shift.team.is_active
        and shift.team_id in manned
    }


def _check_hours(before: Books, after: Books) -> Iterator[str]:
    """Of every family that awaits a team: its hours lie where the team works, and follow one another."""
    shifts = _load_shifts()
    working = _list_working_shifts()
    routes: dict[int, list[VisitRow]] = {}
    for pk, row in after.visits.items():
        shift = shifts.get(row.shift)
        if shift is None or not row.stands:
            continue
        since, until = row.told
        if since is None or until is None:
            yield f"no hours: visit {pk}"
            continue
        routes.setdefault(row.shift, []).append(row)
        fault = _find_fault(since, until, shift)
        if fault:
            yield f"hours {fault}: visit {pk} {_words(row)} of {_words_of_shift(shift)}"
        if shift.pk not in working:
            yield f"nobody works: visit {pk} stands on {_words_of_shift(shift)}"
        was = before.visits.get(pk)
        if (was is None or was.told != row.told or was.shift != row.shift) and (
            until - since < timedelta(minutes=settings.ARRIVAL_NARROWEST)
        ):
            yield f"too short: visit {pk} {_words(row)}"
        if (was is None or was.told != row.told) and since + STEP < after.at:
            yield f"begun before now: visit {pk} is newly told {_words(row)}"
        if was is not None and was.called_off and until < after.at:
            yield f"over: visit {pk} stands again at {_words(row)}"
    for pk, route in routes.items():
        route.sort(key=lambda row: row.sequence)
        for one, other in pairwise(route):
            assert one.told[0] is not None
            assert other.told[0] is not None
            if one.sequence == other.sequence:
                yield f"same place: two visits are number {one.sequence} of {_words_of_shift(shifts[pk])}"
            if other.told[0] < one.told[0]:
                yield f"backwards: {_words(one)} before {_words(other)} on {_words_of_shift(shifts[pk])}"


def _words(row: VisitRow) -> str:
    return "-".join("?" if at is None else f"{timezone.localtime(at):%d/%H:%M}" for at in row.told)


def _words_of_shift(shift: Shift) -> str:
    return f"{shift.team.code} {shift.date} {shift.starts:%H:%M}-{shift.ends:%H:%M} {shift.breaks}"


# --- news


def _list_new_changes(before: Books) -> dict[str, list[dict[str, Any]]]:
    """Whom plans list that were published or changed in the step, by need."""
    found: dict[str, list[dict[str, Any]]] = {}
    for plan in Plan.objects.filter(state="published"):
        for what, rows in plan.changes.items():
            for row in rows:
                found.setdefault(row["need"], []).append({**row, "what": what, "plan": str(plan.pk)})
    return found


def _check_news(before: Books, after: Books) -> Iterator[str]:
    """No family's hours change without a word to it and to who calls it, and what it confirmed is confirmed no more."""
    listed, working = _list_new_changes(before), _list_working_shifts()
    news: dict[Any, list[Progress]] = {}
    for step in Progress.objects.filter(pk__gt=before.progress).order_by("pk"):
        news.setdefault(step.need_id, []).append(step)
    for pk, row in after.visits.items():
        was = before.visits.get(pk)
        told = [(step.milestone, step.earliest, step.latest) for step in news.get(row.need, [])]
        if was is None:
            if row.stands and ("planned", *row.told) not in told:
                yield f"unheard: the family of new visit {pk} does not read {_words(row)}"
            continue
        if was.state == "published" and row.state == "cancelled":
            yield from _check_cancelled(pk, was, after, told, listed)
        if was.state != "published" or row.state != "published":
            continue
        if row.called_off and not was.called_off:
            hear = [until for milestone, _since, until in told if milestone == "called_off"]
            if not any(until is not None and until > after.at for until in hear):
                yield f"unheard: the family of visit {pk} does not read that it is called off, and until when it hears"
            if row.called_off_told:
                yield f"told mark: visit {pk} was called off just now, and somebody told its family"
        if row.stands and not was.stands and ("planned", *row.told) not in told:
            yield f"unheard: the family of visit {pk} does not read that it stands again"
        if (was.told, was.shift) == (row.told, row.shift):
            continue
        if was.told != row.told and ("planned", *row.told) not in told:
            yield f"unheard: the family of visit {pk} does not read {_words(row)} after {_words(was)}"
        if row.promised and was.told != row.told:
            yield f"told mark: visit {pk} is still promised at {_words(row)} after {_words(was)}"
        released = LogEntry.objects.filter(
            pk__gt=before.log, action="promise_released", subject_id=str(pk)
        ).exists()
        if was.promised and not was.called_off and was.shift in working and not released:
            yield f"promise: visit {pk} goes from {_words(was)} to {_words(row)}, and nobody released it"
        if not any(_says(change, was, row) for change in listed.get(str(row.need), [])):
            yield f"unlisted: visit {pk} goes from {_words(was)} to {_words(row)} and nobody is to tell it"


def _says(change: dict[str, Any], was: VisitRow, row: VisitRow) -> bool:
    if change["what"] not in ("moved", "shifted"):
        return False
    was_told, now_told = (tuple(map(datetime.fromisoformat, change[name])) for name in ("was", "now"))
    return (was_told, now_told, change["from"], change["to"]) == (was.told, row.told, was.shift, row.shift)


def _check_cancelled(
    pk: Any,
    was: VisitRow,
    after: Books,
    told: list[tuple[Any, ...]],
    listed: dict[str, list[dict[str, Any]]],
) -> Iterator[str]:
    """A published visit that is cancelled: its family reads it; who calls families has it in a list."""
    words = {step[0] for step in told}
    if not words & {"unplanned", "closed", "planned"}:
        yield f"unheard: the family of visit {pk} does not read that {_words(was)} is cancelled"
    rows = listed.get(str(was.need), [])
    deceased = LogEntry.objects.filter(
        subject_id=str(was.need), to_state="closed", detail__reason="deceased"
    ).exists()
    over = was.told[1] is not None and was.told[1] < after.at
    if was.called_off or deceased or over:
        return
    if not any(
        row["what"] in ("cancelled", "moved", "shifted")
        and tuple(map(datetime.fromisoformat, row["was"])) == was.told
        for row in rows
    ):
        yield f"unlisted: visit {pk} at {_words(was)} is cancelled and nobody is to tell it"


# --- log


def _check_log(before: Books, after: Books) -> Iterator[str]:
    rows = list(
        LogEntry.objects.filter(pk__gt=before.log).values_list("subject_type", "subject_id", "to_state")
    )
    moved, spoken = set(rows), {(kind, pk) for kind, pk, _state in rows}
    for (kind, pk), state in after.states.items():
        was = before.states.get((kind, pk))
        if (
            was is not None
            and was != state
            and not any(pk == subject and state == to for _kind, subject, to in moved)
        ):
            yield f"log: {kind} {pk} went from {was} to {state} without a row"
    subjects = {pk for _kind, pk in spoken}
    for pk, row in after.visits.items():
        old = before.visits.get(pk)
        if old is None:
            continue
        for name in ("promised", "called_off", "called_off_told", "told", "shift"):
            if getattr(old, name) != getattr(row, name) and str(pk) not in subjects:
                yield f"log: {name} of visit {pk} changed without a row"


# --- drafts


def _check_drafts(before: Books, after: Books) -> Iterator[str]:
    """What a draft that was just written would tell."""
    fresh = [
        pk for (kind, pk), state in after.states.items() if kind == "plan" and (kind, pk) not in before.states
    ]
    for plan in Plan.objects.filter(pk__in=fresh).select_related("run"):
        today = plan.run.kind == "today"
        stops = PlanStop.objects.filter(plan=plan).select_related("shift__team").order_by("shift", "sequence")
        routes: dict[int, list[PlanStop]] = {}
        for stop in stops:
            routes.setdefault(stop.shift_id, []).append(stop)
        for route in routes.values():
            yield from _check_draft_route(route, after, today=today)
        if today:
            yield from _check_silent_teams(routes, before)


def _check_draft_route(route: list[PlanStop], after: Books, *, today: bool) -> Iterator[str]:
    shift = route[0].shift
    midnight = _clock(time(), shift.date)
    visits = {row.need: row for row in after.visits.values() if row.state in OPEN}
    last: datetime | None = None
    ahead = _skip_begun(route, visits, after.at) if today else route
    for stop in ahead:
        if stop.told_from is None or stop.told_until is None or stop.expected is None:
            yield f"draft, no hours: stop {stop.pk}"
            continue
        since, until, expected = (
            midnight + timedelta(seconds=at) for at in (stop.told_from, stop.told_until, stop.expected)
        )
        where = f"{since:%H:%M}-{until:%H:%M} ({expected:%H:%M}) {_words_of_shift(shift)} today={today}"
        visit = visits.get(stop.need_id)
        known = visit is not None and (visit.shift, visit.told) == (shift.pk, (since, until))
        firm = visit is not None and visit.promised and not visit.called_off and known
        if firm and not today:
            last = max(since, last or since)
            continue  # a promised visit stays in a plan ahead: publishing asks for its release
        fault = _find_fault(since, until, shift)
        if fault:
            yield f"draft, hours {fault}: {where}"
        if not since <= expected <= until:
            yield f"draft, misses the arrival: {where}"
        if not known and until - since < timedelta(minutes=settings.ARRIVAL_NARROWEST):
            yield f"draft, too short: {where}"
        if (
            not known
            and today
            and since + STEP
            < after.at + (timedelta(seconds=stop.travel_seconds) if stop is ahead[0] else timedelta())
        ):
            yield f"draft, before the team can come: {where}"
        if last is not None and since < last:
            yield f"draft, backwards: {where} after {last:%H:%M}"
        last = max(since, last or since)


def _check_silent_teams(routes: dict[int, list[PlanStop]], before: Books) -> Iterator[str]:
    """The home that a silent team goes to next stays its own, at the hours that were told."""
    working, today = _list_working_shifts(), timezone.localdate(before.at)
    for pk, shift in _load_shifts().items():
        if pk not in working or shift.date != today or not _is_silent(shift, before.at):
            continue
        rows = Visit.objects.filter(shift=pk, state="published", called_off="", planned_start__gt=before.at)
        following = rows.order_by("sequence").first()
        if following is None:
            continue
        midnight = _clock(time(), today)
        kept = [
            (
                midnight + timedelta(seconds=stop.told_from or 0),
                midnight + timedelta(seconds=stop.told_until or 0),
            )
            for stop in routes.get(pk, [])
            if stop.need_id == following.need_id
        ]
        if kept != [(following.told_from, following.told_until)]:
            yield f"silent: the next home of {shift.team.code} is visit {following.pk}, and a re-plan moves it"


def _is_silent(shift: Shift, now: datetime) -> bool:
    heard = Device.objects.filter(team=shift.team_id).values_list("last_seen_at", flat=True)
    spoke = max((at for at in heard if at is not None), default=None)
    return spoke is None or now - spoke > SILENT or timezone.localdate(spoke) != shift.date


def _skip_begun(route: list[PlanStop], visits: dict[Any, VisitRow], now: datetime) -> list[PlanStop]:
    """The stops of a day under way that lie before the team: those that a silent team has begun by the published
    hours and the next one, the first home of one that set out."""
    team, shift = route[0].shift.team_id, route[0].shift
    silent = _is_silent(shift, now)
    departed = Event.objects.filter(device__team=team, kind="departed", visit_named=None, at__lte=now)
    set_out = any(timezone.localdate(at) == shift.date for at in departed.values_list("at", flat=True) if at)
    rest = list(route)
    while rest and (row := visits.get(rest[0].need_id)) is not None and row.shift == shift.pk:
        midnight = _clock(time(), shift.date)
        told = (
            midnight + timedelta(seconds=rest[0].told_from or 0),
            midnight + timedelta(seconds=rest[0].told_until or 0),
        )
        if row.told != told:
            break
        begun = midnight + timedelta(seconds=rest[0].start) <= now
        if not silent and not set_out:
            break
        rest.pop(0)
        if not begun:
            break
    return rest
