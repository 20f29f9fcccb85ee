"""Stop groups on the day under way: who is left of one, and how long each visit takes with and without the
others.

A published visit that follows another at its stop was planned without setting up the kit. It stays that short
while its team works, which may be at the stop already; given to another team without the others, it takes
longer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from outreach.models import Need
from visits.estimates import visit_durations
from visits.estimates.visit_durations import VisitEstimate
from visits.fieldwork import team_status
from visits.models import Visit
from visits.planning.day.day_state import DayStopGroups
from visits.schedule.problem import need_groups, stop_joining
from visits.schedule.problem.published_week import published_stop

SHORTEST_S = 60


@dataclass(frozen=True, slots=True)
class VisitLengths:
    """How long a visit takes: as the plan has it now, right after another at its stop, by itself. `begun`:
    its team stands at its stop, or drives there."""

    now_s: int
    follows_s: int
    alone_s: int
    begun: bool = False


def estimate_lengths(
    teams: Sequence[team_status.TeamStatus],
    urgent: Iterable[Need],
    *,
    setup_minutes: int,
    learned: Mapping[str, VisitEstimate],
) -> dict[str, VisitLengths]:
    """By need, for what is left of today and who is urgent."""

    def modelled(need: Need, *, follows: bool) -> int:
        return visit_durations.service_seconds(
            need, setup_minutes=setup_minutes, learned=learned, follows=follows
        )

    found = {}
    for team in teams:
        route = _published_route(team)
        behind, begun = stop_joining.find_followers(route), _begun_stop(route, team)
        for visit in team.left:
            stop = published_stop(visit)
            planned_s = stop.leave_s - stop.start_s
            short_s, full_s = modelled(visit.need, follows=True), modelled(visit.need, follows=False)
            alone_s = planned_s
            if visit in behind:
                alone_s = visit_durations.alone_seconds(planned_s, short_s=short_s, full_s=full_s)
            found[str(visit.need_id)] = VisitLengths(
                now_s=alone_s if team.takes_no_more else planned_s,
                follows_s=max(SHORTEST_S, alone_s - (full_s - short_s)),
                alone_s=alone_s,
                begun=visit.pk in begun,
            )
    for need in urgent:
        full_s = modelled(need, follows=False)
        found[str(need.pk)] = VisitLengths(full_s, modelled(need, follows=True), full_s)
    return found


def _published_route(team: team_status.TeamStatus) -> list[Visit]:
    """The team's day in its order, what is behind it too."""
    rows = [*team.reported, *team.assumed, *team.left]
    return sorted(rows, key=lambda visit: (visit.sequence, visit.pk))


def _begun_stop(route: Sequence[Visit], team: team_status.TeamStatus) -> set[object]:
    """Visits left of the stop where the team is."""
    left = {visit.pk for visit in team.left}
    for stop in stop_joining.split_into_stops(route):
        rest = [visit.pk for visit in stop if visit.pk in left]
        if rest:  # the first stop that is not over
            return set(rest) if len(rest) < len(stop) and not team.takes_no_more else set()
    return set()


def group_day_stops(
    *,
    left: Sequence[Visit],
    urgent: Sequence[Need],
    announced: Iterable[Visit],
    known: Mapping[str, VisitLengths],
) -> DayStopGroups:
    """Who may share a stop today; `announced` are the visits of later days, in their order."""
    routes: dict[int, list[Visit]] = {}
    for visit in announced:
        routes.setdefault(visit.shift_id, []).append(visit)
    behind = {str(visit.need_id) for route in routes.values() for visit in stop_joining.find_followers(route)}
    return DayStopGroups(
        wanted=tuple(
            tuple(str(need.pk) for need in group) for group in need_groups.group_day_visits(left, urgent)
        ),
        follows={need: one.follows_s for need, one in known.items()},
        alone={need: one.alone_s for need, one in known.items()},
        behind=frozenset(behind),
        begun=frozenset(need for need, one in known.items() if one.begun),
    )
