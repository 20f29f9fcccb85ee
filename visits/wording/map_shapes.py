"""What the map of plans is given: one shape for every page that draws it (static/visits/admin/plan_map.js)."""

from typing import Any

from outreach.models import Need


def home(need: Need, *, number: int, arrive: str = "") -> dict[str, Any]:
    """A home's mark, with what its label says; `need.resident.village` is read."""
    resident = need.resident
    return {
        "number": number,
        "at": [resident.latitude, resident.longitude],
        "name": resident.name,
        "village": resident.village.name,
        "arrive": arrive,
        "approximate": resident.approximate,
    }
