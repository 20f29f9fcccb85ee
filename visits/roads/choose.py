"""Travel times from the source of the settings; if that fails, from the straight line, and the note says so.

The idea: a plan on the straight line is better than no plan, so no error of a road source leaves
`estimate_travel`; the error is in the note, which is stored with the plan and shown.
"""

import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.conf import settings

from visits.enums import RoadSource, RoadTrouble, Vehicle
from visits.lib.plan_summary import RoadsNote
from visits.planning.travel import Locations
from visits.roads import straight_line, tables
from visits.roads.extract.source import ExtractSource
from visits.roads.osrm import OsrmSource
from visits.roads.port import Roads, RoadsError, Source

logger = logging.getLogger(__name__)

SAMPLE = 120  # places that set the straight line where there are too many for a table
WAITING_S = 3.0  # where somebody waits for a page
WORK_S = 90.0  # in a worker


VEHICLES = tuple(Vehicle)  # a vehicle of the planner is an index into these


def vehicle_number(vehicle: str) -> int:
    """What the planner calls the vehicle."""
    return VEHICLES.index(Vehicle(vehicle))


def choose_source(vehicle: Vehicle = Vehicle.CAR) -> Source | None:
    """The source that the settings name; None for the straight line. Raises `RoadsError` if it is not usable."""
    if settings.TRAVEL_SOURCE == RoadSource.OSRM:
        if not settings.OSRM_URL:
            raise RoadsError(RoadTrouble.ADDRESS)
        own = settings.OSRM_MOTORCYCLE_URL if vehicle == Vehicle.MOTORCYCLE else ""
        return OsrmSource(
            base=own or settings.OSRM_URL,
            profile=settings.OSRM_PROFILE,
            folder=settings.ROADS_DIR,
            table_size=settings.OSRM_TABLE_SIZE,
            timeout_s=settings.OSRM_TIMEOUT_SECONDS,
            cache_days=settings.OSRM_CACHE_DAYS,
            most_places=settings.TRAVEL_MAX_PLACES,
            vehicle=Vehicle.MOTORCYCLE if own else Vehicle.CAR,
        )
    if settings.TRAVEL_SOURCE == RoadSource.EXTRACT:
        return ExtractSource(
            folder=settings.ROADS_DIR, most_places=settings.TRAVEL_MAX_PLACES, vehicle=vehicle
        )
    return None


def estimate_travel(
    locations: Locations,
    vehicles: Iterable[int] = (0,),
    *,
    by: Source | None = None,
    budget_s: float = WAITING_S,
) -> Roads:
    """Travel times between these places for each of the vehicles (as `vehicle_number` has them), from the settings'
    source or from `by`. Never raises for want of roads.

    Takes about `budget_s` seconds: stored times are used at once, and what could not be found in time is
    estimated by the straight line, as the note says.
    """
    wanted = sorted(set(vehicles)) or [0]
    found = {
        number: _estimate_for(VEHICLES[number], locations, by, budget_s / len(wanted)) for number in wanted
    }
    first = found[wanted[0]]
    if wanted == [0]:
        return first
    lines = {number: straight_line.line_in_force(VEHICLES[number]).model for number in range(wanted[-1] + 1)}
    travels = [found[number].travel if number in found else line for number, line in lines.items()]
    note = replace(first.note, motorcycle=found[1].note) if len(wanted) > 1 else first.note
    return Roads(travel=travels[0], note=note, more_travel=tuple(travels[1:]))


def _estimate_for(vehicle: Vehicle, locations: Locations, by: Source | None, budget_s: float) -> Roads:
    """Travel times of one vehicle."""
    line = straight_line.line_in_force(vehicle)
    wanted = by.name if by else RoadSource(settings.TRAVEL_SOURCE)
    trouble = ""
    if len(locations) > 1:
        try:
            by = by or choose_source(vehicle)
            if by is not None:
                return _travel_by_roads(vehicle, locations, by, line, budget_s)
        except RoadsError as error:
            trouble = error.trouble.value
            logger.warning("no travel times from %s: %s; the straight line is used", wanted.value, trouble)
        except Exception:  # a plan on the straight line is worth more than no plan
            trouble = RoadTrouble.ERROR.value
            logger.exception("no travel times from %s; the straight line is used", wanted.value)
    note = _build_note(vehicle, line, wanted=wanted, places=len(locations), trouble=trouble)
    return Roads(travel=line.model, note=note)


def _filling_settings() -> tables.FillSettings:
    return tables.FillSettings(
        speed_scale=settings.TRAVEL_SPEED_SCALE,
        snap_limit_m=settings.TRAVEL_SNAP_LIMIT_M,
        snap_speed_kmh=settings.TRAVEL_SNAP_SPEED_KMH,
    )


def _travel_by_roads(
    vehicle: Vehicle, locations: Locations, by: Source, line: straight_line.StraightLine, budget_s: float
) -> Roads:
    too_many = len(locations) > settings.TRAVEL_MAX_PLACES
    asked = [locations[index] for index in tables.sample_places(locations, SAMPLE)] if too_many else locations
    found = by.find(asked, budget_s=budget_s)
    filled = tables.fill_table(found, asked, line.model, _filling_settings())
    if filled.estimated == 1.0:
        raise RoadsError(RoadTrouble(found.trouble or RoadTrouble.OUTSIDE))
    model = tables.fit_line(asked, filled.table, line.model) if too_many else line.model
    note = _build_note(
        vehicle,
        line,
        wanted=by.name,
        places=len(locations),
        trouble=found.trouble,
        source=str(by.name),
        speed_kmh=model.speed_kmh,
        fitted="" if too_many or line.fitted is None else line.fitted.isoformat(),
        as_of=found.as_of.isoformat() if found.as_of else "",
        estimated=round(filled.estimated, 4),
        far=filled.far,
        as_car=found.vehicle != vehicle,
        sampled=len(asked) if too_many else 0,
    )
    return Roads(travel=model if too_many else filled.table, note=note)


def _build_note(
    vehicle: Vehicle,
    line: straight_line.StraightLine,
    *,
    wanted: RoadSource,
    places: int,
    trouble: str,
    **more: Any,
) -> RoadsNote:
    """A note of the straight line, unless `more` says otherwise."""
    own: dict[str, Any] = {
        "source": RoadSource.GREAT_CIRCLE.value,
        "detour": line.model.detour,
        "speed_kmh": line.model.speed_kmh,
        "fitted": line.fitted.isoformat() if line.fitted else "",
        "vehicle": "" if vehicle == Vehicle.CAR else vehicle.value,
    }
    return RoadsNote(wanted=wanted.value, places=places, trouble=trouble, **(own | more))
