"""Travel times as the settings ask for them; where that does not work, the straight line, and the note says so."""

import logging

from django.conf import settings

from visits.enums import RoadSource, RoadTrouble
from visits.planning import GreatCircle
from visits.planning.travel import Locations
from visits.roads import straight, tables
from visits.roads.port import Note, Roads, RoadsError, Source

logger = logging.getLogger(__name__)

SAMPLE = 120  # places that set the straight line where there are too many for a table
BUDGET_S = 90.0


def source() -> Source | None:
    """The source that the settings name; None for the straight line."""
    return None


def travel(locations: Locations, *, by: Source | None = None, budget_s: float = BUDGET_S) -> Roads:
    """Travel between these places, by the settings' source or another one. Never fails for want of roads."""
    by = by or source()
    line = straight.in_force()
    plain = Roads(travel=line.model, note=_note(line, line.model, by=None, places=len(locations)))
    if by is None or len(locations) < 2:
        return plain
    try:
        return _by_roads(locations, by, line, budget_s)
    except RoadsError as error:
        trouble = error.trouble
        logger.warning("no travel times from %s: %s; the straight line is used", by.name.value, trouble.value)
    except Exception:  # a plan on the straight line is worth more than no plan
        trouble = RoadTrouble.ERROR
        logger.exception("no travel times from %s; the straight line is used", by.name.value)
    note = _note(
        line, line.model, by=by, places=len(locations), source=RoadSource.GREAT_CIRCLE, trouble=trouble
    )
    return Roads(travel=line.model, note=note)


def _rules() -> tables.Rules:
    return tables.Rules(
        speed_scale=settings.TRAVEL_SPEED_SCALE,
        snap_limit_m=settings.TRAVEL_SNAP_LIMIT_M,
        snap_speed_kmh=settings.TRAVEL_SNAP_SPEED_KMH,
    )


def _by_roads(locations: Locations, by: Source, line: straight.Straight, budget_s: float) -> Roads:
    too_many = len(locations) > settings.TRAVEL_MAX_PLACES
    asked = [locations[index] for index in tables.sample(locations, SAMPLE)] if too_many else locations
    found = by.find(asked, budget_s=budget_s)
    filled = tables.fill(found, asked, line.model, _rules())
    if filled.estimated == 1.0:
        raise RoadsError(RoadTrouble(found.trouble or RoadTrouble.OUTSIDE))
    model = tables.fitted(asked, filled.table, line.model) if too_many else line.model
    note = _note(
        line,
        model,
        by=by,
        places=len(locations),
        source=by.name,
        trouble=found.trouble,
        as_of=found.as_of.isoformat() if found.as_of else "",
        estimated=round(filled.estimated, 4),
        far=filled.far,
        sampled=len(asked) if too_many else 0,
    )
    return Roads(travel=model if too_many else filled.table, note=note)


def _note(
    line: straight.Straight,
    model: GreatCircle,
    *,
    by: Source | None,
    places: int,
    source: str = RoadSource.GREAT_CIRCLE,
    trouble: str = "",
    as_of: str = "",
    estimated: float = 0.0,
    far: int = 0,
    sampled: int = 0,
) -> Note:
    return Note(
        source=str(source),
        wanted=str(by.name if by else RoadSource.GREAT_CIRCLE),
        places=places,
        detour=model.detour,
        speed_kmh=model.speed_kmh,
        fitted=line.fitted.isoformat() if line.fitted and not sampled else "",
        trouble=str(trouble),
        as_of=as_of,
        estimated=estimated,
        far=far,
        sampled=sampled,
    )
