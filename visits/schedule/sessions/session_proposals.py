"""Proposals of village sessions: where many needs that could come to a hall are near it, and what that saves."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from outreach.enums import NeedKind, NeedState, Urgency
from outreach.models import Need, Village
from visits import planning
from visits.enums import Vehicle
from visits.estimates import visit_durations
from visits.models import Shift
from visits.planning.groups.sessions import Cost, Proposal, SessionRules, propose_sessions
from visits.roads import straight_line
from visits.schedule.problem import problem_builder
from visits.schedule.sessions import agreed_sessions
from visits.wording import labels, map_shapes

AHEAD = timedelta(days=14)  # in which teams must have a day for their sessions to be computed


@dataclass(frozen=True, kw_only=True)
class ProposedSession:
    """A proposal as its page shows it."""

    number: int
    village: Village
    team: str
    needs: list[Need]
    proposal: Proposal
    saved_days: str
    saved_travel: str
    homes: str
    session: str
    sooner: str  # by how much the queue of all gets shorter
    accepted: list[date]


@dataclass(frozen=True, kw_only=True)
class SessionProposals:
    """Proposals, the number of people who could come at all, and whether any team has a day ahead."""

    sessions: list[ProposedSession]
    people: int
    teams: int


def list_session_proposals(*, today: date | None = None) -> SessionProposals:
    today = today or timezone.localdate()
    ahead = _days_ahead(today)
    usual = {shift.team_id: shift for shift in reversed(ahead)}
    needs = _needs_that_could_come()
    villages = list(Village.objects.select_related("district").defer("boundary", "district__boundary"))
    found = _find_proposals(needs, list(usual.values()), villages) if usual and needs else []
    a_day = len(ahead) / len({shift.date for shift in ahead}) if ahead else 0.0
    by_id = {str(need.pk): need for need in needs}
    teams = {str(shift.pk): shift.team.name for shift in usual.values()}
    agreed = agreed_sessions.read_agreed_days(subject_id__in=[village.pk for village, _one in found])
    return SessionProposals(
        sessions=[
            ProposedSession(
                number=number,
                village=village,
                team=teams[one.shift],
                needs=[by_id[need] for need in one.visits],
                proposal=one,
                saved_days=_format_number(one.saved_days),
                saved_travel=labels.format_duration(max(0, one.saved_travel_s)),
                homes=_describe_cost(one.homes),
                session=_describe_cost(one.session),
                sooner=_format_number(one.saved_days / a_day),
                accepted=sorted(agreed.get(village.pk, {})),
            )
            for number, (village, one) in enumerate(found, start=1)
        ],
        people=len(needs),
        teams=len(usual),
    )


def _days_ahead(today: date) -> list[Shift]:
    """Team-days of the next weeks, by date."""
    rows = Shift.objects.filter(
        date__gt=today, date__lte=today + AHEAD, is_cancelled=False, team__is_active=True
    )
    return list(rows.select_related("team").order_by("date", "team__code"))


def _needs_that_could_come() -> list[Need]:
    """Needs of people who may be able to come to their hall; the longest wait first."""
    kinds = Q(resident__kind__in=settings.SESSION_KINDS) | Q(kind=NeedKind.DELIVERY)
    rows = Need.objects.filter(kinds, state=NeedState.OPEN, resident__away=False, resident__infectious=False)
    rows = rows.exclude(urgency=Urgency.HOSPITAL).select_related("resident__village__district")
    rows = rows.defer("resident__village__boundary", "resident__village__district__boundary")
    return list(rows.order_by("waiting_since", "pk"))


def _find_proposals(
    needs: list[Need], days: list[Shift], villages: list[Village]
) -> list[tuple[Village, Proposal]]:
    """The planner's proposals with the village whose hall each is at."""
    places, learned = problem_builder.LocationTable(), visit_durations.load_estimates()
    shifts = tuple(problem_builder.build_shift(shift, places) for shift in days)
    setup = max(shift.team.setup_minutes for shift in days)
    times = {
        need.pk: visit_durations.estimate_service(need, setup_minutes=setup, learned=learned)
        for need in needs
    }
    visits = tuple(
        planning.Visit(
            id=str(need.pk),
            location=places.at(need.resident.latitude, need.resident.longitude),
            service_s=times[need.pk].expected_s,
            variance_s2=times[need.pk].variance_s2,
            priority=1,
            windows=problem_builder.suitable_hours(need),
        )
        for need in needs
    )
    halls = {places.at(village.latitude, village.longitude): village for village in villages}
    car, *more = (straight_line.line_in_force(vehicle).model for vehicle in Vehicle)
    problem = planning.Problem(tuple(places.index), shifts, visits, car, more_travel=tuple(more))
    rules = SessionRules(
        least=settings.SESSION_LEAST,
        reach_m=1000 * settings.SESSION_REACH_KM,
        person_s=60 * settings.SESSION_MINUTES,
        setup_s=60 * settings.SESSION_SETUP_MINUTES,
    )
    return [(halls[one.hall], one) for one in propose_sessions(problem, list(halls), rules)]


def _format_number(value: float) -> str:
    return str(formats.number_format(value, decimal_pos=1))


def _describe_cost(cost: Cost) -> str:
    return _("%(days)s hari tim, %(travel)s jalan") % {
        "days": _format_number(cost.team_days),
        "travel": labels.format_duration(cost.travel_s),
    }


def build_session_map(found: SessionProposals) -> dict[str, Any]:
    """The map of plans draws it: a square for each hall, a mark with the proposal's number for each home."""
    return {
        "routes": [
            {
                "id": f"sesi-{one.number}",
                "team": _("Balai %(village)s") % {"village": one.village.name},
                "day": labels.format_visit_count(len(one.needs)),
                "colour": (one.number - 1) % 7,
                "dashed": False,
                "lines": False,
                "base": {
                    "name": _("Balai %(village)s") % {"village": one.village.name},
                    "at": [one.village.latitude, one.village.longitude],
                },
                "end": [one.village.latitude, one.village.longitude],
                "stops": [map_shapes.describe_home(need, number=one.number) for need in one.needs],
            }
            for one in found.sessions
        ]
    }
