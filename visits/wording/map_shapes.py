"""Map data for static/visits/admin/plan_map.js, in one shape for all pages."""

from typing import Any

from outreach.models import Need


def describe_home(need: Need, *, number: int, arrive: str = "") -> dict[str, Any]:
    """A home's marker with its label. Reads `need.resident.village`."""
    resident = need.resident
    return {
        "number": number,
        "at": [resident.latitude, resident.longitude],
        "name": resident.name,
        "village": resident.village.name,
        "arrive": arrive,
        "approximate": resident.approximate,
    }
