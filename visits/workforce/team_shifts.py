"""Shifts of teams: made for a range of working days, cancelled and resumed."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db import transaction

from outreach.services import log
from visits.models import Officer, Shift, Team
from visits.workforce import calendar, team_skills
from visits.workforce.calendar import DayHours


@transaction.atomic
def make_shifts(*, teams: Iterable[Team], first: date, last: date, actor: str) -> list[Shift]:
    """Make a shift for each team on each working day of the range, with the office's hours and the team's
    base, skills and limit. Existing shifts stay as they are, so a repeat makes none. Returns the new shifts.
    """
    dates = calendar.list_working_days(first=first, last=last)
    wanted = [team for team in teams if team.is_active]
    have = set(Shift.objects.filter(team__in=wanted, date__in=dates).values_list("team_id", "date"))
    skills, hours = team_skills.list_team_skills(), calendar.list_hours(dates)
    fresh = [
        Shift(
            team=team,
            date=day,
            starts=hours[day].starts,
            ends=hours[day].ends,
            breaks=hours[day].breaks,
            start_latitude=team.latitude,
            start_longitude=team.longitude,
            end_latitude=team.latitude,
            end_longitude=team.longitude,
            max_visits=team.max_visits,
            skills=sorted(skills[team.pk]),
        )
        for day in dates
        for team in wanted
        if (team.pk, day) not in have
    ]
    Shift.objects.bulk_create(fresh, ignore_conflicts=True)
    made = list(
        Shift.objects.filter(team__in=wanted, date__in=[shift.date for shift in fresh]).select_related("team")
    )
    made = [shift for shift in made if (shift.team_id, shift.date) not in have]
    for shift in made:
        log.write_log(
            actor=actor, action="shift_made", subject=shift, detail={"date": shift.date.isoformat()}
        )
    return made


@transaction.atomic
def follow_team_skills(*, before: Mapping[int, frozenset[str]], first: date, actor: str) -> None:
    """Give the shifts from `first` on what their teams gained since `before` (skills by team), and take what
    they lost; what was changed on a shift alone stays."""
    for team, skills in team_skills.list_team_skills().items():
        lost, gained = before.get(team, skills) - skills, skills - before.get(team, skills)
        if not lost and not gained:
            continue
        for shift in Shift.objects.filter(team=team, date__gte=first).order_by("pk"):
            now = sorted((set(shift.skills) - lost) | gained)
            if now != sorted(shift.skills):
                shift.skills = now
                save_workforce_row(row=shift, changed=["skills"], actor=actor)


Base = tuple[float, float]


def list_bases() -> dict[int, Base]:
    """Where each team sets out and ends: latitude and longitude."""
    return {pk: (north, east) for pk, north, east in Team.objects.values_list("pk", "latitude", "longitude")}


@transaction.atomic
def follow_bases(*, before: Mapping[int, Base], shifts: Collection[int], actor: str) -> None:
    """Let these shifts start and end at their team's base where they did at the one of `before` (by team); a place
    that somebody gave one shift alone stays."""
    now = list_bases()
    moved = {team: base for team, base in before.items() if base != now[team]}
    for shift in Shift.objects.filter(team__in=moved, pk__in=shifts).order_by("pk"):
        had, has = moved[shift.team_id], now[shift.team_id]
        changed = []
        if (shift.start_latitude, shift.start_longitude) == had:
            shift.start_latitude, shift.start_longitude = has
            changed += ["start_latitude", "start_longitude"]
        if (shift.end_latitude, shift.end_longitude) == had:
            shift.end_latitude, shift.end_longitude = has
            changed += ["end_latitude", "end_longitude"]
        if changed:
            save_workforce_row(row=shift, changed=changed, actor=actor)


def list_limits() -> dict[int, int]:
    """How many visits a day each team makes at most."""
    return dict(Team.objects.values_list("pk", "max_visits"))


@transaction.atomic
def follow_limits(*, before: Mapping[int, int], first: date, actor: str) -> None:
    """Give the shifts from `first` on their team's limit where they had the one of `before` (by team); a limit that
    somebody gave one shift alone stays."""
    for team, limit in list_limits().items():
        if before.get(team, limit) == limit:
            continue
        rows = Shift.objects.filter(team=team, date__gte=first, max_visits=before[team])
        for shift in rows.order_by("pk"):
            shift.max_visits = limit
            save_workforce_row(row=shift, changed=["max_visits"], actor=actor)


@transaction.atomic
def follow_hours(*, before: Mapping[date, DayHours], actor: str) -> None:
    """Give shifts the office's hours where they had those of `before` (by day); hours that somebody gave one
    shift alone stay."""
    now = calendar.list_hours(before)
    changed = {day for day, hours in before.items() if hours != now[day]}
    for shift in Shift.objects.filter(date__in=changed).order_by("pk"):
        had, has = before[shift.date], now[shift.date]
        if (shift.starts, shift.ends, shift.breaks) == (had.starts, had.ends, had.breaks):
            shift.starts, shift.ends, shift.breaks = has.starts, has.ends, has.breaks
            save_workforce_row(row=shift, changed=["starts", "ends", "breaks"], actor=actor)


@transaction.atomic
def set_cancelled(*, shift: Shift, cancelled: bool, actor: str) -> bool:
    """Cancel a shift or resume it. False if it was so before. Published visits stay until the next plan moves
    them."""
    changed = Shift.objects.filter(pk=shift.pk, is_cancelled=not cancelled).update(is_cancelled=cancelled)
    if changed:
        shift.is_cancelled = cancelled
        log.write_log(
            actor=actor,
            action="shift_cancelled" if cancelled else "shift_taken_up",
            subject=shift,
            detail={"date": shift.date.isoformat()},
        )
    return bool(changed)


@transaction.atomic
def save_workforce_row(*, row: Team | Officer | Shift, changed: list[str], actor: str) -> None:
    """Save a team, an officer or a shift, with a log row that names the changed fields."""
    made = row.pk is None
    row.save()
    if made or changed:
        action = f"{row._meta.model_name}_{'made' if made else 'changed'}"
        log.write_log(actor=actor, action=action, subject=row, detail={"fields": sorted(changed)})
