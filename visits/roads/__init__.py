"""Travel times for the planner: by great circle, an OSRM server, or an OpenStreetMap extract.

    roads = travel(locations)
    Problem(..., travel=roads.travel); roads.note.as_json()  # how the times were made, to be kept with the plan

Read in this order: port, tables, choose; then the sources. Only this package talks to road servers or
loads scipy, and only while it works.
"""

from visits.roads.choose import WORK_S, travel
from visits.roads.port import Found, Note, Roads, RoadsError, Source

__all__ = ["WORK_S", "Found", "Note", "Roads", "RoadsError", "Source", "travel"]
