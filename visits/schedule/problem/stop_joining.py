"""A slot at a published stop: in the same house or next to it, without packing up the kit.

By the rules of stop groups (need_groups.py, visits/planning/groups/stop_groups.py): right after a visit of
the stop, without a drive and without setting up the kit again. A recording joins a recording; nobody else
comes in between.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from django.conf import settings

from outreach.enums import NeedKind
from outreach.models import Need
from visits import planning
from visits.estimates import visit_durations
from visits.models import Visit
from visits.planning.week.slots import Slot
from visits.schedule.problem.need_groups import same_stop
from visits.schedule.problem.published_week import PublishedWeek


@dataclass(frozen=True, kw_only=True)
class StopJoins:
    """`visits` are, by the need of a published stop, what the asked one's visit is right after it; `follows`
    are the stops that share the place of the one before them."""

    visits: dict[str, planning.Visit] = field(default_factory=dict)
    follows: frozenset[str] = frozenset()


def find_joins(*, there: PublishedWeek, need: Need) -> StopJoins:
    """Where `need`, which asks for a place of the week, could join."""
    asked = there.problem.visit_by_id[str(need.pk)]
    service_s: int | None = None
    visits: dict[str, planning.Visit] = {}
    follows: set[str] = set()
    for order in there.orders.values():
        for stop in split_into_stops([there.visits[one] for one in order if one != asked.id]):
            follows.update(str(visit.need_id) for visit in stop[1:])
            for count, visit in enumerate(stop, start=1):
                if _may_join_stop(need, stop, stop[:count]):
                    if service_s is None:
                        service_s = visit_durations.service_seconds(need, setup_minutes=0, follows=True)
                    place = there.problem.visit_by_id[str(visit.need_id)].location
                    visits[str(visit.need_id)] = replace(asked, location=place, service_s=service_s)
    return StopJoins(visits=visits, follows=frozenset(follows))


def split_into_stops(rows: Sequence[Visit]) -> Iterator[list[Visit]]:
    """The visits of a route, those in a row that share a stop together."""
    stop: list[Visit] = []
    for visit in rows:
        if stop and stop[-1].stop_key != visit.stop_key:
            yield stop
            stop = []
        stop.append(visit)
    if stop:
        yield stop


def find_followers(route: Sequence[Visit]) -> set[Visit]:
    """The visits of a route that come right after another at their stop."""
    return {visit for stop in split_into_stops(route) for visit in stop[1:]}


def list_stop_followers(keys: Mapping[str, object]) -> frozenset[str]:
    """Who comes right after another at its stop; `keys` are those of the stops by need, in the order of the
    day."""
    return frozenset(need for (_, before), (need, key) in pairwise(keys.items()) if key == before)


def _may_join_stop(need: Need, stop: Sequence[Visit], before: Sequence[Visit]) -> bool:
    """Whether the need's visit may come right after the visits `before` of this stop."""
    resident = before[-1].need.resident
    return (
        same_stop(resident, need.resident)
        and resident.infectious == need.resident.infectious
        and len(stop) < settings.SHARED_STOP_MOST
        and (need.kind == NeedKind.DELIVERY or any(v.need.kind == NeedKind.RECORDING for v in before))
    )


def join_at(*, there: PublishedWeek, need: Need, slot: Slot, joins: StopJoins) -> PublishedWeek:
    """The week with the need's visit as it is at this place."""
    if slot.joins is None:
        return there
    visits = tuple(
        joins.visits[slot.joins] if visit.id == str(need.pk) else visit for visit in there.problem.visits
    )
    return replace(there, problem=replace(there.problem, visits=visits))
