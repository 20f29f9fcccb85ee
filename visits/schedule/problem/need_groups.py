"""Needs that share a stop: homes in one house, or so near that the team does not pack up its kit in between.

The kit is set up once for all; recordings come first, card deliveries after them. All families of a group
must have been told the same, so a group is all open, or all published on one team-day alike.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

from django.conf import settings

from outreach.enums import NeedKind
from outreach.models import Need, Resident
from visits.appointments import arrival_intervals
from visits.models import Visit

EARTH_M_PER_DEGREE = 111_195


@dataclass(frozen=True)
class StopKey:
    """What needs must have in common beside the place."""

    address: tuple[str, ...]  # empty where the home's own point is known
    visit: tuple[object, ...]
    infectious: bool


def group_needs(needs: Sequence[Need], published: Mapping[str, Visit]) -> list[list[Need]]:
    """Needs that may share a stop, two or more in each, the first to be done first; in the order given.
    `published` are their visits by need, where they have one."""
    return _order_groups(
        _cluster_needs(needs, apart=lambda need: _announced_key(published.get(str(need.pk))))
    )


def group_day_visits(visits: Sequence[Visit], urgent: Sequence[Need]) -> list[list[Need]]:
    """The same on the day of work: visits left that one team is to make, and who is urgent with them. Whether
    what each was promised goes together is seen by the planner."""
    shift = {visit.need_id: visit.shift_id for visit in visits}
    found = _cluster_needs([visit.need for visit in visits], apart=lambda need: (shift[need.pk],))
    for need in urgent:
        group = next((group for group in found if _may_join(need, group)), None)
        if group is None:
            found.append([need])
        else:
            group.append(need)
    return _order_groups(found)


def _may_join(need: Need, group: Sequence[Need]) -> bool:
    home = group[0].resident
    return (
        len(group) < settings.SHARED_STOP_MOST
        and home.infectious == need.resident.infectious
        and same_stop(home, need.resident)
    )


def _order_groups(found: Iterable[list[Need]]) -> list[list[Need]]:
    """Two or more: who needs recording comes first."""
    rows = (group for group in found if len(group) > 1)
    return [sorted(group, key=lambda need: need.kind == NeedKind.DELIVERY) for group in rows]


def _cluster_needs(needs: Iterable[Need], *, apart: Callable[[Need], tuple[object, ...]]) -> list[list[Need]]:
    """Needs by their stop, those without company too; never those whose `apart` differs."""
    by_door: dict[StopKey, list[Need]] = {}
    for need in needs:
        door = _stop_key(need, apart)
        if door is not None:
            by_door.setdefault(door, []).append(need)
    return [group for rows in by_door.values() for group in _cluster_by_distance(rows)]


def _announced_key(visit: Visit | None) -> tuple[object, ...]:
    """Where and when the family awaits the team, as far as it was told."""
    if visit is None:
        return ()
    return (visit.shift_id, visit.promised, *arrival_intervals.interval_told(visit))


def _stop_key(need: Need, apart: Callable[[Need], tuple[object, ...]]) -> StopKey | None:
    """None for a home that is only known by its village and has no address: nobody knows who is next to it."""
    resident = need.resident
    address: tuple[str, ...] = ()
    if resident.approximate:
        address = _address_key(resident)
        if not address:
            return None
    return StopKey(address, apart(need), resident.infectious)


def _address_key(resident: Resident) -> tuple[str, ...]:
    """The written address, alike for all who wrote the same; empty where there is none."""
    words = " ".join(resident.address.lower().split())
    return (resident.village_id, resident.rt.lstrip("0"), resident.rw.lstrip("0"), words) if words else ()


def same_stop(one: Resident, other: Resident) -> bool:
    """Whether a team that goes from the one home to the other does not pack up its kit."""
    if one.approximate or other.approximate:
        address = _address_key(one)
        return one.approximate and other.approximate and bool(address) and address == _address_key(other)
    return bool(_distance_m(one, other) <= settings.SHARED_STOP_METRES)


def _cluster_by_distance(rows: Iterable[Need]) -> list[list[Need]]:
    """Rows within the distance of the first of a group, as long as the group takes no longer than allowed."""
    groups: list[list[Need]] = []
    cells: dict[tuple[int, int], list[list[Need]]] = {}
    size = max(1.0, settings.SHARED_STOP_METRES) / EARTH_M_PER_DEGREE
    for need in rows:
        at = (int(need.resident.latitude // size), int(need.resident.longitude // size))
        around = [(at[0] + i, at[1] + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        for group in (group for cell in around for group in cells.get(cell, [])):
            if (
                len(group) < settings.SHARED_STOP_MOST
                and _distance_m(group[0].resident, need.resident) <= settings.SHARED_STOP_METRES
            ):
                group.append(need)
                break
        else:
            group = [need]
            groups.append(group)
            cells.setdefault(at, []).append(group)
    return groups


def _distance_m(a: Resident, b: Resident) -> float:
    north = (a.latitude - b.latitude) * EARTH_M_PER_DEGREE
    east = (a.longitude - b.longitude) * EARTH_M_PER_DEGREE
    return float((north**2 + (east * cos(radians(a.latitude))) ** 2) ** 0.5)
