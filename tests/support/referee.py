"""Our own referee of plans: a clock that ticks second by second, so it shares no formula with the planner.

It reads a case and a plan as JSON objects, lets every team live through its day one second at a time,
and returns what it saw. Slow on purpose; for tests.
"""

from math import asin, ceil, cos, radians, sin, sqrt
from typing import Any


def seconds_of(text: str) -> int:
    parts = [int(part) for part in text.split(":")]
    return parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)


def leg_seconds(case: dict[str, Any], vehicle: int, a: int, b: int) -> int:
    if a == b:
        return 0
    (lat1, lon1), (lat2, lon2) = ([radians(x) for x in case["locations"][i]] for i in (a, b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    metres = 2 * 6371009.0 * asin(sqrt(min(1.0, h)))
    travel = [case["travel"], *case.get("more_travel", ())][vehicle]
    detour, speed_kmh = float(travel["detour"]), float(travel["speed_kmh"])
    return ceil(metres * detour / (speed_kmh / 3.6) - 1e-6)


class Day:
    """One team's day: which seconds are break, and the clock."""

    def __init__(self, shift: dict[str, Any]) -> None:
        self.breaks = [(seconds_of(a), seconds_of(b)) for a, b in shift["breaks"]]
        self.now = seconds_of(shift["start"])

    def resting(self, second: int) -> bool:
        return any(a <= second < b for a, b in self.breaks)

    def drive(self, seconds: int) -> None:
        if seconds == 0:
            while any(a < self.now < b for a, b in self.breaks):
                self.now += 1
        while seconds > 0:
            seconds -= not self.resting(self.now)
            self.now += 1

    def wait_for_service(self, seconds: int, windows: list[list[str]]) -> bool:
        """Tick until a service may begin; False when it never may."""
        spans = [(seconds_of(a), seconds_of(b)) for a, b in windows]
        final = max((closes for _, closes in spans), default=-1)
        while self.now <= final:
            inside = any(opens <= self.now <= closes for opens, closes in spans)
            if inside and not any(self.now < b and self.now + seconds > a for a, b in self.breaks):
                return True
            self.now += 1
        return False


def misfits(visit: dict[str, Any], shift: dict[str, Any]) -> list[str]:
    """What is wrong whatever the clock says."""
    faults = []
    if visit["dates"] is not None and shift["date"] not in visit["dates"]:
        faults.append(f"{visit['id']}: wrong date")
    if set(visit["skills"]) - set(shift["skills"]):
        faults.append(f"{visit['id']}: skill missing")
    return faults


def unkept(
    case: dict[str, Any], plan: dict[str, Any], served: dict[str, str], broken: frozenset[str]
) -> list[str]:
    """What is wrong with the plan as a whole: promises, and visits that nobody speaks of."""
    faults = [
        f"{v['id']}: promise broken"
        for v in case["visits"]
        if v["locked"] and served.get(v["id"]) != v["locked"] and v["id"] not in broken
    ]
    listed = [u["visit"] for u in plan["unscheduled"]]
    if sorted(listed + list(served)) != sorted(v["id"] for v in case["visits"]):
        faults.append("every visit is served or listed, once")
    return faults


def judge(
    case: dict[str, Any],
    plan: dict[str, Any],
    last: frozenset[str] = frozenset(),
    broken: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """{"faults": [...], "score": ..., "points": ..., "travel": ..., "served": {visit: shift}}.

    `last` are visits that must come after all others of their route; `broken` are locks that the plan
    has named as broken.
    """
    visits = {v["id"]: v for v in case["visits"]}
    shifts = {s["id"]: s for s in case["shifts"]}
    dates = sorted({s["date"] for s in case["shifts"]})
    served: dict[str, str] = {}
    faults, points, travel = [], 0, 0
    if len({r["shift"] for r in plan["routes"]}) != len(plan["routes"]):
        faults.append("a shift is used twice")
    for route in plan["routes"]:
        shift = shifts[route["shift"]]
        day, here, seen_last = Day(shift), shift["start_location"], False
        if len(route["stops"]) > shift["max_visits"]:
            faults.append(f"{shift['id']}: too many visits")
        for stop in route["stops"]:
            visit = visits[stop["visit"]]
            if visit["id"] in served:
                faults.append(f"{visit['id']}: twice")
            served[visit["id"]] = shift["id"]
            points += visit["priority"] - visit.get("decay", 0) * dates.index(shift["date"])
            faults += misfits(visit, shift)
            if seen_last and visit["id"] not in last:
                faults.append(f"{visit['id']}: after a last one")
            seen_last = seen_last or visit["id"] in last
            leg = leg_seconds(case, shift.get("vehicle", 0), here, visit["location"])
            travel += leg
            day.drive(leg)
            arrive, service = day.now, round(visit["service_minutes"] * 60)
            if not day.wait_for_service(service, visit["windows"]):
                faults.append(f"{visit['id']}: too late")
            seen = (arrive, day.now, day.now + service)
            if seen != tuple(seconds_of(stop[name]) for name in ("arrive", "start", "leave")):
                faults.append(f"{visit['id']}: other times than {seen}")
            day.now += service
            here = visit["location"]
        if route["stops"]:
            leg = leg_seconds(case, shift.get("vehicle", 0), here, shift["end_location"])
            travel += leg
            day.drive(leg)
            if day.now > seconds_of(shift["end"]):
                faults.append(f"{shift['id']}: late home")
    faults += unkept(case, plan, served, broken)
    return {
        "faults": faults,
        "score": 3000 * points - travel,
        "points": points,
        "travel": travel,
        "served": served,
    }
