"""Travel times for the planner: by great circle, an OSRM server, or an OpenStreetMap extract.

    roads = estimate_travel(locations, {shift.vehicle for shift in shifts})
    Problem(..., travel=roads.travel, more_travel=roads.more_travel)
    roads.note  # how the times were made, to be kept with the plan

Read in this order. Only this package talks to road servers or loads scipy, and only while it works.

- port (what a source answers), tables (a table without gaps), choose (by the settings, or the straight line).
- osrm, over http, with its cache; extract/, with an order of its own.
- fit: driving speed from recorded trips; straight_line: the straight line in force.
"""

from visits.roads.choose import WORK_S, estimate_travel, vehicle_number
from visits.roads.port import Roads, RoadsError, RoadTimes, Source

__all__ = ["WORK_S", "RoadTimes", "Roads", "RoadsError", "Source", "estimate_travel", "vehicle_number"]
