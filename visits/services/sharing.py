"""Which needs share a stop: homes of one house, or so near that the team does not pack up its kit between them.

The kit is set up once for all; who needs recording comes first, cards are handed over after. What the family was
told must be the same, so a group is made of needs that are all open, or all published on one team-day alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

from django.conf import settings

from outreach.enums import NeedKind
from outreach.models import Need, Resident
from visits.selectors import arrival
from visits.selectors.candidates import open_visits

EARTH_M_PER_DEGREE = 111_195


@dataclass(frozen=True)
class Door:
    """What needs must have in common beside the place."""

    address: tuple[str, ...]  # empty where the home's own point is known
    visit: tuple[object, ...]
    infectious: bool


def groups(needs: Sequence[Need]) -> list[list[Need]]:
    """Needs that may share a stop, two or more in each, the first to be done first; in the order given."""
    by_door: dict[Door, list[Need]] = {}
    for need in needs:
        door = _door(need)
        if door is not None:
            by_door.setdefault(door, []).append(need)
    found = [group for rows in by_door.values() for group in _near(rows)]
    return [sorted(group, key=lambda need: need.kind == NeedKind.DELIVERY) for group in found]


def _door(need: Need) -> Door | None:
    """None for a home that is only known by its village and has no address: nobody knows who is next to it."""
    resident = need.resident
    address: tuple[str, ...] = ()
    if resident.approximate:
        address = _address(resident)
        if not address:
            return None
    told = tuple((visit.shift_id, visit.promised, *arrival.told(visit)) for visit in open_visits(need))
    return Door(address, told, resident.infectious)


def _address(resident: Resident) -> tuple[str, ...]:
    """The written address, alike for all who wrote the same; empty where there is none."""
    words = " ".join(resident.address.lower().split())
    return (resident.village_id, resident.rt.lstrip("0"), resident.rw.lstrip("0"), words) if words else ()


def same_stop(one: Resident, other: Resident) -> bool:
    """Whether a team that goes from the one home to the other does not pack up its kit."""
    if one.approximate or other.approximate:
        address = _address(one)
        return one.approximate and other.approximate and bool(address) and address == _address(other)
    return bool(_metres(one, other) <= settings.SHARED_STOP_METRES)


def _near(rows: Iterable[Need]) -> list[list[Need]]:
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
                and _metres(group[0].resident, need.resident) <= settings.SHARED_STOP_METRES
            ):
                group.append(need)
                break
        else:
            group = [need]
            groups.append(group)
            cells.setdefault(at, []).append(group)
    return [group for group in groups if len(group) > 1]


def _metres(a: Resident, b: Resident) -> float:
    north = (a.latitude - b.latitude) * EARTH_M_PER_DEGREE
    east = (a.longitude - b.longitude) * EARTH_M_PER_DEGREE
    return float((north**2 + (east * cos(radians(a.latitude))) ** 2) ** 0.5)
