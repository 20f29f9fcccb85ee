"""Shifts of teams: made for a range of working days, cancelled and resumed."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from outreach.enums import Skill
from outreach.services import log
from visits.models import Officer, Shift, Team
from visits.workforce import calendar


@transaction.atomic
def make_shifts(*, teams: Iterable[Team], first: date, last: date, actor: str) -> list[Shift]:
    """Make a shift for each team on each working day of the range, with the office's hours and the team's
    base, skills and limit. Existing shifts stay as they are, so a repeat makes none. Returns the new shifts.
    """
    starts, ends = calendar.working_hours()
    dates = calendar.list_working_days(first=first, last=last)
    wanted = [team for team in teams if team.is_active]
    have = set(Shift.objects.filter(team__in=wanted, date__in=dates).values_list("team_id", "date"))
    skills = {team.pk: skills_of(team) for team in wanted}
    fresh = [
        Shift(
            team=team,
            date=day,
            starts=starts,
            ends=ends,
            breaks=calendar.working_breaks(day),
            start_latitude=team.latitude,
            start_longitude=team.longitude,
            end_latitude=team.latitude,
            end_longitude=team.longitude,
            max_visits=team.max_visits,
            skills=skills[team.pk],
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


def skills_of(team: Team) -> list[str]:
    """The team's skills: the parts of its kit, and WOMAN_OFFICER if it has one now."""
    found = set(team.skills)
    if team.officers.filter(woman=True, is_active=True).exists():
        found.add(Skill.WOMAN_OFFICER)
    return sorted(found)


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
